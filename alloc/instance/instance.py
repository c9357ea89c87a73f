"""The instance: what every other part of alloc is given. Frozen, complete, sorted, with a hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alloc.instance.columns import Column, Table
from alloc.instance.findings import Finding
from alloc.instance.schema import TABLES
from alloc.instance.settings import Settings


@dataclass(frozen=True, eq=False)
class Instance:
    """Checked tables and settings.

    Attributes:
        name: the name in the settings.
        settings: ``instance.toml``.
        tables: every table of the schema by name, also those without rows; sorted by key, with a plain index and with
            every column of the schema. Codes and texts are ``str`` (missing: ""), numbers ``float64`` (missing: NaN),
            flags ``bool``. Further columns of ``cities`` follow by name. Not to be changed in place.
        hash: SHA-256 of settings and tables; the order of rows and columns and the format of files do not matter.
        warnings: what the checks found that does not keep the instance from being used.
    """

    name: str
    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    hash: str
    warnings: tuple[Finding, ...] = ()


def make_instance(
    settings: Settings, tables: Mapping[str, pd.DataFrame], warnings: tuple[Finding, ...] = ()
) -> Instance:
    """An instance from settings and typed tables, which are completed and sorted here but not checked."""
    complete = {table.name: complete_table(table, tables.get(table.name)) for table in TABLES.values()}
    return Instance(settings.name, settings, complete, canonical_hash(settings, complete), warnings)


def complete_table(table: Table, frame: pd.DataFrame | None) -> pd.DataFrame:
    """The table with every column of the schema in its order, then its further columns by name, sorted by key."""
    if frame is None:
        frame = pd.DataFrame(index=range(0))
    columns = {
        column.name: frame[column.name] if column.name in frame.columns else blank_column(column, frame.index)
        for column in table.columns
    }
    columns |= {name: frame[name] for name in sorted(set(frame.columns) - set(columns))}
    return pd.DataFrame(columns, index=frame.index).sort_values(list(table.key), kind="stable", ignore_index=True)


def blank_column(column: Column, index: pd.Index) -> pd.Series:
    """A column in which nothing is given."""
    if column.numeric:
        return pd.Series(np.full(len(index), np.nan), index)
    if column.kind == "flag":
        return pd.Series(np.zeros(len(index), dtype=bool), index)
    return pd.Series([""] * len(index), index, dtype="str")


def canonical_hash(settings: Settings, tables: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 of settings and complete, sorted tables, as 64 hexadecimal digits."""
    content = hashlib.sha256()

    def add(part: bytes) -> None:
        content.update(len(part).to_bytes(8, "little"))
        content.update(part)

    add(json.dumps(settings.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(tables):
        frame = tables[name]
        add(name.encode())
        for column in sorted(frame.columns):
            add(str(column).encode())
            values = frame[column]
            if values.dtype == np.float64:
                numbers = values.to_numpy() + 0.0  # −0 becomes 0
                numbers[np.isnan(numbers)] = np.nan  # one NaN of the many
                add(numbers.astype("<f8").tobytes())
            elif values.dtype == np.bool_:
                add(values.to_numpy().tobytes())
            else:
                add(json.dumps(values.tolist(), ensure_ascii=False).encode())
    return content.hexdigest()
