"""Every city: the full table (T1), the formula traces (T2), land, people, debt and services by city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from alloc.comparison.yardsticks import inputs_of_factor
from alloc.content.blocks import Column, Section, Table
from alloc.content.figures import exact_decimals
from alloc.explanation.city.phasing import phasing_in
from alloc.explanation.shared.similar import factors
from alloc.explanation.shared.sums import decimal, printed_parts
from alloc.instance.statuses import columns_given
from alloc.publish.parts import INCREMENT, ISSUED, parts_in
from alloc.report.columns import money, moved, relative
from alloc.report.measures import Measure, by_city, resting, summed, texts
from alloc.report.plain.deciding import Deciding
from alloc.report.sections.budget import budget_measures, shared_budgets
from alloc.report.sections.debt import debt_measures
from alloc.report.sections.land import border_measure, land_measures, link_measures
from alloc.report.sections.money import factor_title
from alloc.report.sections.people import people_measures
from alloc.report.sections.services import added_measures, coverage_measures
from alloc.report.view import Floats, View
from alloc.result.rounding import not_kept
from alloc.result.settled import why_short
from alloc.text import behind_number


def cities(view: View) -> Section:
    """All tables by city."""
    tables = [full(view), deciding(view), *(trace(view, place) for place in range(len(view.derived.pools)))]
    tables.append(
        by_city(
            view,
            "city_budgets",
            view.say("各城市两项预算", "Both budgets by city"),
            budget_measures(view),
            note=shared_budgets(view),
        )
    )
    tables.append(by_city(view, "city_people", view.say("各城市落户", "Settlement by city"), people_measures(view),
                          note=why_short(view.people, view.language)))  # fmt: skip
    if view.kind("land").any():
        tables += [
            by_city(view, "city_land", view.say("各城市用地", "Land by city"), land_measures(view)),
            by_city(view, "city_land_link", view.say("人地挂钩核算表", "Land linked to settlement, by city"),
                    [*link_measures(view), border_measure(view)], "T4"),
        ]  # fmt: skip
    if view.kind("bond").any():
        debt = by_city(
            view, "city_debt", view.say("各城市债务", "Debt by city"), debt_measures(view, by_city=True), "T6"
        )
        tables.append(_levelled(debt, view))
    tables += [
        by_city(view, "city_coverage", view.say("各城市服务覆盖率", "Coverage by city"), coverage_measures(view), "T5"),
        by_city(
            view, "city_services", view.say("各城市新增服务能力", "Capacity added by city"), added_measures(view), "T5"
        ),
    ]
    off = not_kept(view.result, view.language, view.result.tables["rounding"], "rounding_off")
    tables += (replace(each, sortable=True, code="T12") for each in off)
    sentence = view.say(
        "以下各表逐城列出全部公布数，按省小计。",
        "These tables list every published number by city, with sub-totals by province.",
    )
    return Section("cities", view.say("城市", "Cities"), sentence, tuple(tables))


def full(view: View) -> Table:
    """T1: everything that is published, with the change against last year by pool."""
    measures: list[Measure] = []
    for place, pool in enumerate(view.derived.pools):
        now = view.amounts["published"][:, place]
        title = view.pool_title(pool)
        measure = published(view, pool, title, now)
        measures.append(measure)
        if not np.isnan(view.amounts["last_year"][:, place]).all():
            before = view.amounts["last_year"][:, place]
            change = view.say("{pool}增减", "{pool}: change", pool=title)
            share = view.say("{pool}增减幅", "{pool}: change in %", pool=title)
            measures += [
                moved(view, measure, f"{pool}_change", change, now - before),
                relative(view, f"{pool}_relative", share, now, before),
            ]
    return by_city(view, "allocation", view.say("分配总表", "The allocation"), measures, "T1")


def deciding(view: View) -> Table:
    """T1: what decides every number."""
    found, cities = Deciding(view), range(len(view.codes))
    measures = [
        texts(Column(pool, view.pool_title(pool)), [found.cell(city, place) for city in cities])
        for place, pool in enumerate(view.derived.pools)
    ]
    title = view.say("各城市数额由什么决定", "What decides each number")
    note = view.say(
        "上限、下限：由所列规则定出的上限、下限；公式：公式测算数，多出或不足的同比例分摊，达到 1 % 的写明，"
        "为其他城市的下限让出的写明是哪条规则；目标或共用规则：排在接近公式之前的目标、几个数额共用的规则，"
        "或设施只能整座新建。",
        "Upper and lower bound: made by the rule that is named; formula: the formula, with what is left over or short "
        "shared alike, told from 1 % on, and with the rule where lower bounds of others take it; tiers or shared "
        "rules: a tier before closeness to the formula, rules that several numbers share, or that facilities are built "
        "whole.",
    )
    return replace(by_city(view, "deciding", title, measures, "T1", note), totals=None)


def published(view: View, name: str, title: str, values: Floats) -> Measure:
    """A pool as it is published, to the last digit."""
    if view.pools.at[name, "kind"] == "land":
        decimals = exact_decimals(values.tolist(), 2)
        return summed(Column(name, title, view.hectares, "number", decimals, additive=True, colour="bar"), values)
    return money(view, name, title, values, large=False, colour="bar")


def trace(view: View, place: int) -> Table:
    """T2 of one pool: shares of every factor, formula, rules, tiers, override, rounding, published."""
    pool = view.derived.pools[place]
    title, unit = view.pool_title(pool), view.pool_unit(pool)
    parts = {name: values[:, place] for name, values in view.amounts.items()}
    decimals = exact_decimals(parts["published"].tolist(), 2)
    measures = [*_factors(view, pool)]

    def part(name: str, head: str, values: Floats, sign: bool) -> Measure:
        kind = "change" if sign else "number"
        return summed(Column(name, head, unit, kind, decimals, additive=True,  # type: ignore[arg-type]
                             colour="diverging" if sign else "bar" if name == "published" else ""), values)  # fmt: skip

    heads = {
        "benchmark": view.say("公式测算", "formula"),
        "performance": view.say("绩效", "performance"),
        "rule": view.say("规则", "rules"),
        "locked": view.say("已下达", "issued before"),
        "optimised": view.say("优化", "optimisation"),
        "override": view.say("人工", "override"),
        "rounding": view.say("取整", "rounding"),
    }
    shown = _printed({name: np.nan_to_num(parts[name]) for name in parts_in(parts)}, parts["published"], decimals)
    measures += [part(name, heads[name], values, name != "benchmark") for name, values in shown.items()]
    measures.append(part("published", view.say("公布", "published"), parts["published"], False))
    if ISSUED in parts:
        measures.append(part(ISSUED, view.say("已下达数", "issued"), parts[ISSUED], False))
        measures.append(part(INCREMENT, view.say("本次下达", "increment"), parts[INCREMENT], True))
    added = " + ".join(heads[name] for name in parts_in(parts))
    note = view.say("{parts} = 公布。", "{parts} = published.", parts=added[:1].upper() + added[1:])
    if (phase := phasing_in(view.instance, view.derived, place)) is not None:
        column = Column("last_share", view.say("上年份额", "share of last year"), "%", "number", 3, 0.01, additive=True)
        status = view.status("last_year.amount", item=pool)
        measures.insert(0, summed(replace(column, status=status), phase.shares))
        note += view.say("", " ") + view.say(
            "过渡比例 {part}：公式测算 = 可分配数 {available} {unit} × "
            "[上年份额 × (1 − {part}) + Σ 权重 × 因素比重 × {part}]。",
            "Phase-in {part}: the formula is {available} {unit}, all there is to give, × [share of last year × "
            "(1 − {part}) + Σ weight × share of the factor × {part}].",
            part=phase.part, available=view.exact(float(view.derived.available[place])),
            unit=behind_number(unit),
        )  # fmt: skip
        if (view.derived.up[:, place] != 1).any():
            kept = "上级单位留用的部分已从城市的数中减去。", "What the units above a city keep is taken off its amount."
            note += view.say("", " ") + view.say(*kept)
    name = view.say("{pool}：公式测算表", "{pool}: formula trace", pool=title)
    return by_city(view, f"trace_{pool}", name, measures, "T2", note)


def _factors(view: View, pool: str) -> list[Measure]:
    found = []
    for factor in factors(view.instance, view.derived, pool):
        whole = float(factor.values.sum()) or 1.0
        columns = columns_given(view.instance.tables, inputs_of_factor(factor.name, view.instance))
        head = view.say("{factor}比重", "{factor}: share", factor=factor_title(view, factor.name))
        column = Column(f"factor_{factor.name}", head, "%", "number", 3, 0.01, additive=True)
        found.append(resting(summed(column, factor.values / whole), view.grades(*columns)))
    return found


def _printed(parts: Mapping[str, Floats], published: Floats, decimals: int) -> dict[str, Floats]:
    """Parts of the numbers of cities that add up to what is published in the digits that are shown, as everywhere."""
    rows = [
        printed_parts({name: float(values[at]) for name, values in parts.items()}, decimal(total), 10.0**-decimals)
        for at, total in enumerate(np.nan_to_num(published))
    ]
    return {name: np.array([float(row[name]) for row in rows]) + 0.0 for name in parts}


def _levelled(table: Table, view: View) -> Table:
    return replace(table, levels=view.levels)
