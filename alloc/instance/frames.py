"""Columns of checked tables as NumPy arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def numbers(table: pd.DataFrame, column: str, blank: float = np.nan) -> NDArray[np.float64]:
    """A numeric column; `blank` stands for empty cells, and for every cell where the table has no such column."""
    if column not in table.columns:
        return np.full(len(table), blank)
    values = table[column].to_numpy(dtype=float)
    return np.where(np.isnan(values), blank, values)


def texts(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """A text column as Python strings."""
    return table[column].to_numpy(dtype=object)


def flags(table: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """A column of true and false."""
    return table[column].to_numpy(dtype=bool)


def placed(table: pd.DataFrame, value: str, cities: pd.Series, labels: pd.Series, label: str) -> NDArray[np.float64]:
    """The column `value` of a table keyed by (city, `label`), as a matrix [cities, labels]; NaN where no row is."""
    matrix = np.full((len(cities), len(labels)), np.nan)
    if len(table):
        rows = pd.Index(cities.to_numpy(dtype=object), dtype=object).get_indexer(texts(table, "city"))
        columns = pd.Index(labels.to_numpy(dtype=object), dtype=object).get_indexer(texts(table, label))
        matrix[rows, columns] = numbers(table, value)
    return matrix
