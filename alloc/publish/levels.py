"""What units between the pools and the cities keep, in whole quanta: what cities share is what is left of the pool.

What is kept is rounded before the amounts of cities are: every unit keeps a neighbour of its own share, and all
together the nearest to their sum. So amounts of cities, what is kept and what is received all are multiples of the
quantum, and what is received at the top adds up to the pool.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from alloc.instance.derived.derived import Derived
from alloc.instance.derived.optional.levels import received
from alloc.instance.frames import text_column
from alloc.publish.choice import Floats
from alloc.publish.pool import DECIMALS, Rounded
from alloc.tolerances import QUANTUM_NOISE


def kept_of(derived: Derived, granted: Floats) -> list[Floats]:
    """What the units of every level keep when the cities get some amounts, from the top down [U, R] each.

    Args:
        derived: the derived data.
        granted: what the cities get [n, R].
    """
    sums = received(derived.levels, granted)
    return [level.retained * each for level, each in zip(derived.levels, sums, strict=True)]


def rounded_kept(derived: Derived, granted: Floats) -> list[Floats]:
    """The same in whole quanta: of what the fractions make up together, the largest get one each.

    Ties go to the larger amount, then to the higher level, then by code.
    """
    exact = kept_of(derived, granted)
    whole = np.concatenate(exact) / derived.quantum if exact else np.zeros((0, len(derived.quantum)))
    down = np.floor(whole + QUANTUM_NOISE)
    fraction = np.maximum(whole - down, 0.0)
    for r, more in enumerate(np.floor(fraction.sum(axis=0) + 0.5).astype(int).tolist()):
        order = np.lexsort((np.arange(len(whole)), -np.round(whole[:, r], 6), -np.round(fraction[:, r], 6)))
        down[order[:more], r] += 1
    ends = np.cumsum([len(level.units) for level in derived.levels])[:-1]
    return list(np.split(np.round(down * derived.quantum, DECIMALS), ends)) if exact else []


def levels_table(
    derived: Derived, granted: Floats, published: Floats, kept: list[Floats], rounded: Mapping[str, Rounded]
) -> pd.DataFrame:
    """The table `levels`: of every unit and pool of which some unit has a share, what it receives, keeps, passes on.

    Args:
        derived: the derived data, with levels.
        granted: what was decided [n, R].
        published: amounts of the cities [n, R].
        kept: what the units of every level keep, as `rounded_kept` gives it [U, R] each.
        rounded: of every pool; one that could not be rounded is published as decided, and so is what is kept of it.
    """
    as_decided = np.array([not rounded[pool].possible for pool in derived.pools], dtype=bool)
    kept = [np.where(as_decided, exact, each) for exact, each in zip(kept_of(derived, granted), kept, strict=True)]
    pools = np.flatnonzero(np.any([(level.retained != 0).any(axis=0) for level in derived.levels], axis=0))
    parts = []
    below = published
    for level, own in reversed(list(zip(derived.levels, kept, strict=True))):
        passed = level.sums(below)
        below = below + _at_first(level.of, own, len(below))
        parts.append(_part(derived, level.units, pools, passed + own, own, passed))
    return pd.concat(parts).sort_values(["unit", "pool"], ignore_index=True)


def _at_first(of: np.ndarray, kept: Floats, cities: int) -> Floats:
    """What units keep, as amounts of the first city of each, so that sums over larger units have it once [n, R]."""
    spread = np.zeros((cities, kept.shape[1]))
    units, first = np.unique(of, return_index=True)
    there = units >= 0
    spread[first[there]] = kept[units[there]]
    return spread


def _part(
    derived: Derived, units: np.ndarray, pools: np.ndarray, received: Floats, kept: Floats, passed: Floats
) -> pd.DataFrame:
    amounts = {"received": received, "retained": kept, "passed": passed}
    columns = {name: np.round(each[:, pools].ravel(), DECIMALS) + 0.0 for name, each in amounts.items()}
    share = columns["retained"] / np.where(columns["received"] > 0, columns["received"], 1.0)
    return pd.DataFrame({
        "unit": text_column(units.tolist(), each=len(pools)),
        "pool": text_column([derived.pools[r] for r in pools], times=len(units)),
        **columns,
        "share": share,
    })  # fmt: skip
