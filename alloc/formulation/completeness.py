"""Whether every room knows what a formulation declares, so that nothing of it is lost without a word.

A formulation names decisions, constraint families, tiers, and bounds of decisions that are rules; explanations name
rules and numbers. Each room lists the names that it handles, and here stands which room has to handle which. What a
room does not know, it would leave out of the tables, of the verification, of a conflict or of the report, and the
result would still look whole. So a formulation that is not known everywhere is refused before anything is solved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from alloc.text import Text

KINDS = {
    "decision": Text("决策", "decision"),
    "bound": Text("决策的界", "bound"),
    "family": Text("约束族", "family"),
    "tier": Text("目标", "tier"),
    "rule": Text("界所依据的规则", "rule"),
    "number": Text("参数", "number"),
}
WORDS = "{words}"  # the module of words beside the formulation

# What has to be known -> the lists that have to name it, `module:attribute`, and what they are of.
KNOWN: dict[str, tuple[tuple[str, Text], ...]] = {
    "decision": (
        ("alloc.result.tables:DECISIONS", Text("结果表", "tables of a result")),
        ("alloc.verification.families:BOUNDED", Text("核验", "verification")),
        ("alloc.explanation.shared.point:DECIDED", Text("城市解释", "explanation of a city")),
        ("alloc.report.shown:decisions", Text("报告", "report")),
    ),
    "bound": (
        ("alloc.verification.families:BOUNDED", Text("核验", "verification")),
        ("alloc.explanation.infeasibility.bound_rules:BOUNDED", Text("冲突", "conflicts")),
    ),
    "family": (
        ("alloc.verification.families:KNOWN", Text("核验", "verification")),
        ("alloc.verification.published:FAMILIES", Text("公布数的核验", "verification of published numbers")),
        ("alloc.publish.rows:FAMILIES", Text("取整", "rounding")),
        (f"{WORDS}:families", Text("用语", "words")),
        (f"{WORDS}:owned", Text("由谁决定", "owners")),
        ("alloc.explanation.infeasibility.rows:KNOWN", Text("冲突", "conflicts")),
        ("alloc.explanation.rules.switches:FAMILIES", Text("规则的代价", "cost of rules")),
    ),
    "tier": (
        ("alloc.verification.tiers:VALUES", Text("核验", "verification")),
        (f"{WORDS}:tiers", Text("用语", "words")),
        ("alloc.comparison.yardsticks:YARDSTICKS", Text("比较", "comparison")),
        ("alloc.explanation.sensitivity.words:MORE", Text("价格与报告", "prices and report")),
        ("alloc.explanation.sensitivity.words:EQUIVALENTS", Text("价格与报告", "prices and report")),
        ("alloc.explanation.rules.words:WITHOUT", Text("规则的代价", "cost of rules")),
        ("alloc.explanation.rules.words:HEADS", Text("规则的代价", "cost of rules")),
        ("alloc.explanation.city.words:LOSSES", Text("城市解释", "explanation of a city")),
    ),
    "rule": (
        ("alloc.explanation.infeasibility.rows:FAMILIES", Text("冲突", "conflicts")),
        (f"{WORDS}:owned", Text("用语和由谁决定", "words and owners")),
    ),
    "number": ((f"{WORDS}:owned", Text("由谁决定", "owners")),),
}
# Rules behind bounds and numbers that can be changed are named by explanations, not by the formulation.
RULES = "alloc.explanation.infeasibility.bound_rules:RULES"
NUMBERS = (
    "alloc.explanation.infeasibility.levers:NUMBERS",
    "alloc.explanation.infeasibility.coefficients:NUMBERS",
    "alloc.explanation.shared.parameters:NUMBERS",
)


@dataclass(frozen=True)
class Missing:
    """A name that a room does not know.

    Attributes:
        kind: a key of `KINDS`.
        name: of the decision, family, tier, bound (``settle.lower``), rule or number.
        place: the list that lacks it, ``module:attribute``.
        room: what that list is of.
    """

    kind: str
    name: str
    place: str
    room: Text


class FormulationError(Exception):
    """A formulation that is not installed, or cannot be built; `message` says why in both languages."""

    def __init__(self, message: Text) -> None:
        """As a string it is the English one."""
        super().__init__(message.en)
        self.message = message


class IncompleteError(FormulationError):
    """A formulation of which some room does not know something; `missing` has everything at once."""

    def __init__(self, name: str, missing: Sequence[Missing]) -> None:
        """One line for each name, with every list that lacks it."""
        self.missing = tuple(missing)
        head = Text(
            "模型 {name} 有程序不认识的内容，不予求解：",
            "formulation {name} is not known everywhere and is not solved:",
        )
        lines = [head.fill(name=name), *_lines(self.missing)]
        super().__init__(Text("\n".join(each.zh for each in lines), "\n".join(each.en for each in lines)))


def _lines(missing: Sequence[Missing]) -> Iterator[Text]:
    """For each name, where it is missing."""
    places: dict[tuple[str, str], list[Missing]] = {}
    for each in missing:
        places.setdefault((each.kind, each.name), []).append(each)
    for (kind, name), found in places.items():
        zh = "、".join(f"{each.room.zh}（{each.place}）" for each in found)
        en = ", ".join(f"{each.room.en} ({each.place})" for each in found)
        yield Text("- {kind} {name}：未列入{zh}", "- {kind} {name}: not in {en}").fill(
            kind=KINDS[kind], name=name, zh=zh, en=en
        )


@dataclass(frozen=True)
class Names:
    """What a formulation declares for one instance."""

    decision: tuple[str, ...]
    bound: tuple[str, ...]
    family: tuple[str, ...]
    tier: tuple[str, ...]


def names_of(model: Any) -> Names:
    """The names of a formulation (see `alloc_models.declare`).

    A bound is named where it says more than that a decision is not negative: ``settle.upper``.
    """
    decided = {name: each for name, each in model.columns.items() if not each.auxiliary}
    bounds = [
        f"{name}.{side}"
        for name, each in decided.items()
        for side, bounded in (("lower", np.any(each.lower != 0)), ("upper", np.any(np.isfinite(each.upper))))
        if bounded
    ]
    return Names(tuple(decided), tuple(bounds), tuple(model.families), tuple(model.tiers))


def check(model: Any, name: str, words: str) -> None:
    """Refuses a formulation of which some room does not know something.

    Args:
        model: as it was built for an instance.
        name: of the formulation.
        words: the module of its words.

    Raises:
        IncompleteError: with every name that is not known and where.
    """
    if missing := _missing(names_of(model), words):
        raise IncompleteError(name, missing)


@cache
def _missing(names: Names, words: str) -> tuple[Missing, ...]:
    numbers = tuple(dict.fromkeys(each for place in NUMBERS for each in _listed(place, words)))
    asked = {**vars(names), "rule": tuple(_listed(RULES, words)), "number": numbers}
    return tuple(_lacking(asked, words))


def _lacking(asked: dict[str, Sequence[str]], words: str) -> Iterator[Missing]:
    for kind, places in KNOWN.items():
        for place, room in places:
            known = _listed(place, words)
            for each in asked[kind]:
                if not _knows(known, kind, each):
                    yield Missing(kind, each, place.replace(WORDS, words), room)


def _listed(place: str, words: str) -> Collection[str]:
    module, _, attribute = place.replace(WORDS, words).partition(":")
    found = getattr(import_module(module), attribute)
    listed: Collection[str] = found() if callable(found) else found
    return listed


def _knows(known: Any, kind: str, name: str) -> bool:
    """A bound ``settle.upper`` is known where the entry of the decision names the side."""
    if kind != "bound":
        return name in known
    decision, _, side = name.partition(".")
    return decision in known and side in known[decision]
