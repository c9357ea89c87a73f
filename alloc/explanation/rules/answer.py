"""The answer to “what does every rule cost”."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from alloc.content.blocks import Cell, Row, Table
from alloc.content.tables import significant, table
from alloc.explanation.rules.words import SAY
from alloc.explanation.sensitivity.words import spoken, worth
from alloc.explanation.shared.answer import Writable
from alloc.explanation.shared.figures import figure
from alloc.formulation.registry import catalogue_for
from alloc.instance.instance import Instance
from alloc.text import Text

Outcome = Literal["costs", "none", "free", "unsolved", "unasked", "left"]


@dataclass(frozen=True)
class Cost:
    """What the tiers gain without one rule.

    Attributes:
        rule: machine name.
        title: in the planner's words.
        owner: who may waive it; empty for a tier.
        outcome: ``costs``; ``none`` (solved: no tier changes); ``free`` (proven without a solve); ``unsolved`` (no
            optimum was found); ``unasked`` (interrupted); ``left`` (not solved, for a solve takes long).
        gains: tier -> what it gains, in its own unit; negative: it loses.
    """

    rule: str
    title: Text
    owner: Text
    outcome: Outcome
    gains: Mapping[str, float]


@dataclass(frozen=True)
class Rules(Writable):
    """The answer.

    Attributes:
        instance: of the result.
        values: tier -> its optimum with all rules, facilities counted in parts.
        costs: of every rule, a tier first.
        complete: whether nobody interrupted.
    """

    TITLE: ClassVar[Text] = Text("各条规则的代价", "What every rule costs")

    instance: Instance
    values: Mapping[str, float]
    costs: tuple[Cost, ...]
    complete: bool

    def dear(self) -> list[Cost]:
        """The rules that cost something: first those that cost an early tier much."""

        def order(cost: Cost) -> tuple[object, ...]:
            sizes = [-round(abs(cost.gains.get(tier, 0.0)) * worth(self.instance, tier)) for tier in self.values]
            return (cost.rule not in self.values, *sizes, cost.rule)

        return sorted((each for each in self.costs if each.outcome == "costs"), key=order)

    def sentences(self, language: str) -> list[str]:
        """What a planner reads first."""
        lines = [] if self.complete else [_say("stopped", language)]
        lines.append(_say("whole" if self.instance.settings.integers else "relaxed", language))
        lines.append(_say("order", language))
        lines += [f"- {self.said(each, language)}" for each in self.dear()]
        lines += [_say("unsolved", language, rule=each.title) for each in self.costs if each.outcome == "unsolved"]
        lines += self._owners(language)
        for outcome in ("none", "free", "unasked"):
            titles = [getattr(each.title, language) for each in self.costs if each.outcome == outcome]
            if titles:
                lines.append(_say(outcome, language, rules=("、" if language == "zh" else "; ").join(titles)))
        left = [f"{getattr(each.title, language)} [{each.rule}]" for each in self.costs if each.outcome == "left"]
        if left:
            lines.append(_say("left", language, rules=("、" if language == "zh" else "; ").join(left)))
        return lines

    def _owners(self, language: str) -> list[str]:
        """Who may waive what costs something."""
        titles: dict[Text, list[str]] = {}
        for each in self.dear():
            titles.setdefault(each.owner, []).append(getattr(each.title, language))
        separator = "、" if language == "zh" else "; "
        return [
            _say("waive", language, owner=owner, rules=separator.join(names))
            for owner, names in titles.items()
            if owner.zh
        ]

    def said(self, cost: Cost, language: str) -> str:
        """What the first two tiers that change would gain or lose."""
        changed = [tier for tier in self.values if cost.gains.get(tier)]
        known = catalogue_for(self.instance.settings).tiers
        if people := [tier for tier in changed[2:] if known[tier].loss == "persons"]:
            changed = [changed[0], people[0]]
        said = []
        for tier in changed[:2]:
            gain = cost.gains[tier]
            told = spoken(self.instance, tier)
            text = told.without_gains if gain > 0 else told.without_loses
            size = abs(gain) * worth(self.instance, tier)
            said.append(getattr(text.fill(rule=cost.title, n=figure(size)), language))
        return "".join(said) if language == "zh" else " ".join(said)

    def tables(self, language: str) -> list[Table]:
        """One table: a row a rule, a column a tier."""
        tiers = list(self.values)
        rows: list[Row] = [
            (cost.title.said(language), *(self._shown(cost, tier) for tier in tiers)) for cost in self.dear()
        ]
        if not rows:
            return []
        known = catalogue_for(self.instance.settings).tiers
        heads = (_say("head", language), *(getattr(known[tier].head, language) for tier in tiers))
        units = [
            _say("unit", language, tier=known[tier].head, unit=spoken(self.instance, tier).equivalent) for tier in tiers
        ]
        said = _say("units", language, units=("，" if language == "zh" else ", ").join(units))
        return [table("rules", _say("title", language), heads, "l" + "r" * len(tiers), rows, said)]

    def record(self) -> dict[str, Any]:
        """For machines: gains in the tiers' own units, positive where better."""
        return {
            "question": "rules",
            "complete": self.complete,
            "facilities": "parts",
            "tiers": {
                name: {"value": value, "better": catalogue_for(self.instance.settings).tiers[name].better}
                for name, value in self.values.items()
            },
            "rules": [
                {
                    "rule": cost.rule,
                    "title": cost.title._asdict(),
                    "owner": cost.owner._asdict(),
                    "outcome": cost.outcome,
                    "gains": dict(cost.gains),
                }
                for cost in self.costs
            ],
        }

    def _shown(self, cost: Cost, tier: str) -> Cell:
        gain = cost.gains.get(tier, 0.0)
        return significant(gain * worth(self.instance, tier), sign=True) if gain else ""


def _say(key: str, language: str, **slots: object) -> str:
    found: str = getattr(SAY[key].fill(**slots), language)
    return found
