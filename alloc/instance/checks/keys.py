"""Checks of keys: codes of the right form that are known where they name a record, and keys that stand once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property

import numpy as np
import pandas as pd

from alloc.instance.checks.divisions import old_code_remedy, old_code_words
from alloc.instance.divisions.codes import PROVINCE, changes, consistent, in_six_digits, names
from alloc.instance.files.sheets import Mask, Sheet
from alloc.instance.findings import Finding
from alloc.instance.named import ELSEWHERE, HAND_ON, NAMES, OF_ANOTHER_PROVINCE, Named
from alloc.instance.schema.cities import CITIES, CITY_CODE
from alloc.instance.suggest import LISTED, Known
from alloc.text import Text, listed


def check_keys(sheet: Sheet, sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Codes that are not written as they should be, that name nothing, and records that stand twice.

    Args:
        sheet: a table.
        sheets: the tables that its columns refer to.
    """
    findings: list[Finding] = []
    complete = np.ones(len(sheet.frame), dtype=bool)
    for column in sheet.table.columns:
        needed = column.key and column.required
        if not sheet.has(column.name):
            complete &= not needed
            continue
        blank = sheet.blank(column.name)
        complete &= ~blank | (not needed)
        target = sheets.get(column.references)
        if target is not None and target.has(target.table.key[0]):
            if not len(target.frame):  # a fault of its own, and nothing that could be known
                continue
            unknown = (sheet.places(column.name, target) < 0) & ~blank
            message = Text("{table} 表中没有这个代码。{told}", "There is no such code in {table}.{told}")
            right = Right(sheet, column.name, target)
            findings += sheet.find(
                unknown, column.name, "unknown_code", message, right.remedy,
                "error" if sheet.table.decides else "warning", table=target.table.name, told=right.told,
            )  # fmt: skip
        elif column.pattern:
            wrong = ~sheet.holds(column.name, re.compile(column.pattern).fullmatch) & ~blank
            if column.pattern == CITY_CODE and wrong.any() and consistent(sheet.texts(column.name)[~blank]):
                continue  # those of another country
            message = Text("“{title}”的写法不对。", "{title} is not written as it should be.")
            findings += sheet.find(
                wrong, column.name, "bad_code", message, _as_written(sheet, column.name, column.pattern_words),
                title=column.title,
            )  # fmt: skip
    return findings + sheet.found("duplicates", (), lambda: _check_duplicates(sheet, complete))


def _as_written(sheet: Sheet, column: str, form: Text) -> Callable[[int], Text]:
    """What would be right in a row of a column of codes: the code that is meant, where that can be known."""

    def remedy(place: int) -> Text:
        code = in_six_digits(str(sheet.texts(column)[place]))
        if code is not None:
            name = names().get(code, "")
            return Text(
                f"应为六位代码 {code}" + (f"（{name}）。" if name else "。"),
                f"Would be right: the six digits {code}" + (f" ({name})." if name else "."),
            )
        return Text("应为{form}。", "Would be right: {form}.").fill(form=form)

    return remedy


def called_by_code(target: Sheet) -> Mapping[str, Text]:
    """What the records of a table are called, by code; none where they have no names."""
    if not any(map(target.has, NAMES.get(target.table.name, ()))):
        return {}
    return target.found("titles", (), lambda: [Meant(target).named.titles])[0]


