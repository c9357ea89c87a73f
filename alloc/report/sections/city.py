"""One city on one page (T11): what it gets and why, people, land, debt, services."""

from __future__ import annotations

import numpy as np

from alloc.content.blocks import Amount, Cell, Column, Fact, Facts, Figure, Paragraph, Part, Section, Table
from alloc.content.figures import exact_decimals, number, percent
from alloc.content.numbers import change
from alloc.content.tables import graded_rows
from alloc.explanation.city.phasing import phased_in
from alloc.explanation.shared.kept import kept_above
from alloc.explanation.shared.lifted import link_lifted
from alloc.explanation.shared.sums import decimal, printed_parts
from alloc.instance.statuses import grade
from alloc.publish.parts import parts_in
from alloc.report.charts.dumbbell import Pair, dumbbell
from alloc.report.plain.by_hand import by_hand_in
from alloc.report.plain.certainty import stopped
from alloc.report.sections.land import reused_land
from alloc.report.sections.money import steps
from alloc.report.view import View, significant
from alloc.result.city import DEBT, MIGRANTS, Marks
from alloc.result.rounding import not_kept, of_city
from alloc.result.wording import say
from alloc.tolerances import ROUNDOFF


def city_sections(view: View, code: str) -> tuple[Section, ...]:
    """The sections of the page of a city.

    Raises:
        KeyError: there is no such city.
    """
    at = view.place(code)
    name = view.names[at]
    parts: list[Part] = [
        *map(Paragraph, stopped(view)),
        Facts(tuple(_facts(view, at))),
        _pools(view, at),
        *map(Paragraph, kept_above(view.result, view.language, code)),
        *map(Paragraph, by_hand_in(view, code)),
        *map(Paragraph, link_lifted(view.result, view.language, code)),
    ]
    figure = steps(view, (code,))
    if figure is not None:
        parts.append(figure)
    parts += not_kept(view.result, view.language, of_city(view.result, code), "city_rounding")
    sentence = view.say(
        "{name}：{kind}，常住人口 {residents} 人，当年落户 {settle} 人；服务得分由 {before} 升至 {after}。",
        "{name}: {kind} city of {residents} residents; {settle} persons settle this year, the service score "
        "goes from "
        "{before} to {after}.",
        name=name, kind=view.size_class.names[view.size_class.of[at]],
        residents=number(float(view.people["residents"][at])) + Marks(view.result)("cities", "residents", code),
        settle=number(float(view.people["settle"][at])),
        before=number(100 * float(view.people["score_before"][at]), 1),
        after=number(100 * float(view.people["score"][at]), 1),
    )  # fmt: skip
    return (
        Section("city", view.say("分配结果", "What the city gets"), sentence, tuple(parts)),
        Section("city_services", view.say("公共服务", "Services"), _gap_sentence(view, at),
                (_services(view, at), _coverage(view, at))),
        Section("city_means", view.say("人口、用地与债务", "People, land and debt"), _debt_sentence(view, at),
                (*_purse(view, at), _means(view, at))),
    )  # fmt: skip


def _facts(view: View, at: int) -> list[Fact]:
    facts = []
    for kind, label in (("land", view.say("新增用地", "new land")), ("transfer", view.say("转移支付", "transfers")),
                        ("bond", view.say("新增债券", "new bonds"))):  # fmt: skip
        if not view.kind(kind).any():
            continue
        now, before = float(view.given(kind)[at]), float(view.given(kind, "before")[at])
        unit = view.money(now)
        name = view.hectares if kind == "land" else unit.unit
        against = ""
        if before > 0:
            against = view.say("比{base}{change}", "{change} against {base}", base=view.base_word,
                               change=change(100 * (now / before - 1), 1) + " %")  # fmt: skip
        facts.append(Fact(label, view.exact(now) if kind == "land" else significant(now / unit.scale), name, against))
    before, after = float(view.people["score_before"][at]), float(view.people["score"][at])
    facts.append(Fact(view.say("当年落户", "settle this year"), number(float(view.people["settle"][at])), view.persons))
    facts.append(Fact(view.say("服务得分", "service score"), number(100 * after, 1), view.say("分", "of 100"),
                      change(100 * (after - before), 1)))  # fmt: skip
    return facts


