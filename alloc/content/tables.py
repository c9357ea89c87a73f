"""Tables from rows of cells: columns are typed by what stands in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from alloc.content.blocks import Amount, Cell, Column, Kind, Marked, Row, Status, Table
from alloc.content.figures import MISSING, differs
from alloc.instance.schema.columns import GRADES, MARKS

STATUSES: dict[str, Status] = {"": "", MARKS["estimated"]: "estimated", MARKS["assumed"]: "assumed"}
NOTHING = ("", MISSING)  # a cell of a column of numbers that has none


def share(value: float | None, decimals: int = 1, sign: bool = False, mark: str = "") -> Amount:
    """A share as an amount in per cent; None and NaN: there is none."""
    return Amount(math.nan if value is None else 100 * value, decimals, sign, True, mark)


def difference(now: Amount, before: Amount) -> Amount:
    """A change: what two amounts of equal decimals differ by, taken before rounding."""
    change = now.value - before.value
    off = differs(now.value, before.value, change, now.decimals)
    return Amount(change, now.decimals, sign=True, mark=now.mark, off=off)


def significant(value: float | None, digits: int = 3, sign: bool = False, mark: str = "") -> Amount:
    """A number with so many significant figures: whole where it is large, a power of ten below a ten-thousandth."""
    if value is None or not value or math.isnan(value) or math.isinf(value):
        return Amount(math.nan if value is None else value, 0, sign, mark=mark)
    power = int(f"{abs(value):.{digits - 1}e}".partition("e")[2])  # of what is shown: 0.9998 as 1.00, like 1.002
    if power < -4:
        return Amount(value, digits - 1, sign, mark=mark, power=True)
    return Amount(value, max(0, digits - 1 - power), sign, mark=mark)


def exact(value: float | None, digits: int = 12, sign: bool = False) -> Amount:
    """A number with the decimals that it has, as far as so many significant figures show them.

    Only what is next to nothing, or beyond them, is written as a power of ten.
    """
    if value is None or math.isnan(value) or math.isinf(value):
        return Amount(math.nan if value is None else value, 0, sign)
    if abs(value) >= 10.0**digits:
        return Amount(value, 0, sign)
    power = math.floor(math.log10(abs(value))) if value else 0
    for decimals in range(digits - power if -4 <= power < 0 else digits):
        if float(f"{value:.{decimals}f}") == float(f"{value:.{digits}g}"):
            return Amount(value, decimals, sign)
    return Amount(value, 2, sign, power=True)


def table(
    name: str,
    title: str,
    heads: str | Sequence[str],
    aligned: str,
    rows: Sequence[Row],
    note: str = "",
    units: Sequence[str] = (),
) -> Table:
    """A table whose columns are typed by their cells.

    A column of amounts that are all written alike becomes one of numbers, with "%" and the mark of estimated or assumed
    data in its head; where rows have decimals or marks of their own every cell keeps its own.

    Args:
        name: machine name, unique in a document.
        title: its caption.
        heads: of the columns; in one text they are parted by bars.
        aligned: of each column, l for text and r for numbers.
        rows: texts and amounts.
        note: beneath.
        units: of the columns, where they have one; a column in per cent has "%" without being told.
    """
    titles = heads.split("|") if isinstance(heads, str) else list(heads)
    columns, cells = [], []
    for place, (head, side) in enumerate(zip(titles, aligned, strict=True)):
        column, values = _typed(f"column_{place}", head, side, [row[place] for row in rows])
        columns.append(replace(column, unit=units[place]) if units and units[place] else column)
        cells.append(values)
    off = any(isinstance(cell, Amount) and cell.off for row in rows for cell in row)
    return Table(name, title, tuple(columns), tuple(zip(*cells, strict=True)) if rows else (), note=note, off=off)


def graded(column: Column, cells: Sequence[Cell], grades: Sequence[int]) -> tuple[Column, list[Cell]]:
    """A column with the mark of its data in its head where all cells have the same, else behind each number.

    Args:
        column: without a status.
        cells: of its rows.
        grades: of each cell, its place among ``GRADES``.
    """
    if len(set(grades)) <= 1:
        status = GRADES[grades[0]] if len(grades) else ""
        return replace(column, status=status), list(cells)  # type: ignore[arg-type]
    return column, [graded_cell(cell, grade) for cell, grade in zip(cells, grades, strict=True)]


def graded_cell(cell: Cell, grade: int) -> Cell:
    """A number with the mark of its data; what is none stays."""
    if grade and isinstance(cell, Amount):
        return replace(cell, mark=MARKS[GRADES[grade]])
    return Marked(cell, MARKS[GRADES[grade]]) if grade and isinstance(cell, float | int) else cell


def graded_rows(table: Table, grades: Mapping[str, Sequence[int]]) -> Table:
    """A table with marks: in the head of a column where all its rows have the same, else behind each number.

    Args:
        table: without totals.
        grades: by the name of a column, those of its rows.
    """
    columns, cells = list(table.columns), [[row[place] for row in table.rows] for place in range(len(table.columns))]
    for place, column in enumerate(table.columns):
        if column.name in grades:
            columns[place], cells[place] = graded(column, cells[place], grades[column.name])
    return replace(table, columns=tuple(columns), rows=tuple(zip(*cells, strict=True)) if table.rows else ())


def _typed(name: str, head: str, side: str, cells: Sequence[Cell]) -> tuple[Column, list[Cell]]:
    """A column and its cells: numbers where all amounts are alike, else what they are."""
    amounts = [cell for cell in cells if isinstance(cell, Amount) and not math.isnan(cell.value)]
    if side == "l":
        return Column(name, head), list(cells)
    alike = {(each.decimals, each.sign, each.percent, each.mark) for each in amounts}
    others = [cell for cell in cells if not isinstance(cell, Amount) and cell is not None and cell not in NOTHING]
    if len(alike) != 1 or others or any(each.power or each.mark not in STATUSES for each in amounts):
        return Column(name, head, kind="figure"), [MISSING if cell is None else cell for cell in cells]
    decimals, sign, percent, mark = alike.pop()
    kind: Kind = "change" if sign else "number"
    column = Column(name, head, "%" if percent else "", kind, decimals, status=STATUSES[mark])
    return column, [_plain(cell) for cell in cells]


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, Amount):
        return None if math.isnan(cell.value) else cell.value
    return None if cell == MISSING else cell
