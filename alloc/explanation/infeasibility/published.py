"""Whether a repair holds for published amounts too: limits on amounts, with whole quanta at the bounds of their cities
and of what there is.

A city at its bound is published on its inner side, at the multiple that bounds still allow, and of a pool the greatest
multiple that is there is given out. A limit that is met only with the fractions between them is met before rounding and
missed by what is published.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from alloc.compiler.linear_model import LinearModel
from alloc.explanation.infeasibility.groups import Clash
from alloc.explanation.infeasibility.rows import Rows
from alloc.instance.derived.derived import Derived
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


def giving_way(rows: Rows, clash: Clash) -> tuple[str, ...]:
    """Families that published amounts of pools that clash may miss by less than a quantum, by name."""
    d = rows.derived
    pools = np.isin(np.array(d.pools, dtype=object), [group.item for group in clash.groups])
    granted = np.flatnonzero(rows.model.granted).reshape(len(d.cities), len(d.pools))[:, pools].ravel()
    return tuple(
        name for name, family in rows.known.families.items()
        if family.gives_way and rows.matrix[rows.family == name][:, granted].nnz
    )  # fmt: skip


def holds_published(rows: Rows, limits: Collection[str], clock: Clock) -> bool:
    """Whether there is a point with the cities of some limits within the multiples that their bounds allow, and no more
    than the multiples that their pools have.

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
    session = Session(_given_whole(rows, np.asarray(cells.any(axis=0))), clock)
    session.bound_columns(
        columns,
        np.maximum(own[0], least.ravel()[inner] / scale),
        np.minimum(own[1], most.ravel()[inner] / scale),
    )
    return session.run().ending is Ending.OPTIMAL


def _given_whole(rows: Rows, pools: NDArray[np.bool_]) -> LinearModel:
    """The model with no more in some pools [R] than the multiples that are there, which are then all to be given out
    where all that is there is."""
    d, model = rows.derived, rows.model
    least, most = model.row_lower.copy(), model.row_upper.copy()
    total = np.isin(rows.family.astype(str), rows.known.shared("pools"))
    for place in np.flatnonzero(pools & (d.available > 0)):
        there = np.floor(d.available[place] / d.quantum[place] + QUANTUM_NOISE) * d.quantum[place]
        own = total & (rows.item == d.pools[place])
        for side in (least, most):
            side[own] *= min(1.0, float(there / d.available[place]))
    return replace(model, row_lower=least, row_upper=most)


def gives_none(before: Derived, after: Derived) -> bool:
    """Whether a pool that had a multiple of its quantum to give out has none left: nothing of it could be published."""
    had, has = (dict(zip(each.pools, each.available / each.quantum + QUANTUM_NOISE, strict=True))
                for each in (before, after))  # fmt: skip
    return any(quanta >= 1 > has.get(pool, quanta) for pool, quanta in had.items())
