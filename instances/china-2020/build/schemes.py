"""Schemes to compare the plan with: registered population, and rank beside it. They change no result."""

from __future__ import annotations

import pandas as pd

SCHEMES = {
    "registration": ("户籍人口", "registered population"),
    "rank": ("行政级别和户籍人口", "rank and registered population"),
}
# Nobody publishes such numbers: they only show which way rank moves money and land.
MULTIPLIERS = {"municipality": 1.5, "sub_provincial": 1.2}


def scheme_tables(pools: list[str]) -> dict[str, pd.DataFrame]:
    """The tables `schemes`, `scheme_factors` and `scheme_weights`.

    Args:
        pools: that are shared out by registered people in both schemes.
    """
    names = sorted(SCHEMES)
    titles = pd.DataFrame([(name, *SCHEMES[name]) for name in names], columns=["scheme", "title_zh", "title_en"])
    factors = pd.DataFrame({"scheme": name, "pool": pool, "factor": "registered", "weight": 1.0}
                           for name in names for pool in sorted(pools))  # fmt: skip
    weights = pd.DataFrame({"scheme": "rank", "column": "unit_type", "value": value, "multiplier": times}
                           for value, times in sorted(MULTIPLIERS.items()))  # fmt: skip
    return {"schemes": titles, "scheme_factors": factors, "scheme_weights": weights}
