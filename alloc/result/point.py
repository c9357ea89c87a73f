"""The decisions of a solution in the units of the instance, whole and free of what a solver leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.formulation.catalogue import Catalogue
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.instance import Instance
from alloc.tolerances import ROUNDOFF

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Point:
    """A decided point.

    Attributes:
        known: the catalogue of its formulation.
        model: the matrix.
        data: the derived data.
        values: decision -> its values over its index, in the units of the instance.
    """

    known: Catalogue
    model: LinearModel
    data: Derived
    values: Mapping[str, Array]

    @property
    def granted(self) -> Array:
        """What cities are granted of every pool [n, R]."""
        return self.values[self.known.granted.name]

    @property
    def counted(self) -> Array:
        """What is published in whole numbers by city [n]; 0 where a formulation has nothing of the kind."""
        return np.zeros(len(self.data.cities)) if self.known.counted is None else self.values[self.known.counted.name]

    @cached_property
    def columns(self) -> Array:
        """A value for each column of the matrix, in the units of the instance; 0 where it decides nothing."""
        found = np.zeros(self.model.lower.size)
        for name, value in self.values.items():
            found[self.model.columns[name].slice] = value.ravel()
        return found

    def sum(self, name: str) -> Array:
        """What the levers add up to under a name, of the shape of what it runs over.

        Raises:
            KeyError: there is no such sum.
        """
        return self.model.sums[name].at(self.columns)

    def limit_sides(self, columns: Array) -> Array:
        """What every row of `limits` sums up, in the units of the instance [L].

        Args:
            columns: a value for each column of the matrix, in the units of the instance.
        """
        model, block = self.model, self.model.rows.get(self.known.limiting)
        if block is None:
            return np.zeros(0)
        sides = (model.matrix[block.slice] @ (columns / model.column_scale)) * model.row_scale[block.slice]
        # What a sum has besides decisions stands on the right side of the matrix.
        amounts = np.array([row.amount for row in self.data.limits])
        upper, lower = model.row_upper[block.slice], model.row_lower[block.slice]
        fixed = amounts - np.where(np.isfinite(upper), upper, lower) * model.row_scale[block.slice]
        return np.asarray(np.where(np.abs(fixed) > ROUNDOFF * np.maximum(1.0, np.abs(amounts)), sides + fixed, sides))

    def limits(self, decision: str) -> bool:
        """Whether a row of `limits` sums up a decision."""
        block = self.model.rows.get(self.known.limiting)
        return block is not None and self.model.matrix[block.slice][:, self.model.columns[decision].slice].nnz > 0

    def of_table(self, table: str) -> dict[str, Array]:
        """The columns that decisions have in a table of the result: name -> values over the key of the table."""
        found: dict[str, Array] = {}
        for name, decision in self.known.decisions.items():
            if decision.table == table and name in self.values:
                parts = [self.values[name]] if len(decision.columns) == 1 else np.moveaxis(self.values[name], -1, 0)
                found |= dict(zip(decision.columns_of(self.model.columns[name].last), parts, strict=True))
        return found


def decided(instance: Instance, model: LinearModel, data: Derived, values: Mapping[str, Array]) -> Point:
    """The decisions of a solution: within their bounds, whole where they have to be, and what no tier determines set.

    Args:
        instance: that was solved.
        model: its matrix.
        data: the derived data.
        values: variable -> values over its index, in the units of the instance.
    """
    known = catalogue(instance.formulation)
    found = {name: _clean(values[name], *model.bounds[name]) for name in model.decisions}
    if instance.settings.integers:
        found = {name: np.round(numbers) if known.decisions[name].whole else numbers for name, numbers in found.items()}
    point = Point(known, model, data, found)
    for lever in known.levers:
        if lever.settled is not None:
            point = replace(point, values={**point.values, **lever.settled(point)})
    return point


def _clean(values: Array, lower: Array, upper: Array) -> Array:
    inside = np.clip(values, lower, upper)
    near = ROUNDOFF * np.maximum(1.0, np.abs(inside))
    inside = np.where(np.abs(inside - lower) <= near, lower, inside)
    return np.where(np.abs(inside - upper) <= near, upper, inside)
