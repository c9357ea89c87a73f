"""Land: built-up and idle land, requests for production, and what shrinking cities may take.

The built-up area of the urban districts is published for most cities; what lies outside it, in county-level cities,
county towns and towns, is not, and is what the nation's leaves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import national, published, rank_share, share_out
from rates import learned

HECTARES = 100  # in a km²
PARTLY_PUBLISHED = ["440600"]  # Foshan: one of its five districts alone, 19 m² a resident
PLENTY_LEAST, PLENTY_MOST = 0.85, 1.20  # factor from the most crowded to the emptiest territory
SHRINKING_GROWTH = -0.10  # residents lost between 2010 and 2020 from which new land is linked to reuse
STOCK_BASE = 0.7  # of last year's land, what a shrinking city may take without reuse


def estimate_land(cities: pd.DataFrame, people: pd.DataFrame, gdp: pd.Series) -> pd.DataFrame:
    """built_up (the nation's in all), idle and production_request of all units in ha."""
    growth = people["growth"]
    table = pd.DataFrame(index=people.index)
    core = district_land(people.assign(gdp=gdp))
    room = rank_share(cities["admin_area_km2_polygon"] / people["residents"])
    # Land outlasts the people who leave: a shrinking city has more of it a head.
    density = (PLENTY_LEAST + (PLENTY_MOST - PLENTY_LEAST) * room) * (1 + 0.5 * (-growth).clip(lower=0))
    outside = (people["urban_residents"] - people["size_population"]).clip(lower=0)
    left = int(national()["urban_land"]) - int(core.sum())
    table["built_up"] = core + share_out(left, (density * outside).rename("built_up"))
    idle_share = (0.018 - 0.03 * growth).clip(0.004, 0.03)
    table["idle"] = (table["built_up"] * idle_share).round(1)
    request_share = (0.022 + 0.028 * growth).clip(0.010, 0.036)
    table["production_request"] = (table["built_up"] * request_share).round(1)
    return table


def published_district_land(index: pd.Index[str]) -> pd.Series:
    """Built-up area of the urban districts in ha, of 2020 or, where that is missing, of 2019; blank elsewhere."""
    measure = "built_up_districts_km2"
    area = HECTARES * published(measure, 2020, index).fillna(published(measure, 2019, index))
    return area.mask(index.isin(PARTLY_PUBLISHED))


def district_land(people: pd.DataFrame) -> pd.Series:
    """Built-up area of the urban districts in whole ha: published, or learned a head of their residents.

    A prefecture or league without districts has that of its largest county town.
    """
    known = published_district_land(people.index)
    return known.fillna(learned_district_land(known, people)).round().astype("int64").rename("built_up")


def learned_district_land(known: pd.Series, people: pd.DataFrame) -> pd.Series:
    """The estimate of every unit that rests on those in `known`, in ha."""
    return learned(known, people["size_population"], people)


def stock_base(people: pd.DataFrame, last_land: pd.Series) -> pd.Series:
    """New land without reuse, for shrinking cities alone; blank elsewhere. Rounded up, so never below their floor."""
    base = np.ceil(STOCK_BASE * last_land * 100) / 100
    return base.where(people["growth"] <= SHRINKING_GROWTH)
