"""What a small step of a parameter changes in the linear program: the model is built again, and the two compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel, LinearObjective

SAME = 1e-10  # of a side: rounding of numbers that are meant to be the same


@dataclass(frozen=True, eq=False)
class Change:
    """What a unit of a parameter changes in a model; in units of the matrix.

    Attributes:
        matrix: of the coefficients.
        row_lower, row_upper, lower, upper: of the sides of rows and the bounds of columns.
        before, after: the two models, for the objectives.
        by: how far apart the parameter is in them.
        sides_only: no coefficient and no cost changes: between two corners a tier's value is then linear.
    """

    matrix: sp.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    before: LinearModel
    after: LinearModel
    by: float
    sides_only: bool

    def costs(self, tier: str) -> tuple[np.ndarray, float]:
        """Of the costs of a linear tier and of its constant."""
        one, other = self.before.objectives[tier], self.after.objectives[tier]
        assert isinstance(one, LinearObjective) and isinstance(other, LinearObjective)
        return (other.costs - one.costs) / self.by, (other.constant - one.constant) / self.by

    def follows(self, model: LinearModel, by: float) -> bool:
        """Whether a model in which the parameter differs by `by` is what this change says: nothing bends before."""
        other = change(self.before, model, by)
        if other is None or not other.sides_only:
            return False
        for name in ("row_lower", "row_upper", "lower", "upper"):
            one, two = getattr(self, name), getattr(other, name)
            size = np.maximum(np.abs(getattr(self.before, name)), 1.0)
            if np.any(np.abs(one - two) * abs(by) > SAME * np.where(np.isinf(size), 1.0, size)):
                return False
        return True


def change(before: LinearModel, after: LinearModel, by: float) -> Change | None:
    """The change between two models whose parameter differs by `by`; None where they differ in more than numbers."""
    if before.matrix.shape != after.matrix.shape:
        return None
    sides: dict[str, np.ndarray] = {}
    for name in ("row_lower", "row_upper", "lower", "upper"):
        one, other = getattr(before, name), getattr(after, name)
        if not np.array_equal(np.isinf(one), np.isinf(other)):
            return None
        with np.errstate(invalid="ignore"):
            sides[name] = np.where(np.isinf(one), 0.0, (other - one) / by)
    matrix = sp.csr_array((after.matrix - before.matrix) / by)
    matrix.eliminate_zeros()
    linear = [name for name, one in before.objectives.items() if isinstance(one, LinearObjective)]
    same = matrix.nnz == 0 and all(
        np.array_equal(before.objectives[name].costs, after.objectives[name].costs)  # type: ignore[union-attr]
        and before.objectives[name].constant == after.objectives[name].constant  # type: ignore[union-attr]
        for name in linear
    )
    return Change(matrix, **sides, before=before, after=after, by=by, sides_only=same)
