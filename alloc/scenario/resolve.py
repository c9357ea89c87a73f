"""An edit resolved: every cell that it is about, with what stands there and what the edit makes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.columns import Column
from alloc.instance.findings import Finding, InputError, shortened
from alloc.instance.frames import texts
from alloc.instance.named import NAMES, remedy_by_name
from alloc.instance.schema.columns import Table
from alloc.instance.suggest import Known
from alloc.instance.where.conditions import WhereError, parse
from alloc.scenario.edits import SETTINGS, Edit
from alloc.scenario.merging.merge import merge
from alloc.scenario.selection import (
    OBJECTIVE,
    WhereColumns,
    code_named,
    empty_table,
    keys_named,
    refuse_unknown,
    row_form,
    rows_with_key,
    selects_nothing,
    severity_of,
    tier_named,
    unknown_cities,
)
from alloc.scenario.state import GRIDS, LISTS, State, entries_of
from alloc.scenario.targets import Grid, columns_like, target_of
from alloc.scenario.touch import NO_ROW, Key, Name, Touch, column_touched, loosened, row_added, rows_dropped
from alloc.scenario.typed import CHANGES, WRONG_TYPE, amount, column_of, missing, number, out_of_range, typed
from alloc.text import Text

TITLES = ("title_zh", "title_en")
NO_RECORD = "unknown_record"  # the code of findings on a row that is not there


def resolve(edit: Edit, state: State, asked: Mapping[Name, Any]) -> tuple[list[Touch], list[Finding]]:
    """The cells that an edit is about, and the warnings and errors that its values deserve.

    Args:
        edit: with its target and value as they are written.
        state: before the edit.
        asked: what stood in cells before earlier lines of the same request.

    Raises:
        InputError: its target, its condition or the kind of its value is wrong.
    """
    if edit.verb == "merge":
        return merge(edit, state, asked)
    target = target_of(edit, state)
    if not isinstance(target, Grid):
        return _resolve_setting(edit, target.path, state), []
    table, frame = target.table, state.tables[target.table.name]
    if edit.adds_row:
        return _new_row(edit, target, frame, state)
    if target.column is None and edit.verb != "drop":
        message = Text("没有写明列。", "The edit names no column.")
        remedy = columns_like(table, [name for name in table.names if name not in table.key], "")[0]
        raise InputError([edit.finding("no_column", message, remedy)])
    if (found := _one_cell(edit, target, state, asked)) is not None:
        return found
    rows, new_keys, findings = _selected(edit, target, state)
    if target.column is None:
        return rows_dropped(table, frame, rows), findings
    column = column_of(table, frame, target.column)
    touches = column_touched(table, frame, rows, column.name, _outcome(edit, column, frame[column.name].iloc[rows]))
    for key in new_keys:
        touches += row_added(table, key, {column.name: typed(edit, column, edit.value)})
    more = loosened(edit, table, column, touches, state, asked)
    return touches, findings + _outside(edit, column, touches) + more


def _one_cell(
    edit: Edit, target: Grid, state: State, asked: Mapping[Name, Any]
) -> tuple[list[Touch], list[Finding]] | None:
    """As `resolve`, of the usual edit: one cell that is there, set or emptied. None: it is another one.

    A block of cells pasted from a spreadsheet is as many edits as it has cells, so nothing here goes through a table.
    """
    if target.key is None or target.column is None or edit.verb not in ("set", "drop") or edit.where.strip():
        return None
    table, frame = target.table, state.tables[target.table.name]
    row = state.row(table, target.key)
    if row is None:
        return None
    column = column_of(table, frame, target.column)
    if edit.verb == "drop" and (column.required or column.kind == "flag"):
        raise InputError([missing(edit, column)])
    new = typed(edit, column, edit.value) if edit.verb == "set" else None
    old = state.cells(table, column.name)[row]
    touches = [Touch((table.name, target.key, column.name), row, old, new)]
    return touches, _outside(edit, column, touches) + loosened(edit, table, column, touches, state, asked)


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
    """The rows that an edit selects, the keys of rows that it brings, and a finding where both are none."""
    table, frame = target.table, state.tables[target.table.name]
    brings = edit.verb == "set" and {c.name for c in table.columns if c.required and not c.key} == {target.column}
    if target.key is not None:
        selected = rows_with_key(table, frame, target.key)
        if not selected.any():
            if brings and not edit.where:
                return np.array([], dtype=np.intp), [target.key], []
            raise InputError([_no_record(edit, target.key, table, state)])
    else:
        selected = np.ones(len(frame), dtype=bool)
    if not edit.where.strip():
        if not len(frame):
            return np.array([], dtype=np.intp), [], [empty_table(edit, table)]
        return np.flatnonzero(selected), [], []
    columns = WhereColumns(table, state)
    try:
        expression = parse(edit.where)
        selected &= expression.evaluate(columns)
        unlisted = unknown_cities(edit, expression, table, state)
    except WhereError as error:
        finding = edit.finding("bad_where", error.message, error.remedy, column="where", value=edit.where)
        raise InputError([finding]) from None
    new_keys = keys_named(expression, table, state) if brings and target.key is None else []
    if new_keys:
        new_keys = [key for key in new_keys if not rows_with_key(table, frame, key).any()]
    if not selected.any() and not new_keys:
        return np.flatnonzero(selected), [], [selects_nothing(edit, expression, columns, table, state)]
    return np.flatnonzero(selected), new_keys, unlisted


def _no_record(edit: Edit, key: Key, table: Table, state: State) -> Finding:
    frame, severity = state.tables[table.name], severity_of(edit)
    message = Text("{table}表中没有 {key}。", "{table} has no row {key}.").fill(table=table.quoted, key=", ".join(key))
    for column, code in zip((table.by_name[name] for name in table.key), key, strict=True):
        known, home = Known(str(name) for name in frame[column.name]), column.references or table.name
        if code not in known:
            if home in NAMES and code not in texts(state.tables[home], GRIDS[home].key[0]):
                return edit.finding(NO_RECORD, message, remedy_by_name(state.tables, home, code), severity)
            if column.references and not known.names and edit.verb != "drop":
                return edit.finding(NO_RECORD, message, row_form(table), severity)
            meant = code_named(code, home, state)
            remedy = Text(f"写作 {meant}。", f"Write {meant}.") if meant not in ("", code) else known.remedy(code)
            return edit.finding(NO_RECORD, message, remedy, severity)
    remedy = Text("核对主键的各部分。", "Check the parts of the key.")
    return edit.finding(NO_RECORD, message, remedy, severity)


def _new_row(edit: Edit, target: Grid, frame: pd.DataFrame, state: State) -> tuple[list[Touch], list[Finding]]:
    """A row for a table; a title that is not given is the row's name."""
    table = target.table
    given, twice = _named_today(edit, table)
    if target.column is not None or edit.where.strip():
        message = Text("新增一行只写表名，不加“其中”（where）。", "A new row goes into a table, without where.")
        remedy = Text(f"写作 新增 {table.title.zh} {{ … }}。", f"Write add {table.name} {{ … }}.")
        raise InputError([edit.finding("row_out_of_place", message, remedy)])
    findings: list[Finding] = [*twice]
    cells: dict[str, Any] = {}
    names = [str(name) for name in frame.columns]
    for name in given:
        if name not in names:
            message = Text("{table}表没有 {name} 列。", "{table} has no column {name}.")
            said = message.fill(table=table.quoted, name=shortened(str(name)))
            findings.append(edit.finding("unknown_column", said, columns_like(table, names, str(name))[0]))
    for name in names:
        column = column_of(table, frame, name)
        value = given.get(name)
        if value is None and name in TITLES and len(table.key) == 1:
            value = given.get(column.twin) or given.get(table.key[0])
        if value is None and column.kind == "flag" and not column.required:  # blank reads as no, in files too
            value = False
        if value is None:
            findings += [missing(edit, column)] if column.required else []
            continue
        try:
            cells[name] = typed(edit, column, value)
        except InputError as error:
            findings += error.findings
            continue
        if column.key and column.pattern and not re.fullmatch(column.pattern, cells[name]):
            findings.append(_not_a_code(edit, table, column, value, state))
        if column.numeric:
            findings += out_of_range(edit, column, np.array([cells[name]]), [])
    if findings:
        raise InputError(findings)
    key = tuple(cells.get(name) or "" for name in table.key)  # a part of a key may be blank
    if rows_with_key(table, frame, key).any():
        message = Text("{table} 表中已有 {key}。", "{table} has a row {key} already.")
        remedy = Text("修改这一行，不要再添加。", "Change that row, do not add it again.")
        said = message.fill(table=table.quoted, key=", ".join(key))
        raise InputError([edit.finding("record_exists", said, remedy, key=", ".join(key))])
    return row_added(table, key, cells), []


