"""What differs between two instances, as the table `inputs`: the cells of `alloc.scenario.diff`, ordered and typed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES
from alloc.scenario.difference import differing_cells
from alloc.scenario.state import GRIDS, LISTS

ORDER = ("settings", *LISTS, *TABLES)


def differences(one: Instance, other: Instance) -> pd.DataFrame:
    """Table `inputs`: settings first, then the tables in the order of the schema, rows by key."""
    return pd.DataFrame(inputs(one, other))


def inputs(one: Instance, other: Instance) -> list[dict[str, Any]]:
    """The rows of the table `inputs` as records."""
    cells = differing_cells(one, other)
    came_or_went = {
        (cell["table"], cell["key"]): "added" if cell["old"] is None else "removed"
        for cell in cells if _is_key(cell)
    }  # fmt: skip
    # Of a row that comes or goes, its key is told by `key`; it is a cell of its own only where nothing else is given.
    told = {(cell["table"], cell["key"]) for cell in cells if not _is_key(cell)}
    rows = [
        {
            "table": cell["table"], "key": cell["key"], "column": cell["column"],
            "row": came_or_went.get((cell["table"], cell["key"]), "changed"),
            "old": _text(cell["old"]), "new": _text(cell["new"]),
            "old_number": _number(cell["old"]), "new_number": _number(cell["new"]),
        }
        for cell in cells if not _is_key(cell) or (cell["table"], cell["key"]) not in told
    ]  # fmt: skip
    rows.sort(key=lambda row: (ORDER.index(row["table"]), row["key"], _place(row["table"], row["column"])))
    return rows


def differing(rows: Iterable[Mapping[Any, Any]]) -> int:
    """How many differences rows of the table `inputs` are: a setting or cell that changes, a row that comes or goes."""
    return len({
        (row["table"], row["key"], row["column"] if row["row"] == "changed" else row["row"]) for row in rows
    })  # fmt: skip


def _is_key(cell: Mapping[str, Any]) -> bool:
    """Whether a cell is in a key column; such cells differ only where a row comes or goes."""
    table = GRIDS.get(cell["table"])
    return table is not None and cell["column"] in table.key


def _place(table: str, column: str) -> tuple[int, str]:
    """Where a column stands in its table: as described, then by name."""
    names = GRIDS[table].names if table in GRIDS else ()
    return (names.index(column) if column in names else len(names), column)


def _text(value: Any) -> str:
    """A value as the planner writes it; what is not given is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, list | tuple):
        texts = all(isinstance(each, str) for each in value)
        return ", ".join(value) if texts else json.dumps(value, ensure_ascii=False)
    return str(value)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else np.nan
