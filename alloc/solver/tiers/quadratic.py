"""A separable quadratic over the held model, by Clarabel's interior-point method."""

from __future__ import annotations

import clarabel
import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import ClosenessObjective
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Least


def least_squares(objective: ClosenessObjective, bounds: Bounds, tolerance: float, seconds: float) -> Least | None:
    """The point of the held model with the least Σ weight·(x − centre)², and which bounds and rows seem to hold it.

    Returns:
        The point, or None where the method did not reach its tolerance in the time.
    """
    duals = np.zeros(bounds.row_lower.size)
    column_side, row_side = np.zeros(bounds.lower.size, dtype=np.int8), np.zeros(duals.size, dtype=np.int8)
    weight, centre = np.zeros(bounds.lower.size), np.zeros(bounds.lower.size)
    factor = objective.factor
    weight[objective.columns], centre[objective.columns] = objective.weight, objective.centre
    free = bounds.upper > bounds.lower
    point = np.where(free, 0.0, bounds.lower)
    if not free.any():
        return Least(point, duals, column_side, row_side)
    held = bounds.matrix @ point
    matrix = bounds.matrix[:, np.flatnonzero(free)]
    lower, upper = bounds.row_lower - held, bounds.row_upper - held
    used = np.diff(matrix.indptr) > 0
    equal = used & (lower == upper)
    below, above = used & ~equal & np.isfinite(upper), used & ~equal & np.isfinite(lower)
    column_lower, column_upper = bounds.lower[free], bounds.upper[free]
    one = sp.eye_array(int(free.sum()), format="csr")
    has_lower, has_upper = np.isfinite(column_lower), np.isfinite(column_upper)
    rows = sp.vstack([matrix[equal], matrix[below], -matrix[above], one[has_upper], -one[has_lower]], format="csc")
    sides = np.concatenate(
        [upper[equal], upper[below], -lower[above], column_upper[has_upper], -column_lower[has_lower]]
    )
    equalities = int(equal.sum())
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.time_limit = max(seconds, 0.01)
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
    solution = clarabel.DefaultSolver(
        sp.csc_matrix(sp.diags_array(2 * factor * weight[free])),
        -2 * factor * weight[free] * centre[free],
        sp.csc_matrix(rows),
        sides,
        [clarabel.ZeroConeT(equalities), clarabel.NonnegativeConeT(sides.size - equalities)],
        settings,
    ).solve()
    if solution.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
        return None
    point[free] = np.clip(solution.x, column_lower, column_upper)  # by what the tolerance leaves
    prices, rooms = np.asarray(solution.z), np.asarray(solution.s)
    ends = np.cumsum([equalities, below.sum(), above.sum(), has_upper.sum()])
    duals[equal] = prices[: ends[0]] / factor
    duals[below] = prices[ends[0] : ends[1]] / factor
    duals[above] -= prices[ends[1] : ends[2]] / factor
    # Price times room is nearly nothing for each: what holds has the larger price.
    _, over, under, at_upper, at_lower = np.split(prices > rooms, ends)
    row_side[np.flatnonzero(below)[over]] = 1
    row_side[np.flatnonzero(above)[under]] = -1
    columns = np.flatnonzero(free)
    column_side[columns[has_upper][at_upper]] = 1
    column_side[columns[has_lower][at_lower]] = -1
    return Least(point, duals, column_side, row_side)
