"""People: migrants who get local registration this year."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.formulation.declare import decision
from alloc.formulation.lever import BLANK, LOWER, RAISE, Decision, Lever, Number, Quantity, Rule, Span, Turn
from alloc.tolerances import WHOLE_PERSONS

SETTLE = Decision(
    "settle", ("cities",), unit="persons", table="people", columns=("settle",),
    before_rounding=("settle", "-rounding"), possible=lambda data: data.migrants,
)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`settle`, at most those who would and whom a quota lets."""
    decision(m, SETTLE, upper=data.settle_limit)


def _span(data: Any, item: str, own: Any, whole: bool) -> Span:
    limit = data.settle_limit[own]
    return Span(0.0, float(limit.sum()), whole=float(np.floor(limit + WHOLE_PERSONS).sum()))


LEVER = Lever(
    "people",
    __name__,
    declare,
    decisions=(SETTLE,),
    rules=(
        Rule("willingness", "settle", ("upper",)),
        Rule("settlement_growth", "settle", ("upper",), makes=("settle_limit",),
             without={"policy.settlement.growth": None}),
        Rule("quota", "settle", ("upper",), makes=("settle_limit",), without={"cities.settlement_quota": BLANK}),
    ),
    quantities=(Quantity("settle", lambda m, c: m.settle[c], "persons", _span, "limit_against_settlement"),),
    numbers=(
        Number("policy.settlement.willingness", "planner", "all", (Turn((RAISE,), ("willingness",)),), priced=True,
               most=1.0, least_reach=1.0),
        Number("policy.settlement.growth", "planner", "all", (Turn((RAISE,), ("settlement_growth",)),), priced=True),
        Number("cities.willingness", "planner", "city", (Turn((RAISE,), ("willingness",), probe=1),), most=1.0),
        Number("cities.settlement_quota", "higher_rule", "city", (Turn((RAISE,), ("quota",)),), amount=True),
        Number("policy.settlement.cost", "planner", "all", (Turn((LOWER,), ("general_budget",), multiplies=True),),
               priced=True),
    ),
)  # fmt: skip
