"""Edits that are written with titles, by the names that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from alloc.content.titles import value_named
from alloc.formulation.columns import CONDITION
from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.findings import InputError
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.columns import Table
from alloc.instance.where.conditions import WhereError, parse
from alloc.instance.where.titles import short
from alloc.instance.where.wording import kept
from alloc.scenario.edits import Edit
from alloc.scenario.merging.merge import with_codes
from alloc.scenario.selection import OBJECTIVE, WhereColumns, code_named, tier_named
from alloc.scenario.state import State
from alloc.scenario.targets import Grid, target_of
from alloc.scenario.typed import value_meant

if TYPE_CHECKING:
    from alloc.workbook.words import Names


def with_names(edit: Edit, state: State) -> Edit:
    """An edit with machine names where it was written with titles; one without a target as it is.

    Titles of tables, settings and columns in its target and in a new row, titles of columns and of values in its
    conditions, titles of what its values name, and cities that it merges by their codes.

    Args:
        edit: with a condition on the rows of its table, or one on cities for a value.
        state: of the instance.
    """
    named = _with_names(edit, state)
    target, where = edit.typed if any(edit.typed) else (edit.target, edit.where)
    same = (named.target, named.where) == (target, where)
    return named if same else replace(named, typed=(target, where))


def _with_names(edit: Edit, state: State) -> Edit:
    try:
        edit = with_codes(edit, state)
        target = target_of(edit, state)
    except InputError:  # which is said when it is resolved
        return edit
    if not isinstance(target, Grid):
        value = _setting_meant(target.path, edit.value, state) if edit.verb == "set" else edit.value
        return replace(edit, target=target.path, value=value)
    if target.key is not None:
        table, parts = target.table, zip(target.table.key, target.key, strict=False)
        key = [code if table.by_name[name].references else _meant(table, name, code, state) for name, code in parts]
        target = replace(target, key=tuple(key))
    if (path := target.path) != edit.target:
        edit = replace(edit, target=path)
    if edit.adds_row:
        edit = replace(edit, value=_columns_named(edit.value, target.table, state))
    elif target.column and isinstance(edit.value, str):
        edit = replace(edit, value=_meant(target.table, target.column, edit.value, state))
    where = _condition(edit.where, target.table, state) if edit.where else ""
    conditions = {column.name for column in target.table.columns if column.merging == CONDITION}
    given = edit.value if edit.adds_row else {target.column: edit.value}
    if told := {name: text for name, text in given.items() if name in conditions and isinstance(text, str)}:
        told = {name: _condition(text, CITIES, state) for name, text in told.items()}
        return replace(edit, where=where, value={**edit.value, **told} if edit.adds_row else told[target.column])
    return replace(edit, where=where) if where != edit.where else edit


def _setting_meant(path: str, value: Any, state: State) -> Any:
    """The value of a setting, or the list, by the names that its words and the titles of tiers mean."""
    from alloc.workbook.settings_layout import BY_PATH  # which most edits do not need
    from alloc.workbook.words import setting_meant

    if isinstance(value, list | tuple):
        return [_setting_meant(path, each, state) for each in value]
    if not isinstance(value, str):
        return value
    if path == OBJECTIVE:
        return tier_named(value, state)
    value = value_named(path, value)
    return setting_meant(BY_PATH[path], value) if path in BY_PATH else value


def _condition(text: str, table: Table, state: State) -> str:
    """A condition on rows of a table with names where it was written with titles; what cannot be read as it is typed,
    where what is wrong is told at its place."""
    columns = WhereColumns(table, state)
    named = kept(text, columns, columns.tables)
    try:
        parse(named)
    except WhereError:
        return text
    return named


def _columns_named(value: Mapping[str, object], table: Table, state: State) -> dict[str, object]:
    """A new row by the names of its columns, and of what its texts name; a column named twice stays as written."""
    names, columns = machine_names(table), {*state.names(table), *table.renamed}
    names = {short(column.title.zh): column.name for column in table.columns} | names
    meant = {given: given if given in columns else machine_name(names, given) for given in value}
    twice = {name for name in meant.values() if list(meant.values()).count(name) > 1}
    row = {given if meant[given] in twice else meant[given]: each for given, each in value.items()}
    return {name: _meant(table, name, text, state) if isinstance(text, str) else text for name, text in row.items()}


def _meant(table: Table, column: str, text: str, state: State) -> str:
    """What a text names, where it is a title: a record of another table, a value of a few, a factor, what a limit is
    about."""
    from alloc.workbook.words import Names  # which most edits do not need

    known = table.by_name.get(column)
    if known is not None and known.references:
        return code_named(text, known.references, state) or text
    if known is not None and known.kind == "enum":
        return value_meant(known, text)
    return words_of(state).meant(table.name, column, text, {}) if Names.has(table.name, column) else text


@lru_cache(maxsize=2)  # a scenario has many edits
def words_of(state: State) -> Names:
    """The titles that stand for names in cells of an instance."""
    from alloc.workbook.words import Names

    return Names(
        {name: {str(each): list(frame[each]) for each in frame.columns} for name, frame in state.tables.items()}
    )
