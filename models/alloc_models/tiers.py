"""Tiers: what is optimised, one after the other. Held on its optimal face, a tier is never paid for by a later one."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.formulation.declare import ClosenessTier, LinearTier, MaxMinTier, parameter, rows, variable
from alloc.formulation.lever import CITIES, COHORT, COSTS, FACTOR, Family, Lever
from alloc.formulation.tier import Tier
from alloc_models.budget import running, spending
from alloc_models.land import served
from alloc_models.optional.extension import valued
from alloc_models.optional.links import linked

SERVED = ("services.norm", "services.cohort", f"cities.{COHORT}")
SCORED = (*SERVED, "services.weight", "services.minimum", "policy.score")


def declare(m: Any, data: Any) -> None:
    """Shares of residents and weights, and what a share of coverage is worth."""
    parameter(m, "population_share", data.population_share, m.cities)
    parameter(m, "weight_share", data.weight / data.weight.sum(), m.services)
    parameter(m, "score_slope", data.score_slopes, m.services, m.segments)


def score(m: Any, c: Any) -> Any:
    """Σ_s weight·v[s](coverage[c,s]) / Σ_s weight, v concave: segments fill from the steepest on."""
    return sum(m.weight_share[s] * m.score_slope[s, k] * m.coverage[c, s, k] for s in m.services for k in m.segments)


def _minimum(m: Any, data: Any, one: Any) -> LinearTier:
    return LinearTier(minimum, maximise=False, integer=True, essential=True)


def minimum(m: Any) -> Any:
    """Mean shortfall below the national minimum, by resident and service: Σ_c p·Σ_s weight·gap / Σ_s weight."""
    return sum(m.population_share[c] * m.weight_share[s] * m.gap[c, s] for c in m.cities for s in m.services)


def _fairness(m: Any, data: Any, one: Any) -> LinearTier | MaxMinTier:
    if one.method == "leximin":
        variable(m, "least", unit="share", lower=-np.inf, auxiliary=True)
        rows(m, "least_served")
        return MaxMinTier("least", "least_served")
    parameter(m, "worst_share", one.beta)
    variable(m, "worst", unit="share", lower=-np.inf, auxiliary=True)
    variable(m, "below_worst", m.cities, unit="share", auxiliary=True)
    rows(m, "worst_served")
    return LinearTier(fairness, maximise=True, integer=True, essential=True)


def worst_served(m: Any, c: Any) -> Any:
    """How far a city's score is below the mark of the worst-served: below_worst ≥ worst − score."""
    return m.below_worst[c] >= m.worst - score(m, c)


def fairness(m: Any) -> Any:
    """Mean score of the worst-served share β of residents: worst − (1/β) Σ_c p·below_worst."""
    return m.worst - sum(m.population_share[c] * m.below_worst[c] for c in m.cities) / m.worst_share


def least_served(m: Any, c: Any) -> Any:
    """No city that is not held yet is served worse than the least: least ≤ score."""
    return m.least <= score(m, c)


def _settlement(m: Any, data: Any, one: Any) -> LinearTier:
    scale = max(float(np.sum(data.settle_limit)), 1.0)
    return LinearTier(settlement, maximise=True, integer=True, essential=True, scale=scale)


def settlement(m: Any) -> Any:
    """Persons who settle, and part of those to whom services are extended: Σ_c (settle + extension_value · extend)."""
    return sum(m.settle[c] for c in m.cities) + valued(m)


def _coverage(m: Any, data: Any, one: Any) -> LinearTier:
    return LinearTier(coverage, maximise=True, integer=True)


def coverage(m: Any) -> Any:
    """Mean score of all residents: Σ_c p·score."""
    return sum(m.population_share[c] * score(m, c) for c in m.cities)


def _production(m: Any, data: Any, one: Any) -> LinearTier | ClosenessTier:
    if one.method == "levelled":
        return _levelled(m, data)
    worth = float(np.sum(data.productivity * data.production_request))
    parameter(m, "productivity_share", data.productivity / worth if worth > 0 else 0.0 * data.productivity, m.cities)
    return LinearTier(production, maximise=True)


def production(m: Any) -> Any:
    """Share of the production land asked for that is served, weighted by productivity."""
    return sum(m.productivity_share[c] * served(m, c, "production") for c in m.cities)


