"""The decisions of a result as a point of the compiled model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alloc.compiler.linear_model import LinearModel
from alloc.formulation.lever import Decision
from alloc.formulation.registry import catalogue
from alloc.instance.derived.bounds import Floats
from alloc.instance.derived.derived import Derived
from alloc.instance.schema.optional.links import LINKS, link_name
from alloc.instance.schema.tables import TABLES
from alloc.result.result import Result


def by_key(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """The rows of a table with one key, as plain values."""
    rows: list[dict[str, Any]] = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    return {str(row[key]): row for row in rows}


def decided(result: Result, derived: Derived, decision: Decision) -> Floats:
    """What a result decides, before rounding, in units of the instance and the shape of the decision.

    Sets that are a table of the instance are keys of the result's table; of any other each member has a column.
    Where there is nothing to decide (no standard facility, say) it is 0.
    """
    there = result.tables[decision.table]
    if LINKS.name in decision.over:
        there = there.assign(**{LINKS.name: list(map(link_name, *(there[name] for name in LINKS.key)))})
    keys = {
        name if name == LINKS.name else TABLES[name].key[0]: list(getattr(derived, name))
        for name in decision.over if name in TABLES
    }  # fmt: skip
    signs = {name.removeprefix("-"): -1.0 if name.startswith("-") else 1.0
             for name in decision.before_rounding or decision.columns_in(there)
             if name.removeprefix("-") in there}  # fmt: skip
    rows = pd.MultiIndex.from_product(list(keys.values())) if len(keys) > 1 else next(iter(keys.values()))
    table = there.set_index(list(keys)).loc[rows]
    values = np.nan_to_num(table[list(signs)].to_numpy(dtype=float) * list(signs.values()))
    if decision.before_rounding:
        values = values.sum(axis=1, keepdims=True)
    shape = [len(labels) for labels in keys.values()]
    return np.asarray(values.reshape(shape if len(keys) == len(decision.over) else [*shape, -1]))


def decided_point(result: Result, derived: Derived, model: LinearModel) -> Floats:
    """All decisions of a result in units of the matrix; columns that only state what a tier is worth are 0.

    Raises:
        KeyError: the model decides something that its catalogue has not.
    """
    known = catalogue(result.instance.formulation).decisions
    decisions = [name for name, block in model.columns.items() if not model.auxiliary[block.slice].any()]
    return model.point(**{name: decided(result, derived, known[name]) for name in decisions})
