"""A sheet as texts: numbers as CSV would hold them, errors as they show, dates in ISO form."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from alloc.instance.cells import tidy
from alloc.text import Text, listed
from alloc.workbook.read.scan import Place, Scan


@dataclass(frozen=True)
class Grid:
    """A sheet as texts.

    Attributes:
        rows: texts of all cells from the first row and column on, all rows equally long.
        values: the same cells as the library gives them; rows may be fewer and shorter.
        dates: cells with a date or a time, which their texts say in ISO form.
        scan: errors and formulas without a value.
        merged: first and last cell of merged areas.
    """

    rows: list[list[str]]
    values: Sequence[Sequence[Any]]
    dates: frozenset[Place]
    scan: Scan
    merged: tuple[tuple[Place, Place], ...] = ()

    def text(self, place: Place) -> str:
        """The text of a cell."""
        return self.rows[place[0] - 1][place[1] - 1]

    def is_number(self, place: Place) -> bool:
        """Whether a cell holds a number."""
        row, column = place
        if row > len(self.values) or column > len(self.values[row - 1]):
            return False
        return type(self.values[row - 1][column - 1]) in (int, float)


def make_grid(values: Sequence[Sequence[Any]], scan: Scan, merged: Sequence[tuple[Place, Place]] | None) -> Grid:
    """The texts of a sheet from what the library gives, completed by what it does not give.

    Args:
        values: cells from the first row and column on.
        scan: what the XML says.
        merged: first and last cell of merged areas, counted from 0.
    """
    told = [*scan.errors, *scan.no_value]
    height = max([len(values), *(row for row, _ in told)])
    width = max([*map(len, values), *(column for _, column in told)], default=0)
    dates: set[Place] = set()
    rows: list[list[str]] = []
    for row, cells in enumerate(values, start=1):
        if not set(map(type, cells)) <= _PLAIN:
            dates |= {(row, column) for column, cell in enumerate(cells, start=1) if type(cell) not in _PLAIN}
        rows.append([_TEXTS.get(type(cell), _date_text)(cell) for cell in cells] + [""] * (width - len(cells)))
    rows += [[""] * width for _ in range(height - len(rows))]
    for (row, column), text in scan.errors.items():
        rows[row - 1][column - 1] = text
    areas = tuple(((top + 1, left + 1), (bottom + 1, right + 1)) for (top, left), (bottom, right) in merged or ())
    return Grid(rows, values, frozenset(dates), scan, areas)


def number_text(number: float) -> str:
    """A number as short as it can be read back exactly."""
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else repr(number)


def cell_name(row: int | None, column: int) -> Text:
    """``J5`` as spreadsheets name it, or the column alone."""
    letter = xl_col_to_name(column - 1)
    return Text(f"{letter}{row}", f"{letter}{row}") if row is not None else Text(f"{letter} 列", f"column {letter}")


def cell_names(rows: Iterable[int], column: int) -> Text:
    """Several cells of a column as spreadsheets name them."""
    return listed(cell_name(row, column) for row in rows)


def _date_text(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


_TEXTS: Mapping[type, Callable[[Any], str]] = {
    str: tidy,
    float: number_text,
    int: number_text,
    bool: lambda value: "true" if value else "false",
}
_PLAIN = frozenset(_TEXTS)
