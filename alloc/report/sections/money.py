"""Money: transfers by pool, and how the formula becomes what is published."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import sub

import numpy as np

from alloc.content.blocks import Cell, Column, Figure, Part, Section, Table
from alloc.content.figures import number
from alloc.content.numbers import change
from alloc.content.titles import column_title
from alloc.explanation.city.phasing import phasing_in
from alloc.instance.schema.figures import MEANT
from alloc.report.charts.changes import Panel, changes
from alloc.report.columns import money, moved, relative, residents
from alloc.report.measures import Measure, by_group, ratio, resting
from alloc.report.view import View

PANELS = 4


def transfers(view: View, chosen: Sequence[str] = ()) -> Section | None:
    """Transfers by province and class, the weights of the formulas, and steps from them; None without transfers."""
    if not view.kind("transfer").any():
        return None
    parts: list[Part] = [_weights(view)]
    figure = None if view.kind("land").any() else steps(view, chosen)  # of land they stand in its chapter
    if figure is not None:
        parts.append(figure)
    measures = transfer_measures(view)
    factors = view.instance.tables["factors"]["factor"]
    others = (name for name in MEANT if name != "fiscal_gap" and name in set(factors))
    meant = view.say("", " ").join(MEANT[name].said(view.language) for name in ("fiscal_gap", *others))
    parts += [
        *by_group(view, "transfers_provinces", view.say("各省转移支付", "Transfers by "
                                                                       "province"), view.province, measures,
                 "T1", meant, parents=view.region),
        *by_group(view, "transfers_classes", view.say("各规模城市转移支付", "Transfers by size of "
                                                                           "city"), view.size_class,
                 measures, note=meant),
    ]  # fmt: skip
    now = view.given("transfer")
    head = now / view.people["residents"].to_numpy() * 10_000
    order = np.argsort(head, kind="stable")
    sentence = view.say(
        "本次分配转移支付 {whole}，人均 {mean} 元；人均最高的是{most}（{high} 元），最低的是{least}（{low} 元）。",
        "{whole} of transfers are given, {mean} yuan a resident: most in {most} ({high} yuan), least in {least} ({low} "
        "yuan).",
        whole=view.money_text(float(now.sum())), mean=number(1e4 * now.sum() / view.people["residents"].sum()),
        most=view.short_names[order[-1]], high=number(head[order[-1]]),
        least=view.short_names[order[0]], low=number(head[order[0]]),
    )  # fmt: skip
    return Section("transfers", view.say("转移支付", "Transfers"), sentence, tuple(parts))


def transfer_measures(view: View) -> list[Measure]:
    """Residents, fiscal gap, every transfer, the sum, and its change."""
    now, before = view.given("transfer"), view.given("transfer", "before")
    gap = money(view, "fiscal_gap", factor_title(view, "fiscal_gap").lower(), view.derived.fiscal_gap)
    grades = view.grades("cities.essential_spending", "cities.revenue", "cities.other_transfers")
    found = [residents(view), resting(gap, grades)]
    for place in np.flatnonzero(view.kind("transfer")).tolist():
        pool = view.derived.pools[place]
        found.append(money(view, pool, view.pool_title(pool), view.amounts["published"][:, place]))
    whole = money(view, "transfers", view.say("转移支付合计", "all transfers"), now, colour="bar")
    head = Column("a_head", view.say("人均", "a resident"), view.say("元", "yuan"), "number", 0, 1e-4)
    return [
        *found,
        whole,
        moved(
            view, whole, "change", view.say("比{base}增减", "change against {base}", base=view.base_word), now - before
        ),
        relative(view, "relative", view.say("增减幅", "change"), now, before),
        ratio(head, now, view.people["residents"].to_numpy()),
    ]


def _weights(view: View) -> Table:
    """T2, its first step: factors and weights of every pool."""
    factors = view.instance.tables["factors"]
    rows: list[tuple[Cell, ...]] = []
    for pool in view.derived.pools:
        for row in factors[factors["pool"] == pool].to_dict("records"):
            rows.append((view.pool_title(pool), factor_title(view, str(row["factor"])), float(row["weight"])))
    columns = (
        Column("pool", view.say("指标", "pool")),
        Column("factor", view.say("因素", "factor")),
        Column("weight", view.say("权重", "weight"), "%", "number", 1, 0.01, status=view.status("factors.weight")),
    )
    parts = [view.say(
        "公式测算数 = 可分配数 × Σ 权重 × 城市因素值占参加分配的城市合计的比重；按城市的逐项测算见“城市”一章。",
        "The formula: what there is to give × Σ weight × the city's share of the factor, among the cities that take "
        "part; city by city in the chapter on cities.",
    )]  # fmt: skip
    found = [(pool, phasing_in(view.instance, view.derived, place)) for place, pool in enumerate(view.derived.pools)]
    named = [
        view.say("{pool} {part}", "{pool} {part}", pool=view.pool_title(pool), part=phase.part)
        for pool, phase in found if phase is not None
    ]  # fmt: skip
    if named:
        parts.append(view.say(
            "公式正在过渡的（过渡比例：{pools}），公式测算数 = 可分配数 × "
            "[上年份额 × (1 − 过渡比例) + Σ 权重 × 比重 × 过渡比例]，"
            "上年份额为城市上年数占参加分配的城市合计的比重。",
            "Where a formula is being phased in (phase-in: {pools}), it is what there is to give × [share of last year "
            "× (1 − phase-in) + Σ weight × share of the factor × phase-in]; the share of last year is the city's of "
            "what the cities that take part got.",
            pools=view.listed(named),
        ))  # fmt: skip
    note = view.say("", " ").join(parts)
    return Table("factors", view.say("公式的因素与权重", "Factors and weights of the formulas"), columns, tuple(rows),
                 note=note, code="T2")  # fmt: skip


def factor_title(view: View, factor: str) -> str:
    """What a factor is called: a column of the cities or a derived one."""
    return column_title("cities", factor, view.language)


def steps(view: View, chosen: Sequence[str], pool: str = "") -> Figure | None:
    """The steps from formula to published: of the cities chosen, or of those that the rules and tiers move most.

    Args:
        view: the result.
        chosen: codes of cities; none: those with the largest steps.
        pool: which pool; empty: land, or else the first transfer, or else the first bond.

    Returns:
        The figure; None where there is no pool, or none of its amounts follows a formula.
    """
    names = view.derived.pools
    if not names:
        return None
    kinds = (view.kind(each) for each in ("land", "transfer", "bond"))
    place = names.index(pool) if pool else int(next(np.argmax(kind) for kind in kinds if kind.any()))
    parts = {name: amounts[:, place] for name, amounts in view.amounts.items()}
    if np.isnan(parts["benchmark"]).all():
        return None
    shown_as = {
        "benchmark": view.say("公式", "formula"),
        "performance": view.say("绩效", "performance"),
        "rule": view.say("规则", "rules"),
        "locked": view.say("已下达", "issued"),
        "optimised": view.say("优化", "optimisation"),
        "override": view.say("人工", "by hand"),
        "published": view.say("公布", "published"),
    }
    shown_as = {name: word for name, word in shown_as.items() if name in parts}
    moving = [name for name in shown_as if name not in ("benchmark", "published")]
    step = np.abs(np.array([parts[name] for name in moving])).sum(axis=0)
    picked = [view.place(code) for code in chosen][:PANELS] if chosen else np.argsort(-step, kind="stable")[
        :PANELS].tolist()  # fmt: skip
    land = view.pools.at[names[place], "kind"] == "land"
    unit = view.money(float(np.nanmax(parts["published"])), 2)
    scale, name, decimals = (1.0, view.hectares, 0) if land else (unit.scale, unit.unit, 1)
    panels, told, ends = [], [], []
    for at in picked:
        values = {each: float(parts[each][at]) for each in shown_as}
        others = [values[each] for each in shown_as if each not in ("optimised", "published")]
        values["optimised"] = reduce(sub, others, values["published"])  # to which rounding belongs
        shown = {each: change(value / scale, decimals) if each in moving else number(value / scale, decimals)
                 for each, value in values.items()}  # fmt: skip
        ends.append((view.names[at], shown["benchmark"], shown["published"]))
        head = f"{view.short_names[at]} {shown['benchmark']} → {shown['published']}"
        panels.append(Panel(head, [(shown_as[each], values[each], shown[each]) for each in moving]))
        told.append(
            f"{view.names[at]} " + view.say("，", ", ").join(f"{shown_as[each]} {shown[each]}" for each in values)
        )
    said = view.say("；", "; ").join(told)
    pool_title = view.pool_title(names[place])
    city, before, after = ends[0]
    title = view.say("{city}：公式测算 {before}，公布 {after}", "{city}: {before} by the formula, {after} published",
                     city=city, before=before, after=after)  # fmt: skip
    picked_word = (
        view.say("所选城市", "the cities chosen") if chosen else view.say("变动最大的城市", "the cities moved most")
    )
    by_hand = view.say(
        "；“人工”为指定数与公式、规则结果之差，含各级目标原会给的部分",
        "; by hand is what was set less formula and rules, with what the tiers would have given",
    )
    set_here = any(parts["override"][at] for at in picked)
    return Figure(
        "steps", title,
        view.say("{pool}从公式测算到公布的各步增减（{unit}），{picked}；取整并入“优化”一步{by_hand}",
                 "{pool}: the steps from formula to published ({unit}), {picked}; rounding counts with the "
                 "tiers{by_hand}",
                 pool=pool_title, unit=name, picked=picked_word, by_hand=by_hand if set_here else ""),
        view.say("来源：本方案分解", "Source: decomposition of the published "
                                     "allocation"), changes(panels, said, alike=True), said,
    )  # fmt: skip
