"""How sure the numbers of an instance are, by the row of a cell or of its column, and what is said of their sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from alloc.instance.schema.columns import GRADES, Table
from alloc.instance.schema.tables import CELL_SOURCES, IN_CHINESE, OF_STATUS, ORDERED, SOURCES, TABLES

STATUSES = SOURCES.by_name["status"].values  # from the surest to the weakest
LEFT_OUT = ("limits", "limit")  # table and column whose source names the nation's limits that a cut is without
MIXED = "mixed"  # of a column whose cells have several


def grade(status: str) -> int:
    """The place among ``GRADES`` of what rests on data of a status; the surest, where it is none of them."""
    return GRADES.index(status) if status in GRADES else 0


class Statuses:
    """The statuses of columns, and those of cells that lead over them.

    Args:
        sources: cells of the table ``sources`` by column.
        cell_sources: cells of the table ``cell_sources`` by column.
    """

    def __init__(self, sources: Mapping[str, Sequence[Any]], cell_sources: Mapping[str, Sequence[Any]]) -> None:
        """Nothing is made ready before it is asked for."""
        self._sources, self._cells = sources, cell_sources

    @cached_property
    def columns(self) -> Mapping[tuple[str, str], str]:
        """The status of every column that has one, by table and column."""
        table, column, status = _texts(self._sources, (*SOURCES.key, "status"))
        return dict(zip(zip(table, column, strict=True), status, strict=True))

    @cached_property
    def cells(self) -> Mapping[tuple[str, str], Mapping[tuple[str, str], str]]:
        """The statuses of cells, by table and column and then by city and item."""
        found: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
        for table, column, item, city, status in zip(*_texts(self._cells, (*CELL_SOURCES.key, "status")), strict=True):
            found.setdefault((table, column), {})[city, item] = status
        return found

    def of(self, table: str, column: str, city: str = "", item: str = "") -> str:
        """The status of one cell, "" where nothing is said of it."""
        own = self.cells.get((table, column), {})
        return own.get((city, item)) or self.columns.get((table, column), "")

    def weakest(self, table: str, column: str, frame: pd.DataFrame, item: str = "") -> str:
        """The weakest status of the cells of a column that are given, as a sum of them has it.

        Args:
            table: machine name.
            column: of the table.
            frame: the table.
            item: of these cells alone.
        """
        return weakest(self.counts(table, column, frame, item))

    def counts(self, table: str, column: str, frame: pd.DataFrame, item: str = "") -> Counter[str]:
        """How many cells of a column that are given have which status; of a column without any its own.

        Args:
            table: machine name.
            column: of the table.
            frame: the table.
            item: of these cells alone.
        """
        if (table, column) not in self.cells:
            return Counter({self.columns.get((table, column), ""): max(1, len(frame))})
        return Counter(status for _, each, status in self._given(table, column, frame) if not item or each == item)

    def grades(
        self, table: str, column: str, frame: pd.DataFrame, cities: Sequence[str], items: Collection[str] = ()
    ) -> list[int]:
        """How sure the cells of a column are, city by city: places among ``GRADES``.

        Args:
            table: machine name.
            column: of the table.
            frame: the table.
            cities: their codes.
            items: the weakest of these of a city; empty: of all.
        """
        found = dict.fromkeys(cities, 0)
        if (table, column) not in self.cells:
            return [grade(self.columns.get((table, column), ""))] * len(found)
        for city, item, status in self._given(table, column, frame):
            if city in found and (not items or item in items):
                found[city] = max(found[city], grade(status))
        return list(found.values())

    def _given(self, table: str, column: str, frame: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
        """City, item and status of every cell that is given."""
        if column not in frame or not by_city(table):
            return
        values, item = frame[column], item_column(table)
        given = frame[(values.notna() & (values != "")).to_numpy()]
        for city, each in zip(given["city"], given[item] if item else [""] * len(given), strict=True):
            yield city, each, self.of(table, column, city, each)


def statuses_of(tables: Mapping[str, pd.DataFrame]) -> Statuses:
    """Those of the tables of an instance."""
    sources, cells = (
        {str(name): tables[table][name].tolist() for name in tables[table].columns}
        for table in (SOURCES.name, CELL_SOURCES.name)
    )
    return Statuses(sources, cells)


def holds_data(tables: Mapping[str, pd.DataFrame], table: str) -> bool:
    """Whether something of a source can be data of the instance: a setting, or a table that has rows.

    What is ordered by hand, limits for one, is no data: a row typed in a scenario makes no input less sure.
    """
    return table not in TABLES or (table not in ORDERED and table in tables and len(tables[table]) > 0)


def tally(tables: Mapping[str, pd.DataFrame]) -> Counter[str]:
    """How many columns that something is said of have which status; ``MIXED``: their cells have several.

    Columns of a table without rows hold no data and do not count, nor do those of what is ordered by hand; settings,
    which no table has, do.
    """
    statuses, empty = statuses_of(tables), pd.DataFrame()
    keys = {**statuses.columns, **statuses.cells}
    every = (statuses.counts(*key, tables.get(key[0], empty)) for key in keys if holds_data(tables, key[0]))
    return Counter(MIXED if len(counts) > 1 else next(iter(counts), "") for counts in every)


def mixed_columns(tables: Mapping[str, pd.DataFrame], statuses: Statuses) -> Iterator[tuple[str, str, Counter[str]]]:
    """Columns whose cells have several statuses, in the order of tables and columns, with how many have which."""
    for name, frame in tables.items():
        for column in frame.columns:
            if (name, column) in statuses.cells and len(counts := statuses.counts(name, column, frame)) > 1:
                yield name, str(column), counts


def weakest(statuses: Mapping[str, Any]) -> str:
    """The weakest of some statuses."""
    return max(statuses, key=grade, default="")


def item_column(table: str) -> str:
    """The column that names the service or pool of a record beside its city; "" where a city has one record."""
    return next((name for name in TABLES[table].key if name != "city"), "")


def by_city(table: str) -> bool:
    """Whether a table has records of single cities, whose cells may have sources of their own."""
    known = TABLES.get(table)
    return known is not None and known.name not in OF_STATUS and "city" in known.key


def columns_given(tables: Mapping[str, pd.DataFrame], inputs: Iterable[str]) -> list[str]:
    """Those of some ``table.column`` and paths of settings that are columns of tables that there are."""
    parts = ((each, *each.rsplit(".", 1)) for each in inputs if "." in each)
    return [each for each, table, column in parts if table in tables and column in tables[table]]


def said_of(source: Mapping[Any, Any], column: str, language: str) -> str:
    """A text of a row that says where something is from in the reader's language, else as it is given; "" without any.

    Args:
        source: the row, by column.
        column: ``source``, ``note``, or another, which is the same in every language.
        language: ``zh`` or ``en``.
    """
    given, chinese = source.get(column), source.get(IN_CHINESE.get(column, ""))
    said = chinese or given if language == "zh" else given or chinese
    return str(said or "")


def said_twice(
    table: Table,
    columns: Mapping[str, Sequence[Any]] | pd.DataFrame,
    language: str,
    pairs: Mapping[str, str] = IN_CHINESE,
) -> list[str]:
    """The columns of a table whose texts stand beside them, row by row, in the reader's language.

    Of two columns in which nothing is given it is the Chinese one.

    Args:
        table: the table.
        columns: its cells by column.
        language: ``zh`` or ``en``.
        pairs: text that English readers have -> the column that says it in Chinese.
    """
    found = []
    for plain, chinese in ((each, other) for each, other in pairs.items() if other in table.by_name):
        pair = (chinese, plain) if language == "zh" else (plain, chinese)
        given = {name: list(columns[name]) for name in pair if name in columns}
        first = next((name for name in pair if any(given.get(name, ()))), plain)
        other = plain if first == chinese else chinese
        if all(text or not beside for text, beside in zip(*_texts(given, (first, other)), strict=True)):
            found.append(other)
    return found


def _texts(table: Mapping[str, Sequence[Any]], columns: Sequence[str]) -> list[list[str]]:
    """Columns of texts, "" where nothing is given; empty where a table has none of a column."""
    rows = max((len(cells) for cells in table.values()), default=0)
    return [[str(cell or "") for cell in table.get(name, [""] * rows)] for name in columns]
