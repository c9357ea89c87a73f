"""A table between reading and checking: typed cells beside the text and the row of the file that they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.cells import looks_numeric, parse_code, parse_flag, parse_numbers
from alloc.instance.columns import NO_UNIT, Column, Table
from alloc.instance.findings import Finding, Severity, Text, figure, shortened
from alloc.instance.instance import blank_column
from alloc.instance.raw import RawTable

Mask = NDArray[np.bool_]

LARGEST = 1e15  # no figure of a country is beyond it, and sums stay exact below it


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table as the checks see it.

    Attributes:
        table: its description.
        file: name of the file, or of the table where there is none.
        frame: typed cells with every column of the schema, in the order of the file. The index holds the file's rows.
        cells: the texts of the file by column; empty for a table that does not come from a file.
    """

    table: Table
    file: str
    frame: pd.DataFrame
    cells: Mapping[str, list[str]] = field(default_factory=dict)
    from_file: bool = True

    @property
    def given(self) -> bool:
        """Whether there is such a table, readable enough to have its key."""
        return all(self.has(column) for column in self.table.key)

    def has(self, column: str) -> bool:
        """Whether the file has the column."""
        return column in self.cells or (not self.from_file and column in self.frame.columns)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A numeric column; NaN where nothing or nothing readable is given."""
        return self.frame[column].to_numpy(dtype=np.float64)

    def texts(self, column: str) -> NDArray[np.object_]:
        """A column of codes or texts."""
        return self.frame[column].to_numpy(dtype=object)

    def flags(self, column: str) -> Mask:
        """A column of flags."""
        return self.frame[column].to_numpy(dtype=bool)

    def blank(self, column: str) -> Mask:
        """Which cells of a column are empty; all, where the file has no such column."""
        if column in self.cells:
            return np.array([not cell for cell in self.cells[column]], dtype=bool)
        if self.from_file or column not in self.frame.columns:
            return np.ones(len(self.frame), dtype=bool)
        values = self.frame[column]
        if values.dtype == np.float64:
            return np.isnan(self.numbers(column))
        if values.dtype == np.bool_:
            return np.zeros(len(values), dtype=bool)
        return np.asarray(values.isna() | (values == ""), dtype=bool)

    def find(
        self,
        mask: Mask,
        column: str | None,
        code: str,
        message: Text,
        remedy: Text | list[Text],
        severity: Severity = "error",
        /,
        **words: object,
    ) -> list[Finding]:
        """One finding for every row that the mask selects.

        Args:
            mask: which rows.
            column: where the fault shows.
            code: kind of the finding.
            message: what is wrong, with ``{names}`` for ``words``.
            remedy: what would be right, likewise; or a text for every row of the table, taken as it is.
            severity: error or warning.
            **words: a value for all rows, or an array or list with one for each row of the table.
        """
        findings = []
        rows = self.frame.index.to_numpy()
        for place in np.flatnonzero(mask).tolist():
            here = {
                name: _word(word[place] if isinstance(word, np.ndarray | list) else word)
                for name, word in words.items()
            }
            findings.append(
                Finding(
                    severity,
                    code,
                    self.file,
                    int(rows[place]) if self.from_file else None,
                    column,
                    self.value(column, place) if column else None,
                    message.fill(**here),
                    remedy[place] if isinstance(remedy, list) else remedy.fill(**here),
                    self.key(place),
                )
            )
        return findings

    def whole(
        self,
        column: str | None,
        code: str,
        message: Text,
        remedy: Text,
        severity: Severity = "error",
        key: str | None = None,
        value: str | None = None,
    ) -> Finding:
        """A finding on the table as a whole, or on a record that is not there."""
        return Finding(severity, code, self.file, None, column, value, message, remedy, key)

    def first_word(self, column: str) -> Text:
        """Where a column that should hold numbers holds the first text that is none."""
        texts = [str(text) for text in self.frame[column]]
        place = next((place for place, text in enumerate(texts) if not looks_numeric([text])), 0)
        where = Text(f"第 {self.frame.index[place]} 行", f"row {self.frame.index[place]}")
        if not self.from_file:
            where = Text(f"{self.key(place)}", f"{self.key(place)}")
        found = shortened(texts[place])
        return Text(f"{where.zh}为“{found}”，应为数或留空。", f"In {where.en} stands '{found}': write a number.")

    def key(self, place: int) -> str | None:
        """The key of a record, as findings show it."""
        return self._keys[place]

    @cached_property
    def _keys(self) -> list[str | None]:
        parts = zip(*(self.texts(column) for column in self.table.key), strict=True)
        return [", ".join(part) if any(part) else None for part in parts]

    def value(self, column: str, place: int) -> str | None:
        """What stands in a cell, as it stands in the file."""
        if column in self.cells:
            return shortened(self.cells[column][place])
        if not self.has(column):
            return None
        value = self.frame[column].iat[place]
        if isinstance(value, float):
            return "" if np.isnan(value) else str(int(value)) if value.is_integer() else str(value)
        return shortened(str(value))


def _word(word: object) -> object:
    return figure(float(word)) if isinstance(word, float | int) and not isinstance(word, bool) else word


def positive(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers to compare with: what is not positive is a fault of its own already, and NaN here."""
    return np.where(numbers > 0, numbers, np.nan)


