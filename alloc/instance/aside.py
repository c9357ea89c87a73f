"""What of a pool is not given to cities: held back, or for purposes and units outside the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

RESERVE, OUTSIDE = "reserve", "outside"


def set_aside(pools: pd.DataFrame) -> tuple[str, ...]:
    """What of it occurs in the pools of an instance: ``reserve``, ``outside``; the first where nothing is set aside.

    Args:
        pools: the table of that name.
    """
    reserve = pools[RESERVE].to_numpy(dtype=float)
    part = _part(pools[OUTSIDE]) if OUTSIDE in pools else pd.Series(0.0, pools.index)
    held, other = bool((reserve * (1 - part) > 0).any()), bool((reserve * part > 0).any())
    return (*((RESERVE,) if held or not other else ()), *((OUTSIDE,) if other else ()))


def parted(amount: float, pool: Mapping[Any, Any]) -> dict[str, float]:
    """What is set aside of a pool, by purpose.

    Args:
        amount: that is not given to cities, in whatever unit.
        pool: its row in the table of pools.
    """
    given = pool.get(OUTSIDE)
    part = 0.0 if given is None or given != given else float(given)
    return {RESERVE: amount * (1 - part), OUTSIDE: amount * part}


def _part(column: pd.Series[Any]) -> pd.Series[float]:
    return column.astype(float).fillna(0.0)
