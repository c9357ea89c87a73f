"""Whether the published numbers keep the promises of rounding.

What is promised for every pool: the parts of every number add up to it exactly; amounts are multiples of the quantum
within lower and upper bound; a pool that is used up is published to the last quantum; every province's sub-total is a
neighbour of its own, and every number a neighbour of what was decided. A promise of these two that bounds make
impossible is not held against the result, but whether they do is found out here anew: it is broken only where handing
a quantum to another city would bring the published numbers nearer to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloc.verification.arrays import Flags, Floats, Places, Texts
from alloc.verification.ledger import Ledger
from alloc.verification.recompute import Raw
from alloc.verification.results import PARTS, Results

CHECKS = (
    "parts",
    "published_bounds",
    "published_quantum",
    "published_total",
    "published_neighbours",
    "published_subtotals",
)
NOISE = 2e-6  # of a quantum; rounding itself takes a millionth for noise
BORDER = 1.0 - 2e-7  # quanta by which a neighbour is less than away
EXACT = 1e-12  # tolerance of what is published and not solved


def check_published(ledger: Ledger, raw: Raw, results: Results) -> None:
    """Enter the promises of rounding, pool by pool.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the published table, as matrices.
    """
    for check in CHECKS:
        ledger.tally(check)
    table = results.allocations
    total = np.zeros(results.allocation.shape)
    for part in PARTS:
        total = total + table[part]
    ledger.same("parts", total, table["published"], at=raw.by_pool)
    provinces = np.unique(raw.city["province"], return_inverse=True)
    for r in range(len(raw.pools)):
        _check_pool(ledger, raw, r, table["published"][:, r], results.allocation[:, r], provinces)


@dataclass(frozen=True)
class _Counts:
    """One pool in quanta, over the cities that can have a whole number of them within their bounds."""

    published: Floats
    decided: Floats
    least: Floats
    most: Floats

    @property
    def below(self) -> Floats:
        """The lower neighbour of what was decided, or the least that is allowed."""
        return np.maximum(self.least, np.floor(self.decided + NOISE))

    @property
    def above(self) -> Floats:
        """The upper neighbour, or the most that is allowed."""
        return np.minimum(self.most, np.ceil(self.decided - NOISE))

    @property
    def lowest(self) -> Floats:
        """How far down a number may be moved where the total asks for it: to half of what was decided."""
        return np.minimum(self.below, np.maximum(self.least, np.ceil(self.decided / 2)))


def _check_pool(
    ledger: Ledger, raw: Raw, r: int, published: Floats, decided: Floats, provinces: tuple[Texts, Places]
) -> None:
    pool, at = raw.pools[r], raw.by_city
    quantum, exhaust, available = float(raw.pool["quantum"][r]), raw.pool["exhaust"][r], float(raw.available[r])
    lower, upper, noise = raw.lower[:, r], raw.upper[:, r], NOISE * quantum
    ledger.compare("published_bounds", published + noise, ">=", lower, at=at, tolerance=EXACT, key=pool)
    ledger.compare("published_bounds", published - noise, "<=", upper, at=at, tolerance=EXACT, key=pool)

    least, most = np.ceil(lower / quantum - NOISE), np.floor(upper / quantum + NOISE)
    whole = least <= most
    quanta = np.floor(published / quantum + NOISE)
    counts = _Counts(*(side[whole] for side in (quanta, decided / quantum, least, most)))
    there = np.floor(available / quantum + NOISE)
    rest = np.floor(there - float(published[~whole].sum()) / quantum + NOISE)
    if counts.lowest.sum() > rest or (exhaust and counts.most.sum() < rest):
        # No whole numbers of quanta within the bounds make up the pool: it is published as decided.
        ledger.compare("published_neighbours", published, "=", decided, at=at, key=pool)
        return
    reached = float(counts.published.sum())
    ledger.compare("published_total", reached, "=" if exhaust else "<=", rest, tolerance=EXACT, key=pool)
    odd = whole & (published - quanta * quantum > noise)
    if exhaust and not whole.all():
        total = float(published.sum())
        missing = there * quantum - total
        takes = (published + missing >= decided / 2 + noise) & (published + missing <= upper - noise)
        if odd.sum() == 1:  # it makes up for those that can have no multiple, so that the total is right
            odd[:] = False
        elif missing < quantum and not takes[whole].any():
            total += missing  # nobody can take it
        ledger.compare("published_total", total, "=", there * quantum, tolerance=EXACT, key=pool)
    ledger.compare(
        "published_quantum", published[odd], "=", (quanta * quantum)[odd],
        at=(raw.cities[odd],), tolerance=EXACT, key=pool,
    )  # fmt: skip
    if not exhaust:
        off = float((counts.published - counts.decided).sum())
        falls, rises = (counts.published > counts.lowest).any(), (counts.published < counts.most).any()
        wrong = (off >= BORDER and falls) or (off <= -BORDER and rises and reached < rest)
        ledger.compare("published_total", abs(off) if wrong else 0.0, "<=", BORDER, tolerance=EXACT, key=pool)
    names, of = provinces
    present, of = np.unique(of[whole], return_inverse=True)
    _check_moves(ledger, pool, raw.cities[whole], names[present], of, counts)


def _check_moves(ledger: Ledger, pool: str, cities: Texts, names: Texts, of: Places, counts: _Counts) -> None:
    """No quantum handed from one city to another brings a sub-total, or else a number, nearer to what was decided.

    Args:
        ledger: takes the comparisons.
        pool: its name.
        cities: the cities that can have a whole number of quanta.
        names: the provinces of these.
        of: the place of each city's own.
        counts: the pool in quanta.
    """
    published, moved = counts.published, counts.published - counts.decided

    def some(flags: Flags) -> Flags:
        """Whether a province has a city with the flag."""
        return np.bincount(of, flags, len(names)) > 0

    def another(flags: Flags) -> Flags:
        """Whether another province than one's own has the flag."""
        return np.count_nonzero(flags) - flags > 0

    can_rise, can_fall = some(published < counts.most), some(published > counts.lowest)
    # The same for cities that are no further than their neighbours then.
    rises_near, falls_near = some(published < counts.above), some(published > counts.below)
    off = np.bincount(of, moved, len(names))
    short, over = off <= -BORDER, off >= BORDER
    # What a province can take or give so that its own sub-total stays a neighbour, or comes nearer.
    takes, gives = short | (off + 1 < BORDER), over | (off - 1 > -BORDER)
    apart = (short & can_rise & another(gives & can_fall)) | (over & can_fall & another(takes & can_rise))
    subtotals = np.where(apart, np.abs(off), 0.0)
    ledger.compare("published_subtotals", subtotals, "<=", BORDER, at=(names,), tolerance=EXACT, key=pool)
    may_fall = rises_near | (gives & another(takes & rises_near))
    may_rise = falls_near | (takes & another(gives & falls_near))
    far = ((moved >= BORDER) & may_fall[of]) | ((moved <= -BORDER) & may_rise[of])
    distances = np.where(far, np.abs(moved), 0.0)
    ledger.compare("published_neighbours", distances, "<=", BORDER, at=(cities,), tolerance=EXACT, key=pool)
