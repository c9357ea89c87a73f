"""What decides every number, for the page of a city and for the table of all: a bound with its rule, formula, tier."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from alloc.content.figures import percent
from alloc.explanation.city.holds import OUTSIDE, Holds, holds
from alloc.formulation.lever import Rule
from alloc.formulation.registry import catalogue
from alloc.report.view import Floats, View
from alloc.text import Text

IN_A_CELL = {
    "upper": Text("上限：{rule}", "upper bound: {rule}"),
    "lower": Text("下限：{rule}", "lower bound: {rule}"),
    "outside": Text("不参加分配", "takes no part"),
    "override": Text("人工指定", "fixed by hand"),
    "formula": Text("公式", "formula"),
    "gives_way": Text("公式，为{rule}让出 {part}", "formula less {part} for others’ {rule}"),
    "less": Text("公式，同比例让出 {part}", "formula less {part}, shared alike"),
    "more": Text("公式，同比例多分 {part}", "formula plus {part}, shared alike"),
    "earlier": Text("目标或共用规则", "tiers or shared rules"),
    "open": Text("目标和规则", "tiers and rules"),
}
TOLD = 0.01  # of the formula: by less it is followed as nearly as what is left and rounding let it
MOST = 0.99  # of what is taken from the formula: who gets that much is why


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
        title, part = self._title(rule) if rule else "", 0.0
        if how == "formula" and abs(part := float(self._away[at, place])) >= TOLD:
            rules = self._in_favour(place)
            how = "more" if part > 0 else "gives_way" if rules else "less"
            title = self.view.listed(map(self._title, rules)) if rules else ""
        told = IN_A_CELL.get(how, IN_A_CELL["open"]).said(self.view.language)
        return told.format(rule=title, part=percent(abs(part), 2))

    def _title(self, rule: str) -> str:
        return str(self._rules[rule].title.said(self.view.language))

    @cached_property
    def _away(self) -> Floats:
        """By which part of its formula every decision is off it; 0 where there is none [n, R]."""
        benchmark = np.nan_to_num(self.view.derived.benchmark)
        return np.where(benchmark > 0, self.holds.value / np.where(benchmark > 0, benchmark, 1.0) - 1.0, 0.0)

    def _in_favour(self, place: int) -> list[str]:
        """The rules whose lower bounds take what the formula would give to others, the first that takes most; none
        where something else takes part of it too."""
        held = self.holds
        off = held.value[:, place] - np.nan_to_num(self.view.derived.benchmark[:, place])
        taken, got = float(np.maximum(-off, 0.0).sum()), dict[str, float]()
        for at in np.flatnonzero(held.at_lower[:, place] & (off > 0)).tolist():
            how, rule = self.of(at, place)
            if how == "lower":
                got[rule] = got.get(rule, 0.0) + float(off[at])
        return sorted(got, key=lambda rule: (-got[rule], rule)) if sum(got.values()) >= MOST * taken else []
