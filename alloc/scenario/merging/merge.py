"""Cities merged into another one: every cell that this is about.

What the columns of a table by city say of themselves (`Column.merging`) says what becomes of their cells; rows of other
tables that name a city that goes name the one that stays. What cannot be merged is refused, all of it at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from alloc.content.places import province
from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, NO_UNIT, OF_RECEIVER, PERSONS, SUM, Column
from alloc.instance.files.heads import read_head
from alloc.instance.findings import Finding, InputError, Severity
from alloc.instance.findings_by_name import with_names
from alloc.instance.frames import called, texts
from alloc.instance.named import WITH_CODE, name_of, names_of, remedy_by_name, with_code
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.columns import Table
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import CELL_SOURCES, SOURCES, TABLES
from alloc.instance.schema.units import scale_of
from alloc.scenario.edits import Edit
from alloc.scenario.merging.adding import Unmergeable, added
from alloc.scenario.merging.naming import conditions_renamed, values_renamed
from alloc.scenario.state import State, plain
from alloc.scenario.touch import Key, Name, Touch, column_touched, row_added, rows_dropped
from alloc.scenario.typed import WRONG_TYPE, column_of, out_of_range
from alloc.text import Text, listed

NAMED = ("name", "name_en")
# Columns of tables in which a column of cities is named whose values are added up.
COUNTED = (("services", "cohort"), ("services", "plan_cohort"), ("factors", "factor"), ("pools", "link_factor"),
           ("programmes", "stock_factor"), ("scheme_factors", "factor"))  # fmt: skip
MIGRANT = "migrant_"  # before the name of a cohort: those of it who are migrants

FORM = Text("写作 合并 城市、城市 并入 城市。", "Write merge CITY, CITY into CITY.")
ITSELF = Text("城市不能并入自己，也不能写两次。", "A city cannot be merged into itself, nor named twice.")
LEVELS = Text("各城市的“{column}”不同：{values}。", "The cities are not of one “{column}”: {values}.")
IN_LEVEL = Text("{city}属{unit}", "{city} in {unit}")
ONE_LEVEL = Text("只合并同一省份、同一层级单位的城市；或先修改该列。",
                 "Merge cities of one province and of one unit of every level, or change the column.")  # fmt: skip
PURSES = Text("各城市不是同一本预算：{values}。", "The cities do not have one purse: {values}.")
IN_PURSE = Text("{city}属 {purse}", "{city} that of {purse}")
ONE_PURSE = Text("先修改 cities.purse，使它们同属一本预算，或各有自己的预算。",
                 "Change cities.purse first, so that all have one purse or each has its own.")  # fmt: skip
NO_ROW = Text("{table}表没有 {missing}，其他合并的城市有。",
              "{table} has no row {missing}, while other cities of the merger have one.")  # fmt: skip
GIVE = Text("先为它增加一行，或删去其他城市的这一行。", "Add that row first, or drop those of the others.")
KEPT = Text("没有规则说明 {columns} 怎样合并，保留 {city} 的数。",
            "No rule says how {columns} go together: what {city} has stays.")  # fmt: skip
SET = Text(
    "总量应写各市之和，比率应写加权平均：{lines}。", "A total is to be their sum, a rate their weighted mean: {lines}."
)
SET_LINE = Text("城市.{city}.{column} = …", "Cities.{city}.{column} = …")
SET_CELL, DROP_CELL = Text("{cell} = …", "{cell} = …"), Text("drop {cell}", "drop {cell}")
TOTALS = (PERSONS, HECTARES, MONEY, MONEY_A_YEAR)  # units of figures that add up
DROPPED = Text(
    "合并的城市之间的 {count} 条 {table} 已删去。",
    "{count} {count:|row|rows} of {table} between merged cities {count:|is|are} dropped.",
)
AS_MEANT = Text("若无误则不必处理。", "Nothing to do if this is right.")


def merge(edit: Edit, state: State, asked: Collection[Name] = ()) -> tuple[list[Touch], list[Finding]]:
    """The cells that a merger is about, and warnings on what it keeps or drops.

    Args:
        edit: that merges cities.
        state: before it.
        asked: cells that earlier lines of the same request have set.

    Raises:
        InputError: there is no such city, or something cannot be merged; with every finding.
    """
    if edit.where.strip():
        message = Text("合并城市不加“其中”（where）。", "Cities are merged without where.")
        raise InputError([edit.finding("where_out_of_place", message, FORM, column="where", value=edit.where)])
    cities = state.tables[CITIES.name]
    stays, gone, findings = _named(edit, cities)
    if findings:
        if all(finding.severity == "warning" for finding in findings):
            return [], findings
        raise InputError(findings)
    members = _rows(cities, _at(cities, [stays, *sorted(gone)]))
    touches: list[Touch] = []
    faults = [*_of_levels(edit, members, state)]
    one = _Merger(edit, members, state, asked)
    for table in TABLES.values():
        for found in one.of(table):
            if isinstance(found, Finding):
                (faults if found.severity == "error" else findings).append(found)
            else:
                touches.append(found)
    if faults:
        raise InputError(faults)
    return touches, findings


def with_codes(edit: Edit, state: State) -> Edit:
    """An edit that merges cities with their codes in place of names, where all are known; any other as it is."""
    if edit.verb != "merge":
        return edit
    stays, gone, findings = _named(edit, state.tables[CITIES.name])
    return edit if findings else replace(edit, target=", ".join(sorted(gone)), value=stays)


def _named(edit: Edit, cities: pd.DataFrame) -> tuple[str, list[str], list[Finding]]:
    """Codes of the city that stays and of those that go; and what is wrong with their names."""
    if not isinstance(edit.value, str):
        raise InputError([edit.finding("wrong_type", WRONG_TYPE, FORM, column="into", value=edit.value)])
    known = set(texts(cities, "city"))
    findings: list[Finding] = []
    codes: list[str] = []
    for given in [edit.value, *re.split(r"[,，、]", edit.target)]:
        name = given.strip().strip("'\"")
        found = [name] if name in known else called(cities, "city", NAMED, name)
        codes += found if len(found) == 1 else []
        if len(found) != 1:
            message = Text("没有城市 {name}。", "There is no city {name}.").fill(name=name)
            remedy = remedy_by_name({CITIES.name: cities}, CITIES.name, name)
            if found:
                message = Text("有多个“{name}”。", "Several are called “{name}”.").fill(name=name)
                remedy = Text("请用代码：{codes}。", "Give a code: {codes}.").fill(codes=", ".join(found))
            severity: Severity = "warning" if edit.optional and not found else "error"
            findings.append(edit.finding("unknown_record", message, remedy, severity, value=name))
    if not findings and len(set(codes)) < len(codes):
        findings.append(edit.finding("merges_itself", ITSELF, FORM, value=", ".join(codes)))
    return (codes or [""])[0], codes[1:], findings


def _of_levels(edit: Edit, members: Sequence[Mapping[str, Any]], state: State) -> Iterator[Finding]:
    """What keeps them apart above the cities: provinces, other units that pools go through."""
    for column in dict.fromkeys(("province", *state.settings.policy.levels)):
        values = [member.get(column) for member in members]
        if len(set(values)) > 1:
            title = (
                TABLES["cities"].by_name[column].title if column in TABLES["cities"].by_name else Text(column, column)
            )
            said = LEVELS.fill(column=title, values=listed(_in_level(each, column) for each in members))
            yield edit.finding("merge_across_levels", said, ONE_LEVEL, column=f"cities.{column}")


class _Merger:
    """One merger.

    Args:
        edit: of it.
        members: rows of the cities, that of the one that stays first.
        state: in which they are.
        asked: cells that the request has set before.
    """

    def __init__(self, edit: Edit, members: Sequence[Mapping[str, Any]], state: State, asked: Collection[Name]) -> None:
        """Takes them apart."""
        self.edit, self.members, self.state, self.asked = edit, members, state, asked
        self.codes = [str(member["city"]) for member in members]
        self.stays = self.codes[0]
        self.counted = {str(name) for table, column in COUNTED for name in state.tables[table][column] if name}
        self.counted |= {MIGRANT + name for name in self.counted}

    def of(self, table: Table) -> Iterator[Touch | Finding]:
        """The cells of a table that the merger is about, and what is wrong with them."""
        frame = self.state.tables[table.name]
        for column in table.columns:
            way = column.merging.way if column.merging else ""
            if way in ("condition", "value"):
                rename = conditions_renamed if way == "condition" else values_renamed
                try:
                    yield from rename(table, column, self.members, self.state)
                except Unmergeable as error:
                    yield self._finding(error, f"{table.name}.{column.name}")
        if table.name == CITIES.name:
            yield from self._cities(table, frame)
        elif table.by_city:
            yield from self._by_city(table, frame)

    def _cities(self, table: Table, frame: pd.DataFrame) -> Iterator[Touch | Finding]:
        """The row that stays with the sums, those that go, and the purses of others."""
        places = _at(frame, self.codes)
        heads = [str(member.get("purse") or member["city"]) for member in self.members]
        shared = {self.stays if head in self.codes else head for head in heads}
        if len(shared) > 1:
            said = PURSES.fill(values=listed(
                IN_PURSE.fill(city=with_code(each), purse=head) for each, head in zip(self.members, heads, strict=True)
            ))  # fmt: skip
            yield self.edit.finding("merge_of_purses", said, ONE_PURSE, column="cities.purse")
        rows = [{**member, "purse": head} for member, head in zip(self.members, heads, strict=True)]
        kept: list[str] = []
        for name in map(str, frame.columns):
            if name in table.key:
                continue
            column = column_of(table, frame, name)
            if name not in table.by_name:
                values = {row[name] for row in rows}
                settled = (table.name, (self.stays,), name) in self.asked
                counts = column.numeric and (
                    name in self.counted or (_is_total(name) and not settled and None not in values)
                )
                kept += [name] if column.numeric and not counts and not settled and len(values) > 1 else []
                column = replace(column, merging=SUM if counts else OF_RECEIVER)
            new = self._added(table, column, rows)
            if column.references == CITIES.name:
                new = None if heads[0] in self.codes and self.members[0].get(name) != self.stays else new
                others = np.flatnonzero(np.isin(texts(frame, name), self.codes[1:]))
                others = others[~np.isin(others, places)]
                yield from column_touched(table, frame, others, name, [self.stays] * len(others))
            yield from _either(new, lambda new, name=name: column_touched(table, frame, places[:1], name, [new]))
            if column.numeric and new is not None and not isinstance(new, Finding):
                yield from out_of_range(self.edit, column, np.array([new]), [(self.stays,)])
        yield from rows_dropped(table, frame, places[1:])
        if kept:
            titles = [city_figure(name)[0] for name in kept]
            columns = Text("、".join(each.zh for each in titles), ", ".join(each.en for each in titles))
            city = name_of(self.members[0])
            said = KEPT.fill(columns=columns, city=city)
            typed = Text(city.zh, str(self.members[0].get("name_en") or self.stays))  # as a line may name it
            lines = [SET_LINE.fill(city=typed, column=title) for title in titles]
            remedy = SET.fill(lines=Text("；".join(each.zh for each in lines), "; ".join(each.en for each in lines)))
            yield self.edit.finding("merge_keeps", said, remedy, "warning", column="cities")

    def _by_city(self, table: Table, frame: pd.DataFrame) -> Iterator[Touch | Finding]:
        """Rows of a key added up, those of cities that go re-pointed; rows between the cities are dropped."""
        places = np.flatnonzero(np.isin(frame[list(table.by_city)].to_numpy(dtype=object), self.codes).any(axis=1))
        groups: dict[Key, list[int]] = {}
        between: list[int] = []
        for place, row in zip(places.tolist(), _rows(frame, places), strict=True):
            ends = [self.stays if row[name] in self.codes else row[name] for name in table.by_city]
            if len(ends) > 1 and len(set(ends)) == 1:
                between.append(place)
                continue
            new = {**row, **dict(zip(table.by_city, ends, strict=True))}
            groups.setdefault(tuple(str(new[name] or "") for name in table.key), []).append(place)
        yield from rows_dropped(table, frame, np.array(between, dtype=np.intp))
        if between:
            said = DROPPED.fill(count=len(between), table=table.title)
            yield self.edit.finding("merge_drops", said, AS_MEANT, "warning", column=table.name)
        for key, found in sorted(groups.items()):
            yield from self._group(table, frame, key, found)

    def _group(self, table: Table, frame: pd.DataFrame, key: Key, places: list[int]) -> Iterator[Touch | Finding]:
        """The rows that become one row of a key."""
        every = _rows(frame, np.array(places))
        own = [place for place, row in zip(places, every, strict=True)
               if tuple(str(row[name] or "") for name in table.key) == key]  # fmt: skip
        gone = [place for place in places if place not in own]
        of_column = self._of_column(table, key) if len(places) < len(self.codes) else []
        if not gone and not of_column:
            return
        if table.all_or_none and len(places) < len(self.codes):
            there = {str(row[name]) for row in every for name in table.by_city}
            missing = next(code for code in self.codes if code not in there)
            shown = ", ".join((missing, *(code for code in key if code != self.stays)))
            said = NO_ROW.fill(table=table.quoted, missing=shown)
            yield self.edit.finding("merge_of_some", said, GIVE, column=table.name, key=shown)
            return
        rows = [*_rows(frame, np.array([*own, *gone])), *of_column]
        cells: dict[str, Any] = {}
        for column in table.columns:
            if column.key:
                continue
            new = self._added(table, column, rows, key)
            if isinstance(new, Finding):
                yield new
            else:
                cells[column.name] = new
        yield from rows_dropped(table, frame, np.array(gone, dtype=np.intp))
        if own:
            for name, new in cells.items():
                yield from column_touched(table, frame, np.array(own), name, [new])
        else:
            yield from row_added(table, key, cells)

    def _of_column(self, table: Table, key: Key) -> list[dict[str, Any]]:
        """What is said of cells that have no row of their own in `cell_sources`: the status of their column."""
        if table.name != CELL_SOURCES.name:
            return []
        sources = self.state.tables[SOURCES.name]
        named = (texts(sources, "table") == key[0]) & (texts(sources, "column") == key[1])
        return [{"status": status} for status in texts(sources, "status")[named].tolist()]

    def _added(self, table: Table, column: Column, rows: Sequence[Mapping[str, Any]], key: Key | None = None) -> Any:
        try:
            return added(column, rows, self.state.values)
        except Unmergeable as error:
            if error.code == "merge_blank":
                blank, given = (
                    listed(
                        form.fill(cell=self._cell(table, column, row))
                        for row in rows if (row[column.name] is None) is missing
                    ) for form, missing in ((SET_CELL, True), (DROP_CELL, False))
                )  # fmt: skip
                error.remedy = error.remedy.fill(blank=blank, given=given)
            return self._finding(error, f"{table.name}.{column.name}", key or (self.stays,))

    def _cell(self, table: Table, column: Column, row: Mapping[str, Any]) -> Text:
        """A cell as a line names it: in Chinese by titles and names, in English by machine names."""
        codes = [str(row[each]) for each in table.key]
        called = names_of(self.state.tables)
        zh = (table.title.zh, *(called[each].zh if each in called else each for each in codes), column.title.zh)
        return Text(".".join(zh), ".".join((table.name, *codes, column.name)))

    def _finding(self, error: Unmergeable, column: str, key: Key = ()) -> Finding:
        found = self.edit.finding(error.code, error.message, error.remedy, column=column, key=", ".join(key) or None)
        return with_names([found], names_of(self.state.tables))[0]


def _is_total(name: str) -> bool:
    """Whether a column of cities that no rule knows is a total by its unit: of persons, hectares or money."""
    own, said = city_figure(name)[1], read_head({}, name).said
    return own in TOTALS or (
        bool(said) and any(scale_of(Column(name, "number", unit, Text(name, name), NO_UNIT), said) is not None
                           for unit in TOTALS)
    )  # fmt: skip


def _either(new: Any, touched: Any) -> Iterable[Touch | Finding]:
    """The finding, or the cells with what is new."""
    return [new] if isinstance(new, Finding) else touched(new)


def _at(cities: pd.DataFrame, codes: Sequence[str]) -> np.ndarray:
    place = {code: at for at, code in enumerate(texts(cities, "city").tolist())}
    return np.array([place[code] for code in codes], dtype=np.intp)


def _rows(frame: pd.DataFrame, places: np.ndarray) -> list[dict[str, Any]]:
    """Rows as records, None where nothing is given."""
    columns = [plain(frame[name].iloc[places]) for name in frame.columns]
    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in zip(*columns, strict=True)]


def _in_level(member: Mapping[str, Any], column: str) -> Text:
    """A city by name and code with the unit that it is in, a province by its name too."""
    unit = member.get(column)
    said = Text(str(unit), str(unit))
    if column == "province":
        said = WITH_CODE.fill(name=province(str(unit), str(member.get("province_name") or unit)), code=unit)
    return IN_LEVEL.fill(city=with_code(member), unit=said)
