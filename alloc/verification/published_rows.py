"""The rules that tie published numbers together, from the raw tables: rows of a city, its budget, limits on groups.

Those of a lever with a verification of its own stand there (`alloc.verification.levers.Checks.rounded`). What is built
is as it was decided. `to_capital` follows from what is published, so both budgets are one.

Rows of a purse are shared out to its members: each keeps to what it was decided to take and to an even part of what the
row leaves. Numbers are judged by these parts, and what they miss by the row of the purse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloc.verification import levers
from alloc.verification.arrays import Flags, Floats, given
from alloc.verification.means import Limit, new_interest, pools_of_limit
from alloc.verification.optional.purses import Purses
from alloc.verification.recompute import Raw
from alloc.verification.results import Results, pools_by_purpose

NOISE = 1e-6  # of a quantum
EASED = 2e-6  # of a quantum: what is above a multiple by more, rounding has surely seen


@dataclass(frozen=True, eq=False)
class Row:
    """Of every city: pools · published amounts + persons · settlers ≤ most.

    Attributes:
        rule: the constraint family.
        pools: weights of the amounts [R]; flags where these are added up.
        most: right side [n], infinite where there is no row.
        persons: weight of the settlers.
        gives_way: whether rounding may miss it by less than a quantum where no multiples do without.
        purses: where the members of a purse have one row together, both sides of which are summed over them.
    """

    rule: str
    pools: Flags | Floats
    most: Floats
    persons: float = 0.0
    gives_way: bool = False
    purses: Purses | None = None

    @property
    def weighs(self) -> bool:
        """Whether amounts weigh against each other or against persons."""
        return bool((self.pools < 0).any() or self.persons < 0 or (self.persons and self.pools.any()))

    def taken(self, amounts: Floats, settle: Floats | float = 0.0) -> Floats:
        """What every city takes at amounts [n, R] and settlers [n]."""
        used = np.flatnonzero(self.pools)
        return np.asarray((amounts[:, used] * self.pools[used]).sum(axis=1) + self.persons * settle)


def kept_limits(raw: Raw, results: Results) -> tuple[Limit, ...]:
    """The limits that rounding keeps, with their right sides as amounts: all that compare no cities with others."""
    return tuple(
        replace(one, amount=float(right))
        for one, right in zip(raw.limits, results.limits_at, strict=True)
        if one.versus is None
    )


class Rows:
    """The rules, and what they leave."""

    def __init__(self, raw: Raw, results: Results, policy: Any) -> None:
        """Sets `rows`, which amounts alone can break; `gates`, which persons alone can; and those that are `weighed`,
        amounts against each other or against persons."""
        self._raw, self._results, self._policy = raw, results, policy
        self.limits = kept_limits(raw, results)
        self.published, self.settle = results.allocations["published"], results.people["settle"]
        purpose = pools_by_purpose(raw.pool)
        ratio = np.nan if policy.land.stock_ratio is None else policy.land.stock_ratio
        linked = given(raw.stock_base + ratio * results.put_to_use, np.inf)
        rows = (
            Row("stock_link", purpose["land"], linked, gives_way=True),
            Row("debt_limit", purpose["new_general"], raw.class_room[:, 0], purses=raw.purses),
            Row("debt_limit", purpose["new_special"], raw.class_room[:, 1], purses=raw.purses),
            Row("debt_room", purpose["bonds"], raw.bond_room, purses=raw.purses),
            Row("borrow_to_build", purpose["bonds"], results.spending, purses=raw.purses),
            Row("special_bond_purpose", purpose["new_special"], results.earning, purses=raw.purses),
        )
        brought = [row(raw, results, policy) for row in levers.rounded(raw.formulation).values()]
        if raw.groups:
            most = raw.extension_limit - results.extend
            brought.append(Row("extension", np.zeros(len(raw.pools)), most, persons=1.0))
        every = [row for row in (*rows, *brought) if row.pools.any() or row.persons]
        self.weighed = [row for row in every if row.weighs]
        self.rows = [row for row in every if not row.weighs and row.pools.any()]
        self.gates = [row for row in every if not row.weighs and not row.pools.any()]
        self._purpose = purpose
        self._parts, self._left = self.rows, (np.zeros(len(raw.cities)), np.zeros(len(raw.cities)))
        if raw.purses.shared:
            self._parts = [self._shared_out(row) for row in self.rows]
            capital, general = self._budget(results.allocation, results.settle)
            to_capital = results.budget["to_capital"]
            self._left = self._part(capital - to_capital), self._part(general + to_capital)

    def _part(self, over: Floats) -> Floats:
        """What a member of a purse is over a side, less its even part of what all members are; 0 where it has its own
        purse [n]."""
        purses = self._raw.purses
        size = purses.of_city(np.array([len(own) for own in purses.members], dtype=float))
        return np.where(size > 1, over - purses.of_city(purses.sums(over)) / size, 0.0)

    def _shared_out(self, row: Row) -> Row:
        """A row with the parts of the members of purses as right sides."""
        if row.purses is None:
            return row
        own = row.purses.of_city(np.array([len(each) == 1 for each in row.purses.members]))
        taken = row.taken(self._results.allocation, self._results.settle)
        over = np.where(np.isfinite(row.most), taken - row.most, 0.0)
        return replace(row, most=np.where(own, row.most, row.most + self._part(over)), purses=None)

    def over(self, row: Row) -> tuple[Floats, Floats]:
        """What those who have a row together take of it, and by how much that is too much [P] each."""
        sums = (lambda values: values) if row.purses is None else row.purses.sums
        taken = row.taken(self.published, self.settle)
        return sums(taken), sums(taken) - sums(row.most)

    def room(self, r: int) -> tuple[Floats, Floats]:
        """What the rows leave to a pool, the others at what is published, or decided where that is more [n]; and the
        same where those that give way leave the next multiple."""
        raw, quantum = self._raw, self._raw.pool["quantum"]
        below = np.floor(self._results.allocation / quantum + NOISE) * quantum
        others = np.maximum(self.published, np.maximum(below, raw.lower))
        room = eased = np.full(len(raw.cities), np.inf)
        for row in self._parts:
            if row.pools[r]:
                rest = replace(row, pools=row.pools * (np.arange(len(quantum)) != r))
                left = (row.most - rest.taken(others)) / row.pools[r]
                room = np.minimum(room, left)
                eased = np.minimum(eased, np.ceil(left / quantum[r] - EASED) * quantum[r] if row.gives_way else left)
        return room, eased

    def overdrawn(self, settle: Floats) -> Floats:
        """By how much a city overdraws its part of the budget where so many settle, 10⁴ yuan; negative: what is left
        [n]."""
        capital, general = self._budget(self.published, settle)
        of_capital, of_general = self._left
        return np.asarray(general - of_general + np.maximum(capital - of_capital, 0.0))

    def overdrawn_together(self, settle: Floats) -> Floats:
        """The same of every purse [P]."""
        capital, general = (self._raw.purses.sums(each) for each in self._budget(self.published, settle))
        return np.asarray(general + np.maximum(capital, 0.0))

    def _budget(self, amounts: Floats, settle: Floats) -> tuple[Floats, Floats]:
        """What building lacks without general money, and what general money lacks without building, 10⁴ yuan [n]."""
        raw, policy, results = self._raw, self._policy, self._results
        sums = {name: amounts[:, pools].sum(axis=1) for name, pools in self._purpose.items()}
        sources = raw.city["fund_available"] + sums["capital_transfers"] + sums["bonds"]
        by_funds, by_revenue = new_interest(sums["bonds"], sums["new_special"], policy)
        outlays = (
            raw.city["essential_spending"]
            + raw.city["interest"]
            + results.running
            + policy.settlement.cost * settle
            + by_revenue
        )
        income = raw.city["revenue"] + raw.city["other_transfers"] + sums["general_transfers"] + raw.shortfall
        return np.asarray(results.spending + by_funds - sources), np.asarray(outlays - income)

    def free(self, r: int) -> tuple[Flags, Flags]:
        """Whose number of a pool can rise, and whose can fall by a quantum so that every limit on a group holds, also
        those on several pools together [n]."""
        return self._free(self._limited(r), float(self._raw.pool["quantum"][r]))

    def pressed(self, r: int) -> Flags:
        """Whose number of a pool may be larger than a rule leaves that gives way, for a limit on a group that has no
        quantum to spare: of those whom it asks to have so much, and of all others where they may have no more [n]."""
        pressed, quantum = np.zeros(len(self.settle), dtype=bool), float(self._raw.pool["quantum"][r])
        for one, numbers in self._limited(r):
            total = numbers[one.chosen].sum()
            if one.sense != "<=" and total - quantum < one.amount:
                pressed |= one.chosen
            if one.sense != ">=" and total + quantum > one.amount:
                pressed |= ~one.chosen
        return pressed

    def _limited(self, r: int) -> list[tuple[Limit, Floats]]:
        """The limits that a pool has a part in, each with what cities have of all its pools [n]."""
        pool = self._raw.pool
        of = [(one, pools_of_limit(one.kind, one.item, pool)) for one in self.limits]
        return [(one, self.published[:, pools].sum(axis=1)) for one, pools in of if pools is not None and pools[r]]

    def free_persons(self) -> tuple[Flags, Flags]:
        """The same for a person more or less who settles."""
        return self._free([(one, self.settle) for one in self.limits if one.kind == "settle"], 1.0)

    @property
    def persons_limited(self) -> bool:
        """Whether a limit on a group asks for a number of persons."""
        return any(one.kind == "settle" and one.sense != "<=" for one in self.limits)

    def most_persons(self) -> Floats:
        """The whole persons that surely can settle within limit, gates and budget of their city [n]."""
        raw, cost = self._raw, self._policy.settlement.cost
        spare = raw.capacity + self._results.places + raw.backlog_limit - self._results.recognised
        gated = raw.service["settlement_prerequisite"] & (raw.need_per_settler > 0)
        each = np.where(gated, spare / np.where(gated, raw.need_per_settler, 1.0), np.inf)
        most = np.minimum(raw.settle_limit, each.min(axis=1, initial=np.inf))
        for row in (*self.gates, *(row for row in self.weighed if row.persons > 0)):
            most = np.minimum(most, (row.most - row.taken(self.published)) / row.persons)
        if cost:
            most = np.minimum(most, -self.overdrawn(np.zeros(len(most))) / cost)
        return np.asarray(np.floor(most))

    def _free(self, limits: list[tuple[Limit, Floats]], step: float) -> tuple[Flags, Flags]:
        rises, falls = np.ones(len(self.settle), dtype=bool), np.ones(len(self.settle), dtype=bool)
        for one, numbers in limits:
            total = numbers[one.chosen].sum()
            if one.sense != ">=" and total + step > one.amount:
                rises &= ~one.chosen
            if one.sense != "<=" and total - step < one.amount:
                falls &= ~one.chosen
        return rises, falls
