"""People of the counties: residents by age, migrants, settlement, the class of size."""

from __future__ import annotations

import numpy as np
import pandas as pd
from issuers import CORPS  # type: ignore[import-not-found]
from people import (  # type: ignore[import-not-found]
    LARGEST_UNPUBLISHED,
    ONLY_DISTRICTS,
    QUOTA,
    SETTLED,
    WITHIN_FLOOR,
    size_class_of,
)
from units import of_city, within_city

TOWN_SHARE = 0.938  # of the urban residents of a county, who lives in its town: the ratio of the 20 largest cities
CORPS_NAME = "新疆生产建设兵团"
COHORTS = ("age_3_5", "age_6_11", "age_12_14", "age_60_plus")


def estimate_people(counties: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Every column about people.

    Args:
        counties: as `units.census` gives them.
        cities: all units of china-2020 with its estimates, index = code.
    """
    table = pd.DataFrame(index=counties.index)
    table["name"], table["name_en"] = counties["name"], counties["name_en"]
    for column in ("province", "province_name", "cluster", "region", "growth"):
        table[column] = of_city(counties, cities, column)
    # Names, not codes: a further column that holds digits alone would be read as numbers.
    table["prefecture"] = of_city(counties, cities, "name")
    separate = counties["issuer"] == counties["prefecture"]
    table["issuer"] = (
        table["province_name"].mask(separate, table["prefecture"]).mask(counties["issuer"] == CORPS, CORPS_NAME)
    )
    district = is_district(counties)
    table["unit_type"] = np.where(district, "district", "county")
    table["lon"], table["lat"] = counties["lon"], counties["lat"]

    table["residents"], table["urban_residents"] = counties["resident_pop_2020"], counties["urban_pop_2020"]
    town = (TOWN_SHARE * counties["urban_pop_2020"]).clip(lower=1, upper=LARGEST_UNPUBLISHED).round(-2).clip(lower=100)
    table["size_population"] = of_city(counties, cities, "size_population").where(district, town).astype("int64")
    size_class = size_class_of(table["size_population"])

    table["migrants_cross"] = counties["from_other_province"]
    table["migrants_within"] = _migrants_within(counties, cities, district)
    migrants = table["migrants_cross"] + table["migrants_within"]
    table["settled_last"] = within_city(counties, cities, "settled_last", migrants * size_class.map(SETTLED))
    table["settlement_quota"] = (migrants * size_class.map(QUOTA)).round(-1).astype("Int64")

    table["age_3_5_plan"] = (0.6 * counties["age_0_4"]).round().astype("int64")
    table["age_3_5"] = (0.4 * counties["age_0_4"] + 0.2 * counties["age_5_9"]).round().astype("int64")
    table["age_6_11"] = (0.8 * counties["age_5_9"] + 0.4 * counties["age_10_14"]).round().astype("int64")
    table["age_12_14"] = (0.6 * counties["age_10_14"]).round().astype("int64")
    table["age_60_plus"] = counties["age_60_plus"].astype("int64")
    for cohort in COHORTS:
        weights = table[cohort] * migrants / table["residents"]
        shared = within_city(counties, cities, f"migrant_{cohort}", weights)
        table[f"migrant_{cohort}"] = np.minimum(shared, table[cohort])
    return table


def is_district(counties: pd.DataFrame) -> pd.Series:
    """Whether a unit is part of its city's urban area: districts, zones, and cities without counties."""
    alone = counties.groupby("prefecture")["name"].transform("size") == 1
    zone = counties.index.to_series().str[4] == "7"
    return counties["name"].str.endswith("区") | zone | alone


def _migrants_within(counties: pd.DataFrame, cities: pd.DataFrame, district: pd.Series) -> pd.Series:
    """Registered elsewhere in the province; from the districts what moves between districts of one city is taken off.

    china-2020 estimates those moves by city; they are taken from its districts in proportion, at most to 0.3 of what
    the census counts. Counties keep the census's figure.
    """
    moved = counties["from_province"]
    prefecture = counties["prefecture"]
    local = moved.groupby(prefecture).transform("sum") - of_city(counties, cities, "migrants_within")
    of_districts = moved.where(district, 0).groupby(prefecture).transform("sum")
    kept = (1 - local.clip(lower=0) / of_districts.replace(0, np.nan)).fillna(1.0).clip(lower=WITHIN_FLOOR)
    within = moved.where(~district, (moved * kept).round()).astype("int64")
    within[prefecture.isin(ONLY_DISTRICTS)] = 0
    return within
