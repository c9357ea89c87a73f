"""Extension: migrants to whom services are extended without settlement, where the instance has groups of them.

Without the tables of groups nothing here is declared.
"""

from __future__ import annotations

from typing import Any

from alloc.formulation.declare import decision, parameter, rows
from alloc.formulation.lever import LOWER, RAISE, Decision, Family, Lever, Number, Quantity, Rule, Span, Turn

EXTEND = Decision("extend", ("cities",), unit="persons", table="people", columns=("extend",),
                  sometimes=lambda data: bool(data.groups), possible=lambda data: data.extension_limit)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """`extend`, at most the share of its groups that a year allows, and what it takes."""
    if not EXTEND.there(data):
        return
    decision(m, EXTEND, upper=data.extend_limit)
    parameter(m, "need_per_extended", data.need_per_extended, m.cities, m.services)
    parameter(m, "extension_limit", data.extension_limit, m.cities)
    for name in ("extension_value", "extension_cost"):
        parameter(m, name, getattr(data, name))
    rows(m, "extension")


def extended(m: Any, c: Any) -> Any:
    """To how many services are extended; nobody where there are no groups."""
    return m.extend[c] if m.component(EXTEND.name) is not None else 0.0


def needing(m: Any, c: Any, s: Any) -> Any:
    """Need that is recognised by it: need_per_extended · extend."""
    return m.need_per_extended[c, s] * m.extend[c] if m.component(EXTEND.name) is not None else 0.0


def costing(m: Any, c: Any) -> Any:
    """What it costs every year: extension_cost · extend."""
    return m.extension_cost * m.extend[c] if m.component(EXTEND.name) is not None else 0.0


def valued(m: Any) -> Any:
    """What it is worth beside settlement, in persons who settle: extension_value · Σ_c extend."""
    return m.extension_value * sum(m.extend[c] for c in m.cities) if m.component(EXTEND.name) is not None else 0.0


def extension(m: Any, c: Any) -> Any:
    """Nobody settles and is extended to: settle + extend ≤ migrants of the groups that may do either."""
    return m.settle[c] + m.extend[c] <= m.extension_limit[c]


def _span(data: Any, item: str, own: Any, whole: bool) -> Span:
    return Span(0.0, float(data.extend_limit[own].sum()))


LEVER = Lever(
    "extension",
    __name__,
    declare,
    decisions=(EXTEND,),
    families=(Family("extension", ("cities",), extension, brought=True, rounded=True),),
    rules=(Rule("extension_share", "extend", ("upper",), makes=("extend_limit",),
                without={"policy.settlement.extension_share": 1.0}),),
    quantities=(
        Quantity("extend", extended, "persons", _span, "limit_against_extension", needs=("groups", "group", "")),
    ),
    numbers=(
        Number("policy.settlement.extension_share", "planner", "all", (Turn((RAISE,), ("extension_share",)),),
               priced=True, most=1.0, least_reach=1.0, needs="groups"),
        Number("policy.settlement.extension_cost", "planner", "all",
               (Turn((LOWER,), ("general_budget",), multiplies=True),), priced=True, needs="groups"),
    ),
    adds={"recognised": needing, "running": costing},
    costs=("policy.settlement.extension_cost",),
)  # fmt: skip
