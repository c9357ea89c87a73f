"""Whole facilities: the relaxation, then every city by itself, then all tiers again with the facilities fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.solver.facilities.band import with_band
from alloc.solver.facilities.by_city import choose
from alloc.solver.facilities.joint import search
from alloc.solver.facilities.mending import mended
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Clock, Ending, WarmStartCache, worst
from alloc.solver.model.status import Note, Report
from alloc.solver.tiers.lexicographic import TiersRun, solve_tiers

FIXED = "facilities fixed"
CITIES_SHARE, SEARCH_SHARE = 0.5, 0.75  # of the time that is left
# Seconds after Ctrl-C in which what has been chosen is brought to a plan that satisfies every rule; the second where a
# busy machine has not come to any plan in the first.
GRACE = (5.0, 60.0)


@dataclass(frozen=True)
class WholeRun:
    """What a way to whole facilities reached.

    Attributes:
        tiers: with the facilities fixed; its point is None where there is none.
        ending: of what ended worst.
        bounds: tier -> what no point can better, where the way itself proves it.
        floors: tier -> the value from which its tolerance was counted.
        granted: the relaxation's point, near which allocations were held.
        notes: what a reader must know.
    """

    tiers: TiersRun
    ending: Ending
    bounds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    floors: Mapping[str, float] = field(default_factory=dict)
    granted: np.ndarray | None = None


def by_city(
    model: LinearModel,
    relaxed: TiersRun,
    clock: Clock,
    tolerances: Mapping[str, float],
    report: Report,
    memory: WarmStartCache | None,
) -> WholeRun:
    """Every city by itself with what the relaxation grants it, then all tiers with these facilities, near it.

    Args:
        relaxed: all tiers with facilities in parts, with a point.
    """
    assert relaxed.point is not None
    choice = choose(model, relaxed.point, clock, CITIES_SHARE * clock.left, report, memory)
    near = with_band(model, relaxed.point)
    floors = {tier.tier: tier.optimum for tier in relaxed.tiers if tier.tier in tolerances and tier.optimum is not None}
    part = None if memory is None else memory.part(FIXED)

    def fixed(values: np.ndarray, clock: Clock) -> TiersRun:
        session = Session(near, clock, memory=part)
        return solve_tiers(near, session, tolerances, report, FIXED, floors, (choice.columns, values))

    def planned(clock: Clock) -> tuple[TiersRun, Ending, list[Note]]:
        """A plan with the facilities of the cities, a few of them changed where no plan has them all."""
        tiers = fixed(choice.values, clock)
        if tiers.point is not None or tiers.ending is not Ending.INFEASIBLE:
            return tiers, tiers.ending, []
        values, ending = mended(model, choice, clock, report)
        if ending is not Ending.OPTIMAL:
            return tiers, ending, []
        tiers = fixed(values, clock)
        return tiers, tiers.ending, [Note("mended", int(np.abs(values - choice.values).sum()))]

    notes = [Note("rounded_down", choice.without)] if choice.without else []
    tiers, reached, more = planned(clock)
    for seconds in GRACE:
        if tiers.point is None and clock.interrupted:
            tiers, _, more = planned(Clock(seconds))
    ending = worst(reached, choice.ending)
    return WholeRun(tiers, ending, {}, (*notes, *more), floors, relaxed.point)


def joint(model: LinearModel, clock: Clock, gap: float, tolerances: Mapping[str, float], report: Report) -> WholeRun:
    """One search over the country, then all tiers with the facilities that it found."""
    with clock.within(SEARCH_SHARE):
        found = search(model, clock, gap, tolerances, report)
    if found.point is None:
        return WholeRun(TiersRun(None, (), Bounds(model)), found.ending)
    columns = np.flatnonzero(model.integer)
    session = Session(model, clock)
    floors = {tier: value for tier, value in found.values.items() if tier in tolerances}
    tiers = solve_tiers(model, session, tolerances, report, FIXED, floors, (columns, found.point[columns]))
    if tiers.point is None:
        tiers = replace(tiers, point=found.point)
    return WholeRun(tiers, worst(tiers.ending, found.ending), found.bounds, (Note("searched"),), floors)
