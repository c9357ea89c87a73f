"""People and what they need: size classes, who may settle, need and capacity of every service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.optional.groups import Groups, entitlements, groups
from alloc.instance.derived.optional.links import Links, links
from alloc.instance.derived.rule_bounds import RuleBound, most, said
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import numbers, placed
from alloc.instance.schema.classes import size_class
from alloc.instance.schema.policy import Policy, ScorePolicy
from alloc.tolerances import ROUNDOFF

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]

# Growth is measured from at least this share of full need, so that a city with next to nothing can begin.
LEAST_BASE_OF_GROWTH = 0.05
# A facility is not asked for the sake of the last digit of a division.


@dataclass(frozen=True, eq=False, kw_only=True)
class People(Groups):
    """Residents and migrants of the n cities; all in persons unless said otherwise.

    Attributes:
        residents: resident population [n].
        population_share: share of all residents [n].
        migrants: residents registered elsewhere [n].
        size_class: name of the size class, text [n].
        settle_limit: most who may settle this year: those who would, a multiple of last year where the policy has one,
            and the quota where the class has one [n].
        settle_bounds: the rules behind that limit, each by itself.
    """

    residents: Floats
    population_share: Floats
    migrants: Floats
    size_class: Objects
    settle_limit: Floats
    settle_bounds: tuple[RuleBound, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Services(Links):
    """Need and capacity of the S services in the n cities, in the unit of each service unless said otherwise.

    Attributes:
        cohort: persons the service is for [n, S].
        migrant_cohort: those of them who are migrants [n, S].
        full_need: need by resident population [n, S].
        present_need: need recognised today [n, S].
        need_per_settler: need that becomes recognised when one migrant settles [n, S].
        need_per_extended: need that becomes recognised when services are extended to one migrant [n, S].
        capacity: what there is [n, S].
        backlog_now: recognised need that is not met [n, S].
        backlog_limit: most that may be left unmet, inf where the service does not gate [n, S].
        facilities: how many whole facilities need has room for at most, wherever they may be built [n, S].
        buildable: whether a whole facility may be built [n, S].
        build_limit: most facilities, 0 where not buildable [n, S].
        expand_limit: most that can be enlarged on site [n, S].
        growth_limit: most that can be added in a year in all [n, S].
        service_bounds: the rules behind the limits of building, enlarging and backlog, each by itself.
        norm: units a person of the cohort [S].
        minimum: national minimum of coverage, share [S].
        entitlement: share by which an unsettled migrant counts [S].
        weight: weight in the score [S].
        capital_cost: 10⁴ yuan a unit [S].
        running_cost: 10⁴ yuan a unit and year [S].
        area: m² a unit [S].
        module: units a facility, NaN where there are no whole facilities [S].
        gates: whether settlement waits for it [S].
        restricted: whether some size classes build no new facilities of it [S].
        revenue_backed: whether special bonds may pay for it [S].
        score_breakpoints: coverage at which the slope of the score changes: 0, minimum, knee, 1 [S, 4].
        score_slopes: slopes between them, divided so that the score of full coverage is 1 [S, 3].
    """

    cohort: Floats
    migrant_cohort: Floats
    full_need: Floats
    present_need: Floats
    need_per_settler: Floats
    need_per_extended: Floats
    capacity: Floats
    backlog_now: Floats
    backlog_limit: Floats
    facilities: Floats
    buildable: Flags
    build_limit: Floats
    expand_limit: Floats
    growth_limit: Floats
    service_bounds: tuple[RuleBound, ...]
    norm: Floats
    minimum: Floats
    entitlement: Floats
    weight: Floats
    capital_cost: Floats
    running_cost: Floats
    area: Floats
    module: Floats
    gates: Flags
    restricted: Flags
    revenue_backed: Flags
    score_breakpoints: Floats
    score_slopes: Floats


def people(steps: Steps, tables: Mapping[str, pd.DataFrame], policy: Policy) -> People:
    """Who lives in every city, its size class, since when, and how many may settle."""
    cities = tables["cities"]
    read = partial(steps.numbers, "cities", cities)
    residents, settlement = read("residents"), policy.settlement
    migrants = steps(_sum, read("migrants_cross"), read("migrants_within"), name="migrants")
    classes = steps(size_class, read("size_population"))
    stay = groups(steps, tables, migrants, classes, settlement)
    limit, bounds = steps(
        _may_settle, read("willingness", settlement.willingness), stay.may_settle_now, classes,
        read("settlement_quota"), settlement.quota_classes, settlement.growth, read("settled_last"),
    )  # fmt: skip
    return People(
        residents=residents,
        population_share=steps(_share, residents),
        migrants=migrants,
        size_class=classes,
        settle_limit=limit,
        settle_bounds=bounds,
        **{each.name: getattr(stay, each.name) for each in fields(Groups)},
    )


def _sum(one: Floats, other: Floats) -> Floats:
    return one + other


def _share(values: Floats) -> Floats:
    return np.asarray(values / values.sum())


def _may_settle(
    willingness: Floats,
    migrants: Floats,
    classes: Objects,
    quota: Floats,
    quota_classes: Sequence[str],
    growth: float | None,
    settled_last: Floats,
) -> tuple[Floats, tuple[RuleBound, ...]]:
    most_grown = np.full(len(migrants), np.inf) if growth is None else growth * settled_last
    bounds = (
        RuleBound("willingness", "settle", "upper", willingness * migrants),
        RuleBound("settlement_growth", "settle", "upper", most_grown),
        RuleBound("quota", "settle", "upper", said(np.where(np.isin(classes, quota_classes), quota, np.nan), np.inf)),
    )
    return most(bounds), bounds


def services(steps: Steps, tables: Mapping[str, pd.DataFrame], who: People, policy: Policy) -> Services:
    """Need, capacity and the limits of building for every city and service."""
    cities, table = tables["cities"], tables["services"]
    read, flag = partial(steps.numbers, "services", table), partial(steps.flags, "services", table)
    norm, entitlement, module, minimum = (read(name) for name in ("norm", "entitlement", "module", "minimum"))
    names = steps.texts("services", table, "cohort")
    planned = steps.texts("services", table, "plan_cohort")
    cohort, migrant_cohort = steps(_cohorts, cities, names, planned, who.migrants, who.residents)
    codes = steps.texts("cities", cities, "city"), steps.texts("services", table, "service")
    capacity = steps(placed, tables["capacity"], "capacity", *codes, "service", name="capacity")

    ladder = entitlements(steps, tables, who, codes[1], entitlement)
    area, full_need = read("area"), steps(_full_need, norm, cohort)
    present_need = steps(_present_need, norm, cohort, ladder.every, migrant_cohort)
    between = links(steps, tables, codes, full_need, capacity, area, policy)
    missing = steps(_missing, full_need, between.lendable, capacity)
    backlog_now = steps(_beyond, present_need, capacity, name="backlog")

    restricted, gates = flag("restricted"), flag("settlement_prerequisite")
    closed = steps(_closed, restricted, who.size_class, policy.services.restricted_classes)
    zoned = steps(_zoned, restricted, steps.texts("cities", cities, "zone"), policy.services.restricted_zones)
    facilities = steps(_facilities, missing, module)
    buildable, build_limit, nothing_new = steps(_building, closed, zoned, facilities)
    frozen = steps(_frozen, closed, policy.services.restricted_expand)
    expand_limit, expansion = steps(_expansion, read("expansion_limit"), capacity, missing, frozen, zoned)
    backlog_limit, no_more = steps(_gate, gates, frozen, zoned, backlog_now)
    breakpoints, slopes = steps(_score, minimum, policy.score)
    return Services(
        cohort=cohort,
        migrant_cohort=migrant_cohort,
        full_need=full_need,
        present_need=present_need,
        need_per_settler=steps(
            _need_per_person, norm, ladder.settlers, migrant_cohort, who.migrants, name="need_per_settler"
        ),
        need_per_extended=steps(
            _need_per_person, norm, ladder.extended, migrant_cohort, who.migrants, name="need_per_extended"
        ),
        capacity=capacity,
        backlog_now=backlog_now,
        backlog_limit=backlog_limit,
        facilities=facilities,
        buildable=buildable,
        build_limit=build_limit,
        expand_limit=expand_limit,
        growth_limit=steps(_growth, read("growth_limit"), capacity, full_need, buildable, module),
        service_bounds=(*nothing_new, *expansion, no_more),
        norm=norm,
        minimum=minimum,
        entitlement=entitlement,
        weight=read("weight"),
        capital_cost=read("capital_cost"),
        running_cost=read("running_cost"),
        area=area,
        module=module,
        gates=gates,
        restricted=restricted,
        revenue_backed=flag("revenue_backed"),
        score_breakpoints=breakpoints,
        score_slopes=slopes,
        **{each.name: getattr(between, each.name) for each in fields(Links)},
    )


def _full_need(norm: Floats, cohort: Floats) -> Floats:
    return norm * cohort


def _present_need(norm: Floats, cohort: Floats, entitlement: Floats, migrant_cohort: Floats) -> Floats:
    return norm * (cohort - (1 - entitlement) * migrant_cohort)


def _need_per_person(norm: Floats, entitlement: Floats, migrant_cohort: Floats, migrants: Floats) -> Floats:
    unrecognised, some = norm * (1 - entitlement) * migrant_cohort, migrants[:, None] > 0
    return np.where(some, unrecognised / np.where(some, migrants[:, None], 1), 0)


def _beyond(need: Floats, capacity: Floats) -> Floats:
    return np.maximum(0, need - capacity)


def _missing(need: Floats, lendable: Floats, capacity: Floats) -> Floats:
    """What a city may add: what it lacks itself, and what it may keep for others."""
    return np.maximum(0, need + lendable - capacity)


def _closed(restricted: Flags, classes: Objects, restricted_classes: Sequence[str]) -> Flags:
    return restricted & np.isin(classes, restricted_classes)[:, None]


def _zoned(restricted: Flags, zones: Objects, restricted_zones: Sequence[str]) -> Flags:
    """Where a service is neither built nor enlarged for the zone that the unit is."""
    return restricted & np.isin(zones, restricted_zones)[:, None]


def _facilities(missing: Floats, module: Floats) -> Floats:
    return np.nan_to_num(np.maximum(0.0, np.ceil(missing / module - ROUNDOFF)))


def _building(closed: Flags, zoned: Flags, facilities: Floats) -> tuple[Flags, Floats, tuple[RuleBound, ...]]:
    some = facilities > 0
    nothing_new = (
        RuleBound("restricted", "build", "upper", np.where(closed & some, 0.0, np.inf)),
        RuleBound("zone_building", "build", "upper", np.where(zoned & some, 0.0, np.inf)),
    )
    return ~closed & ~zoned & some, most(nothing_new, np.where(some, facilities, 0)), nothing_new


def _frozen(closed: Flags, may_expand: bool) -> Flags:
    """Where a service is neither built nor enlarged."""
    return closed & (not may_expand)


def _expansion(
    limit: Floats, capacity: Floats, missing: Floats, frozen: Flags, zoned: Flags
) -> tuple[Floats, tuple[RuleBound, ...]]:
    bounds = (
        RuleBound("expansion", "expand", "upper", limit * capacity),
        RuleBound("restricted_expansion", "expand", "upper", np.where(frozen, 0.0, np.inf)),
        RuleBound("zone_expansion", "expand", "upper", np.where(zoned, 0.0, np.inf)),
    )
    return most(bounds, missing), bounds


def _growth(limit: Floats, capacity: Floats, full_need: Floats, buildable: Flags, module: Floats) -> Floats:
    growth = limit * np.maximum(capacity, LEAST_BASE_OF_GROWTH * full_need)
    return np.where(buildable, np.fmax(growth, module), growth)


def _gate(gates: Flags, frozen: Flags, zoned: Flags, backlog_now: Floats) -> tuple[Floats, RuleBound]:
    no_more = RuleBound("gate", "backlog", "upper", np.where(gates & ~frozen & ~zoned, backlog_now, np.inf))
    return most([no_more]), no_more


def _cohorts(
    cities: pd.DataFrame, columns: Objects, planned: Objects, migrants: Floats, residents: Floats
) -> tuple[Floats, Floats]:
    """The cohort of every service and its migrants [n, S]; where these are not given, in proportion to residents.

    Where a service is planned for fewer than there are today, for these, and for as many fewer migrants.
    """
    cohort = np.column_stack([numbers(cities, column) for column in columns])
    given = np.column_stack([numbers(cities, f"migrant_{column}") for column in columns])
    by_share = cohort * migrants[:, None] / residents[:, None]
    migrant_cohort = np.where(np.isnan(given), by_share, given)
    for s, column in enumerate(planned):
        if column:
            plan = np.minimum(cohort[:, s], numbers(cities, column))
            some = cohort[:, s] > 0
            migrant_cohort[:, s] *= np.where(some, plan / np.where(some, cohort[:, s], 1.0), 1.0)
            cohort[:, s] = plan
    return cohort, migrant_cohort


def _score(minimum: Floats, score: ScorePolicy) -> tuple[Floats, Floats]:
    """Breakpoints [S, 4] and slopes [S, 3] of the concave score of coverage, which is 1 at 1."""
    ends = np.column_stack([np.zeros_like(minimum), minimum, np.maximum(minimum, score.knee), np.ones_like(minimum)])
    slopes = np.broadcast_to(np.asarray(score.slopes, dtype=float), (len(minimum), 3))
    at_full = (np.diff(ends, axis=1) * slopes).sum(axis=1, keepdims=True)
    return ends, slopes / at_full
