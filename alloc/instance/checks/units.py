"""Checks of units: figures a known number of times what stands beside them, by city and by pool: 15, 10⁴, 10⁸."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import log10
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, Column
from alloc.instance.files.heads import read_head
from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding, not_left, or_leave
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.units import PER_HECTARE, scale_of
from alloc.instance.suggest import Known
from alloc.text import Text, figure

GRAVE = 1e4
"""A column off by so much, or such a part, leaves nothing of an answer; less a rich or a poor country may be."""
SETTING = "units_confirmed"
_OTHERWISE = Text(
    "{remedy}整列改正；单位确实无误的，在 {file} 的“单位已核对的列”（{setting}）写明 {name}。",
    "{remedy} Mend the whole column; if its unit is right, name {name} in {setting} in {file}.",
)

Floats = NDArray[np.float64]

FEWEST_NEIGHBOURS = 4
LAND_COLUMNS = ("built_up", "production_request")  # that cities have about as much of, a head
# How far, in powers of ten, a figure may be from so many times its neighbours' and still look like another unit.
UNIT_MARGIN = 0.5
MOST_FACILITIES = 1e6  # of one service in one city
NARROW = 0.12  # of ratios that cities may well have between them
# The powers of ten that figures in 元, 亿元 or 万人 are off by, and those of land in 亩, km² and 万亩.
POWERS: Mapping[float, float] = dict.fromkeys((-8, -4, 4, 8), UNIT_MARGIN)
MU, KM2, TEN_THOUSAND_MU = log10(PER_HECTARE), -2.0, log10(PER_HECTARE) - 4
LAND: Mapping[float, float] = {**dict.fromkeys((MU, KM2, TEN_THOUSAND_MU), NARROW), **POWERS}
TIMES: Mapping[float, str] = {
    -8: "10⁻⁸", -4: "10⁻⁴", 4: "10⁴", 8: "10⁸", MU: "15", KM2: "1/100", TEN_THOUSAND_MU: "1/667",
}  # fmt: skip

_CHECK = or_leave(Text("核对单位：应为{unit}。", "Check the unit: {unit}."))
_CHECK_FACILITIES = Text(
    "核对单位：应为一处设施的能力，用该服务的计量单位；只扩建、不新建的服务留空。",
    "Check the unit: what one facility holds, in units of the service; empty for a service that only enlarges.",
)


def check_units(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Single figures that look like another unit. All of it warnings: a small or a rich city may look so too."""
    cities, services, capacity, last_year = (sheets[name] for name in ("cities", "services", "capacity", "last_year"))
    return [
        *cities.found("neighbours", (), partial(_check_neighbours, cities)),
        *cities.found("quotas", (), partial(_check_quotas, cities)),
        *capacity.found("units", (cities, services), partial(_check_capacity, cities, services, capacity)),
        *services.found("facilities", (cities,), partial(_check_facilities, cities, services)),
        *last_year.found("a head", (cities,), partial(_check_last_year, cities, last_year)),
        *_check_totals(sheets["pools"], last_year),
        *_check_titles(sheets["pools"]),
    ]


def _check_neighbours(cities: Sheet) -> list[Finding]:
    """Money, and land in use, whose figure a head is about 10⁴ or 10⁸ times, or one such part of, the neighbours'."""
    residents = cities.numbers("residents")
    columns = [
        column
        for column in cities.table.columns
        if (column.unit in (MONEY, MONEY_A_YEAR) or column.name in LAND_COLUMNS)
        and (cities.numbers(column.name) > 0).sum() >= FEWEST_NEIGHBOURS
    ]
    if not columns:
        return []
    provinces, _ = cities.groups("province")
    figures = np.column_stack([cities.numbers(column.name) for column in columns])
    powers = power_off(figures, residents, provinces)
    land = [column.name in LAND_COLUMNS for column in columns]
    powers[:, land] = power_off(figures[:, land], residents, provinces, steps=LAND)
    # Most of a city's figures off by the same power: its residents are in another unit, not all its money.
    given = (figures > 0).sum(axis=1)
    by_residents = np.zeros(len(residents))
    for power in (-8, -4, 4, 8):
        alike = (powers == power).sum(axis=1)
        by_residents[(alike >= 3) & (2 * alike > given)] = power
    message = Text(
        "“{title}”人均数约为邻近城市中位数的 {times} 倍，单位可能有误。",
        "{title} a head is about {times} times the median of its neighbours: the unit may be wrong.",
    )
    findings = cities.find(
        by_residents != 0,
        "residents",
        "unit_suspect",
        Text("各项人均金额约为邻近城市的 {times} 倍。", "Money a head is about {times} times that of its neighbours."),
        Text("核对常住人口是否以“人”为单位{right_zh}。", "Check that residents are in persons{right_en}."),
        "warning",
        times=_times(by_residents),
        right_zh=_in_persons(residents, by_residents, "：若按万人填报，应写 {}"),
        right_en=_in_persons(residents, by_residents, ": {} if they are given in 10⁴"),
    )
    for column, power in zip(columns, powers.T, strict=True):
        wrong = (power != 0) & (power != by_residents)
        findings += cities.find(
            wrong, column.name, "unit_suspect", message, _CHECK, "warning",
            title=column.title, unit=column.unit, times=_times(power),
        )  # fmt: skip
    return findings


