"""Adjustments that move coefficients: standards, costs, ratios; each is turned alone until there is a point.

The elastic model has no place for them, since what they move is multiplied by decisions. But to turn one of them one
way as a rule only makes room (a cost falls, a ratio rises), so that the least change is found by halving: on the edit
as it would be offered, rounded, applied, and the instance tried, whole facilities included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from alloc.explanation.infeasibility.adjustments import Adjustment, Way, greatest, name_of, owner_of, steps_of, ways
from alloc.explanation.infeasibility.groups import Clash
from alloc.explanation.infeasibility.lines import Change, changes
from alloc.explanation.infeasibility.rows import Rows
from alloc.explanation.shared.values import values_of
from alloc.formulation.lever import BELONGS, RAISE
from alloc.instance.derived.limits import key_of

LEFT = 0.1  # of a number that is lowered, at least
TIMES = 4.0  # of a number that is raised, at most
SHARES = (1.0, 0.3, 0.1)  # of the way that are tried until one has a point
CLOSE = 0.01  # of the change: how near it is known to the least one
TRIES = 8  # of halving


def coefficient_adjustments(rows: Rows, clash: Clash) -> tuple[Adjustment, ...]:
    """Those that have a part in the groups that clash: whatever repairs the instance changes one of these."""
    return tuple(each for way in ways(rows.known, multiplies=True) for each in _of(rows, clash, way))


def _of(rows: Rows, clash: Clash, each: Way) -> Iterator[Adjustment]:
    number, turn = each.number, each.turn
    groups = [group for group in clash.groups if group.family in turn.moves]
    if not groups:
        return
    named = {key_of(group.item) for group in groups if rows.known.item_of(group.family) == BELONGS[number.by]}
    if number.by == "limit":  # a number of amounts moves sides of rows, no coefficients
        named &= {row.key for row in rows.derived.limits if row.basis}
        if not named:
            return
    for key, value in zip(*values_of(rows.instance, number.path), strict=True):
        if named and (key.rpartition(".")[2] if number.by == "unit" else key) not in named:
            continue
        for way in turn.ways:
            most = (min(TIMES * value, greatest(rows.instance, number)) - value) if way == RAISE else (1 - LEFT) * value
            if most <= 0:
                continue
            whole = np.array([value])
            yield Adjustment(
                name_of(number, key, way), number, turn, way, owner_of(rows, number, key), (key,),
                whole, np.array([most]), whole, (), (), steps_of(rows, number, key),
            )  # fmt: skip


def least_change(rows: Rows, adjustment: Adjustment, works: Callable[[list[Change]], bool | None]) -> np.ndarray | None:
    """The least change of an adjustment with which an instance has a point; None: there is none, or it was not found.

    Args:
        rows: of the instance.
        adjustment: one of `coefficient_adjustments`.
        works: whether the instance has a point with some changes; None: unknown.
    """

    def tried(amount: float) -> bool | None:
        return works(changes(rows.instance, adjustment, np.array([amount])))

    most, good, bad = float(adjustment.most[0]), None, 0.0
    for share in SHARES:
        found = tried(share * most)
        if found is None:
            return None
        if found:
            good = share * most
            break
    if good is None:
        return None
    for _ in range(TRIES):
        if good - bad <= CLOSE * good:
            break
        middle = (good + bad) / 2
        if tried(middle):
            good = middle
        else:
            bad = middle
    return np.array([good])
