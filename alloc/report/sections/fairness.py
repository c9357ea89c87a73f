"""Fairness: indices of what residents are served with and given, by region, class and cluster (T8)."""

from __future__ import annotations

import numpy as np

from alloc.content.blocks import Cell, Column, Figure, Part, Section, Table
from alloc.content.figures import number
from alloc.report.charts.scatter import Point, lorenz, scatter
from alloc.report.fairness import Indices, indices, lorenz_points
from alloc.report.view import Floats, Grouping, View, telling

REGION_COLOURS = ("#0A4F6E", "#9CCBE0", "#D4733C", "#FBEBDD", "#7B8794", "#D5DBE1")  # also by lightness


def fairness(view: View) -> Section:
    """Indices before and after, of the whole and by group, the Lorenz curve and the scatter."""
    weights = view.people["residents"].to_numpy()
    before, after = (indices(view.people[name].to_numpy(), weights) for name in ("score_before", "score"))
    parts: list[Part] = [_measures(view), *_figures(view)]
    parts += [_groups(view, grouping) for grouping in view.groupings]
    sentence = view.say(
        "服务得分的基尼系数由 {a} 变为 {b}，服务最薄弱的十分之一居民的平均得分由 {c} 升至 {d}。",
        "The Gini index of service scores goes from {a} to {b}; the mean score of the worst-served tenth of "
        "residents from "
        "{c} to {d}.",
        a=number(before.gini, 4), b=number(after.gini, 4),
        c=number(100 * before.worst, 1), d=number(100 * after.worst, 1),
    )  # fmt: skip
    return Section("fairness", view.say("公平性", "Fairness"), sentence, tuple(parts))


def _columns(view: View, unit: bool) -> tuple[Column, ...]:
    percent, times = "%", view.say("倍", "times")
    scale = 1.0 if unit else 0.01
    said = "" if unit else percent
    return (
        Column("mean", view.say("均值", "mean"), said, "number", 2, scale),
        Column("gini", view.say("基尼系数", "Gini"), "", "number", 4),
        Column("theil", view.say("泰尔指数", "Theil"), "", "number", 4),
        Column("variation", view.say("变异系数", "CV"), "", "number", 4),
        Column("deviation", view.say("平均绝对离差", "mean abs. deviation"), said, "number", 2, scale),
        Column("extremes", view.say("最高/最低", "max/min"), times, "number", 2),
        Column("deciles", view.say("P90/P10", "P90/P10"), times, "number", 2),
        Column("worst", view.say("最差十分之一均值", "worst tenth"), said, "number", 2, scale),
    )


def _cells(found: Indices) -> tuple[Cell, ...]:
    values = (found.mean, found.gini, found.theil, found.variation, found.deviation, found.extremes, found.deciles,
              found.worst)  # fmt: skip
    return tuple(None if np.isnan(value) else float(value) for value in values)


def _measures(view: View) -> Table:
    """T8: a row a measure, before and after where there are both."""
    weights = view.people["residents"].to_numpy()
    rows: list[tuple[Cell, ...]] = []
    percent, square, yuan = "%", view.say("平方米", "m²"), view.say("元", "yuan")

    def row(title: str, unit: str, values: Floats, scale: float) -> None:
        rows.append((title, unit, *_cells(indices(values * scale, weights))))

    row(view.say("服务得分，年初", "service score, before"), percent, view.people["score_before"].to_numpy(), 100)
    row(view.say("服务得分，年末", "service score, after"), percent, view.people["score"].to_numpy(), 100)
    for place, service in enumerate(view.derived.services):
        for name, word in (("coverage_before", view.say("年初", "before")), ("coverage", view.say("年末", "after"))):
            title = view.say("{service}覆盖率，{when}", "coverage of {service}, {when}",
                             service=view.service_title(service), when=word)  # fmt: skip
            row(title, percent, view.array("services", name)[:, place], 100)
    for kind, title, unit in (
        ("land", view.say("人均新增用地", "new land a resident"), square),
        ("transfer", view.say("人均转移支付", "transfers a resident"), yuan),
        ("bond", view.say("人均新增债券", "new bonds a resident"), yuan),
    ):
        if view.kind(kind).any():
            row(title, unit, view.given(kind) / weights, 10_000)
    columns = (
        Column("measure", view.say("指标", "measure")),
        Column("unit", view.say("单位", "unit")),
        *_columns(view, unit=True),
    )
    note = view.say(
        "按常住人口加权，城市内部差别不计；均值、离差和最差十分之一的单位见单位列。",
        "Weighted by residents, differences within cities not counted; mean, deviation and worst tenth in the unit "
        "given.",
    )
    return Table("fairness", view.say("公平性指标", "Indices of fairness"), columns, tuple(rows), note=note, code="T8")


