"""An instance solved: derived data, pre-checks, matrix, tiers, and a point with an honest status."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, Objective
from alloc.formulation.registry import formulation
from alloc.formulation.restated import OtherShape
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
from alloc.instance.prechecks.all import CONFLICT_CODES, families_of, precheck
from alloc.solver.conflict import families_in_conflict
from alloc.solver.facilities.dual_bounds import dual_bounds, left_out
from alloc.solver.facilities.whole import WholeRun, by_city, joint
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending, WarmStartCache, worst
from alloc.solver.model.status import Note, Progress, Quality, Report, Status, Stopped, TierResult, TierState, gap_size
from alloc.solver.tiers.lexicographic import TiersRun, solve_tiers
from alloc.solver.tiers.worth import stated, tier_value
from alloc.tolerances import PROVEN_GAP

RELAXATION = "relaxation"
RELAXED_SHARE = 0.6  # of the time, where facilities are whole


Order = Callable[[LinearModel], tuple[np.ndarray, np.ndarray]]


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
        floors: tier -> the value from which its tolerance was counted, where facilities are whole.
        relaxation: what the relaxation grants [n, R], where every city chose its facilities by itself.
        decisions, families: names of the variables that decide something, and of the constraint families.
        model: the matrix; None where the rules clash by arithmetic.
    """

    status: Status
    tiers: tuple[TierResult, ...]
    values: Mapping[str, np.ndarray]
    derived: Derived
    findings: tuple[Finding, ...] = ()
    conflict: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    floors: Mapping[str, float] = field(default_factory=dict)
    relaxation: np.ndarray | None = None
    decisions: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    model: LinearModel | None = None


def compiled(derived: Derived, instance: Instance, beside: LinearModel | None = None) -> LinearModel:
    """The matrix of an instance.

    Args:
        derived: of the instance.
        instance: the instance.
        beside: the matrix of another one of the same formulation; this one then has its units, so that the two can be
            compared, and takes over what is the same.
    """
    return compiled_for(derived, instance, instance.settings.objective, beside)


def compiled_for(
    derived: Derived, instance: Instance, objective: Sequence[Any], beside: LinearModel | None = None
) -> LinearModel:
    """The matrix of an instance with other tiers than its own."""
    from alloc.compiler.compile import compile_beside, compile_model, declared  # with Pyomo: a second to load

    build = formulation(instance.formulation)
    if beside is None:
        return compile_model(build(derived, objective))
    try:
        return compile_beside(build(derived, objective, beside.units, declared(beside)), beside)
    except OtherShape:
        return compile_model(build(derived, objective, beside.units))


def solve(
    instance: Instance,
    report: Report = lambda progress: None,
    order: Order | None = None,
    memory: WarmStartCache | None = None,
    bounds: bool = True,
) -> Solution:
    """Solves all tiers of an instance.

    Args:
        instance: checked; its settings say whether and how facilities are whole, and the time limit.
        report: told of every step.
        order: gives rows and columns another order inside the solver of the relaxation (for tests).
        memory: of a solve of nearly the same instance, to start from; it remembers this one afterwards. Tier values,
            facilities and allocations do not depend on it.
        bounds: whether the tiers of whole facilities are bounded, a linear program each (the relaxation's always are).
    """
    settings = instance.settings
    clock = Clock(settings.time_limit)
    started = time.perf_counter()
    derived = derive(instance)
    findings = precheck(instance, derived)
    timings = {"derive": time.perf_counter() - started}
    clashes = [finding for finding in findings if finding.code in CONFLICT_CODES]
    if clashes:
        families = tuple(
            dict.fromkeys(name for finding in clashes for name in families_of(finding, instance.formulation))
        )
        status = Status(Stopped.INFEASIBLE, Quality.NONE)
        return Solution(status, (), {}, derived, findings, families, timings)
    started = time.perf_counter()
    model = compiled(derived, instance)
    timings["build"] = time.perf_counter() - started
    started = time.perf_counter()
    tolerances: dict[str, float] = {
        entry.tier: entry.tolerance for entry in settings.objective if entry.tolerance is not None
    }
    on_progress = _with_preliminary(
        report, model, derived, {entry.tier: entry.method or "" for entry in settings.objective}
    )
    with clock.interruptible():
        solution = _solve(
            _Task(model, instance, derived, findings, clock, tolerances, on_progress), order, memory, bounds
        )
    timings["solve"] = time.perf_counter() - started
    slow = tuple(Note("by_pyomo", detail=f"{name}: {reason}") for name, reason in model.slow_families.items())
    return replace(
        solution, timings=timings, notes=solution.notes + slow, decisions=model.decisions, families=tuple(model.rows),
        model=model,
    )  # fmt: skip


