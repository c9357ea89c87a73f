"""Pools: what is there, what the formula gives, and between which bounds every city's share lies.

A bound remembers the rule that made it, so that whatever goes wrong with it can be said in the planner's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.land_and_finance import BOND_CLASSES, Land, Money
from alloc.instance.frames import flags, numbers, placed, texts
from alloc.text import Text

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
Edge = tuple[Floats, Objects]  # amounts and the names of the rules that made them, [n, R] each

# Bounds that cross by no more than the last digits of a product are meant to be equal.
ROUNDING = 1e-9

RULES: Mapping[str, Text] = MappingProxyType({
    "none": Text("无规则", "no rule"),
    "floor": Text("保底", "floor"),
    "earmark": Text("戴帽指标", "earmark"),
    "corridor": Text("浮动区间", "corridor"),
    "override": Text("人工调整", "override"),
    "cap": Text("封顶", "cap"),
    "boundary": Text("城镇开发边界", "development boundary"),
    "farmland": Text("耕地占补平衡", "farmland offset"),
    "stock": Text("增存挂钩", "stock link"),
    "debt_room": Text("举债空间", "debt room"),
    "debt_class": Text("分类债务限额", "debt limit of the class"),
})  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Pools:
    """The R pools over the n cities, in hectares (land) or 10⁴ yuan (transfers, bonds).

    Attributes:
        kind: land, transfer or bond, text [R].
        use: general or capital for transfers, "" otherwise, text [R].
        bond_class: general or special for bonds, "" otherwise, text [R].
        available: what cities share, the reserve taken off [R].
        exhaust: whether all of it must be given out [R].
        quantum: published amounts are multiples of it [R].
        last_year: what the city got last year, NaN where not given [n, R].
        earmark: what it is promised at least, NaN where not given [n, R].
        override: what a planner fixed, NaN where not given [n, R].
        benchmark: what the formula gives, NaN for a pool without factors [n, R].
        floor: the greater of a multiple of last year and the earmark [n, R].
        cap: a multiple of last year, raised to the floor where below, inf where not given [n, R].
        lower: least that the city can get [n, R].
        upper: most that the city can get, inf where nothing bounds it [n, R].
        lower_rule: name of the rule (a key of `RULES`) that made `lower`, text [n, R].
        upper_rule: name of the rule that made `upper`, text [n, R].
        rule_target: the override, or the benchmark within the bounds, or the lower bound [n, R].
    """

    kind: Objects
    use: Objects
    bond_class: Objects
    available: Floats
    exhaust: Flags
    quantum: Floats
    last_year: Floats
    earmark: Floats
    override: Floats
    benchmark: Floats
    floor: Floats
    cap: Floats
    lower: Floats
    upper: Floats
    lower_rule: Objects
    upper_rule: Objects
    rule_target: Floats


def last_transfers(last_year: Floats, pools: pd.DataFrame) -> Floats:
    """What every city got of all transfer pools last year [n]."""
    return np.asarray(np.nansum(last_year[:, texts(pools, "kind") == "transfer"], axis=1))


def pools(
    tables: Mapping[str, pd.DataFrame],
    last_year: Floats,
    factors: Mapping[str, Floats],
    land: Land,
    money: Money,
) -> Pools:
    """Benchmarks and bounds.

    Args:
        tables: the tables of the instance.
        last_year: the matrix of last year's amounts [n, R].
        factors: the derived factors by name [n]; every other factor is a column of `cities`.
        land: land of the cities.
        money: accounts and debt of the cities.
    """
    cities, table = tables["cities"], tables["pools"]
    kind, bond_class = texts(table, "kind"), texts(table, "bond_class")
    earmark, override = (
        placed(tables[name], "amount", cities["city"], table["pool"], "pool") for name in ("earmarks", "overrides")
    )
    available = (1 - numbers(table, "reserve")) * numbers(table, "total")
    benchmark = available * _formula(tables, factors)

    floor = _floor(numbers(table, "floor_multiple") * last_year, earmark, kind == "bond")
    cap = _cap(numbers(table, "cap_multiple") * last_year, floor)
    lower, lower_rule = _corridor((1 - numbers(table, "corridor_down")) * benchmark, floor, cap, otherwise=floor)
    upper, upper_rule = _corridor((1 + numbers(table, "corridor_up")) * benchmark, floor, cap, otherwise=cap)
    lower[:, kind == "bond"], lower_rule[:, kind == "bond"] = 0, "none"

    fixed = ~np.isnan(override)
    for bound, rule in ((lower, lower_rule), (upper, upper_rule)):
        bound[fixed], rule[fixed] = override[fixed], "override"
    for pool in range(len(table)):
        for name, most in _rooms(kind[pool], bond_class[pool], cities, land, money).items():
            binds = most < upper[:, pool]
            upper[binds, pool], upper_rule[binds, pool] = most[binds], name
    crossed = (upper < lower) & (upper >= lower - ROUNDING * np.maximum(1, lower))
    upper[crossed] = lower[crossed]

    within = np.where(np.isnan(benchmark), lower, np.clip(benchmark, lower, upper))
    return Pools(
        kind=kind,
        use=texts(table, "use"),
        bond_class=bond_class,
        available=available,
        exhaust=flags(table, "exhaust"),
        quantum=numbers(table, "quantum"),
        last_year=last_year,
        earmark=earmark,
        override=override,
        benchmark=benchmark,
        floor=floor[0],
        cap=cap[0],
        lower=lower,
        upper=upper,
        lower_rule=lower_rule,
        upper_rule=upper_rule,
        rule_target=np.where(fixed, override, within),
    )


def _formula(tables: Mapping[str, pd.DataFrame], factors: Mapping[str, Floats]) -> Floats:
    """Every city's share of every pool by its factors, NaN for a pool without factors [n, R]."""
    cities, table = tables["cities"], tables["factors"]
    position = {pool: k for k, pool in enumerate(tables["pools"]["pool"])}
    share = np.full((len(cities), len(position)), np.nan)
    share[:, [position[pool] for pool in table["pool"]]] = 0
    for pool, factor, weight in zip(table["pool"], table["factor"], table["weight"], strict=True):
        value = factors[factor] if factor in factors else numbers(cities, factor)
        total = value.sum()
        if total > 0:
            share[:, position[pool]] += weight * value / total
    return share


