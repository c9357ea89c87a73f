"""One pool in whole quanta: controlled rounding within bounds, limits and rows of the cities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alloc.instance.derived.limits import LimitRow
from alloc.publish.choice import Flags, Floats, Limit, Places, choose
from alloc.tolerances import LAST_DIGITS, QUANTUM_NOISE

DECIMALS = 10  # of a published number
MOST = 2**53  # quanta that a float counts exactly


@dataclass(frozen=True, eq=False)
class Rounded:
    """One pool, rounded.

    Attributes:
        values: what is published [n].
        without_multiple: no multiple lies within the city's bounds: the value stays as it was [n].
        makes_up: the value is no multiple because it makes up for such, so that the total is right [n].
        moved_further: the value had to move by a quantum or more, since others at their bounds could not [n].
        groups_apart: groups whose sub-total could not be a neighbour of its own.
        left_over: what an exhausted pool cannot give out, its total being no multiple, in the unit of the pool.
        possible: False where no whole numbers of quanta within the bounds make up the total, or the values never made
            it up: all stay as they were.
    """

    values: Floats
    without_multiple: Flags
    makes_up: Flags
    moved_further: Flags
    groups_apart: tuple[str, ...]
    left_over: float
    possible: bool

    @property
    def unrounded(self) -> Flags:
        """Whether a value need be no multiple [n]."""
        return self.without_multiple | self.makes_up | (not self.possible)


def round_allocation(
    values: Floats,
    lower: Floats,
    upper: Floats,
    quantum: float,
    total: float,
    groups: Sequence[str],
    *,
    exhaust: bool = True,
    room: Floats | None = None,
    eased: Floats | None = None,
    limits: Sequence[LimitRow] = (),
    urge: Floats | None = None,
) -> Rounded:
    """Round the allocation of one pool to multiples of its quantum.

    In the order of importance: bounds hold; the total is the greatest multiple not above `total` (where the pool is
    not exhausted: the multiple next to the sum of the values, as near as bounds allow and not above `total`); limits
    hold as far as multiples allow; sub-totals by group are neighbours of what they were, as near as bounds allow; every
    value moves by less than a quantum, and not at all if it is a multiple, unless others at their bounds leave it more
    to do; the values move as little as possible in all; ties go to the larger value, then to the city that comes first.
    (Where the pool is not exhausted limits come before the total.) No value is moved below half of what it was. A city
    without a multiple within its bounds keeps its value; the fraction that is missing to the total then is added to
    the largest value that has room for it, if there is one of those that, with their sub-totals, stay within a quantum
    and first of all of those whose groups would not have a quantum too much by it.

    Some rules of the cities give way, by less than a quantum: where they alone leave a city no multiple; where no
    multiples make up the total within them; and where no multiples keep a limit within them, of its cities if it asks
    for more, of all others if it asks for less. Then, too, those go up first whose upper neighbour is within the rules.

    Args:
        values: what was decided [n], in the order in which ties are settled.
        lower: least that may be published [n].
        upper: most that may be published [n], may be infinite.
        quantum: the unit of publication, > 0.
        total: what there is.
        groups: the group (province) of every city [n].
        exhaust: whether all of `total` has to be given out.
        room: what other rules of the cities leave, no less than the lower neighbours [n].
        eased: the same where those that give way leave the next multiple [n].
        limits: the limits on sums of this pool.
        urge: what besides its fraction draws a number up, in the unit of the pool [n].

    Returns:
        The published values and where rounding could not do all of the above.
    """
    values = np.clip(values, lower, upper)
    within, beyond = (
        upper if each is None else np.minimum(upper, np.maximum(each, lower))
        for each in (room, room if eased is None else eased)
    )
    most = np.floor(within / quantum + QUANTUM_NOISE)
    past = np.ceil(values / quantum - QUANTUM_NOISE) > most
    within = np.where(np.ceil(lower / quantum - QUANTUM_NOISE) > most, beyond, within)
    kept = _rounded(values, lower, within, quantum, total, groups, exhaust, limits, urge)
    short = _could_give_way(limits, kept.values, quantum) & past
    if kept.possible and not short.any():
        return kept
    urge = (np.zeros(len(values)) if urge is None else urge) - quantum * past
    if not kept.possible:
        return _rounded(values, lower, beyond, quantum, total, groups, exhaust, limits, urge)
    within = np.where(short, beyond, within)
    further = _rounded(values, lower, within, quantum, total, groups, exhaust, limits, urge)
    better = _missed(limits, further.values) < _missed(limits, kept.values) - QUANTUM_NOISE * quantum
    return further if further.possible and better else kept


def _rounded(
    values: Floats,
    lower: Floats,
    upper: Floats,
    quantum: float,
    total: float,
    groups: Sequence[str],
    exhaust: bool,
    limits: Sequence[LimitRow],
    urge: Floats | None,
) -> Rounded:
    """The same within one upper bound of every city."""
    counts = values / quantum
    least, most = np.ceil(lower / quantum - QUANTUM_NOISE), np.minimum(np.floor(upper / quantum + QUANTUM_NOISE), MOST)
    whole = least <= most
    # In quanta: what there is, as a whole number, and what of it is there for those who get whole numbers.
    there = np.floor(total / quantum + QUANTUM_NOISE)
    rest = there - float(values[~whole].sum()) / quantum
    at = np.flatnonzero(whole)
    group, names = pd.factorize(np.asarray(groups, dtype=object), sort=True)
    chosen = choose(
        counts[at], least[at], most[at], np.floor(rest + QUANTUM_NOISE), np.unique(group[at], return_inverse=True)[1],
        exhaust=exhaust,
        urge=None if urge is None else urge[at] / quantum,
        limits=[_in_quanta(row, values, whole, at, quantum) for row in limits],
    )  # fmt: skip
    nowhere = np.zeros(len(values), dtype=bool)
    if chosen is None:
        return Rounded(values, nowhere, nowhere, nowhere, (), 0.0, possible=False)

    published, makes_up, left_over = values.copy(), nowhere, 0.0
    published[at] = np.round(chosen * quantum, DECIMALS)
    if exhaust:
        fraction = (rest - chosen.sum()) * quantum
        left_over = max(0.0, total - there * quantum)
        free = _free(limits, published, fraction) & (published + fraction <= upper)
        takers = np.flatnonzero(whole & free & (published + fraction >= values / 2))
        if fraction > QUANTUM_NOISE * quantum and len(takers):
            moved = published + fraction - values
            subtotals = np.bincount(group, published - values)[group] + fraction
            near = np.maximum(moved, subtotals)[takers] < (1 - QUANTUM_NOISE) * quantum
            spared = _spared(limits, published, fraction, quantum)
            taker = takers[np.lexsort((takers, -values[takers], spared[takers], ~near))[0]]
            published[taker] = np.round(published[taker] + fraction, DECIMALS)
            makes_up = np.arange(len(values)) == taker
        else:
            left_over += max(0.0, fraction)
    subtotals_moved = np.bincount(group, (published - values) / quantum)
    return Rounded(
        published,
        ~whole,
        makes_up,
        moved_further=np.abs(published - values) >= (1 - QUANTUM_NOISE) * quantum,
        groups_apart=tuple(names[np.abs(subtotals_moved) >= 1 - QUANTUM_NOISE].tolist()),
        left_over=left_over if left_over > QUANTUM_NOISE * quantum else 0.0,
        possible=True,
    )


def _in_quanta(row: LimitRow, values: Floats, whole: Flags, at: Places, quantum: float) -> Limit:
    """A limit on the numbers that are chosen, less what those without a multiple keep."""
    amount = (row.amount - float(values[row.selection & ~whole].sum())) / quantum
    least = -np.inf if row.sense == "<=" else float(np.ceil(amount - QUANTUM_NOISE))
    most = np.inf if row.sense == ">=" else float(np.floor(amount + QUANTUM_NOISE))
    return Limit(row.selection[at], least, most)


def _could_give_way(limits: Sequence[LimitRow], published: Floats, quantum: float) -> Flags:
    """Whose numbers could be larger to keep a limit that is missed [n]: of those that it sums up where it asks for
    more, of all others where it asks for less, since these then have what is taken away."""
    found = np.zeros(len(published), dtype=bool)
    for row in limits:
        noise = QUANTUM_NOISE * quantum + LAST_DIGITS * abs(row.amount)
        off = float(published[row.selection].sum() - row.amount)
        if row.sense != "<=" and off < -noise:
            found |= row.selection
        if row.sense != ">=" and off > noise:
            found |= ~row.selection
    return found


def _missed(limits: Sequence[LimitRow], published: Floats) -> float:
    """By how much all limits together are missed, in the unit of the pool."""
    off = [(row, float(published[row.selection].sum() - row.amount)) for row in limits]
    return sum(max(0.0 if row.sense == ">=" else each, 0.0 if row.sense == "<=" else -each, 0.0) for row, each in off)


def _free(limits: Sequence[LimitRow], published: Floats, fraction: float) -> Flags:
    """Whose number can rise by a fraction of a quantum so that no upper limit breaks [n]."""
    free = np.ones(len(published), dtype=bool)
    for row in limits:
        if row.sense != ">=" and published[row.selection].sum() + fraction > row.amount * (1 + LAST_DIGITS):
            free &= ~row.selection
    return free


def _spared(limits: Sequence[LimitRow], published: Floats, fraction: float, quantum: float) -> Flags:
    """Whose group just has the least that it must, so that with the fraction it could give up a whole quantum [n]."""
    spared = np.zeros(len(published), dtype=bool)
    for row in limits:
        less = published[row.selection].sum() - quantum
        if row.sense != "<=" and less < row.amount <= less + fraction:
            spared |= row.selection
    return spared
