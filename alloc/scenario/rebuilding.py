"""The tables and settings with settled cells put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from alloc.instance.files.settings_reading import validate_settings
from alloc.instance.findings import Finding
from alloc.instance.instance import complete_table
from alloc.instance.schema.columns import Table
from alloc.scenario.agreement import Settled
from alloc.scenario.edits import SETTINGS
from alloc.scenario.state import GRIDS, LISTS, State, settings_apart, settings_together
from alloc.scenario.touch import NO_ROW, Key, Name


def rebuilt(state: State, settled: Mapping[Name, Settled]) -> tuple[State, list[Finding]]:
    """The state with every cell as settled; or the state as it was and what is wrong with the settings.

    Tables that do not change are the same objects.
    """
    by_table = _by_table(settled)
    tables = _tables(state, by_table)
    if not by_table.keys() & {SETTINGS, *LISTS}:
        return State(state.settings, state.values, tables), []
    given = {**state.values, **{path: cell.new for (_, _, path), cell in by_table.get(SETTINGS, {}).items()}}
    data = settings_together(given, tables)
    settings, findings = validate_settings(data)
    if settings is None:
        return state, [replace(each, column=each.column and _by_name(each.column, data)) for each in findings]
    values, lists = settings_apart(settings)
    return State(settings, values, {**tables, **lists}), []


def tables_rebuilt(state: State, settled: Mapping[Name, Settled]) -> State:
    """The state with the tables as settled, those of the settings too, which are not looked at."""
    return State(state.settings, state.values, _tables(state, _by_table(settled)))


def _by_table(settled: Mapping[Name, Settled]) -> dict[str, dict[Name, Settled]]:
    """The cells that change, by their table."""
    found: dict[str, dict[Name, Settled]] = {}
    for name, cell in settled.items():
        if cell.new != cell.old:
            found.setdefault(name[0], {})[name] = cell
    return found


def _tables(state: State, by_table: Mapping[str, Mapping[Name, Settled]]) -> dict[str, pd.DataFrame]:
    changed = {name: cells for name, cells in by_table.items() if name != SETTINGS}
    made = {name: _with_cells(GRIDS[name], state.tables[name], cells) for name, cells in changed.items()}
    return {**state.tables, **made}


def _by_name(path: str, data: Mapping[str, Any]) -> str:
    """``objective[1].tolerance`` as ``objective.fairness.tolerance``."""
    match = re.match(r"(.+)\[(\d+)\]", path)
    if match is None or match[1] not in LISTS:
        return path
    entries: Any = data
    for section in match[1].split("."):
        entries = entries[section]
    name = entries[int(match[2])].get(LISTS[match[1]].key[0])
    return f"{match[1]}.{name}{path[match.end() :]}"


def _with_cells(table: Table, frame: pd.DataFrame, cells: Mapping[Name, Settled]) -> pd.DataFrame:
    dropped: set[int] = set()
    changed: dict[str, tuple[list[int], list[Any]]] = {}
    added: dict[Key, dict[str, Any]] = {}
    for (_, key, column), cell in cells.items():
        if cell.row == NO_ROW:
            added.setdefault(key, {})[column] = cell.new
        elif column in table.key:
            dropped.add(cell.row)
        else:
            rows, values = changed.setdefault(column, ([], []))
            rows.append(cell.row)
            values.append(cell.new)
    kept = frame
    if changed:
        kept = frame.assign(**{column: _put(frame[column], *places) for column, places in changed.items()})
    if not dropped and not added:
        return kept
    kept = kept.drop(index=list(dropped))
    new = pd.DataFrame({
        name: _column(frame[name].dtype, [row.get(name) for row in added.values()]) for name in frame.columns
    })  # fmt: skip
    whole = pd.concat([kept, new], ignore_index=True) if added else kept
    return whole if table.name in LISTS else complete_table(table, whole)


def _put(column: pd.Series, rows: list[int], values: list[Any]) -> pd.Series:
    """A column with other values in some rows."""
    cells = column.to_numpy(dtype=None if column.dtype.kind in "fb" else object, copy=True)
    cells[rows] = _column(column.dtype, values).to_numpy(dtype=cells.dtype)
    return pd.Series(cells, column.index, dtype=column.dtype)


def _column(kind: Any, values: list[Any]) -> pd.Series[Any]:
    """Values as a column holds them, where nothing is given as it shows that."""
    if kind == np.float64:
        return pd.Series(np.array(values, dtype=np.float64))
    if kind == np.bool_:
        return pd.Series([bool(value) for value in values], dtype=bool)
    texts: pd.Series[Any] = pd.Series([value or "" for value in values], dtype=kind)
    return texts
