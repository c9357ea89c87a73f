"""Debt: bonds build, stay within limits by class, and within the room that ratio, tier and service leave.

Every row is of a purse, and sums over its members.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.formulation.declare import index, parameter, selection, subset
from alloc.formulation.lever import OPEN, RAISE, WAIVE, Cause, Family, Lever, Number, Rule, Turn
from alloc_models.budget import earning, spending
from alloc_models.optional.purses import in_purse
from alloc_models.pools import allocated

CLASSES = ("general", "special")


def declare(m: Any, data: Any) -> None:
    """The purses of a model that has bonds, the classes that it has, and the room of each."""
    bond_class = np.where(np.asarray(data.kind) == "bond", data.bond_class, "")
    of_class = np.array([bond_class == name for name in CLASSES])
    used: np.ndarray = np.any(of_class, axis=1)
    index(m, "bond_classes", [name for name, there in zip(CLASSES, used, strict=True) if there])
    selection(m, "bonds_of", m.bond_classes, (m.pools,), of_class[used])
    subset(m, "borrowers", m.purses, np.full(len(m.purses), bool(used.any())))
    subset(m, "special_borrowers", m.purses, np.full(len(m.purses), bool(of_class[1].any())))
    parameter(m, "class_room", data.class_room[:, used], m.cities, m.bond_classes)
    parameter(m, "bond_room", data.bond_room, m.cities)


def borrow_to_build(m: Any, b: Any) -> Any:
    """Bonds pay for building, never for running: Σ_{bonds} allocation ≤ spending."""
    return in_purse(m, b, lambda c: allocated(m, c, m.bonds)) <= in_purse(m, b, lambda c: spending(m, c))


def special_bond_purpose(m: Any, b: Any) -> Any:
    """Special bonds pay only for what brings revenue: Σ_{special} allocation ≤ earning."""
    return in_purse(m, b, lambda c: allocated(m, c, m.special_bonds)) <= in_purse(m, b, lambda c: earning(m, c))


def debt_limit(m: Any, b: Any, k: Any) -> Any:
    """Each class of debt within its limit: new bonds ≤ max(0, limit_k − debt_k)."""
    new = in_purse(m, b, lambda c: sum(m.allocation[c, r] for r in m.bonds_of[k]))
    return new <= in_purse(m, b, lambda c: m.class_room[c, k])


def debt_room(m: Any, b: Any) -> Any:
    """New debt within the least room that debt ratio, debt tier and debt service leave."""
    return in_purse(m, b, lambda c: allocated(m, c, m.bonds)) <= in_purse(m, b, lambda c: m.bond_room[c])


UNLIMITED = 1e15  # 10⁴ yuan
NO_RATIO = {"policy.debt.ceiling": OPEN}
NO_TIER = {"policy.debt.tiers.new_bond_factor": OPEN}
NO_SERVICE = {"policy.debt.service_ceiling": OPEN}
ROOM = ("upper", "bond_room")
LEVER = Lever(
    "debt",
    __name__,
    declare,
    families=(
        Family("borrow_to_build", ("borrowers",), borrow_to_build, rounded=True, conflicts=("earmark_above_means",)),
        Family("special_bond_purpose", ("special_borrowers",), special_bond_purpose, rounded=True,
               conflicts=("earmark_above_means",)),
        Family("debt_limit", ("purses", "bond_classes"), debt_limit, item="bond_classes", rounded=True,
               conflicts=("override_above_room", "earmark_above_room", "bonds_above_room"),
               makes=("upper",), without={"cities.limit_general": UNLIMITED, "cities.limit_special": UNLIMITED}),
        Family("debt_room", ("borrowers",), debt_room, rounded=True,
               conflicts=("override_above_room", "earmark_above_room", "bonds_above_room"), makes=("upper",),
               causes={"debt_ratio": "room_ratio", "debt_tier": "room_tier", "debt_service": "room_service"},
               without={**NO_RATIO, **NO_TIER, **NO_SERVICE}),
    ),
    rules=(
        Rule("debt_room", "allocation", ("upper",), "pools", family="debt_room"),
        Rule("debt_class", "allocation", ("upper",), "pools", family="debt_limit"),
    ),
    causes=(
        Cause("debt_ratio", makes=ROOM, without=NO_RATIO),
        Cause("debt_tier", makes=ROOM, without=NO_TIER),
        Cause("debt_service", makes=ROOM, without=NO_SERVICE),
    ),
    numbers=(
        Number("policy.debt.ceiling", "higher_rule", "all", (Turn((RAISE,), ("debt_ratio",)),), priced=True,
               lifts=("debt_ratio",)),
        Number("policy.debt.service_ceiling", "higher_rule", "all", (Turn((RAISE,), ("debt_service",)),), priced=True,
               lifts=("debt_service",)),
        Number("policy.debt.tiers.new_bond_factor", "higher_rule", "tier", (Turn((RAISE,), ("debt_tier",)),),
               priced=True, lifts=("debt_tier",), least_reach=1.0),
        Number("services.revenue_backed", "law", "service", (Turn((WAIVE,), ("special_bond_purpose",), sets=True),)),
        Number("cities.limit_general", "law", "city", (Turn((RAISE,), ("debt_limit",)),), amount=True,
               lifts=("debt_class",), of_pools={"bond_class": "general"}, reach=2.0),
        Number("cities.limit_special", "law", "city", (Turn((RAISE,), ("debt_limit",), probe=2),), amount=True,
               lifts=("debt_class",), of_pools={"bond_class": "special"}, reach=2.0),
    ),
)  # fmt: skip
