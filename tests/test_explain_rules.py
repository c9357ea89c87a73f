"""What every rule costs: by hand, against edits that take the rule away, and the proof that needs no solve."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from alloc.explanation.rules.answer import Cost, Rules
from alloc.explanation.rules.rules import explain_rules, leaves_room, untouched
from alloc.explanation.rules.switches import switches
from alloc.explanation.sensitivity.tiers import LONG, Tiers, relaxed, solved
from alloc.explanation.shared.answer import AskError, Step
from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.output import show
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.solver.model.runs import Clock
from alloc.solver.solution import solve
from random_instances import write_random

INSTANCES = Path(__file__).parents[1] / "instances"


@cache
def asked(name: str) -> Rules:
    return explain_rules(run(read(INSTANCES / name)))


def cost(answer: Rules, rule: str) -> Cost:
    (found,) = (each for each in answer.costs if each.rule == rule)
    return found


def in_parts(instance: Instance) -> Instance:
    return replace(instance, settings=instance.settings.model_copy(update={"integers": False}))


# ------------------------------------------------------------------------------------------------------- by hand


def test_growth_limit() -> None:
    """With it 0.72 and 0.92; without it equal, 0.82 both, at the same mean and cost, but all the pool to one city."""
    gains = cost(asked("families/growth_limit"), "growth_limit").gains
    assert gains["fairness"] == pytest.approx(0.10, abs=1e-6)
    assert gains["coverage"] == pytest.approx(0.0, abs=1e-6)
    assert gains["closeness"] == pytest.approx(-1.0, abs=1e-5)
    assert gains["cost"] == pytest.approx(0.0, abs=1e-3)


def test_limit() -> None:
    """The second city may get 6,000 and reaches 0.74; without the limit both reach 0.82. Closeness 0.04 becomes 1."""
    gains = cost(asked("families/group_limit"), "limits.second").gains
    assert gains["fairness"] == pytest.approx(0.08, abs=1e-6)
    assert gains["closeness"] == pytest.approx(-0.96, abs=1e-5)


def test_price_of_fairness() -> None:
    """Without the tier each city gets its benchmark of 5,000: 1,200 seats each, 0.92 and 0.72; the mean is the same."""
    found = cost(asked("hand"), "fairness")
    assert found.gains["fairness"] == pytest.approx(-0.10, abs=1e-6)
    assert found.gains["closeness"] == pytest.approx(1.0, abs=1e-5)
    assert found.gains["coverage"] == pytest.approx(0.0, abs=1e-6)


def test_rule_with_room_costs_nothing() -> None:
    """4,000 and 3,000 seats may be added in a year, 200 and 2,200 are."""
    found = cost(asked("hand"), "growth_limit")
    assert found.outcome == "free"
    assert set(found.gains.values()) == {0.0}


def test_debt_room() -> None:
    answer = asked("families/debt_room")
    assert cost(answer, "debt_room").outcome == "costs"
    assert cost(answer, "debt_room").gains["coverage"] > 0


def test_order_of_what_is_dear() -> None:
    names = [each.rule for each in asked("families/growth_limit").dear()]
    assert "growth_limit" in names
    assert names[0] in ("fairness", "growth_limit")


# ------------------------------------------------------------------------- against edits, and the proof by a solve


def random_base(seed: int, folder: Path) -> tuple[Instance, Tiers]:
    instance = in_parts(read(write_random(folder, seed)))
    return instance, relaxed(instance, Clock(LONG))


@pytest.mark.parametrize("seed", [0, 1])
def test_rule_off_is_the_edit_that_takes_it_away(seed: int, tmp_path: Path) -> None:
    """Limits and overrides, as edits drop them; the whole edited instance solved cold."""
    instance, base = random_base(seed, tmp_path)
    if not base.complete:
        pytest.skip("no allocation satisfies the rules of this one")
    derived, clock = derive(instance), Clock(LONG)
    tried = 0
    for switch in switches(instance, derived):
        if not switch.name.startswith(("limits.", "overrides.")):
            continue
        found = solved(
            switch.model(instance, derived, base.model), base.tolerance_used, None, base.memory, clock, "production"
        )
        edited = solve(apply(instance, [parse_edit(f"drop {switch.name}")], check=False).instance)
        expected = {each.tier: each.bound for each in edited.tiers}
        for tier, value in found.values.items():
            assert value == pytest.approx(expected[tier], rel=1e-7, abs=1e-7), (switch.name, tier)
        tried += 1
    assert tried


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3])
def test_room_proves_that_nothing_changes(seed: int, tmp_path: Path) -> None:
    """Every rule that is said to cost nothing is switched off and solved all the same."""
    instance, base = random_base(seed, tmp_path)
    if not base.complete:
        pytest.skip("no allocation satisfies the rules of this one")
    derived, clock = derive(instance), Clock(LONG)
    for switch in switches(instance, derived):
        model = switch.model(instance, derived, base.model)
        if leaves_room(base, model):
            found = solved(model, base.tolerance_used, None, base.memory, clock)
            for tier, value in base.values.items():
                natural = base.model.objectives[tier].scale
                assert found.values[tier] == pytest.approx(value, rel=1e-6, abs=1e-6 * natural), (switch.name, tier)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 3])
def test_tiers_that_duals_prove_untouched(seed: int, tmp_path: Path) -> None:
    """Every rule is switched off and every tier solved; those that the duals prove are what they were."""
    instance, base = random_base(seed, tmp_path)
    if not base.complete:
        pytest.skip("no allocation satisfies the rules of this one")
    derived, clock, seen = derive(instance), Clock(LONG), 0
    for switch in switches(instance, derived):
        model = switch.model(instance, derived, base.model)
        known = untouched(base, model)
        every, rest = (solved(model, base.tolerance_used, None, base.memory, clock, known=each) for each in ({}, known))
        for tier, value in every.values.items():
            natural = base.model.objectives[tier].scale
            assert rest.values[tier] == pytest.approx(value, rel=1e-6, abs=1e-6 * natural), (switch.name, tier)
            if tier in known:
                assert value == pytest.approx(base.values[tier], rel=1e-6, abs=1e-6 * natural), (switch.name, tier)
        seen += len(known)
    assert seen


@pytest.mark.long
def test_no_rule_makes_the_first_tier_better(tmp_path: Path) -> None:
    """A rule only forbids: without it the first tier can only gain, and something always satisfies the others."""
    instance, base = random_base(0, tmp_path)
    assert base.complete
    answer = explain_rules(run(instance))
    assert {each.outcome for each in answer.costs} <= {"costs", "none", "free"}
    first = next(iter(answer.values))
    assert all(each.gains[first] >= 0.0 for each in answer.costs if each.rule != "fairness")


# -------------------------------------------------------------------------------------------- what the answer says


def test_answer_in_words() -> None:
    answer = asked("families/growth_limit")
    zh, en = show(answer, "zh"), show(answer, "en")
    assert "取消“年度新增上限”，服务最薄弱的人口受益，相当于其中新增" in zh
    assert "Without “growth limit” the worst served would gain" in en
    assert "{" not in zh + en
    json.dumps(answer.record(), allow_nan=False)


def test_rules_by_name() -> None:
    result = run(read(INSTANCES / "families" / "growth_limit"))
    assert [each.rule for each in explain_rules(result, only=["growth_limit"]).costs] == ["growth_limit"]
    assert [each.rule for each in explain_rules(result, only=["fairness"]).costs] == ["fairness"]
    with pytest.raises(AskError, match=r"no rule growth\. Did you mean growth_limit"):
        explain_rules(result, only=["growth"])


def test_where_a_solve_takes_long_what_presses_most_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    from alloc.explanation.rules import rules as module

    result = run(read(INSTANCES / "families" / "growth_limit"))
    monkeypatch.setattr(module, "LARGE", 0)
    monkeypatch.setattr(module, "MOST_LARGE", 1)
    answer = explain_rules(result)
    assert cost(answer, "growth_limit").outcome == "costs"
    left = {each.rule for each in answer.costs if each.outcome == "left"}
    assert left
    assert all(f"[{each}]" in "".join(answer.sentences(language)) for each in left for language in ("zh", "en"))
    assert answer.complete


def test_interrupt_keeps_what_is_done() -> None:
    def stop(step: object) -> None:
        if isinstance(step, Step) and step.words.en == "switching off one rule after another" and step.done == 1:
            signal.raise_signal(signal.SIGINT)

    answer = explain_rules(run(read(INSTANCES / "families" / "growth_limit")), stop)
    assert not answer.complete
    assert cost(answer, "growth_limit").outcome == "costs"
    assert any(each.outcome == "unasked" for each in answer.costs)
    assert answer.sentences("en")[0].startswith("Interrupted")


def test_result_without_a_point() -> None:
    result = run(read(INSTANCES / "hand"))
    with pytest.raises(AskError, match="without an allocation"):
        explain_rules(Result(result.instance, result.manifest, {}))
