"""An edit resolved: every cell that it is about, with what stands there and what the edit makes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.findings import Finding, InputError, shortened
from alloc.instance.schema.columns import Column, Table
from alloc.instance.suggest import Known
from alloc.instance.where.conditions import WhereError, parse
from alloc.scenario.edits import Edit
from alloc.scenario.resolve_settings import resolve_setting
from alloc.scenario.selection import WhereColumns, keys_named, rows_with_key, selects_nothing
from alloc.scenario.state import State
from alloc.scenario.targets import Grid, target_of
from alloc.scenario.touch import Key, Touch, column_touched, row_added, rows_dropped
from alloc.scenario.typed import CHANGES, amount, column_of, missing, out_of_range, typed
from alloc.text import Text

TITLES = ("title_zh", "title_en")


def resolve(edit: Edit, state: State) -> tuple[list[Touch], list[Finding]]:
    """The cells that an edit is about, and the warnings and errors that its values deserve.

    Raises:
        InputError: its target, its condition or the kind of its value is wrong.
    """
    target = target_of(edit, state)
    if not isinstance(target, Grid):
        return resolve_setting(edit, target.path, state), []
    table, frame = target.table, state.tables[target.table.name]
    if edit.adds_row:
        return _new_row(edit, target, frame)
    if target.column is None and edit.verb != "drop":
        message = Text("没有写明列。", "The edit names no column.")
        remedy = Known(set(table.names) - set(table.key)).remedy("")
        raise InputError([edit.finding("no_column", message, remedy)])
    rows, new_keys, findings = _selected(edit, target, state)
    if target.column is None:
        return rows_dropped(table, frame, rows), findings
    column = column_of(table, frame, target.column)
    touches = column_touched(table, frame, rows, column.name, _outcome(edit, column, frame[column.name].iloc[rows]))
    for key in new_keys:
        touches += row_added(table, key, {column.name: typed(edit, column, edit.value)})
    return touches, findings + _outside(edit, column, touches)


def _outcome(edit: Edit, column: Column, old: pd.Series) -> list[Any]:
    """What the edit makes of some cells of a column; what is not given stays so, unless it is set."""
    if edit.verb == "drop":
        if column.required or column.kind == "flag":
            raise InputError([missing(edit, column)])
        return [None] * len(old)
    if edit.verb == "set":
        return [typed(edit, column, edit.value)] * len(old)
    by = amount(edit, column)
    with np.errstate(over="ignore"):  # what is beyond every number is out of range, and said so
        new = CHANGES[edit.verb](old.to_numpy(dtype=np.float64), by)
    return [None if value != value else value for value in new.tolist()]


def _outside(edit: Edit, column: Column, touches: list[Touch]) -> list[Finding]:
    given = [touch for touch in touches if touch.new is not None and touch.name[2] == column.name]
    if not column.numeric or not given:
        return []
    values = np.array([touch.new for touch in given], dtype=np.float64)
    return out_of_range(edit, column, values, [touch.name[1] for touch in given])


def _selected(edit: Edit, target: Grid, state: State) -> tuple[NDArray[np.intp], list[Key], list[Finding]]:
    """The rows that an edit selects, the keys of rows that it brings, and a warning where both are none."""
    table, frame = target.table, state.tables[target.table.name]
    brings = edit.verb == "set" and {c.name for c in table.columns if c.required and not c.key} == {target.column}
    if target.key is not None:
        selected = rows_with_key(table, frame, target.key)
        if not selected.any():
            if brings and not edit.where:
                return np.array([], dtype=np.intp), [target.key], []
            raise InputError([_no_record(edit, target.key, table, frame)])
    else:
        selected = np.ones(len(frame), dtype=bool)
    if not edit.where.strip():
        if not len(frame):
            message = Text("这张表没有记录，这条编辑不起作用。", "The table has no rows: the edit changes nothing.")
            remedy = Text("核对表名。", "Check the name of the table.")
            return np.array([], dtype=np.intp), [], [edit.finding("selects_nothing", message, remedy, "warning")]
        return np.flatnonzero(selected), [], []
    columns = WhereColumns(table, state)
    try:
        expression = parse(edit.where)
        selected &= expression.evaluate(columns)
    except WhereError as error:
        finding = edit.finding("bad_where", error.message, error.remedy, column="where", value=edit.where)
        raise InputError([finding]) from None
    new_keys = keys_named(expression, table) if brings and target.key is None else []
    if new_keys:
        new_keys = [key for key in new_keys if not rows_with_key(table, frame, key).any()]
    if not selected.any() and not new_keys:
        return np.flatnonzero(selected), [], [selects_nothing(edit, expression, columns, state)]
    return np.flatnonzero(selected), new_keys, []


def _no_record(edit: Edit, key: Key, table: Table, frame: pd.DataFrame) -> Finding:
    message = Text("{table} 表中没有 {key}。", "{table} has no row {key}.").fill(table=table.name, key=", ".join(key))
    for column, code in zip(table.key, key, strict=True):
        known = Known(str(name) for name in frame[column])
        if code not in known:
            return edit.finding("unknown_record", message, known.remedy(code))
    remedy = Text("核对主键的各部分。", "Check the parts of the key.")
    return edit.finding("unknown_record", message, remedy)


def _new_row(edit: Edit, target: Grid, frame: pd.DataFrame) -> tuple[list[Touch], list[Finding]]:
    """A row for a table; a title that is not given is the row's name."""
    table, given = target.table, edit.value
    assert isinstance(given, Mapping)
    if target.column is not None or edit.where.strip():
        message = Text("新增一行只写表名，不加 where。", "A new row goes into a table, without where.")
        remedy = Text(f'写作 add = "{table.name}"。', f'Write add = "{table.name}".')
        raise InputError([edit.finding("row_out_of_place", message, remedy)])
    findings: list[Finding] = []
    cells: dict[str, Any] = {}
    names = [str(name) for name in frame.columns]
    for name in given:
        if name not in names:
            message = Text("{table} 表没有 {name} 列。", "{table} has no column {name}.")
            said = message.fill(table=table.name, name=shortened(str(name)))
            findings.append(edit.finding("unknown_column", said, Known(names).remedy(str(name))))
    for name in names:
        column = column_of(table, frame, name)
        value = given.get(name)
        if value is None and name in TITLES and len(table.key) == 1:
            value = given.get(table.key[0])
        if value is None:
            findings += [missing(edit, column)] if column.required else []
            continue
        try:
            cells[name] = typed(edit, column, value)
        except InputError as error:
            findings += error.findings
            continue
        if column.key and column.pattern and not re.fullmatch(column.pattern, cells[name]):
            message = Text("“{title}”的写法不对。", "{title} is not written as it should be.").fill(title=column.title)
            remedy = Text("应为{form}。", "Would be right: {form}.").fill(form=column.pattern_words)
            findings.append(edit.finding("bad_code", message, remedy, column=f"{table.name}.{name}", value=value))
        if column.numeric:
            findings += out_of_range(edit, column, np.array([cells[name]]), [])
    if findings:
        raise InputError(findings)
    key = tuple(cells[name] for name in table.key)
    if rows_with_key(table, frame, key).any():
        message = Text("{table} 表中已有 {key}。", "{table} has a row {key} already.")
        remedy = Text("用 set 修改它。", "Change it with set.")
        said = message.fill(table=table.name, key=", ".join(key))
        raise InputError([edit.finding("record_exists", said, remedy, key=", ".join(key))])
    return row_added(table, key, cells), []
