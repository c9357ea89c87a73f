"""The optimal face of a linear tier, held exactly by complementary slackness."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel
from alloc.solver.model.handed import HandedModel
from alloc.solver.model.runs import Run
from alloc.tolerances import AT_BOUND, ZERO_DUAL

LARGEST = 100.0
OPEN = 1e4  # in units of the matrix: how far beyond the point a column without a bound is followed by a proof


class Bounds:
    """The model as it stands after the tiers that are held: bounds, and rows added for tolerances."""

    def __init__(self, model: LinearModel) -> None:
        self.matrix = model.matrix
        self.lower, self.upper = model.lower.copy(), model.upper.copy()
        self.row_lower, self.row_upper = model.row_lower.copy(), model.row_upper.copy()

    @cached_property
    def sizes(self) -> sp.csr_array:
        """The matrix without signs."""
        return abs(self.matrix)

    def below_by_duals(self, slope: np.ndarray, point: np.ndarray, duals: np.ndarray) -> float:
        """How much lower than at a point slope·x can be at most, by the duals alone (weak duality); ≤ 0 but for noise.

        Any duals prove something: rows cost nothing on the side that a dual belongs to, so what is left is least over
        the bounds of the columns. A column without a bound is followed for `OPEN` beyond the point.

        Args:
            duals: of the rows, as HiGHS gives them; one towards a side that is open proves nothing and is left out.
        """
        sides = np.where(duals > 0, self.row_lower, np.where(duals < 0, self.row_upper, 0.0))
        duals = np.where(np.isfinite(sides), duals, 0.0)
        reduced = slope - self.matrix.T @ duals
        lower = np.where(np.isfinite(self.lower), self.lower, point - OPEN)
        upper = np.where(np.isfinite(self.upper), self.upper, point + OPEN)
        # Taken from the point, so that no large sums are set against each other.
        priced = duals != 0
        rows = float((duals[priced] * (sides - self.matrix @ point)[priced]).sum())
        return rows + float((reduced * (np.where(reduced > 0, lower, upper) - point)).sum())

    def violation(self, point: np.ndarray) -> float:
        """The largest violation of a row at a point, in its largest coefficient of a column that can move."""
        moving = self.sizes[:, np.flatnonzero(self.upper > self.lower)]
        largest = np.maximum(1.0, moving.max(axis=1).toarray().ravel())
        reached = self.matrix @ point
        return float(np.max(np.maximum(self.row_lower - reached, reached - self.row_upper) / largest, initial=0.0))

    def limit(self, session: HandedModel, costs: np.ndarray, most: float) -> None:
        """Adds the row costs·x ≤ most."""
        session.add_row(-np.inf, most, costs)
        self.matrix = sp.vstack([self.matrix, sp.csr_array(costs[None, :])], format="csr")
        self.__dict__.pop("sizes", None)
        self.row_lower = np.append(self.row_lower, -np.inf)
        self.row_upper = np.append(self.row_upper, most)

    def hold(self, session: HandedModel, run: Run) -> None:
        """Fixes every column with a reduced cost at its bound and every row with a dual at its side.

        All points that keep to this have the tier's optimal value, and no others do. A price towards a side where the
        run's point is not is within HiGHS's tolerance: it holds nothing, for it would make the face empty.
        """
        assert run.point is not None
        at_lower, at_upper = _sides(run.point, run.reduced, self.lower, self.upper)
        self.upper[at_lower] = self.lower[at_lower]
        self.lower[at_upper] = self.upper[at_upper]
        columns = np.flatnonzero(at_lower | at_upper)
        if columns.size:
            session.bound_columns(columns, self.lower[columns], self.upper[columns])
        on_lower, on_upper = _sides(self.matrix @ run.point, run.duals, self.row_lower, self.row_upper)
        self.row_upper[on_lower] = self.row_lower[on_lower]
        self.row_lower[on_upper] = self.row_upper[on_upper]
        rows = np.flatnonzero(on_lower | on_upper)
        if rows.size:
            session.bound_rows(rows, self.row_lower[rows], self.row_upper[rows])

    def take_out(self, session: HandedModel, rows: np.ndarray, column: int, value: float) -> None:
        """Takes a column out of rows, as if it stood at `value` there for ever."""
        matrix = self.matrix.copy()
        shares = np.empty(rows.size)
        for place, row in enumerate(rows):
            entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
            own = matrix.indices[entries] == column
            shares[place] = matrix.data[entries][own].sum()
            matrix.data[entries][own] = 0.0
            session.set_coefficient(int(row), column, 0.0)
        self.matrix = matrix
        self.__dict__.pop("sizes", None)
        self.row_lower[rows] -= shares * value
        self.row_upper[rows] -= shares * value
        session.bound_rows(rows, self.row_lower[rows], self.row_upper[rows])

    @contextmanager
    def eased(self, session: HandedModel, point: np.ndarray, hair: float) -> Iterator[None]:
        """Within, every row has at least a hair around where it is at a point that is known to satisfy all."""
        reached = self.matrix @ point
        lower, upper = np.minimum(self.row_lower, reached - hair), np.maximum(self.row_upper, reached + hair)
        rows = np.flatnonzero((lower < self.row_lower) | (upper > self.row_upper))
        session.bound_rows(rows, lower[rows], upper[rows])
        yield
        session.bound_rows(rows, self.row_lower[rows], self.row_upper[rows])

    def fix(self, session: HandedModel, columns: np.ndarray, values: np.ndarray) -> None:
        """Fixes columns at values."""
        self.lower[columns] = self.upper[columns] = values
        session.bound_columns(columns, values, values)


def _sides(at: np.ndarray, price: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a price holds the lower side, and where the upper."""
    open_ = upper > lower
    return open_ & (price > ZERO_DUAL) & (at <= lower + AT_BOUND), open_ & (price < -ZERO_DUAL) & (
        at >= upper - AT_BOUND
    )


def scaled(costs: np.ndarray) -> tuple[np.ndarray, float]:
    """Costs brought to a largest entry of `LARGEST`, and the factor."""
    largest = float(np.max(np.abs(costs), initial=0.0))
    factor = LARGEST / largest if largest > 0 else 1.0
    return costs * factor, factor
