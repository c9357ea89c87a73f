"""Tables as the text of CSV files, as a planner opens them in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import TABLES


def table_texts(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Every table that has rows as CSV, under its file's name."""
    return {f"{name}.csv": csv_text(columns, tables[name]) for name, columns in written(tables).items()}


def written(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Tables that have rows -> the columns that are written: those that must be there, hold something, or are named."""
    named = named_columns(tables)
    return {
        name: [str(column) for column in frame.columns if not _left_out(TABLES[name], frame, str(column), named)]
        for name, frame in tables.items()
        if len(frame)
    }


def named_columns(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """What conditions of limits and pools and the planned cohorts of services name, columns of ``cities`` among it."""
    conditions = [*tables["limits"]["where"], *tables["pools"]["where"]]
    return {word for where in conditions for word in re.findall(r"\w+", where)} | set(tables["services"]["plan_cohort"])


def _left_out(table: Table, frame: pd.DataFrame, column: str, named: Collection[str]) -> bool:
    required = column in table.by_name and table.by_name[column].required
    return blank(frame[column]) and not required and column not in named


def blank(values: pd.Series) -> bool:
    """Whether nothing stands in a column; a flag always says something."""
    return bool((values.isna() | (values == "")).all())


def csv_text(columns: Sequence[str], rows: pd.DataFrame | Iterable[Mapping[str, object]] = ()) -> str:
    """A header and rows; numbers as short as they can be read back exactly, whole ones without decimals."""
    records = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(record.get(column, "")) for column in columns] for record in records)
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float):
        if np.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    return str(value)
