"""Linked shares from the raw tables: what of a province's amount a city gets at least by one factor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alloc.verification.arrays import Floats
from alloc.verification.means import derived_factors, taking_part

if TYPE_CHECKING:
    from alloc.verification.ledger import Ledger
    from alloc.verification.recompute import Raw
    from alloc.verification.results import Results

FAMILIES = ("linked_share",)  # that there are where a pool has a linked share


def is_linked(pools: pd.DataFrame) -> bool:
    """Whether some pool has a linked share."""
    return bool((pools["link_share"].to_numpy(dtype=float) > 0).any())


def linked_parts(facts: Mapping[str, Any]) -> Floats:
    """What of a province's amount is a city's at least, by what is known by the names of `Raw` [n, R]."""
    city, pool, derived, part = facts["city"], facts["pool"], derived_factors(facts), taking_part(facts)
    parts = np.zeros((len(facts["cities"]), len(facts["pools"])))
    for r, (name, share) in enumerate(zip(pool["link_factor"], pool["link_share"], strict=True)):
        if not share > 0:
            continue
        value = (derived[name] if name in derived else city[name]) * part[:, r]
        for province in set(city["province"]):
            own = city["province"] == province
            if value[own].sum() > 0:
                parts[own, r] = share * value[own] / value[own].sum()
    return parts


def check_linked(ledger: Ledger, raw: Raw, results: Results) -> None:
    """Enter every city's amount against its part of what its province gets."""
    linked = raw.linked_part.any(axis=0)
    if linked.any():
        provinces, place = np.unique(raw.city["province"].astype(str), return_inverse=True)
        together = np.zeros((len(provinces), len(raw.pools)))
        np.add.at(together, place, results.allocation)
        least = raw.linked_part * together[place]
        ledger.compare("linked_share", results.allocation[:, linked], ">=", least[:, linked],
                       at=(raw.cities, raw.pools[linked]))  # fmt: skip
