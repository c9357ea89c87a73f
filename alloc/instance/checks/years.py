"""Years that are beside each other: the plan's and the data's, and pools and what their cities got last year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.frames import labels
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import CELL_SOURCES
from alloc.text import Text

FAR = "far_from_last_year"
USUAL = (0.5, 1.5)  # of what was given out last year
FAR_YEARS = 10  # from the data to the planning year
YEAR = re.compile(r"(?<!\d)(?:19|20|21)\d\d(?!\d)")
_EARLY = Text("规划年度 {year} 早于数据：数据来源注明的年份，过半数在其后，居中的是 {middle} 年。",
              "The planning year {year} is before the data: more than half of the years of their sources are after it, "
              "the middle one is {middle}.")  # fmt: skip
_LATE = Text("规划年度 {year} 与数据相差太远：数据来源注明的年份，居中的是 {middle} 年，相差 {apart} 年。",
             "The planning year {year} is far from the data: the middle year of their sources is {middle}, {apart} "
             "years before.")  # fmt: skip
_YEARS_RIGHT = Text("核对规划年度。若无误可不改。", "Check the planning year. Leave it if it is right.")
UNIT = 50  # times as much or as little is another unit, which `checks.units` says

_FAR_FROM = Text(
    "可分配 {available}，是上年合计{with_retained}{last} 的 {times} 倍，不在 {least} 至 {most} 倍之间。",
    "{available} to be shared out is {times} times last year's {last}{with_retained}, outside of {least} to {most} "
    "times.",
)
_RETAINED = Text("（连同上级留用）", " (with what is retained above cities)")
_REMEDY = Text(
    "核对总量、预留和上年数额；若属实可不改。",
    "Check the total, the reserve and last year's amounts; leave it if it is right.",
)


def check_planning_year(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """A warning on a planning year that more than half of the data are after, or far behind.

    Columns and cells count alike, each by the row of its source; of a row with several years the first says whether the
    data are after, the last how far they lie behind.

    Args:
        sheets: the tables, by name.
        settings: with the year; None where they are wrong.
    """
    if settings is None:
        return []
    first, last = (np.sort(years) for years in _years_of([sheets["sources"], sheets[CELL_SOURCES.name]]))
    if not len(first):
        return []
    early, late = int(first[(len(first) - 1) // 2]), int(last[len(last) // 2])
    year = settings.year
    if early <= year <= late + FAR_YEARS:
        return []
    message = _EARLY.fill(year=year, middle=early) if year < early else _LATE.fill(
        year=year, middle=late, apart=year - late
    )  # fmt: skip
    return [Finding("warning", "year_far_from_sources", FILE, None, "year", str(year), message, _YEARS_RIGHT)]


def _years_of(tables: Sequence[Sheet]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first and the last year that each row of some sources names; none of rows that name none."""
    first, last = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for sources in tables:
        if sources.given and sources.has("year"):
            groups, texts = sources.groups("year")
            named = [list(map(int, YEAR.findall(text))) for text in texts]
            some = [bool(years) for years in named]
            rows = groups[np.isin(groups, np.flatnonzero(some))]
            first.append(np.array([min(years, default=0) for years in named], dtype=np.intp)[rows])
            last.append(np.array([max(years, default=0) for years in named], dtype=np.intp)[rows])
    return np.concatenate(first), np.concatenate(last)


def check_years(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """A warning on every pool that is far from last year's, where there is an amount of last year for every city.

    An advance is a part of the year on purpose: the pool of the whole year is what is compared.

    Args:
        sheets: the tables, by name.
        settings: which say the levels that pools go through; None where they are wrong.
    """
    pools, cities, last_year = (sheets[name] for name in ("pools", "cities", "last_year"))
    given = pools.given and cities.given and last_year.given and last_year.has("amount") and pools.has("total")
    if not given:
        return []
    amounts, names = last_year.numbers("amount"), last_year.texts("pool")
    places = last_year.places("city", cities)
    counted = (places >= 0) & ~np.isnan(amounts)
    passed = _passed_on(sheets["levels"], cities, settings, places, names)
    amounts = amounts / passed
    groups, titles = last_year.groups("pool")
    of = [groups == (titles.index(pool) if pool in titles else len(titles)) for pool in pools.texts("pool").tolist()]
    last, whole = (
        np.array([measure(amounts[counted & rows]) for rows in of], dtype=float) for measure in (np.sum, len)
    )
    reserve = np.nan_to_num(pools.numbers("reserve")) if pools.has("reserve") else np.zeros(len(last))
    available = pools.numbers("total") * (1 - reserve)
    times = np.divide(available, last, out=np.ones(len(last)), where=(last > 0) & (whole == len(cities.frame)))
    (least, most), unusual = USUAL, (times < USUAL[0]) | (times > USUAL[1])
    retained = [bool((passed[rows] != 1).any()) for rows in of]
    return pools.find(
        unusual & (times < UNIT) & (times > 1 / UNIT), "total", FAR,
        _FAR_FROM, _REMEDY, "warning",
        with_retained=lambda place: _RETAINED if retained[place] else Text(" ", ""),
        available=available, last=last, times=np.round(times, 2), least=least, most=most,
    )  # fmt: skip


def _passed_on(
    levels: Sheet, cities: Sheet, settings: Settings | None, places: NDArray[np.intp], pools: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Which part of what was received of a pool reached a city, row by row of last year's amounts; 1 without levels."""
    passed = np.ones(len(places))
    if settings is None or not levels.given or not levels.has("retained"):
        return passed
    keys = zip(levels.texts("unit"), levels.texts("pool"), strict=True)
    kept = {key: share for key, share in zip(keys, levels.numbers("retained"), strict=True) if 0 < share < 1}
    for column in settings.policy.levels if kept else ():
        if cities.has(column):
            units = labels(cities.frame, column)[places]
            passed *= [1 - kept.get(key, 0.0) for key in zip(units, pools, strict=True)]
    return passed
