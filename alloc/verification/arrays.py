"""Tables as arrays: every one brought by its codes into one order, once, so that all arithmetic is on arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]
Places = NDArray[np.intp]
Names = Sequence[str] | Texts

_TYPES: Mapping[str, type] = {"f": float, "i": float, "u": float, "b": bool}


class Columns(Mapping[str, NDArray[Any]]):
    """The columns of a table as arrays, each made when it is first asked for.

    Numbers are ``float64``, flags ``bool``, texts Python strings.
    """

    def __init__(self, table: pd.DataFrame, rows: Places | None = None) -> None:
        """Take a table.

        Args:
            table: of an instance or of a result.
            rows: the rows that are wanted; arrays have their order and shape. None: as the table has them.
        """
        self._table, self._rows = table, rows
        self._names: dict[str, None] = dict.fromkeys(table.columns.tolist())
        self._made: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A column."""
        if name not in self._made:
            column = self._table[name]
            values = column.to_numpy(dtype=_TYPES.get(column.dtype.kind, object))
            self._made[name] = values if self._rows is None else values[self._rows]
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a column."""
        return name in self._names

    def with_columns(self, **columns: NDArray[Any]) -> Columns:
        """The same with some columns more, or instead of those of the table."""
        other = Columns(self._table, self._rows)
        other._names |= dict.fromkeys(columns)
        other._made |= {**self._made, **columns}
        return other


def places(codes: pd.Series[Any], among: Names) -> Places:
    """Where every code stands among others; −1 where it does not."""
    place = {code: position for position, code in enumerate(among)}
    found, names = pd.factorize(codes)
    return np.array([*(place.get(name, -1) for name in names.tolist()), -1], dtype=np.intp)[found]


def matrix(table: pd.DataFrame, value: str, **key: Names) -> Floats:
    """A column of a table as a matrix over the two columns of its key, NaN where no row is.

    Args:
        table: the table.
        value: the column.
        **key: the codes that are wanted of each column of the key, in their order.
    """
    wide = np.full([len(codes) for codes in key.values()], np.nan)
    at = [places(table[column], codes) for column, codes in key.items()]
    known = np.all([each >= 0 for each in at], axis=0)
    wide[tuple(each[known] for each in at)] = table[value].to_numpy(dtype=float)[known]
    return wide


def given(values: Floats, otherwise: Floats | float) -> Floats:
    """Numbers, and others where nothing is given."""
    return np.where(np.isnan(values), otherwise, values)
