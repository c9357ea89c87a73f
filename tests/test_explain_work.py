"""How much of two cities one explanation derives and compiles: what is unchanged is shared.

Counted is what is really worked out anew, in units of a whole derivation or compilation:

* a derivation is some 75 steps, each an array (or a row of the limits) worked out from columns and from other steps.
  One of an instance in which a number has been turned counts by the share of its steps that were worked out and not
  taken over;
* a compilation counts whole where Pyomo's templates are made, and else by the share of the families whose rows were
  evaluated again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from alloc.compiler.compile import _Compiler
from alloc.compiler.linear_model import LinearModel
from alloc.compiler.template import Relation, Template, Walker
from alloc.content.terminal import text
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.rules.rules import explain_rules
from alloc.explanation.sensitivity.prices import explain_prices
from alloc.instance import read
from alloc.instance.derived.steps import Steps
from alloc.result.result import Result, run

INSTANCES = Path(__file__).parents[1] / "instances"
# One for each way in which repairs are found: sides, whole facilities, coefficients, rows that are dropped.
CONFLICTS = ("bonds_above_limits", "half_a_school", "interest_unpaid", "school_too_dear",
             "settlement_ahead_of_services", "special_bonds_without_revenue")  # fmt: skip


@dataclass
class Work:
    """Derivations, those that took over nothing, and steps worked out; the same of compilations and families."""

    derivations: int = 0
    whole_derivations: int = 0
    derived: float = 0.0
    compilations: int = 0
    whole_compilations: int = 0
    compiled: float = 0.0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    counted = Work()
    end, compiled, relation = Steps.end, _Compiler.compiled, Walker.relation
    evaluated: list[Template] = []

    def ended(steps: Steps) -> None:
        counted.derivations += 1
        counted.whole_derivations += steps.anew >= len(steps)
        counted.derived += steps.anew / len(steps)
        end(steps)

    def counting(compiler: Any) -> LinearModel:
        evaluated.clear()
        found = compiled(compiler)
        counted.compilations += 1
        counted.whole_compilations += compiler._before is None
        counted.compiled += len(evaluated) / sum(block.members.size > 0 for block in found.rows.values())
        return found

    def noted(walker: Walker, template: Template) -> Relation:
        evaluated.append(template)
        return relation(walker, template)

    monkeypatch.setattr(Steps, "end", ended)
    monkeypatch.setattr(_Compiler, "compiled", counting)
    monkeypatch.setattr(Walker, "relation", noted)
    return counted


@cache
def hand() -> Result:
    return run(read(INSTANCES / "hand"))


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFLICTS)
def test_conflict_derives_and_compiles_a_handful_of_times(name: str, work: Work) -> None:
    """10 to 31 whole derivations and compilations before: six looks at what moves, every repair that is tried."""
    instance = read(INSTANCES / "infeasible" / name)
    answer = explain_conflict(instance)
    for language in ("zh", "en"):
        text((answer.section(language),), language)
    answer.record()
    assert answer.menu.repairs and work.derivations >= 10
    assert work.whole_derivations == 1 and 1 < work.derived <= 5
    assert 1 <= work.whole_compilations <= 3 and 1 < work.compiled <= 5


@pytest.mark.parametrize(
    ("ask", "looks", "derived", "compiled"),
    [
        # 119 whole derivations and 24 compilations before: 17 parameters, each turned both ways, and where data bend.
        pytest.param(lambda: explain_prices(hand()), 80, 6, 4, id="prices"),
        pytest.param(lambda: explain_rules(hand()), 8, 2, 2, id="rules"),
    ],
)
def test_result_of_two_cities(ask: Callable[[], Any], looks: int, derived: float, compiled: float, work: Work) -> None:
    hand()
    work.__init__()  # type: ignore[misc]  # the solve itself is not counted
    answer = ask()
    for language in ("zh", "en"):
        text((answer.section(language),), language)
    assert work.derivations >= looks, "fewer looks than there are numbers to turn: nothing was counted"
    assert work.whole_derivations == 1 and 1 < work.derived <= derived
    assert work.whole_compilations == 1 and 1 <= work.compiled <= compiled
