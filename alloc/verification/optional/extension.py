"""Groups of migrants by years of stay, from the raw tables: what they are entitled to, who settles, who is extended to.

Whoever has been there for how long stands in ``stay``, scaled to the migrants of the city; what share of their need is
recognised in ``ladder``. Without these tables there is one group with the entitlement of the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from alloc.verification.arrays import Columns, Flags, Floats, matrix

FAMILIES = ("extension",)  # that there are where an instance has groups


def groups(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any], policy: Any) -> dict[str, Any]:
    """Who has stayed for how long, and what that gives them.

    Args:
        tables: of the instance.
        facts: what is known by the names of `Raw`: cities, services and their columns, migrants, size classes.
        policy: ``settings.policy``.

    Returns:
        ``groups`` (keys), ``movable`` (migrants of the groups that may settle [n]), ``entitled``, ``entitled_settlers``
        and ``entitled_extended`` (mean entitlement [n, S]), ``extend_limit`` and ``extension_limit`` [n].
    """
    table, migrants, service = Columns(tables["groups"]), facts["migrants"], facts["service"]
    shape = len(migrants), len(service["entitlement"])
    if not len(tables["groups"]):
        own, none = np.broadcast_to(service["entitlement"], shape), np.zeros(len(migrants))
        return {
            "groups": (), "movable": migrants, "entitled": own, "entitled_settlers": own,
            "entitled_extended": np.ones(shape), "extend_limit": none, "extension_limit": migrants,
        }  # fmt: skip
    told = matrix(tables["stay"], "migrants", city=facts["cities"], group=table["group"])
    told[~np.isfinite(told).any(axis=1)] = table["share"]
    told = np.nan_to_num(told)
    every = told.sum(axis=1, keepdims=True)
    persons = told / np.where(every > 0, every, np.inf) * migrants[:, None]
    by_points = np.isin(facts["size_class"], tables["points"]["size_class"].to_numpy(dtype=object))
    settles = table["may_settle"] & (table["eligible"] | ~by_points[:, None])
    extends = np.broadcast_to(table["may_extend"], settles.shape)
    rungs = matrix(tables["ladder"], "entitlement", service=facts["services"], group=table["group"])
    return {
        "groups": tuple(table["group"]),
        "movable": np.where(settles, persons, 0.0).sum(axis=1),
        "entitled": _mean(rungs, persons, np.ones(settles.shape, dtype=bool)),
        "entitled_settlers": _mean(rungs, persons, settles),
        "entitled_extended": _mean(rungs, persons, extends),
        "extend_limit": policy.settlement.extension_share * np.where(extends, persons, 0.0).sum(axis=1),
        "extension_limit": np.where(settles | extends, persons, 0.0).sum(axis=1),
    }


def _mean(rungs: Floats, persons: Floats, some: Flags) -> Floats:
    """Mean of the rungs [S, G] over the persons of some groups [n, G]; 1 where there is nobody."""
    weights = np.where(some, persons, 0.0)
    total = weights.sum(axis=1, keepdims=True)
    return np.where(total > 0, (weights @ rungs.T) / np.where(total > 0, total, 1.0), 1.0)
