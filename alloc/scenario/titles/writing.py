"""Edits by titles, as planners write them: each part where it leads back to the same edit, otherwise by its names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from alloc.content.titles import column_title, value_title
from alloc.formulation.registry import catalogue_for
from alloc.instance.findings import InputError
from alloc.instance.frames import texts
from alloc.instance.instance import Instance
from alloc.instance.schema.columns import Table
from alloc.instance.where.titles import short, titles_of
from alloc.instance.where.wording import shown
from alloc.scenario.edits import THEN, Edit
from alloc.scenario.lines import AFTER, line_of, parse_edit
from alloc.scenario.selection import NAMES, OBJECTIVE, WhereColumns
from alloc.scenario.state import GRIDS, State, taken_apart
from alloc.scenario.targets import Grid, target_of
from alloc.scenario.titles.reading import with_names, words_of
from alloc.workbook.settings_layout import BY_PATH
from alloc.workbook.words import setting_shown

CHINESE = tuple(name for name in NAMES if not name.endswith("_en"))  # columns by which people call what a code means


def titled_line(edit: Edit, state: State) -> str:
    """The line of an edit by Chinese titles and words, from which the same edit is read again.

    Args:
        edit: by names; one that is not, and one whose target is not there, is written as it stands.
        state: of the instance.
    """
    plain = replace(edit, why="", why_zh="")
    told = best = plain
    candidates = list(_candidates(plain, state))
    for candidate in candidates:
        best = replace(best, **candidate)
    if _read(line := line_of(best, "zh"), state, plain) == plain:  # as of most edits
        return line
    if _read(line_of(plain), state, plain) == plain:
        for candidate in candidates:
            further = replace(told, **candidate)
            if _read(line_of(further, "zh"), state, plain) == plain:
                told = further
    line = line_of(told, "zh")
    return line if _read(line, state, plain) == plain else line_of(plain)


def lines_shown(lines: Iterable[str], instance: Instance, language: str) -> tuple[str, ...]:
    """Lines of edits as readers of a language type them: by titles in Chinese.

    Args:
        lines: by names, those from a ``then`` on too; one that cannot be read stays as it is.
        instance: of which they are edits.
        language: ``zh`` or ``en``.
    """
    if language != "zh":
        return tuple(lines)
    state, told = taken_apart(instance), list[str]()
    for line in lines:
        plain = line.removeprefix(f"{THEN} ")
        try:
            edit = parse_edit(plain)
        except InputError:
            told.append(line)
            continue
        words = titled_line(edit, state) + (f"  # {edit.why}" if edit.why else "")
        told.append(f"{AFTER} {words}" if plain != line else words)
    return tuple(told)


def _read(line: str, state: State, edit: Edit) -> Edit | None:
    """The edit that is read from a line, by names and as of the place of another."""
    try:
        return replace(with_names(parse_edit(line), state), origin=edit.origin, of_result=edit.of_result)
    except InputError:
        return None


def _candidates(edit: Edit, state: State) -> Iterator[dict[str, Any]]:
    """Parts of an edit by titles, of several that would do the shorter last."""
    if edit.verb == "merge":
        cities = GRIDS["cities"]
        yield {"target": "、".join(_record(each.strip(), cities, state) for each in edit.target.split(","))}
        yield {"value": _record(str(edit.value), cities, state)}
        return
    try:
        target = target_of(edit, state)
    except InputError:
        return
    if not isinstance(target, Grid):
        sections = target.path.split(".")
        titles = [column_title("settings", ".".join(sections[: end + 1]), "zh") for end in range(len(sections))]
        for start in range(len(titles)):
            yield {"target": ".".join(titles[start:])}
        yield {"value": _of_setting(target.path, edit.value, state)}
        return
    table = target.table
    keys = [_key(code, name, table, state) for code, name in zip(target.key or (), table.key, strict=False)]
    for parts in ([*(target.key or ())], keys):
        yield {"target": ".".join((table.title.zh, *parts, *([_head(table, target.column)] if target.column else [])))}
    if edit.adds_row:
        yield {"value": {_head(table, name): each for name, each in edit.value.items()}}
        row = {_head(table, name): _value(table, name, each, state) for name, each in edit.value.items()}
        yield {"value": row}
        named = {_head(table, each.name) for each in table.columns if each.references}
        yield {"value": {short(head) if head in named else head: each for head, each in row.items()}}
    elif target.column:
        yield {"value": _value(table, target.column, edit.value, state)}
    if edit.where:
        columns = WhereColumns(table, state)
        yield {"where": shown(edit.where, columns, columns.tables)}


def _head(table: Table, column: str) -> str:
    """The title of a column, one of the planner's own among them."""
    known = table.by_name.get(column)
    own = titles_of([column]).get(column)
    return known.title.zh if known is not None else own.zh if own is not None else column


def _record(code: str, table: Table, state: State) -> str:
    """What the row of a code is called; the code where it has no title, or shares it with another row."""
    if table.name == OBJECTIVE:
        tiers = catalogue_for(state.settings).tiers
        return tiers[code].title.zh if code in tiers else code
    frame = state.tables[table.name]
    at = texts(frame, table.key[0]) == code
    for column in CHINESE:
        if column in frame and at.sum() == 1:
            name = str(texts(frame, column)[at][0])
            return name if name and (texts(frame, column) == name).sum() == 1 else code
    return code


def _key(code: str, column: str, table: Table, state: State) -> str:
    """A part of a row's key as a Chinese cell shows it, or what the row is called where the key has one part."""
    known = table.by_name[column]
    return _record(code, table, state) if len(table.key) == 1 else str(_value(table, known.name, code, state))


def _of_setting(path: str, value: Any, state: State) -> Any:
    """The value of a setting, or the list, as a Chinese sheet shows it."""
    if isinstance(value, list | tuple):
        return [_of_setting(path, each, state) for each in value]
    if not isinstance(value, str):
        return value
    if path == OBJECTIVE:
        return _record(value, GRIDS[OBJECTIVE], state)
    return setting_shown(BY_PATH[path], value) if path in BY_PATH else value


def _value(table: Table, column: str, value: Any, state: State) -> Any:
    """A value as a Chinese cell shows it."""
    known = table.by_name.get(column)
    if not isinstance(value, str) or not value:
        return value
    if known is not None and known.references:
        return _record(value, GRIDS[known.references], state)
    if known is not None and known.kind == "enum":
        return value_title(column, value, "zh")
    words = words_of(state)
    return words.shown(table.name, column, value, {}) if words.has(table.name, column) else value
