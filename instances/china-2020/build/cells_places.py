"""Which cells of the tables rest on a figure published for that city, for a table of sources by cell."""

from __future__ import annotations

import pandas as pd
from common import published, read
from land import published_district_land
from people import POINTS_QUOTA, register_gain, registered
from places import FEW, FIVE_YEARS, MOVED_BEDS, MOVED_PUPILS, PARTLY_FIVE_YEARS, TEN_THOUSAND, TOWNSHIPS_COUNTED
from sources import LEFT_OUT

COLUMNS = ["table", "column", "item", "city", "status", "source", "year", "note"]
ROUNDED = "pupils where they go to school, printed in 10^4"
DISTRICTS = "of the urban districts; county towns and towns estimated"


def published_cells(units: pd.DataFrame) -> pd.DataFrame:
    """Every cell about places, land and people of `cities` and `capacity` that a figure of a city yearbook made.

    Args:
        units: as `build.estimate_units` makes them.

    Returns:
        Columns `COLUMNS`, sorted; `item` is the service in `capacity`, else blank; status is published where the cell
        is the printed figure, derived where it is reckoned from it (borders, five years of primary school, beds
        outside hospitals, junior among secondary pupils, land outside districts); `source` is a key of
        `source/yearbooks.csv`.
    """
    index = units.index[units["unit_type"] != LEFT_OUT]
    cells = [*_schools(index), *_beds(index), *_land(index), *_settled(units["settled_last"][index])]
    return _table([*cells, *_registered(index)])


def _table(rows: list[tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(COLUMNS[:4], ignore_index=True)


def _known(measure: str, year: int, index: pd.Index[str]) -> pd.Series:
    return published(measure, year, index).dropna()


def _schools(index: pd.Index[str]) -> list[tuple[str, ...]]:
    moved = {city for pair in MOVED_PUPILS for city in pair}
    rows = []
    for city, pupils in _known("primary_pupils_1e4", 2020, index).items():
        status, note = "published", ROUNDED
        if city in FIVE_YEARS or city in PARTLY_FIVE_YEARS:
            status, note = "derived", "primary school of five years: pupils of eleven counted here"
        elif city in moved:
            status, note = "derived", "sum of two cities by their children"
        elif pupils * TEN_THOUSAND < FEW:
            status, note = "derived", "rounded to 10^4; the estimate within the rounding"
        rows.append(("capacity", "capacity", "primary", str(city), status, "CCSY2021", "2020", note))
    note = "from published secondary pupils and children of 12 to 14"
    rows += [
        ("capacity", "capacity", "junior_secondary", str(city), "derived", "CCSY2021", "2020", note)
        for city in _known("secondary_pupils_1e4", 2020, index).index
    ]
    return rows


def _beds(index: pd.Index[str]) -> list[tuple[str, ...]]:
    moved = {city for pair in MOVED_BEDS for city in pair}
    rows = []
    for city in _known("hospital_beds", 2020, index).index:
        note = "beds of hospitals as published, other beds estimated"
        if city in moved:
            note = "beds of hospitals: sum of two cities by residents; other beds estimated"
        if city in TOWNSHIPS_COUNTED:
            note = "beds of hospitals and township health centres as published, other beds estimated"
        rows.append(("capacity", "capacity", "hospital", str(city), "derived", "CCSY2021", "2020", note))
    return rows


def _land(index: pd.Index[str]) -> list[tuple[str, ...]]:
    now = _known("built_up_districts_km2", 2020, index).index
    rows = []
    for city in published_district_land(index).dropna().index:
        source, year = ("CCSY2021", "2020") if city in now else ("CCSY2020", "2019")
        rows.append(("cities", "built_up", "", str(city), "derived", source, year, DISTRICTS))
    return rows


def _registered(index: pd.Index[str]) -> list[tuple[str, ...]]:
    known = registered(read("cities_2020.csv").set_index("adcode").sort_index())[1].reindex(index)
    note = "registered population, printed in 10^4"
    return [("cities", "registered", "", str(city), "published", "CCSY2021", "2020", note) for city in index[known]]


def _settled(settled: pd.Series) -> list[tuple[str, ...]]:
    """Cities whose settled people are the gain of the register, and not the floor below it."""
    gain = register_gain(read("cities_2020.csv").set_index("adcode").sort_index()).reindex(settled.index).round()
    note = "registered population of 2019 and 2021 (CCSY2020, CCSY2022), less births and deaths"
    return [
        ("cities", "settled_last", "", str(city), "derived", "CCSY2022", "2020", note)
        for city in settled.index[gain == settled]
        if city not in POINTS_QUOTA
    ]
