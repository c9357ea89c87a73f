"""What two instances differ in, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance
from alloc.instance.schema.columns import Table
from alloc.scenario.edits import SETTINGS
from alloc.scenario.state import GRIDS, LISTS, State, in_order, plain, taken_apart
from alloc.scenario.touch import Name, keys_at

Change = tuple[Name, Any, Any]
CELL = ("table", "key", "column", "old", "new")


def diff(one: Instance, other: Instance) -> pd.DataFrame:
    """The cells in which two instances differ, rows aligned by key.

    Returns:
        A row a cell, by table, key and column: table, key (``440300, land``), column, old (in ``one``), new (in
        ``other``). Values are numbers, texts, flags and lists, None where nothing is given. A row that only one of them
        has is there with all its cells, those of its key included. Settings stand in the table ``settings`` under
        their dotted path, without a key; the tiers of the objective and of debt are tables of their own, and their
        order is a setting that only differs where it is not that of ``one`` with new names at the end.
    """
    rows = differing_cells(one, other)
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype="str" if place < 3 else object)
         for place, name in enumerate(CELL)}
    )  # fmt: skip


def differing_cells(one: Instance, other: Instance) -> list[dict[str, Any]]:
    """The rows of `diff` as records."""
    changes = sorted(changes_between(taken_apart(one), taken_apart(other)), key=lambda change: change[0])
    return [dict(zip(CELL, (table, ", ".join(key), column, old, new), strict=True))
            for (table, key, column), old, new in changes]  # fmt: skip


def changes_between(one: State, other: State) -> Iterator[Change]:
    """Every cell that differs, with its value in both."""
    for path in {**one.values, **other.values}:
        old, new = one.values.get(path), other.values.get(path)
        if (new != in_order(new or (), old or ())) if path in LISTS else new != old:
            yield (SETTINGS, (), path), old, new
    for name, table in GRIDS.items():
        if one.tables[name] is not other.tables[name]:
            yield from _rows_between(table, one.tables[name], other.tables[name])


def _rows_between(table: Table, one: pd.DataFrame, other: pd.DataFrame) -> Iterator[Change]:
    ours, theirs = (keys_at(table, frame, np.arange(len(frame))) for frame in (one, other))
    found = {key: row for row, key in enumerate(theirs)}
    mine = set(ours)
    alone = [(key, found[key]) for key in theirs if key not in mine]
    columns = list(dict.fromkeys([*one.columns, *other.columns]))
    if ours == theirs and list(one.columns) == list(other.columns):
        columns = _apart(one, other)
    for column in columns:
        old, new = (_cells(frame, column) for frame in (one, other))
        for key, before in zip(ours, old, strict=True):
            after = new[found[key]] if key in found else None
            if after != before:
                yield (table.name, key, column), before, after
        for key, row in alone:
            if new[row] is not None:
                yield (table.name, key, column), None, new[row]


def _apart(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """The columns in which two tables of the same shape may differ; all of them are looked at at once."""
    old, new = (frame.to_numpy(dtype=object) for frame in (one, other))
    differs = ((old != new) & ((old == old) | (new == new))).any(axis=0)
    return [str(column) for column, apart in zip(one.columns, differs.tolist(), strict=True) if apart]


def _cells(frame: pd.DataFrame, column: str) -> list[Any]:
    return plain(frame[column]) if column in frame.columns else [None] * len(frame)
