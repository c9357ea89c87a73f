"""A what-if over two numbers: a table and a panel for every tier, and for every chosen city and pool."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import tier_unit, unit_title
from alloc.content.numbers import amount_text
from alloc.content.tables import exact, table
from alloc.formulation.registry import catalogue_for
from alloc.parametric.curves import curve, ended
from alloc.parametric.heat import Heat
from alloc.parametric.turned import NOW_MARK
from alloc.text import Text

if TYPE_CHECKING:
    from alloc.parametric.vary import Variation

MARK = "°"  # behind the numbers of points that are doubtful
CAPTION = Text("{what}（{unit}）；各列为 {second}", "{what} ({unit}), across: {second}")
CAPTION_BARE = Text("{what}；各列为 {second}", "{what}, across: {second}")
UNCHANGED = Text("在各个取值下都相同：{items}。", "The same at all values: {items}.")
ITEM = Text("{what} {value}{unit}", "{what} {value}{unit}")
OF_KIND = Text("{tier}，{kind}", "{tier}, {kind}")
STATUS = Text("求解状态", "How solves ended")
AXES = Text(
    "纵向：{target}；横向：{second}；每格都是一个经核验的完整求解，颜色越深数值越大",
    "Down: {target}; across: {second}; every cell is a complete, verified solve, darker where there is more",
)
MARKED = Text(
    "带 ° 的：求解提前结束，或该级目标没有求出界", "With °: stopped early, or the tier was not solved to a bound"
)
FRAMED = Text("加框的为现值", "Framed: as it is now")
OPTIMUM, PLAN = Text("最优值", "optimum"), Text("方案的值", "value of the plan")


class _Shown(NamedTuple):
    """What is shown of one thing: step -> number, in a unit with decimals."""

    name: str
    title: str
    unit: str
    numbers: Mapping[int, float]
    marked: frozenset[int]
    decimals: int
    kind: str = ""
    least: float = 0.0


def grid_tables(variation: Variation, language: str) -> list[Table]:
    """A row for each value of the first number, a column for each of the second; of every tier what its optimum is (of
    whole facilities the plan's value), then what plans have of tiers that are off it, cities, and how solves ended."""
    down, across, places = _axes(variation)
    tiers = list(_tiers(variation, language))
    everything = (*tiers, *_off(variation, tiers, language), *_cities(variation, language))
    found = [_table(variation, each, language) for each in everything if not _same(variation, each)]
    firsts = variation.tiers.drop_duplicates("step").set_index("step")["status"]
    if firsts.nunique() > 1:
        said = {step: ended(each, language) for step, each in firsts.items()}
        rows: list[Row] = [
            (value, *(said.get(places.get((i, j)), "") for j in range(len(across))))
            for i, value in enumerate(alike(down, variation.now[:1]))
        ]
        title = CAPTION_BARE.said(language, what=STATUS.said(language), second=variation.heads(language)[1])
        heads = (variation.heads(language)[0], *map(amount_text, alike(across, variation.now[1:])))
        found.append(table("status", title, heads, "r" + "l" * len(across), rows))
    return found


def unchanged_said(variation: Variation, language: str) -> list[str]:
    """A sentence on what is the same at every pair of values, with its number: no table tells more of it."""
    tiers = list(_tiers(variation, language))
    told = [
        ITEM.said(language, what=OF_KIND.said(language, tier=each.title, kind=each.kind) if each.kind else each.title,
                  value=amount_text(next(iter(_printed(each)))), unit=f" {each.unit}".rstrip())
        for each in (*tiers, *_off(variation, tiers, language), *_cities(variation, language))
        if _same(variation, each)
    ]  # fmt: skip
    return [UNCHANGED.said(language, items=("；" if language == "zh" else "; ").join(told))] if told else []


def alike(values: Sequence[float], now: Sequence[float | None] = ()) -> list[Amount]:
    """Values of one number with as many decimals as the finest of them has; marked where they are the one now."""
    told = [replace(exact(value, 6), mark=NOW_MARK if value in now else "") for value in values]
    if any(each.power for each in told):
        return told
    return [replace(each, decimals=max(each.decimals for each in told)) for each in told]


def _printed(shown: _Shown) -> set[Amount]:
    return {Amount(round(value, shown.decimals) + 0.0, shown.decimals) for value in shown.numbers.values()}


def _same(variation: Variation, shown: _Shown) -> bool:
    """Whether every pair was solved without a doubt and has one number as it is printed."""
    pairs = _axes(variation)[2]
    return len(shown.numbers) == len(pairs) > 1 and not shown.marked and len(_printed(shown)) == 1


def heats(variation: Variation, language: str) -> list[Heat]:
    """A panel for every tier, then one for every chosen city and pool."""
    down, across, places = _axes(variation)
    found = []
    for each in (*_tiers(variation, language), *_cities(variation, language)):
        cells = {at: each.numbers[step] for at, step in places.items() if step in each.numbers}
        marked = {at for at, step in places.items() if step in each.marked}
        note = " · ".join(part for part in (each.unit, each.kind) if part)
        found.append(Heat(each.title, note, down, across, cells, marked, each.least, _now(variation)))
    return found


def axes_said(variation: Variation, language: str) -> list[str]:
    """What is drawn, a line each."""
    told = [AXES, *([MARKED] if variation.tiers["incomplete"].any() else [])]
    told += [FRAMED] if _now(variation) is not None else []
    target, second = variation.axes(language)
    return [each.said(language, target=target, second=second) for each in told]


def _axes(variation: Variation) -> tuple[list[float], list[float], dict[tuple[int, int], int]]:
    """The values of both numbers, and the step of every pair of places that was solved."""
    points = variation.tiers.drop_duplicates("step")
    down, across = (list(dict.fromkeys(points[name].tolist())) for name in ("value", "second"))
    solved = zip(points["value"], points["second"], points["step"], strict=True)
    return down, across, {(down.index(one), across.index(other)): int(step) for one, other, step in solved}


def _now(variation: Variation) -> tuple[int, int] | None:
    """Where the values as they are stand in the grid."""
    down, across, _ = _axes(variation)
    one, other = variation.now or (None, None)
    return (down.index(one), across.index(other)) if one in down and other in across else None


def _tiers(variation: Variation, language: str) -> Iterator[_Shown]:
    known = catalogue_for(variation.instance.settings).tiers
    for tier in (name for name in variation.tiers["tier"].unique() if name):
        drawn = curve(variation, tier)
        unit, decimals = tier_unit(known[tier].unit, float(drawn["y"].abs().max()))
        marked = frozenset(drawn.index[drawn["incomplete"]])
        kind = PLAN if variation.whole or drawn["bound"].isna().all() else OPTIMUM
        numbers = {int(step): float(value) / unit.size for step, value in drawn["y"].items() if value == value}  # type: ignore[call-overload]
        yield _Shown(tier, known[tier].title.said(language), unit.said(language), numbers, marked, decimals,
                     kind.said(language))  # fmt: skip


def _off(variation: Variation, tiers: list[_Shown], language: str) -> Iterator[_Shown]:
    """What the plans have of the tiers whose optimum they are off: a frontier has two sides."""
    known = catalogue_for(variation.instance.settings).tiers
    for each in tiers:
        of_tier = variation.tiers[variation.tiers["tier"] == each.name].set_index("step")["reached"].astype(float)
        unit, decimals = tier_unit(known[each.name].unit, float(of_tier.abs().max()))
        numbers = {int(step): float(value) / unit.size for step, value in of_tier.items()}  # type: ignore[call-overload]
        if any(abs(numbers[step] - value) >= 0.5 * 10.0**-decimals for step, value in each.numbers.items()):
            yield _Shown(f"reached_{each.name}", each.title, unit.said(language), numbers, frozenset(), decimals,
                         PLAN.said(language))  # fmt: skip


def _cities(variation: Variation, language: str) -> Iterator[_Shown]:
    pools = variation.instance.tables["pools"].set_index("pool")
    titles: dict[Any, str] = pools[f"title_{language}"].to_dict()
    quanta: dict[Any, float] = pools["quantum"].to_dict()
    cities = variation.instance.tables["cities"].set_index("city")
    for (code, pool), rows in variation.cities.groupby(["city", "pool"], sort=False):
        name = (cities.at[code, "name_en"] if language == "en" else "") or cities.at[code, "name"]
        unit = str(rows["unit"].iloc[0])
        numbers: dict[int, float] = dict(zip(rows["step"].astype(int), rows["published"].astype(float), strict=True))
        yield _Shown(
            f"city_{code}_{pool}", f"{name!s} · {titles[pool]}", unit_title(unit, language),
            numbers, frozenset(), 2 if unit == "ha" else 0, "", quanta[pool],
        )  # fmt: skip


def _table(variation: Variation, each: _Shown, language: str) -> Table:
    down, across, places = _axes(variation)

    def cell(i: int, j: int) -> Amount:
        step: Any = places.get((i, j))
        return Amount(each.numbers.get(step, math.nan), each.decimals, mark=MARK if step in each.marked else "")

    rows: list[Row] = [
        (value, *(cell(i, j) for j in range(len(across)))) for i, value in enumerate(alike(down, variation.now[:1]))
    ]
    heads = (variation.heads(language)[0], *map(amount_text, alike(across, variation.now[1:])))
    caption = CAPTION if each.unit else CAPTION_BARE
    what = OF_KIND.said(language, tier=each.title, kind=each.kind) if each.kind else each.title
    title = caption.said(language, what=what, unit=each.unit, second=variation.heads(language)[1])
    return table(each.name, title, heads, "r" * len(heads), rows)
