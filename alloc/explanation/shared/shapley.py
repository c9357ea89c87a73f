"""The Shapley value of a difference: what each of some drivers has moved, over all orders in which they could come.

Exact: rational numbers throughout, so that the parts add up to the difference without any rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import factorial


@dataclass(frozen=True)
class Split:
    """What each driver has moved.

    Attributes:
        parts: driver -> its part; they add up to the value of all drivers less that of none.
        orders: in how many orders of the drivers every step on the way has a value.
        all_orders: how many orders there are. Where `orders` is fewer, parts are the mean over those alone.
    """

    parts: Mapping[str, Fraction]
    orders: int
    all_orders: int

    @property
    def complete(self) -> bool:
        """Whether it is the Shapley value itself."""
        return self.orders == self.all_orders


def subsets(drivers: Sequence[str]) -> list[frozenset[str]]:
    """All subsets, those first that make a split possible at all: along one order, back along it, then the rest."""
    forth = [frozenset(drivers[:size]) for size in range(len(drivers) + 1)]
    back = [frozenset(drivers[size:]) for size in range(len(drivers) + 1)]
    rest = [frozenset(some) for size in range(len(drivers) + 1) for some in combinations(drivers, size)]
    return list(dict.fromkeys([forth[0], forth[-1], *forth, *back, *rest]))


def shapley(drivers: Sequence[str], values: Mapping[frozenset[str], Fraction]) -> Split | None:
    """The mean of what each driver adds, over all orders in which every step has a value.

    With a value for every subset this is the Shapley value: parts add up, a driver that changes nothing has 0, and two
    that do the same have the same. All of this also holds of the mean over fewer orders, but the last: there two
    drivers are alike only if they are in the orders too.

    Args:
        drivers: names.
        values: subset -> value; a subset without one cannot be reached.

    Returns:
        The parts; None where no order has a value at every step.
    """
    every = frozenset(drivers)
    known = sorted(values, key=len)
    reach: dict[frozenset[str], int] = {frozenset(): 1} if frozenset() in values else {}
    for subset in known:
        if subset:
            reach[subset] = sum(reach.get(subset - {each}, 0) for each in subset)
    finish: dict[frozenset[str], int] = {every: 1} if every in values else {}
    for subset in reversed(known):
        if subset != every:
            finish[subset] = sum(finish.get(subset | {each}, 0) for each in every - subset)
    orders = finish.get(frozenset(), 0) if frozenset() in values else 0
    if not orders:
        return None
    parts = {}
    for driver in drivers:
        part = Fraction(0)
        for subset in known:
            further = subset | {driver}
            if driver not in subset and further in values:
                ways = reach.get(subset, 0) * finish.get(further, 0)
                part += ways * (values[further] - values[subset])
        parts[driver] = part / orders
    return Split(parts, orders, factorial(len(drivers)))
