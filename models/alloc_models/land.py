"""Land: where new and reused hectares go."""

from __future__ import annotations

from typing import Any

import numpy as np

from alloc_models.declare import family, index, parameter, subset, variable
from alloc_models.pools import allocated

SQUARE_METRES_PER_HECTARE = 10_000


def declare(m: Any, data: Any) -> None:
    """`land_use`, `reuse`, and the five families of land."""
    index(m, "uses", ("public", "production", "unassigned"))
    index(m, "reuses", ("public", "production"))
    linked = np.isfinite(data.stock_base) & np.isfinite(data.stock_ratio)
    subset(m, "stock_linked", m.cities, linked)
    parameter(m, "area", data.area, m.services)
    parameter(m, "production_request", data.production_request, m.cities)
    parameter(m, "reusable", data.reusable, m.cities)
    parameter(m, "stock_base", data.stock_base[linked], m.stock_linked)
    parameter(m, "stock_ratio", np.nan_to_num(data.stock_ratio))

    variable(m, "land_use", m.cities, m.uses, unit="ha")
    variable(m, "reuse", m.cities, m.reuses, unit="ha")

    family(m, "land_balance", m.cities, land_balance, unit="ha")
    family(m, "public_land", m.cities, public_land, unit="ha")
    family(m, "production_land", m.cities, production_land, unit="ha")
    family(m, "idle_land", m.cities, idle_land, unit="ha")
    family(m, "stock_link", m.stock_linked, stock_link, unit="ha")


def reused(m: Any, c: Any) -> Any:
    """Idle land put back to use."""
    return sum(m.reuse[c, u] for u in m.reuses)


def land_balance(m: Any, c: Any) -> Any:
    """Every new hectare has a use: Σ_u land_use = allocation of land."""
    return sum(m.land_use[c, u] for u in m.uses) == allocated(m, c, m.land_pools)


def public_land(m: Any, c: Any) -> Any:
    """Land is public when a facility stands on it, and only then: Σ_s area·module·build = land_use + reuse."""
    return (
        sum(m.area[s] * m.module[s] * m.build[c, s] for s in m.services) / SQUARE_METRES_PER_HECTARE
        == m.land_use[c, "public"] + m.reuse[c, "public"]
    )


def production_land(m: Any, c: Any) -> Any:
    """No more land for production than is asked for: land_use + reuse ≤ production_request."""
    return m.land_use[c, "production"] + m.reuse[c, "production"] <= m.production_request[c]


def idle_land(m: Any, c: Any) -> Any:
    """Only so much idle land can be put back to use in a year: Σ_u reuse ≤ reuse_limit · idle."""
    return reused(m, c) <= m.reusable[c]


def stock_link(m: Any, c: Any) -> Any:
    """New land follows reused land: allocation ≤ stock_base + stock_ratio · Σ_u reuse."""
    return allocated(m, c, m.land_pools) <= m.stock_base[c] + m.stock_ratio * reused(m, c)
