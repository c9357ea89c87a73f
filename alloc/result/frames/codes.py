"""Tables of a result as a person wants them: indexed by code, with the names of what the codes stand for in front."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.limits import title_of
from alloc.instance.instance import Instance

# Where the names of a code stand: the table of the instance, and its columns in Chinese and in English.
NAMES: Mapping[str, tuple[str, str, str]] = {
    "city": ("cities", "name", "name_en"),
    "pool": ("pools", "title_zh", "title_en"),
    "service": ("services", "title_zh", "title_en"),
    "programme": ("programmes", "title_zh", "title_en"),
    "limit": ("limits", "title_zh", "title_en"),
}


def frame(instance: Instance, table: pd.DataFrame) -> pd.DataFrame:
    """A table indexed by the codes that it begins with, behind them their names, ``city_zh``, ``city_en`` and so on.

    Args:
        instance: whose names they are.
        table: of a result; one that begins with no code keeps its plain index.

    Returns:
        A new table; where a thing has no English name the Chinese one stands.
    """
    declared = catalogue_for(instance.settings)
    of_catalogue: dict[str, Mapping[str, Any]] = {"family": declared.families, "tier": declared.tiers}
    codes: list[str] = []
    for column in map(str, table.columns):
        if column not in NAMES and column not in of_catalogue:
            break
        codes.append(column)
    if not codes:
        return table.copy()
    named = {}
    for code in codes:
        if code in NAMES:
            source, zh, en = NAMES[code]
            own = instance.tables[source].set_index(instance.tables[source].columns[0])
            chinese, english = own[zh], own[en].where(own[en] != "", own[zh])
            if code == "limit":  # a limit may have a row for every city
                titles = {name: title_of(instance.tables, name) for name in table[code]}
                chinese, english = (
                    pd.Series({name: title[k] for name, title in titles.items()}, dtype="str") for k in (0, 1)
                )
        else:
            things = of_catalogue[code]
            chinese = pd.Series({name: thing.title.zh for name, thing in things.items()}, dtype="str")
            english = pd.Series({name: thing.title.en for name, thing in things.items()}, dtype="str")
        named[f"{code}_zh"], named[f"{code}_en"] = table[code].map(chinese), table[code].map(english)
    whole = pd.concat([table[codes], pd.DataFrame(named, index=table.index), table.drop(columns=codes)], axis=1)
    return whole.set_index(codes)
