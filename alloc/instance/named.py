"""Codes of records that have names: a name that stands where a code belongs is told its code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from operator import ne
from typing import Any

import pandas as pd

from alloc.instance.divisions.codes import bare, in_six_digits, names
from alloc.instance.frames import called, records
from alloc.instance.suggest import LISTED, MEANT, ONE_OF, ONE_OF_MANY, Known
from alloc.text import Text, listed

# The columns with the names of what other tables name by its code, in Chinese and in English.
NAMES: Mapping[str, tuple[str, str]] = {
    "cities": ("name", "name_en"), "services": ("title_zh", "title_en"), "pools": ("title_zh", "title_en"),
}  # fmt: skip
KEYS: Mapping[str, str] = {"cities": "city", "services": "service", "pools": "pool"}

NAMED = Text("“{name}”的代码是 {code}。", "The code of “{name}” is {code}.")
NEAREST = Text("是否为 {name}（{codes}）？", "Did you mean {name} ({codes})?")
SEVERAL = Text("有多个“{name}”，请用代码：{codes}。", "Several are called “{name}”; give a code: {codes}.")
HELD = Text("名称中有“{name}”的：{codes}。", "Names with “{name}” in them: {codes}.")
BEGUN = Text("名称以“{name}”开头的有：{codes}。", "Names that begin with “{name}”: {codes}.")
CALLED = Text("{code}（{name}）", "{code} ({name})")
WITH_CODE = Text("{name}（{code}）", "{name} ({code})")
MORE = Text("……共 {count} 个", "… {count} in all")
SHOWN = 6  # of those that a name may stand for
ELSEWHERE = Text("{name}（{code}）不在这 {count} 个城市之中。", "{name} ({code}) is not among these {count} cities.")
OF_ANOTHER_PROVINCE = Text("这一行是外省的城市。", "This row is of a city of another province.")
HAND_ON = Text("删去这一行，或交给该省。", "Delete the row, or hand it to that province.")
NAMES_STAND = Text("城市名称见城市表。", "The names of the cities stand in the table cities.")
FEW_SLIPS = 2  # names that have one of two signs in common with another, and may yet be meant
SHORTEST = 2  # signs of a name that others may begin with


class Named(Known):
    """Known codes of records that have names too: whoever writes a name is told the code that stands for it."""

    between = Text("、", ", ")

    def __init__(self, codes: Iterable[str], *names: Iterable[str]) -> None:
        """Keep the codes, each with its names: in Chinese, or in both languages; none where they have none."""
        every = tuple(map(str, codes))
        super().__init__(every)
        zh, en = (*names, *names)[:2] if names else (every, every)
        self.titles = {
            code: Text(str(name), str(other or name)) for code, name, other in zip(every, zh, en, strict=True)
        }

    @cached_property
    def _by_name(self) -> Mapping[str, set[str]]:
        """Codes by names without endings such as 市."""
        codes: dict[str, set[str]] = {}
        for code, title in self.titles.items():
            for name in filter(None, title):
                codes.setdefault(bare(name), set()).add(code)
        return codes

    @cached_property
    def _like(self) -> tuple[Known, Mapping[str, str]]:
        """The names in full, and the code of each; of several records with one name the last."""
        whose = {name: code for code, title in sorted(self.titles.items()) for name in title}
        return Known(whose), whose

    def by_name(self, text: str) -> str | None:
        """The code of the only record of a name; None where there is none."""
        codes = self._by_name.get(bare(text), set())
        return next(iter(codes)) if len(codes) == 1 else None

    def like_name(self, text: str) -> str | None:
        """The code of the record whose name is most like a text; None where none is like it."""
        known, whose = self._like
        name = known.nearest(text)
        return None if name is None else whose[name]

    def among(self, text: str, codes: Collection[str]) -> str | None:
        """The code of the record that a text means where it can only be one of some; None where that is open."""
        own = {code: self.titles[code] for code in codes if code in self.titles}
        named = Named(own, [title.zh for title in own.values()], [title.en for title in own.values()])
        if len(named._by_name.get(bare(text), ())) > 1:
            return None
        return named.like_name(text) or (next(iter(own)) if len(own) == 1 else None)

    def shown(self, name: str) -> Text:
        """A code with what it is called behind it."""
        return self.titles[name] if self.titles[name].zh == name else CALLED.fill(code=name, name=self.titles[name])

    def _remedy(self, name: str) -> Text:
        known = name in self or self.nearest(name) is not None
        return (None if known else self.instead_of(name)) or super()._remedy(name)

    def instead_of(self, name: str) -> Text | None:
        """The code that is right instead of a name, or all codes with their names; None where no name stands there."""
        meant = self.by_name(name)
        if meant is not None:
            return Text(f"写作 {meant}。", f"Write {meant}.")
        several = sorted(self._by_name.get(bare(name), ()))
        if several:
            shown = [
                Text(f"{code} {self.titles[code].zh}", f"{code} {self.titles[code].en}") for code in several[:SHOWN]
            ]
            more = [MORE.fill(count=len(several))] if len(several) > SHOWN else []
            return SEVERAL.fill(name=name, codes=listed([*shown, *more]))
        like = self.like_name(name)
        if like:
            return MEANT.fill(nearest=self.shown(like))
        if name.isascii() or not self.names:
            return None
        many = len(self.names)
        return (ONE_OF if many <= LISTED else ONE_OF_MANY).fill(every=self.every(), many=many)


def names_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, Text]:
    """What cities, services and pools are called, by code."""
    return {str(row[KEYS[of]]): name_of(row, of) for of in NAMES for row in records(tables[of])}


def name_of(row: Mapping[str, Any], of: str = "cities") -> Text:
    """What a city, a service or a pool is called.

    Where a city has no English name its Chinese one stands in English too, with its code: whoever cannot read the one
    finds the other in the tables.

    Args:
        row: of it.
        of: its table.
    """
    code, (chinese, english) = str(row[KEYS[of]]), NAMES[of]
    name = str(row.get(chinese) or code)
    given = row.get(english)
    return Text(name, str(given) if given else name if name == code else WITH_CODE.en.format(name=name, code=code))


def with_code(row: Mapping[str, Any]) -> Text:
    """A city by its name in the reader's language and its code."""
    code, name = str(row["city"]), str(row.get("name") or row["city"])
    return WITH_CODE.fill(name=Text(name, str(row.get("name_en") or name)), code=code)


