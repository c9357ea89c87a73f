"""Whether every other column of the result says what follows from the raw tables and the decisions.

``definitions`` are the columns that no tier determines and that are set after the solve; ``copies`` are those that
repeat the instance, or sum the decisions up for the reader.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alloc.verification.families import limited
from alloc.verification.ledger import Ledger
from alloc.verification.means import BOND_CLASSES, debt_ratio, tier_of_debt
from alloc.verification.recompute import Raw
from alloc.verification.results import Results
from alloc.verification.tiers import city_scores

CHECKS = ("definitions", "copies")
UNIT = {"land": "ha", "transfer": "10⁴ yuan", "bond": "10⁴ yuan"}


def check_copies(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    """Enter the comparisons of both kinds.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the decisions and the columns to be compared.
        policy: ``settings.policy``.
    """
    _definitions(ledger, raw, results)
    _allocation(ledger, raw, results)
    _services(ledger, raw, results)
    _people(ledger, raw, results, policy)
    _budget(ledger, raw, results, policy)
    _debt(ledger, raw, results, policy)
    _limits(ledger, raw, results)


def coverage_of(served: pd.DataFrame, full_need: pd.DataFrame) -> pd.DataFrame:
    """The share of full need that is served: min(1, served/full_need), 1 where nothing is needed."""
    share: Any = np.minimum(served / full_need, 1.0)
    coverage: pd.DataFrame = share.where(full_need > 0, 1.0)
    return coverage


def _definitions(ledger: Ledger, raw: Raw, results: Results) -> None:
    services, served = results.services, raw.capacity + results.added
    missing = raw.present_need + raw.need_per_settler.mul(results.people["settle"], axis=0) - served
    backlog, gap = np.maximum(missing, 0.0), np.maximum(raw.service["minimum"] - services["coverage"], 0.0)
    sources = raw.city["fund_available"] + results.received["capital_transfers"]
    own = np.maximum(results.spending - sources - results.received["bonds"], 0.0)
    to_capital = results.budget["to_capital"]
    ledger.compare("definitions", services["coverage"], "=", coverage_of(served, raw.full_need), key="coverage")
    ledger.compare("definitions", services["gap"], "=", gap, key="gap")
    # What is left of two sums is as exact as the sums are.
    ledger.compare("definitions", services["backlog"], "=", backlog, scale=served, key="backlog")
    ledger.compare("definitions", to_capital, "=", own, scale=results.spending, key="to_capital")
    if not any(limit.kind == "land_use" for limit in raw.limits):
        public = results.land_use["public"] + results.reuse["public"]
        ledger.compare("definitions", results.reuse["public"], "=", np.minimum(results.reused, public), key="reuse")


def _allocation(ledger: Ledger, raw: Raw, results: Results) -> None:
    parts, clipped, value = results.allocations, raw.clipped, results.allocation
    formula, fixed = raw.benchmark.fillna(0.0), raw.override.notna()
    for name, wanted in (
        ("benchmark", formula),
        ("rule", clipped - formula),
        ("optimised", (value - clipped) * ~fixed),
        ("override", (value - clipped) * fixed),
    ):
        ledger.compare("copies", parts[name], "=", wanted, scale=np.maximum(formula, value), key=name)
    ledger.same("copies", parts["last_year"], raw.last_year, "last_year")
    units = [UNIT[kind] for kind in raw.pool["kind"]]
    ledger.same("copies", parts["unit"], np.broadcast_to(np.array(units, dtype=object), value.shape), "unit")


def _services(ledger: Ledger, raw: Raw, results: Results) -> None:
    services = results.services
    for name, wanted in (
        ("full_need", raw.full_need),
        ("present_need", raw.present_need),
        ("capacity", raw.capacity),
        ("added", results.added),
        ("coverage_before", coverage_of(raw.capacity, raw.full_need)),
    ):
        ledger.compare("copies", services[name], "=", wanted, key=name)


def _people(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    people = results.people
    for name, wanted in (
        ("residents", raw.city["residents"]),
        ("migrants", raw.migrants),
        ("settle_limit", raw.settle_limit),
        ("score_before", city_scores(coverage_of(raw.capacity, raw.full_need), raw, policy)),
        ("score", city_scores(results.services["coverage"], raw, policy)),
    ):
        ledger.compare("copies", people[name], "=", wanted, key=name)


def _budget(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    bonds = results.received["bonds"]
    given = ("fund_available", "revenue", "other_transfers", "essential_spending", "interest")
    for name, wanted in (
        *((name, raw.city[name]) for name in given),
        ("capital_transfers", results.received["capital_transfers"]),
        ("general_transfers", results.received["general_transfers"]),
        ("bonds", bonds),
        ("spending", results.spending),
        ("running", results.running),
        ("shortfall", raw.shortfall),
        ("settlement", policy.settlement.cost * results.people["settle"]),
        ("bond_interest", policy.debt.bond_rate * bonds),
    ):
        ledger.compare("copies", results.budget[name], "=", wanted, key=name)
    ledger.compare("copies", results.land["allocation"], "=", results.received["land"], key="land")


def _debt(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    debt, new = results.debt, results.received["bonds"]
    after = debt_ratio(raw.debt_now + new, raw.reference)
    for k in BOND_CLASSES:
        ledger.compare("copies", debt[f"debt_{k}"], "=", raw.city[f"debt_{k}"], key=f"debt_{k}")
        wanted = results.received[f"new_{k}"]
        ledger.compare("copies", debt[f"new_{k}"], "=", wanted, key=f"new_{k}")
        ledger.compare("copies", debt[f"room_{k}"], "=", raw.class_room[k], key=f"room_{k}")
    for name, column in (
        ("bond_room", raw.bond_room),
        ("reference", raw.reference),
        ("ratio_before", raw.debt_ratio_now),
        ("ratio_after", after),
    ):
        ledger.compare("copies", debt[name], "=", column, key=name)
    ledger.same("copies", debt["tier_before"], raw.debt_tier, "tier_before")
    # At a border of two tiers the last digit of the sum decides: the tier follows from the ratio that stands beside it.
    ledger.same("copies", debt["tier_after"], tier_of_debt(debt["ratio_after"], policy), "tier_after")


def _limits(ledger: Ledger, raw: Raw, results: Results) -> None:
    for limit in raw.limits:
        row, left = results.limits.loc[limit.limit], limited(results, limit)
        ledger.compare("copies", row["left"], "=", left, key=f"{limit.limit}, left")
        ledger.compare("copies", row["right"], "=", limit.amount, key=f"{limit.limit}, right")
        ledger.same("copies", row["sense"], limit.sense, f"{limit.limit}, sense")
        # Below zero the slack is a breach, which is for `group_limit` to judge.
        slack = abs(limit.amount - left)
        ledger.compare("copies", abs(row["slack"]), "=", slack, scale=limit.amount, key=f"{limit.limit}, slack")
