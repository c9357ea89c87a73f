"""Tables as they are, a sheet each in one workbook, or a file each in a folder: for further work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.workbook import Workbook

from alloc.workbook.styles import close, column_width, number_format, shown_text
from alloc.writing.kinds import ABOUT, MADE_BY, TABLES_MARK

CREATED = datetime(2021, 1, 1)  # the same tables give the same bytes
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write_tables(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Writes every table with its index; codes and texts stay texts, what is missing stays empty.

    Args:
        tables: by the name of their sheet; their ``attrs`` may have ``formats``, by head one for the column or one for
            each cell. Other numbers have the decimals that they need.
        path: the file, written over where it exists.

    Raises:
        OSError: the file cannot be written.
    """
    book = Workbook(str(path), OPTIONS)
    book.set_properties({"author": "alloc", "category": TABLES_MARK, "created": CREATED})
    bold, forms = book.add_format({"bold": True, "text_wrap": True, "valign": "top"}), {}
    for name, table in tables.items():
        sheet = book.add_worksheet(name)
        flat = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
        keys = len(flat.columns) - len(table.columns)
        for column, head in enumerate(map(str, flat.columns)):
            sheet.write_string(0, column, head, bold)
            values = flat.iloc[:, column].tolist()
            numbers = [float(each) for each in values if _is_number(each)]
            given = table.attrs.get("formats", {}).get(head) or (number_format(None, numbers) if numbers else "")
            each_form = [given] * len(values) if isinstance(given, str) else given
            for form in dict.fromkeys(each_form):
                if form and form not in forms:
                    forms[form] = book.add_format({"num_format": form})
            texts = []
            for row, (value, form) in enumerate(zip(values, each_form, strict=True), start=1):
                _write(sheet, row, column, value, forms.get(form))
                texts.append(shown_text(float(value), form) if _is_number(value) else str(value or ""))
            sheet.set_column(column, column, column_width(head, texts), forms.get(each_form[0] if values else ""))
        sheet.freeze_panes(1, keys)
    close(book)


def write_files(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Writes every table with its index as a CSV file that Excel and WPS open as it is: UTF-8, marked as such.

    Args:
        tables: by the name of their file, without its ending.
        folder: is made; nothing is there yet.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir()
    for name, table in tables.items():
        text = table.to_csv(index=not isinstance(table.index, pd.RangeIndex), lineterminator="\n")
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig", newline="\n")
    about = {MADE_BY: TABLES_MARK, "files": [f"{name}.csv" for name in tables]}
    (folder / ABOUT).write_text(f"{json.dumps(about, ensure_ascii=False, indent=1)}\n", encoding="utf-8", newline="\n")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _write(sheet: Any, row: int, column: int, value: Any, form: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif value is not None and value == value and abs(value) != float("inf"):
        sheet.write_number(row, column, value, form)
