"""Land: built-up and idle land, requests for production, and what shrinking cities may take."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import national, rank_share, share_out
from people import size_class_of

# m² of built-up land an urban resident before scaling: large cities are dense.
DENSITY = {"megacity": 88, "very_large": 96, "large_1": 105, "large_2": 112,
           "medium": 120, "small_1": 128, "small_2": 135}  # fmt: skip
PLENTY_LEAST, PLENTY_MOST = 0.85, 1.20  # factor from the most crowded to the emptiest territory
SHRINKING_GROWTH = -0.10  # residents lost between 2010 and 2020 from which new land is linked to reuse
STOCK_BASE = 0.7  # of last year's land, what a shrinking city may take without reuse


def estimate_land(cities: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """built_up (scaled to the nation's), idle and production_request of all units in ha."""
    size_class = size_class_of(people["size_population"])
    growth = people["growth"]
    room = rank_share(cities["admin_area_km2_polygon"] / people["residents"])
    density = size_class.map(DENSITY) * (PLENTY_LEAST + (PLENTY_MOST - PLENTY_LEAST) * room)
    # Land outlasts the people who leave: a shrinking city has more of it a head.
    density *= 1 + 0.5 * (-growth).clip(lower=0)
    table = pd.DataFrame(index=people.index)
    area = (density * people["urban_residents"]).rename("built_up")
    table["built_up"] = share_out(int(national()["urban_land"]), area)
    idle_share = (0.018 - 0.03 * growth).clip(0.004, 0.03)
    table["idle"] = (table["built_up"] * idle_share).round(1)
    request_share = (0.022 + 0.028 * growth).clip(0.010, 0.036)
    table["production_request"] = (table["built_up"] * request_share).round(1)
    return table


def stock_base(people: pd.DataFrame, last_land: pd.Series) -> pd.Series:
    """New land without reuse, for shrinking cities alone; blank elsewhere. Rounded up, so never below their floor."""
    base = np.ceil(STOCK_BASE * last_land * 100) / 100
    return base.where(people["growth"] <= SHRINKING_GROWTH)
