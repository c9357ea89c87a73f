"""Pools: what is there, what the formula gives, and between which bounds every city's share lies.

Every rule says by itself between which amounts an allocation lies (`RuleBound`); together they are the bounds of the
model. A bound remembers the rule that made it, so that whatever goes wrong with it can be said in the planner's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.lever import Side
from alloc.instance.derived.bond_floors import beyond_promised, certain_means, greatest_share, loose_use
from alloc.instance.derived.following import eased_down, eased_up, followed
from alloc.instance.derived.land_and_finance import Land, Money
from alloc.instance.derived.needs import Services
from alloc.instance.derived.optional.programmes import Programmes
from alloc.instance.derived.rooms import rooms_of, stock_base_of
from alloc.instance.derived.rule_bounds import RuleBound, least, most, said
from alloc.instance.derived.steps import Steps
from alloc.instance.frames import numbers, placed
from alloc.tolerances import ROUNDOFF

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Objects = NDArray[np.object_]
Edge = tuple[Floats, Objects]  # amounts and the names of the rules that made them, [n, R] each
Corridor = tuple[Floats, Edge, Edge]  # one side of it, and floor and cap, within which it lies

# What a bound is made by. As objects, that arrays of them are not copied from text.
NOTHING, FLOOR, EARMARK, CAP, CORRIDOR = (
    np.array(name, dtype=object) for name in ("none", "floor", "earmark", "cap", "corridor")
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Pools:
    """The R pools over the n cities, in hectares (land) or 10⁴ yuan (transfers, bonds).

    Attributes:
        kind: land, transfer or bond, text [R].
        use: general or capital for transfers, "" otherwise, text [R].
        bond_class: general or special for bonds, "" otherwise, text [R].
        available: what there is to give out, the reserve taken off; in an advance the part of it that goes out [R].
        up: what the pool gives out for each part that a city gets, since units above it keep some [n, R].
        exhaust: whether all of it must be given out [R].
        quantum: published amounts are multiples of it [R].
        last_year: what the city got last year, NaN where not given [n, R].
        earmark: what it is promised at least, in an advance the part of it that goes out; NaN where not given [n, R].
        override: what a planner fixed, NaN where not given [n, R].
        performance: factor on the share of the city, 1 where none is given [n, R].
        formula: what factors and weights give, NaN for a pool without factors [n, R].
        benchmark: the same with performance: what everything goes by that goes by the formula [n, R].
        last_followed: last year's amounts, scaled to what the pool holds where its bounds follow it; in an advance the
            part of it that goes out [n, R].
        floor: the greater of a multiple of last year and the earmark; of bonds as far as it can be carried [n, R].
        cap: a multiple of last year, raised to the floor where below, inf where not given [n, R].
        lower: least that the city can get [n, R].
        upper: most that the city can get, inf where nothing bounds it [n, R].
        lower_rule: name of the rule that made `lower`, "none" where it is 0, text [n, R].
        upper_rule: name of the rule that made `upper`, text [n, R].
        stock_base: new land allowed without reuse, NaN where new land is not linked to reuse [n].
        allocation_bounds: the rules behind both bounds, each by itself.
        rule_target: the override, or the benchmark within the bounds, or the lower bound [n, R].
        eased_down: how much less lower bounds ask for since corridors give way to what the pool holds: by how much
            their sum was above it [R].
        eased_up: by how much upper bounds were below what has to be given out, before corridors gave way [R].
        bond_floors: what floors of bonds ask for within the rooms for debt, beyond what is promised or fixed [n, R].
        floor_share: share of `bond_floors` that the city can build and run [n].
        floor_cause: what keeps it from more, `BUILDING`, `REVENUE` or `RUNNING` [n].
    """

    kind: Objects
    use: Objects
    bond_class: Objects
    available: Floats
    up: Floats
    exhaust: Flags
    quantum: Floats
    last_year: Floats
    earmark: Floats
    override: Floats
    performance: Floats
    formula: Floats
    benchmark: Floats
    last_followed: Floats
    floor: Floats
    cap: Floats
    lower: Floats
    upper: Floats
    lower_rule: Objects
    upper_rule: Objects
    stock_base: Floats
    allocation_bounds: tuple[RuleBound, ...]
    rule_target: Floats
    eased_down: Floats
    eased_up: Floats
    bond_floors: Floats
    floor_share: Floats
    floor_cause: NDArray[np.intp]


def last_transfers(last_year: Floats, kind: Objects) -> Floats:
    """What every city got of all transfer pools last year [n]."""
    return np.asarray(np.nansum(last_year[:, kind == "transfer"], axis=1))


def pools(
    steps: Steps,
    tables: Mapping[str, pd.DataFrame],
    last_year: Floats,
    factors: Mapping[str, Floats],
    taking_part: Flags,
    advance: Floats,
    up: Floats,
    needs: Services,
    land: Land,
    money: Money,
    works: Programmes,
    least_free: float,
) -> Pools:
    """Benchmarks and bounds, as if nothing had been issued yet.

    Args:
        steps: of the derivation.
        tables: the tables of the instance.
        last_year: the matrix of last year's amounts [n, R].
        factors: the derived factors by name [n]; every other factor is a column of `cities`.
        taking_part: which cities the formula of every pool counts [n, R].
        advance: part of every pool that is shared out [R].
        up: what every pool gives out for each part that a city gets [n, R].
        needs: what can be built in the cities, and what it costs.
        land: land of the cities.
        money: accounts and debt of the cities.
        works: programmes, and the pools that are tied to one.
        least_free: share of its general money with which every city is counted at least.
    """
    cities, table = tables["cities"], tables["pools"]
    read, text = partial(steps.numbers, "pools", table), partial(steps.texts, "pools", table)
    kind, use, bond_class, codes = text("kind"), text("use"), text("bond_class"), text("pool")
    promised_, override = (
        steps(placed, tables[name], "amount", steps.texts("cities", cities, "city"), codes, "pool", name=name)
        for name in ("earmarks", "overrides")
    )
    earmark = steps(_times, advance, promised_, name="earmark")
    whole = steps(_available, read("reserve"), read("total"))
    available = steps(_times, advance, whole, name="available")
    shares = steps(formula_shares, cities, tables["factors"], codes, dict(factors), taking_part)
    phased = steps(_phased_in, shares, last_year, taking_part, read("phase_in"), up)
    performance = steps(placed, tables["performance"], "factor", steps.texts("cities", cities, "city"), codes, "pool",
                        name="performance")  # fmt: skip
    performance = steps(_one_where_blank, performance)
    formula = steps(_passed_on, available, phased, up, name="formula")
    benchmark = steps(_passed_on, available, steps(_performing, phased, performance), up, name="benchmark")
    follow, exhaust = steps.flags("pools", table, "follow"), steps.flags("pools", table, "exhaust")
    last = steps(_times, advance, steps(followed, follow, whole, last_year, up), name="last year")

    fixed = steps(_given, override)
    of_last = steps(_times, read("floor_multiple"), last, name="floor")
    by_last_year = steps(_not_of_bonds, kind, of_last)
    floor = steps(_floor, by_last_year, earmark)
    cap = steps(_cap, steps(_times, read("cap_multiple"), last, name="cap"), floor)
    down = steps(_corridor_down, kind, read("corridor_down"), benchmark)
    down, beyond = steps(eased_down, follow, available, down, floor[0], cap[0], override, up)
    before = steps(_bound, "floor", "lower", steps(_positive, by_last_year, name="floor"), name="floor")
    least_rules = (
        steps(_bound, "earmark", "lower", steps(_positive, earmark, name="earmark"), name="earmark"),
        steps(_corridor_lower, fixed, down, cap[0]),
    )
    certain = steps(_lower, (before, *least_rules), (down, floor, cap), fixed, override)
    given_base = steps.numbers("cities", cities, "stock_base")
    base = steps(stock_base_of, given_base, land.stock_ratio, land.stock_share, kind == "land", benchmark, certain[0])
    rooms, own_room = rooms_of(steps, kind, bond_class, cities, land, money, works, base)
    above = steps(_corridor_up, read("corridor_up"), benchmark)
    must = steps(_both, follow, exhaust)
    above, short = steps(eased_up, must, available, above, floor[0], cap[0], override, own_room, up)
    rules = (
        *least_rules,
        steps(_bound, "cap", "upper", cap[0], name="cap"),
        steps(_corridor_upper, fixed, above, floor[0]),
    )
    by_hand = (
        steps(_bound, "override", "lower", steps(_positive, override, name="override"), name="override, lower"),
        steps(_bound, "override", "upper", steps(said, override, np.inf, name="override"), name="override, upper"),
    )
    upper, upper_rule = steps(_upper, rules, (above, floor, cap), fixed, override, rooms, certain[0])

    promised = steps(_of_bonds, kind, certain[0])
    asked = steps(beyond_promised, of_last, promised, upper, fixed, bond_class, (money.class_room, money.bond_room),
                  money.purses)  # fmt: skip
    loose = steps(loose_use, use, works.tied)
    means = steps(certain_means, needs, land, money, certain[0], loose, kind, least_free)
    share, cause = steps(greatest_share, bond_class, promised, asked, means)
    carried = steps(_carried, promised, asked, share)
    lower, lower_rule = steps(_with_floors, certain, carried)
    return Pools(
        kind=kind,
        use=use,
        bond_class=bond_class,
        available=available,
        up=up,
        exhaust=exhaust,
        quantum=read("quantum"),
        last_year=last_year,
        earmark=earmark,
        override=override,
        performance=performance,
        formula=formula,
        benchmark=benchmark,
        last_followed=last,
        floor=steps(np.fmax, floor[0], carried, name="floor"),
        cap=cap[0],
        lower=lower,
        upper=upper,
        lower_rule=lower_rule,
        upper_rule=upper_rule,
        stock_base=base,
        allocation_bounds=(steps(_floor_bound, before, carried), *rules, *by_hand, *rooms),
        rule_target=steps(rule_target, benchmark, lower, upper, fixed, override),
        eased_down=beyond,
        eased_up=short,
        bond_floors=asked,
        floor_share=share,
        floor_cause=cause,
    )


def _phased_in(share: Floats, last_year: Floats, taking_part: Flags, parts: Floats, up: Floats) -> Floats:
    """Shares of what is received by the formula, where it is being phased in mixed with those of last year [n, R]."""
    mixed = share.copy()
    for r, part in enumerate(parts):
        last = counted_last_year(last_year[:, r], taking_part[:, r], up[:, r])
        if not np.isnan(part) and last.sum() > 0:
            mixed[:, r] = (1 - part) * last / last.sum() + part * share[:, r]
    return mixed


def counted_last_year(last_year: Floats, taking_part: Flags, up: Floats) -> Floats:
    """What the cities got last year, as far as the formula of a pool that is being phased in counts it [n]."""
    return np.where(taking_part, np.nan_to_num(last_year) * up, 0.0)


def _one_where_blank(factors: Floats) -> Floats:
    return np.where(np.isnan(factors), 1.0, factors)


def _performing(share: Floats, performance: Floats) -> Floats:
    """Shares times performance, brought back to their sum in every pool that has any [n, R]."""
    adjusted = share.copy()
    for r in np.flatnonzero((performance != 1).any(axis=0)):
        weighted = performance[:, r] * share[:, r]
        if np.nansum(weighted) > 0:
            adjusted[:, r] = weighted * np.nansum(share[:, r]) / np.nansum(weighted)
    return adjusted


def _available(reserve: Floats, total: Floats) -> Floats:
    return (1 - reserve) * total


def _passed_on(available: Floats, share: Floats, up: Floats) -> Floats:
    """What cities get of a pool by their shares of it, when every unit above them has kept its own [n, R]."""
    return np.asarray(available * share / up)


def _times(one: Floats, other: Floats) -> Floats:
    return one * other


def _given(amounts: Floats) -> Flags:
    return ~np.isnan(amounts)


def _both(some: Flags, others: Flags) -> Flags:
    return some & others


def _not_of_bonds(kind: Objects, amounts: Floats) -> Floats:
    """A multiple of last year; of bonds it is worked out when all other bounds are known."""
    return np.where(kind == "bond", np.nan, amounts)


def _of_bonds(kind: Objects, lower: Floats) -> Floats:
    """What of bonds is promised or fixed."""
    return np.where(kind == "bond", lower, 0.0)


def _carried(promised: Floats, asked: Floats, share: Floats) -> Floats:
    """Floors of bonds with what is promised, as far as the city can carry them; NaN where there is none [n, R]."""
    more = share[:, None] * asked
    return np.where(more > 0, promised + more, np.nan)


def _with_floors(certain: tuple[Floats, Objects], carried: Floats) -> tuple[Floats, Objects]:
    lower, rule = certain
    there = ~np.isnan(carried)
    return np.where(there, carried, lower), np.where(there, FLOOR, rule)


def _floor_bound(before: RuleBound, carried: Floats) -> RuleBound:
    return _bound("floor", "lower", np.fmax(before.amount, carried))


def _corridor_down(kind: Objects, width: Floats, benchmark: Floats) -> Floats:
    return said(np.where(kind == "bond", np.nan, (1 - width) * benchmark), -np.inf)


def _corridor_up(width: Floats, benchmark: Floats) -> Floats:
    return said((1 + width) * benchmark, np.inf)


def _corridor_lower(fixed: Flags, down: Floats, cap: Floats) -> RuleBound:
    return _bound("corridor", "lower", _positive(np.where(fixed, np.nan, np.minimum(down, cap))))


def _corridor_upper(fixed: Flags, up: Floats, floor: Floats) -> RuleBound:
    return _bound("corridor", "upper", np.where(fixed, np.inf, np.maximum(up, floor)))


def _lower(rules: tuple[RuleBound, ...], corridor: Corridor, fixed: Flags, override: Floats) -> tuple[Floats, Objects]:
    lower, rule = least(rules), _within(*corridor)
    lower[fixed], rule[fixed] = override[fixed], "override"
    return lower, rule


def _upper(
    rules: tuple[RuleBound, ...],
    corridor: Corridor,
    fixed: Flags,
    override: Floats,
    rooms: tuple[RuleBound, ...],
    lower: Floats,
) -> tuple[Floats, Objects]:
    upper, rule = most(rules), _within(*corridor)
    upper[fixed], rule[fixed] = override[fixed], "override"
    for room in rooms:
        binds = room.amount < upper
        upper[binds], rule[binds] = room.amount[binds], room.rule
    # Bounds that cross by no more than the last digits of a product are meant to be equal.
    crossed = (upper < lower) & (upper >= lower - ROUNDOFF * np.maximum(1, lower))
    upper[crossed] = lower[crossed]
    return upper, rule


def rule_target(benchmark: Floats, lower: Floats, upper: Floats, fixed: Flags, override: Floats) -> Floats:
    """What is fixed, or the benchmark within the bounds, or the lower bound where there is none [n, R]."""
    within = np.where(np.isnan(benchmark), lower, np.clip(benchmark, lower, upper))
    return np.where(fixed, override, within)


def formula_shares(
    cities: pd.DataFrame, table: pd.DataFrame, pools: Objects, factors: Mapping[str, Floats], taking_part: Flags
) -> Floats:
    """Every city's share of every pool by its factors, NaN for a pool without factors [n, R]."""
    position = {pool: k for k, pool in enumerate(pools)}
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


def _bound(rule: str, side: Side, amount: Floats) -> RuleBound:
    return RuleBound(rule, "allocation", side, amount)


def _positive(amount: Floats) -> Floats:
    """What a rule asks for at least; to ask for nothing, or less, is to say nothing."""
    return np.where(amount > 0, amount, -np.inf)
