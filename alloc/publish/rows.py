"""The rows of the matrix that hold a city's own published numbers together, with all else as it was decided.

They are those of the families that rounding keeps, as they were compiled. What cities are granted and what is counted
in persons is published; what follows from the rest (`Decision.follows`) is eliminated, so that a row leaves room for
the least of it that other rows ask for; every other decision stands, and its part is on the right side.

A row of a purse is shared out to its members: each keeps to what it was decided to take and to an even part of what the
row leaves, so that the purse keeps its row whatever its members do within theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

import numpy as np
from scipy.sparse import csr_array

from alloc.compiler.linear_model import LinearModel
from alloc.formulation.catalogue import Catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.limits import LimitRow
from alloc.publish.choice import Flags, Floats, Places
from alloc.tolerances import BUDGET_NOISE, LAST_DIGITS, QUANTUM_NOISE


class Decided(Protocol):
    """A decided point, see `alloc.result.point.Point`."""

    @property
    def known(self) -> Catalogue:
        """The catalogue of its formulation."""

    @property
    def model(self) -> LinearModel:
        """The matrix."""

    @property
    def columns(self) -> Floats:
        """A value for each column of the matrix, in the units of the instance."""

    @property
    def granted(self) -> Floats:
        """What cities are granted of every pool [n, R]."""

    @property
    def counted(self) -> Floats:
        """Persons by city [n]."""

    def limit_sides(self, columns: Floats) -> tuple[Floats, Floats]:
        """Both sides of the planner's limits, where the columns of the matrix have these values [L] each."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows granted·amounts + counted·persons ≤ most of one city each, in the units of the instance.

    Attributes:
        family: of every row [m].
        origin: number of the row of the model; members of a purse each have a part of it [m].
        city: its place [m].
        granted: coefficients of the pools [m, R].
        counted: coefficient of the persons of the city [m].
        most: right side [m].
    """

    family: Places
    origin: Places
    city: Places
    granted: Floats
    counted: Floats
    most: Floats

    def chosen(self, which: Flags | Places) -> Rows:
        """Some of the rows."""
        return Rows(*(getattr(self, each.name)[which] for each in fields(self)))

    def left(self, amounts: Floats, persons: Floats) -> Floats:
        """What every row leaves, in its own unit; negative where it is broken. Amounts [n, R], persons [n]."""
        taken = (self.granted * amounts[self.city]).sum(axis=1)
        return np.asarray(self.most - taken - self.counted * persons[self.city])

    def whole(self, *values: Floats) -> tuple[Places, list[Floats]]:
        """The first part of every row of the model, and sums over its parts of some values of the parts [m]."""
        _, first, of = np.unique(self.origin, return_index=True, return_inverse=True)
        return first, [np.asarray(np.bincount(of, each, first.size), dtype=float) for each in values]


@dataclass(frozen=True, eq=False)
class Kept:
    """What rounding keeps in every city.

    Attributes:
        names: of the families, by number.
        gives_way: which of them may be missed by less than a quantum where no multiples do without, by number.
        room: rows that amounts alone can break, and only by being larger.
        gates: rows that persons alone can break.
        budgets: rows in which amounts of pools, or amounts and persons, weigh against each other.
        most_counted: upper bound of persons [n].
        money: 10⁴ yuan to which the budget of a city is known, of a purse the part of every member [n].
    """

    names: tuple[str, ...]
    gives_way: Flags
    room: Rows
    gates: Rows
    budgets: Rows
    most_counted: Floats
    money: Floats

    def least(self, rows: Rows, values: Floats) -> Floats:
        """The least of some values of rows by city [n]; infinite where there is no row."""
        found = np.full(len(self.most_counted), np.inf)
        np.minimum.at(found, rows.city, values)
        return found

    def balance(self, amounts: Floats, persons: Floats) -> Floats:
        """What the budgets of a city leave, 10⁴ yuan [n]; negative where one is overdrawn."""
        return self.least(self.budgets, self.budgets.left(amounts, persons))


def kept_limits(derived: Derived, point: Decided) -> tuple[LimitRow, ...]:
    """The planner's rows that rounding keeps, with their right sides as amounts: what is built stays as it was decided.

    Rows that compare cities with others hold for the decisions.
    """
    _, right = point.limit_sides(point.columns)
    return tuple(
        replace(row, amount=float(amount), of_spending=0.0) if row.of_spending else row
        for row, amount in zip(derived.limits, right, strict=True)
        if row.versus is None
    )


def kept_rows(derived: Derived, point: Decided) -> Kept:
    """The rows that rounding keeps, at a decided point.

    Args:
        derived: the derived data.
        point: whose other decisions stand.

    Raises:
        ValueError: a family that rounding keeps has rows over pools of several cities and is not shared.
    """
    model, known = point.model, point.known
    names = tuple(
        name for name, each in known.families.items() if each.rounded and not each.shared and name in model.rows
    )
    cities = model.columns[known.granted.name].members.factors[0]  # type: ignore[attr-defined]
    place = np.full(len(cities.known), -1)
    place[cities.codes[0]] = np.arange(cities.size)
    follows = np.zeros(model.lower.size, dtype=bool)
    for name, each in known.decisions.items():
        if each.follows and name in model.columns:
            follows[model.columns[name].slice] = True
    counted = np.zeros_like(follows)
    most_counted = np.full(cities.size, np.inf)
    if known.counted is not None:
        counted[model.columns[known.counted.name].slice] = True
        most_counted = np.array(model.bounds[known.counted.name][1])
    blocks = [model.rows[name] for name in names]
    family = np.repeat(np.arange(len(blocks)), [each.members.size for each in blocks])
    city = np.concatenate([place[each.members.codes[0]] for each in blocks])
    chosen = np.concatenate([np.arange(each.start, each.stop) for each in blocks])
    column_city = np.where(model.cities < 0, -1, place[model.cities])
    columns = _Columns(model.columns[known.granted.name].start, cities.size, counted, follows, column_city)
    parts = _Parts(
        model.matrix[chosen], model.row_scale[chosen], model.row_lower[chosen], model.row_upper[chosen],
        family, np.arange(chosen.size), city,
    )  # fmt: skip
    purses = derived.purses
    if purses.shared:
        parts = _shared_out(parts, purses.head, column_city, point.columns / model.column_scale)
    rows, loose = _as_rows(model, parts, columns, point.columns)
    rows = _without(rows, loose, model)
    rows = rows.chosen(np.isfinite(rows.most))
    some, persons = np.any(rows.granted != 0, axis=1), rows.counted != 0
    weighs = some & (persons | np.any(rows.granted < 0, axis=1))
    accounts = (purses.together(each) for each in (derived.essential_spending, derived.revenue))
    money = (BUDGET_NOISE + LAST_DIGITS * np.maximum(*accounts)) / purses.size
    return Kept(
        names,
        np.array([known.families[name].gives_way for name in names], dtype=bool),
        rows.chosen(some & ~weighs),
        rows.chosen(~some & (rows.counted > 0)),
        rows.chosen(weighs),
        most_counted,
        money,
    )


@dataclass(frozen=True, eq=False)
class _Columns:
    """What the columns of the matrix are: `granted` is the first of those of pools, which `cities` have each; `city` is
    the place of the city that each is of."""

    granted: int
    cities: int
    counted: Flags
    follows: Flags
    city: Places


@dataclass(frozen=True, eq=False)
class _Parts:
    """Rows of the matrix, or their parts by member: lower ≤ matrix·x ≤ upper, in units of the matrix."""

    matrix: Any
    scale: Floats
    lower: Floats
    upper: Floats
    family: Places
    origin: Places
    city: Places


def _shared_out(rows: _Parts, head: Places, column_city: Places, point: Floats) -> _Parts:
    """The rows with those of purses shared out to their members.

    Args:
        rows: of cities and of purses, these by the place of their head.
        head: of the purse of every city [n].
        column_city: place of the city that each column is of.
        point: what was decided, in units of the matrix.
    """
    size = np.bincount(head, minlength=head.size)
    number = np.where(_of_purses(rows, head, column_city), size[rows.city], 1)
    origin = np.repeat(np.arange(number.size), number)
    within = np.arange(origin.size) - np.repeat(np.cumsum(number) - number, number)
    members, first = np.argsort(head, kind="stable"), np.cumsum(size) - size
    parted = number[origin] > 1
    city = np.where(parted, members[np.where(parted, first[rows.city[origin]] + within, 0)], rows.city[origin])
    entries = rows.matrix[origin].tocoo()
    kept = ~parted[entries.row] | (column_city[entries.col] == city[entries.row])
    entry = (entries.data[kept], (entries.row[kept], entries.col[kept]))
    matrix = csr_array(entry, shape=(origin.size, point.size))
    taken, whole = matrix @ point, rows.matrix @ point
    lower, upper = (
        np.where(parted, taken + (side - whole)[origin] / number[origin], side[origin])
        for side in (rows.lower, rows.upper)
    )
    return _Parts(matrix, rows.scale[origin], lower, upper, rows.family[origin], origin, city)


def _of_purses(rows: _Parts, head: Places, column_city: Places) -> Flags:
    """The rows that sum over members of a purse: some entry is of another city than the row."""
    entries = rows.matrix.tocoo()
    other = column_city[entries.col]
    found = np.zeros(rows.city.size, dtype=bool)
    found[entries.row[(other >= 0) & (other != rows.city[entries.row])]] = True
    return found


def _as_rows(
    model: LinearModel, parts_of: _Parts, columns: _Columns, values: Floats
) -> tuple[Rows, tuple[Places, Places, Floats]]:
    """Some rows of the matrix as ≤ rows in the units of the instance, one for each side that bounds, and their entries
    (row, column, coefficient) in columns that follow from others."""
    matrix, family, city, number = parts_of.matrix.tocoo(), parts_of.family, parts_of.city, parts_of.city.size
    row, column, scale = matrix.row, matrix.col, parts_of.scale
    value = matrix.data * scale[row] / model.column_scale[column]
    whole = np.rint(value)
    value = np.where(np.abs(value - whole) <= LAST_DIGITS * np.abs(whole), whole, value)
    is_granted, is_counted, is_loose = model.granted[column], columns.counted[column], columns.follows[column]
    pools = int(model.granted.sum()) // columns.cities
    granted, persons = np.zeros((number, pools)), np.zeros(number)
    of_city, pool = np.divmod(column[is_granted] - columns.granted, pools)
    if np.any(of_city != city[row[is_granted]]):
        raise ValueError("rounding keeps a family with a row over pools of several cities that is not shared")
    granted[row[is_granted], pool] = value[is_granted]
    persons[row[is_counted]] = value[is_counted]
    fixed = ~(is_granted | is_counted | is_loose)
    stands = np.bincount(row[fixed], value[fixed] * values[column[fixed]], number)
    parts, loose, start = [], [], 0
    for sign, side in ((1.0, parts_of.upper), (-1.0, parts_of.lower)):
        at = np.flatnonzero(np.isfinite(side))
        known = family[at], parts_of.origin[at], city[at]
        parts.append((*known, sign * granted[at], sign * persons[at], sign * (side * scale - stands)[at]))
        place = np.full(number, -1)
        place[at] = start + np.arange(at.size)
        there = is_loose & (place[row] >= 0)
        loose.append((place[row[there]], column[there], sign * value[there]))
        start += at.size
    found, entries = (tuple(np.concatenate(each) for each in zip(*every, strict=True)) for every in (parts, loose))
    return Rows(*found), (entries[0], entries[1], entries[2])


def _without(rows: Rows, loose: tuple[Places, Places, Floats], model: LinearModel) -> Rows:
    """The rows without the columns that follow from others.

    A column takes any value between its bounds. So a row that it relieves holds where it holds with the column at its
    upper bound; one that it burdens where it holds with the column at its lower bound, and with the least that any of
    the rows asks for which it relieves.

    Raises:
        ValueError: a row has two such columns.
    """
    row, column, value = loose
    if len(np.unique(row)) < len(row):
        raise ValueError("a row that rounding keeps has two columns that follow from others")
    scale = model.column_scale[column]
    relieved = value < 0
    most = rows.most.copy()
    most[row] -= value * np.where(relieved, model.upper[column], model.lower[column]) * scale
    order = np.argsort(column[relieved], kind="stable")
    by, at, weight = (each[relieved][order] for each in (column, row, -value))
    first, last = (np.searchsorted(by, column[~relieved], side) for side in ("left", "right"))
    number = last - first
    burdened = np.repeat(row[~relieved], number)
    which = np.repeat(first, number) + np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    other, share = at[which], np.repeat(value[~relieved], number) / weight[which]
    pairs = rows.origin[burdened] * (rows.origin.max(initial=0) + 1) + rows.origin[other]
    summed = Rows(
        rows.family[burdened],
        rows.origin.max(initial=0) + 1 + pairs,
        rows.city[burdened],
        rows.granted[burdened] + share[:, None] * rows.granted[other],
        rows.counted[burdened] + share * rows.counted[other],
        rows.most[burdened] + share * rows.most[other],
    )
    every = Rows(rows.family, rows.origin, rows.city, rows.granted, rows.counted, most)
    return Rows(
        *(np.concatenate([getattr(part, each.name) for part in (every, summed)]) for each in fields(Rows))
    )  # fmt: skip


def room(derived: Derived, kept: Kept, numbers: Floats, later: Flags, pool: int) -> tuple[Floats, Floats]:
    """The most of a pool that leaves every row room for what is there, and for the least of what is still to come.

    Args:
        derived: the derived data.
        kept: of `kept_rows`.
        numbers: published, or decided where still to come [n, R].
        later: the pools that are still to come [R].
        pool: the one in question.

    Returns:
        The amount [n], infinite where no row speaks; and the same where rows that give way leave it the next multiple.
    """
    quantum = derived.quantum
    least = np.maximum(np.floor(numbers / quantum + QUANTUM_NOISE) * quantum, derived.lower)
    taken = np.where(later, np.minimum(numbers, least), numbers)
    taken[:, pool] = 0.0
    rows = kept.room.chosen(kept.room.granted[:, pool] > 0)
    left = rows.left(taken, np.zeros(len(numbers))) / rows.granted[:, pool]
    next_multiple = np.ceil(left / quantum[pool] - QUANTUM_NOISE) * quantum[pool]
    return kept.least(rows, left), kept.least(rows, np.where(kept.gives_way[rows.family], next_multiple, left))


def most_counted(kept: Kept) -> Floats:
    """How many whole persons can settle within their upper bound and the rows that persons alone can break [n]."""
    gates = kept.gates
    each = kept.least(gates, np.maximum(gates.most, 0.0) / gates.counted)
    return np.asarray(np.floor(np.minimum(kept.most_counted, each) + QUANTUM_NOISE))
