"""Pools: what is there, what the formula gives, and between which bounds every city's share lies.

Every rule says by itself between which amounts an allocation lies (`RuleBound`); together they are the bounds of the
model. A bound remembers the rule that made it, so that whatever goes wrong with it can be said in the planner's words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.lever import Side
from alloc.instance.derived.land_and_finance import BOND_CLASSES, Land, Money
from alloc.instance.derived.needs import People
from alloc.instance.derived.rule_bounds import RuleBound, least, most, said
from alloc.instance.frames import flags, numbers, placed, texts
from alloc.instance.where.conditions import Columns, parse
from alloc.tolerances import ROUNDOFF

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
Edge = tuple[Floats, Objects]  # amounts and the names of the rules that made them, [n, R] each
Told = tuple[str, Side, Floats]  # rule, side and amount [n, R]

# What a bound is made by. As objects, that arrays of them are not copied from text.
NOTHING, FLOOR, EARMARK, CAP, CORRIDOR = (
    np.array(name, dtype=object) for name in ("none", "floor", "earmark", "cap", "corridor")
)
# Bounds that cross by no more than the last digits of a product are meant to be equal.


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
        lower_rule: name of the rule that made `lower`, "none" where it is 0, text [n, R].
        upper_rule: name of the rule that made `upper`, text [n, R].
        allocation_bounds: the rules behind both bounds, each by itself.
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
    allocation_bounds: tuple[RuleBound, ...]
    rule_target: Floats


def last_transfers(last_year: Floats, pools: pd.DataFrame) -> Floats:
    """What every city got of all transfer pools last year [n]."""
    return np.asarray(np.nansum(last_year[:, texts(pools, "kind") == "transfer"], axis=1))


def pools(
    tables: Mapping[str, pd.DataFrame],
    last_year: Floats,
    factors: Mapping[str, Floats],
    who: People,
    land: Land,
    money: Money,
) -> Pools:
    """Benchmarks and bounds.

    Args:
        tables: the tables of the instance.
        last_year: the matrix of last year's amounts [n, R].
        factors: the derived factors by name [n]; every other factor is a column of `cities`.
        who: size classes of the cities.
        land: land of the cities.
        money: accounts and debt of the cities.
    """
    cities, table = tables["cities"], tables["pools"]
    kind, bond_class = texts(table, "kind"), texts(table, "bond_class")
    earmark, override = (
        placed(tables[name], "amount", cities["city"], table["pool"], "pool") for name in ("earmarks", "overrides")
    )
    available = (1 - numbers(table, "reserve")) * numbers(table, "total")
    taking_part = _taking_part(tables, who, money)
    benchmark = available * _phased_in(_formula(tables, factors, taking_part), last_year, taking_part, table)

    scale = _scale(table, available, last_year)
    bond, fixed = kind == "bond", ~np.isnan(override)
    by_last_year = np.where(bond, np.nan, numbers(table, "floor_multiple") * scale * last_year)
    promised = np.where(bond, np.nan, earmark)
    floor = _floor(by_last_year, promised)
    cap = _cap(numbers(table, "cap_multiple") * scale * last_year, floor)
    down = said(np.where(bond, np.nan, (1 - numbers(table, "corridor_down")) * benchmark), -np.inf)
    up = said((1 + numbers(table, "corridor_up")) * benchmark, np.inf)
    rules = _bounds(
        ("floor", "lower", _positive(by_last_year)),
        ("earmark", "lower", _positive(promised)),
        ("corridor", "lower", _positive(np.where(fixed, np.nan, np.minimum(down, cap[0])))),
        ("cap", "upper", cap[0]),
        ("corridor", "upper", np.where(fixed, np.inf, np.maximum(up, floor[0]))),
    )
    by_hand = _bounds(
        ("override", "lower", _positive(override)),
        ("override", "upper", said(override, np.inf)),
    )
    rooms = _bounds(*_rooms(kind, bond_class, cities, land, money))

    lower, lower_rule = least(rules), _within(down, floor, cap)
    upper, upper_rule = most(rules), _within(up, floor, cap)
    for bound, rule in ((lower, lower_rule), (upper, upper_rule)):
        bound[fixed], rule[fixed] = override[fixed], "override"
    for room in rooms:
        binds = room.amount < upper
        upper[binds], upper_rule[binds] = room.amount[binds], room.rule
    crossed = (upper < lower) & (upper >= lower - ROUNDOFF * np.maximum(1, lower))
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
        allocation_bounds=(*rules, *by_hand, *rooms),
        rule_target=np.where(fixed, override, within),
    )


def _taking_part(tables: Mapping[str, pd.DataFrame], who: People, money: Money) -> Flags:
    """Which cities the formula of every pool counts [n, R]."""
    cities, conditions = tables["cities"], texts(tables["pools"], "where")
    chosen = np.ones((len(cities), len(conditions)), dtype=bool)
    if any(conditions):
        columns = {name: cities[name] for name in cities.columns}
        columns |= {"size_class": who.size_class, "debt_tier": money.debt_tier, "bond_room": money.bond_room}
        seen = Columns({name: partial(columns.__getitem__, name) for name in columns})
        for r, where in enumerate(conditions):
            chosen[:, r] = parse(where).evaluate(seen)
    return chosen


def _scale(table: pd.DataFrame, available: Floats, last_year: Floats) -> Floats:
    """What last year's amounts are multiplied with before floors and caps are multiples of them [R]."""
    last = np.nansum(last_year, axis=0)
    follows = flags(table, "follow") & (last > 0)
    return np.where(follows, available / np.where(follows, last, 1.0), 1.0)


