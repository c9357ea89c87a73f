"""Pyomo rules -> `LinearModel`. Knows no land and no debt: names, sets, arrays and rules only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import scipy.sparse as sp

from alloc.compiler.labels import Members
from alloc.compiler.linear_model import (
    Block,
    ClosenessObjective,
    LeastObjective,
    LinearModel,
    LinearObjective,
    Objective,
)
from alloc.compiler.sets import Sets
from alloc.compiler.standard_form import through_pyomo
from alloc.compiler.template import Affine, NotATemplate, Walker

Entries = tuple[np.ndarray, np.ndarray, np.ndarray]


class CompileError(Exception):
    """A formulation that cannot be made into a matrix; says which family or parameter and why."""


def compile_model(model: Any, always_through_pyomo: Iterable[str] = ()) -> LinearModel:
    """Compiles a formulation (see `alloc_models.declare` for what it carries) to one sparse matrix.

    Args:
        model: the formulation.
        always_through_pyomo: families that are compiled by Pyomo itself even where the template could be evaluated
            (for comparing the two ways).

    Raises:
        CompileError: data that are not a number, a coefficient that is not finite, or an unknown kind of tier.
    """
    for name, values in model.values.items():
        if np.any(np.isnan(values)):
            raise CompileError(f"parameter {name} holds something that is not a number")
    sets = Sets(model)
    columns, column_count = _columns(model, sets)
    walker = Walker(model, sets, {name: block.start for name, block in columns.items()}, model.values)
    column_scale = _joined(model.columns[name].scale for name in columns)

    rows: dict[str, Block] = {}
    slow: dict[str, str] = {}
    entries: list[Entries] = []
    lowers, uppers, scales = [], [], []
    start = 0
    for name, family in model.families.items():
        members = sets.members(family.index)
        rows[name] = block = Block(name, start, members, sets.shape(family.index))
        if not members.size:
            continue
        try:
            if name in always_through_pyomo:
                raise NotATemplate("asked for")
            relation = walker.relation(family.index, family.rule)
            body, lower, upper = relation.body, relation.lower, relation.upper
            lower, upper = lower - body.constant, upper - body.constant
            entries.extend((start + row, column, value) for row, column, value in body.terms)
        except NotATemplate as reason:
            slow[name] = str(reason)
            found, lower, upper = through_pyomo(model, name, sets, columns)
            entries.append((start + found[0], found[1], found[2]))
        lowers.append(np.broadcast_to(lower, members.size))
        uppers.append(np.broadcast_to(upper, members.size))
        scales.append(np.broadcast_to(np.asarray(family.scale, dtype=float), members.size))
        start = block.stop

    row_scale = _joined(scales)
    matrix = _matrix(entries, (start, column_count), row_scale, column_scale)
    return LinearModel(
        matrix=matrix,
        row_lower=_joined(lowers) / row_scale,
        row_upper=_joined(uppers) / row_scale,
        lower=_joined(model.columns[name].lower for name in columns) / column_scale,
        upper=_joined(model.columns[name].upper for name in columns) / column_scale,
        integer=_joined(
            np.full(block.members.size, model.columns[name].integer, dtype=bool) for name, block in columns.items()
        ).astype(bool),
        column_scale=column_scale,
        row_scale=row_scale,
        columns=columns,
        rows=rows,
        objectives={
            name: _objective(name, tier, model, walker, columns, rows, column_scale)
            for name, tier in model.tiers.items()
        },
        slow_families=slow,
    )


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


def _matrix(
    entries: list[Entries], shape: tuple[int, int], row_scale: np.ndarray, column_scale: np.ndarray
) -> sp.csr_array:
    row, column, value = (np.concatenate(each) for each in zip(*entries, strict=True))
    value = value * column_scale[column] / row_scale[row]
    if not np.all(np.isfinite(value)):
        raise CompileError("a coefficient is not finite")
    matrix = sp.coo_array((value, (row, column)), shape=shape).tocsr()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


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
        costs, constant = _costs(walker.objective(tier.rule), column_scale)
        then = _costs(walker.objective(tier.then), column_scale)[0] if tier.then else None
        return LinearObjective(name, sign * costs, sign * constant, tier.maximise, tier.whole, tier.natural, then)
    if kind == "LeastTier":
        block = rows[tier.family]
        return LeastObjective(name, columns[tier.level].start, np.arange(block.start, block.stop))
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


def _costs(expression: Affine, column_scale: np.ndarray) -> tuple[np.ndarray, float]:
    costs = np.zeros(column_scale.size)
    for _, column, value in expression.terms:
        np.add.at(costs, column, value)
    return costs * column_scale, float(np.sum(expression.constant))


def _joined(arrays: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.ravel(each) for each in arrays])
