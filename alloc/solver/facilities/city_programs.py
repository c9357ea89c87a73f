"""The model taken apart: for every city a small program of its own, with what the relaxation grants it.

A city knows its allocations (at most those of the relaxation), the marks that cities share, what the relaxation sends
between cities, and its share of every group limit that binds. Everything else is its own affair. Rows and columns are
brought to the city's own sizes, so that a tolerance means the same in a town and in a megacity, and in every unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.tolerances import AT_BOUND, TINY

LATER = 1 / 30  # weight in the last objective of each tier against the one before it
DECIMALS = 10  # of sides and bounds in a city's own sizes: as far as the relaxation is determined


@dataclass(frozen=True, eq=False)
class CityProgram:
    """Minimise the objectives one after the other; row_lower ≤ matrix·x ≤ row_upper, lower ≤ x ≤ upper, some x whole.

    Attributes:
        columns: where they lie in the model (behind its last column: what is missing to a share of a limit).
        start: the relaxation's point.
        objectives: one row an objective, its largest cost 1.
    """

    columns: np.ndarray
    matrix: sp.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray
    start: np.ndarray
    objectives: np.ndarray

    @property
    def key(self) -> bytes:
        """A digest: the same for the same program, whatever else is in the model."""
        digest = hashlib.blake2b(digest_size=16)
        matrix = self.matrix
        for array in (matrix.data, matrix.indices, matrix.indptr, self.row_lower, self.row_upper, self.lower,
                      self.upper, self.integer, self.start, self.objectives):  # fmt: skip
            digest.update(np.ascontiguousarray(array).data)
            digest.update(b"|")
        return digest.digest()


def city_programs(model: LinearModel, point: np.ndarray) -> list[CityProgram]:
    """The programs of all cities that have something whole to decide, in the order of the cities.

    Args:
        point: of the relaxation, in units of the matrix.
    """
    own = model.lower.size
    city = model.cities
    for further in (_with_shares, _with_refusals):
        model, added = further(model, city, point)
        city, point = np.append(city, added), np.append(point, np.zeros(added.size))
    first, last = _first_and_last(model.matrix, city)
    row_city = np.where(first == last, first, -1)
    lower, upper = model.lower.copy(), model.upper.copy()
    upper[model.granted] = np.maximum(np.minimum(upper, point), lower)[model.granted]
    fixed = model.granted & (upper - lower <= AT_BOUND * np.maximum(np.abs(lower), np.abs(upper)))
    lower[fixed] = upper[fixed]  # what the solver leaves above a floor is no room, and no size to count a column in
    costs = _objectives(model, city, lower, point, own)

    # What is fixed goes to the sides; the rest is counted in the city's own sizes.
    free = (upper > lower) & (city >= 0)
    matrix = sp.csr_array(model.matrix)
    held = np.where(free, 0.0, np.where(city >= 0, lower, point))
    moved = matrix @ held
    unit, size = _sizes(matrix, free, row_city >= 0, upper - lower, model.integer)
    scaled = sp.csr_array(sp.diags_array(1 / size) @ matrix @ sp.diags_array(np.where(free, unit, 0.0)))
    scaled.eliminate_zeros()
    row_lower, row_upper = (np.round((side - moved) / size, DECIMALS) for side in (model.row_lower, model.row_upper))
    lower, upper = (np.round(bound / unit, DECIMALS) for bound in (lower, upper))
    start = np.clip(np.round(point / unit, DECIMALS), lower, upper)

    used = np.diff(scaled.indptr) > 0
    rows, row_cuts = _by_city(np.where(used, row_city, -1), int(city.max()))
    columns, column_cuts = _by_city(np.where(free, city, -1), int(city.max()))
    found = []
    for k in range(row_cuts.size - 1):
        mine, columns_of = rows[row_cuts[k] : row_cuts[k + 1]], columns[column_cuts[k] : column_cuts[k + 1]]
        if not np.any(model.integer[columns_of]):
            continue
        objectives = costs[:, columns_of] * unit[columns_of]
        largest = np.max(np.abs(objectives), axis=1)
        objectives = objectives[largest > 0] / largest[largest > 0, None]
        found.append(CityProgram(
            columns_of, scaled[mine][:, columns_of], row_lower[mine], row_upper[mine], lower[columns_of],
            upper[columns_of], model.integer[columns_of], start[columns_of], objectives,
        ))  # fmt: skip
    return found


def _first_and_last(matrix: sp.csr_array, city: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last city of every row; none where the first is greater."""
    number = matrix.shape[0]
    row = np.repeat(np.arange(number), np.diff(matrix.indptr))
    of = city[matrix.indices]
    first, last = np.full(number, city.size), np.full(number, -1)
    np.minimum.at(first, row[of >= 0], of[of >= 0])
    np.maximum.at(last, row[of >= 0], of[of >= 0])
    return first, last


def shared_rows(matrix: sp.csr_array, city: np.ndarray) -> np.ndarray:
    """The rows that tie cities together."""
    first, last = _first_and_last(matrix, city)
    return np.flatnonzero(first < last)


