"""The table of levels: what a province, or a unit between it and the cities, keeps of what it receives of a pool.

It is optional; without rows all that a pool gives out goes on to the cities.
"""

from __future__ import annotations

from alloc.formulation.columns import NO_UNIT, SHARE, Column, driven
from alloc.instance.schema.columns import Table
from alloc.text import Text

LEVELS = Table(
    "levels",
    Text("省级留用", "Levels"),
    Text("省或其他中间层级留用、不再下达到城市的比例；没有列出的为 0。",
         "What a province, or a unit between it and the cities, keeps of what it receives; 0 where no row is."),
    driven("policy",
        Column("unit", "code", NO_UNIT, Text("层级单位", "Unit"),
               Text("省级代码，或 `policy.levels` 所列其他列的取值。",
                    "Code of a province, or a value of another column that `policy.levels` names."), key=True),
        Column("pool", "code", NO_UNIT, Text("资源池代码", "Pool"),
               Text("pools 表中的资源池。", "Pool of the table pools."), key=True, references="pools"),
        Column("retained", "share", SHARE, Text("留用比例", "Retained share"),
               Text("该单位所得中留用的比例，其余下达。", "Share of what the unit receives that it keeps itself."),
               minimum=0, below=1),
        Column("retained_most", "share", SHARE, Text("留用上限", "Most that may be retained"),
               Text("规定的留用比例上限；空缺为没有规定。", "Most that the rules let it keep; blank: no such rule."),
               required=False, minimum=0, maximum=1),
    ),
    required=False, later=True,
)  # fmt: skip
