"""Derived data: everything that the model, the checks and the reports compute from the tables before any decision.

The definitions stand in the page of the model, under "Derived data"; names are the same. All of it is one value of
NumPy arrays in the order of the sorted tables: n cities, S services, R pools.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.errors import FormulationError
from alloc.formulation.registry import levers
from alloc.instance.derived.bounds import Pools, last_transfers, pools
from alloc.instance.derived.land_and_finance import Floats, Land, Money, land, money
from alloc.instance.derived.limits import LimitRow, limit_rows
from alloc.instance.derived.needs import People, Services, people, services
from alloc.instance.derived.rule_bounds import RuleBound
from alloc.instance.frames import placed, texts
from alloc.instance.instance import Instance
from alloc.instance.schema.policy import Policy
from alloc.instance.where.conditions import Column
from alloc.text import Text

__all__ = ["Derived", "LimitRow", "derive"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Derived(People, Services, Land, Money, Pools):
    """The derived data of one instance; what is not listed here stands with its unit in the classes it is made of.

    The arrays are read-only.

    Attributes:
        cities: codes of the cities.
        services: keys of the services.
        pools: keys of the pools.
        shortfall: what essential spending and interest lack even with the least general transfers, and to the least
            free share of all general money where the policy has one, 10⁴ yuan [n].
        limits: the planner's own rows.
        further: what levers derive, by name; each of it is an attribute as well.
    """

    cities: tuple[str, ...]
    services: tuple[str, ...]
    pools: tuple[str, ...]
    shortfall: Floats
    limits: tuple[LimitRow, ...]
    further: Mapping[str, Any] = field(default_factory=dict)

    if not TYPE_CHECKING:  # which is to find names that are wrong

        def __getattr__(self, name: str) -> Any:
            """What a lever derives."""
            further = self.__dict__.get("further", {})
            if name not in further:
                raise AttributeError(f"nothing derived is called {name}")
            return further[name]

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by its name, those of levers included."""
        return {name: each for name, each in {**vars(self), **self.further}.items() if isinstance(each, np.ndarray)}

    def changed(self, **values: Any) -> Derived:
        """The same with other values; what depends on them is not worked out again."""
        of_levers = {name: value for name, value in values.items() if name in self.further}
        own = {name: value for name, value in values.items() if name not in of_levers}
        return replace(self, **own, further=MappingProxyType({**self.further, **of_levers}))

    @property
    def rule_bounds(self) -> tuple[RuleBound, ...]:
        """The rules behind the bounds of decisions, each by itself."""
        return (*self.allocation_bounds, *self.settle_bounds, *self.service_bounds)


def derive(instance: Instance, near: tuple[Instance, Derived] | None = None) -> Derived:
    """The derived data of a checked instance.

    Bounds that contradict each other are left as they are: `alloc.instance.prechecks.all.precheck` names them.

    Args:
        instance: checked.
        near: another instance and its derived data, of which is taken what the two have in common: worth it where they
            share most tables and the same cities.
    """
    tables, policy = instance.tables, instance.settings.policy
    cities = tables["cities"]
    known = _Known(instance, near)
    alike = known.policy and known.tables("cities")
    who = known.derived if alike else people(cities, policy)
    needs = known.derived if alike and known.tables("services", "capacity") else services(tables, who, policy)
    ground = known.derived if alike else land(cities, who, policy)
    places = known.tables("cities", "last_year") and known.labels("pools", "pool")
    last_year = (
        known.derived.last_year
        if places
        else placed(tables["last_year"], "amount", cities["city"], tables["pools"]["pool"], "pool")
    )
    accounts = alike and places and known.labels("pools", "kind")
    means = known.derived if accounts else money(cities, last_transfers(last_year, tables["pools"]), policy)
    factors = {
        "migrants": who.migrants,
        "land_entitlement": ground.land_entitlement,
        "fiscal_gap": means.fiscal_gap,
        "backlog": needs.backlog_now @ needs.capital_cost,
    }
    formula = accounts and known.tables("pools", "factors", "earmarks", "overrides") and known.backlog(needs)
    shares = known.derived if formula else pools(tables, last_year, factors, who, ground, means)
    names = texts(tables["pools"], "pool")
    selections, columns = known.selections(who, means), dict[str, Column]()
    if not set(texts(tables["limits"], "where")) <= set(selections):
        columns = {name: cities[name] for name in cities.columns}
        columns |= {"size_class": who.size_class, "debt_tier": means.debt_tier}
    result = Derived(
        **_part(People, who),
        **_part(Services, needs),
        **_part(Land, ground),
        **_part(Money, means),
        **_part(Pools, shares),
        cities=tuple(texts(cities, "city")),
        services=tuple(texts(tables["services"], "service")),
        pools=tuple(names),
        shortfall=_shortfall(means, shares, policy),
        limits=(),
    )
    rows = limit_rows(tables["limits"], columns, who.residents, partial(_whole, result, instance), selections)
    result = _with_further(replace(result, limits=rows), instance)
    for value in (*result.arrays.values(), *(each.amount for each in result.rule_bounds)):
        value.setflags(write=False)
    return result


