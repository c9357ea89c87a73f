"""What moved a number between two results: a split over the drivers that differ, by re-solving their mixtures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from alloc.explanation.shared.answer import AskError, Report, Step
from alloc.explanation.shared.mixtures import Pair
from alloc.explanation.shared.optimum import Optimum, optimum
from alloc.explanation.shared.shapley import shapley, subsets
from alloc.explanation.shared.sums import REST, decimal, exact_parts
from alloc.instance.instance import Instance
from alloc.result.result import Result
from alloc.solver.model.runs import WarmStartCache
from alloc.text import Text

SOLVING = Text("求解各因素的组合", "solving mixtures of the drivers")


@dataclass(frozen=True)
class DriverSplit:
    """The difference of a published number between two results, by driver.

    Attributes:
        before, after: the published numbers.
        parts: driver -> its part, then ``rounding``: what rounding to the quantum, and whole facilities where a result
            has them, change beside; multiples of the quantum that add up to after − before. Empty where the difference
            could not be split.
        changes: driver -> column or setting -> how many of its cells differ.
        orders, all_orders: in how many of the orders of the drivers every mixture on the way has an allocation; parts
            are the mean over these.
        solved, mixtures: how many mixtures were solved, of how many.
        impossible: mixtures that have no allocation, as tuples of the drivers that have moved in them.
        stopped: whether it was interrupted.
        whole: whether either result has whole facilities; the mixtures are solved without.
    """

    before: Decimal
    after: Decimal
    parts: Mapping[str, Decimal]
    changes: Mapping[str, Mapping[str, int]]
    orders: int
    all_orders: int
    solved: int
    mixtures: int
    impossible: tuple[tuple[str, ...], ...]
    stopped: bool
    whole: bool


def published(result: Result, city: str, pool: str) -> Decimal:
    """A published number.

    Raises:
        AskError: the result has no such city or pool.
    """
    table = result.tables["allocation"]
    found = table[(table["city"] == city) & (table["pool"] == pool)]
    if found.empty:
        raise AskError(Text(
            f"对照的结果中没有城市 {city} 的资源池 {pool}。", f"The other result has no city {city} with a pool {pool}."
        ))  # fmt: skip
    return decimal(found["published"].iloc[0])


def driver_split(old: Result, new: Result, city: str, pool: str, report: Report) -> DriverSplit:
    """Splits new − old by the Shapley value over the drivers in which the two instances differ.

    The value of a set of drivers is the optimum, before rounding, of the instance in which these are as in `new` and
    the others as in `old`, with facilities that need not be whole. Ctrl-C ends it with what is solved by then.

    Raises:
        AskError: the results are of other cities, or one has no such pool.
    """
    before, after = published(old, city, pool), published(new, city, pool)
    pair = Pair(old.instance, new.instance)
    wanted = subsets(pair.drivers)
    values: dict[frozenset[str], Fraction] = {}
    impossible: list[tuple[str, ...]] = []
    memory, stopped, solved = WarmStartCache(), False, 0
    for subset in wanted:
        try:
            report(Step(SOLVING, solved, len(wanted)))
            found = _optimum(pair.mixed(subset), city, pool, memory)
        except KeyboardInterrupt:
            found = Optimum(None, finished=False)
        if not found.finished:
            stopped = True
            break
        solved += 1
        if found.value is None:
            impossible.append(tuple(each for each in pair.drivers if each in subset))
        else:
            values[subset] = Fraction(found.value)
    split = shapley(pair.drivers, values)
    quantum = float(new.instance.tables["pools"].set_index("pool")["quantum"][pool])
    total = after - before
    parts = exact_parts(split.parts, total, quantum) if split else {}
    if not pair.drivers:
        parts = {REST: total}
    every = split.all_orders if split else shapley_orders(len(pair.drivers))
    return DriverSplit(
        before, after, parts, pair.changes, split.orders if split else 0, every, solved, len(wanted),
        tuple(impossible), stopped, old.instance.settings.integers or new.instance.settings.integers,
    )  # fmt: skip


def shapley_orders(drivers: int) -> int:
    """How many orders of so many drivers there are."""
    orders = 1
    for number in range(2, drivers + 1):
        orders *= number
    return orders


def _optimum(instance: Instance, city: str, pool: str, memory: WarmStartCache) -> Optimum:
    """The optimum of a mixture.

    Each starts from where the first one ended, so that no value depends on the order of the mixtures.
    """
    return optimum(instance, city, pool, memory if not memory.steps else memory.copy())
