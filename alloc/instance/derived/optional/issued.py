"""Stages of a year: the part of every pool that an advance shares out, and what has been issued and is not taken back.

Bounds are worked out as if nothing had been issued; then what is locked lifts them, whatever rule made them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.bond_floors import beyond_promised, certain_means, greatest_share, loose_use
from alloc.instance.derived.bounds import Pools, rule_target
from alloc.instance.derived.land_and_finance import BOND_CLASSES, Land, Money
from alloc.instance.derived.needs import Services
from alloc.instance.derived.optional.programmes import Programmes
from alloc.instance.derived.rule_bounds import RuleBound
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import numbers, placed
from alloc.instance.schema.stages import ADVANCE_SHARE, STAGES, Stage

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
LOCKED = np.array("locked", dtype=object)


@dataclass(frozen=True, eq=False, kw_only=True)
class Issue:
    """What the stage of an instance makes of its R pools and n cities, in hectares or 10⁴ yuan.

    Attributes:
        advance: part of the pool that is shared out: its advance share in an advance, else 1 [R].
        issued: what went out at the stages before this one [n, R].
        locked: what of that is not taken back: the least that the city gets [n, R].
    """

    advance: Floats
    issued: Floats
    locked: Floats


def issue(steps: Steps, tables: Mapping[str, pd.DataFrame], stage: Stage) -> Issue:
    """What goes out at a stage, and what has gone out before it.

    Args:
        steps: of the derivation.
        tables: the tables of the instance.
        stage: of the instance.
    """
    cities, pools = steps.texts("cities", tables["cities"], "city"), steps.texts("pools", tables["pools"], "pool")
    share, clawback = (steps.numbers("pools", tables["pools"], name) for name in ("advance_share", "clawback"))
    issued = steps(_issued, tables["issued"], cities, pools, stage)
    return Issue(advance=steps(_advance, share, stage), issued=issued, locked=steps(_locked, issued, clawback))


def shared_out(pools: pd.DataFrame, stage: Stage) -> dict[str, float]:
    """Pool -> the part of it that a stage shares out, in the order of the table `pools`."""
    return dict(zip(pools["pool"], _advance(numbers(pools, "advance_share"), stage).tolist(), strict=True))


def _advance(share: Floats, stage: Stage) -> Floats:
    return np.where(np.isnan(share), ADVANCE_SHARE, share) if stage == STAGES[0] else np.ones(len(share))


def _issued(table: pd.DataFrame, cities: Objects, pools: Objects, stage: Stage) -> Floats:
    total = np.zeros((len(cities), len(pools)))
    for earlier in STAGES[: STAGES.index(stage)] if len(table) else ():
        total += np.nan_to_num(placed(table[table["stage"] == earlier], "amount", cities, pools, "pool"))
    return total


def _locked(issued: Floats, clawback: Floats) -> Floats:
    return (1 - np.nan_to_num(clawback)) * issued


def with_rooms(steps: Steps, money: Money, locked: Floats, bond_class: Objects) -> Money:
    """Rooms for debt in which the bonds that are locked have a place: a tier that fell since makes no city infeasible.

    Args:
        steps: of the derivation.
        money: of the cities.
        locked: of every pool [n, R].
        bond_class: general or special for bonds, "" otherwise [R].
    """
    if not locked[:, bond_class != ""].any():
        return money
    both = money.purses.attributed(steps(_sum_of, locked, bond_class != "", name="bonds"))
    classes = tuple(locked[:, bond_class == name].sum(axis=1) for name in BOND_CLASSES)
    by_class = money.purses.attributed(steps(np.column_stack, classes))
    rooms = {
        name: steps(np.maximum, getattr(money, name), both, name=f"{name}, locked")
        for name in ("room_ratio", "room_tier", "room_service", "bond_room")
    }
    return replace(money, **rooms, class_room=steps(np.maximum, money.class_room, by_class, name="class_room, locked"))


def _sum_of(amounts: Floats, pools: Flags) -> Floats:
    return np.asarray(amounts[:, pools].sum(axis=1))


def with_locked(
    steps: Steps,
    shares: Pools,
    locked: Floats,
    follow: Flags,
    needs: Services,
    land: Land,
    money: Money,
    works: Programmes,
    least_free: float,
) -> Pools:
    """Bounds of pools in which nobody gets less than what is locked.

    lower = max(lower, locked), upper = max(upper, locked). What then asks for too much gives way, down to what is
    locked: corridors of pools whose bounds follow them, as they do without it, and floors of bonds to the rooms for
    debt and to what a city can build and run.

    Args:
        steps: of the derivation.
        shares: bounds as if nothing had been issued.
        locked: of every pool [n, R].
        follow: whose bounds follow their pool [R].
        needs, land, money, works: of the cities; rooms for debt as `with_rooms` leaves them.
        least_free: share of its general money with which every city is counted at least.
    """
    held = steps(_lock, locked)
    if not locked.any():
        return replace(shares, allocation_bounds=(*shares.allocation_bounds, held))
    fixed, bond = ~np.isnan(shares.override), shares.kind == "bond"
    floor, cap = np.maximum(shares.floor, locked), np.maximum(shares.cap, locked)
    lower = _eased(
        np.maximum(shares.lower, locked), np.where(fixed, shares.lower, floor), shares.available, follow, shares.up
    )
    promised = np.where(fixed, shares.override, np.fmax(shares.earmark, locked)) * bond
    certain = np.where(bond, promised, lower)
    means = certain_means(needs, land, money, certain, loose_use(shares.use, works.tied), shares.kind, least_free)
    rooms = (money.class_room, money.bond_room)
    most = np.maximum(shares.upper, locked)
    more = beyond_promised(shares.lower, promised, most, fixed, shares.bond_class, rooms, money.purses)
    share, _ = greatest_share(shares.bond_class, promised, more, means)
    lower = np.where(bond, promised + share[:, None] * more, lower)
    floor = np.where(bond & ~fixed, lower, floor)
    upper = most
    # What is locked beyond all that the stock link allows asks for no reuse.
    ground = locked[:, shares.kind == "land"].sum(axis=1)
    base = np.where(
        ground > shares.stock_base + land.stock_ratio * (land.reusable + works.renewable), ground, shares.stock_base
    )

    def lifted(bound: RuleBound) -> RuleBound:
        if bound.side == "lower":
            gives_way = bound.rule in ("corridor", "floor")
            return replace(bound, amount=np.minimum(bound.amount, lower)) if gives_way else bound
        return replace(bound, amount=np.where(locked > 0, np.maximum(bound.amount, locked), bound.amount))

    return replace(
        shares,
        floor=floor,
        cap=cap,
        lower=lower,
        upper=upper,
        lower_rule=np.where(locked > shares.lower, LOCKED, shares.lower_rule),
        upper_rule=np.where(locked > shares.upper, LOCKED, shares.upper_rule),
        stock_base=base,
        allocation_bounds=(*(lifted(each) for each in shares.allocation_bounds), held),
        rule_target=rule_target(shares.benchmark, lower, upper, fixed, shares.override),
    )


def _lock(locked: Floats) -> RuleBound:
    return RuleBound("locked", "allocation", "lower", np.where(locked > 0, locked, -np.inf))


def _eased(lower: Floats, least: Floats, available: Floats, follow: Flags, up: Floats) -> Floats:
    """Lower bounds that leave together no more than there is, where the bounds of a pool follow it [n, R]."""
    eased = lower.copy()
    for r in np.flatnonzero(follow):
        above, to_give = (
            float((up * lower)[:, r].sum() - available[r]), float((up * (lower - least))[:, r].sum())
        )  # fmt: skip
        if above > 0 and to_give > 0:
            share = max(0.0, 1 - above / to_give)
            eased[:, r] = np.where(lower[:, r] > least[:, r], (least + share * (lower - least))[:, r], lower[:, r])
    return eased
