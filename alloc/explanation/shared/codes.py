"""Cities and pools by code or name, as questions name them; one that is not there is refused with the nearest.

A name that stands before several others, as that of a city before those of its zones, is refused with all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from alloc.explanation.shared.answer import AskError
from alloc.instance.frames import called
from alloc.instance.named import NAMES, remedy_by_name
from alloc.instance.suggest import Known
from alloc.text import Text


class Kind(NamedTuple):
    """What a question names by its code: its table, and what is said where it is not."""

    table: str
    missing: Text


KINDS: Mapping[str, Kind] = {
    "city": Kind("cities", Text("没有城市 {code}。{remedy}", "There is no city {code}. {remedy}")),
    "pool": Kind("pools", Text("没有资源池 {code}。{remedy}", "There is no pool {code}. {remedy}")),
}


def known_codes(tables: Mapping[str, pd.DataFrame], cities: Sequence[str]) -> list[str]:
    """Codes of cities that are given by code or name; refuses a city that tables do not have.

    Args:
        tables: with the cities.
        cities: codes or names, whatever their case, with or without 市 behind.

    Raises:
        AskError: one is not there, with the nearest that is; or several cities have the name, with their codes.
    """
    have = Known(tables["cities"]["city"].tolist()) if cities else Known(())
    return [_code(tables, "city", city, have) for city in cities]


def known_pool(pool: str, *tables: Mapping[str, pd.DataFrame]) -> str:
    """The code of a pool that is given by code or title; refuses one that no tables have.

    Args:
        pool: code, or title in Chinese or English, whatever its case.
        tables: of one instance, or of several of which any may have it.

    Raises:
        AskError: it is not there, with the nearest that is, or with all; or several pools have the title.
    """
    every = pd.concat([each["pools"] for each in tables]).drop_duplicates("pool")
    return _code({"pools": every}, "pool", pool, Known(every["pool"].tolist()))


def _code(tables: Mapping[str, pd.DataFrame], key: str, given: str, have: Known) -> str:
    kind = KINDS[key]
    if given in have:
        return given
    named = called(tables[kind.table], key, NAMES[kind.table], given)
    if len(named) == 1:
        return named[0]
    raise AskError(kind.missing.fill(code=given, remedy=remedy_by_name(tables, kind.table, given)))
