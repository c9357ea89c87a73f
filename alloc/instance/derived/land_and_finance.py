"""Land and money of every city: what its standard is, what it can pay, what room its debt leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.needs import People
from alloc.instance.frames import numbers
from alloc.instance.schema.policy import DebtTier, Policy

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]

SQUARE_METRES_PER_HECTARE = 10_000
BOND_CLASSES = ("general", "special")


@dataclass(frozen=True, eq=False, kw_only=True)
class Land:
    """Land of the n cities, in hectares unless said otherwise.

    Attributes:
        land_standard: new land a settled person, m² [n].
        land_entitlement: land earned by those who settled last year, 0 where the class has no linked land [n].
        reusable: idle land that can be put back to use this year [n].
        production_request: land for production that is asked for [n].
        productivity: output of production land, 10⁴ yuan a hectare [n].
        stock_base: new land allowed without reuse, NaN where new land is not linked to reuse [n].
        reuse_cost: 10⁴ yuan a hectare.
        stock_ratio: new hectares for each one put back to use, NaN where the policy has no such link.
    """

    land_standard: Floats
    land_entitlement: Floats
    reusable: Floats
    production_request: Floats
    productivity: Floats
    stock_base: Floats
    reuse_cost: float
    stock_ratio: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Money:
    """Accounts and debt of the n cities, in 10⁴ yuan (a year) unless said otherwise.

    Attributes:
        revenue: own general revenue [n].
        fund_revenue: government-fund revenue [n].
        fund_available: fund revenue free for building [n].
        other_transfers: transfers that are no pool here [n].
        essential_spending: spending that comes first [n].
        interest: interest on all debt [n].
        maturing: principal due [n].
        fiscal_gap: what own money and other transfers lack to essential spending and interest [n].
        reference: capacity to pay, from data only [n].
        debt_now: general and special debt [n].
        debt_ratio_now: debt over reference, share [n].
        debt_tier: name of the debt tier, text [n].
        room_ratio: new debt that the ceiling of the debt ratio leaves [n].
        room_tier: new debt that the debt tier allows [n].
        room_service: new debt that the ceiling of debt service leaves [n].
        bond_room: the least of the three [n].
        class_room: new debt that the limits leave, by class (general, special) [n, 2].
        settlement_cost: a settled person a year.
        bond_rate: interest on new bonds, share a year.
        funds_pay: whether government funds pay the interest of new special bonds.
    """

    revenue: Floats
    fund_revenue: Floats
    fund_available: Floats
    other_transfers: Floats
    essential_spending: Floats
    interest: Floats
    maturing: Floats
    fiscal_gap: Floats
    reference: Floats
    debt_now: Floats
    debt_ratio_now: Floats
    debt_tier: Objects
    room_ratio: Floats
    room_tier: Floats
    room_service: Floats
    bond_room: Floats
    class_room: Floats
    settlement_cost: float
    bond_rate: float
    funds_pay: bool


def built_up_a_person(cities: pd.DataFrame) -> Floats:
    """Built-up land per urban resident, m² [n]."""
    return numbers(cities, "built_up") * SQUARE_METRES_PER_HECTARE / numbers(cities, "urban_residents")


def borders(steps: Sequence[Any], name: str) -> Floats:
    """The borders between the steps of a table of the policy; the last step is open."""
    return np.array([getattr(step, name) for step in steps[:-1]], dtype=float)


def land(cities: pd.DataFrame, who: People, policy: Policy) -> Land:
    """Standards, entitlements and what can be put back to use. A border belongs to the step below it."""
    standards = policy.land.standards
    step = np.searchsorted(borders(standards, "up_to"), built_up_a_person(cities), side="left")
    standard = np.array([each.per_settler for each in standards], dtype=float)[step]
    entitlement = standard * numbers(cities, "settled_last") / SQUARE_METRES_PER_HECTARE
    ratio = policy.land.stock_ratio
    return Land(
        land_standard=standard,
        land_entitlement=np.where(np.isin(who.size_class, policy.land.no_linked_land), 0, entitlement),
        reusable=policy.land.reuse_limit * numbers(cities, "idle"),
        production_request=numbers(cities, "production_request"),
        productivity=numbers(cities, "productivity", blank=1),
        stock_base=np.full(len(cities), np.nan) if ratio is None else numbers(cities, "stock_base"),
        reuse_cost=float(policy.land.reuse_cost),
        stock_ratio=np.nan if ratio is None else float(ratio),
    )


def money(cities: pd.DataFrame, last_transfers: Floats, policy: Policy) -> Money:
    """Accounts and rooms for debt.

    Args:
        cities: the table `cities`.
        last_transfers: what every city got of all transfer pools last year, 10⁴ yuan [n].
        policy: the policy of the instance.
    """
    revenue, fund_revenue, other_transfers, essential_spending, interest, maturing = (
        numbers(cities, name)
        for name in ("revenue", "fund_revenue", "other_transfers", "essential_spending", "interest", "maturing")
    )
    debt = np.column_stack([numbers(cities, f"debt_{each}") for each in BOND_CLASSES])
    limit = np.column_stack([numbers(cities, f"limit_{each}") for each in BOND_CLASSES])
    reference = revenue + fund_revenue + other_transfers + last_transfers
    debt_now = debt.sum(axis=1)
    ratio = debt_ratio(debt_now, reference)

    tiers = policy.debt.tiers
    tier = debt_tier_place(ratio, tiers)
    factor = np.array([each.new_bond_factor for each in tiers], dtype=float)[tier]
    free_for_service = policy.debt.service_ceiling * reference - interest - maturing
    rooms = {
        "room_ratio": np.maximum(0, policy.debt.ceiling * reference - debt_now),
        "room_tier": factor * (revenue + fund_revenue),
        "room_service": np.maximum(0, free_for_service / policy.debt.bond_rate),
    }
    return Money(
        revenue=revenue,
        fund_revenue=fund_revenue,
        fund_available=numbers(cities, "fund_available", blank=0),
        other_transfers=other_transfers,
        essential_spending=essential_spending,
        interest=interest,
        maturing=maturing,
        fiscal_gap=np.maximum(0, essential_spending + interest - revenue - other_transfers),
        reference=reference,
        debt_now=debt_now,
        debt_ratio_now=ratio,
        debt_tier=np.array([each.name for each in tiers], dtype=object)[tier],
        bond_room=np.minimum.reduce(list(rooms.values())),
        class_room=np.maximum(0, limit - debt),
        settlement_cost=float(policy.settlement.cost),
        bond_rate=float(policy.debt.bond_rate),
        funds_pay=policy.debt.special_interest == "fund",
        **rooms,
    )


def debt_ratio(debt: Floats, reference: Floats) -> Floats:
    """Debt over capacity to pay; without any capacity, debt is beyond every ceiling and no debt is none [n]."""
    without = np.where(debt > 0, np.inf, 0)
    return np.asarray(np.where(reference > 0, debt / np.where(reference > 0, reference, 1), without))


def debt_tier_place(ratio: Floats, tiers: Sequence[DebtTier]) -> NDArray[np.intp]:
    """The position among `tiers` of every debt ratio [n]."""
    return np.searchsorted(borders(tiers, "below"), ratio, side="right")
