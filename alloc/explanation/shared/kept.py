"""What units between the pools and the cities keep, as summaries, reports and explanations say it."""

from __future__ import annotations

import pandas as pd

from alloc.content.blocks import Amount
from alloc.content.figures import unit_title
from alloc.content.numbers import amount_text
from alloc.explanation.shared.parameters import titled, unit_name
from alloc.formulation.columns import KIND_UNITS
from alloc.instance.derived.derived import derive
from alloc.instance.frames import records
from alloc.result.result import Result
from alloc.result.wording import say
from alloc.text import behind_number

TABLE = "levels"
DECIMALS = {"land": 2}  # of amounts; of money none


def retained(result: Result) -> dict[str, float]:
    """Pool -> what all units above the cities keep of it, as published; empty where nobody keeps anything."""
    if TABLE not in result.tables:
        return {}
    sums: pd.Series = result.tables[TABLE].groupby("pool")["retained"].sum()
    return {str(pool): float(amount) for pool, amount in sums.items()}


def kept_above(result: Result, language: str, city: str, pools: tuple[str, ...] = ()) -> list[str]:
    """What the units above a city keep, a sentence each, from the top down; nothing where they keep nothing.

    Args:
        result: with a point.
        language: zh or en.
        city: its code.
        pools: of these alone; none: of all.
    """
    if TABLE not in result.tables:
        return []
    derived, found = derive(result.instance), list[str]()
    rows = {(row["unit"], row["pool"]): row for row in records(result.tables[TABLE])}
    about = {row["pool"]: row for row in records(result.instance.tables["pools"])}
    for level in derived.levels:
        place = int(level.of[derived.cities.index(city)])
        if place < 0:
            continue
        unit = str(level.units[place])
        for pool in pools or derived.pools:
            row, kind = rows.get((unit, pool)), about[pool]["kind"]
            if row is None or not row["retained"] > 0:
                continue
            found.append(say(
                language, "kept_above",
                unit=unit_name(result.instance, unit).said(language), pool=titled(about[pool]).said(language),
                amount=amount_text(Amount(row["retained"], DECIMALS.get(kind, 0))),
                measure=_unit(kind, language),
                share=amount_text(Amount(100 * row["share"], 1)),
            ))  # fmt: skip
    return found


def _unit(kind: str, language: str) -> str:
    """The unit of amounts of a pool, as it stands behind a number."""
    unit = unit_title(KIND_UNITS[kind], language)
    return behind_number(unit)
