"""Edits of ``instance.toml`` outside its tables: single values, lists of sections, the order of a list of names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.instance.findings import InputError
from alloc.scenario.edits import SETTINGS, Edit
from alloc.scenario.state import LISTS, State, entries_of
from alloc.scenario.touch import NO_ROW, Touch, column_touched, row_added, rows_dropped
from alloc.scenario.typed import CHANGES, WRONG_TYPE, amount, number, typed
from alloc.text import Text


def resolve_setting(edit: Edit, path: str, state: State) -> list[Touch]:
    """The values that an edit of the settings is about; what they may be, the settings' own models check.

    Raises:
        InputError: the value is not of a kind with which the verb can do anything.
    """
    if edit.where.strip():
        message = Text("只有表才能加 where。", "Only rows of a table are chosen by where.")
        remedy = Text("删去 where。", "Leave where out.")
        raise InputError([edit.finding("where_out_of_place", message, remedy, column="where", value=edit.where)])
    if path in LISTS:
        return _order(edit, path, state)
    if path not in state.values:
        return _sections(edit, path, state)
    old = state.values[path]
    return [Touch((SETTINGS, (), path), NO_ROW, old, _outcome(edit, old))]


def _outcome(edit: Edit, old: Any) -> Any:
    if edit.verb == "drop":
        return None
    if edit.verb == "set":
        if isinstance(edit.value, Mapping) or entries_of(edit.value):
            remedy = Text("应为单个值。", "Would be right: a single value.")
            raise InputError([edit.finding("wrong_type", WRONG_TYPE, remedy, value=edit.value)])
        return tuple(edit.value) if isinstance(edit.value, list | tuple) else edit.value
    by, before = amount(edit), number(old)
    if before is None:
        remedy = Text("这里没有数，用 set。", "There is no number to change: use set.")
        raise InputError([edit.finding("wrong_type", WRONG_TYPE, remedy, value=edit.verb)])
    with np.errstate(over="ignore"):  # what is beyond every number is out of range, and said so
        new = float(CHANGES[edit.verb](before, by))
    return int(new) if isinstance(old, int) and new.is_integer() else new


def _sections(edit: Edit, path: str, state: State) -> list[Touch]:
    """A whole list of sections set anew."""
    new = {
        f"{path}[{place}].{name}": value for place, section in enumerate(edit.value) for name, value in section.items()
    }
    paths = dict.fromkeys([*(known for known in state.values if known.startswith(f"{path}[")), *new])
    return [Touch((SETTINGS, (), each), NO_ROW, state.values.get(each), new.get(each)) for each in paths]


def _order(edit: Edit, path: str, state: State) -> list[Touch]:
    """A list with names set anew: its entries are names, which keep what they hold, or sections."""
    table, frame = LISTS[path], state.tables[path]
    key = table.key[0]
    entries = edit.value if isinstance(edit.value, list | tuple) else ()
    sections = [entry if isinstance(entry, Mapping) else {key: entry} for entry in entries]
    names = [section.get(key) for section in sections]
    strange = [name for section in sections for name in section if name not in table.names]
    if not names or strange or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        remedy = Text(
            "应为名称的列表，如 {names}；也可写成小节，每个名称一次。",
            "Would be right: a list of names such as {names}, or of sections; every name once.",
        ).fill(names=list(state.values[path]))
        raise InputError([edit.finding("wrong_type", WRONG_TYPE, remedy, value=edit.value)])
    touches = [Touch((SETTINGS, (), path), NO_ROW, state.values[path], tuple(names))]
    present = frame[key].tolist()
    touches += rows_dropped(table, frame, np.flatnonzero([name not in names for name in present]))
    for entry, section in zip(entries, sections, strict=True):
        given = {name: typed(edit, table.by_name[name], value) for name, value in section.items()}
        if section[key] not in present:
            touches += row_added(table, (section[key],), given)
            continue
        row = np.array([present.index(section[key])])
        for column in table.names if entry is section else [key]:
            touches += column_touched(table, frame, row, column, [given.get(column)])
    return touches
