"""The first pass with whole facilities: the tiers that need them as mixed-integer programs, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.highs import Session
from alloc.solver.hold import scaled
from alloc.solver.runs import Clock, Ending, Memory
from alloc.solver.status import Progress, TierState
from alloc.solver.tiers import Report, TierRun

STAGE = "whole facilities"
SLACK = 1e-6  # of a tier's natural size: what a later integer tier may lose of an earlier one
SECOND_PASS = 0.25  # share of the time that is kept for solving all tiers again with facilities fixed


@dataclass(frozen=True)
class WholePass:
    """What the first pass reached.

    Attributes:
        point: the last incumbent, None where none was found.
        tiers: the tiers in order; `optimum` is the incumbent's value.
        ending: of the run that ended worst: `INFEASIBLE` only where no point was found and none exists.
        facilities: tier -> whole columns where it ended; empty where all ended with those of `point`.
    """

    point: np.ndarray | None
    tiers: tuple[TierRun, ...]
    ending: Ending
    facilities: Mapping[str, np.ndarray] = field(default_factory=dict)


def whole_pass(
    model: LinearModel,
    clock: Clock,
    gap: float,
    tolerances: Mapping[str, float],
    report: Report,
    memory: Memory | None = None,
) -> WholePass:
    """Solves the tiers that need whole facilities to the gap, sharing the time that is left.

    `memory` may hold facilities of an earlier solve: the first search starts from them.
    """
    session = Session(model, clock, whole=True)
    objectives = [one for one in model.objectives.values() if isinstance(one, LinearObjective) and one.whole]
    point: np.ndarray | None = None
    done: list[TierRun] = []
    ending = Ending.OPTIMAL
    columns = np.flatnonzero(model.integer)
    ended: dict[str, np.ndarray] = {}
    known = memory.facilities.get(objectives[0].name) if memory is not None and objectives else None
    if known is not None and known.size == columns.size:
        session.start_from(columns, np.clip(known, model.lower[columns], model.upper[columns]))
    if not objectives:  # no tier asks for whole facilities, but the point has to have them
        session.costs(np.zeros(session.columns))
        run = session.run(time_limit=(1 - SECOND_PASS) * clock.left)
        return WholePass(None if run.point is None else _whole(model, run.point), (), run.ending)
    for position, objective in enumerate(objectives):
        costs, factor = scaled(objective.costs)
        session.costs(costs, objective.constant * factor)
        session.on_incumbent = _reporter(report, clock, objective, factor)
        if point is not None:
            session.start_from(*facilities(model, point))
        share = (clock.left - SECOND_PASS * clock.limit) / (len(objectives) - position)
        run = session.run(
            time_limit=max(share, 0.1),
            mip_rel_gap=gap,
            mip_abs_gap=max(SLACK * objective.natural * factor, 1e-9),
        )
        if run.point is None:
            if point is None:
                return WholePass(None, tuple(done), run.ending)
            ending = run.ending  # the last incumbent stands; it is feasible here too
            done.append(TierRun(objective.name, objective.value(point), None, run.seconds, run.ending))
            break
        point = _whole(model, run.point)
        ended[objective.name] = point[columns]
        sign = -1.0 if objective.maximise else 1.0
        optimum = objective.value(point)
        bound = sign * run.bound / factor if np.isfinite(run.bound) else None
        done.append(TierRun(objective.name, optimum, bound, run.seconds, run.ending))
        report(Progress(STAGE, objective.name, clock.spent, optimum, bound, TierState.DONE, objective.natural, point))
        if run.ending is not Ending.OPTIMAL:
            ending = run.ending
        if run.ending is Ending.INTERRUPTED:
            break
        loss = max(tolerances.get(objective.name, 0.0), SLACK * objective.natural)
        session.add_row(-np.inf, (sign * optimum - objective.constant + loss) * factor, costs)
    return WholePass(point, tuple(done), ending, facilities=ended)


def facilities(model: LinearModel, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole columns and their values at a point, to be fixed."""
    columns = np.flatnonzero(model.integer)
    return columns, np.round(point[columns])


def _whole(model: LinearModel, point: np.ndarray) -> np.ndarray:
    point = point.copy()
    point[model.integer] = np.round(point[model.integer])
    return point


def _reporter(report: Report, clock: Clock, objective: LinearObjective, factor: float):  # type: ignore[no-untyped-def]
    sign = -1.0 if objective.maximise else 1.0
    last = [0.0]

    def tell(best: float, bound: float) -> None:
        if clock.spent - last[0] < 0.2:
            return
        last[0] = clock.spent
        value, proven = (sign * each / factor if abs(each) < 1e30 else None for each in (best, bound))
        report(Progress(STAGE, objective.name, clock.spent, value, proven, TierState.BETTER, objective.natural))

    return tell
