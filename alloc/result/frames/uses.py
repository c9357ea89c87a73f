"""What new land is for, in the digits in which it is published: the uses of a city add up to what it is given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alloc.content.figures import published_decimals
from alloc.content.numbers import apportion
from alloc.result.result import Result

USES = ("public", "housing", "production", "other", "unassigned")
DECIMALS = 2  # of hectares


def land_as_published(result: Result) -> pd.DataFrame:
    """The table of land of a result, each city's uses of new land rounded by largest remainders.

    They are those of the plan before its amounts are rounded to whole quanta, so they are first made as much more or
    less, all alike. Land that is reused, or made free by renewal, is rounded by itself.

    Args:
        result: with an allocation.
    """
    land = result.tables["land"].copy()
    uses = [name for name in USES if name in land]
    given = _published(result).reindex(land["city"]).fillna(0.0).to_numpy(dtype=float)
    planned = land[uses].to_numpy(dtype=float, copy=True)
    for whole, row in zip(given.tolist(), planned, strict=True):
        power = 10 ** published_decimals(whole, DECIMALS)
        wanted = np.maximum(row, 0.0)
        if wanted.sum() > 0:
            scaled = wanted * (round(whole * power) / wanted.sum())
            row[:] = np.array(apportion(scaled.tolist(), round(whole * power))) / power
    land[uses] = planned
    further = [name for name in map(str, land) if name.startswith(("reuse_", "renewed_"))]
    land[further] = land[further].round(DECIMALS)
    return land


def _published(result: Result) -> pd.Series:
    allocation, pools = result.tables["allocation"], result.instance.tables["pools"]
    of_land = allocation["pool"].isin(pools.loc[pools["kind"] == "land", "pool"])
    return allocation[of_land].groupby("city")["published"].sum()
