"""Every constraint family of the model's page, recomputed row by row, and the bounds of every decision.

Everything here is about the decisions before rounding. One function a lever, one comparison a family, in the order of
the page; the statement of each family stands there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alloc.verification.ledger import Ledger
from alloc.verification.means import BOND_CLASSES
from alloc.verification.recompute import Raw
from alloc.verification.results import REUSES, Results, pools_by_purpose

FAMILIES = (
    "pool_total",
    "group_limit",
    "coverage_is_served",
    "minimum_gap",
    "growth_limit",
    "recognised_need",
    "land_balance",
    "public_land",
    "production_land",
    "idle_land",
    "stock_link",
    "capital_budget",
    "general_budget",
    "borrow_to_build",
    "special_bond_purpose",
    "debt_limit",
    "debt_room",
)
BOUNDS = (
    "allocation_bounds",
    "settle_bounds",
    "build_bounds",
    "whole_facilities",
    "expand_bounds",
    "coverage_bounds",
    "backlog_gate",
    "nonnegative",
)


def check_families(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    """Enter every constraint family of the page; a family without rows in this instance is entered empty.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the decisions.
        policy: ``settings.policy``.
    """
    for family in FAMILIES:
        ledger.tally(family)
    _pools(ledger, raw, results)
    _services(ledger, raw, results)
    _land(ledger, raw, results, policy)
    _budgets(ledger, raw, results, policy)
    _debt(ledger, raw, results, policy)


def _pools(ledger: Ledger, raw: Raw, results: Results) -> None:
    for pool in raw.pool.index:
        total = float(results.allocation[pool].sum(skipna=False))
        ledger.compare("pool_total", total, "=" if raw.pool["exhaust"][pool] else "<=", raw.available[pool], key=pool)
    for limit in raw.limits:
        ledger.compare("group_limit", limited(results, limit), limit.sense, limit.amount, key=limit.limit)


def limited(results: Results, limit: Any) -> float:
    """The left side of a row of ``limits``, before rounding."""
    if limit.kind == "settle":
        column: pd.Series[float] = results.people["settle"]
    else:
        of = {"allocation": results.allocation, "added": results.added, "land_use": results.land_use}
        column = of[limit.kind][limit.item]
    return float(column[limit.cities].sum(skipna=False))


def _services(ledger: Ledger, raw: Raw, results: Results) -> None:
    services, served = results.services, raw.capacity + results.added
    recognised = raw.present_need + raw.need_per_settler.mul(results.people["settle"], axis=0)
    ledger.compare("coverage_is_served", raw.full_need * services["coverage"], "<=", served)
    ledger.compare("minimum_gap", services["gap"], ">=", raw.service["minimum"] - services["coverage"])
    ledger.compare("growth_limit", results.added, "<=", raw.growth_limit)
    ledger.compare("recognised_need", served + services["backlog"], ">=", recognised)


def _land(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    use, reuse, reused = results.land_use, results.reuse, results.reused
    land = results.received["land"]
    facilities = raw.service["area"] * raw.service["module"] / 10_000
    sites = (results.build * facilities).sum(axis=1, skipna=False)
    ledger.compare("land_balance", use.sum(axis=1, skipna=False), "=", land)
    ledger.compare("public_land", sites, "=", use["public"] + reuse["public"])
    ledger.compare("production_land", use["production"] + reuse["production"], "<=", raw.city["production_request"])
    ledger.compare("idle_land", reused, "<=", raw.reusable)
    if policy.land.stock_ratio is not None:
        linked = raw.city["stock_base"].notna()
        ceiling = raw.city["stock_base"] + policy.land.stock_ratio * reused
        ledger.compare("stock_link", land[linked], "<=", ceiling[linked])


def _budgets(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    city, received, to_capital = raw.city, results.received, results.budget["to_capital"]
    sources = to_capital + city["fund_available"] + received["capital_transfers"] + received["bonds"]
    ledger.compare("capital_budget", results.spending, "<=", sources)
    settlement = policy.settlement.cost * results.people["settle"]
    outlays = (
        city["essential_spending"]
        + city["interest"]
        + results.running
        + settlement
        + policy.debt.bond_rate * received["bonds"]
        + to_capital
    )
    income = city["revenue"] + city["other_transfers"] + received["general_transfers"] + raw.shortfall
    ledger.compare("general_budget", outlays, "<=", income)


def _debt(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    pools = pools_by_purpose(raw.pool)
    if pools["bonds"]:
        bonds = results.received["bonds"]
        ledger.compare("borrow_to_build", bonds, "<=", results.spending)
        ledger.compare("debt_room", bonds, "<=", raw.bond_room)
    if pools["new_special"]:
        special = results.received["new_special"]
        backed = (results.added * raw.service["capital_cost"]).loc[:, raw.service["revenue_backed"]]
        purpose = backed.sum(axis=1, skipna=False) + policy.land.reuse_cost * results.reused
        ledger.compare("special_bond_purpose", special, "<=", purpose)
    for k in BOND_CLASSES:
        if pools[f"new_{k}"]:
            ledger.compare("debt_limit", results.received[f"new_{k}"], "<=", raw.class_room[k], key=k)


def check_bounds(ledger: Ledger, raw: Raw, results: Results, *, integers: bool) -> None:
    """Enter the bounds of every decision.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the decisions.
        integers: whether facilities have to be whole.
    """
    services, settle = results.services, results.people["settle"]
    ledger.compare("allocation_bounds", results.allocation, ">=", raw.lower)
    ledger.compare("allocation_bounds", results.allocation, "<=", raw.upper)
    ledger.compare("settle_bounds", settle, ">=", 0.0)
    ledger.compare("settle_bounds", settle, "<=", raw.settle_limit)
    ledger.compare("build_bounds", results.build, ">=", 0.0)
    ledger.compare("build_bounds", results.build, "<=", raw.build_limit)
    ledger.tally("whole_facilities")
    if integers:
        ledger.compare("whole_facilities", results.build, "=", np.rint(results.build))
    ledger.compare("expand_bounds", services["expand"], ">=", 0.0)
    ledger.compare("expand_bounds", services["expand"], "<=", raw.expand_limit, scale=raw.capacity)
    ledger.compare("coverage_bounds", services["coverage"], ">=", 0.0)
    ledger.compare("coverage_bounds", services["coverage"], "<=", 1.0)
    gates = list(raw.service.index[raw.service["gates"]])
    # Backlog is what is left of need: it is as exact as need is.
    ledger.compare("backlog_gate", services["backlog"][gates], "<=", raw.backlog_now[gates], scale=raw.full_need[gates])
    ledger.compare("nonnegative", services["backlog"], ">=", 0.0, key="backlog")
    ledger.compare("nonnegative", services["gap"], ">=", 0.0, key="gap")
    ledger.compare("nonnegative", results.land_use, ">=", 0.0, key="land_use")
    ledger.compare("nonnegative", results.reuse[list(REUSES)], ">=", 0.0, key="reuse")
    ledger.compare("nonnegative", results.budget["to_capital"], ">=", 0.0, key="to_capital")
