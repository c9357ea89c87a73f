"""Builds every table of the instance from china-2020 and counties-2020 beside it and from `source/`.

python instances/china-2020-zones/build/build_zones.py [--out FOLDER]

The figures of a megacity are divided between its core and its outer zone in the proportion of the districts in each,
in exact fractions; the outer zone has what the core leaves, so that every sum is the city's. All else is china-2020's,
text by text.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
CITIES, COUNTIES = HOME.parent / "china-2020", HOME.parent / "counties-2020"
SETTINGS = "instance.toml"
UNCHANGED = ("services", "pools", "factors", "limits", "schemes", "scheme_factors", "scheme_weights")
NAME = ("china-2020", "china-2020-zones")
TITLE = (
    'title = { zh = "全国 337 个地级及以上城市（2020 年数据）", en = "China: 337 cities on the figures of 2020" }',
    'title = { zh = "全国 337 个城市，七个超大城市分核心区和外围区（2020 年数据）", '
    'en = "China: 337 cities on the figures of 2020, seven megacities in two zones" }',
)
# The accounts of a purse stand in one row, that of the outer zone, which keeps the city's code.
ACCOUNTS = frozenset({"revenue", "fund_revenue", "fund_available", "other_transfers", "essential_spending", "interest",
                      "maturing", "debt_general", "debt_special", "limit_general", "limit_special"})  # fmt: skip
ZONES = {"core": ("核心区", "core"), "outer": ("外围区", "outer zone")}
SEAT = ("lon", "lat")
SEAT_DECIMALS = 6
FROM = "build/build_zones.py"
FILE = re.compile(r"\b(?:build|source)/")

Row = dict[str, str]


@dataclass(frozen=True)
class Divided:
    """How one column, or one item of it, is divided; a row of `divided_columns.csv`.

    Attributes:
        by: what of the districts gives the proportion, blank for what is no amount.
    """

    table: str
    column: str
    item: str
    by: str
    status: str
    note: str
    note_zh: str


class Division:
    """The districts of every megacity, and what part of a figure its core has."""

    def __init__(self) -> None:
        units = {row["city"]: row for row in _read(COUNTIES / "cities.csv")}
        cores = _read(HOME / "source" / "cores.csv")
        if odd := [row["district"] for row in cores if units[row["district"]]["name"] != row["name"]]:
            raise ValueError(f"cores.csv names districts otherwise than counties-2020: {odd}")
        self._core = {row["district"] for row in cores}
        self.cities = sorted({row["city"] for row in cores})
        names = {row["name"]: row["city"] for row in _read(CITIES / "cities.csv")}
        self._city = {code: names[row["prefecture"]] for code, row in units.items() if row["prefecture"] in names}
        self._units = units
        self._items = {
            table: {(row["city"], row[key]): row[value] for row in _read(COUNTIES / f"{table}.csv")}
            for table, key, value in (("capacity", "service", "capacity"), ("last_year", "pool", "amount"))
        }

    def core_share(self, city: str, how: Divided) -> Fraction:
        """What part of a city's figure its core has; that of residents where the districts have nothing of it."""
        amounts = {code: self._amount(code, how) for code in self._members(city)}
        whole = sum(amounts.values(), Fraction(0))
        if not whole:
            amounts = {code: _number(self._units[code]["residents"]) for code in amounts}
            whole = sum(amounts.values(), Fraction(0))
        return sum((amounts[code] for code in amounts if code in self._core), Fraction(0)) / whole

    def seat(self, city: str, zone: str, axis: str) -> str:
        """Longitude or latitude of a zone: the mean of its districts' seats by residents, where they have any."""
        units = [self._units[code] for code in self._members(city) if (code in self._core) == (zone == "core")]
        known = [(_number(unit["residents"]), _number(unit[axis])) for unit in units if unit[axis]]
        mean = sum(weight * value for weight, value in known) / sum(weight for weight, _ in known)
        return _text(round(mean * 10**SEAT_DECIMALS), SEAT_DECIMALS)

    def _members(self, city: str) -> list[str]:
        return sorted(code for code, head in self._city.items() if head == city)

    def _amount(self, code: str, how: Divided) -> Fraction:
        unit = self._units[code]
        migrants = _number(unit["migrants_cross"]) + _number(unit["migrants_within"])
        if how.by == "migrants":
            return migrants
        if how.by == "registered":
            return _number(unit["residents"]) - migrants
        if how.by in unit:
            return _number(unit[how.by])
        return _number(self._items[how.table][code, how.item])


