"""Documents of a solve that did not come to its end: what is said of it stands at the head, and nothing claims more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alloc.comparison import compare
from alloc.comparison.text.view import View as Compared
from alloc.comparison.text.whole import results
from alloc.content.blocks import Paragraph, Table
from alloc.explanation.city.holds import holds
from alloc.explanation.city.reasons import explain_city
from alloc.report.document import report
from alloc.report.plain.certainty import uncertain
from alloc.report.sections.city import city_sections
from alloc.report.sections.data import method
from alloc.report.sections.people import people
from alloc.report.view import View
from alloc.result.result import Result
from alloc.result.settled import settlement_note
from report_documents import country, hand

BEHIND = ("settlement", "coverage", "closeness", "production", "cost")


def stopped(result: Result, why: str, unreached: tuple[str, ...] = (), **notes: float) -> Result:
    """The result as if its solve had stopped before some tiers, without bounds."""
    tiers = [
        {**each, "optimised": each["tier"] not in unreached, "bound": None, "gap": None}
        for each in result.manifest["tiers"]
    ]
    said: list[dict[str, Any]] = [{"code": code, "amount": amount, "detail": ""} for code, amount in notes.items()]
    status = {"stopped": why, "quality": "feasible"}
    return replace(result, manifest={**result.manifest, "status": status, "tiers": tiers, "notes": said})


@pytest.mark.parametrize(("language", "why", "told"), [
    ("zh", "time_limit",
     "注意：计算到达时限即停止，这不是算完的方案，不宜据以下达，请重新求解到结束。还没有来得及优化的是：落户人数、"
     "公共服务平均得分、与公式测算数的偏离、产业用地保障的不均衡程度、建设与运行成本；与之有关的数只是停止时的状态，"
     "不是选择的结果，重新求解后会变。"),
    ("en", "interrupted",
     "Note: The computation was interrupted. The allocation is unfinished and not fit to be issued: solve again to the "
     "end. What was not optimised yet: Settlement, Coverage, Closeness to the formula, Unevenness of production land, "
     "Cost. Numbers that go by these are what they happened to be, no decision, and will change."),
    ("en", "failed",
     "Note: The solver failed before the end. The allocation is unfinished and not fit to be issued: solve again to "
     "the end. What was not optimised yet: Settlement, "),
])  # fmt: skip
def test_tiers_that_were_not_reached_are_told_first(language: str, why: str, told: str) -> None:
    result = stopped(country(), why, BEHIND)
    first = report(result, language).sections[0].parts[0]
    assert isinstance(first, Paragraph) and first.text.startswith(told)
    page = city_sections(View(result, language), "440300")[0].parts[0]
    assert page == first
    assert not any("排在后面" in said or "not proven" in said for said in uncertain(View(result, language)))


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "注意：计算被中断，这不是算完的方案，不宜据以下达，请重新求解到结束。各项要求在停止时已定的设施下都已优化，"
           "但没有全部证明还有没有更好的方案。2 个城市没有单独选定设施，其设施数只是向下取整，可能少建。"
           "方案满足全部规则。"),
    ("en", "Note: The computation was interrupted. The allocation is unfinished and not fit to be issued: solve again "
           "to the end. All tiers were optimised for the facilities that stood then, and it is not proven throughout "
           "that nothing is better. In 2 cities facilities were not chosen but rounded down, so that fewer may be "
           "built than could be. It satisfies every rule."),
])  # fmt: skip
def test_facilities_that_were_only_rounded_down_are_told_first(language: str, told: str) -> None:
    first = report(stopped(hand(), "interrupted", rounded_down=2), language).sections[0].parts[0]
    assert first == Paragraph(told)


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "注意：本方案由 31 个分省结果合并而成，没有统一求解；统一求解可能有更好的方案。"),
    ("en", "Note: the allocation is put together from 31 results of provinces, and nothing was solved for all of them: "
           "there may be better ones."),
])  # fmt: skip
def test_a_merged_plan_is_no_broken_off_solve(language: str, told: str) -> None:
    tiers = tuple(each["tier"] for each in hand().manifest["tiers"])
    result = stopped(hand(), "merged", tiers, merged=31)
    assert report(result, language).sections[0].parts[0] == Paragraph(told)
    assert not any("优化" in said or "optimised" in said for said in uncertain(View(result, language)))


@pytest.mark.parametrize(("language", "told", "within"), [
    ("zh", "落户人数没有来得及优化：没有达到上限的城市，不一定受公共服务、资金或分组限制。",
     "“限内未落户”是在上限以内而没有落户的人，或受公共服务、资金、分组限制，或只是因为求解停止前没有来得及优化落户人数。"),
    ("en", "Settlement was not optimised before the solve stopped: where a limit is not reached, services, money or "
           "limits of groups need not be why.",
     "who stands “within limit” and does not settle is stopped by services, money or limits of groups, or only because "
     "the solve stopped before it optimised settlement."),
])  # fmt: skip
def test_settlement_that_was_not_optimised_is_no_data_of_the_rules(language: str, told: str, within: str) -> None:
    result = stopped(country(), "interrupted", BEHIND)
    section = people(View(result, language))
    assert told in section.sentence and told in settlement_note(result, language)
    table = next(part for part in section.parts if isinstance(part, Table) and part.name == "people_stopped")
    assert within in table.note
    complete = people(View(country(), language))
    assert told not in complete.sentence and told not in settlement_note(country(), language)


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "方案没有求解到结束：标为“未优化”的目标没有参与选择；"),
    ("en", "The solve did not come to its end: tiers that are “not optimised” had no say."),
])  # fmt: skip
def test_the_chapter_on_method_claims_no_order_of_tiers(language: str, told: str) -> None:
    assert method(View(stopped(country(), "interrupted", BEHIND), language)).sentence.startswith(told)
    assert not method(View(country(), language)).sentence.startswith(told)


def test_nothing_is_decided_by_tiers_that_had_no_say() -> None:
    """Closeness was not optimised: no number is told to follow the formula, or to leave it for an earlier tier."""
    assert {"formula", "earlier"} & set(holds(country()).decider.ravel())
    assert not {"formula", "earlier", "rule"} & set(holds(stopped(country(), "interrupted", BEHIND)).decider.ravel())


def test_an_answer_on_a_city_begins_with_it() -> None:
    answer = explain_city(stopped(hand(), "interrupted"), hand().instance.tables["cities"]["city"][0], "general")
    assert answer.sentences("en")[0] == (
        "Note: The computation was interrupted. The allocation is unfinished and not fit to be issued: solve again to "
        "the end."
    )


def test_a_comparison_tells_the_quality_of_what_was_stopped() -> None:
    result = stopped(hand(), "time_limit", ("cost",))
    made = results(Compared(compare([hand(), result]), "en", True)).table
    assert made is not None
    assert [row[-1] for row in made.rows][1] == ("stopped at the time limit; every rule satisfied; not optimised: Cost")
