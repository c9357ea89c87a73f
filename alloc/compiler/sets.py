"""Members of a formulation's sets as arrays of codes, read once each."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyomo.core.base.set import SetProduct

from alloc.compiler.labels import Codes, Locator, Members

Ragged = tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]


class Sets:
    """The sets of one formulation."""

    def __init__(self, model: Any) -> None:
        self._given: dict[str, tuple[np.ndarray, list[np.ndarray]]] = model.members
        self.codes = Codes()
        self._members: dict[int, Members] = {}
        self._ragged: dict[str, Ragged] = {}
        self._locators: dict[int, Locator] = {}

    def members(self, index: Any) -> Members:
        """Members of a set (a product of sets is spread out, last factor fastest)."""
        found = self._members.get(id(index))
        if found is None:
            found = self._members[id(index)] = self._read(index)
        return found

    def shape(self, index: Any) -> tuple[int, ...]:
        """Shape of arrays over the set: one size a factor."""
        if isinstance(index, SetProduct):
            return tuple(self.members(one).size for one in index.subsets())
        return (self.members(index).size,)

    def locate(self, index: Any, codes: list[np.ndarray | int]) -> np.ndarray:
        """Positions in the set (in the raveled product) of members given by their codes."""
        if not isinstance(index, SetProduct):
            return self._locator(index).find(codes)
        position: Any = 0
        rest = list(codes)
        for one in index.subsets():
            dimensions = len(self.members(one).codes)
            position = position * self.members(one).size + self._locator(one).find(rest[:dimensions])
            rest = rest[dimensions:]
        return np.asarray(position)

    def ragged(self, indexed: Any) -> Ragged:
        """Of an indexed set: where each one's members start, how many there are, and their codes."""
        found = self._ragged.get(indexed.name)
        if found is None:
            if indexed.name in self._given:
                counts, labels = self._given[indexed.name]
                columns = tuple(self.codes.of(each) for each in labels)
            else:
                lists = [[_tuple(each) for each in indexed[key]] for key in indexed.index_set()]
                counts = np.array([len(each) for each in lists], dtype=np.int64)
                flat = [each for one in lists for each in one]
                columns = tuple(self.codes.of(each) for each in zip(*flat, strict=True)) or _nothing(*indexed.values())
            starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
            found = self._ragged[indexed.name] = (starts, np.asarray(counts), columns)
        return found

    def _locator(self, index: Any) -> Locator:
        found = self._locators.get(id(index))
        if found is None:
            found = self._locators[id(index)] = Locator(self.members(index))
        return found

    def _read(self, index: Any) -> Members:
        if isinstance(index, SetProduct):
            return Members.product([self.members(one) for one in index.subsets()])
        labels = [_tuple(each) for each in index]
        if not labels:
            return Members(_nothing(index), self.codes, 0)
        return Members(tuple(self.codes.of(each) for each in zip(*labels, strict=True)), self.codes, len(labels))


def _nothing(*empty: Any) -> tuple[np.ndarray, ...]:
    """The codes of empty sets: none in every dimension, or in one where Pyomo does not know how many there are."""
    known = [one.dimen for one in empty if isinstance(one.dimen, int)]
    return (np.empty(0, dtype=np.int64),) * max(known, default=1)


def _tuple(label: Any) -> tuple[Any, ...]:
    return label if isinstance(label, tuple) else (label,)
