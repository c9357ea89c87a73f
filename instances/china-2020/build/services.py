"""The six services, and the capacity that each city has.

Beds and places in schools are published for most cities and learned from them elsewhere; kindergartens, care and
rental housing are estimated.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import national, rank_share, read
from places import all_beds, junior_pupils, pupils, within_rounding
from rates import county_yearbook, learned

COLUMNS = [
    "service", "title_zh", "title_en", "unit_zh", "unit_en", "cohort", "plan_cohort", "norm", "minimum",
    "entitlement", "weight", "capital_cost", "running_cost", "area", "module", "expansion_limit", "growth_limit",
    "settlement_prerequisite", "restricted", "revenue_backed",
]  # fmt: skip
# Norms and minima are targets, costs and areas lie within the ranges of the project's policy notes (2.8).
SERVICES = [
    ("kindergarten", "幼儿园", "kindergarten", "个学位", "places", "age_3_5", "age_3_5_plan", 0.9, 0.80, 0.5, 1,
     5, 0.6, 14, 270, 0.04, 0.08, True, False, False),
    ("primary", "小学", "primary school", "个学位", "places", "age_6_11", "", 1.0, 0.90, 0.8, 1,
     4, 1.0, 20.6, 1080, 0.03, 0.06, True, False, False),
    ("junior_secondary", "初中", "junior secondary school", "个学位", "places", "age_12_14", "", 1.0, 0.90, 0.8, 1,
     6, 1.4, 21.9, 1200, 0.03, 0.06, True, False, False),
    ("hospital", "医院", "hospital", "张床位", "beds", "residents", "", 0.0072, 0.75, 0.8, 1,
     80, 6, 113, 500, 0.03, 0.06, True, True, True),
    ("elderly_care", "养老机构", "care for the elderly", "张床位", "beds", "age_60_plus", "", 0.035, 0.50, 0.5, 1,
     14, 1.2, 35, 200, 0.05, 0.15, False, False, True),
    ("rental_housing", "保障性租赁住房", "rental housing", "套", "homes", "urban_residents", "", 0.04, 0.35, 0.4, 1,
     30, 0.3, 30, 300, 0.02, 0.12, True, False, True),
]  # fmt: skip
# Coverage of the nation where nothing is published, and how far a city can stray from it.
NATIONAL = {"kindergarten": 0.86, "elderly_care": 0.55, "rental_housing": 0.48}
LEAST = {"kindergarten": 0.60, "elderly_care": 0.25, "rental_housing": 0.20}
MOST = {"kindergarten": 1.05, "elderly_care": 1.00, "rental_housing": 0.85}
# How much the share of migrants lowers coverage: places follow registration, people do not.
INFLOW = {"kindergarten": 0.25, "elderly_care": 0.10, "rental_housing": 0.45}
SPREAD = {"kindergarten": 0.25, "elderly_care": 0.60}  # power of the relative rate that is taken over
SHRINK_HEADS = 500_000  # residents of covered counties at which the city's own rate counts half


def service_table() -> pd.DataFrame:
    """The table `services`."""
    return pd.DataFrame(SERVICES, columns=COLUMNS).sort_values("service", ignore_index=True)


def cohorts() -> dict[str, tuple[str, float]]:
    """Cohort and norm of every service."""
    return {str(row[0]): (str(row[5]), float(row[COLUMNS.index("norm")])) for row in SERVICES}


def estimate_capacity(people: pd.DataFrame) -> pd.DataFrame:
    """Capacity of all units by service, whole units: index code, one column a service."""
    migrants = (people["migrants_cross"] + people["migrants_within"]) / people["residents"]
    mean = float(np.average(migrants, weights=people["residents"]))
    known = known_places(people)
    others = learned_places(people, known).where(known.isna())
    others["hospital"] *= (national()["beds"] - known["hospital"].sum()) / others["hospital"].sum()
    places = known.fillna(others)
    places["junior_secondary"] *= national()["junior_secondary_pupils"] / places["junior_secondary"].sum()
    schools = places["primary"] / people["age_6_11"]
    relative = {
        "kindergarten": (schools / float(np.average(schools, weights=people["age_6_11"]))) ** SPREAD["kindergarten"],
        "elderly_care": _care_rates(people) ** SPREAD["elderly_care"],
        "rental_housing": 0.9 + 0.2 * rank_share(people["gdp"] / people["residents"]),
    }
    table = pd.DataFrame(index=people.index)
    for service, (cohort, norm) in cohorts().items():
        if service in places:
            table[service] = places[service].round().astype("int64")
            continue
        need = norm * people[cohort]
        coverage = _scaled(relative[service] * (1 - INFLOW[service] * (migrants - mean)), need, service)
        table[service] = (coverage * need).round().astype("int64")
    return table


def known_places(people: pd.DataFrame) -> pd.DataFrame:
    """Beds and school places of the units for which the city yearbook gives what they follow from; blank elsewhere.

    A school has a place for every pupil that it teaches. Where few pupils are printed in whole 10⁴, the estimate
    says where in the last digit they are.
    """
    table = pupils(people)
    close = learned_places(people, table)
    primary = within_rounding(table["primary"], close["primary"])
    secondary = within_rounding(table["secondary"], close["secondary"])
    return pd.DataFrame({
        "primary": primary,
        "junior_secondary": junior_pupils(secondary, primary, people),
        "hospital": all_beds(people),
    })  # fmt: skip


def learned_places(people: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The estimate of every unit that rests on the units in `known` and on the county yearbook.

    Args:
        people: all units, index = code.
        known: any of the columns that `_reported` explains, blank where they are to be learned.
    """
    counties = read("counties_2020.csv")
    table = pd.DataFrame(index=people.index)
    for name in known:
        column, heads, cohort, summed = _reported(str(name), counties, people)
        table[name] = learned(known[name], cohort, people, county_yearbook(column, heads, people.index), summed)
    return table


