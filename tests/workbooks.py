"""Small workbooks for tests, as planners make them: plain sheets, written cell by cell.

``write_book(path, **changes)`` writes the small instance of ``instances.py`` as a workbook with machine names for
headers and Chinese titles for sheets; keyword arguments change one sheet each, by the machine name of the table::

    write_book(path, cities=lambda rows: rows[1].__setitem__(9, Formula("=1/0", "#DIV/0!")))   # rows[0] is the header
    write_book(path, limits=None)                                                             # no such sheet
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from alloc.instance.schema.tables import TABLES
from instances import TABLES as TEXTS
from instances import TOML

Rows = list[list[Any]]
Change = Callable[[Rows], object] | None


@dataclass(frozen=True)
class Formula:
    """A formula with the value that was saved with it; None: without one."""

    text: str
    value: Any


@dataclass(frozen=True)
class Formatted:
    """A number with a number format."""

    number: float
    form: str


def tiny_rows(name: str) -> Rows:
    """A table of the small instance: numbers as numbers, everything else as text, None for empty cells."""
    header, *records = csv.reader(io.StringIO(TEXTS[name], newline=""))
    table = TABLES[name]
    numeric = [not (column := table.by_name.get(title)) or column.numeric for title in header]
    return [header, *([_cell(cell, as_number) for cell, as_number in zip(record, numeric, strict=True)]
                      for record in records)]  # fmt: skip


def _cell(text: str, numeric: bool) -> Any:
    return None if not text else float(text) if numeric else text


def tiny_settings() -> Rows:
    """The settings of the small instance, one path and value a row, lists of entries with numbered paths."""
    rows: Rows = [["path", "value"]]

    def add(path: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                add(f"{path}.{key}".removeprefix("."), inner)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            names = list(dict.fromkeys(key for entry in value for key in entry))
            rows.append([path, *names])
            rows.extend([f"{path}[{place}]", *(entry.get(name) for name in names)] for place, entry in enumerate(value))
        elif isinstance(value, list):
            rows.append([path, ", ".join(str(each) for each in value)])
        else:
            rows.append([path, value])

    add("", tomllib.loads(TOML))
    return rows


def write_book(path: Path, **changes: Change) -> Path:
    """Writes the small instance, changed as the keywords say (``settings`` for the settings)."""
    sheets = {"设置": tiny_settings()} | {
        table.title.zh: tiny_rows(name) for name, table in TABLES.items() if name in TEXTS
    }
    titles = {"settings": "设置"} | {name: table.title.zh for name, table in TABLES.items()}
    for name, change in changes.items():
        if change is None:
            del sheets[titles[name]]
        else:
            before = [list(row) for row in sheets[titles[name]]]
            change(sheets[titles[name]])
            assert sheets[titles[name]] != before, f"the change of {name} changes nothing"
    return write_sheets(path, sheets)


def write_sheets(path: Path, sheets: Mapping[str, Rows], finish: Callable[[Any], object] = lambda book: None) -> Path:
    """Writes rows of cells; ``finish`` is given the workbook of the writing library before it is closed."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "in_memory": True})
    forms: dict[str, Any] = {}
    for title, rows in sheets.items():
        sheet = book.add_worksheet(title)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                _write(book, forms, sheet, row, column, cell)
    finish(book)
    book.close()
    no_value = re.compile(r' t="str"(><f>[^<]*</f>)<v>no value</v>')
    nothing = re.compile(r"(><f>[^<]*</f>)<v></v>")

    def as_excel(name: str, text: str) -> str:
        return nothing.sub(r' t="str"\1<v></v>', no_value.sub(r"\1", text)) if "worksheets/" in name else text

    return rewrite(path, as_excel)


def _write(book: Any, forms: dict[str, Any], sheet: Worksheet, row: int, column: int, cell: Any) -> None:
    def form(text: str) -> Any:
        return forms.setdefault(text, book.add_format({"num_format": text}))

    if isinstance(cell, Formula):
        sheet.write_formula(row, column, cell.text, None, "no value" if cell.value is None else cell.value)
    elif isinstance(cell, Formatted):
        sheet.write_number(row, column, cell.number, form(cell.form))
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(row, column, cell, form("yyyy-mm-dd"))
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif cell is not None:
        sheet.write_string(row, column, cell)


def rewrite(path: Path, change: Callable[[str, str], str], target: Path | None = None) -> Path:
    """Changes the XML inside a workbook: ``change`` is given the name and the text of every part."""
    with zipfile.ZipFile(path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(target or path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            text = change(name, content.decode("utf-8")) if name.endswith((".xml", ".rels")) else None
            new.writestr(name, content if text is None else text)
    return target or path
