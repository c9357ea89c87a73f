"""Purses: units that share one budget, so that the money of one is the money of all of them.

The accounts of a purse are the sums of what its members give. Each member is shown its part of them by residents, so
that amounts a head are those of the purse, sums over units are right, and a fiscal factor counts nobody twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.columns import MONEY, MONEY_A_YEAR
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import numbers
from alloc.instance.schema.cities import CITIES

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
ACCOUNTS = tuple(column.name for column in CITIES.columns if column.unit in (MONEY, MONEY_A_YEAR))


@dataclass(frozen=True, eq=False, kw_only=True)
class Purses:
    """Whose money the n cities share.

    Attributes:
        head: place of the city whose purse it is; its own where it shares no money [n].
        share: its share of the residents of the purse, 1 where it shares no money [n].
    """

    head: NDArray[np.intp]
    share: Floats

    @property
    def heads(self) -> Flags:
        """The cities that a purse is named by [n]."""
        return np.asarray(self.head == np.arange(self.head.size))

    @property
    def shared(self) -> bool:
        """Whether any two cities share one."""
        return not self.heads.all()

    @property
    def size(self) -> NDArray[np.intp]:
        """How many cities share its purse, for every city [n]."""
        return np.asarray(np.bincount(self.head, minlength=self.head.size)[self.head])

    @property
    def members(self) -> Flags:
        """Who is in the purse of every head [P, n]."""
        return np.asarray(np.flatnonzero(self.heads)[:, None] == self.head[None, :])

    def together(self, values: Floats) -> Floats:
        """What all members of its purse have together, for every city [n] or [n, k]."""
        if not self.shared:
            return values
        sums = np.zeros(np.shape(values))
        np.add.at(sums, self.head, values)
        return np.asarray(sums[self.head])

    def attributed(self, values: Floats) -> Floats:
        """The part by residents of what its purse has, for every city [n] or [n, k]."""
        if not self.shared:
            return values
        return np.asarray((self.together(values).T * self.share).T)


def purses(steps: Steps, cities: pd.DataFrame) -> Purses:
    """Whose money the cities share, by `cities.purse`; a code that is none is taken for the city's own."""
    return steps(
        _purses, steps.texts("cities", cities, "city"), steps.texts("cities", cities, "purse"),
        steps.numbers("cities", cities, "residents"),
    )  # fmt: skip


def purses_of(cities: pd.DataFrame) -> Purses:
    """The same of a table by itself."""
    return purses(Steps(), cities)


def with_accounts(cities: pd.DataFrame, shared: Purses) -> pd.DataFrame:
    """The table `cities` with the part of every member in the accounts of its purse; itself where no money is shared.

    A blank counts as 0 in a purse that is shared; cities that share none keep what they give.
    """
    if not shared.shared:
        return cities
    alone = shared.share == 1
    accounts = {name: numbers(cities, name) for name in ACCOUNTS if name in cities}
    return cities.assign(**{
        name: np.where(alone, own, shared.attributed(np.nan_to_num(own))) for name, own in accounts.items()
    })  # fmt: skip


def _purses(codes: Objects, named: Objects, residents: Floats) -> Purses:
    own = np.arange(len(codes), dtype=np.intp)
    place = {code: at for at, code in enumerate(codes.tolist())}
    head = np.array([place.get(name, at) for at, name in zip(own, named, strict=True)], dtype=np.intp)
    if np.array_equal(head, own):
        return Purses(head=own, share=np.ones(len(codes)))
    total = np.bincount(head, residents, len(codes))[head]
    size = np.bincount(head, minlength=len(codes))[head]
    return Purses(head=head, share=np.where(size > 1, residents / total, 1.0))
