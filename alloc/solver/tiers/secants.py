"""The closeness tier by linear programs alone, whose secant grid closes in on the optimum.

Used where the quadratic solver does not reach its tolerance. Each column's square is replaced by its secants between
grid points around the last point: an upper bound that is exact at the last point. The square is strictly convex, so
the allocation is unique: what comes out does not depend on the order of rows and columns.

It is needed: of the hard instances (`tests/hard_instances.py`) none of 286 came here as a relaxation, but one of 155
with whole facilities did, seed 23, where neither the interior point nor the active set is exact enough.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import LARGEST, Bounds
from alloc.solver.model.runs import Ending, Run
from alloc.tolerances import FEASIBILITY, UNDERFLOW

OFFSETS = np.array([-256.0, -64.0, -16.0, -4.0, -1.0, 0.0, 1.0, 4.0, 16.0, 64.0, 256.0])
WIDEST, FINEST = 0.05, FEASIBILITY
STILL = 64.0  # a grid has done its work once nobody moves by more than this many of its widths
ROUNDS = 60


def solve_by_secants(
    session: Session,
    objective: ClosenessObjective,
    bounds: Bounds,
    start: np.ndarray,
    report: Callable[[float], None] = lambda value: None,
) -> Run:
    """Solves the tier; the caller fixes its columns where it ends.

    Args:
        session: holds the model with all earlier tiers held.
        objective: columns, centres, weights.
        bounds: as they stand.
        start: a feasible point.
        report: told the value after each round.

    Returns:
        The last run; its ending is not `OPTIMAL` where time ran out or somebody interrupted.
    """
    free = bounds.upper[objective.columns] > bounds.lower[objective.columns]
    columns = objective.columns[free]
    centre, weight, unit = objective.centre[free], objective.weight[free], objective.unit[free]
    session.costs(np.zeros(session.columns))
    if not columns.size:
        return session.run()
    lower, upper = bounds.lower[columns], bounds.upper[columns]
    point = np.clip(start[columns], lower, upper)
    width = WIDEST
    segments = Segments(session, columns, OFFSETS.size + 1)
    run = None
    for _ in range(ROUNDS):
        grid = _grid(point, width * unit, lower, upper)
        slopes = weight[:, None] * (grid[:, 1:] + grid[:, :-1] - 2 * centre[:, None])
        factor = LARGEST / max(float(np.max(np.abs(slopes))), UNDERFLOW)
        segments.set(grid[:, 0], np.diff(grid, axis=1), slopes * factor)
        run = session.run()
        if run.ending is not Ending.OPTIMAL or run.point is None:
            break
        moved = float(np.max(np.abs(run.point[columns] - point) / unit))
        point = np.clip(run.point[columns], lower, upper)
        report(objective.value(run.point))
        if moved <= STILL * width:
            if width <= FINEST:
                break
            width = max(width / 4, FINEST)
    segments.remove()
    assert run is not None
    return run


def _grid(point: np.ndarray, width: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Grid points of every column in rising order: its bounds, and offsets around the point clipped to them."""
    around = point[:, None] + width[:, None] * OFFSETS
    around = np.clip(around, lower[:, None], upper[:, None])
    return np.column_stack([lower, around, upper])


class Segments:
    """Further columns in a session that make the cost of some columns piecewise linear.

    For each of `columns` adds `count` further columns and a row: x − Σ further = its base.

    They stand behind all that the session holds; whoever added them takes them out before anything else is added.
    """

    def __init__(self, session: Session, columns: np.ndarray, count: int) -> None:
        self._session, self._highs = session, session._highs
        session._note(columns, np.array([count]))
        first = self._highs.getNumCol()
        extra = columns.size * count
        none, zeros = np.empty(0, dtype=np.int32), np.zeros(extra)
        self._made(self._highs.addCols(extra, zeros, zeros, zeros, 0, none, none, np.empty(0)), "addCols")
        own = np.arange(first, first + extra).reshape(columns.size, count)
        entries = np.column_stack([session._columns(columns), own]).astype(np.int32)
        values = np.column_stack([np.ones(columns.size), -np.ones((columns.size, count))])
        starts = np.arange(0, entries.size, count + 1, dtype=np.int32)
        zero = np.zeros(columns.size)
        call = self._highs.addRows(columns.size, zero, zero, entries.size, starts, entries.ravel(), values.ravel())
        self._made(call, "addRows")
        row = self._highs.getNumRow() - columns.size
        self._rows = np.arange(row, row + columns.size, dtype=np.int32)
        self._columns = np.arange(first, first + extra, dtype=np.int32)

    def set(self, base: np.ndarray, widths: np.ndarray, slopes: np.ndarray) -> None:
        """Sets where the segments start (by row), how wide they are and what a unit of each costs."""
        self._session._note(base, widths, slopes)
        self._made(self._highs.changeRowsBounds(self._rows.size, self._rows, base, base), "changeRowsBounds")
        size, zero = self._columns.size, np.zeros(self._columns.size)
        self._made(self._highs.changeColsBounds(size, self._columns, zero, widths.ravel()), "changeColsBounds")
        self._made(self._highs.changeColsCost(size, self._columns, slopes.ravel()), "changeColsCost")

    def remove(self) -> None:
        """Takes the segments and their rows out again."""
        self._session._note(self._rows, self._columns)
        self._made(self._highs.deleteRows(self._rows.size, self._rows), "deleteRows")
        self._made(self._highs.deleteCols(self._columns.size, self._columns), "deleteCols")

    def _made(self, status: object, call: str) -> None:
        self._session._checked(status, call)