class Meant:
    """Which record of a table is meant by another way of writing its code: its name, and of a city more digits too.

    Args:
        target: the table of the records: cities, services, pools.
    """

    def __init__(self, target: Sheet) -> None:
        """Nothing is made ready before it is asked for."""
        self.target, self.of_cities = target, target.table.name == CITIES.name

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of all records."""
        return frozenset(map(str, self.target.texts(self.target.table.key[0])))

    @cached_property
    def named(self) -> Named:
        """The records by code, with what they are called."""
        key = self.target.table.key[0]
        columns = [name for name in NAMES.get(self.target.table.name, ()) if self.target.has(name)]
        return Named(self.target.texts(key), *map(self.target.texts, columns))

    def by(self, text: str) -> str | None:
        """The code that a text stands for; None where that cannot be known."""
        if self.of_cities:
            change = changes().get(text)
            if change is not None and change.kind == "recoded" and change.successors[0] in self.codes:
                return change.successors[0]
            offered = in_six_digits(text)
            if offered in self.codes:
                return offered
        return self.named.by_name(text)


class Right:
    """What would be right instead of codes that name no record.

    Args:
        sheet: the table that has them.
        column: the column that has them.
        target: the table whose records they name.
    """

    def __init__(self, sheet: Sheet, column: str, target: Sheet) -> None:
        """Nothing is made ready before it is asked for."""
        self.sheet, self.column = sheet, column
        self.meant = Meant(target)
        self.codes = target.texts(target.table.key[0])
        self.remedy_of = cache(self._remedy_of)

    @cached_property
    def _known(self) -> Known:
        return Known(map(str, self.codes))

    @cached_property
    def _provinces(self) -> frozenset[str]:
        """The provinces of all cities, as their codes begin."""
        return frozenset(code[:PROVINCE] for code in self.meant.codes)

    @cached_property
    def _lacking(self) -> Known:
        """Codes of the records that no row of the table names: one that has its rows is not what another means."""
        named = set(self.sheet.texts(self.column))
        return Known(code for code in self._known.names if code not in named)

    def told(self, place: int) -> str | Text:
        """What else is known of the code in a row."""
        code = str(self.sheet.texts(self.column)[place])
        if not self.meant.of_cities:
            return ""
        if code in changes():
            told = old_code_words(code)
            return Text(told.zh, f" {told.en}")
        name = names().get(code)
        english = names(column="name_en").get(code) or name
        return Text(f"{code} 是{name}。", f" {code} is {english}.") if name else ""

    def remedy(self, place: int) -> Text:
        """What would be right in a row."""
        others = tuple(str(self.sheet.texts(name)[place]) for name in self._others)
        text: Text = self.remedy_of(str(self.sheet.texts(self.column)[place]), others)
        return text

    @cached_property
    def _others(self) -> tuple[str, ...]:
        """The other columns of the key of the table."""
        key = self.sheet.table.key
        return tuple(name for name in key if name != self.column and self.sheet.has(name)) if self.column in key else ()

    @cached_property
    def _beside(self) -> Mapping[tuple[str, ...], set[str]]:
        """What stands in the column beside the other parts of a key."""
        found: dict[tuple[str, ...], set[str]] = {}
        rows = zip(self.sheet.texts(self.column), *map(self.sheet.texts, self._others), strict=True)
        for code, *others in rows:
            found.setdefault(tuple(map(str, others)), set()).add(str(code))
        return found

    def _remedy_of(self, code: str, others: tuple[str, ...]) -> Text:
        if (meant := self.meant.by(code)) is not None:
            return Text(f"写作 {meant}。", f"Write {meant}.")
        if self.meant.of_cities:
            if code in changes():
                return old_code_remedy(code)
            lacking = self._lacking.nearest(code)
            if code in names() and lacking is not None and lacking not in names():
                return Text(f"cities 表的 {lacking} 是否应为 {code}？", f"Is {lacking} in cities meant to be {code}?")
            if code in names() and len(self._provinces) == 1 and code[:PROVINCE] not in self._provinces:
                return Text(OF_ANOTHER_PROVINCE.zh + HAND_ON.zh, f"{OF_ANOTHER_PROVINCE.en} {HAND_ON.en}")
            if code in names():
                return Text("在 cities 表加上这个城市，或删去这些行。", "Add the city to cities, or delete these rows.")
        nearest = (self._lacking if self.meant.of_cities else self._known).nearest(code)
        if nearest is not None:
            return _asked(nearest, self._known)
        elsewhere = in_six_digits(code) if self.meant.of_cities and not code.isascii() else None
        if elsewhere is not None:
            told = ELSEWHERE.fill(name=names().get(elsewhere, code), code=elsewhere, count=len(self._known.names))
            remedy = Text("删去这一行，或改为应有的城市。", "Delete the row, or name the city that is meant.")
            return Text(told.zh + remedy.zh, f"{told.en} {remedy.en}")
        if self._others:  # whose row is there already is not what a name means
            rest = [each for each in self._known.names if each not in self._beside[others]]
            if (likely := self.meant.named.among(code, rest)) is not None:
                title = self.meant.named.titles[likely]
                return Text(f"是否为 {likely}（{title.zh}）？", f"Did you mean {likely} ({title.en})?")
        return self.meant.named.instead_of(code) or self._known.remedy("")


def _asked(nearest: str, known: Known) -> Text:
    listed = known.remedy("") if len(known.names) <= LISTED else Text("", "")
    return Text(f"是否为 {nearest}？{listed.zh}", f"Did you mean {nearest}? {listed.en}".strip())


def _check_duplicates(sheet: Sheet, complete: Mask) -> list[Finding]:
    number = np.zeros(len(sheet.frame), dtype=np.int64)  # of a key
    for column in sheet.table.key:
        places, texts = sheet.groups(column)
        number = number * (len(texts) + 1) + places + 1
    if len(np.unique(number[complete])) == complete.sum():  # the usual case, without a look at every key
        return []
    repeated = np.zeros(len(sheet.frame), dtype=bool)
    repeated[complete] = pd.Series(number[complete]).duplicated().to_numpy()
    first: dict[str | None, int] = {}
    for place in np.flatnonzero(complete).tolist():
        first.setdefault(sheet.key(place), int(sheet.frame.index[place]))
    titles = [sheet.table.by_name[name].title for name in sheet.table.key]
    return sheet.find(
        repeated,
        sheet.table.key[0],
        "duplicate_key",
        Text("这一记录已在第 {row} 行出现。", "The same record stands in row {row} already."),
        Text("每个{key}只保留一行。", "Keep one row for every {key}."),
        row=lambda place: str(first.get(sheet.key(place))),
        key=listed(Text(f"“{title.zh}”", title.en) for title in titles),
    )
