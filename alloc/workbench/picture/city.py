"""One city of a verified result: its numbers with what they are made of and what holds them, without a solve."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alloc.content.blocks import Amount, Table
from alloc.content.figures import decimals_for, exact_decimals, number, shown_unit
from alloc.content.places import PROVINCES, short_province
from alloc.explanation.city.holds import Holds, holds
from alloc.explanation.city.reasons import Reasons, standing
from alloc.explanation.city.text import compared_sentences, held_sentences, past_table
from alloc.explanation.city.words import WORDS
from alloc.explanation.shared.sums import decimal, printed_parts
from alloc.formulation.columns import KIND_UNITS
from alloc.formulation.registry import catalogue
from alloc.instance.derived.derived import Derived
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.instance.schema.tables import TABLES
from alloc.report.view import Floats
from alloc.result.city import Marks, city_section
from alloc.result.frames.bounds import derived_of
from alloc.result.result import Result
from alloc.text import Text
from alloc.workbench.models import Words
from alloc.workbench.picture.cities import Grid
from alloc.workbench.picture.printed import table_record
from alloc.workbench.picture.rules import in_order, words
from alloc.workbench.picture.shape import Beside, Bound, City, CityPool, CityService, Link, Mark, Step

SMALL = 10_000.0  # m² in a hectare, and yuan in 10⁴ yuan
NOTHING = Text("", "")
OWN = ("pools", "services")  # tables of a city that are answered typed
NEAR, OF_CLASS = Text("{province}，{n} 市", "{province}, {n} cities"), Text("{title}，{n} 市", "{title}, {n} cities")
FACTS = {
    "residents": Text("常住 {n}{mark}", "{n} residents{mark}"),
    "migrants": Text("流入 {n}{mark}", "{n} migrants{mark}"),
    "settle": Text("当年落户 {n}", "{n} settle"),
    "debt": Text("债务率 {before} → {after} %", "debt {before} → {after} %"),
}


class Book:
    """All cities of one result; what they share is worked out once.

    Args:
        result: with an allocation.
        grid: its table of cities.
    """

    def __init__(self, result: Result, grid: Grid) -> None:
        self._result, self._grid, self._mark = result, grid, Marks(result)
        self._known = catalogue(result.instance.formulation)

    @cached_property
    def derived(self) -> Derived:
        """Of the instance."""
        return derived_of(self._result)

    @cached_property
    def held(self) -> Holds:
        """What holds every number."""
        return holds(self._result, self.derived)

    def city(self, code: str, base: Result) -> City:
        """One city.

        Args:
            code: of it.
            base: the result that was kept last, against which a trial is shown.

        Raises:
            KeyError: there is no such city.
        """
        if code not in self._grid.keys:
            raise KeyError(code)
        near, title = self._near(code)
        before = base.tables["allocation"]
        before = before[before["city"] == code]
        was = dict(zip(before["pool"], before["published"], strict=True))
        return City(
            hash=self._result.instance.hash, code=code, name=self._name(code), facts=self._facts(code),
            debt=self._debt(code), near=title, services=self._services(code),
            pools=[self._pool(code, row, near, was.get(row["pool"])) for row in in_order(self._result.instance)],
            tables={language: self._tables(code, language) for language in ("zh", "en")},
        )  # fmt: skip

    # -------------------------------------------------------------------------------------------------------- the head

    def _name(self, code: str) -> Words:
        zh, en = self._grid.cells("name")[self._grid.keys.index(code)]
        return Words(zh=zh, en=en)

    def _row(self, table: str, code: str) -> dict[Any, Any]:
        rows = self._result.tables[table]
        return dict(rows[rows["city"] == code].iloc[0])

    def _facts(self, code: str) -> list[Words]:
        people, debt = self._row("people", code), self._row("debt", code)
        province, title = self._level("province", code), self._level("size_class", code)
        marks = {"residents": self._mark("cities", "residents", code), "migrants": self._mark("cities",
                 "migrants_within", code), "settle": ""}  # fmt: skip
        found = [Text(code, code), *([province] if province else []), *([title] if title else [])]
        found += [FACTS[name].fill(n=_people(float(people[name])), mark=mark) for name, mark in marks.items()]
        ratios = {side: number(100 * float(debt[f"ratio_{side}"]), 1) for side in ("before", "after")}
        return [words(each) for each in [*found, FACTS["debt"].fill(**ratios)]]

    def _level(self, id: str, code: str) -> Text | None:
        column = next(each for each in self._grid.columns if each.id == id)
        value = self._grid.cells(id)[self._grid.keys.index(code)]
        return None if value is None or not column.levels else Text(**column.levels[value]["title"])

    def _debt(self, code: str) -> dict[str, Any] | None:
        column = next(each for each in self._grid.columns if each.id == "debt_tier")
        value = self._grid.cells("debt_tier")[self._grid.keys.index(code)]
        return None if value is None or not column.levels else column.levels[value]

    def _near(self, code: str) -> tuple[list[str], Words]:
        """The cities beside it in its province; where it has none there, those of its size class."""
        table = self._result.instance.tables["cities"]
        province = table.loc[table["city"] == code, "province"].iloc[0]
        found = [str(each) for each in table.loc[table["province"] == province, "city"]]
        if len(found) > 1:
            given = str(table.loc[table["city"] == code, "province_name"].iloc[0])
            title = Text(short_province(given), PROVINCES.get(str(province), given))
            return found, words(NEAR.fill(province=title, n=number(len(found))))
        own = self.derived.size_class[self.derived.cities.index(code)]
        found = [city for city, kind in zip(self.derived.cities, self.derived.size_class, strict=True) if kind == own]
        title = CLASS_TITLES.get(str(own), NOTHING)
        return found, words(OF_CLASS.fill(title=title, n=number(len(found))))

    # ------------------------------------------------------------------------------------------------- what it is given

    @cached_property
    def _allocation(self) -> dict[tuple[str, str], dict[Any, Any]]:
        rows = self._result.tables["allocation"].to_dict("records")
        return {(str(row["pool"]), str(row["city"])): row for row in rows}

    def _pool(self, code: str, pool: dict[Any, Any], near: list[str], before: float | None) -> CityPool:
        name, row = pool["pool"], self._allocation[pool["pool"], code]
        reasons = standing(self._result, self.derived, self.held, code, name)
        parts = ("benchmark", "rule", "optimised", "override", "rounding", "published")
        amounts = {part: float(np.nan_to_num(row[part])) for part in parts}
        last = None if math.isnan(row["last_year"]) else float(row["last_year"])
        largest = max(abs(each) for each in [*amounts.values(), last or 0.0])
        unit = shown_unit(KIND_UNITS[pool["kind"]], largest)
        decimals = 2 if unit.size > 1 else exact_decimals([float(pool["quantum"])], 2)
        step = unit.size * 10.0**-decimals
        split = printed_parts(reasons.parts, decimal(amounts["published"]), step)
        amounts |= {part: float(split[part]) for part in parts[:-1]}
        upper = float(self.derived.upper[self.held.at(code, name)])
        neighbours = [(city, float(self._allocation[name, city]["published"]), self._change(name, city))
                      for city in near]  # fmt: skip
        return CityPool(
            id=name, title=Words(zh=pool["title_zh"], en=pool["title_en"]), unit=Words(zh=unit.zh, en=unit.en),
            size=unit.size, decimals=decimals, quantum=float(pool["quantum"]),
            mark="" if last is None else self._mark("last_year", "amount", code, name), last_year=last, **amounts,
            change=self._change(name, code), before=None if before == amounts["published"] else before,
            said=_paired(partial(held_sentences, reasons)),
            compared=_paired(partial(compared_sentences, reasons, remedy=False)),
            lower=reasons.lower, upper=upper if math.isfinite(upper) else None, marks=self._marks(reasons, last),
            bounds=self._bounds(reasons), steps=_steps(reasons, step), beside=self._beside(code, name, pool["kind"]),
            neighbours=sorted(neighbours, key=lambda each: (-each[1], each[0])),
        )  # fmt: skip

    def _change(self, pool: str, city: str) -> float | None:
        row = self._allocation[pool, city]
        last = float(row["last_year"])
        return float(row["published"]) / last - 1 if last > 0 else None

    def _marks(self, reasons: Reasons, last: float | None) -> list[Mark]:
        rules = self._known.rules
        found = [Mark(kind="published", amount=reasons.published, title=words(NOTHING))]
        if reasons.away is not None:
            found.append(Mark(kind="formula", amount=reasons.parts["benchmark"], title=words(NOTHING)))
        if reasons.lower > 0:
            found.append(Mark(kind="lower", amount=reasons.lower, title=words(rules[reasons.lower_rule].title)))
        if reasons.upper_rule in rules and reasons.upper_rule not in (reasons.lower_rule, "none"):
            found.append(Mark(kind="upper", amount=reasons.upper, title=words(rules[reasons.upper_rule].title)))
        if last is not None:
            found.append(Mark(kind="last", amount=last, title=words(NOTHING)))
        if reasons.like is not None:
            found.append(Mark(kind="like", amount=float(reasons.like.before), title=self._name(reasons.like.other)))
        return found

    def _bounds(self, reasons: Reasons) -> list[Bound]:
        """The bounds on either side, and the rows that leave no room, each with where its numbers stand."""
        found: list[Bound] = []
        families, limits = self._known.families, self._result.instance.tables["limits"].set_index("limit")
        rows = {side: reasons.held(side) for side in ("below", "above")}
        for side, amount, rule, reached in (
            ("below", reasons.lower, reasons.lower_rule, reasons.at_lower),
            ("above", reasons.upper, reasons.upper_rule, reasons.at_upper),
        ):
            if rule in self._known.rules and rule != "none":
                of = self._known.rules[rule]
                found.append(Bound(side=side, title=words(of.title), words=words(of.words), amount=amount,  # type: ignore[arg-type]
                                   reached=words(WORDS["reached"]) if reached else None,
                                   links=self._links(of.family or rule, reasons.pool)))  # fmt: skip
            for row, when in rows[side]:
                family, limit = row
                if side == "above" and (row, when) in rows["below"]:
                    continue
                side_of = "both" if (row, when) in rows["above"] and side == "below" else side
                title = families[family].title
                if limit and limit in limits.index:
                    title = Text(str(limits.at[limit, "title_zh"]), str(limits.at[limit, "title_en"]))
                found.append(Bound(side=side_of, title=words(title), words=words(families[family].words), amount=None,  # type: ignore[arg-type]
                                   reached=words(WORDS[when]),
                                   links=self._links(family, limit or reasons.pool)))  # fmt: skip
        return found

    def _links(self, name: str, item: str) -> list[Link]:
        """Where the numbers stand that move a rule, a family or its causes: settings, rows of a table, a column."""
        family = self._known.families.get(name)
        moved = {name, *(family.causes if family else ())}
        found: dict[tuple[str | None, str | None], Link] = {}
        for path, each in self._known.numbers.items():
            if not any(moved & set(turn.moves) for turn in each.turns):
                continue
            table, _, column = path.partition(".")
            link = Link(table=table) if table in TABLES else Link(rule=path)
            if table in TABLES and item in self._result.instance.tables[table][TABLES[table].key[0]].tolist():
                link = Link(rule=f"{table}.{item}.{column}", table=table)
            found.setdefault((link.rule, link.table), link)
        return list(found.values())

    def _beside(self, code: str, pool: str, kind: str) -> Beside:
        given = np.array([self._allocation[pool, city]["published"] for city in self.derived.cities], dtype=float)
        people, here = np.asarray(self.derived.residents), self.derived.cities.index(code)
        alike = self._alike(here)
        every = [float(SMALL * given[chosen].sum() / people[chosen].sum()) for chosen in
                 ([here], alike, np.full(len(people), True))]  # fmt: skip
        unit = WORDS["each_land" if kind == "land" else "each_money"]
        return Beside(unit=words(unit), decimals=min(2, decimals_for(max(every))), here=every[0],
                      size_class=every[1] if alike.sum() > 1 else None, nation=every[2])  # fmt: skip

    def _alike(self, here: int) -> NDArray[np.bool_]:
        """The cities of the class of one [n], itself among them."""
        alike: NDArray[np.bool_] = self.derived.size_class == self.derived.size_class[here]
        return alike

    # ------------------------------------------------------------------------------------------------ services, means

    def _services(self, code: str) -> list[CityService]:
        table = self._result.tables["services"]
        rows = {str(row["service"]): row for row in table[table["city"] == code].to_dict("records")}
        alike = {self.derived.cities[at] for at in np.flatnonzero(self._alike(self.derived.cities.index(code)))}
        residents = dict(zip(self.derived.cities, np.asarray(self.derived.residents, dtype=float), strict=True))
        found = []
        for of in self._result.instance.tables["services"].to_dict("records"):
            service, row = str(of["service"]), rows[str(of["service"])]
            every = table[table["service"] == service]
            covered, people = (
                every["coverage"].to_numpy(dtype=float),
                every["city"].map(residents).to_numpy(dtype=float),
            )
            own = every["city"].isin(alike).to_numpy()
            found.append(CityService(
                id=service, title=Words(zh=of["title_zh"], en=of["title_en"]),
                unit=Words(zh=of["unit_zh"], en=of["unit_en"]), mark=self._mark("capacity", "capacity", code, service),
                need=row["full_need"], there=row["capacity"], built=None if math.isnan(row["build"]) else row["build"],
                decimals=exact_decimals([row["build"]], 1), added=row["added"], before=row["coverage_before"],
                after=row["coverage"], nation=_mean(covered, people),
                size_class=_mean(covered[own], people[own]) if len(alike) > 1 else None,
            ))  # fmt: skip
        return found

    def _tables(self, code: str, language: str) -> list[dict[str, Any]]:
        parts = city_section(self._result, language, code).parts
        return [table_record(each, language) for each in parts if isinstance(each, Table) and each.name not in OWN]


def _steps(reasons: Reasons, step: float) -> list[Step]:
    """The table against last year, typed, in the digits in which amounts are shown."""
    made = (past_table(reasons, language, step) for language in ("zh", "en"))
    zh, en = (() if each is None else each.rows for each in made)
    found = []
    for one, two in zip(zh, en, strict=True):
        cell: Any = one[1]
        amount = cell.value if isinstance(cell, Amount) else float(cell)
        found.append(Step(title=_both(one[0], two[0]), amount=amount, words=_both(one[2], two[2])))
    return found


def _both(zh: Any, en: Any) -> Words:
    return Words(zh=str(zh), en=str(en))


def _paired(said: Callable[[str], list[str]]) -> list[Words]:
    """Sentences in either language, side by side."""
    return [Words(zh=zh, en=en) for zh, en in zip(said("zh"), said("en"), strict=True)]


def _mean(covered: Floats, people: Floats) -> float:
    """Coverage of several cities together, as reports have it: the mean of theirs over residents."""
    return float(covered @ people) / float(people.sum())


def _people(count: float) -> Text:
    """So many people, short: in 10⁴ in Chinese, in millions in English, whole below."""
    zh = f"{number(count / 1e4, 1)} 万" if count >= 1e5 else number(count)
    return Text(zh, f"{number(count / 1e6, 2)} million" if count >= 1e6 else number(count))
