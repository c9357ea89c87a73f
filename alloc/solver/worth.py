"""What a tier is worth at a point, by the decisions alone: the columns that only state a tier are set to its best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alloc.compiler.linear_model import LeastObjective, LinearModel, LinearObjective, Objective
from alloc.solver.highs import Clock, Ending, Session
from alloc.solver.hold import LARGEST, scaled

SECONDS = 60.0  # a problem that presolve alone solves


def tier_value(model: LinearModel, objective: Objective, point: np.ndarray) -> float:
    """The tier's value at a point, in its own unit.

    A later tier leaves the columns that state an earlier one (how far a city is below the mark, the gap to a
    minimum) anywhere within that tier's tolerance; the decisions may be worth more than those columns say.

    Raises:
        ArithmeticError: the decisions of the point do not satisfy the rules.
    """
    if not isinstance(objective, (LinearObjective, LeastObjective)):
        return objective.value(point)
    if isinstance(objective, LinearObjective) and not np.any(objective.costs[model.auxiliary]):
        return objective.value(point)
    decided = ~model.auxiliary
    fixed = replace(
        model,
        lower=np.where(decided, point, model.lower),
        upper=np.where(decided, point, model.upper),
    )
    if isinstance(objective, LeastObjective):
        costs = np.zeros(point.size)
        costs[objective.level] = -LARGEST
    else:
        costs, _ = scaled(objective.costs)
    session = Session(fixed, Clock(SECONDS))
    session.costs(costs)
    run = session.run()
    if run.ending is not Ending.OPTIMAL or run.point is None:
        raise ArithmeticError(f"tier {objective.name}: the point does not satisfy the rules ({run.ending})")
    if isinstance(objective, LeastObjective):
        return float(run.point[objective.level])
    return objective.value(run.point)
