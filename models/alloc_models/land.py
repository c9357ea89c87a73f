"""Land: where new and reused hectares go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.formulation.columns import HECTARES, Column, Merging
from alloc.formulation.declare import decision, index, parameter, rows, subset
from alloc.formulation.lever import BLANK, LOWER, RAISE, Decision, Family, Lever, Number, Quantity, Rule, Span, Turn
from alloc.text import Text
from alloc.tolerances import ROUNDOFF
from alloc_models.optional.programmes import RENEWED, RENEWED_USES, renewed, renewing
from alloc_models.pools import allocated, shared

SQUARE_METRES_PER_HECTARE = 10_000
USES = ("public", "housing", "production", "other", "unassigned")
REUSES = ("public", "housing", "production")
BY_POLICY = ("housing", "other")  # uses that land has where the policy says how much they take
OPEN_USE = ("unassigned",)
LAND_USE = Decision("land_use", ("cities", "uses"), unit="ha", table="land", columns=USES, items=USES)
REUSE = Decision("reuse", ("cities", "reuses"), unit="ha", table="land",
                 columns=tuple(f"reuse_{use}" for use in REUSES), items=REUSES)  # fmt: skip
PRODUCTION_STANDARD = Column(
    "production_standard", "number", HECTARES, Text("产业用地标准", "Land for production by standard"),
    Text("按标准测算的产业用地：均衡保障产业用地时，与生产用地需求取小；空缺时按需求。",
         "Land for production that a standard gives: where production land is levelled, the request counts up to it; "
         "blank: all of the request."),
    required=False, minimum=0, merging=Merging("sum", blank="production_request"),
)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`land_use` and `reuse`."""
    index(m, "uses", known_uses(data, USES))
    index(m, "reuses", known_uses(data, REUSES))
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
    if np.isfinite(data.housing_area):
        index(m, "capped_uses", OPEN_USE)
        for name in ("housing_area", "other_share", "unassigned_share", "unassigned_most"):
            parameter(m, name, getattr(data, name))
        parameter(m, "land_available", float(np.sum(data.available[data.kind == "land"])))
        for family in BY_USE:
            rows(m, family.name)


def known_uses(data: Any, uses: tuple[str, ...]) -> tuple[str, ...]:
    """Those of some uses that land has by the policy of the instance."""
    return tuple(use for use in uses if np.isfinite(data.housing_area) or use not in BY_POLICY)


def reused(m: Any, c: Any) -> Any:
    """Idle land put back to use."""
    return sum(m.reuse[c, u] for u in m.reuses)


def reusing(m: Any, c: Any) -> Any:
    """What it costs to put idle land back to use: reuse_cost·Σ_u reuse."""
    return m.reuse_cost * reused(m, c)


def served(m: Any, c: Any, u: Any) -> Any:
    """Land for a use that programmes can make free too: land_use + reuse + renewed."""
    return m.land_use[c, u] + m.reuse[c, u] + renewed(m, c, u)


def land_balance(m: Any, c: Any) -> Any:
    """Every new hectare has a use: Σ_u land_use = allocation of land."""
    return sum(m.land_use[c, u] for u in m.uses) == allocated(m, c, m.land_pools)


def public_land(m: Any, c: Any) -> Any:
    """Land is public when a facility stands on it, and only then: sites = land_use + reuse + renewed."""
    return m.sums["sites"](m, c) == served(m, c, "public")


def building(m: Any, c: Any) -> Any:
    """Sites of new facilities, ha: Σ_s area·module·build."""
    return sum(m.area[s] * m.module[s] * m.build[c, s] for s in m.services) / SQUARE_METRES_PER_HECTARE


def housing_land(m: Any, c: Any) -> Any:
    """Whoever settles has to live somewhere: land_use + reuse = housing_area · settle."""
    return (
        m.land_use[c, "housing"] + m.reuse[c, "housing"] == m.housing_area * m.settle[c] / SQUARE_METRES_PER_HECTARE
    )


def other_land(m: Any, c: Any) -> Any:
    """Roads, utilities and the like take their share of new land: land_use = other_share · allocation of land."""
    return m.land_use[c, "other"] == m.other_share * allocated(m, c, m.land_pools)


