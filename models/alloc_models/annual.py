"""The annual model: which levers make it, and in which order its tiers are optimised.

Reads top down: sets, then one lever after the other, each with its parameters, variables and rules. The mathematics
is in ``docs/model.md``; names are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc_models import budget, debt, land, limits, people, pools, services, tiers
from alloc_models.declare import formulation, index, subset
from alloc_models.sizes import sizes

LEVERS = (pools, people, services, land, budget, debt, limits)


def build(data: Any, objective: Any, units: Mapping[str, np.ndarray] | None = None) -> Any:
    """The annual formulation for one instance.

    Args:
        data: derived data (`alloc.instance.derived.derived.Derived`): arrays by city, service and pool.
        objective: the tiers in the instance's order, each with ``tier``, ``method``, ``beta``.
        units: of the matrix, as another model has them that this one is to be compared with; else by the data.

    Returns:
        A Pyomo model with its arrays beside it (see `alloc_models.declare`).
    """
    m = formulation(sizes(data) if units is None else units)
    index(m, "cities", data.cities)
    index(m, "services", data.services)
    index(m, "pools", data.pools)
    kind, use, bond_class = (np.asarray(each) for each in (data.kind, data.use, data.bond_class))
    subset(m, "land_pools", m.pools, kind == "land")
    subset(m, "general_transfers", m.pools, (kind == "transfer") & (use == "general"))
    subset(m, "capital_transfers", m.pools, (kind == "transfer") & (use == "capital"))
    subset(m, "bonds", m.pools, kind == "bond")
    subset(m, "special_bonds", m.pools, (kind == "bond") & (bond_class == "special"))
    for lever in LEVERS:
        lever.declare(m, data)
    tiers.declare(m, data, objective)
    return m
