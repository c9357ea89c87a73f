"""What every part of a report needs: a result in one language, its arrays in the order of cities and pools."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.content.blocks import Level, Status
from alloc.content.figures import HUNDRED_MILLION, exact_decimals, number
from alloc.content.places import (
    CLUSTERS,
    NAMED,
    PROVINCES,
    RANKS,
    REGIONS,
    TIER_TITLES,
    cities_said,
    listed,
    short_province,
)
from alloc.explanation.city.binding import binding_cities
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.derived import Derived
from alloc.instance.divisions.codes import short_city
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASSES
from alloc.instance.schema.columns import GRADES, MARKS
from alloc.instance.schema.optional.schemes import RANK
from alloc.instance.statuses import grade, statuses_of
from alloc.publish.parts import shown_in
from alloc.report.charts.palette import TIERS
from alloc.result.frames.bounds import derived_of
from alloc.result.frames.uses import land_as_published
from alloc.result.result import Result
from alloc.result.settled import whole_limits
from alloc.tolerances import ROUNDOFF

Floats = NDArray[np.float64]
MINIMUM = "services.minimum"  # the column of the national minimum


@dataclass(frozen=True)
class Money:
    """A unit for money: its name, how much of 10⁴ yuan it is, decimals in tables."""

    unit: str
    scale: float
    decimals: int


@dataclass(frozen=True)
class Grouping:
    """A way of grouping cities: names in order, and the group of every city (-1: none)."""

    name: str
    title: str
    names: tuple[str, ...]
    of: NDArray[np.int64]

    @property
    def tells(self) -> bool:
        """Whether it is worth a table or a figure: of a single group it would say again what is said of the whole."""
        return len(self.names) > 1


class View:
    """One result in one language."""

    def __init__(self, result: Result, language: str) -> None:
        """Sets the tables in the order of the derived data."""
        self.result, self.language, self.zh = result, language, language == "zh"
        self.instance = result.instance
        self.derived: Derived = derived_of(result)
        self.cities: pd.DataFrame = result.instance.tables["cities"].reset_index(drop=True)
        self.pools: pd.DataFrame = result.instance.tables["pools"].set_index("pool")
        self.services: pd.DataFrame = result.instance.tables["services"].set_index("service")
        self.codes = self.derived.cities
        order = {code: place for place, code in enumerate(self.codes)}
        tables = {**result.tables, "land": land_as_published(result)}
        self.people, self.land, self.budget, self.debt = (
            tables[name].assign(place=lambda table: table["city"].map(order)).sort_values("place", ignore_index=True)
            for name in ("people", "land", "budget", "debt")
        )
        self.people["settle_limit"] = whole_limits(self.people)
        self.statuses = statuses_of(result.instance.tables)
        self._arrays: dict[tuple[str, str], Floats] = {}
        self.catalogue = catalogue_for(result.instance.settings)

    def say(self, zh: str, en: str, **filled: object) -> str:
        """One of two whole sentences with its slots filled; Chinese has no space before 约, which opens a number."""
        return zh.format(**filled).replace(" 约", "约") if self.zh else en.format(**filled)

    def place(self, code: str) -> int:
        """Where a city stands in all arrays.

        Raises:
            KeyError: there is no such city.
        """
        if code not in self.codes:
            raise KeyError(code)
        return self.codes.index(code)

    def array(self, table: str, column: str) -> Floats:
        """A column of `allocation` [city, pool] or `services` [city, service]."""
        if (table, column) not in self._arrays:
            key, names = ("pool", self.derived.pools) if table == "allocation" else ("service", self.derived.services)
            frame = self.result.tables[table].pivot(index="city", columns=key, values=column)
            made = frame.reindex(index=self.codes, columns=list(names))
            self._arrays[table, column] = np.asarray(made.to_numpy(dtype=float))
        return self._arrays[table, column]

    @cached_property
    def amounts(self) -> dict[str, Floats]:
        """Last year, the published decomposition and the published amounts, [city, pool] each; where amounts have been
        issued, these too and what comes on top of them."""
        return {part: self.array("allocation", part) for part in shown_in(self.result.tables["allocation"])}

    @cached_property
    def before(self) -> Floats:
        """Last year's amounts; where they are not known, what the formula gives [city, pool]."""
        return np.where(np.isnan(self.amounts["last_year"]), self.amounts["benchmark"], self.amounts["last_year"])

    @cached_property
    def base_word(self) -> str:
        """What `before` is: last year, or the formula where nothing of last year is known."""
        known = not np.isnan(self.amounts["last_year"]).all()
        return self.say("上年", "last year") if known else self.say("公式测算", "the formula")

    def kind(self, kind: str) -> NDArray[np.bool_]:
        """Which pools are of a kind [pool]."""
        return np.asarray(self.derived.kind == kind)

    def given(self, kind: str, part: str = "published") -> Floats:
        """What every city gets of all pools of a kind [city]; ``before`` for last year."""
        amounts = self.before if part == "before" else self.amounts[part]
        return np.asarray(np.nansum(amounts[:, self.kind(kind)], axis=1))

    def pool_title(self, pool: str) -> str:
        """Title of a pool."""
        return str(self.pools.at[pool, f"title_{self.language}"] or pool)

    def service_title(self, service: str) -> str:
        """Title of a service."""
        return str(self.services.at[service, f"title_{self.language}"] or service)

    def service_unit(self, service: str) -> str:
        """Unit of its capacity."""
        return str(self.services.at[service, f"unit_{self.language}"])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the cities."""
        if self.zh or "name_en" not in self.cities:
            return tuple(self.cities["name"].astype(str))
        return tuple(self.cities["name_en"].where(self.cities["name_en"] != "", self.cities["name"]).astype(str))

    @cached_property
    def short_names(self) -> tuple[str, ...]:
        """Names as charts and sentences show them, without their kinds."""
        return tuple(short_city(name) for name in self.names)

    @cached_property
    def province(self) -> Grouping:
        """Provinces in the order of their codes."""
        codes = self.cities["province"].astype(str)
        titles = dict(zip(codes, self.cities["province_name"].astype(str), strict=True))
        order = sorted(titles)
        names = tuple(short_province(titles[code]) if self.zh else PROVINCES.get(code, titles[code]) for code in order)
        place = {code: at for at, code in enumerate(order)}
        return Grouping("province", self.say("省份", "province"), names, _integers(codes.map(place)))

    @cached_property
    def size_class(self) -> Grouping:
        """Size classes that occur, largest first."""
        found = [name for name in SIZE_CLASSES if (self.derived.size_class == name).any()]
        place = {name: at for at, name in enumerate(found)}
        of = np.array([place.get(name, -1) for name in self.derived.size_class], dtype=np.int64)
        titles = tuple(CLASS_TITLES[name].said(self.language) for name in found)
        return Grouping("size_class", self.say("城市规模", "size class"), titles, of)

    @cached_property
    def region(self) -> Grouping | None:
        """Regions, where the instance has the column."""
        known = {name: self.say(zh, en) for name, (zh, en) in REGIONS.items()}
        return self._grouping("region", self.say("地区", "region"), known)

    @cached_property
    def cluster(self) -> Grouping | None:
        """City clusters, where the instance has the column."""
        return self._grouping("cluster", self.say("城市群", "city cluster"), {} if self.zh else CLUSTERS)

    @cached_property
    def rank(self) -> Grouping | None:
        """Administrative ranks, where the instance has the column; only schemes are told by them."""
        known = {name: self.say(zh, en) for name, (zh, en) in RANKS.items()}
        return self._grouping(RANK, self.say("行政级别", "administrative rank"), known)

    @property
    def groupings(self) -> list[Grouping]:
        """Region, size class, cluster: those there are and that tell anything."""
        return telling(self.region, self.size_class, self.cluster)

    def _grouping(self, column: str, title: str, known: dict[str, str]) -> Grouping | None:
        if column not in self.cities:
            return None
        values = self.cities[column].fillna("").astype(str)
        found = [name for name in values.unique() if name]
        if not found:
            return None
        ranks = list(known)
        found.sort(key=lambda name: (ranks.index(name) if name in ranks else len(ranks), name))
        place = {name: at for at, name in enumerate(found)}
        of = _integers(values.map(lambda name: place.get(name, len(found))))
        titles = [known.get(name, name) for name in found]
        if (of == len(found)).any():
            titles.append(self.say("其他城市", "other cities"))
        return Grouping(column, title, tuple(titles), of)

    def money(self, largest: float, decimals: int = 2) -> Money:
        """The unit in which money up to `largest` (10⁴ yuan) is shown."""
        if abs(largest) >= HUNDRED_MILLION:
            return Money(self.say("亿元", "10⁸ yuan"), HUNDRED_MILLION, decimals)
        return Money(self.say("万元", "10⁴ yuan"), 1.0, exact_decimals([largest], 1))

    def money_text(self, value: float) -> str:
        """An amount in a sentence, at most four significant figures, with its unit."""
        unit = self.money(value)
        times = "" if self.zh else "× "
        return f"{self.about(value / unit.scale)} {times}{unit.unit}"

    def about(self, value: float) -> str:
        """A number in a sentence, at most four significant figures; "about" where that leaves something off."""
        text = significant(value)
        whole = float(text.replace(",", "").replace("−", "-").replace("—", "nan").replace("∞", "inf"))
        return (
            text if abs(whole - value) <= ROUNDOFF * max(1.0, abs(value)) else self.say("约 {n}", "about {n}", n=text)
        )

    def exact(self, value: float) -> str:
        """A quota in a sentence, to the last digit that is published."""
        return number(value, exact_decimals([value], 2))

    @property
    def hectares(self) -> str:
        """Unit of land."""
        return self.say("公顷", "ha")

    @property
    def persons(self) -> str:
        """Unit of people."""
        return self.say("人", "persons")

    def pool_unit(self, pool: str) -> str:
        """The published unit of a pool: hectares or 10⁴ yuan."""
        return self.hectares if self.pools.at[pool, "kind"] == "land" else self.say("万元", "10⁴ yuan")

    def status(self, *columns: str, city: str = "", item: str = "") -> Status:
        """The weakest status of some ``table.column`` of the instance: assumed, estimated, or none.

        Args:
            *columns: as the instance has them.
            city: of its cells alone; empty: of all that are given.
            item: of the cells of this service or pool alone.
        """
        found = []
        for each in columns:
            table, _, column = each.partition(".")
            frame = self.instance.tables.get(table)
            if city or frame is None:
                found.append(self.statuses.of(table, column, city, item))
            else:
                found.append(self.statuses.weakest(table, column, frame, item))
        return GRADES[max(map(grade, found))]  # type: ignore[return-value]

    def mark(self, *columns: str) -> str:
        """The mark of the weakest status of some columns, with what parts it from a word before it; "" where sure."""
        found = MARKS.get(self.status(*columns), "")
        return found if self.zh or not found else f" {found}"

    def grades(self, *columns: str, items: Collection[str] = ()) -> NDArray[np.int8]:
        """How sure every city's cells of some ``table.column`` are [city]: the place of the weakest among ``GRADES``.

        Args:
            *columns: as the instance has them.
            items: services or pools whose cells count; empty: all.
        """
        found = np.zeros(len(self.codes), dtype=np.int8)
        for each in columns:
            table, _, column = each.partition(".")
            frame = self.instance.tables.get(table, self.cities)
            found = np.maximum(found, np.array(self.statuses.grades(table, column, frame, self.codes, items), np.int8))
        return found

    def grades_of_last(self, kind: str) -> NDArray[np.int8]:
        """How sure what every city got last year of the pools of a kind is [city]."""
        return self.grades("last_year.amount", items=np.array(self.derived.pools)[self.kind(kind)].tolist())

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The debt tiers of the instance."""
        found = []
        for tier in self.instance.settings.policy.debt.tiers:
            title = TIER_TITLES.get(tier.name)
            shown = self.say(*title) if title else tier.name
            letter = shown[0].upper() if title and not self.zh else ""  # in Chinese the name is one letter
            found.append(Level(tier.name, shown, letter, TIERS.get(tier.name, "#D5DBE1")))
        return tuple(found)

    def level(self, name: str) -> str:
        """Title of a debt tier."""
        return next((level.title for level in self.levels if level.name == name), name)

    def family(self, name: str) -> Any:
        """Words of a constraint family."""
        return self.catalogue.families[name]

    def cities_said(self, which: NDArray[np.bool_] | np.bool_) -> str:
        """Which cities: none, few by their names, more as so many."""
        return cities_said([self.short_names[at] for at in np.flatnonzero(which)], self.language)

    def binding_said(self, family: str, count: float, rows: float) -> str:
        """What a rule that binds says, in how many places; with the names of few cities where each has its row."""
        told = str(self.family(family).binds.said(self.language, count=number(count)))
        if rows != len(self.codes) or count > NAMED:
            return told
        names = [self.short_names[self.place(code)] for code in binding_cities(self.result, family)]
        if not names:
            return told
        return self.say("{told}：{names}。", "{told}: {names}.", told=told.rstrip("。."), names=self.listed(names))

    def listed(self, names: Iterable[str]) -> str:
        """Names in a row."""
        return listed(names, self.language)


def telling(*groupings: Grouping | None) -> list[Grouping]:
    """Those of some groupings that there are and that part the cities."""
    return [each for each in groupings if each is not None and each.tells]


def _integers(values: pd.Series[int]) -> NDArray[np.int64]:
    return np.asarray(values, dtype=np.int64)


def significant(value: float, figures: int = 4) -> str:
    """At most `figures` significant figures, thousands apart."""
    if not value or math.isnan(value) or math.isinf(value):
        return number(value)
    decimals = figures - 1 - math.floor(math.log10(abs(value)))
    if decimals < 0:
        return number(round(value, decimals))
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text
