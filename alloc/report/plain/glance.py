"""All cities of a province in one table that fits a page: what each gets of land, transfers and bonds, and what comes
of it."""

from __future__ import annotations

from dataclasses import replace

from alloc.content.blocks import Column, Section
from alloc.content.figures import exact_decimals
from alloc.report.columns import count, covered, hectares, money, relative, share
from alloc.report.measures import Measure, by_city, ratio, texts
from alloc.report.render.paper import LONGEST
from alloc.report.sections.summary import kinds
from alloc.report.view import View
from alloc.result.settled import willing


def glance(view: View) -> Section | None:
    """None for several provinces, whose cities fill pages, and for a single city."""
    cities = len(view.codes)
    if view.province.tells or not 1 < cities <= LONGEST:
        return None
    title = view.say("各市一览", "All cities at a glance")
    table = replace(
        by_city(view, "glance", title, _measures(view), "T1", codes=False),
        levels=view.levels, sortable=False, whole=True,
        source=view.say("来源：本方案公布数；各项指标分列的数额见“城市”一章",
                        "Source: the published allocation; amounts pool by pool stand in the chapter on cities"),
    )  # fmt: skip
    sentence = view.say(
        "{cities}个市每市一行：分得多少，比{base}增减多少，年末如何。",
        "A row for each of {cities} cities: what it gets, how that changes against {base}, where it stands at the end "
        "of the year.",
        cities=cities, base=view.base_word,
    )  # fmt: skip
    return Section("glance", title, sentence, (table,))


def _measures(view: View) -> list[Measure]:
    found: list[Measure] = []
    against = view.say("比{base}", "against {base}", base=view.base_word)
    for kind, title in kinds(view):
        if not view.kind(kind).any():
            continue
        now, before = view.given(kind), view.given(kind, "before")
        if kind == "land":
            found.append(hectares(view, kind, title, now, exact_decimals(now.tolist(), 2)))
        else:
            found.append(money(view, kind, title, now))
        found.append(relative(view, f"{kind}_relative", against, now, before))
    settle, weights = view.people["settle"].to_numpy(dtype=float), view.derived.population_share
    built = view.array("services", "build")
    found += [
        count(view, "settle", view.say("当年落户", "settle"), settle, view.persons),
        ratio(share("settled_share", view.say("占有意愿者", "of the willing")), settle, willing(view.derived)),
        count(view, "build", view.say("新建设施", "facilities built"), built.sum(axis=1), view.say("处", "")),
        covered(view, "score", view.say("服务得分", "service score"), view.people["score"].to_numpy(dtype=float),
                weights),
    ]  # fmt: skip
    if view.kind("bond").any():
        table = view.debt
        debt, reference = (table["debt_general"] + table["debt_special"]).to_numpy(), table["reference"].to_numpy()
        tiers = table["tier_after"].astype(str).tolist()
        found += [
            ratio(share("ratio", view.say("年末债务率", "debt ratio")), debt + view.given("bond"), reference),
            texts(Column("tier", view.say("等级", "tier"), kind="level"), tiers),
        ]
    return found
