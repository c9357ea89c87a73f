"""Derived data: everything that the model, the checks and the reports compute from the tables before any decision.

The definitions stand in the page of the model, under "Derived data"; names are the same. All of it is one value of
NumPy arrays in the order of the sorted tables: n cities, S services, R pools.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alloc.instance.bounds import Pools, last_transfers, pools
from alloc.instance.classes import USES
from alloc.instance.frames import placed, texts
from alloc.instance.instance import Instance
from alloc.instance.limits import LimitRow, limit_rows
from alloc.instance.means import Floats, Land, Money, land, money
from alloc.instance.needs import People, Services, people, services
from alloc.instance.where import Column

__all__ = ["Derived", "LimitRow", "derive"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Derived(People, Services, Land, Money, Pools):
    """The derived data of one instance; what is not listed here stands with its unit in the classes it is made of.

    The arrays are read-only.

    Attributes:
        cities: codes of the cities.
        services: keys of the services.
        pools: keys of the pools.
        shortfall: what essential spending and interest lack even with the least general transfers, 10⁴ yuan [n].
        limits: the planner's own rows.
    """

    cities: tuple[str, ...]
    services: tuple[str, ...]
    pools: tuple[str, ...]
    shortfall: Floats
    limits: tuple[LimitRow, ...]


def derive(instance: Instance) -> Derived:
    """The derived data of a checked instance.

    Bounds that contradict each other are left as they are: `alloc.instance.prechecks.precheck` names them.
    """
    tables, policy = instance.tables, instance.settings.policy
    cities = tables["cities"]
    who = people(cities, policy)
    needs = services(tables, who, policy)
    ground = land(cities, who, policy)
    last_year = placed(tables["last_year"], "amount", cities["city"], tables["pools"]["pool"], "pool")
    means = money(cities, last_transfers(last_year, tables["pools"]), policy)
    factors = {
        "migrants": who.migrants,
        "land_entitlement": ground.land_entitlement,
        "fiscal_gap": means.fiscal_gap,
        "backlog": needs.backlog_now @ needs.capital_cost,
    }
    shares = pools(tables, last_year, factors, ground, means)
    names = texts(tables["pools"], "pool")
    columns: dict[str, Column] = {name: cities[name] for name in cities.columns}
    columns |= {"size_class": who.size_class, "debt_tier": means.debt_tier}
    wholes = {f"allocation:{name}": float(amount) for name, amount in zip(names, shares.available, strict=True)}
    wholes |= {f"land_use:{use}": float(shares.available[shares.kind == "land"].sum()) for use in USES}
    result = Derived(
        **vars(who),
        **vars(needs),
        **vars(ground),
        **vars(means),
        **vars(shares),
        cities=tuple(texts(cities, "city")),
        services=tuple(texts(tables["services"], "service")),
        pools=tuple(names),
        shortfall=_shortfall(means, shares),
        limits=limit_rows(tables["limits"], columns, who.residents, wholes),
    )
    for value in vars(result).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return result


def _shortfall(means: Money, shares: Pools) -> Floats:
    """What is missing to essential spending and interest when every general transfer is at its lower bound [n]."""
    general = (shares.kind == "transfer") & (shares.use == "general")
    least = shares.lower[:, general].sum(axis=1)
    lacking = means.essential_spending + means.interest - means.revenue - means.other_transfers - least
    return np.asarray(np.maximum(0, lacking))
