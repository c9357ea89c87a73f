"""Which objective before closeness to the formula moves a number: on two cities by hand.

Of 10,000 the formula gives either city 5,000, and fairness all to the second, the worse served: a seat costs 5,
of 10,000 that are needed, so that 50 more for the first cost the worst tenth 0.001.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from alloc.compiler.linear_model import LinearModel
from alloc.explanation.city import earlier as module
from alloc.explanation.city.earlier import Taken
from alloc.explanation.city.holds import holds
from alloc.explanation.city.push import Base, Push
from alloc.explanation.city.reasons import Reasons, explain_city
from alloc.explanation.city.text import held_sentences, pushed_sentences
from alloc.explanation.sensitivity.tiers import tolerances
from alloc.instance import locate, read
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock
from alloc.solver.tiers.lexicographic import TiersRun, solve_tiers

FIRST = "000001"
GIVES = "objective.fairness.tolerance = 0.01"
FORMULA_ALONE = ("drop objective.fairness", "drop objective.coverage")


@cache
def solved(*edits: str) -> Result:
    return run(apply(read(locate("hand")), [parse_edit(each) for each in edits]).instance)


@cache
def asked(*edits: str) -> Reasons:
    return explain_city(solved(*edits), FIRST, "general")


def test_the_objective_that_moves_a_number_is_named_with_what_it_gave_up() -> None:
    """Held exactly fairness takes all 5,000; where it may give up 0.01, that is 500, and 4,500 are taken."""
    exact, gives = asked().earlier, asked(GIVES).earlier
    assert exact is not None and gives is not None
    assert {name: round(amount, 6) for name, amount in exact.parts.items()} == {
        "shared": 0, "minimum": 0, "fairness": -5000, "settlement": 0, "coverage": 0, "production": 0
    }  # fmt: skip
    assert asked(GIVES).published == 500 and gives.parts["fairness"] == pytest.approx(-4500)
    fair = next(each for each in gives.tiers if each.tier == "fairness")
    assert fair.tolerance == 0.01 and fair.given == pytest.approx(0.01) and fair.used_up
    assert not Taken("fairness", 0.0, 0.01, 0.0099).used_up and not Taken("fairness", 0.0, None, None).used_up


SAID = {
    (): {
        "zh": "组成部分中的“优化” −5,000 万元，是这样来的：只求贴近公式时，几个数额共用的规则（总量、预算、挂钩等）"
        "带来 0；再依次保证更靠前的目标，“公平：最薄弱人口的得分”带来 −5,000（精确保持，不让步）；“兜底：最低"
        "标准缺口”、“落户人数”、"
        "“公共服务平均得分”、“产业用地保障”不改变它。",
        "en": "The part “optimisation”, −5,000 × 10⁴ yuan, comes about so: with nothing but closeness to the formula, "
        "rules that several numbers share (totals, budgets, links) make 0; then the objectives before it, in their "
        "order: “Fairness” makes −5,000 (held exactly, it gives up nothing); nothing comes from “National minimum”, "
        "“Settlement”, “Coverage”, “Production land”.",
    },
    (GIVES,): {
        "zh": "组成部分中的“优化” −4,500 万元，是这样来的：只求贴近公式时，几个数额共用的规则（总量、预算、挂钩等）"
        "带来 0；"
        "再依次保证更靠前的目标，“公平：最薄弱人口的得分”带来 −4,500（允许让步 0.01，已用尽）；“兜底：最低标准缺口”、"
        "“落户人数”、“公共服务平均得分”、“产业用地保障”不改变它。",
        "en": "The part “optimisation”, −4,500 × 10⁴ yuan, comes about so: with nothing but closeness to the formula, "
        "rules that several numbers share (totals, budgets, links) make 0; then the objectives before it, in their "
        "order: “Fairness” makes −4,500 (it may give up 0.01, and all of that is used up); nothing comes from "
        "“National minimum”, “Settlement”, “Coverage”, “Production land”.",
    },
}  # fmt: skip


@pytest.mark.parametrize("edits", SAID)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages_say_it_and_the_page_gets_the_same(edits: tuple[str, ...], language: str) -> None:
    reasons = asked(*edits)
    assert pushed_sentences(reasons, language)[0] == SAID[edits][language]
    record = json.loads(json.dumps(reasons.record(), allow_nan=False))
    assert [each[language] for each in record["margin"]] == pushed_sentences(reasons, language)
    table = next(each for each in reasons.tables(language) if each.name == "earlier")
    parts = [row[1] for row in table.rows]
    assert sum(parts[:-1]) == parts[-1] == round(reasons.parts["optimised"], 2)


def test_a_relaxation_says_that_it_is_one() -> None:
    said = [pushed_sentences(asked(), language)[-1] for language in ("zh", "en")]
    assert said == [
        "结果为松弛解，以上增减的试算中设施可不为整座；求整座设施的结果，答案可能不同。",
        "The result is a relaxation, and in these trials facilities are in parts; of a result with whole facilities "
        "the answer may be another.",
    ]


def test_a_push_does_not_spend_an_allowance_twice() -> None:
    """The result has given up the whole 0.01; 50 more cost 0.001 beyond it, though the pushed optimum may give 0.01."""
    push = Base(solved(GIVES), lambda progress: None).push(FIRST, "general", "up")
    assert (push.outcome, push.tier, push.step) == ("tier", "fairness", 50.0)
    assert push.loss == pytest.approx(0.001)


NEARER = {
    "zh": "再增加 50 万元，它离公式更近，更靠前的目标也不必比现在多让；但其他数额要因此更偏离公式，合计起来“与公式测"
    "算数的偏离”"
    "增加 0.0018。",
    "en": "With 50 × 10⁴ yuan more it would be nearer to the formula and no earlier objective would give up more "
    "than now; "
    "but other numbers would have to leave the formula by more than that: all together “Closeness to the formula” "
    "grows "
    "by 0.0018.",
}  # fmt: skip


def test_nearer_to_the_formula_and_yet_farther_all_together() -> None:
    """The first city has 500 of the 5,000 of its formula: 50 more bring it nearer, 50 less do not."""
    base = Base(solved(GIVES), lambda progress: None)
    (down,) = (push for push in asked(GIVES).pushes if push.side == "down")
    assert (down.outcome, down.tier, down.nearer) == ("tier", "closeness", False)
    place = base.model.grants.start
    unit = base.model.column_scale[place]
    assert [base._nearer("closeness", place, 500 / unit, moved / unit) for moved in (550, 450)] == [True, False]
    assert not base._nearer("fairness", place, 500 / unit, 550 / unit), "no distance"
    told = replace(asked(GIVES), pushes=(Push("up", 50.0, "tier", "closeness", 0.0018, nearer=True),))
    assert {language: pushed_sentences(told, language)[1] for language in NEARER} == NEARER


FLOOR = {
    "zh": "起决定作用的是“保底”规则：没有上下限约束、按公式分配的城市都偏离公式 −10.00 %，它若也这样偏离，为 4,500 "
    "万元。",
    "en": "The rule that decides is “floor”: cities that follow the formula, with what is left shared evenly, are "
    "−10.00 % off it, and as far off this one would have 4,500 × 10⁴ yuan.",
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rule_that_decides_gives_the_number_without_it(language: str) -> None:
    """A tenth less than its formula of 5,000 is what the city would have with the others, and a floor lifts it."""
    told = replace(asked(), decider="rule", common=4500.0, at_lower=True, lower_rule="floor")
    assert held_sentences(told, language)[1] == FLOOR[language]


def test_the_common_share_is_known_where_enough_follow_it() -> None:
    assert np.isnan(holds(solved()).common).all(), "two cities tell of none"


@pytest.mark.parametrize(("edits", "solved_behind"), [((), [0, 2, 1]), ((GIVES,), [0, 2, 1]), (FORMULA_ALONE, [0])])
def test_what_lies_between_two_of_the_same_is_not_solved(
    edits: tuple[str, ...], solved_behind: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the result grants is known behind all; without fairness and coverage nothing moves: one solve tells it.

    What is found is what comes out where each is solved.
    """
    result = solved(*edits)
    base = Base(result, lambda progress: None)
    model = base.plain
    names = list(model.objectives)
    before = names[: names.index("closeness")]
    behind = []

    def counted(part: LinearModel, *rest: Any) -> TiersRun:
        behind.append(len(part.objectives) - 1)
        return solve_tiers(part, *rest)

    monkeypatch.setattr(module, "solve_tiers", counted)
    told = (tolerances(result.instance), module._granted(result, model, names[: len(before) + 1]))
    found = module._behind_each(model, before, "closeness", *told, Clock(60), lambda progress: None)
    assert behind == solved_behind
    assert found is not None
    for held, granted in enumerate(found):
        objectives = {name: model.objectives[name] for name in [*before[:held], "closeness"]}
        part = replace(model, objectives=objectives)
        kept = {name: value for name, value in told[0].items() if name in objectives}
        run = solve_tiers(part, Session(part, Clock(60)), kept, lambda progress: None, "tiers")
        assert run.point is not None
        np.testing.assert_allclose(granted, part.granted_at(run.point), rtol=1e-9, atol=1e-6)
