"""What an audit finds, free of language: sentences and tables of raw values, and both as blocks for a reader."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from alloc.content.blocks import Amount, Paragraph, Row, Section, Table
from alloc.content.tables import share, significant, table
from alloc.text import Text

Form = Literal["text", "count", "ratio", "share", "change", "figure"]
Value = str | Text | float | int | None
NO_UNIT = Text("", "")


@dataclass(frozen=True)
class Head:
    """A column of a grid.

    Attributes:
        name: machine name, its key in a record.
        title: its head.
        form: how its values are shown: texts, whole numbers, multiples with two decimals, shares and changes in per
            cent, other numbers with three significant figures.
        unit: shown beside the head.
    """

    name: str
    title: Text
    form: Form = "text"
    unit: Text = NO_UNIT


@dataclass(frozen=True)
class Grid:
    """A table of raw values.

    Attributes:
        name: machine name, unique in an audit.
        title: its caption.
        heads: its columns.
        rows: raw values in the order of `heads`; None and NaN: there is none.
        note: beneath.
    """

    name: str
    title: Text
    heads: tuple[Head, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: Text = NO_UNIT

    def table(self, language: str) -> Table:
        """The grid as it is shown.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            A table whose columns are typed by their cells.
        """
        rows: list[Row] = [
            tuple(_cell(value, head, language) for value, head in zip(row, self.heads, strict=True))
            for row in self.rows
        ]
        heads = [head.title.said(language) for head in self.heads]
        sides = "".join("l" if head.form == "text" else "r" for head in self.heads)
        units = [head.unit.said(language) for head in self.heads]
        return table(self.name, self.title.said(language), heads, sides, rows, self.note.said(language), units)

    def records(self) -> list[dict[str, Any]]:
        """The rows by the names of the columns; texts in both languages where they are words."""
        return [{head.name: _raw(value) for head, value in zip(self.heads, row, strict=True)} for row in self.rows]


@dataclass(frozen=True)
class Part:
    """One section of an audit.

    Attributes:
        name: of `alloc.auditing.audit.SECTIONS`.
        title: of the section.
        sentences: what is found, before the tables.
        grids: the tables.
        complete: whether it came to its end; otherwise it was interrupted, and holds what had been done.
    """

    name: str
    title: Text
    sentences: tuple[Text, ...]
    grids: tuple[Grid, ...]
    complete: bool = True

    def section(self, language: str) -> Section:
        """The part as blocks.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            A section with its sentences and tables.
        """
        said = [] if self.complete else [STOPPED]
        parts = [Paragraph(each.said(language)) for each in (*said, *self.sentences)]
        tables = [each.table(language) for each in self.grids if each.rows]
        return Section(self.name, self.title.said(language), "", (*parts, *tables))

    def record(self) -> dict[str, Any]:
        """The part as plain values."""
        return {
            "complete": self.complete,
            "sentences": [each._asdict() for each in self.sentences],
            "tables": {grid.name: grid.records() for grid in self.grids},
        }


STOPPED = Text("被中断：以下是中断前已完成的部分。", "Interrupted: this is what had been done.")
FORMS: Mapping[str, Callable[[float], Amount]] = {
    "count": lambda value: Amount(value),
    "ratio": lambda value: Amount(value, 2),
    "share": share,
    "change": lambda value: share(value, sign=True),
    "figure": significant,
}


def _cell(value: Value, head: Head, language: str) -> str | Amount:
    if head.form == "text":
        return value.said(language) if isinstance(value, Text) else str(value or "")
    assert not isinstance(value, str | Text)
    return FORMS[head.form](math.nan if value is None else float(value))


def _raw(value: Value) -> Any:
    return value._asdict() if isinstance(value, Text) else value


def listed(names: Sequence[Text], most: int = 10) -> Text:
    """Names in a row, with how many more there are."""
    more = len(names) - most
    zh, en = "、".join(each.zh for each in names[:most]), ", ".join(each.en for each in names[:most])
    return Text(f"{zh}等 {len(names)} 个", f"{en} and {more} more") if more > 0 else Text(zh, en)
