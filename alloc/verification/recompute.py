"""Everything that follows from the raw tables before any decision, computed a second time.

The engine derives the same quantities for the solver. Here they are computed by other code, from ``instance.tables``
and ``instance.settings`` alone, so that a slip there cannot repeat itself here. Every table is brought into the order
of the cities, services and pools by its codes; from there on the arithmetic is that of the model's page, over all
cities at once. Names are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from alloc.instance.instance import Instance
from alloc.verification.arrays import Columns, Flags, Floats, Texts, given, matrix
from alloc.verification.means import Facts, Limit, benchmarks, bounds, debt, land, limits, own_balance, performing
from alloc.verification.optional.extension import groups
from alloc.verification.optional.issued import rooms, stage, with_locks
from alloc.verification.optional.levels import Unit, units
from alloc.verification.optional.linked import linked_parts
from alloc.verification.optional.links import Links, links
from alloc.verification.optional.programmes import Programmes, programmes
from alloc.verification.optional.purses import Purses, accounts, purses

SIZE_CLASSES = (
    ("megacity", 10_000_000.0),
    ("very_large", 5_000_000.0),
    ("large_1", 3_000_000.0),
    ("large_2", 1_000_000.0),
    ("medium", 500_000.0),
    ("small_1", 200_000.0),
)


@dataclass(frozen=True)
class Raw:
    """Recomputed quantities: by city [n], by city and service [n, S], or by city and pool [n, R].

    ``city``, ``service`` and ``pool`` are the columns of the raw tables, blanks of optional ones filled with what they
    stand for; ``cities``, ``services`` and ``pools`` their codes, which give the order of everything; ``formulation``
    the name of the model, whose levers may have a verification of their own. ``ruled`` is
    the benchmark clipped into the bounds that hold without overrides and without what has been issued, the target of
    the rules, and ``clipped`` the same with what has been issued; ``part`` is what of every pool the stage of the year
    gives out [R], ``issued`` what went out before it and ``locked`` what of that is kept; ``class_room`` is by
    city and class of bonds, ``linked_part`` what of its province's amount is a city's at least; ``units`` are those
    above the cities, where any keeps something, and ``up`` what a pool gives out for each part that a city gets;
    ``works`` are the optional works and the pools that pay for one alone, and ``links`` what cities may keep for each
    other or hand over; ``purses`` say whose money the cities share: accounts and rooms for debt are by city, of a purse
    the part of every member by residents.
    Money in 10⁴ yuan, land in ha, people in persons.
    """

    city: Columns
    service: Columns
    pool: Columns
    formulation: str
    cities: Texts
    services: Texts
    pools: Texts
    purses: Purses
    population_share: Floats
    migrants: Floats
    size_class: Texts
    settle_limit: Floats
    groups: tuple[str, ...]
    extend_limit: Floats
    extension_limit: Floats
    extension_value: float
    full_need: Floats
    present_need: Floats
    need_per_settler: Floats
    need_per_extended: Floats
    capacity: Floats
    backlog_now: Floats
    buildable: Flags
    build_limit: Floats
    expand_limit: Floats
    growth_limit: Floats
    backlog_limit: Floats
    land_entitlement: Floats
    reusable: Floats
    stock_base: Floats
    fiscal_gap: Floats
    reference: Floats
    debt_now: Floats
    debt_ratio_now: Floats
    debt_tier: Texts
    bond_room: Floats
    class_room: Floats
    shortfall: Floats
    part: Floats
    issued: Floats
    locked: Floats
    available: Floats
    units: tuple[Unit, ...]
    up: Floats
    performance: Floats
    formula: Floats
    benchmark: Floats
    last_year: Floats
    override: Floats
    lower: Floats
    upper: Floats
    ruled: Floats
    clipped: Floats
    linked_part: Floats
    works: Programmes
    links: Links
    limits: tuple[Limit, ...]

    @property
    def renews(self) -> bool:
        """Whether land can become free: by a programme, or where facilities leave."""
        return self.works.renews or self.links.vacates

    @property
    def by_city(self) -> tuple[Texts]:
        """The names of what is by city."""
        return (self.cities,)

    @property
    def by_service(self) -> tuple[Texts, Texts]:
        """The names of what is by city and service."""
        return self.cities, self.services

    @property
    def by_pool(self) -> tuple[Texts, Texts]:
        """The names of what is by city and pool."""
        return self.cities, self.pools


def recompute(instance: Instance) -> Raw:
    """Compute every quantity of the model's page that holds no decision.

    Args:
        instance: a checked instance.

    Returns:
        The quantities, in the order of the tables ``cities``, ``services`` and ``pools``.
    """
    tables, policy = instance.tables, instance.settings.policy
    raw = Columns(tables["cities"])
    shared = purses(raw)
    raw = raw.with_columns(**accounts(raw, shared))
    city = raw.with_columns(
        fund_available=given(raw["fund_available"], 0.0), productivity=given(raw["productivity"], 1.0)
    )
    raw = Columns(tables["services"])
    service = raw.with_columns(module=given(raw["module"], 0.0))
    pool = Columns(tables["pools"])
    facts: dict[str, Any] = {"city": city, "service": service, "pool": pool, "formulation": instance.formulation}
    facts["purses"] = shared
    facts |= {"cities": city["city"], "services": service["service"], "pools": pool["pool"]}
    facts |= _people(city)
    stay = groups(tables, facts, policy)
    facts |= {name: stay[name] for name in ("groups", "extend_limit", "extension_limit")}
    facts["extension_value"] = policy.settlement.extension_value
    facts["settle_limit"] = _settle_limit(city, facts, stay["movable"], policy)
    capacity = matrix(tables["capacity"], "capacity", city=facts["cities"], service=facts["services"])
    facts |= _needs(city, service, {**facts, "table": tables["links"]}, stay, capacity, policy)
    facts |= land(city, facts, policy)
    facts["last_year"] = matrix(tables["last_year"], "amount", city=facts["cities"], pool=facts["pools"])
    facts |= debt(city, pool, facts, policy)
    facts["works"] = programmes(tables, facts)
    facts |= stage(tables, facts, instance.settings.stage)
    facts["available"] = (1 - pool["reserve"]) * pool["total"] * facts["part"]
    facts |= units(tables, facts, policy)
    facts["formula"] = benchmarks(tables["factors"], facts)
    facts["linked_part"] = linked_parts(facts)
    facts |= performing(tables["performance"], facts)
    found = bounds(tables, facts, policy)
    certain = found["lower"][:, (pool["kind"] == "transfer") & (pool["use"] == "general")].sum(axis=1)
    certain = shared.parts(certain)
    lacking = own_balance(city) - certain
    if policy.budget.least_free:
        lacking = lacking + policy.budget.least_free * (city["revenue"] + city["other_transfers"] + certain)
    facts["shortfall"] = np.maximum(lacking, 0.0)
    by_rules = found
    if len(tables["overrides"]):
        by_rules = bounds({**tables, "overrides": tables["overrides"].iloc[:0]}, facts, policy)
    facts |= rooms(facts)
    held = with_locks(facts, found, policy)
    facts |= {name: held[name] for name in ("stock_base", "override", "lower", "upper")}
    facts |= {"ruled": by_rules["clipped"], "clipped": with_locks(facts, by_rules, policy)["clipped"]}
    facts["limits"] = limits(tables["limits"], facts)
    return Raw(**facts)


def _people(city: Columns) -> dict[str, Any]:
    migrants = city["migrants_cross"] + city["migrants_within"]
    names, borders = zip(*reversed(SIZE_CLASSES), strict=True)
    reached = np.searchsorted(borders, city["size_population"], side="right")  # the border belongs to the class
    return {
        "migrants": migrants,
        "size_class": np.array(["small_2", *names], dtype=object)[reached],
        "population_share": city["residents"] / city["residents"].sum(),
    }


def _settle_limit(city: Columns, facts: Facts, movable: Floats, policy: Any) -> Floats:
    """Those who would of those who may, a multiple of last year, and the quota."""
    settle_limit = given(city["willingness"], policy.settlement.willingness) * movable
    if policy.settlement.growth is not None:
        settle_limit = np.minimum(settle_limit, policy.settlement.growth * city["settled_last"])
    with_quota = np.isin(facts["size_class"], policy.settlement.quota_classes)
    most: Floats = np.minimum(settle_limit, given(np.where(with_quota, city["settlement_quota"], np.nan), np.inf))
    return most


def _needs(city: Columns, service: Columns, facts: Facts, stay: Facts, capacity: Floats, policy: Any) -> dict[str, Any]:
    migrants, module = facts["migrants"], service["module"]
    cohort = np.column_stack([city[column] for column in service["cohort"]])
    migrant_cohort = cohort * (migrants / city["residents"])[:, None]
    for s, column in enumerate(service["cohort"]):
        if f"migrant_{column}" in city:
            migrant_cohort[:, s] = given(city[f"migrant_{column}"], migrant_cohort[:, s])
    for s, column in enumerate(service["plan_cohort"]):
        if column:
            fewer = np.minimum(1.0, city[column] / np.where(cohort[:, s] > 0, cohort[:, s], np.inf))
            planned = np.minimum(cohort[:, s], city[column])
            migrant_cohort[:, s] *= np.where(cohort[:, s] > 0, fewer, 1.0)
            cohort[:, s] = planned
    unrecognised, of_settlers, of_extended = (
        migrant_cohort * (1 - stay[name]) * service["norm"]
        for name in ("entitled", "entitled_settlers", "entitled_extended")
    )
    full_need = cohort * service["norm"]
    present_need = full_need - unrecognised
    between = links(facts["table"], facts, full_need, capacity, policy)
    missing = np.maximum(full_need + between.lendable - capacity, 0.0)
    backlog_now = np.maximum(present_need - capacity, 0.0)
    restricted = np.isin(facts["size_class"], policy.services.restricted_classes)
    closed = restricted[:, None] & service["restricted"]
    zoned = np.isin(city["zone"], policy.services.restricted_zones)[:, None] & service["restricted"]
    frozen = (closed & (not policy.services.restricted_expand)) | zoned
    sites = ~closed & ~zoned & (module > 0)
    facilities = np.maximum(np.ceil(missing / np.where(module > 0, module, 1.0) - 1e-9), 0.0)
    build_limit = np.where(sites, facilities, 0.0)
    growth = np.maximum(capacity, 0.05 * full_need) * service["growth_limit"]
    settlers = np.where(migrants > 0, migrants, np.inf)[:, None]
    return {
        "links": between,
        "capacity": capacity,
        "full_need": full_need,
        "present_need": present_need,
        "need_per_settler": of_settlers / settlers,
        "need_per_extended": of_extended / settlers,
        "backlog_now": backlog_now,
        "backlog_limit": np.where(service["settlement_prerequisite"] & ~frozen, backlog_now, np.inf),
        "buildable": build_limit > 0,
        "build_limit": build_limit,
        "expand_limit": np.where(frozen, 0.0, np.minimum(missing, capacity * service["expansion_limit"])),
        "growth_limit": np.maximum(growth, (build_limit > 0) * module),
    }
