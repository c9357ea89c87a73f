"""Money: GDP, budgets and government funds by city, as published; elsewhere estimated at the level of the published."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import YUAN, read
from issuers import issuer_of, issuer_totals
from people import city_of_county
from published import fitting, published, with_published

DISTRICT_REVENUE = 0.075  # revenue of an urban district as a share of its GDP
REVENUE_KEPT = 0.7  # of one more yuan of own revenue a district can spend so much; the rest lowers its transfers
SPENDING_A_HEAD = 0.5  # of a district's resident beside that, 10⁴ yuan
FUND_RISE = 0.8  # how fast fund revenue an urban resident rises with GDP a head
FUND_AVAILABLE = 0.01  # of the government fund, after the cost of land and debt


def estimate_money(cities: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """GDP, revenue, expenditure, fund_revenue and fund_available of all units; whole 10⁴ yuan.

    Published figures are kept. The units of an issuer never add up to more than its total: what is left is the
    province's own. `expenditure` is no rule's column: transfers and the standard gap are made from it.
    """
    totals = issuer_totals()
    issuer = pd.Series([issuer_of(code) for code in cities.index], index=cities.index)
    province = cities["province_adcode"]
    counties = county_sums(cities)
    table = pd.DataFrame(index=cities.index)
    table["gdp"] = _gdp(cities, counties)
    residents, urban = people["residents"], people["urban_residents"]
    for column, estimate in budget_formulas(table["gdp"], residents, counties).items():
        known = published(column)
        amounts = with_published(estimate, known, province).rename(column)
        table[column] = fitting(amounts, known, issuer, totals[column])
    table["fund_revenue"] = _fund_revenue(fund_formula(table["gdp"], residents, urban), issuer, totals)
    table["fund_available"] = (FUND_AVAILABLE * table["fund_revenue"]).round().astype("int64")
    return table


def budget_formulas(gdp: pd.Series, residents: pd.Series, counties: pd.DataFrame) -> pd.DataFrame:
    """Revenue and expenditure by formula alone, 10⁴ yuan, before they are brought to the published level.

    Counties as the yearbook reports them; districts by their GDP, and by what they keep of it and their residents.
    """
    revenue = counties["revenue"] + DISTRICT_REVENUE * (gdp - counties["gdp"]).clip(lower=0.02 * gdp)
    spending = counties["expenditure"] + REVENUE_KEPT * (revenue - counties["revenue"])
    spending += SPENDING_A_HEAD * (residents - counties["residents"]).clip(lower=0)
    return pd.DataFrame({"revenue": revenue, "expenditure": spending})


def fund_formula(gdp: pd.Series, residents: pd.Series, urban: pd.Series) -> pd.Series:
    """In what proportion the cities of an issuer have its fund revenue: land sells where towns are, and dearer."""
    return urban * (gdp / residents) ** FUND_RISE


def county_sums(cities: pd.DataFrame) -> pd.DataFrame:
    """What the county yearbook reports, by city: sums over the counties that it covers (`residents` are theirs).

    It leaves out most urban districts, so a sum is never the whole city.
    """
    counties = read("counties_2020.csv")
    covered = counties[counties["gdp_10k"].notna()]
    sums = covered.groupby(covered["adcode"].map(city_of_county)).agg(
        residents=("resident_pop_2020", "sum"),
        urban_residents=("urban_pop_2020", "sum"),
        gdp=("gdp_10k", "sum"),
        revenue=("gen_budget_revenue_10k", "sum"),
        expenditure=("gen_budget_expenditure_10k", "sum"),
    )
    return sums.reindex(cities.index).fillna(0.0)


def _gdp(cities: pd.DataFrame, counties: pd.DataFrame) -> pd.Series:
    """As published; elsewhere the covered counties as published, and their GDP a head for who lives outside them.

    The units without a figure have hardly any districts. Without counties either: the GDP a head of the province.
    """
    gdp = (cities["gdp_2020_100m"] * YUAN).fillna(published("gdp").reindex(cities.index))
    provinces = read("provinces_2020.csv").set_index("adcode")
    usual = provinces["gdp_2020_100m"] * YUAN / provinces["resident_pop_2020"]
    per_head = (counties["gdp"] / counties["residents"].replace(0, np.nan)).fillna(cities["province_adcode"].map(usual))
    return gdp.fillna(per_head * cities["resident_pop_2020"]).round().astype("int64")


def _fund_revenue(weights: pd.Series, issuer: pd.Series, totals: pd.DataFrame) -> pd.Series:
    """As published; the rest of an issuer's by weights, less the share that its province keeps where all is known."""
    alone = issuer.groupby(issuer).transform("size") == 1
    known = published("fund_revenue")
    of_issuer = issuer.map(totals["fund_revenue"])
    whole = known.groupby(issuer.reindex(known.index)).sum()
    passed = float((whole / totals.loc[whole.index, "fund_revenue"]).mean())
    estimate = of_issuer * weights / weights.groupby(issuer).transform("sum") * passed
    return known.reindex(issuer.index).fillna(estimate.where(~alone, of_issuer)).round().astype("int64")
