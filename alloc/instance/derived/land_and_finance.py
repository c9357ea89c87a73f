"""Land and money of every city: what its standard is, what it can pay, what room its debt leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.needs import People
from alloc.instance.derived.optional.purses import Purses
from alloc.instance.derived.steps import Steps
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
        production_wanted: land for production that levelling counts: what is asked for, up to the standard [n].
        productivity: output of production land, 10⁴ yuan a hectare [n].
        reuse_cost: 10⁴ yuan a hectare.
        stock_ratio: new hectares for each one put back to use, NaN where the policy has no such link.
        stock_share: of what the formula gives, the base of cities that give none, NaN where they have none.
        housing_area: land for housing a settled person, m², NaN where the policy says nothing of uses, as the next.
        other_share: of new land, for roads, utilities and the like.
        unassigned_share: most of a city's new land that may be unassigned.
        unassigned_most: most of all land that there is that may be unassigned, share.
    """

    land_standard: Floats
    land_entitlement: Floats
    reusable: Floats
    production_request: Floats
    production_wanted: Floats
    productivity: Floats
    reuse_cost: float
    stock_ratio: float
    stock_share: float
    housing_area: float
    other_share: float
    unassigned_share: float
    unassigned_most: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Money:
    """Accounts and debt of the n cities, in 10⁴ yuan (a year) unless said otherwise.

    Of a purse that is shared every member has its part by residents, of rooms too.

    Attributes:
        purses: whose money the cities share.
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

    purses: Purses
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
    return _built_up_a_person(numbers(cities, "built_up"), numbers(cities, "urban_residents"))


def _built_up_a_person(built_up: Floats, urban_residents: Floats) -> Floats:
    return built_up * SQUARE_METRES_PER_HECTARE / urban_residents


def borders(steps: Sequence[Any], name: str) -> Floats:
    """The borders between the steps of a table of the policy; the last step is open."""
    return np.array([getattr(step, name) for step in steps[:-1]], dtype=float)


def land(steps: Steps, cities: pd.DataFrame, who: People, policy: Policy) -> Land:
    """Standards, entitlements and what can be put back to use."""
    read, rules = partial(steps.numbers, "cities", cities), policy.land
    built_up = steps(_built_up_a_person, read("built_up"), read("urban_residents"))
    standard = steps(_standard, built_up, rules.standards)
    requested, uses = read("production_request"), rules.uses
    return Land(
        land_standard=standard,
        land_entitlement=steps(_entitlement, standard, read("settled_last"), who.size_class, rules.no_linked_land),
        reusable=steps(_reusable, rules.reuse_limit, read("idle")),
        production_request=requested,
        production_wanted=steps(_up_to, requested, read("production_standard")),
        productivity=read("productivity", 1),
        reuse_cost=float(rules.reuse_cost),
        stock_ratio=_number(rules.stock_ratio),
        stock_share=_number(rules.stock_share),
        housing_area=_number(None if uses is None else uses.housing),
        other_share=_number(None if uses is None else uses.other),
        unassigned_share=_number(None if uses is None else uses.unassigned_city),
        unassigned_most=_number(None if uses is None else uses.unassigned_total),
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _up_to(amount: Floats, most: Floats) -> Floats:
    """Amounts up to what is given as the most."""
    return np.asarray(np.fmin(amount, most))


def _standard(built_up: Floats, standards: Sequence[Any]) -> Floats:
    """New land a settled person. A border belongs to the step below it."""
    step = np.searchsorted(borders(standards, "up_to"), built_up, side="left")
    return np.asarray(np.array([each.per_settler for each in standards], dtype=float)[step])


def _entitlement(standard: Floats, settled: Floats, classes: Objects, no_linked_land: Sequence[str]) -> Floats:
    return np.where(np.isin(classes, no_linked_land), 0, standard * settled / SQUARE_METRES_PER_HECTARE)


def _reusable(limit: float, idle: Floats) -> Floats:
    return limit * idle


def money(steps: Steps, cities: pd.DataFrame, shared: Purses, last_transfers: Floats, policy: Policy) -> Money:
    """Accounts and rooms for debt.

    Args:
        steps: of the derivation.
        cities: the table `cities`, with accounts of purses by member.
        shared: whose money they share.
        last_transfers: what every city got of all transfer pools last year, of a purse its part, 10⁴ yuan [n].
        policy: the policy of the instance.
    """
    read, rules = partial(steps.numbers, "cities", cities), policy.debt
    revenue, fund_revenue, other_transfers, essential_spending, interest, maturing = (
        read(name)
        for name in ("revenue", "fund_revenue", "other_transfers", "essential_spending", "interest", "maturing")
    )
    debt, limit = (tuple(read(f"{what}_{each}") for each in BOND_CLASSES) for what in ("debt", "limit"))
    reference = steps(_reference, revenue, fund_revenue, other_transfers, last_transfers)
    debt_now, class_room = steps(_by_class, debt, limit)
    ratio = steps(debt_ratio, debt_now, reference)
    tier = steps(debt_tier_place, ratio, rules.tiers)
    room_ratio = steps(_room_ratio, rules.ceiling, reference, debt_now)
    room_tier = steps(_room_tier, tuple(each.new_bond_factor for each in rules.tiers), tier, revenue, fund_revenue)
    free = steps(_free_for_service, rules.service_ceiling, reference, interest, maturing)
    room_service = steps(_room_service, free, rules.bond_rate)
    return Money(
        purses=shared,
        revenue=revenue,
        fund_revenue=fund_revenue,
        fund_available=read("fund_available", 0),
        other_transfers=other_transfers,
        essential_spending=essential_spending,
        interest=interest,
        maturing=maturing,
        fiscal_gap=steps(_fiscal_gap, essential_spending, interest, revenue, other_transfers),
        reference=reference,
        debt_now=debt_now,
        debt_ratio_now=ratio,
        debt_tier=steps(_named, tuple(each.name for each in rules.tiers), tier),
        room_ratio=room_ratio,
        room_tier=room_tier,
        room_service=room_service,
        bond_room=steps(_least, (room_ratio, room_tier, room_service)),
        class_room=class_room,
        settlement_cost=float(policy.settlement.cost),
        bond_rate=float(rules.bond_rate),
        funds_pay=rules.special_interest == "fund",
    )


def _reference(revenue: Floats, fund_revenue: Floats, other_transfers: Floats, last_transfers: Floats) -> Floats:
    return revenue + fund_revenue + other_transfers + last_transfers


def _by_class(debts: tuple[Floats, ...], limits: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    """All debt [n], and what the limits leave by class [n, 2]."""
    debt = np.column_stack(debts)
    return debt.sum(axis=1), np.maximum(0, np.column_stack(limits) - debt)


def _room_ratio(ceiling: float, reference: Floats, debt_now: Floats) -> Floats:
    return np.maximum(0, ceiling * reference - debt_now)


def _room_tier(factors: tuple[float, ...], tier: NDArray[np.intp], revenue: Floats, fund_revenue: Floats) -> Floats:
    return np.asarray(np.array(factors, dtype=float)[tier] * (revenue + fund_revenue))


def _free_for_service(ceiling: float, reference: Floats, interest: Floats, maturing: Floats) -> Floats:
    return ceiling * reference - interest - maturing


def _room_service(free: Floats, bond_rate: float) -> Floats:
    return np.maximum(0, free / bond_rate)


def _least(rooms: tuple[Floats, ...]) -> Floats:
    return np.asarray(np.minimum.reduce(list(rooms)))


def _fiscal_gap(essential: Floats, interest: Floats, revenue: Floats, other_transfers: Floats) -> Floats:
    return np.maximum(0, essential + interest - revenue - other_transfers)


def _named(names: tuple[str, ...], tier: NDArray[np.intp]) -> Objects:
    return np.array(names, dtype=object)[tier]


def debt_ratio(debt: Floats, reference: Floats) -> Floats:
    """Debt over capacity to pay; without any capacity, debt is beyond every ceiling and no debt is none [n]."""
    without = np.where(debt > 0, np.inf, 0.0)
    return np.divide(debt, reference, out=without, where=reference > 0)


def debt_tier_place(ratio: Floats, tiers: Sequence[DebtTier]) -> NDArray[np.intp]:
    """The position among `tiers` of every debt ratio [n]."""
    return np.searchsorted(borders(tiers, "below"), ratio, side="right")
