"""Everything that follows from the raw tables before any decision, computed a second time with pandas.

The engine derives the same quantities as arrays for the solver. Here they are computed by other code, from
``instance.tables`` and ``instance.settings`` alone, with labels instead of positions, so that a slip there cannot
repeat itself here. The mathematics is that of the model's page; names are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance
from alloc.verification.means import Facts, Limit, benchmarks, bounds, debt, land, limits, own_balance, wide

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
    """Recomputed quantities: a Series is by city, a DataFrame by city and service, or by city and pool.

    ``city``, ``service`` and ``pool`` are the raw tables by their key, blanks of optional columns filled with what
    they stand for. ``clipped`` is the benchmark clipped into the bounds that hold without overrides, the target of the
    rules. Money in 10⁴ yuan, land in ha, people in persons.
    """

    city: pd.DataFrame
    service: pd.DataFrame
    pool: pd.DataFrame
    population_share: pd.Series[float]
    migrants: pd.Series[float]
    size_class: pd.Series[str]
    settle_limit: pd.Series[float]
    full_need: pd.DataFrame
    present_need: pd.DataFrame
    need_per_settler: pd.DataFrame
    capacity: pd.DataFrame
    backlog_now: pd.DataFrame
    buildable: pd.DataFrame
    build_limit: pd.DataFrame
    expand_limit: pd.DataFrame
    growth_limit: pd.DataFrame
    backlog_limit: pd.DataFrame
    land_entitlement: pd.Series[float]
    reusable: pd.Series[float]
    fiscal_gap: pd.Series[float]
    reference: pd.Series[float]
    debt_now: pd.Series[float]
    debt_ratio_now: pd.Series[float]
    debt_tier: pd.Series[str]
    bond_room: pd.Series[float]
    class_room: pd.DataFrame
    shortfall: pd.Series[float]
    available: pd.Series[float]
    benchmark: pd.DataFrame
    last_year: pd.DataFrame
    override: pd.DataFrame
    lower: pd.DataFrame
    upper: pd.DataFrame
    clipped: pd.DataFrame
    limits: tuple[Limit, ...]


def recompute(instance: Instance) -> Raw:
    """Compute every quantity of the model's page that holds no decision.

    Args:
        instance: a checked instance.

    Returns:
        The quantities, by label.
    """
    tables, policy = instance.tables, instance.settings.policy
    city = tables["cities"].set_index("city", drop=False).fillna({"fund_available": 0.0, "productivity": 1.0})
    service = tables["services"].set_index("service", drop=False).fillna({"module": 0.0})
    pool = tables["pools"].set_index("pool", drop=False)
    facts: dict[str, Any] = {"city": city, "service": service, "pool": pool}
    facts |= _people(city, policy)
    facts |= _needs(city, service, facts, wide(tables["capacity"], "service", "capacity", city, service), policy)
    facts |= land(city, facts, policy)
    facts["last_year"] = wide(tables["last_year"], "pool", "amount", city, pool)
    facts |= debt(city, pool, facts, policy)
    facts["available"] = (1 - pool["reserve"]) * pool["total"]
    facts["benchmark"] = benchmarks(tables["factors"], facts)
    facts |= bounds(tables, facts, policy)
    certain = facts["lower"].loc[:, (pool["kind"] == "transfer") & (pool["use"] == "general")].sum(axis=1)
    facts["shortfall"] = np.maximum(own_balance(city) - certain, 0.0)
    facts["limits"] = limits(tables["limits"], facts)
    return Raw(**facts)


def _people(city: pd.DataFrame, policy: Any) -> dict[str, Any]:
    migrants = city["migrants_cross"] + city["migrants_within"]
    reached = [city["size_population"] >= border for _, border in SIZE_CLASSES]
    names = np.select(reached, [name for name, _ in SIZE_CLASSES], "small_2")
    size_class = pd.Series(names.astype(object), index=city.index)
    settle_limit = city["willingness"].fillna(policy.settlement.willingness) * migrants
    quota = city["settlement_quota"].where(size_class.isin(policy.settlement.quota_classes)).fillna(np.inf)
    return {
        "migrants": migrants,
        "size_class": size_class,
        "settle_limit": np.minimum(settle_limit, quota),
        "population_share": city["residents"] / city["residents"].sum(),
    }


def _needs(
    city: pd.DataFrame, service: pd.DataFrame, facts: Facts, capacity: pd.DataFrame, policy: Any
) -> dict[str, Any]:
    migrants = facts["migrants"]
    cohort = pd.DataFrame({s: city[column] for s, column in service["cohort"].items()})
    migrant_cohort = cohort.mul(migrants / city["residents"], axis=0)
    for s, column in service["cohort"].items():
        if f"migrant_{column}" in city:
            migrant_cohort[s] = city[f"migrant_{column}"].fillna(migrant_cohort[s])
    unrecognised = migrant_cohort * (1 - service["entitlement"]) * service["norm"]
    full_need = cohort * service["norm"]
    present_need = full_need - unrecognised
    missing: Any = np.maximum(full_need - capacity, 0.0)
    backlog_now: Any = np.maximum(present_need - capacity, 0.0)
    restricted = facts["size_class"].isin(policy.services.restricted_classes)
    sites = pd.DataFrame({s: ~(restricted & bool(service.at[s, "restricted"])) for s in service.index})
    facilities: Any = np.maximum(np.ceil(missing / service["module"] - 1e-9), 0.0)
    build_limit = facilities.where(sites & (service["module"] > 0), 0.0)
    growth: Any = np.maximum(capacity, 0.05 * full_need) * service["growth_limit"]
    return {
        "capacity": capacity,
        "full_need": full_need,
        "present_need": present_need,
        "need_per_settler": unrecognised.div(migrants.where(migrants > 0), axis=0).fillna(0.0),
        "backlog_now": backlog_now,
        "backlog_limit": backlog_now.where(np.broadcast_to(service["gates"], backlog_now.shape), np.inf),
        "buildable": build_limit > 0,
        "build_limit": build_limit,
        "expand_limit": np.minimum(missing, capacity * service["expansion_limit"]),
        "growth_limit": np.maximum(growth, (build_limit > 0) * service["module"]),
    }