def _with_shares(model: LinearModel, city: np.ndarray, point: np.ndarray) -> tuple[LinearModel, np.ndarray]:
    """The model with a row for every city of a limit that binds: its part of the left side, as in the relaxation.

    Returns:
        The model, with a further column for what each such row misses; and the city of each of them.
    """
    first, last = _first_and_last(model.matrix, city)
    activity, size = model.matrix @ point, abs(model.matrix) @ np.abs(point)
    parts, shares, cities = [], [], []
    for side, sign in ((model.row_upper, 1.0), (model.row_lower, -1.0)):
        binding = np.flatnonzero((first < last) & (np.abs(activity - side) <= AT_BOUND * np.maximum(size, TINY)))
        entries = model.matrix[binding].tocoo()
        row, column = entries.coords
        chosen = (city[column] >= 0) & ~model.granted[column]
        row, column, value = row[chosen], column[chosen], sign * entries.data[chosen]
        pairs, place = np.unique(np.stack([row, city[column]]), axis=1, return_inverse=True)
        part = sp.csr_array((value, (place.ravel(), column)), shape=(pairs.shape[1], point.size))
        parts.append(part)
        shares.append(part @ point)
        cities.append(pairs[1])
    rows = sp.csr_array(sp.vstack(parts, format="csr"))
    number = rows.shape[0]
    extended = model.with_rows(rows, np.full(number, -np.inf), np.concatenate(shares))
    missing = sp.vstack([sp.csr_array((model.matrix.shape[0], number)), -sp.eye_array(number)], format="csr")
    return extended.with_columns(sp.csr_array(missing)), np.concatenate(cities)


def _with_refusals(model: LinearModel, city: np.ndarray, point: np.ndarray) -> tuple[LinearModel, np.ndarray]:
    """The model with what every city may do without of what the relaxation sends between cities.

    With whole facilities a city may not be able to keep what it would give, or to pay for what it would take: then it
    gives or takes as much less as it has to, which is the first thing that it is asked to avoid.

    Returns:
        The model, with a further column for every city that such a column of the model concerns; and the city of each.
    """
    sent = np.flatnonzero((city < 0) & ~model.auxiliary & (point > model.lower))
    if not sent.size:
        return model, np.zeros(0, dtype=city.dtype)
    first, last = _first_and_last(model.matrix, city)
    entries = sp.csr_array(model.matrix[:, sent]).tocoo()
    row, column = entries.coords
    own = (first == last)[row]
    row, column, value = row[own], column[own], entries.data[own]
    pairs, place = np.unique(np.stack([column, first[row]]), axis=1, return_inverse=True)
    less = sp.csr_array((-value, (row, place.ravel())), shape=(model.matrix.shape[0], pairs.shape[1]))
    return model.with_columns(less, (point - model.lower)[sent[pairs[0]]]), pairs[1].astype(city.dtype)


def _objectives(model: LinearModel, city: np.ndarray, lower: np.ndarray, point: np.ndarray, own: int) -> np.ndarray:
    """Costs of the columns, one row an objective: what shares miss, every tier of whole facilities, all others in one.

    Where a tier is measured against a mark that cities share, what the relaxation has below the mark is no loss: such
    columns are counted from there on (`lower` is raised).
    """
    linear = [objective for objective in model.objectives.values() if isinstance(objective, LinearObjective)]
    missing = np.zeros(city.size)
    missing[own:] = 1.0
    costs = [missing]
    for one in linear:
        if one.integer:
            costs.append(np.where(city >= 0, one.costs, 0.0))
            if np.any(one.costs[city < 0]):
                below = (one.costs > 0) & (city >= 0)
                lower[below] = np.maximum(lower, np.minimum(point, model.upper))[below]
    last = together([one for one in linear if not one.integer], city.size)
    last = last if np.any(last) else model.integer.astype(float)  # where no tier tells: the fewest facilities
    return np.array([*costs, np.where(city >= 0, last, 0.0)])


def together(tiers: Sequence[LinearObjective], columns: int) -> np.ndarray:
    """One objective of several tiers and of what breaks their ties, each worth a small part of the one before it."""
    costs = np.zeros(columns)
    for k, each in enumerate(each for one in tiers for each in (one.costs, *one.tie_breakers)):
        costs += LATER**k * each / (float(np.max(np.abs(each), initial=0.0)) or 1.0)
    return costs


def _sizes(
    matrix: sp.csr_array, free: np.ndarray, rows: np.ndarray, room: np.ndarray, integer: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The natural size of every column (its room, or what its rows leave it; 1 for whole ones) and of every row."""
    entries = matrix.tocoo()
    row, column = entries.coords
    chosen = free[column] & rows[row]
    row, column, value = row[chosen], column[chosen], np.abs(entries.data[chosen])
    known = np.isfinite(room) | integer
    unit = np.where(integer, 1.0, np.where(np.isfinite(room), room, np.inf))
    size = np.zeros(matrix.shape[0])
    some = known[column]
    np.maximum.at(size, row[some], value[some] * unit[column[some]])
    open_ = ~some & (size[row] > 0)
    np.minimum.at(unit, column[open_], size[row[open_]] / value[open_])
    unit[~np.isfinite(unit) | (unit <= 0)] = 1.0
    size = np.zeros(matrix.shape[0])
    np.maximum.at(size, row, value * unit[column])
    size[size <= 0] = 1.0
    return unit, size


def _by_city(city: np.ndarray, last: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(city, kind="stable")
    return order, np.searchsorted(city[order], np.arange(last + 2))
