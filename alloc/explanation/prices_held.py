"""At which of its two sides every row and column is held while a tier is solved, and how these sides move."""

from __future__ import annotations

import numpy as np

from alloc.explanation.prices_change import Change
from alloc.explanation.prices_tiers import Tiers
from alloc.solver.hold import ZERO


class Sides:
    """−1 where a row or column is held below, 1 above, 0 where it is not held; filled tier by tier."""

    def __init__(self, tiers: Tiers) -> None:
        """Nothing is held yet."""
        self._tiers = tiers
        self._rows = np.zeros(tiers.model.matrix.shape[0], dtype=np.int8)
        self._columns = np.zeros(tiers.model.matrix.shape[1], dtype=np.int8)

    def see(self, tier: str) -> None:
        """Takes in what a tier holds by its duals; what an earlier one holds stays."""
        for step in (tier, f"{tier}, ties"):
            if step not in self._tiers.faces:
                continue
            run = self._tiers.faces[step].run
            for side, duals in ((self._rows, run.duals[: self._rows.size]), (self._columns, run.reduced)):
                new = (side == 0) & (np.abs(duals) > ZERO)
                side[new] = np.where(duals[new] > 0, -1, 1)

    def rows(self, moved: Change) -> np.ndarray:
        """How the side at which each row is held moves."""
        return np.asarray(np.where(self._rows > 0, moved.row_upper, moved.row_lower) * (self._rows != 0))

    def columns(self, moved: Change) -> np.ndarray:
        """How the bound at which each column is held moves; what is fixed from the beginning does not."""
        found = np.where(self._columns > 0, moved.upper, moved.lower) * (self._columns != 0)
        if self._tiers.fixed is not None:
            found[self._tiers.fixed[0]] = 0.0
        return np.asarray(found)

    def both_bounds(self, moved: Change) -> tuple[np.ndarray, np.ndarray]:
        """How the lower and the upper bound of each column move: together where it is held."""
        lower = np.where(self._columns > 0, moved.upper, moved.lower)
        upper = np.where(self._columns < 0, moved.lower, moved.upper)
        if self._tiers.fixed is not None:
            lower[self._tiers.fixed[0]] = upper[self._tiers.fixed[0]] = 0.0
        return lower, upper

    def both_sides(self, moved: Change) -> tuple[np.ndarray, np.ndarray]:
        """How the lower and the upper side of each row move: together where it is held."""
        lower = np.where(self._rows > 0, moved.row_upper, moved.row_lower)
        return lower, np.where(self._rows < 0, moved.row_lower, moved.row_upper)


def sides_of(tiers: Tiers, tier: str) -> tuple[Sides, Sides]:
    """The sides before the tier, and with those that it holds itself; found once."""
    if ("sides", tier) not in tiers.kept:
        names = list(tiers.model.objectives)
        before, after = Sides(tiers), Sides(tiers)
        for name in names[: names.index(tier)]:
            before.see(name)
            after.see(name)
        after.see(tier)
        tiers.kept["sides", tier] = (before, after)
    found: tuple[Sides, Sides] = tiers.kept["sides", tier]
    return found
