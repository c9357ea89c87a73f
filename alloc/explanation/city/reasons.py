"""Why a city gets what it gets of a pool: parts, what holds it, against last year, and beside a similar city."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from alloc.arguments import option
from alloc.content.blocks import Table
from alloc.explanation.city import record as reasons_record
from alloc.explanation.city import text as reasons_text
from alloc.explanation.city.drivers import driver_split
from alloc.explanation.city.earlier import Earlier, earlier
from alloc.explanation.city.facts import Facts
from alloc.explanation.city.holds import Holds
from alloc.explanation.city.past import past
from alloc.explanation.city.push import Base, Push, Side
from alloc.explanation.shared.answer import AskError, Report, Step, Writable, silent
from alloc.explanation.shared.codes import known_codes, known_pool
from alloc.explanation.shared.similar import likeness, most_similar
from alloc.instance.derived.derived import Derived
from alloc.instance.instance import Instance
from alloc.publish.parts import parts_in
from alloc.result.result import Result
from alloc.text import Text

ANOTHER = Text("{like} 要另一个城市。", "{like} needs another city.")
TRYING = Text("试算增减", "pushing up and down")


class Reasons(Facts, Writable):
    """Why one number is what it is, as an answer."""

    TITLE: ClassVar[Text] = Text("一个城市的分配数从何而来", "Why a city gets what it gets")

    @property
    def instance(self) -> Instance:
        """Of the result."""
        return self.result.instance

    def tables(self, language: str) -> list[Table]:
        """Tables."""
        return reasons_text.tables(self, language)

    def sentences(self, language: str) -> list[str]:
        """Sentences."""
        return reasons_text.sentences(self, language)

    def record(self) -> dict[str, Any]:
        """For JSON."""
        return reasons_record.record(self)


def asked(result: Result, city: str, pool: str) -> tuple[str, str]:
    """The codes of a city and a pool that are given by code or name.

    Raises:
        AskError: there is no such city or pool, with the nearest that is there; or the result has no point.
    """
    if not result.has_solution:
        raise AskError(Text("这个结果没有分配方案。", "This result has no allocation."))
    pool = known_pool(pool, result.instance.tables)
    return known_codes(result.instance.tables, [city])[0], pool


def explain_city(
    result: Result,
    city: str,
    pool: str,
    against: Result | None = None,
    like: str | None = None,
    report: Report = silent,
) -> Reasons:
    """Why a city gets what it gets of a pool.

    Args:
        result: a verified result.
        city: code or name.
        pool: code or title.
        against: another result of the same cities: last year's, another version, or what a scenario started from.
        like: code or name of the city to hold it against; None: the one most like it.
        report: told of every step.

    Raises:
        AskError: there is no such city or pool, or the other result has other cities.
    """
    city, pool = asked(result, city, pool)
    if like is not None:
        like, _ = asked(result, like, pool)
        if like == city:
            raise AskError(ANOTHER.fill(like=option("like")))
    split = driver_split(against, result, city, pool, report) if against is not None else None
    base = Base(result, report)
    sides: tuple[Side, Side] = ("up", "down")
    pushes = tuple(_pushed(base, city, pool, side, report) for side in sides)
    found = standing(result, base.derived, base.holds, city, pool, like)
    last = found.past if against is None else None
    moved = _earlier(base, found, report)
    return replace(found, pushes=pushes, whole=base.whole, split=split, past=last, earlier=moved)


def standing(
    result: Result, derived: Derived, held: Holds, city: str, pool: str, like: str | None = None
) -> Reasons:  # fmt: skip
    """What can be said of a number without a solve: its parts, what holds it, last year's, and a similar city's.

    Args:
        result: with a point.
        derived: of its instance.
        held: what holds every number of it.
        city, pool: codes that are there.
        like: code of the city to hold it against; None: the one most like it.
    """
    row, column = held.at(city, pool)
    table = result.tables["allocation"]
    line = table[(table["city"] == city) & (table["pool"] == pool)].iloc[0]
    other = like or most_similar(result.instance, derived, city)
    benchmark, value = float(derived.benchmark[row, column]), float(held.value[row, column])
    return Reasons(
        result, derived, city, pool,
        parts={name: float(line[name]) for name in parts_in(table)},
        published=float(line["published"]),
        value=value,
        lower=float(held.lower[row, column]), upper=float(held.upper[row, column]),
        lower_rule=str(held.lower_rule[row, column]), upper_rule=str(held.upper_rule[row, column]),
        at_lower=bool(held.at_lower[row, column]), at_upper=bool(held.at_upper[row, column]),
        rows_below=held.rows_below[row, column], rows_above=held.rows_above[row, column],
        limits_below=held.limits_below[row, column], limits_above=held.limits_above[row, column],
        decider=str(held.decider[row, column]),
        away=(value - benchmark) / benchmark if benchmark > 0 else None,
        common=float(held.common[row, column]) if np.isfinite(held.common[row, column]) else None,
        pushes=(),
        whole=result.instance.settings.integers,
        split=None,
        past=past(result, derived, city, pool),
        like=None if other is None else likeness(result, derived, city, pool, other, like is None),
    )  # fmt: skip


def _earlier(base: Base, found: Reasons, report: Report) -> Earlier | None:
    """What earlier objectives make of a number that a bound, a hand or the formula alone does not decide."""
    if found.decider not in ("earlier", "open"):
        return None
    try:
        at = base.holds.at(found.city, found.pool)
        return earlier(found.result, base.plain, at, found.value, found.parts["optimised"], report)
    except KeyboardInterrupt:
        return None


def _pushed(base: Base, city: str, pool: str, side: Side, report: Report) -> Push:
    try:
        report(Step(TRYING, int(side == "down"), 2))
        return base.push(city, pool, side)
    except KeyboardInterrupt:
        return Push(side, 0.0, "stopped")
