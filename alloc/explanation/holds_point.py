"""The decisions of a result as a point of the compiled model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alloc.compiler.linear_model import LinearModel
from alloc.instance.bounds import Floats
from alloc.instance.derived import Derived
from alloc.result.result import Result

PARTS = ("benchmark", "rule", "optimised", "override")  # what adds up to the decision before rounding


def unrounded(result: Result, derived: Derived) -> Floats:
    """The decided allocation before rounding [n, R]."""
    table = result.tables["allocation"]
    return matrix(table.assign(value=table[list(PARTS)].sum(axis=1)), "value", "pool", derived)


def matrix(table: pd.DataFrame, value: str, by: str, derived: Derived) -> Floats:
    """A column of a table keyed by city and pool or service, as a matrix in the order of the derived data."""
    wide = table.pivot(index="city", columns=by, values=value)
    labels = derived.pools if by == "pool" else derived.services
    return np.asarray(wide.reindex(index=list(derived.cities), columns=list(labels)).to_numpy(dtype=float))


def by_key(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    """The rows of a table with one key, as plain values."""
    rows: list[dict[str, Any]] = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    return {str(row[key]): row for row in rows}


def decided_point(result: Result, derived: Derived, model: LinearModel) -> Floats:
    """All decisions of a result in units of the matrix; columns that only state what a tier is worth are 0."""
    tables = result.tables
    people, land, budget = (
        tables[name].set_index("city").reindex(list(derived.cities)) for name in ("people", "land", "budget")
    )
    values = {
        "allocation": unrounded(result, derived),
        "settle": people["settle"] - people["rounding"],
        "build": matrix(tables["services"], "build", "service", derived),
        "expand": matrix(tables["services"], "expand", "service", derived),
        "land_use": land[["public", "production", "unassigned"]],
        "reuse": land[["reuse_public", "reuse_production"]],
        "to_capital": budget["to_capital"],
    }
    point = np.zeros(len(model.lower))
    for name, value in values.items():
        block = model.columns[name]
        point[block.slice] = np.asarray(value, dtype=float).ravel() / model.column_scale[block.slice]
    return point