def put_together(instance: Instance, derived: Derived, values: Mapping[str, np.ndarray], parts: int) -> Solution:
    """Decisions that were made elsewhere, as a solution: nothing is solved, and no tier counts as optimised.

    Args:
        instance: that they are a plan of.
        derived: of it.
        values: of every decision over its index, in the units of the instance.
        parts: how many results they come from.

    Raises:
        ArithmeticError: no coverage goes with what is built.
    """
    model = compiled(derived, instance)
    point = model.point(**{name: values[name] for name in model.decisions})
    point = stated(model, np.zeros(point.size), point)  # with what is defined by the decisions
    tolerances = {entry.tier: entry.tolerance for entry in instance.settings.objective}
    tiers = tuple(
        _tier_result(objective, False, tier_value(model, objective, point), None, tolerances.get(name), 0.0)
        for name, objective in model.objectives.items()
    )
    found = {name: model.values(name, point) for name in model.columns}
    return Solution(
        Status(Stopped.MERGED, Quality.FEASIBLE), tiers, found, derived, precheck(instance, derived),
        notes=(Note("merged", parts),), decisions=model.decisions, families=tuple(model.rows), model=model,
    )  # fmt: skip


def _with_preliminary(report: Report, model: LinearModel, derived: Derived, methods: Mapping[str, str]) -> Report:
    def on_progress(progress: Progress) -> None:
        point = progress.point
        progress = replace(progress, method=methods.get(progress.tier, ""))
        if point is not None:
            progress = replace(progress, preliminary=lambda: _preliminary(model, derived, point))
        report(progress)

    return on_progress


def _preliminary(model: LinearModel, derived: Derived, point: np.ndarray) -> pd.DataFrame:
    amounts = np.clip(model.granted_at(point), derived.lower, derived.upper)
    return pd.DataFrame({
        "city": np.repeat(np.array(derived.cities, dtype=object), len(derived.pools)),
        "pool": np.tile(np.array(derived.pools, dtype=object), len(derived.cities)),
        "preliminary": amounts.ravel(),
    })  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Task:
    """What is to be solved."""

    model: LinearModel
    instance: Instance
    derived: Derived
    findings: tuple[Finding, ...]
    clock: Clock
    tolerances: Mapping[str, float]
    report: Report


def _solve(task: _Task, order: Order | None, memory: WarmStartCache | None, bounds: bool) -> Solution:
    model, clock, settings = task.model, task.clock, task.instance.settings
    whole = settings.integers and bool(np.any(model.integer & (model.upper > model.lower)))
    if whole and settings.facilities == "joint":
        found = joint(model, clock, settings.gap, task.tolerances, task.report)
        return _solution(task, found, None, bounds)
    session = Session(model, clock, order=order(model) if order else None, memory=memory)
    with clock.within(RELAXED_SHARE if whole else 1.0):
        relaxed = solve_tiers(model, session, task.tolerances, task.report, RELAXATION)
    if not whole or relaxed.point is None:
        return _solution(task, WholeRun(relaxed, relaxed.ending), relaxed, bounds)
    found = by_city(model, relaxed, clock, task.tolerances, task.report, memory)
    return _solution(task, replace(found, ending=worst(relaxed.ending, found.ending)), None, bounds)


