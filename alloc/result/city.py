"""Everything about one city, from the tables of a result; what rests on estimates is marked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar
from weakref import WeakKeyDictionary

import pandas as pd

from alloc.content.blocks import Amount, Row, Section, Table
from alloc.content.figures import published_decimals, unit_title
from alloc.content.places import debt_tier
from alloc.content.tables import share, table
from alloc.explanation.city.phasing import phased_in
from alloc.explanation.shared.kept import kept_above
from alloc.explanation.shared.lifted import link_lifted
from alloc.explanation.shared.sums import decimal, printed_parts
from alloc.instance.instance import Instance
from alloc.instance.schema.columns import GRADES, MARKS
from alloc.instance.statuses import Statuses, columns_given, statuses_of
from alloc.publish.parts import INCREMENT, PARTS, parts_in, shown_in
from alloc.result import rounding
from alloc.result.frames.bounds import derived_of
from alloc.result.frames.uses import land_as_published
from alloc.result.notes import beyond_table
from alloc.result.result import Result
from alloc.result.settled import beside_settlement, whole_persons
from alloc.result.summary import links_table, programmes_table
from alloc.result.wording import say

MIGRANTS = ("cities.migrants_cross", "cities.migrants_within")
DEBT = ("cities.debt_general", "cities.debt_special")
SIGNED = {*PARTS[1:], INCREMENT}  # what is written with its sign


def city_section(result: Result, language: str, city: str) -> Section:
    """Pools with their parts, services, people, land and debt of one city, and what rounding could not keep there.

    Raises:
        KeyError: there is no such city.
    """
    cities = result.instance.tables["cities"].set_index("city")
    if city not in cities.index:
        raise KeyError(city)
    mark = Marks(result)
    title = f"{result.city_names(language)[city]} {city}"
    tables = (
        _pools(result, language, city, mark),
        _services(result, language, city, mark),
        *programmes_table(result, language, city),
        *links_table(result, language, city),
        _people(result, language, city, mark),
        _debt(result, language, city, mark),
        *beyond_table(result, language, city),
        *rounding.not_kept(result, language, rounding.of_city(result, city)),
    )
    said = [*kept_above(result, language, city), *link_lifted(result, language, city)]
    sentence = ("" if language == "zh" else " ").join(said)
    return Section("city", title, sentence, tables)


class Marks:
    """The mark of a cell's status: ᵉ for estimated, ᵃ for assumed, nothing for published or derived."""

    _read: ClassVar[WeakKeyDictionary[Instance, Statuses]] = WeakKeyDictionary()  # once for each instance

    def __init__(self, result: Result) -> None:
        instance = result.instance
        if instance not in self._read:
            self._read[instance] = statuses_of(instance.tables)
        self._statuses, self._tables = self._read[instance], instance.tables

    def __call__(self, table: str, column: str, city: str, item: str = "") -> str:
        """The mark to set behind the value of a column in a city, and of a service or pool where it has several."""
        return MARKS.get(self._statuses.of(table, column, city, item), "")

    def of_all(self, inputs: Iterable[str], city: str) -> str:
        """The mark of the weakest of what a number of a city is made of: ``table.column``, paths of settings apart."""
        found = [0]
        for each in columns_given(self._tables, inputs):
            table, _, column = each.rpartition(".")
            found += self._statuses.grades(table, column, self._tables[table], [city])
        return MARKS.get(GRADES[max(found)], "")


def _of(rows: pd.DataFrame, city: str) -> pd.DataFrame:
    return rows[rows["city"] == city]


def _pools(result: Result, language: str, city: str, mark: Marks) -> Table:
    titles = result.instance.tables["pools"].set_index("pool")[f"title_{language}"]
    rows: list[Row] = []
    columns = shown_in(result.tables["allocation"])
    for row in _of(result.tables["allocation"], city).to_dict("records"):
        decimals = published_decimals(row["published"], 2 if row["unit"] == "ha" else 0)
        split = printed_parts(
            {part: row[part] for part in parts_in(columns)}, decimal(row["published"]), 10.0**-decimals
        )
        values = (
            Amount(
                float(split.get(part, row[part])),
                decimals,
                part in SIGNED,
                mark=mark("last_year", "amount", city, row["pool"]) * (part == "last_year"),
            )
            for part in columns
        )
        rows.append((str(titles[row["pool"]]), unit_title(row["unit"], language), *values))
    title = say(language, "city", name=result.city_names(language)[city], code=city)
    heads = "|".join([say(language, "city_heads"), *(say(language, f"part_{part}") for part in columns)])
    fixed = (result.instance.tables["overrides"]["city"] == city).any()
    phased = phased_in(result.instance, partial(derived_of, result), language, city)
    notes = [*phased, *([say(language, "override_is")] if fixed else [])]
    note = ("" if language == "zh" else " ").join(notes)
    return table("pools", title, heads, "ll" + "r" * len(columns), rows, note)


