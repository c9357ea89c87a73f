"""How far a parameter can go before a tier's price may change: the simplex method's ratio test along its change.

A parameter that moves sides and bounds alone leaves the duals of the tier and of all before it dual feasible, and every
point of the held faces satisfies what they ask, so that it is enough to see how long the basis stays within its bounds.
One that moves coefficients or costs moves the duals too. Then the price is that of the duals if, to the first order,
the basis stays within its bounds and no dual that was zero moves: the tier's basis stays optimal for small changes,
and the faces of the tiers stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from alloc.compiler.linear_model import LinearObjective
from alloc.explanation.sensitivity.change import Change
from alloc.explanation.sensitivity.held import sides_of
from alloc.explanation.sensitivity.slopes import factor, slopes
from alloc.explanation.sensitivity.tiers import Face, Tiers
from alloc.tolerances import ROUNDOFF, ZERO_DUAL

LOWER, BASIC, UPPER = 0, 1, 2  # as HiGHS numbers the status of a column or row in a basis


class Room(NamedTuple):
    """How far a parameter can fall and rise while a tier's basis stays within its bounds.

    Attributes:
        down, up: two distances, 0 at a corner and inf without end; to the first order where coefficients move.
        steady: whether the duals of the tier and of all before it stay optimal for small changes.
    """

    down: float
    up: float
    steady: bool


@dataclass(frozen=True, eq=False)
class Basis:
    """The basis in which a tier ended, ready to be solved with; `inverse` is None where it is singular.

    Attributes:
        columns, rows: which are basic.
        at_upper, row_at_upper: which are not, and stand at their upper side.
        matrix: of the model and of the rows that hold tiers with a tolerance.
        inverse: of the basic columns over the rows that are not basic.
        held: the tiers with a tolerance before it.
        activity: of every row at the tier's point.
    """

    columns: np.ndarray
    rows: np.ndarray
    at_upper: np.ndarray
    row_at_upper: np.ndarray
    matrix: sp.csr_array
    inverse: Any
    held: tuple[str, ...]
    activity: np.ndarray


class Reading:
    """What the duals and bases of solved tiers say of one change of their model; each thing found once."""

    def __init__(self, tiers: Tiers, moved: Change) -> None:
        """Nothing is worked out yet but the slopes."""
        self.tiers, self.moved = tiers, moved
        self.slopes = slopes(tiers, moved)
        self._rooms: dict[str, Room | None] = {}

    def room(self, tier: str) -> Room | None:
        """How far the parameter can go; None where the basis alone does not say."""
        if tier not in self._rooms:
            self._rooms[tier] = self._room(tier) if self.tiers.by_duals(tier) else None
        return self._rooms[tier]

    def point(self, tier: str, by: float) -> np.ndarray:
        """Where the tier's basis has its point when the parameter, which moves sides alone, goes so far."""
        return np.asarray(self.tiers.point(tier) + by * self._follow(tier)[0])

    def _room(self, tier: str) -> Room | None:
        basis = _basis(self.tiers, tier)
        if basis.inverse is None:
            return None
        move, turn, bounds, sides = self._follow(tier)
        down, up = _ratio(self.tiers.faces[tier], basis, move, turn, bounds, sides)
        down, up = min(down, self._uncrossed(-1)), min(up, self._uncrossed(1))
        steady = self.moved.sides_only or self._steady(tier)
        names = list(self.tiers.model.objectives)
        for name in names[: names.index(tier)]:
            if not (name in basis.held or (steady and not self.moved.sides_only)):
                continue
            there = self.room(name)
            if there is None:
                return None
            steady &= there.steady
            if name in basis.held:
                down, up = min(down, there.down), min(up, there.up)
        return Room(down, up, steady)

    def _follow(self, tier: str) -> tuple[np.ndarray, np.ndarray, _Pair, _Pair]:
        """How fast columns and rows move with the basis, and how fast their bounds and sides do."""
        basis, before = _basis(self.tiers, tier), sides_of(self.tiers, tier)[0]
        bounds = before.both_bounds(self.moved)
        row_lower, row_upper = before.both_sides(self.moved)
        if basis.held:
            rise = [self._rise(name) for name in basis.held]
            row_lower, row_upper = np.append(row_lower, np.zeros(len(rise))), np.append(row_upper, rise)
        move = _followed(basis.columns, basis.at_upper, *bounds)
        side = _followed(basis.rows, basis.row_at_upper, row_lower, row_upper)
        pull = self._matrix(basis)
        pulled = 0.0 if pull is None else pull @ self.tiers.point(tier)
        turn = basis.matrix @ move + pulled if pull is not None or np.any(move) else np.zeros(side.size)
        wanted = (side - turn)[~basis.rows]
        if np.any(wanted):
            move[basis.columns] = basis.inverse.solve(wanted)
            turn = basis.matrix @ move + pulled
        return move, turn, bounds, (row_lower, row_upper)

    def _rise(self, held: str) -> float:
        """How the row moves that holds a tier with a tolerance."""
        constant = self.moved.costs[held][2] if held in self.moved.costs else 0.0
        slope = self.slopes[held]
        least = -slope if self.tiers.model.objectives[held].maximise else slope
        return (least - constant) * factor(self.tiers, held)

    def _matrix(self, basis: Basis) -> sp.csr_array | None:
        """What changes in the coefficients, the rows of tolerances included."""
        if self.moved.sides_only:
            return None
        rows, columns = self.tiers.model.matrix.shape
        own = self.moved.matrix if self.moved.matrix is not None else sp.csr_array((rows, columns))
        further = [
            sp.csr_array(self._costs(name)[None, :]) if name in self.moved.costs else sp.csr_array((1, columns))
            for name in basis.held
        ]
        return sp.csr_array(sp.vstack([own, *further], format="csr")) if further else own

    def _costs(self, tier: str) -> np.ndarray:
        """What changes in the costs as the solver holds them."""
        found = np.zeros(self.tiers.model.matrix.shape[1])
        if tier in self.moved.costs:
            places, amounts, _ = self.moved.costs[tier]
            found[places] = amounts * factor(self.tiers, tier)
        return found

    def _steady(self, tier: str) -> bool:
        """Whether no dual of the tier that is zero, and could be another, moves to the first order."""
        basis, face = _basis(self.tiers, tier), self.tiers.faces[tier]
        pull = self._matrix(basis)
        assert pull is not None
        reduced = self._costs(tier) - pull.T @ face.run.duals
        duals = np.zeros(basis.rows.size)
        if np.any(reduced[basis.columns]):
            duals[~basis.rows] = basis.inverse.solve(reduced[basis.columns], trans="T")
            reduced = reduced - basis.matrix.T @ duals
        for value, move, free, basic in (
            (face.run.reduced, reduced, face.upper > face.lower, basis.columns),
            (face.run.duals, duals, face.row_upper > face.row_lower, basis.rows),
        ):
            idle = free & ~basic & (np.abs(value) <= ZERO_DUAL)
            if np.any(np.abs(move[idle]) > ROUNDOFF * float(np.max(np.abs(move), initial=0.0))):
                return False
        return True

    def _uncrossed(self, way: int) -> float:
        """How far until two bounds of a column or two sides of a row cross."""
        model, moved, least = self.tiers.model, self.moved, np.inf
        for lower, upper, down, up, places in (
            (model.lower, model.upper, moved.lower, moved.upper, moved.columns),
            (model.row_lower, model.row_upper, moved.row_lower, moved.row_upper, moved.rows),
        ):
            closing = way * (down - up)
            meets = closing > ROUNDOFF * np.maximum(1.0, np.abs(down))
            room = (upper - lower)[places[meets]] / closing[meets]
            least = min(least, float(np.min(room, initial=np.inf)))
        return least


