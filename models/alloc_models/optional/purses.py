"""Purses and zones: units that share one budget, and zones of a city in which some services are not built (S34, S63).

A zone is a unit of its own, with its people, land, services and score; whose money it has its `purse` says. Budgets and
debt are rows of purses; without the column `purse` every city is its own, and the rows are those of the cities.
"""

from __future__ import annotations

from typing import Any, get_args

from alloc.formulation.columns import ANY, NO_UNIT, SAME, Column, Merging
from alloc.formulation.declare import selection, subset
from alloc.formulation.lever import Lever, Rule
from alloc.formulation.settings import Zone
from alloc.text import Text

PURSE = Column(
    "purse", "text", NO_UNIT, Text("预算归属", "Purse"),
    Text("与哪个城市同用一本预算（城市代码）；空缺为自己的预算。",
         "Code of the city whose budget and debt it shares; blank: its own."),
    required=False, references="cities", driver="policy", merging=Merging("purse"),
)  # fmt: skip
ZONE = Column(
    "zone", "enum", NO_UNIT, Text("圈层", "Zone"),
    Text("城市分开的圈层：core 核心区、outer 外围区；空缺为不分圈层。",
         "core, outer; blank: a city that is not divided."),
    required=False, values=get_args(Zone), driver="policy", merging=SAME,
)  # fmt: skip
PROTECTED = Column(
    "protected", "flag", NO_UNIT, Text("保护区域", "Protected"),
    Text("是否为历史文化等保护区域，可用于筛选条件；空缺为否。",
         "Whether it is protected, as a historic quarter, for use in conditions; blank: false."),
    required=False, driver="policy", merging=ANY,
)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """The purses by the codes of their heads, and their members where any two units share one."""
    subset(m, "purses", m.cities, data.purses.heads)
    if data.purses.shared:
        selection(m, "purse_members", m.purses, (m.cities,), data.purses.members)


def in_purse(m: Any, b: Any, amount: Any) -> Any:
    """What the members of a purse have together of an amount; `amount` is called with a city."""
    if m.component("purse_members") is None:
        return amount(b)
    return sum(amount(c) for c in m.purse_members[b])


WITHOUT: dict[str, Any] = {"policy.services.restricted_zones": ()}
LEVER = Lever(
    "purses",
    __name__,
    declare,
    columns={"cities": (PURSE, ZONE, PROTECTED)},
    rules=(
        Rule("zone_building", "build", ("upper",), "services", makes=("buildable", "build_limit", "growth_limit"),
             without=WITHOUT),
        Rule("zone_expansion", "expand", ("upper",), "services", makes=("expand_limit", "backlog_limit"),
             without=WITHOUT),
    ),
)  # fmt: skip
