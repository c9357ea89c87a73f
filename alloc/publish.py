"""What is published: allocations in whole quanta, and what every published number is made of.

Rounding is controlled: pools come out even, sub-totals by province stay next to their own, and no floor, cap or fixed
value is broken. It is a flow on a tree (pool, provinces, cities) with convex costs, which a greedy choice solves
exactly: a province gives quanta to its cities in the order of what they cost, each further one is never cheaper than
the one before, so the cheapest quanta of all provinces together are the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived import Derived, derive
from alloc.instance.frames import text_column
from alloc.instance.instance import Instance

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOISE = 1e-6  # of a quantum: what a solver leaves behind, never a decision
DECIMALS = 10  # of a published number
BITS = 53  # that a float holds: on a grid this fine below the largest of some numbers, their differences are exact
MOST = 2**53  # quanta that a float counts exactly
UNIT = {"land": "ha", "transfer": "10⁴ yuan", "bond": "10⁴ yuan"}


@dataclass(frozen=True, eq=False)
class Rounded:
    """One pool, rounded.

    Attributes:
        values: what is published [n].
        unrounded: what is published is no multiple: the value stays as it was, since no multiple lies within the
            city's bounds, or is the one that makes up for such values, so that the total is right [n].
        moved_further: the value had to move by a quantum or more, since others at their bounds could not [n].
        groups_apart: groups whose sub-total could not be a neighbour of its own within the bounds.
        left_over: what an exhausted pool cannot give out, its total being no multiple, in the unit of the pool.
        possible: False where no whole numbers of quanta within the bounds make up the total, or the values never made
            it up: all stay unrounded.
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
    not exhausted: the multiple next to the sum of the values, as near as bounds allow and not above `total`);
    sub-totals by group are neighbours of what they were, as near as bounds allow; every value moves by less than a
    quantum, and not at all if it is a multiple, unless others at their bounds leave it more to do; the values move as
    little as possible in all; ties go to the city that comes first. No value is moved below half of what it was.
    A city without a multiple within its bounds keeps its value; the fraction that is missing to the total then is
    added to the largest value that has room for it.

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
    least, most = np.ceil(lower / quantum - NOISE), np.minimum(np.floor(upper / quantum + NOISE), MOST)
    whole = least <= most
    # In quanta: what there is, as a whole number, and what of it is there for those who get whole numbers.
    there = np.floor(total / quantum + NOISE)
    rest = there - float(values[~whole].sum()) / quantum
    group, names = pd.factorize(np.asarray(groups, dtype=object)[whole], sort=True)
    chosen = _choose(counts[whole], least[whole], most[whole], np.floor(rest + NOISE), group, exhaust)
    if chosen is None:
        nowhere = np.zeros(len(values), dtype=bool)
        return Rounded(values, ~nowhere, nowhere, (), 0.0, possible=False)

    subtotals_moved = np.bincount(group, chosen - counts[whole])
    published = values.copy()
    published[whole] = np.round(chosen * quantum, DECIMALS)
    unrounded, left_over = ~whole, 0.0
    if exhaust:
        fraction = (rest - chosen.sum()) * quantum
        left_over = max(0.0, total - there * quantum)
        takers = np.flatnonzero(whole & (published + fraction <= upper) & (published + fraction >= values / 2))
        if fraction > NOISE * quantum and len(takers):
            taker = takers[np.argmax(values[takers])]
            published[taker], unrounded[taker] = np.round(published[taker] + fraction, DECIMALS), True
        else:
            left_over += max(0.0, fraction)
    return Rounded(
        published,
        unrounded,
        moved_further=np.abs(published - values) >= (1 - NOISE) * quantum,
        groups_apart=tuple(names[np.abs(subtotals_moved) >= 1 - NOISE].tolist()),
        left_over=left_over if left_over > NOISE * quantum else 0.0,
        possible=True,
    )


