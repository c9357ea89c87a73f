"""Persons who settle, as whole numbers within all limits on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alloc.instance.derived.derived import Derived
from alloc.instance.derived.limits import LimitRow
from alloc.publish.choice import Flags, Floats, Limit, choose
from alloc.publish.rows import Kept, most_counted
from alloc.tolerances import QUANTUM_NOISE


def round_settled(derived: Derived, kept: Kept, of: str, amounts: Floats | None, settle: Floats) -> Floats:
    """Whole persons for what was decided.

    In the order of importance: their upper bound and the rows of the city hold (the services that settlement waits for,
    the general budget); limits on groups hold as far as whole numbers allow; every number is next to what was decided,
    unless the budget or a limit leaves it more to do; the sum is next to what was decided, as near as the others allow.

    Args:
        derived: the derived data.
        kept: what rounding keeps in every city.
        of: what limits on them are of.
        amounts: what is published of every pool [n, R]; None: whatever money they take.
        settle: what was decided, persons [n].

    Returns:
        The numbers [n].
    """
    most = most_counted(kept)
    if amounts is not None:
        most = np.minimum(most, _affordable(kept, amounts))
    most = np.maximum(most, 0.0)
    group = np.zeros(len(settle), dtype=np.int64)
    rows = [row for row in derived.limits if row.kind == of]
    limits = [_whole(row) for row in rows]

    def chosen(most: Floats, limits: Sequence[Limit]) -> Floats:
        numbers = choose(settle, np.zeros(len(settle)), most, np.inf, group, exhaust=False, limits=limits)
        assert numbers is not None, "a sum that need not be reached always has numbers"
        return numbers

    numbers = chosen(np.minimum(most, np.ceil(settle - QUANTUM_NOISE)), ())
    if all(limit.least <= numbers[limit.chosen].sum() <= limit.most for limit in limits):
        return numbers
    return chosen(most, limits)


def missing_persons(derived: Derived, of: str, numbers: Floats) -> tuple[float, Flags]:
    """How many persons limits that ask for them are short of, and which cities are of such a limit [n].

    Args:
        derived: the derived data.
        of: what limits on them are of.
        numbers: whole persons [n].
    """
    missing, cities = 0.0, np.zeros(len(numbers), dtype=bool)
    for limit in (_whole(row) for row in derived.limits if row.kind == of):
        short = limit.least - float(numbers[limit.chosen].sum())
        if short > 0:
            missing += short
            cities |= limit.chosen
    return missing, cities


def _affordable(kept: Kept, amounts: Floats) -> Floats:
    """How many can settle within the budgets, whole, infinite where they cost nothing [n]."""
    rows = kept.budgets.chosen(kept.budgets.counted > 0)
    left = rows.left(amounts, np.zeros(len(amounts))) + kept.money[rows.city]
    return np.asarray(np.floor(kept.least(rows, left / rows.counted)))


def _whole(row: LimitRow) -> Limit:
    least = -np.inf if row.sense == "<=" else float(np.ceil(row.amount - QUANTUM_NOISE))
    most = np.inf if row.sense == ">=" else float(np.floor(row.amount + QUANTUM_NOISE))
    return Limit(row.selection, least, most)
