"""Whole facilities after an edit: those of before, where linear programs prove that no others are better by the gap."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.highs import Session
from alloc.solver.hold import Bounds, scaled
from alloc.solver.integers import SLACK, WholePass
from alloc.solver.runs import Clock, Ending, Memory
from alloc.solver.status import Progress, TierState, gap_size
from alloc.solver.tiers import Report, TierRun

STAGE = "facilities of before"


def kept_pass(
    model: LinearModel,
    clock: Clock,
    gap: float,
    tolerances: Mapping[str, float],
    report: Report,
    memory: Memory,
) -> WholePass | None:
    """The tiers that need whole facilities, each with those that it ended with in an earlier solve.

    Each tier is solved twice as a linear program, the tiers before it held at what they reached here: with those
    facilities, and with facilities in parts, which no whole ones can better.

    Returns:
        As `whole_pass`; None where facilities do not fit any more, or a tier is not proven within the gap.
    """
    columns = np.flatnonzero(model.integer)
    tiers = [one for one in model.objectives.values() if isinstance(one, LinearObjective) and one.whole]
    known = [memory.facilities.get(one.name) for one in tiers]
    if not tiers or not all(each is not None and _fit(model, columns, each) for each in known):
        return None
    whole, parts = Bounds(model), Bounds(model)
    with_whole, in_parts = (Session(model, clock, memory=memory.part(name)) for name in ("whole", "in parts"))
    point: np.ndarray | None = None
    done = []
    for one, facilities in zip(tiers, known, strict=True):
        assert facilities is not None
        started = clock.spent
        costs, factor = scaled(one.costs)
        whole.fix(with_whole, columns, facilities)
        reached, best = (_run(each, costs, one.name, held) for each, held in ((with_whole, whole), (in_parts, parts)))
        if reached is None or best is None:
            return None
        point, optimum, bound = reached, one.value(reached), one.value(best)
        if abs(optimum - bound) > gap * gap_size(optimum, one.natural):
            return None
        done.append(TierRun(one.name, optimum, bound, clock.spent - started, Ending.OPTIMAL))
        report(Progress(STAGE, one.name, clock.spent, optimum, bound, TierState.DONE, one.natural, point))
        sign = -1.0 if one.maximise else 1.0
        loss = max(tolerances.get(one.name, 0.0), SLACK * one.natural)
        most = (sign * optimum - one.constant + loss) * factor
        whole.limit(with_whole, costs, most)
        parts.limit(in_parts, costs, most)
    return WholePass(point, tuple(done), Ending.OPTIMAL, facilities=memory.facilities)


def _fit(model: LinearModel, columns: np.ndarray, facilities: np.ndarray) -> bool:
    if facilities.size != columns.size:
        return False
    return bool(np.all((facilities >= model.lower[columns]) & (facilities <= model.upper[columns])))


def _run(session: Session, costs: np.ndarray, step: str, bounds: Bounds) -> np.ndarray | None:
    session.costs(costs)
    run = session.run_on_face(step, bounds)
    return run.point if run.ending is Ending.OPTIMAL else None
