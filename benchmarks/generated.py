"""Generated countries: the arrays of derived data that the annual model reads, of realistic magnitudes.

Made to be built and handed over, not to be believed: no rule of policy stands behind a number. Fields have the names
and shapes of `alloc.instance.derived.derived.Derived`; the linear relaxation is feasible.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from alloc.instance.derived.limits import LimitRow
from alloc.instance.derived.optional.purses import Purses

SERVICES = ("elderly_care", "hospital", "junior_secondary", "kindergarten", "primary", "rental_housing")
POOLS = ("balance", "dedicated", "general_bonds", "land", "projects", "special_bonds")

USES = {"housing_area": 23.0, "other_share": 0.3, "unassigned_share": 0.1, "unassigned_most": 0.03}
"""m² a settler, and shares of new land."""


def generated(cities: int, seed: int = 0, plain: bool = False) -> Any:
    """Derived data of a country with `cities` cities; the same for the same arguments.

    Args:
        cities: how many.
        seed: of the numbers.
        plain: without what only some instances have: land for housing and other uses, interest that funds pay.
    """
    draw = np.random.default_rng(seed)
    residents = np.exp(draw.normal(14.5, 0.7, cities))
    migrants = residents * draw.uniform(0.02, 0.5, cities)
    migrants[::17] = 0.0
    needs, ground, money = (
        _services(draw, residents, migrants),
        _land(draw, residents, plain),
        _money(draw, residents, plain),
    )
    pools = _pools(draw, residents, money)
    return SimpleNamespace(
        cities=tuple(f"{number:06d}" for number in range(cities)),
        services=SERVICES,
        pools=POOLS,
        residents=residents,
        population_share=residents / residents.sum(),
        migrants=migrants,
        groups=(),
        programmes=(),
        land_yield=np.zeros(0),
        programme_stock=np.zeros((cities, 0)),
        purses=Purses(head=np.arange(cities), share=np.ones(cities)),
        links=(),
        lendable=0.0,
        arriving=0.0,
        vacates=False,
        settle_limit=0.16 * migrants,
        **needs,
        **ground,
        **money,
        **pools,
        limits=_limits(residents, pools["available"][POOLS.index("land")]),
    )


def _services(draw: np.random.Generator, residents: np.ndarray, migrants: np.ndarray) -> dict[str, Any]:
    shape = (residents.size, len(SERVICES))
    norm = np.array([0.006, 0.0072, 0.04, 0.04, 0.07, 0.025])
    full_need = residents[:, None] * norm
    capacity = full_need * draw.uniform(0.5, 1.0, shape)
    present_need = 0.9 * full_need
    module = np.array([200.0, 500.0, 1200.0, 270.0, 1080.0, 300.0])
    missing = full_need - capacity
    restricted = np.zeros(shape, dtype=bool)
    restricted[:, SERVICES.index("hospital")] = residents > np.quantile(residents, 0.95)
    # Every service has a module: a column without any coefficient would be left out by some routes.
    minimum = np.array([0.5, 0.75, 0.9, 0.8, 0.9, 0.35])
    breakpoints = np.column_stack([0 * minimum, minimum, np.maximum(minimum, 0.9), 0 * minimum + 1])
    worth = np.diff(breakpoints, axis=1) * [2.0, 1.0, 0.5]
    return {
        "full_need": full_need,
        "present_need": present_need,
        "need_per_settler": np.where(migrants[:, None] > 0, 0.4 * norm, 0.0),
        "capacity": capacity,
        "backlog_limit": np.maximum(0.0, present_need - capacity),
        "build_limit": np.where(restricted, 0.0, np.ceil(missing / module)),
        "expand_limit": np.minimum(0.03 * capacity, missing),
        "growth_limit": np.maximum(0.06 * capacity, np.where(restricted, 0.0, module)),
        "module": module,
        "minimum": minimum,
        "weight": np.ones(len(SERVICES)),
        "capital_cost": np.array([14.0, 80.0, 6.0, 5.0, 4.0, 30.0]),
        "running_cost": np.array([1.2, 6.0, 1.4, 0.6, 1.0, 0.3]),
        "area": np.array([35.0, 113.0, 21.9, 14.0, 20.6, 30.0]),
        "revenue_backed": np.array([True, True, False, False, False, True]),
        "score_breakpoints": breakpoints,
        "score_slopes": np.array([2.0, 1.0, 0.5]) / worth.sum(axis=1, keepdims=True),
    }


def _land(draw: np.random.Generator, residents: np.ndarray, plain: bool) -> dict[str, Any]:
    linked = draw.random(residents.size) < 0.2
    return {
        "production_request": residents / 1e4 * draw.uniform(1.0, 3.0, residents.size),
        "productivity": draw.uniform(0.5, 2.0, residents.size),
        "reusable": residents / 1e4 * 0.5,
        "stock_base": np.where(linked, residents / 1e4 * 2.0, np.nan),
        "stock_ratio": 2.0,
        "reuse_cost": 400.0,
        **(dict.fromkeys(USES, np.nan) if plain else USES),
    }


def _money(draw: np.random.Generator, residents: np.ndarray, plain: bool) -> dict[str, Any]:
    return {
        "revenue": 0.8 * residents,
        "fund_available": 0.01 * residents,
        "other_transfers": 0.4 * residents,
        "essential_spending": 1.25 * residents,
        "interest": 0.03 * residents,
        "shortfall": 0.95 * 0.08 * residents,
        "reference": 1.3 * residents,
        "bond_room": residents * draw.uniform(0.0, 0.2, residents.size),
        "class_room": np.column_stack([0.1 * residents, 0.2 * residents]) * draw.uniform(0.0, 1.0, (residents.size, 1)),
        "settlement_cost": 1.5,
        "bond_rate": 0.032,
        "funds_pay": not plain,
    }


def _pools(draw: np.random.Generator, residents: np.ndarray, money: dict[str, Any]) -> dict[str, Any]:
    available = residents.sum() * np.array([0.12, 0.003, 0.02, 1.4e-4, 0.02, 0.05])
    weight = residents[:, None] * draw.uniform(0.5, 1.5, (residents.size, len(POOLS)))
    benchmark = available * weight / weight.sum(axis=0)
    kind = np.array(["transfer", "transfer", "bond", "land", "transfer", "bond"], dtype=object)
    upper = 1.4 * benchmark
    room = np.minimum(money["class_room"], money["bond_room"][:, None])
    upper[:, kind == "bond"] = np.minimum(upper[:, kind == "bond"], room)
    return {
        "kind": kind,
        "use": np.array(["general", "general", "", "", "capital", ""], dtype=object),
        "bond_class": np.array(["", "", "general", "", "", "special"], dtype=object),
        "exhaust": np.array([True, True, False, True, False, False]),
        "available": available,
        "benchmark": benchmark,
        "lower": np.where(kind == "bond", 0.0, 0.7 * benchmark),
        "upper": upper,
        "up": np.ones_like(benchmark),  # nobody keeps anything above cities
        "linked_part": np.zeros_like(benchmark),  # no pool has a linked share
    }


def _limits(residents: np.ndarray, land: float) -> tuple[LimitRow, ...]:
    """Less land for the largest cities, a cap on land for production, a floor under new care beds."""
    large = residents > np.quantile(residents, 0.97)
    everywhere = np.ones(residents.size, dtype=bool)
    most_land = 1.1 * land * residents[large].sum() / residents.sum()
    return (
        LimitRow(limit="large", kind="allocation", item="land", sense="<=", amount=most_land, selection=large),
        LimitRow(
            limit="production", kind="land_use", item="production", sense="<=", amount=0.8 * land, selection=everywhere
        ),
        LimitRow(
            limit="care",
            kind="added",
            item="elderly_care",
            sense=">=",
            amount=1e-5 * residents.sum(),
            selection=everywhere,
        ),
    )
