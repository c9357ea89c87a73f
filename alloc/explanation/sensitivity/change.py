"""What a small step of a parameter changes in the linear program: the model is built again, and the two compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel, LinearObjective

Costs = tuple[np.ndarray, np.ndarray, float]  # positions, amounts there, and of the constant

NOWHERE = np.empty(0, dtype=np.int64)
NOTHING = np.empty(0)


@dataclass(frozen=True, eq=False)
class Change:
    """What a unit of a parameter changes in a model; in units of the matrix, only where something changes.

    Attributes:
        by: how far apart the parameter is in the two models.
        rows: positions of the rows whose sides move; `row_lower`, `row_upper`: by how much.
        columns: positions of the columns whose bounds move; `lower`, `upper`: by how much.
        matrix: of the coefficients, None where none changes.
        costs: linear tier -> of its costs and its constant, of those that change.
    """

    by: float
    rows: np.ndarray = field(default_factory=lambda: NOWHERE)
    row_lower: np.ndarray = field(default_factory=lambda: NOTHING)
    row_upper: np.ndarray = field(default_factory=lambda: NOTHING)
    columns: np.ndarray = field(default_factory=lambda: NOWHERE)
    lower: np.ndarray = field(default_factory=lambda: NOTHING)
    upper: np.ndarray = field(default_factory=lambda: NOTHING)
    matrix: sp.csr_array | None = None
    costs: Mapping[str, Costs] = field(default_factory=dict)

    @property
    def sides_only(self) -> bool:
        """Whether no coefficient and no cost changes: between two corners a tier's value is then linear."""
        return self.matrix is None and not self.costs


def change(before: LinearModel, after: LinearModel, by: float) -> Change | None:
    """The change between two models whose parameter differs by `by`; None where they differ in more than numbers."""
    if before.matrix.shape != after.matrix.shape:
        return None
    rows = _moved((before.row_lower, after.row_lower), (before.row_upper, after.row_upper), by)
    columns = _moved((before.lower, after.lower), (before.upper, after.upper), by)
    if rows is None or columns is None:
        return None
    return Change(by, *rows, *columns, _matrix(before, after, by), dict(_costs(before, after, by)))


def _moved(
    lower: tuple[np.ndarray, np.ndarray], upper: tuple[np.ndarray, np.ndarray], by: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Where either of two bounds moves, and by how much each; None where one comes or goes."""
    found = []
    for before, after in (lower, upper):
        if not np.array_equal(np.isinf(before), np.isinf(after)):
            return None
        found.append(before != after)
    places = np.flatnonzero(found[0] | found[1])
    moves = []
    for before, after in (lower, upper):
        with np.errstate(invalid="ignore"):
            move = (after[places] - before[places]) / by
        moves.append(np.where(np.isinf(before[places]), 0.0, move))
    return places, moves[0], moves[1]


def _matrix(before: LinearModel, after: LinearModel, by: float) -> sp.csr_array | None:
    one, other = before.matrix, after.matrix
    if np.array_equal(one.indptr, other.indptr) and np.array_equal(one.indices, other.indices):
        if np.array_equal(one.data, other.data):
            return None
        found = sp.csr_array(((other.data - one.data) / by, one.indices, one.indptr), shape=one.shape, copy=True)
    else:
        found = sp.csr_array((other - one) / by)
    found.eliminate_zeros()
    return found if found.nnz else None


def _costs(before: LinearModel, after: LinearModel, by: float) -> list[tuple[str, Costs]]:
    found = []
    for name, one in before.objectives.items():
        other = after.objectives[name]
        if not (isinstance(one, LinearObjective) and isinstance(other, LinearObjective)):
            continue
        places = np.flatnonzero(one.costs != other.costs)
        if places.size or one.constant != other.constant:
            amounts = (other.costs[places] - one.costs[places]) / by
            found.append((name, (places, amounts, (other.constant - one.constant) / by)))
    return found