def near_city(column: str, text: str, cities: Mapping[str, Iterable[str]]) -> Text:
    """What would be right where a condition names a city that is not there.

    Args:
        column: ``city``, or one with names, as the condition has it.
        text: that stands in none of its cells.
        cities: these columns.
    """
    if column == "city":
        return Named(cities["city"], *(cities[name] for name in NAMES["cities"] if name in cities)).remedy(text)
    if not text.isascii() and (code := _of_china(text)) is not None and code not in set(cities["city"]):
        return _elsewhere(code, text, len(list(cities["city"])))
    chinese = list(map(str, cities.get("name", cities[column])))
    english = dict(zip(map(str, cities.get("name_en", chinese)), chinese, strict=True))
    of_text = Known(english) if text.isascii() else Known(chinese)
    near = of_text.nearest(text)
    if near is None and not text.isascii():  # of names of two signs the second is that of many
        near = of_text.nearest(f"{text}市")
        near = near if near is not None and near[0] == text[0] else None
    if near is None:
        return NAMES_STAND
    meant = english.get(near, near)
    told = next((name for name, known in english.items() if known == meant and name), meant)
    return Text(f"是否为 {meant}？", f"Did you mean {told}?")


def remedy_by_name(tables: Mapping[str, pd.DataFrame], of: str, given: str) -> Text:
    """What would be right instead of a code or a name that nothing has: the code of its name, or the nearest names.

    Args:
        tables: of the instance.
        of: cities, services or pools.
        given: what was written.
    """
    table = tables[of]
    have = Known(table[KEYS[of]].tolist())
    if not have.names:
        return have.remedy(given)
    if len(named := _named(table, of, given)) > 1:
        return SEVERAL.fill(name=given, codes=_listed(table, of, named))
    if named:
        return NAMED.fill(code=named[0], name=given)
    if begun := _begun(table, of, given):
        return BEGUN.fill(name=given, codes=_listed(table, of, begun))
    if of == "cities" and (code := _of_china(given)):
        elsewhere = _elsewhere(code, given, len(have.names))
        return NAMED.fill(code=code, name=given) if code in have else elsewhere
    if of != "cities" and (held := _begun(table, of, given, anywhere=True)):
        codes = _listed(table, of, held)
        return HELD.fill(name=given, codes=codes) if len(held) > 1 else MEANT.fill(nearest=codes)
    if nearest := _by_name(table, of).nearest(given):
        return _nearest(table, of, nearest)
    if slips := _slips(table, of, given):
        return MEANT.fill(nearest=_listed(table, of, slips))
    close = have.nearest(given)
    if close is not None and of != "cities":
        return have.remedy(given)
    if close is not None:
        return MEANT.fill(nearest=_listed(table, of, [close]))
    return ONE_OF.fill(every=_listed(table, of, have.names))


