"""The table `allocation` of a result as arrays: what every city is given of every pool, and the sums of pools."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Given:
    """What is given out.

    Attributes:
        cities: their codes, in the order in which the table has them.
        pools: their codes, likewise.
        city: of every row of the table the place of its city among `cities`.
        pool: of every row the place of its pool among `pools`.
        published: of every row what is given out, in the pool's unit.
        last_year: of every row what was given out last year; NaN where that is not known.
    """

    cities: tuple[str, ...]
    pools: tuple[str, ...]
    city: Places
    pool: Places
    published: Floats
    last_year: Floats

    @classmethod
    def of(cls, table: pd.DataFrame) -> Given:
        """What a table `allocation` says."""
        (city, cities), (pool, pools) = (pd.factorize(table[name]) for name in ("city", "pool"))
        amounts = (table[name].to_numpy(dtype=float) for name in ("published", "last_year"))
        return cls(tuple(map(str, cities)), tuple(map(str, pools)), city, pool, *amounts)

    @cached_property
    def sums(self) -> dict[str, float]:
        """What is given out of every pool in all."""
        found = pd.Series(self.published).groupby(self.pool).sum()
        return dict(zip(self.pools, found.tolist(), strict=True))

    @cached_property
    def by_pool(self) -> dict[str, Floats]:
        """What every city is given of each pool, in the order of `cities`; 0 where there is no row."""
        whole = np.zeros((len(self.pools), len(self.cities)))
        whole[self.pool, self.city] = self.published
        return {pool: whole[at] for at, pool in enumerate(self.pools)}

    def of_kind(self, kinds: dict[str, str], kind: str) -> NDArray[np.bool_]:
        """Which rows are of pools of a kind.

        Args:
            kinds: of every pool.
            kind: that is wanted.
        """
        return np.array([kinds[pool] == kind for pool in self.pools], dtype=bool)[self.pool]
