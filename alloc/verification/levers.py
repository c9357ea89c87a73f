"""The levers whose verification stands in a module of its own: one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.verification.arrays import Columns, Floats
from alloc.verification.checks import Checks
from alloc.verification.recompute import Raw

LEVERS: tuple[Checks, ...] = ()


def families() -> tuple[str, ...]:
    """Their constraint families."""
    return tuple(name for each in LEVERS for name in each.families)


def bounded() -> dict[str, tuple[str, ...]]:
    """Their decisions, and on which sides each is compared with a rule."""
    return {name: sides for each in LEVERS for name, sides in each.bounded.items()}


def columns() -> dict[str, tuple[str, ...]]:
    """Table -> the columns that they have there."""
    found: dict[str, tuple[str, ...]] = {}
    for each in LEVERS:
        for table, names in each.columns.items():
            found[table] = (*found.get(table, ()), *names)
    return found


def keys() -> dict[str, tuple[str, ...]]:
    """Tables that they bring -> the columns of the key."""
    return {table: key for each in LEVERS for table, key in each.keys.items()}


def added(sum_name: str, raw: Raw, tables: Mapping[str, Columns], policy: Any) -> Floats:
    """What they add to a sum by city, 10⁴ yuan [n]."""
    total: Floats = np.zeros(len(raw.cities))
    for each in LEVERS:
        if (term := getattr(each, sum_name)) is not None:
            total = total + term(raw, tables, policy)
    return total
