"""Builds every table of the instance from `source/` and from the build of china-2020 beside it.

python instances/counties-2020/build/build_counties.py [--out FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from units import HOME, census, read_here  # first: it opens the way to the build of china-2020

from build import _long, estimate_units, write  # type: ignore[import-not-found]  # isort: skip
from common import YUAN, national, share_out  # type: ignore[import-not-found]  # isort: skip
from county_limits import limits
from county_money import estimate_land, estimate_money
from county_people import estimate_people
from county_services import capacity, services
from issuers import CLASSES, issuer_totals  # type: ignore[import-not-found]
from land import stock_base  # type: ignore[import-not-found]
from pools import benchmarks, factor_table, pool_table, reward_of_year  # type: ignore[import-not-found]

HUNDREDTHS = 100
# Figures of the yearbook that are shipped beside the estimates that rest on them; blank where it reports none.
PUBLISHED = {"registered": "registered", "gdp_reported": "gdp_10k", "revenue_reported": "gen_budget_revenue_10k",
             "expenditure_reported": "gen_budget_expenditure_10k", "pupils_primary": "primary_students",
             "pupils_secondary": "middle_school_students", "beds_health": "health_beds",
             "beds_care": "residential_social_work_beds"}  # fmt: skip


def last_year(units: pd.DataFrame, shares: pd.DataFrame, pools: pd.DataFrame, issuer: pd.Series) -> pd.DataFrame:
    """What every county had of every pool, by the formulas of china-2020: index code, one column a pool."""
    kept = 1 - pools["reserve"]
    urban = _share(units["urban_residents"])
    amounts = pd.DataFrame(index=units.index)
    hectares = 0.6 * shares["land"] + 0.4 * _share(units["built_up"])
    amounts["land"] = share_out(round(kept["land"] * pools["total"]["land"] * HUNDREDTHS), hectares) / HUNDREDTHS
    amounts["equalisation"] = units["equalisation_last"]
    reward = 0.7 * shares["settlement_reward"] + 0.3 * _share(units["migrants_cross"] + units["migrants_within"])
    amounts["settlement_reward"] = share_out(reward_of_year(2020), reward)
    grants = 0.7 * shares["investment_grant"] + 0.3 * urban
    total = round(kept["investment_grant"] * national()["investment_grant"])
    amounts["investment_grant"] = share_out(total * YUAN, grants)
    totals = issuer_totals()
    for kind in CLASSES:
        within = units[f"debt_{kind}"] / units.groupby(issuer)[f"debt_{kind}"].transform("sum")
        amounts[f"{kind}_bond"] = (within * issuer.map(totals[f"quota_{kind}"]) * kept[f"{kind}_bond"]).round()
    return amounts


def build() -> dict[str, pd.DataFrame]:
    """All tables of the instance by name."""
    cities, counties = estimate_units(), census()
    people = estimate_people(counties, cities)
    land = estimate_land(counties, cities, people)
    units = pd.concat([people, land, estimate_money(counties, cities, people)], axis=1)
    for column, published in PUBLISHED.items():
        units[column] = counties[published].round().astype("Int64")
    pools = pool_table()
    by_pool = pools.set_index("pool")
    shares = benchmarks(units)
    past = last_year(units, shares, by_pool, counties["issuer"])
    units["stock_base"] = stock_base(units, past["land"])
    described = read_here("table_columns.csv").fillna("")
    columns = list(described.loc[described["table"] == "cities", "column"])
    tables = {
        "cities": units.rename_axis("city").reset_index()[columns],
        "services": services(),
        "capacity": _long(capacity(counties, people, cities), "service", "capacity"),
        "pools": pools,
        "factors": factor_table(),
        "last_year": _long(past, "pool", "amount"),
        "limits": limits(units, shares, past, by_pool, counties["issuer"]),
    }
    written = {(name, column) for name, table in tables.items() for column in table.columns}
    if odd := written ^ set(zip(described["table"], described["column"], strict=True)):
        raise ValueError(f"columns without description, or descriptions without column: {sorted(odd)}")
    return tables | {"sources": described.sort_values(["table", "column"], ignore_index=True)}


def _share(values: pd.Series) -> pd.Series:
    return values / values.sum()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HOME)
    write(build(), parser.parse_args().out)
