"""Pyomo rules -> `LinearModel`. Knows no land and no debt: names, sets, arrays and rules only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from alloc.compiler.assembly import Rows, assemble, of_entries, of_terms
from alloc.compiler.grid import Affine
from alloc.compiler.labels import Members
from alloc.compiler.linear_model import (
    Block,
    ClosenessObjective,
    LinearForm,
    LinearModel,
    LinearObjective,
    MaxMinObjective,
    Objective,
)
from alloc.compiler.sets import Sets
from alloc.compiler.standard_form import sum_through_pyomo, through_pyomo
from alloc.compiler.template import NotATemplate, Walker
from alloc.formulation.declare import product

Entries = tuple[np.ndarray, np.ndarray, np.ndarray]


class CompileError(Exception):
    """A formulation that cannot be made into a matrix; says which family or parameter and why."""


def compile_model(model: Any, always_through_pyomo: Iterable[str] = ()) -> LinearModel:
    """Compiles a formulation (see `alloc.formulation.declare` for what it carries) to one sparse matrix.

    Args:
        model: the formulation.
        always_through_pyomo: families that are compiled by Pyomo itself even where the template could be evaluated
            (for comparing the two ways).

    Raises:
        CompileError: data that are not a number, a coefficient that is not finite, a rule that neither way can
            compile (it names an unknown label, or is not linear), or an unknown kind of tier.
    """
    for name, values in model.values.items():
        _numbers(f"parameter {name}", values)
    for name, column in model.columns.items():
        _numbers(f"variable {name}", column.lower, column.upper)
    sets = Sets(model)
    columns, column_count = _columns(model, sets)
    column_scale = _joined(model.columns[name].scale for name in columns)
    scales = {name: _uniform(model.columns[name].scale) for name in columns}
    walker = Walker(model, sets, {name: block.start for name, block in columns.items()}, model.values, scales)

    rows: dict[str, Block] = {}
    slow: dict[str, str] = {}
    parts: list[Rows] = []
    lowers, uppers, row_scales = [], [], []
    start = 0
    for name, family in model.families.items():
        members = sets.members(family.index)
        rows[name] = block = Block(name, start, members, sets.shape(family.index))
        if not members.size:
            continue
        scale = np.broadcast_to(family.scale, block.shape)
        try:
            if name in always_through_pyomo:
                raise NotATemplate("asked for")
            relation = walker.relation(family.index, family.rule)
            lower, upper = relation.lower, relation.upper
            parts.append(of_terms(relation.body.over(scale)))
        except NotATemplate as reason:
            slow[name] = str(reason)
            (row, column, value), lower, upper = _slowly(model, name, sets, columns)
            parts.append(of_entries(members.size, row, column, value * column_scale[column] / scale.ravel()[row]))
        except KeyError as error:
            raise CompileError(f"family {name}: {error}") from error
        if not np.all(np.isfinite(parts[-1].values)):
            raise CompileError(f"family {name}: a coefficient is not finite")
        _numbers(f"family {name}", lower, upper)
        lowers.append(np.broadcast_to(lower, members.size))
        uppers.append(np.broadcast_to(upper, members.size))
        row_scales.append(scale)
        start = block.stop

    row_scale = _joined(row_scales)
    return LinearModel(
        matrix=assemble(parts, column_count),
        row_lower=_joined(lowers) / row_scale,
        row_upper=_joined(uppers) / row_scale,
        lower=_joined(model.columns[name].lower for name in columns) / column_scale,
        upper=_joined(model.columns[name].upper for name in columns) / column_scale,
        integer=_flags(columns, {name for name, column in model.columns.items() if column.integer}),
        auxiliary=_flags(columns, {name for name, column in model.columns.items() if column.auxiliary}),
        granted=_flags(columns, {name for name, column in model.columns.items() if column.granted}),
        column_scale=column_scale,
        row_scale=row_scale,
        columns=columns,
        rows=rows,
        objectives={
            name: _objective(name, tier, model, walker, columns, rows, column_scale)
            for name, tier in model.tiers.items()
        },
        slow_families=slow,
        units=model.sizes,
        sums=_Sums(model, sets, columns, column_count),
        bounds={name: (column.lower, column.upper) for name, column in model.columns.items()},
    )


class _Sums(Mapping[str, LinearForm]):
    """What levers add up to, for columns that have the units of the instance; each compiled when it is first asked for,
    since most models are solved for other things."""

    def __init__(self, model: Any, sets: Sets, columns: dict[str, Block], column_count: int) -> None:
        self._model, self._sets, self._columns, self._count = model, sets, columns, column_count
        self._found: dict[str, LinearForm] = {}

    def __getitem__(self, name: str) -> LinearForm:
        if name not in self._found:
            self._found[name] = self._compiled(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._model.sums)

    def __len__(self) -> int:
        return len(self._model.sums)

    @cached_property
    def _walker(self) -> Walker:
        starts = {name: block.start for name, block in self._columns.items()}
        unscaled = dict.fromkeys(self._columns, np.array(1.0))
        return Walker(self._model, self._sets, starts, self._model.values, unscaled)

    def _compiled(self, name: str) -> LinearForm:
        one = self._model.sums[name]
        index = product([getattr(self._model, name_of_set) for name_of_set in one.over])
        shape, size = self._sets.shape(index), self._sets.members(index).size
        if not size:
            return LinearForm(shape, sp.csr_array((0, self._count)), np.zeros(0))
        try:
            body = self._walker.expression(index, one)
            entries, constant = of_terms(body), np.broadcast_to(body.constant, shape).ravel()
        except NotATemplate:
            (row, column, value), constant = _slow_sum(self._model, name, index, self._sets, self._columns)
            entries = of_entries(size, row, column, value)
        except KeyError as error:
            raise CompileError(f"sum {name}: {error}") from error
        _numbers(f"sum {name}", entries.values, constant)
        return LinearForm(shape, assemble([entries], self._count), np.asarray(constant, dtype=float))


def _slow_sum(model: Any, name: str, index: Any, sets: Sets, columns: dict[str, Block]) -> tuple[Entries, np.ndarray]:
    try:
        return sum_through_pyomo(model, model.sums[name], index, sets, columns)
    except Exception as error:  # as of a family
        raise CompileError(f"sum {name}: {error}") from error


def _flags(columns: dict[str, Block], named: set[str]) -> np.ndarray:
    """For every column of the matrix, whether it belongs to a variable that is named."""
    return np.repeat([name in named for name in columns], [block.members.size for block in columns.values()])


def _numbers(what: str, *arrays: Any) -> None:
    if any(np.isnan(np.min(array, initial=np.inf)) for array in arrays):  # the least of numbers, one of which is none
        raise CompileError(f"{what} holds something that is not a number")


def _slowly(model: Any, family: str, sets: Sets, columns: dict[str, Block]) -> tuple[Entries, np.ndarray, np.ndarray]:
    try:
        return through_pyomo(model, family, sets, columns)
    except Exception as error:  # a rule that Pyomo itself cannot compile says so in many ways
        raise CompileError(f"family {family}: {error}") from error


def _columns(model: Any, sets: Sets) -> tuple[dict[str, Block], int]:
    columns: dict[str, Block] = {}
    start = 0
    for name in model.columns:
        index = model.find_component(name).index_set()
        scalar = not model.find_component(name).is_indexed()
        members = Members((), sets.codes, 1) if scalar else sets.members(index)
        columns[name] = Block(name, start, members, () if scalar else sets.shape(index))
        start = columns[name].stop
    return columns, start


def _uniform(scale: np.ndarray) -> np.ndarray:
    """One number where all are the same, else one a column."""
    return np.asarray(scale.flat[0]) if scale.size and np.all(scale == scale.flat[0]) else scale.ravel()


def _objective(
    name: str,
    tier: Any,
    model: Any,
    walker: Walker,
    columns: dict[str, Block],
    rows: dict[str, Block],
    column_scale: np.ndarray,
) -> Objective:
    kind = type(tier).__name__
    if kind == "LinearTier":
        sign = -1.0 if tier.maximise else 1.0
        try:
            costs, constant = _costs(walker.objective(tier.rule), column_scale.size)
            breaker = _costs(walker.objective(tier.tie_breaker), column_scale.size)[0] if tier.tie_breaker else None
        except (NotATemplate, KeyError) as error:
            raise CompileError(f"tier {name}: {error}") from error
        return LinearObjective(
            name, sign * costs, sign * constant, tier.maximise, tier.integer, tier.scale, breaker, tier.essential
        )
    if kind == "MaxMinTier":
        block = rows[tier.family]
        return MaxMinObjective(name, columns[tier.level].start, np.arange(block.start, block.stop))
    if kind == "ClosenessTier":
        block = columns[tier.variable]
        chosen = np.flatnonzero(np.isfinite(tier.centre.ravel()))
        at = block.start + chosen
        scale = column_scale[at]
        return ClosenessObjective(
            name,
            at,
            tier.centre.ravel()[chosen] / scale,
            tier.weight.ravel()[chosen] * scale**2,
            tier.unit.ravel()[chosen] / scale,
        )
    raise CompileError(f"tier {name}: unknown kind {kind}")


def _costs(expression: Affine, columns: int) -> tuple[np.ndarray, float]:
    at = _joined((np.broadcast_to(term.column, term.shape) for term in expression.terms), np.intp)
    values = _joined(np.broadcast_to(term.value, term.shape) for term in expression.terms)
    return np.bincount(at, values, columns), float(np.sum(expression.constant))


def _joined(arrays: Iterable[np.ndarray], kind: type = float) -> np.ndarray:
    """Arrays one behind the other, of whatever shapes; those that are broadcast are spread out only once."""
    every = list(arrays)
    joined: np.ndarray = np.empty(sum(array.size for array in every), dtype=kind)
    start = 0
    for array in every:
        joined[start : start + array.size].reshape(array.shape)[...] = array
        start += array.size
    return joined
