"""Limits that were added or changed: which hold nothing back, since what was asked for is met anyway, and which the
published numbers miss."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pandas as pd

from alloc.content.figures import number, rounded
from alloc.content.places import NAMED, city_said
from alloc.instance.derived.limits import city_of, key_of, title_of
from alloc.instance.schema.tables import TABLES
from alloc.result.frames.standing import broken, limits_as_published, limits_that_bind
from alloc.result.frames.units import LIMIT_UNIT, decimals_in, units_of_rows
from alloc.result.result import Result
from alloc.result.wording import say
from alloc.text import behind_number
from alloc.tolerances import AT_BOUND

LIMITS = "limits"
IDLE, MISSED = "idle_limit", "missed_limit"  # names of their sentences
IDLE_IN, MISSED_IN = "idle_limit_in", "missed_limit_in"  # of a limit for each city
CLEAR = 0.1  # of the distance between two numbers: rounding may take so much of it from what is shown
MOST_DECIMALS = 6  # with which what there is is told apart from the limit


def edited_limits(result: Result) -> set[str]:
    """Keys of the limits that the edits of a result added or changed."""
    cells = (cell for edit in result.manifest.get("edits") or () for cell in edit["cells"])
    return {str(cell["key"][0]) for cell in cells if cell["table"] == LIMITS and cell["key"]}


def idle_limits(result: Result, keys: Collection[str], language: str) -> list[str]:
    """A sentence for every one of some limits that has room left in all its rows, by the published numbers too, and for
    every one that these miss.

    Args:
        result: with an allocation.
        keys: of the limits that are asked about.
        language: ``zh`` or ``en``.
    """
    return [_said(result, *found, language) for found in _found(result, keys)]


def idle_others(result: Result, language: str) -> str:
    """How many of the limits that no edit added or changed hold nothing back, in a sentence; "" where none does."""
    others = set(map(str, result.instance.tables[LIMITS][TABLES[LIMITS].key[0]])) - edited_limits(result)
    idle = sum(words == IDLE for _, _, words in _found(result, others))
    return say(language, "idle_others", all=len(others), idle=idle) if idle else ""


def _found(result: Result, keys: Collection[str]) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Key, row of the least room and sentence of the limits that hold nothing back, or are missed."""
    table = result.tables[LIMITS]
    table = table[table["limit"].map(key_of).isin(set(keys))]
    if table.empty:
        return
    off, held, published = broken(result), limits_that_bind(result), limits_as_published(result)
    for key, rows in table.groupby(table["limit"].map(key_of), sort=False):
        size = rows["right"].abs().clip(lower=1.0)
        idle = (rows["slack"] > AT_BOUND * size).all() and not rows["limit"].isin(held).any()
        missed = rows["limit"].isin(off).any()
        if idle or missed:
            nearest = (published.loc[rows.index, "slack"] / size).idxmin()
            yield str(key), published.loc[[nearest]], MISSED if missed else IDLE


def _said(result: Result, key: str, nearest: pd.DataFrame, words: str, language: str) -> str:
    """The limit, with what its row of the least room has and may have."""
    about = result.instance.tables[LIMITS].set_index(TABLES[LIMITS].key[0]).loc[key]
    (unit,) = units_of_rows(result.instance, LIMIT_UNIT, nearest, language)
    sides = [float(nearest[side].iloc[0]) for side in ("left", "right")]
    decimals = decimals_in(unit)
    least = CLEAR * abs(sides[0] - sides[1])
    while decimals < MOST_DECIMALS and any(abs(each - rounded(each, decimals)) > least for each in sides if least):
        decimals += 1  # else they look the same, or apart by another amount
    left, right = (number(each, decimals) for each in sides)
    title = about[f"title_{language}"] or about["title_zh"] or key
    slots = {"title": title, "left": left, "right": f"{right} {behind_number(unit)}".rstrip()}
    first = city_of(str(nearest["limit"].iloc[0]))
    if not first:
        return say(language, words, **slots)
    if words == IDLE:
        (city,) = _names(result, [first], language)
        return say(language, IDLE_IN, city=city, **slots)
    missed = [city_of(limit) for limit in broken(result) if key_of(limit) == key]
    names = _names(result, [first, *(city for city in missed if city != first)], language)
    if len(names) == 1:
        one = title_of(result.instance.tables, str(nearest["limit"].iloc[0])).said(language)
        return say(language, words, **{**slots, "title": one})
    return say(language, MISSED_IN, city=names[0], cities=_listed(names, language), **slots)


def _names(result: Result, cities: Sequence[str], language: str) -> list[str]:
    table = result.instance.tables["cities"].set_index("city")
    return [city_said(table.loc[city]).said(language) for city in cities]


def _listed(names: Sequence[str], language: str) -> str:
    """Up to a few names; of more the first of them, and how many there are."""
    shown = ("、" if language == "zh" else ", ").join(names[:NAMED])
    return say(language, "missed_cities", names=shown, count=len(names)) if len(names) > NAMED else shown
