"""What new land is for, in the digits in which it is published: the uses of a city add up to what it is given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alloc.content.figures import published_decimals
from alloc.content.numbers import apportion
from alloc.instance.instance import Instance
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
    for place, whole in enumerate(given.tolist()):
        power = 10 ** published_decimals(whole, DECIMALS)
        planned = np.maximum(land.loc[place, uses].to_numpy(dtype=float), 0.0)
        if planned.sum() > 0:
            scaled = planned * (round(whole * power) / planned.sum())
            land.loc[place, uses] = np.array(apportion(scaled.tolist(), round(whole * power))) / power
    further = [name for name in map(str, land) if name.startswith(("reuse_", "renewed_"))]
    land[further] = land[further].round(DECIMALS)
    return land


def _published(result: Result) -> pd.Series:
    allocation = result.tables["allocation"]
    return allocation[allocation["pool"].isin(_land_pools(result.instance))].groupby("city")["published"].sum()


def _land_pools(instance: Instance) -> list[str]:
    pools = instance.tables["pools"]
    return [str(pool) for pool in pools.loc[pools["kind"] == "land", "pool"]]
