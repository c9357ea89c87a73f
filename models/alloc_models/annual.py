"""The annual model: which levers make it, and in which order they are declared.

Reads top down: sets, then one lever after the other, each with its parameters, variables and rules. The mathematics
is in ``docs/model.md``; names are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloc.formulation import declare
from alloc.formulation.lever import Formulation
from alloc_models import budget, debt, land, limits, people, pools, services, tiers
from alloc_models.optional import extension, issued, levels, links, performance, programmes, purses, schemes
from alloc_models.sizes import sizes

PARTS = (purses, pools, levels, issued, performance, schemes, people, services, extension, land, programmes, links,
         budget, debt, limits, tiers)  # fmt: skip
LEVERS = tuple(module.LEVER for module in PARTS)


def sets(m: Any, data: Any) -> None:
    """Cities, services and pools, and the pools by kind, use and class."""
    declare.index(m, "cities", data.cities)
    declare.index(m, "services", data.services)
    declare.index(m, "pools", data.pools)
    kind, use, bond_class = (np.asarray(texts) for texts in (data.kind, data.use, data.bond_class))
    declare.subset(m, "land_pools", m.pools, kind == "land")
    declare.subset(m, "general_transfers", m.pools, (kind == "transfer") & (use == "general"))
    declare.subset(m, "capital_transfers", m.pools, (kind == "transfer") & (use == "capital"))
    declare.subset(m, "transfers", m.pools, kind == "transfer")
    declare.subset(m, "bonds", m.pools, kind == "bond")
    declare.subset(m, "special_bonds", m.pools, (kind == "bond") & (bond_class == "special"))


ANNUAL = Formulation("annual", LEVERS, sets, sizes)


def build(data: Any, objective: Any, sizes: Mapping[str, np.ndarray] | None = None) -> Any:
    """The annual model of one instance, see `alloc.formulation.declare.build`."""
    return declare.build(ANNUAL, data, objective, sizes)
