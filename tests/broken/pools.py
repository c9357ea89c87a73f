"""Pools, their factors, and what belongs to a pool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from broken.change import case, every_city


def _levels(rows: str) -> Callable[[Path], None]:
    """What provinces keep."""

    def write(folder: Path) -> None:
        (folder / "levels.csv").write_text(f"unit,pool,retained,retained_most\n{rows}", encoding="utf-8")

    return write


CASES = {
    "levels": case(_levels("44,land,0.2,0.1\n46,land,0.1,\n45,lnd,0.1,\n45,land,1,\n")),
    "levels_by_columns_that_there_are_not": case(
        _levels("44,land,0.1,\n"),
        toml={"[policy.land]": '[policy]\nlevels = ["province", "region", "prefectures"]\n\n[policy.land]'},
    ),
    "quantum_that_leaves_a_rest": case(pools={("land", "total"): 4061.38, ("land", "quantum"): 100}),
    "override_that_leaves_a_rest": case(
        pools={("land", "quantum"): 0.01},
        overrides="city,pool,amount,reason,approved_by\n440300,land,1100.004,a,b\n",
    ),
    "weights": case(factors={("land", "residents", "weight"): 0.2}),
    "weights_in_percent": case(factors={
        ("land", "migrants", "weight"): 40, ("land", "residents", "weight"): 30,
        ("land", "production_request", "weight"): 30,
    }),
    "factor_unknown": case(factors={("special_bond", "fund_revenue", "factor"): "fund_revenu"}),
    "factor_of_words": case(factors={("land", "residents", "factor"): "name"}),
    "factor_of_nothing": case(cities=every_city("fund_revenue", 0)),
    "derived_factor_of_nothing": case(
        cities=every_city("settled_last", 0), factors={("land", "migrants", "factor"): "land_entitlement"}
    ),
    "kinds_mixed_up": case(pools={
        ("land", "use"): "capital", ("equalisation", "bond_class"): "general", ("special_bond", "corridor_down"): 0.5,
    }),
    "use_missing": case(pools={("equalisation", "use"): ""}),
    "floor_above_cap": case(pools={("equalisation", "floor_multiple"): 1.4}),
    "two_pools_of_land": case(pools={("equalisation", "kind"): "land", ("equalisation", "use"): ""}),
    "no_last_year": case(last_year=None),
    "no_factors": case(factors=None),
    "override_by_nobody": case(overrides="city,pool,amount\n440300,land,1000\n"),
}  # fmt: skip
