"""Which cities take part in a pool, what a formula leaves a city of it, and which bound or total changes that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alloc.content.conditions import condition_said
from alloc.explanation.city.holds import OUTSIDE
from alloc.explanation.city.words import say
from alloc.explanation.shared.point import by_key
from alloc.tolerances import ROUNDOFF

if TYPE_CHECKING:
    from alloc.explanation.city.amounts import Figures
    from alloc.explanation.city.facts import Facts


def condition_of(reasons: Facts, language: str) -> str:
    """Which cities take part in the pool, in words."""
    tables = reasons.result.instance.tables
    return condition_said(tables, language, str(by_key(tables["pools"], "pool")[reasons.pool]["where"]))


def has_formula(reasons: Facts) -> bool:
    """Whether the pool has a factor by which it is shared out."""
    return reasons.pool in set(reasons.result.instance.tables["factors"]["pool"])


def formula_leaves_nothing(reasons: Facts) -> bool:
    """Whether a formula, and not an empty pool, leaves nothing that the city may get."""
    place = list(reasons.derived.pools).index(reasons.pool)
    return has_formula(reasons) and reasons.upper <= 0 < float(reasons.derived.available[place])


def meaning(reasons: Facts, name: str, show: Figures) -> str:
    """What a part of a number is, in words."""
    key = f"{name}_is"
    if name == "benchmark" and reasons.decider == OUTSIDE:
        key = "no_part_is"
    elif name == "benchmark" and not has_formula(reasons):
        key = "no_benchmark_is"
    elif name == "override" and reasons.parts[name]:
        key = "overridden_is"
    bound = _bounded(reasons, show) if name == "rule" else ""
    return bound or say(show.language, key, unit=show.unit, step=show.step)


def _bounded(reasons: Facts, show: Figures) -> str:
    """By which bound, of which rule, the part of the rules changes what the formula gives; and whether later steps
    leave that bound. "" where the part is nothing, or more than one bound that is known makes it."""
    part = float(reasons.parts["rule"])
    given = sum(float(reasons.parts[name]) for name in ("benchmark", "performance") if name in reasons.parts)
    side = "upper" if part < 0 else "lower"
    bound, rule, at = (getattr(reasons, each) for each in (side, f"{side}_rule", f"at_{side}"))
    if abs(part) < show.quantum or rule not in show.known.rules or abs(given + part - bound) > show.quantum:
        return ""
    title = getattr(show.known.rules[rule].title, show.language)
    said = say(show.language, f"rule_{side}", bound=show.amount(bound), unit=show.behind, rule=title)
    return said if at else said + say(show.language, "rule_left")


def pushed_aside(reasons: Facts) -> tuple[str, float, float] | None:
    """Where a number stands at a bound since the formula does not fit the total: which bound, and by how much.

    Returns:
        ``lower`` where the formula's amounts within their bounds sum to more than there is, ``upper`` where to less
        than has to be given out; by how much in all, and how much this number gave up or took on. None: neither.
    """
    derived, moved = reasons.derived, reasons.parts["optimised"]
    if reasons.decider not in ("rule", "open"):
        return None
    r = list(derived.pools).index(reasons.pool)
    off = float((derived.up[:, r] * derived.rule_target[:, r]).sum() - derived.available[r])
    if abs(off) <= ROUNDOFF * max(1.0, float(derived.available[r])):
        return None
    if reasons.at_lower and off > 0 > moved:
        return "lower", off, -moved
    return ("upper", -off, moved) if reasons.at_upper and moved > 0 > off and derived.exhaust[r] else None
