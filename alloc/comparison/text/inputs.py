"""What went in, as text: few cells one by one, many of a column in one line that says what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from alloc.comparison.text.layout import Line, Part
from alloc.comparison.text.view import Row, View
from alloc.content.blocks import Cell
from alloc.content.blocks import Row as Cells
from alloc.content.figures import MISSING, percent
from alloc.content.tables import exact, share
from alloc.instance.findings import shortened
from alloc.instance.schema.tables import IN_CHINESE, TABLES
from alloc.text import figure
from alloc.tolerances import ROUNDOFF

SHOWN = 15  # lines
SINGLY = 3  # cells of one column, or rows that come or go, that are listed one by one
WORDS = 24  # characters, from which an old or new value is a text that needs several lines
LONGEST = 72  # characters of an old or new value


def inputs(view: View, letter: str) -> list[Part]:
    """The settings and cells that differ, where there are any."""
    rows = _said_once(view, view.rows("inputs", letter))
    columns = _grouped([row for row in rows if row["row"] == "changed"], lambda row: (row["table"], row["column"]))
    tables = _grouped([row for row in rows if row["row"] != "changed"], lambda row: (row["table"], row["row"]))
    told = [line for cells in columns for line in _cells(view, cells)]
    told += [line for cells in tables for line in _rows(view, cells)]
    if not told:
        return []
    shown = told if view.everything else told[:SHOWN]
    heads = view.say("inputs_heads", a="A", b=letter)
    words = any(isinstance(value, str) and len(value) > WORDS for cells in shown for value in cells[3:5])
    aligned = "llllll" if words else "lllrrl"  # words are wrapped, numbers are not
    part = view.table(view.say("inputs"), heads, aligned, [Line(cells, ("1",)) for cells in shown])
    more = len(told) - len(shown)
    return [part.noted(view.say("inputs_more", count=more)) if more else part]


def _said_once(view: View, rows: Sequence[Row]) -> list[Row]:
    """The rows without a text in the other language where the one in the reader's changes in the same record too."""
    pairs = {chinese: plain for plain, chinese in IN_CHINESE.items()} if view.language == "en" else IN_CHINESE
    there = {(row["table"], row["key"], row["column"]) for row in rows}
    return [row for row in rows if (row["table"], row["key"], pairs.get(row["column"])) not in there]


def _grouped(rows: Sequence[Row], key: Callable[[Row], Hashable]) -> list[list[Row]]:
    """Rows by key, in the order in which keys come."""
    found: dict[Hashable, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return list(found.values())


def _cells(view: View, cells: Sequence[Row]) -> Iterator[Cells]:
    """Cells of one column."""
    table, column = cells[0]["table"], cells[0]["column"]
    named = view.title.column(table, column), column if table == "settings" else f"{table}.{column}"
    if len(cells) > SINGLY:
        yield *named, view.say("records", count=f"{len(cells):,}"), "", "", _in_common(view, cells)
        return
    for cell in cells:
        old, new = (_cell(cell[f"{side}_number"], view.title.value(table, column, str(cell[side] or "")))
                    for side in ("old", "new"))  # fmt: skip
        change = cell["new_number"] / cell["old_number"] - 1 if cell["old_number"] else float("nan")
        yield *named, _record(view, table, cell["key"]), old, new, "" if change != change else share(change, sign=True)


def _rows(view: View, cells: Sequence[Row]) -> Iterator[Cells]:
    """Rows of one table that only one of the two has."""
    table, kind = cells[0]["table"], cells[0]["row"]
    title = view.title.pick(TABLES[table].title) if table in TABLES else view.title.column("settings", table)
    keys = _grouped(cells, lambda row: row["key"])
    if len(keys) > SINGLY:
        yield title, table, view.say("records", count=f"{len(keys):,}"), "", "", view.say(kind)
        return
    side = "new" if kind == "added" else "old"
    for given in keys:
        told = _told(view, given, side)
        values = (MISSING, told) if kind == "added" else (told, MISSING)
        yield title, table, _record(view, table, given[0]["key"]), *values, view.say(kind)


def _record(view: View, table: str, key: str) -> str:
    """A row by its key: by what its codes are called, unless keys are asked for."""
    return key if view.keys else view.title.record(table, key)


def _told(view: View, cells: Sequence[Row], side: str) -> str:
    """What a row says: its title and its numbers."""
    titles = [cell[side] for cell in cells if cell["column"] == f"title_{view.language}"]
    numbers = [
        f"{view.title.column(cell['table'], cell['column'])} {_value(cell[f'{side}_number'])}"
        for cell in cells if cell[f"{side}_number"] == cell[f"{side}_number"]
    ]  # fmt: skip
    return shortened(view.say("comma").join([*titles, *numbers]), LONGEST // (2 if view.language == "zh" else 1))


def _in_common(view: View, cells: Sequence[Row]) -> str:
    """What the changes of many cells have in common: one factor, one difference, or a range."""
    pairs = [(cell["old_number"], cell["new_number"]) for cell in cells]
    if any(old != old or new != new for old, new in pairs):
        return view.say("changed")
    plus = [new - old for old, new in pairs]
    if max(plus) - min(plus) <= ROUNDOFF * max(map(abs, plus)):
        return view.say("all_plus", change=("+" if plus[0] > 0 else "") + _value(plus[0]))
    factors = [new / old for old, new in pairs if old]
    if len(factors) < len(pairs):
        return view.say("changed")
    if max(factors) - min(factors) <= ROUNDOFF * max(map(abs, factors)):
        return view.say("all_by", factor=figure(round(factors[0], 9)))
    return view.say("range", low=percent(min(factors) - 1, sign=True), high=percent(max(factors) - 1, sign=True))


def _cell(value: float, text: str) -> Cell:
    """A number, or a text cut to its place; a dash where nothing is given."""
    return exact(value) if value == value else shortened(text, LONGEST) or MISSING


def _value(value: float, text: str = "") -> str:
    """A number with thousands apart, or a text cut to its place; a dash where nothing is given."""
    if value == value:
        return figure(value).replace("-", "−")
    return shortened(text, LONGEST) or MISSING
