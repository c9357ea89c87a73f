"""The table `sources`: status, origin and method of every column, as `source/table_columns.csv` words them."""

from __future__ import annotations

import pandas as pd
from common import read


def city_columns() -> list[str]:
    """The columns of the table `cities`, in the order of the file."""
    described = read("table_columns.csv")
    return list(described.loc[described["table"] == "cities", "column"])


def source_table(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for every column of every table.

    Raises:
        ValueError: A column has no description, or a description no column.
    """
    described = read("table_columns.csv").fillna("")
    written = {(name, column) for name, table in tables.items() for column in table.columns}
    odd = written ^ set(zip(described["table"], described["column"], strict=True))
    if odd:
        raise ValueError(f"columns without description, or descriptions without column: {sorted(odd)}")
    return described.sort_values(["table", "column"], ignore_index=True)