def _levelled(m: Any, data: Any) -> ClosenessTier:
    """How unevenly requests for production land are served: Σ_c B/ΣB·(1 − P/B)², B what counts of a request.

    Where B is 0 the term is n·(P/ΣB)². Where nothing is asked for there is nothing to level.
    """
    variable(m, "production_of_city", m.cities, unit="ha", upper=data.production_request, auxiliary=True)
    rows(m, "production_of")
    wanted = np.asarray(data.production_wanted, dtype=float)
    return _squares("production_of_city", np.where(wanted.sum() > 0, wanted, np.nan))


def production_of(m: Any, c: Any) -> Any:
    """The production land of a city: production_of_city = land_use + reuse + renewed."""
    return m.production_of_city[c] == served(m, c, "production")


def _closeness(m: Any, data: Any, one: Any) -> ClosenessTier:
    """Distance from the formula: Σ_r Σ_c share·u², u = (allocation − benchmark)/benchmark.

    Where a benchmark is 0 the term is n·(allocation/Σ_c benchmark)². A pool with nothing in it is close as it is.
    """
    return _squares("allocation", np.where(np.sum(data.benchmark, axis=0) > 0, data.benchmark, np.nan))


def _squares(variable: str, centre: np.ndarray) -> ClosenessTier:
    """Σ centre/Σ_c centre·((x − centre)/centre)², sums over cities; where a centre is 0, n·(x/Σ_c centre)²."""
    total, number = np.sum(centre, axis=0), centre.shape[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(centre > 0, 1.0 / (centre * total), number / total**2)
    unit = np.where(centre > 0, centre, total / number)
    return ClosenessTier(variable, centre, weight, np.where(np.isfinite(unit), unit, 0.0))


def _cost(m: Any, data: Any, one: Any) -> LinearTier:
    breakers = (facilities, linked) if data.links else (facilities,)
    return LinearTier(cost, maximise=False, scale=max(float(np.sum(data.reference)), 1.0), tie_breakers=breakers)


def cost(m: Any) -> Any:
    """Capital spending and a year's running cost: Σ_c (spending + running)."""
    return sum(spending(m, c) + running(m, c) for c in m.cities)


def facilities(m: Any) -> Any:
    """How many facilities are built: Σ build."""
    return sum(m.build[c, s] for c in m.cities for s in m.services)


def _residents(cities: Any, entry: Any) -> float:
    """A mean over residents counts them all."""
    return float(cities["residents"].sum())


def _worst(cities: Any, entry: Any) -> float:
    """The mean of the worst-served share counts that share of residents; the least score goes by millionths."""
    return 1e6 if entry.method == "leximin" else _residents(cities, entry) * (entry.beta or 1.0)


def _one(cities: Any, entry: Any) -> float:
    """An index counts by itself."""
    return 1.0


def _asked(cities: Any, entry: Any) -> float:
    """A share of the land asked for counts all of that."""
    return float(cities["production_request"].sum())


LEVELLED = {  # the tier of production as a sum of squares
    "quadratic": True, "tolerates": False, "after": ("closeness",), "loss": "number", "counts": _one,
    "yardstick": (CITIES, "cities.production_request", "cities.production_standard", "objective.method"),
}  # fmt: skip
LEVER = Lever(
    "tiers",
    __name__,
    declare,
    families=(
        Family("worst_served", ("cities",), worst_served, states=True, defines=True, brought=True),
        Family("production_of", ("cities",), production_of, states=True, defines=True, brought=True),
        Family("least_served", ("cities",), least_served, states=True, defines=True, brought=True),
    ),
    tiers=(
        Tier("minimum", _minimum, (CITIES, *SERVED, "services.weight", "services.minimum", "cities.residents"),
             loss="score", counts=_residents, eases=True),
        Tier("fairness", _fairness, (CITIES, *SCORED, "cities.residents", "objective.method", "objective.beta"),
             loss="score", counts=_worst, methods=("cvar", "leximin"), stepwise=("leximin",), eases=True),
        Tier("settlement", _settlement, (CITIES, "policy.settlement.extension_value"), loss="persons"),
        Tier("coverage", _coverage, (CITIES, *SCORED, "cities.residents"), loss="score", counts=_residents),
        Tier("production", _production,
             (CITIES, "cities.productivity", "cities.production_request", "objective.method"), loss="share",
             counts=_asked, methods=("levelled",), plain=True, ways={"levelled": LEVELLED}, spends=True),
        Tier("closeness", _closeness, (CITIES, "factors.weight", FACTOR), loss="number", quadratic=True,
             tolerates=False),
        Tier("cost", _cost, (CITIES, COSTS),
             loss="money", tolerates=False, after=("closeness",)),
    ),
)  # fmt: skip