def _in_persons(residents: Floats, powers: Floats, words: str) -> Callable[[int], str]:
    """What residents are in persons that look like tens of thousands, in some words."""
    return lambda place: words.format(f"{1e4 * residents[place]:.0f}") if powers[place] == 4 else ""


def _check_quotas(cities: Sheet) -> list[Finding]:
    """Quotas that are about a ten thousandth of those who settled last year there: few cities have one to compare."""
    quotas, before = cities.numbers("settlement_quota"), cities.numbers("settled_last")
    some = (quotas > 0) & (before > 0)
    off = np.log10(np.divide(quotas, before, out=np.ones(len(quotas)), where=some))
    return cities.find(
        np.abs(off + 4) <= UNIT_MARGIN, "settlement_quota", "unit_suspect",
        Text("落户指标 {quota} 人，约为上年落户人数 {before} 人的万分之一，可能是以万人填报。",
             "A quota of {quota} persons is about a ten thousandth of the {before} who settled last year: it may be in "
             "10⁴ persons."),
        or_leave(Text("核对单位：应为人；若按万人填报，应写 {right}。",
                      "Check the unit: persons; {right} if it is given in 10⁴.")),
        "warning",
        quota=quotas, before=before, right=lambda place: figure(round(1e4 * float(quotas[place]))),
    )  # fmt: skip


def _check_capacity(cities: Sheet, services: Sheet, capacity: Sheet) -> list[Finding]:
    """Capacity a person served that is 10⁴ times, or one such part of, that of the same service elsewhere."""
    if not (cities.given and services.given and capacity.given):
        return []
    people = cohorts(cities, services)
    city, service = capacity.places("city", cities), capacity.places("service", services)
    known = (city >= 0) & (service >= 0)
    base = np.full(len(known), np.nan)
    base[known] = np.array(people)[service[known], city[known]] if people else np.nan
    power = power_off(capacity.numbers("capacity"), base, capacity.groups("service")[0], alone=True)
    message = Text(
        "现有能力与服务人群之比约为其他城市的 {times} 倍，单位可能有误。",
        "Capacity a person served is about {times} times that of other cities: the unit may be wrong.",
    )
    remedy = Text("核对单位：应为该服务的计量单位，不写“万”。", "Check the unit: that of the service, not 10⁴ of it.")
    return capacity.find(power != 0, "capacity", "unit_suspect", message, remedy, "warning", times=_times(power))


def _check_facilities(cities: Sheet, services: Sheet) -> list[Finding]:
    """Facilities so small that a city needs a million of them, or larger than what all cities need."""
    if not (cities.given and services.given and len(cities.frame) and len(services.frame)):
        return []
    module, needs = services.numbers("module"), np.array(cohorts(cities, services)) * services.numbers("norm")[:, None]
    most, every = (np.where(np.isnan(needs), 0.0, needs).max(axis=1), np.nansum(needs, axis=1))
    needed = most / np.where(module > 0, module, np.nan)
    small = services.find(
        (needed > MOST_FACILITIES) & (most > 0), "module", "unit_suspect",
        Text("设施规模为 {size}，需求最大的城市要建 {number} 处才够。",
             "The facility size is {size}: the city with the largest need would take {number} of them."),
        _CHECK_FACILITIES, "warning",
        size=module, number=needed,
    )  # fmt: skip
    large = services.find(
        (module > every) & (every > 0), "module", "unit_suspect",
        Text("设施规模为 {size}，一处就超过各市全部需求 {need}。",
             "The facility size is {size}: one is more than the {need} that all cities need."),
        _CHECK_FACILITIES, "warning",
        size=module, need=every,
    )  # fmt: skip
    return [*small, *large]


