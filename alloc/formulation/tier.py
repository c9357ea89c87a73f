"""A tier of the objective as a lever declares it: what it optimises, by which methods, and how it is spoken of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from alloc.text import Text

NO_TEXT = Text("", "")


@dataclass(frozen=True, kw_only=True)
class Worded:
    """What has a title and a sentence in the words file; both are filled in by the catalogue."""

    title: Text = NO_TEXT
    words: Text = NO_TEXT


@dataclass(frozen=True, kw_only=True)
class TierWords(Worded):
    """How a tier is spoken of.

    Attributes:
        head: its short title, for the head of a column.
        equivalent: what a change of one is counted in, see `Tier.counts`.
        gains, loses: whole sentences: ``{title}`` moves by ``{step}``, and ``{n}`` of the equivalent are gained, lost.
        without_gains, without_loses: the same without a ``{rule}``.
        unit, better: unit of its value; which values are better, ``higher`` or ``lower``.
    """

    head: Text = NO_TEXT
    equivalent: Text = NO_TEXT
    gains: Text = NO_TEXT
    loses: Text = NO_TEXT
    without_gains: Text = NO_TEXT
    without_loses: Text = NO_TEXT
    unit: str = ""
    better: str = ""


@dataclass(frozen=True)
class Tier(TierWords):
    """A tier of the objective.

    Attributes:
        name: as the objective of an instance names it.
        declare: called with the model, the derived data and the entry of the objective; gives the declared tier.
        yardstick: what its value is computed with besides the plan: ``table.column``, paths of settings, and the parts
            `CITIES`, `COHORT`, `FACTOR` and `COSTS`.
        loss: how a loss is told: ``score``, ``persons``, ``share``, ``number`` or ``money``.
        counts: units of the equivalent in a change of one of its value, by the table of cities and the entry.
        methods: methods that the entry can choose from, the first where it names none; () where there is no choice.
        stepwise: those of them that are solved step by step and have no duals, as lexicographic max-min.
        plain: whether an entry may also name none of them, and is then as it is declared here.
        ways: method -> what is another one by it: attributes of the tier.
        quadratic: whether it is a sum of squares: it determines what it is about, and has no duals either.
        tolerates: whether the entry can give a tolerance.
        eases: whether a tolerance of it is meant to ease whatever comes next; that of any other tier is meant for
            closeness to the formula.
        spends: whether it is about the same amounts as closeness to the formula, so that it spends what a tolerance
            before it leaves, and closeness behind it has less.
        after: tiers that have to come before it where both are there.
        as_rule: from the words file: what it is called among the rules, if it is asked what the tier costs the others.
        formerly: from the words file: a Chinese title that it had before, which workbooks may still have.
        by_method: method -> words in place of its own.
    """

    name: str
    declare: Callable[[Any, Any, Any], Any]
    yardstick: tuple[str, ...]
    loss: str
    counts: Callable[[Any, Any], float] = lambda cities, entry: 1.0
    methods: tuple[str, ...] = ()
    stepwise: tuple[str, ...] = ()
    plain: bool = False
    ways: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    quadratic: bool = False
    tolerates: bool = True
    eases: bool = False
    spends: bool = False
    after: tuple[str, ...] = ()
    as_rule: Text = NO_TEXT
    formerly: str = ""
    by_method: Mapping[str, TierWords] = field(default_factory=dict)

    @property
    def first_method(self) -> str | None:
        """The method of an entry that names none."""
        return self.methods[0] if self.methods and not self.plain else None

    def has_duals(self, method: str | None) -> bool:
        """Whether it is one linear program by this method: with duals, and a bound by them."""
        return not self.by(method).quadratic and method not in self.stepwise

    def by(self, method: str | None) -> Tier:
        """The tier as it is by a method, with the words for that."""
        told = self.by_method.get(method or "")
        words = {each.name: getattr(told, each.name) for each in fields(TierWords)} if told else {}
        return replace(
            self, **{name: each for name, each in words.items() if each not in (NO_TEXT, "")},
            **self.ways.get(method or "", {}),
        )  # fmt: skip
