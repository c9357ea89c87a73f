"""Checks of levels: columns that there are, units that stand in one place, and shares that the rules allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.frames import labels
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.settings import Settings
from alloc.instance.suggest import Known
from alloc.text import Text, figure, listed

TABLES = ("levels", "cities")


def check_levels(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Everything about `levels` and `policy.levels`."""
    levels, cities = (sheets[name] for name in TABLES)
    if settings is None or not cities.given:
        return []
    columns = settings.policy.levels
    known = Known(name for name in cities.columns if cities.has(name) and not cities.is_numeric(name))
    findings = [
        Finding("error", "unknown_column", FILE, None, "policy.levels", column,
                Text("cities 表没有这一列。", "The table cities has no such column."),
                known.remedy(column))
        for column in columns if not cities.has(column)
    ]  # fmt: skip
    if findings or not levels.given or not len(levels.frame):
        return findings
    return _check_units(levels, cities, columns) + _check_shares(levels)


def _check_units(levels: Sheet, cities: Sheet, columns: tuple[str, ...]) -> list[Finding]:
    """Units that exist, in one column alone, and in one unit of every level above."""
    named = [labels(cities.frame, column) for column in columns]
    units, blank = levels.texts("unit"), levels.blank("unit")
    places = [[column for column, names in zip(columns, named, strict=True) if unit in names] for unit in units]
    count = np.array([len(each) for each in places], dtype=int)
    known = Known(str(name) for names in named for name in names)
    findings = levels.find(
        (count == 0) & ~blank, "unit", "unknown_unit",
        Text("没有城市属于它：“{columns}”列中没有这一取值。", "No city is below it: no value of {columns} in cities."),
        lambda place: known.remedy(units[place]),
        columns=_titles(columns),
    )  # fmt: skip
    findings += levels.find(
        (count > 1) & ~blank, "unit", "ambiguous_unit",
        Text("“{columns}”列都有这一取值，不知是哪一级。",
             "{columns} all have this value: which level it is, is unclear."),
        Text("改其中一列的取值，使各级单位不重名。",
             "Change the values of one column: no two levels may share a name."),
        columns=lambda place: _titles(places[place]),
    )  # fmt: skip
    above = [_above(str(unit), each, columns, named) for unit, each in zip(units, places, strict=True)]
    return findings + levels.find(
        np.array([len(each) > 1 for each in above], dtype=bool), "unit", "unit_in_two_units",
        Text("它的城市分属 {above}：不知经由哪一个下达。", "Its cities are in {above}: it has no one unit above it."),
        Text("改正 cities 表，或把它分为不同名称的单位。",
             "Mend the table cities, or tell the parts apart by names of their own."),
        above=lambda place: listed(Text(each, each) for each in above[place]),
    )  # fmt: skip


def _above(unit: str, places: list[str], columns: tuple[str, ...], named: list[np.ndarray]) -> list[str]:
    """The units next above one; more than one only where its cities are in several."""
    at = columns.index(places[0]) if len(places) == 1 else 0
    for upper in range(at):
        found = sorted(set(named[upper][named[at] == unit].tolist()))
        if len(found) > 1:
            return found
    return []


def _check_shares(levels: Sheet) -> list[Finding]:
    """What a unit keeps against the most that the rules let it keep."""
    retained, most = levels.numbers("retained"), levels.numbers("retained_most")
    return levels.find(
        retained > most, "retained", "retained_above_most",
        Text("留用比例 {retained} 超过规定的上限 {most}。", "{retained} is more than the {most} that may be kept."),
        Text("降到 {most}，或按文件改正上限。", "Lower it to {most}, or mend the most that the rules allow."),
        retained=lambda place: figure(float(retained[place])), most=lambda place: figure(float(most[place])),
    )  # fmt: skip


def _titles(columns: Iterable[str]) -> Text:
    return listed(city_figure(each)[0] for each in columns)
