"""Which cities take part in a pool, and whether a formula leaves a city nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alloc.content.conditions import condition_said
from alloc.explanation.shared.point import by_key

if TYPE_CHECKING:
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
