"""Pools: what is shared out, and that every pool comes out even."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc_models.declare import family, parameter, variable


def declare(m: Any, data: Any) -> None:
    """`allocation`, within the bounds that floors, caps, corridors and rooms leave, and `pool_total`."""
    parameter(m, "available", data.available, m.pools)
    parameter(m, "least_allocated", np.where(data.exhaust, data.available, 0.0), m.pools)
    # No city gets more than there is: also where a rule leaves the bound open, it is finite.
    upper = np.maximum(data.lower, np.minimum(data.upper, data.available))
    variable(m, "allocation", m.cities, m.pools, unit="pool", lower=data.lower, upper=upper, granted=True)
    family(m, "pool_total", m.pools, pool_total, unit="pool")


def pool_total(m: Any, r: Any) -> Any:
    """What the cities get of a pool is what is available, or at most that where it need not be exhausted.

    available[r]·[exhaust] ≤ Σ_c allocation[c,r] ≤ available[r] = (1 − reserve)·total
    """
    return m.least_allocated[r], sum(m.allocation[c, r] for c in m.cities), m.available[r]


def allocated(m: Any, c: Any, some_pools: Any) -> Any:
    """What a city gets of several pools together."""
    return sum(m.allocation[c, r] for r in some_pools)
