"""Money: GDP, budgets and transfers by city; what an issuer publishes is shared out among its cities exactly."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import YUAN, national, read, share_out, share_out_within
from issuers import issuer_of, issuer_totals
from people import city_of_county, poverty

DISTRICT_REVENUE = 0.105  # revenue of an urban district as a share of its GDP, at the national GDP a head
DISTRICT_REVENUE_RISE = 0.15  # and how fast that share rises with GDP a head
REVENUE_KEPT = 0.7  # of one more yuan of own revenue a city can spend so much; the rest lowers its transfers
POOREST_RECEIVES_MORE = 0.3  # equalisation a yuan of gap: 0.3 in the richest city, 1.3 in the poorest
FUND_AVAILABLE = 0.01  # of the government fund, after the cost of land and debt


def estimate_money(cities: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """GDP, revenue, fund_revenue, other_transfers, … of all units; whole 10⁴ yuan. `expenditure` is not a column of
    the instance: it is on the way to the transfers."""
    figures = national()
    totals = issuer_totals()
    issuer = pd.Series([issuer_of(code) for code in cities.index], index=cities.index)
    counties = county_sums(cities)
    table = pd.DataFrame(index=cities.index)
    table["gdp"] = _gdp(cities, counties)
    residents, urban = people["residents"], people["urban_residents"]
    own = _own_revenue(table["gdp"], residents, counties)
    table["revenue"] = share_out_within(totals["revenue"].to_dict(), issuer, own.rename("revenue"))
    # Back to the level of the yearbook, without what the provinces themselves collect.
    spending = _spending(table["revenue"] * own.sum() / table["revenue"].sum(), cities, residents, counties)
    table["expenditure"] = share_out_within(totals["expenditure"].to_dict(), issuer, spending.rename("expenditure"))
    per_head = table["gdp"] / residents
    fund = urban * per_head**0.8
    table["fund_revenue"] = share_out_within(totals["fund_revenue"].to_dict(), issuer, fund.rename("fund_revenue"))
    table["fund_available"] = (FUND_AVAILABLE * table["fund_revenue"]).round().astype("int64")

    received = (table["expenditure"] - table["revenue"]).clip(lower=0)
    needy = received * (POOREST_RECEIVES_MORE + poverty(people.assign(gdp=table["gdp"])))
    equalisation = sum(
        weight * values / values.sum()
        for weight, values in ((0.55, needy), (0.25, residents), (0.2, people["age_60_plus"]))
    )
    table["equalisation_last"] = share_out(
        int(figures["equalisation_last_year"]) * YUAN, equalisation.rename("equalisation_last")
    )
    other = (received - table["equalisation_last"]).clip(lower=0.02 * table["expenditure"])
    table["other_transfers"] = share_out(int(figures["other_transfers"]) * YUAN, other.rename("other_transfers"))
    return table


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
    """GDP as published; where it is missing, covered counties as published and the rest of the province by the urban
    residents outside them, who earn less where people leave. Sansha has the GDP a head of its province."""
    gdp = cities["gdp_2020_100m"] * YUAN
    province = read("provinces_2020.csv").set_index("adcode")["gdp_2020_100m"] * YUAN
    outside = (cities["urban_pop_2020"] - counties["urban_residents"]).clip(lower=0.02 * cities["urban_pop_2020"])
    outside *= (1 + cities["pop_growth_2010_2020_adj"].fillna(0.0)) ** 2
    for code, members in gdp[gdp.isna()].groupby(cities["province_adcode"]).groups.items():
        known = cities["province_adcode"].eq(code) & gdp.notna()
        if known.any():
            people_of_province = cities.loc[cities["province_adcode"].eq(code), "resident_pop_2020"].sum()
            gdp[members] = province[code] * cities.loc[members, "resident_pop_2020"] / people_of_province
            continue
        rest = max(0.0, province[code] - counties.loc[members, "gdp"].sum())
        weights = counties.loc[members, "gdp"] + rest * outside[members] / outside[members].sum()
        gdp[members] = share_out(round(province[code]), weights.rename("gdp"))
    return gdp.round().astype("int64")


def _own_revenue(gdp: pd.Series, residents: pd.Series, counties: pd.DataFrame) -> pd.Series:
    """Covered counties as published, the districts by their GDP at a share that rises with GDP a head."""
    district_gdp = (gdp - counties["gdp"]).clip(lower=0.02 * gdp)
    outside = (residents - counties["residents"]).clip(lower=0.02 * residents)
    per_head = (district_gdp / outside).clip(upper=4 * gdp.sum() / residents.sum())
    share = DISTRICT_REVENUE * (per_head / (gdp.sum() / residents.sum())) ** DISTRICT_REVENUE_RISE
    return counties["revenue"] + share * district_gdp


def _spending(revenue: pd.Series, cities: pd.DataFrame, residents: pd.Series, counties: pd.DataFrame) -> pd.Series:
    """Covered counties as published; elsewhere what a city keeps of its revenue and the sum a head of its province."""
    province = cities["province_adcode"]
    beyond = (counties["expenditure"] - REVENUE_KEPT * counties["revenue"]).groupby(province).transform("sum")
    heads = counties["residents"].groupby(province).transform("sum")
    outside = (residents - counties["residents"]).clip(lower=0)
    district_revenue = (revenue - counties["revenue"]).clip(lower=0)
    national_rate = beyond.groupby(province).first().sum() / heads.groupby(province).first().sum()
    rate = (beyond / heads.replace(0, np.nan)).fillna(national_rate)
    return counties["expenditure"] + REVENUE_KEPT * district_revenue + rate * outside