def _groups(view: View, grouping: Grouping) -> Table:
    """T8 by group: the score after the year, within every group."""
    weights, scores = view.people["residents"].to_numpy(), view.people["score"].to_numpy()
    before = view.people["score_before"].to_numpy()
    rows: list[tuple[Cell, ...]] = []
    for place, title in enumerate(grouping.names):
        members = np.flatnonzero(grouping.of == place)
        was = indices(before[members], weights[members])
        rows.append(
            (title, float(len(members)), was.mean, was.gini, *_cells(indices(scores[members], weights[members])))
        )
    whole = indices(before, weights)
    totals = (view.say("全部", "all"), float(len(scores)), whole.mean, whole.gini, *_cells(indices(scores, weights)))
    columns = (
        Column("group", grouping.title),
        Column("cities", view.say("城市数", "cities"), view.say("个", ""), "number", additive=True),
        Column("mean_before", view.say("均值（前）", "mean before"), "%", "number", 2, 0.01),
        Column("gini_before", view.say("基尼（前）", "Gini before"), "", "number", 4),
        *_columns(view, unit=False),
    )
    title = view.say("服务得分的公平性：按{by}", "Fairness of service scores by {by}", by=grouping.title)
    return Table(f"fairness_{grouping.name}", title, columns, tuple(rows), totals=totals, code="T8")


def _figures(view: View) -> list[Figure]:
    weights = view.people["residents"].to_numpy()
    curves, ginis = [], []
    for kind, title in (("land", view.say("新增用地", "new land")), ("transfer", view.say("转移支付", "transfers")),
                        ("bond", view.say("新增债券", "new bonds"))):  # fmt: skip
        if view.kind(kind).any() and view.given(kind).sum() > 0:
            head = view.given(kind) / weights
            curves.append((title, lorenz_points(head, weights)))
            ginis.append((title, indices(head, weights).gini))
    if not curves:
        return []
    most, least = max(ginis, key=lambda each: each[1]), min(ginis, key=lambda each: each[1])
    told = view.say("、", ", ").join(f"{title} {number(gini, 3)}" for title, gini in ginis)
    words = (view.say("常住人口累计比重，从人均最少的城市起", "share of residents, those given least first"),
             view.say("所得累计比重", "share of what is given"))  # fmt: skip
    title = view.say("{least}分布最均，{most}最集中", "{least} is the most even, {most} the most concentrated",
                     least=least[0], most=most[0]) if len(ginis) > 1 else told  # fmt: skip
    figures = [Figure(
        "lorenz", title, view.say("洛伦兹曲线；人均数的基尼系数：{told}", "Lorenz curves; Gini index a resident: "
                                                                          "{told}", told=told),
        view.say("来源：本方案公布数", "Source: the published "
                                       "allocation"), lorenz(curves, words, told), told, wide=False,
    )]  # fmt: skip
    return [*figures, _scatter(view)]


def _scatter(view: View) -> Figure:
    weights = view.people["residents"].to_numpy()
    score = view.people["score_before"].to_numpy()
    kind = "land" if view.kind("land").any() else "transfer"
    head = view.given(kind) / weights * 10_000
    grouping = next(iter(telling(view.region, view.size_class)), view.size_class)
    matter = [*np.argsort(-weights, kind="stable")[:8], *np.argsort(-head, kind="stable")[:3],
              *np.argsort(score, kind="stable")[:3]]  # fmt: skip
    ranks = {int(at): rank for rank, at in reversed(list(enumerate(matter, 1)))}
    unit = view.say("平方米", "m²") if kind == "land" else view.say("元", "yuan")
    dots = [
        Point(
            float(score[at]),
            float(head[at]),
            float(weights[at]),
            REGION_COLOURS[grouping.of[at] % len(REGION_COLOURS)],
            view.short_names[at],
            f"{view.names[at]}  {number(100 * score[at], 1)}  {number(head[at], 1)} {unit}",
            ranks.get(at, 0),
        )
        for at in range(len(weights))
    ]
    link = float(np.corrcoef(score, head)[0, 1]) if len(score) > 2 and head.std() and score.std() else 0.0
    what = (
        view.say("人均新增用地", "new land a resident")
        if kind == "land"
        else view.say("人均转移支付", "transfers a resident")
    )
    if abs(link) < 0.2:
        title = view.say("{what}与年初得分没有明显关系", "{what} hardly follows the score before the year", what=what)
    else:
        title = view.say("得分低的城市{what}{more}", "Cities with low scores get {more} {what}", what=what,
                         more=view.say("更多", "more") if link < 0 else view.say("更少", "less"))  # fmt: skip
    words = (view.say("年初服务得分（100 为全部达标）", "service score before the year (100: full coverage)"),
             f"{what}（{unit}）" if view.zh else f"{what} ({unit})")  # fmt: skip
    legend = (
        list(zip(grouping.names, REGION_COLOURS, strict=False)) if grouping.tells and len(grouping.names) <= 6 else []
    )
    told = view.say("相关系数 {link}", "correlation {link}", link=number(link, 2))
    return Figure(
        "scatter", title,
        view.say("每点一个城市，面积为常住人口；{told}", "A dot a city, area by residents; {told}", told=told),
        view.say("来源：本方案公布数", "Source: the published allocation"),
        scatter(dots, words, (100.0, 1.0), legend, told), told,
    )  # fmt: skip
