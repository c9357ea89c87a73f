"""The six services in sizes that fit a county, and the capacity that each county has."""

from __future__ import annotations

import numpy as np
import pandas as pd
from services import INFLOW, NATIONAL, SERVICES, estimate_capacity, service_table  # type: ignore[import-not-found]

# 9 classes; 12 classes of 45; 12 classes of 50; 200 and 100 beds; 150 homes.
MODULES = {"kindergarten": 270, "primary": 540, "junior_secondary": 600,
           "hospital": 200, "elderly_care": 100, "rental_housing": 150}  # fmt: skip
# What the yearbook counts. Pupils of secondary schools are 12 to 17: the part that is 12 to 14 is estimated.
YEARBOOK = {"primary": "primary_students", "hospital": "health_beds", "elderly_care": "residential_social_work_beds",
            "junior_secondary": "middle_school_students"}  # fmt: skip
LEAST, MOST = 0.35, 1.25  # coverage where the yearbook says nothing


def services() -> pd.DataFrame:
    """The table `services`: as in china-2020, but for the size of a facility."""
    table = service_table()
    table["module"] = table["service"].map(MODULES)
    return table


def capacity(counties: pd.DataFrame, people: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Capacity in whole units: index code, one column a service.

    Pupils and beds as published. Elsewhere the coverage of the city in china-2020, lowered where the unit has more
    migrants than its city; scaled so that the nation's coverage is that of china-2020.
    """
    of_cities = estimate_capacity(cities)
    migrants = (people["migrants_cross"] + people["migrants_within"]) / people["residents"]
    of_city = (cities["migrants_cross"] + cities["migrants_within"]) / cities["residents"]
    more = migrants - counties["prefecture"].map(of_city)
    table = pd.DataFrame(index=counties.index)
    for service, cohort, norm in ((row[0], row[5], row[6]) for row in SERVICES):
        need = norm * people[cohort]
        covered = counties["prefecture"].map(of_cities[service] / (norm * cities[cohort]))
        relative = covered * (1 - INFLOW[service] * more)
        known = _published(service, counties, people)
        table[service] = known.fillna(_level(relative, need, known, NATIONAL[service]) * need).round().astype("int64")
    return table


def _published(service: str, counties: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Units that the yearbook reports, blank where it does not."""
    if service not in YEARBOOK:
        return pd.Series(np.nan, index=counties.index)
    known = counties[YEARBOOK[service]].astype(float)
    if service != "junior_secondary":
        return known
    older = 0.6 * counties["age_15_19"]
    pupils = known * people["age_12_14"] / (people["age_12_14"] + older)
    # Not all go on to an ordinary school at 15: the nation's counties are brought to the nation's coverage.
    return pupils * NATIONAL[service] * people["age_12_14"][known.notna()].sum() / pupils.sum()


def _level(relative: pd.Series, need: pd.Series, known: pd.Series, wanted: float) -> pd.Series:
    """Coverage in proportion to `relative` within its limits, so that the nation's is `wanted`."""
    level, open_ = 1.0, known.isna()
    left = wanted * need.sum() - known.sum()
    for _ in range(60):
        coverage = (level * relative).clip(LEAST, MOST)
        level *= left / float((coverage * need)[open_].sum())
    return coverage
