"""The county-level units: who they are, and the figures of the city that each belongs to.

The build of china-2020 stands beside this one and is used as it is: it estimates every column for all 367 units of the
census above the counties, and here each of those figures is shared out among the counties of its city.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

HOME = Path(__file__).resolve().parent.parent
CITIES = HOME.parent / "china-2020"
sys.path.append(str(CITIES / "build"))

from common import read, share_out_within  # type: ignore[import-not-found]  # noqa: E402
from issuers import issuer_of  # type: ignore[import-not-found]  # noqa: E402
from people import city_of_county  # type: ignore[import-not-found]  # noqa: E402

# The census lists the Wutai mountain zone under a code of its own; it belongs to Xinzhou.
MISPRINTS = {"170971": "140971"}


def read_here(name: str) -> pd.DataFrame:
    """Reads a source table of this instance; codes stay text."""
    return pd.read_csv(HOME / "source" / name, dtype={"adcode": str, "year": str}, encoding="utf-8")


def census() -> pd.DataFrame:
    """All 2,947 units as published, index = code: what both source tables say, and `prefecture` and `issuer`."""
    counties = read("counties_2020.csv")
    counties["adcode"] = counties["adcode"].replace(MISPRINTS)
    table = counties.set_index("adcode").join(read_here("counties_more_2020.csv").set_index("adcode")).sort_index()
    table["prefecture"] = [city_of_county(code) for code in table.index]
    table["issuer"] = table["prefecture"].map(issuer_of)
    # Two blanks: the youngest of a port zone of 3,614 residents, and who moved to Changting from its province.
    table["age_0_4"] = table["age_0_4"].fillna(0.8 * table["age_5_9"]).round().astype("int64")
    moved = table["from_province"]
    rate = moved.groupby(table["prefecture"]).transform("sum") / table["resident_pop_2020"].groupby(
        table["prefecture"]
    ).transform("sum")
    table["from_province"] = moved.fillna((rate * table["resident_pop_2020"]).round()).astype("int64")
    return table


def of_city(counties: pd.DataFrame, cities: pd.DataFrame, column: str) -> pd.Series:
    """The figure of the city that every county belongs to."""
    return counties["prefecture"].map(cities[column]).rename(column)


def within_city(counties: pd.DataFrame, cities: pd.DataFrame, column: str, weights: pd.Series) -> pd.Series:
    """The city's figure shared out among its counties in whole units, in proportion to weights."""
    totals = cities[column].round().astype("int64").to_dict()
    # A city whose weights are all 0 is shared out by residents.
    none = weights.groupby(counties["prefecture"]).transform("sum") <= 0
    chosen = weights.astype(float).where(~none, counties["resident_pop_2020"].astype(float)).rename(column)
    return share_out_within(totals, counties["prefecture"], chosen)
