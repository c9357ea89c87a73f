"""Cities and pools by their codes, as questions name them; one that is not there is refused with the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from alloc.explanation.shared.answer import AskError
from alloc.instance.suggest import Known
from alloc.text import Text


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


def known_codes(tables: Mapping[str, pd.DataFrame], cities: Sequence[str], pool: str | None = None) -> None:
    """Refuses a city or pool that tables do not have, with the nearest that they have.

    Raises:
        AskError: one is not there.
    """
    for key, codes in (("pool", [] if pool is None else [pool]), ("city", cities)):
        have = Known(tables[KINDS[key].table][key].tolist()) if codes else Known(())
        for code in codes:
            if code not in have:
                named = _named(tables[KINDS[key].table], key, code)
                remedy = have.remedy(code) if named is None else NAMED.fill(code=named, name=code)
                raise AskError(KINDS[key].missing.fill(code=code, remedy=remedy))


def _named(table: pd.DataFrame, key: str, name: str) -> str | None:
    """The code of the only thing that has a name, whatever its case, with or without 市 behind; else None."""
    wanted = {name.casefold(), f"{name}市".casefold()}
    found = {
        str(code)
        for column in KINDS[key].names
        if column in table
        for code, known in zip(table[key], table[column], strict=True)
        if str(known).casefold() in wanted
    }
    return found.pop() if len(found) == 1 else None
