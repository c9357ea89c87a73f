"""What edits work on: the tables, and ``instance.toml`` taken apart into values by dotted path and two more tables.

The tiers of the objective and those of debt have names, so they are tables here: ``objective`` with the key ``tier``
and ``policy.debt.tiers`` with the key ``name``. Their order is a value of its own, a list of the names under the path
of the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from alloc.formulation.columns import NO_UNIT, Column, Kind
from alloc.instance.files.settings_reading import inner_model
from alloc.instance.frames import text_column, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.columns import Table
from alloc.instance.schema.policy import DebtTier
from alloc.instance.schema.settings import Settings, Tier
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

_STEP = re.compile(r"([^\[\].]+)|\[(\d+)\]")  # of a path: a name, or a place in a list


def _list(path: str, words: Text, model: type[BaseModel], key: str, texts: tuple[str, ...]) -> Table:
    columns = []
    for name, about in model.model_fields.items():
        described = about.json_schema_extra
        assert isinstance(described, dict)
        kind: Kind = "text" if name in texts else "number"
        unit, title = (Text(str(described[f"{part}_zh"]), str(described[f"{part}_en"])) for part in ("unit", "title"))
        columns.append(Column(name, kind, unit, title, NO_UNIT, required=name == key, key=name == key))
    return Table(path, words, NO_UNIT, tuple(sorted(columns, key=lambda column: not column.key)))


LISTS: Mapping[str, Table] = MappingProxyType({
    "objective": _list("objective", Text("目标层次", "Objective"), Tier, "tier", ("tier", "method")),
    "policy.debt.tiers": _list("policy.debt.tiers", Text("债务风险等级", "Debt tiers"), DebtTier, "name", ("name",)),
})  # fmt: skip
GRIDS: Mapping[str, Table] = MappingProxyType({**TABLES, **LISTS})


def plain(column: pd.Series) -> list[Any]:
    """The cells of a column as numbers, texts and flags, None where nothing is given."""
    values = column.tolist()
    if column.dtype == np.bool_:
        return values
    return [None if value != value or value == "" else value for value in values]


@dataclass(frozen=True, eq=False)
class State:
    """An instance as edits see it.

    Attributes:
        settings: as checked, for what is derived from them.
        values: the other values of ``instance.toml`` by dotted path, None where nothing is given; and by the path of
            each list the names of its entries in their order.
        tables: the tables of the instance, and the lists of the settings as tables.
        called: what has been looked up in them: the codes of the rows of a table that a text means.
    """

    settings: Settings
    values: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    called: dict[tuple[str, str], list[str]] = field(default_factory=dict, repr=False)
    _names: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _rows: dict[str, dict[tuple[str, ...], int]] = field(default_factory=dict, repr=False)
    _cells: dict[tuple[str, str], list[Any]] = field(default_factory=dict, repr=False)

    def names(self, table: Table) -> list[str]:
        """The names of the columns of a table."""
        if table.name not in self._names:
            self._names[table.name] = [str(name) for name in self.tables[table.name].columns]
        return self._names[table.name]

    def row(self, table: Table, key: tuple[str, ...]) -> int | None:
        """The place of the row with a key, None where there is none or several; the table is gone through once."""
        if table.name not in self._rows:
            frame = self.tables[table.name]
            keys = list(zip(*(texts(frame, column).tolist() for column in table.key), strict=True))
            self._rows[table.name] = {each: at for at, each in enumerate(keys)} if len(set(keys)) == len(keys) else {}
        return self._rows[table.name].get(key)

    def cells(self, table: Table, column: str) -> list[Any]:
        """The cells of a column as `plain` has them, made once."""
        if (table.name, column) not in self._cells:
            self._cells[table.name, column] = plain(self.tables[table.name][column])
        return self._cells[table.name, column]


def taken_apart(instance: Instance) -> State:
    """The instance for edits; its tables are the same objects."""
    values, lists = settings_apart(instance.settings)
    return State(instance.settings, values, {**instance.tables, **lists})


@lru_cache(maxsize=8)  # an edit and its picture take the same settings apart several times
def settings_apart(settings: Settings) -> tuple[Mapping[str, Any], Mapping[str, pd.DataFrame]]:
    """``State.values``, and the lists of the settings as tables; not to be changed in place."""
    values: dict[str, Any] = {}
    lists: dict[str, pd.DataFrame] = {}
    waiting: list[tuple[str, Any]] = [("", settings.model_dump(by_alias=True))]
    while waiting:
        path, value = waiting.pop()
        if path in LISTS:
            lists[path] = _frame(LISTS[path], value)
            values[path] = tuple(entry[LISTS[path].key[0]] for entry in value)
        elif value is None and (inside := _section_at(path)) is not None:  # a section that may be left out
            values |= dict.fromkeys(f"{path}.{name}" for name in inside.model_fields)
        elif isinstance(value, Mapping):
            waiting += [(f"{path}.{name}".removeprefix("."), inner) for name, inner in value.items()]
        elif entries_of(value):
            waiting += [(f"{path}[{place}]", entry) for place, entry in enumerate(value)]
        else:
            values[path] = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    return values, lists


def _section_at(path: str) -> type[BaseModel] | None:
    """The model of what is inside a setting; None where it is a plain value."""
    model: type[BaseModel] | None = Settings
    for part in re.sub(r"\[\d+\]", "", path).split("."):
        fields = {} if model is None else {field.alias or name: field for name, field in model.model_fields.items()}
        model = inner_model(fields[part].annotation) if part in fields else None
    return model


def entries_of(value: Any) -> bool:
    """Whether a value is a list of sections."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def settings_together(values: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The settings as ``instance.toml`` nests them, without what is not given."""
    given = {path: value for path, value in values.items() if value is not None}
    given |= {path: _entries(tables[path], values[path]) for path in LISTS}
    data: dict[str | int, Any] = {}
    for path, value in given.items():
        *sections, last = [int(place) if place else name for name, place in _STEP.findall(path)]
        section = data
        for step in sections:
            section = section.setdefault(step, {})
        section[last] = list(value) if isinstance(value, tuple) else value
    nested = _with_lists(data)
    assert isinstance(nested, dict)
    return nested


def _with_lists(section: Any) -> Any:
    """Sections whose names are places become lists; where an entry is gone the others move up."""
    if not isinstance(section, dict):
        return section
    if any(isinstance(name, int) for name in section):
        return [_with_lists(section[place]) for place in sorted(section)]
    return {name: _with_lists(inner) for name, inner in section.items()}


def in_order(names: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """Names in an order that may lack some, which come last, or have others."""
    present = set(names)
    return (*(name for name in order if name in present), *sorted(present - set(order)))


def _frame(table: Table, entries: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    columns = {column.name: [entry[column.name] for entry in entries] for column in table.columns}
    return pd.DataFrame({
        column.name: text_column([text or "" for text in columns[column.name]])
        if column.kind == "text"
        else np.array(columns[column.name], dtype=np.float64)
        for column in table.columns
    })  # fmt: skip


def _entries(frame: pd.DataFrame, order: Sequence[str]) -> list[dict[str, Any]]:
    """The rows as sections, in an order of their names, without what is not given."""
    rows = {
        row[0]: {name: value for name, value in zip(frame.columns, row, strict=True) if value == value and value != ""}
        for row in frame.itertuples(index=False, name=None)
    }
    return [rows[name] for name in in_order(rows, order)]
