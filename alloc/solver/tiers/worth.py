"""What a tier is worth at a point, by the decisions alone: the columns that only state a tier are set to its best."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective, MaxMinObjective, Objective
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import scaled
from alloc.solver.model.runs import Clock, Ending
from alloc.solver.tiers.proofs import tangent

UNLIMITED = math.inf  # seconds: presolve alone solves it, however busy the machine and however little time a solve has


def tier_value(model: LinearModel, objective: Objective, point: np.ndarray) -> float:
    """The tier's value at a point, in its own unit.

    A later tier leaves the columns that state an earlier one (how far a city is below the mark, the gap to a
    minimum) anywhere within that tier's tolerance; the decisions may be worth more than those columns say.

    Raises:
        ArithmeticError: no values of those columns go with the decisions of the point.
    """
    if not isinstance(objective, (LinearObjective, MaxMinObjective)):
        return objective.value(point)
    if isinstance(objective, LinearObjective) and not np.any(objective.costs[model.auxiliary]):
        return objective.value(point)
    best = stated(model, tangent(objective, point), point)
    return float(best[objective.level]) if isinstance(objective, MaxMinObjective) else objective.value(best)


def stated(model: LinearModel, costs: np.ndarray, point: np.ndarray) -> np.ndarray:
    """A point whose columns that only state tiers are at their best for some costs, the decisions as they are.

    Raises:
        ArithmeticError: no values of those columns go with the decisions of the point.
    """
    auxiliary = np.flatnonzero(model.auxiliary)
    stating = np.flatnonzero(np.diff(model.matrix[:, auxiliary].indptr) > 0)
    rows = model.matrix[stating]
    decided = rows @ np.where(model.auxiliary, 0.0, point)
    session = Session(
        replace(
            model,
            matrix=rows[:, auxiliary],
            row_lower=model.row_lower[stating] - decided,
            row_upper=model.row_upper[stating] - decided,
            lower=model.lower[auxiliary],
            upper=model.upper[auxiliary],
            integer=model.integer[auxiliary],
            granted=model.granted[auxiliary],
        ),
        Clock(UNLIMITED),
    )
    session.costs(scaled(costs[auxiliary])[0])
    run = session.run()
    if run.ending is not Ending.OPTIMAL or run.point is None:
        raise ArithmeticError(f"the columns that state the tiers have no values at the point ({run.ending})")
    best = point.copy()
    best[auxiliary] = run.point
    return best
