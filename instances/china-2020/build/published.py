"""What is published of single cities, and how an estimate is brought to the level of the published ones beside it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from common import YUAN, read

YEAR = 2020
ROUNDING = 0.0002  # published totals and the figures of cities are rounded apart
SHRINK = 1.0  # how many cities without any deviation a province's own ones are weighed against


@lru_cache(maxsize=1)
def _table() -> pd.DataFrame:
    table = read("published_by_city.csv")
    return table.assign(year=table["year"].astype(int))


def published(measure: str, year: int = YEAR) -> pd.Series:
    """What is published of a measure for the end of a year (or over it), 10⁴ yuan, by city; nothing where it is not."""
    return rows_of(measure, year)["value"] * YUAN


def rows_of(measure: str, year: int = YEAR) -> pd.DataFrame:
    """The same as it stands in the source: value (10⁸ yuan), status and document by city."""
    table = _table()
    return table[(table["measure"] == measure) & (table["year"] == year)].set_index("city")


def years_of(measure: str) -> list[int]:
    """The years of which anything is published, those nearest to 2020 first, earlier before later."""
    table = _table()
    found = table.loc[table["measure"] == measure, "year"].unique()
    return sorted((int(year) for year in found), key=lambda year: (abs(year - YEAR), year))


def calibrated(estimate: pd.Series, known: pd.Series, province: pd.Series) -> pd.Series:
    """An estimate raised or lowered to the published figures: by their median, and by what is usual in the province.

    Args:
        estimate: by a formula, positive, by code.
        known: published figures of some of these codes, positive.
        province: of every code.

    Returns:
        The estimate times one factor a province, also where a figure is published. The factor of a province is the
        mean logarithm of its cities' deviations, drawn to that of the nation as if there were `SHRINK` cities more
        without any.
    """
    off = np.log(known / estimate.reindex(known.index)).replace([np.inf, -np.inf], np.nan).dropna()
    usual = off.median()
    by_province = (off - usual).groupby(province.reindex(off.index))
    own = by_province.sum() / (by_province.count() + SHRINK)
    return estimate * np.exp(usual + province.map(own).fillna(0.0))


def with_published(estimate: pd.Series, known: pd.Series, province: pd.Series) -> pd.Series:
    """Published figures where there are any, the calibrated estimate elsewhere; see `calibrated`."""
    return known.reindex(estimate.index).fillna(calibrated(estimate, known, province))


def fitting(estimate: pd.Series, known: pd.Series, groups: pd.Series, totals: pd.Series) -> pd.Series:
    """Whole amounts that with the published ones exceed no total of a group: only estimates are lowered.

    What a total has left is the province's own share.

    Raises:
        ValueError: The published figures alone exceed a total by more than `ROUNDING`.
    """
    amounts = estimate.round().astype("int64")
    fixed = amounts.index.isin(known.index)
    for group, members in groups.groupby(groups).groups.items():
        of_group = amounts.index.isin(members)
        left = int(totals[group]) - int(amounts[of_group & fixed].sum())
        free = of_group & ~fixed
        if left < -ROUNDING * int(totals[group]):
            raise ValueError(f"{estimate.name}: the published figures of {group} exceed its total by {-left}")
        if (wanted := int(amounts[free].sum())) > max(left, 0):
            amounts[free] = np.floor(amounts[free] * (max(left, 0) / wanted)).astype("int64")
    return amounts
