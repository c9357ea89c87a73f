"""Services: capacity, what is added, coverage before and after (T5)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alloc.content.blocks import Cell, Column, Figure, Part, Section, Table
from alloc.content.figures import exact_decimals, number
from alloc.content.numbers import change
from alloc.content.tables import graded_rows
from alloc.instance.statuses import grade
from alloc.report.charts.coverage import coverage
from alloc.report.charts.dumbbell import Pair, dumbbell
from alloc.report.columns import points, residents, share
from alloc.report.measures import Measure, by_group, mean, resting, summed
from alloc.report.view import MINIMUM, View, telling
from alloc.result.wording import say
from alloc.tolerances import ROUNDOFF


def services(view: View) -> Section:
    """Coverage of every service, by group of cities, and city by city as a curve."""
    parts: tuple[Part, ...] = (
        _whole(view),
        _pairs(view),
        curve(view),
        *(table for each in view.groupings for table in by_group(
            view, f"services_{each.name}", view.say("覆盖率：按{by}", "Coverage by {by}", by=each.title), each,
            coverage_measures(view), "T5", follows(view))),
    )  # fmt: skip
    gap = view.array("services", "gap")
    short = gap.max(axis=1) > ROUNDOFF
    below = view.say("{short}至少有一项服务仍低于国家最低标准{mark}",
                     "one service or more stays below the national minimum{mark} in {short}",
                     mark=view.mark(MINIMUM), short=view.cities_said(short))  # fmt: skip
    if not short.any():
        below = view.say(
            "各市各项服务都达到国家最低标准{mark}",
            "no service of any city is below the national minimum{mark}",
            mark=view.mark(MINIMUM),
        )
    weights = view.derived.population_share
    before, after = ((view.people[name].to_numpy() * weights).sum() for name in ("score_before", "score"))
    sentence = view.say(
        "平均得分由 {before} 升至 {after}；{below}。",
        "The mean score goes from {before} to {after}; {below}.",
        before=number(100 * before, 1), after=number(100 * after, 1), below=below,
    )  # fmt: skip
    return Section("services", view.say("公共服务", "Services"), sentence, parts)


def follows(view: View) -> str:
    """The rule for what is computed: marks stand at the data, and a note says which columns follow from them."""
    if not view.mark("capacity.capacity", "services.norm", "services.capital_cost"):
        return ""
    return view.say(
        "标记只加在输入数据和年初的数上；年末的覆盖率和得分、新增能力、欠账、建设支出由它们算出，不另加标记，并不比它们可靠。",
        "Marks stand at input data and at what there is before the year; coverage and scores after it, what is added, "
        "backlog and spending are computed from these, have no mark of their own and are no surer.",
    )


def _whole(view: View) -> Table:
    """T5 of the whole: a row a service."""
    rows: list[tuple[Cell, ...]] = []
    capacity = view.array("services", "capacity")
    added, need = view.array("services", "added"), view.array("services", "full_need")
    sums = {name: np.nansum(view.array("services", name), axis=0) for name in ("build", "expand", "backlog")}
    for place, service in enumerate(view.derived.services):
        short = int((view.array("services", "gap")[:, place] > ROUNDOFF).sum())
        covered = [float(view.array("services", name)[:, place] @ view.derived.population_share)
                   for name in ("coverage_before", "coverage")]  # fmt: skip
        cost = float(added[:, place].sum() * view.derived.capital_cost[place])
        build = None if np.isnan(view.derived.module[place]) else float(sums["build"][place])
        rows.append(
            (
                view.service_title(service),
                view.service_unit(service),
                float(need[:, place].sum()),
                float(capacity[:, place].sum()),
                build,
                float(sums["expand"][place]),
                float(added[:, place].sum()),
                covered[0],
                covered[1],
                covered[1] - covered[0],
                float(view.derived.minimum[place]),
                float(short),
                float(sums["backlog"][place]),
                cost,
            )
        )
    unit = view.money(max((row[-1] for row in rows if isinstance(row[-1], float)), default=0.0))
    facilities = exact_decimals([row[4] for row in rows if isinstance(row[4], float)], 1)
    columns = (
        Column("service", view.say("服务", "service")),
        Column("unit", view.say("单位", "unit")),
        Column("need", view.say("全部需求", "full need"), kind="number", status=view.status("services.norm")),
        Column("capacity", view.say("现有能力", "capacity"), kind="number"),
        Column("build", view.say("新建", "facilities"), view.say("处", ""), "number", facilities),
        Column("expand", view.say("扩建", "enlarged"), kind="number"),
        Column("added", view.say("新增能力", "added"), kind="number"),
        share("before", view.say("覆盖率（前）", "coverage before")),
        share("after", view.say("覆盖率（后）", "coverage after"), colour="bar"),
        points(view, "change", view.say("变化", "change"), ("after", "before")),
        replace(share("minimum", view.say("最低标准", "minimum"), 0), status=view.status(MINIMUM)),
        Column("short", view.say("未达标城市", "cities below"), view.say("个", ""), "number"),
        Column("backlog", view.say("欠账", "backlog"), kind="number"),
        Column("cost", view.say("建设支出", "spent"), unit.unit, "number", unit.decimals, unit.scale),
    )
    title = view.say("各项服务的需求、能力与覆盖", "Need, capacity and coverage of every service")
    note = view.say(
        "覆盖率为各城市覆盖率按常住人口加权的平均，一个城市至多计 100 %，所以可以低于全部能力与全部需求之比。",
        "Coverage is the mean over residents of what their city covers, at most 100 % of a city, so it may be below "
        "all capacity against all need.",
    )
    note += view.say("", " ") + say(view.language, "backlog_is") + view.say("", " ") + follows(view)
    grades = [grade(view.status("capacity.capacity", item=service)) for service in view.derived.services]
    made = Table("services", title, columns, tuple(rows), note=note, code="T5")
    return graded_rows(made, {"capacity": grades, "before": grades})


def _pairs(view: View) -> Figure:
    weights = view.derived.population_share
    rows = []
    for place, service in enumerate(view.derived.services):
        before, after = (float((view.array("services", name)[:, place] * weights).sum())
                         for name in ("coverage_before", "coverage"))  # fmt: skip
        text = f"{change(100 * (after - before), 1)} {view.say('个百分点', 'points')}"
        rows.append(Pair(view.service_title(service), before, after, float(view.derived.minimum[place]), text))
    rows.sort(key=lambda row: (row.before - row.after, row.title))
    told = view.say("；", "; ").join(
        f"{row.title} {number(100 * row.before, 1)} % → {number(100 * row.after, 1)} %" for row in rows)  # fmt: skip
    words = (
        view.say("年初", "before"),
        view.say("年末", "after"),
        view.say("国家最低标准{mark}", "national minimum{mark}", mark=view.mark(MINIMUM)),
    )
    return Figure(
        "services_pairs",
        view.say("{service}的覆盖率提高最多", "Coverage of {service} rises the most", service=rows[0].title),
        view.say("覆盖率，按常住人口加权平均", "Coverage, mean over residents"),
        view.say("来源：本方案服务表", "Source: services table of the result"), dumbbell(rows, words, told), told,
    )  # fmt: skip


def curve(view: View) -> Figure:
    """The score of every city, worst first, before and after; by region in small."""
    weights = view.people["residents"].to_numpy()
    scores = {side: view.people[side].to_numpy() for side in ("score_before", "score")}

    def pairs(side: str, members: np.ndarray) -> list[tuple[float, float]]:
        return list(zip(scores[side][members].tolist(), weights[members].tolist(), strict=True))

    everyone = np.arange(len(weights))
    grouping = next(iter(telling(view.region, view.cluster)), None)
    groups = [] if grouping is None or len(grouping.names) > 6 else [
        (title, pairs("score_before", members), pairs("score", members))
        for place, title in enumerate(grouping.names)
        if len(members := np.flatnonzero(grouping.of == place))
    ]  # fmt: skip
    order = np.argsort(scores["score"], kind="stable")
    worst = int(order[0])
    told = view.say(
        "得分最低的城市由 {before} 升至 {after}", "The lowest score of any city goes from {before} to {after}",
        before=number(100 * scores["score_before"].min(), 1), after=number(100 * scores["score"].min(), 1),
    )  # fmt: skip
    words = (view.say("年初", "before"), view.say("年末", "after"),
             view.say("常住人口，从得分最低的城市排起", "residents, from the worst-served city on"))  # fmt: skip
    small = "" if not groups or grouping is None else view.say(
        "；小图按{by}", "; below by {by}", by=grouping.title)  # fmt: skip
    whole = ("", pairs("score_before", everyone), pairs("score", everyone))
    return Figure(
        "coverage", told,
        view.say("各城市公共服务得分（100 为全部达标），年末最低的是{city}{small}",
                 "Service score of every city (100: full coverage), the lowest after the year in {city}{small}",
                 city=view.short_names[worst], small=small),
        view.say("来源：本方案人口表", "Source: people table of the "
                                       "result"), coverage(whole, groups, words, told), told,
    )  # fmt: skip


def coverage_measures(view: View) -> list[Measure]:
    """Scores, and coverage of every service before and after."""
    weights = view.people["residents"].to_numpy()
    before, after = view.array("services", "coverage_before"), view.array("services", "coverage")
    scores = [view.people[name].to_numpy() for name in ("score_before", "score")]
    found = [
        residents(view),
        resting(
            mean(share("score_before", view.say("得分（前）", "score before")), scores[0], weights),
            view.grades("capacity.capacity"),
        ),
        mean(share("score", view.say("得分（后）", "score after")), scores[1], weights),
    ]
    for place, service in enumerate(view.derived.services):
        title = view.service_title(service)
        found += [
            mean(
                share(f"{service}_before", view.say("{of}（前）", "{of}, before", of=title)), before[:, place], weights
            ),
            mean(share(f"{service}_after", view.say("{of}（后）", "{of}, after", of=title)), after[:, place], weights),
        ]
    return found


def added_measures(view: View) -> list[Measure]:
    """What every city builds and adds, by service, and the backlog left."""
    found = []
    build, added = view.array("services", "build"), view.array("services", "added")
    backlog = view.array("services", "backlog")
    for place, service in enumerate(view.derived.services):
        title, unit = view.service_title(service), view.service_unit(service)
        columns = (
            ("build", view.say("{of}新建", "{of}: facilities", of=title), view.say("处", ""), build),
            ("added", view.say("{of}新增", "{of}: added", of=title), unit, added),
            ("backlog", view.say("{of}欠账", "{of}: backlog", of=title), unit, backlog),
        )
        for key, head, of, values in columns:
            chosen = values[:, place]
            if np.isnan(chosen).all():
                continue
            column = Column(
                f"{service}_{key}",
                head,
                of,
                "number",
                exact_decimals(chosen.tolist(), 1) if key == "build" else 0,
                additive=True,
            )
            found.append(summed(column, chosen))
    return found
