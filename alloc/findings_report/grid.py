"""Files as they were handed in, cell by cell, and which of the cells a finding is about."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from alloc.instance.cells import parse_code, tidy
from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.files.raw import Unreadable, csv_rows, read_text
from alloc.instance.files.reading import FORMATS
from alloc.instance.files.record_rows import Keys, rows_of
from alloc.instance.files.settings_reading import FILE
from alloc.instance.findings import Finding
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import TABLES

Place = tuple[int, int]  # row and column, the first is 1
Rows = Sequence[Sequence[str]]
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of a worksheet


@dataclass(frozen=True)
class Grid:
    """What stands where on one sheet.

    Attributes:
        header: row with the names of the columns.
        columns: machine name, or path of a setting -> column; the first is 1.
        keys: the codes that make up the key of every row.
        lines: the lines of settings that are a text.
        otherwise: column for a finding on none of them.
    """

    header: int = 1
    columns: Mapping[str, int] = field(default_factory=dict)
    keys: Keys = field(default_factory=dict)
    lines: Sequence[str] = ()
    otherwise: int = 1

    def places(self, finding: Finding) -> list[Place]:
        """The cells that a finding is about; the header or the first cell where there is none nearer."""
        column = self.columns.get(finding.column or "", self.otherwise)
        if self.lines and finding.row is None:
            return [(_line(self.lines, finding.column or ""), 1)]
        return [(row, column) for row in rows_of(finding, self.keys)] or [(self.header, column)]


def folder_grids(folder: Path) -> Iterator[tuple[str, Grid, Rows, set[int]]]:
    """The settings and every table file of a folder: name, grid, cells, and which columns hold numbers."""
    if (folder / FILE).is_file():
        lines = _text(folder / FILE).splitlines()
        yield FILE, Grid(lines=lines), [[line] for line in lines], set()
    for path in sorted(folder.iterdir()):
        if path.suffix.casefold() not in FORMATS or not path.is_file():
            continue
        table = TABLES.get(path.stem.casefold())
        rows = _parquet(path) if path.suffix.casefold() == ".parquet" else _csv(path)
        columns = table_columns(table, rows[0] if rows else [])
        described = table.columns if table else ()
        numeric = {columns[column.name] for column in described if column.numeric and column.name in columns}
        yield path.name, Grid(1, columns, _keys(table, columns, rows)), rows, numeric


def _keys(table: Table | None, columns: Mapping[str, int], rows: Rows) -> Keys:
    if table is None or any(name not in columns for name in table.key):
        return {}
    places = [columns[name] - 1 for name in table.key]
    return {
        row: frozenset(parse_code(tidy(cells[place])) for place in places)
        for row, cells in enumerate(rows, start=1)
        if row > 1 and len(cells) > max(places)
    }


def table_columns(table: Table | None, header: Sequence[str]) -> dict[str, int]:
    """Machine names of the columns under a header -> their places, the first is 1."""
    names = machine_names(table) if table else {}
    columns: dict[str, int] = {}
    for place, title in enumerate(header, start=1):
        if tidy(title):
            columns.setdefault(machine_name(names, tidy(title)), place)
    return columns


def _text(path: Path) -> str:
    """The text of a file; of one in no known encoding, what can be read of it."""
    try:
        return read_text(path)
    except Unreadable:
        try:
            return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        except OSError:
            return ""


def _csv(path: Path) -> list[list[str]]:
    try:
        return list(csv_rows(_text(path)))[:MOST_ROWS]
    except csv.Error:
        return [[line] for line in _text(path).splitlines()][:MOST_ROWS]


def _parquet(path: Path) -> list[list[str]]:
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
        columns = [["" if cell is None or cell != cell else str(cell) for cell in column.to_pylist()]
                   for column in table.columns]  # fmt: skip
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return []
    return [[str(name) for name in table.column_names], *map(list, zip(*columns, strict=True))][:MOST_ROWS]


def _line(lines: Sequence[str], path: str) -> int:
    """The line of a TOML text that gives a setting, or the nearest section above it; 1 where there is none."""
    wanted = path.replace("[", ".").replace("]", "").split(".") if path else []
    section: list[str] = []
    seen: dict[str, int] = {}
    best, length = 1, 0
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.startswith("[["):
            name = text.strip("[] ").split("]")[0].strip()
            seen[name] = seen.get(name, -1) + 1
            here = section = [*name.split("."), str(seen[name])]
        elif text.startswith("["):
            here = section = [part.strip() for part in text[1:].split("]")[0].split(".")]
        elif "=" in text and not text.startswith("#"):
            here = [*section, *(part.strip() for part in text.split("=")[0].split("."))]
        else:
            continue
        if len(here) > length and here == wanted[: len(here)]:
            best, length = number, len(here)
    return best
