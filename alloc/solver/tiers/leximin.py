"""Lexicographic max-min: raise the least, hold those who are blocked, repeat until nobody is free."""

from __future__ import annotations

import numpy as np

from alloc.compiler.linear_model import MaxMinObjective
from alloc.solver.model.highs import STRANDED, Session
from alloc.solver.model.hold import LARGEST, Bounds
from alloc.solver.model.runs import Ending, Run
from alloc.tolerances import ZERO_DUAL


def solve_leximin(
    session: Session, objective: MaxMinObjective, bounds: Bounds, point: np.ndarray | None = None
) -> tuple[Run, float]:
    """Solves the tier; afterwards every row of it is held at the level at which it was blocked.

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
            bounds.fix(session, np.array([objective.level]), np.array([level]))
            last = session.run()
            return session.freed(bounds, point) if last.ending in STRANDED else last, first
