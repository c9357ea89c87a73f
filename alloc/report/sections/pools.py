"""Pools: what there was, who got it, and that nothing is left over; rounding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from alloc.content.blocks import Amount, Cell, Column, Figure, Paragraph, Part, Section, Table
from alloc.content.figures import exact_decimals, number
from alloc.explanation.shared.kept import retained
from alloc.instance.aside import parted, set_aside
from alloc.report.charts.flow import Node, flow
from alloc.report.columns import hectares, money
from alloc.report.floors import floors
from alloc.report.levels import levels_table
from alloc.report.maps import allocation_map
from alloc.report.measures import by_group
from alloc.report.view import Floats, View, significant, telling
from alloc.result import rounding
from alloc.result.wording import say
from alloc.tolerances import ROUNDOFF

if TYPE_CHECKING:
    from alloc.explanation.formula.formula import Formula

NAMED = 3  # cities a region named in the flow


def pools(view: View, boundaries: object = None, formula: Formula | None = None) -> Section:
    """T3, T12, T15, T16, T18, the flow and the map."""
    parts: list[Part] = [balance(view)]
    flow_figure, map_figure = _flow(view), allocation_map(view, boundaries)
    parts += [each for each in (flow_figure, map_figure) if each is not None]
    measures = [
        (hectares if view.pools.at[pool, "kind"] == "land" else money)(
            view, pool, view.pool_title(pool), view.amounts["published"][:, place]
        )
        for place, pool in enumerate(view.derived.pools)
    ]
    title = view.say("各省分配数", "The allocation by province")
    parts += by_group(view, "pools_provinces", title, view.province, measures, "T1", parents=view.region)
    if (kept := levels_table(view)) is not None:
        parts.append(kept)
    if (paid := floors(view)) is not None:
        parts.append(paid)
    parts.append(_rounding(view))
    alone = () if formula is None else (_by_formula(view, formula),)
    return Section("pools", view.say("指标平衡", "Pools"), _given_out(view), tuple(parts), alone)


def _by_formula(view: View, formula: Formula) -> Section:
    """T15 under a heading of its own: why the plan is held against the formula alone, and what comes of it."""
    lines = [*formula.about(view.language), formula.said(view.language)]
    parts: list[Part] = [Paragraph(line) for line in lines if line]
    parts += (replace(each, code="T15") for each in formula.tables(view.language))
    why = view.say(
        "为看清不止按公式分配换来什么、让出什么，这里把本方案与尽量按公式分配的另一个解相比；公布数不受影响。",
        "To see what is gained and what is given up by not going by the formula alone, the plan is held against "
        "another solution that keeps as near to the formula as it may; nothing that is published depends on it.",
    )
    return Section("by_formula", view.say("如果只按公式分配", "By the formula alone"), why, tuple(parts))


def _given_out(view: View) -> str:
    """Whether all pools are given out, and what is left where they are not."""
    left, exact = _left(view), bool((left_over(view) <= ROUNDOFF * view.derived.available).all())
    count = len(view.derived.pools)
    if left:
        return view.say(
            "{count}个资源池中，{left}未分完，{rest}；未分完的数额见余数一列。",
            "Of {count} pools {left} are not given out in full; what is left stands in the column of residuals.",
            count=count, left=view.listed(left), rest="其余一分不差" if exact else "其余所剩不到一个最小分配单位",
        )  # fmt: skip
    if not exact:
        return view.say(
            "{count}个资源池的可分配数全部分完，所剩不到一个最小分配单位，见余数一列。",
            "All {count} pools are given out; what is left, less than a quantum, stands in the column of residuals.",
            count=count,
        )
    return view.say(
        "{count}个资源池的可分配数全部分完，分配数{kept}之和与可分配数一分不差。",
        "All {count} pools are given out to the last unit: what cities get{kept} adds up to what there was to give.",
        count=count, kept=view.say("与上级留用数", " and what is retained above them") if _kept(view).any() else "",
    )  # fmt: skip


def _left(view: View) -> list[str]:
    over, quantum = left_over(view), view.derived.quantum
    return [view.pool_title(pool) for place, pool in enumerate(view.derived.pools)
            if over[place] >= quantum[place] * (1 - ROUNDOFF)]  # fmt: skip


def left_over(view: View) -> Floats:
    """What is left of every pool when cities, and units above them, have theirs [R]."""
    left: Floats = view.derived.available - np.nansum(view.amounts["published"], axis=0) - _kept(view)
    return left


def _kept(view: View) -> Floats:
    """What units above the cities keep of every pool [R]."""
    kept = retained(view.result)
    return np.array([kept.get(pool, 0.0) for pool in view.derived.pools])


def balance(view: View) -> Table:
    """T3: total, what is held back or goes to other purposes, what an advance leaves to later stages, available, what
    levels above cities retain, allocated, residual; a unit of its own a row."""
    found: list[tuple[str, str, list[float], float]] = []
    given, kept, purposes = np.nansum(view.amounts["published"], axis=0), _kept(view), set_aside(view.pools)
    staged = bool((view.derived.advance < 1).any())
    for place, pool in enumerate(view.derived.pools):
        total, available = float(view.pools["total"][pool]), float(view.derived.available[place])
        land = view.pools.at[pool, "kind"] == "land"
        unit = view.money(total)
        scale = 1.0 if land else unit.scale
        whole = available / float(view.derived.advance[place])
        left = available - kept[place] - given[place]
        above = (kept[place],) if kept.any() else ()
        aside = parted(total - whole, view.pools.loc[pool].to_dict())
        set_apart = (aside[name] for name in purposes)
        later = (whole - available,) if staged else ()
        amounts = [each / scale for each in (total, *set_apart, *later, available, *above, given[place], left)]
        amounts[-1] = 0.0 if abs(amounts[-1]) * scale < view.derived.quantum[place] / 2 else amounts[-1]
        cities = int((view.amounts["published"][:, place] > 0).sum())
        found.append((view.pool_title(pool), view.hectares if land else unit.unit, amounts, float(cities)))
    decimals = exact_decimals([each for _, _, amounts, _ in found for each in amounts], 4)  # alike down every column
    rows: list[tuple[Cell, ...]] = [
        (title, unit, *(Amount(each, decimals) for each in amounts), cities) for title, unit, amounts, cities in found
    ]
    names = (("total", view.say("总量", "total")),
             *((name, say(view.language, name)) for name in purposes),
             *((("later", say(view.language, "later")),) if staged else ()),
             ("available", view.say("可分配", "available")),
             *((("retained", view.say("上级留用", "retained above cities")),) if kept.any() else ()),
             ("allocated", view.say("已分配", "allocated")),
             ("residual", view.say("余数", "residual")))  # fmt: skip
    columns = (
        Column("pool", view.say("指标", "pool")), Column("unit", view.say("单位", "unit")),
        *(Column(name, title, kind="number") for name, title in names),
        Column("cities", view.say("分到的城市", "cities that get some"), view.say("个", ""), "number"),
    )  # fmt: skip
    source = view.say(
        "总量、{aside}：算例的资源池表；已分配：公布数",
        "Total, {aside}: the instance's table of pools; allocated: as published",
        aside=view.listed(say(view.language, name) for name in purposes),
    )
    title = view.say("指标平衡表", "Balance of the pools")
    return Table("pools_balance", title, columns, tuple(rows), code="T3", source=source)


def _flow(view: View) -> Figure | None:
    grouping = next(iter(telling(view.region, view.province)), None)
    if grouping is None or len(grouping.names) > 8:
        return None
    land = view.kind("land").any()
    amounts = view.given("land") if land else view.given("transfer")
    if amounts.sum() <= 0:
        return None
    unit = view.money(float(amounts.sum()), 0)
    scale, name = (1.0, view.hectares) if land else (unit.scale, unit.unit)

    def text(amount: float) -> str:
        return view.exact(amount) if land else significant(amount / scale)

    nodes = []
    for place, title in enumerate(grouping.names):
        members = np.flatnonzero(grouping.of == place)
        order = members[np.argsort(-amounts[members], kind="stable")]
        top, rest = order[:NAMED], order[NAMED:]
        leaves = [(view.short_names[at], float(amounts[at]), text(amounts[at])) for at in top]
        if len(rest):
            other = view.say("其余 {count} 市", "{count} others", count=len(rest))
            leaves.append((other, float(amounts[rest].sum()), text(amounts[rest].sum())))
        nodes.append(Node(title, text(amounts[members].sum()), leaves))
    nodes.sort(key=lambda node: -sum(value for _, value, _ in node.members))
    title = view.say("新增建设用地", "new land") if land else view.say("转移支付", "transfers")
    whole = (title, f"{text(amounts.sum())} {name}")
    sums = [(node.title, sum(value for _, value, _ in node.members)) for node in nodes]
    first, most = sums[0]
    told = view.say("；", "; ").join(f"{node.title} {node.text}" for node in nodes)
    return Figure(
        "flow",
        view.say("{title}中{part} %去往{first}", "{part} % of {title} goes to {first}", title=title, first=first,
                 part=number(100 * most / amounts.sum(), 1)),
        view.say("从总量到地区再到城市，带宽为数量（{unit}）；每个地区列出最多的 {named} 个城市",
                 "From the whole to regions and cities, width by amount ({unit}); the {named} largest of each region",
                 unit=name, named=NAMED),
        view.say("来源：本方案公布数", "Source: the published allocation"), flow(whole, nodes, told), told,
    )  # fmt: skip


def _rounding(view: View) -> Table:
    """T12: how much rounding moved, by pool; every city's adjustment stands in the formula traces."""
    moved = view.amounts["rounding"]
    rows: list[tuple[Cell, ...]] = []
    for place, pool in enumerate(view.derived.pools):
        change, quantum = moved[:, place], float(view.derived.quantum[place])
        decimals = exact_decimals([quantum], 4)
        up, down = float(change[change > 0].sum()), float(change[change < 0].sum())
        rows.append((
            view.pool_title(pool), view.pool_unit(pool), Amount(quantum, decimals),
            float((np.abs(change) > ROUNDOFF).sum()), Amount(up, decimals + 2, True), Amount(down, decimals + 2, True),
            Amount(float(np.abs(change).max(initial=0.0)), decimals + 2),
        ))  # fmt: skip
    columns = (
        Column("pool", view.say("指标", "pool")),
        Column("unit", view.say("单位", "unit")),
        Column("quantum", view.say("最小分配单位", "quantum"), kind="number"),
        Column("cities", view.say("有调整的城市", "cities adjusted"), kind="number"),
        Column("up", view.say("调增合计", "raised, sum"), kind="change"),
        Column("down", view.say("调减合计", "lowered, sum"), kind="change"),
        Column("largest", view.say("最大调整", "largest"), kind="number"),
    )
    note = rounding.note(view.result, view.language, rounding.IN_REPORT) + view.say(
        "每个城市的取整调整见各项指标的公式测算表。", " Each city's adjustment stands in the formula traces."
    )
    if (view.result.tables["rounding"]["rule"] == "no_multiple").any():
        note += view.say(
            "“上下限之间没有最小分配单位的整倍数”的，多是保底高于浮动区间，上下限重合在一个小数上；把该资源池的上浮幅度放宽到"
            "保底以上，或用人工调整把该市定为整倍数，即可避免。",
            " “No multiple within its bounds” is mostly a floor above the corridor, so that both bounds are one number "
            "with decimals; a corridor that reaches beyond the floor, or an override of the city with a multiple, "
            "avoids it.",
        )
    return Table("rounding", view.say("取整调整", "Rounding"), columns, tuple(rows), note=note, code="T12")