def empty_sheet(table: Table, *, given: bool) -> Sheet:
    """A table without rows: ``given`` where an optional file is left out, not where a file cannot be used."""
    index = pd.RangeIndex(0)
    frame = pd.DataFrame({column.name: blank_column(column, index) for column in table.columns}, index=index)
    return Sheet(table, f"{table.name}.csv", frame, {name: [] for name in table.names} if given else {})


def type_cells(raw: RawTable, table: Table) -> tuple[Sheet, list[Finding]]:
    """Understand every cell by its column's kind; what cannot be understood is missing, and a finding."""
    index = pd.Index(raw.rows, dtype=np.int64)
    columns: dict[str, pd.Series] = {}
    cells = dict(raw.columns)
    bad: list[tuple[Column, list[int]]] = []
    for column in table.columns:
        if column.name not in cells:
            columns[column.name] = blank_column(column, index)
        else:
            columns[column.name], places = _typed(column, cells[column.name], index)
            bad.append((column, places))
    for name in sorted(set(cells) - set(columns)):
        texts = cells[name]
        numeric = looks_numeric(texts)
        columns[name] = pd.Series(
            parse_numbers(texts)[0] if numeric else texts, index, dtype=None if numeric else "str"
        )
    sheet = Sheet(table, raw.file, pd.DataFrame(columns, index=index), cells)
    return sheet, [finding for column, places in bad for finding in _misread(sheet, column, places)]


def _typed(column: Column, cells: list[str], index: pd.Index) -> tuple[pd.Series, list[int]]:
    """A typed column, and the places of cells that are not of its kind."""
    if column.numeric:
        numbers, bad = parse_numbers(cells, share=column.kind == "share")
        return pd.Series(numbers, index), bad
    if column.kind == "flag":
        flags = [parse_flag(cell) for cell in cells]
        bad = [place for place, (flag, cell) in enumerate(zip(flags, cells, strict=True)) if flag is None and cell]
        return pd.Series([flag is True for flag in flags], index, dtype=bool), bad
    if column.kind == "code":
        cells = [parse_code(cell) for cell in cells]
    elif column.kind == "enum":
        cells = [cell.casefold() for cell in cells]
    return pd.Series(cells, index, dtype="str"), []


# What stands in a cell instead of a number, and what would be right.
_NOT_NUMBERS: tuple[tuple[Callable[[str], Any], Text], ...] = (
    (
        re.compile(r"[+-]?(nan|inf|infinity|null|none|na|n/a|#n/a|#\w+[!?/].*|[-—–/]+|\.+)", re.IGNORECASE).fullmatch,
        Text("没有数据就留空；空不等于零。", "Leave the cell empty where nothing is known: empty is not zero."),
    ),
    (
        re.compile(r".*[万亿千百].*").fullmatch,
        Text("写出完整的数，不带“万”“亿”{unit}。", "Write the whole number, without 万 or 亿{unit}."),
    ),
    (
        re.compile(r".*[%％]").fullmatch,
        Text(
            "这一列不是比例，不能用百分号{unit}。",
            "This column is no share: write a number without a percent sign{unit}.",
        ),
    ),
    (
        re.compile(r"[+-]?\d+,\d+").fullmatch,
        Text(
            "小数点用“.”，千位分隔为三位一组{unit}。",
            "Write decimals with a point; thousands are groups of three{unit}.",
        ),
    ),
    (lambda text: True, Text("写一个数，不带文字{unit}。", "Write a number, without words{unit}.")),
)


def _misread(sheet: Sheet, column: Column, places: list[int]) -> list[Finding]:
    """Findings on cells that hold no number, or no yes or no."""
    if not places:
        return []
    mask = np.zeros(len(sheet.frame), dtype=bool)
    mask[places] = True
    if column.kind == "flag":
        message = Text("“{title}”既不是“是”也不是“否”。", "{title} is neither true nor false.")
        remedy = Text("写 true 或 false（也可写 1/0、是/否）。", "Write true or false (or 1, 0, yes, no).")
        return sheet.find(mask, column.name, "not_a_flag", message, remedy, title=column.title)
    unit = Text(f"；单位：{column.unit.zh}", f"; unit: {column.unit.en}") if column.unit.zh else NO_UNIT
    remedies = [column.note] * len(mask)
    for place in places:
        text = sheet.cells[column.name][place]
        remedies[place] = next(remedy for fits, remedy in _NOT_NUMBERS if fits(text)).fill(unit=unit)
    message = Text("“{title}”不是一个数。", "{title} is not a number.")
    return sheet.find(mask, column.name, "not_a_number", message, remedies, title=column.title)