def cohorts(cities: Sheet, services: Sheet) -> list[Floats]:
    """The persons whom every service is for by city, NaN where there is no such column."""
    nobody = np.full(len(cities.frame), np.nan)
    return [
        cities.numbers(cohort) if cities.has(cohort) and cities.is_numeric(cohort) else nobody
        for cohort in services.texts("cohort")
    ]


def _check_last_year(cities: Sheet, last_year: Sheet) -> list[Finding]:
    """Last year's amounts a head that are 10⁴ times, or one such part of, those of the same pool elsewhere."""
    if not (cities.given and last_year.given):
        return []
    base = np.append(cities.numbers("residents"), np.nan)[last_year.places("city", cities)]
    power = power_off(last_year.numbers("amount"), base, last_year.groups("pool")[0], alone=True)
    message = Text(
        "上年数额的人均数约为其他城市的 {times} 倍，单位可能有误。",
        "Last year's amount a head is about {times} times that of other cities: the unit may be wrong.",
    )
    remedy = Text("核对单位：用地为公顷，资金为万元。", "Check the unit: ha for land, 10⁴ yuan for money.")
    return last_year.find(power != 0, "amount", "unit_suspect", message, remedy, "warning", times=_times(power))


def _check_totals(pools: Sheet, last_year: Sheet) -> list[Finding]:
    """Totals 10⁴ or 10⁸ times, or one such part of, what all cities got last year."""
    if not (pools.given and last_year.given):
        return []
    (of, names), amounts = last_year.groups("pool"), last_year.numbers("amount")
    sums = {name: np.nansum(amounts[of == place]) for place, name in enumerate(names)}
    before = np.array([sums.get(pool, 0.0) for pool in pools.texts("pool")], dtype=float)
    totals = (1 - pools.numbers("reserve")) * pools.numbers("total")
    some = (before > 0) & (totals > 0)
    power = np.zeros(len(before))
    power[some] = _power(np.log10(totals[some] / before[some]))
    message = Text(
        "可分配总量约为上年各市合计 {before} 的 {times} 倍，两者之一的单位可能有误。",
        "What there is to share is about {times} times the {before} of last year: one of them may be in another unit.",
    )
    remedy = Text("核对单位：用地为公顷，资金为万元。", "Check the unit: ha for land, 10⁴ yuan for money.")
    return pools.find(
        power != 0, "total", "unit_suspect", message, remedy, "warning", times=_times(power), before=before
    )


def _check_titles(pools: Sheet) -> list[Finding]:
    """Titles of pools that name another unit than their amounts have."""
    if not (pools.given and pools.has("kind")):
        return []
    findings: list[Finding] = []
    own = [HECTARES if kind == "land" else MONEY for kind in pools.texts("kind")]
    for column in (name for name in ("title_zh", "title_en") if pools.has(name)):
        said = [read_head({}, str(title)).said for title in pools.texts(column)]
        scales = [scale_of(Column("", "number", unit, Text("", ""), Text("", "")), each) if each else None
                  for unit, each in zip(own, said, strict=True)]  # fmt: skip
        findings += pools.find(
            np.array([scale not in (None, 1) for scale in scales], dtype=bool), column, "unit_in_title",
            Text("名称写的单位是“{said}”，数额的单位是{unit}。",
                 "The title names the unit {said}; amounts are in {unit}."),
            Text("数额以{unit}填报，名称去掉“{said}”。", "Give amounts in {unit}, and drop {said} from the title."),
            "warning",
            said=lambda place, said=said: said[place], unit=lambda place: own[place],
        )  # fmt: skip
    return findings


