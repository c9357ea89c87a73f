"""Columns of checked tables as NumPy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.divisions.codes import is_meant
from alloc.text import by_command

Codes = pd.Series | NDArray[np.object_]


def keep_texts_as_strings() -> None:
    """From now on every text column that this process makes holds Python strings, not Arrow's.

    Tables are short here and read column by column, where Arrow's conversions take longer than the work. The contents
    are the same. It is a setting of pandas, so it is for processes of our own alone: who imports alloc has tables of
    his own.
    """
    pd.set_option("mode.string_storage", "python")


if by_command():
    keep_texts_as_strings()


def numbers(table: pd.DataFrame, column: str, blank: float = np.nan) -> NDArray[np.float64]:
    """A numeric column; `blank` stands for empty cells, and for every cell where the table has no such column."""
    if column not in table.columns:
        return np.full(len(table), blank)
    values: NDArray[np.float64] = table[column].to_numpy(dtype=float)
    return values if np.isnan(blank) else np.where(np.isnan(values), blank, values)


def texts(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """A text column as Python strings."""
    return table[column].to_numpy(dtype=object)


def text_column(values: Sequence[str], each: int = 1, times: int = 1) -> pd.api.extensions.ExtensionArray:
    """Texts as a column of a table, each of them so often in a row, and all of them so many times."""
    return pd.array(list(values), dtype="str").take(np.tile(np.repeat(np.arange(len(values)), each), times))


def labels(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """A column whose values name something, as texts, numbers among them; "" for empty cells."""
    values = table[column]
    if pd.api.types.is_numeric_dtype(values):
        return np.array(["" if np.isnan(each) else f"{each:.15g}" for each in numbers(table, column)], dtype=object)
    return texts(table, column)


def called(table: pd.DataFrame, key: str, names: Sequence[str], given: str) -> list[str]:
    """Codes of whatever has a name, whatever its case, with or without 市, 自治州 and the like or brackets behind."""
    return sorted({
        str(code)
        for column in names
        if column in table
        for code, known in zip(table[key], table[column], strict=True)
        if is_meant(given, str(known))
    })  # fmt: skip


def records(table: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    """The rows as records of plain values, with all columns or with some; quicker than by pandas row by row."""
    names = columns or tuple(str(name) for name in table.columns)
    cells = [table[name].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def flags(table: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """A column of true and false."""
    return table[column].to_numpy(dtype=bool)


def placed(
    table: pd.DataFrame, value: str, codes: Codes, labels: Codes, label: str, of: str = "city"
) -> NDArray[np.float64]:
    """The column `value` of a table keyed by (`of`, `label`), as a matrix [codes, labels]; NaN where no row is."""
    matrix = np.full((len(codes), len(labels)), np.nan)
    if len(table):
        matrix[places(table[of], codes), places(table[label], labels)] = numbers(table, value)
    return matrix


def places(codes: pd.Series, among: Codes) -> NDArray[np.intp]:
    """The place of every code among others, −1 where it is none of them; each different code is looked for once."""
    place = {code: position for position, code in enumerate(among.tolist())}
    groups, names = pd.factorize(codes)
    return np.array([*(place.get(name, -1) for name in names.tolist()), -1], dtype=np.intp)[groups]