def _reported(name: str, counties: pd.DataFrame, people: pd.DataFrame) -> tuple[str, pd.Series, pd.Series, bool]:
    """Of primary, secondary, junior_secondary or hospital: the column of the county yearbook, the cohort of counties
    and of units, and whether the counties' sum is the unit's: their pupils are 1 % from it, their beds 12 %."""
    if name == "hospital":
        return "health_beds", counties["resident_pop_2020"], people["residents"], False
    if name == "primary":
        young = 0.8 * counties["age_5_9"] + 0.4 * counties["age_10_14"]
        return "primary_students", young, people["age_6_11"], True
    return "middle_school_students", 0.6 * counties["age_10_14"], people["age_12_14"], name == "secondary"


def _scaled(relative: pd.Series, need: pd.Series, service: str) -> pd.Series:
    """Coverage in proportion to `relative` within its limits, so that the nation's is what it is taken to be."""
    level = NATIONAL[service]
    for _ in range(60):
        coverage = (level * relative).clip(LEAST[service], MOST[service])
        level *= NATIONAL[service] / float((coverage * need).sum() / need.sum())
    return coverage


def _care_rates(people: pd.DataFrame) -> pd.Series:
    """County yearbook's beds of care a head of the aged, relative to the nation; drawn to it where few report."""
    counties = read("counties_2020.csv")
    column = "residential_social_work_beds"
    sums = county_yearbook(column, counties["age_60_plus"], people.index)
    residents = county_yearbook(column, counties["resident_pop_2020"], people.index)["heads"]
    amount, heads, by_province = sums["amount"], sums["heads"], people["province"]
    nation = amount.sum() / heads.sum()
    province_heads = heads.groupby(by_province).transform("sum")
    province = (amount.groupby(by_province).transform("sum") / province_heads.replace(0, np.nan)).fillna(nation)
    own = (amount / heads.replace(0, np.nan)).fillna(province)
    trust = residents / (residents + SHRINK_HEADS)
    return (trust * own + (1 - trust) * (0.5 * province + 0.5 * nation)) / nation
