"""The price of a parameter on either side of where it is, each with how it was found and how far it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.explanation.parameters import Parameter, set_to
from alloc.explanation.prices_change import Change, change
from alloc.explanation.prices_room import room
from alloc.explanation.prices_slopes import slopes
from alloc.explanation.prices_tiers import Tiers, model_of, solved
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.solver.runs import Clock, Ending

NEAR = 1e-4  # of a parameter's value: how far it is moved to look past a corner
SHRINK = 10.0  # where a corner is nearer than that
TRIES = 3
WHOLE = -1  # of the moved models, the one a whole step away
CORNER = 1e-7  # of a parameter's value: less room than this is a corner
NOISE = 3e-9  # of a tier's natural size: two solves may differ by so much
AGREE = 1e-3  # relative: two ways that agree so well say the same
SMOOTH = 0.05  # relative: a price that changes by less over `NEAR` is one price


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
        reach: how far the parameter can go that way before the price changes: inf without end, None where not known.
        method: how it was found.
        step: change of the tier's own value when the parameter goes one whole step that way; None where not known.
    """

    value: float | None
    reach: float | None
    method: Method
    step: float | None = None


@dataclass
class Probe:
    """A parameter moved one way by a little, solved again only where somebody asks."""

    instance: Instance
    parameter: Parameter
    base: Tiers
    way: int
    clock: Clock
    last: str | None = None
    _changes: dict[int, tuple[float, LinearModel, Change | None] | None] = field(default_factory=dict)
    _moved: dict[int, Tiers] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """Size of the parameter."""
        return max(abs(self.parameter.value), abs(self.parameter.step))

    def change(self, turn: int = 0) -> tuple[float, LinearModel, Change | None] | None:
        """How far it is moved at the `turn`-th try, the model there, and the change; None: it cannot go there."""
        if turn not in self._changes:
            by = self.way * NEAR * self.scale / SHRINK**turn
            value = self.parameter.value + by
            self._changes[turn] = None
            if self.parameter.least <= value <= self.parameter.most:
                try:
                    model = model_of(set_to(self.instance, self.parameter, value))
                    self._changes[turn] = (by, model, change(self.base.model, model, by))
                except InputError:
                    pass
        return self._changes[turn]

    def moved(self, turn: int) -> Tiers:
        """All tiers there, up to the last that is asked for."""
        if turn not in self._moved:
            found = self.change(turn)
            assert found is not None
            base = self.base
            self._moved[turn] = solved(found[1], base.given_up, base.fixed, base.memory, self.clock, self.last)
        return self._moved[turn]

    def difference(self, turn: int, tier: str) -> float | None:
        """By how much the tier's own value differs there, None where there is none; what may be noise is 0."""
        if self.change(turn) is None:
            return None
        found = self.moved(turn).values.get(tier)
        return None if found is None else self._gap(tier, found)

    def _gap(self, tier: str, value: float) -> float:
        gap = value - self.base.values[tier]
        return 0.0 if abs(gap) <= NOISE * self.base.model.objectives[tier].natural else gap

    def step(self, tier: str, side: Side) -> float | None:
        """What a whole step does to the tier: by the price as far as that holds, else solved again."""
        if side.value is not None and side.reach is not None and side.reach >= self.parameter.step:
            return self.way * self.parameter.step * side.value
        value = self.parameter.value + self.way * self.parameter.step
        if not self.parameter.least <= value <= self.parameter.most:
            return None
        if WHOLE not in self._moved:
            try:
                model = model_of(set_to(self.instance, self.parameter, value))
            except InputError:
                return None
            base = self.base
            self._moved[WHOLE] = solved(model, base.given_up, base.fixed, base.memory, self.clock, self.last)
        found = self._moved[WHOLE].values.get(tier)
        return None if found is None else self._gap(tier, found)


def estimates(probe: Probe) -> Mapping[str, float]:
    """Tier -> what its duals say of the parameter; without any solve."""
    found = probe.change()
    return {} if found is None or found[2] is None else slopes(probe.base, found[2])


def quick_side(probe: Probe, tier: str) -> Side:
    """The price by the duals of the result alone."""
    found = probe.change()
    if found is None:
        return Side(None, None, Method.OUTSIDE)
    value = estimates(probe).get(tier)
    if value is None or found[2] is None:
        return Side(None, None, Method.UNSOLVED)
    reach = _reach(probe.base, tier, found[2], probe.way)
    if reach is not None and reach > CORNER * probe.scale:
        return Side(value, reach, Method.DUALS)
    return Side(value, None, Method.ESTIMATE)


def quick_sides(probe: Probe, tier: str) -> tuple[Side, Side]:
    """Both sides by the duals of the result alone, taking the parameter to do the same both ways."""
    up = quick_side(probe, tier)
    found = probe.change()
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
            by = NEAR * more.scale
            return Side(-down / by, None, Method.DIFFERENCE), Side(up / by, None, Method.DIFFERENCE)
    return side(less, tier), side(more, tier)


def side(probe: Probe, tier: str) -> Side:
    """The price on one side."""
    first = quick_side(probe, tier)
    if first.method in (Method.DUALS, Method.OUTSIDE):
        return first
    differences: list[float] = []
    for turn in range(TRIES):
        gap = probe.difference(turn, tier)
        moved, found = probe.moved(turn), probe.change(turn)
        assert found is not None
        if gap is None:
            return Side(None, None, Method.INFEASIBLE if moved.ending is Ending.INFEASIBLE else Method.UNSOLVED)
        by, _, here = found
        differences.append(gap)
        value = gap / by
        if turn == 0 and first.value is not None and _smooth(probe, tier, first.value, differences[0], by):
            return Side(first.value, None, Method.DUALS)
        if here is not None and here.sides_only and moved.by_duals(tier):
            past = _past_the_corner(probe, tier, moved, here, by, differences[-1])
            if past is not None:
                return past
        elif turn and (settled := _settled(differences, value)) is not None:
            return settled
    return Side(value, None, Method.DIFFERENCE)


def _reach(tiers: Tiers, tier: str, moved: Change, way: int) -> float | None:
    found = room(tiers, tier, moved)
    return None if found is None else found[0 if way < 0 else 1]


def _smooth(probe: Probe, tier: str, slope: float, gap: float, by: float) -> bool:
    """Whether a tier that is not linear in the parameter changes as its duals say."""
    found = probe.change()
    assert found is not None
    linear = isinstance(probe.base.model.objectives[tier], LinearObjective)
    if found[2] is None or (linear and found[2].sides_only):
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
    return abs(one - other) > AGREE * max(abs(one), abs(other), np.finfo(float).tiny)
