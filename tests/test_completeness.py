"""A formulation with something that a room does not know is refused, with its name and where it is missing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.explanation.infeasibility import bound_rules as conflict_rules
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.shared import parameters
from alloc.formulation import completeness, registry
from alloc.formulation.completeness import FormulationError, IncompleteError
from alloc.formulation.declare import ClosenessTier, LinearTier, family, index, tier, variable
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc_models import words
from alloc_models.annual import build
from test_compiler_rows import objective, two_cities

Change = Callable[[Any], object]
HEAD = "formulation annual is not known everywhere and is not solved:"
EVERYWHERE = {
    "decision": "tables of a result (alloc.result.tables:DECISIONS), "
    "verification (alloc.verification.families:BOUNDED), "
    "explanation of a city (alloc.explanation.shared.point:DECIDED), "
    "report (alloc.report.shown:decisions)",
    "bound": "verification (alloc.verification.families:BOUNDED), "
    "conflicts (alloc.explanation.infeasibility.bound_rules:BOUNDED)",
    "family": "verification (alloc.verification.families:KNOWN), "
    "verification of published numbers (alloc.verification.published:FAMILIES), "
    "rounding (alloc.publish.rows:FAMILIES), "
    "words (alloc_models.words:families), "
    "owners (alloc_models.words:owned), "
    "conflicts (alloc.explanation.infeasibility.rows:KNOWN), "
    "cost of rules (alloc.explanation.rules.switches:FAMILIES)",
    "tier": "verification (alloc.verification.tiers:VALUES), "
    "words (alloc_models.words:tiers), "
    "comparison (alloc.comparison.yardsticks:YARDSTICKS), "
    "prices and report (alloc.explanation.sensitivity.words:MORE), "
    "prices and report (alloc.explanation.sensitivity.words:EQUIVALENTS), "
    "cost of rules (alloc.explanation.rules.words:WITHOUT), "
    "cost of rules (alloc.explanation.rules.words:HEADS), "
    "explanation of a city (alloc.explanation.city.words:LOSSES)",
    "rule": "conflicts (alloc.explanation.infeasibility.rows:FAMILIES), words and owners (alloc_models.words:owned)",
    "number": "owners ({words}:owned)",
}


@dataclass(frozen=True)
class Entry:
    """What an installed package registers."""

    name: str
    build: Callable[..., Any]

    def load(self) -> Callable[..., Any]:
        return self.build


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Registers, in the place of the annual formulation, the same one with a change made to it."""

    def forget() -> None:
        for kept in (registry.formulation, registry._installed, completeness._missing):
            kept.cache_clear()

    def installed(change: Change, package: str = "alloc_models") -> None:
        def throw_away(*arguments: Any) -> Any:
            model = build(*arguments)
            change(model)
            return model

        throw_away.__module__ = f"{package}.throw_away"
        monkeypatch.setattr(registry, "entry_points", lambda group: [Entry("annual", throw_away)])
        forget()

    yield installed
    monkeypatch.undo()
    forget()


def refused() -> str:
    with pytest.raises(IncompleteError) as caught:
        registry.formulation()(two_cities(), objective())
    return str(caught.value)


def one_more_decision(model: Any) -> None:
    variable(model, "renew", model.cities, unit="persons")


def one_more_bounded_decision(model: Any) -> None:
    variable(model, "renew", model.cities, unit="persons", upper=5.0)


def one_more_family(model: Any) -> None:
    family(model, "renewal_limit", model.cities, lambda m, c: m.settle[c] <= 5.0, unit="persons")


def one_more_tier(model: Any) -> None:
    tier(model, "renewal", LinearTier(lambda m: sum(m.settle[c] for c in m.cities), maximise=True))


def a_lower_bound_that_is_a_rule(model: Any) -> None:
    settle = model.columns["settle"]
    model.columns["settle"] = replace(settle, lower=np.full(settle.upper.shape, 1.0))


def an_upper_bound_that_is_a_rule(model: Any) -> None:
    reuse = model.columns["reuse"]
    model.columns["reuse"] = replace(reuse, upper=np.full(reuse.upper.shape, 1.0))


@pytest.mark.parametrize(
    ("change", "kind", "name"),
    [
        (one_more_decision, "decision", "renew"),
        (one_more_family, "family", "renewal_limit"),
        (one_more_tier, "tier", "renewal"),
        (a_lower_bound_that_is_a_rule, "bound", "settle.lower"),
        (an_upper_bound_that_is_a_rule, "bound", "reuse.upper"),
    ],
)
def test_what_no_room_knows_is_refused(install: Callable[..., None], change: Change, kind: str, name: str) -> None:
    install(change)
    assert refused() == f"{HEAD}\n- {kind} {name}: not in {EVERYWHERE[kind]}"


def test_a_rule_behind_a_bound_without_words(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflict_rules, "RULES", (*conflict_rules.RULES, "winter"))
    install(lambda model: None)
    assert refused() == f"{HEAD}\n- rule winter: not in {EVERYWHERE['rule']}"


def test_a_number_without_an_owner(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "NUMBERS", (*parameters.NUMBERS, "policy.renewal.cost"))
    install(lambda model: None)
    missing = EVERYWHERE["number"].format(words="alloc_models.words")
    assert refused() == f"{HEAD}\n- number policy.renewal.cost: not in {missing}"


