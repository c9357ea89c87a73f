"""The most that a city can get of a pool by the rules alone, whatever the tiers lose, and the rules that stop it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.instance import Instance
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.tolerances import AT_BOUND, ZERO_DUAL

FEW = 4  # rules that are named, those that hold most first


@dataclass(frozen=True)
class Most:
    """What was found.

    Attributes:
        value: before rounding, in the unit of the pool.
        rule: the rule of the city's own bound, a key of ``catalogue().rules``, where that stops it; else "".
        families: the constraint families that stop it, where the bound does not, at most `FEW`.
    """

    value: float
    rule: str
    families: tuple[str, ...]


def most_of(instance: Instance, derived: Derived, model: LinearModel, city: str, pool: str) -> Most | None:
    """The most that a city can get, without whole facilities; None where no solve came to its end.

    Args:
        instance: whose rules hold.
        derived: of it.
        model: compiled from both.
        city, pool: codes.
    """
    row, column = derived.cities.index(city), derived.pools.index(pool)
    block = model.grants
    place = block.start + row * block.shape[1] + column
    costs = np.zeros(model.matrix.shape[1])
    costs[place] = -1.0
    clock = Clock(instance.settings.time_limit)
    with clock.interruptible():
        session = Session(model, clock)
        session.costs(costs)
        run = session.run(cold=True)
    if run.ending is not Ending.OPTIMAL or run.point is None or clock.interrupted:
        return None
    value = float(model.granted_at(run.point)[row, column])
    upper = float(derived.upper[row, column])
    if value >= upper - AT_BOUND * max(1.0, upper):
        return Most(value, str(derived.upper_rule[row, column]), ())
    known = catalogue(instance.formulation).families
    weights = np.abs(run.duals) * abs(model.matrix).max(axis=1).toarray().ravel()
    held = {
        name: float(weights[rows.slice].max(initial=0.0))
        for name, rows in model.rows.items()
        if known[name].restrains or known[name].always
    }
    holding = sorted((name for name, weight in held.items() if weight > ZERO_DUAL), key=lambda name: -held[name])
    return Most(value, "", tuple(holding[:FEW]))
