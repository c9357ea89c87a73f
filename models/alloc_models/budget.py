"""Budgets: what is built and run must be paid for, capital and recurrent money apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.formulation.declare import decision, parameter, subset
from alloc.formulation.lever import LOWER, RAISE, Decision, Family, Lever, Number, Quantity, Span, Turn
from alloc_models.optional.purses import in_purse
from alloc_models.pools import allocated

ACCOUNTS = ("fund_available", "revenue", "other_transfers", "essential_spending", "interest", "shortfall")
TO_CAPITAL = Decision("to_capital", ("cities",), unit="10⁴ yuan", table="budget", columns=("to_capital",),
                      follows=True)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`to_capital`, and the accounts of the cities."""
    for name in ACCOUNTS:
        parameter(m, name, getattr(data, name), m.cities)
    for name in ("settlement_cost", "bond_rate"):
        parameter(m, name, getattr(data, name))
    bond, special = (np.asarray(each) for each in (data.kind == "bond", data.bond_class == "special"))
    subset(m, "paid_by_funds", m.pools, bond & special & data.funds_pay)
    subset(m, "paid_by_revenue", m.pools, bond & ~(special & data.funds_pay))
    decision(m, TO_CAPITAL)


def spending(m: Any, c: Any) -> Any:
    """Capital spending, all that levers add to it: Σ_s capital_cost·added + reuse_cost·Σ_u reuse."""
    return m.sums["spending"](m, c)


def running(m: Any, c: Any) -> Any:
    """What is new costs every year, all that levers add to it: Σ_s running_cost·added."""
    return m.sums["running"](m, c)


def earning(m: Any, c: Any) -> Any:
    """What special bonds may pay for: Σ_{revenue_backed} capital_cost·added + reuse_cost·Σ_u reuse."""
    return m.sums["earning"](m, c)


def capital_budget(m: Any, b: Any) -> Any:
    """Building is paid from general money set aside, fund revenue, capital transfers and bonds.

    So is the interest of the bonds that government funds pay for (`paid_by_funds`). Sums over the members of a purse.
    """
    spent = in_purse(m, b, lambda c: spending(m, c) + m.bond_rate * allocated(m, c, m.paid_by_funds))
    return spent <= in_purse(
        m, b,
        lambda c: (
            m.to_capital[c] + m.fund_available[c] + allocated(m, c, m.capital_transfers) + allocated(m, c, m.bonds)
        ),
    )  # fmt: skip


def general_budget(m: Any, b: Any) -> Any:
    """Recurrent money covers what comes first, running and settlement costs, new interest, and what goes to building.

    What a purse lacks before anything is decided (`shortfall`) is grandfathered. Sums over the members of a purse.
    """
    spent = in_purse(
        m, b,
        lambda c: (
            m.essential_spending[c]
            + m.interest[c]
            + running(m, c)
            + m.settlement_cost * m.settle[c]
            + m.bond_rate * allocated(m, c, m.paid_by_revenue)
            + m.to_capital[c]
        ),
    )  # fmt: skip
    return spent <= in_purse(
        m, b, lambda c: m.revenue[c] + m.other_transfers[c] + allocated(m, c, m.general_transfers) + m.shortfall[c]
    )


def _span(data: Any, item: str, own: Any, whole: bool) -> Span:
    """What is spent follows from all that levers add to it: no bound of a decision says how much that is at most."""
    return Span(0.0, np.inf)


def settled(point: Any) -> Mapping[str, Any]:
    """No more general money is set aside for building than building needs; in a purse, every member by residents."""
    data = point.data
    pays = (data.kind == "bond") | ((data.kind == "transfer") & (data.use == "capital"))
    by_funds = (data.bond_class == "special") & data.funds_pay
    interest = data.bond_rate * point.granted[:, by_funds].sum(axis=1)
    least = point.sum("spending") + interest - data.fund_available - point.granted[:, pays].sum(axis=1)
    return {TO_CAPITAL.name: np.maximum(0.0, data.purses.attributed(least))}


LEVER = Lever(
    "budget",
    __name__,
    declare,
    decisions=(TO_CAPITAL,),
    families=(
        Family("capital_budget", ("purses",), capital_budget, binds_with="general_budget", rounded=True,
               conflicts=("earmark_above_means",)),
        Family("general_budget", ("purses",), general_budget, rounded=True, conflicts=("earmark_above_means",)),
    ),
    numbers=(
        Number("cities.fund_available", "higher_rule", "city", (Turn((RAISE,), ("capital_budget",)),), amount=True,
               outside=True),
        Number("cities.other_transfers", "higher_rule", "city", (
            Turn((RAISE,), ("general_budget", "debt_ratio", "debt_tier", "debt_service"), probe=5),
        ), amount=True, outside=True),
        Number("policy.debt.bond_rate", "higher_rule", "all",
               (Turn((LOWER,), ("general_budget", "debt_service"), multiplies=True),), priced=True),
    ),
    quantities=(Quantity("spending", spending, "10⁴ yuan", _span, ""),),
    sums=dict.fromkeys(("spending", "earning", "running"), ("cities",)),
    settled=settled,
)  # fmt: skip
