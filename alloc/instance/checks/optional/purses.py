"""Checks of purses: cities that name one, of the same province and size, and no chain of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from alloc.instance.derived.optional.purses import ACCOUNTS
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.text import Text, figure

Flags = NDArray[np.bool_]


def check_purses(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Everything about `cities.purse`; a purse that is no city is found with all other codes."""
    cities = sheets["cities"]
    if not (cities.given and cities.has("purse") and len(cities.frame)):
        return []
    codes, named = cities.texts("city"), cities.texts("purse")
    place = cities.places("purse", cities)
    other = of_another(cities)
    head = np.where(place >= 0, place, np.arange(len(codes)))
    findings = cities.find(
        other & other[head], "purse", "purse_of_purse",
        Text("{name}（{code}）自己也归属另一城市 {further} 的预算。",
             "{name} ({code}) has itself the purse of another city, {further}."),
        lambda at: Text(f"改为 {named[head[at]]}，或清空 {codes[head[at]]} 的预算归属。",
                        f"Would be right: {named[head[at]]}; or leave the purse of {codes[head[at]]} empty."),
        name=lambda at: _name(cities, int(head[at])), code=lambda at: codes[head[at]],
        further=lambda at: named[head[at]],
    )  # fmt: skip
    if cities.has("province"):
        provinces = cities.texts("province")
        findings += cities.find(
            other & (provinces != provinces[head]), "purse", "purse_across_provinces",
            Text("{name}（{code}）属于省级单位 {there}，本城市属于 {here}。",
                 "{name} ({code}) is in province {there}, this city in {here}."),
            Text("同一本预算的城市须在同一省份：改预算归属或省级代码。",
                 "Cities with one purse are in one province: mend the purse or the province."),
            name=lambda at: _name(cities, int(head[at])), code=lambda at: codes[head[at]],
            there=lambda at: provinces[head[at]], here=lambda at: provinces[at],
        )  # fmt: skip
    size = cities.numbers("size_population")
    return findings + cities.find(
        other & (np.abs(size - size[head]) > 0), "size_population", "purse_of_other_size",
        Text("城区常住人口 {here} 与预算归属的 {name} {there} 不同：分开的单元不改变规模等级。",
             "{here} is not the {there} of {name}, whose purse it has: to be divided changes no size class."),
        lambda at: Text(f"应为 {figure(float(size[head[at]]))}，即整个城市的城区常住人口。",
                        f"Would be right: {figure(float(size[head[at]]))}, that of the whole city."),
        here=lambda at: figure(float(size[at])), there=lambda at: figure(float(size[head[at]])),
        name=lambda at: _name(cities, int(head[at])),
    )  # fmt: skip


def of_another(cities: Sheet) -> Flags:
    """The rows of the table `cities` that have the purse of another city, so that their accounts may be blank."""
    if not cities.has("purse"):
        return np.zeros(len(cities.frame), dtype=bool)
    place = cities.places("purse", cities)
    return np.asarray((place >= 0) & (place != np.arange(len(place))))


def may_be_blank(sheet: Sheet, column: str) -> Flags | bool:
    """Where a cell that has to be filled in may be empty after all: accounts of a city that has another's purse."""
    return of_another(sheet) if sheet.table.name == "cities" and column in ACCOUNTS else False


def _name(cities: Sheet, place: int) -> Text:
    name = str(cities.texts("name")[place]) if cities.has("name") else str(cities.texts("city")[place])
    english = str(cities.texts("name_en")[place]) if cities.has("name_en") else ""
    return Text(name, english or name)
