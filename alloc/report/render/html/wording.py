"""Words of the page itself."""

from __future__ import annotations

from alloc.text import Text

WORDS: dict[str, Text] = {
    "contents": Text("目录", "Contents"),
    "filter": Text("筛选：城市、省份或代码", "Filter: city, province or code"),
    "filter_plain": Text("筛选", "Filter"),
    "table": Text("表", "Table"),
    "figure": Text("图", "Figure"),
    "unit": Text("单位：", "Unit: "),
    "rows": Text("行", "rows"),
    "notes": Text("说明", "Notes"),
    "facts": Text("复现信息（供技术人员）", "How to reproduce this (for engineers)"),
    "data_table": Text(
        "点击表头排序；再按反向，第三次恢复原序",
        "Press a head to sort, again for reverse, a third time for the first order",
    ),
}