def _nearest(table: pd.DataFrame, of: str, nearest: str) -> Text:
    """Whether a name is meant: of a Chinese one in English the English one, where there is but one record of it."""
    codes = _named(table, of, nearest)
    own = [name_of(row, of) for row in records(table) if str(row[KEYS[of]]) in codes]
    english = next(iter(own)).en.removesuffix(f" ({codes[0]})") if len(own) == 1 and not nearest.isascii() else nearest
    return NEAREST.fill(name=Text(nearest, english), codes=", ".join(codes))


def _elsewhere(code: str, given: str, count: int) -> Text:
    """That a city of China, by its name in the reader's language, is none of the instance's so many."""
    chinese = names().get(code, given)
    return ELSEWHERE.fill(name=Text(chinese, names(column="name_en").get(code) or chinese), code=code, count=count)


def _of_china(name: str) -> str | None:
    """The code of China's city of a name, or of one that it had before; None for a code, and for other names."""
    return None if name.isascii() else in_six_digits(name)


def _slips(table: pd.DataFrame, of: str, name: str) -> list[str]:
    """Codes of whatever has a Chinese name that differs in one sign, with or without 市.

    Of two signs the first has to be the same, as the second is that of many: 州; unless it is that of very few.
    """
    short = name.removesuffix("市")
    if name.isascii() or len(short) < SHORTEST:
        return []
    known = zip(table[KEYS[of]], table[NAMES[of][0]].astype(str).str.removesuffix("市"), strict=True)
    near = {str(code): other for code, other in known if len(other) == len(short) and sum(map(ne, other, short)) == 1}
    if len(short) == SHORTEST:
        begun = {code: other for code, other in near.items() if other[0] == short[0]}
        near = begun or (near if len(near) <= FEW_SLIPS else {})
    return sorted(near)


def near_code(tables: Mapping[str, pd.DataFrame], of: str, given: str) -> str | None:
    """The one code that may be meant by a code or a name that nothing has; None where that is open.

    Args:
        tables, of, given: as of `remedy_by_name`.
    """
    table = tables[of]
    for codes in (_named(table, of, given), _begun(table, of, given), _begun(table, of, given, anywhere=True)):
        if codes:
            return codes[0] if len(codes) == 1 else None
    nearest = _by_name(table, of).nearest(given)
    return Known(table[KEYS[of]].tolist()).nearest(given) if nearest is None else _named(table, of, nearest)[0]


def _begun(table: pd.DataFrame, of: str, name: str, *, anywhere: bool = False) -> list[str]:
    """Codes of whatever has a name that begins with another, or has it anywhere, whatever its case."""
    if len(name) < SHORTEST:
        return []
    columns = [table[column] for column in NAMES[of] if column in table]
    return sorted({
        str(code)
        for column in columns
        for code, known in zip(table[KEYS[of]], column, strict=True)
        if (name.casefold() in str(known).casefold() if anywhere else str(known).casefold().startswith(name.casefold()))
    })  # fmt: skip


def _listed(table: pd.DataFrame, of: str, codes: Sequence[str]) -> Text:
    """Codes with their names; of many the first."""
    chinese, english = NAMES[of]
    named = {
        str(row[KEYS[of]]): Text(*(f"{row[KEYS[of]]} {row.get(name) or row[chinese]}" for name in (chinese, english)))
        for row in records(table)
    }
    more = [MORE.fill(count=len(codes))] if len(codes) > SHOWN else []
    return listed([*(named[code] for code in codes[:SHOWN]), *more])


def _by_name(table: pd.DataFrame, of: str) -> Known:
    return Known(str(each) for column in NAMES[of] if column in table for each in table[column].dropna())


def _named(table: pd.DataFrame, of: str, name: str) -> list[str]:
    return called(table, KEYS[of], NAMES[of], name)
