"""A separable quadratic solved exactly from a guess of which bounds and rows hold it.

With these as equations the optimum solves one sparse symmetric system. Where its solution breaks a bound or a row that
was left out, or one that was taken presses the wrong way, the guess is mended and the system solved again (a
primal-dual active set). From the guess of an interior point one system or two do; from that of the same model before a
small edit, one to five.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from alloc.compiler.linear_model import ClosenessObjective
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Least
from alloc.tolerances import DAMPING, REGULARISATION, STRICT_DUAL, STRICT_FEASIBILITY

ROUNDS = 8
HANDFUL = 25  # so few faults may be as many as in the round before
FEW, FAR = 50, 0.02  # of all, and of the columns that are free: a guess that is wrong in more is not worth mending
REFINEMENTS = 40
SLOW, STUCK = 0.5, 0.9  # of what was left before; slower, and it has settled, or the equations contradict each other
EASES = (1.0, 1e2, 1e4)  # times both, where rows depend so much on each other that rounding makes a pivot 0


def exact_least(objective: ClosenessObjective, bounds: Bounds, guess: Least) -> Least | None:
    """The point of the held model with the least Σ weight·(x − centre)², from a guess of what holds it.

    Returns:
        The point to the last digits: no bound and no row is broken, and every price has its sign. None where the guess
        does not lead there in a few rounds, each with fewer faults than the one before (of a handful: not with more).
    """
    size = bounds.lower.size
    free = bounds.upper > bounds.lower
    moving = bounds.matrix[:, np.flatnonzero(free)]
    used = np.diff(moving.indptr) > 0
    equal = used & (bounds.row_lower == bounds.row_upper)
    factor = objective.factor
    curve, pull = np.zeros(size), np.zeros(size)
    curve[objective.columns] = 2 * factor * objective.weight
    pull[objective.columns] = curve[objective.columns] * objective.centre
    noise = STRICT_DUAL * factor * float(np.min(objective.weight * objective.unit, initial=1.0))
    # Columns and rows in one list: each has two sides and a price.
    lower, upper = np.append(bounds.lower, bounds.row_lower), np.append(bounds.upper, bounds.row_upper)
    may_hold = np.append(free, used & ~equal)
    steepest = np.append(np.ones(size), _largest(moving))
    near = STRICT_FEASIBILITY * steepest
    low, high = lower - near, upper + near
    has_lower, has_upper = may_hold & np.isfinite(lower), may_hold & np.isfinite(upper)
    side = np.clip(np.append(guess.columns, guess.rows), np.where(has_lower, -1, 0), np.where(has_upper, 1, 0))
    point, duals = guess.point, guess.duals * factor
    fewest = max(FEW, FAR * int(free.sum()))
    for _ in range(ROUNDS):
        rows = np.flatnonzero(equal | (side[size:] != 0))
        columns = np.flatnonzero(free & (side[:size] == 0))
        found = np.where(side[:size] > 0, bounds.upper, bounds.lower)
        found[columns] = 0.0
        sides = np.where(side[size:] < 0, bounds.row_lower, bounds.row_upper)[rows] - bounds.matrix[rows] @ found
        system = _System(curve[columns], pull[columns], bounds.matrix[rows][:, columns], sides, noise)
        start = np.clip(point[columns], bounds.lower[columns], bounds.upper[columns])
        found[columns], held, settled = system.solved(start, duals[rows])
        prices = np.zeros(used.size)
        prices[rows] = held
        reached = np.append(found, bounds.matrix @ found)
        pressed = np.append(curve * found - pull + bounds.matrix.T @ prices, -prices) * steepest
        outside = (reached < low) | (reached > high)
        broken = may_hold & (side == 0) & outside
        idle = may_hold & (side * pressed > noise)
        if settled:  # then only rows whose columns are all held can be away from their sides
            outer = rows[outside[size:][rows]]
            idle[bounds.matrix[outer].indices] = True  # some of the columns are held wrongly
            idle |= may_hold & (side != 0) & (np.abs(reached - np.where(side < 0, lower, upper)) > near) & ~outside
        if not (broken.any() or idle.any()):
            if not settled:
                return None
            found[objective.columns] = _from_sides_alone(system, objective, columns, found, bounds)
            signed = np.where(side[size:] * prices < 0, 0.0, prices)  # less than noise, but it would press on no side
            return Least(found, signed / factor, side[:size], side[size:])
        number = int(np.count_nonzero(broken | idle))
        if number >= fewest and number > HANDFUL:
            return None
        fewest = number
        side = np.where(idle, 0, np.where(broken, np.where(reached < low, -1, 1), side))
        duals = prices  # a row that comes back has none yet
    return None


def _from_sides_alone(
    system: _System, objective: ClosenessObjective, columns: np.ndarray, found: np.ndarray, bounds: Bounds
) -> np.ndarray:
    """The tier's columns once more, from what holds them and nothing else: whatever the way there, the same digits.

    The other columns stay as found: those that nothing determines would be anywhere.
    """
    start = np.zeros(found.size)
    start[objective.columns] = objective.centre
    again = found.copy()
    again[columns], _, settled = system.solved(start[columns], np.zeros(system.rows))
    again = np.clip(again, bounds.lower, bounds.upper)  # by less than `STRICT_FEASIBILITY`
    return np.asarray((again if settled else found)[objective.columns])


class _System:
    """Rows that hold as equations, and columns with curved costs, some of them flat.

    One factorisation of a damped system, then steps with what is left over: what damping moved comes back, and only
    columns that nothing else determines stay where they were. Rows are divided by their largest coefficients, so that
    damping means the same for each.

    Args:
        curve, pull: of every column: curvature, and curvature times centre.
        rows, sides: rows·x = sides.
        noise: a price that means nothing.
    """

    def __init__(
        self, curve: np.ndarray, pull: np.ndarray, rows: sp.csr_array, sides: np.ndarray, noise: float
    ) -> None:
        self._filled = np.diff(rows.indptr) > 0
        self._size = _largest(rows[self._filled], 0.0)
        self._matrix = sp.diags_array(1 / self._size) @ rows[self._filled]
        self._sides, self._curve, self._pull, self._noise = sides[self._filled] / self._size, curve, pull, noise
        self.rows = rows.shape[0]
        self._factors = self._factorised()

    def _factorised(self) -> Any:
        for ease in EASES:
            soft = -REGULARISATION * ease * sp.eye_array(self._sides.size)
            damped = sp.diags_array(self._curve + DAMPING * ease)
            system = sp.block_array([[damped, self._matrix.T], [self._matrix, soft]], format="csc")
            try:
                return splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
            except RuntimeError:  # "Factor is exactly singular"
                continue
        return None

    def solved(self, point: np.ndarray, duals: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
        """The point where rows·x = sides and curve·x + rowsᵀ·duals = pull, its duals, and whether both came out so."""
        step, price = point, duals[self._filled] * self._size
        last, settled = np.inf, False
        for _ in range(REFINEMENTS if self._factors is not None else 0):
            steep = self._pull - self._curve * step - self._matrix.T @ price
            short = self._sides - self._matrix @ step
            left = max(
                np.max(np.abs(steep), initial=0.0) / self._noise,
                np.max(np.abs(short), initial=0.0) / STRICT_FEASIBILITY,
            )
            settled = bool(left <= 0.1)
            if not left <= (SLOW if settled else STUCK) * last:
                break
            last = left
            change = self._factors.solve(np.append(steep, short))
            step, price = step + change[: step.size], price + change[step.size :]
        kept = np.where(self._filled, 0.0, duals)
        kept[self._filled] = price / self._size
        return step, kept, settled


def _largest(matrix: sp.csr_array, least: float = 1.0) -> np.ndarray:
    """The largest coefficient of every row, at least `least`; that also where a row has none."""
    largest = np.full(matrix.shape[0], least)
    filled = np.diff(matrix.indptr) > 0
    largest[filled] = np.maximum(least, np.maximum.reduceat(np.abs(matrix.data), matrix.indptr[:-1][filled]))
    return largest
