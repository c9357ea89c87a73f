"""The six services, and the capacity that each city has."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import rank_share, read
from people import city_of_county

COLUMNS = [
    "service", "title_zh", "title_en", "unit_zh", "unit_en", "cohort", "norm", "minimum", "entitlement", "weight",
    "capital_cost", "running_cost", "area", "module", "expansion_limit", "growth_limit", "settlement_prerequisite",
    "restricted", "revenue_backed",
]  # fmt: skip
# Norms and minima are targets, costs and areas lie within the ranges of the project's policy notes (2.8).
SERVICES = [
    ("kindergarten", "幼儿园", "kindergarten", "个学位", "places", "age_3_5", 0.9, 0.80, 0.5, 1,
     5, 0.6, 14, 270, 0.04, 0.08, True, False, False),
    ("primary", "小学", "primary school", "个学位", "places", "age_6_11", 1.0, 0.90, 0.8, 1,
     4, 1.0, 20.6, 1080, 0.03, 0.06, True, False, False),
    ("junior_secondary", "初中", "junior secondary school", "个学位", "places", "age_12_14", 1.0, 0.90, 0.8, 1,
     6, 1.4, 21.9, 1200, 0.03, 0.06, True, False, False),
    ("hospital", "医院", "hospital", "张床位", "beds", "residents", 0.0072, 0.75, 0.8, 1,
     80, 6, 113, 500, 0.03, 0.06, True, True, True),
    ("elderly_care", "养老机构", "care for the elderly", "张床位", "beds", "age_60_plus", 0.035, 0.50, 0.5, 1,
     14, 1.2, 35, 200, 0.05, 0.15, False, False, True),
    ("rental_housing", "保障性租赁住房", "rental housing", "套", "homes", "urban_residents", 0.04, 0.35, 0.4, 1,
     30, 0.3, 30, 300, 0.02, 0.12, True, False, True),
]  # fmt: skip
# Coverage of the nation, and how far a city can stray from it.
NATIONAL = {"kindergarten": 0.86, "primary": 0.955, "junior_secondary": 0.95,
            "hospital": 0.885, "elderly_care": 0.55, "rental_housing": 0.48}  # fmt: skip
LEAST = {"kindergarten": 0.60, "primary": 0.80, "junior_secondary": 0.80,
         "hospital": 0.60, "elderly_care": 0.25, "rental_housing": 0.20}  # fmt: skip
MOST = {"kindergarten": 1.05, "primary": 1.05, "junior_secondary": 1.05,
        "hospital": 1.20, "elderly_care": 1.00, "rental_housing": 0.85}  # fmt: skip
# How much the share of migrants lowers coverage: places follow registration, people do not.
INFLOW = {"kindergarten": 0.25, "primary": 0.15, "junior_secondary": 0.12,
          "hospital": 0.20, "elderly_care": 0.10, "rental_housing": 0.45}  # fmt: skip
# What the county yearbook counts, and the people it is measured against; the other services follow another one.
YEARBOOK = {"primary": "primary_students", "junior_secondary": "middle_school_students",
            "hospital": "health_beds", "elderly_care": "residential_social_work_beds"}  # fmt: skip
FOLLOWS = {"kindergarten": "primary", "rental_housing": ""}
SPREAD = {"primary": 0.25, "junior_secondary": 0.25, "hospital": 0.50, "elderly_care": 0.60}
SHRINK_HEADS = 500_000  # residents of covered counties at which the city's own rate counts half


def service_table() -> pd.DataFrame:
    """The table `services`."""
    return pd.DataFrame(SERVICES, columns=COLUMNS).sort_values("service", ignore_index=True)


def estimate_capacity(people: pd.DataFrame) -> pd.DataFrame:
    """Capacity of all units by service, whole units: index code, one column a service."""
    rates = _local_rates(people)
    migrants = (people["migrants_cross"] + people["migrants_within"]) / people["residents"]
    mean = float(np.average(migrants, weights=people["residents"]))
    wealth = rank_share(people["gdp"] / people["residents"])
    table = pd.DataFrame(index=people.index)
    for service, cohort, norm in ((row[0], row[5], row[6]) for row in SERVICES):
        follows = FOLLOWS.get(service, service)
        relative = rates[follows] ** SPREAD[follows] if follows else 0.9 + 0.2 * wealth
        relative = relative * (1 - INFLOW[service] * (migrants - mean))
        need = norm * people[cohort]
        coverage = _scaled(relative, need, service)
        table[service] = (coverage * need).round().astype("int64")
    return table


def _scaled(relative: pd.Series, need: pd.Series, service: str) -> pd.Series:
    """Coverage in proportion to `relative` within its limits, so that the nation's is what it is known to be."""
    level = NATIONAL[service]
    for _ in range(60):
        coverage = (level * relative).clip(LEAST[service], MOST[service])
        level *= NATIONAL[service] / float((coverage * need).sum() / need.sum())
    return coverage


def _local_rates(people: pd.DataFrame) -> pd.DataFrame:
    """Yearbook units a head of their cohort, relative to the nation, drawn to province and nation where few report."""
    counties = read("counties_2020.csv")
    counties["age_6_11"] = 0.8 * counties["age_5_9"] + 0.4 * counties["age_10_14"]
    counties["age_12_17"] = 0.6 * counties["age_10_14"] + 0.6 * counties["age_15_19"]
    cohorts = {"primary": "age_6_11", "junior_secondary": "age_12_17", "hospital": "resident_pop_2020",
               "elderly_care": "age_60_plus"}  # fmt: skip
    city = counties["adcode"].map(city_of_county)
    rates = pd.DataFrame(index=people.index)
    for service, column in YEARBOOK.items():
        reported = counties[counties[column].notna()]
        sums = reported.groupby(city)[[column, cohorts[service], "resident_pop_2020"]].sum()
        sums = sums.loc[:, ~sums.columns.duplicated()].reindex(people.index).fillna(0.0)
        amount, heads, residents = sums[column], sums[cohorts[service]], sums["resident_pop_2020"]
        nation = amount.sum() / heads.sum()
        by_province = people["province"]
        province_heads = heads.groupby(by_province).transform("sum")
        province = (amount.groupby(by_province).transform("sum") / province_heads.replace(0, np.nan)).fillna(nation)
        own = (amount / heads.replace(0, np.nan)).fillna(province)
        trust = residents / (residents + SHRINK_HEADS)
        rates[service] = (trust * own + (1 - trust) * (0.5 * province + 0.5 * nation)) / nation
    return rates
