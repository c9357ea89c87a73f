"""The planner's limits as the published numbers stand to them: what rounding moved is part of the sums."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import derive
from alloc.result.result import Result
from alloc.tolerances import AT_BOUND

LIMITS, OFF = "limits", "rounding"


def limits_as_published(result: Result) -> pd.DataFrame:
    """The table `limits` with the left side and the slack of published numbers.

    Limits on what cities are granted and on persons sum up what is published. Others stand as they were decided, since
    what they sum up is not published; where published numbers are part of them and break them they stand as far off as
    the table `rounding` says.

    Args:
        result: with an allocation.

    Returns:
        The table, its slack negative where the published numbers break a limit.
    """
    table = result.tables[LIMITS]
    if table.empty:
        return table
    off = broken(result)
    left, right = table["left"].to_numpy(dtype=float, copy=True), table["right"].to_numpy(dtype=float)
    sums = _published_sums(result)
    for at, limit in enumerate(table["limit"]):
        if limit in off:
            left[at] = right[at] + off[limit]
        else:
            left[at] = sums.get(limit, left[at])
    over = left - right
    # What the solver leaves of a limit that it keeps is no slack that a published number could lack.
    over = np.where(np.abs(over) <= AT_BOUND * np.maximum(1.0, np.abs(right)), 0.0, over)
    sense = table["sense"].to_numpy(dtype=object)
    slack = np.where(sense == "<=", -over, np.where(sense == ">=", over, -np.abs(over)))
    return table.assign(left=left, slack=slack + 0.0)


def broken(result: Result) -> dict[str, float]:
    """Row of a limit -> by how much published numbers are off it, with its sign, where rounding could not keep it."""
    table = result.tables[OFF]
    known = table[table["limit"] != ""]
    return dict(zip(known["limit"], known["off"].astype(float), strict=True))


def _published_sums(result: Result) -> dict[str, float]:
    """Row of a limit -> what it sums up of published amounts of one pool, or of persons."""
    known, derived = catalogue(result.instance.formulation), derive(result.instance)
    cities, counted = list(derived.cities), known.counted
    amounts = result.tables["allocation"].set_index(["city", "pool"])["published"].unstack().loc[cities]
    people = result.tables["people"].set_index("city").loc[cities]
    sums = {}
    for row in derived.limits:
        if row.versus is None and row.kind == known.granted.name:
            numbers = amounts[row.item]
        elif row.versus is None and counted is not None and row.kind == counted.name:
            numbers = people[counted.columns[0]]
        else:
            continue
        sums[row.limit] = float(numbers.to_numpy(dtype=float)[row.selection].sum())
    return sums