def _solution(task: _Task, found: WholeRun, relaxed: TiersRun | None, bounded: bool) -> Solution:
    """Values, bounds and status of what was found; `relaxed`: where that is the relaxation, whose optima are bounds."""
    model, clock, point = task.model, task.clock, found.tiers.point
    if point is None:
        conflict: tuple[str, ...] = ()
        if found.ending is Ending.INFEASIBLE:
            conflict = families_in_conflict(model, relaxed is None, clock)
        status = Status(_STOPPED[found.ending], Quality.NONE)
        return Solution(status, (), {}, task.derived, task.findings, conflict)
    point = point[: model.lower.size]
    runs = {tier.tier: tier for tier in found.tiers.tiers}
    reached = [name for name in model.objectives if name in runs and runs[name].ending is Ending.OPTIMAL]
    worth = {
        name: objective.value(point)
        if found.tiers.stated and isinstance(objective, LinearObjective)
        else tier_value(model, objective, point)
        for name, objective in model.objectives.items()
    }
    bounds: dict[str, float] = {}
    if relaxed is not None:
        bounds = {tier.tier: tier.bound for tier in relaxed.tiers if tier.bound is not None}
    elif bounded:
        bounds = dual_bounds(model, {name: worth[name] for name in reached}, point, clock, task.report)
        for name, bound in found.bounds.items():
            nearer = min if model.objectives[name].maximise else max
            bounds[name] = nearer(bound, bounds.get(name, bound))
    tiers = tuple(
        _tier_result(objective, name in reached, worth[name], bounds.get(name), task.tolerances.get(name),
                     runs[name].seconds if name in runs else 0.0)
        for name, objective in model.objectives.items()
    )  # fmt: skip
    notes = found.notes
    if relaxed is None and bounded and (unasked := left_out(model)):
        notes = (*notes, *(Note("bound_left", detail=name) for name in unasked if name in reached))
    values = {name: model.values(name, point) for name in model.columns}
    stopped = _STOPPED[Ending.FAILED if found.ending is Ending.INFEASIBLE else found.ending]  # a face it never reached
    status = Status(stopped, quality(model, stopped, tiers, task.instance.settings.gap, relaxed is None))
    granted = None if found.granted is None else model.granted_at(found.granted)
    return Solution(
        status, tiers, values, task.derived, task.findings, notes=notes, floors=found.floors, relaxation=granted
    )


def _tier_result(
    objective: Objective, optimised: bool, value: float, bound: float | None, tolerance: float | None, seconds: float
) -> TierResult:
    size = gap_size(value, objective.scale)
    if bound is not None:
        beyond = (value - bound) * (1 if objective.maximise else -1)
        bound = (
            bound if beyond <= 0 else value if beyond <= PROVEN_GAP * size else None
        )  # what a value beats is no bound
    gap = None if bound is None else abs(value - bound) / size
    return TierResult(objective.name, optimised, value, bound, gap, size, tolerance, seconds)


def quality(model: LinearModel, stopped: Stopped, tiers: Sequence[TierResult], gap: float, whole: bool) -> Quality:
    """How good a point is whose tiers have been bounded.

    Args:
        gap: up to which a tier counts as proven.
        whole: whether facilities are whole; closeness is then closest for these facilities, and has no bound.
    """
    proven = all(
        tier.optimised
        and (
            (tier.open is not None and tier.open <= max(gap, PROVEN_GAP))
            or (whole and isinstance(model.objectives[tier.tier], ClosenessObjective))
        )
        for tier in tiers
    )
    return Quality.OPTIMAL if stopped is Stopped.FINISHED and proven else Quality.FEASIBLE


def bounded(instance: Instance, tiers: Sequence[TierResult], status: Status, allocation: np.ndarray,
            report: Report = lambda progress: None) -> tuple[tuple[TierResult, ...], Status]:  # fmt: skip
    """Bounds for the tiers of a result with whole facilities that was solved without.

    Args:
        allocation: as decided [n, R], in the units of the instance.
    """
    model = compiled(derive(instance), instance)
    point = model.point(**{model.grants.name: allocation})
    clock = Clock(instance.settings.time_limit)
    with clock.interruptible():
        values = {tier.tier: tier.value for tier in tiers if tier.optimised}
        bounds = dual_bounds(model, values, point, clock, report, every=True)
    found = tuple(
        _tier_result(model.objectives[tier.tier], tier.optimised, tier.value, bounds.get(tier.tier), tier.tolerance,
                     tier.seconds)
        for tier in tiers
    )  # fmt: skip
    return found, Status(status.stopped, quality(model, status.stopped, found, instance.settings.gap, True))


_STOPPED = {
    Ending.OPTIMAL: Stopped.FINISHED,
    Ending.INFEASIBLE: Stopped.INFEASIBLE,
    Ending.TIME: Stopped.TIME_LIMIT,
    Ending.INTERRUPTED: Stopped.INTERRUPTED,
    Ending.FAILED: Stopped.FAILED,
}


__all__ = ["Progress", "Solution", "TierState", "solve"]
