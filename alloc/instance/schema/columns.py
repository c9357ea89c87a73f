"""A table of an instance: its columns in the order in which they are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from alloc.formulation.columns import Column
from alloc.text import Text

MARKS = MappingProxyType({"estimated": "ᵉ", "assumed": "ᵃ"})  # status of a column -> mark behind its numbers
GRADES = ("", *MARKS)  # from sure to weak: a number takes the weakest of what it rests on


@dataclass(frozen=True)
class Table:
    """One table: its columns in the order in which they are written.

    Attributes:
        name: machine name, the stem of the file.
        title: the field's own term.
        note: one sentence on what a row is.
        columns: the columns; those with ``key`` identify a row.
        required: the file must be there, with at least one row.
        open: further columns are kept; elsewhere an unknown column is an error.
        later: it came after instances had been hashed and written; without rows it is as if there were no such table.
        awaited: a workbook has its sheet without rows too: the year's steps fill it.
        decides: whether some number depends on it; where none does, a code that names nothing is a warning.
        joined: names of the columns that came later or that levers brought; blank everywhere, such a column is as if it
            were not there.
        all_or_none: by city: where cities are merged, all of them have a row of a key or none has; in other tables a
            city without a row adds nothing.
    """

    name: str
    title: Text
    note: Text
    columns: tuple[Column, ...]
    required: bool = True
    open: bool = False
    later: bool = False
    awaited: bool = False
    decides: bool = True
    joined: frozenset[str] = frozenset()
    all_or_none: bool = False

    @property
    def quoted(self) -> Text:
        """What it is called inside a sentence: its title in Chinese, in English its name."""
        return Text(f"“{self.title.zh}”", self.name)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by machine name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_city(self) -> tuple[str, ...]:
        """Columns of the key that name cities; of the table of cities itself that of its code."""
        named = (column.name for column in self.columns if column.key and column.references == "cities")
        return ("city",) if self.name == "cities" else tuple(named)

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Names and titles that columns had before -> machine names."""
        return {former: column.name for column in self.columns for former in column.formerly}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Machine names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Machine names of the key columns, in the order in which rows are sorted."""
        return tuple(column.name for column in self.columns if column.key)