def power_off(
    values: Floats,
    base: Floats,
    groups: NDArray[Any],
    *,
    alone: bool = False,
    steps: Mapping[float, float] = POWERS,
) -> Floats:
    """The power of ten, of those given, by which values a unit of their base are off the median of their group, or 0.

    Args:
        values: figures [n], or several columns of them, each by itself [n, k].
        base: persons, as a rule [n].
        groups: neighbours have the same [n].
        alone: groups have nothing to do with each other; otherwise one with few members is compared with all.
        steps: the powers that are looked for, and how far a value may be from each.
    """
    table = values if values.ndim == 2 else values[:, None]
    usable = (table > 0) & (base > 0)[:, None]
    if not usable.any():
        return np.zeros(values.shape)
    nearest = min(abs(step) - margin for step, margin in steps.items())
    row, column = np.nonzero(usable)
    logs = np.log10(table[usable]) - np.log10(base[row])
    number = pd.factorize(groups, use_na_sentinel=False)[0][row] * table.shape[1] + column
    wide = _spread(logs, number if alone else column) > nearest  # where figures are alike none is far off
    row, column, logs, number = row[wide], column[wide], logs[wide], number[wide]
    medians, members = group_medians(logs, number)
    enough = members[number] >= FEWEST_NEIGHBOURS
    compared = np.where(enough, medians[number], np.nan if alone else group_medians(logs, column)[0][column])
    powers = np.zeros(table.shape)
    powers[row, column] = _power(logs - compared, steps)
    return powers.reshape(values.shape)


def _spread(values: Floats, numbers: NDArray[np.intp]) -> Floats:
    """For every value how far the greatest and the least of its number are apart."""
    least, most = np.full((2, numbers.max() + 1), [[np.inf], [-np.inf]])
    np.minimum.at(least, numbers, values)
    np.maximum.at(most, numbers, values)
    spread: Floats = (most - least)[numbers]
    return spread


def group_medians(values: Floats, numbers: NDArray[np.intp]) -> tuple[Floats, NDArray[np.intp]]:
    """The median of the values of each number from 0 on, and how many there are; NaN where there are none."""
    ordered = np.append(values[np.lexsort((values, numbers))], np.nan)
    many = np.bincount(numbers)
    first = np.cumsum(many) - many
    middle = (ordered[first + (many - 1) // 2] + ordered[first + many // 2]) / 2
    return np.where(many > 0, middle, np.nan), many


def _power(off: Floats, steps: Mapping[float, float] = POWERS) -> Floats:
    """The power that a logarithm is next to, with its sign; 0 elsewhere."""
    power = np.zeros(off.shape)
    for step, margin in steps.items():
        power = np.where(np.abs(off - step) <= margin, step, power)
    return power


def _times(power: Floats) -> Callable[[int], str]:
    return lambda place: TIMES[float(power[place])]


@dataclass(frozen=True)
class Confirmed:
    """The columns whose unit has been confirmed, as ``table.column``."""

    names: frozenset[str]

    @staticmethod
    def by(settings: Settings | None) -> Confirmed:
        """Those of the settings; none where they are wrong themselves."""
        return Confirmed(frozenset(settings.units_confirmed if settings is not None else ()))

    def judged(self, table: str, found: Iterable[Finding], *, grave: bool) -> Iterator[Finding]:
        """Findings on the unit of a whole column: none of one that is confirmed, else errors where it is far off.

        Args:
            table: its name.
            found: the findings, with the remedy that an error has.
            grave: whether the column is off by `GRAVE` or more, as in another unit.
        """
        for each in found:
            name = f"{table}.{each.column}"
            if name in self.names:
                continue
            if not grave:
                yield replace(each, severity="warning", remedy=or_leave(not_left(each.remedy)))
            else:
                remedy = _OTHERWISE.fill(remedy=not_left(each.remedy), file=FILE, setting=SETTING, name=name)
                yield replace(each, severity="error", remedy=remedy)


def check_confirmed(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Names among the confirmed columns that no column has.

    Args:
        sheets: the tables.
        settings: None where they are wrong themselves.
    """
    names = Confirmed.by(settings).names
    if not names:
        return []
    known = Known(f"{name}.{column}" for name, sheet in sheets.items() for column in sheet.columns)
    message = Text("没有这一列。", "There is no such column.")
    return [
        Finding("error", "unknown_column", FILE, None, SETTING, name, message, known.remedy(name))
        for name in names - set(known.names)
    ]