def _choose(decided: Floats, least: Floats, most: Floats, there: float, group: Whole, exhaust: bool) -> Floats | None:
    """Whole numbers for what was decided, all in quanta; None where no such numbers make up the total."""
    count = np.where(np.abs(decided - np.rint(decided)) <= NOISE, np.rint(decided), decided)
    below = np.maximum(least, np.floor(count))
    above = np.maximum(below, np.minimum(most, np.ceil(count)))
    least = np.minimum(below, np.maximum(least, np.ceil(count / 2)))
    # Added to the whole numbers below, fractions keep the digits that a sum of large numbers would lose.
    nearest = below.sum() + np.rint((count - below).sum())
    target = there if exhaust else float(min(there, np.clip(nearest, least.sum(), most.sum())))
    # What is further off than fractions can be was never decided so.
    if not least.sum() <= target <= most.sum() or abs(target - count.sum()) > len(count) + 1:
        return None
    # The lowest and the highest sub-total next to the real one, counted from the lower neighbours on.
    # (With the noise of each number: that of many on one side may be more than the sub-total's own.)
    real = np.bincount(group, decided - below)
    lowest, highest = np.floor(real + NOISE), np.ceil(real - NOISE)
    # How far beyond their neighbours cities may have to go: for their own sub-total, or for the total.
    short = np.maximum(highest - np.bincount(group, above - below), max(0.0, target - above.sum()))
    over = np.maximum(-lowest, max(0.0, below.sum() - target))
    low, high = np.maximum(least, below - over[group]), np.minimum(most, above + short[group])
    # In all no group is taken further down or up than by its own sub-total, or by the total and what others must have.
    down = max(0.0, below.sum() - target) + np.maximum(0.0, lowest).sum()
    spare = np.bincount(group, above - below) - highest
    up = max(0.0, target - above.sum()) + np.maximum(0.0, spare).sum()
    low = np.maximum(low, below - _evenly(below - low, np.maximum(-lowest, down), group))
    high = np.minimum(high, above + _evenly(high - above, np.maximum(-spare, up), group))
    from_low = np.bincount(group, below - low)
    steps = _steps(count, below, above, low, high)
    chosen = _cheapest(steps, group, lowest + from_low, highest + from_low, int(target - low.sum()))
    numbers: Floats = low + np.bincount(chosen, minlength=len(low))
    return numbers


def _evenly(room: Floats, wanted: Floats, group: Whole) -> Floats:
    """How far each city may have to go at most where its group is to go as far as wanted, or as it has room.

    None of a group goes a quantum further before all others that can have gone as far.
    """
    wanted = np.minimum(wanted, np.bincount(group, room))
    far = np.zeros(len(wanted))
    while (less := np.bincount(group, np.minimum(room, far[group])) < wanted).any():
        far[less] = np.maximum(1.0, 2.0 * far[less])
    return far[group]


def _steps(count: Floats, below: Floats, above: Floats, low: Floats, high: Floats) -> tuple[Whole, Floats, Floats]:
    """Every step by a quantum that a city can take from `low` to `high`, with what it costs.

    Returns:
        City; level: 0 between the neighbours, 1, 2, … beyond the upper, −1, −2, … back towards the lower one; cost
        within the level: the larger the fraction, the cheaper to go up. Fractions that differ by noise alone are ties.
    """
    number = (high - low).astype(np.int64)
    city = np.repeat(np.arange(len(low)), number)
    place = low[city] + np.arange(len(city)) - np.repeat(np.cumsum(number) - number, number)
    level = np.where(place < below[city], place - below[city], np.maximum(0, place - above[city] + 1))
    fraction = np.round((count - below)[city] / NOISE)
    return city, level, np.where(level == 0, -fraction, 0)


def _cheapest(steps: tuple[Whole, Floats, Floats], group: Whole, lowest: Floats, highest: Floats, number: int) -> Whole:
    """The cities of the cheapest `number` of steps, each as often as it takes one.

    What a step costs is, first, whether it takes the sub-total of its group nearer to `lowest`, or away from `highest`
    (both in steps), second its level, third its cost within the level. In a group, steps are taken in the order of
    level and cost, so none is cheaper than the one before, and the cheapest of all are the best choice.
    """
    city, level, cost = steps
    of = group[city]
    # One number that sorts by level and then by cost; where it is the same, the order of the cities stays.
    price = level * (2.0 * np.abs(cost).max(initial=0.0) + 1.0) + cost
    order = np.lexsort((price, of))
    steps_of = np.bincount(of, minlength=len(lowest))
    rank = np.empty(len(city))
    rank[order] = np.arange(len(city)) - np.repeat(np.cumsum(steps_of) - steps_of, steps_of)
    apart = np.where(rank < lowest[of], -1, np.where(rank < highest[of], 0, 1))
    return city[np.lexsort((price, apart))[:number]]


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
        The parts. All but `rounding` are multiples of the last digit of the city's largest number, so that adding
        them up loses nothing; what is cut off there is part of `rounding`.
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
    return pd.DataFrame(
        {
            "city": text_column(derived.cities, each=pools),
            "pool": text_column(derived.pools, times=cities),
            "unit": text_column([UNIT[kind] for kind in derived.kind], times=cities),
            "last_year": derived.last_year.ravel() + 0.0,
            **{name: part.ravel() for name, part in vars(parts).items()},
            "published": published.ravel() + 0.0,
        }
    )


def _target_without_overrides(instance: Instance, derived: Derived) -> Floats:
    """What the rules alone would give: the benchmark within bounds in which no override has a part [n, R]."""
    if np.isnan(derived.override).all():
        return derived.rule_target
    without = replace(instance, tables={**instance.tables, "overrides": instance.tables["overrides"].iloc[:0]})
    return derive(without, (instance, derived)).rule_target