def _services(result: Result, language: str, city: str, mark: Marks) -> Table:
    services = result.instance.tables["services"].set_index("service")
    capacity = {name: mark("capacity", "capacity", city, str(name)) for name in services.index}
    rows: list[Row] = [
        (
            str(services.at[row["service"], f"title_{language}"]),
            str(services.at[row["service"], f"unit_{language}"]),
            Amount(row["full_need"]),
            Amount(row["capacity"], mark=capacity[row["service"]]),
            Amount(row["build"]),
            Amount(row["added"]),
            share(row["coverage_before"], mark=capacity[row["service"]]),
            share(row["coverage"]),
            Amount(row["backlog"]),
        )
        for row in _of(result.tables["services"], city).to_dict("records")
    ]
    heads, note = say(language, "city_services_heads"), say(language, "backlog_is")
    return table("services", say(language, "city_services"), heads, "llrrrrrrr", rows, note)


def _people(result: Result, language: str, city: str, mark: Marks) -> Table:
    tables = (result.tables["people"], land_as_published(result), result.tables["debt"])
    people, land, debt = (_of(each, city).iloc[0] for each in tables)
    reused, further = land["reuse_public"] + land["reuse_production"], {}
    renewed = {use: float(land.get(f"renewed_{use}", 0.0)) for use in ("public", "production")}
    made_free = {"land_renewed": ("ha", Amount(sum(renewed.values()), 2))} if "renewed_public" in land else {}
    if "housing" in land:
        reused += land["reuse_housing"]
        further = {
            "land_housing": ("ha", Amount(land["housing"] + land["reuse_housing"], 2)),
            "land_other": ("ha", Amount(land["other"], 2)),
        }
    values = {
        "residents": ("persons", Amount(people["residents"], mark=mark("cities", "residents", city))),
        "migrants": ("persons", Amount(people["migrants"], mark=mark.of_all(MIGRANTS, city))),
        "settle": ("persons", Amount(people["settle"])),
        "settle_limit": ("persons", Amount(float(whole_persons(people["settle_limit"])))),
        "land_public": ("ha", Amount(land["public"] + land["reuse_public"] + renewed["public"], 2)),
        **further,
        "land_production": ("ha", Amount(land["production"] + land["reuse_production"] + renewed["production"], 2)),
        "land_unassigned": ("ha", Amount(land["unassigned"], 2)),
        "land_reuse": ("ha", Amount(reused, 2)),
        **made_free,
        "bond_room": ("10⁴ yuan", Amount(debt["bond_room"])),
    }
    rows: list[Row] = [(say(language, key), value, unit_title(unit, language)) for key, (unit, value) in values.items()]
    rows[4:4] = [
        (getattr(title, language), Amount(people[column]), unit_title("persons", language))
        for column, title in beside_settlement(result).items()
    ]
    return table("people", say(language, "city_people"), say(language, "city_people_heads"), "lrl", rows)


def _debt(result: Result, language: str, city: str, mark: Marks) -> Table:
    debt = _of(result.tables["debt"], city).iloc[0]
    rows: list[Row] = [
        (say(language, "debt_before"), share(debt["ratio_before"], mark=mark.of_all(DEBT, city)),
         debt_tier(debt["tier_before"], language)),
        (say(language, "debt_after"), share(debt["ratio_after"], mark=mark.of_all(DEBT, city)),
         debt_tier(debt["tier_after"], language)),
    ]  # fmt: skip
    return table("debt", say(language, "city_debt"), say(language, "city_debt_heads"), "lrl", rows)
