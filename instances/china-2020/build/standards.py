"""What a city needs by a standard, not by its own report: the gap of its budget and its land for production."""

from __future__ import annotations

import pandas as pd

# 10⁴ yuan a child of three to fourteen, and a resident of 60 and more; assumed.
A_CHILD, AN_AGED = 1.2, 0.5
SPARSE, LEAST_SPARSE, MOST_SPARSE = 0.1, 0.85, 1.6  # spending a head rises so fast with land a head, and its limits
# How much more spending a head costs for height, cold and distance; assumed. Everywhere else 1.
DEAR = {"54": 2.0, "63": 1.5, "65": 1.2, "15": 1.15, "64": 1.15, "62": 1.05, "21": 1.05, "22": 1.05, "23": 1.05}
COHORTS = ["age_3_5", "age_6_11", "age_12_14"]


def standard_gap(units: pd.DataFrame, area: pd.Series) -> pd.Series:
    """Standard spending less standard revenue, at least 0, in whole 10⁴ yuan.

    Standard spending adds up to what the units spend, standard revenue to what they collect: the latter is the same
    share of GDP everywhere, the former a sum a resident (dearer where land is empty, high or cold), a child and an
    aged resident.

    Args:
        units: residents, the cohorts, gdp, revenue, expenditure and province by code.
        area: km² by code.
    """
    residents = units["residents"]
    emptiness = (area / residents) / (area.sum() / residents.sum())
    dear = (emptiness**SPARSE).clip(LEAST_SPARSE, MOST_SPARSE) * units["province"].str[:2].map(DEAR).fillna(1.0)
    for_people = A_CHILD * units[COHORTS].sum(axis=1) + AN_AGED * units["age_60_plus"]
    a_head = (units["expenditure"].sum() - for_people.sum()) / (dear * residents).sum()
    spending = a_head * dear * residents + for_people
    revenue = units["gdp"] * units["revenue"].sum() / units["gdp"].sum()
    return (spending - revenue).clip(lower=0).round().astype("int64")


def production_standard(units: pd.DataFrame) -> pd.Series:
    """Land for production by half the share of GDP and half that of urban residents; adds up to the requests, ha."""
    shares = (units["gdp"] / units["gdp"].sum() + units["urban_residents"] / units["urban_residents"].sum()) / 2
    return (units["production_request"].sum() * shares).round(1)
