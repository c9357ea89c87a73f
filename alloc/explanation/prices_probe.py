"""A parameter moved one way: the model there, how far that is a straight line, and the tiers solved there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.explanation.parameters import Parameter, set_to
from alloc.explanation.prices_change import Change, change
from alloc.explanation.prices_tiers import Tiers, model_of, solved
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.solver.runs import Clock

NEAR = 1e-4  # of a parameter's value: how far it is moved to look past a corner
SHRINK = 10.0  # where a corner is nearer than that
NOISE = 3e-9  # of a tier's natural size: two solves may differ by so much
STRAIGHT = ("limits", "overrides")  # tables whose amounts stand in the model as they are
BENDS = 3  # times that the distance is made shorter where the data bend within it
NARROW = 3.0  # a bend is looked for until it is known to lie between two distances with this ratio

Moved = tuple[float, LinearModel, Change | None]  # how far it is moved, the model there, and the change


@dataclass
class Probe:
    """A parameter moved one way, solved again only where somebody asks.

    Attributes:
        instance, parameter: what is moved.
        base: the tiers where it stands.
        way: −1 down, 1 up.
        clock: shared by all solves.
        last: the last tier that is solved; None: all.
    """

    instance: Instance
    parameter: Parameter
    base: Tiers
    way: int
    clock: Clock
    last: str | None = None
    _changes: dict[int, Moved | None] = field(default_factory=dict)
    _tiers: dict[float, Tiers] = field(default_factory=dict)
    _start: int | None = None
    _known: dict[int, tuple[float, float]] = field(default_factory=dict)

    @property
    def scale(self) -> float:
        """Size of the parameter."""
        return max(abs(self.parameter.value), abs(self.parameter.step))

    def distance(self, turn: int) -> float:
        """How far it is moved at the `turn`-th try."""
        return NEAR * self.scale / SHRINK**turn

    def model(self, distance: float) -> LinearModel | None:
        """The model so far away; None: the parameter cannot go there."""
        value = self.parameter.value + self.way * distance
        if not self.parameter.least <= value <= self.parameter.most:
            return None
        try:
            return model_of(set_to(self.instance, self.parameter, value))
        except InputError:
            return None

    def change(self, turn: int) -> Moved | None:
        """What the `turn`-th try changes; None: the parameter cannot go there."""
        if turn not in self._changes:
            distance = self.distance(turn)
            model, by = self.model(distance), self.way * distance
            self._changes[turn] = None if model is None else (by, model, change(self.base.model, model, by))
        return self._changes[turn]

    @property
    def start(self) -> int:
        """The first try within which the data do not bend (a corridor that meets a floor, say)."""
        if self._start is None:
            self._start = 0
            while self._start < BENDS and not self._settled(self._start):
                self._start += 1
        return self._start

    def _settled(self, turn: int) -> bool:
        found = self.change(turn)
        if found is None or found[2] is None or not found[2].sides_only or self.parameter.kind in STRAIGHT:
            return True
        half = self.model(self.distance(turn) / 2)
        return half is None or found[2].follows(half, self.way * self.distance(turn) / 2)

    def straight(self, turn: int, reach: float) -> float:
        """How much of a reach the change of the `turn`-th try surely holds, for the data bend too.

        A total that grows brings one corridor after the other to its floor or cap. Where nothing bounds the reach, it
        is looked at up to twice the parameter.
        """
        found = self.change(turn)
        if found is None or found[2] is None or self.parameter.kind in STRAIGHT:
            return reach
        least, most = self.parameter.least, self.parameter.most
        ends = (self.parameter.value - least) if self.way < 0 else (most - self.parameter.value)
        far = min(reach, ends, self.scale)
        good, bad = self._known.get(turn, (self.distance(turn), np.inf))
        if far > good and bad == np.inf:
            good, bad = (far, bad) if self._follows(found[2], far) else (good, far)
        while NARROW * good < bad <= far:
            middle = float(np.sqrt(good * bad))
            if self._follows(found[2], middle):
                good = middle
            else:
                bad = middle
        self._known[turn] = good, bad
        return min(far, good)

    def _follows(self, moved: Change, distance: float) -> bool:
        model = self.model(distance)
        return model is not None and moved.follows(model, self.way * distance)

    def moved(self, turn: int) -> Tiers:
        """The tiers at the `turn`-th try."""
        found = self._solved(self.distance(turn))
        assert found is not None
        return found

    def _solved(self, distance: float) -> Tiers | None:
        if distance not in self._tiers:
            base, near = self.base, [each for each in self._changes.values() if each and abs(each[0]) == distance]
            model = near[0][1] if near else self.model(distance)
            if model is None:
                return None
            self._tiers[distance] = solved(model, base.given_up, base.fixed, base.memory, self.clock, self.last)
        return self._tiers[distance]

    def difference(self, turn: int, tier: str) -> float | None:
        """By how much the tier's own value differs there, None where there is none; what may be noise is 0."""
        return self._gap(tier, self._solved(self.distance(turn)))

    def step(self, tier: str, price: float | None, reach: float | None) -> float | None:
        """What a whole step does to the tier: by the price as far as that holds, else solved again."""
        if price is not None and reach is not None and reach >= self.parameter.step:
            return self.way * self.parameter.step * price
        return self._gap(tier, self._solved(self.parameter.step))

    def _gap(self, tier: str, there: Tiers | None) -> float | None:
        if there is None or tier not in there.values:
            return None
        gap = there.values[tier] - self.base.values[tier]
        return 0.0 if abs(gap) <= NOISE * self.base.model.objectives[tier].natural else gap
