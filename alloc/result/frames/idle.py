"""Limits that were added or changed and hold nothing back: what a planner asked for is met anyway."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from alloc.content.figures import number
from alloc.instance.derived.limits import key_of
from alloc.instance.schema.tables import TABLES
from alloc.result.frames.units import LIMIT_UNIT, decimals_in, units_of_rows
from alloc.result.result import Result
from alloc.result.wording import say
from alloc.tolerances import AT_BOUND

LIMITS = "limits"


def edited_limits(result: Result) -> set[str]:
    """Keys of the limits that the edits of a result added or changed."""
    cells = (cell for edit in result.manifest.get("edits") or () for cell in edit["cells"])
    return {str(cell["key"][0]) for cell in cells if cell["table"] == LIMITS and cell["key"]}


def idle_limits(result: Result, keys: Collection[str], language: str) -> list[str]:
    """A sentence for every one of some limits that has room left in all its rows.

    Args:
        result: with an allocation.
        keys: of the limits that are asked about.
        language: ``zh`` or ``en``.
    """
    table = result.tables[LIMITS]
    table = table[table["limit"].map(key_of).isin(set(keys))]
    said = []
    for key, rows in table.groupby(table["limit"].map(key_of), sort=False):
        slack, size = rows["slack"], rows["right"].abs().clip(lower=1.0)
        if (slack > AT_BOUND * size).all():
            said.append(_said(result, str(key), rows.loc[[(slack / size).idxmin()]], language))
    return said


def idle_others(result: Result, language: str) -> str:
    """How many of the limits that no edit added or changed hold nothing back, in a sentence; "" where none does."""
    others = set(map(str, result.instance.tables[LIMITS][TABLES[LIMITS].key[0]])) - edited_limits(result)
    idle = len(idle_limits(result, others, language))
    return say(language, "idle_others", all=len(others), idle=idle) if idle else ""


def _said(result: Result, key: str, nearest: pd.DataFrame, language: str) -> str:
    """The limit, with what its row of the least room has and may have."""
    about = result.instance.tables[LIMITS].set_index(TABLES[LIMITS].key[0]).loc[key]
    (unit,) = units_of_rows(result.instance, LIMIT_UNIT, nearest, language)
    left, right = (number(float(nearest[side].iloc[0]), decimals_in(unit)) for side in ("left", "right"))
    title = about[f"title_{language}"] or about["title_zh"] or key
    return say(language, "idle_limit", title=title, left=left, right=f"{right} {unit}".rstrip())
