"""Debt: balance, new bonds, ratio and tier before and after, room left (T6)."""

from __future__ import annotations

import numpy as np

from alloc.content.blocks import Cell, Column, Figure, Part, Section, Table
from alloc.content.figures import number, percent
from alloc.content.places import TIER_TITLES
from alloc.report.charts.strip import City, strip
from alloc.report.columns import money, share
from alloc.report.measures import Measure, by_group, ratio, resting, texts
from alloc.report.view import Floats, View, telling


def debt(view: View) -> Section | None:
    """None where there are no bonds to give."""
    if not view.kind("bond").any():
        return None
    measures = debt_measures(view)
    parts: tuple[Part, ...] = (
        _strip(view),
        _moves(view),
        *by_group(view, "debt_provinces", view.say("各省债务", "Debt by province"), view.province, measures, "T6",
                 parents=view.region),
    )  # fmt: skip
    new = (view.debt["new_general"] + view.debt["new_special"]).to_numpy()
    none = (view.debt["bond_room"] <= 0).to_numpy()
    room = view.say("{none}没有举债空间", "there is no room to borrow in {none}", none=view.cities_said(none))
    if not none.any():
        room = view.say("各市都有举债空间", "there is room to borrow in every city")
    sentence = view.say(
        "新增债券 {new}，债务率由 {before} 变为 {after}；{room}，{moved}。",
        "{new} of new bonds take the debt ratio from {before} to {after}; {room}, and {moved}.",
        new=view.money_text(float(new.sum())), room=room, moved=_moved(view),
        before=percent(_ratio(view, False)), after=percent(_ratio(view, True)),
    )  # fmt: skip
    return Section("debt", view.say("政府债务", "Debt"), sentence, parts)


def _moved(view: View) -> str:
    """Which cities go from which tier to which, the safest first."""
    before, after = (view.debt[f"tier_{side}"].astype(str).to_numpy() for side in ("before", "after"))
    names = [level.name for level in view.levels]
    told = [
        view.say("{cities}的风险等级由{start}变为{end}", "the tier of {cities} goes from {start} to {end}",
                 cities=view.cities_said(these), start=view.level(start), end=view.level(end))
        for start in names for end in names
        if start != end and (these := (before == start) & (after == end)).any()
    ]  # fmt: skip
    return view.say("，", ", ").join(told) or view.say("没有城市的风险等级变化", "no city changes its tier")


def _ratio(view: View, after: bool) -> float:
    table = view.debt
    owed = table["debt_general"] + table["debt_special"]
    if after:
        owed = owed + table["new_general"] + table["new_special"]
    return float(owed.sum() / table["reference"].sum())


def debt_measures(view: View, by_city: bool = False) -> list[Measure]:
    """T6: balance, new bonds as published, ratio, room, debt service; tiers where a row is a city."""
    table = view.debt
    now = (table["debt_general"] + table["debt_special"]).to_numpy()
    published = view.given("bond")
    reference, policy = table["reference"].to_numpy(), view.instance.settings.policy.debt
    room = np.minimum(table["bond_room"].to_numpy(), (table["room_general"] + table["room_special"]).to_numpy())
    service = view.derived.interest + view.derived.maturing + policy.bond_rate * published
    grades = view.grades("cities.debt_general", "cities.debt_special")
    found = [
        resting(money(view, "debt", view.say("年初余额", "debt before"), now), grades),
        money(view, "bonds", view.say("新增债券", "new bonds"), published, colour="bar"),
        money(view, "after", view.say("年末余额", "debt after"), now + published),
        resting(ratio(share("ratio_before", view.say("债务率（前）", "ratio before")), now, reference), grades),
        ratio(share("ratio_after", view.say("债务率（后）", "ratio after")), now + published, reference),
        money(view, "left", view.say("剩余举债空间", "room left"), np.maximum(0.0, room - published)),
        resting(ratio(share("service", view.say("偿债率", "debt service")), service, reference),
                view.grades("cities.interest", "cities.maturing")),
    ]  # fmt: skip
    if by_city:
        before, after = (table[f"tier_{side}"].astype(str).tolist() for side in ("before", "after"))
        found[5:5] = [
            texts(Column("tier_before", view.say("等级（前）", "tier before"), kind="level"), before),
            texts(Column("tier_after", view.say("等级（后）", "tier after"), kind="level"), after),
        ]
    return found