def _phased_in(share: Floats, last_year: Floats, taking_part: Flags, table: pd.DataFrame) -> Floats:
    """Shares by the formula, where it is being phased in mixed with those of last year [n, R]."""
    for r, part in enumerate(numbers(table, "phase_in")):
        last = np.where(taking_part[:, r], np.nan_to_num(last_year[:, r]), 0.0)
        if not np.isnan(part) and last.sum() > 0:
            share[:, r] = (1 - part) * last / last.sum() + part * share[:, r]
    return share


def _formula(tables: Mapping[str, pd.DataFrame], factors: Mapping[str, Floats], taking_part: Flags) -> Floats:
    """Every city's share of every pool by its factors, NaN for a pool without factors [n, R]."""
    cities, table = tables["cities"], tables["factors"]
    position = {pool: k for k, pool in enumerate(tables["pools"]["pool"])}
    share = np.full((len(cities), len(position)), np.nan)
    share[:, [position[pool] for pool in table["pool"]]] = 0
    for pool, factor, weight in zip(table["pool"], table["factor"], table["weight"], strict=True):
        value = factors[factor] if factor in factors else numbers(cities, factor)
        value = np.where(taking_part[:, position[pool]], value, 0.0)
        total = value.sum()
        if total > 0:
            share[:, position[pool]] += weight * value / total
    return share


def _floor(by_last_year: Floats, earmark: Floats) -> Edge:
    floor = np.fmax(np.fmax(by_last_year, earmark), 0)
    return floor, np.where(floor == 0, NOTHING, np.where(by_last_year >= floor, FLOOR, EARMARK))


def _cap(by_last_year: Floats, floor: Edge) -> Edge:
    given = said(by_last_year, np.inf)
    rule = np.where(np.isinf(given), NOTHING, CAP)
    return np.maximum(given, floor[0]), np.where(given < floor[0], floor[1], rule)


def _within(corridor: Floats, floor: Edge, cap: Edge) -> Objects:
    """The rule that makes one side of the corridor, clipped into [floor, cap]; infinite where there is no corridor."""
    (least, least_rule), (most, most_rule) = floor, cap
    return np.where(corridor <= least, least_rule, np.where(corridor >= most, most_rule, CORRIDOR))


def _bounds(*told: Told) -> tuple[RuleBound, ...]:
    return tuple(RuleBound(rule, "allocation", side, amount) for rule, side, amount in told)


def _positive(amount: Floats) -> Floats:
    """What a rule asks for at least; to ask for nothing, or less, is to say nothing."""
    return np.where(amount > 0, amount, -np.inf)


def _rooms(kind: Objects, bond_class: Objects, cities: pd.DataFrame, land: Land, money: Money) -> Iterator[Told]:
    """What else bounds an allocation from above: of land the ground of its city, of bonds the debt."""
    nothing = np.full((len(cities), len(kind)), np.inf)
    rooms: list[tuple[str, Flags, Callable[[], Floats]]] = [
        ("boundary", kind == "land", lambda: numbers(cities, "boundary_left", blank=np.inf)),
        ("farmland", kind == "land", lambda: _farmland(cities)),
        ("stock", kind == "land", lambda: said(land.stock_base + land.stock_ratio * land.reusable, np.inf)),
        ("debt_room", kind == "bond", lambda: money.bond_room),
        *(
            ("debt_class", bond_class == name, lambda k=k: money.class_room[:, k])
            for k, name in enumerate(BOND_CLASSES)
        ),
    ]
    for rule, of_pools, room in rooms:
        yield rule, "upper", np.where(of_pools, room()[:, None], np.inf) if of_pools.any() else nothing


def _farmland(cities: pd.DataFrame) -> Floats:
    """Land whose part of farmland can be offset [n]."""
    share, offset = numbers(cities, "farmland_share"), numbers(cities, "farmland_offset", blank=np.inf)
    return np.where(share > 0, offset / np.where(share > 0, share, 1), np.inf)
