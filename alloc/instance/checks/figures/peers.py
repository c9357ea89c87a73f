"""Single figures far from those of other cities: capacity beside whom it is for, last year's land beside residents,
revenue and spending beside residents and each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.columns import MONEY, MONEY_A_YEAR
from alloc.instance.checks.units import FEWEST_NEIGHBOURS, MU, Floats, cohorts, group_medians
from alloc.instance.files.sheets import Mask, Sheet
from alloc.instance.findings import Finding, or_leave
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.units import PER_HECTARE
from alloc.text import Text, figure

FAR = 0.8  # powers of ten from the median of all cities: more than six times, or less than a sixth
# So many times the median distance from the median: what cities differ widely in may be far off and right. The widest
# differences of capacity within one country (places of care in China's counties) reach 14; those of land 12.
SPREADS, SPREADS_OF_LAND = 15.0, 12.0
MOST_ZEROS = 0.1  # of the cities: where more have nothing, nothing is usual
LEAST = 0.001  # ratio that is written out
NEAR_MU = 0.35  # how far a city's land may be from its median, and yet be known for mu

# Of the budget: powers of ten from neighbours, from the other side of the budget, and from the city's other money. Of
# the cities and counties of China a tenfold slip is seen, and what is right reaches 0.5 and 0.8.
SLIP, SLIPS = 0.6, 3.6  # a fourth of ten or more, and so many times the median distance from neighbours
# A figure of the budget, and what it goes with, added up.
BUDGET: Mapping[str, tuple[str, ...]] = {
    "revenue": ("essential_spending",), "essential_spending": ("revenue", "other_transfers"),
}  # fmt: skip
FEWEST_COLUMNS = 3  # of other money of a city

_SLIP = or_leave(Text("核对是否漏填、错行或单位不同。", "Check for a slip, a wrong row or another unit."))
_DIGIT = or_leave(Text("核对是否多写或少写一位、错行。", "Check for a digit too many or missing, and for a wrong row."))
_BUDGET = Text(
    "“{title}”人均 {own} 万元，邻近城市中位数 {usual} 万元；与“{other}”之比：{ratio}，各城市中位数 {ratios}；"
    "本市其他资金的人均数没有这样离群。",
    "{title} is {own} × 10⁴ yuan a resident, where the median of its neighbours is {usual}; its ratio to {other} is "
    "{ratio}, where the median of all cities is {ratios}; nothing else of the city's money is so far off.",
)
_HECTARES = Text("核对单位：应为公顷。", "Check the unit: ha.")
_IN_MU = Text(
    "核对单位：应为公顷；若按亩填报，应写 {right}。", "Check the unit: ha; {right} if it is given in mu (亩)."
)


class _Peers(NamedTuple):
    """Ratios beside those of other cities.

    Attributes:
        off: powers of ten by which each is off the median of those above 0; NaN of any other.
        far: which are too far.
        median: of them; NaN where they are too few to tell.
        least, most: of those that are not far.
    """

    off: Floats
    far: Mask
    median: float
    least: float
    most: float


def check_peers(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """What no other city comes near. All of it warnings: a city may be like no other."""
    cities, services, capacity, last_year, pools = (
        sheets[name] for name in ("cities", "services", "capacity", "last_year", "pools")
    )
    return [
        *cities.found("peers", (), partial(_check_budget, cities)),
        *capacity.found("peers", (cities, services), partial(_check_capacity, cities, services, capacity)),
        *last_year.found("peers", (cities, pools), partial(_check_land, cities, pools, last_year)),
    ]


def _beside(values: Floats, base: Floats, spreads: float) -> _Peers:
    """Values a unit of their base, each beside all others."""
    some = (values > 0) & (base > 0)
    ratios = np.divide(values, base, out=np.full(len(values), np.nan), where=some)
    if some.sum() <= FEWEST_NEIGHBOURS:
        nothing = np.full(len(values), np.nan)
        return _Peers(nothing, np.zeros(len(values), dtype=bool), np.nan, np.nan, np.nan)
    median = float(np.nanmedian(ratios))
    off = np.log10(ratios / median)
    away = np.abs(off)
    far = away > max(FAR, spreads * float(np.nanmedian(away)))
    near = ratios[some & ~far]
    return _Peers(off, far, median, float(near.min()), float(near.max()))


def _check_capacity(cities: Sheet, services: Sheet, capacity: Sheet) -> list[Finding]:
    """Capacity that is far from what all other cities have of a service for the people whom it is for.

    Where the people are what is far from other cities, beside the residents, it is they that are named.
    """
    if not (cities.given and services.given and capacity.given and capacity.has("capacity")):
        return []
    city, of = capacity.places("city", cities), capacity.places("service", services)
    amounts, residents = capacity.numbers("capacity"), cities.numbers("residents")
    norms, sizes, people = services.numbers("norm"), services.numbers("module"), cohorts(cities, services)
    far = np.zeros(len(amounts), dtype=bool)
    heads, needs, ratios, usual, least, most = np.full((6, len(amounts)), np.nan)
    wrong_people: dict[str, tuple[Mask, _Peers]] = {}
    for service, (cohort, norm, size) in enumerate(zip(services.texts("cohort"), norms, sizes, strict=True)):
        rows = np.flatnonzero((of == service) & (city >= 0))
        here = people[service][city[rows]]
        need = norm * here
        peers = _beside(amounts[rows], need, SPREADS)
        if np.isnan(peers.median):
            continue
        nothing = (amounts[rows] == 0) & (need >= (size if size > 0 else 0)) & (need > 0)
        alone = nothing.sum() <= max(1, MOST_ZEROS * len(rows))
        found = peers.far | (nothing & alone)
        if not found.any():  # the usual case
            continue
        if cohort != "residents":
            of_people = _beside(people[service], residents, SPREADS)
            by_people = of_people.far[city[rows]] & found & ~nothing
            as_usual = np.abs(_beside(amounts[rows], residents[city[rows]], SPREADS).off) <= FAR
            by_people &= as_usual
            wrong = np.zeros(len(residents), dtype=bool)
            wrong[city[rows][by_people]] = True
            known = wrong_people.get(str(cohort))
            wrong_people[str(cohort)] = (wrong if known is None else wrong | known[0], of_people)
            found &= ~by_people
        far[rows] = found
        heads[rows], needs[rows], usual[rows] = here, need, peers.median * need
        ratios[rows] = np.divide(amounts[rows], need, out=np.full(len(rows), np.nan), where=need > 0)
        least[rows], most[rows] = peers.least, peers.most
    message = Text(
        "服务人群 {heads} 人按配置标准需要 {need}；现有能力与所需之比：{ratio}，其他城市 {least} 至 {most}；"
        "照其中位数约为 {usual}。",
        "The {heads} persons served need {need} by the norm, and the capacity is {ratio} of that; other cities have "
        "{least} to {most} of what they need, and at their median it would be about {usual}.",
    )
    findings = capacity.find(
        far, "capacity", "capacity_far", message, _SLIP, "warning", heads=_whole(heads), need=_whole(needs),
        ratio=_short(ratios), least=_short(least), most=_short(most), usual=_short(usual),
    )  # fmt: skip
    for cohort, (wrong, of_people) in wrong_people.items():
        findings += _people(cities, cohort, wrong, of_people, residents)
    return findings


def _people(cities: Sheet, cohort: str, wrong: Mask, peers: _Peers, residents: Floats) -> list[Finding]:
    return cities.find(
        wrong, cohort, "cohort_far",
        Text("服务人群“{title}”与常住人口之比：{ratio}，其他城市 {least} 至 {most}；照其中位数约为 {usual} 人。",
             "The cohort {title} is {ratio} of the residents; in other cities it is {least} to {most}, and at their "
             "median it would be about {usual} persons."),
        _SLIP, "warning",
        title=city_figure(cohort)[0],
        ratio=_short(peers.median * 10**peers.off), least=_short(np.full(len(wrong), peers.least)),
        most=_short(np.full(len(wrong), peers.most)), usual=_short(peers.median * residents),
    )  # fmt: skip


def _check_land(cities: Sheet, pools: Sheet, last_year: Sheet) -> list[Finding]:
    """Land of last year that is far from what other cities got a head: in mu, as a rule, which are 15 to a hectare."""
    if not (cities.given and pools.given and last_year.given and last_year.has("amount")):
        return []
    land = [pool for pool, kind in zip(pools.texts("pool"), pools.texts("kind"), strict=True) if kind == "land"]
    city, amounts = last_year.places("city", cities), last_year.numbers("amount")
    far = np.zeros(len(amounts), dtype=bool)
    off, heads, median = np.full((3, len(amounts)), np.nan)
    for pool in land:
        rows = np.flatnonzero((last_year.texts("pool") == pool) & (city >= 0))
        heads[rows] = cities.numbers("residents")[city[rows]]
        peers = _beside(amounts[rows], heads[rows], SPREADS_OF_LAND)
        far[rows], off[rows], median[rows] = peers.far, peers.off, peers.median
    message = Text(
        "上年新增用地人均 {own} m²，是其他城市中位数 {median} m² 的 {times} 倍，单位可能有误。",
        "Last year's new land is {own} m² a resident, {times} times the median of {median} m² of other cities: the "
        "unit may be wrong.",
    )

    def remedy(place: int) -> Text:
        if abs(off[place] - MU) > NEAR_MU:
            return or_leave(_HECTARES)
        return or_leave(_IN_MU.fill(right=figure(round(float(amounts[place]) / float(PER_HECTARE), 2))))

    return last_year.find(
        far, "amount", "unit_suspect", message, remedy, "warning",
        own=_short(10_000 * np.divide(amounts, heads, out=np.full(len(amounts), np.nan), where=heads > 0)),
        median=_short(10_000 * median), times=_short(10**off),
    )  # fmt: skip


class _Budget(NamedTuple):
    """Revenue or spending beside neighbours and the other of the two: names, masks and figures of all cities."""

    column: str
    title: Text
    other: Text
    wrong: Mask
    heads: Floats
    usual: Floats
    ratios: Floats
    middle: float


def _check_budget(cities: Sheet) -> list[Finding]:
    return [
        finding for each in budgets(cities) for finding in cities.find(
            each.wrong, each.column, "budget_far", _BUDGET, _DIGIT, "warning", title=each.title, other=each.other,
            own=_short(each.heads), usual=_short(each.usual), ratio=_short(each.ratios), ratios=digits(each.middle),
        )
    ]  # fmt: skip


def budgets(cities: Sheet) -> list[_Budget]:
    """Revenue or spending that is far from that of neighbours a head, from the other of the two, and alone among the
    city's money: a digit too many or too few. A rich city has more of all of it, a county seat spends by what it has.
    """
    columns = [column for column in cities.table.columns
               if column.unit in (MONEY, MONEY_A_YEAR) and cities.has(column.name)]  # fmt: skip
    names = [column.name for column in columns]
    residents = cities.numbers("residents")
    if not columns or (residents > 0).sum() <= FEWEST_NEIGHBOURS:
        return []
    figures = np.column_stack([cities.numbers(name) for name in names])
    usable = (figures > 0) & (residents > 0)[:, None]
    heads = np.log10(np.divide(figures, residents[:, None], out=np.full(figures.shape, np.nan), where=usable))
    usual = neighbours(heads, usable, cities.groups("province")[0])
    off, found = heads - usual, []
    for name, beside in BUDGET.items():
        if not {name, *beside} <= set(names):
            continue
        place, others = names.index(name), [names.index(each) for each in beside]
        sums = figures[:, others].sum(axis=1)
        both = usable[:, place] & (sums > 0)
        if both.sum() <= FEWEST_NEIGHBOURS:
            continue
        ratios = np.log10(np.divide(figures[:, place], sums, out=np.full(len(sums), np.nan), where=both))
        own, middle = off[:, place], float(np.nanmedian(ratios))
        far = max(SLIP, SLIPS * float(np.nanmedian(np.abs(own))))
        wrong = np.zeros(len(own), dtype=bool)
        for city in np.flatnonzero(np.abs(own) > far):  # few, and none in the usual case
            rest = np.delete(off[city], place)
            rest = rest[np.isfinite(rest)]
            if len(rest) >= FEWEST_COLUMNS:
                each = (own[city], ratios[city] - middle, own[city] - float(np.median(rest)))
                wrong[city] = min(each) > far or max(each) < -far
        titles = [columns[other].title for other in others]
        other = Text("＋".join(each.zh for each in titles), " + ".join(each.en for each in titles))
        own, middle = 10 ** heads[:, place], 10**middle
        found.append(_Budget(name, columns[place].title, other, wrong, own, 10 ** usual[:, place], 10**ratios, middle))
    return found


def neighbours(logs: Floats, usable: NDArray[np.bool_], groups: NDArray[np.intp]) -> Floats:
    """The median of each column among the cities of a group, of few among all [n, k]."""
    row, column = np.nonzero(usable)
    number = (groups[row] + 1) * logs.shape[1] + column  # -1 stands for no group
    of_group, members = group_medians(logs[usable], number)
    enough = members[number] >= FEWEST_NEIGHBOURS
    found = np.full(logs.shape, np.nan)
    found[row, column] = np.where(enough, of_group[number], group_medians(logs[usable], column)[0][column])
    return found


def _whole(values: NDArray[np.float64]) -> Callable[[int], str]:
    return lambda place: figure(round(float(values[place])))


def _short(values: NDArray[np.float64]) -> Callable[[int], str | Text]:
    """Three digits, which is all that a comparison has; of great numbers those before the point."""
    return lambda place: digits(float(values[place]))


def digits(value: float) -> str | Text:
    if 0 < value < LEAST:
        return Text(f"不到 {LEAST}", f"under {LEAST}")
    return figure(float(f"{value:.3g}")) if value < 1000 else f"{value:,.0f}"
