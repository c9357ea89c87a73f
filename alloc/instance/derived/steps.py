"""Steps of a derivation, each with what it was worked out from, so that an instance nearby takes over what is the same.

A derivation reads columns and takes some seventy small steps from them. Of an instance in which one number is another
one, a step is worked out anew only where something that goes into it differs; and where what comes out is the same
after all, what rests on it stays too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.frames import flags, numbers, texts

T = TypeVar("T")
Key = tuple[Callable[..., Any], str]


class Steps:
    """The steps of one derivation.

    Attributes:
        anew: how many were worked out, not taken over.
    """

    def __init__(self, before: Steps | None = None) -> None:
        """`before`: those of an instance nearby."""
        self._before: Mapping[Key, tuple[tuple[Any, ...], Any]] = {} if before is None else before._done
        self._done: dict[Key, tuple[tuple[Any, ...], Any]] = {}
        self._columns_before: Mapping[Key, tuple[pd.DataFrame, tuple[Any, ...], Any]] = (
            {} if before is None else before._columns
        )
        self._columns: dict[Key, tuple[pd.DataFrame, tuple[Any, ...], Any]] = {}
        self.anew = 0

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self._done)

    def __call__(self, step: Callable[..., T], *inputs: Any, name: str = "") -> T:
        """What a step gives.

        Args:
            step: a function of its inputs alone.
            inputs: arrays, numbers, texts, parts of the settings, tuples of these; tables are compared as objects.
            name: what it is about, where there are several steps of one function.
        """
        key = (step, name)
        for known in (self._done.get(key), self._before.get(key)):
            if known is not None and same(known[0], inputs):
                self._done[key] = known
                found: T = known[1]
                return found
        found = step(*inputs)
        self.anew += 1
        if key in self._before:
            found = _settled(found, self._before[key][1])
        self._done[key] = (inputs, found)
        return found

    def numbers(self, table: str, frame: pd.DataFrame, column: str, blank: float = np.nan) -> NDArray[np.float64]:
        """A numeric column of a table, see `alloc.instance.frames.numbers`."""
        return self._column(numbers, table, frame, column, blank)

    def texts(self, table: str, frame: pd.DataFrame, column: str) -> NDArray[np.object_]:
        """A text column of a table."""
        return self._column(texts, table, frame, column)

    def flags(self, table: str, frame: pd.DataFrame, column: str) -> NDArray[np.bool_]:
        """A column of true and false."""
        return self._column(flags, table, frame, column)

    def _column(self, read: Callable[..., T], table: str, frame: pd.DataFrame, *which: Any) -> T:
        """What goes into the steps; read where the table is another one, and the very array that there was if it is
        the same."""
        key = (read, f"{table}.{which[0]}")
        for known in (self._columns.get(key), self._columns_before.get(key)):
            if known is not None and known[0] is frame and same(known[1], which):
                self._columns[key] = known
                found: T = known[2]
                return found
        found = read(frame, *which)
        if key in self._columns_before:
            found = _settled(found, self._columns_before[key][2])
        self._columns[key] = (frame, which, found)
        return found

    def end(self) -> None:
        """Lets go of the steps of the instance nearby."""
        self._before, self._columns_before = {}, {}


def same(one: Any, other: Any) -> bool:
    """Whether two inputs, or two results, are the same to the last bit."""
    if one is other:
        return True
    if type(one) is not type(other) or isinstance(one, pd.DataFrame):
        return False
    if isinstance(one, np.ndarray):
        alike = one.dtype == other.dtype and one.shape == other.shape
        return alike and bool(np.array_equal(one, other, equal_nan=one.dtype == float))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other) or (one != one and other != other)  # a number that is none


def _settled(found: Any, before: Any) -> Any:
    """A result with what is the same in it as the very objects that there were."""
    if same(found, before):
        return before
    if isinstance(found, tuple) and isinstance(before, tuple) and len(found) == len(before):
        return tuple(map(_settled, found, before))
    if isinstance(found, dict) and isinstance(before, dict):
        return {name: _settled(value, before.get(name)) for name, value in found.items()}
    return found
