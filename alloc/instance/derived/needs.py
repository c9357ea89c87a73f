"""People and what they need: size classes, who may settle, need and capacity of every service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.rule_bounds import RuleBound, most, said
from alloc.instance.frames import flags, numbers, placed, texts
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
class People:
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
class Services:
    """Need and capacity of the S services in the n cities, in the unit of each service unless said otherwise.

    Attributes:
        cohort: persons the service is for [n, S].
        migrant_cohort: those of them who are migrants [n, S].
        full_need: need by resident population [n, S].
        present_need: need recognised today [n, S].
        need_per_settler: need that becomes recognised when one migrant settles [n, S].
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


def people(cities: pd.DataFrame, policy: Policy) -> People:
    """Who lives in every city, its size class, and how many may settle."""
    residents = numbers(cities, "residents")
    migrants = numbers(cities, "migrants_cross") + numbers(cities, "migrants_within")
    classes = size_class(numbers(cities, "size_population"))
    willing = numbers(cities, "willingness", blank=policy.settlement.willingness) * migrants
    growth = np.inf if policy.settlement.growth is None else policy.settlement.growth * numbers(cities, "settled_last")
    quota = np.where(np.isin(classes, policy.settlement.quota_classes), numbers(cities, "settlement_quota"), np.nan)
    bounds = (
        RuleBound("willingness", "settle", "upper", willing),
        RuleBound("settlement_growth", "settle", "upper", np.broadcast_to(growth, willing.shape)),
        RuleBound("quota", "settle", "upper", said(quota, np.inf)),
    )
    return People(
        residents=residents,
        population_share=residents / residents.sum(),
        migrants=migrants,
        size_class=classes,
        settle_limit=most(bounds),
        settle_bounds=bounds,
    )


def services(tables: Mapping[str, pd.DataFrame], who: People, policy: Policy) -> Services:
    """Need, capacity and the limits of building for every city and service."""
    cities, table = tables["cities"], tables["services"]
    norm, entitlement, module = (numbers(table, name) for name in ("norm", "entitlement", "module"))
    cohort, migrant_cohort = _cohorts(cities, texts(table, "cohort"), texts(table, "plan_cohort"), who)
    capacity = placed(tables["capacity"], "capacity", cities["city"], table["service"], "service")

    full_need = norm * cohort
    unrecognised = norm * (1 - entitlement) * migrant_cohort
    present_need = norm * (cohort - (1 - entitlement) * migrant_cohort)
    missing = np.maximum(0, full_need - capacity)
    backlog_now = np.maximum(0, present_need - capacity)

    restricted, gates = flags(table, "restricted"), flags(table, "settlement_prerequisite")
    closed = restricted & np.isin(who.size_class, policy.services.restricted_classes)[:, None]
    facilities = np.nan_to_num(np.maximum(0.0, np.ceil(missing / module - ROUNDOFF)))
    buildable = ~closed & (facilities > 0)
    growth = numbers(table, "growth_limit") * np.maximum(capacity, LEAST_BASE_OF_GROWTH * full_need)
    nothing_new = RuleBound("restricted", "build", "upper", np.where(closed & (facilities > 0), 0.0, np.inf))
    expansion = RuleBound("expansion", "expand", "upper", numbers(table, "expansion_limit") * capacity)
    may_expand = policy.services.restricted_expand | ~closed
    nothing_more = RuleBound("restricted_expansion", "expand", "upper", np.where(may_expand, np.inf, 0.0))
    no_more = RuleBound("gate", "backlog", "upper", np.where(gates & may_expand, backlog_now, np.inf))
    some = who.migrants[:, None] > 0
    breakpoints, slopes = _score(numbers(table, "minimum"), policy.score)
    return Services(
        cohort=cohort,
        migrant_cohort=migrant_cohort,
        full_need=full_need,
        present_need=present_need,
        need_per_settler=np.where(some, unrecognised / np.where(some, who.migrants[:, None], 1), 0),
        capacity=capacity,
        backlog_now=backlog_now,
        backlog_limit=most([no_more]),
        facilities=facilities,
        buildable=buildable,
        build_limit=most([nothing_new], np.where(facilities > 0, facilities, 0)),
        expand_limit=most([expansion, nothing_more], missing),
        growth_limit=np.where(buildable, np.fmax(growth, module), np.where(may_expand, growth, 0.0)),
        service_bounds=(nothing_new, expansion, nothing_more, no_more),
        norm=norm,
        minimum=numbers(table, "minimum"),
        entitlement=entitlement,
        weight=numbers(table, "weight"),
        capital_cost=numbers(table, "capital_cost"),
        running_cost=numbers(table, "running_cost"),
        area=numbers(table, "area"),
        module=module,
        gates=gates,
        restricted=restricted,
        revenue_backed=flags(table, "revenue_backed"),
        score_breakpoints=breakpoints,
        score_slopes=slopes,
    )


def _cohorts(cities: pd.DataFrame, columns: Objects, planned: Objects, who: People) -> tuple[Floats, Floats]:
    """The cohort of every service and its migrants [n, S]; where these are not given, in proportion to residents.

    Where a service is planned for fewer than there are today, for these, and for as many fewer migrants.
    """
    cohort = np.column_stack([numbers(cities, column) for column in columns])
    given = np.column_stack([numbers(cities, f"migrant_{column}") for column in columns])
    by_share = cohort * who.migrants[:, None] / who.residents[:, None]
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
