"""Whole facilities beside the relaxation: every one at the whole number below or above what the linear program has.

The linear program is a bound of the tier and, in allocation, hardly better than whole facilities: of 337 cities each
may keep what a whole facility costs more or less. A search among the two numbers beside it is done before the cuts
that a search among all of them begins with (relaxation enforced neighbourhood, Berthold 2014).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.handed import HandedModel
from alloc.solver.runs import Clock, Ending, Run
from alloc.solver.status import gap_size

MANY = 500  # whole columns from which this is taken; what is smaller is searched whole in less than a second
EASES = (0.02, 0.1, 0.3)  # of the gap: what is tried to be taken back of earlier tiers, which found other facilities
PATIENCE = 0.5  # of the time of a tier
WHOLE = 1e-6  # from a whole number
NODES = 1  # of the search tree: its root


class Near:
    """Searches for a tier after the other beside its relaxation.

    Args:
        model: the model.
        clock: the solve's.
        searched: that holds the model with whole columns; what tiers are held by is added to it here.
        gap: relative, of every tier.

    Attributes:
        eased: the share of the gap that was last left to be taken back of earlier tiers.
        found: the last point, whether or not it was near enough.
    """

    def __init__(self, model: LinearModel, clock: Clock, searched: HandedModel, gap: float) -> None:
        self._model, self._searched, self._gap = model, searched, gap
        self._parts = HandedModel(model, clock)
        self._columns = np.flatnonzero(model.integer)
        self._held: list[tuple[int, float, float]] = []
        self._failed = False
        self.eased = 0.0
        self.found: np.ndarray | None = None

    def hold(self, costs: np.ndarray, most: float, room: float) -> None:
        """Adds costs·x ≤ most; a small share of `room` may be taken beyond it."""
        place = self._searched.add_row(-np.inf, most, costs)
        self._parts.add_row(-np.inf, most, costs)
        self._held.append((place, most, room))

    def search(
        self,
        objective: LinearObjective,
        costs: np.ndarray,
        factor: float,
        tell: Callable[[float, float], None],
        seconds: float,
        gaps: Mapping[str, float],
    ) -> Run | None:
        """A point that the relaxation proves within the gap; None where there is none beside it.

        Args:
            objective: the tier.
            costs, factor: its scaled costs, as the model with whole columns has them.
            tell: told of points and the relaxation's bound.
            seconds: what there is for the tier; a part of it is taken at most.
            gaps: at which the search ends, as HiGHS's options.

        Returns:
            The run; its bound is the relaxation's. Afterwards earlier tiers are held as loosely as was tried last.
            Where it failed once it is not tried again: the relaxation is then too far from whole facilities.
        """
        if self._failed:
            return None
        self._parts.costs(costs, objective.constant * factor)
        for share in EASES if any(room > 0 for _, _, room in self._held) else (0.0,):
            self._ease(share)
            parts = self._parts.run(cold=True)
            if parts.ending is not Ending.OPTIMAL or parts.point is None:
                continue
            with self._beside(parts.point[self._columns]):
                self._searched.on_incumbent = partial(_with_bound, tell, parts.bound)
                run = self._searched.run(PATIENCE / len(EASES) * seconds, cold=True, mip_max_nodes=NODES, **gaps)
            if run.point is None and run.ending is not Ending.INTERRUPTED:
                continue
            self.found = run.point
            if run.point is None:
                break
            off = abs(float(costs @ run.point) + objective.constant * factor - parts.bound) / factor
            if off <= self._gap * gap_size(objective.value(run.point), objective.natural):
                return replace(run, ending=Ending.OPTIMAL, bound=parts.bound)
            if run.ending is Ending.INTERRUPTED:
                return replace(run, bound=parts.bound)
            break  # the relaxation is too far from whole facilities, and looser it is further
        self._failed = True
        return None

    def _ease(self, share: float) -> None:
        self.eased = share
        if self._held:
            rows = np.array([row for row, _, _ in self._held])
            most = np.array([most + share * room for _, most, room in self._held])
            for each in (self._searched, self._parts):
                each.bound_rows(rows, np.full(rows.size, -np.inf), most)

    @contextmanager
    def _beside(self, values: np.ndarray) -> Iterator[None]:
        columns = self._columns
        lower, upper = self._model.lower[columns], self._model.upper[columns]
        least, most = np.floor(values + WHOLE), np.ceil(values - WHOLE)
        self._searched.bound_columns(columns, np.clip(least, lower, upper), np.clip(most, lower, upper))
        yield
        self._searched.bound_columns(columns, lower, upper)


def _with_bound(tell: Callable[[float, float], None], bound: float, best: float, beside: float) -> None:
    """Tells of a point; what the search itself has as a bound holds beside the relaxation alone."""
    tell(best, bound)
