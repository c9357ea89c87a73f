"""Which tier fixes a number: the allocation is pushed up and down a little, and the first tier that loses is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel
from alloc.explanation.city.holds import Holds, holds
from alloc.explanation.sensitivity.tiers import facilities, held_near
from alloc.explanation.shared.answer import Report, Step
from alloc.explanation.shared.sums import nice_step
from alloc.instance.derived.derived import Derived
from alloc.result.frames.bounds import derived_of
from alloc.result.result import Result
from alloc.solver.conflict import families_in_conflict
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending, WarmStartCache
from alloc.solver.model.status import Progress
from alloc.solver.solution import compiled
from alloc.solver.tiers.lexicographic import TiersRun, solve_tiers
from alloc.tolerances import AT_BOUND, LEAST_LOSS

Side = Literal["up", "down"]


@dataclass(frozen=True)
class Push:
    """What stands against one push.

    Attributes:
        side: up or down.
        step: how far, in the unit of the pool; 0 where a bound leaves no room at all.
        outcome: ``bound`` (its own bound), ``rules`` (no allocation satisfies them any more), ``tier`` (one loses),
            ``nothing`` (no tier loses more than the solver's noise), ``stopped`` (not worked out in the time).
        tier: that loses first.
        loss: what it loses, in its own unit, > 0.
        families: that clash, where the outcome is ``rules``.
        nearer: whether the tier is a distance from the formula to which this number itself would come nearer, so that
            others have to leave it by more.
    """

    side: Side
    step: float
    outcome: Literal["bound", "rules", "tier", "nothing", "stopped"]
    tier: str = ""
    loss: float = 0.0
    families: tuple[str, ...] = ()
    nearer: bool = False


class _Objection(Exception):
    """A tier loses."""

    def __init__(self, tier: str, loss: float) -> None:
        self.tier, self.loss = tier, loss
        super().__init__(tier)


class Base:
    """A result's own model, with its facilities where these are whole, and the tiers as they stand there.

    A push leaves every tier where the result holds it: what a tolerance lets it give up is counted once, from what it
    reached there, and not once more from what it still reaches behind the push.
    """

    def __init__(self, result: Result, report: Report) -> None:
        self.result = result
        self._report = report
        self.derived: Derived = derived_of(result)
        self.plain: LinearModel = compiled(self.derived, result.instance)
        self.holds: Holds = holds(result, self.derived, self.plain)
        # Closeness is strict where every pool has a formula: whatever moves, it is worse, so that no tier behind it is
        # ever the first to lose.
        self.model: LinearModel = held_near(result, self.plain).up_to_determined()
        settings = result.instance.settings
        self._tolerances: dict[str, float] = {
            each.tier: each.tolerance for each in settings.objective if each.tolerance is not None
        }
        self._floors: Mapping[str, float] = result.manifest["floors"]
        self._fixed = facilities(result, self.derived, self.model) if settings.integers else None
        self._memory = WarmStartCache()
        self._base: TiersRun | None = None

    @property
    def whole(self) -> bool:
        """Whether facilities are whole in the result, and held as they are there."""
        return self._fixed is not None

    def _tiers(
        self, lower: Mapping[int, float], upper: Mapping[int, float], memory: WarmStartCache, report: Report
    ) -> TiersRun:
        model = self.model
        least, most = model.lower.copy(), model.upper.copy()
        for bound, values in ((least, lower), (most, upper)):
            for column, value in values.items():
                bound[column] = value
        moved = replace(model, lower=least, upper=most)
        clock = Clock(self.result.instance.settings.time_limit)
        with clock.interruptible():
            session = Session(moved, clock, memory=memory)
            return solve_tiers(moved, session, self._tolerances, report, "tiers", self._floors, self._fixed)

    def push(self, city: str, pool: str, side: Side, step: float | None = None) -> Push:
        """Pushes one allocation and says what stands against it.

        Args:
            city, pool: codes.
            side: which way.
            step: how far; None: a round number near a hundredth of it.
        """
        row, column = self.holds.at(city, pool)
        value = float(self.holds.value[row, column])
        quantum = float(self.derived.quantum[column])
        room = float(self.holds.upper[row, column]) - value if side == "up" else value - self.holds.lower[row, column]
        if room < min(quantum, AT_BOUND * max(1.0, value)):
            return Push(side, 0.0, "bound")
        formula = float(np.nan_to_num(self.derived.benchmark[row, column]))
        step = min(nice_step(max(value, formula), quantum) if step is None else step, room)
        if self._base is None:
            self._base = self._tiers({}, {}, self._memory, self._report)
            self._floors = self._held(self._base)
        block = self.model.grants
        place = block.start + row * block.shape[1] + column
        wanted = (value + step if side == "up" else value - step) / self.model.column_scale[place]
        bounds = {place: wanted}
        try:
            run = self._tiers(
                bounds if side == "up" else {}, bounds if side == "down" else {}, self._memory.copy(), self._watched
            )
        except _Objection as objection:
            nearer = self._nearer(objection.tier, place, value / self.model.column_scale[place], wanted)
            return Push(side, step, "tier", objection.tier, objection.loss, nearer=nearer)
        if run.ending is Ending.INFEASIBLE:
            return Push(side, step, "rules", families=self._clash(side, bounds))
        whole = all(each.ending is Ending.OPTIMAL for each in (*run.tiers, *self._base.tiers))
        return Push(side, step, "nothing" if whole else "stopped")

    def _watched(self, progress: Step | Progress) -> None:
        """Ends a push at the first tier that loses: what later ones do does not matter then."""
        self._report(progress)
        if isinstance(progress, Progress) and progress.best is not None and progress.bound is not None:
            loss = self._loss(progress.tier, progress.best)
            if loss > LEAST_LOSS * self.model.objectives[progress.tier].scale:
                raise _Objection(progress.tier, loss)

    def _loss(self, tier: str, optimum: float) -> float:
        """What a tier falls short of where the result holds it; below 0 where it has room."""
        assert self._base is not None
        before = next((each.optimum for each in self._base.tiers if each.tier == tier), None)
        if before is None:
            return 0.0
        sign = -1.0 if self.model.objectives[tier].maximise else 1.0
        return sign * (optimum - self._floors.get(tier, before)) - self._tolerances.get(tier, 0.0)

    def _held(self, base: TiersRun) -> dict[str, float]:
        """Tier with a tolerance -> the value from which that is counted.

        With whole facilities a tier may have reached less than the relaxation's optimum leaves it: there it is held.
        """
        found = {}
        for each in base.tiers:
            if each.tier in self._tolerances and each.optimum is not None:
                sign = -1.0 if self.model.objectives[each.tier].maximise else 1.0
                reached = sign * each.optimum - self._tolerances[each.tier]
                found[each.tier] = sign * max(sign * self._floors.get(each.tier, each.optimum), reached)
        return found

    def _nearer(self, tier: str, place: int, value: float, moved: float) -> bool:
        """Whether a tier is a distance from centres, and the column at a place of the matrix comes nearer to its."""
        objective = self.model.objectives[tier]
        if not isinstance(objective, ClosenessObjective) or place not in objective.columns:
            return False
        centre = float(objective.centre[objective.columns == place][0])
        return bool(abs(moved - centre) < abs(value - centre))

    def _clash(self, side: Side, wanted: Mapping[int, float]) -> tuple[str, ...]:
        lower, upper = self.model.lower.copy(), self.model.upper.copy()
        for column, value in wanted.items():
            (lower if side == "up" else upper)[column] = value
        if self._fixed is not None:
            columns, values = self._fixed
            lower[columns] = upper[columns] = values
        limit = self.result.instance.settings.time_limit
        return tuple(families_in_conflict(replace(self.model, lower=lower, upper=upper), False, Clock(limit)))
