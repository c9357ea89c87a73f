"""Land: where new and reused hectares go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.formulation.declare import decision, index, parameter, subset
from alloc.formulation.lever import BLANK, LOWER, RAISE, Decision, Family, Lever, Number, Quantity, Rule, Span, Turn
from alloc.tolerances import ROUNDOFF
from alloc_models.pools import allocated, shared

SQUARE_METRES_PER_HECTARE = 10_000
USES = ("public", "production", "unassigned")
LAND_USE = Decision("land_use", ("cities", "uses"), unit="ha", table="land",
                    columns=USES)  # fmt: skip
REUSE = Decision("reuse", ("cities", "reuses"), unit="ha", table="land", columns=("reuse_public", "reuse_production"))


def declare(m: Any, data: Any) -> None:
    """`land_use` and `reuse`."""
    index(m, "uses", USES)
    index(m, "reuses", ("public", "production"))
    linked = np.isfinite(data.stock_base) & np.isfinite(data.stock_ratio)
    subset(m, "stock_linked", m.cities, linked)
    parameter(m, "area", data.area, m.services)
    parameter(m, "production_request", data.production_request, m.cities)
    parameter(m, "reusable", data.reusable, m.cities)
    parameter(m, "stock_base", data.stock_base[linked], m.stock_linked)
    parameter(m, "stock_ratio", np.nan_to_num(data.stock_ratio))
    parameter(m, "reuse_cost", data.reuse_cost)

    decision(m, LAND_USE)
    decision(m, REUSE)


def reused(m: Any, c: Any) -> Any:
    """Idle land put back to use."""
    return sum(m.reuse[c, u] for u in m.reuses)


def reusing(m: Any, c: Any) -> Any:
    """What it costs to put idle land back to use: reuse_cost·Σ_u reuse."""
    return m.reuse_cost * reused(m, c)


def land_balance(m: Any, c: Any) -> Any:
    """Every new hectare has a use: Σ_u land_use = allocation of land."""
    return sum(m.land_use[c, u] for u in m.uses) == allocated(m, c, m.land_pools)


def public_land(m: Any, c: Any) -> Any:
    """Land is public when a facility stands on it, and only then: Σ_s area·module·build = land_use + reuse."""
    return (
        sum(m.area[s] * m.module[s] * m.build[c, s] for s in m.services) / SQUARE_METRES_PER_HECTARE
        == m.land_use[c, "public"] + m.reuse[c, "public"]
    )


def production_land(m: Any, c: Any) -> Any:
    """No more land for production than is asked for: land_use + reuse ≤ production_request."""
    return m.land_use[c, "production"] + m.reuse[c, "production"] <= m.production_request[c]


def idle_land(m: Any, c: Any) -> Any:
    """Only so much idle land can be put back to use in a year: Σ_u reuse ≤ reuse_limit · idle."""
    return reused(m, c) <= m.reusable[c]


def stock_link(m: Any, c: Any) -> Any:
    """New land follows reused land: allocation ≤ stock_base + stock_ratio · Σ_u reuse."""
    return allocated(m, c, m.land_pools) <= m.stock_base[c] + m.stock_ratio * reused(m, c)


def _span(data: Any, use: str, own: Any, whole: bool) -> Span:
    """New land by use: public land where facilities can stand, production land where it is asked for."""
    pools = data.kind == "land"
    lower, upper = data.lower[:, pools].sum(axis=1), data.upper[:, pools].sum(axis=1)
    land = shared(lower, upper, own, float(data.available[pools].sum()), bool(data.exhaust[pools].all()))
    facilities = np.minimum(data.build_limit, np.where(data.build_limit > 0, data.growth_limit / data.module, 0))
    if whole:
        facilities = np.floor(facilities + ROUNDOFF)
    built = facilities @ np.nan_to_num(data.area * data.module) / SQUARE_METRES_PER_HECTARE
    if use == "unassigned":
        assigned = float((built + data.production_request)[own].sum())
        by_city = float(np.maximum(0, lower - built - data.production_request)[own].sum())
        return land._replace(least=max(by_city, land.least - assigned))
    wanted = built if use == "public" else data.production_request
    by_city = float(np.minimum(upper, wanted)[own].sum())
    return Span(0.0, min(by_city, land.most), False, land.most < by_city)


def settled(point: Any) -> Mapping[str, Any]:
    """Land that is reused is public first, and production land then, where no limit names a use."""
    land_use, reuse = point.values[LAND_USE.name], point.values[REUSE.name]
    if point.limits(LAND_USE.name) or point.limits(REUSE.name):
        return {}
    total, public = reuse.sum(axis=1), land_use[:, 0] + reuse[:, 0]
    production = land_use[:, 1] + reuse[:, 1]
    to_public = np.minimum(total, public)
    to_production = total - to_public
    new = np.column_stack([public - to_public, np.maximum(production - to_production, 0.0), land_use[:, 2]])
    return {LAND_USE.name: new, REUSE.name: np.column_stack([to_public, to_production])}


CITIES = ("cities",)
SMALL = 100.0  # ha: as much is tried where there is next to nothing
LEVER = Lever(
    "land",
    __name__,
    declare,
    decisions=(LAND_USE, REUSE),
    families=(
        Family("land_balance", CITIES, land_balance, defines=True, conflicts=("limit_against_land",)),
        Family("public_land", CITIES, public_land, defines=True, conflicts=("limit_against_land",)),
        Family("production_land", CITIES, production_land, conflicts=("limit_against_land",)),
        Family("idle_land", CITIES, idle_land),
        Family("stock_link", ("stock_linked",), stock_link, rounded=True, makes=("upper",),
               without={"policy.land.stock_ratio": None}),
    ),
    rules=(
        Rule("boundary", "allocation", ("upper",), "pools", makes=("lower", "upper"),
             without={"cities.boundary_left": BLANK}),
        Rule("farmland", "allocation", ("upper",), "pools", makes=("lower", "upper"),
             without={"cities.farmland_share": BLANK, "cities.farmland_offset": BLANK}),
        Rule("stock", "allocation", ("upper",), "pools", family="stock_link"),
    ),
    quantities=(
        Quantity("land_use", lambda m, c, u: m.land_use[c, u], "ha", _span, "limit_against_land", over="uses",
                 items=USES, needs=("pools", "kind", "land"),
                 whole=lambda data, use: float(data.available[data.kind == "land"].sum())),
    ),
    numbers=(
        Number("policy.land.reuse_limit", "planner", "all", (Turn((RAISE,), ("idle_land",)),), priced=True, most=1.0,
               lifts=("stock",), least_reach=1.0),
        Number("policy.land.reuse_cost", "planner", "all", (Turn((LOWER,), ("capital_budget",), multiplies=True),),
               priced=True),
        Number("policy.land.stock_ratio", "higher_rule", "all", (Turn((RAISE,), ("stock_link",), multiplies=True),),
               priced=True, lifts=("stock",)),
        Number("cities.production_request", "planner", "city", (Turn((RAISE,), ("production_land",)),), amount=True),
        Number("cities.stock_base", "higher_rule", "city", (Turn((RAISE,), ("stock_link",)),), amount=True,
               lifts=("stock",), least_reach=SMALL),
        Number("cities.boundary_left", "law", "city", (Turn((RAISE,), ("boundary",)),), amount=True,
               lifts=("boundary",), least_reach=SMALL),
        Number("cities.farmland_offset", "law", "city", (Turn((RAISE,), ("farmland",)),), amount=True,
               lifts=("farmland",), least_reach=SMALL),
    ),
    adds={"spending": reusing, "earning": reusing},
    costs=("policy.land.reuse_cost",),
    settled=settled,
)  # fmt: skip
