"""What the target of an edit names: a table, a row of it, a column of it, or a value of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.findings import Finding, InputError
from alloc.instance.frames import texts
from alloc.instance.named import MORE, NAMES
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import MEANT, ONE_OF, Known
from alloc.instance.where.titles import titles_of
from alloc.scenario.edits import Edit
from alloc.scenario.selection import codes_named
from alloc.scenario.state import GRIDS, LISTS, State, entries_of
from alloc.scenario.titles.paths import SHOWN, WITH_TITLE, folded, path_meant, title, with_title
from alloc.scenario.touch import Key
from alloc.text import Text, listed

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
    path = path_meant(edit, state)
    edit = replace(edit, target=path, typed=(edit.target, edit.where)) if path != edit.target else edit
    if path in LISTS and edit.verb == "set":
        return Setting(path)
    for table in GRIDS.values():
        if path == table.name or path.startswith(f"{table.name}."):
            parts = path.removeprefix(table.name).removeprefix(".")
            return _grid(edit, table, parts.split(".") if parts else [], state)
    if path in state.values or (entries_of(edit.value) and any(known.startswith(f"{path}[") for known in state.values)):
        return Setting(path)
    raise InputError([_unknown(edit, state)])


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
                remedy = Text("先删除（drop）这一行，再新增（add）一行。", "Drop the row and add another.")
                raise InputError([edit.finding("key_column", message, remedy)])
            return Grid(table, _coded(edit, table, parts[:-1], state), column)
    if len(parts) == keys and edit.verb == "drop":
        return Grid(table, _coded(edit, table, parts, state), None)
    shown = parts[-1]
    message = Text("{table}表没有 {name} 列。", "{table} has no column {name}.").fill(table=table.quoted, name=shown)
    remedy, near = columns_like(table, [name for name in columns if name not in table.key], shown)
    fits = len(parts) in (1, keys + 1)
    if not fits or not near:
        titles = [table.by_name[name].title.zh for name in table.key]
        forms = Text(".".join((table.title.zh, *(f"<{each}>" for each in titles), "<列>")),
                     ".".join((table.name, *(f"<{name}>" for name in table.key), "<column>")))  # fmt: skip
        written = Text(f"写作 {table.title.zh}.<列> 或 {forms.zh}。", f"Write {table.name}.<column> or {forms.en}.")
        remedy = Text(written.zh + remedy.zh, f"{written.en} {remedy.en}") if fits else written
    raise InputError([edit.finding("unknown_target", message, remedy)])


def _column_named(table: Table, columns: Sequence[str], given: str) -> str:
    """The column that a title means, one of the planner's own among them; what none is called stays as it is."""
    name = machine_name(machine_names(table), given)
    own = titles_of(each for each in columns if each not in table.by_name)
    found = [each for each, title in own.items() if folded(given) in map(folded, title)]
    return found[0] if name == given and len(found) == 1 else name


def columns_like(table: Table, columns: Sequence[str], given: str) -> tuple[Text, bool]:
    """What would be right instead of a column that a table does not have, and whether one is near to it.

    Args:
        table: the table.
        columns: those that it may be, by name.
        given: what was written.
    """
    titles = {name: table.by_name[name].title if name in table.by_name else Text(name, name) for name in columns}
    shown = {name: Text(name, name) if title == Text(name, name) else WITH_TITLE.fill(path=name, title=title)
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
        return edit.finding("unknown_target", message, MEANT.fill(nearest=with_title(near)))
    columns = [f"{table.name}.{column.name}" for table in GRIDS.values() for column in table.columns if not column.key]
    named = {words: name for name in (*columns, *state.values) for words in title(name) if name not in LISTS}
    if near := Known(named).nearest(path.rpartition(".")[2]):
        return edit.finding("unknown_target", message, MEANT.fill(nearest=with_title(named[near])))
    if (meant := _record_meant(head, state)) is not None:
        return edit.finding("unknown_target", message, meant)
    heads = list(dict.fromkeys([*(known.partition(".")[0] for known in state.values if "." in known), *TABLES]))
    shown = listed([with_title(name) for name in heads[:SHOWN]])
    return edit.finding("unknown_target", message, _LISTED.fill(names=shown, count=len(heads)))


def _record_meant(text: str, state: State) -> Text | None:
    """What to write where a text is the beginning of what a pool, a service or a city is called."""
    for name, columns in NAMES.items():
        table, frame = GRIDS[name], state.tables[name]
        example = next(column for column in table.columns if column.numeric and column.required)
        for called in (each for column in columns if column in frame for each in texts(frame, column)):
            if text and folded(called).startswith(folded(text)):
                zh, en = (f"{table.title[at]}.{called}.{example.title[at]}" for at in (0, 1))
                return Text(f"这是“{table.title.zh}”的一行，要写明列，如 {zh}。",
                            f"That is a row of {table.title.en}: name a column of it, as in {en}.")  # fmt: skip
    return None
