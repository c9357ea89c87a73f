"""How far a parameter can go before a tier's price may change: the simplex method's ratio test along its change.

Only for a parameter that moves sides and bounds. The duals of the tier and of all before it stay dual feasible then,
and every point of the held faces satisfies what they ask, so that it is enough to see how long the basis stays within
its bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from alloc.compiler.linear_model import LinearObjective
from alloc.explanation.prices_change import Change
from alloc.explanation.prices_held import sides_of
from alloc.explanation.prices_slopes import factor, slopes
from alloc.explanation.prices_tiers import Face, Tiers

LOWER, BASIC, UPPER = 0, 1, 2  # as HiGHS numbers the status of a column or row in a basis
DUST = 1e-9  # of the fastest column: a slower one stands still


@dataclass(frozen=True, eq=False)
class Basis:
    """The basis in which a tier ended, ready to be solved with; `inverse` is None where it is singular.

    Attributes:
        columns, rows: status of each, as HiGHS numbers them.
        matrix: of the model and of the rows that hold tiers with a tolerance.
        inverse: of the basic columns over the rows that are not basic.
        held: the tiers with a tolerance before it.
    """

    columns: np.ndarray
    rows: np.ndarray
    matrix: sp.csc_array
    inverse: Any
    held: tuple[str, ...]


def room(tiers: Tiers, tier: str, moved: Change) -> tuple[float, float] | None:
    """How far the parameter can fall and rise while the tier's basis, and with it the price, stays what it is.

    Returns:
        Two distances, 0 at a corner and inf without end; None where the basis alone does not say.
    """
    if not moved.sides_only or not tiers.by_duals(tier):
        return None
    basis = _basis(tiers, tier)
    if basis.inverse is None:
        return None
    before = sides_of(tiers, tier)[0]
    row_lower, row_upper = before.both_sides(moved)
    if basis.held:
        change = slopes(tiers, moved)
        rise = [(-change[name] if tiers.model.objectives[name].maximise else change[name]) for name in basis.held]
        rise = [each * factor(tiers, name) for each, name in zip(rise, basis.held, strict=True)]
        row_lower, row_upper = np.append(row_lower, np.zeros(len(rise))), np.append(row_upper, rise)
    down, up = _ratio(tiers.faces[tier], basis, before.both_bounds(moved), (row_lower, row_upper))
    down, up = min(down, _uncrossed(tiers, moved, -1)), min(up, _uncrossed(tiers, moved, 1))
    for name in basis.held:
        there = room(tiers, name, moved)
        if there is None:
            return None
        down, up = min(down, there[0]), min(up, there[1])
    return down, up


def _uncrossed(tiers: Tiers, moved: Change, way: int) -> float:
    """How far until two bounds of a column or two sides of a row cross."""
    model, least = tiers.model, np.inf
    for lower, upper, down, up in (
        (model.lower, model.upper, moved.lower, moved.upper),
        (model.row_lower, model.row_upper, moved.row_lower, moved.row_upper),
    ):
        closing = way * (down - up)
        meets = closing > DUST * np.maximum(1.0, np.abs(down))
        least = min(least, float(np.min((upper - lower)[meets] / closing[meets], initial=np.inf)))
    return least


def _basis(tiers: Tiers, tier: str) -> Basis:
    if ("basis", tier) not in tiers.kept:
        tiers.kept["basis", tier] = _made(tiers, tier)
    found: Basis = tiers.kept["basis", tier]
    return found


def _made(tiers: Tiers, tier: str) -> Basis:
    face, matrix, held = tiers.faces[tier], tiers.model.matrix, []
    for name, objective in tiers.model.objectives.items():
        if name == tier:
            break
        if name in tiers.given_up:
            assert isinstance(objective, LinearObjective)
            held.append(name)
            matrix = sp.csr_array(sp.vstack([matrix, sp.csr_array(objective.costs[None, :] * factor(tiers, name))]))
    columns, rows = (
        np.array([int(each) for each in status]) for status in (face.basis.col_status, face.basis.row_status)
    )
    basic, tight = np.flatnonzero(columns == BASIC), np.flatnonzero(rows != BASIC)
    inverse = None
    if basic.size == tight.size:
        try:
            inverse = splu(sp.csc_matrix(matrix[tight][:, basic])) if basic.size else ()
        except RuntimeError:  # singular to the last digit
            inverse = None
    return Basis(columns, rows, sp.csc_array(matrix), inverse, tuple(held))


def _ratio(
    face: Face, basis: Basis, bounds: tuple[np.ndarray, np.ndarray], sides: tuple[np.ndarray, np.ndarray]
) -> tuple[float, float]:
    """The distances both ways; `bounds` and `sides` say how fast those of columns and rows move."""
    columns, rows = basis.columns == BASIC, basis.rows == BASIC
    move = _followed(basis.columns, *bounds)
    side = _followed(basis.rows, *sides)
    if columns.any():
        wanted = (side - basis.matrix @ move)[~rows]
        move[columns] = basis.inverse.solve(wanted) if np.any(wanted) else 0.0
    assert face.run.point is not None
    activity, turn = basis.matrix @ face.run.point, basis.matrix @ move
    down = up = np.inf
    for value, speed, lower, upper, (slower, faster), basic in (
        (face.run.point, move, face.lower, face.upper, bounds, columns),
        (activity, turn, face.row_lower[: rows.size], face.row_upper[: rows.size], sides, rows),
    ):
        for left, rate in ((value - lower, speed - slower), (upper - value, faster - speed)):
            left, rate = np.maximum(left[basic], 0.0), rate[basic]
            still = DUST * float(np.max(np.abs(rate), initial=0.0))
            down = min(down, _first(left, rate, rate > still))
            up = min(up, _first(left, rate, rate < -still))
    return down, up


def _followed(status: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """What is not basic moves with the side at which it stands."""
    return np.where(status == UPPER, upper, np.where(status == LOWER, lower, 0.0))


def _first(left: np.ndarray, rate: np.ndarray, closing: np.ndarray) -> float:
    return float(np.min(left[closing] / np.abs(rate[closing]), initial=np.inf))