def unassigned_land(m: Any, c: Any) -> Any:
    """No city keeps much land without a use: land_use ≤ unassigned_share · allocation of land."""
    return m.land_use[c, "unassigned"] <= m.unassigned_share * allocated(m, c, m.land_pools)


def unassigned_total(m: Any, u: Any) -> Any:
    """Nor do all together: Σ_c land_use ≤ unassigned_most · available land."""
    return sum(m.land_use[c, u] for c in m.cities) <= m.unassigned_most * m.land_available


def production_land(m: Any, c: Any) -> Any:
    """No more land for production than is asked for: land_use + reuse + renewed ≤
    production_request."""
    return served(m, c, "production") <= m.production_request[c]


def idle_land(m: Any, c: Any) -> Any:
    """Only so much idle land can be put back to use in a year: Σ_u reuse ≤ reuse_limit · idle."""
    return reused(m, c) <= m.reusable[c]


def stock_link(m: Any, c: Any) -> Any:
    """New land follows reused and renewed land: allocation ≤ stock_base + stock_ratio · (Σ_u reuse + Σ_u renewed)."""
    return allocated(m, c, m.land_pools) <= m.stock_base[c] + m.stock_ratio * (reused(m, c) + renewing(m, c))


def _span(data: Any, use: str, own: Any, whole: bool) -> Span:
    """New land by use: public land where facilities can stand, production land where it is asked for."""
    pools = data.kind == "land"
    lower, upper = data.lower[:, pools].sum(axis=1), data.upper[:, pools].sum(axis=1)
    land = shared(data.lower[:, pools], data.upper[:, pools], own, float(data.available[pools].sum()),
                  bool(data.exhaust[pools].all()), data.up[:, pools])  # fmt: skip
    facilities = np.minimum(data.build_limit, np.where(data.build_limit > 0, data.growth_limit / data.module, 0))
    if whole:
        facilities = np.floor(facilities + ROUNDOFF)
    built = facilities @ np.nan_to_num(data.area * data.module) / SQUARE_METRES_PER_HECTARE + data.arriving
    share = float(np.nan_to_num(data.other_share))
    if use == "other":
        return Span(share * land.least, share * land.most, land.least_by_rest, land.most_by_rest)
    housing = np.nan_to_num(data.housing_area) * data.settle_limit / SQUARE_METRES_PER_HECTARE
    if use == "unassigned":
        used = built + data.production_request + housing
        by_city = float(np.maximum(0, (1 - share) * lower - used)[own].sum())
        found = land._replace(least=max(by_city, (1 - share) * land.least - float(used[own].sum())))
        return found if np.isnan(data.unassigned_share) else _capped(found, data)
    wanted = {"public": built, "housing": housing, "production": data.production_request}[use]
    by_city = float(np.minimum(upper, wanted)[own].sum())
    return Span(0.0, min(by_city, land.most), False, land.most < by_city)


def _capped(land: Span, data: Any) -> Span:
    """What may be unassigned in every city, and in all of them."""
    total = data.unassigned_most * float(data.available[data.kind == "land"].sum())
    most = data.unassigned_share * land.most
    return land._replace(most=min(most, total), most_by_rest=land.most_by_rest and most <= total)


def settled(point: Any) -> Mapping[str, Any]:
    """Land that is renewed is public first, then for production; so is what is reused, with housing between them.

    That is where no limit names a use.
    """
    land_use, reuse = point.values[LAND_USE.name], point.values[REUSE.name]
    if point.limits(LAND_USE.name) or point.limits(REUSE.name):
        return {}
    uses, reuses = known_uses(point.data, USES), known_uses(point.data, REUSES)
    new, again, left = land_use.copy(), np.zeros_like(reuse), reuse.sum(axis=1)
    wanted = {use: land_use[:, uses.index(use)] + reuse[:, k] for k, use in enumerate(reuses)}
    made_free = _renewed_first(point.values[RENEWED.name], wanted) if RENEWED.name in point.values else {}
    for k, use in enumerate(reuses):
        at = uses.index(use)
        again[:, k] = left if use == reuses[-1] else np.minimum(left, wanted[use])
        new[:, at] = np.maximum(wanted[use] - again[:, k], 0.0)
        left = left - again[:, k]
    return {LAND_USE.name: new, REUSE.name: again, **made_free}


