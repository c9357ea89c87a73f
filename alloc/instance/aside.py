"""What of a pool is not given to cities: held back, or for purposes and units outside the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from alloc.instance.frames import records

RESERVE, OUTSIDE = "reserve", "outside"


def set_aside(pools: pd.DataFrame) -> tuple[str, ...]:
    """What of it occurs in the pools of an instance: ``reserve``, ``outside``; the first where nothing is set aside.

    Args:
        pools: the table of that name.
    """
    parts = [parted(float(row[RESERVE]), row) for row in records(pools)]
    return tuple(name for name in (RESERVE, OUTSIDE) if any(part[name] > 0 for part in parts)) or (RESERVE,)


def parted(amount: float, pool: Mapping[Any, Any]) -> dict[str, float]:
    """What is set aside of a pool, by purpose.

    Args:
        amount: that is not given to cities, in whatever unit.
        pool: its row in the table of pools.
    """
    given = pool.get(OUTSIDE)
    part = 0.0 if given is None or given != given else float(given)
    return {RESERVE: amount * (1 - part), OUTSIDE: amount * part}