@pytest.mark.parametrize("owner", [None, "nobody"])
def test_words_that_forget_an_owner(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, owner: str | None
) -> None:
    """A formulation's own words, in which nobody, or an office that is not listed, decides about a number."""
    known = {**words.numbers(), "pools.total": owner} if owner else dict(words.numbers())
    if owner is None:
        del known["pools.total"]
    other = ModuleType("throw_away.words")
    vars(other).update({name: each for name, each in vars(words).items() if not name.startswith("__")})
    owners = {**{name: each.owner for name, each in words.families().items()}, **known}
    rules = {*words.bounds(), *words.rules(), *words.causes()}
    other.owned = lambda: {name for name, each in owners.items() if each in words.owners()} | rules  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "throw_away.words", other)
    install(lambda model: None, package="throw_away")
    assert refused() == f"{HEAD}\n- number pools.total: not in {EVERYWHERE['number'].format(words='throw_away.words')}"


def test_owners_are_those_that_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(words.families()) | set(words.numbers()) | set(words.rules()) <= words.owned()
    monkeypatch.setattr(words, "numbers", lambda: {"pools.total": "nobody", "pools.reserve": "planner"})
    words.owned.cache_clear()
    try:
        assert "pools.reserve" in words.owned() and "pools.total" not in words.owned()
    finally:
        words.owned.cache_clear()


@pytest.mark.parametrize("place", sorted({place for places in completeness.KNOWN.values() for place, _ in places}))
def test_every_list_is_held_against_the_formulation(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Were any one list empty, its place would be named with all that it lacks, in both languages, and no other."""
    here = place.replace(completeness.WORDS, "alloc_models.words")
    module, _, attribute = here.partition(":")
    empty: Any = dict if place.startswith(completeness.WORDS) or place.endswith(":decisions") else {}
    install(lambda model: None)
    monkeypatch.setattr(f"{module}.{attribute}", empty)
    with pytest.raises(IncompleteError) as caught:
        registry.formulation()(two_cities(), objective())
    assert {each.place for each in caught.value.missing} >= {here}
    zh, en = caught.value.message
    assert zh.count("\n") == en.count("\n") > 0
    assert zh.startswith("模型 annual") and here in zh and here in en


def test_everything_is_named_at_once(install: Callable[..., None]) -> None:
    install(lambda model: (one_more_bounded_decision(model), one_more_family(model), one_more_tier(model)))
    lines = refused().splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == [
        "- decision renew", "- bound renew.upper", "- family renewal_limit", "- tier renewal",
    ]  # fmt: skip


def test_what_states_a_tier_is_no_decision(install: Callable[..., None]) -> None:
    install(lambda model: variable(model, "worth", model.cities, unit="share", lower=-1.0, auxiliary=True))
    assert "worth" in registry.formulation()(two_cities(), objective()).columns


# -------------------------------------------------------------------------------------- wherever a model is built


def test_nothing_is_solved_nor_explained(install: Callable[..., None], tmp_path: Path) -> None:
    install(one_more_decision)
    for ask in (alloc.solve, alloc.Session, explain_conflict):
        with pytest.raises(IncompleteError, match="decision renew"):
            ask(read("hand"))
    shown = CliRunner().invoke(main, ["solve", "hand", "--out", str(tmp_path / "out"), "--quiet"])
    assert shown.exit_code == 1
    assert "decision renew: not in" in shown.output and "决策 renew：未列入" in shown.output
    assert not (tmp_path / "out").exists()


def test_it_takes_less_than_it_takes_to_build() -> None:
    instance = read("china-2020")
    model = build(derive(instance), instance.settings.objective)
    completeness.check(model, "annual", "alloc_models.words")
    taken = []
    for _ in range(20):
        completeness._missing.cache_clear()
        started = time.perf_counter()
        completeness.check(model, "annual", "alloc_models.words")
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.003


# ------------------------------------------------------------------------------------------------- declarations


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: family(m, "pool_total", m.pools, lambda m, r: True, "pool"),
         "family pool_total is declared already"),
        (lambda m: variable(m, "settle", m.cities, unit="persons"),
         "a set, parameter or variable settle is declared already"),
        (lambda m: index(m, "cities", ["a"]), "a set, parameter or variable cities is declared already"),
        (lambda m: tier(m, "coverage", ClosenessTier("allocation", *(np.zeros(0),) * 3)),
         "tier coverage is declared already"),
        (lambda m: family(m, "new", "cities", lambda m, c: True, "ha"),
         "new is declared over 'cities', no set of the model"),
        (lambda m: family(m, "new", build(two_cities(), objective()).cities, lambda m, c: True, "ha"),
         "new is declared over cities, no set of the model"),
        (lambda m: family(m, "new", m.cities * build(two_cities(), objective()).pools, lambda m, c: True, "ha"),
         "new is declared over pools, no set of the model"),
        (lambda m: variable(m, "new", m.settle, unit="ha"), "new is declared over settle, no set of the model"),
        (lambda m: family(m, "new", m.towns, lambda m, c: True, "ha"),
         "'ConcreteModel' object has no attribute 'towns'"),
    ],
)  # fmt: skip
def test_declarations_that_cannot_stand(install: Callable[..., None], change: Change, said: str) -> None:
    """Refused with the line of the formulation that declares it."""
    install(change)
    with pytest.raises(FormulationError) as caught:
        registry.formulation()(two_cities(), objective())
    assert not isinstance(caught.value, IncompleteError)
    zh, en = caught.value.message
    assert zh.startswith("模型 annual 无法建立：test_completeness:")
    assert en.startswith("formulation annual cannot be built: test_completeness:")
    assert en.endswith(said)


def test_a_tier_that_the_formulation_does_not_have() -> None:
    asked = objective()
    asked[0].tier = "renewal"
    with pytest.raises(FormulationError, match=r"alloc_models\.tiers:\d+: the model has no tier renewal"):
        registry.formulation()(two_cities(), asked)


def test_a_formulation_that_is_not_installed() -> None:
    with pytest.raises(FormulationError) as caught:
        registry.formulation("monthly")
    assert caught.value.message == ("没有安装名为 monthly 的模型", "no formulation monthly is installed")
