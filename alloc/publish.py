"""What is published: allocations in whole quanta, and what every published number is made of.

Rounding is controlled: pools come out even, sub-totals by province stay next to their own, and no floor, cap or fixed
value is broken. It is a flow on a tree (pool, provinces, cities) with convex costs, which a greedy choice solves
exactly: a province takes its cities in the order of their fractions, each further quantum is never cheaper than the
one before, so the cheapest quanta of all provinces together are the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived import Derived, derive
from alloc.instance.instance import Instance

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOISE = 1e-6  # of a quantum: what a solver leaves behind, never a decision
DECIMALS = 10  # of a published number
BITS = 50  # of a part: three fewer than a float holds, so that sums and differences of parts lose nothing
MOST = 2**53  # quanta that a float counts exactly
UNIT = {"land": "ha", "transfer": "10⁴ yuan", "bond": "10⁴ yuan"}


@dataclass(frozen=True, eq=False)
class Rounded:
    """One pool, rounded.

    Attributes:
        values: what is published [n].
        unrounded: the value stays as it was, since no multiple of the quantum lies within the city's bounds [n].
        moved_further: the value had to move by a quantum or more, since too few others could give way [n].
        groups_apart: groups whose sub-total could not be a neighbour of its own within the bounds.
        left_over: what cannot be given out in whole quanta, in the unit of the pool; 0 where the pool is not exhausted.
        possible: False where no whole numbers of quanta within the bounds make up the total: all stay unrounded.
    """

    values: Floats
    unrounded: Flags
    moved_further: Flags
    groups_apart: tuple[str, ...]
    left_over: float
    possible: bool


@dataclass(frozen=True, eq=False)
class Parts:
    """What published numbers are made of; the five arrays [n] add up to them exactly, in this order, left to right.

    Attributes:
        benchmark: the formula; 0 for a pool without one.
        rule: what floor, cap, corridor and room change on the formula: benchmark within the bounds, less benchmark
            (the lower bound where there is no benchmark).
        optimised: what the optimisation changes on that; 0 where a planner fixed the value.
        override: what a planner changed on it by hand; 0 where nothing is fixed.
        rounding: published less all of the above.
    """

    benchmark: Floats
    rule: Floats
    optimised: Floats
    override: Floats
    rounding: Floats


def round_allocation(
    values: Floats,
    lower: Floats,
    upper: Floats,
    quantum: float,
    total: float,
    groups: Sequence[str],
    *,
    exhaust: bool = True,
) -> Rounded:
    """Round the allocation of one pool to multiples of its quantum.

    In the order of importance: bounds hold; the total is the greatest multiple not above `total` (where the pool is
    not exhausted: the multiple next to the sum of the values, as near as bounds allow and not above `total`); every
    value moves by less than a quantum, and not at all if it is a multiple; sub-totals by group are neighbours of what
    they were; the values move as little as possible in all; ties go to the city that comes first. Where the total asks
    for it, cities that still can move on, a quantum each in turn, and never below half of their value.

    Args:
        values: what was decided [n], in the order in which ties are settled.
        lower: least that may be published [n].
        upper: most that may be published [n], may be infinite.
        quantum: the unit of publication, > 0.
        total: what there is.
        groups: the group (province) of every city [n].
        exhaust: whether all of `total` has to be given out.

    Returns:
        The published values and where rounding could not do all of the above.
    """
    values = np.clip(values, lower, upper)
    counts = values / quantum
    counts = np.where(np.abs(counts - np.rint(counts)) <= NOISE, np.rint(counts), counts)
    least, most = np.ceil(lower / quantum - NOISE), np.minimum(np.floor(upper / quantum + NOISE), MOST)
    whole = least <= most
    rest = total - float(values[~whole].sum())  # what is there for those who get whole quanta
    names, group = np.unique(np.asarray(groups, dtype=object)[whole], return_inverse=True)
    chosen, target = _choose(counts[whole], least[whole], most[whole], np.floor(rest / quantum + NOISE), group, exhaust)
    if chosen is None:
        nowhere = np.zeros(len(values), dtype=bool)
        return Rounded(values, ~nowhere, nowhere, (), 0.0, possible=False)

    moved = np.zeros(len(values))
    moved[whole] = chosen - counts[whole]
    published = values.copy()
    published[whole] = np.round(chosen * quantum, DECIMALS)
    left_over = rest - target * quantum if exhaust else 0.0
    return Rounded(
        published,
        unrounded=~whole,
        moved_further=np.abs(moved) >= 1 - NOISE,
        groups_apart=tuple(names[np.abs(np.bincount(group, moved[whole], len(names))) >= 1 - NOISE].tolist()),
        left_over=left_over if left_over > NOISE * quantum else 0.0,
        possible=True,
    )


def _choose(
    count: Floats, least: Floats, most: Floats, there: float, group: Whole, exhaust: bool
) -> tuple[Floats | None, float]:
    """Whole numbers for the decided `count`, all in quanta, and their total; None where no such numbers make it up."""
    below = np.maximum(least, np.floor(count))
    above = np.maximum(below, np.minimum(most, np.ceil(count)))
    base = float(below.sum())
    # Added to the whole numbers below, fractions keep the digits that a sum of large numbers would lose.
    nearest = np.clip(base + np.rint((count - below).sum()), base, above.sum())
    target = there if exhaust else min(there, float(nearest))
    least = np.minimum(below, np.maximum(least, np.ceil(count / 2)))
    if not least.sum() <= target <= most.sum():
        return None, target
    chosen = _neighbours(count, below, above, int(target - base), group)
    return _further(chosen, least, most, int(target - chosen.sum())), target


def _neighbours(count: Floats, below: Floats, above: Floats, wanted: int, group: Whole) -> Floats:
    """Choose among lower and upper neighbours so that `wanted` values more than none (or all that can) go up.

    A quantum given to a group costs, first, whether it takes the sub-total away from its neighbours (or brings it
    nearer), second, what it adds to the movement of the values. In a group the cities go up in the order of their
    fractions; so both costs rise with every further quantum, and the cheapest `wanted` quanta are the best choice.
    """
    can = np.flatnonzero(above > below)
    # Fractions that differ by noise alone are ties, which the order of the cities settles.
    fraction = np.round((count - below)[can] / NOISE)
    of = group[can]
    order = np.lexsort((can, -fraction, of))
    first = np.searchsorted(of[order], of[order], side="left")
    rank = np.empty(len(can))
    rank[order] = np.arange(len(can)) - first
    subtotal = np.bincount(group, count - below)  # as the numbers chosen so far leave it, in quanta to go
    near = np.floor(subtotal + NOISE), np.ceil(subtotal - NOISE)
    apart = np.where(rank < near[0][of], -1, np.where(rank < near[1][of], 0, 1))
    chosen = below.copy()
    chosen[can[np.lexsort((can, -fraction, apart))[: max(0, wanted)]]] += 1
    return chosen


def _further(chosen: Floats, low: Floats, high: Floats, missing: int) -> Floats:
    """Move on from the neighbours where they do not make up the total: a quantum a city in turn, in their order."""
    chosen, step = chosen.copy(), 1 if missing > 0 else -1
    while missing:
        room = high - chosen if step > 0 else chosen - low
        can = np.flatnonzero(room > 0)
        turns = max(1, int(min(room[can].min(), abs(missing) // len(can))))
        can = can[: abs(missing)]
        chosen[can] += step * turns
        missing -= step * turns * len(can)
    return chosen


def decompose(
    benchmark: Floats, rule_target: Floats, optimised_value: Floats, override: Floats, published: Floats
) -> Parts:
    """Take published numbers apart.

    Args:
        benchmark: what the formula gives, NaN where there is none.
        rule_target: the benchmark within the bounds that hold without overrides, or the lower bound.
        optimised_value: the decision before rounding; what a solver leaves below 0 is taken as 0.
        override: what a planner fixed, NaN where nothing is.
        published: the published numbers. As rounding leaves them: at least half of the decision, or 0.

    Returns:
        The parts. All but `rounding` are multiples of a power of two that is a 2⁵⁰th of the largest number of the
        city, so that adding them up loses no digit; what is cut off there is part of `rounding`.
    """
    formula = np.nan_to_num(benchmark, nan=0.0)
    largest = np.maximum.reduce([np.abs(each) for each in (formula, rule_target, optimised_value, published)])
    step = np.ldexp(1.0, np.frexp(np.maximum(largest, 1e-100))[1] - BITS)

    def cut(amounts: Floats) -> Floats:
        cuts: Floats = np.rint(amounts / step) * step
        return cuts

    formula, target, value = cut(formula), cut(rule_target), cut(np.maximum(optimised_value, 0.0))
    fixed = ~np.isnan(override)
    parts = (
        formula,
        target - formula,
        np.where(fixed, 0.0, value - target),
        np.where(fixed, value - target, 0.0),
        published - value,
    )
    return Parts(*(part + 0.0 for part in parts))  # −0 becomes 0


def round_pools(instance: Instance, derived: Derived, allocation: Floats) -> dict[str, Rounded]:
    """Round every pool, with provinces as groups.

    Args:
        instance: the instance.
        derived: its derived data.
        allocation: the decision [n, R], cities and pools in the order of the tables.

    Returns:
        Pool -> its rounding.
    """
    provinces = instance.tables["cities"]["province"].tolist()
    return {
        pool: round_allocation(
            allocation[:, k],
            derived.lower[:, k],
            derived.upper[:, k],
            float(derived.quantum[k]),
            float(derived.available[k]),
            provinces,
            exhaust=bool(derived.exhaust[k]),
        )
        for k, pool in enumerate(derived.pools)
    }


def publish(instance: Instance, derived: Derived, allocation: Floats) -> pd.DataFrame:
    """The allocation table of a result: every city and pool with the published number and its parts.

    Args:
        instance: the instance.
        derived: its derived data.
        allocation: the decision [n, R], cities and pools in the order of the tables; ha for land, 10⁴ yuan otherwise.

    Returns:
        Table with key city, pool and the columns unit, last_year (NaN where absent), benchmark, rule, optimised,
        override, rounding, published, sorted by key.
    """
    rounded = round_pools(instance, derived, allocation)
    published = np.column_stack([rounded[pool].values for pool in derived.pools])
    parts = decompose(
        derived.benchmark, _target_without_overrides(instance, derived), allocation, derived.override, published
    )
    cities, pools = len(derived.cities), len(derived.pools)
    return pd.DataFrame({
        "city": pd.Series(np.repeat(np.array(derived.cities, dtype=object), pools), dtype="str"),
        "pool": pd.Series(np.tile(np.array(derived.pools, dtype=object), cities), dtype="str"),
        "unit": pd.Series(np.tile([UNIT[kind] for kind in derived.kind], cities), dtype="str"),
        "last_year": derived.last_year.ravel(),
        **{name: part.ravel() for name, part in vars(parts).items()},
        "published": published.ravel() + 0.0,
    })


def _target_without_overrides(instance: Instance, derived: Derived) -> Floats:
    """What the rules alone would give: the benchmark within bounds in which no override has a part [n, R]."""
    if np.isnan(derived.override).all():
        return derived.rule_target
    without = replace(instance, tables={**instance.tables, "overrides": instance.tables["overrides"].iloc[:0]})
    return derive(without).rule_target
