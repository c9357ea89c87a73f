"""Everything about one city, from the tables of a result; what rests on estimates is marked."""

from __future__ import annotations

import pandas as pd

from alloc.instance.schema.columns import MARKS
from alloc.result import rounding
from alloc.result.figures import MISSING, number, percent
from alloc.result.notes import beyond_band
from alloc.result.result import Result
from alloc.result.sections import Section
from alloc.result.wording import WORDS, say
from alloc.solver.facilities.band import WIDTH

PARTS = ("last_year", "benchmark", "rule", "optimised", "override", "rounding", "published")


def city_sections(result: Result, language: str, city: str) -> list[Section]:
    """Pools with their parts, services, people, land and debt of one city, and what rounding could not keep there.

    Raises:
        KeyError: there is no such city.
    """
    cities = result.instance.tables["cities"].set_index("city")
    if city not in cities.index:
        raise KeyError(city)
    mark = Marks(result)
    name = cities.at[city, "name"] if language == "zh" else cities.at[city, "name_en"] or cities.at[city, "name"]
    return [
        _pools(result, language, city, str(name), mark),
        _services(result, language, city, mark),
        _others(result, language, city, mark),
        *_beyond_band(result, language, city),
        *_rounding(result, language, city),
    ]


class Marks:
    """The mark of a column's status: ᵉ for estimated, ᵃ for assumed, nothing for published or derived."""

    def __init__(self, result: Result) -> None:
        sources = result.instance.tables["sources"]
        keys = zip(sources["table"], sources["column"], strict=True)
        self._status = dict(zip(keys, sources["status"], strict=True))

    def __call__(self, table: str, column: str) -> str:
        """The mark to set behind a value of the column."""
        return MARKS.get(self._status.get((table, column), ""), "")


def _of(table: pd.DataFrame, city: str) -> pd.DataFrame:
    return table[table["city"] == city]


def _pools(result: Result, language: str, city: str, name: str, mark: Marks) -> Section:
    titles = result.instance.tables["pools"].set_index("pool")[f"title_{language}"]
    last = mark("last_year", "amount")
    rows = []
    for row in _of(result.tables["allocation"], city).to_dict("records"):
        decimals = 2 if row["unit"] == "ha" else 0
        values = [number(row[part], decimals, sign=part in PARTS[2:6]) for part in PARTS]
        values[0] += last if values[0] != MISSING else ""
        rows.append((str(titles[row["pool"]]), row["unit"], *values))
    title = say(language, "city", name=name, code=city)
    return Section(title, tuple(say(language, "city_heads").split("|")), tuple(rows), "llrrrrrrr")


def _services(result: Result, language: str, city: str, mark: Marks) -> Section:
    titles = result.instance.tables["services"].set_index("service")[f"title_{language}"]
    capacity = mark("capacity", "capacity")
    rows = tuple(
        (
            str(titles[row["service"]]),
            number(row["full_need"]),
            number(row["capacity"]) + capacity,
            number(row["build"], 0),
            number(row["added"]),
            percent(row["coverage_before"]) + capacity,
            percent(row["coverage"]),
            number(row["backlog"]),
        )
        for row in _of(result.tables["services"], city).to_dict("records")
    )
    heads = tuple(say(language, "city_services_heads").split("|"))
    return Section(say(language, "city_services"), heads, rows, "lrrrrrrr")


def _others(result: Result, language: str, city: str, mark: Marks) -> Section:
    people = _of(result.tables["people"], city).iloc[0]
    land = _of(result.tables["land"], city).iloc[0]
    debt = _of(result.tables["debt"], city).iloc[0]
    debt_mark = mark("cities", "debt_general")
    values = {
        "residents": number(people["residents"]) + mark("cities", "residents"),
        "migrants": number(people["migrants"]) + mark("cities", "migrants_within"),
        "settle": number(people["settle"]),
        "settle_limit": number(people["settle_limit"]),
        "land_public": number(land["public"] + land["reuse_public"], 2),
        "land_production": number(land["production"] + land["reuse_production"], 2),
        "land_unassigned": number(land["unassigned"], 2),
        "land_reuse": number(land["reuse_public"] + land["reuse_production"], 2),
        "debt_before": f"{percent(debt['ratio_before'])}{debt_mark} {debt['tier_before']}",
        "debt_after": f"{percent(debt['ratio_after'])} {debt['tier_after']}",
        "bond_room": number(debt["bond_room"]),
    }
    rows = [(say(language, key), value) for key, value in values.items()]
    rows.append((getattr(WORDS["estimated_note"], language), ""))
    heads = tuple(say(language, "city_people_heads").split("|"))
    return Section(say(language, "city_people"), heads, tuple(rows), "lr")


def _beyond_band(result: Result, language: str, city: str) -> list[Section]:
    """Allocations of the city that lie further from what the relaxation grants than the band."""
    rows = tuple(row[1:] for row in beyond_band(result, language, city))
    heads = tuple(say(language, "city_beyond_heads").split("|"))
    return [Section(say(language, "city_beyond", width=percent(WIDTH, 0)), heads, rows, "lrrr")] if rows else []


def _rounding(result: Result, language: str, city: str) -> list[Section]:
    """What rounding could not keep for the city, and for the sub-totals of its province; nothing where all is kept."""
    rows = tuple(rounding.cases(result, language, rounding.of_city(result, city)))
    heads = tuple(say(language, "city_rounding_heads").split("|"))
    return [Section(say(language, "city_rounding"), heads, rows, "lllrl")] if rows else []