def _renewed_first(renewed: np.ndarray, wanted: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Renewed land by use, public first; what is wanted of other land is less by it."""
    first, last = RENEWED_USES
    public = np.minimum(renewed.sum(axis=1), wanted[first] + renewed[:, 0])
    placed = np.column_stack([public, renewed.sum(axis=1) - public])
    for k, use in enumerate((first, last)):
        wanted[use] = np.maximum(wanted[use] + renewed[:, k] - placed[:, k], 0.0)
    return {RENEWED.name: placed}


CITIES = ("cities",)
BY_USE = tuple(  # rows that there are where the policy says what land is for
    Family(rule.__name__, over, rule, brought=True, setting="policy.land.uses", shared="cities" not in over,
           always=rule in (housing_land, other_land), conflicts=("limit_against_land",))
    for rule, over in ((housing_land, CITIES), (other_land, CITIES), (unassigned_land, CITIES),
                       (unassigned_total, ("capped_uses",)))
)  # fmt: skip
SMALL = 100.0  # ha: as much is tried where there is next to nothing
LEVER = Lever(
    "land",
    __name__,
    declare,
    decisions=(LAND_USE, REUSE),
    families=(
        Family("land_balance", CITIES, land_balance, defines=True, conflicts=("limit_against_land",)),
        Family("public_land", CITIES, public_land, defines=True, conflicts=("limit_against_land",)),
        *BY_USE,
        Family("production_land", CITIES, production_land, conflicts=("limit_against_land",)),
        Family("idle_land", CITIES, idle_land),
        Family("stock_link", ("stock_linked",), stock_link, rounded=True, gives_way=True, makes=("upper",),
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
                 items=USES, needs=("pools", "kind", "land"), by_policy=("policy.land.uses", BY_POLICY),
                 whole=lambda data, use: float(data.available[data.kind == "land"].sum())),
    ),
    numbers=(
        Number("policy.land.reuse_limit", "planner", "all", (Turn((RAISE,), ("idle_land",)),), priced=True, most=1.0,
               lifts=("stock",), least_reach=1.0),
        Number("policy.land.reuse_cost", "planner", "all", (Turn((LOWER,), ("capital_budget",), multiplies=True),),
               priced=True),
        Number("policy.land.stock_ratio", "higher_rule", "all", (Turn((RAISE,), ("stock_link",), multiplies=True),),
               priced=True, lifts=("stock",)),
        Number("policy.land.stock_share", "higher_rule", "all", (Turn((RAISE,), ("stock_link",)),), priced=True,
               lifts=("stock",)),
        Number("policy.land.uses.housing", "planner", "all",
               (Turn((LOWER,), ("housing_land",), multiplies=True),), priced=True),
        Number("policy.land.uses.other", "planner", "all",
               (Turn((LOWER, RAISE), ("other_land",), multiplies=True),), priced=True, most=1.0),
        Number("policy.land.uses.unassigned_city", "planner", "all",
               (Turn((RAISE,), ("unassigned_land",), multiplies=True),), priced=True, most=1.0),
        Number("policy.land.uses.unassigned_total", "planner", "all",
               (Turn((RAISE,), ("unassigned_total",)),), priced=True, most=1.0),
        Number("cities.production_request", "planner", "city", (Turn((RAISE,), ("production_land",)),), amount=True),
        Number("cities.stock_base", "higher_rule", "city", (Turn((RAISE,), ("stock_link",)),), amount=True,
               lifts=("stock",), least_reach=SMALL),
        Number("cities.boundary_left", "law", "city", (Turn((RAISE,), ("boundary",)),), amount=True,
               lifts=("boundary",), least_reach=SMALL),
        Number("cities.farmland_offset", "law", "city", (Turn((RAISE,), ("farmland",)),), amount=True,
               lifts=("farmland",), least_reach=SMALL),
    ),
    sums={"sites": CITIES},
    adds={"spending": reusing, "earning": reusing, "sites": building},
    costs=("policy.land.reuse_cost",),
    columns={"cities": (PRODUCTION_STANDARD,)},
    settled=settled,
)  # fmt: skip
