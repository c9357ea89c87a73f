"""What the target of an edit names: a table, a row of it, a column of it, or a value of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from alloc.content.titles import column_title
from alloc.formulation.columns import CONDITION
from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.findings import Finding, InputError
from alloc.instance.named import MORE
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import MEANT, ONE_OF, Known
from alloc.instance.where.titles import in_names, titles_of
from alloc.instance.where.values import in_values
from alloc.scenario.edits import Edit
from alloc.scenario.selection import WhereColumns, codes_named
from alloc.scenario.state import GRIDS, LISTS, State, entries_of
from alloc.scenario.touch import Key
from alloc.text import Text, listed

SHOWN = 12  # tables and sections that are named where nothing is near
_EITHER = Text("有几项都叫“{name}”。", "Several are called “{name}”.")
_ONE_OF = Text("写作其中之一：{paths}。", "Write one of {paths}.")
_WITH_TITLE = Text("{path}（{title}）", "{path} ({title})")
_LISTED = Text("可用的表和小节有 {count} 个：{names} 等；表、列、行和设置都可写名称。",
               "There are {count} tables and sections: {names}, …; all may be written by their titles.")  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """A part of a table: all rows or the one with a key, all columns or one."""

    table: Table
    key: Key | None
    column: str | None

    @property
    def path(self) -> str:
        """As an edit names it, by machine names."""
        return ".".join((self.table.name, *(self.key or ()), *([self.column] if self.column else [])))


@dataclass(frozen=True)
class Setting:
    """A value of ``instance.toml`` that is in no list with names; or the order of such a list."""

    path: str


def target_of(edit: Edit, state: State) -> Grid | Setting:
    """What the target names.

    Raises:
        InputError: nothing of the kind is there.
    """
    path = _by_names(edit, state)
    edit = replace(edit, target=path) if path != edit.target else edit
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
    """An edit with machine names where it was written with titles; one without a target as it is.

    Titles of tables, settings and columns in its target and in a new row, titles of columns and of values in its
    conditions, and names of cities without 市 in these.

    Args:
        edit: with a condition on the rows of its table, or one on cities for a value.
        state: of the instance.
    """
    try:
        target = target_of(edit, state)
    except InputError:  # which is said when it is resolved
        return edit
    if (path := target.path) != edit.target:
        edit = replace(edit, target=path)
    if not isinstance(target, Grid):
        return edit
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


def _condition(text: str, table: Table, state: State) -> str:
    """A condition on rows of a table with names where it was written with titles."""
    columns = WhereColumns(table, state)
    return in_values(in_names(text, columns), columns, columns.tables)


def _columns_named(value: Mapping[str, object], table: Table, state: State) -> dict[str, object]:
    """A new row by the names of its columns, and of what its texts name; a column named twice stays as written."""
    names, columns = machine_names(table), {*state.names(table), *table.renamed}
    meant = {given: given if given in columns else machine_name(names, given) for given in value}
    twice = {name for name in meant.values() if list(meant.values()).count(name) > 1}
    row = {given if meant[given] in twice else meant[given]: each for given, each in value.items()}
    return {name: _meant(table, name, text, state) if isinstance(text, str) else text for name, text in row.items()}


def _meant(table: Table, column: str, text: str, state: State) -> str:
    """What a text names, where it is a title as workbooks show it: a factor, what a limit is about."""
    from alloc.workbook.words import Names  # which most edits do not need

    if not Names.has(table.name, column):
        return text
    cells = {name: {str(each): list(frame[each]) for each in frame.columns} for name, frame in state.tables.items()}
    return Names(cells).meant(table.name, column, text, {})


def _by_names(edit: Edit, state: State) -> str:
    """The target with the names of the table and of the settings that it was written with the titles of.

    The title of a column stands alone where one table has it, and no setting.

    Raises:
        InputError: several settings or columns have the title.
    """
    path, known = edit.target, state.values
    if path in known or path.partition(".")[0] in TABLES or any(path == name or path.startswith(f"{name}.")
                                                                for name in LISTS):  # fmt: skip
        return path
    for name, table in GRIDS.items():
        for title in table.title:
            if _folded(path) == _folded(title) or _folded(path).startswith(f"{_folded(title)}."):
                return name + path[len(title) :]
    *sections, last = path.split(".")
    found = [name for name in known if name not in LISTS and "[" not in name and _called(name, sections, last)]
    found += [] if sections else _columns().get(_folded(last), ())
    if len(found) > 1:
        shown = listed([_with_title(name) for name in found[:SHOWN]])
        raise InputError([edit.finding("ambiguous_name", _EITHER.fill(name=path), _ONE_OF.fill(paths=shown))])
    return found[0] if found else path


@cache
def _columns() -> Mapping[str, tuple[str, ...]]:
    """The columns of all tables, by their titles in both languages."""
    found: dict[str, tuple[str, ...]] = {}
    for table in GRIDS.values():
        for column in (each for each in table.columns if not each.key):
            for title in {_folded(words) for words in column.title}:
                found[title] = (*found.get(title, ()), f"{table.name}.{column.name}")
    return found


def _called(path: str, sections: Sequence[str], last: str) -> bool:
    """Whether a setting has a title and lies in sections of these names or titles, in their order."""
    if _folded(last) not in _titles(path):
        return False
    parts = path.split(".")
    above = iter(".".join(parts[: place + 1]) for place in range(len(parts) - 1))
    return all(
        any(_folded(section) in {_folded(name.rpartition(".")[2]), *_titles(name)} for name in above)
        for section in sections
    )


@cache
def _titles(path: str) -> frozenset[str]:
    """The titles of a setting or of a section, in both languages."""
    return frozenset(_folded(column_title("settings", path, language)) for language in ("zh", "en"))


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())


def _grid(edit: Edit, table: Table, parts: list[str], state: State) -> Grid:
    """``table``, ``table.column``, ``table.key…`` or ``table.key….column``; a column goes before a key of its name."""
    columns = state.names(table)
    keys = len(table.key)
    if not parts:
        return Grid(table, None, None)
    if len(parts) in (1, keys + 1):
        column = parts[-1] if parts[-1] in columns else _column_named(table, columns, parts[-1])
        if column in columns:
            if column in table.key:
                message = Text("主键列不能修改。", "Columns of the key are not changed.")
                remedy = Text("先 drop 这一行，再 add 一行。", "Drop the row and add another.")
                raise InputError([edit.finding("key_column", message, remedy)])
            return Grid(table, _coded(edit, table, parts[:-1], state), column)
    if len(parts) == keys and edit.verb == "drop":
        return Grid(table, _coded(edit, table, parts, state), None)
    shown = parts[-1]
    message = Text("{table}表没有 {name} 列。", "{table} has no column {name}.").fill(table=table.quoted, name=shown)
    remedy, near = columns_like(table, [name for name in columns if name not in table.key], shown)
    fits = len(parts) in (1, keys + 1)
    if not fits or not near:
        form = ".".join((table.name, *(f"<{name}>" for name in table.key), "<column>"))
        written = Text(f"写作 {table.name}.<列> 或 {form}。", f"Write {table.name}.<column> or {form}.")
        remedy = Text(written.zh + remedy.zh, f"{written.en} {remedy.en}") if fits else written
    raise InputError([edit.finding("unknown_target", message, remedy)])


def _column_named(table: Table, columns: Sequence[str], given: str) -> str:
    """The column that a title means, one of the planner's own among them; what none is called stays as it is."""
    name = machine_name(machine_names(table), given)
    own = titles_of(each for each in columns if each not in table.by_name)
    found = [each for each, title in own.items() if _folded(given) in map(_folded, title)]
    return found[0] if name == given and len(found) == 1 else name


