"""At which of its two sides every row and column is held while a tier is solved, and how these sides move."""

from __future__ import annotations

import numpy as np

from alloc.explanation.sensitivity.change import Change
from alloc.explanation.sensitivity.tiers import Tiers
from alloc.tolerances import ZERO_DUAL


class Sides:
    """−1 where a row or column is held below, 1 above, 0 where it is not held; filled tier by tier."""

    def __init__(self, tiers: Tiers) -> None:
        """Nothing is held yet."""
        self._tiers = tiers
        self._rows = np.zeros(tiers.model.matrix.shape[0], dtype=np.int8)
        self._columns = np.zeros(tiers.model.matrix.shape[1], dtype=np.int8)
        self._fixed = np.zeros(self._columns.size, dtype=bool)
        if tiers.fixed is not None:
            self._fixed[tiers.fixed[0]] = True

    def copy(self) -> Sides:
        """Another one that holds the same."""
        other = Sides(self._tiers)
        other._rows, other._columns = self._rows.copy(), self._columns.copy()
        return other

    def see(self, tier: str) -> None:
        """Takes in what a tier holds by its duals; what an earlier one holds stays."""
        for step in (tier, f"{tier}, ties"):
            if step not in self._tiers.faces:
                continue
            run = self._tiers.faces[step].run
            for side, duals in ((self._rows, run.duals[: self._rows.size]), (self._columns, run.reduced)):
                new = (side == 0) & (np.abs(duals) > ZERO_DUAL)
                side[new] = np.where(duals[new] > 0, -1, 1)

    def rows(self, moved: Change) -> np.ndarray:
        """How the side at which each row that moves is held moves [as `Change.rows`]."""
        held = self._rows[moved.rows]
        return np.asarray(np.where(held > 0, moved.row_upper, moved.row_lower) * (held != 0))

    def columns(self, moved: Change) -> np.ndarray:
        """How the bound at which each column is held moves [as `Change.columns`]; what is fixed does not."""
        held = self._columns[moved.columns]
        free = (held != 0) & ~self._fixed[moved.columns]
        return np.asarray(np.where(held > 0, moved.upper, moved.lower) * free)

    def both_bounds(self, moved: Change) -> tuple[np.ndarray, np.ndarray]:
        """How the lower and the upper bound of every column move: together where it is held."""
        held, free = self._columns[moved.columns], ~self._fixed[moved.columns]
        lower, upper = np.zeros(self._columns.size), np.zeros(self._columns.size)
        lower[moved.columns] = np.where(held > 0, moved.upper, moved.lower) * free
        upper[moved.columns] = np.where(held < 0, moved.lower, moved.upper) * free
        return lower, upper

    def both_sides(self, moved: Change) -> tuple[np.ndarray, np.ndarray]:
        """How the lower and the upper side of every row move: together where it is held."""
        held = self._rows[moved.rows]
        lower, upper = np.zeros(self._rows.size), np.zeros(self._rows.size)
        lower[moved.rows] = np.where(held > 0, moved.row_upper, moved.row_lower)
        upper[moved.rows] = np.where(held < 0, moved.row_lower, moved.row_upper)
        return lower, upper


def sides_of(tiers: Tiers, tier: str) -> tuple[Sides, Sides]:
    """The sides before the tier, and with those that it holds itself; found once."""
    if ("sides", tier) not in tiers.kept:
        names = list(tiers.model.objectives)
        place = names.index(tier)
        before = sides_of(tiers, names[place - 1])[1] if place else Sides(tiers)
        after = before.copy()
        after.see(tier)
        tiers.kept["sides", tier] = (before, after)
    found: tuple[Sides, Sides] = tiers.kept["sides", tier]
    return found
