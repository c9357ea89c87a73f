"""Budgets: what is built and run must be paid for, capital and recurrent money apart."""

from __future__ import annotations

from typing import Any

from alloc_models.declare import family, parameter, variable
from alloc_models.land import reused
from alloc_models.pools import allocated
from alloc_models.services import added

ACCOUNTS = ("fund_available", "revenue", "other_transfers", "essential_spending", "interest", "shortfall")


def declare(m: Any, data: Any) -> None:
    """`to_capital`, `capital_budget`, `general_budget`."""
    for name in ACCOUNTS:
        parameter(m, name, getattr(data, name), m.cities)
    parameter(m, "capital_cost", data.capital_cost, m.services)
    parameter(m, "running_cost", data.running_cost, m.services)
    for name in ("reuse_cost", "settlement_cost", "bond_rate"):
        parameter(m, name, getattr(data, name))
    variable(m, "to_capital", m.cities, unit="10⁴ yuan")
    family(m, "capital_budget", m.cities, capital_budget, unit="10⁴ yuan")
    family(m, "general_budget", m.cities, general_budget, unit="10⁴ yuan")


def spending(m: Any, c: Any) -> Any:
    """Capital spending: Σ_s capital_cost·added + reuse_cost·Σ_u reuse."""
    return sum(m.capital_cost[s] * added(m, c, s) for s in m.services) + m.reuse_cost * reused(m, c)


def running(m: Any, c: Any) -> Any:
    """What the new capacity costs every year: Σ_s running_cost·added."""
    return sum(m.running_cost[s] * added(m, c, s) for s in m.services)


def capital_budget(m: Any, c: Any) -> Any:
    """Building is paid from general money set aside, fund revenue, capital transfers and bonds."""
    return (
        spending(m, c)
        <= m.to_capital[c] + m.fund_available[c] + allocated(m, c, m.capital_transfers) + allocated(m, c, m.bonds)
    )


def general_budget(m: Any, c: Any) -> Any:
    """Recurrent money covers what comes first, running and settlement costs, new interest, and what goes to building.

    What a city lacks before anything is decided (`shortfall`) is grandfathered.
    """
    return (
        m.essential_spending[c]
        + m.interest[c]
        + running(m, c)
        + m.settlement_cost * m.settle[c]
        + m.bond_rate * allocated(m, c, m.bonds)
        + m.to_capital[c]
        <= m.revenue[c] + m.other_transfers[c] + allocated(m, c, m.general_transfers) + m.shortfall[c]
    )
