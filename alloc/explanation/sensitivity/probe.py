"""A parameter moved a little, down and up: what that changes, how far it is a straight line, and the tiers there."""

from __future__ import annotations

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.explanation.sensitivity.change import Change
from alloc.explanation.sensitivity.near import STRAIGHT, Moved, Near
from alloc.explanation.sensitivity.room import Reading
from alloc.explanation.sensitivity.tiers import Ended, Tiers, solved
from alloc.explanation.shared.parameters import Parameter
from alloc.solver.model.runs import Clock, Ending, Run
from alloc.tolerances import PROBE_STEP, REPEATED_SOLVE

SHRINK = 10.0  # where a corner is nearer than that
BENDS = 3  # times that the distance is made shorter where the data bend within it
NARROW = 3.0  # a bend is looked for until it is known to lie between two distances with this ratio


class Probe:
    """A parameter moved both ways, solved again only where somebody asks.

    Args:
        near: the instance.
        parameter: what is moved.
        base: the tiers where it stands.
        clock: shared by all solves.
        last: the last tier that is solved; None: all.

    The way is −1 for down and 1 for up wherever one is asked for; a turn is a distance, each a tenth of the one before.
    """

    def __init__(self, near: Near, parameter: Parameter, base: Tiers, clock: Clock, last: str | None = None) -> None:
        """Nothing is moved yet."""
        self.near, self.parameter, self.base = near, parameter, base
        self._clock, self._last = clock, last
        self._moves: dict[int, tuple[Moved | None, Moved | None]] = {}
        self._readings: dict[tuple[int, int], Reading | None] = {}
        self._tiers: dict[float, Tiers | None] = {}
        self._past: dict[tuple[int, int], Reading | None] = {}
        self._starts: dict[int, int] = {}
        self._bends: dict[tuple[int, int], tuple[float, float]] = {}

    @property
    def scale(self) -> float:
        """Size of the parameter."""
        return max(abs(self.parameter.value), abs(self.parameter.step))

    def distance(self, turn: int) -> float:
        """How far it is moved at the `turn`-th try."""
        return PROBE_STEP * self.scale / SHRINK**turn

    def moved(self, way: int, turn: int = 0) -> Moved | None:
        """What the `turn`-th try changes; None: the parameter cannot go there."""
        if turn not in self._moves:
            self._moves[turn] = self.near.moved(self.parameter, self.distance(turn))
        return self._moves[turn][0 if way < 0 else 1]

    def change(self, way: int, turn: int = 0) -> Change | None:
        """Of the model; None also where it changes in more than numbers."""
        found = self.moved(way, turn)
        return None if found is None else found.change

    def reading(self, way: int, turn: int = 0) -> Reading | None:
        """What the duals say of it; None where nothing can be said."""
        if (way, turn) not in self._readings:
            found = self.moved(way, turn)
            other = self._readings.get((-way, turn)) if found is not None and found.mirrored else None
            made = None if found is None or found.change is None else other or Reading(self.base, found.change)
            self._readings[way, turn] = made
        return self._readings[way, turn]

    def start(self, way: int) -> int:
        """The first try within which the data do not bend (a corridor that meets a floor, say)."""
        if way not in self._starts:
            self._starts[way] = next((turn for turn in range(BENDS) if self._settled(way, turn)), BENDS)
        return self._starts[way]

    def _settled(self, way: int, turn: int) -> bool:
        found = self.moved(way, turn)
        if found is None or found.mirrored or found.change is None or not found.change.sides_only:
            return True
        by = way * self.distance(turn)
        if self.parameter.kind in STRAIGHT:
            return True
        line = self.near.line(self.parameter, by)
        return line is not None and line.follows(by / 2)

    def straight(self, way: int, turn: int, reach: float) -> float:
        """How much of a reach the change of the `turn`-th try surely holds, for the data bend too.

        A total that grows brings one corridor after the other to its floor or cap. Where nothing bounds the reach, it
        is looked at up to twice the parameter.
        """
        change = self.change(way, turn)
        if change is None or self.parameter.kind in STRAIGHT:
            return reach
        least, most = self.parameter.least, self.parameter.most
        ends = (self.parameter.value - least) if way < 0 else (most - self.parameter.value)
        far = min(reach, ends, self.scale)
        good, bad = self._bends.get((way, turn), (self.distance(turn), np.inf))
        if far <= good or NARROW * good >= bad:
            return min(far, good)
        line = self.near.line(self.parameter, way * self.distance(turn))
        if line is None:
            return min(far, good)
        if bad == np.inf:
            good, bad = (far, bad) if line.follows(way * far) else (good, far)
        while NARROW * good < bad <= far:
            middle = float(np.sqrt(good * bad))
            good, bad = (middle, bad) if line.follows(way * middle) else (good, middle)
        self._bends[way, turn] = good, bad
        return min(far, good)

    def tiers(self, way: int, turn: int) -> Tiers:
        """The tiers at the `turn`-th try, which the parameter can go to."""
        found = self._solved(way * self.distance(turn))
        assert found is not None
        return found

    def past(self, way: int, turn: int) -> Reading | None:
        """What the duals of the tiers at the `turn`-th try say of the way back; None where nothing can be said."""
        if (way, turn) not in self._past:
            change = self.change(way, turn)
            self._past[way, turn] = None if change is None else Reading(self.tiers(way, turn), change)
        return self._past[way, turn]

    def _solved(self, by: float) -> Tiers | None:
        if by not in self._tiers:
            base, model = self.base, self.near.model_at(self.parameter, self.parameter.value + by)
            self._tiers[by] = None if model is None else solved(
                model, base.tolerance_used, base.fixed, base.memory, self._clock, self._last,
                known=self._known(by, model),
            )  # fmt: skip
        return self._tiers[by]

    def _known(self, by: float, model: LinearModel) -> dict[str, Ended]:
        """How the first tiers end there, as far as their bases hold so far: these need no solve."""
        way = -1 if by < 0 else 1
        turn = self.start(way)
        reading, found = self.reading(way, turn), dict[str, Ended]()
        if reading is None or not reading.moved.sides_only or model.matrix.shape != self.base.model.matrix.shape:
            return found
        for tier in self.base.model.objectives:
            room = reading.room(tier)
            reach = 0.0 if room is None else room.down if way < 0 else room.up
            if reach < abs(by) or self.straight(way, turn, abs(by)) < abs(by):
                break
            face = self.base.faces[tier]
            bound = np.nan  # nobody asks for it of a tier that is linear
            run = Run(Ending.OPTIMAL, reading.point(tier, by), face.run.reduced, face.run.duals, bound, 0.0)
            found[tier] = run, face.basis
        return found

    def forget(self) -> None:
        """Lets go of what was solved, which is large."""
        self._tiers.clear()
        self._past.clear()

    def difference(self, way: int, turn: int, tier: str) -> float | None:
        """By how much the tier's own value differs there, None where there is none; what may be noise is 0."""
        return self._gap(tier, self._solved(way * self.distance(turn)))

    def step(self, tier: str) -> float | None:
        """What a whole step up does to the tier, solved again."""
        return self._gap(tier, self._solved(self.parameter.step))

    def _gap(self, tier: str, there: Tiers | None) -> float | None:
        if there is None or tier not in there.values:
            return None
        gap = there.values[tier] - self.base.values[tier]
        return 0.0 if abs(gap) <= REPEATED_SOLVE * self.base.model.objectives[tier].scale else gap
