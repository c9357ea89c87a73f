"""Money, land and debt of the counties."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import rank_share  # type: ignore[import-not-found]
from county_people import TOWN_SHARE, is_district
from debt import (  # type: ignore[import-not-found]
    FREE_LEAST,
    FREE_MOST,
    INTEREST,
    LAST_EQUALISATION_COUNTED,
    MATURING,
)
from issuers import CLASSES  # type: ignore[import-not-found]
from land import district_land  # type: ignore[import-not-found]
from money import DISTRICT_REVENUE, FUND_AVAILABLE, REVENUE_KEPT  # type: ignore[import-not-found]
from transfers import FROM_PROVINCE, received_beyond  # type: ignore[import-not-found]
from units import of_city, within_city

LEAST_LEFT = 0.2  # of what its GDP brings, where published counties leave a district less of the city's revenue
WEAKNESS = 0.9  # how much more debt a head of means the poorest unit of the country carries than the richest
SHRINKAGE = 2.0  # more debt for each share of residents that its city lost since 2010
DISTRICT_GDP_FLOOR = 0.5  # of the GDP a head of the whole city, where its counties leave its districts less


def estimate_land(counties: pd.DataFrame, cities: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """built_up, idle and production_request in ha: the city's, by urban residents.

    Districts share what the city's districts have; outside them, where some of their people live too, all share the
    rest. Where there are no districts, or nothing but districts, all share the whole.
    """
    prefecture, urban = counties["prefecture"], people["urban_residents"].astype(float)
    district = is_district(counties)
    core = prefecture.map(district_land(cities))
    outside = urban.where(~district, (1 - TOWN_SHARE) * urban)
    rest = (of_city(counties, cities, "built_up") - core) * _part(outside, prefecture)
    mixed = district.groupby(prefecture).transform("nunique") == 2
    weights = (core * _part(urban.where(district, 0.0), prefecture) + rest).where(mixed, urban)
    table = pd.DataFrame(index=counties.index)
    table["built_up"] = within_city(counties, cities, "built_up", weights.rename("built_up")).clip(lower=1)
    for column in ("idle", "production_request"):
        share = of_city(counties, cities, column) / of_city(counties, cities, "built_up")
        table[column] = (share * table["built_up"]).round(1)
    return table


def estimate_money(counties: pd.DataFrame, cities: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """GDP, budget, transfers and debt in whole 10⁴ yuan; what the yearbook publishes is kept.

    `equalisation_last` is no column of the instance but last year's amount of a pool.
    """
    residents, urban, prefecture = people["residents"], people["urban_residents"], counties["prefecture"]
    table = pd.DataFrame(index=counties.index)
    table["gdp"] = _gdp(counties, cities)
    table["revenue"] = _revenue(counties, cities, table["gdp"])
    fund = urban * (table["gdp"] / residents) ** 0.8
    table["fund_revenue"] = within_city(counties, cities, "fund_revenue", fund)
    table["fund_available"] = (FUND_AVAILABLE * table["fund_revenue"]).round().astype("int64")
    poor = 1 - rank_share(table["gdp"] / residents)

    spent = _spending(counties, table["revenue"])
    table["expenditure"] = within_city(counties, cities, "expenditure", spent)
    received = (spent - table["revenue"]).clip(lower=0.02 * spent)
    table["equalisation_last"] = within_city(
        counties, cities, "equalisation_last", received_beyond(spent, table["revenue"], *FROM_PROVINCE)
    )
    other = (received - table["equalisation_last"]).clip(lower=0.05 * spent)
    table["other_transfers"] = within_city(counties, cities, "other_transfers", other)

    means = table["revenue"] + table["fund_revenue"] + table["other_transfers"] + table["equalisation_last"]
    strain = (1 + WEAKNESS * poor) * (1 + SHRINKAGE * (-people["growth"]).clip(lower=0))
    bases = {
        "general": 0.6 * _share(means) + 0.4 * _share(residents),
        "special": 0.6 * _share(0.5 * means + table["fund_revenue"]) + 0.4 * _share(urban),
    }
    for kind in CLASSES:
        table[f"debt_{kind}"] = within_city(counties, cities, f"debt_{kind}", bases[kind] * strain)
        for what in ("limit", "quota"):
            table[f"{what}_{kind}"] = within_city(counties, cities, f"{what}_{kind}", table[f"debt_{kind}"])
    debt = table["debt_general"] + table["debt_special"]
    table["interest"] = (INTEREST * debt).round().astype("int64")
    table["maturing"] = (MATURING * debt).round().astype("int64")
    free = FREE_MOST + (FREE_LEAST - FREE_MOST) * poor
    budget = table["revenue"] + table["other_transfers"] + LAST_EQUALISATION_COUNTED * table["equalisation_last"]
    spending = ((1 - free) * budget).round().astype("int64") - table["interest"]
    table["essential_spending"] = spending.clip(lower=0)
    assert prefecture.isin(cities.index).all()
    return table


def _gdp(counties: pd.DataFrame, cities: pd.DataFrame) -> pd.Series:
    """As published; where it is missing, what the city's has left by urban residents, at least half as much a head."""
    known = counties["gdp_10k"]
    prefecture, residents = counties["prefecture"], counties["resident_pop_2020"]
    city = of_city(counties, cities, "gdp")
    missing = known.isna()
    left = city - known.fillna(0).groupby(prefecture).transform("sum")
    outside = residents.where(missing, 0).groupby(prefecture).transform("sum")
    per_head = city / of_city(counties, cities, "residents")
    left = np.maximum(left, DISTRICT_GDP_FLOOR * per_head * outside)
    urban = counties["urban_pop_2020"].where(missing, 0)
    share = urban / urban.groupby(prefecture).transform("sum").replace(0, np.nan)
    return known.fillna(left * share).round().clip(lower=1).astype("int64")


def _revenue(counties: pd.DataFrame, cities: pd.DataFrame, gdp: pd.Series) -> pd.Series:
    """As published; what the city's revenue has left goes to the units that do not report, by GDP.

    What the city itself collects is in it, so districts of some cities come out high.
    """
    known, prefecture = counties["gen_budget_revenue_10k"].round(), counties["prefecture"]
    weights = (DISTRICT_REVENUE * gdp).where(known.isna(), 0.0)
    usual = weights.groupby(prefecture).transform("sum")
    left = of_city(counties, cities, "revenue") - known.fillna(0).groupby(prefecture).transform("sum")
    shared = weights * np.maximum(left / usual.where(usual > 0), LEAST_LEFT)
    return known.fillna(shared).round().astype("int64")


def _spending(counties: pd.DataFrame, revenue: pd.Series) -> pd.Series:
    """As published; elsewhere what a unit keeps of its revenue and the sum a head that its province's counties have."""
    known = counties["gen_budget_expenditure_10k"]
    own = REVENUE_KEPT * revenue
    province, residents = counties.index.str[:2], counties["resident_pop_2020"]
    beyond = (known - own).groupby(province).sum()
    heads = residents.where(known.notna(), 0).groupby(province).sum()
    rate = pd.Series(province, index=counties.index).map((beyond / heads.replace(0, np.nan)).clip(lower=0))
    rate = rate.fillna(beyond.sum() / heads.sum())
    return known.fillna(own + rate * residents)


def _part(values: pd.Series, groups: pd.Series) -> pd.Series:
    """Of the sum of its group."""
    return (values / values.groupby(groups).transform("sum").replace(0.0, np.nan)).fillna(0.0)


def _share(values: pd.Series) -> pd.Series:
    return values / values.sum()
