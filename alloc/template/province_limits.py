"""The planner's own limits inside one province: which keep their meaning there, and why the others do not."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from alloc.content.places import city_said
from alloc.formulation.columns import NO_UNIT
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.derived.limits import LimitRow, city_of, key_of
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import precheck
from alloc.instance.prechecks.words import Words, amount
from alloc.text import Text

_KEPT = Text("限制 {key}（{title}）保留。", "The limit {key} ({title}) is kept.")
_LEFT_OUT = Text("限制 {key}（{title}）已删去：{why}", "The limit {key} ({title}) was left out: {why}")
SHARE = Text(
    "这是占全国总量的比例，在一省之内没有意义；如需要请另定本省的限值。",
    "it is a share of the national pool, which says nothing inside a province; set one of its own if wanted.",
)
AMOUNT = Text("这是对省外城市也起作用的绝对数。", "it is an amount for cities of other provinces as well.")
# What the largest city gets without a limit that bounds it in the nation, from above or from below.
_MORE = Text(
    "在全国，它约束本省的{cities}；在省内不再约束，{city}按其他规则最多可得 {bound}，可能多于全国方案{given}。",
    "In the nation it bounds {cities}; here it does not, and {city} may get up to {bound} by the other rules, more "
    "perhaps than in a national plan{given}.",
)
_LESS = Text(
    "在全国，它保障本省的{cities}；在省内不再保障，{city}按其他规则最少可得 {bound}，可能少于全国方案{given}。",
    "In the nation it backs {cities}; here it does not, and {city} may get as little as {bound} by the other rules, "
    "less perhaps than in a national plan{given}.",
)
_OF_NATION = Text("全国限制“{title}”没有带入：{why}", "The national limit “{title}” is left out. {why}")
_CITIES = Text("{city}等 {count} 个城市", "{count} cities of the province, the largest of them {city}")
_GIVEN = Text("（全国结果给它 {amount}）", " (the national result gives it {amount})")


def cut_limits(
    nation: Instance, derived: Derived, province: Instance, published: pd.DataFrame | None = None
) -> tuple[Instance, tuple[list[Text], list[Text]], list[Text]]:
    """The province without the limits that mean nothing or cannot hold in it; what is said of those left out and of
    those kept; and what the province is without by those that bound or backed its cities in the nation.

    Args:
        nation: the instance that the province was cut from.
        derived: its derived data.
        province: the province, with all limits of the nation.
        published: the allocation (city, pool, published) of a result of the nation, to name what it gives; None: none.
    """
    limits = nation.tables["limits"]
    outside = {city: k for k, city in enumerate(derived.cities)}
    inside = [outside[city] for city in province.tables["cities"]["city"]]
    reasons: dict[str, Text] = {}
    missed = []
    for record in limits.to_dict("records"):
        rows = [row for row in derived.limits if row.key == record["limit"]]
        reason = _reason(rows, inside, record)
        if reason is not None:
            freed = _freed(rows[0], inside, province, published) if reason in (SHARE, AMOUNT) else NO_UNIT
            if freed.zh:
                title = Text(record["title_zh"], record["title_en"])
                missed.append(_OF_NATION.fill(title=title, why=freed))
            reasons[record["limit"]] = Text(f"{reason.zh}{freed.zh}", f"{reason.en} {freed.en}".rstrip())
    cut = _without(province, set(reasons))
    for finding in precheck(cut, derive(cut)):
        if finding.severity == "error" and finding.file == "limits.csv" and finding.key:
            first = key_of(finding.key.split(", ")[0])
            reasons[first] = finding.message
    gone, kept = list[Text](), list[Text]()
    for record in limits.to_dict("records"):
        reason = reasons.get(record["limit"])
        text, notes = (_KEPT, kept) if reason is None else (_LEFT_OUT, gone)
        title = Text(record["title_zh"], record["title_en"])
        notes.append(text.fill(key=record["limit"], title=title, why=reason))
    return _without(cut, set(reasons)), (gone, kept), missed


def _reason(rows: list[LimitRow], inside: list[int], record: Mapping[Hashable, object]) -> Text | None:
    """Why a limit means nothing inside the province; None where it keeps its meaning."""
    if not any(row.selection[inside].any() for row in rows):
        return Text("该省没有城市符合条件。", "it selects no city of the province.")
    row = rows[0]  # of a limit for every city they differ in the city alone
    if row.versus is not None and not row.versus[inside].any():
        return Text("该省没有对照城市。", "the province has no city to compare with.")
    everywhere = bool(row.selection.all())
    if record["basis"] == "share" and not everywhere:
        return SHARE
    if record["basis"] == "amount" and not city_of(row.limit) and row.selection.sum() > row.selection[inside].sum():
        return AMOUNT
    return None


def _freed(row: LimitRow, inside: list[int], province: Instance, published: pd.DataFrame | None) -> Text:
    """What the largest city of the province that a limit is about gets without it; nothing where that is no pool."""
    derived = derive(province)
    if row.kind != "allocation" or row.item not in derived.pools:
        return NO_UNIT
    words, pool, about = Words(province, derived), derived.pools.index(row.item), row.selection[inside]
    largest = int(np.argmax(np.where(about, derived.residents, -1.0)))
    least = row.sense == ">="
    bound = float(derived.lower[largest, pool] if least else min(derived.upper[largest, pool], derived.available[pool]))
    unit, given = words.pool_unit(pool), NO_UNIT
    if published is not None:
        of_it = (published["city"] == derived.cities[largest]) & (published["pool"] == row.item)
        given = _GIVEN.fill(amount=amount(float(published.loc[of_it, "published"].sum()), unit))
    city, count = _name(province, words, largest), int(about.sum())
    cities = city if count == 1 else _CITIES.fill(city=city, count=count)
    return (_LESS if least else _MORE).fill(cities=cities, city=city, bound=amount(bound, unit), given=given)


def _name(province: Instance, words: Words, at: int) -> Text:
    """A city by its name alone; with its code where two of the province share one."""
    table = province.tables["cities"]
    if (table["name"] == table["name"].iloc[at]).sum() > 1:
        return words.city(at)
    return city_said(table.iloc[at])


def _without(instance: Instance, limits: set[str]) -> Instance:
    table = instance.tables["limits"]
    kept = table[~table["limit"].isin(limits)].reset_index(drop=True)
    return make_instance(instance.settings, {**instance.tables, "limits": kept})
