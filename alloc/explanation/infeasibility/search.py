"""The cheapest ways to make room: adjustments beside the rows, and one combination after the other.

The elastic model is the model itself with a column for every adjustment: what it does to the rows, and what it costs.
A combination that has been found is cut off by doing without one of its adjustments, each in turn, the cheapest first;
so combinations come about in the order of what they cost, and none contains another that came before.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from alloc.explanation.infeasibility.adjustments import Adjustment
from alloc.explanation.infeasibility.rows import Rows
from alloc.explanation.shared.answer import LARGE
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending
from alloc.tolerances import ROUNDOFF

# What changing a rule by as much as it is costs, by who may do it: the planner's own before a province's, a
# higher authority's, and law last.
WEIGHTS = {"planner": 1.0, "province": 10.0, "higher_rule": 30.0, "law": 900.0}
WAIVED = 3.0  # to do without a rule costs so many times what it costs to change it by as much
TROUBLE, SHARE = 1.0, 0.05  # what it is worth to touch one number less: so much, and a share of what all cost
LARGEST = 1e7  # of a coefficient, in units of the matrix


@dataclass(frozen=True)
class Combination:
    """Adjustments that make room together.

    Attributes:
        cost: Σ weight of the owner · change relative to what there is.
        amounts: adjustment -> change of each of its values, in the unit of the instance.
        proven: whether no cheaper one is left (False where a run ran out of time).
    """

    cost: float
    amounts: dict[str, np.ndarray]
    proven: bool = True


class Elastic:
    """The rows of an instance with adjustments beside them.

    Args:
        rows: of the instance.
        adjustments: what may be changed.
        whole: whether facilities are whole.
        clock: of the whole explanation.

    Attributes:
        large: whether a run takes seconds.
        runs: how many there were.
    """

    def __init__(self, rows: Rows, adjustments: tuple[Adjustment, ...], whole: bool, clock: Clock) -> None:
        self._adjustments, self._whole, self._clock = adjustments, whole, clock
        model = rows.model
        self.large = rows.family.size > LARGE
        self.runs = 0
        self._first = model.matrix.shape[1]
        self._owners = {each.name: each.owner for each in adjustments}
        weights = [WEIGHTS[each.owner] * (WAIVED if each.turn.waives else 1) for each in adjustments]
        self._starts = np.cumsum([0, *(len(each.keys) for each in adjustments)])
        total = int(self._starts[-1])
        # A column counts in shares of what there is, or in smaller ones where it moves rows by very much.
        natural = np.concatenate([each.scale for each in adjustments]) if adjustments else np.empty(0)
        largest = np.array([
            float(np.max(np.abs(effect) * size, initial=0.0))
            for each in adjustments
            for effect, size in zip(each.effects, each.scale, strict=True)
        ])  # fmt: skip
        self._unit = natural / np.maximum(1.0, largest / LARGEST)
        places = [(row, k) for k, row in enumerate(row for each in adjustments for row in each.rows)]
        effects = [effect for each in adjustments for effect in each.effects]
        across = np.concatenate([np.full(row.size, k) for row, k in places]) if places else np.empty(0, dtype=int)
        down = np.concatenate([row for row, _ in places]) if places else np.empty(0, dtype=int)
        moved = np.concatenate(effects) if effects else np.empty(0)
        extra = sp.csr_array(
            (-moved * self._unit[across.astype(int)], (down, across.astype(int))), shape=(model.matrix.shape[0], total)
        )
        most = (np.concatenate([each.most for each in adjustments]) if adjustments else np.empty(0)) / self._unit
        self._most = np.minimum(most, 1e7)
        self.model = model.with_columns(extra, self._most)
        costs = np.repeat(weights, np.diff(self._starts)) * self._unit / natural if adjustments else np.empty(0)
        self._session = Session(self.model, clock, whole=whole)
        self._session.costs(np.append(np.zeros(self._first), costs))

    @staticmethod
    def cost(adjustment: Adjustment, change: np.ndarray) -> float:
        """What a change of the values of an adjustment costs."""
        weight = WEIGHTS[adjustment.owner] * (WAIVED if adjustment.turn.waives else 1)
        return weight * float((change / adjustment.scale).sum())

    def with_few(self, found: Combination, seconds: float) -> Combination:
        """A combination with no adjustment that is worth less than a planner's trouble, or the same where none is."""
        if self._whole or self.large:
            return found
        for adjustment in sorted(found.amounts, key=lambda name: -WEIGHTS[self._owners[name]]):
            if adjustment not in found.amounts or len(found.amounts) == 1:
                continue
            others = frozenset(self._owners) - (frozenset(found.amounts) - {adjustment})
            fewer = self.cheapest(others, seconds)
            if fewer is not None and fewer.cost <= (1 + SHARE) * found.cost + TROUBLE:
                found = fewer
        return found

    def cheapest(self, banned: frozenset[str], seconds: float) -> Combination | None:
        """The cheapest combination without some adjustments; None where there is none, or none was found."""
        self.runs += 1
        upper = self._most.copy()
        for place, adjustment in enumerate(self._adjustments):
            if adjustment.name in banned:
                upper[self._starts[place] : self._starts[place + 1]] = 0.0
        columns = self._first + np.arange(upper.size)
        self._session.bound_columns(columns, np.zeros(upper.size), upper)
        run = self._session.run(time_limit=seconds, cold=True)  # presolve is worth more than the last basis
        if run.point is None:
            return None
        used = run.point[self._first :]
        amounts = {}
        cost = 0.0
        for place, adjustment in enumerate(self._adjustments):
            own = slice(self._starts[place], self._starts[place + 1])
            change = np.where(
                used[own] * self._unit[own] > ROUNDOFF * adjustment.scale, used[own] * self._unit[own], 0.0
            )
            if change.any():
                amounts[adjustment.name] = change
                cost += self.cost(adjustment, change)
        return Combination(cost, amounts, run.ending is Ending.OPTIMAL)

    def combinations(
        self, seconds: float, without: frozenset[str] = frozenset(), more: Callable[[], bool] = lambda: True
    ) -> Iterator[Combination]:
        """Combinations in the order of their costs, none of which contains one before it.

        Args:
            seconds: at most for each run.
            without: adjustments that are not to be used.
            more: asked before each run; where it is false, only combinations that are known still come.
        """
        heap: list[tuple[float, int, bool, frozenset[str], Combination]] = []
        tried: set[frozenset[str]] = set()
        given: list[frozenset[str]] = []

        def look(banned: frozenset[str]) -> None:
            if banned in tried or not more() or self._clock.left <= 0 or self._clock.interrupted:
                return
            tried.add(banned)
            found = self.cheapest(banned, seconds)
            if found is not None:
                heapq.heappush(heap, (found.cost, len(tried), False, banned, found))

        look(without)
        while heap:
            _, number, few, banned, found = heapq.heappop(heap)
            if not few:  # it costs a little more with fewer adjustments, and waits for its turn again
                found = self.with_few(found, seconds)
                heapq.heappush(heap, (found.cost, number, True, banned, found))
                continue
            adjustments = frozenset(found.amounts)
            if not any(each <= adjustments for each in given):
                given.append(adjustments)
                yield found
            for adjustment in found.amounts:
                look(banned | {adjustment})
