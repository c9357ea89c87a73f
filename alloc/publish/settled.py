"""Persons who settle, as whole numbers within all limits on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alloc.instance.derived.derived import Derived
from alloc.instance.derived.limits import LimitRow
from alloc.publish.choice import NOISE, Floats, Limit, choose
from alloc.publish.rows import Budget, Works, most_settlers


def round_settled(derived: Derived, works: Works, budget: Budget, amounts: Floats, settle: Floats) -> Floats:
    """Whole persons for what was decided.

    In the order of importance: the settlement limit, the services that settlement waits for and the general budget hold
    in every city; limits on groups hold as far as whole numbers allow; every number is next to what was decided, unless
    the budget or a limit leaves it more to do; the sum is next to what was decided, as near as the others allow.

    Args:
        derived: the derived data.
        works: what is built.
        budget: the general budgets.
        amounts: what is published of every pool [n, R].
        settle: what was decided, persons [n].

    Returns:
        The numbers [n].
    """
    most = np.maximum(np.minimum(most_settlers(derived, works), _affordable(derived, budget, amounts)), 0.0)
    group = np.zeros(len(settle), dtype=np.int64)
    rows = [row for row in derived.limits if row.kind == "settle"]
    limits = [_whole(row) for row in rows]

    def chosen(least: Floats, most: Floats, limits: Sequence[Limit]) -> Floats:
        numbers = choose(settle, least, most, np.inf, group, exhaust=False, limits=limits)
        assert numbers is not None, "a sum that need not be reached always has numbers"
        return numbers

    numbers = chosen(np.minimum(most, np.floor(settle + NOISE)), np.minimum(most, np.ceil(settle - NOISE)), ())
    if all(limit.least <= numbers[limit.chosen].sum() <= limit.most for limit in limits):
        return numbers
    return chosen(np.zeros(len(settle)), most, limits)


def _affordable(derived: Derived, budget: Budget, amounts: Floats) -> Floats:
    """How many can settle within the general budget, whole, infinite where they cost nothing [n]."""
    if not derived.settlement_cost:
        return np.full(len(amounts), np.inf)
    left = budget.left(amounts, np.zeros(len(amounts))) + budget.noise
    return np.asarray(np.floor(left / derived.settlement_cost))


def _whole(row: LimitRow) -> Limit:
    least = -np.inf if row.sense == "<=" else float(np.ceil(row.amount - NOISE))
    most = np.inf if row.sense == ">=" else float(np.floor(row.amount + NOISE))
    return Limit(row.selection, least, most)
