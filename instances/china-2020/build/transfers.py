"""Equalisation of last year in two steps, centre to province and province to city, and what else cities received.

Neither step uses the formula of the pool. Both share out by what is spent beyond own revenue, counted by how large
a part of spending it is: below a first share nothing is received, above a second everything counts.
"""

from __future__ import annotations

import pandas as pd
from common import YUAN, national, read, share_out, share_out_within
from issuers import CORPS, issuer_of

# The first step meets what four provinces report for 2024, the second the shares of cities in four provinces.
FROM_CENTRE = (0.2, 0.6)
FROM_PROVINCE = (0.0, 0.5)


def estimate_transfers(cities: pd.DataFrame, money: pd.DataFrame) -> pd.DataFrame:
    """equalisation_last and other_transfers of all units, whole 10⁴ yuan.

    Args:
        cities: the census's units, by code.
        money: revenue and expenditure by code.
    """
    table = pd.DataFrame(index=cities.index)
    table["equalisation_last"] = last_equalisation(cities, money)
    beyond = money["expenditure"] - money["revenue"] - table["equalisation_last"]
    table["other_transfers"] = beyond.clip(lower=0)
    return table


def last_equalisation(cities: pd.DataFrame, money: pd.DataFrame, as_published: bool = True) -> pd.Series:
    """What every unit had, whole 10⁴ yuan: of the nation's total what provinces pass on to their cities.

    Args:
        cities: the census's units, by code.
        money: revenue and expenditure by code.
        as_published: whether the shares of cities within a province are those published, where they are.
    """
    # The production corps has a budget of its own, outside its province's.
    members = cities.index[[issuer_of(code) != CORPS for code in cities.index]]
    province = cities.loc[members, "province_adcode"]
    received = share_out(int(national()["equalisation_last_year"]) * YUAN, of_provinces())
    alone = province.groupby(province).size() == 1
    passed = received.where(alone.reindex(received.index), passed_on() * received).round().astype("int64")
    weights = received_beyond(money["expenditure"], money["revenue"], *FROM_PROVINCE).loc[members]
    if as_published:
        known = transfers("equalisation", 2021)
        within = weights.groupby(province).transform("sum")
        shares = known / known.groupby(province.reindex(known.index)).transform("sum")
        weights.loc[known.index] = shares * within.loc[known.index]
    weights += 1e-9  # Shanghai and others that receive nothing: a total of 0 is shared out as well
    return share_out_within(passed.to_dict(), province, weights.rename("equalisation")).reindex(
        cities.index, fill_value=0
    )


def of_provinces() -> pd.Series:
    """Share of every province in what the centre gives, by code."""
    provinces = read("provinces_2020.csv").set_index("adcode")
    spent, own = provinces["gen_budget_expenditure_2020_100m_nbs"], provinces["gen_budget_revenue_2020_100m_adj"]
    weights = received_beyond(spent, own, *FROM_CENTRE)
    return (weights / weights.sum()).rename("equalisation")


def received_beyond(spent: pd.Series, own: pd.Series, none_below: float, all_above: float) -> pd.Series:
    """Spending beyond own revenue, counted in full where it is `all_above` of spending, not at all at `none_below`."""
    beyond = (spent - own).clip(lower=0)
    return beyond * ((beyond / spent - none_below) / (all_above - none_below)).clip(0, 1)


def passed_on() -> float:
    """The part that provinces pass on to their cities: the mean of the provinces that report it."""
    received, passed = _table("equalisation_received"), _table("equalisation_passed_on")
    both = (passed.set_index(["code", "year"])["value"] / received.set_index(["code", "year"])["value"]).dropna()
    return float(both.groupby("code").mean().mean())


def transfers(measure: str, year: int) -> pd.Series:
    """Published amounts of a year by code, 10⁸ yuan."""
    table = _table(measure)
    return table[table["year"] == str(year)].set_index("code")["value"]


def _table(measure: str) -> pd.DataFrame:
    table = read("transfers_published.csv")
    return table[table["measure"] == measure]
