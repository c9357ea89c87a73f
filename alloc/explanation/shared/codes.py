"""Cities by code or name, pools by code, as questions name them; one that is not there is refused with the nearest.

A name that stands before several others, as that of a city before those of its zones, is refused with all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import ne
from typing import NamedTuple

import pandas as pd

from alloc.explanation.shared.answer import AskError
from alloc.instance.frames import called, records
from alloc.instance.suggest import Known
from alloc.text import Text, listed


class Kind(NamedTuple):
    """What a question names by its code: its table, the columns with its names, and what is said where it is not."""

    table: str
    names: tuple[str, ...]
    missing: Text


KINDS: Mapping[str, Kind] = {
    "city": Kind("cities", ("name", "name_en"), Text("没有城市 {code}。{remedy}", "There is no city {code}. {remedy}")),
    "pool": Kind(
        "pools", ("title_zh", "title_en"), Text("没有资源池 {code}。{remedy}", "There is no pool {code}. {remedy}")
    ),
}
NAMED = Text("“{name}”的代码是 {code}。", "The code of “{name}” is {code}.")
NEAREST = Text("是否为 {name}（{codes}）？", "Did you mean {name} ({codes})?")
NEAR = Text("是否为 {codes}？", "Did you mean {codes}?")
BE = Text("可用：{codes}。", "Would be right: one of {codes}.")
SEVERAL = Text("有多个“{name}”，请用代码：{codes}。", "Several are called “{name}”; give a code: {codes}.")
BEGUN = Text("名称以“{name}”开头的有：{codes}。", "Names that begin with “{name}”: {codes}.")
MORE = Text("……共 {count} 个", "… {count} in all")
SHOWN = 6  # of those that a name may stand for
SHORTEST = 2  # signs of a name that others may begin with


def known_codes(tables: Mapping[str, pd.DataFrame], cities: Sequence[str], pool: str | None = None) -> list[str]:
    """Codes of cities that are given by code or name; refuses a city or pool that tables do not have.

    Args:
        tables: with the cities and pools.
        cities: codes or names, whatever their case, with or without 市 behind.
        pool: code.

    Raises:
        AskError: one is not there, with the nearest that is; or several cities have the name, with their codes.
    """
    if pool is not None:
        _code(tables, "pool", pool, Known(tables["pools"]["pool"].tolist()))
    have = Known(tables["cities"]["city"].tolist()) if cities else Known(())
    return [_code(tables, "city", city, have) for city in cities]


def _code(tables: Mapping[str, pd.DataFrame], key: str, given: str, have: Known) -> str:
    kind = KINDS[key]
    if given in have:
        return given
    named = _named(tables[kind.table], key, given)
    if key == "city" and len(named) == 1:
        return named[0]
    remedy = have.remedy(given)
    if key == "city" and have.names:
        close = have.nearest(given)
        codes = _listed(tables[kind.table], key, have.names if close is None else [close])
        remedy = (BE if close is None else NEAR).fill(codes=codes)
    if len(named) == 1:
        remedy = NAMED.fill(code=named[0], name=given)
    elif named:
        remedy = SEVERAL.fill(name=given, codes=_listed(tables[kind.table], key, named))
    elif begun := _begun(tables[kind.table], key, given):
        remedy = BEGUN.fill(name=given, codes=_listed(tables[kind.table], key, begun))
    elif nearest := _by_name(tables[kind.table], key).nearest(given):
        remedy = NEAREST.fill(name=nearest, codes=", ".join(_named(tables[kind.table], key, nearest)))
    elif slips := _slips(tables[kind.table], key, given):
        remedy = NEAR.fill(codes=_listed(tables[kind.table], key, slips))
    raise AskError(kind.missing.fill(code=given, remedy=remedy))


def _slips(table: pd.DataFrame, key: str, name: str) -> list[str]:
    """Codes of whatever has a Chinese name that differs in one sign, with or without 市."""
    short = name.removesuffix("市")
    if name.isascii() or len(short) < SHORTEST:
        return []
    known = zip(table[key], table[KINDS[key].names[0]].astype(str).str.removesuffix("市"), strict=True)
    return sorted(str(code) for code, other in known
                  if len(other) == len(short) and sum(map(ne, other, short)) == 1)  # fmt: skip


def _begun(table: pd.DataFrame, key: str, name: str) -> list[str]:
    """Codes of whatever has a name that begins with another, whatever its case."""
    if len(name) < SHORTEST:
        return []
    columns = [table[column] for column in KINDS[key].names if column in table]
    return sorted({
        str(code)
        for column in columns
        for code, known in zip(table[key], column, strict=True)
        if str(known).casefold().startswith(name.casefold())
    })  # fmt: skip


def _listed(table: pd.DataFrame, key: str, codes: Sequence[str]) -> Text:
    """Codes with their names; of many the first."""
    chinese, english = KINDS[key].names
    named = {
        str(row[key]): Text(f"{row[key]} {row[chinese]}", f"{row[key]} {row.get(english) or row[chinese]}")
        for row in records(table)
    }
    more = [MORE.fill(count=len(codes))] if len(codes) > SHOWN else []
    return listed([*(named[code] for code in codes[:SHOWN]), *more])


def _by_name(table: pd.DataFrame, key: str) -> Known:
    return Known(str(each) for column in KINDS[key].names if column in table for each in table[column].dropna())


def _named(table: pd.DataFrame, key: str, name: str) -> list[str]:
    return called(table, key, KINDS[key].names, name)
