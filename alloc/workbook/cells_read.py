"""From the cells of a sheet to texts: numbers as CSV would hold them, and what no text stands for."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from alloc.instance.columns import Column
from alloc.instance.findings import Finding, Text
from alloc.workbook.package import Place, Scan

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)


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

    def is_number(self, row: int, column: int) -> bool:
        """Whether a cell holds a number; the first row and column are 1."""
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


def _tidy(text: str) -> str:
    """Without surrounding blanks, lines inside ended in one way."""
    return text.strip() if "\r" not in text else text.strip().replace("\r\n", "\n").replace("\r", "\n")


def number_text(number: float) -> str:
    """A number as short as it can be read back exactly."""
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else repr(number)


def _date_text(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


_TEXTS: Mapping[type, Callable[[Any], str]] = {
    str: _tidy,
    float: number_text,
    int: number_text,
    bool: lambda value: "true" if value else "false",
}
_PLAIN = frozenset(_TEXTS)


def cell_name(row: int | None, column: int) -> Text:
    """``J5`` as spreadsheets name it, or the column alone."""
    letter = xl_col_to_name(column - 1)
    return Text(f"{letter}{row}", f"{letter}{row}") if row is not None else Text(f"{letter} 列", f"column {letter}")


def cell_findings(
    grid: Grid, file: str, header: int, columns: Mapping[int, tuple[str, Column | None]]
) -> Iterator[Finding]:
    """What is wrong with single cells below a header whatever their column checks: errors, dates, lost codes.

    Args:
        grid: the sheet.
        file: its name in findings.
        header: row of the header.
        columns: machine name and description of the columns that are read, by place.
    """
    for cell, value in sorted(grid.scan.errors.items()):
        message = Text("这里是错误值。", "This cell holds an error.")
        remedy = Text(
            "改正公式，或填入数据；没有数据就留空。", "Mend the formula or write the value; leave it empty if unknown."
        )
        yield from _at(cell, "error_in_cell", file, header, columns, value, message, remedy)
    for cell in sorted(grid.scan.no_value):
        message = Text("这里的公式没有保存计算结果。", "This formula was saved without its value.")
        remedy = Text(
            "在 Excel 或 WPS 中打开并保存一次，或直接填数。", "Open and save it in Excel or WPS, or write the value."
        )
        yield from _at(cell, "formula_without_value", file, header, columns, None, message, remedy)
    for cell in sorted(grid.dates):
        yield from _date(grid, cell, file, header, columns)
    for place, (_, column) in columns.items():
        if column is not None and column.kind == "code":
            yield from _lost_codes(grid, file, header, place, columns)


def _at(
    place: Place, code: str, file: str, header: int, columns: Mapping[int, tuple[str, Column | None]],
    value: str | None, message: Text, remedy: Text,
) -> Iterator[Finding]:  # fmt: skip
    row, column = place
    if row > header and column in columns:
        yield Finding("error", code, file, row, columns[column][0], value, message, remedy)


def _date(
    grid: Grid, place: Place, file: str, header: int, columns: Mapping[int, tuple[str, Column | None]]
) -> Iterator[Finding]:
    row, column = place
    if row <= header or column not in columns:
        return
    (name, described), value = columns[column], grid.rows[row - 1][column - 1]
    if described is None:  # the planner's own column may hold dates
        return
    if described.kind == "text":
        message = Text("这里是日期，按文本读取。", "This is a date; it is read as text.")
        remedy = Text(
            "若不是日期，请把单元格设为文本格式后重填。", "If none is meant, set the cell to text and write it again."
        )
        yield Finding("warning", "date_as_text", file, row, name, value, message, remedy)
        return
    message = Text("这里是日期或时间，不是“{title}”。", "This is a date or a time, not: {title}.").fill(
        title=described.title
    )
    remedy = Text(
        "单元格格式改为文本（代码）或数值后重填。", "Set the cell to text (codes) or number and write it again."
    )
    yield Finding("error", "date_in_cell", file, row, name, value, message, remedy)


def _lost_codes(
    grid: Grid, file: str, header: int, place: int, columns: Mapping[int, tuple[str, Column | None]]
) -> Iterator[Finding]:
    """Codes that a spreadsheet took for numbers: 1.1E+05, or one that lost its leading zeros."""
    name, column = columns[place]
    assert column is not None
    fits = re.compile(column.pattern).fullmatch if column.pattern else None
    remedy = Text("单元格设为文本格式，重新填写完整代码。", "Set the cell to text and write the whole code again.")
    for row in range(header + 1, len(grid.rows) + 1):
        text = grid.rows[row - 1][place - 1]
        number = grid.is_number(row, place)
        if not number and "e" not in text and "E" not in text:
            continue
        if _SCIENTIFIC.fullmatch(text) and not (fits and fits(text) and not number):
            message = Text("代码变成了科学计数法的数。", "The code has become a number in scientific notation.")
        elif number and fits is not None and not fits(text):
            message = Text("代码变成了数，可能丢失了前导零或位数不对。",
                           "The code has become a number; leading zeros may be lost.")  # fmt: skip
        else:
            continue
        yield Finding("error", "code_as_number", file, row, name, text, message, remedy)


def merged_findings(
    grid: Grid, file: str, header: int, columns: Mapping[int, tuple[str, Column | None]]
) -> tuple[list[Finding], set[tuple[str, int, str]]]:
    """A finding for every merged area among the records, and all cells in them."""
    findings: list[Finding] = []
    covered: set[tuple[str, int, str]] = set()
    for (top, left), (bottom, right) in grid.merged:
        rows = [row for row in range(max(top, header + 1), min(bottom, len(grid.rows)) + 1) if any(grid.rows[row - 1])]
        inside = [place for place in columns if left <= place <= right]
        if not rows or not inside:
            continue
        area = f"{xl_col_to_name(left - 1)}{top}:{xl_col_to_name(right - 1)}{bottom}"
        message = Text(f"{area} 是合并单元格，只有左上角有值。", f"{area} is merged: only its first cell has a value.")
        remedy = Text("取消合并，每一格分别填写。", "Unmerge it and fill in every cell.")
        findings.append(Finding("error", "merged_cells", file, rows[0], columns[inside[0]][0], area, message, remedy))
        covered |= {(file, row, columns[place][0]) for row in rows for place in inside}
    return findings, covered
