"""Builds every table of the instance from `source/`.

    python instances/china-2020/build/build.py [--out FOLDER]

Every estimate is made for all 367 units of the census, so that published provincial totals hold; the 30 units that
provinces run themselves are left out only when the tables are written.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cells_places
import pandas as pd
from common import YUAN, national, read, share_out
from debt import estimate_debt
from issuers import CLASSES
from land import estimate_land, stock_base
from money import estimate_money
from people import estimate_people
from pools import FORMER_FACTORS, KEPT, benchmarks, factor_table, limit_table, pool_table, reward_of_year
from schemes import scheme_tables
from services import estimate_capacity, service_table
from sources import LEFT_OUT, city_columns, published_cells, source_table, with_chinese
from standards import production_standard, standard_gap
from transfers import estimate_transfers

HUNDREDTHS = 100


def estimate_units() -> pd.DataFrame:
    """All 367 units, index = code: the columns of `cities` that need no benchmark, and what they are made from."""
    cities = read("cities_2020.csv").set_index("adcode").sort_index()
    people = estimate_people(cities)
    money = estimate_money(cities, people)
    money = money.join(estimate_transfers(cities, money))
    units = pd.concat(
        [people, estimate_land(cities, people, money["gdp"]), money, estimate_debt(people, money)], axis=1
    )
    units["standard_gap"] = standard_gap(units, cities["admin_area_km2_polygon"])
    units["production_standard"] = production_standard(units)
    return units


def last_year(cities: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """What every city had of every pool: last year's equalisation and bond quotas, and guesses for the rest.

    Args:
        cities: those of the instance, by code.
        shares: their shares by the former formula, one column a pool.

    Returns:
        One row a city, one column a pool.
    """
    pools = pool_table().set_index("pool")
    kept = 1 - pools["reserve"]
    urban = _share(cities["urban_residents"])
    amounts = pd.DataFrame(index=cities.index)
    hectares = 0.6 * shares["land"] + 0.4 * _share(cities["built_up"])
    amounts["land"] = share_out(round(kept["land"] * pools["total"]["land"] * HUNDREDTHS), hectares) / HUNDREDTHS
    amounts["equalisation"] = cities["equalisation_last"]
    reward = 0.7 * shares["settlement_reward"] + 0.3 * _share(cities["migrants_cross"] + cities["migrants_within"])
    amounts["settlement_reward"] = share_out(reward_of_year(2020), reward)
    grants = 0.7 * shares["investment_grant"] + 0.3 * urban
    total = round(kept["investment_grant"] * national()["investment_grant"])
    amounts["investment_grant"] = share_out(total * YUAN, grants)
    for kind in CLASSES:
        amounts[f"{kind}_bond"] = (KEPT[f"{kind}_bond"] * cities[f"quota_{kind}"]).round()
    return amounts


def build() -> dict[str, pd.DataFrame]:
    """All tables of the instance by name."""
    units = estimate_units()
    cities = units[units["unit_type"] != LEFT_OUT].copy()
    past = last_year(cities, benchmarks(cities, FORMER_FACTORS))
    cities["stock_base"] = stock_base(cities, past["land"])
    capacity = estimate_capacity(units).loc[cities.index]
    tables = {
        "cities": cities.rename_axis("city").reset_index()[city_columns()],
        "services": service_table(),
        "capacity": _long(capacity, "service", "capacity"),
        "pools": pool_table(),
        "factors": factor_table(),
        "last_year": _long(past, "pool", "amount"),
        "limits": limit_table(),
    }
    tables |= scheme_tables(list(tables["pools"]["pool"]))
    return tables | {"sources": source_table(tables), "cell_sources": cell_source_table(units)}


def cell_source_table(units: pd.DataFrame) -> pd.DataFrame:
    """The table `cell_sources`: every cell that rests on a figure published for its city, with the document."""
    yearbooks = read("yearbooks.csv").set_index("document")["title"]
    places = cells_places.published_cells(units)
    table = pd.concat([published_cells(), places.assign(source=places["source"].map(yearbooks))])
    return with_chinese(table.sort_values(["table", "column", "item", "city"], ignore_index=True))


def write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Writes the tables as CSV: UTF-8, line feeds, shortest numbers that read back the same."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        text = table.map(_cell).to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _long(wide: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    """One row a city and column, sorted."""
    table = wide.rename_axis("city").reset_index().melt("city", var_name=column, value_name=value)
    return table.sort_values(["city", column], ignore_index=True)


def _share(values: pd.Series) -> pd.Series:
    return values / values.sum()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent)
    write(build(), parser.parse_args().out)
