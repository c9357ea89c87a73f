"""The cells that an edit is about, one ``Touch`` each, before it is known whether edits agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.columns import MULTIPLE, Column
from alloc.formulation.lever import LOWER, RAISE
from alloc.formulation.registry import catalogue_for
from alloc.instance.findings import Finding, or_leave
from alloc.instance.frames import texts
from alloc.instance.named import names_of
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import TABLES
from alloc.scenario.edits import Edit
from alloc.scenario.state import State, plain
from alloc.text import Text, figure, listed

Key = tuple[str, ...]
Name = tuple[str, Key, str]  # of a cell: table, key, column
NO_ROW = -1
AMOUNT, REASON = "amount", "reason"
_LOOSENS = Text("“{title}”改为 {new} 是放松，不是收紧，原为：{was}。",
                "{title}: {new} loosens it and does not tighten it; it was {was}.")  # fmt: skip
_WAS = Text("{name} {old}", "{old} for {name}")
_RIGHT = {LOWER: Text("要收紧，写更大的数。", "To tighten it, set a greater number."),
          RAISE: Text("要收紧，写更小的数。", "To tighten it, set a smaller number.")}  # fmt: skip


class Touch(NamedTuple):
    """What an edit makes of a cell.

    Attributes:
        name: the cell.
        row: its place in the table as it stands, ``NO_ROW`` where there is no such row yet.
        old, new: before and after; None where nothing is given.
    """

    name: Name
    row: int
    old: Any
    new: Any


def keys_at(table: Table, frame: pd.DataFrame, rows: NDArray[np.intp]) -> list[Key]:
    """The keys of some rows."""
    return list(zip(*(texts(frame, column)[rows].tolist() for column in table.key), strict=True))


def column_touched(
    table: Table, frame: pd.DataFrame, rows: NDArray[np.intp], column: str, new: Sequence[Any]
) -> list[Touch]:
    """New values for some cells of a column."""
    keys, old = keys_at(table, frame, rows), plain(frame[column].iloc[rows])
    name = table.name
    return [
        Touch((name, key, column), row, before, after)
        for key, row, before, after in zip(keys, rows.tolist(), old, new, strict=True)
    ]


def rows_dropped(table: Table, frame: pd.DataFrame, rows: NDArray[np.intp]) -> list[Touch]:
    """Rows that go, with all their cells."""
    nothing = [None] * len(rows)
    return [touch for column in frame.columns for touch in column_touched(table, frame, rows, column, nothing)]


def row_added(table: Table, key: Key, values: Mapping[str, Any]) -> list[Touch]:
    """A row that comes, with the cells that are given and those of its key."""
    cells = {**values, **dict(zip(table.key, key, strict=True))}
    return [Touch((table.name, key, column), NO_ROW, None, value) for column, value in cells.items()]


def reasons(edits: Sequence[Edit], touched: Mapping[int, Sequence[Touch]], state: State) -> dict[int, list[Touch]]:
    """The reasons that rows get from the edits which give their amounts: those that have none, and get none otherwise.

    Args:
        edits: all of them.
        touched: what those of a level touch, by position.
        state: from which the level starts.

    Returns:
        What is touched besides, by the position of the edit; several edits of one row give it all of their reasons,
        in the order of their letters.
    """
    given = {touch.name[:2] for found in touched.values() for touch in found if touch.name[2] == REASON and touch.new}
    rows: dict[tuple[str, Key], dict[int, int]] = {}
    for place, found in touched.items():
        if not edits[place].why or edits[place].verb == "merge":
            continue
        for touch in found:
            table, key, column = touch.name
            known = TABLES.get(table)
            if column != AMOUNT or touch.new is None or known is None or REASON not in known.by_name:
                continue
            has = touch.row != NO_ROW and state.cells(known, REASON)[touch.row]
            if not has and (table, key) not in given:
                rows.setdefault((table, key), {})[place] = touch.row
    found_besides: dict[int, list[Touch]] = {}
    for (table, key), places in rows.items():
        why = "; ".join(sorted({edits[place].why for place in places}))  # edits are free of order
        for place, row in places.items():
            old = None if row == NO_ROW else state.cells(TABLES[table], REASON)[row]
            found_besides.setdefault(place, []).append(Touch((table, key, REASON), row, old, why))
    return found_besides


def loosened(
    edit: Edit, table: Table, column: Column, touches: Sequence[Touch], state: State, asked: Mapping[Name, Any]
) -> list[Finding]:
    """A warning where a floor or a cap, as a multiple of last year, is set to one that leaves more room than before.

    Args:
        edit: that sets it.
        table, column: of the cells.
        touches: the cells, with what stood there.
        state: before the edit.
        asked: what stood in cells before earlier lines of the same request, which are no rule that was there.
    """
    if edit.verb != "set" or column.unit != MULTIPLE:
        return []
    number = catalogue_for(state.settings).numbers.get(f"{table.name}.{column.name}")
    ways = number.turns[0].ways if number is not None and number.turns else ()
    if ways not in ((LOWER,), (RAISE,)):
        return []
    touches = [each._replace(old=asked.get(each.name, each.old)) for each in touches]
    gone = [each for each in touches if each.old is not None and each.new is not None
            and (each.new - each.old) * ways[0] > 0]  # fmt: skip
    if not gone:
        return []
    names = names_of(state.tables)
    was = listed(
        _WAS.fill(name=names.get(code, Text(code, code)), old=figure(each.old))
        for each in gone for code in [", ".join(each.name[1])]
    )  # fmt: skip
    message = _LOOSENS.fill(title=column.title, new=figure(gone[0].new), was=was)
    return [edit.finding("edit_loosens", message, or_leave(_RIGHT[ways[0]]), "warning")]
