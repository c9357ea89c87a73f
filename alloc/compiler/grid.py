"""Grids: an axis for each set that a family or a sum runs over, and affine expressions over them.

What does not depend on a set has length 1 on its axis: arrays broadcast, and little is spread out before the matrix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloc.compiler.labels import Members
from alloc.compiler.sets import Place

Numbers = Any  # a float, or an array that broadcasts to a grid (with as many axes)


@dataclass(frozen=True)
class Term:
    """coefficient·column for the cells of a grid: its first axes are those of the frame, every sum adds one.

    Attributes:
        shape: of the grid.
        column: broadcasts to it, as does `value`.
        row: of the frame, raveled, for every cell (broadcasts too); None where the grid's first axes say it.
    """

    shape: tuple[int, ...]
    column: np.ndarray
    value: Numbers
    row: np.ndarray | None = None


@dataclass(frozen=True)
class Affine:
    """constant + Σ terms, for every row of a frame of the shape `shape`."""

    shape: tuple[int, ...]
    constant: Numbers
    terms: tuple[Term, ...] = ()

    @property
    def is_data(self) -> bool:
        """No variable in it."""
        return not self.terms

    def __add__(self, other: Affine) -> Affine:
        return Affine(self.shape, self.constant + other.constant, self.terms + other.terms)

    def times(self, factor: Numbers) -> Affine:
        """Every row multiplied by data."""
        scaled = tuple(replace(term, value=term.value * self._beside(factor, term)) for term in self.terms)
        return Affine(self.shape, self.constant * factor, scaled)

    def over(self, divisor: Numbers) -> Affine:
        """Every row divided by data (times its reciprocal would make 0.9999999999999999 of a number over itself)."""
        divided = tuple(replace(term, value=term.value / self._beside(divisor, term)) for term in self.terms)
        return Affine(self.shape, self.constant / divisor, divided)

    def _beside(self, factor: Numbers, term: Term) -> Numbers:
        if not isinstance(factor, np.ndarray) or not factor.ndim:
            return factor
        if term.row is not None:
            return raveled(factor, self.shape)[term.row]
        return with_axes(factor, len(term.shape) - len(self.shape))


@dataclass(frozen=True)
class Frame:
    """The rows that an expression is evaluated for, as a grid: an axis for each set that it runs over.

    Attributes:
        shape: of the grid.
        places: labels that each placeholder stands for; positions have the grid's axes, of length 1 where they can.
    """

    shape: tuple[int, ...]
    places: Mapping[int, Place]

    @property
    def size(self) -> int:
        """How many rows."""
        return math.prod(self.shape)

    def along(self, members: Members, placeholders: Sequence[Any]) -> Frame:
        """One more axis, on which `placeholders` (a dimension each) run over a whole set."""
        places = {key: replace(place, position=with_axes(place.position, 1)) for key, place in self.places.items()}
        position = np.arange(members.size).reshape((1,) * len(self.shape) + (-1,))
        for dimension, placeholder in enumerate(placeholders):
            places[placeholder._id] = Place(members, dimension, position, len(self.shape))
        return Frame((*self.shape, members.size), places)


def raveled(values: Numbers, shape: tuple[int, ...]) -> np.ndarray:
    """One number for each cell of a grid, in order, of an array that broadcasts to it."""
    return np.broadcast_to(values, shape).ravel()


def with_axes(values: np.ndarray, count: int) -> np.ndarray:
    """`count` more axes of length 1."""
    return values.reshape(values.shape + (1,) * count)
