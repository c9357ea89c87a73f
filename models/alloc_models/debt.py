"""Debt: bonds build, stay within limits by class, and within the room that ratio, tier and service leave."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc_models.budget import spending
from alloc_models.declare import family, index, parameter, selection, subset
from alloc_models.land import reused
from alloc_models.pools import allocated
from alloc_models.services import added

CLASSES = ("general", "special")


def declare(m: Any, data: Any) -> None:
    """The four families of debt, over the cities of a model that has bonds and the classes that it has."""
    bond_class = np.where(np.asarray(data.kind) == "bond", data.bond_class, "")
    of_class = np.array([bond_class == each for each in CLASSES])
    used: np.ndarray = np.any(of_class, axis=1)
    index(m, "bond_classes", [each for each, there in zip(CLASSES, used, strict=True) if there])
    selection(m, "bonds_of", m.bond_classes, (m.pools,), of_class[used])
    subset(m, "borrowers", m.cities, np.full(len(data.cities), bool(used.any())))
    subset(m, "special_borrowers", m.cities, np.full(len(data.cities), bool(of_class[1].any())))
    subset(m, "revenue_backed", m.services, data.revenue_backed)
    parameter(m, "class_room", data.class_room[:, used], m.cities, m.bond_classes)
    parameter(m, "bond_room", data.bond_room, m.cities)

    family(m, "borrow_to_build", m.borrowers, borrow_to_build, unit="10⁴ yuan")
    family(m, "special_bond_purpose", m.special_borrowers, special_bond_purpose, unit="10⁴ yuan")
    family(m, "debt_limit", m.cities * m.bond_classes, debt_limit, unit="10⁴ yuan")
    family(m, "debt_room", m.borrowers, debt_room, unit="10⁴ yuan")


def borrow_to_build(m: Any, c: Any) -> Any:
    """Bonds pay for building, never for running: Σ_{bonds} allocation ≤ spending."""
    return allocated(m, c, m.bonds) <= spending(m, c)


def special_bond_purpose(m: Any, c: Any) -> Any:
    """Special bonds pay only for what brings revenue: Σ_{revenue_backed} capital_cost·added + reuse_cost·Σ reuse."""
    return (
        allocated(m, c, m.special_bonds)
        <= sum(m.capital_cost[s] * added(m, c, s) for s in m.revenue_backed) + m.reuse_cost * reused(m, c)
    )


def debt_limit(m: Any, c: Any, k: Any) -> Any:
    """Each class of debt within its limit: new bonds ≤ max(0, limit_k − debt_k)."""
    return sum(m.allocation[c, r] for r in m.bonds_of[k]) <= m.class_room[c, k]


def debt_room(m: Any, c: Any) -> Any:
    """New debt within the least room that debt ratio, debt tier and debt service leave."""
    return allocated(m, c, m.bonds) <= m.bond_room[c]
