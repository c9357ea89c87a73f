"""Instances that are hard for arithmetic: random ones with tight pools, services in all sorts of units, cities of a few
hundred people beside cities of millions, cities in which nobody needs anything, many provinces and services.

The same seed gives the same instance. Every one of them passes the checks that a planner's own has to pass.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from alloc.instance import Instance, read
from alloc.instance.checks.all import check_instance
from alloc.instance.instance import make_instance
from other_units import other_service_units
from random_instances import write_random

PROVINCES = ("31", "42", "51", "11", "36", "44", "50", "62")
NOBODY = (
    "migrants_cross", "migrants_within", "settled_last", "settlement_quota", "age_6_11", "migrant_age_6_11",
    "age_60_plus", "poor_residents", "production_request", "idle",
)  # fmt: skip


def hard_instance(seed: int, integers: bool = False) -> Instance:
    """One of them.

    Args:
        seed: same seed, same instance.
        integers: whether facilities are whole.
    """
    rng = np.random.default_rng((seed, 1))
    sizes = ((5.3, 7.2), (4.0, 7.4), (2.4, 7.4))[int(rng.integers(3))]
    with TemporaryDirectory() as folder:
        instance = read(
            write_random(
                Path(folder),
                seed,
                int(rng.integers(4, 25)),
                integers,
                sizes=sizes,
                provinces=PROVINCES[: int(rng.integers(1, len(PROVINCES) + 1))],
                more_services=int(rng.integers(5)),
            )
        )
    tables = {**instance.tables, "pools": _roomy_land(instance.tables["pools"])}
    if rng.random() < 0.5:
        tables["pools"] = _tight(rng, tables["pools"])
    if rng.random() < 0.4:
        tables |= _empty(rng, tables["cities"], tables["capacity"])
    made = make_instance(instance.settings, tables)
    if rng.random() < 0.7:
        factors = {each: 10.0 ** int(rng.integers(7)) for each in tables["services"]["service"]}
        made = other_service_units(made, factors)
    wrong = [each for each in check_instance(made) if each.severity == "error"]
    assert not wrong, wrong
    return made


def _roomy_land(pools: pd.DataFrame) -> pd.DataFrame:
    """Land whose least amounts are far below boundary, offset and stock link: else a third would clash by bounds."""
    pools = pools.copy()
    land = pools["kind"] == "land"
    pools["floor_multiple"] = pools["floor_multiple"].mask(land, 0.1)
    pools["corridor_down"] = pools["corridor_down"].mask(land, 0.95)
    return pools


def _tight(rng: np.random.Generator, pools: pd.DataFrame) -> pd.DataFrame:
    """Transfers that have to be spent, in a narrow corridor round the formula."""
    pools = pools.copy()
    narrow = (pools["kind"] == "transfer") & pools["corridor_down"].notna()
    for side in ("corridor_down", "corridor_up"):
        pools[side] = pools[side].mask(narrow, np.round(10 ** rng.uniform(-3, -1), 4))
    pools["exhaust"] |= narrow
    pools["floor_multiple"] = pools["floor_multiple"].mask(narrow)
    pools["cap_multiple"] = pools["cap_multiple"].mask(narrow)
    return pools


def _empty(rng: np.random.Generator, cities: pd.DataFrame, capacity: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Some cities without migrants, children, old people and capacity."""
    cities, capacity = cities.copy(), capacity.copy()
    chosen = pd.Series(rng.random(len(cities)) < 0.25)
    for column in NOBODY:
        cities[column] = cities[column].mask(chosen & cities[column].notna(), 0.0)
    nothing = capacity["city"].isin(set(cities.loc[chosen, "city"]))
    capacity["capacity"] = capacity["capacity"].mask(nothing, 0.0)
    return {"cities": cities, "capacity": capacity}
