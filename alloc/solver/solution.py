"""An instance solved: derived data, pre-checks, matrix, tiers, and a point with an honest status."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from alloc.compiler.compile import compile_model
from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.formulations import formulation
from alloc.instance.derived import Derived, derive
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
from alloc.instance.prechecks import CONFLICT_CODES, families_of, precheck
from alloc.solver.conflict import families_in_conflict
from alloc.solver.highs import Session
from alloc.solver.integers import SECOND_PASS, WholePass, facilities, whole_pass
from alloc.solver.kept import kept_pass
from alloc.solver.priced import MANY, priced_pass
from alloc.solver.runs import Clock, Ending, Memory
from alloc.solver.status import Progress, Quality, Status, Stopped, TierResult, TierState, gap_size
from alloc.solver.tiers import Report, TierRun, TiersRun, solve_tiers
from alloc.solver.worth import tier_value

PROVEN = 1e-5  # a gap that arithmetic alone leaves
KEPT = "facilities of the solve before the edit, proven within the gap"
PRICED = "facilities chosen at the prices of what cities share: the search found no whole point in the time"
SEARCHED = "facilities searched for: those chosen at the prices of what cities share do not fit together"


@dataclass(frozen=True, eq=False)
class Solution:
    """What a solve gives.

    Attributes:
        status: why it stopped and how good the point is.
        tiers: what each tier reached, in order; empty where there is no point.
        values: variable -> array over its index, in the units of the instance; empty where there is no point.
        derived: what the model was built from.
        findings: warnings and, where the rules clash by arithmetic, the clashes.
        conflict: constraint families that clash, where no point satisfies the rules.
        timings: seconds of each stage.
        notes: what a reader must know of how the point was found.
    """

    status: Status
    tiers: tuple[TierResult, ...]
    values: Mapping[str, np.ndarray]
    derived: Derived
    findings: tuple[Finding, ...] = ()
    conflict: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def compiled(derived: Derived, instance: Instance, name: str = "annual") -> LinearModel:
    """The matrix of an instance."""
    return compile_model(formulation(name)(derived, instance.settings.objective))


def solve(
    instance: Instance,
    report: Report = lambda progress: None,
    order: Callable[[LinearModel], tuple[np.ndarray, np.ndarray]] | None = None,
    memory: Memory | None = None,
) -> Solution:
    """Solves all tiers of an instance.

    Args:
        instance: checked; its settings say whether facilities are whole, the gap and the time limit.
        report: told of every step.
        order: gives rows and columns another order inside the solver of the last pass (for tests).
        memory: of a solve of nearly the same instance, to start from; it remembers this one afterwards. Tier values
            and allocations do not depend on it.
    """
    settings = instance.settings
    clock = Clock(settings.time_limit)
    started = time.perf_counter()
    derived = derive(instance)
    findings = precheck(instance, derived)
    timings = {"derive": time.perf_counter() - started}
    clashes = [each for each in findings if each.code in CONFLICT_CODES]
    if clashes:
        families = tuple(dict.fromkeys(name for each in clashes for name in families_of(each)))
        status = Status(Stopped.INFEASIBLE, Quality.NONE)
        return Solution(status, (), {}, derived, findings, families, timings)
    started = time.perf_counter()
    model = compiled(derived, instance)
    timings["build"] = time.perf_counter() - started
    started = time.perf_counter()
    tolerances: dict[str, float] = {
        each.tier: each.tolerance for each in settings.objective if each.tolerance is not None
    }
    tell = _with_preliminary(report, model, derived)
    with clock.interruptible():
        solution = _solve(
            model, derived, findings, settings.integers, settings.gap, clock, tolerances, tell, order, memory
        )
    timings["solve"] = time.perf_counter() - started
    slow = tuple(f"{name} compiled by Pyomo: {reason}" for name, reason in model.slow_families.items())
    return Solution(
        solution.status,
        solution.tiers,
        solution.values,
        derived,
        findings,
        solution.conflict,
        timings,
        solution.notes + slow,
    )


def _with_preliminary(report: Report, model: LinearModel, derived: Derived) -> Report:
    def tell(progress: Progress) -> None:
        point = progress.point
        if point is not None:
            progress = replace(progress, preliminary=lambda: _preliminary(model, derived, point))
        report(progress)

    return tell


def _preliminary(model: LinearModel, derived: Derived, point: np.ndarray) -> pd.DataFrame:
    amounts = np.clip(model.values("allocation", point), derived.lower, derived.upper)
    return pd.DataFrame({
        "city": np.repeat(np.array(derived.cities, dtype=object), len(derived.pools)),
        "pool": np.tile(np.array(derived.pools, dtype=object), len(derived.cities)),
        "preliminary": amounts.ravel(),
    })  # fmt: skip


def _solve(
    model: LinearModel,
    derived: Derived,
    findings: tuple[Finding, ...],
    integers: bool,
    gap: float,
    clock: Clock,
    tolerances: Mapping[str, float],
    report: Report,
    order: Callable[[LinearModel], tuple[np.ndarray, np.ndarray]] | None,
    memory: Memory | None,
) -> Solution:
    first: WholePass | None = None
    notes: tuple[str, ...] = ()
    if integers and bool(np.any(model.integer & (model.upper > model.lower))):
        many = int(np.count_nonzero(model.integer & (model.upper > model.lower))) > MANY
        first = None if memory is None else kept_pass(model, clock, gap, tolerances, report, memory)
        notes = () if first is None else (KEPT,)
        searched = partial(whole_pass, memory=memory)
        way, other = (priced_pass, searched) if many else (searched, priced_pass)
        first = first or way(model, clock, gap, tolerances, report)
        if first.point is None and first.ending is Ending.TIME:
            # The other way has the time that the second pass would have had.
            first = other(model, Clock(clock.limit), gap, tolerances, report)
            notes = (SEARCHED if many else PRICED,)
            clock.limit = max(clock.limit, clock.spent + SECOND_PASS * clock.limit)
        if first.point is None:
            return _without_point(model, derived, findings, first.ending, True, clock)
    fixed = floors = None
    if first is not None and first.point is not None:
        fixed = facilities(model, first.point)
        if memory is not None:
            memory.facilities = first.facilities or {each.tier: fixed[1] for each in first.tiers}
        floors = {each.tier: each.optimum for each in first.tiers if each.optimum is not None}
    session = Session(model, clock, order=order(model) if order else None, memory=memory)
    second = solve_tiers(model, session, tolerances, report, "all tiers", floors, fixed)
    point = second.point if second.point is not None else (first.point if first else None)
    if point is None:
        return _without_point(model, derived, findings, second.ending, False, clock)
    tiers = _tier_results(model, first, second, point, tolerances)
    status = _status(first, second, tiers, gap)
    values = {name: model.values(name, point) for name in model.columns}
    return Solution(status, tiers, values, derived, findings, notes=notes)


def _without_point(
    model: LinearModel, derived: Derived, findings: tuple[Finding, ...], ending: Ending, whole: bool, clock: Clock
) -> Solution:
    stopped = _STOPPED[ending]
    conflict: tuple[str, ...] = ()
    if ending is Ending.INFEASIBLE:
        conflict = families_in_conflict(model, whole, Clock(clock.limit))
    return Solution(Status(stopped, Quality.NONE), (), {}, derived, findings, conflict)


_STOPPED = {
    Ending.OPTIMAL: Stopped.FINISHED,
    Ending.INFEASIBLE: Stopped.INFEASIBLE,
    Ending.TIME: Stopped.TIME_LIMIT,
    Ending.INTERRUPTED: Stopped.INTERRUPTED,
    Ending.FAILED: Stopped.FAILED,
}


def _status(first: WholePass | None, second: TiersRun, tiers: tuple[TierResult, ...], gap: float) -> Status:
    endings = [second.ending] + ([first.ending] if first is not None else [])
    worst = next((each for each in endings if each is not Ending.OPTIMAL), Ending.OPTIMAL)
    proven = all(each.gap is not None and each.gap <= max(gap, PROVEN) for each in tiers)
    return Status(_STOPPED[worst], Quality.OPTIMAL if worst is Ending.OPTIMAL and proven else Quality.FEASIBLE)


def _tier_results(
    model: LinearModel,
    first: WholePass | None,
    second: TiersRun,
    point: np.ndarray,
    tolerances: Mapping[str, float],
) -> tuple[TierResult, ...]:
    whole: dict[str, TierRun] = {each.tier: each for each in first.tiers} if first else {}
    linear: dict[str, TierRun] = {each.tier: each for each in second.tiers}
    results = []
    for name, objective in model.objectives.items():
        if second.stated and isinstance(objective, LinearObjective):
            value = objective.value(point)
        else:
            value = tier_value(model, objective, point)
        run = whole.get(name) or linear.get(name)
        optimum = run.optimum if run else None
        bound = run.bound if run else None
        size = None if optimum is None else gap_size(optimum, objective.natural)
        gap = None if optimum is None or bound is None else abs(optimum - bound) / gap_size(optimum, objective.natural)
        seconds = sum(each[name].seconds for each in (whole, linear) if name in each)
        results.append(TierResult(name, optimum, value, bound, gap, size, tolerances.get(name), seconds))
    return tuple(results)


__all__ = ["Progress", "Solution", "TierState", "solve"]
