"""Services: seats, beds and homes, the need of residents, and settlement that waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.formulation.columns import NO_UNIT, Column
from alloc.formulation.declare import decision, index, parameter, subset, variable
from alloc.formulation.lever import (
    LOWER,
    OPEN,
    RAISE,
    WAIVE,
    Decision,
    Family,
    Lever,
    Number,
    Quantity,
    Rule,
    Span,
    Turn,
)
from alloc.text import Text

PAIRS = ("cities", "services")
BUILD = Decision("build", PAIRS, unit="facilities", table="services", columns=("build",), whole=True,
                 possible=lambda data: data.facilities)  # fmt: skip
EXPAND = Decision("expand", PAIRS, unit="capacity", table="services", columns=("expand",),
                  possible=lambda data: np.maximum(0, data.full_need + data.lendable - data.capacity))  # fmt: skip
BACKLOG = Decision("backlog", PAIRS, unit="capacity", table="services", columns=("backlog",), follows=True)
PLAN_COHORT = Column(
    "plan_cohort", "text", NO_UNIT, Text("规划服务人群", "Cohort that is planned for"),
    Text("cities 表中的一列：按多少人规划；多于现有服务人群的，以现有为准；空缺时按现有服务人群。",
         "A column of `cities`: for how many is planned, at most the cohort of today; blank: for the cohort of today."),
    required=False, driver="population",
)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`build`, `expand`, `backlog`, `coverage` by segments of its score, and `gap`."""
    index(m, "segments", ("below_minimum", "to_knee", "above_knee"))
    pairs = (m.cities, m.services)
    for name in ("full_need", "present_need", "need_per_settler", "capacity", "growth_limit"):
        parameter(m, name, getattr(data, name), *pairs)
    for name in ("minimum", "capital_cost", "running_cost"):
        parameter(m, name, getattr(data, name), m.services)
    subset(m, "revenue_backed", m.services, data.revenue_backed)
    parameter(m, "module", np.nan_to_num(data.module), m.services)

    decision(m, BUILD, upper=data.build_limit)
    decision(m, EXPAND, upper=data.expand_limit)
    decision(m, BACKLOG, upper=data.backlog_limit)
    # Where nobody needs a service its coverage is 1: all segments full.
    widths = np.broadcast_to(np.diff(data.score_breakpoints, axis=1), (*data.full_need.shape, 3))
    full = np.where((data.full_need > 0)[:, :, None], 0.0, widths)
    variable(m, "coverage", *pairs, m.segments, unit="share", lower=full, upper=widths, auxiliary=True)
    variable(m, "gap", *pairs, unit="share", auxiliary=True)


def added(m: Any, c: Any, s: Any) -> Any:
    """New capacity, all that levers add to it."""
    return m.sums["added"](m, c, s)


def adding(m: Any, c: Any, s: Any) -> Any:
    """New capacity: whole facilities and what is enlarged on its own site."""
    return m.module[s] * m.build[c, s] + m.expand[c, s]


def places(m: Any, c: Any, s: Any) -> Any:
    """New places that serve residents, all that levers make: added, and what is no capacity of the service itself."""
    return m.sums["places"](m, c, s)


def building(m: Any, c: Any) -> Any:
    """What new capacity costs: Σ_s capital_cost·added."""
    return sum(m.capital_cost[s] * added(m, c, s) for s in m.services)


def earning(m: Any, c: Any) -> Any:
    """What new capacity costs of the services that bring revenue: Σ_{revenue_backed} capital_cost·added."""
    return sum(m.capital_cost[s] * added(m, c, s) for s in m.revenue_backed)


def running(m: Any, c: Any) -> Any:
    """What new capacity costs every year: Σ_s running_cost·added."""
    return sum(m.running_cost[s] * added(m, c, s) for s in m.services)


def covered(m: Any, c: Any, s: Any) -> Any:
    """Share of the full (resident) need that is served."""
    return sum(m.coverage[c, s, k] for k in m.segments)


def coverage_is_served(m: Any, c: Any, s: Any) -> Any:
    """Nobody is counted as served without a place: full_need · coverage ≤ capacity + places."""
    return m.full_need[c, s] * covered(m, c, s) <= m.capacity[c, s] + places(m, c, s)


def minimum_gap(m: Any, c: Any, s: Any) -> Any:
    """What is missing to the national minimum: gap ≥ minimum − coverage."""
    return m.gap[c, s] >= m.minimum[s] - covered(m, c, s)


