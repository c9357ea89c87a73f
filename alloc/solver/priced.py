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
from alloc.solver.hold import scaled
from alloc.solver.integers import SLACK, WholePass
from alloc.solver.places import NEARLY, best_parts, taken_apart, tightened
from alloc.solver.runs import Clock, Ending
from alloc.solver.status import Progress
from alloc.solver.tiers import Report, TierRun, solve_tiers

STAGE = "facilities at prices"
WEIGHTS = (60.0, 6.0, 4.0)  # of the first tiers against the later ones, each by its natural size; see docs/scale.md
MANY = 5_000  # whole columns from which this is taken; HiGHS alone is done in seconds below


def priced_pass(model: LinearModel, clock: Clock, tolerances: Mapping[str, float], report: Report) -> WholePass:
    """Facilities of every city at the prices of the relaxation, then tiers and proven bounds for these facilities.

    Returns:
        As `whole_pass`; no point where the facilities do not fit together (the caller rounds then).
    """
    tight = tightened(model)
    tiers = [one for one in model.objectives.values() if isinstance(one, LinearObjective) and one.whole]
    columns = np.flatnonzero(model.integer)
    report(Progress(STAGE, tiers[0].name, clock.spent))
    weights = [*WEIGHTS, *(1.0 for _ in tiers)]
    together, _ = scaled(np.sum([w / one.natural * one.costs for w, one in zip(weights, tiers, strict=False)], axis=0))
    session = Session(tight, clock)
    session.costs(together)
    relaxed = session.run(cold=True)
    if relaxed.ending is not Ending.OPTIMAL or relaxed.point is None:
        return WholePass(None, (), relaxed.ending)
    places = taken_apart(tight)
    prices = together - tight.matrix.T @ np.where(places.shared, relaxed.duals, 0.0)
    found = best_parts(tight, places, prices, relaxed.point, clock)
    if clock.interrupted or clock.left <= 0:
        return WholePass(None, (), Ending.INTERRUPTED if clock.interrupted else Ending.TIME)
    whole = np.clip(np.round(found[columns]), tight.lower[columns], tight.upper[columns])
    session.bound_columns(columns, whole, whole)
    if session.run(cold=True).ending is Ending.INFEASIBLE:  # together they ask for more than there is: some wait
        session.bound_columns(columns, tight.lower[columns], whole)
        fewer = session.run(cold=True)
        if fewer.ending is not Ending.OPTIMAL or fewer.point is None:
            return WholePass(None, (), Ending.TIME)
        whole = np.floor(fewer.point[columns] + NEARLY)
    part = replace(tight, objectives={one.name: one for one in tiers})
    fixed = solve_tiers(part, Session(part, clock), tolerances, report, STAGE, fixed=(columns, whole))
    if fixed.point is None or fixed.ending is not Ending.OPTIMAL:
        return WholePass(None, (), Ending.TIME if fixed.ending is Ending.INFEASIBLE else fixed.ending)
    return WholePass(fixed.point, _bounded(tight, clock, tiers, fixed.tiers, tolerances, report), Ending.OPTIMAL)


def _bounded(
    model: LinearModel,
    clock: Clock,
    tiers: list[LinearObjective],
    runs: tuple[TierRun, ...],
    tolerances: Mapping[str, float],
    report: Report,
) -> tuple[TierRun, ...]:
    """The tiers with what no point can better: each relaxed, the earlier ones held at what was reached."""
    session = Session(model, clock)
    done = []
    for one, run in zip(tiers, runs, strict=True):
        assert run.optimum is not None
        costs, factor = scaled(one.costs)
        session.costs(costs)
        best = session.run(cold=True)
        bound = one.value(best.point) if best.ending is Ending.OPTIMAL and best.point is not None else None
        report(Progress(STAGE, one.name, clock.spent, run.optimum, bound))
        done.append(replace(run, bound=bound, seconds=run.seconds + best.seconds))
        sign = -1.0 if one.maximise else 1.0
        loss = max(tolerances.get(one.name, 0.0), SLACK * one.natural)
        session.add_row(-np.inf, (sign * run.optimum - one.constant + loss) * factor, costs)
    return tuple(done)
