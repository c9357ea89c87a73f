"""Members of a formulation's sets as arrays of codes, read once each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alloc.compiler.labels import Codes, Locator, Members, ProductMembers
from alloc.formulation.from_pyomo import SetProduct


@dataclass(frozen=True)
class Place:
    """Labels of the rows of a grid: those at `position` of one dimension of a set.

    `axis` is the axis of the grid along which the whole set lies in its order, if there is one.
    """

    members: Members
    dimension: int
    position: np.ndarray
    axis: int | None = None

    @property
    def codes(self) -> np.ndarray:
        """Their codes."""
        return np.asarray(self.members.codes[self.dimension][self.position])


@dataclass(frozen=True)
class Ragged:
    """An indexed set: where each one's members start in `members` and how many there are."""

    starts: np.ndarray
    counts: np.ndarray
    members: Members


class Sets:
    """The sets of one formulation."""

    def __init__(self, model: Any) -> None:
        self._given: dict[str, tuple[np.ndarray, list[tuple[Any, np.ndarray]]]] = model.members
        self.codes = Codes()
        self._members: dict[int, Members] = {}
        self._factors: dict[int, list[Members]] = {}
        self._ragged: dict[str, Ragged] = {}
        self._locators: dict[int, Locator] = {}
        self._between: dict[tuple[int, int, int], np.ndarray] = {}

    @property
    def dimensions(self) -> dict[str, int]:
        """How many labels every member of an indexed set has, by the name of the set."""
        return {name: len(dimensions) for name, (_, dimensions) in self._given.items()}

    def members(self, index: Any) -> Members:
        """Members of a set (of a product of sets: last factor fastest)."""
        found = self._members.get(id(index))
        if found is None:
            found = self._members[id(index)] = self._read(index)
        return found

    def factors(self, index: Any) -> list[Members]:
        """Members of each factor of a product of sets; of a single set its own."""
        found = self._factors.get(id(index))
        if found is None:
            parts = index.subsets() if isinstance(index, SetProduct) else (index,)
            found = self._factors[id(index)] = [self.members(one) for one in parts]
        return found

    def shape(self, index: Any) -> tuple[int, ...]:
        """Shape of arrays over the set: one size a factor."""
        return tuple(one.size for one in self.factors(index))

    def along_axes(self, index: Any, labels: Sequence[Place | int], axes: int) -> tuple[int, ...] | None:
        """Shape to give to what is raveled over the set so that it lies along the grid's axes; None: look it up."""
        shape, before = [1] * axes, -1
        factors = self.factors(index)
        if len(labels) != len(factors):
            return None
        for one, label in zip(factors, labels, strict=True):
            if not isinstance(label, Place) or label.members is not one or label.axis is None or label.axis <= before:
                return None
            before = label.axis
            shape[before] = one.size
        return tuple(shape)

    def locate(self, index: Any, labels: Sequence[Place | int]) -> np.ndarray:
        """Positions in the set (in the raveled product) of the members that have the given labels.

        Args:
            index: the set.
            labels: one for each dimension: those of every row, or the code of one label.

        Raises:
            KeyError: where one is not a member.
        """
        first, *others = self.factors(index)
        at = len(first.codes)
        position = self._position(first, labels[:at])
        for one in others:
            further = at + len(one.codes)
            position = position * one.size + self._position(one, labels[at:further])
            at = further
        return position

    def ragged(self, indexed: Any) -> Ragged:
        """The members of an indexed set."""
        found = self._ragged.get(indexed.name)
        if found is None:
            if indexed.name in self._given:
                counts, dimensions = self._given[indexed.name]
                codes = tuple(self.members(one).codes[0][places] for one, places in dimensions)
            else:
                lists = [[_tuple(member) for member in indexed[key]] for key in indexed.index_set()]
                counts = np.array([len(members_of_one) for members_of_one in lists], dtype=np.int64)
                flat = [member for one in lists for member in one]
                codes = tuple(self.codes.of(dimension) for dimension in zip(*flat, strict=True)) or _nothing(
                    *indexed.values()
                )
            starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
            members = Members(codes, self.codes, int(np.sum(counts)))
            found = self._ragged[indexed.name] = Ragged(starts, np.asarray(counts), members)
        return found

    def _position(self, members: Members, labels: Sequence[Place | int]) -> np.ndarray:
        """Positions in a set that is no product."""
        label = labels[0]
        if len(labels) == 1 and isinstance(label, Place):
            if label.members is members:
                return label.position
            # From set to set, once: what is looked up for every row is a position, not a label.
            key = (id(label.members), label.dimension, id(members))
            if key not in self._between:
                self._between[key] = self._locator(members).find([label.members.codes[label.dimension]])
            position = np.asarray(self._between[key][label.position])
        else:
            position = self._locator(members).find([each.codes if isinstance(each, Place) else each for each in labels])
        if np.any(position < 0):
            raise KeyError("a label, or a combination of labels, that is not in the set")
        return position

    def _locator(self, members: Members) -> Locator:
        found = self._locators.get(id(members))
        if found is None:
            found = self._locators[id(members)] = Locator(members)
        return found

    def _read(self, index: Any) -> Members:
        if isinstance(index, SetProduct):
            return ProductMembers(self.factors(index))
        if index.dimen == 1:
            labels = list(index)
            return Members((self.codes.of(labels),), self.codes, len(labels))
        tuples = [_tuple(label) for label in index]
        if not tuples:
            return Members(_nothing(index), self.codes, 0)
        return Members(
            tuple(self.codes.of(dimension) for dimension in zip(*tuples, strict=True)), self.codes, len(tuples)
        )


def _nothing(*empty: Any) -> tuple[np.ndarray, ...]:
    """The codes of empty sets: none in every dimension, or in one where Pyomo does not know how many there are."""
    known = [one.dimen for one in empty if isinstance(one.dimen, int)]
    return (np.empty(0, dtype=np.int32),) * max(known, default=1)


def _tuple(label: Any) -> tuple[Any, ...]:
    return label if isinstance(label, tuple) else (label,)