def growth_limit(m: Any, c: Any, s: Any) -> Any:
    """What can be built in a year: added ≤ the greater of a share of capacity and one whole facility."""
    return added(m, c, s) <= m.growth_limit[c, s]


def recognised_need(m: Any, c: Any, s: Any) -> Any:
    """Who settles is counted in full; for services that gate, backlog may not grow: settlement waits for services.

    capacity + places + backlog ≥ present_need + need_per_settler · settle, and what other levers add to it.
    """
    return (
        m.capacity[c, s] + places(m, c, s) + m.backlog[c, s]
        >= m.present_need[c, s] + m.need_per_settler[c, s] * m.settle[c] + m.sums["recognised"](m, c, s)
    )


def _span(data: Any, service: str, own: Any, whole: bool) -> Span:
    s = data.services.index(service)
    facilities = np.nan_to_num(data.module[s]) * data.build_limit[:, s]
    most = np.minimum(data.growth_limit[:, s], facilities + data.expand_limit[:, s])
    return Span(0.0, float(most[own].sum()))


def settled(point: Any) -> Mapping[str, Any]:
    """The backlog is what is missing to what is recognised, and no more."""
    data = point.data
    need = data.present_need + data.need_per_settler * point.counted[:, None] + point.sum("recognised")
    return {BACKLOG.name: np.maximum(0.0, need - data.capacity - point.sum("places"))}


LEVER = Lever(
    "services",
    __name__,
    declare,
    decisions=(BUILD, EXPAND, BACKLOG),
    families=(
        Family("coverage_is_served", PAIRS, coverage_is_served, item="services", states=True, defines=True),
        Family("minimum_gap", PAIRS, minimum_gap, item="services", states=True, defines=True),
        Family("growth_limit", PAIRS, growth_limit, item="services",
               conflicts=("limit_against_growth", "limit_against_land")),
        Family("recognised_need", PAIRS, recognised_need, item="services", rounded=True),
    ),
    rules=(
        Rule("restricted", "build", ("upper",), "services", makes=("buildable", "build_limit", "growth_limit"),
             without={"services.restricted": False}),
        Rule("expansion", "expand", ("upper",), "services", makes=("expand_limit",),
             without={"services.expansion_limit": OPEN}),
        Rule("restricted_expansion", "expand", ("upper",), "services",
             makes=("expand_limit", "backlog_limit"),
             without={"policy.services.restricted_expand": True}),
        Rule("gate", "backlog", ("upper",), "services"),
    ),
    quantities=(
        Quantity("added", added, "capacity", _span, "limit_against_growth", over="services", items="services"),
    ),
    numbers=(
        Number("services.norm", "higher_rule", "service",
               (Turn((LOWER,), ("recognised_need", "gate"), multiplies=True),), priced=True),
        Number("services.minimum", "higher_rule", "service", priced=True),
        Number("services.entitlement", "higher_rule", "service",
               (Turn((RAISE, LOWER), ("recognised_need", "gate"), multiplies=True),), priced=True, most=1.0),
        Number("services.capital_cost", "planner", "service", (Turn((LOWER,), ("capital_budget",), multiplies=True),),
               priced=True),
        Number("services.running_cost", "planner", "service", (Turn((LOWER,), ("general_budget",), multiplies=True),),
               priced=True),
        Number("services.area", "higher_rule", "service", (Turn((LOWER,), ("public_land",), multiplies=True),),
               priced=True),
        Number("services.expansion_limit", "planner", "service", (Turn((RAISE,), ("expansion",)),), priced=True),
        Number("services.growth_limit", "planner", "service", (Turn((RAISE,), ("growth_limit",)),), priced=True),
        Number("services.settlement_prerequisite", "higher_rule", "service", (Turn((WAIVE,), ("gate",)),)),
        Number("services.restricted", "planner", "service",
               (Turn((WAIVE,), ("restricted", "zone_building", "zone_expansion")),)),
        Number("policy.services.restricted_expand", "planner", "all",
               (Turn((WAIVE,), ("restricted_expansion",), sets=True),)),
    ),
    sums={"added": PAIRS, "places": PAIRS, "recognised": PAIRS},
    adds={"added": adding, "places": added, "spending": building, "earning": earning, "running": running},
    columns={"services": (PLAN_COHORT,)},
    settled=settled,
    costs=("services.capital_cost", "services.running_cost"),
)  # fmt: skip
