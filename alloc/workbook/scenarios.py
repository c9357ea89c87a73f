"""The sheet of scenarios as one description for its writer and its reader: a row for every edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from alloc.formulation.columns import NO_DRIVER, NO_UNIT, Column, driven
from alloc.instance.schema.columns import Table
from alloc.instance.statuses import said_twice
from alloc.text import Text
from alloc.workbook.layout import SCENARIOS, SCENARIOS_SHEET


def _column(name: str, title: Text, note: Text, *, required: bool = False, key: bool = False) -> Column:
    return Column(name, "text", NO_UNIT, title, note, required=required, key=key)


# No table of the instance: nothing but an edit's line decides anything, and it has rows that continue one another.
TABLE = Table(
    SCENARIOS_SHEET,
    SCENARIOS,
    Text(
        "每条修改一行；同一情景的各行写同一名称，或只在第一行写。用 alloc solve 本文件 --scenario 名称 求解。",
        "A row for every edit; rows of one scenario have its name, or the first alone has. Solve it by "
        "alloc solve THIS FILE --scenario NAME.",
    ),
    driven(NO_DRIVER,
        _column("scenario", Text("情景名称", "Scenario"),
                Text("情景的名称，求解时用它指明情景；空格为上一行的情景。",
                     "Its name, by which it is solved; empty: that of the row above."), required=True, key=True),
        _column("title_zh", Text("中文标题", "Title in Chinese"),
                Text("报告中的标题，写在情景的一行即可；只写一种语言时两种都用它。",
                     "As reports name it, in one of its rows; where only one language has a title, both use it.")),
        _column("title_en", Text("英文标题", "Title in English"),
                Text("英文报告中的标题。", "As English reports name it.")),
        _column("inherits", Text("沿用情景", "Starts from"),
                Text("先做这一情景的修改，可不填。", "A scenario whose edits come first; may be empty.")),
        _column("edit", Text("修改", "Edit"),
                Text("如 资源池.新增建设用地计划指标.总量 *= 1.05；写法见 docs/whatif.zh.md。",
                     "Such as pools.land.total *= 1.05; docs/whatif.md has more."), key=True),
        _column("why", Text("理由", "Why"), Text("随结果留存。", "Kept with the result.")),
        _column("why_zh", Text("中文理由", "Why in Chinese"),
                Text("中文报告中的理由；不填则用“理由”。", "As Chinese reports say it; empty: as Why.")),
    ),
    required=False,
)  # fmt: skip

# Text that English readers have -> the column that says it in Chinese.
IN_CHINESE: Mapping[str, str] = MappingProxyType({"title_en": "title_zh", "why": "why_zh"})


def hidden(columns: Mapping[str, Sequence[object]], language: str) -> list[str]:
    """The columns whose texts stand beside them in the reader's language; none where a pair is blank, to be filled in.

    Args:
        columns: the cells of the sheet by column.
        language: ``zh`` or ``en``.
    """
    given = {plain: chinese for plain, chinese in IN_CHINESE.items()
             if any((*columns.get(plain, ()), *columns.get(chinese, ())))}  # fmt: skip
    return said_twice(TABLE, columns, language, given)