def _pools(view: View, at: int) -> Table:
    rows: list[tuple[Cell, ...]] = []
    names = [name for name in view.amounts if name != "last_year"]
    summed = parts_in(names)
    whole = ("benchmark", "published", "issued")  # the others are changes
    for place, pool in enumerate(view.derived.pools):
        values = {name: float(np.nan_to_num(view.amounts[name][at, place])) for name in names}
        most = exact_decimals([values["published"], float(view.derived.quantum[place])], 2)
        shown = {name: round(values[name], most) for name in names}
        split = printed_parts({name: values[name] for name in summed}, decimal(values["published"]), 10.0**-most)
        shown |= {name: float(part) for name, part in split.items()}
        last = float(view.amounts["last_year"][at, place])
        rows.append((view.pool_title(pool), view.pool_unit(pool), None if np.isnan(last) else Amount(last, most),
                     *(Amount(shown[name] + 0.0, most, name not in whole) for name in names)))  # fmt: skip
    heads = {
        "benchmark": view.say("公式", "formula"),
        "performance": view.say("绩效", "performance"),
        "rule": view.say("规则", "rules"),
        "locked": view.say("已下达", "issued before"),
        "optimised": view.say("优化", "optimisation"),
        "override": view.say("人工", "override"),
        "rounding": view.say("取整", "rounding"),
        "published": view.say("公布", "published"),
        "issued": view.say("已下达数", "issued"),
        "increment": view.say("本次下达", "increment"),
    }
    columns = (
        Column("pool", view.say("指标", "pool")),
        Column("unit", view.say("单位", "unit")),
        Column("last_year", view.say("上年", "last year"), kind="number"),
        *(Column(name, heads[name], kind="number" if name in whole else "change") for name in names),
    )
    added = " + ".join(heads[name] for name in summed)
    note = view.say("{parts} = 公布。", "{parts} = published.", parts=added[:1].upper() + added[1:])
    for sentence in phased_in(view.instance, lambda: view.derived, view.language, view.codes[at]):
        note += view.say("", " ") + sentence
    if not np.isnan(view.derived.override[at]).all():
        note += view.say("", " ") + say(view.language, "override_is")
    last_year = [grade(view.status("last_year.amount", city=view.codes[at], item=pool)) for pool in view.derived.pools]
    made = Table("city_pools", view.say("各项指标", "Pools"), columns, tuple(rows), code="T11", note=note)
    return graded_rows(made, {"last_year": last_year})


def _services(view: View, at: int) -> Table:
    rows: list[tuple[Cell, ...]] = []
    arrays = {
        name: view.array("services", name)[at]
        for name in ("full_need", "capacity", "build", "expand", "added", "coverage_before", "coverage", "backlog")
    }
    for place, service in enumerate(view.derived.services):
        values = [float(arrays[name][place]) for name in arrays]
        rows.append((view.service_title(service), view.service_unit(service),
                     *(None if np.isnan(value) else value for value in values)))  # fmt: skip
    facilities = exact_decimals(arrays["build"].tolist(), 1)
    columns = (
        Column("service", view.say("服务", "service")), Column("unit", view.say("单位", "unit")),
        Column("full_need", view.say("全部需求", "full need"), kind="number"),
        Column("capacity", view.say("现有能力", "capacity"), kind="number"),
        Column("build", view.say("新建（处）", "facilities"), kind="number", decimals=facilities),
        Column("expand", view.say("扩建", "enlarged"), kind="number"),
        Column("added", view.say("新增能力", "added"), kind="number"),
        Column("before", view.say("覆盖率（前）", "before"), "%", "number", 1, 0.01),
        Column("after", view.say("覆盖率（后）", "after"), "%", "number", 1, 0.01, colour="bar"),
        Column("backlog", view.say("欠账", "backlog"), kind="number"),
    )  # fmt: skip
    city = view.codes[at]
    capacity = [grade(view.status("capacity.capacity", city=city, item=service)) for service in view.derived.services]
    title, note = view.say("各项服务", "Services"), say(view.language, "backlog_is")
    made = Table("city_services", title, columns, tuple(rows), code="T11", note=note)
    return graded_rows(made, {"capacity": capacity, "before": capacity})


def _coverage(view: View, at: int) -> Figure:
    rows = []
    for place, service in enumerate(view.derived.services):
        before, after = (float(view.array("services", name)[at, place]) for name in ("coverage_before", "coverage"))
        text = f"{change(100 * (after - before), 1)} {view.say('个百分点', 'points')}"
        rows.append(Pair(view.service_title(service), before, after, float(view.derived.minimum[place]), text))
    words = (view.say("年初", "before"), view.say("年末", "after"), view.say("国家最低标准", "national minimum"))
    most = max(rows, key=lambda row: row.after - row.before)
    told = view.say("；", "; ").join(
        f"{row.title} {number(100 * row.before, 1)} % → {number(100 * row.after, 1)} %" for row in rows)  # fmt: skip
    return Figure(
        "city_coverage", view.say("{service}提高最多", "{service} rises the most", service=most.title),
        view.say("各项服务覆盖率", "Coverage by service"), view.say("来源：本方案服务表", "Source: services table"),
        dumbbell(rows, words, told), told,
    )  # fmt: skip


