"""A lever that no room has heard of takes part in conflicts, repairs and prices by what it declares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.infeasibility.rows import rows_of
from alloc.explanation.shared.parameters import parameters
from alloc.formulation import completeness, registry
from alloc.formulation.declare import decision
from alloc.formulation.errors import FormulationError
from alloc.formulation.lever import LOWER, RAISE, Decision, Family, Formulation, Lever, Number, Rule, Turn
from alloc.instance import Instance, read
from alloc.instance.instance import make_instance
from alloc.scenario import apply, parse_edit
from alloc_models.annual import ANNUAL

COST = 50.0  # 10⁴ yuan a hectare
RENEW = Decision(
    "renew", ("cities",), unit="ha", table="renewal", columns=("renew",), possible=lambda d: 2 * d.reusable
)
DUE = Rule("renewal_due", "renew", ("lower",), bound=lambda d: d.reusable)
TURNS = (Turn((LOWER,), ("renewal_due",), probe=7),)
WORDS = """
[decisions.renew]
title = { zh = "更新用地", en = "Land renewed" }

[rules.renewal_due]
title = { zh = "更新任务", en = "Renewal due" }
words = { zh = "可盘活的用地当年全部更新。", en = "All land that can be put back to use is renewed this year." }
owner = "planner"

[families.renewal_crews]
title = { zh = "施工能力", en = "Crews" }
words = { zh = "更新用地不超过施工能力。", en = "No more is renewed than there are crews for." }
unit = "ha"
owner = "planner"
source = "assumed"
binds = { zh = "有 {count} 个城市的施工能力已用足。", en = "In {count} of the cities all crews are at work." }
remedy = { zh = "增加施工能力。", en = "Have more crews." }
"""


def declare(m: Any, data: Any) -> None:
    decision(m, RENEW, lower=data.reusable, upper=2 * data.reusable)


def crews(m: Any, c: Any) -> Any:
    """An equation whose right side is no number of the instance: nobody can change it."""
    return m.renew[c] <= 1e6


RENEWAL = Lever(
    "renewal",
    "throw_away.renewal",
    declare,
    decisions=(RENEW,),
    families=(Family("renewal_crews", ("cities",), crews),),
    rules=(DUE,),
    numbers=(
        Number("cities.idle", "planner", "city", TURNS),
        Number("policy.score.knee", "planner", "all", priced=True),
        Number("cities.interest", "planner", "city", (Turn((RAISE,), ("renewal_crews",)),), priced=True, amount=True),
    ),
    adds={"spending": lambda m, c: COST * m.renew[c]},
    costs=("cities.idle",),
)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Installs the annual formulation with one more lever, called ``trial``; gives an instance of it."""
    module = ModuleType(RENEWAL.module)
    module.__file__ = str(tmp_path / "renewal.py")
    (tmp_path / "renewal.toml").write_text(WORDS, encoding="utf-8")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    # What is verified of a new decision is asked elsewhere.
    monkeypatch.setattr(completeness, "LISTS", {})

    def forget() -> None:
        for kept in (registry.formulation, registry.catalogue, registry._loaded):
            kept.cache_clear()
        completeness._unlisted.cache_clear()

    def installed(lever: Lever = RENEWAL) -> Instance:
        module.TRIAL = Formulation("trial", (*ANNUAL.levers, lever), ANNUAL.sets, ANNUAL.sizes)  # type: ignore[attr-defined]
        monkeypatch.setitem(registry.BUILT_IN, "trial", f"{module.__name__}:TRIAL")
        forget()
        instance = read("hand")
        return make_instance(instance.settings.model_copy(update={"formulation": "trial"}), instance.tables)

    yield installed
    monkeypatch.undo()
    forget()


def edited(instance: Instance, *lines: str) -> Instance:
    return apply(instance, [parse_edit(line, place) for place, line in enumerate(lines, 1)]).instance


def test_a_lower_bound_that_is_a_rule_clashes_and_is_repaired(install: Any) -> None:
    """Land is renewed for 50 a hectare and there is no money for it: less idle land, or more money."""
    instance = edited(install(), "cities.idle = 40000", "cities.fund_available = 0")
    conflict = explain_conflict(instance)
    assert conflict.feasible is False
    assert "renewal_due" in {group.family for group in conflict.clash.groups}
    said = "\n".join(conflict.sentences("en"))
    assert "Renewal due" in said and "All land that can be put back to use is renewed this year." in said
    paths = {change.adjustment.number.path for repair in conflict.menu.repairs for change in repair.changes}
    assert "cities.idle" in paths
    for repair in conflict.menu.repairs:
        assert explain_conflict(edited(instance, *repair.lines)).feasible


def test_its_rows_are_its_rules(install: Any) -> None:
    """A row for each city and rule, and none for what there is use for at most, which bounds the column."""
    instance = edited(install(), "cities.idle = 100")
    rows = rows_of(instance)
    due, crew = rows.family == "renewal_due", rows.family == "renewal_crews"
    number = len(instance.tables["cities"])
    assert due.sum() == crew.sum() == number
    reusable = 100 * instance.settings.policy.land.reuse_limit
    np.testing.assert_allclose(rows.bound[due] * rows.model.row_scale[due], reusable)
    columns = rows.model.matrix[np.flatnonzero(due)].indices
    np.testing.assert_allclose(rows.model.upper[columns] * rows.model.column_scale[columns], 2 * reusable)
    assert (rows.model.lower[columns] == 0).all()


def test_its_numbers_have_prices(install: Any) -> None:
    instance = edited(install(), "cities.interest = 5")
    known = {each.target: each for each in parameters(instance)}
    assert known["policy.score.knee"].unit == "share"
    code = str(instance.tables["cities"]["city"].iloc[0])
    interest = known[f"cities.{code}.interest"]
    assert interest.is_amount and interest.unit == "10⁴ yuan"
    assert len(known) == len(parameters(read("hand"))) + 1 + len(instance.tables["cities"])


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (Number("services.module", "planner", "service", TURNS), "no row of renewal_due is that of one service"),
        (Number("cities.idle", "planner", "village", TURNS), "cities.idle can be changed, which does not go with"),
        (Number("cities.idle", "arithmetic", "city", TURNS), "cities.idle can be changed, which does not go with"),
        (Number("cities.idle", "planner", "city", (Turn((RAISE,), ("pool_total",)),)),
         "no row of pool_total is that of one city"),
    ],
)  # fmt: skip
def test_a_number_that_no_row_belongs_to_is_refused(install: Any, number: Number, said: str) -> None:
    instance = install(replace(RENEWAL, numbers=(number,)))
    with pytest.raises(FormulationError, match=said):
        parameters(instance)


def test_a_rule_without_a_bound_is_refused(install: Any) -> None:
    instance = install(replace(RENEWAL, rules=(replace(DUE, bound=None),)))
    with pytest.raises(FormulationError, match="renewal_due"):
        explain_conflict(instance)
