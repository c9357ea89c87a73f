"""Whole facilities by one search over the country, a mixed-integer program a tier; on demand alone.

Within the gap the search takes what it finds first, so other names, another order of rows or more time give other
facilities: what it finds is not determined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import scaled
from alloc.solver.model.runs import Clock, Ending
from alloc.solver.model.status import Progress, Report, TierState
from alloc.tolerances import ROUNDOFF, TIER_SLACK

STAGE = "joint search"


@dataclass(frozen=True)
class Search:
    """What the search reached.

    Attributes:
        point: the last incumbent, None where none was found.
        values, bounds: tier -> value of the incumbent, and what no point can better, in its own unit.
        ending: of the run that ended worst: `INFEASIBLE` only where no point was found and none exists.
    """

    point: np.ndarray | None
    values: Mapping[str, float]
    bounds: Mapping[str, float]
    ending: Ending


def search(model: LinearModel, clock: Clock, gap: float, tolerances: Mapping[str, float], report: Report) -> Search:
    """Solves the tiers that need whole facilities to the gap, sharing the time that is left among them."""
    session = Session(model, clock, whole=True)
    objectives = [one for one in model.objectives.values() if isinstance(one, LinearObjective) and one.integer]
    point: np.ndarray | None = None
    values: dict[str, float] = {}
    bounds: dict[str, float] = {}
    ending = Ending.OPTIMAL
    if not objectives:  # no tier asks for whole facilities, but the point has to have them
        session.costs(np.zeros(session.columns))
        run = session.run()
        return Search(None if run.point is None else _rounded(model, run.point), {}, {}, run.ending)
    for position, objective in enumerate(objectives):
        costs, factor = scaled(objective.costs)
        sign = -1.0 if objective.maximise else 1.0
        session.costs(costs, objective.constant * factor)
        session.on_incumbent = _reporter(report, clock, objective, factor)
        if point is not None:
            columns = np.flatnonzero(model.integer)
            session.start_from(columns, point[columns])
        run = session.run(
            time_limit=max(clock.left / (len(objectives) - position), 0.1),
            mip_rel_gap=gap,
            mip_abs_gap=max(TIER_SLACK * objective.scale * factor, ROUNDOFF),
        )
        if run.point is None:
            ending = run.ending if point is None or run.ending is not Ending.INFEASIBLE else Ending.FAILED
            break  # the last incumbent, if there is one, stands: it is feasible here too
        point = _rounded(model, run.point)
        values[objective.name] = value = objective.value(point)
        if np.isfinite(run.bound):
            bounds[objective.name] = sign * run.bound / factor
        done = TierState.DONE, objective.scale, point
        report(Progress(STAGE, objective.name, clock.spent, value, bounds.get(objective.name), *done))
        if run.ending is not Ending.OPTIMAL:
            ending = run.ending
        if run.ending is Ending.INTERRUPTED:
            break
        loss = max(tolerances.get(objective.name, 0.0), TIER_SLACK * objective.scale)
        session.add_row(-np.inf, (sign * value - objective.constant + loss) * factor, costs)
    return Search(point, values, bounds, ending)


def _rounded(model: LinearModel, point: np.ndarray) -> np.ndarray:
    return np.where(model.integer, np.round(point), point)


def _reporter(
    report: Report, clock: Clock, objective: LinearObjective, factor: float
) -> Callable[[float, float], None]:
    sign = -1.0 if objective.maximise else 1.0
    last = [0.0]

    def on_progress(best: float, bound: float) -> None:
        if clock.spent - last[0] < 0.2:
            return
        last[0] = clock.spent
        value, proven = (sign * amount / factor if abs(amount) < 1e30 else None for amount in (best, bound))
        report(Progress(STAGE, objective.name, clock.spent, value, proven, TierState.BETTER, objective.scale))

    return on_progress
