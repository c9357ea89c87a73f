"""Whole columns in another unit, which no neighbour shows: what is usual a head, and which unit would explain it.

One that a factor of 10⁴ or more would explain is an error, until it is mended or its unit is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import log10
from sys import float_info
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, PERSONS, Column
from alloc.instance.cells import parse_numbers
from alloc.instance.checks.units import GRAVE, UNIT_MARGIN, Confirmed
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.units import scale_of
from alloc.text import Text, figure

Floats = NDArray[np.float64]


class Usual(NamedTuple):
    """What a column comes to a head: the median of all cities is near ``size``, and nowhere outside the two ends.

    Attributes:
        size: in the unit of the column; land in m².
        least, most: the ends.
        of: the column of heads.
    """

    size: float
    least: float
    most: float
    of: str = "residents"


# Medians of China's 337 cities in 2020; the ends leave room for poorer, denser, richer and wider countries.
USUAL: Mapping[str, Usual] = {
    "urban_residents": Usual(0.6, 0.02, np.inf),
    "size_population": Usual(0.25, 0.002, 500),
    "migrants_cross": Usual(0.03, 1 / 10_000, np.inf),
    "migrants_within": Usual(0.08, 1 / 10_000, np.inf),
    "settled_last": Usual(0.01, 1 / 100_000, 1),
    "built_up": Usual(120, 30, 700, "urban_residents"),
    "production_request": Usual(1.7, 0.15, 12),
    "idle": Usual(1.3, 0.002, 60),
    "stock_base": Usual(1.1, 0.01, 15),
    "revenue": Usual(0.4, 0.01, 30),
    "essential_spending": Usual(1, 0.03, 60),
    "fund_revenue": Usual(0.4, 0.002, 30),
    "other_transfers": Usual(0.5, 0.002, 60),
    "interest": Usual(0.06, 3 / 10_000, 5),
    "maturing": Usual(0.02, 1 / 10_000, 5),
    "debt_general": Usual(0.85, 0.005, 80),
    "debt_special": Usual(0.8, 0.005, 80),
    "limit_general": Usual(0.95, 0.005, 80),
    "limit_special": Usual(0.9, 0.005, 80),
}
COHORT = Usual(0.05, 5 / 10_000, np.inf)
NEW_LAND = Usual(1.5, 0.1, 12)  # m² a resident and year: a pool of land, and what all got of it last year
COVERED = Usual(1, 0.005, 200)  # capacity, in what the norm asks for
LEAST_SHOWN = 1 / 10**12  # of numbers that are written out
ON_EARTH = 1e10  # persons, and some
SEVERAL = 3  # numbers that stand for a column
FEWEST = 3  # columns that are off alike are so by their heads

# Units that planners' tables come in, by what is measured.
_OTHERS: Mapping[Text, tuple[Text, ...]] = {
    HECTARES: (
        Text("亩", "mu (亩)"), Text("平方公里", "km²"), Text("平方米", "m²"), Text("万亩", "10⁴ mu (万亩)"),
    ),
    MONEY: (Text("元", "yuan"), Text("亿元", "10⁸ yuan"), Text("百万元", "10⁶ yuan"), Text("千元", "10³ yuan")),
    PERSONS: (Text("万人", "10⁴ persons"), Text("千人", "10³ persons")),
}  # fmt: skip
_CHECK = Text("核对单位：应为{unit}。", "Check the unit: {unit}.")


def check_magnitudes(sheets: Mapping[str, Sheet], settings: Settings | None) -> list[Finding]:
    """Columns whose median a head is nowhere near what is usual; one finding a column, or one on all residents.

    Args:
        sheets: the tables.
        settings: with the columns whose unit has been confirmed; None where they are wrong themselves.
    """
    cities, services, capacity = (sheets[name] for name in ("cities", "services", "capacity"))
    if not cities.given:
        return []
    off = dict(cities.found("magnitude", (services,), lambda: list(_off(cities, services))))
    shifts = [log10(median / usual.size) for name, (usual, median) in off.items() if usual.of == "residents"]
    alike = [shift for shift in shifts if abs(shift - float(np.median(shifts))) < 1]
    asked = sum(usual.of == "residents" and _given(cities, name) for name, usual in USUAL.items())
    confirmed = Confirmed.by(settings)
    if len(alike) >= FEWEST and 2 * len(alike) > asked and (far := abs(float(np.median(shifts)))) > 2:
        certainly = _residents(cities) if "urban_residents" in off else None
        if certainly is not None:
            return [certainly]
        doubted = cities.whole("residents", "unit_suspect", _FAR, _CHECK.fill(unit=PERSONS))
        grave = far > log10(GRAVE) - UNIT_MARGIN
        return list(confirmed.judged(cities.table.name, [doubted], grave=grave))
    found = [each for name, (usual, median) in off.items() for each in _suspect(cities, name, usual, median, confirmed)]
    of_capacity = capacity.found(
        "magnitude", (cities, services, settings), lambda: list(_check_capacity(sheets, confirmed))
    )
    return [*found, *_check_land(sheets, confirmed), *of_capacity]


def _residents(cities: Sheet) -> Finding | None:
    """What cannot be right where persons too, who are never money, are far too few a head, and so no one can confirm.

    There are far more residents than in towns, and the unit in the head has made them so many or they are more than
    live on earth. Nothing could be solved with them: beside such needs all pools are as good as nothing.
    """
    residents = cities.numbers("residents")
    times, total = _converted(cities, "residents"), float(np.nansum(residents))
    if times > 1:
        message = _BY_HEAD.fill(times=f"× {figure(times)}", median=f"{np.nanmedian(residents):,.0f}")
        return cities.whole("residents", "unit_suspect", message, _MEND_HEAD)
    if total > ON_EARTH:
        message = _TOO_MANY.fill(total=f"{total:,.0f}")
        return cities.whole("residents", "unit_suspect", message, _IN_PERSONS)
    return None


def _converted(cities: Sheet, column: str) -> float:
    """By how much the numbers of a column are those that stand in its cells; 1 where its head names no other unit."""
    if column not in cities.cells:
        return 1.0
    (written, _), numbers = parse_numbers(cities.cells[column]), cities.numbers(column)
    some = (written > 0) & (numbers > 0)
    return float(f"{np.median(numbers[some] / written[some]):.6g}") if some.any() else 1.0


_FAR = Text(
    "几乎各列的人均数都远离通常，整列常住人口的单位可能有误。",
    "Nearly every column is far from what is usual a head: the residents may be in another unit.",
)
_BY_HEAD = Text(
    "按表头的单位换算（{times}）后，各市常住人口的中位数为 {median} 人，几乎各列的人均数都远离通常："
    "表头的单位与数不符。",
    "Converted by the unit in the head ({times}), the median city has {median} residents, and nearly every column is "
    "far from what is usual a head: the head does not name the unit of the numbers.",
)
_MEND_HEAD = Text(
    "数本来以人为单位的，表头写（人）或不写单位；否则改正各数。",
    "If the numbers are persons already, write (persons) in the head or nothing; otherwise mend the numbers.",
)
_TOO_MANY = Text(
    "各市常住人口合计 {total} 人，多于全世界的人口，几乎各列的人均数都远离通常：整列的单位有误。",
    "The cities have {total} residents together, more than live on earth, and nearly every column is far from what is "
    "usual a head: the column is in another unit.",
)
_IN_PERSONS = Text("单位为人，整列改正。", "The unit is persons: mend the whole column.")


def _are_a_column(values: Floats) -> bool:
    """Whether there are so many numbers that a unit is wrong in all of them: one or two may be what an edit tries."""
    return int((values > 0).sum()) >= SEVERAL


def _given(cities: Sheet, name: str) -> bool:
    return cities.has(name) and bool((cities.numbers(name) > 0).any())


def _off(cities: Sheet, services: Sheet) -> Iterator[tuple[str, tuple[Usual, float]]]:
    """Columns of ``cities`` with what is usual and their median, where that is impossible."""
    columns = {name: usual for name, usual in USUAL.items() if name in cities.columns}
    for name in services.texts("cohort").tolist() if services.has("cohort") else ():
        if name not in columns and name != "residents" and cities.has(name) and cities.is_numeric(name):
            columns[name] = COHORT
    for name, usual in columns.items():
        square_metres = 10_000 if _is_land(cities.table.by_name.get(name)) else 1
        found = _impossible(square_metres * cities.numbers(name), cities.numbers(usual.of), usual)
        if found is not None:
            yield name, found


def _is_land(column: Column | None) -> bool:
    return column is not None and column.unit == HECTARES


def _impossible(values: Floats, heads: Floats, usual: Usual) -> tuple[Usual, float] | None:
    given = (values > 0) & (heads > 0)
    if not given.any():
        return None
    # What is too small for a number of the machine is 0, which has no logarithm.
    median = max(float(np.median(values[given] / heads[given])), float_info.min)
    return None if usual.least <= median <= usual.most else (usual, median)


def _suspect(cities: Sheet, name: str, usual: Usual, median: float, confirmed: Confirmed) -> Iterator[Finding]:
    column = cities.table.by_name.get(name)
    unit = PERSONS if column is None else column.unit
    title = Text(name, name) if column is None else column.title
    land = Text(" m²", " m²") if _is_land(column) else Text("", "")
    explained, grave = _explained(cities.table.by_name["residents"] if column is None else column, usual, median)
    message = Text(
        "“{title}”人均数的中位数为 {median}{land}，远{way}通常的约 {usual}{land}{explained}。",
        "The median of {title} is {median}{land} a head, far {way} the usual {usual}{land}{explained}.",
    ).fill(
        title=title, median=_plain(median), usual=figure(usual.size), land=land, way=_way(median, usual),
        explained=explained,
    )  # fmt: skip
    found = cities.whole(name, "unit_suspect", message, _CHECK.fill(unit=unit))
    yield from confirmed.judged(cities.table.name, [found], grave=grave and _are_a_column(cities.numbers(name)))


def _way(value: float, usual: Usual) -> Text:
    """On which side of what is usual a number is."""
    return Text("低于", "below") if value < usual.size else Text("高于", "above")


def _plain(value: float) -> str:
    """A number without a power of ten, which few read: of a small one three digits."""
    return figure(value) if abs(value) >= 1 / 10_000 or value < LEAST_SHOWN else f"{Decimal(f'{value:.3g}'):f}"


def _explained(column: Column, usual: Usual, median: float) -> tuple[Text, bool]:
    """The unit by which an impossible number would be nearest to what is usual, and whether it is as far as `GRAVE`."""
    unit = MONEY if column.unit == MONEY_A_YEAR else column.unit
    fits: list[tuple[float, Text, Fraction]] = []
    for other in _OTHERS.get(unit, ()):
        scale = scale_of(column, other.zh)
        if scale and usual.least <= (right := median * float(scale)) <= usual.most:
            fits.append((abs(log10(right / usual.size)), other, scale))
    if not fits:
        words = Text("；单位可能有误，或人口不是以“人”为单位", ": the column, or the residents, may be in another unit")
        return words, False
    _, other, scale = min(fits)
    times = Text(f"{figure(float(1 / scale))} 倍", f"{figure(float(1 / scale))} times")
    if scale > 1:
        times = Text(f"1/{figure(float(scale))}", f"1/{figure(float(scale))} of")
    words = Text(
        f"；若按{other.zh}填报，数值是应有的 {times.zh}",
        f": numbers in {other.en} would be {times.en} what they should be",
    )
    return words, max(scale, 1 / scale) >= GRAVE


def _check_land(sheets: Mapping[str, Sheet], confirmed: Confirmed) -> Iterator[Finding]:
    """Land that is shared out, by the residents of all cities, and what cities got of it last year, by their own."""
    cities, pools, last_year = (sheets[name] for name in ("cities", "pools", "last_year"))
    land = pools.texts("kind") == "land"
    if not pools.given or land.sum() != 1:  # several are a fault of their own
        return
    residents = cities.numbers("residents")
    total = 10_000 * float((pools.numbers("total") * (1 - pools.numbers("reserve")))[land][0])
    everybody = float(np.nansum(residents))
    amount = total / everybody if everybody > 0 else 0.0
    if amount > 0 and not NEW_LAND.least <= amount <= NEW_LAND.most:
        message, remedy, _ = _land_words(amount)
        found = pools.find(land, "total", "unit_suspect", message, remedy)
        yield from confirmed.judged(pools.table.name, found, grave=False)  # one figure, that edits may try
    if last_year.given and last_year.has("amount"):
        here = (last_year.texts("pool") == pools.texts("pool")[land][0]) & (last_year.places("city", cities) >= 0)
        heads = residents[last_year.places("city", cities)[here]]
        off = _impossible(10_000 * last_year.numbers("amount")[here], heads, NEW_LAND)
        if off is not None:
            message, remedy, grave = _land_words(off[1])
            key = str(pools.texts("pool")[land][0])
            doubted = last_year.whole("amount", "unit_suspect", message, remedy, key=key)
            grave &= _are_a_column(last_year.numbers("amount")[here])
            yield from confirmed.judged(last_year.table.name, [doubted], grave=grave)


def _land_words(amount: float) -> tuple[Text, Text, bool]:
    """What is wrong with so much new land a resident, what would be right, and whether it is as far as `GRAVE`."""
    explained, grave = _explained(_HECTARES, NEW_LAND, amount)
    message = _LAND.fill(
        amount=_plain(amount), way=_way(amount, NEW_LAND), usual=figure(NEW_LAND.size), explained=explained
    )
    return message, _CHECK.fill(unit=HECTARES), grave


_LAND = Text(
    "新增用地人均 {amount} m²，远{way}通常的约 {usual} m²{explained}。",
    "New land is {amount} m² a resident, far {way} the usual {usual} m²{explained}.",
)


_HECTARES = Column("amount", "number", HECTARES, Text("", ""), Text("", ""))


def _check_capacity(sheets: Mapping[str, Sheet], confirmed: Confirmed) -> Iterator[Finding]:
    """Services whose capacity is nowhere near what their norm asks for in all cities."""
    cities, services, capacity = (sheets[name] for name in ("cities", "services", "capacity"))
    if not (services.given and capacity.given and capacity.has("capacity") and services.has("norm")):
        return
    city, of = capacity.places("city", cities), capacity.texts("service")
    amounts = capacity.numbers("capacity")
    for service, cohort, norm in zip(
        services.texts("service"), services.texts("cohort"), services.numbers("norm"), strict=True
    ):
        if not (cities.has(cohort) and cities.is_numeric(cohort)):
            continue
        here = (of == service) & (city >= 0)
        found = _impossible(amounts[here], norm * cities.numbers(cohort)[city[here]], COVERED)
        if found is not None:
            message = Text(
                "现有能力的中位数是配置标准所需的 {median} 倍，能力或配置标准的单位可能有误。",
                "The median capacity is {median} times what the norm asks for: one of them may be in another unit.",
            ).fill(median=figure(found[1]))
            remedy = Text(
                "核对单位：能力不写“万”；配置标准为每人，不是每千人。",
                "Check the units: capacity is not in 10⁴; a norm is for one person, not for 1,000.",
            )
            doubted = capacity.whole("capacity", "unit_suspect", message, remedy, key=str(service))
            grave = abs(log10(found[1])) > log10(GRAVE) - UNIT_MARGIN and _are_a_column(amounts[here])
            yield from confirmed.judged(capacity.table.name, [doubted], grave=grave)