def _not_a_code(edit: Edit, table: Table, column: Column, value: str, state: State) -> Finding:
    """A text where a code belongs: where the column is about records of another table, a name that none of them has."""
    where = f"{table.name}.{column.name}"
    if column.references in NAMES:
        message = Text("{table}表中没有这个代码或名称。", "There is no such code or name in {table}.")
        remedy = remedy_by_name(state.tables, column.references, value)
        message = message.fill(table=GRIDS[column.references].quoted)
        return edit.finding("unknown_code", message, remedy, column=where, value=value)
    message = Text("“{title}”的写法不对。", "{title} is not written as it should be.").fill(title=column.title)
    remedy = Text("应为{form}。", "Would be right: {form}.").fill(form=column.pattern_words)
    return edit.finding("bad_code", message, remedy, column=where, value=value)


def _named_today(edit: Edit, table: Table) -> tuple[dict[str, Any], list[Finding]]:
    """The values of a new row by today's names of columns, and findings on columns named by both of their names."""
    assert isinstance(edit.value, Mapping)
    given = {name: value for name, value in edit.value.items() if name not in table.renamed}
    twice: list[Finding] = []
    for former in (each for each in edit.value if each in table.renamed):
        name = table.renamed[former]
        if name in given:
            message = Text("{former} 是 {name} 的旧名，两者只写一个。", "{former} is the former name of {name}.")
            remedy = Text("删去 {former}。", "Leave {former} out.").fill(former=former)
            said = message.fill(former=former, name=name)
            twice.append(edit.finding("duplicate_column", said, remedy, column=f"{table.name}.{name}", value=former))
        else:
            given[name] = edit.value[former]
    return given, twice


