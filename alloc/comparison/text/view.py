"""What every part of the text needs: the comparison's rows and titles in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alloc.comparison.decided import COUNTED, totals
from alloc.comparison.outcomes import heads
from alloc.comparison.text.layout import Figures, Line, Part, figures
from alloc.comparison.text.titles import Titles
from alloc.comparison.text.wording import say
from alloc.content.blocks import Amount, Table
from alloc.content.places import cities_said
from alloc.content.tables import difference, share, table
from alloc.instance.divisions.codes import short_city
from alloc.instance.frames import records

if TYPE_CHECKING:
    from alloc.comparison.comparison import Comparison

Row = dict[str, Any]
OVERRIDES = "overrides"
CODES = ("代码", "code", "所在的表和列")  # heads of columns that say where names beside them stand


class View:
    """A comparison as it is told: in one language, with or without rows in which nothing differs."""

    def __init__(self, comparison: Comparison, language: str, everything: bool, reader: bool = False, keys: bool = False
    ) -> None:  # fmt: skip
        """Collects the titles; a reader of documents has codes only where names are not enough, and a page that names
        rows by itself has their keys."""
        self.comparison, self.language, self.everything, self.reader = comparison, language, everything, reader
        self.keys = keys
        self.title = Titles(comparison, language)
        cities = comparison.tables["cities"]
        self.heads = frozenset(heads(cities))
        self.shares_purses = len(self.heads) < len(cities)
        self._records: dict[tuple[str, str], list[Row]] = {}

    def say(self, key: str, **filled: object) -> str:
        """A sentence of the comparison's words."""
        return say(self.language, key, **filled)

    def rows(self, table: str, letter: str, **chosen: object) -> list[Row]:
        """The rows of a table for one result, those with the values that are asked for."""
        if (table, letter) not in self._records:
            content = self.comparison.rows(table, letter).to_dict("records")
            self._records[table, letter] = [{str(name): value for name, value in row.items()} for row in content]
        return [row for row in self._records[table, letter]
                if all(row[column] == value for column, value in chosen.items())]  # fmt: skip

    def overrides_alone(self, letter: str) -> bool:
        """Whether amounts by hand are all that differs of what went in, as after a move."""
        return {row["table"] for row in self.rows("inputs", letter)} == {OVERRIDES}

    def cities(self, codes: Iterable[str]) -> str:
        """Which cities: none, few by their names, more as so many."""
        return cities_said([short_city(self.title("city", code)) for code in codes], self.language)

    def figures(self, unit: str, rows: Iterable[Row], changes: Sequence[str] = ("change",)) -> Figures:
        """How base, other and change of these rows are shown."""
        rows = list(rows)
        moved = [row[name] for row in rows for name in changes]
        return figures(self.language, unit, moved, [row[side] for row in rows for side in ("base", "other")])

    def decided(self, unit: str, item: str, values: Sequence[float]) -> Figures:
        """How values of a decision are shown: in its own unit, with two decimals unless all are whole."""
        fine = unit not in COUNTED and not all(float(value).is_integer() for value in values)
        return Figures(self.title.unit(unit, item), 1.0, 2 if fine else 0)

    def sums_decided(self, letter: str) -> Iterator[tuple[Row, Figures]]:
        """What levers decide besides amounts, added up over all cities, each with how its values are shown."""
        for row in records(totals(self.comparison.rows("decisions", letter))):
            yield row, self.decided(row["unit"], row["item"], [row["base"], row["other"]])

    def table(self, title: str, heads: str, aligned: str, lines: Sequence[Line], above: Sequence[str] = ()) -> Part:
        """A part with a table, without the rows that do not differ unless everything is wanted.

        Args:
            title: of the part.
            heads: heads of the columns, parted by bars.
            aligned: of each column, l for text and r for numbers.
            lines: the rows.
            above: sentences above the table.
        """
        shown = [line for line in lines if self.everything or line.differs]
        left_out = len(lines) - len(shown)
        if not shown:
            return Part(title, (*above, self.say("no_difference", count=left_out)), same=left_out)
        made = table("", "", heads, aligned, [line.cells for line in shown])
        part = Part(title, tuple(above), self._without_codes(made) if self.reader else made)
        return part.noted(self.say("left_out", count=left_out)) if left_out else part

    def _without_codes(self, told: Table) -> Table:
        """A table without its column of codes, where names in the first column tell its rows apart as well."""
        coded = [place for place, column in enumerate(told.columns) if column.title in CODES]
        pairs = {(row[0], *(row[place] for place in coded)) for row in told.rows}
        if not coded or len(pairs) > len({pair[0] for pair in pairs}):
            return told
        kept = [place for place in range(len(told.columns)) if place not in coded]
        rows = tuple(tuple(row[place] for place in kept) for row in told.rows)
        return replace(told, columns=tuple(told.columns[place] for place in kept), rows=rows)


def compared(row: Mapping[Any, Any], shown: Figures) -> tuple[Amount, Amount, Amount]:
    """Base, other and change of a row, the change as what the two differ by as they are shown."""
    base, other = shown.value(row["base"]), shown.value(row["other"])
    return base, other, difference(other, base)


def compared_cells(row: Row, shown: Figures) -> tuple[Amount, Amount, Amount, Amount]:
    """Base, other, change and relative change of a row."""
    return *compared(row, shown), share(row["relative"], sign=True)


def alone(row: Row) -> str:
    """A mark of difference where only one of the two results has the row."""
    return "1" if (row["base"] != row["base"]) != (row["other"] != row["other"]) else ""
