"""What every tier of the objective is worth at a result, by its definition and not by the road of the solver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from alloc.verification import levers
from alloc.verification.arrays import Floats
from alloc.verification.ledger import Ledger
from alloc.verification.optional.programmes import done
from alloc.verification.recompute import Raw
from alloc.verification.results import Results


def city_scores(coverage: Floats, raw: Raw, policy: Any) -> Floats:
    """The weighted mean over services of the concave score of coverage, 1 where everything is covered.

    The score of a service has slopes ``policy.score.slopes`` up to its minimum, up to the knee and above, and is
    divided by its value at full coverage.
    """
    values = []
    for covered, minimum in zip(coverage.T, raw.service["minimum"], strict=True):
        ends = np.array([0.0, minimum, max(minimum, policy.score.knee), 1.0])
        heights = np.concatenate([[0.0], np.cumsum(np.diff(ends) * policy.score.slopes)])
        # Two breakpoints in one place have the same height, so it does not matter which of them is taken.
        values.append(np.interp(covered, ends, heights / heights[-1]))
    scores: Floats = (np.column_stack(values) * _weights(raw)).sum(axis=1)
    return scores


def _weights(raw: Raw) -> Floats:
    """The weights of the services, 1 in all."""
    weights: Floats = raw.service["weight"] / raw.service["weight"].sum()
    return weights


def mean_of_worst(scores: Floats, share: Floats, beta: float) -> float:
    """The mean score of the worst-served share `beta` of residents.

    Cities are sorted by score and residents counted from the worst on; of the city in which the share is reached only
    the residents up to it count.
    """
    order = np.argsort(scores, kind="stable")
    score, people = scores[order], share[order]
    before = np.concatenate([[0.0], np.cumsum(people)[:-1]])
    return float(score @ np.clip(beta - before, 0.0, people) / beta)


def tier_values(raw: Raw, results: Results, settings: Any) -> dict[str, float]:
    """The value of every tier of ``settings.objective``, in the tier's own unit.

    Returns:
        Tier name -> value. Shares are fractions, ``settlement`` is in persons, ``cost`` in 10⁴ yuan.
    """
    scores = city_scores(results.services["coverage"], raw, settings.policy)
    known = values(raw.formulation)
    return {one.tier: known[one.tier](one, raw, results, scores) for one in settings.objective}


def marks(scores: Floats, share: Floats, beta: float) -> tuple[float, Floats]:
    """The score at which the worst-served share `beta` of residents is reached, and how far each city is below it.

    With these the tier's linear program is worth what `mean_of_worst` says.
    """
    order = np.argsort(scores, kind="stable")
    reached = int(np.searchsorted(np.cumsum(share[order]), beta))
    mark = float(scores[order[min(reached, len(order) - 1)]])
    return mark, np.maximum(mark - scores, 0.0)


def check_stated(ledger: Ledger, raw: Raw, results: Results, scores: Floats, stated: Mapping[str, Any]) -> None:
    """Enter the families that only define what a tier is worth; no result has what they are about.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        results: the decisions.
        scores: of the cities [n].
        stated: some of ``worst``, ``below_worst`` [n], ``least`` and ``production_of_city`` [n], as they stand at a
            point of the model.
    """
    at = raw.by_city
    if "below_worst" in stated:
        below = stated["below_worst"]
        ledger.compare("worst_served", below, ">=", stated["worst"] - scores, at=at)
        ledger.compare("nonnegative", below, ">=", 0.0, at=at, key="below_worst", bounds="below_worst")
    if "production_of_city" in stated:
        production, served = stated["production_of_city"], results.land_for("production")
        ledger.compare("production_of", production, "=", served, at=at)
        ledger.compare("nonnegative", production, ">=", 0.0, at=at, key="production", bounds="production_of_city")
        ledger.compare(
            "nonnegative", production, "<=", raw.city["production_request"], at=at, bounds="production_of_city"
        )
    if "least" in stated:
        ledger.compare("least_served", np.full(len(scores), stated["least"]), "<=", scores, at=at)


def _minimum(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    return float(((results.services["gap"] * _weights(raw)).sum(axis=1) * raw.population_share).sum())


def _fairness(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    return float(scores.min()) if one.method == "leximin" else mean_of_worst(scores, raw.population_share, one.beta)


def _settlement(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    return float(results.settle.sum() + raw.extension_value * results.extend.sum())


def _coverage(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    return float((scores * raw.population_share).sum())


def _production(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    productivity, requested = raw.city["productivity"], raw.city["production_request"]
    served = results.land_for("production")
    if one.method == "levelled":
        return _apart(np.fmin(requested, raw.city["production_standard"]), served)
    asked = float((productivity * requested).sum())
    return float((productivity * served).sum()) / asked if asked > 0 else 0.0


def _closeness(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    """Σ_r Σ_c share·((allocation − benchmark)/benchmark)²; where a benchmark is 0, n·(allocation/Σ benchmark)²."""
    pools = zip(raw.benchmark.T, results.allocation.T, strict=True)
    return float(sum(_apart(benchmark, allocation) for benchmark, allocation in pools))


def _apart(wanted: Floats, reached: Floats) -> float:
    """Weighted squares of relative distances; nothing where nothing is wanted, as of a pool without factors."""
    whole = float(wanted.sum())
    if not whole > 0:
        return 0.0
    some = wanted > 0
    apart = (reached - wanted) ** 2 / np.where(some, wanted, 1.0) / whole
    without = len(wanted) * (reached / whole) ** 2
    return float(np.where(some, apart, without).sum())


def _cost(one: Any, raw: Raw, results: Results, scores: Floats) -> float:
    return float((results.spending + results.running).sum())


VALUES: Mapping[str, Callable[[Any, Raw, Results, Floats], float]] = {
    "minimum": _minimum,
    "fairness": _fairness,
    "settlement": _settlement,
    "coverage": _coverage,
    "production": _production,
    "closeness": _closeness,
    "cost": _cost,
    "programmes": done,
}
"""Tier -> its value; called with the tier's entry in the objective, the instance, the result and the scores."""


def values(formulation: str) -> dict[str, Callable[[Any, Raw, Results, Floats], float]]:
    """Every tier of which the value can be recomputed, as in `VALUES`."""
    return {**VALUES, **levers.tiers(formulation)}


def check_tiers(ledger: Ledger, found: Mapping[str, float], tiers: Sequence[Mapping[str, Any]]) -> None:
    """Compare the tiers that a result states with those recomputed.

    Args:
        ledger: takes the comparisons under ``tiers``.
        found: the recomputed values, in the order of the objective.
        tiers: entries of the manifest with ``tier`` and ``value``; none: nothing is compared.
    """
    ledger.tally("tiers")
    if not tiers:
        return
    ledger.same("tiers", " ".join(str(entry["tier"]) for entry in tiers), " ".join(found), key="order")
    for entry in tiers:
        name = str(entry["tier"])
        if name in found:
            ledger.compare("tiers", float(entry["value"]), "=", found[name], key=name)
