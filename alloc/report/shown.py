"""What of a result stands in the report, column by column, and what does not and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from alloc.formulation.catalogue import Catalogue
from alloc.formulation.lever import Decision
from alloc.text import Text

# Table of a result -> its columns that some chapter shows, or shows what follows from them.
SHOWN: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "allocation": ("city", "pool", "last_year", "benchmark", "rule", "optimised", "override", "rounding", "published"),
    "services": ("city", "service", "full_need", "capacity", "build", "expand", "added", "backlog", "coverage_before",
                 "coverage", "gap"),
    "people": ("city", "residents", "migrants", "settle_limit", "settle", "score_before", "score"),
    "land": ("city", "public", "production", "unassigned", "reuse_public", "reuse_production"),
    "budget": ("city", "spending"),
    "debt": ("city", "debt_general", "debt_special", "new_general", "new_special", "room_general", "room_special",
             "bond_room", "reference", "ratio_before", "ratio_after", "tier_before", "tier_after"),
    "families": ("family", "rows", "binding"),
    "limits": ("limit", "left", "right", "sense", "slack"),
    "rounding": ("rule", "pool", "province", "city", "limit", "off"),
    "relaxation": ("city", "pool", "granted", "beyond"),
})  # fmt: skip

_OWN_UNIT = Text("报告按指标自身的单位列示。", "The report has units of its own for every pool.")
_BUDGET = Text(
    "两项预算的各项只在结果表 budget 中逐市列出；报告写明建设支出。",
    "The terms of both budgets stand city by city in the result's table budget; the report has what is spent.",
)
# `table.column` -> why no chapter shows it.
LEFT_OUT: Mapping[str, Text] = MappingProxyType({
    "allocation.unit": _OWN_UNIT,
    "services.present_need": Text("报告列示全部需求和欠账。", "The report has full need and backlog."),
    "people.rounding": Text(
        "取整偏差一人以上的，列在取整表中。", "Where rounding moves a person or more the table of rounding says so."
    ),
    "land.allocation": Text("与新增用地的公布数相同，取整除外。", "It is the published new land but for rounding."),
    **{f"budget.{name}": _BUDGET for name in (
        "to_capital", "fund_available", "capital_transfers", "bonds", "revenue", "other_transfers",
        "general_transfers", "shortfall", "essential_spending", "interest", "running", "settlement", "bond_interest",
    )},
    "families.violation": Text(
        "最大的一个列在复现信息中。", "The largest of them stands among the facts for reproduction."
    ),
    "rounding.unit": _OWN_UNIT,
})  # fmt: skip


def brought(known: Catalogue) -> dict[str, tuple[Decision, ...]]:
    """Tables of a result with the decisions whose columns no chapter shows and nothing leaves out, in their order."""
    found: dict[str, tuple[Decision, ...]] = {}
    for each in known.decisions.values():
        places = {column: f"{each.table}.{column}" for column in each.columns}
        if any(name not in SHOWN.get(each.table, ()) and place not in LEFT_OUT for name, place in places.items()):
            found[each.table] = (*found.get(each.table, ()), each)
    return found
