"""A comparison for machines: JSON, and a folder of parquet tables.

The JSON of ``alloc compare --format json``, kept stable::

    schema            2
    identical         true where nothing differs in any of the results
    only_differences  whether rows in which nothing differs are left out
    results           what is compared, the base first: rows of the table `results`
    tables            by name, every other table of `alloc.comparison.tables.TABLES`:
        rows          objects with the columns named there; null where a value is missing or infinite
        left_out      how many rows are left out because nothing differs in them

``--city`` and ``--pool`` narrow the tables that have such a column to it. Bad input gives ``{"error": …}`` instead.

The folder of ``--out`` holds every table whole as NAME.parquet, and ``comparison.json`` with schema, identical, results
and, for every table, what its rows and columns are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from alloc import writing
from alloc.comparison.comparison import Comparison
from alloc.comparison.tables import TABLES, differing
from alloc.result.store import write_table
from alloc.writing import Written
from alloc.writing.kinds import COMPARISON, COMPARISON_FILE

SCHEMA = 2


def to_json(
    comparison: Comparison, only_differences: bool = True, pool: str | None = None, cities: Sequence[str] = ()
) -> dict[str, Any]:
    """The comparison as plain values, as the module says.

    Args:
        comparison: of `compare`.
        only_differences: leave out the rows in which nothing differs.
        pool: only this pool, in tables that have pools.
        cities: only these cities, in tables that have cities.
    """
    tables = {}
    for name, table in comparison.tables.items():
        if name == "results":
            continue
        if cities and "city" in table.columns:
            table = table[table["city"].isin(cities)]
        if pool is not None and "pool" in table.columns:
            table = table[table["pool"] == pool]
        rows = differing(name, table) if only_differences else table
        tables[name] = {"rows": _records(rows), "left_out": len(table) - len(rows)}
    return _head(comparison) | {"only_differences": only_differences, "tables": tables}


def write(comparison: Comparison, folder: Path, rescued: bool = False) -> Written:
    """Writes all tables to `folder`, whole or not at all; a comparison that is there is renamed beside.

    Raises:
        TargetError: `folder` holds something else, or cannot be written.
    """
    about = _head(comparison) | {
        "tables": {
            name: {"rows": len(comparison.tables[name]), "note": table.note, "columns": [
                {"name": column, "kind": kind, "note": note} for column, kind, note in table.columns
            ]}
            for name, table in TABLES.items()
        }
    }  # fmt: skip

    def written(beside: Path) -> None:
        beside.mkdir()
        for name, content in comparison.tables.items():
            write_table(content, beside / f"{name}.parquet")
        text = json.dumps(about, ensure_ascii=False, indent=2) + "\n"
        (beside / COMPARISON_FILE).write_text(text, encoding="utf-8", newline="\n")

    return writing.write(folder, COMPARISON, written, rescued=rescued)


def _head(comparison: Comparison) -> dict[str, Any]:
    return {
        "schema": SCHEMA, "identical": comparison.identical, "results": _records(comparison.tables["results"])
    }  # fmt: skip


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as objects of plain values; every float keeps all its digits."""
    columns = {name: [_plain(value) for value in table[name].tolist()] for name in table.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
