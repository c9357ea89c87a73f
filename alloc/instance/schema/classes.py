"""Classes of city size (国发〔2014〕51号) by the resident population of the urban districts, and the uses of land."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from alloc.text import Text

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
CLASS_TITLES: Mapping[str, Text] = MappingProxyType(
    {
        "megacity": Text("超大城市", "megacity"),
        "very_large": Text("特大城市", "very large"),
        "large_1": Text("Ⅰ型大城市", "large I"),
        "large_2": Text("Ⅱ型大城市", "large II"),
        "medium": Text("中等城市", "medium"),
        "small_1": Text("Ⅰ型小城市", "small I"),
        "small_2": Text("Ⅱ型小城市", "small II"),
    }
)
USES: tuple[str, ...] = ("public", "production", "unassigned")


def size_class(population: NDArray[np.float64]) -> NDArray[np.object_]:
    """The size class of every city from ``size_population`` (persons); "" where it is missing."""
    classes = np.full(len(population), "", dtype=object)
    for name, border in reversed(SIZE_CLASS_BORDERS):
        classes[population >= border] = name
    return classes
