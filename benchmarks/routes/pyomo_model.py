"""The annual model as a user of Pyomo writes it: sets, parameters and variables as objects, a rule for each family.

The rules are those of `alloc_models`, which are ordinary Pyomo; what they are about is declared the ordinary way here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from alloc.formulation.catalogue import sums_of
from alloc.formulation.registry import catalogue
from alloc_models import annual, budget, debt, land, limits, pools, services, tiers
from benchmarks.routes import WORST_SHARE, uses_of

SEGMENTS = ("below_minimum", "to_knee", "above_knee")


def concrete(data: Any, mutable: bool = False) -> Any:
    """The whole model, nothing of it indexed lazily; its parameters may be mutable (but for those of limits)."""
    m = pyo.ConcreteModel()
    m.sums = sums_of(annual.LEVERS)
    _sets(m, data)
    _parameters(m, data, mutable)
    _variables(m, data)
    by_city = (land.land_balance, land.public_land, land.production_land, land.idle_land, budget.capital_budget,
               budget.general_budget, debt.borrow_to_build, debt.special_bond_purpose, debt.debt_room,
               tiers.worst_served)  # fmt: skip
    by_policy = (land.housing_land, land.other_land, land.unassigned_land) if m.capped_uses else ()
    by_pair = (services.coverage_is_served, services.minimum_gap, services.growth_limit, services.recognised_need)
    families = [
        (pools.pool_total, (m.pools,)),
        *((rule, (m.cities, m.services)) for rule in by_pair),
        *((rule, (m.cities,)) for rule in (*by_city, *by_policy)),
        (land.unassigned_total, (m.capped_uses,)),
        (land.stock_link, (m.stock_linked,)),
        (debt.debt_limit, (m.cities, m.bond_classes)),
        (limits.group_limit, (m.limits,)),
    ]
    for rule, index in families:
        setattr(m, f"{rule.__name__}_rows", pyo.Constraint(*index, rule=rule))
    m.objective = pyo.Objective(rule=tiers.settlement, sense=pyo.maximize)
    return m


def _sets(m: Any, data: Any) -> None:
    def chosen(labels: Any, mask: np.ndarray) -> list[Any]:
        return [label for label, take in zip(labels, mask, strict=True) if take]

    m.cities = pyo.Set(initialize=data.cities)
    m.services = pyo.Set(initialize=data.services)
    m.pools = pyo.Set(initialize=data.pools)
    m.uses, m.reuses = (pyo.Set(initialize=uses) for uses in uses_of(data))
    m.capped_uses = pyo.Set(initialize=["unassigned"] if "housing" in m.uses else [])
    m.segments = pyo.Set(initialize=SEGMENTS)
    m.land_pools = pyo.Set(initialize=chosen(data.pools, data.kind == "land"))
    m.general_transfers = pyo.Set(initialize=chosen(data.pools, data.use == "general"))
    m.capital_transfers = pyo.Set(initialize=chosen(data.pools, data.use == "capital"))
    m.bonds = pyo.Set(initialize=chosen(data.pools, data.kind == "bond"))
    m.special_bonds = pyo.Set(initialize=chosen(data.pools, data.bond_class == "special"))
    by_funds = (data.bond_class == "special") & data.funds_pay
    m.paid_by_funds = pyo.Set(initialize=chosen(data.pools, by_funds))
    m.paid_by_revenue = pyo.Set(initialize=chosen(data.pools, (data.kind == "bond") & ~by_funds))
    m.bond_classes = pyo.Set(initialize=debt.CLASSES)
    m.bonds_of = pyo.Set(m.bond_classes, initialize={k: chosen(data.pools, data.bond_class == k) for k in debt.CLASSES})
    m.revenue_backed = pyo.Set(initialize=chosen(data.services, data.revenue_backed))
    m.stock_linked = pyo.Set(initialize=chosen(data.cities, np.isfinite(data.stock_base)))
    m.quantities = catalogue().quantities
    m.limits = pyo.Set(initialize=[row.limit for row in data.limits])
    for kind, quantity in m.quantities.items():
        members: dict[str, list[Any]] = {row.limit: [] for row in data.limits}
        for row in data.limits:
            if row.kind == kind:
                where = chosen(data.cities, row.selection)
                members[row.limit] = [(city, row.item) for city in where] if quantity.over else where
        dimensions = 2 if quantity.over else 1
        setattr(m, f"limited_{kind}", pyo.Set(m.limits, dimen=dimensions, initialize=members))


def _parameters(m: Any, data: Any, mutable: bool) -> None:
    def parameter(name: str, values: Any, *sets: Any) -> None:
        changes = mutable and name not in ("limit_least", "limit_most")  # infinite sides have to be known
        if not sets:
            setattr(m, name, pyo.Param(initialize=float(values), mutable=changes))
            return
        keys = sets[0] if len(sets) == 1 else sets[0] * sets[1]
        numbers = np.ravel(values).tolist()
        setattr(
            m, name, pyo.Param(*sets, initialize=dict(zip(keys, numbers, strict=True)), within=pyo.Any, mutable=changes)
        )

    by_pair = ("full_need", "present_need", "need_per_settler", "capacity", "growth_limit")
    by_city = (*budget.ACCOUNTS, "production_request", "reusable", "bond_room", "population_share")
    by_service = ("minimum", "area", "capital_cost", "running_cost")
    for name in by_pair:
        parameter(name, getattr(data, name), m.cities, m.services)
    for name in by_city:
        parameter(name, getattr(data, name), m.cities)
    for name in by_service:
        parameter(name, getattr(data, name), m.services)
    for name in ("stock_ratio", "reuse_cost", "settlement_cost", "bond_rate"):
        parameter(name, getattr(data, name))
    if m.capped_uses:
        for name in ("housing_area", "other_share", "unassigned_share", "unassigned_most"):
            parameter(name, getattr(data, name))
        parameter("land_available", data.available[data.kind == "land"].sum())
    parameter("module", np.nan_to_num(data.module), m.services)
    parameter("stock_base", data.stock_base[np.isfinite(data.stock_base)], m.stock_linked)
    parameter("class_room", data.class_room, m.cities, m.bond_classes)
    parameter("available", data.available, m.pools)
    parameter("up", data.up, m.cities, m.pools)
    parameter("least_allocated", np.where(data.exhaust, data.available, 0.0), m.pools)
    parameter("limit_least", [-np.inf if row.sense == "<=" else row.amount for row in data.limits], m.limits)
    parameter("limit_most", [np.inf if row.sense == ">=" else row.amount for row in data.limits], m.limits)
    parameter("weight_share", data.weight / data.weight.sum(), m.services)
    parameter("score_slope", data.score_slopes, m.services, m.segments)
    parameter("worst_share", WORST_SHARE)


def _variables(m: Any, data: Any) -> None:
    def between(lower: Any, upper: Any, *sets: Any) -> dict[Any, tuple[float, float]]:
        keys = list(sets[0]) if len(sets) == 1 else [(a, b) for a in sets[0] for b in sets[1]]
        low = np.broadcast_to(lower, np.shape(upper)).ravel().tolist()
        return dict(zip(keys, zip(low, np.ravel(upper).tolist(), strict=True), strict=True))

    pairs = (m.cities, m.services)
    m.allocation = pyo.Var(m.cities, m.pools, bounds=between(data.lower, data.upper, m.cities, m.pools))
    m.settle = pyo.Var(m.cities, bounds=between(0.0, data.settle_limit, m.cities))
    m.build = pyo.Var(*pairs, domain=pyo.Integers, bounds=between(0.0, data.build_limit, *pairs))
    m.expand = pyo.Var(*pairs, bounds=between(0.0, data.expand_limit, *pairs))
    m.backlog = pyo.Var(*pairs, bounds=between(0.0, data.backlog_limit, *pairs))
    width = dict(zip(data.services, np.diff(data.score_breakpoints, axis=1).tolist(), strict=True))
    place = {segment: position for position, segment in enumerate(SEGMENTS)}

    def segment(m: Any, c: Any, s: Any, k: Any) -> tuple[float, float]:
        most = width[s][place[k]]
        return (0.0 if pyo.value(m.full_need[c, s]) > 0 else most, most)  # where nobody needs it, coverage is 1

    m.coverage = pyo.Var(*pairs, m.segments, bounds=segment)
    m.gap = pyo.Var(*pairs, within=pyo.NonNegativeReals)
    m.land_use = pyo.Var(m.cities, m.uses, within=pyo.NonNegativeReals)
    m.reuse = pyo.Var(m.cities, m.reuses, within=pyo.NonNegativeReals)
    m.to_capital = pyo.Var(m.cities, within=pyo.NonNegativeReals)
    m.worst = pyo.Var()
    m.below_worst = pyo.Var(m.cities, within=pyo.NonNegativeReals)