def columns_like(table: Table, columns: Sequence[str], given: str) -> tuple[Text, bool]:
    """What would be right instead of a column that a table does not have, and whether one is near to it.

    Args:
        table: the table.
        columns: those that it may be, by name.
        given: what was written.
    """
    titles = {name: table.by_name[name].title if name in table.by_name else Text(name, name) for name in columns}
    shown = {name: Text(name, name) if title == Text(name, name) else _WITH_TITLE.fill(path=name, title=title)
             for name, title in titles.items()}  # fmt: skip
    whose = {words: name for name, title in titles.items() for words in (*title, name)}
    near = whose.get(Known(whose).nearest(given) or "", "")
    more = [MORE.fill(count=len(shown))] if len(shown) > SHOWN else []
    every = ONE_OF.fill(every=listed([*list(shown.values())[:SHOWN], *more]))
    return (MEANT.fill(nearest=shown[near]) if near else every), bool(near)


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
        return edit.finding("unknown_target", message, MEANT.fill(nearest=f"{table}.{rest}"))
    if near := Known([*state.values, *lists, *TABLES]).nearest(path):
        return edit.finding("unknown_target", message, MEANT.fill(nearest=_with_title(near)))
    columns = [f"{table.name}.{column.name}" for table in GRIDS.values() for column in table.columns if not column.key]
    named = {words: name for name in (*columns, *state.values) for words in _title(name) if name not in LISTS}
    if near := Known(named).nearest(path.rpartition(".")[2]):
        return edit.finding("unknown_target", message, MEANT.fill(nearest=_with_title(named[near])))
    heads = list(dict.fromkeys([*(known.partition(".")[0] for known in state.values if "." in known), *TABLES]))
    shown = listed([_with_title(name) for name in heads[:SHOWN]])
    return edit.finding("unknown_target", message, _LISTED.fill(names=shown, count=len(heads)))


def _title(path: str) -> Text:
    """The title of a table, of a column of one, or of a setting or a section; its name where it has none."""
    table, _, column = path.rpartition(".")
    if path in GRIDS:
        return GRIDS[path].title
    if table in GRIDS:
        return GRIDS[table].by_name[column].title
    return Text(*(column_title("settings", path, language) for language in ("zh", "en")))


def _with_title(path: str) -> Text:
    title = _title(path)
    return Text(path, path) if title == Text(path, path) else _WITH_TITLE.fill(path=path, title=title)
