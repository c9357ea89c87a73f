"""Classes of city size (国发〔2014〕51号) by the resident population of the urban districts, and the uses of land."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# The lower bound, in persons, belongs to the class.
SIZE_CLASS_BORDERS: tuple[tuple[str, float], ...] = (
    ("megacity", 10_000_000),
    ("very_large", 5_000_000),
    ("large_1", 3_000_000),
    ("large_2", 1_000_000),
    ("medium", 500_000),
    ("small_1", 200_000),
    ("small_2", 0),
)
SIZE_CLASSES: tuple[str, ...] = tuple(name for name, _ in SIZE_CLASS_BORDERS)
USES: tuple[str, ...] = ("public", "production", "unassigned")


def size_class(population: NDArray[np.float64]) -> NDArray[np.object_]:
    """The size class of every city from ``size_population`` (persons); "" where it is missing."""
    classes = np.full(len(population), "", dtype=object)
    for name, border in reversed(SIZE_CLASS_BORDERS):
        classes[population >= border] = name
    return classes
