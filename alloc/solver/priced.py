"""Whole facilities where there are too many for one mixed-integer program: every city by itself, at the pools' prices.

A linear program over all tiers together prices what cities share (pools, group limits, the mark of the worst-served).
At those prices the model falls apart into one small mixed-integer program a city. Their facilities ask for a little
more or less of a pool than there is; a linear program with these facilities fixed shares the pools out exactly. The few
rows that cities share, against thousands of cities, are why hardly anything is lost (Shapley and Folkman).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.highs import Session
from alloc.solver.integers import SECOND_PASS, SLACK, WholePass
from alloc.solver.places import NEARLY, tightened
from alloc.solver.runs import Clock, Ending
from alloc.solver.status import Progress, TierState, gap_size
from alloc.solver.tiers import Report, TierRun, TiersRun, solve_tiers
from alloc.solver.weighted import Floor, Weighted, better_weights, bound

STAGE = "facilities at prices"
MANY = 2_500  # whole columns from which this is taken; HiGHS alone is done in seconds below
TWICE = 2.0  # a tier weighs twice the one after it, each by its size: 1 % of it against 2 % of that one
ROUNDS = 6  # most weights that are tried to prove a tier
WORTHWHILE = 0.1  # of the gap: further weights have to promise more


def priced_pass(
    model: LinearModel, clock: Clock, gap: float, tolerances: Mapping[str, float], report: Report
) -> WholePass:
    """Facilities of every city at the prices of the relaxation, then tiers and proven bounds for these facilities.

    Returns:
        As `whole_pass`; no point where the facilities do not fit together (the caller searches then).
    """
    tight = tightened(model)
    tiers = [one for one in model.objectives.values() if isinstance(one, LinearObjective) and one.whole]
    if not tiers:  # nothing to weigh: facilities have to be searched for
        return WholePass(None, (), Ending.TIME)
    report(Progress(STAGE, tiers[0].name, clock.spent))
    weighted = Weighted(tight, tiers, clock)
    ending = weighted.measure()
    if ending is not Ending.OPTIMAL:
        return WholePass(None, (), ending)
    chosen = weighted.apart(TWICE ** np.arange(len(tiers) - 1.0, -1.0, -1.0))
    if chosen is None:
        return WholePass(None, (), Ending.INTERRUPTED if clock.interrupted else Ending.TIME)
    fixed = _fitted(tight, tiers, clock, chosen, tolerances, report)
    if fixed.point is None or fixed.ending is not Ending.OPTIMAL:
        return WholePass(None, (), Ending.TIME if fixed.ending is Ending.INFEASIBLE else fixed.ending)
    runs = _proven(weighted, tiers, clock, gap, fixed.tiers, tolerances, chosen.weights, report)
    return WholePass(fixed.point, runs, Ending.OPTIMAL)


def _fitted(
    model: LinearModel,
    tiers: list[LinearObjective],
    clock: Clock,
    chosen: Floor,
    tolerances: Mapping[str, float],
    report: Report,
) -> TiersRun:
    """The tiers with the chosen facilities fixed; where together they ask for more than there is, some wait."""
    part = replace(model, objectives={one.name: one for one in tiers})
    columns = np.flatnonzero(model.integer)
    whole = np.clip(np.round(chosen.point[columns]), model.lower[columns], model.upper[columns])
    fixed = solve_tiers(part, Session(part, clock), tolerances, report, STAGE, fixed=(columns, whole))
    if fixed.ending is not Ending.INFEASIBLE:
        return fixed
    upper = model.upper.copy()
    upper[columns] = whole
    fewer = solve_tiers(
        replace(part, upper=upper), Session(replace(part, upper=upper), clock), tolerances, report, STAGE
    )
    if fewer.point is None:
        return fewer
    whole = np.floor(fewer.point[columns] + NEARLY)
    return solve_tiers(part, Session(part, clock), tolerances, report, STAGE, fixed=(columns, whole))


def _proven(
    weighted: Weighted,
    tiers: list[LinearObjective],
    clock: Clock,
    gap: float,
    runs: tuple[TierRun, ...],
    tolerances: Mapping[str, float],
    weights: np.ndarray,
    report: Report,
) -> tuple[TierRun, ...]:
    """The tiers with what no point can better while the earlier ones keep what they reached.

    Other weights are tried until a tier is proven within the gap: none of the earlier tiers, those by which the
    facilities were chosen, and what the bounds so far suggest.
    """
    floors: list[Floor] = []
    held = np.zeros(len(tiers))
    done = []
    for k, (tier, run) in enumerate(zip(tiers, runs, strict=True)):
        assert run.optimum is not None
        started = clock.spent
        level = weighted.level(k, run.optimum)
        wanted = gap * gap_size(run.optimum, tier.natural) / weighted.sizes[k]
        tried = np.eye(len(tiers))[k]
        best = -np.inf
        for attempt in range(ROUNDS if k else 1):
            if clock.interrupted or clock.left < SECOND_PASS * clock.limit:
                break
            floor = weighted.apart(tried)
            if floor is None:
                break
            floors.append(floor)
            best, _ = bound(floors, k, held)
            value = weighted.value(k, best)
            report(Progress(STAGE, tier.name, clock.spent, run.optimum, value, TierState.BETTER, tier.natural))
            if level - best <= wanted:
                break
            if attempt == 0:
                given = np.array([one.name in tolerances for one in tiers])  # has no price within its tolerance
                tried = np.where(given & (np.arange(len(tiers)) < k), 0.0, weights)
                tried[k + 1 :] = 0.0
            else:
                tried, promised = better_weights(floors, k, held)
                if promised - best < WORTHWHILE * wanted:
                    break
        proven = weighted.value(k, best) if np.isfinite(best) else None
        done.append(replace(run, bound=proven, seconds=run.seconds + clock.spent - started))
        loss = max(tolerances.get(tier.name, 0.0), SLACK * tier.natural)
        held[k] = level + loss / weighted.sizes[k]
    return tuple(done)
