"""Land: what is given, what it is used for, and how it is linked to those who settle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alloc.content.blocks import Column, Section
from alloc.content.figures import number
from alloc.instance.derived.land_and_finance import built_up_a_person
from alloc.report.columns import count, hectares, moved, relative
from alloc.report.measures import Measure, by_group, mean, ratio, resting, texts
from alloc.report.plain.certainty import near_border
from alloc.report.sections.money import steps
from alloc.report.view import View
from alloc.text import Text
from alloc.tolerances import TINY

FloatArray = NDArray[np.float64]
USES = {
    "public": Text("其中公共", "public"),
    "housing": Text("其中居住", "housing"),
    "production": Text("其中产业", "production"),
    "other": Text("其中其他", "other uses"),
    "unassigned": Text("暂未安排", "unassigned"),
}
RENEWED = ("renewed_public", "renewed_production")  # made free by programmes, where an instance has them
ALWAYS = ("public", "production", "unassigned")  # uses that every instance has


def land(view: View, chosen: Sequence[str] = ()) -> Section | None:
    """Tables by province and class, and steps from the formula; None where there is no land to give."""
    if not view.kind("land").any():
        return None
    measures = land_measures(view)
    linked = link_measures(view)
    parts = (
        *by_group(view, "land_provinces", view.say("各省新增建设用地", "New land by province"), view.province, measures,
                 "T1", parents=view.region),
        *by_group(view, "land_link_classes", view.say("人地挂钩核算（按城市规模）", "Land linked to settlement, by "
                                                                                   "size of city"),
                 view.size_class, linked, "T4", note=_link_note(view)),
    )  # fmt: skip
    figure = steps(view, chosen)
    given, reuse = view.given("land").sum(), reused_land(view).sum()
    kinds = [name for name in ("public", "reuse_public", "renewed_public") if name in view.land]
    public = view.land[kinds].to_numpy().sum()
    renewed = float(view.land[[name for name in RENEWED if name in view.land]].to_numpy().sum())
    slots = {
        "given": view.exact(given), "reuse": view.exact(reuse), "public": view.exact(public),
        "renewed": view.say("、项目腾出 {area} 公顷", ", {area} ha made free by programmes", area=view.exact(renewed))
        if renewed else "",
        "part": number(100 * public / (given + reuse + renewed), 1) if given + reuse + renewed else "0",
    }  # fmt: skip
    if len(uses_shown(view)) > len(ALWAYS):
        sentence = view.say(
            "新增建设用地 {given} 公顷，另盘活存量 {reuse} 公顷{renewed}；"
            "公共设施用地 {public} 公顷，占以上合计的 {part} %，"
            "其余用于落户人口居住、产业、道路和公用设施等，暂未安排 {open} 公顷。",
            "{given} ha of new land are given and {reuse} ha of idle land reused{renewed}; {public} ha, {part} % of "
            "all that, carry public facilities, the rest is for housing, production, roads and utilities; {open} ha "
            "are unassigned.",
            open=view.exact(view.land["unassigned"].sum()), **slots,
        )  # fmt: skip
    else:
        sentence = view.say(
            "新增建设用地 {given} 公顷，另盘活存量 {reuse} 公顷{renewed}；"
            "公共设施用地 {public} 公顷，占以上合计的 {part} %，"
            "其余用于产业或暂未安排。",
            "{given} ha of new land are given and {reuse} ha of idle land reused{renewed}; {public} ha, {part} % of "
            "all that, carry public facilities, the rest is for production or unassigned.",
            **slots,
        )  # fmt: skip
    return Section("land", view.say("建设用地", "Land"), sentence, (*parts, figure) if figure else parts)


def uses_shown(view: View) -> dict[str, str]:
    """The uses of new land that the result has, with their heads, in their order."""
    return {name: getattr(head, view.language) for name, head in USES.items() if name in view.land}


def reused_land(view: View) -> FloatArray:
    """Idle land put back to use, ha [n]."""
    names = [f"reuse_{use}" for use in USES if f"reuse_{use}" in view.land]
    return np.asarray(view.land[names].to_numpy().sum(axis=1))


def land_measures(view: View) -> list[Measure]:
    """Last year, this year, change, and uses."""
    now, before = view.given("land"), view.given("land", "before")
    year = hectares(view, "land", view.say("分配数", "allocated"), now, colour="bar")
    return [
        resting(hectares(view, "before", view.base_word, before), view.grades_of_last("land")),
        year,
        moved(view, year, "change", view.say("增减", "change"), now - before, "before"),
        relative(view, "relative", view.say("增减幅", "change"), now, before),
        *(hectares(view, name, head, view.land[name].to_numpy()) for name, head in uses_shown(view).items()),
        hectares(view, "reuse", view.say("盘活存量", "idle land reused"), reused_land(view)),
    ]


def link_measures(view: View) -> list[Measure]:
    """T4: built-up land a resident, standard, those settled, entitlement, and the allocation against it."""
    derived = view.derived
    urban = view.cities["urban_residents"].to_numpy(dtype=float)
    built = view.cities["built_up"].to_numpy(dtype=float)
    settled = view.cities["settled_last"].to_numpy(dtype=float)
    now = view.given("land")
    square = view.say("平方米", "m²")
    grades = view.grades("cities.built_up", "cities.urban_residents")
    built_a_person = Column(
        "built_a_person", view.say("人均现状用地", "built-up land a person"), square, "number", 1, 1e-4
    )
    standard = Column("standard", view.say("人均标准", "standard a settler"), square, "number", 1)
    return [
        resting(ratio(built_a_person, built, urban), grades),
        resting(mean(standard, derived.land_standard, np.maximum(settled, TINY)), grades),
        resting(count(view, "settled_last", view.say("上年落户", "settled last year"), settled, view.persons),
                view.grades("cities.settled_last")),
        hectares(view, "entitlement", view.say("挂钩指标", "linked entitlement"), derived.land_entitlement),
        hectares(view, "land", view.say("分配数", "allocated"), now, colour="bar"),
        ratio(Column("multiple", view.say("分配数为挂钩指标的", "allocated over entitlement"), view.say("倍", "times"),
                     "number", 2), now, derived.land_entitlement),
    ]  # fmt: skip


def border_measure(view: View) -> Measure:
    """Cities near a border of the standard, marked."""
    near = set(near_border(view))
    word = view.say("临界", "near a border")
    return texts(
        Column("border", view.say("分档", "border")), [word if at in near else "" for at in range(len(view.codes))]
    )


def _link_note(view: View) -> str:
    exempt = view.instance.settings.policy.land.no_linked_land
    square = built_up_a_person(view.cities)
    note = view.say(
        "挂钩指标 = 人均标准 × 上年落户人数；各城市人均现状用地在 {low} 至 {high} 平方米之间。",
        "Entitlement = standard × persons settled last year; built-up land a person lies between {low} and {high} m².",
        low=number(square.min(), 0), high=number(square.max(), 0),
    )  # fmt: skip
    if exempt:
        note += view.say(
            "超大、特大等不享受挂钩的规模等级，挂钩指标为 0。", " Size classes without linked land have none."
        )
    return note
