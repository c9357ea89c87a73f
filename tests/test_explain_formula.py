"""What the formula alone would give: by hand, with a floor and a limit that keep from it, and what cannot be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import alloc
from alloc.content.blocks import Paragraph, Table
from alloc.content.numbers import shown
from alloc.explanation.formula.formula import Formula, explain_formula
from alloc.explanation.shared.answer import AskError
from alloc.output import show
from alloc.report.document import report

INFEASIBLE = Path(__file__).parents[1] / "instances" / "infeasible" / "caps_below_exhausted_pool"
ALONE = {
    "en": (
        "By the formula alone",
        "To see what is gained and what is given up by not going by the formula alone, the plan is held against "
        "another solution that keeps as near to the formula as it may; nothing that is published depends on it.",
    ),
    "zh": (
        "如果只按公式分配",
        "为看清不止按公式分配换来什么、让出什么，这里把本方案与尽量按公式分配的另一个解相比；公布数不受影响。",
    ),
}


def asked(**given: Any) -> Formula:
    answer = explain_formula(alloc.solve("hand", **given))
    assert answer.plan is not None and answer.formula is not None
    return answer


def test_two_cities_by_hand() -> None:
    """Residents are alike, so the formula gives 5,000 to each; with 1,000 of their own that builds 6,000 / 5 = 1,200.

    Of 10,000 places needed the first has 8,000 and the second 6,000: 0.92 and 0.72, mean 0.82, worst tenth 0.72. The
    plan gives all to the second: 0.82 both; half of what the formula gives goes to another city.
    """
    found = asked()
    assert found.plan is not None and found.formula is not None
    assert found.order == (
        "objective = ['closeness', 'minimum', 'fairness', 'settlement', 'coverage', 'production', 'cost']"
    )
    assert {tier: (found.plan.values[tier], found.formula.values[tier]) for tier in found.plan.values} == {
        "minimum": (0.0, 0.0), "fairness": pytest.approx((0.82, 0.72)), "settlement": (0.0, 0.0),
        "coverage": pytest.approx((0.82, 0.82)), "production": (0.0, 0.0), "closeness": pytest.approx((1.0, 0.0)),
        "cost": pytest.approx((12_000.0, 12_000.0)),
    }  # fmt: skip
    assert (found.plan.away, found.formula.away) == ({"general": 0.5}, {"general": pytest.approx(0.0)})


def test_what_an_earmark_keeps_from_the_formula() -> None:
    """8,000 are promised to the first: 2,000 are left for the second, 3,000 of 10,000 away from the formula."""
    found = asked(edits="add earmarks { city = '000001', pool = 'general', amount = 8000 }")
    assert found.formula is not None
    assert found.formula.away == {"general": pytest.approx(0.3)}
    # (6,000 + 3,000 / 5) / 10,000
    assert found.formula.values["fairness"] == pytest.approx(0.66)


def test_the_edit_that_is_printed_gives_the_same() -> None:
    found = asked()
    again = alloc.solve("hand", relaxation=True, edits=found.order)
    assert found.formula is not None
    assert found.formula.values == {each: again.tiers["value"][each] for each in found.formula.values}


def test_whole_facilities_are_held_against_parts() -> None:
    """12,000 build three schools of 700 places, all in the second city: 0.80 and 0.81. In parts it is as above."""
    edits = ["services.school.module = 700", "services.school.expansion_limit = 0"]
    whole = alloc.solve("hand", relaxation=False, edits=edits)
    found = explain_formula(whole)
    assert found.plan is not None and found.formula is not None
    assert found.plan.values["fairness"] == pytest.approx(0.82)
    assert found.formula.values["fairness"] == pytest.approx(0.72)
    assert whole.tiers["value"]["fairness"] == pytest.approx(0.80)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "By the formula alone (relaxation): National minimum 0.00000 (plan 0.00000); Fairness 0.72000 "
               "(plan 0.82000); Settlement 0 persons (plan 0 persons); "),
        ("zh", "只按公式分配（松弛解）：兜底：最低标准缺口 0.00000（本方案 0.00000）；公平：最薄弱人口的得分 0.72000"
               "（本方案 0.82000）；落户人数 0 人（本方案 0 人）；"),
    ],
)  # fmt: skip
def test_it_is_said_in_the_answer_and_in_the_report(language: str, said: str) -> None:
    found = asked()
    assert said.replace(" ", "") in show(found, language).replace("\n", "").replace(" ", "")
    document = report(found.result, language, formula=found)
    summary = document.sections[0]
    (pools,) = [section for section in document.sections if section.name == "pools"]
    assert not any(said in getattr(part, "text", "") for part in summary.parts), "tiers have no place on that page"
    (alone,) = pools.sections
    assert (alone.title, alone.sentence) == ALONE[language], "under a heading of its own, with why it is asked"
    assert any(said in getattr(part, "text", "") for part in alone.parts)
    named = [part.name for part in alone.parts if isinstance(part, Table)]
    assert named == ["formula_tiers", "formula_pools"]


def test_what_cannot_be_asked() -> None:
    with pytest.raises(AskError, match="without an allocation cannot be held against the formula"):
        explain_formula(alloc.solve(INFEASIBLE))
    with pytest.raises(alloc.ArgumentError, match="Ask one question at a time: prices=True, rules=True"):
        alloc.explain(alloc.solve("hand"), formula=True, prices=True)
    with pytest.raises(AskError, match="put to a RESULT"):
        alloc.explain("hand", formula=True)


def test_marks_of_estimates_and_one_sentence() -> None:
    """Residents are estimated, and everything here rests on them; the sentence stands on the first page alone."""
    source = "add sources { table = 'cities', column = 'residents', status = 'estimated', source = 'a', note = 'b' }"
    answer = asked(edits=source)
    tiers, pools = (shown(each, "en") for each in answer.tables("en"))
    text = str([tiers.heads, tiers.rows, pools.heads, pools.rows])
    assert "ᵉ" in text
    document = report(answer.result, "en", formula=answer)
    said = [part.text for part in document.parts() if isinstance(part, Paragraph)]
    assert said.count(answer.said("en")) == 1
