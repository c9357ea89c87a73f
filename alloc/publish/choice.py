"""Whole numbers for what was decided: which of two neighbours, city by city.

Without limits across provinces it is a flow on a tree (pool, provinces, cities) with convex costs, which a greedy
choice solves exactly: a province gives quanta to its cities in the order of what they cost, each further one is never
cheaper than the one before, so the cheapest quanta of all provinces together are the best. Where what is chosen so
breaks a limit on a group of cities, a small integer program chooses instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alloc.tolerances import QUANTUM_NOISE

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]

BEYOND = 4.0  # what a quantum beyond the neighbours costs, in what the choice of a neighbour may cost at most
APART = 32.0  # a quantum by which a sub-total is no neighbour
TOTAL = 512.0  # a quantum by which the total is off where it need not be exact
LIMIT = 4096.0  # a quantum by which a limit is overstepped


@dataclass(frozen=True, eq=False)
class Limit:
    """A sum over chosen cities, between `least` and `most`, in quanta."""

    chosen: Flags
    least: float
    most: float


@dataclass(frozen=True, eq=False)
class _Choice:
    """What there is to choose, in quanta; cities in the order in which ties are settled.

    Attributes:
        below: the lower neighbour, within bounds [n].
        above: the upper neighbour, within bounds [n].
        least: how far down a number may be taken [n].
        most: how far up [n].
        group: the group of every city [n].
        lowest: the lower neighbour of every sub-total, counted from the numbers below on.
        highest: the upper one.
        target: the total.
        urge: how much it matters to go up rather than down: the fraction, and what comes on top of it [n].
    """

    below: Floats
    above: Floats
    least: Floats
    most: Floats
    group: Whole
    lowest: Floats
    highest: Floats
    target: float
    urge: Floats


def choose(
    decided: Floats,
    least: Floats,
    most: Floats,
    there: float,
    group: Whole,
    *,
    exhaust: bool,
    urge: Floats | None = None,
    limits: Sequence[Limit] = (),
) -> Floats | None:
    """Whole numbers for what was decided, all in quanta.

    Args:
        decided: what was decided [n]; ties go to the larger number, then to the one that comes first.
        least: least whole number of each [n].
        most: greatest [n].
        there: what there is, whole.
        group: the group of every city, counted from 0 [n].
        exhaust: whether all of it has to be given out.
        urge: what besides its fraction draws a number up, in quanta [n].
        limits: on sums over some cities; kept as far as can be.

    Returns:
        The numbers; None where no such numbers make up the total.
    """
    order = np.argsort(-np.floor(decided + QUANTUM_NOISE), kind="stable")
    decided, least, most, group = decided[order], least[order], most[order], group[order]
    urge = np.zeros(len(order)) if urge is None else urge[order]
    limits = [Limit(limit.chosen[order], limit.least, limit.most) for limit in limits if limit.chosen.any()]
    count = np.where(np.abs(decided - np.rint(decided)) <= QUANTUM_NOISE, np.rint(decided), decided)
    below = np.clip(np.floor(count), least, most)
    above = np.maximum(below, np.minimum(most, np.ceil(count)))
    least = np.minimum(below, np.maximum(least, np.ceil(count / 2)))
    # Added to the whole numbers below, fractions keep the digits that a sum of large numbers would lose.
    nearest = below.sum() + np.rint((count - below).sum())
    target = there if exhaust else float(min(there, np.clip(nearest, least.sum(), most.sum())))
    # A total that is further off than fractions can be was never decided so.
    if not least.sum() <= target <= most.sum() or (exhaust and abs(target - count.sum()) > len(count) + 1):
        return None
    # The lowest and the highest sub-total next to the real one, counted from the lower neighbours on.
    # (With the noise of each number: that of many on one side may be more than the sub-total's own.)
    real = np.bincount(group, decided - below)
    lowest, highest = _folded(np.floor(real + QUANTUM_NOISE), np.ceil(real - QUANTUM_NOISE), limits, below, group)
    choice = _Choice(below, above, least, most, group, lowest, highest, target, count - below + urge)
    numbers = _on_the_tree(choice)
    if not all(limit.least <= numbers[limit.chosen].sum() <= limit.most for limit in limits):
        numbers = _within_limits(choice, limits, numbers, exhaust, there)
    in_place = np.empty(len(order))
    in_place[order] = numbers
    return in_place


def _folded(
    lowest: Floats, highest: Floats, limits: Sequence[Limit], below: Floats, group: Whole
) -> tuple[Floats, Floats]:
    """The ends of sub-totals, counted from `below`, with the limits on whole groups where the two agree."""
    size = np.bincount(group)
    for limit in limits:
        first = group[np.argmax(limit.chosen)]
        if limit.chosen.sum() == size[first] and (group[limit.chosen] == first).all():
            base = below[limit.chosen].sum()
            least, most = max(lowest[first], limit.least - base), min(highest[first], limit.most - base)
            if least <= most:
                lowest[first], highest[first] = least, most
    return lowest, highest


def _on_the_tree(choice: _Choice) -> Floats:
    """The best numbers where nothing but groups and the total ties cities together."""
    below, above, group, target = choice.below, choice.above, choice.group, choice.target
    lowest, highest = choice.lowest, choice.highest
    # How far beyond their neighbours cities may have to go: for their own sub-total, or for the total.
    short = np.maximum(highest - np.bincount(group, above - below), max(0.0, target - above.sum()))
    over = np.maximum(-lowest, max(0.0, below.sum() - target))
    low, high = np.maximum(choice.least, below - over[group]), np.minimum(choice.most, above + short[group])
    # In all no group is taken further down or up than by its own sub-total, or by the total and what others must have.
    down = max(0.0, below.sum() - target) + np.maximum(0.0, lowest).sum()
    spare = np.bincount(group, above - below) - highest
    up = max(0.0, target - above.sum()) + np.maximum(0.0, spare).sum()
    low = np.maximum(low, below - _evenly(below - low, np.maximum(-lowest, down), group))
    high = np.minimum(high, above + _evenly(high - above, np.maximum(-spare, up), group))
    from_low = np.bincount(group, below - low)
    steps = _steps(choice, low, high)
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


def _steps(choice: _Choice, low: Floats, high: Floats) -> tuple[Whole, Floats, Floats]:
    """Every step by a quantum that a city can take from `low` to `high`, with what it costs.

    Returns:
        City; level: 0 between the neighbours, 1, 2, … beyond the upper, −1, −2, … back towards the lower one; cost
        within the level: the stronger the urge, the cheaper to go up. Urges that differ by noise alone are ties.
    """
    below, above = choice.below, choice.above
    number = (high - low).astype(np.int64)
    city = np.repeat(np.arange(len(low)), number)
    place = low[city] + np.arange(len(city)) - np.repeat(np.cumsum(number) - number, number)
    level = np.where(place < below[city], place - below[city], np.maximum(0, place - above[city] + 1))
    urge = np.round(choice.urge[city] / QUANTUM_NOISE)
    return city, level, np.where(level == 0, -urge, 0)


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


def _within_limits(choice: _Choice, limits: Sequence[Limit], numbers: Floats, exhaust: bool, there: float) -> Floats:
    """The best numbers where limits tie cities of several groups together: limits first, then all the rest.

    Cities go no further beyond their neighbours than they have to: how far is tried out, from one quantum beyond what
    they go without the limits.
    """
    lowest, highest, width = np.minimum(choice.below, numbers), np.maximum(choice.above, numbers), 1.0
    while True:
        low, high = np.maximum(choice.least, lowest - width), np.minimum(choice.most, highest + width)
        numbers = _integer_program(choice, limits, low, high, exhaust, there)
        at_an_end = ((numbers == low) & (low > choice.least)) | ((numbers == high) & (high < choice.most))
        if not (at_an_end & ((numbers < choice.below) | (numbers > choice.above))).any():
            return _in_order(choice, limits, numbers)
        width *= 8.0


def _integer_program(
    choice: _Choice, limits: Sequence[Limit], low: Floats, high: Floats, exhaust: bool, there: float
) -> Floats:
    """The numbers between `low` and `high` that cost least; every row may be left, at the price of its rank."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # large, and hardly ever needed
    from scipy.sparse import csr_array, eye_array, hstack, vstack

    n, groups = len(choice.below), len(choice.lowest)
    rows = [csr_array((np.ones(n), (choice.group, np.arange(n))), shape=(groups, n))]
    rows.append(csr_array(np.stack([limit.chosen for limit in limits]).astype(float)))
    rows.append(csr_array(np.ones((1, n))))
    sums = vstack(rows)
    start = np.asarray(sums @ choice.below)
    within = np.array([_ends(limit) for limit in limits]) - start[groups:-1, None]
    target = choice.target - start[-1]
    lower = np.concatenate([choice.lowest, within[:, 0], [target]])
    upper = np.concatenate([choice.highest, within[:, 1], [target]])
    number = sums.shape[0]
    slack = eye_array(number, format="csr")
    # A number is that below, one more where the choice goes up, and what it goes beyond the neighbours either way.
    matrix = hstack([sums, sums, -sums, slack, -slack], format="csr")
    most = float(np.ptp(choice.urge)) + 1.0
    price = np.concatenate([
        np.full(groups, APART * most), np.full(len(limits), LIMIT * most), [TOTAL * most],
    ])  # fmt: skip
    beyond = np.full(n, BEYOND * most)
    cost = np.concatenate([-np.round(choice.urge, 6), beyond, beyond, price, price])
    room = np.full(number, np.inf)
    room[-1] = 0.0 if exhaust else np.inf
    short, over = room, room.copy()
    over[-1] = 0.0 if exhaust else there - choice.target
    ends = np.concatenate([choice.above - choice.below, high - choice.above, choice.below - low, short, over])
    constraints = LinearConstraint(matrix, lower, upper)
    # Where groups and limits are nested, the best vertex of the linear program is whole already.
    for integral in (0.0, 1.0):
        whole = np.concatenate([np.full(3 * n, integral), np.zeros(2 * number)])
        found = milp(
            cost, integrality=whole, bounds=Bounds(np.zeros(len(ends)), ends), constraints=constraints,
            options={"mip_rel_gap": 0.0},
        )  # fmt: skip
        if found.x is None:
            raise RuntimeError(f"the rounding within limits found no numbers: {found.message}")
        steps = np.rint(found.x[: 3 * n])
        if np.abs(steps - found.x[: 3 * n]).max() <= QUANTUM_NOISE:
            break
    up, further_up, further_down = steps.reshape(3, n)
    numbers: Floats = choice.below + up + further_up - further_down
    return numbers


def _ends(limit: Limit) -> tuple[float, float]:
    """Least and most; where no whole number is both, the middle, from which the two next to it are equally far."""
    middle = (limit.least + limit.most) / 2
    return (limit.least, limit.most) if limit.least <= limit.most else (middle, middle)


def _in_order(choice: _Choice, limits: Sequence[Limit], numbers: Floats) -> Floats:
    """The same numbers, with ties between cities of the same group and limits given to those that come first."""
    free = np.flatnonzero((choice.above > choice.below) & (numbers >= choice.below) & (numbers <= choice.above))
    keys = [choice.group[free], np.round(choice.urge[free] / QUANTUM_NOISE), *(limit.chosen[free] for limit in limits)]
    _, alike = np.unique(np.column_stack(keys), axis=0, return_inverse=True)
    up = numbers[free] > choice.below[free]
    order = np.argsort(alike, kind="stable")
    counts = np.bincount(alike)
    rank = np.empty(len(free))
    rank[order] = np.arange(len(free)) - np.repeat(np.cumsum(counts) - counts, counts)
    settled = numbers.copy()
    settled[free] = choice.below[free] + (rank < np.bincount(alike, up)[alike])
    return settled
