"""Whether every other column of the result says what follows from the raw tables and the decisions.

``definitions`` are the columns that no tier determines and that are set after the solve; ``copies`` are those that
repeat the instance, or sum the decisions up for the reader.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.verification.arrays import Floats, given
from alloc.verification.ledger import Ledger
from alloc.verification.means import BOND_CLASSES, UNIT, debt_ratio, new_interest, tier_of_debt
from alloc.verification.optional.links import check_columns
from alloc.verification.recompute import Raw
from alloc.verification.results import OF_ISSUED, QUANTITIES, Results
from alloc.verification.tiers import city_scores

CHECKS = ("definitions", "copies")


def check_copies(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    """Enter the comparisons of both kinds.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the decisions and the columns to be compared.
        policy: ``settings.policy``.
    """
    _definitions(ledger, raw, results, policy)
    _allocation(ledger, raw, results)
    _services(ledger, raw, results)
    _people(ledger, raw, results, policy)
    _budget(ledger, raw, results, policy)
    _debt(ledger, raw, results, policy)
    _limits(ledger, raw, results)
    check_columns(ledger, raw, results)


def coverage_of(served: Floats, full_need: Floats) -> Floats:
    """The share of full need that is served: min(1, served/full_need), 1 where nothing is needed."""
    share = np.divide(served, full_need, out=np.ones_like(full_need), where=full_need > 0)
    return np.minimum(share, 1.0)


def _definitions(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    services, served = results.services, raw.capacity + results.places
    missing = results.recognised + raw.need_per_settler * results.settle[:, None] - served
    backlog, gap = np.maximum(missing, 0.0), np.maximum(raw.service["minimum"] - services["coverage"], 0.0)
    coverage = coverage_of(served, raw.full_need)
    sources = raw.city["fund_available"] + results.received["capital_transfers"]
    interest, _ = new_interest(results.received["bonds"], results.received["new_special"], policy)
    own = np.maximum(raw.purses.parts(results.spending + interest - sources - results.received["bonds"]), 0.0)
    to_capital, at = results.budget["to_capital"], raw.by_service
    ledger.compare("definitions", services["coverage"], "=", coverage, at=at, key="coverage")
    ledger.compare("definitions", services["gap"], "=", gap, at=at, key="gap")
    # What is left of two sums is as exact as the sums are.
    ledger.compare("definitions", services["backlog"], "=", backlog, at=at, scale=served, key="backlog")
    ledger.compare("definitions", to_capital, "=", own, at=raw.by_city, scale=results.spending, key="to_capital")
    # A limit on uses of land or on spending leaves the split to the solver, and so may one on a quantity of a lever.
    by_use = {"land_use", "spending"}
    if all(limit.kind in QUANTITIES and not by_use & {limit.kind, limit.basis} for limit in raw.limits):
        left, made_free = results.reused, results.renewed
        if raw.renews:
            public = np.minimum(made_free.sum(axis=1), results.land_for("public"))  # the rest is for production
            ledger.compare("definitions", made_free[:, 0], "=", public, at=raw.by_city, key="renewed")
        for use, reuse in zip(results.reuses[:-1], results.reuse.T, strict=False):  # the last one has what is left
            first = np.minimum(left, results.land_for(use) - results.renewed_for(use))
            key = "reuse" if use == results.reuses[0] else f"reuse, {use}"
            ledger.compare("definitions", reuse, "=", first, at=raw.by_city, scale=results.reused, key=key)
            left = left - first


def _allocation(ledger: Ledger, raw: Raw, results: Results) -> None:
    parts, clipped, value, at = results.allocations, raw.clipped, results.allocation, raw.by_pool
    formula, benchmark, fixed = given(raw.formula, 0.0), given(raw.benchmark, 0.0), ~np.isnan(raw.override)
    wanted = {
        "benchmark": formula,
        "performance": benchmark - formula,
        "rule": raw.ruled - benchmark,
        "locked": clipped - raw.ruled,
        "optimised": (value - clipped) * ~fixed,
        "override": (value - clipped) * fixed,
        "issued": raw.issued,
        "increment": parts["published"] - raw.issued,
    }
    if not raw.issued.any():
        wanted = {name: amounts for name, amounts in wanted.items() if name not in OF_ISSUED}
    if not (raw.performance != 1).any():
        del wanted["performance"]
    for name, amounts in wanted.items():
        ledger.compare("copies", parts[name], "=", amounts, at=at, scale=np.maximum(formula, value), key=name)
    ledger.same("copies", parts["last_year"], raw.last_year, at=at, key="last_year")
    units = np.array([UNIT[kind] for kind in raw.pool["kind"]], dtype=object)
    ledger.same("copies", parts["unit"], units, at=at, key="unit")


def _services(ledger: Ledger, raw: Raw, results: Results) -> None:
    for name, wanted in (
        ("full_need", raw.full_need),
        ("present_need", raw.present_need),
        ("capacity", raw.capacity),
        ("added", results.added),
        ("coverage_before", coverage_of(raw.capacity, raw.full_need)),
    ):
        ledger.compare("copies", results.services[name], "=", wanted, at=raw.by_service, key=name)


def _people(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    for name, wanted in (
        ("residents", raw.city["residents"]),
        ("migrants", raw.migrants),
        ("settle_limit", raw.settle_limit),
        ("score_before", city_scores(coverage_of(raw.capacity, raw.full_need), raw, policy)),
        ("score", city_scores(results.services["coverage"], raw, policy)),
    ):
        ledger.compare("copies", results.people[name], "=", wanted, at=raw.by_city, key=name)


def _budget(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    bonds = results.received["bonds"]
    for name, wanted in (
        ("fund_available", raw.city["fund_available"]),
        ("revenue", raw.city["revenue"]),
        ("other_transfers", raw.city["other_transfers"]),
        ("essential_spending", raw.city["essential_spending"]),
        ("interest", raw.city["interest"]),
        ("capital_transfers", results.received["capital_transfers"]),
        ("general_transfers", results.received["general_transfers"]),
        ("bonds", bonds),
        ("spending", results.spending),
        ("running", results.running),
        ("shortfall", raw.shortfall),
        ("settlement", policy.settlement.cost * results.settle),
        ("bond_interest", new_interest(bonds, results.received["new_special"], policy)[1]),
    ):
        ledger.compare("copies", results.budget[name], "=", wanted, at=raw.by_city, key=name)
    ledger.compare("copies", results.land["allocation"], "=", results.received["land"], at=raw.by_city, key="land")


def _debt(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    debt, new, at = results.debt, results.received["bonds"], raw.by_city
    together = raw.purses.sums
    after = raw.purses.of_city(debt_ratio(together(raw.debt_now + new), together(raw.reference)))
    by_class = [
        wanted
        for k, name in enumerate(BOND_CLASSES)
        for wanted in (
            (f"debt_{name}", raw.city[f"debt_{name}"]),
            (f"new_{name}", results.received[f"new_{name}"]),
            (f"room_{name}", raw.class_room[:, k]),
        )
    ]
    for name, wanted in (
        *by_class,
        ("bond_room", raw.bond_room),
        ("reference", raw.reference),
        ("ratio_before", raw.debt_ratio_now),
        ("ratio_after", after),
    ):
        ledger.compare("copies", debt[name], "=", wanted, at=at, key=name)
    ledger.same("copies", debt["tier_before"], raw.debt_tier, at=at, key="tier_before")
    # At a border of two tiers the last digit of the sum decides: the tier follows from the ratio that stands beside it.
    ledger.same("copies", debt["tier_after"], tier_of_debt(debt["ratio_after"], policy), at=at, key="tier_after")


def _limits(ledger: Ledger, raw: Raw, results: Results) -> None:
    row, left, amount = results.limits, results.limited, results.limits_at
    senses = np.array([limit.sense for limit in raw.limits], dtype=object)
    at = ([limit.limit for limit in raw.limits],)
    ledger.compare("copies", row["left"], "=", left, at=at, key="left")
    ledger.compare("copies", row["right"], "=", amount, at=at, key="right")
    ledger.same("copies", row["sense"], senses, at=at, key="sense")
    # Below zero the slack is a breach, which is for `group_limit` to judge.
    slack = np.abs(amount - left)
    ledger.compare("copies", np.abs(row["slack"]), "=", slack, at=at, scale=amount, key="slack")
