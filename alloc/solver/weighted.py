"""Tiers together under weights: what cities share gets its price, and every city does its best at these prices.

The level of a tier is its value over its size (`gap_size`), turned so that less is better. For weights w a linear
program over Σ w·level prices the rows that cities share; at these prices the model falls apart into one small
mixed-integer program a city. Their sum is a floor: no point with whole facilities has less (weak duality), and as the
facilities are whole in it, it is far nearer to what can be reached than the relaxation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.highs import Session
from alloc.solver.hold import scaled
from alloc.solver.places import best_parts, taken_apart
from alloc.solver.runs import Clock, Ending, Run
from alloc.solver.status import gap_size
from alloc.solver.worth import tier_value

DUST = 1e-9  # of a largest cost of 100
WIDER = 4.0  # how far the search for weights goes beyond the best so far
LEAST_WEIGHT = 0.25


@dataclass(frozen=True)
class Floor:
    """Σ weights·levels ≥ least at every point with whole facilities; `levels` are those at `point`.

    `point` is what the cities chose by themselves: together they may ask for more than there is.
    """

    weights: np.ndarray
    least: float
    levels: np.ndarray
    point: np.ndarray


class Weighted:
    """The model under weights of its tiers.

    Attributes:
        sizes: of the tiers, by their best values in the relaxation, each by itself.
    """

    def __init__(self, model: LinearModel, tiers: Sequence[LinearObjective], clock: Clock) -> None:
        self._model, self._tiers, self._clock = model, tiers, clock
        self._places = taken_apart(model)
        self._session = Session(model, clock)
        self.sizes = np.ones(len(tiers))

    def measure(self) -> Ending:
        """Sets the sizes; how the relaxations ended."""
        for k, tier in enumerate(self._tiers):
            run = self._relaxed(np.eye(len(self._tiers))[k])
            if run.ending is not Ending.OPTIMAL or run.point is None:
                return run.ending
            self.sizes[k] = gap_size(tier.value(run.point), tier.natural)
        return Ending.OPTIMAL

    def apart(self, weights: np.ndarray) -> Floor | None:
        """Every city by itself at the prices of the relaxation; None where time or an interrupt is in the way."""
        run = self._relaxed(weights)
        if run.ending is not Ending.OPTIMAL or run.point is None:
            return None
        model = self._model
        costs, factor = self._costs(weights)
        prices = self._prices(run.duals, costs)
        reduced = costs - model.matrix.T @ prices
        nobody = self._places.nobody
        left = np.where(np.abs(reduced[nobody]) > DUST, reduced[nobody], 0.0)
        point, least = best_parts(model, self._places, reduced, run.point, self._clock)
        least += _least(prices, model.row_lower, model.row_upper) + _least(
            left, model.lower[nobody], model.upper[nobody]
        )
        if not np.isfinite(least):
            return None
        constant = sum(w / size * tier.constant for w, size, tier in zip(weights, self.sizes, self._tiers, strict=True))
        levels = [self.level(k, tier_value(model, tier, point)) for k, tier in enumerate(self._tiers)]
        return Floor(weights, least / factor + constant, np.array(levels), point)

    def level(self, k: int, value: float) -> float:
        """The level of the tier `k` at a value, and the other way round."""
        return float((-value if self._tiers[k].maximise else value) / self.sizes[k])

    def value(self, k: int, level: float) -> float:
        """The value of the tier `k` at a level."""
        return float((-level if self._tiers[k].maximise else level) * self.sizes[k])

    def _prices(self, duals: np.ndarray, costs: np.ndarray) -> np.ndarray:
        """Duals of the rows that cities share, made such that they prove something.

        A row has no price on a side that is open. A column without bounds that belongs to nobody (the mark of the
        worst-served) may have no reduced cost; what the solver's tolerance leaves of it, the largest of its rows takes.
        """
        model, nobody = self._model, self._places.nobody
        closed = np.isfinite(np.where(duals > 0, model.row_lower, model.row_upper))
        prices = np.where(self._places.shared & closed, duals, 0.0)
        for column in nobody[~np.isfinite(model.lower[nobody]) & ~np.isfinite(model.upper[nobody])]:
            entries = model.matrix[:, [column]].tocoo()
            rows, values = entries.coords[0], entries.data
            most = np.argmax(np.abs(prices[rows] * values))
            prices[rows[most]] += (costs[column] - values @ prices[rows]) / values[most]
        return prices

    def _relaxed(self, weights: np.ndarray) -> Run:
        self._session.costs(self._costs(weights)[0])
        return self._session.run(cold=True)

    def _costs(self, weights: np.ndarray) -> tuple[np.ndarray, float]:
        parts = [w / size * tier.costs for w, size, tier in zip(weights, self.sizes, self._tiers, strict=True)]
        return scaled(np.sum(parts, axis=0))


def _least(rates: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float:
    """The least of Σ rates·x with x within bounds."""
    used = rates != 0
    return float((rates[used] * np.where(rates > 0, lower, upper)[used]).sum())


def bound(floors: Sequence[Floor], k: int, held: np.ndarray) -> tuple[float, np.ndarray]:
    """What the level of tier `k` cannot go below while the levels of those before are at most `held`.

    Returns:
        −∞ where no floor says anything; and the weights of the tiers before, relative to its own, that prove it.
    """
    best, weights = -np.inf, np.zeros(k)
    for floor in _about(floors, k):
        proven = (floor.least - floor.weights[:k] @ held[:k]) / floor.weights[k]
        if proven > best:
            best, weights = proven, floor.weights[:k] / floor.weights[k]
    return best, weights


def better_weights(floors: Sequence[Floor], k: int, held: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights that may prove more of tier `k`, and the most that they can prove by what the floors tell (Kelley).

    The bound is concave in the weights of the tiers before; every floor gives a point and a slope of it.
    """
    rows, sides = [], []
    for floor in _about(floors, k):
        weights, slope = floor.weights[:k] / floor.weights[k], floor.levels[:k] - held[:k]
        rows.append(np.append(-slope, 1.0))
        sides.append((floor.least - floor.weights[:k] @ held[:k]) / floor.weights[k] - slope @ weights)
    _, best = bound(floors, k, held)
    around = [(0.0, WIDER * max(each, LEAST_WEIGHT)) for each in best]
    most = linprog(np.append(np.zeros(k), -1.0), A_ub=rows, b_ub=sides, bounds=[*around, (None, None)]).x
    assert most is not None  # all zeros satisfies every row
    weights = np.zeros(held.size)
    weights[:k], weights[k] = most[:k], 1.0
    return weights, float(most[k])


def _about(floors: Sequence[Floor], k: int) -> list[Floor]:
    return [each for each in floors if each.weights[k] > 0 and not np.any(each.weights[k + 1 :])]
