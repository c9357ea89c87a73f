"""Which families clash where nothing satisfies the rules: a deletion filter over whole families."""

from __future__ import annotations

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending


def families_in_conflict(model: LinearModel, whole: bool, clock: Clock) -> tuple[str, ...]:
    """A set of constraint families that cannot hold together (with the bounds), from which none can be left out.

    Each family in turn is left out; where the rest is still impossible it is not needed for the clash. Where time
    runs out, the families not tried yet stay in the answer.

    Args:
        whole: whether facilities are whole (tried only if the relaxation has a solution).
    """
    session = Session(model, clock, whole=False)
    whole = whole and session.run().ending is not Ending.INFEASIBLE
    if whole:
        session = Session(model, clock, whole=True)
    kept = list(model.rows)
    for name in list(model.rows):
        rows = np.arange(model.rows[name].start, model.rows[name].stop)
        if not rows.size:
            kept.remove(name)
            continue
        free = np.full(rows.size, np.inf)
        session.bound_rows(rows, -free, free)
        if clock.left > 0 and session.run(cold=whole).ending is Ending.INFEASIBLE:
            kept.remove(name)
        else:
            session.bound_rows(rows, model.row_lower[rows], model.row_upper[rows])
    return tuple(kept)
