"""Which tier fixes a number: the allocation is pushed up and down a little, and the first tier that loses is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.explanation.answer import Report
from alloc.explanation.holds import Holds, holds
from alloc.explanation.reasons_sums import nice_step
from alloc.instance.derived import Derived, derive
from alloc.result.result import Result
from alloc.solver.conflict import families_in_conflict
from alloc.solver.highs import Session
from alloc.solver.runs import Clock, Ending, Memory
from alloc.solver.solution import compiled
from alloc.solver.tiers import TiersRun, solve_tiers

LOSS = 1e-10  # of a tier's natural size: a smaller loss is noise of the solver
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
    """

    side: Side
    step: float
    outcome: Literal["bound", "rules", "tier", "nothing", "stopped"]
    tier: str = ""
    loss: float = 0.0
    families: tuple[str, ...] = ()


class Base:
    """A result's own model, with its facilities where these are whole, and the tiers as they stand there.

    What a tier may give up is counted from what it reached in the result, so that a push has no more room than the
    published allocation had.
    """

    def __init__(self, result: Result, report: Report) -> None:
        self.result = result
        self._report = report
        self.derived: Derived = derive(result.instance)
        self.model: LinearModel = compiled(self.derived, result.instance)
        self.holds: Holds = holds(result, self.derived, self.model)
        settings = result.instance.settings
        self._tolerances: dict[str, float] = {
            each.tier: each.tolerance for each in settings.objective if each.tolerance is not None
        }
        tiers = result.manifest["tiers"]
        self._floors = {each["tier"]: each["optimum"] for each in tiers if each["optimum"] is not None}
        self._fixed = self._facilities() if settings.integers else None
        self._memory = Memory()
        self._base: TiersRun | None = None

    @property
    def whole(self) -> bool:
        """Whether facilities are whole in the result, and held as they are there."""
        return self._fixed is not None

    def _facilities(self) -> tuple[np.ndarray, np.ndarray]:
        block = self.model.columns["build"]
        table = self.result.tables["services"].sort_values(["city", "service"])
        return np.arange(block.start, block.stop), table["build"].to_numpy(dtype=float)

    def _tiers(self, lower: Mapping[int, float], upper: Mapping[int, float], memory: Memory) -> TiersRun:
        model = self.model
        least, most = model.lower.copy(), model.upper.copy()
        for bound, values in ((least, lower), (most, upper)):
            for column, value in values.items():
                bound[column] = value
        moved = replace(model, lower=least, upper=most)
        clock = Clock(self.result.instance.settings.time_limit)
        with clock.interruptible():
            session = Session(moved, clock, memory=memory)
            return solve_tiers(moved, session, self._tolerances, self._report, "all tiers", self._floors, self._fixed)

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
        if room < min(quantum, 1e-6 * max(1.0, value)):
            return Push(side, 0.0, "bound")
        formula = float(np.nan_to_num(self.derived.benchmark[row, column]))
        step = min(nice_step(max(value, formula), quantum) if step is None else step, room)
        if self._base is None:
            self._base = self._tiers({}, {}, self._memory)
        block = self.model.columns["allocation"]
        place = block.start + row * block.shape[1] + column
        wanted = (value + step if side == "up" else value - step) / self.model.column_scale[place]
        run = self._tiers(
            {place: wanted} if side == "up" else {}, {place: wanted} if side == "down" else {}, self._memory.copy()
        )
        return self._compared(side, step, run, {place: wanted})

    def _compared(self, side: Side, step: float, run: TiersRun, wanted: Mapping[int, float]) -> Push:
        assert self._base is not None
        reached = {each.tier: each for each in self._base.tiers}
        for pushed in run.tiers:
            before = reached.get(pushed.tier)
            if pushed.ending is Ending.INFEASIBLE:
                return Push(side, step, "rules", families=self._clash(side, wanted))
            if before is None or before.optimum is None or pushed.optimum is None:
                return Push(side, step, "stopped")
            objective = self.model.objectives[pushed.tier]
            loss = (before.optimum - pushed.optimum) * (1.0 if objective.maximise else -1.0)
            if isinstance(objective, LinearObjective):
                loss -= self._tolerances.get(pushed.tier, 0.0)
            if loss > LOSS * objective.natural:
                return Push(side, step, "tier", pushed.tier, loss)
        return Push(side, step, "nothing" if len(run.tiers) == len(self.model.objectives) else "stopped")

    def _clash(self, side: Side, wanted: Mapping[int, float]) -> tuple[str, ...]:
        lower, upper = self.model.lower.copy(), self.model.upper.copy()
        for column, value in wanted.items():
            (lower if side == "up" else upper)[column] = value
        if self._fixed is not None:
            columns, values = self._fixed
            lower[columns] = upper[columns] = values
        limit = self.result.instance.settings.time_limit
        return tuple(families_in_conflict(replace(self.model, lower=lower, upper=upper), False, Clock(limit)))