def _means(view: View, at: int) -> Table:
    people, land, debt = view.people, view.land, view.debt
    money = view.say("万元", "10⁴ yuan")
    tier = {side: view.level(str(debt[f"tier_{side}"][at])) for side in ("before", "after")}
    further: list[tuple[str, str, str]] = []
    renewed = {use: float(land[f"renewed_{use}"][at]) if f"renewed_{use}" in land else 0.0
               for use in ("public", "production")}  # fmt: skip
    if "housing" in land:
        housing = float(land["housing"][at] + land["reuse_housing"][at])
        further = [
            (view.say("居住用地", "land for housing"), number(housing, 2), view.hectares),
            (view.say("道路、公用设施等用地", "land for roads, utilities and other uses"),
             number(float(land["other"][at]), 2), view.hectares),
        ]  # fmt: skip
    mark, city = Marks(view.result), view.codes[at]
    indebted = mark.of_all(DEBT, city)
    values: list[tuple[str, str, str]] = [
        (view.say("常住人口", "residents"),
         number(float(people["residents"][at])) + mark("cities", "residents", city), view.persons),
        (view.say("流入人口", "migrants"),
         number(float(people["migrants"][at])) + mark.of_all(MIGRANTS, city), view.persons),
        (view.say("落户上限", "settlement limit"), number(float(people["settle_limit"][at])), view.persons),
        (view.say("当年落户", "settle this year"), number(float(people["settle"][at])), view.persons),
        (view.say("公共设施用地", "land for public facilities"),
         number(float(land["public"][at] + land["reuse_public"][at] + renewed["public"]), 2), view.hectares),
        *further,
        (view.say("产业用地", "land for production"),
         number(float(land["production"][at] + land["reuse_production"][at] + renewed["production"]), 2),
         view.hectares),
        (view.say("暂未安排用地", "unassigned land"), number(float(land["unassigned"][at]), 2), view.hectares),
        (view.say("其中盘活存量", "of which reused"),
         number(float(reused_land(view)[at]), 2), view.hectares),
        (view.say("债务率（前）", "debt ratio before"), percent(float(debt["ratio_before"][at])) + indebted,
         tier["before"]),
        (view.say("债务率（后）", "debt ratio after"), percent(float(debt["ratio_after"][at])) + indebted,
         tier["after"]),
        (view.say("可新增债务", "room for new debt"), number(float(debt["bond_room"][at])), money),
    ]  # fmt: skip
    columns = (Column("item", view.say("项目", "item")), Column("value", view.say("数值", "value"), kind="number"),
               Column("unit", view.say("单位", "unit")))  # fmt: skip
    return Table(
        "city_means", view.say("人口、用地与债务", "People, land and debt"), columns, tuple(values), code="T11"
    )


def _gap_sentence(view: View, at: int) -> str:
    gap = view.array("services", "gap")[at]
    short = [
        view.service_title(service) for place, service in enumerate(view.derived.services) if gap[place] > ROUNDOFF
    ]
    if not short:
        return view.say("年末各项服务都达到国家最低标准。", "After the year every service meets the national minimum.")
    return view.say("年末仍低于国家最低标准的有{short}。", "Below the national minimum after the year: {short}.",
                    short=view.listed(short))  # fmt: skip


def _debt_sentence(view: View, at: int) -> str:
    before, after = (float(view.debt[f"ratio_{side}"][at]) for side in ("before", "after"))
    return view.say("债务率由 {before} 变为 {after}。", "The debt ratio goes from {before} to {after}.",
                    before=percent(before), after=percent(after))  # fmt: skip


def _purse(view: View, at: int) -> list[Part]:
    """Whose budget and debt a unit shows that has one purse with others; nothing of a city that has its own."""
    purses = view.derived.purses
    if purses.size[at] == 1:
        return []
    said = view.say(
        "收支和债务与{head}同一本预算（{count} 个单元合计），此处按常住人口列示本单元部分；债务率为合计数。",
        "Its budget and debt are those of the purse of {head}, {count} units together, of which its part by residents "
        "is shown; the debt ratio is that of the purse.",
        head=view.names[int(purses.head[at])], count=number(int(purses.size[at])),
    )  # fmt: skip
    return [Paragraph(said)]