def _whole(derived: Derived, instance: Instance, kind: str, item: str) -> float:
    """What a share of a quantity is a share of."""
    quantities = (each for lever in levers(instance.formulation) for each in lever.quantities)
    whole = next(each.whole for each in quantities if each.name == kind)
    return np.nan if whole is None else whole(derived, item)


def _with_further(derived: Derived, instance: Instance) -> Derived:
    """With what the levers of the formulation derive, each of which sees what those before it have.

    Raises:
        FormulationError: a lever gives something a name that is taken.
    """
    for lever in levers(instance.formulation):
        if lever.derive is None:
            continue
        found = lever.derive(instance.tables, instance.settings.policy, derived)
        if taken := sorted(name for name in found if hasattr(derived, name)):
            names = ", ".join(taken)
            raise FormulationError(
                Text(f"{lever.file}：已有名为 {names} 的派生量", f"{lever.file}: {names} is derived already")
            )
        derived = replace(derived, further=MappingProxyType({**derived.further, **found}))
    return derived


class _Known:
    """What an instance has in common with another one whose derived data are known."""

    def __init__(self, instance: Instance, near: tuple[Instance, Derived] | None) -> None:
        self._instance, self._near = instance, near
        self.policy = near is not None and near[0].settings.policy == instance.settings.policy

    @property
    def derived(self) -> Derived:
        """The other's derived data."""
        assert self._near is not None
        return self._near[1]

    def tables(self, *names: str) -> bool:
        """Whether these tables are the very same."""
        return self._near is not None and all(
            self._near[0].tables[each] is self._instance.tables[each] for each in names
        )

    def labels(self, table: str, column: str) -> bool:
        """Whether a column of text is the same."""
        return self._near is not None and np.array_equal(
            texts(self._near[0].tables[table], column), texts(self._instance.tables[table], column)
        )

    def backlog(self, needs: Services) -> bool:
        """Whether the backlog of every city is worth the same."""
        before = self.derived.backlog_now @ self.derived.capital_cost
        return np.array_equal(before, needs.backlog_now @ needs.capital_cost)

    def selections(self, who: People, means: Money) -> Mapping[str, Any]:
        """`where` of limits -> the cities that it selects, where cities are what they are there."""
        if not self.tables("cities"):
            return {}
        same = ((who.size_class, self.derived.size_class), (means.debt_tier, self.derived.debt_tier))
        if not all(np.array_equal(*each) for each in same):
            return {}
        assert self._near is not None
        table = self._near[0].tables["limits"]
        where = dict(zip(texts(table, "limit"), texts(table, "where"), strict=True))
        return {where[row.limit]: row.selection for row in self.derived.limits}


def _part(kind: type, value: Any) -> dict[str, Any]:
    """The fields of one of the classes that `Derived` is made of."""
    return {each.name: getattr(value, each.name) for each in fields(kind)}


def _shortfall(means: Money, shares: Pools, policy: Policy) -> Floats:
    """What is missing to essential spending and interest when every general transfer is at its lower bound [n].

    Every city is counted with at least the free share of its general money that the policy asks for.
    """
    general = (shares.kind == "transfer") & (shares.use == "general")
    least = shares.lower[:, general].sum(axis=1)
    lacking = means.essential_spending + means.interest - means.revenue - means.other_transfers - least
    if policy.budget.least_free > 0:
        lacking = lacking + policy.budget.least_free * (means.revenue + means.other_transfers + least)
    return np.asarray(np.maximum(0, lacking))
