"""Builds every table of the instance from `source/` and from the build of china-2020 beside it.

python instances/counties-2020/build/build_counties.py [--out FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from units import HOME, census, read_here  # first: it opens the way to the build of china-2020

from build import _long, estimate_units, last_year, write  # type: ignore[import-not-found]  # isort: skip
from common import read  # type: ignore[import-not-found]
from county_limits import limits
from county_money import estimate_land, estimate_money
from county_people import estimate_people
from county_services import capacity, services
from land import stock_base  # type: ignore[import-not-found]
from pools import FORMER_FACTORS, benchmarks, factor_table, pool_table  # type: ignore[import-not-found]
from sources import with_chinese  # type: ignore[import-not-found]
from standards import production_standard, standard_gap  # type: ignore[import-not-found]

# Figures of the yearbook that are shipped beside the estimates that rest on them; blank where it reports none.
PUBLISHED = {"registered": "registered", "gdp_reported": "gdp_10k", "revenue_reported": "gen_budget_revenue_10k",
             "expenditure_reported": "gen_budget_expenditure_10k", "pupils_primary": "primary_students",
             "pupils_secondary": "middle_school_students", "beds_health": "health_beds",
             "beds_care": "residential_social_work_beds"}  # fmt: skip


def build() -> dict[str, pd.DataFrame]:
    """All tables of the instance by name."""
    cities, counties = estimate_units(), census()
    people = estimate_people(counties, cities)
    land = estimate_land(counties, cities, people)
    units = pd.concat([people, land, estimate_money(counties, cities, people)], axis=1)
    for column, published in PUBLISHED.items():
        units[column] = counties[published].round().astype("Int64")
    pools = pool_table()
    pools.loc[pools["pool"] == "settlement_reward", "outside"] = 0  # held back
    by_pool = pools.set_index("pool")
    # Land a head is known of the city alone.
    area = read("cities_2020.csv").set_index("adcode")["admin_area_km2_polygon"]
    a_head = counties["prefecture"].map(area / cities["residents"])
    units["standard_gap"] = standard_gap(units, a_head * units["residents"])
    units["production_standard"] = production_standard(units)
    shares = benchmarks(units)
    past = last_year(units, benchmarks(units, FORMER_FACTORS))
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
    return tables | {"sources": with_chinese(described.sort_values(["table", "column"], ignore_index=True))}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HOME)
    write(build(), parser.parse_args().out)
