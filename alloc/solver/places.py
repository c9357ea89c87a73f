"""A model taken apart: the part of every place (city), and the rows that tie places together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel
from alloc.solver.runs import Clock

NEARLY = 1e-6
OPTIONS: dict[str, bool | int | float] = {
    "output_flag": False,
    "threads": 1,
    "mip_rel_gap": 1e-4,
    "time_limit": 5.0,  # most for the part of one place; they take some milliseconds
    # With searches of their own for points a part takes three times as long, and none is better for it.
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


@dataclass(frozen=True)
class Part:
    """Rows and columns of one place, and the matrix between them."""

    rows: np.ndarray
    columns: np.ndarray
    matrix: sp.csr_array


@dataclass(frozen=True)
class Places:
    """Parts by place; `shared` rows touch more than one place, or a column that belongs to none (`nobody`)."""

    parts: tuple[Part, ...]
    shared: np.ndarray
    nobody: np.ndarray


def taken_apart(model: LinearModel) -> Places:
    """Columns belong to the first label of their index; what has no index, or another first label, to nobody."""
    place = np.full(model.lower.size, -1, dtype=np.int64)
    for block in model.columns.values():
        if block.members.codes:
            place[block.slice] = block.members.codes[0]
    homes = np.unique(place[model.integer & (model.upper > model.lower)])
    place[~np.isin(place, homes)] = -1
    matrix = sp.csr_array(model.matrix)
    across = place[matrix.indices]
    starts = matrix.indptr[:-1]
    filled = np.diff(matrix.indptr) > 0
    least, most = np.full(starts.size, -1), np.full(starts.size, -1)
    least[filled] = np.minimum.reduceat(across, starts[filled])
    most[filled] = np.maximum.reduceat(across, starts[filled])
    of_row = np.where(least == most, least, -1)
    rows, row_cuts = _by_place(of_row, homes)
    columns, column_cuts = _by_place(place, homes)
    parts = []
    for k in range(homes.size):
        mine = rows[row_cuts[k] : row_cuts[k + 1]]
        own = columns[column_cuts[k] : column_cuts[k + 1]]
        parts.append(Part(mine, own, sp.csr_array(matrix[mine][:, own])))
    return Places(tuple(parts), of_row < 0, np.flatnonzero(place < 0))


def _by_place(place: np.ndarray, homes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(place, kind="stable")
    cuts = np.searchsorted(place[order], homes)
    return order, np.append(cuts, place.size)


def tightened(model: LinearModel) -> LinearModel:
    """The model with upper bounds of whole columns that single rows imply, rounded down; nothing whole is lost."""
    entries = sp.coo_array(model.matrix)
    row, column = entries.coords
    value, lower, upper = entries.data, model.lower, model.upper
    term = np.where(value > 0, value * lower[column], value * upper[column])
    bounded = np.isfinite(term)
    least = np.bincount(row, np.where(bounded, term, 0.0), model.row_upper.size)
    unbounded = np.bincount(row, ~bounded, model.row_upper.size)
    useful = model.integer[column] & (value > 0) & (unbounded[row] == 0) & np.isfinite(model.row_upper[row])
    row, column, value = row[useful], column[useful], value[useful]
    most = (model.row_upper[row] - least[row]) / value + lower[column]
    tight = upper.copy()
    np.minimum.at(tight, column, most)
    whole = model.integer
    tight[whole] = np.maximum(np.floor(tight[whole] + NEARLY), lower[whole])
    return replace(model, upper=tight)


def best_parts(
    model: LinearModel, places: Places, costs: np.ndarray, start: np.ndarray, clock: Clock
) -> tuple[np.ndarray, float]:
    """Every place by itself at its best under `costs`, whole columns whole.

    Returns:
        The point, with `start` where a place found none and in the columns of nobody; and the sum of what the places'
        points cannot better, as proven (−∞ where time or an interrupt kept a place from being solved).
    """
    point = start.copy()
    least = 0.0
    highs = highspy._core._Highs()
    for option, value in OPTIONS.items():
        highs.setOptionValue(option, value)
    whole = model.integer & (model.upper > model.lower)
    for part in places.parts:
        if clock.left <= 0 or clock.interrupted:
            return point, -np.inf
        rows, columns, matrix = part.rows, part.columns, part.matrix
        highs.clearModel()
        highs.passModel(
            columns.size,
            rows.size,
            matrix.nnz,
            2,  # row-wise
            1,  # minimise
            0.0,
            costs[columns],
            model.lower[columns],
            model.upper[columns],
            model.row_lower[rows],
            model.row_upper[rows],
            matrix.indptr.astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
            whole[columns].astype(np.int32),
        )
        highs.run()
        info = highs.getInfo()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            point[columns] = highs.getSolution().col_value
        least += info.mip_dual_bound if whole[columns].any() else info.objective_function_value
    return point, least
