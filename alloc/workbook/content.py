"""What a workbook or a folder is written from: the settings and the cells of every table, right or wrong."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from alloc.formulation.columns import Column
from alloc.instance.cells import ONE, looks_numeric, parse_code, parse_flag, parse_numbers
from alloc.instance.files.source import Source
from alloc.instance.instance import Instance
from alloc.instance.schema.columns import MARKS
from alloc.instance.schema.tables import OF_STATUS, TABLES
from alloc.instance.statuses import Statuses, by_city, item_column
from alloc.workbook.layout import Cell

Columns = Mapping[str, Sequence[Cell]]


@dataclass(frozen=True)
class Content:
    """An instance before it is checked.

    Attributes:
        settings: nested as in TOML; may lack settings or hold wrong ones.
        tables: cells by table and column, None where nothing is given. A number, a flag or a code that could not be
            understood is the text that stood in its place.
        scenarios: cells of the sheet of scenarios by column.
    """

    settings: Mapping[str, Any]
    tables: Mapping[str, Columns]
    scenarios: Columns = field(default_factory=dict)

    @cached_property
    def statuses(self) -> Statuses:
        """Status of columns and of cells, as ``sources`` and ``cell_sources`` have it."""
        return Statuses(*(
            {**table, "status": [str(status or "").casefold() for status in table.get("status", ())]}
            for table in (self.tables.get(name, {}) for name in OF_STATUS)
        ))  # fmt: skip

    def cell_statuses(self, name: str, column: str) -> list[str]:
        """The status of every cell of a column, "" where nothing is given or nothing is said of it."""
        table, item = self.tables.get(name, {}), item_column(name) if by_city(name) else ""
        cells = table.get(column, ())
        cities, items = (table.get(key, [""] * len(cells)) for key in ("city", item))
        return [
            "" if cell is None else self.statuses.of(name, column, str(city), str(each))
            for cell, city, each in zip(cells, cities, items, strict=True)
        ]

    @cached_property
    def counts(self) -> dict[tuple[str, str], Counter[str]]:
        """Of columns that have cells with a status of their own, by table and column: how many cells have which."""
        return {key: Counter(filter(None, self.cell_statuses(*key))) for key in self.statuses.cells}

    @cached_property
    def mixed(self) -> dict[tuple[str, str], Counter[str]]:
        """Columns whose cells have several statuses, by table and column: how many have which."""
        return {key: each for key, each in self.counts.items() if len(each) > 1}

    @cached_property
    def marks(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The statuses of a column that its header marks, by table and column: several where its cells differ."""
        found: dict[tuple[str, str], tuple[str, ...]] = {
            key: (status,) for key, status in self.statuses.columns.items() if status in MARKS
        }
        for key in self.statuses.cells:
            there = set(self.cell_statuses(*key))
            found[key] = tuple(status for status in MARKS if status in there)
        return found

    @property
    def sources(self) -> dict[tuple[str, str], dict[str, Cell]]:
        """The records of ``sources`` by table and column."""
        table = self.tables.get("sources", {})
        records = [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]
        return {(str(record.get("table")), str(record.get("column"))): record for record in records}


def from_source(source: Source) -> Content:
    """The content of files that were read."""
    tables = {
        name: {
            column: _understood(TABLES[name].by_name.get(column), texts, raw.scales.get(column, ONE))
            for column, texts in raw.columns.items()
        }
        for name, raw in source.tables.items()
    }
    return Content(source.data or {}, tables)


def from_instance(instance: Instance) -> Content:
    """The content of an instance."""
    tables = {
        name: {str(column): [_plain(value) for value in frame[column].tolist()] for column in frame.columns}
        for name, frame in instance.tables.items()
    }
    settings = instance.settings
    return Content(settings.without_idle(settings.model_dump(mode="json", by_alias=True, exclude_none=True)), tables)


def holds_numbers(cells: Sequence[Cell]) -> bool:
    """Whether a column of the planner's own is numeric: some cell is given and none is a text."""
    given = [cell for cell in cells if cell is not None]
    return bool(given) and all(isinstance(cell, float) for cell in given)


def _plain(value: Any) -> Cell:
    return None if value == "" or (isinstance(value, float) and math.isnan(value)) else value


def _understood(column: Column | None, texts: list[str], scale: Fraction) -> list[Cell]:
    """The cells of a column, each by itself: what cannot be understood stays as it is."""
    if column is None and looks_numeric(texts):
        return _numbers(texts)
    if column is not None and column.numeric:
        return _numbers(texts, share=column.kind == "share", scale=scale)
    if column is not None and column.kind == "flag":
        flags = [parse_flag(text) for text in texts]
        return [(text or None) if flag is None else flag for flag, text in zip(flags, texts, strict=True)]
    if column is not None and column.kind == "code":
        texts = [parse_code(text) for text in texts]
    return [text or None for text in texts]


def _numbers(texts: list[str], *, share: bool = False, scale: Fraction = ONE) -> list[Cell]:
    numbers, bad = parse_numbers(texts, share=share, scale=scale)
    cells: list[Cell] = [None if missing else number for number, missing in
                         zip(numbers.tolist(), np.isnan(numbers).tolist(), strict=True)]  # fmt: skip
    for place in bad:
        cells[place] = texts[place]
    return cells
