"""Whether the published numbers keep the promises of rounding.

What is promised for every pool: the parts of every number add up to it exactly; amounts are multiples of the quantum
within lower and upper bound; a pool that is used up is published to the last quantum; every province's sub-total is a
neighbour of its own, and every number a neighbour of what was decided. Persons who settle are whole, and their number
and sum are neighbours too. A promise that bounds, limits or the rows of a city make impossible is not held against the
result, but whether they do is found out here anew: it is broken only where handing a quantum to another city, with
every rule kept, would bring the published numbers nearer to it. Whether what is not kept is said is for
`alloc.verification.rounding`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloc.verification import levers
from alloc.verification.arrays import Flags, Floats, Places, Texts
from alloc.verification.ledger import Ledger
from alloc.verification.optional.levels import check_levels
from alloc.verification.published_rows import Rows
from alloc.verification.recompute import Raw
from alloc.verification.results import PARTS, Results
from alloc.verification.rounding import check_rounding

CHECKS = (
    "parts",
    "published_bounds",
    "published_quantum",
    "published_total",
    "published_neighbours",
    "published_subtotals",
    "published_persons",
    "levels",
    "rounding",
)
# Constraint families that are checked of published numbers too, and those that hold for the decisions alone.
KEPT = ("pool_total", "group_limit", "recognised_need", "extension", "stock_link", "capital_budget", "general_budget",
        "borrow_to_build", "special_bond_purpose", "debt_limit", "debt_room")  # fmt: skip
OF_DECISIONS = ("coverage_is_served", "minimum_gap", "growth_limit", "land_balance", "public_land", "production_land",
                "housing_land", "other_land", "unassigned_land", "unassigned_total", "idle_land", "worst_served",
                "production_of", "least_served", "linked_share", "renewed_land", "earmarked_use",
                "host_first")  # fmt: skip


def known_families(formulation: str) -> frozenset[str]:
    """Families of which it is known whether published numbers have to keep them."""
    return frozenset({*KEPT, *OF_DECISIONS, *levers.families(formulation)})


def kept_families(formulation: str) -> frozenset[str]:
    """Families whose rows are checked of published numbers too."""
    return frozenset({*KEPT, *levers.rounded(formulation)})


NOISE = 2e-6  # of a quantum; rounding itself takes a millionth for noise
STRICT = 5e-7  # of a quantum: what is within bounds by this little, rounding has surely seen
BORDER = 1.0 - 2e-7  # quanta by which a neighbour is less than away
EXACT = 1e-12  # tolerance of what is published and not solved


def check_published(ledger: Ledger, raw: Raw, results: Results, policy: Any) -> None:
    """Enter the promises of rounding, pool by pool.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the published table, as matrices.
        policy: ``settings.policy``.
    """
    for check in CHECKS:
        ledger.tally(check)
    table, rows = results.allocations, Rows(raw, results, policy)
    total = np.zeros(results.allocation.shape)
    for part in (each for each in PARTS if each in table):
        total = total + table[part]
    ledger.same("parts", total, table["published"], at=raw.by_pool)
    provinces = np.unique(raw.city["province"], return_inverse=True)
    eased = np.zeros(results.allocation.shape, dtype=bool)
    for r in range(len(raw.pools)):
        there = float(raw.available[r] - results.kept[r])
        numbers = table["published"][:, r], results.allocation[:, r]
        eased[:, r] = _check_pool(ledger, raw, rows, r, there, *numbers, provinces)
    check_levels(ledger, raw, results)
    _check_persons(ledger, raw, rows, results)
    check_rounding(ledger, raw, rows, results, policy, eased)


@dataclass(frozen=True)
class _Counts:
    """One pool in quanta, over the cities that can have a whole number of them within their bounds.

    `rises` and `falls`: whether a quantum more or less keeps the limits on groups.
    """

    published: Floats
    decided: Floats
    least: Floats
    most: Floats
    rises: Flags
    falls: Flags

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

    @property
    def can_rise(self) -> Flags:
        """Whether a quantum more is within all rules."""
        return self.rises & (self.published < self.most)

    @property
    def can_fall(self) -> Flags:
        """Whether a quantum less is within all rules."""
        return self.falls & (self.published > self.lowest)


def _check_pool(
    ledger: Ledger,
    raw: Raw,
    rows: Rows,
    r: int,
    available: float,
    published: Floats,
    decided: Floats,
    provinces: tuple[Texts, Places],
) -> Flags:
    """One pool; in which cities a rule that gives way may be missed by less than a quantum [n]."""
    pool, at = raw.pools[r], raw.by_city
    quantum, exhaust = float(raw.pool["quantum"][r]), raw.pool["exhaust"][r]
    lower, upper, noise = raw.lower[:, r], raw.upper[:, r], NOISE * quantum
    ledger.compare("published_bounds", published + noise, ">=", lower, at=at, tolerance=EXACT, key=pool)
    ledger.compare("published_bounds", published - noise, "<=", upper, at=at, tolerance=EXACT, key=pool)

    within, beyond = (np.minimum(upper, np.maximum(room, lower)) for room in rows.room(r))
    least, most = np.ceil(lower / quantum - STRICT), np.floor(within / quantum + STRICT)
    nowhere = least > most
    quanta, (rises, falls) = np.floor(published / quantum + NOISE), rows.free(r)
    # A limit without a quantum to spare may ask for more than a rule leaves that gives way.
    nowhere |= rows.pressed(r) & (quanta > most)
    upper = np.where(nowhere, beyond, within)
    most = np.floor(upper / quantum + STRICT)
    whole = least <= most
    counts = _Counts(quanta[whole], decided[whole] / quantum, least[whole], most[whole], rises[whole], falls[whole])
    there = np.floor(available / quantum + NOISE)
    rest = np.floor(there - float(published[~whole].sum()) / quantum + NOISE)
    odd = published - quanta * quantum > noise
    impossible = counts.lowest.sum() > rest or (exhaust and counts.most.sum() < rest)
    reached = float(counts.published.sum())
    fits = reached == rest if exhaust else reached <= rest
    eased = nowhere
    if impossible and not (fits and (counts.published <= counts.most).all()):
        # No whole numbers of quanta make up the pool within all rules: those that give way do so where they must.
        near = counts.rises & (counts.published < np.minimum(counts.above, counts.most))
        spared = np.isin(provinces[1], provinces[1][whole][near]) & falls
        eased, upper = nowhere | ~spared, beyond
        counts = replace(counts, most=np.floor(upper / quantum + STRICT)[whole])
        impossible = counts.lowest.sum() > rest or (exhaust and counts.most.sum() < rest)
    if impossible and (not fits or np.abs(published - decided).max() <= noise):
        # No whole numbers of quanta within the bounds make up the pool: it is published as decided.
        ledger.compare("published_neighbours", published, "=", decided, at=at, key=pool)
        return np.ones(len(published), dtype=bool)
    odd &= whole
    ledger.compare("published_total", reached, "=" if exhaust else "<=", rest, tolerance=EXACT, key=pool)
    if exhaust and not whole.all():
        total = float(published.sum())
        missing = there * quantum - total
        takes = (published + missing >= decided / 2 + noise) & (published + missing <= upper - noise)
        takes &= rises
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
        lower_it, raise_it = counts.can_fall.any(), counts.can_rise.any()
        wrong = (off >= BORDER and lower_it) or (off <= -BORDER and raise_it and reached < rest)
        ledger.compare("published_total", abs(off) if wrong else 0.0, "<=", BORDER, tolerance=EXACT, key=pool)
    names, of = provinces
    present, of = np.unique(of[whole], return_inverse=True)
    _check_moves(ledger, pool, raw.cities[whole], names[present], of, counts)
    return eased


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

    can_rise, can_fall = some(counts.can_rise), some(counts.can_fall)
    # The same for cities that are no further than their neighbours then.
    rises_near = some(counts.can_rise & (published < counts.above))
    falls_near = some(counts.can_fall & (published > counts.below))
    off = np.bincount(of, moved, len(names))
    short, over = off <= -BORDER, off >= BORDER
    # What a province can take or give so that its own sub-total stays a neighbour, or comes nearer.
    takes, gives = short | (off + 1 < BORDER), over | (off - 1 > -BORDER)
    apart = (short & can_rise & another(gives & can_fall)) | (over & can_fall & another(takes & can_rise))
    subtotals = np.where(apart, np.abs(off), 0.0)
    ledger.compare("published_subtotals", subtotals, "<=", BORDER, at=(names,), tolerance=EXACT, key=pool)
    may_fall = rises_near | (gives & another(takes & rises_near))
    may_rise = falls_near | (takes & another(gives & falls_near))
    far = (counts.can_fall & (moved >= BORDER) & may_fall[of]) | (counts.can_rise & (moved <= -BORDER) & may_rise[of])
    distances = np.where(far, np.abs(moved), 0.0)
    ledger.compare("published_neighbours", distances, "<=", BORDER, at=(cities,), tolerance=EXACT, key=pool)


def _check_persons(ledger: Ledger, raw: Raw, rows: Rows, results: Results) -> None:
    """Whole persons within the settlement limit and the gates of services, next to what was decided."""
    settle, decided, at = results.people["settle"], results.settle, raw.by_city
    ledger.same("published_persons", settle, np.rint(settle), at=at, key="whole")
    ledger.compare("published_persons", settle, ">=", 0.0, at=at, tolerance=EXACT)
    limit = np.floor(raw.settle_limit + NOISE)
    ledger.compare("published_persons", settle, "<=", limit, at=at, tolerance=EXACT, key="settle_limit")
    gates = raw.service["settlement_prerequisite"]
    needed = (results.recognised + raw.need_per_settler * settle[:, None])[:, gates]
    served = (raw.capacity + results.places + raw.backlog_limit)[:, gates]
    ledger.compare(
        "published_persons", needed, "<=", served, at=(raw.cities, raw.services[gates]), key="recognised_need"
    )
    for gate in rows.gates:
        ledger.compare("published_persons", gate.persons * settle, "<=", gate.most, at=at, key=gate.rule)
    moved, most = settle - decided, rows.most_persons()
    rises, falls = rows.free_persons()
    above = np.minimum(np.ceil(decided - NOISE), most)
    rises, falls = rises & (settle + 1 <= most), falls & (settle > 0)
    # Below its neighbours a number is only where a person more breaks a rule, above them only for the sake of a limit.
    far = ((moved <= -BORDER) & rises) | ((moved >= BORDER) & falls & (not rows.persons_limited))
    ledger.compare("published_persons", np.where(far, np.abs(moved), 0.0), "<=", BORDER, at=at, tolerance=EXACT,
                   key="neighbour")  # fmt: skip
    off = float(moved.sum())
    nearer = (rises & (settle < above)).any() if off < 0 else (falls & (settle > np.floor(decided + NOISE))).any()
    ledger.compare("published_persons", abs(off) if nearer else 0.0, "<=", BORDER, tolerance=EXACT, key="total")
