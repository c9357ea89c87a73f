"""The six services in sizes that fit a county, and the capacity that each county has."""

from __future__ import annotations

import numpy as np
import pandas as pd
from places import junior_pupils  # type: ignore[import-not-found]
from services import INFLOW, NATIONAL, cohorts, estimate_capacity, service_table  # type: ignore[import-not-found]

# 9 classes; 12 classes of 45; 12 classes of 50; 200 and 100 beds; 150 homes.
MODULES = {"kindergarten": 270, "primary": 540, "junior_secondary": 600,
           "hospital": 200, "elderly_care": 100, "rental_housing": 150}  # fmt: skip
# What the yearbook counts. Pupils of secondary schools are 12 to 17: the part that is 12 to 14 is estimated.
YEARBOOK = {"primary": "primary_students", "hospital": "health_beds", "elderly_care": "residential_social_work_beds",
            "junior_secondary": "middle_school_students"}  # fmt: skip
LEAST = 0.35  # coverage where the yearbook says nothing
MOST, MOST_LEFT = 1.25, 2.5  # the same: where it is estimated, and where it is what the counties leave of the city's


def services() -> pd.DataFrame:
    """The table `services`: as in china-2020, but for the size of a facility."""
    table = service_table()
    table["module"] = table["service"].map(MODULES)
    return table


def capacity(counties: pd.DataFrame, people: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Capacity in whole units: index code, one column a service.

    Pupils and beds as published. Elsewhere, where china-2020 knows the city's beds and school places, what the
    counties leave of them, by need; of the other services the coverage of the city there, lowered where the unit has
    more migrants than its city, and scaled so that the nation's coverage is that of china-2020.
    """
    of_cities = estimate_capacity(cities)
    migrants = (people["migrants_cross"] + people["migrants_within"]) / people["residents"]
    of_city = (cities["migrants_cross"] + cities["migrants_within"]) / cities["residents"]
    more = migrants - counties["prefecture"].map(of_city)
    table = pd.DataFrame(index=counties.index)
    for service, (cohort, norm) in cohorts().items():
        need, known = norm * people[cohort], _published(service, counties, people)
        if service not in NATIONAL:
            coverage = _left(of_cities[service], need, known, counties["prefecture"])
        else:
            covered = counties["prefecture"].map(of_cities[service] / (norm * cities[cohort]))
            coverage = _level(covered * (1 - INFLOW[service] * more), need, known, NATIONAL[service])
        table[service] = known.fillna(coverage * need).round().astype("int64")
    return table


def _published(service: str, counties: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Units that the yearbook reports, blank where it does not."""
    if service not in YEARBOOK:
        return pd.Series(np.nan, index=counties.index)
    known = counties[YEARBOOK[service]].astype(float)
    if service != "junior_secondary":
        return known
    return junior_pupils(known, counties[YEARBOOK["primary"]].astype(float), people)


def _left(of_city: pd.Series, need: pd.Series, known: pd.Series, prefecture: pd.Series) -> pd.Series:
    """Coverage of the units that report nothing: what the others leave of the city's, within limits."""
    open_need = need.where(known.isna(), 0.0).groupby(prefecture).transform("sum")
    left = prefecture.map(of_city) - known.fillna(0.0).groupby(prefecture).transform("sum")
    return (left / open_need.replace(0.0, np.nan)).clip(LEAST, MOST_LEFT).fillna(LEAST)


def _level(relative: pd.Series, need: pd.Series, known: pd.Series, wanted: float) -> pd.Series:
    """Coverage in proportion to `relative` within its limits, so that the nation's is `wanted`."""
    level, open_ = 1.0, known.isna()
    left = wanted * need.sum() - known.sum()
    for _ in range(60):
        coverage = (level * relative).clip(LEAST, MOST)
        level *= left / float((coverage * need)[open_].sum())
    return coverage