def _moves(view: View) -> Table:
    """How many cities are in which tier, before and after, and what they owe."""
    table = view.debt
    owed = (table["debt_general"] + table["debt_special"]).to_numpy()
    bonds = view.given("bond")
    unit = view.money(float(owed.sum()))
    rows: list[tuple[Cell, ...]] = []

    def row(name: str, before: Floats, after: Floats) -> tuple[Cell, ...]:
        amounts = (float(owed[before > 0].sum()), float(bonds[before > 0].sum()))
        return (name, float(before.sum()), float(after.sum()), *amounts)

    for tier in view.levels:
        before, after = (np.asarray(table[f"tier_{side}"] == tier.name, dtype=float) for side in ("before", "after"))
        rows.append(row(tier.name, before, after))
    everyone = np.ones(len(owed))
    cities = view.say("个", "")
    columns = (
        Column("tier", view.say("风险等级", "tier"), kind="level"),
        Column("before", view.say("城市数（前）", "cities before"), cities, "number", additive=True),
        Column("after", view.say("城市数（后）", "cities after"), cities, "number", additive=True),
        Column("debt", view.say("年初余额", "debt before"), unit.unit, "number", unit.decimals, unit.scale, True),
        Column("bonds", view.say("新增债券", "new bonds"), unit.unit, "number", unit.decimals, unit.scale, True),
    )
    totals = row(view.say("合计", "total"), everyone, everyone)
    return Table("debt_tiers", view.say("债务风险等级", "Debt tiers"), columns, tuple(rows), totals=totals,
                 levels=view.levels, code="T6",
                 note=view.say(
                     "金额按年初等级归并。债务率为债务余额与财力之比；财力是一般公共预算收入、政府性基金收入、"
                     "其他转移支付与上年转移支付之和，不含今年的转移支付。",
                     "Amounts by the tier before the year. The debt ratio is debt over means: general public revenue, "
                     "fund revenue, other transfers and last year's transfers; this year's do not count."))  # fmt: skip


def _strip(view: View) -> Figure:
    grouping = next(iter(telling(view.region, view.size_class)), view.size_class)
    table = view.debt
    groups = []
    for place, title in enumerate(grouping.names):
        members = np.flatnonzero(grouping.of == place).tolist()
        cities = [
            City(float(view.people["residents"][at]), str(table["tier_before"][at]), str(table["tier_after"][at]),
                 float(table["ratio_after"][at]),
                 f"{view.names[at]} {percent(table['ratio_before'][at])} → {percent(table['ratio_after'][at])}")
            for at in members
        ]  # fmt: skip
        groups.append((title, cities))
    tiers = [(level.name, level.letter or level.title, level.colour) for level in view.levels]
    counts = table["tier_after"].value_counts()
    told = view.say("、", ", ").join(
        view.say("{tier} {count}个", "{tier} {count}", tier=level.title, count=int(counts.get(level.name, 0)))
        for level in view.levels
    )
    best = view.levels[0]
    share_best = counts.get(best.name, 0) / len(table)
    colour = view.say("色", "") if best.name in TIER_TITLES else ""  # a planner's own tier need not be called by one
    part = number(100 * share_best, 1)
    shared = ("全部城市", "all cities") if share_best == 1 else (f" {part} % 的城市", f"{part} % of cities")
    title = view.say("年末{which}处于{tier}等级", "{which} are {tier} at the end of the year",
                     which=view.say(*shared), tier=best.title + colour)  # fmt: skip
    words = (view.say("前", "before"), view.say("后", "after"))
    return Figure(
        "debt_strip", title,
        view.say("每格一个城市，宽为常住人口，颜色为债务风险等级；{told}",
                 "A cell a city, width by residents, colour by debt tier; after the year: {told}", told=told),
        view.say("来源：本方案债务表", "Source: debt table of the result"), strip(groups, tiers, words, told), told,
    )  # fmt: skip
