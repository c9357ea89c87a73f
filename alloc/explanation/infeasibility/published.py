"""Whether a repair holds for published amounts too: limits on amounts, with whole quanta at the bounds of their cities.

A city at its bound is published on its inner side, at the multiple that bounds still allow. A limit that is met only
with the fractions between bound and multiple is met before rounding and missed by what is published.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from alloc.explanation.infeasibility.groups import Clash
from alloc.explanation.infeasibility.rows import Rows
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.tolerances import QUANTUM_NOISE


def limits_of_amounts(rows: Rows, clash: Clash) -> frozenset[str]:
    """The limits among groups that clash whose sums are of published amounts, by name."""
    named = {group.item for group in clash.groups if group.family == rows.known.limiting}
    return frozenset(
        row.limit
        for row in rows.derived.limits
        if row.limit in named and rows.known.quantities[row.kind].pools is not None
    )


def holds_published(rows: Rows, limits: Collection[str], clock: Clock) -> bool:
    """Whether there is a point with the cities of some limits within the multiples that their bounds allow.

    Args:
        rows: of an instance that has a point.
        limits: of `limits_of_amounts`; those that the instance has no more are left out.
        clock: of the whole explanation.

    Returns:
        True where there is one; False where there is none, or none was found in the time.
    """
    d, model, granted = rows.derived, rows.model, rows.known.granted.name
    cells = np.zeros((len(d.cities), len(d.pools)), dtype=bool)
    for row in d.limits:
        pools = rows.known.quantities[row.kind].pools
        if row.limit in limits and pools is not None:
            cells |= row.selection[:, None] & np.asarray(pools(d, row.item), dtype=bool)[None, :]
    if not cells.any():
        return True
    lower, upper = (np.broadcast_to(each, cells.shape) for each in rows.compiled.bounds[granted])
    least = np.ceil(lower / d.quantum - QUANTUM_NOISE) * d.quantum
    most = np.floor(upper / d.quantum + QUANTUM_NOISE) * d.quantum
    inner = (cells & (least <= most)).ravel()  # without a multiple between its bounds a city keeps what was decided
    columns = np.flatnonzero(model.granted)[inner]
    scale, own = model.column_scale[columns], (model.lower[columns], model.upper[columns])
    session = Session(model, clock)
    session.bound_columns(
        columns,
        np.maximum(own[0], least.ravel()[inner] / scale),
        np.minimum(own[1], most.ravel()[inner] / scale),
    )
    return session.run().ending is Ending.OPTIMAL
