"""Rooms: how much new land the ground of a city leaves it, how much new debt its debt, how much tied money works."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.land_and_finance import BOND_CLASSES, Land, Money
from alloc.instance.derived.optional.programmes import Programmes
from alloc.instance.derived.optional.purses import Purses
from alloc.instance.derived.rule_bounds import RuleBound, most, said
from alloc.instance.derived.steps import Steps

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]


def stock_base_of(given: Floats, ratio: float, share: float, land: Flags, benchmark: Floats, lower: Floats) -> Floats:
    """New land allowed without reuse; where a city gives none, a share of what the formula gives it, and never less
    than its lower bounds."""
    if np.isnan(ratio):
        return np.full(given.size, np.nan)
    if np.isnan(share) or not land.any():
        return given
    least = np.nansum(lower[:, land], axis=1)
    return np.where(np.isnan(given), np.maximum(share * np.nansum(benchmark[:, land], axis=1), least), given)


def rooms_of(
    steps: Steps,
    kind: Objects,
    bond_class: Objects,
    cities: pd.DataFrame,
    land: Land,
    money: Money,
    works: Programmes,
    stock_base: Floats,
) -> tuple[tuple[RuleBound, ...], Floats]:
    """What else bounds an allocation from above: of land the ground of its city, of bonds the debt, of a pool that is
    tied to a programme what that costs.

    Args:
        steps: of the derivation.
        kind, bond_class: of every pool, text [R].
        cities: the table.
        land, money: of the cities.
        works: programmes, and the pools that are tied to one.
        stock_base: new land allowed without reuse, NaN where it is not linked to reuse [n].

    Returns:
        The rules; a member of a purse may have all the room for debt that the purse has. And the least of them, of a
        purse each member's own part by residents [n, R].
    """
    read = partial(steps.numbers, "cities", cities)
    farmland = steps(_farmland, read("farmland_share"), read("farmland_offset", np.inf))
    stock = steps(_stock, stock_base, land.stock_ratio, land.reusable, works.renewable)
    tied = steps(_tied, works.tied_room)
    shared = money.purses
    bond_room, class_room = (
        steps(_together, shared, room, name=name)
        for name, room in (("bond_room", money.bond_room), ("class_room", money.class_room))
    )
    rooms = (
        steps(_room, "boundary", kind, "land", read("boundary_left", np.inf), name="boundary"),
        steps(_room, "farmland", kind, "land", farmland, name="farmland"),
        steps(_room, "stock", kind, "land", stock, name="stock"),
        steps(_room, "debt_room", kind, "bond", bond_room, name="debt_room"),
        *(
            steps(_room, "debt_class", bond_class, name, class_room[:, k], name=name)
            for k, name in enumerate(BOND_CLASSES)
        ),
        tied,
    )
    own = tuple(
        steps(_room, name, of, which, room, name=f"{name}, own")
        for name, of, which, room in (
            ("bonds", kind, "bond", money.bond_room),
            *((name, bond_class, name, money.class_room[:, k]) for k, name in enumerate(BOND_CLASSES)),
        )
    )
    return rooms, steps(most, (*rooms, *own) if shared.shared else rooms, name="rooms")


def _together(shared: Purses, room: Floats) -> Floats:
    return shared.together(room)


def _room(rule: str, pools: Objects, kind: str, room: Floats) -> RuleBound:
    """A room of each city as the bound of the pools of a kind."""
    return RuleBound(rule, "allocation", "upper", np.where(pools == kind, room[:, None], np.inf))


def _stock(base: Floats, ratio: float, reusable: Floats, renewable: Floats) -> Floats:
    return said(base + ratio * (reusable + renewable), np.inf)


def _tied(room: Floats) -> RuleBound:
    return RuleBound("tied_room", "allocation", "upper", room)


def _farmland(share: Floats, offset: Floats) -> Floats:
    """Land whose part of farmland can be offset [n]."""
    return np.where(share > 0, offset / np.where(share > 0, share, 1), np.inf)
