"""The price of a parameter on either side of where it is, each with how it was found and how far it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from alloc.explanation.sensitivity.change import Change
from alloc.explanation.sensitivity.probe import SHRINK, Probe
from alloc.explanation.sensitivity.room import Reading
from alloc.solver.model.runs import Ending
from alloc.tolerances import AGREEING_SLOPES, CORNER, REPEATED_SOLVE

TRIES = 3  # distances at which a parameter is looked at, each a tenth of the one before
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
    found = probe.reading(1) or probe.reading(-1)
    return {} if found is None else found.slopes


def quick_side(probe: Probe, way: int, tier: str, turn: int = 0) -> Side:
    """The price by the duals of the result alone; whether the data bend within the range is not looked at."""
    if probe.moved(way, turn) is None:
        return Side(None, None, Method.OUTSIDE)
    reading = probe.reading(way, turn)
    if reading is None or tier not in reading.slopes:
        return Side(None, None, Method.UNSOLVED)
    room, value = reading.room(tier), reading.slopes[tier]
    reach = 0.0 if room is None or not room.steady else room.down if way < 0 else room.up
    if reach <= CORNER * probe.scale:
        return Side(value, None, Method.ESTIMATE)
    return Side(value, reach if reading.moved.sides_only else None, Method.DUALS)


def quick_sides(probe: Probe, tier: str) -> tuple[Side, Side]:
    """Both sides by the duals of the result alone."""
    less, more = (quick_side(probe, way, tier, probe.start(way)) for way in (-1, 1))
    return less, more


def both_sides(probe: Probe, tier: str) -> tuple[Side, Side]:
    """The price on either side; solved again where the duals of the result do not settle it."""
    found = [quick_side(probe, way, tier) for way in (-1, 1)]
    if not probe.base.by_duals(tier) and all(each.method is Method.UNSOLVED for each in found):
        # A difference that is the same both ways is the price: nothing bends or jumps here.
        down, up = (probe.difference(way, 0, tier) for way in (-1, 1))
        if down is not None and up is not None and abs(down + up) <= SMOOTH * max(abs(down), abs(up)):
            by = probe.distance(0)
            return Side(-down / by, None, Method.DIFFERENCE), Side(up / by, None, Method.DIFFERENCE)
    less, more = (side(probe, way, tier) for way in (-1, 1))
    return less, more


def side(probe: Probe, way: int, tier: str) -> Side:
    """The price on one side."""
    start = probe.start(way)
    first = quick_side(probe, way, tier, start)
    if first.method is Method.OUTSIDE:
        return first
    if first.method is Method.DUALS:
        return within(probe, way, first)
    differences: list[float] = []
    for turn in range(start, start + TRIES):
        gap = probe.difference(way, turn, tier)
        moved, here = probe.tiers(way, turn), probe.change(way, turn)
        if gap is None:
            return Side(None, None, Method.INFEASIBLE if moved.ending is Ending.INFEASIBLE else Method.UNSOLVED)
        by = way * probe.distance(turn)
        differences.append(gap)
        value = gap / by
        if turn == start and first.value is not None and _smooth(probe, tier, first.value, gap, by, here):
            return Side(first.value, None, Method.DUALS)
        there = probe.past(way, turn) if moved.by_duals(tier) else None
        past = None if there is None else _past_the_corner(tier, there, by, gap)
        if past is not None:
            return past if past.reach is None else replace(past, reach=probe.straight(way, turn, past.reach))
        if turn > start and (there is None or not there.moved.sides_only):
            settled = _settled(differences, value)
            if settled is not None:
                return settled
    return Side(value, None, Method.DIFFERENCE)


def within(probe: Probe, way: int, found: Side) -> Side:
    """A price by the duals with its range cut where the data bend."""
    if found.reach is None:
        return found
    return replace(found, reach=probe.straight(way, probe.start(way), found.reach))


def _smooth(probe: Probe, tier: str, slope: float, gap: float, by: float, here: Change | None) -> bool:
    """Whether a tier changes as its duals say with a parameter that moves coefficients or costs."""
    if here is None or here.sides_only:
        return False
    noise = REPEATED_SOLVE * probe.base.model.objectives[tier].scale
    return abs(gap - slope * by) <= max(SMOOTH * abs(slope * by), noise)


def _past_the_corner(tier: str, there: Reading, by: float, gap: float) -> Side | None:
    """The price by the duals past a corner, if they hold back to where the parameter is.

    Where sides alone move, the basis says how far; else it is enough that the whole gap is what they say.
    """
    sides_only = there.moved.sides_only
    room, slope = there.room(tier) if sides_only else None, there.slopes[tier]
    noise = REPEATED_SOLVE * there.tiers.model.objectives[tier].scale
    if abs(gap - slope * by) > max((AGREEING_SLOPES if sides_only else SMOOTH) * abs(slope * by), 10 * noise):
        return None
    if not sides_only:
        return Side(slope, None, Method.CORNER)
    if room is None:
        return None
    back, on = (room.down, room.up) if by > 0 else (room.up, room.down)
    return None if back < (1 - AGREEING_SLOPES) * abs(by) else Side(slope, abs(by) + on, Method.CORNER)


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
    return bool(abs(one - other) > AGREEING_SLOPES * max(abs(one), abs(other), np.finfo(float).tiny))
