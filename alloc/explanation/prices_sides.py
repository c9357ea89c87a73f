"""The price of a parameter on either side of where it is, each with how it was found and how far it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from alloc.explanation.prices_change import Change
from alloc.explanation.prices_probe import NOISE, SHRINK, Moved, Probe
from alloc.explanation.prices_room import room
from alloc.explanation.prices_slopes import slopes
from alloc.explanation.prices_tiers import Tiers
from alloc.solver.runs import Ending

TRIES = 3  # distances at which a parameter is looked at, each a tenth of the one before
CORNER = 1e-7  # of a parameter's value: less room than this is a corner
AGREE = 1e-3  # relative: two ways that agree so well say the same
SMOOTH = 0.05  # relative: a price that changes by less over the first distance is one price


class Method(StrEnum):
    """How a price was found.

    ``duals``: by the duals of the result, within the room that the ratio test gives. ``corner``: by the duals of the
    problem solved again just past the corner. ``difference``: by the difference of two solves. ``estimate``: by duals
    alone, not confirmed. ``jump``: the value jumps, so that there is no price. ``infeasible``: nothing satisfies the
    rules on that side. ``outside``: the parameter cannot go there. ``unsolved``: interrupted.
    """

    DUALS = "duals"
    CORNER = "corner"
    DIFFERENCE = "difference"
    ESTIMATE = "estimate"
    JUMP = "jump"
    INFEASIBLE = "infeasible"
    OUTSIDE = "outside"
    UNSOLVED = "unsolved"


@dataclass(frozen=True)
class Side:
    """What a parameter is worth to a tier when it goes one way.

    Attributes:
        value: change of the tier's own value for one unit of the parameter, both counted upward; of a jump: how far
            the value jumps; None where there is none.
        reach: how far the parameter can surely go that way before the price changes: inf without end, None where not
            known. It is the basis that changes there; the price may hold further.
        method: how it was found.
        step: change of the tier's own value when the parameter goes one whole step that way; None where not known.
    """

    value: float | None
    reach: float | None
    method: Method
    step: float | None = None


def estimates(probe: Probe) -> Mapping[str, float]:
    """Tier -> what its duals say of the parameter; without any solve."""
    found = probe.change(0)
    return {} if found is None or found[2] is None else slopes(probe.base, found[2])


def quick_side(probe: Probe, tier: str, turn: int = 0) -> Side:
    """The price by the duals of the result alone."""
    found = probe.change(turn)
    if found is None:
        return Side(None, None, Method.OUTSIDE)
    value = None if found[2] is None else slopes(probe.base, found[2]).get(tier)
    if value is None or found[2] is None:
        return Side(None, None, Method.UNSOLVED)
    ends = room(probe.base, tier, found[2])
    reach = None if ends is None else ends[0 if probe.way < 0 else 1]
    if reach is not None and reach > CORNER * probe.scale:
        return Side(value, reach, Method.DUALS)
    return Side(value, None, Method.ESTIMATE)


def quick_sides(probe: Probe, tier: str) -> tuple[Side, Side]:
    """Both sides by the duals of the result alone, taking the parameter to do the same both ways.

    The ranges are those of the basis; whether the data bend before is not looked at.
    """
    up = quick_side(probe, tier)
    found = probe.change(0)
    ends = None if found is None or found[2] is None or up.value is None else room(probe.base, tier, found[2])
    if ends is None or ends[0] <= CORNER * probe.scale:
        return Side(up.value, None, Method.ESTIMATE), up
    return Side(up.value, ends[0], Method.DUALS), up


def both_sides(less: Probe, more: Probe, tier: str) -> tuple[Side, Side]:
    """The price on either side; solved again where the duals of the result do not settle it."""
    found = quick_side(less, tier), quick_side(more, tier)
    if not less.base.by_duals(tier) and all(each.method is Method.UNSOLVED for each in found):
        # A difference that is the same both ways is the price: nothing bends or jumps here.
        down, up = less.difference(0, tier), more.difference(0, tier)
        if down is not None and up is not None and abs(down + up) <= SMOOTH * max(abs(down), abs(up)):
            by = more.distance(0)
            return Side(-down / by, None, Method.DIFFERENCE), Side(up / by, None, Method.DIFFERENCE)
    return side(less, tier), side(more, tier)


def side(probe: Probe, tier: str) -> Side:
    """The price on one side."""
    start = probe.start
    first = quick_side(probe, tier, start)
    if first.method is Method.OUTSIDE:
        return first
    if first.method is Method.DUALS:
        assert first.reach is not None
        return replace(first, reach=probe.straight(start, first.reach))
    differences: list[float] = []
    for turn in range(start, start + TRIES):
        gap = probe.difference(turn, tier)
        moved, found = probe.moved(turn), probe.change(turn)
        assert found is not None
        if gap is None:
            return Side(None, None, Method.INFEASIBLE if moved.ending is Ending.INFEASIBLE else Method.UNSOLVED)
        by, _, here = found
        differences.append(gap)
        value = gap / by
        if turn == start and first.value is not None and _smooth(probe, tier, first.value, gap, found):
            return Side(first.value, None, Method.DUALS)
        if here is not None and here.sides_only and moved.by_duals(tier):
            past = _past_the_corner(probe, tier, moved, here, by, gap)
            if past is not None and past.reach is not None:
                return replace(past, reach=probe.straight(turn, past.reach))
        elif turn > start and (settled := _settled(differences, value)) is not None:
            return settled
    return Side(value, None, Method.DIFFERENCE)


def _smooth(probe: Probe, tier: str, slope: float, gap: float, found: Moved) -> bool:
    """Whether a tier changes as its duals say with a parameter that moves coefficients or costs."""
    by, _, here = found
    if here is None or here.sides_only:
        return False
    noise = NOISE * probe.base.model.objectives[tier].natural
    return abs(gap - slope * by) <= max(SMOOTH * abs(slope * by), noise)


def _past_the_corner(probe: Probe, tier: str, moved: Tiers, there: Change, by: float, gap: float) -> Side | None:
    """The price by the duals past a corner, if they hold back to where the parameter is."""
    ends = room(moved, tier, there)
    if ends is None:
        return None
    back, on = ends if by > 0 else (ends[1], ends[0])
    slope = slopes(moved, there)[tier]
    noise = NOISE * moved.model.objectives[tier].natural
    if back < (1 - AGREE) * abs(by) or abs(gap - slope * by) > max(AGREE * abs(slope * by), 10 * noise):
        return None
    return Side(slope, abs(by) + on, Method.CORNER)


def _settled(differences: list[float], value: float) -> Side | None:
    """What two differences, one over a tenth of the other's distance, say: a price, a jump, or nothing yet."""
    before, now = differences[-2:]
    if abs(before - SHRINK * now) <= SMOOTH * max(abs(before), SHRINK * abs(now)):
        return Side(value, None, Method.DIFFERENCE)
    if now and abs(before - now) <= SMOOTH * abs(now):
        return Side(now, None, Method.JUMP)
    return None


def differ(one: float, other: float) -> bool:
    """Whether two prices are not the same."""
    return bool(abs(one - other) > AGREE * max(abs(one), abs(other), np.finfo(float).tiny))
