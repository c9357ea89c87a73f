"""A session of the solver: a model held by HiGHS, whose runs start where those of an earlier solve ended."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel
from alloc.solver.model.carried import carried_basis, carried_least, carried_rows, carried_run, still_optimal
from alloc.solver.model.handed import MANY_ROWS, HandedModel
from alloc.solver.model.hold import Bounds
from alloc.solver.model.priced import start_at_prices
from alloc.solver.model.runs import ActiveSetRecord, Clock, Ending, Least, Run, StepRecord, WarmStartCache
from alloc.tolerances import FEASIBILITY

# What a warm start is given, since an iteration without presolve takes 2 (12,000 rows) to 10 times (107,000) as long.
FEW_ITERATIONS = 300
WARM_SHARE = 0.01  # of the iterations that the step took cold
VAIN = 2  # so many starts from an old basis in vain, one after the other, and the edit is taken for a large one
STRANDED = (Ending.INFEASIBLE, Ending.FAILED)


class Session(HandedModel):
    """A model held by HiGHS, and what an earlier solve of nearly the same one left.

    Args:
        model, clock, whole, order: as of `HandedModel`.
        memory: of an earlier solve; each step starts where it ended there, and leaves where it ends here.
    """

    def __init__(
        self,
        model: LinearModel,
        clock: Clock,
        whole: bool = False,
        order: tuple[np.ndarray, np.ndarray] | None = None,
        memory: WarmStartCache | None = None,
    ) -> None:
        self._memory, self._vain = memory, 0
        self._start: tuple[Any, np.ndarray | None] | None = None  # a basis that is not set yet, and its rows' places
        self._families, self._scales = model.rows, (model.column_scale, model.row_scale)
        self._held = hashlib.blake2b(digest_size=16)
        self._cities = model.cities if model.matrix.shape[0] >= MANY_ROWS and not whole else None
        super().__init__(model, clock, whole, order)

    def solve_on_optimal_face(self, step: str, bounds: Bounds, point: np.ndarray | None = None) -> Run:
        """Solves what is held: a tier on the face of those before it.

        Where an earlier solve has been here (`step` names the place), nothing is run if all that it held was the same,
        or if what it found is the optimum of what is held now too; else it starts from the basis in which that one
        ended, for as long as this is likely to be quicker. Else cold, for presolve is worth much on a face, or
        (of a large model) from prices of its wide rows.

        Args:
            step: the place.
            bounds: all that is held, as it stands.
            point: one that satisfies it, if one is known.
        """
        before = self._start or (self._highs.getBasis(), None)
        run = self._as_before(step, bounds)
        if run is not None:
            return run
        run = self.run(cold=not self._at_prices(bounds, point))
        if run.ending in STRANDED:
            run = self.freed(bounds, point, before)
        self._remember(step, run, self._highs.getInfo().simplex_iteration_count)
        return run

    def _at_prices(self, bounds: Bounds, point: np.ndarray | None) -> bool:
        """Whether prices of wide rows have given a start; what is held is afterwards what was held before."""
        if self._cities is None or point is None:
            return False
        held, self._start = self._held.copy(), None
        found = start_at_prices(self, self._costs[0], bounds, point, self._cities)
        self._held = held
        return found

    def freed(
        self, bounds: Bounds, point: np.ndarray | None, before: tuple[Any, np.ndarray | None] | None = None
    ) -> Run:
        """Once more, where HiGHS calls a face empty or gives it up.

        On a face some equations hold only to the last digits, and what HiGHS makes of them can contradict each other
        by more than it allows. With a hair around a known point nothing can. From the basis that this gives the face
        itself mostly comes out; where it does not, the point beside the hair is as good as any that HiGHS calls
        feasible. Without a known point it goes on from the basis `before`, without presolve.
        """
        if point is not None:
            with bounds.eased(self, point, FEASIBILITY):
                eased = self.run(cold=True)
                if eased.ending in STRANDED:
                    eased = self.run(cold=True, presolve="off")
            if eased.ending not in STRANDED:
                exact = self.run() if eased.ending is Ending.OPTIMAL else eased
                return eased if exact.ending in STRANDED else exact
        if before is not None and before[0].valid:
            self._start = before
        run = self.run(presolve="off")
        # A face with a point in it is not empty: HiGHS could not be brought to it.
        empty = run.ending is Ending.INFEASIBLE and point is not None
        return replace(run, ending=Ending.FAILED) if empty else run

    def run(self, time_limit: float | None = None, cold: bool = False, **options: float | str) -> Run:
        """As of `HandedModel`; where it is not cold, it starts from the basis."""
        if cold:
            self._start = None
        else:
            self.basis()
        return super().run(time_limit, cold, **options)

    def add_row(self, lower: float, upper: float, coefficients: np.ndarray) -> None:
        """As of `HandedModel`; a basis that is not set yet is set before, for it knows nothing of the row."""
        if self._start is not None:
            self.basis()
        super().add_row(lower, upper, coefficients)

    def basis(self) -> Any:
        """HiGHS's own of the last step: where it ended, or ended in an earlier solve if nothing had to be run."""
        if self._start is not None:
            basis, places = self._start
            start = basis if places is None else carried_basis(basis, places)
            self._checked(self._highs.setBasis(start), "setBasis")
            self._start = None
        return self._highs.getBasis()

    def _as_before(self, step: str, bounds: Bounds) -> Run | None:
        if self._memory is None:
            return None
        ended, starts = self._memory.steps.get(step), self._memory.starts
        if ended is None:
            starts[step] = "cold: never solved before"
            return None
        rows = self._highs.getNumRow()
        places = carried_rows(ended.rows, ended.families, self._families, rows)
        if ended.columns != self._highs.getNumCol() or places is None:
            starts[step] = "cold: the edit adds or takes away columns"
            return None
        same_rows = ended.rows == rows
        self._start = ended.basis, None if same_rows else places
        if ended.run is not None and ended.held == self._held.digest():
            starts[step] = "same"
            return ended.run
        run = None if ended.run is None else still_optimal(carried_run(ended.run, places), self._costs[0], bounds)
        if run is not None:
            starts[step] = "still optimal"
            if same_rows:  # else what is remembered stays as it is, for the rows that it has
                held = self._held.digest()
                self._memory.steps[step] = replace(ended, families=self._families, held=held, run=run)
            return run
        if self._vain == VAIN:
            starts[step] = "cold: the steps before were not done from their old bases"
            return None
        limit = FEW_ITERATIONS + int(WARM_SHARE * ended.iterations)
        run = self.run(simplex_iteration_limit=limit)
        done = run.ending is Ending.OPTIMAL
        self._vain = 0 if done else self._vain + 1
        starts[step] = "warm" if done else f"cold: from the old basis not done in {limit} iterations"
        self._remember(step, run, ended.iterations)
        return run if done else None

    def _remember(self, step: str, run: Run, iterations: int) -> None:
        if self._memory is not None and run.ending is Ending.OPTIMAL:
            size = self._highs.getNumCol(), self._highs.getNumRow()
            self._memory.steps[step] = StepRecord(
                self.basis(), *size, iterations, self._families, self._held.digest(), run
            )

    def held_before(self, objective: ClosenessObjective) -> tuple[Least | None, bool]:
        """What held the closeness tier's point in an earlier solve, for the rows that are there now.

        Returns:
            It (None: nothing is known), and whether all that HiGHS held and the tier itself were the same then.
        """
        self._note(objective.columns, objective.centre, objective.weight)
        if self._memory is None or self._memory.held is None:
            return None, False
        before = self._memory.held
        if before.held == self._held.digest():
            return before.least, True
        return carried_least(before, self._families, self._scales, self._row_place.size), False

    def remember_held(self, least: Least) -> None:
        """For `held_before` of a later solve; called before anything else that HiGHS holds is changed."""
        if self._memory is not None:
            self._memory.held = ActiveSetRecord(least, self._families, self._scales, self._held.digest())

    def _note(self, *arrays: np.ndarray) -> None:
        """What is held has changed. (The same changes to the same model give the same digest.)"""
        if self._memory is not None:
            for array in arrays:
                self._held.update(np.ascontiguousarray(array).data)
