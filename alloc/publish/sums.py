"""The planner's limits on several pools together, as limits on one pool after another.

Pools are rounded one by one. Where limits on their sums would be missed, what the others leave of such a limit is a
limit on the amounts of one pool: of that which comes last, or, where this one alone cannot make up for all the others,
of every one in turn, those to come taken as they were decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from alloc.formulation.catalogue import Catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.limits import LimitRow
from alloc.publish.choice import Flags, Floats


@dataclass(frozen=True, eq=False)
class Sum:
    """A limit on amounts of several pools together.

    Attributes:
        row: the limit, its right side an amount.
        pools: those that it sums up [R].
    """

    row: LimitRow
    pools: Flags

    def total(self, amounts: Floats) -> float:
        """What it sums up of amounts [n, R]."""
        return float(amounts[self.row.selection][:, self.pools].sum())

    def rest(self, pool: int, numbers: Floats) -> LimitRow:
        """The limit on a pool that is left where the others have these numbers [n, R]."""
        others = replace(self, pools=self.pools.copy())
        others.pools[pool] = False
        return replace(self.row, amount=self.row.amount - others.total(numbers))


def sums_of(derived: Derived, known: Catalogue) -> tuple[Sum, ...]:
    """The limits on published amounts that are no limits on one pool, of the limits that rounding keeps."""
    granted = known.granted.name
    quantities = ((row, known.quantities[row.kind]) for row in derived.limits if row.kind != granted)
    return tuple(Sum(row, each.pools(derived, row.item)) for row, each in quantities if each.pools is not None)


def limits_on(sums: Sequence[Sum], pool: int, numbers: Floats, later: Flags, in_turn: bool) -> Iterator[LimitRow]:
    """What sums ask of a pool when it is its turn.

    Args:
        sums: the limits.
        pool: the one that is rounded.
        numbers: published, or decided where still to come [n, R].
        later: the pools that are still to come [R].
        in_turn: whether every pool of a sum has its part in it; else only the last.
    """
    for each in sums:
        if each.pools[pool] and (in_turn or not (later & each.pools).any()):
            yield each.rest(pool, numbers)
