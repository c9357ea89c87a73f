"""The compiled model: one sparse matrix, its bounds, and where each family's rows and columns lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp

from alloc.compiler.labels import Members

STEEPEST = 0.01  # measured: at 1 the interior point takes a third longer and leaves a worse guess


@dataclass(frozen=True)
class Block:
    """Rows (or columns) of one family.

    Attributes:
        name: constraint family or variable.
        start: position of the first one in the matrix.
        members: the index, in order; its size is the number of rows.
        shape: of the index where it is a product of sets, else (size,).
    """

    name: str
    start: int
    members: Members
    shape: tuple[int, ...]

    @property
    def stop(self) -> int:
        """Position after the last one."""
        return self.start + self.members.size

    @property
    def slice(self) -> slice:
        """Where the block lies."""
        return slice(self.start, self.stop)

    @property
    def last(self) -> list[object]:
        """The members of the last set of its index, in order."""
        return list(dict.fromkeys(label[-1] for label in self.members.labels() if label))

    def label(self, position: int) -> tuple[object, ...]:
        """Index of the row or column at `position` of the matrix."""
        return self.members.label(position - self.start)


@dataclass(frozen=True)
class LinearObjective:
    """A tier that is linear: minimise costs·x + constant (costs by column of the matrix, sign already turned).

    Attributes:
        name: tier.
        costs: one a column, in the tier's own unit for one unit of the matrix.
        constant: what does not depend on the decisions.
        maximise: whether the tier itself is maximised (its value is then minus the minimum).
        integer: whether it is an objective of its own where cities plan their whole facilities by themselves.
        essential: whether granted columns may move further from the relaxation for it than a band allows.
        scale: size of the tier to which absolute gaps refer, in its own unit.
        tie_breakers: costs of the objectives that break ties, one after the other.
    """

    name: str
    costs: np.ndarray
    constant: float
    maximise: bool
    integer: bool
    scale: float
    tie_breakers: tuple[np.ndarray, ...] = ()
    essential: bool = False

    def value(self, columns: np.ndarray) -> float:
        """The tier's own value (not turned) at a point given in units of the matrix."""
        least = float((self.costs * columns).sum()) + self.constant  # threads of @ cost more than they save
        return (-least if self.maximise else least) + 0.0  # −0 is 0


@dataclass(frozen=True)
class MaxMinObjective:
    """Lexicographic max-min: the column `level` is raised; `rows` bound it from above."""

    name: str
    level: int
    rows: np.ndarray
    maximise: bool = True
    scale: float = 1.0


@dataclass(frozen=True)
class ClosenessObjective:
    """Minimise Σ weight·(x − centre)² over `columns`; everything in units of the matrix.

    `unit` is the size of a relative move of 1 of each column.
    """

    name: str
    columns: np.ndarray
    centre: np.ndarray
    weight: np.ndarray
    unit: np.ndarray
    maximise: bool = False
    scale: float = 1.0

    @property
    def factor(self) -> float:
        """What brings the steepest slope of the terms, each at a relative move of ½, to `STEEPEST`."""
        steepest = float(np.max(self.weight * self.unit, initial=0.0))
        return STEEPEST / steepest if steepest > 0 else 1.0

    def value(self, columns: np.ndarray) -> float:
        """Σ weight·(x − centre)² at a point given in units of the matrix."""
        return float((self.weight * (columns[self.columns] - self.centre) ** 2).sum())

    def slope(self, columns: np.ndarray) -> np.ndarray:
        """What the value grows by with each column there, 2·weight·(x − centre); 0 for those of no square."""
        slope = np.zeros(columns.size)
        slope[self.columns] = 2 * self.weight * (columns[self.columns] - self.centre)
        return slope


@dataclass(frozen=True)
class LinearForm:
    """What several levers add up to, in the units of the instance.

    Attributes:
        shape: of what it runs over.
        entries: coefficients, a row for each member of what it runs over, a column for each of the matrix.
        constant: what does not depend on the decisions, one for each row.
    """

    shape: tuple[int, ...]
    entries: sp.csr_array
    constant: np.ndarray

    def at(self, values: np.ndarray) -> np.ndarray:
        """Its value where the columns have the given values, in the units of the instance."""
        return np.asarray(self.entries @ values + self.constant).reshape(self.shape)


Objective = LinearObjective | MaxMinObjective | ClosenessObjective


