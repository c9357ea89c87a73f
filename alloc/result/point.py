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

    def limit_sides(self, columns: Array) -> tuple[Array, Array]:
        """What every row of `limits` sums up, and what it is compared with, in the units of the instance [L] each.

        Args:
            columns: a value for each column of the matrix, in the units of the instance.
        """
        model, block = self.model, self.model.rows.get(self.known.limiting)
        if block is None:
            return np.zeros(0), np.zeros(0)
        rows = model.matrix[block.slice]
        sides = (rows @ (columns / model.column_scale)) * model.row_scale[block.slice]
        # What a sum has besides decisions stands on the right side of the matrix.
        amounts = np.array([row.amount for row in self.data.limits])
        upper, lower = model.row_upper[block.slice], model.row_lower[block.slice]
        fixed = amounts - np.where(np.isfinite(upper), upper, lower) * model.row_scale[block.slice]
        left = np.where(np.abs(fixed) > ROUNDOFF * np.maximum(1.0, np.abs(amounts)), sides + fixed, sides)
        right = amounts.copy()
        spent = model.sums["spending"].at(columns) if any(row.of_spending for row in self.data.limits) else np.zeros(0)
        for k, row in enumerate(self.data.limits):
            if row.of_spending:
                right[k] = row.of_spending * spent[row.selection].sum()
            elif row.versus is not None:
                entries = rows[[k]]
                others = row.versus[self._city_of[entries.indices]]
                value = entries.data * (columns / model.column_scale)[entries.indices]
                right[k] = -value[others].sum() * model.row_scale[block.start + k]
            if row.basis:
                left[k] += right[k]
        return np.asarray(left), right

    @cached_property
    def _city_of(self) -> Array:
        """The place of the city that each column is of; −1 for none."""
        cities = self.model.columns[self.known.granted.name].members.factors[0]  # type: ignore[attr-defined]
        place = np.full(max(len(cities.known), int(self.model.cities.max()) + 1), -1)
        place[cities.codes[0]] = np.arange(cities.size)
        return np.asarray(np.where(self.model.cities < 0, -1, place[self.model.cities]))

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
