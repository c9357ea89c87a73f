"""What no plan can better, tier by tier: one linear program a tier, with facilities in parts.

The statement of a bound is "with the earlier tiers no worse than here, no plan has more than …": every earlier tier is
held by a row at the value of the result, so that a bound says nothing of what was given away before. A plan with whole
facilities is one of those that the program considers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import Bounds, scaled
from alloc.solver.model.runs import Clock, Ending, Run
from alloc.solver.model.status import Progress
from alloc.solver.tiers.lexicographic import Report
from alloc.tolerances import ROUNDOFF

STAGE = "bounds"
LARGE = 50_000  # rows from which tiers behind those of whole facilities are bounded only where that is asked for
BY_LARGEST = 4  # of HiGHS's scalings: halves the time of tiers behind those of whole facilities, not of these


def dual_bounds(
    model: LinearModel,
    values: Mapping[str, float],
    point: np.ndarray,
    clock: Clock,
    report: Report,
    every: bool = False,
) -> dict[str, float]:
    """Tier -> what no plan can better while the tiers before it are no worse than in the result.

    Args:
        model: facilities count in parts here.
        values: of the result's tiers, in their own units.
        point: the result's, in units of the matrix: a quadratic tier is held by its tangent there.
        every: also tiers that `left_out` names (at 2,947 counties these two programs take ten times the relaxation).

    Returns:
        Linear tiers only; without those for which time or an interrupt left no proof.
    """
    session, bounds = Session(model, clock), Bounds(model)
    found = {}
    skipped = () if every else left_out(model)
    for name, objective in model.objectives.items():
        if name not in values or clock.interrupted or clock.left <= 0:
            break
        value = values[name]
        if name in skipped:
            continue
        if isinstance(objective, LinearObjective):
            costs, factor = scaled(objective.costs)
            sign = -1.0 if objective.maximise else 1.0
            report(Progress(STAGE, name, clock.spent, value, scale=objective.scale))
            session.costs(costs)
            run = session.solve_on_optimal_face(name, bounds) if objective.whole else _by_largest(session, name, bounds)
            if run.ending is Ending.OPTIMAL and run.point is not None:
                below = min(bounds.below_by_duals(costs, run.point, run.duals), 0.0)
                least = min(float((costs * run.point).sum()) + below, run.bound)
                found[name] = sign * (least / factor + objective.constant) + 0.0
            most = (sign * value - objective.constant + ROUNDOFF * objective.scale) * factor
            bounds.limit(session, costs, most)
        elif isinstance(objective, ClosenessObjective):
            # A convex function lies above its tangent, so whoever is as close satisfies the tangent's row.
            away = point[objective.columns] - objective.centre
            slope = np.zeros(point.size)
            slope[objective.columns] = 2 * objective.weight * away
            costs, factor = scaled(slope)
            bounds.limit(session, costs, float(costs @ point) + ROUNDOFF * factor)
    return found


def left_out(model: LinearModel) -> tuple[str, ...]:
    """Linear tiers whose bounds take long at this size, and are worked out only where that is asked for."""
    linear = [one for one in model.objectives.values() if isinstance(one, LinearObjective)]
    return tuple(one.name for one in linear if not one.whole) if model.matrix.shape[0] >= LARGE else ()


def _by_largest(session: Session, name: str, bounds: Bounds) -> Run:
    run = session.run(cold=True, simplex_scale_strategy=BY_LARGEST)
    return session.solve_on_optimal_face(name, bounds) if run.ending is Ending.FAILED else run
