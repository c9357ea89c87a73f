"""Bounds of single decisions that bind: which rule holds which cities of a pool at its least or its most, and which
lets no more people settle.

A floor, a cap, a corridor or a limit of settlement is no row of the model, so that the table `families` does not have
it. Lists of rules that bind take it from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Literal

import numpy as np
import pandas as pd

from alloc.formulation.registry import catalogue
from alloc.formulation.tier import Worded
from alloc.instance.derived.bounds import Floats, Objects
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.frames import places, texts
from alloc.result.result import Result
from alloc.result.settled import below_limit, limit_makers, whole_limits
from alloc.text import Text
from alloc.tolerances import AT_BOUND

Side = Literal["lower", "upper"]
MOST_NAMED = 12  # cities of one bound that a sentence names
BETWEEN = "."  # parts of the name of a bound
TITLE = Text("{rule}：{pool}", "{rule}: {pool}")
SIDED: dict[str, Text] = {
    "lower": Text("{rule}：{pool}，下限", "{rule}: {pool}, at the least"),
    "upper": Text("{rule}：{pool}，上限", "{rule}: {pool}, at the most"),
}
LOWER = Text(
    "有 {n} 个城市的{pool}处在下限（{rule}）{names}。",
    "{n} {n:|city stands|cities stand} at the least of {pool} ({rule}){names}.",
)
UPPER = Text(
    "有 {n} 个城市的{pool}处在上限（{rule}）{names}。",
    "{n} {n:|city stands|cities stand} at the most of {pool} ({rule}){names}.",
)
SETTLED = Text(
    "有 {n} 个城市的落户人数已到上限（{rule}）{names}。",
    "In {n} {n:|city|cities} as many settle as may ({rule}){names}.",
)
NAMES = Text("：{names}", ": {names}")


@dataclass(frozen=True)
class BoundThatBinds:
    """A bound of a pool, or of settlement, at which cities stand, by what was decided before rounding.

    Attributes:
        rule: that makes it, a key of ``catalogue().rules``.
        pool: code; "" of settlement.
        side: ``lower`` or ``upper``.
        cities: codes of those that stand there, in order.
        of: for how many cities the rule makes this side's bound.
        title: of the rule and the pool.
        words: a sentence with the names of few cities.
        owner: who may waive it, a key of ``catalogue().owners``.
    """

    rule: str
    pool: str
    side: Side
    cities: tuple[str, ...]
    of: int
    title: Text
    words: Text
    owner: str

    @property
    def name(self) -> str:
        """A name of its own, where families have theirs."""
        return BETWEEN.join((self.rule, self.pool, self.side) if self.pool else (self.rule, self.side))


def title_of_bound(name: str, rules: Mapping[str, Worded], pools: Mapping[str, str], language: str) -> str:
    """What a bound is called that its name alone stands for; its name where its rule or its pool is not known.

    Args:
        name: of a ``BoundThatBinds``.
        rules: of the catalogue.
        pools: code -> title in the language.
    """
    rule, _, rest = name.partition(BETWEEN)
    pool, _, side = rest.rpartition(BETWEEN)
    if rule in rules and not pool and side in SIDED:
        return rules[rule].title.said(language)
    if rule not in rules or pool not in pools:
        return name
    return SIDED[side].said(language, rule=rules[rule].title.said(language), pool=pools[pool])


def derived_of(result: Result) -> Derived:
    """What is derived of a result's instance: as its solve did it, or anew where that is not at hand."""
    instance, derived = result.derived or (None, None)
    return derived if derived is not None and instance is result.instance else derive(result.instance)


def bounds_that_bind(result: Result, derived: Derived | None = None, idle: bool = False) -> list[BoundThatBinds]:
    """The bounds of allocations at which cities stand, by pool and then by rule, and behind them those of settlement.

    Left out are rules that a family of rows says as well, amounts that were fixed by hand, and what is nothing because
    it can be nothing else.

    Args:
        result: with an allocation.
        derived: of its instance, where it is at hand.
        idle: those at which no city stands too.
    """
    known = derived or derived_of(result)
    return [*_bounds(result, known, idle), *_of_settlement(result, known, idle)]


