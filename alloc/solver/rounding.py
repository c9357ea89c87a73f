"""Whole facilities without a mixed-integer program: the relaxation rounded down, then repaired upward.

For sizes where HiGHS finds no point in its time. What comes out satisfies every rule; how far it may be from the best
is measured against the relaxation, and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective, Objective
from alloc.solver.highs import Session
from alloc.solver.integers import WholePass
from alloc.solver.runs import Clock, Ending
from alloc.solver.status import Progress
from alloc.solver.tiers import Report, TiersRun, solve_tiers

STAGE = "rounded facilities"
ROUNDS = 5
NEARLY = 1e-6


def rounded_pass(model: LinearModel, clock: Clock, tolerances: Mapping[str, float], report: Report) -> WholePass:
    """Facilities from the relaxation: rounded down, the rest solved again, raised where the rest would use more.

    Each round lets the facilities rise from where they are, raises those that the relaxation wants whole and the
    likelier half of the others by one, and keeps what is feasible and better.
    """
    tiers: dict[str, Objective] = {
        name: one for name, one in model.objectives.items() if isinstance(one, LinearObjective) and one.whole
    }
    part = replace(model, objectives=tiers)
    columns = np.flatnonzero(model.integer & (model.upper > model.lower))
    relaxed = _solve(part, clock, tolerances, report)
    if relaxed.point is None:
        return WholePass(None, relaxed.tiers, relaxed.ending)
    held = np.floor(relaxed.point[columns] + NEARLY)
    best = _solve(part, clock, tolerances, report, (columns, held))
    if best.point is None and best.ending is Ending.INFEASIBLE:  # a rule needs more than the whole part
        held = np.minimum(np.ceil(relaxed.point[columns] - NEARLY), np.floor(model.upper[columns] + NEARLY))
        best = _solve(part, clock, tolerances, report, (columns, held))
    raised_share = 0.5
    for _ in range(ROUNDS):
        if clock.left < 0.5 * clock.limit or clock.interrupted or best.point is None:
            break
        wish = _solve(_rising(part, columns, held), clock, tolerances, report)
        if wish.point is None:
            break
        whole = np.floor(wish.point[columns] + NEARLY)
        part_left = wish.point[columns] - whole
        open_ = np.flatnonzero((part_left > NEARLY) & (whole + 1 <= model.upper[columns] + NEARLY))
        chosen = open_[np.argsort(-part_left[open_], kind="stable")][: int(np.ceil(raised_share * open_.size))]
        whole[chosen] += 1
        if np.array_equal(whole, held):
            break
        tried = _solve(part, clock, tolerances, report, (columns, whole))
        if tried.point is not None and _better(part, tried, best):
            best, held = tried, whole
        else:
            raised_share /= 4
    bounds = {each.tier: each.optimum for each in relaxed.tiers}
    done = tuple(replace(each, bound=bounds.get(each.tier)) for each in best.tiers)
    return WholePass(best.point, done, best.ending, rounded=True)


def _solve(
    part: LinearModel,
    clock: Clock,
    tolerances: Mapping[str, float],
    report: Report,
    fixed: tuple[np.ndarray, np.ndarray] | None = None,
) -> TiersRun:
    report(Progress(STAGE, next(iter(part.objectives)), clock.spent))
    return solve_tiers(part, Session(part, clock), tolerances, lambda progress: None, STAGE, fixed=fixed)


def _rising(part: LinearModel, columns: np.ndarray, held: np.ndarray) -> LinearModel:
    lower = part.lower.copy()
    lower[columns] = held
    return replace(part, lower=lower)


def _better(part: LinearModel, tried: TiersRun, best: TiersRun) -> bool:
    for objective, one, other in zip(part.objectives.values(), tried.tiers, best.tiers, strict=True):
        if one.optimum is None or other.optimum is None:
            return False
        gain = (one.optimum - other.optimum) * (1.0 if objective.maximise else -1.0)
        if abs(gain) > 1e-7 * objective.natural:
            return gain > 0
    return False
