"""Labels as numbers: every label of every set gets one code, so that gathering by label is an array look-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np


class Codes:
    """One number for each distinct label, whatever the sets it is in."""

    def __init__(self) -> None:
        self._code: defaultdict[Any, int] = defaultdict()
        self._code.default_factory = self._code.__len__  # a new label gets the next number
        self._labels: list[Any] = []

    @property
    def labels(self) -> list[Any]:
        """The labels in the order of their codes."""
        if len(self._labels) < len(self._code):
            self._labels = list(self._code)
        return self._labels

    def of(self, labels: Collection[Any]) -> np.ndarray:
        """Codes of `labels`, new ones where needed."""
        return np.fromiter(map(self._code.__getitem__, labels), dtype=np.int32, count=len(labels))

    def __len__(self) -> int:
        return len(self._code)


class Members:
    """Members of a set in order: `codes` has one array for each dimension, all of the same length `size`."""

    def __init__(self, codes: Sequence[np.ndarray], known: Codes, size: int) -> None:
        self.codes: tuple[np.ndarray, ...] = tuple(codes)
        self.known, self.size = known, size

    def label(self, position: int) -> tuple[Any, ...]:
        """The member at `position`."""
        return tuple(self.known.labels[code[position]] for code in self.codes)

    def labels(self) -> list[tuple[Any, ...]]:
        """All members in order."""
        names = self.known.labels
        return (
            list(zip(*([names[code] for code in codes] for codes in self.codes), strict=True)) if self.codes else [()]
        )


class ProductMembers(Members):
    """Members of a product of sets, last one fastest; spread out only where somebody asks for their codes."""

    def __init__(self, factors: Sequence[Members]) -> None:
        self.factors = factors
        self.known = factors[0].known
        self.size = int(np.prod([one.size for one in factors]))

    @cached_property
    def codes(self) -> tuple[np.ndarray, ...]:  # type: ignore[override]
        """One array for each dimension."""
        codes: list[np.ndarray] = []
        before, after = 1, self.size
        for one in self.factors:
            after //= max(one.size, 1)
            codes.extend(np.tile(np.repeat(code, after), before) for code in one.codes)
            before *= one.size
        return tuple(codes)


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
        """Positions of the members whose codes are given, one array (or number) a dimension; -1 where it is none."""
        key: Any = 0
        missing: Any = False
        for table, size, code in zip(self._tables, self._sizes, codes, strict=True):
            inside = np.asarray(code) < table.size
            place = np.where(inside, table[np.where(inside, code, 0)], -1)
            missing = missing | (place < 0)
            key = key * size + place
        return np.where(missing, -1, self._position[np.where(missing, 0, key)])
