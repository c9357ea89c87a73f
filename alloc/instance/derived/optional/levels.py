"""Levels: what stands between a pool and its cities, and what it keeps on the way.

What a city gets of a pool is what is left when every unit above it has kept its share, so that the pool gives out
`up` times as much for it. Who keeps how much is data; nothing of it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.steps import Steps
from alloc.instance.frames import labels, placed

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Level:
    """The units of one level.

    Attributes:
        column: of `cities`, of which every value is a unit.
        units: their codes, sorted, text [U].
        of: of every city the place of its unit, −1 where it has none [n].
        retained: share of what it receives that a unit keeps [U, R].
    """

    column: str
    units: Objects
    of: NDArray[np.intp]
    retained: Floats

    @property
    def up(self) -> Floats:
        """What the unit of a city receives for each part that it passes on to it [n, R]."""
        share = np.where(self.of[:, None] >= 0, self.retained[self.of], 0.0)
        return np.asarray(1.0 / (1.0 - share))

    def sums(self, amounts: Floats) -> Floats:
        """Amounts of the cities summed by unit [U, R]."""
        total, there = np.zeros(self.retained.shape), self.of >= 0
        np.add.at(total, self.of[there], amounts[there])
        return total


@dataclass(frozen=True, eq=False, kw_only=True)
class Levels:
    """What stands between the R pools and the n cities.

    Attributes:
        levels: from the top down; none where nobody keeps anything.
        up: what a pool gives out for each part that a city gets, 1 where nothing is kept above it [n, R].
    """

    levels: tuple[Level, ...]
    up: Floats


def levels(steps: Steps, tables: Mapping[str, pd.DataFrame], columns: tuple[str, ...]) -> Levels:
    """Who is between the pools and the cities.

    Args:
        steps: of the derivation.
        tables: of the instance.
        columns: of `cities`, from the top down (`policy.levels`).
    """
    pools = steps.texts("pools", tables["pools"], "pool")
    up = steps(_ones, len(tables["cities"]), len(pools))
    if not steps.numbers("levels", tables["levels"], "retained").any():
        return Levels(levels=(), up=up)
    found = tuple(steps(_level, tables["cities"], tables["levels"], pools, column, name=column) for column in columns)
    for level in found:
        up = steps(_times, up, level.up, name=level.column)
    return Levels(levels=found, up=up)


def _ones(cities: int, pools: int) -> Floats:
    return np.ones((cities, pools))


def _times(one: Floats, other: Floats) -> Floats:
    return one * other


def _level(cities: pd.DataFrame, table: pd.DataFrame, pools: Objects, column: str) -> Level:
    names = labels(cities, column)
    units = np.array(sorted({name for name in names.tolist() if name}), dtype=object)
    place = {name: at for at, name in enumerate(units.tolist())}
    own = table[table["unit"].isin(list(place))]
    return Level(
        column=column,
        units=units,
        of=np.array([place.get(name, -1) for name in names.tolist()], dtype=np.intp),
        retained=np.nan_to_num(placed(own, "retained", units, pools, "pool", "unit")),
    )


def received(above: tuple[Level, ...], granted: Floats) -> list[Floats]:
    """What the units of every level receive for what their cities get, from the top down [U, R] each.

    Args:
        above: the levels, from the top down.
        granted: what the cities get [n, R].
    """
    found: list[Floats] = []
    for level in reversed(above):
        granted = granted * level.up
        found.insert(0, level.sums(granted))
    return found
