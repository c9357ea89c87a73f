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
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.errors import FormulationError
from alloc.formulation.registry import levers
from alloc.instance.derived.bounds import Flags, Objects, Pools, last_transfers, pools
from alloc.instance.derived.land_and_finance import Floats, Land, Money, land, money
from alloc.instance.derived.limits import LimitRow, limit_rows
from alloc.instance.derived.needs import People, Services, people, services
from alloc.instance.derived.optional.issued import Issue, issue, with_locked, with_rooms
from alloc.instance.derived.optional.levels import Level, levels
from alloc.instance.derived.optional.linked import Linked, linked
from alloc.instance.derived.optional.programmes import Programmes, programmes
from alloc.instance.derived.optional.purses import Purses, purses, with_accounts
from alloc.instance.derived.rule_bounds import RuleBound
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import placed
from alloc.instance.instance import Instance
from alloc.instance.where.conditions import Column, Columns, parse
from alloc.text import Text

__all__ = ["Derived", "LimitRow", "counted_cities", "derive"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Derived(People, Services, Land, Money, Pools, Issue, Linked, Programmes):
    """The derived data of one instance; what is not listed here stands with its unit in the classes it is made of.

    The arrays are read-only.

    Attributes:
        cities: codes of the cities.
        services: keys of the services.
        pools: keys of the pools.
        taking_part: which cities the formula of every pool counts [n, R].
        shortfall: what essential spending and interest lack even with the least general transfers, nothing of them
            being issued yet, and to the least free share of all general money where the policy has one, 10⁴ yuan [n].
        levels: what stands between pools and cities, from the top down; none where nobody keeps anything.
        limits: the planner's own rows.
        further: what levers derive, by name; each of it is an attribute as well.
        steps: by which all of it was worked out.
    """

    cities: tuple[str, ...]
    services: tuple[str, ...]
    pools: tuple[str, ...]
    taking_part: NDArray[np.bool_]
    shortfall: Floats
    levels: tuple[Level, ...]
    limits: tuple[LimitRow, ...]
    further: Mapping[str, Any] = field(default_factory=dict)
    steps: Steps = field(default_factory=Steps)

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
    def factors(self) -> dict[str, Floats]:
        """The derived numbers that formulas may name beside the columns of `cities` [n]."""
        return {
            "migrants": self.migrants,
            "land_entitlement": self.land_entitlement,
            "fiscal_gap": self.fiscal_gap,
            "backlog": _worth(self.backlog_now, self.capital_cost),
        }

    @property
    def rule_bounds(self) -> tuple[RuleBound, ...]:
        """The rules behind the bounds of decisions, each by itself."""
        return (*self.allocation_bounds, *self.settle_bounds, *self.extension_bounds, *self.service_bounds,
                *self.run_bounds, *self.link_bounds)  # fmt: skip


def derive(instance: Instance, near: Derived | None = None) -> Derived:
    """The derived data of a checked instance.

    Bounds that contradict each other are left as they are: `alloc.instance.prechecks.all.precheck` names them.

    Args:
        instance: checked.
        near: of another instance; what the two have in common is taken from it (`Derived.steps`).
    """
    steps = Steps(None if near is None else near.steps)
    tables, policy = dict(instance.tables), instance.settings.policy
    shared = purses(steps, tables["cities"])
    tables["cities"] = steps(with_accounts, tables["cities"], shared)
    cities, table = tables["cities"], tables["pools"]
    who = people(steps, tables, policy)
    needs = services(steps, tables, who, policy)
    ground = land(steps, cities, who, policy)
    codes, names = steps.texts("cities", cities, "city"), steps.texts("pools", table, "pool")
    last_year = steps(placed, tables["last_year"], "amount", codes, names, "pool", name="last_year")
    transfers = steps(last_transfers, last_year, steps.texts("pools", table, "kind"))
    means = money(steps, cities, shared, steps(_attributed, shared, transfers), policy)
    factors = {
        "migrants": who.migrants,
        "land_entitlement": ground.land_entitlement,
        "fiscal_gap": means.fiscal_gap,
        "backlog": steps(_worth, needs.backlog_now, needs.capital_cost),
    }
    above = levels(steps, tables, policy.levels)
    works = programmes(steps, tables, factors, needs.leaving)
    stage = issue(steps, tables, instance.settings.stage)
    part = steps(counted_cities, cities, steps.texts("pools", table, "where"), who.size_class, means.debt_tier,
                 means.bond_room)  # fmt: skip
    of_class = steps.texts("pools", table, "bond_class")
    shares = pools(steps, tables, last_year, factors, part, stage.advance, above.up, needs, ground, means, works,
                   policy.budget.least_free)  # fmt: skip
    means = with_rooms(steps, means, stage.locked, of_class)
    held = with_locked(steps, shares, stage.locked, steps.flags("pools", table, "follow"), needs, ground, means,
                       works, policy.budget.least_free)  # fmt: skip
    result = Derived(
        **_part(People, who),
        **_part(Services, needs),
        **_part(Land, ground),
        **_part(Money, means),
        **_part(Pools, held),
        **_part(Issue, stage),
        **_part(Linked, linked(steps, tables, factors, part)),
        **_part(Programmes, works),
        cities=steps(_names, codes, name="cities"),
        services=steps(_names, steps.texts("services", tables["services"], "service"), name="services"),
        pools=steps(_names, names, name="pools"),
        taking_part=part,
        shortfall=steps(
            _shortfall, means.essential_spending, means.interest, means.revenue, means.other_transfers, shares.lower,
            shared, shares.kind, shares.use, policy.budget.least_free,
        ),
        levels=above.levels,
        limits=(),
        steps=steps,
    )  # fmt: skip
    columns = (cities, who.size_class, means.debt_tier)
    rows = limit_rows(steps, tables["limits"], columns, who.residents, partial(_base, result, instance))
    result = _with_further(replace(result, limits=rows), instance)
    for value in (*result.arrays.values(), *(each.amount for each in result.rule_bounds)):
        value.setflags(write=False)
    steps.end()
    return result


def _worth(backlog: Floats, capital_cost: Floats) -> Floats:
    return np.asarray(backlog @ capital_cost)


def _attributed(shared: Purses, values: Floats) -> Floats:
    return shared.attributed(values)


def _names(codes: NDArray[np.object_]) -> tuple[str, ...]:
    return tuple(codes)


def _base(derived: Derived, instance: Instance, kind: str, item: str, basis: str, chosen: Flags) -> float:
    """What the value of a limit is multiplied by: for a share what it is a share of, for last year what the chosen
    cities had of it; an amount of pools is one of the whole year, of which an advance gives out a part."""
    quantities = (quantity for lever in levers(instance.formulation) for quantity in lever.quantities)
    quantity = next(quantity for quantity in quantities if quantity.name == kind)
    if basis == "share":
        return np.nan if quantity.whole is None else quantity.whole(derived, item)
    if quantity.pools is None:
        return np.nan if basis == "last_year" else 1.0
    of = quantity.pools(derived, item)
    part = derived.advance[of]
    if basis == "last_year":
        return float(np.nansum(derived.last_year[np.ix_(chosen, of)] * part))
    if (part == part[0]).all():
        return float(part[0])
    return float(derived.available[of].sum() / (derived.available[of] / part).sum())


def _with_further(derived: Derived, instance: Instance) -> Derived:
    """With what the levers of the formulation derive, each of which sees what those before it have.

    Raises:
        FormulationError: a lever gives something a name that is taken.
    """
    for lever in levers(instance.formulation):
        if lever.derive is None:
            continue
        found = lever.derive(instance.tables, instance.settings.policy, derived)
        derived.steps.anew += 1  # of what goes into it nothing is known
        if taken := sorted(name for name in found if hasattr(derived, name)):
            names = ", ".join(taken)
            raise FormulationError(
                Text(f"{lever.file}：已有名为 {names} 的派生量", f"{lever.file}: {names} is derived already")
            )
        derived = replace(derived, further=MappingProxyType({**derived.further, **found}))
    return derived


def counted_cities(
    cities: pd.DataFrame, conditions: Objects, size_class: Objects, debt_tier: Objects, bond_room: Floats
) -> Flags:
    """Which cities the formula of every pool counts [n, R]."""
    chosen = np.ones((len(cities), len(conditions)), dtype=bool)
    if any(conditions):
        further: dict[str, Column] = {"size_class": size_class, "debt_tier": debt_tier, "bond_room": bond_room}
        seen = Columns.beside(cities, further)
        for r, where in enumerate(conditions):
            chosen[:, r] = parse(where).evaluate(seen)
    return chosen


def _part(kind: type, value: Any) -> dict[str, Any]:
    """The fields of one of the classes that `Derived` is made of."""
    return {field.name: getattr(value, field.name) for field in fields(kind)}


def _shortfall(
    essential: Floats,
    interest: Floats,
    revenue: Floats,
    other_transfers: Floats,
    lower: Floats,
    shared: Purses,
    kind: NDArray[np.object_],
    use: NDArray[np.object_],
    least_free: float,
) -> Floats:
    """What is missing to essential spending and interest when every general transfer is at its lower bound [n].

    Of a purse every member has its part by residents. Every city is counted with at least the free share of its general
    money that the policy asks for.
    """
    general = (kind == "transfer") & (use == "general")
    least = shared.attributed(lower[:, general].sum(axis=1))
    lacking = essential + interest - revenue - other_transfers - least
    return np.asarray(np.maximum(0, lacking + least_free * (revenue + other_transfers + least)))
