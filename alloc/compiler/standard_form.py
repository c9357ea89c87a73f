"""The slow road: a family written out row by row and compiled by Pyomo's own standard-form compiler."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.compiler.linear_model import Block
from alloc.compiler.sets import Sets
from alloc.formulation.from_pyomo import LinearStandardFormCompiler, SetProduct, generate_standard_repn, pyo

Rows = tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray, np.ndarray]


def through_pyomo(model: Any, family: str, sets: Sets, columns: dict[str, Block]) -> Rows:
    """Compiles one family by Pyomo.

    Returns:
        The entries (row in the family, column of the matrix, coefficient, in units of the model), the rows' lower
        and upper bounds.
    """
    solid = written_out(model, sets, columns)
    chosen = model.families[family]
    labels = sets.members(chosen.index).labels()
    solid.compiled_family = pyo.Constraint(range(len(labels)), rule=lambda m, i: chosen.rule(m, *labels[i]))
    solid.any_objective = pyo.Objective(expr=0.0)
    form = LinearStandardFormCompiler().write(solid, mixed_form=True, set_sense=None)
    column_of = _column_of(solid, columns)
    place = np.array([column_of[id(variable)] for variable in form.columns], dtype=np.int64)
    lower, upper = np.full(len(labels), -np.inf), np.full(len(labels), np.inf)
    matrix = form.A.tocoo()
    row_of = np.array([row.constraint.index() for row in form.rows], dtype=np.int64)
    for row, bound in zip(form.rows, form.rhs, strict=True):
        at = row.constraint.index()
        if row.bound_type >= 0:
            upper[at] = bound
        if row.bound_type <= 0:
            lower[at] = bound
    # A range is two rows of the same numbers in mixed form: keep one of them.
    _, first = np.unique(row_of, return_index=True)
    keep = np.isin(matrix.row, first)
    entries = (row_of[matrix.row[keep]], place[matrix.col[keep]], matrix.data[keep])
    return entries, lower, upper


def sum_through_pyomo(
    model: Any, rule: Any, index: Any, sets: Sets, columns: dict[str, Block]
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """The entries (row, column of the matrix, coefficient) and constants of an expression over a set, by Pyomo.

    Raises:
        ValueError: it is not linear.
    """
    solid = written_out(model, sets, columns)
    column_of = _column_of(solid, columns)
    entries: list[tuple[int, int, float]] = []
    constants: list[float] = []
    for at, label in enumerate(sets.members(index).labels()):
        form = generate_standard_repn(rule(solid, *label))
        if not form.is_linear():
            raise ValueError(f"not linear at {', '.join(map(str, label))}")
        constants.append(float(form.constant))
        entries += [
            (at, column_of[id(variable)], float(value))
            for variable, value in zip(form.linear_vars, form.linear_coefs, strict=True)
        ]
    row, column, value = (np.array(part) for part in zip(*entries, strict=True)) if entries else (np.zeros(0),) * 3
    return (row.astype(np.int64), column.astype(np.int64), value.astype(float)), np.array(constants)


def _column_of(solid: Any, columns: dict[str, Block]) -> dict[int, int]:
    """Identity of a variable that is written out -> its column of the matrix."""
    found = {}
    for name, block in columns.items():
        component = solid.find_component(name)
        keys = block.members.labels() if component.is_indexed() else [None]
        for position, key in enumerate(keys):
            variable = component if key is None else component[key if len(key) > 1 else key[0]]
            found[id(variable)] = block.start + position
    return found


def written_out(model: Any, sets: Sets, columns: dict[str, Block]) -> Any:
    """The formulation as a plain Pyomo model: every member, number and variable an object; no constraints yet."""
    solid: Any = pyo.ConcreteModel()
    solid.sums, solid.quantities = model.sums, model.quantities
    product: dict[str, list[Any]] = {}
    for one in model.component_objects(pyo.Set, descend_into=False):
        if isinstance(one, SetProduct):
            continue
        if one.is_indexed():
            ragged = sets.ragged(one)
            members = ragged.members.labels()
            keys = sets.members(one.index_set()).labels()
            lists = {
                _plain(key): [_plain(member) for member in members[start : start + count]]
                for key, start, count in zip(keys, ragged.starts, ragged.counts, strict=True)
            }
            setattr(solid, one.name, pyo.Set(list(lists), initialize=lists, dimen=len(ragged.members.codes)))
        else:
            labels = [_plain(member) for member in sets.members(one).labels()]
            setattr(solid, one.name, pyo.Set(initialize=labels, dimen=one.dimen))
            product[one.name] = labels
    for name, values in model.values.items():
        component = model.find_component(name)
        if component.is_indexed():
            keys = [_plain(member) for member in sets.members(component.index_set()).labels()]
            given = dict(zip(keys, values.ravel().tolist(), strict=True))
            setattr(solid, name, pyo.Param(list(given), initialize=given))
        else:
            setattr(solid, name, pyo.Param(initialize=float(values)))
    for name, block in columns.items():
        if model.find_component(name).is_indexed():
            setattr(solid, name, pyo.Var([_plain(member) for member in block.members.labels()]))
        else:
            setattr(solid, name, pyo.Var())
    return solid


def _plain(label: tuple[Any, ...]) -> Any:
    return label if len(label) > 1 else label[0]
