"""Tiers one after the other: each is optimised on the optimal face of those before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, MaxMinObjective
from alloc.solver.model.highs import STRANDED, Session
from alloc.solver.model.hold import LARGEST, Bounds, scaled
from alloc.solver.model.runs import Ending, Run
from alloc.solver.model.status import Progress, Report, TierState
from alloc.solver.tiers.closeness import Closeness, solve_closeness
from alloc.tolerances import ZERO_DUAL


@dataclass(frozen=True)
class TierRun:
    """What one tier reached: optimum and proven bound in its own unit, seconds, and how its last run ended."""

    tier: str
    optimum: float | None
    bound: float | None
    seconds: float
    ending: Ending


@dataclass(frozen=True)
class TiersRun:
    """What all tiers reached: the last feasible point (None: there is none) and the tiers in order.

    `stated` tells that the columns that state the tiers are at their best at the point.
    """

    point: np.ndarray | None
    tiers: tuple[TierRun, ...]
    bounds: Bounds
    stated: bool = False

    @property
    def ending(self) -> Ending:
        """How the last tier that was tried ended."""
        return self.tiers[-1].ending if self.tiers else Ending.OPTIMAL


def solve_tiers(
    model: LinearModel,
    session: Session,
    tolerances: Mapping[str, float],
    report: Report,
    stage: str,
    floors: Mapping[str, float] | None = None,
    fixed: tuple[np.ndarray, np.ndarray] | None = None,
) -> TiersRun:
    """Solves every tier as a linear program, each held for the later ones.

    Args:
        model: as the session holds it.
        tolerances: tier -> what later tiers may take of it, absolute, in its own unit; others are held exactly.
        floors: tier -> value from which a tier's tolerance is taken, whatever it reaches here.
        fixed: columns and values that are fixed before the first tier (facilities).
        stage: named in reports.
    """
    clock = session.clock
    bounds = Bounds(model)
    if fixed is not None:
        bounds.fix(session, *fixed)
    point: np.ndarray | None = None
    stated = False
    done: list[TierRun] = []
    objectives = list(model.objectives.items())
    for position, (name, objective) in enumerate(objectives):
        report(Progress(stage, name, clock.spent))
        started = clock.spent
        optimum: float | None = None
        bound: float | None = None
        if isinstance(objective, LinearObjective):
            run, optimum = _linear(session, objective, bounds, tolerances.get(name), (floors or {}).get(name), point)
            ending, found = run.ending, run.point
        elif isinstance(objective, MaxMinObjective):
            run, optimum = solve_leximin(session, objective, bounds, point)
            ending, found = run.ending, run.point
        else:
            close = _closeness(session, objective, bounds, point, report, stage)
            ending, found, optimum, bound = close.ending, close.point, close.value, close.bound
            following = objectives[position + 1][1] if position + 1 < len(objectives) else None
            if found is not None and (following is None or isinstance(following, MaxMinObjective)):
                # Else a later tier's run confirms the point.
                session.costs(np.zeros(session.columns))
                run = session.solve_on_optimal_face(f"{name}, held", bounds, found)
                ending, found = run.ending, run.point
        done.append(TierRun(name, optimum, optimum if bound is None else bound, clock.spent - started, ending))
        if ending is not Ending.OPTIMAL:
            break
        point = found
        proven = optimum if bound is None else bound
        done_here = TierState.DONE, objective.scale, point
        report(Progress(stage, name, clock.spent, optimum, proven, *done_here))
    else:
        point, stated = _restore_slack(model, session, tolerances, bounds, point)
    return TiersRun(point, tuple(done), bounds, stated)


def _restore_slack(
    model: LinearModel, session: Session, tolerances: Mapping[str, float], bounds: Bounds, point: np.ndarray | None
) -> tuple[np.ndarray | None, bool]:
    """What no later tier needed of a tolerance goes back to the tier that gave it; and whether all of it did."""
    for name in tolerances:
        objective = model.objectives[name]
        if isinstance(objective, LinearObjective):
            session.costs(scaled(objective.costs)[0])
            run = session.solve_on_optimal_face(f"{name}, taken back", bounds, point)
            if run.ending is not Ending.OPTIMAL:
                return point, False
            bounds.hold(session, run)
            point = run.point
    return point, True


def _linear(
    session: Session,
    objective: LinearObjective,
    bounds: Bounds,
    tolerance: float | None,
    floor: float | None,
    point: np.ndarray | None,
) -> tuple[Run, float | None]:
    costs, factor = scaled(objective.costs)
    session.costs(costs)
    run = session.solve_on_optimal_face(objective.name, bounds, point)
    if run.ending is not Ending.OPTIMAL or run.point is None:
        return run, None
    optimum = objective.value(run.point)
    if tolerance is None:
        bounds.hold(session, run)
    else:
        sign = -1.0 if objective.maximise else 1.0
        # Never below what is reached here: the first pass may have had a little more of an earlier tier to spend.
        most = sign * optimum + tolerance if floor is None else max(sign * floor + tolerance, sign * optimum)
        bounds.limit(session, costs, (most - objective.constant) * factor)
    for place, breaker in enumerate(objective.tie_breakers if tolerance is None else ()):
        session.costs(scaled(breaker)[0])
        name = f"{objective.name}, ties" + (f" {place + 1}" if place else "")
        further = session.solve_on_optimal_face(name, bounds, run.point)
        if further.ending is not Ending.OPTIMAL or further.point is None:
            return further, None  # the tier is not done: which of its optima is taken is open
        bounds.hold(session, further)
        run = further
    return run, optimum


def _closeness(
    session: Session,
    objective: ClosenessObjective,
    bounds: Bounds,
    point: np.ndarray | None,
    report: Report,
    stage: str,
) -> Closeness:
    start = np.clip(np.zeros(session.columns), bounds.lower, bounds.upper) if point is None else point
    clock = session.clock
    return solve_closeness(
        session,
        objective,
        bounds,
        start,
        lambda value: report(Progress(stage, objective.name, clock.spent, value, state=TierState.BETTER)),
    )


def solve_leximin(
    session: Session, objective: MaxMinObjective, bounds: Bounds, point: np.ndarray | None = None
) -> tuple[Run, float]:
    """Lexicographic max-min: raises the least, holds those who are blocked, and repeats until nobody is free.

    Afterwards every row of the tier is held at the level at which it was blocked, and the level stands at the first.
    A row bounds the level by one score; where it carries a dual, that score cannot rise without another falling.
    The face of each round is held exactly, and a blocked row goes on without the level.

    Args:
        session: holds the model with all earlier tiers held.
        objective: the level and its rows.
        bounds: as they stand.
        point: one that satisfies them, if one is known.

    Returns:
        The last run and the first level (the least score).
    """
    costs = np.zeros(session.columns)
    costs[objective.level] = -LARGEST
    session.costs(costs)
    free = np.ones(objective.rows.size, dtype=bool)
    first = np.nan
    while True:
        run = session.run()
        if run.ending in STRANDED and point is not None:
            run = session.freed(bounds, point)
        if run.ending is not Ending.OPTIMAL or run.point is None:
            return run, first
        point = run.point
        level = float(run.point[objective.level])
        first = level if np.isnan(first) else first
        blocked = free & (np.abs(run.duals[objective.rows]) > ZERO_DUAL)
        bounds.hold(session, run)
        bounds.take_out(session, objective.rows[blocked], objective.level, level)
        free &= ~blocked
        if not (blocked.any() and free.any()):  # nobody is left to raise
            session.costs(np.zeros(session.columns))
            bounds.fix(session, np.array([objective.level]), np.array([first]))
            last = session.run()
            return session.freed(bounds, point) if last.ending in STRANDED else last, first
