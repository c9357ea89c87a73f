"""What decides every number, for the page of a city and for the table of all: a bound with its rule, formula, tier."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from alloc.explanation.city.holds import OUTSIDE, Holds, holds
from alloc.formulation.lever import Rule
from alloc.formulation.registry import catalogue
from alloc.report.view import View
from alloc.text import Text

IN_A_CELL = {
    "upper": Text("上限：{rule}", "upper bound: {rule}"),
    "lower": Text("下限：{rule}", "lower bound: {rule}"),
    "outside": Text("不参加分配", "takes no part"),
    "override": Text("人工指定", "fixed by hand"),
    "formula": Text("公式", "formula"),
    "earlier": Text("排在前面的目标", "an earlier tier"),
    "open": Text("目标和规则", "tiers and rules"),
}


class Deciding:
    """What decides the numbers of one result; nothing is solved, the tables of the result tell."""

    def __init__(self, view: View) -> None:
        """Computed when it is first asked for."""
        self.view = view

    @cached_property
    def holds(self) -> Holds:
        """Bounds, rows that bind, and what decides."""
        return holds(self.view.result, self.view.derived)

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return catalogue(self.view.result.instance.formulation).rules

    def of(self, at: int, place: int) -> tuple[str, str]:
        """What decides the number of a city and a pool, by their places.

        Returns:
            ``upper`` or ``lower`` and the rule that makes the bound; or a decider of `Holds` and "".
        """
        held = self.holds
        decider = str(held.decider[at, place])
        if decider == OUTSIDE:
            return decider, ""
        sides = [("upper", held.at_upper, held.upper_rule), ("lower", held.at_lower, held.lower_rule)]
        rule = str(held.lower_rule[at, place])
        if held.upper_rule[at, place] == rule and self._rules[rule].sides[:1] == ("lower",):
            sides.reverse()  # a floor above the cap makes both bounds: it stays a floor
        for side, stands, rules in sides:
            if decider != "override" and stands[at, place] and rules[at, place] not in ("none", ""):
                return side, str(rules[at, place])
        return decider, ""

    def cell(self, at: int, place: int) -> str:
        """The same in a few words."""
        how, rule = self.of(at, place)
        title = self._rules[rule].title.said(self.view.language) if rule else ""
        return IN_A_CELL.get(how, IN_A_CELL["open"]).said(self.view.language).format(rule=title)
