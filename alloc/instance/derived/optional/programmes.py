"""Programmes: what works of several kinds cost, what they yield, and how much of each a city can do this year.

Without the tables there are none, and every number here is 0 or over nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.rule_bounds import RuleBound, most
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import numbers, placed

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Programmes:
    """G programmes in the n cities, each in its own unit; money in 10⁴ yuan.

    Attributes:
        programmes: their keys; none where there are no such tables.
        programme_cost: of building a unit [G].
        programme_running: of a unit a year, its income taken off [G].
        programme_yield: places of each service that a unit makes [G, S].
        land_yield: hectares that a unit makes free [G].
        programme_weight: in the tier of programmes [G].
        programme_backed: whether special bonds may pay for it [G].
        programme_stock: what is still to be done [n, G].
        run_limit: most that can be done this year [n, G].
        renewable: most land that they, and facilities that move away, make free this year, ha [n].
        pays_for: which programme a pool is tied to [R, G].
        support: most that such a pool pays of the cost [R].
        tied_room: most that a city can use of such a pool, inf of all others [n, R].
        run_bounds: the rules behind `run_limit`.
    """

    programmes: tuple[str, ...]
    programme_cost: Floats
    programme_running: Floats
    programme_yield: Floats
    land_yield: Floats
    programme_weight: Floats
    programme_backed: Flags
    programme_stock: Floats
    run_limit: Floats
    renewable: Floats
    pays_for: Flags
    support: Floats
    tied_room: Floats
    run_bounds: tuple[RuleBound, ...]

    @property
    def tied(self) -> Flags:
        """The pools that pay for one programme alone [R]."""
        return np.asarray(self.pays_for.any(axis=1))


def programmes(
    steps: Steps, tables: Mapping[str, pd.DataFrame], factors: Mapping[str, Floats], leaving: Floats
) -> Programmes:
    """What the tables of programmes and the pools that are tied to one say.

    Args:
        steps: of the derivation.
        tables: of the instance.
        factors: the derived factors by name [n].
        leaving: most sites that are made free because facilities move away, ha [n].
    """
    table, pools = tables["programmes"], tables["pools"]
    read = partial(steps.numbers, "programmes", table)
    keys = steps.texts("programmes", table, "programme")
    cities = steps.texts("cities", tables["cities"], "city")
    stock, limit = (
        steps(placed, tables["programme_stock"], column, cities, keys, "programme", name=column)
        for column in ("stock", "limit")
    )
    yields = steps(placed, tables["programme_yields"], "yield", keys,
                   steps.texts("services", tables["services"], "service"), "service", "programme",
                   name="yields")  # fmt: skip
    by_factor = steps(_by_factor, tables["cities"], dict(factors), steps.texts("programmes", table, "stock_factor"),
                      read("stock_each", 0.0))  # fmt: skip
    return steps(
        _programmes, keys, steps(_told_or, stock, by_factor), limit, yields, read("year_share"),
        (read("capital_cost"), read("running_cost"), read("yearly_income", 0.0), read("land_yield", 0.0),
         read("weight", 0.0)),
        steps.flags("programmes", table, "revenue_backed"),
        (steps.texts("pools", pools, "programme"), numbers(pools, "support", 1.0)),
        leaving,
    )  # fmt: skip


def _by_factor(cities: pd.DataFrame, factors: Mapping[str, Floats], names: Objects, each: Floats) -> Floats:
    """The stock of cities that give none, by what the programme names [n, G]."""
    found = np.zeros((len(cities), len(names)))
    for g, name in enumerate(names):
        if name:
            found[:, g] = each[g] * (factors[name] if name in factors else numbers(cities, name))
    return found


def _told_or(stock: Floats, otherwise: Floats) -> Floats:
    return np.where(np.isnan(stock), otherwise, stock)


def _programmes(
    keys: Objects,
    stock: Floats,
    limit: Floats,
    yields: Floats,
    year_share: Floats,
    numbers_of: tuple[Floats, Floats, Floats, Floats, Floats],
    backed: Flags,
    pools: tuple[Objects, Floats],
    leaving: Floats,
) -> Programmes:
    cost, running, income, land, weight = numbers_of
    told = ~np.isnan(limit)
    bounds = (
        RuleBound("programme_share", "run", "upper", np.where(told, np.inf, year_share * stock)),
        RuleBound("programme_limit", "run", "upper", np.where(told, limit, np.inf)),
    )
    run_limit = most(bounds, stock)
    named, support = pools
    pays_for = named[:, None] == keys[None, :]
    paid = support[:, None] * pays_for * cost
    return Programmes(
        programmes=tuple(keys),
        programme_cost=cost,
        programme_running=running - income,
        programme_yield=np.nan_to_num(yields),
        land_yield=land,
        programme_weight=weight,
        programme_backed=backed,
        programme_stock=stock,
        run_limit=run_limit,
        renewable=run_limit @ land + leaving,
        pays_for=pays_for,
        support=support,
        tied_room=np.where(pays_for.any(axis=1), run_limit @ paid.T, np.inf),
        run_bounds=bounds,
    )