def build() -> dict[str, list[Row]]:
    """All tables of the instance by name."""
    division = Division()
    rules = [Divided(**row) for row in _read(HOME / "source" / "divided_columns.csv")]
    tables = {name: _read(CITIES / f"{name}.csv") for name in UNCHANGED}
    tables["cities"] = _cities(division, [rule for rule in rules if rule.table == "cities"])
    for name, key, value in (("capacity", "service", "capacity"), ("last_year", "pool", "amount")):
        tables[name] = _long(division, {rule.item: rule for rule in rules if rule.table == name}, name, key, value)
    # Files that a source names are those of china-2020.
    named = [
        row | {column: FILE.sub(rf"{NAME[0]}/\g<0>", row[column]) for column in ("source", "source_zh")}
        for row in _read(CITIES / "sources.csv")
    ]
    sources = [*named, *_read(HOME / "source" / "table_columns.csv")]
    tables["sources"] = sorted(sources, key=lambda row: (row["table"], row["column"]))
    tables["cell_sources"] = _cell_sources(division, rules)
    return tables


def settings() -> str:
    """`instance.toml`: that of china-2020 under another name and title.

    Raises:
        ValueError: its name or title is another than this module replaces.
    """
    text = (CITIES / SETTINGS).read_text(encoding="utf-8")
    for before, after in ((f'name = "{NAME[0]}"', f'name = "{NAME[1]}"'), TITLE):
        if text.count(before) != 1:
            raise ValueError(f"{SETTINGS} of {NAME[0]} has no line {before}")
        text = text.replace(before, after)
    return text


def write(folder: Path) -> None:
    """Writes all tables and the settings: UTF-8, line feeds."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in build().items():
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8", newline="\n")
    (folder / SETTINGS).write_text(settings(), encoding="utf-8", newline="\n")


def core_code(city: str) -> str:
    """The code of a core: the one after its city's, which no division of 2020 has."""
    return str(int(city) + 1)


def _cities(division: Division, rules: list[Divided]) -> list[Row]:
    """The table `cities`: a megacity's row is its outer zone's, and a row for its core follows."""
    rows = _read(CITIES / "cities.csv")
    decimals = {rule.column: _decimals(row[rule.column] for row in rows) for rule in rules if rule.by}
    made = []
    for row in rows:
        city = row["city"]
        if city not in division.cities:
            made.append(row | {"purse": "", "zone": "", "protected": "false"})
            continue
        zones = {zone: row | {"purse": city, "zone": zone, "protected": "false"} for zone in ZONES}
        zones["core"] |= {"city": core_code(city)} | dict.fromkeys(ACCOUNTS, "")
        for zone, (zh, en) in ZONES.items():
            zones[zone] |= {"name": row["name"] + zh, "name_en": f"{row['name_en']} ({en})"}
            zones[zone] |= {axis: division.seat(city, zone, axis) for axis in SEAT}
        for rule in rules:
            if rule.by and row[rule.column]:
                parts = _divide(row[rule.column], division.core_share(city, rule), decimals[rule.column])
                zones["core"][rule.column], zones["outer"][rule.column] = parts
        made += [zones["outer"], zones["core"]]
    return sorted(made, key=lambda row: row["city"])


def _long(division: Division, rules: dict[str, Divided], table: str, key: str, value: str) -> list[Row]:
    """A table with a row a city and item."""
    rows = _read(CITIES / f"{table}.csv")
    made = []
    for row in rows:
        if row["city"] not in division.cities:
            made.append(row)
            continue
        digits = _decimals(each[value] for each in rows if each[key] == row[key])
        core, outer = _divide(row[value], division.core_share(row["city"], rules[row[key]]), digits)
        made += [row | {value: outer}, row | {"city": core_code(row["city"]), value: core}]
    return sorted(made, key=lambda row: (row["city"], row[key]))


def _cell_sources(division: Division, rules: list[Divided]) -> list[Row]:
    """The table `cell_sources`: china-2020's but for cells that are divided, each of which has its own here."""
    divided = {(rule.table, rule.column, rule.item) for rule in rules}
    kept = [
        row
        for row in _read(CITIES / "cell_sources.csv")
        if row["city"] not in division.cities or (row["table"], row["column"], row["item"]) not in divided
    ]
    made = [
        {"table": rule.table, "column": rule.column, "item": rule.item, "city": city, "status": rule.status,
         "source": FROM, "source_zh": f"测算程序 {FROM}", "year": "2020", "note": rule.note, "note_zh": rule.note_zh}
        for rule in rules
        for head in division.cities
        for city in (head, core_code(head))
    ]  # fmt: skip
    return sorted([*kept, *made], key=lambda row: tuple(row[key] for key in ("table", "column", "item", "city")))


def _divide(value: str, share: Fraction, decimals: int) -> tuple[str, str]:
    """The parts of core and outer zone, which add up to the value exactly."""
    whole = round(_number(value) * 10**decimals)
    core = round(whole * share)
    return _text(core, decimals), _text(whole - core, decimals)


def _decimals(values: Iterable[str]) -> int:
    """How many decimals a column is written with."""
    return max(len(value.partition(".")[2]) for value in values)


def _number(text: str) -> Fraction:
    return Fraction(Decimal(text or "0"))


def _text(whole: int, decimals: int) -> str:
    """A number of 10^-decimals, as short as it reads back the same."""
    text = f"{Decimal(whole).scaleb(-decimals):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HOME)
    write(parser.parse_args().out)
