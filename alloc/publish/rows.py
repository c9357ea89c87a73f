"""The rows of the model that hold a city's own published numbers together, with all that is built as it was decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alloc.instance.derived.derived import Derived
from alloc.publish.choice import NOISE, Flags, Floats

# Constraint families that published numbers keep too, and those that hold for what was decided alone: what is built
# and how land is used is not rounded.
KEPT = ("pool_total", "group_limit", "recognised_need", "stock_link", "capital_budget", "general_budget",
        "borrow_to_build", "special_bond_purpose", "debt_limit", "debt_room")  # fmt: skip
OF_DECISIONS = ("coverage_is_served", "minimum_gap", "growth_limit", "land_balance", "public_land", "production_land",
                "idle_land", "worst_served", "least_served")  # fmt: skip
FAMILIES = frozenset({*KEPT, *OF_DECISIONS})


@dataclass(frozen=True, eq=False)
class Works:
    """What is built and put back to use, and what it costs, by city; money in 10⁴ yuan.

    Attributes:
        served: capacity with what is added [n, S].
        spending: on building and on land put back to use [n].
        running: yearly costs of what is added [n].
        backed: what special bonds may pay for [n].
        reused: ha put back to use [n].
    """

    served: Floats
    spending: Floats
    running: Floats
    backed: Floats
    reused: Floats

    @classmethod
    def of(cls, derived: Derived, added: Floats, reused: Floats) -> Works:
        """Of new capacity [n, S] and land put back to use [n]."""
        capital, reuse = added * derived.capital_cost, derived.reuse_cost * reused
        return cls(
            served=derived.capacity + added,
            spending=capital.sum(axis=1) + reuse,
            running=added @ derived.running_cost,
            backed=capital[:, derived.revenue_backed].sum(axis=1) + reuse,
            reused=reused,
        )


@dataclass(frozen=True, eq=False)
class Row:
    """Of every city: the sum over some pools is at most `most` [n]."""

    rule: str
    pools: Flags
    most: Floats


def city_rows(derived: Derived, works: Works) -> list[Row]:
    """The rows over amounts of land and bonds."""
    land, bond = derived.kind == "land", derived.kind == "bond"
    general, special = derived.bond_class == "general", derived.bond_class == "special"
    stock = derived.stock_base + derived.stock_ratio * works.reused
    rows = [
        Row("stock_link", land, np.where(np.isnan(stock), np.inf, stock)),
        Row("debt_limit", general, derived.class_room[:, 0]),
        Row("debt_limit", special, derived.class_room[:, 1]),
        Row("debt_room", bond, derived.bond_room),
        Row("borrow_to_build", bond, works.spending),
        Row("special_bond_purpose", special, works.backed),
    ]
    return [row for row in rows if row.pools.any()]


def room(derived: Derived, rows: list[Row], numbers: Floats, later: Flags, pool: int) -> Floats:
    """The most of a pool that leaves every row room for what is there, and for the least of what is still to come.

    Args:
        derived: the derived data.
        rows: of `city_rows`.
        numbers: published, or decided where still to come [n, R].
        later: the pools that are still to come [R].
        pool: the one in question.

    Returns:
        The amount [n], infinite where no row speaks.
    """
    quantum = derived.quantum
    least = np.maximum(np.floor(numbers / quantum + NOISE) * quantum, derived.lower)
    taken = np.where(later, np.minimum(numbers, least), numbers)
    most = np.full(len(numbers), np.inf)
    others = np.arange(len(quantum)) != pool
    for row in rows:
        if row.pools[pool]:
            most = np.minimum(most, row.most - taken[:, row.pools & others].sum(axis=1))
    return most


class Budget:
    """What is left of the general budget of every city for given amounts, with what building needs of it paid."""

    def __init__(self, derived: Derived, works: Works) -> None:
        """Sets what no pool changes."""
        self._derived, self._works = derived, works
        own = derived.revenue + derived.other_transfers + derived.shortfall
        self._own = own - derived.essential_spending - derived.interest - works.running
        transfer = derived.kind == "transfer"
        self.bonds = derived.kind == "bond"
        self.general, self.capital = transfer & (derived.use == "general"), transfer & (derived.use == "capital")
        self.pools = self.bonds | transfer
        # The largest term says to how many digits the balance is known.
        self.noise = 1e-4 + 1e-12 * np.maximum(derived.essential_spending, derived.revenue)

    def left(self, numbers: Floats, settle: Floats) -> Floats:
        """10⁴ yuan [n]; negative where the budget is overdrawn. Amounts [n, R], persons settled [n]."""
        general, capital, bonds = (numbers[:, each].sum(axis=1) for each in (self.general, self.capital, self.bonds))
        works, derived = self._works, self._derived
        to_capital = np.maximum(0.0, works.spending - derived.fund_available - capital - bonds)
        outlays = derived.settlement_cost * settle + derived.bond_rate * bonds + to_capital
        return np.asarray(self._own + general - outlays)


def most_settlers(derived: Derived, works: Works) -> NDArray[np.float64]:
    """How many whole persons can settle within the settlement limit and the services that settlement waits for [n]."""
    spare = works.served + derived.backlog_limit - derived.present_need
    each = np.where(derived.gates & (derived.need_per_settler > 0), derived.need_per_settler, np.nan)
    gated = np.fmin.reduce(np.maximum(spare, 0.0) / each, axis=1, initial=np.inf)
    return np.asarray(np.floor(np.minimum(derived.settle_limit, gated) + NOISE))
