"""Whether a run of before an edit is still the optimum: no solver, two products with the matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Run
from alloc.tolerances import FEASIBILITY, SUMMATION


def still_optimal(run: Run, costs: np.ndarray, bounds: Bounds) -> Run | None:
    """The run for the model as it is now, where its point and its duals prove each other optimal here too.

    The point keeps to every row and bound; a column that costs more than its rows pay for stands at its lower bound,
    one that costs less at its upper; a row with a price stands at the side that the price belongs to.

    Args:
        run: an optimal linear run, for the columns and rows that are there now.
        costs: of the columns now.
        bounds: the model as it stands now.
    """
    point, duals = run.point, run.duals
    if point is None:
        return None
    reduced = costs - bounds.matrix.T @ duals
    size = np.abs(costs) + bounds.sizes.T @ np.abs(duals)
    same = np.abs(reduced - run.reduced) <= SUMMATION * size
    reduced = np.where(
        same, run.reduced, reduced
    )  # a price of nothing is exactly nothing there, and decides what is held
    columns = _pressed(point, reduced, bounds.lower, bounds.upper)
    if not (columns and _pressed(bounds.matrix @ point, duals, bounds.row_lower, bounds.row_upper)):
        return None
    return replace(run, reduced=reduced, bound=float((costs * point).sum()), seconds=0.0)


def _pressed(at: np.ndarray, price: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> bool:
    """Whether all lie between their sides, and with a price at the side that it presses to."""
    least = np.where(price < -FEASIBILITY, upper, lower)
    most = np.where(price > FEASIBILITY, lower, upper)
    return bool(np.all((at >= least - FEASIBILITY) & (at <= most + FEASIBILITY)))
