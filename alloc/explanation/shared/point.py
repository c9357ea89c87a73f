"""The decisions of a result as a point of the compiled model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from alloc.compiler.linear_model import LinearModel
from alloc.instance.derived.bounds import Floats
from alloc.instance.derived.derived import Derived
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


def _of_service(name: str) -> Callable[[Result, Derived], Any]:
    return lambda result, derived: matrix(result.tables["services"], name, "service", derived)


def _of_city(table: str, *names: str) -> Callable[[Result, Derived], Any]:
    return lambda result, derived: (
        result.tables[table].set_index("city").reindex(list(derived.cities))[list(names)].to_numpy(dtype=float)
    )


def _settled(result: Result, derived: Derived) -> Floats:
    published, rounding = (_of_city("people", name)(result, derived) for name in ("settle", "rounding"))
    return np.asarray(published - rounding)


# Decision -> its values in a result, in units of the instance.
DECIDED: Mapping[str, Callable[[Result, Derived], Any]] = {
    "allocation": unrounded,
    "settle": _settled,
    "build": _of_service("build"),
    "expand": _of_service("expand"),
    "backlog": _of_service("backlog"),
    "land_use": _of_city("land", "public", "production", "unassigned"),
    "reuse": _of_city("land", "reuse_public", "reuse_production"),
    "to_capital": _of_city("budget", "to_capital"),
}


def decided_point(result: Result, derived: Derived, model: LinearModel) -> Floats:
    """All decisions of a result in units of the matrix; columns that only state what a tier is worth are 0.

    Raises:
        KeyError: the model decides something else.
    """
    point = np.zeros(len(model.lower))
    for name, block in model.columns.items():
        if not model.auxiliary[block.slice].any():
            value = np.asarray(DECIDED[name](result, derived), dtype=float)
            point[block.slice] = value.ravel() / model.column_scale[block.slice]
    return point
