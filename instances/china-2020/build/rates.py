"""What cities have that publish nothing: learned from those that do, and from the counties of the county yearbook."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import read
from people import city_of_county

COVERED = 0.9  # of the cohort, from which the counties' sum is taken as it is
PULL = 10.0  # towards no effect of a feature, in cities
PULL_PROVINCE = 5.0  # towards no effect of a province, in cities


def county_yearbook(column: str, cohort: pd.Series, index: pd.Index[str]) -> pd.DataFrame:
    """Sums over the counties that report `column`, by unit: `amount`, and `heads`, their part of the cohort.

    Args:
        column: of `counties_2020.csv`.
        cohort: of every county, by its row there.
        index: the units.
    """
    counties = read("counties_2020.csv")
    table = pd.DataFrame({"amount": counties[column], "heads": cohort})[counties[column].notna()]
    return table.groupby(counties["adcode"].map(city_of_county)).sum().reindex(index).fillna(0.0)


def features(people: pd.DataFrame) -> pd.DataFrame:
    """What the rate of a city may depend on; all of it known or estimated for every unit."""
    residents, codes = people["residents"], people.index
    return pd.DataFrame({
        "urban": people["urban_residents"] / residents,
        "aged": people["age_60_plus"] / residents,
        "wealth": np.log(people["gdp"] / residents),
        "growth": people["growth"].clip(-0.3, 0.6),
        "migrants": (people["migrants_cross"] + people["migrants_within"]) / residents,
        "size": np.log(people["size_population"]),
        "capital": ((codes.str[2:4] == "01") | (codes.str[2:] == "0000")).astype(float),
    }, index=codes)  # fmt: skip


def learned(
    known: pd.Series, cohort: pd.Series, people: pd.DataFrame, counties: pd.DataFrame | None = None, summed: bool = True
) -> pd.Series:
    """An estimate of every unit, also of those that publish: rate × cohort, its logarithm linear in the features.

    The weights are those of a ridge regression over the units in `known`, with an effect for every province.

    Args:
        known: amount of the units that publish it, blank elsewhere.
        cohort: of all units, what the rate is a head of.
        people: all units with `gdp`, index = code.
        counties: `county_yearbook` of the same amount, one feature more; None where there is none.
        summed: where the county yearbook covers nearly all of a unit, its sum and the rate of the rest are taken.
    """
    level = known.sum() / cohort[known.notna()].sum()
    table = features(people)
    covered = pd.Series(0.0, index=people.index)
    if counties is not None:
        covered = (counties["heads"] / cohort).clip(upper=1.0)
        nation = counties["amount"].sum() / counties["heads"].sum()
        reported = np.log((counties["amount"] / counties["heads"].replace(0, np.nan) / nation).clip(lower=0.01))
        table["reported"] = (covered * reported).fillna(0.0)
        table["covered"], table["uncovered"] = covered, (covered < 0.05).astype(float)
    rate = level * np.exp(_ridge(table, people["province"], np.log(known / cohort / level)))
    estimate = rate * cohort
    if counties is None or not summed:
        return estimate
    whole = counties["amount"] + rate * (cohort - counties["heads"]).clip(lower=0.0)
    return estimate.where(covered < COVERED, whole)


def _ridge(table: pd.DataFrame, province: pd.Series, known: pd.Series) -> pd.Series:
    """The fitted value of all rows; `known` is blank where it is to be learned."""
    rows = known.notna().to_numpy()
    spread = table[rows].std().replace(0.0, 1.0)
    scaled = (table - table[rows].mean()) / spread
    provinces = pd.get_dummies(province, dtype=float)
    matrix = np.hstack([np.ones((len(table), 1)), scaled.to_numpy(), provinces.to_numpy()])
    pull = np.diag([0.0] + [PULL] * scaled.shape[1] + [PULL_PROVINCE] * provinces.shape[1])
    seen = matrix[rows]
    weights = np.linalg.solve(seen.T @ seen + pull, seen.T @ known[rows].to_numpy())
    return pd.Series(matrix @ weights, index=table.index)