_Pair = tuple[np.ndarray, np.ndarray]


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
        if name in tiers.tolerance_used:
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
    return Basis(
        columns == BASIC, rows == BASIC, columns == UPPER, rows == UPPER, matrix, inverse, tuple(held),
        matrix @ tiers.point(tier),
    )  # fmt: skip


def _ratio(
    face: Face, basis: Basis, move: np.ndarray, turn: np.ndarray, bounds: _Pair, sides: _Pair
) -> tuple[float, float]:
    """The distances both ways until something basic meets its bound."""
    assert face.run.point is not None
    down = up = np.inf
    for value, speed, lower, upper, (slower, faster), basic in (
        (face.run.point, move, face.lower, face.upper, bounds, basis.columns),
        (basis.activity, turn, face.row_lower[: turn.size], face.row_upper[: turn.size], sides, basis.rows),
    ):
        moving = np.flatnonzero(basic & ((speed != 0) | (slower != 0) | (faster != 0)))
        at, rates = value[moving], speed[moving]
        for left, rate in ((at - lower[moving], rates - slower[moving]), (upper[moving] - at, faster[moving] - rates)):
            left = np.maximum(left, 0.0)
            still = ROUNDOFF * float(np.max(np.abs(rate), initial=0.0))
            down = min(down, _first(left, rate, rate > still))
            up = min(up, _first(left, rate, rate < -still))
    return down, up


def _followed(basic: np.ndarray, at_upper: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """What is not basic moves with the side at which it stands."""
    return np.where(basic, 0.0, np.where(at_upper, upper, lower))


def _first(left: np.ndarray, rate: np.ndarray, closing: np.ndarray) -> float:
    return float(np.min(left[closing] / np.abs(rate[closing]), initial=np.inf))
