"""What the city yearbooks publish of places and land, brought to the borders and the meaning that the instance uses.

The yearbooks cover prefecture-level cities and municipalities; autonomous prefectures, leagues and areas are blank.
Pupils are counted where they go to school and printed in 10⁴, mostly rounded.
"""

from __future__ import annotations

import pandas as pd
from common import TEN_THOUSAND, national, published

# Primary school of five years: pupils are five cohorts, and those of eleven sit in junior secondary school.
FIVE_YEARS = ["230300", "230600", "230900", "231100", "231200", "310000", "370300", "370600", "371000"]
PARTLY_FIVE_YEARS = ["370500", "370900"]  # in some of their counties; taken as half of the pupils
# Two cities of which the yearbook counts a part in the other one; both get the sum by their own cohort.
MOVED_PUPILS = [("220100", "220300"), ("610100", "610400")]  # Gongzhuling left Siping for Changchun in 2020; Xixian
MOVED_BEDS = [("610100", "610400")]
TOWNSHIPS_COUNTED = ["150700", "511600", "511700", "640400"]  # their hospitals hold the township health centres
HALF_ROUNDED = 5_000  # how far a figure in whole 10⁴ may be from the truth
FEW = 100_000  # pupils below which that is more than 5 %


def hospital_beds(people: pd.DataFrame) -> pd.Series:
    """Beds in hospitals as published, Xi'an and Xianyang each with its part of their sum."""
    return _shared(published("hospital_beds", 2020, people.index), people["residents"], MOVED_BEDS)


def all_beds(people: pd.DataFrame) -> pd.Series:
    """Beds of all health institutions: the published ones of hospitals, and an estimate of the others.

    Township health centres follow rural residents, the rest (community centres, care of mothers and children)
    follows residents, both at the rate of the nation.
    """
    figures = national()
    rural = people["residents"] - people["urban_residents"]
    others = figures["beds"] - figures["hospital_beds"] - figures["township_beds"]
    townships = figures["township_beds"] * rural / rural.sum()
    townships = townships.mask(people.index.isin(TOWNSHIPS_COUNTED), 0.0)
    return hospital_beds(people) + townships + others * people["residents"] / people["residents"].sum()


def pupils(people: pd.DataFrame) -> pd.DataFrame:
    """Pupils of six years of primary school, and those of regular secondary school after it, by unit."""
    years = pd.Series(0.0, index=people.index)
    years[FIVE_YEARS] = 1.0
    years[PARTLY_FIVE_YEARS] = 0.5
    primary = published("primary_pupils_1e4", 2020, people.index) * TEN_THOUSAND
    secondary = published("secondary_pupils_1e4", 2020, people.index) * TEN_THOUSAND
    sixth = years * primary / 5
    return pd.DataFrame({
        "primary": _shared(primary + sixth, people["age_6_11"], MOVED_PUPILS),
        "secondary": _shared(secondary - sixth, people["age_12_14"], MOVED_PUPILS),
    })  # fmt: skip


def junior_pupils(secondary: pd.Series, primary: pd.Series, people: pd.DataFrame) -> pd.Series:
    """Pupils of junior secondary school: the geometric mean of what two figures say of them.

    The nation's share of secondary pupils (some cities teach far more of the older ones than others), and children
    of 12 to 14 in the proportion in which those of 6 to 11 are taught here: all of them must go to school.
    """
    figures = national()
    junior = figures["junior_secondary_pupils"]
    share = junior / (junior + figures["senior_secondary_pupils"])
    taught = people["age_12_14"] * primary / people["age_6_11"]
    return ((share * secondary) * taught) ** 0.5


def within_rounding(figure: pd.Series, estimate: pd.Series) -> pd.Series:
    """Where few pupils are printed in whole 10⁴, the estimate as far as the printed figure allows it; not of a sum.

    Args:
        figure: as published, blank where it is not.
        estimate: of all units.
    """
    nearest = estimate.clip(figure - HALF_ROUNDED, figure + HALF_ROUNDED)
    summed = figure.index.isin([city for pair in MOVED_PUPILS for city in pair])
    return figure.where(~(figure < FEW) | summed, nearest)


def _shared(figure: pd.Series, cohort: pd.Series, pairs: list[tuple[str, str]]) -> pd.Series:
    """`figure` with the sum of each pair shared out by cohort."""
    shared = figure.copy()
    for pair in map(list, pairs):
        shared[pair] = figure[pair].sum() * cohort[pair] / cohort[pair].sum()
    return shared
