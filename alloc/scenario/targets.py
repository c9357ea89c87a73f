"""What the target of an edit names: a table, a row of it, a column of it, or a value of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alloc.formulation.columns import CONDITION
from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.findings import Finding, InputError
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import Known
from alloc.instance.where.titles import in_names
from alloc.scenario.edits import Edit
from alloc.scenario.selection import WhereColumns, codes_named
from alloc.scenario.state import GRIDS, LISTS, State, entries_of
from alloc.scenario.touch import Key
from alloc.text import Text, listed


@dataclass(frozen=True)
class Grid:
    """A part of a table: all rows or the one with a key, all columns or one."""

    table: Table
    key: Key | None
    column: str | None


@dataclass(frozen=True)
class Setting:
    """A value of ``instance.toml`` that is in no list with names; or the order of such a list."""

    path: str


def target_of(edit: Edit, state: State) -> Grid | Setting:
    """What the target names.

    Raises:
        InputError: nothing of the kind is there.
    """
    path = edit.target
    if path in LISTS and edit.verb == "set":
        return Setting(path)
    for table in GRIDS.values():
        if path == table.name or path.startswith(f"{table.name}."):
            parts = path.removeprefix(table.name).removeprefix(".")
            return _grid(edit, table, parts.split(".") if parts else [], state)
    if path in state.values or (entries_of(edit.value) and any(known.startswith(f"{path}[") for known in state.values)):
        return Setting(path)
    raise InputError([_unknown(edit, state)])


def with_names(edit: Edit, state: State) -> Edit:
    """An edit whose conditions name columns where they were written with titles; one without a target as it is.

    Args:
        edit: with a condition on the rows of its table, or one on cities for a value.
        state: of the instance.
    """
    try:
        target = target_of(edit, state)
    except InputError:  # which is said when it is resolved
        return edit
    if not isinstance(target, Grid):
        return edit
    where = in_names(edit.where, WhereColumns(target.table, state)) if edit.where else ""
    conditions = {column.name for column in target.table.columns if column.merging == CONDITION}
    given = edit.value if edit.adds_row else {target.column: edit.value}
    if told := {name: text for name, text in given.items() if name in conditions and isinstance(text, str)}:
        cities = WhereColumns(CITIES, state)
        told = {name: in_names(text, cities) for name, text in told.items()}
        return replace(edit, where=where, value={**edit.value, **told} if edit.adds_row else told[target.column])
    return replace(edit, where=where) if where != edit.where else edit


def _grid(edit: Edit, table: Table, parts: list[str], state: State) -> Grid:
    """``table``, ``table.column``, ``table.key…`` or ``table.key….column``; a column goes before a key of its name."""
    columns = state.names(table)
    keys = len(table.key)
    if not parts:
        return Grid(table, None, None)
    if len(parts) in (1, keys + 1):
        column = parts[-1] if parts[-1] in columns else machine_name(machine_names(table), parts[-1])
        if column in columns:
            if column in table.key:
                message = Text("主键列不能修改。", "Columns of the key are not changed.")
                remedy = Text("先 drop 这一行，再 add 一行。", "Drop the row and add another.")
                raise InputError([edit.finding("key_column", message, remedy)])
            return Grid(table, _coded(edit, table, parts[:-1], state), column)
    if len(parts) == keys and edit.verb == "drop":
        return Grid(table, _coded(edit, table, parts, state), None)
    shown = parts[-1]
    message = Text("{table} 表没有 {name} 列。", "{table} has no column {name}.").fill(table=table.name, name=shown)
    known = Known(set(columns) - set(table.key))
    remedy = known.remedy(shown)
    if len(parts) not in (1, keys + 1) or known.nearest(shown) is None:
        form = ".".join((table.name, *(f"<{name}>" for name in table.key), "<column>"))
        remedy = Text(f"写作 {table.name}.<列> 或 {form}。", f"Write {table.name}.<column> or {form}.")
    raise InputError([edit.finding("unknown_target", message, remedy)])


def _coded(edit: Edit, table: Table, parts: Sequence[str], state: State) -> Key | None:
    """The key that is written by codes, or by names that one row alone has; what nothing is called stays as it is."""
    key = []
    for part, name in zip(parts, table.key, strict=False):
        found = codes_named(part, table.by_name[name].references or table.name, state)
        if len(found) > 1:
            message = Text("有多个“{name}”。", "Several are called “{name}”.").fill(name=part)
            remedy = Text("请用代码：{codes}。", "Give a code: {codes}.").fill(
                codes=listed(Text(code, code) for code in found)
            )
            raise InputError([edit.finding("ambiguous_name", message, remedy, value=part)])
        key.append(found[0] if found else part)
    return tuple(key) or None


def _unknown(edit: Edit, state: State) -> Finding:
    path = edit.target
    head, _, rest = path.partition(".")
    inside = sorted(
        {known.removeprefix(f"{path}.").partition(".")[0] for known in state.values if known.startswith(f"{path}.")}
    )
    if inside:
        message = Text("这是一个小节，不是一个值。", "This is a section, not a value.")
        return edit.finding("unknown_target", message, Known(inside).remedy(""))
    if any(known.startswith(f"{path}[") for known in state.values):
        message = Text("这是几个小节的列表，不是一个值。", "This is a list of sections, not a value.")
        remedy = Text(f"写作 {path}[0].<名称>，或 set 整个列表。", f"Write {path}[0].<name>, or set the whole list.")
        return edit.finding("unknown_target", message, remedy)
    message = Text("没有这个名称的表、列或设置。", "There is no table, column or setting of this name.")
    lists = [
        f"{table.name}.{name}.{column}"
        for table in LISTS.values()
        for name in state.values[table.name]
        for column in table.names
        if column not in table.key
    ]
    table = None if head in {known.partition(".")[0] for known in state.values} else Known(TABLES).nearest(head)
    if table is not None and rest:
        nearest = f"{table}.{rest}"
        return edit.finding("unknown_target", message, Text(f"是否为 {nearest}？", f"Did you mean {nearest}?"))
    return edit.finding("unknown_target", message, Known([*state.values, *lists, *TABLES]).remedy(path))
