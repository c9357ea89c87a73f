"""A separable quadratic solved exactly from a guess of which bounds and rows hold it.

With these as equations the optimum solves one sparse symmetric system. Where its solution breaks a bound or a row that
was left out, or one that was taken presses the wrong way, the guess is mended and the system solved again (a
primal-dual active set). From the guess of an interior point one system or two do; from that of the same model before a
small edit, one to five.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from alloc.compiler.linear_model import ClosenessObjective
from alloc.solver.hold import Bounds

SCALE = 1e3  # of the objective, here and in the interior point: its curvature is small in units of the matrix
ROUNDS = 8
HANDFUL = 25  # so few faults may be as many as in the round before
FEW, FAR = 50, 0.02  # of all, and of the columns that are free: a guess that is wrong in more is not worth mending
REFINEMENTS = 20
NEAR = 1e-9  # in units of the matrix: less is not broken. Of a total of 20,000 a share of 1e-9 would show in its price
STILL = 1e-9  # of a column's unit: the most that a price of the wrong sign may mean
DAMPED = 1e-6  # curvature added to every column; refinement takes it out again, and flat columns stay near the guess
SOFT = 1e-8  # give of the rows, so that rows that depend on each other leave a system that can be solved


@dataclass(frozen=True, eq=False)
class Least:
    """The least point, what proves it, and what holds it.

    Attributes:
        point: all columns of the matrix.
        duals: of every row: what a unit less on its upper side costs; negative where the lower side holds it.
        columns, rows: which side holds each: −1 the lower, 1 the upper, 0 neither. Equations and fixed columns count as
            held by neither.
    """

    point: np.ndarray
    duals: np.ndarray
    columns: np.ndarray
    rows: np.ndarray


def exact_least(objective: ClosenessObjective, bounds: Bounds, guess: Least) -> Least | None:
    """The point of the held model with the least Σ weight·(x − centre)², from a guess of what holds it.

    Returns:
        The point to the last digits: no bound and no row is broken, and every price has its sign. None where the guess
        does not lead there in a few rounds, each with fewer faults than the one before (of a handful: not with more).
    """
    size = bounds.lower.size
    free = bounds.upper > bounds.lower
    used = np.diff(bounds.matrix[:, np.flatnonzero(free)].indptr) > 0
    equal = used & (bounds.row_lower == bounds.row_upper)
    curve, pull = np.zeros(size), np.zeros(size)
    curve[objective.columns] = 2 * SCALE * objective.weight
    pull[objective.columns] = curve[objective.columns] * objective.centre
    noise = STILL * SCALE * float(np.min(objective.weight * objective.unit, initial=1.0))
    # Columns and rows in one list: each has two sides and a price.
    lower, upper = np.append(bounds.lower, bounds.row_lower), np.append(bounds.upper, bounds.row_upper)
    may_hold = np.append(free, used & ~equal)
    steepest = np.append(np.ones(size), _largest(bounds.matrix))
    low, high = lower - NEAR, upper + NEAR
    side = np.where(may_hold, np.append(guess.columns, guess.rows), 0)
    side[((side < 0) & np.isinf(lower)) | ((side > 0) & np.isinf(upper))] = 0
    point, duals = guess.point, guess.duals * SCALE
    fewest = max(FEW, FAR * int(free.sum()))
    for _ in range(ROUNDS):
        rows = np.flatnonzero(equal | (side[size:] != 0))
        columns = np.flatnonzero(free & (side[:size] == 0))
        found = np.where(side[:size] > 0, bounds.upper, bounds.lower)
        found[columns] = 0.0
        sides = np.where(side[size:] < 0, bounds.row_lower, bounds.row_upper)[rows] - bounds.matrix[rows] @ found
        part = bounds.matrix[rows][:, columns]
        start = np.clip(point[columns], bounds.lower[columns], bounds.upper[columns])
        solved = _solved(curve[columns], pull[columns], part, sides, start, duals[rows], noise)
        found[columns], settled = solved[0], solved[2]
        prices = np.zeros(used.size)
        prices[rows] = solved[1]
        reached = np.append(found, bounds.matrix @ found)
        pressed = np.append(curve * found - pull + bounds.matrix.T @ prices, -prices) * steepest
        outside = (reached < low) | (reached > high)
        broken = may_hold & (side == 0) & outside
        idle = may_hold & (side * pressed > noise)
        if settled:  # then only rows whose columns are all held can be away from their sides
            outer = rows[outside[size:][rows]]
            idle[bounds.matrix[outer].indices] = True  # some of the columns are held wrongly
            idle |= may_hold & (side != 0) & (np.abs(reached - np.where(side < 0, lower, upper)) > NEAR) & ~outside
        if not (broken.any() or idle.any()):
            signed = np.where(side[size:] * prices < 0, 0.0, prices)  # less than noise, but it would press on no side
            return Least(found, signed / SCALE, side[:size], side[size:]) if settled else None
        number = int(np.count_nonzero(broken | idle))
        if number >= fewest and number > HANDFUL:
            return None
        fewest = number
        side = np.where(idle, 0, np.where(broken, np.where(reached < low, -1, 1), side))
        duals = np.where(equal | (side[size:] != 0), prices, 0.0)  # a row that comes back has no price yet
    return None


def _solved(
    curve: np.ndarray,
    pull: np.ndarray,
    rows: sp.csr_array,
    sides: np.ndarray,
    point: np.ndarray,
    duals: np.ndarray,
    noise: float,
) -> tuple[np.ndarray, np.ndarray, bool]:
    """The point where rows·x = sides and curve·x + rowsᵀ·duals = pull, its duals, and whether both came out so.

    One factorisation of a damped system, then steps with what is left over: what damping moved comes back, and only
    columns that nothing else determines stay where they were.
    """
    filled = np.diff(rows.indptr) > 0
    rows, sides, kept = rows[filled], sides[filled], np.where(filled, 0.0, duals)
    soft = -SOFT * sp.eye_array(sides.size)
    system = sp.block_array([[sp.diags_array(curve + DAMPED), rows.T], [rows, soft]], format="csc")
    factors = splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    step, price = point, duals[filled]
    last, settled = np.inf, False
    for _ in range(REFINEMENTS):
        steep, short = pull - curve * step - rows.T @ price, sides - rows @ step
        left = max(np.max(np.abs(steep), initial=0.0) / noise, np.max(np.abs(short), initial=0.0) / NEAR)
        settled = bool(left <= 0.1)
        if settled and left > 0.1 * last:
            break
        last = left
        change = factors.solve(np.append(steep, short))
        step, price = step + change[: step.size], price + change[step.size :]
    kept[filled] = price
    return step, kept, settled


def _largest(matrix: sp.csr_array) -> np.ndarray:
    """The largest coefficient of every row, at least 1."""
    largest = np.ones(matrix.shape[0])
    filled = np.diff(matrix.indptr) > 0
    largest[filled] = np.maximum(1.0, np.maximum.reduceat(np.abs(matrix.data), matrix.indptr[:-1][filled]))
    return largest
