"""How unequal a measure of cities is, weighted by residents: the indices that are computed after every solve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloc.report.view import Floats
from alloc.tolerances import LAST_DIGITS


@dataclass(frozen=True)
class Indices:
    """Indices of one measure, NaN where one is not defined (a ratio to 0, say).

    Attributes:
        mean: mean over residents.
        gini: half the mean difference of two residents over the mean.
        theil: mean of (x/mean)·ln(x/mean).
        variation: standard deviation over the mean.
        deviation: mean absolute deviation from the mean, in the unit of the measure.
        extremes: greatest over least.
        deciles: 90th over 10th percentile of residents.
        worst: mean of the worst-off tenth of residents.
    """

    mean: float
    gini: float
    theil: float
    variation: float
    deviation: float
    extremes: float
    deciles: float
    worst: float


def indices(values: Floats, weights: Floats) -> Indices:
    """The indices of `values` a city, each counted by `weights` (residents); both [n], weights above 0.

    Every resident of a city counts with the city's value, so differences within cities are not in it.
    """
    order = np.argsort(values, kind="stable")
    value, share = values[order], weights[order] / weights.sum()
    mean = float((value * share).sum())
    upto = np.cumsum(share)
    missing = float("nan")
    if mean <= 0 or value[0] < 0:
        return Indices(mean, *(missing,) * 6, _worst(value, share))
    lorenz = np.concatenate([[0.0], np.cumsum(value * share) / mean])
    gini = 1.0 - float((share * (lorenz[1:] + lorenz[:-1])).sum())
    relative = value / mean
    logs = np.log(np.where(relative > 0, relative, 1.0))
    theil = float((share * relative * logs).sum())
    spread = float(np.sqrt((share * (value - mean) ** 2).sum()))
    places = np.minimum(np.searchsorted(upto, np.array([0.1, 0.9]) - LAST_DIGITS), len(value) - 1)
    low, high = (float(each) for each in value[places])
    return Indices(
        mean=mean,
        gini=max(0.0, gini),
        theil=max(0.0, theil),
        variation=spread / mean,
        deviation=float((share * np.abs(value - mean)).sum()),
        extremes=float(value[-1] / value[0]) if value[0] > 0 else missing,
        deciles=high / low if low > 0 else missing,
        worst=_worst(value, share),
    )


def lorenz_points(values: Floats, weights: Floats) -> list[tuple[float, float]]:
    """Points of the Lorenz curve: share of residents, share of the whole, the least favoured first; values a head."""
    order = np.argsort(values, kind="stable")
    share = weights[order] / weights.sum()
    part = values[order] * share
    whole = part.sum() or 1.0
    points = zip(np.cumsum(share).tolist(), (np.cumsum(part) / whole).tolist(), strict=True)
    return [(0.0, 0.0), *points]


def _worst(value: Floats, share: Floats, tail: float = 0.1) -> float:
    """Mean of the worst-off `tail` of residents; the city on the border counts with the part that is needed."""
    before = np.concatenate([[0.0], np.cumsum(share)[:-1]])
    taken = np.clip(tail - before, 0.0, share)
    return float((taken * value).sum() / taken.sum())
