"""Labels as numbers: every label of every set gets one code, so that gathering by label is an array look-up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


class Codes:
    """One number for each distinct label, whatever the sets it is in."""

    def __init__(self) -> None:
        self._code: dict[Any, int] = {}
        self.labels: list[Any] = []

    def of(self, labels: Iterable[Any]) -> np.ndarray:
        """Codes of `labels`, new ones where needed."""
        known, names = self._code, self.labels
        codes = []
        for label in labels:
            code = known.get(label)
            if code is None:
                code = known[label] = len(names)
                names.append(label)
            codes.append(code)
        return np.array(codes, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Members:
    """Members of a set in order: one array of codes for each dimension, all of the same length."""

    codes: tuple[np.ndarray, ...]
    known: Codes
    size: int

    @classmethod
    def product(cls, factors: Sequence[Members]) -> Members:
        """The product of sets, last one fastest."""
        known = factors[0].known
        size = int(np.prod([one.size for one in factors]))
        codes: list[np.ndarray] = []
        before, after = 1, size
        for one in factors:
            after //= max(one.size, 1)
            codes.extend(np.tile(np.repeat(code, after), before) for code in one.codes)
            before *= one.size
        return cls(tuple(codes), known, size)

    def label(self, position: int) -> tuple[Any, ...]:
        """The member at `position`."""
        return tuple(self.known.labels[code[position]] for code in self.codes)

    def labels(self) -> list[tuple[Any, ...]]:
        """All members in order."""
        names = self.known.labels
        return list(zip(*([names[code] for code in each] for each in self.codes), strict=True)) if self.codes else [()]


class Locator:
    """Finds the position of members by their codes."""

    def __init__(self, members: Members) -> None:
        self._tables: list[np.ndarray] = []
        self._sizes: list[int] = []
        key = np.zeros(members.size, dtype=np.int64)
        for codes in members.codes:
            distinct = np.unique(codes)
            table = np.full(len(members.known), -1, dtype=np.int64)
            table[distinct] = np.arange(distinct.size)
            key = key * max(distinct.size, 1) + table[codes]
            self._tables.append(table)
            self._sizes.append(max(distinct.size, 1))
        self._position = np.full(int(np.prod(self._sizes, dtype=np.int64)), -1, dtype=np.int64)
        self._position[key] = np.arange(members.size)

    def find(self, codes: Sequence[np.ndarray | int]) -> np.ndarray:
        """Positions of the members whose codes are given, one array (or number) for each dimension.

        Raises:
            KeyError: where one is not a member.
        """
        key: Any = 0
        for table, size, code in zip(self._tables, self._sizes, codes, strict=True):
            inside = np.asarray(code) < table.size
            place = np.where(inside, table[np.where(inside, code, 0)], -1)
            if np.any(place < 0):
                raise KeyError("a label that is not in the set")
            key = key * size + place
        found = self._position[key]
        if np.any(found < 0):
            raise KeyError("a combination of labels that is not in the set")
        return np.asarray(found)
