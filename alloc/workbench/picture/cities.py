"""The table of cities, by column: what every city gets, what moved, and where it lies on the map."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.content.figures import decimals_for, shown_unit
from alloc.content.places import OF_COLUMNS, PROVINCES, TIER_TITLES, short_province
from alloc.formulation.columns import KIND_UNITS
from alloc.formulation.registry import catalogue_for
from alloc.instance.divisions.codes import short_city
from alloc.instance.frames import records
from alloc.instance.instance import Instance
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASSES, size_class
from alloc.report.charts.palette import TIERS
from alloc.report.charts.points import Projection
from alloc.result.frames.titles import described
from alloc.result.result import Result
from alloc.text import Text
from alloc.tolerances import AT_BOUND
from alloc.workbench.models import Cell, Cells, Changed, Cities, Column, Words
from alloc.workbench.picture.rules import kinds_of, words

BOX = 404.0, 252.0, 12.0  # width, height and margin of the map
ALL = 3.0  # of a column of which one row in so many differs places would be no shorter: all of it is told
GUARD = 2  # digits that cells are told with besides those that are shown
OWN = "cities."  # before the name of a column of the instance's own table of cities
PERSONS = Text("人", "persons")
KINDS: Mapping[str, Text] = {
    "land": Text("新增用地", "New land"), "transfer": Text("转移支付", "Transfers"), "bond": Text("新增债券", "Bonds"),
}  # fmt: skip
AGAINST = Text("比上年", "vs last")
PLAIN = Text("", "")


class Grid:
    """The columns of one result, each with its values in the order of the codes of cities.

    Args:
        result: with an allocation.
        wanted: ids of columns; empty: those of the engine.
        like: another one, of which what tells who the cities are is taken over where their table is the same.
    """

    def __init__(self, result: Result, wanted: Sequence[str] = (), like: Grid | None = None) -> None:
        self.result, self.columns = result, list[Column]()
        self._cells: dict[str, list[Any]] = {}
        self._exact: dict[str, NDArray[np.float64]] = {}
        self._numbers: dict[str, NDArray[np.float64]] = {}
        self._rows: dict[str, pd.DataFrame] = {}
        self._table = result.instance.tables["cities"]
        self.keys: list[str] = []
        self._place: dict[str, int] = {}
        self._known = 0
        if like is not None and like._table is self._table:
            self.keys, self._place, self._known = like.keys, like._place, like._known
            self.columns += like.columns[: self._known]
            known = {column.id for column in self.columns}
            self._cells |= {id: cells for id, cells in like._cells.items() if id in known}
            self._exact |= {id: numbers for id, numbers in like._exact.items() if id in known}
        else:
            self.keys = [str(code) for code in self._table["city"]]
            self._place = {code: at for at, code in enumerate(self.keys)}
            self._who()
            self._known = len(self.columns)
        self._pools()
        self._people()
        self._debt()
        self._decisions()
        self.more = [column for column in CITIES.columns if column.name in self._table and not column.key]
        for column in self.more:
            if f"{OWN}{column.name}" in wanted:
                self._own(column)

    def _add(self, column: Column, values: NDArray[Any] | list[Any]) -> None:
        self.columns.append(column)
        if isinstance(values, np.ndarray):
            self._exact[column.id] = values.astype(float)
        else:
            self._cells[column.id] = values

    def cells(self, id: str) -> list[Any]:
        """A column as it is told: a whole number without a point, None for what is not known."""
        if id not in self._cells:
            rounded = self.numbers(id)
            assert rounded is not None
            whole = rounded == np.floor(rounded)
            self._cells[id] = [None if value != value else int(value) if even else value
                               for value, even in zip(rounded.tolist(), whole.tolist(), strict=True)]  # fmt: skip
        return self._cells[id]

    def numbers(self, id: str) -> NDArray[np.float64] | None:
        """A column of numbers, rounded as `cells` has them, NaN for what is not known; None of any other column."""
        if id not in self._numbers and id in self._exact:
            column = next(each for each in self.columns if each.id == id)
            self._numbers[id] = np.round(self._exact[id], _digits(column)) + 0.0
        return self._numbers.get(id)

    def _who(self) -> None:
        table = self._table
        english = table["name_en"].where(table["name_en"] != "", table["name"])
        names = [[short_city(str(zh)), str(en)] for zh, en in zip(table["name"], english, strict=True)]
        self._add(
            Column(id="name", title=Words(zh="城市", en="City"), unit=words(PLAIN), kind="text", shown=True), names
        )
        codes = table["province"].astype(str)
        titles = dict(zip(codes, table["province_name"].astype(str), strict=True))
        order = sorted(titles)
        levels = [_level(short_province(titles[code]), PROVINCES.get(code, titles[code])) for code in order]
        self._level("province", Text("省份", "Province"), levels, [order.index(code) for code in codes])
        classes = size_class(table["size_population"].to_numpy(dtype=float))
        there = [name for name in SIZE_CLASSES if (classes == name).any()]
        levels = [_level(CLASS_TITLES[name].zh, CLASS_TITLES[name].en) | {"id": name} for name in there]
        self._level(
            "size_class", Text("规模", "Size"), levels, [there.index(name) if name else None for name in classes]
        )
        residents = table["residents"].to_numpy(dtype=float)
        large = float(np.nanmax(residents, initial=0.0)) >= 1e5
        unit, size = (Text("万人", "10⁴"), 1e4) if large else (PERSONS, 1.0)
        self._add(Column(id="residents", title=Words(zh="常住人口", en="Residents"), unit=words(unit), kind="number",
                         size=size, shown=True, additive=True), residents)  # fmt: skip

    def _level(self, id: str, title: Text, levels: list[dict[str, Any]], values: list[int | None]) -> None:
        column = Column(id=id, title=words(title), unit=words(PLAIN), kind="level", levels=levels, shown=True)
        self._add(column, values)

    def _pools(self) -> None:
        given, kinds = self.result.given, kinds_of(self.result.instance)
        place = np.array([self._place[city] for city in given.cities], dtype=np.intp)[given.city]
        for name, title in KINDS.items():
            chosen = given.of_kind(kinds, name)
            if not chosen.any():
                continue
            now = self._summed(place, chosen, given.published)
            unit = shown_unit(KIND_UNITS[name], float(now.sum()))
            decimals = 0 if name == "land" and now.max() >= 100 else 1
            of: dict[str, Any] = {"unit": Words(zh=unit.zh, en=unit.en), "size": unit.size, "additive": True}
            self._add(Column(id=name, title=words(title), kind="number", decimals=decimals, shown=True,
                             bold=name == "land", **of), now)  # fmt: skip
            if not np.isnan(given.last_year[chosen]).all() and name != "bond":
                before = self._summed(place, chosen, given.last_year)
                self._add(Column(id=f"{name}_change", title=words(AGAINST), kind="change", decimals=decimals, of=name,
                                 shown=True, **of), now - before)  # fmt: skip
        for row in records(self.result.instance.tables["pools"], "pool", "kind", "title_zh", "title_en"):
            own = given.by_pool.get(row["pool"], np.zeros(len(given.cities)))
            now = np.zeros(len(self.keys))
            now[[self._place[city] for city in given.cities]] = np.nan_to_num(own)
            unit = shown_unit(KIND_UNITS[row["kind"]], float(now.sum()))
            self._add(Column(id=f"pool:{row['pool']}", title=Words(zh=row["title_zh"], en=row["title_en"]),
                             unit=Words(zh=unit.zh, en=unit.en), kind="number", size=unit.size, additive=True,
                             decimals=decimals_for(float(now.max(initial=0.0)) / unit.size)), now)  # fmt: skip

    def _summed(self, place: NDArray[Any], chosen: NDArray[Any], amounts: NDArray[Any]) -> NDArray[Any]:
        return np.bincount(place[chosen], np.nan_to_num(amounts[chosen]), minlength=len(self.keys))

    def _people(self) -> None:
        people = self._by_city("people")
        settle = people["settle"].to_numpy(dtype=float)
        large = float(settle.sum()) >= 1e5
        unit, size = (Text("万人", "10⁴"), 1e4) if large else (PERSONS, 1.0)
        self._add(Column(id="settle", title=Words(zh="落户", en="Settle"), unit=words(unit), kind="number", size=size,
                         decimals=1 if large else 0, shown=True, additive=True), settle)  # fmt: skip
        self._add(Column(id="score", title=Words(zh="服务得分", en="Service score"), unit=words(PLAIN), kind="number",
                         decimals=3, shown=True), people["score"].to_numpy(dtype=float))  # fmt: skip

    def _debt(self) -> None:
        debt, entries = self._by_city("debt"), self.result.instance.settings.policy.debt.tiers
        title = Words(zh="债务率", en="Debt")
        self._add(Column(id="debt", title=title, unit=Words(zh="%", en="%"), kind="debt", of="debt_tier", shown=True),
                  debt["ratio_after"].to_numpy(dtype=float))  # fmt: skip
        levels = []
        for entry in entries:
            zh, en = TIER_TITLES.get(entry.name, (entry.name, entry.name))
            letter = {"zh": zh[:1], "en": en[:1].upper()}
            colour = TIERS.get(entry.name, "#D5DBE1")
            levels.append(_level(zh, en) | {"id": entry.name, "letter": letter, "colour": colour})
        names = [entry.name for entry in entries]
        column = Column(id="debt_tier", title=Words(zh="债务等级", en="Debt tier"), unit=words(PLAIN), kind="level",
                        levels=levels)  # fmt: skip
        self._add(column, [names.index(name) if name in names else None for name in debt["tier_after"]])

    def _decisions(self) -> None:
        """What levers decide for a city as such, by the catalogue: a new one is here without a line of code."""
        known = catalogue_for(self.result.instance.settings)
        for decision in known.decisions.values():
            table = self.result.tables.get(decision.table)
            if table is None or "city" not in table or len(table) != len(self.keys):
                continue
            rows = self._by_city(decision.table)
            for name in decision.columns:
                if name not in rows or name in self._cells or name in self._exact:
                    continue
                numbers = rows[name].to_numpy(dtype=float)
                money = decision.unit == "10⁴ yuan"
                unit = known.units.get(decision.unit, Text(decision.unit, decision.unit))
                shown = shown_unit(decision.unit, float(np.nansum(numbers)))
                unit, size = (Text(shown.zh, shown.en), shown.size) if money else (unit, 1.0)
                title = described(self.result, decision.table, name).title
                decimals = decimals_for(float(np.nanmax(numbers, initial=0.0)) / size)
                self._add(Column(id=f"{decision.table}:{name}", title=words(title), unit=words(unit), kind="number",
                                 size=size, additive=True, decimals=decimals), numbers)  # fmt: skip

    def _by_city(self, name: str) -> pd.DataFrame:
        """A table of the result with a row a city, in their order."""
        if name not in self._rows:
            rows = self.result.tables[name]
            same = rows["city"].tolist() == self.keys
            self._rows[name] = rows if same else rows.set_index("city").loc[self.keys].reset_index()
        return self._rows[name]

    def _own(self, column: Any) -> None:
        values, id = self._table[column.name], f"{OWN}{column.name}"
        unit, title = words(column.unit), words(column.title)
        if not column.numeric:
            usual = OF_COLUMNS.get(column.name, {})
            told = [list(usual[value]) if value in usual else value for value in map(str, values)]
            self._add(Column(id=id, title=title, unit=unit, kind="text"), told)
            return
        numbers = values.to_numpy(dtype=float)
        share, merging = column.kind == "share", column.merging
        top = 1.0 if share else float(np.nanmax(np.abs(numbers), initial=0.0))
        adds = merging is not None and merging.way == "sum" and not merging.once and not np.isnan(numbers).any()
        self._add(Column(id=id, title=title, unit=Words(zh="%", en="%") if share else unit,
                         kind="share" if share else "number", additive=adds,
                         decimals=min(3, decimals_for(top))), numbers)  # fmt: skip

    def totals(self, codes: Sequence[str] | None = None) -> list[Cell]:
        """Sums of the columns that add up, the mean over residents of the score, nothing for others.

        Args:
            codes: of the cities that are summed up; None: all.
        """
        at = slice(None) if codes is None else [self._place[code] for code in codes if code in self._place]
        weight = np.nan_to_num(self._exact["residents"][at])
        found: list[Cell] = []
        for column in self.columns:
            if column.additive:
                found.append(round(float(np.nansum(self._exact[column.id][at])), 4))
            elif column.id == "score" and weight.sum() > 0:
                found.append(round(float(np.dot(weight, self._exact[column.id][at]) / weight.sum()), 6))
            else:
                found.append(None)
        return found

    def table(self, hash: str | None) -> Cities:
        """Everything, for the page."""
        x, y = places(self.result.instance)
        more = [Column(id=f"{OWN}{each.name}", title=words(each.title), unit=words(each.unit), kind="number"
                       if each.numeric else "text") for each in self.more]  # fmt: skip
        return Cities(hash=hash, keys=self.keys, columns=self.columns, totals=self.totals(), x=x, y=y, more=more,
                      values=[self.cells(column.id) for column in self.columns])  # fmt: skip


def changed(base: Grid, other: Grid, exact: Collection[str] = ()) -> Changed:
    """The cells of the first choice of columns in which two results of the same cities differ as they are shown.

    Columns of changes are left out: they move by what the column that they are of moves.

    Args:
        base: kept.
        other: shown.
        exact: ids of columns that are told besides, and with what is less than the last digit that is shown.
    """
    shown = {column.id for column in other.columns if column.shown and column.kind != "change"} | {"debt_tier", *exact}
    there = {column.id for column in base.columns}
    columns: dict[str, Cells] = {}
    for column in other.columns:
        if column.id in shown and column.id in there:
            cells = _differing(column, base, other, column.id in exact)
            columns |= {} if cells is None else {column.id: cells}
    totals = {
        column.id: two for column, one, two in zip(other.columns, base.totals(), other.totals(), strict=True)
        if one != two and column.id in shown
    } if columns else {}  # fmt: skip
    return Changed(columns=columns, totals=totals)


def _differing(column: Column, base: Grid, other: Grid, exact: bool) -> Cells | None:
    """The cells of one column that differ, in whichever way is shortest; None where there are none."""
    one, two = base.numbers(column.id), other.numbers(column.id)
    if one is None or two is None:
        old, new = base.cells(column.id), other.cells(column.id)
        turned = [place for place, (was, now) in enumerate(zip(old, new, strict=True)) if was != now]
        return _valued(turned, new) if turned else None
    digits = _digits(column)
    known, moved = ~(np.isnan(one) | np.isnan(two)), one != two
    moved &= known | (np.isnan(one) != np.isnan(two))
    if not exact:
        moved &= ~known | _seen(one, two, 10.0 ** (digits - GUARD))
    at = np.flatnonzero(moved)
    if not len(at):
        return None
    if not known[moved].all():
        return _valued(at.tolist(), other.cells(column.id))
    steps = np.zeros(len(one), dtype=int)
    steps[at] = np.rint((two[at] - one[at]) * 10.0**digits).astype(int)
    if _whole(len(at), len(one)):
        return Cells(at=None, by=steps.tolist(), digits=digits)
    return Cells(at=at.tolist(), by=steps[at].tolist(), digits=digits)


def _seen(one: NDArray[np.float64], two: NDArray[np.float64], last: float) -> NDArray[np.bool_]:
    """Where numbers are shown as others, or nearly so, or differ by what shows; `last`: 1 over the last digit."""
    with np.errstate(invalid="ignore"):
        low, high = np.minimum(one, two) * last - 0.5, np.maximum(one, two) * last - 0.5
        seen: NDArray[np.bool_] = (np.ceil(low - AT_BOUND) <= np.floor(high + AT_BOUND)) | (
            high - low >= 0.5 - AT_BOUND
        )
    return seen


def _valued(at: list[int], values: list[Any]) -> Cells:
    """Cells of a column by what they are now."""
    whole = _whole(len(at), len(values))
    return Cells(at=None, values=values) if whole else Cells(at=at, values=[values[place] for place in at])


def _whole(count: int, rows: int) -> bool:
    """Whether so many cells differ that a column as a whole is no longer than their places."""
    return count * ALL >= rows


def _digits(column: Column) -> int:
    """Decimals to which cells are told, in the unit of the instance: two more than are shown; negative: tens."""
    percent = 2 if column.kind in ("share", "debt") else 0
    return column.decimals + GUARD + percent - round(math.log10(column.size))


def places(instance: Instance) -> tuple[list[float | None], list[float | None]]:
    """Where every city lies in the box of the map, by the projection of the reports; None where it is not known."""
    table = instance.tables["cities"]
    if not {"lon", "lat"} <= set(table):
        return [None] * len(table), [None] * len(table)
    spots = [(float(lon), float(lat)) for lon, lat in zip(table["lon"], table["lat"], strict=True)]
    known = [spot for spot in spots if spot[0] == spot[0] and spot[1] == spot[1]]
    if not known:
        return [None] * len(spots), [None] * len(spots)
    project = Projection(known, *BOX)
    pixels = [project(*spot) if spot in set(known) else (None, None) for spot in spots]
    return ([None if x is None else round(x, 1) for x, _ in pixels], [None if y is None else round(y, 1)
            for _, y in pixels])  # fmt: skip


def shortest(value: float) -> int | float:
    """The same number in fewest signs: a whole one without a point."""
    return int(value) if value.is_integer() else value


def _level(zh: str, en: str) -> dict[str, Any]:
    return {"title": {"zh": zh, "en": en}}