def _floor(by_last_year: Floats, earmark: Floats, bond: Flags) -> Edge:
    floor = np.fmax(np.fmax(by_last_year, earmark), 0)
    rule = np.where(by_last_year >= floor, "floor", "earmark").astype(object)
    floor[:, bond] = 0
    rule[floor == 0] = "none"
    return floor, rule


def _cap(by_last_year: Floats, floor: Edge) -> Edge:
    given = np.where(np.isnan(by_last_year), np.inf, by_last_year)
    rule = np.where(np.isinf(given), "none", "cap").astype(object)
    return np.maximum(given, floor[0]), np.where(given < floor[0], floor[1], rule)


def _corridor(value: Floats, floor: Edge, cap: Edge, otherwise: Edge) -> Edge:
    """One side of the corridor, clipped into [floor, cap]; where there is no corridor, the edge `otherwise`."""
    (least, least_rule), (most, most_rule) = floor, cap
    absent = np.isnan(value)
    bound = np.where(absent, otherwise[0], np.clip(value, least, most))
    rule = np.where(value <= least, least_rule, np.where(value >= most, most_rule, "corridor"))
    return bound, np.where(absent, otherwise[1], rule)


def _rooms(kind: str, bond_class: str, cities: pd.DataFrame, land: Land, money: Money) -> Mapping[str, Floats]:
    """What else bounds a pool from above: rule -> most that every city can get [n]."""
    if kind == "land":
        share, offset = numbers(cities, "farmland_share"), numbers(cities, "farmland_offset", blank=np.inf)
        taken = np.where(share > 0, share, 1)
        return {
            "boundary": numbers(cities, "boundary_left", blank=np.inf),
            "farmland": np.where(share > 0, offset / taken, np.inf),
            "stock": np.nan_to_num(land.stock_base + land.stock_ratio * land.reusable, nan=np.inf),
        }
    if kind == "bond":
        return {
            "debt_room": money.bond_room,
            "debt_class": money.class_room[:, BOND_CLASSES.index(bond_class)],
        }
    return {}
