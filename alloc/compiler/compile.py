"""Pyomo rules -> `LinearModel`. Knows no land and no debt: names, sets, arrays and rules only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from alloc.compiler.template import NotATemplate, Template, Walker
from alloc.formulation.declare import ONE_THREAD, product
from alloc.formulation.restated import moved, pyomo_of, same

NOTHING = np.empty(0)
NO_ROWS = Rows(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), NOTHING)
Entries = tuple[np.ndarray, np.ndarray, np.ndarray]


class CompileError(Exception):
    """A formulation that cannot be made into a matrix; says which family or parameter and why."""


@dataclass(frozen=True, eq=False)
class _Family:
    """The rows of a family; sides in units of the model.

    Attributes:
        template: of its rule, None where Pyomo compiled it.
        read: the parameters that it is made of.
        reason: why Pyomo compiled it.
    """

    block: Block
    scale: np.ndarray
    rows: Rows
    lower: np.ndarray
    upper: np.ndarray
    template: Template | None
    read: frozenset[str]
    reason: str = ""


@dataclass(frozen=True, eq=False)
class _Costs:
    """The costs and the constant of a rule over the whole model, and the parameters that it is made of."""

    rule: Any
    template: Template
    costs: np.ndarray
    constant: float
    read: frozenset[str]


@dataclass(frozen=True, eq=False)
class Source:
    """What a model was compiled from, so that one with other numbers can take over what is the same.

    Attributes:
        model: the formulation.
        sets, columns, families, costs: of it; `costs` by tier and what of it they are.
        matrix: as it was compiled.
    """

    model: Any
    sets: Sets
    columns: dict[str, Block]
    families: dict[str, _Family]
    costs: dict[tuple[str, str], _Costs]
    matrix: sp.csr_array


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
    with ONE_THREAD:
        return _Compiler(model, None, frozenset(always_through_pyomo)).compiled()


def compile_beside(model: Any, beside: LinearModel) -> LinearModel:
    """Compiles a formulation that has been declared beside that of another model: `compile_model` would give the same.

    Families and tiers whose numbers are the same are taken over; of the others the template is evaluated once more.

    Args:
        model: the formulation, declared beside that of the other model (`declared`).
        beside: compiled before.

    Raises:
        CompileError: as of `compile_model`.
    """
    assert isinstance(beside.source, Source)
    with ONE_THREAD:
        return _Compiler(model, beside.source, frozenset()).compiled()


def declared(model: LinearModel) -> Any:
    """The formulation that a model was compiled from."""
    assert isinstance(model.source, Source)
    return model.source.model


class _Compiler:
    """One formulation on its way to the matrix, beside the source of another one or by itself."""

    def __init__(self, model: Any, before: Source | None, through_pyomo: frozenset[str]) -> None:
        self._model, self._before, self._through_pyomo = model, before, through_pyomo
        self._moved = frozenset(model.values) if before is None else moved(before.model.values, model.values)
        for name in self._moved:
            _numbers(f"parameter {name}", model.values[name])
        for name, column in model.columns.items():
            _numbers(f"variable {name}", column.lower, column.upper)
        self._sets = Sets(model) if before is None else before.sets
        self._columns = _columns(model, self._sets) if before is None else before.columns
        self._column_scale = _joined(model.columns[name].scale for name in self._columns)
        self._walker = Walker(
            pyomo_of(model),
            self._sets,
            {name: block.start for name, block in self._columns.items()},
            model.values,
            {name: _uniform(model.columns[name].scale) for name in self._columns},
        )
        self._costs: dict[tuple[str, str], _Costs] = {}

    def compiled(self) -> LinearModel:
        """The matrix."""
        model, columns, column_scale = self._model, self._columns, self._column_scale
        families: dict[str, _Family] = {}
        start = 0
        for name in model.families:
            families[name] = self._family(name, start)
            start = families[name].block.stop
        some = [each for each in families.values() if each.block.members.size]
        rows = {name: each.block for name, each in families.items()}
        row_scale = _joined(each.scale for each in some)
        matrix = self._matrix(families)
        objectives = {name: self._objective(name, tier, rows) for name, tier in model.tiers.items()}
        return LinearModel(
            matrix=matrix,
            row_lower=_joined(each.lower for each in some) / row_scale,
            row_upper=_joined(each.upper for each in some) / row_scale,
            lower=_joined(model.columns[name].lower for name in columns) / column_scale,
            upper=_joined(model.columns[name].upper for name in columns) / column_scale,
            integer=_flags(columns, {name for name, column in model.columns.items() if column.integer}),
            auxiliary=_flags(columns, {name for name, column in model.columns.items() if column.auxiliary}),
            granted=_flags(columns, {name for name, column in model.columns.items() if column.granted}),
            column_scale=column_scale,
            row_scale=row_scale,
            columns=columns,
            rows=rows,
            objectives=objectives,
            slow_families={name: each.reason for name, each in families.items() if each.reason},
            units=model.sizes,
            sums=_Sums(model, self._sets, columns, column_scale.size),
            bounds={name: (column.lower, column.upper) for name, column in model.columns.items()},
            source=Source(model, self._sets, columns, families, self._costs, matrix),
        )

    def _family(self, name: str, start: int) -> _Family:
        family, before = self._model.families[name], None if self._before is None else self._before.families[name]
        members = self._sets.members(family.index)
        block = Block(name, start, members, self._sets.shape(family.index)) if before is None else before.block
        scale = np.broadcast_to(family.scale, block.shape)
        if before is not None and self._moved.isdisjoint(before.read) and same(scale, before.scale):
            return before
        if not members.size:
            return _Family(block, scale, NO_ROWS, NOTHING, NOTHING, None, frozenset())
        template, why, self._walker.read = None if before is None else before.template, "", set()
        try:
            if name in self._through_pyomo:
                raise NotATemplate("asked for")
            template = template or self._walker.template(family.index, family.rule)
            relation = self._walker.relation(template)
            lower, upper = relation.lower, relation.upper
            rows, read = of_terms(relation.body.over(scale)), frozenset(self._walker.read)
        except NotATemplate as reason:
            template, why, read = None, str(reason), frozenset(self._model.values)
            (row, column, value), lower, upper = _slowly(self._model, name, self._sets, self._columns)
            scaled = value * self._column_scale[column] / scale.ravel()[row]
            rows = of_entries(members.size, row, column, scaled)
        except KeyError as error:
            raise CompileError(f"family {name}: {error}") from error
        if not np.all(np.isfinite(rows.values)):
            raise CompileError(f"family {name}: a coefficient is not finite")
        _numbers(f"family {name}", lower, upper)
        lower, upper = np.broadcast_to(lower, members.size), np.broadcast_to(upper, members.size)
        return _Family(block, scale, rows, lower, upper, template, read, why)

    def _matrix(self, families: Mapping[str, _Family]) -> sp.csr_array:
        """All rows one below the other; the very matrix that there is where no coefficient is another one."""
        if self._before is not None and all(
            each is old or (same(each.rows.columns, old.rows.columns) and same(each.rows.values, old.rows.values))
            for each, old in zip(families.values(), self._before.families.values(), strict=True)
        ):
            return self._before.matrix
        parts = [each.rows for each in families.values() if each.block.members.size]
        return assemble(parts, self._column_scale.size)

    def _objective(self, name: str, tier: Any, rows: Mapping[str, Block]) -> Objective:
        kind = type(tier).__name__
        if kind == "LinearTier":
            sign = -1.0 if tier.maximise else 1.0
            main = self._cost(name, "rule", tier.rule)
            breakers = tuple(self._cost(name, f"tie {k}", rule).costs for k, rule in enumerate(tier.tie_breakers))
            return LinearObjective(
                name, sign * main.costs, sign * main.constant, tier.maximise, tier.integer, tier.scale, breakers,
                tier.essential,
            )  # fmt: skip
        if kind == "MaxMinTier":
            block = rows[tier.family]
            return MaxMinObjective(name, self._columns[tier.level].start, np.arange(block.start, block.stop))
        if kind == "ClosenessTier":
            block = self._columns[tier.variable]
            chosen = np.flatnonzero(np.isfinite(tier.centre.ravel()))
            at = block.start + chosen
            scale = self._column_scale[at]
            return ClosenessObjective(
                name,
                at,
                tier.centre.ravel()[chosen] / scale,
                tier.weight.ravel()[chosen] * scale**2,
                tier.unit.ravel()[chosen] / scale,
            )
        raise CompileError(f"tier {name}: unknown kind {kind}")

    def _cost(self, name: str, what: str, rule: Any) -> _Costs:
        before = None if self._before is None else self._before.costs.get((name, what))
        if before is not None and before.rule is not rule:
            before = None
        if before is None or not self._moved.isdisjoint(before.read):
            self._walker.read = set()
            try:
                template = before.template if before else self._walker.template(None, lambda model: rule(model))
                costs, constant = _costs(self._walker.expression(template), self._column_scale.size)
            except (NotATemplate, KeyError) as error:
                raise CompileError(f"tier {name}: {error}") from error
            before = _Costs(rule, template, costs, constant, frozenset(self._walker.read))
        self._costs[name, what] = before
        return before


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
        return Walker(pyomo_of(self._model), self._sets, starts, self._model.values, unscaled)

    def _compiled(self, name: str) -> LinearForm:
        one = self._model.sums[name]
        index = product([getattr(self._model, name_of_set) for name_of_set in one.over])
        shape, size = self._sets.shape(index), self._sets.members(index).size
        if not size:
            return LinearForm(shape, sp.csr_array((0, self._count)), np.zeros(0))
        try:
            body = self._walker.expression(self._walker.template(index, one))
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


def _columns(model: Any, sets: Sets) -> dict[str, Block]:
    columns: dict[str, Block] = {}
    start = 0
    for name in model.columns:
        index = model.find_component(name).index_set()
        scalar = not model.find_component(name).is_indexed()
        members = Members((), sets.codes, 1) if scalar else sets.members(index)
        columns[name] = Block(name, start, members, () if scalar else sets.shape(index))
        start = columns[name].stop
    return columns


def _uniform(scale: np.ndarray) -> np.ndarray:
    """One number where all are the same, else one a column."""
    return np.asarray(scale.flat[0]) if scale.size and np.all(scale == scale.flat[0]) else scale.ravel()


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
