"""The table of limits: the planner's own rules on what a group of cities gets together."""

from __future__ import annotations

from alloc.formulation.columns import CONDITION, JOINED, NO_DRIVER, NO_UNIT, Column, driven, titles
from alloc.instance.schema.columns import Table
from alloc.text import Text

_SENSES = ("<=", ">=", "=")
_SENSES_SPELT = (("≤", "<="), ("≦", "<="), ("不高于", "<="), ("≥", ">="), ("≧", ">="), ("不低于", ">="), ("==", "="),
                 ("等于", "="))  # fmt: skip
_IN_SHARES = ("share", "spending", "relative", "last_year")  # bases beside which a value is a share or a multiple

LIMITS = Table(
    "limits",
    Text("分组限制", "Limits"),
    Text("对一组城市合计数的限制。", "A limit on the sum over a group of cities."),
    (
        *driven("policy", Column("limit", "code", NO_UNIT, Text("限制代码", "Limit"),
                                 Text("限制的代码。", "Code of the limit."), key=True, pattern=r"[\w-]+",
                                 pattern_words=Text("只含字母、数字、_ 或 - 的名称",
                                                    "a name of letters, digits, _ or -"))),
        *titles(Text("该限制在中文报告中的名称。", "Name of the limit in Chinese reports."),
                Text("该限制在英文报告中的名称。", "Name of the limit in English reports.")),
        *driven("policy",
        Column("quantity", "text", NO_UNIT, Text("限制对象", "Quantity"),
               Text("allocation:资源池、pools:资源池+资源池（其合计）、transfers、bonds（该类合计）、settle、extend（有分组时）、"
                    "added:服务、run:项目、moved:服务 与 shared:服务（从所选城市迁出、供出的能力）、"
                    "land_use:用途 或 spending。",
                    "allocation:POOL, pools:POOL+POOL (their sum), transfers and bonds (all of them), settle, extend "
                    "(with groups), added:SERVICE, run:PROGRAMME, moved:SERVICE and shared:SERVICE (what leaves the "
                    "selected cities, and what they keep for others), land_use:USE or spending."),
               formerly=("of",)),
        Column("where", "text", NO_UNIT, Text("城市范围", "Where"),
               Text("对 cities 表各列及 size_class、debt_tier 的条件；空为全部城市。",
                    "Condition on the columns of cities, size_class and debt_tier; empty: all cities."), required=False,
               merging=CONDITION),
        Column("sense", "enum", NO_UNIT, Text("方向", "Sense"),
               Text("不高于、不低于或等于；也可写 ≤、≥。", "At most, at least or equal; ≤ and ≥ may be written too."),
               values=_SENSES, spelt=_SENSES_SPELT),
        Column("value", "number", Text("数额、比例或人均数", "amount, share or amount a resident"),
               Text("限值", "Value"),
               Text("限值，含义由计算基础决定；比例和倍数可写百分数。",
                    "The right side, read as its basis says; shares and multiples may have a percent sign."),
               minimum=0, percent=("basis", _IN_SHARES)),
        Column("basis", "enum", NO_UNIT, Text("计算基础", "Basis"),
               Text("数额、占可分配总量（用地用途为全部用地）的比例、常住人口人均数、"
                    "占所选城市建设支出的比例，与对照城市人均数之比，或所选城市上年数的倍数。",
                    "Amount, share of what the pool has to give (all land for a use), amount a resident, share of what "
                    "the same cities spend on building, ratio to the amount a resident of versus, or multiple of what "
                    "the same cities had last year."),
               values=("amount", "share", "per_resident", "spending", "relative", "last_year"),
               spelt=(("绝对数", "amount"),)),
        ),
        *(Column(name, "text", NO_UNIT, title, note, required=False, driver=NO_DRIVER, merging=JOINED)
          for name, title, note in (
              ("owner", Text("责任部门", "Owner"), Text("提出该限制的部门。", "Department that owns the limit.")),
              ("source", Text("文件依据", "Source"),
               Text("该限制的文件依据。", "Document that the limit comes from.")),
              ("source_zh", Text("中文文件依据", "Source in Chinese"),
               Text("中文读者看到的文件依据；空缺时用“文件依据”。",
                    "The document, as Chinese readers are told; blank: as in source.")),
          )),
    ),
    required=False,
    joined=frozenset({"source_zh"}),
)  # fmt: skip
