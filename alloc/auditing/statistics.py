"""The few statistics that an audit needs, each as its textbook has it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
FIFTHS = 5


class Slope(NamedTuple):
    """A straight line through points, by ordinary least squares.

    Attributes:
        slope: of y on x.
        error: its standard error; NaN with fewer than three points, or where all x are the same.
        mean: of y.
        points: how many.
    """

    slope: float
    error: float
    mean: float
    points: int


def slope(x: Floats, y: Floats) -> Slope:
    """The line y = a + b·x with the least sum of squares.

    b = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)², and its standard error √(Σ(y − a − b·x)² / (n − 2) / Σ(x − x̄)²).

    Args:
        x, y: one a point; points in which either is missing are left out.
    """
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    count = len(x)
    if not count:
        return Slope(np.nan, np.nan, np.nan, 0)
    across, mean = x - x.mean(), float(y.mean())
    spread = float(across @ across)
    if count < 2 or spread == 0:
        return Slope(np.nan, np.nan, mean, count)
    b = float(across @ (y - mean)) / spread
    left = y - mean - b * across
    error = float(np.sqrt(left @ left / (count - 2) / spread)) if count > 2 else np.nan
    return Slope(b, error, mean, count)


def fifths(values: Floats) -> Places:
    """Which fifth each value is in, 0 the lowest: by rank, ties in the order in which they stand [n]."""
    places = np.empty(len(values), dtype=np.intp)
    places[np.argsort(values, kind="stable")] = np.arange(len(values)) * FIFTHS // max(1, len(values))
    return places


def ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values have the mean of theirs [n]."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[which], dtype=float)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's: the correlation of ranks; NaN where one of them does not vary, or with fewer than two values."""
    a, b = (ranks(each) - (len(each) + 1) / 2 for each in (one, other))
    size = np.sqrt((a @ a) * (b @ b)) if len(a) else 0.0
    return float(a @ b / size) if size > 0 else np.nan


def ratio(over: Floats, under: Floats) -> Floats:
    """`over` in multiples of `under`, NaN where that is 0 or missing."""
    known = under > 0
    return np.where(known, over / np.where(known, under, 1.0), np.nan)


def doubling(count: int) -> list[int]:
    """The 1st, 2nd, 4th, 8th, … and the last of so many, from 0."""
    return [*(2**k - 1 for k in range(count.bit_length()) if 2**k < count), count - 1]
