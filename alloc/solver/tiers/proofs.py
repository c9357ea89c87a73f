"""For every tier one linear program whose duals prove what no plan can better, earlier tiers held by rows.

The statement is "with the earlier tiers no worse than here, no plan has more than …": every earlier tier is held by a
row at the value of the result, so that a bound says nothing of what was given away before. Facilities count in parts;
a plan with whole ones is one of those that the program considers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, MaxMinObjective, Objective
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import Bounds, scaled
from alloc.solver.model.runs import Clock, Ending, Run
from alloc.solver.model.status import Progress, Report
from alloc.tolerances import LAST_DIGITS, ROUNDOFF, SHARP

STAGE = "bounds"
BY_LARGEST = 4  # of HiGHS's scalings: halves the time of tiers behind those of whole facilities, not of these


@dataclass(frozen=True, eq=False)
class Proof:
    """The linear program of one tier, and how it ended.

    Attributes:
        tier: its name.
        costs: what is minimised, in units of the matrix: the tier (its tangent, if it is quadratic) times `factor`.
        factor: what brings the costs to their size.
        run: the optimum, with the duals of all rows, those that hold earlier tiers behind the model's own.
        bounds: the program, all its rows.
        held: the tier that each further row holds -> the factor of the row.
    """

    tier: str
    costs: np.ndarray
    factor: float
    run: Run
    bounds: Bounds
    held: Mapping[str, float]

    @property
    def least(self) -> float:
        """What the costs cannot go below, by weak duality and not by the solver's word."""
        assert self.run.point is not None
        below = min(self.bounds.below_by_duals(self.costs, self.run.point, self.run.duals), 0.0)
        return min(float((self.costs * self.run.point).sum()) + below, self.run.bound)


def proofs(
    model: LinearModel,
    values: Mapping[str, float],
    point: np.ndarray,
    clock: Clock,
    report: Report,
    skipped: Collection[str] = (),
    sharp: bool = False,
) -> Iterator[Proof]:
    """The programs one after another; only those that came to an optimum.

    Args:
        model: facilities count in parts here.
        values: of the result's tiers, in their own units; ends where a tier has none.
        point: the result's, in units of the matrix: a quadratic tier is asked and held by its tangent there, and of
            lexicographic max-min every row is held where it is there.
        skipped: tiers that are held and not asked.
        sharp: whether a violation of `SHARP` counts, and tiers are held to the last digits of their values. Where an
            earlier tier is dear in a later one, what HiGHS takes for nothing is worth something there.
    """
    slack = LAST_DIGITS if sharp else ROUNDOFF
    session, bounds = Session(model, clock), Bounds(model)
    held: dict[str, float] = {}
    for name, objective in model.objectives.items():
        if name not in values or clock.interrupted or clock.left <= 0:
            return
        slope = tangent(objective, point)
        costs, factor = scaled(slope)
        if name not in skipped:
            report(Progress(STAGE, name, clock.spent, values[name], scale=objective.scale))
            session.costs(costs)
            before = not isinstance(objective, LinearObjective) or objective.integer
            run = session.solve_on_optimal_face(name, bounds) if before else _by_largest(session, name, bounds)
            if sharp and run.ending is Ending.OPTIMAL:
                again = session.run(primal_feasibility_tolerance=SHARP, dual_feasibility_tolerance=SHARP)
                run = again if again.ending is Ending.OPTIMAL else run
            if run.ending is Ending.OPTIMAL and run.point is not None:
                yield Proof(name, costs, factor, run, bounds, dict(held))
        if isinstance(objective, MaxMinObjective):
            _hold_rows(session, bounds, objective, point, slack)
            continue
        held[name] = factor
        if isinstance(objective, LinearObjective):
            sign = -1.0 if objective.maximise else 1.0
            most = (sign * values[name] - objective.constant + slack * objective.scale) * factor
        else:  # a convex function lies above its tangent, so whoever is as close satisfies the tangent's row
            most = float(costs @ point) + slack * factor
        bounds.limit(session, costs, most)


def tangent(objective: Objective, point: np.ndarray) -> np.ndarray:
    """What a tier's turned value grows by with each column, in units of the matrix; of a quadratic one at a point."""
    if isinstance(objective, LinearObjective):
        return objective.costs
    if isinstance(objective, ClosenessObjective):
        return objective.slope(point)
    slope = np.zeros(point.size)
    slope[objective.level] = -1.0
    return slope


def _hold_rows(session: Session, bounds: Bounds, objective: MaxMinObjective, point: np.ndarray, slack: float) -> None:
    """Every row of lexicographic max-min goes on without the level, no worse than at the point."""
    rows = objective.rows
    decided = np.where(np.arange(point.size) == objective.level, 0.0, point)
    reached = bounds.matrix[rows] @ decided
    bounds.take_out(session, rows, objective.level, 0.0)
    bounds.row_lower[rows] = np.where(np.isfinite(bounds.row_lower[rows]), reached - slack, -np.inf)
    bounds.row_upper[rows] = np.where(np.isfinite(bounds.row_upper[rows]), reached + slack, np.inf)
    session.bound_rows(rows, bounds.row_lower[rows], bounds.row_upper[rows])


def _by_largest(session: Session, name: str, bounds: Bounds) -> Run:
    run = session.run(cold=True, simplex_scale_strategy=BY_LARGEST)
    return session.solve_on_optimal_face(name, bounds) if run.ending is Ending.FAILED else run