# ------------------------------- `instance.toml` outside its tables: values, lists of sections, the order of names


def _resolve_setting(edit: Edit, path: str, state: State) -> list[Touch]:
    """The values that an edit of the settings is about; what they may be, the settings' own models check.

    Raises:
        InputError: the value is not of a kind with which the verb can do anything.
    """
    if edit.where.strip():
        message = Text("只有表才能加“其中”（where）。", "Only rows of a table are chosen by where.")
        remedy = Text("删去“其中”（where）。", "Leave where out.")
        raise InputError([edit.finding("where_out_of_place", message, remedy, column="where", value=edit.where)])
    if path in LISTS:
        return _order(edit, path, state)
    if path not in state.values:
        return _sections(edit, path, state)
    old = state.values[path]
    return [Touch((SETTINGS, (), path), NO_ROW, old, _setting_outcome(edit, old))]


def _setting_outcome(edit: Edit, old: Any) -> Any:
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
    if path == OBJECTIVE:
        sections = [{**each, key: tier_named(each[key], state)} if isinstance(each.get(key), str) else each
                    for each in sections]  # fmt: skip
    names = [section.get(key) for section in sections]
    strange = [name for section in sections for name in section if name not in table.names]
    if not names or strange or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        remedy = Text(
            "应为名称的列表，如 {names}；也可写成小节，每个名称一次。",
            "Would be right: a list of names such as {names}, or of sections; every name once.",
        ).fill(names=list(state.values[path]))
        raise InputError([edit.finding("wrong_type", WRONG_TYPE, remedy, value=edit.value)])
    if path == OBJECTIVE:
        refuse_unknown(edit, names, state)
    touches = [Touch((SETTINGS, (), path), NO_ROW, state.values[path], tuple(names))]
    present = frame[key].tolist()
    touches += rows_dropped(table, frame, np.flatnonzero([name not in names for name in present]))
    for entry, section in zip(entries, sections, strict=True):
        given = {name: typed(edit, table.by_name[name], value) for name, value in section.items()}
        if section[key] not in present:
            touches += row_added(table, (section[key],), given)
            continue
        row = np.array([present.index(section[key])])
        for column in table.names if isinstance(entry, Mapping) else [key]:
            touches += column_touched(table, frame, row, column, [given.get(column)])
    return touches
