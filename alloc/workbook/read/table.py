"""From a sheet to a table: which row is the header, which holds machine names, which columns are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alloc.instance.files.heads import machine_name, machine_names, read_head
from alloc.instance.files.raw import RawTable, with_names
from alloc.instance.findings import Finding
from alloc.instance.schema.columns import Table
from alloc.text import Text
from alloc.workbook.layout import clean_header, is_shown_only, value_meant
from alloc.workbook.read.cell_findings import Records
from alloc.workbook.read.grid import Grid
from alloc.workbook.read.unit_lines import unit_lines

DEEPEST_HEADER = 15  # rows above which a header is looked for; planners write a title above it
FEWEST_NAMES = 4  # machine names that make a row one of them without those of the key


@dataclass(frozen=True)
class TableSheet:
    """A table where it stands in a workbook.

    Attributes:
        name: machine name of the table.
        title: title of the sheet.
        file: its name in findings.
        header: row of the header; the first is 1.
        columns: machine name -> column that is read; the first is 1.
        heads: machine name -> the title as it stands, without its unit; where that is another.
        said: row and machine name of cells that say a name in words -> their text as it stands.
    """

    name: str
    title: str
    file: str
    header: int
    columns: Mapping[str, int]
    heads: Mapping[str, str]
    said: dict[tuple[int, str], str]


@dataclass(frozen=True)
class TableRead:
    """A table that was read: where it stands, its texts, what was found, which cells a finding covers already."""

    sheet: TableSheet
    raw: RawTable
    findings: list[Finding]
    spoilt: set[tuple[str, int, str]]


def read_table(grid: Grid, table: Table, title: str, file: str) -> TableRead | None:
    """The table on a sheet; None where there is nothing on it."""
    header = header_row(grid, table)
    if header is None:
        return None
    names_rows = [row for row in range(1, len(grid.rows) + 1) if is_names_row(grid.rows[row - 1], table)]
    below = next((row for row in names_rows if row > header), None)
    headers, units, findings = headers_of(grid, table, file, header, below)
    places = [place for place, name in enumerate(headers) if name is not None]
    records = [
        (row, [cells[place] for place in places])
        for row, cells in enumerate(grid.rows, start=1)
        if row > header and row not in names_rows
    ]
    raw, found = with_names(file, table, [headers[place] or "" for place in places], records, header,
                            [units[place] for place in places])  # fmt: skip
    said: dict[tuple[int, str], str] = {}
    for column in table.columns:
        if column.kind == "enum" and column.name in raw.columns:
            said |= {(row, column.name): text for row, text in zip(raw.rows, raw.columns[column.name], strict=True)}
            raw.columns[column.name][:] = [value_meant(column, text) for text in raw.columns[column.name]]
    known = machine_names(table)
    columns: dict[str, int] = {}
    for place in places:
        if headers[place]:
            columns.setdefault(machine_name(known, headers[place] or ""), place + 1)
    described = [(table.by_name.get(name), units[place - 1]) for name, place in columns.items()]
    findings += unit_lines(grid, file, header, [(column, unit) for column, unit in described if column is not None])
    cells = Records(grid, file, header, {place: (name, table.by_name.get(name)) for name, place in columns.items()})
    merged, covered = cells.merged()
    in_cells = [each for each in cells.findings() if each.row not in names_rows]
    spoilt = {
        (file, each.row, each.column) for each in in_cells if each.severity == "error" and each.row and each.column
    }
    shown = {name: clean_header(grid.rows[header - 1][place - 1].partition("\n")[0]) for name, place in columns.items()}
    heads = {name: head for name, head in shown.items() if head != name}
    sheet = TableSheet(table.name, title, file, header, columns, heads, said)
    return TableRead(sheet, raw, [*findings, *found, *merged, *in_cells], spoilt | covered)


def header_row(grid: Grid, table: Table) -> int | None:
    """The first of the upper rows with at least half as many known headers as the best has; else the first filled."""
    names = machine_names(table)
    upper = grid.rows[:DEEPEST_HEADER]
    hits = [sum(machine_name(names, clean_header(text)) in table.by_name for text in set(row) if text) for row in upper]
    best = max(hits, default=0)
    if best:
        return next(row for row, count in enumerate(hits, start=1) if 2 * count >= best)
    return next((row for row, cells in enumerate(grid.rows, start=1) if any(cells)), None)


def is_names_row(cells: list[str], table: Table) -> bool:
    """Whether a row holds machine names: those of the whole key, and of at least half of all that it holds.

    Where a column of the key was taken out the names of the others still say it: nearly all that the row holds.
    """
    filled = [table.renamed.get(cell, cell) for cell in cells if cell]
    known = sum(cell in table.by_name or is_shown_only(cell) for cell in filled)
    if all(name in cells for name in table.key):
        return 2 * known >= len(filled)
    return len(filled) >= FEWEST_NAMES and 4 * known >= 3 * len(filled)


def headers_of(
    grid: Grid, table: Table, file: str, header: int, names_row: int | None
) -> tuple[list[str | None], list[str], list[Finding]]:
    """The machine name or header of every column, None for columns that are not read; the units that titles name."""
    known = machine_names(table)
    titles = [clean_header(text) for text in grid.rows[header - 1]]
    names = grid.rows[names_row - 1] if names_row is not None else [""] * len(titles)
    headers: list[str | None] = []
    findings: list[Finding] = []
    units: list[str] = []
    for place, (title, name) in enumerate(zip(titles, names, strict=True)):
        head = read_head(known, title)
        units.append(head.said)
        meant = head.name or title
        if is_shown_only(name) or (not name and is_shown_only(title)):
            headers.append(None)
        elif not name:
            empty = not title and not any(row[place] for row in grid.rows[header:])
            headers.append(None if empty else title)
        else:
            name = table.renamed.get(name, name)
            headers.append(name)
            if meant != name and meant in table.by_name and name in table.by_name:
                message = Text(
                    f"列名与隐藏的机器名（第 {names_row} 行）说的不是同一列。",
                    f"The title and the hidden machine name (row {names_row}) name different columns.",
                )
                remedy = Text(
                    f"改正其中一个，或清空这一列的第 {names_row} 行。",
                    f"Mend one of them, or clear row {names_row} of this column.",
                )
                findings.append(Finding("error", "header_conflict", file, header, name, title, message, remedy))
    return headers, units, findings
