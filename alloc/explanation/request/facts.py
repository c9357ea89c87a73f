"""What is found out on a request, apart from how it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from alloc.explanation.request.most import Most
from alloc.explanation.request.search import Found
from alloc.instance.derived.derived import Derived
from alloc.instance.findings import Finding
from alloc.result.result import Result


@dataclass(frozen=True)
class Grant:
    """The request granted by a row of `limits`, all else as it is.

    Attributes:
        line: the edit that grants it, ready to paste.
        outcome: ``granted``; ``bound`` (the upper bound is below the amount); ``impossible`` (no allocation satisfies
            the rules then); ``stopped`` (not worked out in the time).
        published: what the city then gets.
        tiers: tier -> value without and with the request granted.
        payers: city -> published number of the pool without and with it, of every city that gets less, most first.
        gainers: the same of every other city that gets more, most first.
        others: other pools -> what the city itself gets of them without and with it, where that differs.
        families: constraint families that clash, where it is impossible.
        findings: clashes found by arithmetic, where it is impossible.
    """

    line: str
    outcome: Literal["granted", "bound", "impossible", "stopped"]
    published: float | None = None
    tiers: tuple[tuple[str, float, float], ...] = ()
    payers: tuple[tuple[str, float, float], ...] = ()
    gainers: tuple[tuple[str, float, float], ...] = ()
    others: tuple[tuple[str, float, float], ...] = ()
    families: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False)
class Facts:
    """What it would take.

    Attributes:
        result: that was asked.
        city, pool: codes.
        asked_for: the amount as asked for.
        amount: the least multiple of the quantum that is as much.
        published: what the city gets in the result.
        base: what it gets in the base of these solves; another number only where the result has whole facilities.
        whole: whether the result has whole facilities; everything here is solved without.
        upper, upper_rule: the city's upper bound and the rule that makes it.
        grant: what granting it takes; None where it is met already, in the result or without whole facilities.
        found: one entry a parameter, those that yield it first, the smallest relative change first.
        stopped: whether the search was interrupted.
        most: how many solves the search was given, where it needed more; None where it was not short of any.
        utmost: the most that the rules leave the city, whatever the tiers lose; None where it was not looked for.
    """

    result: Result = field(repr=False)
    derived: Derived = field(repr=False)
    city: str
    pool: str
    asked_for: float
    amount: float
    published: float
    base: float
    whole: bool
    upper: float
    upper_rule: str
    grant: Grant | None
    found: tuple[Found, ...]
    stopped: bool
    most: int | None = None
    utmost: Most | None = None
