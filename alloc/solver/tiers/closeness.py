"""The closeness tier: least Σ weight·(x − centre)², the one tier that is not linear.

The square is strictly convex, so the allocation is unique whatever the order of rows and columns. Which bounds and
rows hold it is known from before an edit, or found by a sparse interior-point method; the equations that they make are
then solved exactly (`alloc.solver.tiers.active`), so that the last digits do not depend on the way there. The result is
confirmed: in HiGHS it satisfies every row, and plain arithmetic with the row duals proves how far from the least value
it can be at most (where that is not enough, a linear program over the same region does).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective
from alloc.solver.model.handed import MANY_ROWS
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import Bounds, scaled
from alloc.solver.model.runs import Ending, Least
from alloc.solver.tiers.active import exact_least
from alloc.solver.tiers.quadratic import least_squares
from alloc.solver.tiers.secants import solve_by_secants
from alloc.tolerances import FEASIBILITY, FINE_INTERIOR, PROVABLE_INTERIOR, PROVEN_CLOSENESS, ROUGH_INTERIOR

ORDER = (ROUGH_INTERIOR, FINE_INTERIOR, PROVABLE_INTERIOR)
# Of a large model each takes as long as other tiers together: the first that proves its point is enough there.
LARGE_ORDER = (PROVABLE_INTERIOR, FINE_INTERIOR)


@dataclass(frozen=True)
class Closeness:
    """What the tier reached.

    Attributes:
        ending: how it ended.
        point: the least point; None where there is none.
        value, bound: of the tier at the point, and what no point can better.
        method: how the point was found.
    """

    ending: Ending
    point: np.ndarray | None = None
    value: float | None = None
    bound: float | None = None
    method: str = "none"


def solve_closeness(
    session: Session,
    objective: ClosenessObjective,
    bounds: Bounds,
    start: np.ndarray,
    report: Callable[[float], None] = lambda value: None,
) -> Closeness:
    """Solves the tier and fixes its columns where it ends; that the others have a place there the next run confirms.

    Args:
        session: holds the model with all earlier tiers held.
        objective: columns, centres, weights.
        bounds: as they stand; the tier's columns are fixed in it.
        start: a feasible point.
        report: told the value after each round of the secant method.
    """
    if session.clock.interrupted:
        return Closeness(Ending.INTERRUPTED)
    least, method = _least(session, objective, bounds)
    found, bound = None, None
    if least is not None:
        found, bound = least.point, bound_by_duals(objective, bounds, least)
        if objective.value(found) - bound > PROVEN_CLOSENESS:
            bound = _bound(session, objective, bounds, found)
        if bound is None or objective.value(found) - bound > PROVEN_CLOSENESS:
            found = None
    if found is None:
        method = "secants"
        run = solve_by_secants(session, objective, bounds, start, report)
        if run.ending is not Ending.OPTIMAL or run.point is None:
            return Closeness(run.ending, method=method)
        found = run.point
        bound = _bound(session, objective, bounds, found)
    bounds.fix(session, objective.columns, found[objective.columns])
    return Closeness(Ending.OPTIMAL, found, objective.value(found), bound, method)


def _least(session: Session, objective: ClosenessObjective, bounds: Bounds) -> tuple[Least | None, str]:
    """The least point from what held it before an edit, else by the interior point; and how it was found."""
    method = "from before the edit"
    before, same = session.held_before(objective)
    if before is not None and same:
        return before, method
    least = None if before is None else exact_least(objective, bounds, before)
    guesses: list[Least] = []
    near: Least | None = None
    for tolerance in LARGE_ORDER if bounds.matrix.shape[0] >= MANY_ROWS else ORDER:
        if least is not None:
            break
        method = "interior point"
        guess = least_squares(objective, bounds, tolerance, session.clock.left)
        if guess is not None:
            guesses.append(guess)
            least = exact_least(objective, bounds, guess)
        if least is None:
            left, near = _best(objective, bounds, guesses)
            if left <= PROVEN_CLOSENESS and tolerance != ROUGH_INTERIOR:
                break
    if least is None:  # rows that depend on each other lead an active set nowhere; what is proven is near enough
        return near, "interior point, not refined"
    session.remember_held(least)
    return least, method


def _best(objective: ClosenessObjective, bounds: Bounds, guesses: Sequence[Least]) -> tuple[float, Least | None]:
    """How far from the least value the guess may be that its duals prove best, and that guess; none breaks a row."""
    near = [one for one in guesses if bounds.violation(one.point) <= FEASIBILITY]
    left = [objective.value(one.point) - bound_by_duals(objective, bounds, one) for one in near]
    return min(zip(left, near, strict=True), key=lambda pair: pair[0], default=(np.inf, None))


def bound_by_duals(objective: ClosenessObjective, bounds: Bounds, least: Least) -> float:
    """A value that no point can better: the tangent at the point, with every row priced at its dual.

    A convex function lies above its tangent everywhere; and on the region a row's price takes nothing away, so the
    least of the priced tangent over the bounds of the columns alone lies below it.
    """
    value = objective.value(least.point)
    return min(value, value + bounds.below_by_duals(objective.slope(least.point), least.point, -least.duals))


def _bound(session: Session, objective: ClosenessObjective, bounds: Bounds, point: np.ndarray) -> float | None:
    """A value that no point can better: the tangent at `point`, minimised over the region by HiGHS.

    A convex function lies above its tangent everywhere, so its least value lies above the tangent's.
    """
    costs = objective.slope(point)
    brought, factor = scaled(costs)
    session.costs(brought)
    run = session.solve_on_optimal_face(f"{objective.name}, bound", bounds, point)
    if run.ending is not Ending.OPTIMAL or run.point is None:
        return None
    value = objective.value(point)
    return min(value, value + run.bound / factor - float((costs * point).sum()))
