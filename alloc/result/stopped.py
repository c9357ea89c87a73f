"""How many of the willing do not settle, by the rule that makes the limit of their city; nothing is solved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from alloc.content.blocks import Column, Row, Table
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived, derive
from alloc.result.result import Result
from alloc.result.settled import (
    below_limit,
    limit_makers,
    settlement_open,
    short_by_rounding,
    whole_limits,
    willing,
)
from alloc.result.wording import say
from alloc.text import Text

WILLINGNESS = "willingness"  # the rule that counts who would settle: it stops nobody of them


@dataclass(frozen=True)
class Stopped:
    """The cities whose settlement limit one rule makes; of several the first. All but `cities` in persons.

    Attributes:
        title: of the rule.
        cities: how many.
        willing: who would settle there and may.
        settle: who do.
        beyond: who would and stand beyond the limits of their cities.
        below: who would, stand within these limits and do not settle: services, money or limits of groups of cities do
            not let them.
        rounded: who do not because whole persons settle.
        freed: by how much the limits of all cities would rise were this rule alone waived, all others kept; NaN where
            it stops none of the willing, or no other limits them.
    """

    title: Text
    cities: int
    willing: float
    settle: float
    beyond: float
    below: float
    rounded: float
    freed: float


def stopped(result: Result) -> list[Stopped]:
    """A row for every rule that makes the limit of a city.

    Args:
        result: with an allocation.
    """
    derived: Derived = derive(result.instance)
    known, bounds = catalogue(result.instance.formulation).rules, derived.settle_bounds
    people = result.tables["people"].set_index("city").loc[list(derived.cities)]
    settle, whole = people["settle"].to_numpy(dtype=float), whole_limits(people)
    below, rounded = below_limit(people), short_by_rounding(people)
    able, limit, maker = willing(derived), derived.settle_limit, limit_makers(derived)
    found = []
    for place, bound in enumerate(bounds):
        own = maker == place
        if not own.any():
            continue
        others = np.min([each.amount for at, each in enumerate(bounds) if at != place] or [np.full(len(able), np.inf)],
                        axis=0)  # fmt: skip
        freed = float((np.maximum(others, limit) - limit).sum())
        counts = bound.rule != WILLINGNESS and np.isfinite(freed)
        would, do, may, under, cut = (float(each[own].sum()) for each in (able, settle, whole, below, rounded))
        found.append(Stopped(
            known[bound.rule].title, int(own.sum()), would, do, would - may, under, cut, freed if counts else np.nan
        ))  # fmt: skip
    return found


def why_within(result: Result, language: str) -> str:
    """Why people within the limits do not settle, as the note of the table says it."""
    if settlement_open(result, language):
        return say(language, "stopped_within_open")
    return say(language, "stopped_within_whole" if result.instance.settings.integers else "stopped_within")


def stopped_table(rows: Iterable[Stopped], language: str, within: str) -> Table:
    """The rows as a table, with what they come to together; a note says what it tells and what not.

    Args:
        rows: of `stopped`.
        language: ``zh`` or ``en``.
        within: of `why_within`.
    """
    listed, persons = list(rows), Text("人", "persons").said(language)
    names = ("title", "cities", "willing", "settle", "beyond", "below", "rounded", "freed")
    told = dict(zip(names, say(language, "stopped_heads").split("|"), strict=True))
    if not any(round(each.rounded) for each in listed):  # without rounding there is no column of it
        del told["rounded"]
    columns = tuple(
        Column(name, head, persons if place > 1 else "", "number" if place else "text",
               additive=name not in ("title", "freed"))
        for place, (name, head) in enumerate(told.items())
    )  # fmt: skip
    amounts = [name for name in told if name not in ("title", "freed")]
    made: list[Row] = [
        (each.title.said(language), *(float(getattr(each, name)) for name in amounts),
         None if np.isnan(each.freed) else each.freed)
        for each in listed
    ]  # fmt: skip
    sums = (float(sum(getattr(each, name) for each in listed)) for name in amounts)
    totals: Row = (say(language, "together"), *sums, None)
    note = say(language, "stopped_note", within=within)
    return Table("stopped", say(language, "stopped_title"), columns, tuple(made), totals=totals, note=note)
