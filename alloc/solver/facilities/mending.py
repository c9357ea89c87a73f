"""Facilities that do not fit together: the fewest changes after which they do.

Cities plan by themselves; of a limit that they share, whole numbers can miss a little. Only cities of such limits
change anything, and as few facilities as possible.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.facilities.by_city import Choice
from alloc.solver.facilities.city_programs import shared_rows, together
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import scaled
from alloc.solver.model.runs import Clock, Ending
from alloc.solver.model.status import Progress, Report
from alloc.tolerances import FEASIBILITY, TINY

STAGE = "facilities made to fit"
HALF = 0.5  # of a facility: a smaller gap of a number of changes is none


def mended(model: LinearModel, choice: Choice, clock: Clock, report: Report) -> tuple[np.ndarray, Ending]:
    """Facilities next to those chosen that satisfy every rule.

    Returns:
        Whole columns in the order of `choice.columns` (those chosen where there are none), and how the search ended:
        `INFEASIBLE` where no whole facilities satisfy the rules.
    """
    report(Progress(STAGE, "", clock.spent))
    some = _concerned(model, choice, clock)
    values, ending = _nearest(model, choice, some, clock)
    if ending is Ending.INFEASIBLE and not np.all(some):
        values, ending = _nearest(model, choice, np.ones(some.size, dtype=bool), clock)
    return values, ending


def _concerned(model: LinearModel, choice: Choice, clock: Clock) -> np.ndarray:
    """Which of the whole columns belong to cities of a broken limit, or to cities without a plan of their own."""
    city = model.cities
    shared = shared_rows(model.matrix, city)
    slack = sp.csr_array(
        (np.tile([1.0, -1.0], shared.size), (np.repeat(shared, 2), np.arange(2 * shared.size))),
        shape=(model.matrix.shape[0], 2 * shared.size),
    )
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[choice.columns] = upper[choice.columns] = choice.values
    elastic = replace(model, lower=lower, upper=upper).with_columns(slack)
    session = Session(elastic, clock)
    size = np.maximum(abs(model.matrix[shared]).max(axis=1).toarray().ravel(), TINY)
    session.costs(np.append(np.zeros(model.lower.size), np.repeat(1 / size, 2)))
    run = session.run()
    whole = city[choice.columns]
    concerned = np.isin(whole, city[choice.open])
    if run.point is None:
        return np.ones(whole.size, dtype=bool)
    missed = run.point[model.lower.size :].reshape(-1, 2).max(axis=1) > FEASIBILITY
    columns = np.unique(model.matrix[shared[missed]].indices)
    return concerned | np.isin(whole, city[columns[city[columns] >= 0]])


def _nearest(model: LinearModel, choice: Choice, some: np.ndarray, clock: Clock) -> tuple[np.ndarray, Ending]:
    """The fewest changes of some facilities; of those that are as few, what serves the tiers best."""
    columns, values = choice.columns, choice.values
    lower, upper = model.lower.copy(), model.upper.copy()
    lower[columns[~some]] = upper[columns[~some]] = values[~some]
    free = columns[some]
    number = free.size
    fixed = replace(model, lower=lower, upper=upper)
    wider = fixed.with_deviations(free, values[some], values[some])
    session = Session(wider, clock, whole=True)
    session.costs(np.append(np.zeros(model.lower.size), np.ones(2 * number)))
    run = session.run(mip_rel_gap=0.0, mip_abs_gap=HALF)
    if run.point is None:
        return values, run.ending
    fewest = np.round(run.point[columns])
    linear = [one for one in model.objectives.values() if isinstance(one, LinearObjective)]
    session.add_row(-np.inf, float(np.abs(fewest - values).sum()) + FEASIBILITY,
                    np.append(np.zeros(model.lower.size), np.ones(2 * number)))  # fmt: skip
    session.costs(np.append(scaled(together(linear, model.lower.size))[0], np.zeros(2 * number)))
    session.start_from(columns, fewest)
    better = session.run()
    return (fewest if better.point is None else np.round(better.point[columns])), Ending.OPTIMAL
