"""One allocation at the optimum of an instance, without whole facilities: the quick solve of searches and mixtures.

The tiers are those of `alloc.solver.solution.solve`. Left out is what a search has no use for: tiers behind the one
that determines the allocation, the tables, the verification, and which rules clash where nothing satisfies them.
"""

from __future__ import annotations

from dataclasses import dataclass

from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance
from alloc.instance.prechecks.all import precheck
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending, WarmStartCache
from alloc.solver.solution import compiled
from alloc.solver.tiers.lexicographic import solve_tiers


@dataclass(frozen=True)
class Optimum:
    """What a city gets.

    Attributes:
        value: before rounding; None where there is no allocation, or none was found.
        finished: whether the solve came to its end, with an allocation or with the proof that there is none.
    """

    value: float | None
    finished: bool


def optimum(instance: Instance, city: str, pool: str, memory: WarmStartCache) -> Optimum:
    """What a city gets of a pool at the optimum; nothing of a pool that is not there.

    Args:
        instance: as it is; facilities need not be whole whatever its settings say.
        city, pool: codes.
        memory: of a solve of nearly the same instance; what is remembered in it reaches whoever holds it.
    """
    derived = derive(instance)
    if any(each.severity == "error" for each in precheck(instance, derived)):
        return Optimum(None, True)
    model = compiled(derived, instance).up_to_determined()
    tolerances: dict[str, float] = {
        each.tier: each.tolerance for each in instance.settings.objective if each.tolerance is not None
    }
    clock = Clock(instance.settings.time_limit)
    with clock.interruptible():
        session = Session(model, clock, memory=memory)
        run = solve_tiers(model, session, tolerances, lambda progress: None, "tiers")
    if run.ending is Ending.INFEASIBLE:
        return Optimum(None, True)
    if run.ending is not Ending.OPTIMAL or run.point is None or clock.interrupted:
        return Optimum(None, False)
    if pool not in derived.pools:
        return Optimum(0.0, True)
    allocation = model.granted_at(run.point)
    return Optimum(float(allocation[derived.cities.index(city), derived.pools.index(pool)]), True)
