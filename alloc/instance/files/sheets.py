"""A table between reading and checking: typed cells beside the text and the row of the file that they come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.cells import looks_numeric
from alloc.instance.findings import Finding, Severity, shortened
from alloc.instance.instance import empty_table
from alloc.instance.schema.columns import Table
from alloc.text import Text, figure

Found = TypeVar("Found")
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

LARGEST = 1e15  # no figure of a country is beyond it, and sums stay exact below it


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table as the checks see it.

    Attributes:
        table: its description.
        file: name of the file, or of the table where there is none.
        frame: typed cells with every column of the schema, in the order of the file. The index holds the file's rows.
        cells: the texts of the file by column; empty for a table that does not come from a file.
        from_file: whether it comes from a file.
        made: what has been made of a column, or found by a check, by what it is.
        shared: where what is made of a column is kept instead that another sheet has with the same values.
    """

    table: Table
    file: str
    frame: pd.DataFrame
    cells: Mapping[str, list[str]] = field(default_factory=dict)
    from_file: bool = True
    made: dict[tuple[str, str], Any] = field(default_factory=dict)
    shared: Mapping[str, dict[tuple[str, str], Any]] = field(default_factory=dict)

    def with_columns(self, frame: pd.DataFrame, changed: Collection[str]) -> Sheet:
        """The same rows with other values in some columns; what is made of the others is made once for both.

        Args:
            frame: the table with the new values.
            changed: the columns that may differ.
        """
        stay = {column: self.shared.get(column, self.made) for column in self.columns if column not in changed}
        return Sheet(self.table, self.file, frame, self.cells, self.from_file, shared=stay)

    @cached_property
    def columns(self) -> dict[str, Any]:
        """The type of every column of the frame by its name."""
        return {str(name): kind for name, kind in self.frame.dtypes.to_dict().items()}

    @property
    def given(self) -> bool:
        """Whether there is such a table, readable enough to have its key."""
        return all(self.has(column.name) for column in self.table.columns if column.key and column.required)

    def has(self, column: str) -> bool:
        """Whether the file has the column."""
        return column in self.cells or (not self.from_file and column in self.columns)

    def is_numeric(self, column: str) -> bool:
        """Whether a column holds numbers only."""
        return bool(self.columns[column] == np.float64)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A numeric column; NaN where nothing or nothing readable is given."""
        numbers: NDArray[np.float64] = self._once(column, "numbers", lambda: self.frame[column].to_numpy(dtype=float))
        return numbers

    def texts(self, column: str) -> NDArray[np.object_]:
        """A column of codes or texts."""
        texts: NDArray[np.object_] = self._once(column, "texts", lambda: self.frame[column].to_numpy(dtype=object))
        return texts

    def flags(self, column: str) -> Mask:
        """A column of flags."""
        return self.frame[column].to_numpy(dtype=bool)

    def values(self, column: str) -> NDArray[Any]:
        """A column of whatever kind."""
        flag = self.columns[column] == np.bool_
        return self.numbers(column) if self.is_numeric(column) else (self.flags if flag else self.texts)(column)

    def blank(self, column: str) -> Mask:
        """Which cells of a column are empty; all, where the file has no such column."""
        blank: Mask = self._once(column, "blank", lambda: self._blank(column))
        return blank

    def _blank(self, column: str) -> Mask:
        if column in self.cells:
            return np.array([not cell for cell in self.cells[column]], dtype=bool)
        if self.from_file or column not in self.columns:
            return np.ones(len(self.frame), dtype=bool)
        if self.is_numeric(column):
            return np.isnan(self.numbers(column))
        if self.columns[column] == np.bool_:
            return np.zeros(len(self.frame), dtype=bool)
        return ~self.holds(column, lambda text: text != "")

    def holds(self, column: str, test: Callable[[str], object]) -> Mask:
        """Which rows hold a text of which something is true; every different text is tested once."""
        groups, texts = self.groups(column)
        return np.array([*(bool(test(text)) for text in texts), False])[groups]

    def groups(self, column: str) -> tuple[Places, list[str]]:
        """The different texts of a column, and for every row the place of its own among them; −1 for none."""
        groups: tuple[Places, list[str]] = self._once(column, "groups", lambda: self._groups(column))
        return groups

    def _groups(self, column: str) -> tuple[Places, list[str]]:
        groups, texts = pd.factorize(self.texts(column))  # as objects: of short tables that takes a tenth
        return groups, texts.tolist()

    def places(self, column: str, other: Sheet) -> Places:
        """For every row its place in the table whose key its text names, −1 where that has no such key."""
        made = self.shared.get(column, self.made)
        known = made.get((column, f"places in {other.table.name}"))
        if known is None or known[0] is not other:
            groups, texts = self.groups(column)
            found = np.array([*(other._place.get(text, -1) for text in texts), -1], dtype=np.intp)[groups]
            found.setflags(write=False)
            known = made[column, f"places in {other.table.name}"] = other, found
        places: Places = known[1]
        return places

    @cached_property
    def _place(self) -> dict[str, int]:
        return {text: place for place, text in enumerate(self.texts(self.table.key[0]).tolist())}

    def _once(self, column: str, what: str, make: Callable[[], Any]) -> Any:
        """What is made of a column, made when it is first asked for."""
        made = self.shared.get(column, self.made)
        if (column, what) not in made:
            made[column, what] = make()
        return made[column, what]

    def found(self, what: str, about: tuple[object, ...], check: Callable[[], list[Found]]) -> list[Found]:
        """What a check of the table finds; it is not made again where it looks at nothing else than the last time.

        Args:
            what: the check.
            about: all that it looks at besides this table.
            check: makes it.
        """
        last: tuple[tuple[object, ...], list[Found]] | None = self.made.get((what, "found"))
        if last is None or any(one is not other for one, other in zip(last[0], about, strict=True)):
            last = self.made[what, "found"] = about, check()
        return last[1]

    def find(
        self,
        mask: Mask,
        column: str | None,
        code: str,
        message: Text,
        remedy: Text | Callable[[int], Text],
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
            remedy: what would be right, likewise; or what gives it for a row, by its place in the table.
            severity: error or warning.
            **words: a value for all rows, an array with one for each row of the table, or what gives it for a row.
        """
        findings: list[Finding] = []
        if not mask.any():  # the usual case
            return findings
        rows = self.frame.index.to_numpy()
        for place in np.flatnonzero(mask).tolist():
            here = {name: _word(word, place) for name, word in words.items()}
            findings.append(
                Finding(
                    severity,
                    code,
                    self.file,
                    int(rows[place]) if self.from_file else None,
                    column,
                    self.value(column, place) if column else None,
                    message.fill(**here),
                    remedy.fill(**here) if isinstance(remedy, Text) else remedy(place),
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
        texts = [str(text) for text in self.texts(column)]
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
        if not self.is_numeric(column):
            return shortened(str(self.frame[column].iat[place]))
        value = float(self.numbers(column)[place])
        return "" if np.isnan(value) else str(int(value)) if value.is_integer() else str(value)


def _word(word: object, place: int) -> object:
    """A word of the text on a row."""
    value = word[place] if isinstance(word, np.ndarray) else word(place) if callable(word) else word
    return figure(float(value)) if isinstance(value, float | int) and not isinstance(value, bool) else value


def positive(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers to compare with: what is not positive is a fault of its own already, and NaN here."""
    return np.where(numbers > 0, numbers, np.nan)


def empty_sheet(table: Table, *, given: bool) -> Sheet:
    """A table without rows: ``given`` where an optional file is left out, not where a file cannot be used."""
    cells: dict[str, list[str]] = {name: [] for name in table.names} if given else {}
    return Sheet(table, f"{table.name}.csv", empty_table(table), cells)
