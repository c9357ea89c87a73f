"""What is found out on one number of a city, apart from how it is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from alloc.explanation.city.drivers import DriverSplit
from alloc.explanation.city.earlier import Earlier
from alloc.explanation.city.holds import Row
from alloc.explanation.city.past import Past
from alloc.explanation.city.push import Push
from alloc.explanation.shared.similar import Likeness
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.result.result import Result


@dataclass(frozen=True, eq=False)
class Facts:
    """Why one number is what it is.

    Attributes:
        result: that it stands in.
        city, pool: codes.
        parts: benchmark, rule, optimised, override, rounding, and what else the result has (`parts_in`); they add up
            to `published`.
        published: the number.
        value: the decision before rounding.
        lower, upper, lower_rule, upper_rule: its bounds and the rules that make them.
        at_lower, at_upper: whether it stands there.
        rows_below, rows_above: rows of the model that bind and keep it from going down or up, before rounding.
        limits_below, limits_above: of the planner's limits those that leave published numbers no room.
        decider: see `alloc.explanation.city.holds.Holds`.
        away: distance of the decision from the formula, relative; None without a formula.
        common: what the city would have as far off the formula as those that follow it; None where too few do.
        earlier: what each objective before closeness makes of it; None where it was not asked or does not apply.
        pushes: up, then down.
        whole: whether facilities are whole, and so held in the pushes.
        split: against another result; None where none was given.
        past: against last year's amounts; None where another result was given, or there are none.
        like: beside a similar city; None where there is no other.
    """

    result: Result = field(repr=False)
    derived: Derived = field(repr=False)
    city: str
    pool: str
    parts: dict[str, float]
    published: float
    value: float
    lower: float
    upper: float
    lower_rule: str
    upper_rule: str
    at_lower: bool
    at_upper: bool
    rows_below: tuple[Row, ...]
    rows_above: tuple[Row, ...]
    limits_below: tuple[Row, ...]
    limits_above: tuple[Row, ...]
    decider: str
    away: float | None
    common: float | None
    pushes: tuple[Push, ...]
    whole: bool
    split: DriverSplit | None
    past: Past | None
    like: Likeness | None
    earlier: Earlier | None = None

    def held(self, side: str) -> list[tuple[Row, str]]:
        """The rows without room on a side, and when they are without it.

        A limit of the planner may be used up before rounding alone, as rounding leaves it a quantum, or by published
        numbers alone, as rounding uses up what was left.

        Args:
            side: ``below`` or ``above``.

        Returns:
            Each row with ``reached``, ``reached_before`` (before rounding alone) or ``reached_after`` (by published
            numbers alone), which are words of `alloc.explanation.city.words`.
        """
        limiting = catalogue(self.result.instance.formulation).limiting
        decided, published = (
            (self.rows_below, self.limits_below) if side == "below" else (self.rows_above, self.limits_above)
        )
        found = [(row, "reached" if row[0] != limiting or row in published else "reached_before") for row in decided]
        return found + [(row, "reached_after") for row in published if row not in decided]
