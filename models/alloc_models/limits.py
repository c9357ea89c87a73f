"""Limits: the planner's own rows over groups of cities."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc.formulation.declare import index, parameter, selection
from alloc.formulation.lever import DROP, LOWER, RAISE, Family, Lever, Number, Turn
from alloc_models.services import added


def declare(m: Any, data: Any) -> None:
    """What each row of `limits` sums up, and between which amounts."""
    rows = data.limits
    cities, services, pools, uses = (len(each) for each in (data.cities, data.services, data.pools, m.uses))
    of_allocation = np.zeros((len(rows), cities, pools), dtype=bool)
    of_settle = np.zeros((len(rows), cities), dtype=bool)
    of_added = np.zeros((len(rows), cities, services), dtype=bool)
    of_land_use = np.zeros((len(rows), cities, uses), dtype=bool)
    scale = np.ones(len(rows))
    for k, row in enumerate(rows):
        if row.kind == "allocation":
            pool = data.pools.index(row.item)
            of_allocation[k, :, pool] = row.selection
            scale[k] = m.sizes["pool"][pool]
        elif row.kind == "settle":
            of_settle[k] = row.selection
            scale[k] = m.sizes["persons"]
        elif row.kind == "added":
            service = data.services.index(row.item)
            of_added[k, :, service] = row.selection
            scale[k] = m.sizes["capacity"][service]
        else:
            of_land_use[k, :, list(m.uses).index(row.item)] = row.selection
            scale[k] = m.sizes["ha"]
    index(m, "limits", [row.limit for row in rows])
    selection(m, "limited_allocation", m.limits, (m.cities, m.pools), of_allocation)
    selection(m, "limited_settle", m.limits, (m.cities,), of_settle)
    selection(m, "limited_added", m.limits, (m.cities, m.services), of_added)
    selection(m, "limited_land_use", m.limits, (m.cities, m.uses), of_land_use)
    amount = np.array([row.amount for row in rows], dtype=float)
    sense = np.array([row.sense for row in rows], dtype=object)
    parameter(m, "limit_least", np.where(sense == "<=", -np.inf, amount), m.limits)
    parameter(m, "limit_most", np.where(sense == ">=", np.inf, amount), m.limits)
    m.sizes["limit"] = scale


def group_limit(m: Any, k: Any) -> Any:
    """limit_least ≤ the sum that `quantity` and `where` name ≤ limit_most."""
    return (
        m.limit_least[k],
        sum(m.allocation[c, r] for c, r in m.limited_allocation[k])
        + sum(m.settle[c] for c in m.limited_settle[k])
        + sum(added(m, c, s) for c, s in m.limited_added[k])
        + sum(m.land_use[c, u] for c, u in m.limited_land_use[k]),
        m.limit_most[k],
    )


LEVER = Lever(
    "limits",
    __name__,
    declare,
    families=(Family("group_limit", ("limits",), group_limit, item="limits", shared=True, rounded=True),),
    numbers=(
        Number("limits.value", "planner", "limit", (
            Turn((RAISE, LOWER), ("group_limit",)), Turn((DROP,), ("group_limit",)),
        ), priced=True),
    ),
)  # fmt: skip
