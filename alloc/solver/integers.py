"""The first pass with whole facilities: the tiers that need them as mixed-integer programs, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.highs import Session
from alloc.solver.hold import scaled
from alloc.solver.near import MANY, Near
from alloc.solver.runs import Clock, Ending, Memory
from alloc.solver.status import Progress, TierState, gap_size
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
        levels: tier -> value at which it is held for the later ones, if that is not the best with these facilities.
        eased: the share of the gap that later tiers could take of earlier ones.
    """

    point: np.ndarray | None
    tiers: tuple[TierRun, ...]
    ending: Ending
    facilities: Mapping[str, np.ndarray] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)
    eased: float = 0.0


def whole_pass(
    model: LinearModel,
    clock: Clock,
    gap: float,
    tolerances: Mapping[str, float],
    report: Report,
    memory: Memory | None = None,
) -> WholePass:
    """Solves the tiers that need whole facilities to the gap, sharing the time that is left.

    Where facilities are many they are looked for beside the relaxation first. `memory` may hold facilities of an
    earlier solve: the first search among all of them starts from these.
    """
    session = Session(model, clock, whole=True)
    objectives = [one for one in model.objectives.values() if isinstance(one, LinearObjective) and one.whole]
    point: np.ndarray | None = None
    done: list[TierRun] = []
    ending = Ending.OPTIMAL
    columns = np.flatnonzero(model.integer)
    ended: dict[str, np.ndarray] = {}
    start = memory.facilities.get(objectives[0].name) if memory is not None and objectives else None
    if start is not None:
        fits = start.size == columns.size
        start = np.clip(start, model.lower[columns], model.upper[columns]) if fits else None
    if not objectives:  # no tier asks for whole facilities, but the point has to have them
        session.costs(np.zeros(session.columns))
        run = session.run(time_limit=(1 - SECOND_PASS) * clock.left)
        return WholePass(None if run.point is None else _whole(model, run.point), (), run.ending)
    near = Near(model, clock, session, gap) if columns.size >= MANY else None
    for position, objective in enumerate(objectives):
        costs, factor = scaled(objective.costs)
        session.costs(costs, objective.constant * factor)
        tell = _reporter(report, clock, objective, factor)
        share = (clock.left - SECOND_PASS * clock.limit) / (len(objectives) - position)
        seconds = max(share, 0.1)
        gaps = {"mip_rel_gap": gap, "mip_abs_gap": max(SLACK * objective.natural * factor, 1e-9)}
        started = clock.spent
        found = None if near is None else near.search(objective, costs, factor, tell, seconds, gaps)
        if found is None:
            session.on_incumbent = tell
            if near is not None and near.found is not None:
                start = np.round(near.found[columns])
            if start is not None:
                session.start_from(columns, start)
        run = found or session.run(seconds, cold=False, **gaps)
        seconds = clock.spent - started
        if run.point is None:
            if point is None:
                return WholePass(None, tuple(done), run.ending)
            ending = run.ending  # the last incumbent stands; it is feasible here too
            done.append(TierRun(objective.name, objective.value(point), None, seconds, run.ending))
            break
        point = _whole(model, run.point)
        ended[objective.name] = start = point[columns]
        sign = -1.0 if objective.maximise else 1.0
        optimum = objective.value(point)
        bound = sign * run.bound / factor if np.isfinite(run.bound) else None
        done.append(TierRun(objective.name, optimum, bound, seconds, run.ending))
        report(Progress(STAGE, objective.name, clock.spent, optimum, bound, TierState.DONE, objective.natural, point))
        if run.ending is not Ending.OPTIMAL:
            ending = run.ending
        if run.ending is Ending.INTERRUPTED:
            break
        loss = max(tolerances.get(objective.name, 0.0), SLACK * objective.natural)
        most = (sign * optimum - objective.constant + loss) * factor
        if near is None:
            session.add_row(-np.inf, most, costs)
        else:
            near.hold(costs, most, room(objective, optimum, gap, tolerances) * factor)
    if near is None or not near.eased or point is None:
        return WholePass(point, tuple(done), ending, facilities=ended)
    # Later tiers took a little of earlier ones: what these ended with is what they have at the last point.
    settled = [one for one in objectives if one.name in ended and one.name not in tolerances]
    return WholePass(
        point,
        tuple(done),
        ending,
        ended | {one.name: point[columns] for one in settled},
        {one.name: one.value(point) for one in settled if one is not objectives[-1]},
        near.eased,
    )


def room(objective: LinearObjective, optimum: float, gap: float, tolerances: Mapping[str, float]) -> float:
    """What the gap leaves open of a tier, in its own unit; nothing where a tolerance is given, which is room enough."""
    return 0.0 if objective.name in tolerances else gap * gap_size(optimum, objective.natural)


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