@dataclass(frozen=True)
class LinearModel:
    """row_lower ≤ matrix·x ≤ row_upper, lower ≤ x ≤ upper, some x whole.

    `auxiliary` columns decide nothing: they state what a tier is worth. `granted` columns are what a city is granted of
    what all cities share.

    Everything is in units of the matrix: a value of the model is the matrix's value times `column_scale`; a row of
    the model is the matrix's row times `row_scale`. Both follow from `units`, with which a model nearby can be built
    so that its numbers can be compared with these. `sums` and `bounds` (of every variable, as declared) are in the
    units of the instance, over the columns that the formulation declares. `source` is what the compiler made it from,
    whatever has been added since (`alloc.compiler.compile.compile_beside`).
    """

    matrix: sp.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray
    auxiliary: np.ndarray
    granted: np.ndarray
    column_scale: np.ndarray
    row_scale: np.ndarray
    columns: dict[str, Block]
    rows: dict[str, Block]
    objectives: dict[str, Objective]
    slow_families: dict[str, str] = field(default_factory=dict)
    units: Mapping[str, np.ndarray] = field(default_factory=dict)
    sums: Mapping[str, LinearForm] = field(default_factory=dict)
    bounds: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    source: object = None

    @property
    def decisions(self) -> tuple[str, ...]:
        """Names of the variables that decide something."""
        return tuple(name for name, block in self.columns.items() if not self.auxiliary[block.slice].any())

    @property
    def grants(self) -> Block:
        """The columns of what cities are granted of the pools, [n, R]: one variable.

        Raises:
            ValueError: the model has none, or several.
        """
        (block,) = (column for column in self.columns.values() if column.members.size and self.granted[column.start])
        return block

    @property
    def cities(self) -> np.ndarray:
        """The city of every column: the first label of its index, if that is granted something; −1 for all others."""
        city = np.full(self.lower.size, -1, dtype=np.int64)
        for block in self.columns.values():
            if block.members.codes:
                city[block.slice] = block.members.codes[0]
        city[~np.isin(city, np.unique(city[self.granted]))] = -1
        return city

    def granted_at(self, point: np.ndarray) -> np.ndarray:
        """What cities are granted at a point of the matrix, in the model's unit [n, R]."""
        return self.values(self.grants.name, point)

    def up_to_determined(self) -> LinearModel:
        """The model without the tiers behind one that determines whatever is granted: none of them changes it."""
        free = self.granted & (self.lower < self.upper)
        for place, objective in enumerate(self.objectives.values(), start=1):
            if isinstance(objective, ClosenessObjective) and not np.any(np.delete(free, objective.columns)):
                return replace(self, objectives=dict(list(self.objectives.items())[:place]))
        return self

    def values(self, name: str, point: np.ndarray) -> np.ndarray:
        """Values of the variable `name` at a point of the matrix, in the model's unit and the index's shape."""
        block = self.columns[name]
        return np.asarray(point[block.slice] * self.column_scale[block.slice]).reshape(block.shape)

    def point(self, **values: np.ndarray) -> np.ndarray:
        """A point of the matrix with the values of some variables, in the model's unit and any shape; others are 0."""
        found = np.zeros(self.lower.size)
        for name, value in values.items():
            block = self.columns[name]
            found[block.slice] = np.asarray(value, dtype=float).ravel() / self.column_scale[block.slice]
        return found

    def with_deviations(self, columns: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> LinearModel:
        """The model with a row lower ≤ x − above + below ≤ upper for each of some columns.

        What x lies above and below are two further columns for each, first all above, then all below.
        """
        number = columns.size
        rows = sp.csr_array((np.ones(number), (np.arange(number), columns)), shape=(number, self.lower.size))
        none = sp.csr_array((self.matrix.shape[0], 2 * number))
        beyond = sp.hstack([-sp.eye_array(number), sp.eye_array(number)])
        entries = sp.csr_array(sp.vstack([none, beyond], format="csr"))
        return self.with_rows(rows, lower, upper).with_columns(entries)

    def with_columns(self, entries: sp.csr_array, upper: np.ndarray | float = np.inf) -> LinearModel:
        """The model with further columns behind its own, each from 0 to `upper`, of which no tier knows.

        Args:
            entries: their coefficients, one row for each of the model's.
            upper: of each, or of all.
        """
        none = np.zeros(entries.shape[1])
        return replace(
            self,
            matrix=sp.csr_array(sp.hstack([self.matrix, entries], format="csr")),
            lower=np.append(self.lower, none),
            upper=np.append(self.upper, none + upper),
            integer=np.append(self.integer, none.astype(bool)),
            auxiliary=np.append(self.auxiliary, none.astype(bool)),
            granted=np.append(self.granted, none.astype(bool)),
            column_scale=np.append(self.column_scale, none + 1),
            objectives={name: _padded(objective, none) for name, objective in self.objectives.items()},
        )

    def with_rows(self, entries: sp.csr_array, lower: np.ndarray, upper: np.ndarray) -> LinearModel:
        """The model with further rows behind its own, lower ≤ entries·x ≤ upper, that belong to no family."""
        return replace(
            self,
            matrix=sp.csr_array(sp.vstack([self.matrix, entries], format="csr")),
            row_lower=np.append(self.row_lower, lower),
            row_upper=np.append(self.row_upper, upper),
            row_scale=np.append(self.row_scale, np.ones(lower.size)),
        )


def _padded(objective: Objective, none: np.ndarray) -> Objective:
    if not isinstance(objective, LinearObjective):
        return objective
    breakers = tuple(np.append(each, none) for each in objective.tie_breakers)
    return replace(objective, costs=np.append(objective.costs, none), tie_breakers=breakers)