def _bounds(result: Result, derived: Derived, idle: bool) -> Iterator[BoundThatBinds]:
    known, table = catalogue(result.instance.formulation), result.tables["allocation"]
    decided = (table["published"] - table["rounding"]).to_numpy()
    value = np.zeros((len(derived.cities), len(derived.pools)))
    given = result.given
    of_city, of_pool = (places(pd.Series(codes), np.array(among)) for codes, among in
                  ((given.cities, derived.cities), (given.pools, derived.pools)))  # fmt: skip
    value[of_city[given.city], of_pool[given.pool]] = decided
    size = AT_BOUND * np.maximum(1.0, np.abs(value))
    named = result.instance.once("cities", "names", _named)
    titles = result.instance.once("pools", "titles", _titles)
    for place, pool in enumerate(derived.pools):
        for side, bound, rules, sign in _sides(derived):
            stands = (sign * (value - bound) >= -size)[:, place] & (np.asarray(bound)[:, place] > AT_BOUND)
            for rule in dict.fromkeys(rules[stands | idle, place].tolist()):
                about, own = known.rules[rule], rules[:, place] == rule
                if about.family or about.replaces or not about.makes or side not in about.sides:
                    continue  # where a cap cuts a corridor off, a city at its least stands at the cap
                cities = tuple(compress(derived.cities, (stands & own).tolist()))
                yield BoundThatBinds(
                    rule, pool, side, cities, int(own.sum()), TITLE.fill(rule=about.title, pool=titles[pool]),
                    _words(LOWER if side == "lower" else UPPER, cities, about.title, titles[pool], named), about.owner,
                )  # fmt: skip


def _of_settlement(result: Result, derived: Derived, idle: bool) -> Iterator[BoundThatBinds]:
    """Where as many settle as may: a limit of nobody holds nothing back."""
    people = result.tables["people"]
    order = places(people["city"], np.array(derived.cities)).argsort()
    full, may = (below_limit(people) == 0)[order], (whole_limits(people) > 0)[order]
    maker, named = limit_makers(derived), result.instance.once("cities", "names", _named)
    for place, bound in enumerate(derived.settle_bounds):
        about, own = catalogue(result.instance.formulation).rules[bound.rule], may & (maker == place)
        cities = tuple(compress(derived.cities, (own & full).tolist()))
        if cities or (idle and may.any() and np.isfinite(bound.amount).any()):
            words = _words(SETTLED, cities, about.title, Text("", ""), named)
            yield BoundThatBinds(bound.rule, "", "upper", cities, int(own.sum()), about.title, words, about.owner)


def _sides(derived: Derived) -> tuple[tuple[Side, Floats, Objects, float], ...]:
    return ("lower", derived.lower, derived.lower_rule, -1.0), ("upper", derived.upper, derived.upper_rule, 1.0)


def _named(cities: pd.DataFrame) -> dict[str, Text]:
    chinese, english = texts(cities, "name"), texts(cities, "name_en")
    return {code: Text(zh, en or zh) for code, zh, en in zip(texts(cities, "city"), chinese, english, strict=True)}


def _titles(pools: pd.DataFrame) -> dict[str, Text]:
    said = (texts(pools, name) for name in ("pool", "title_zh", "title_en"))
    return {code: Text(zh, en) for code, zh, en in zip(*said, strict=True)}


def _words(said: Text, cities: tuple[str, ...], rule: Text, pool: Text, named: dict[str, Text]) -> Text:
    few = [named[code] for code in cities] if len(cities) <= MOST_NAMED else []
    names = NAMES.fill(names=Text("、".join(each.zh for each in few), ", ".join(each.en for each in few)))
    return said.fill(n=len(cities), pool=pool, rule=rule, names=names if few else Text("", ""))
