"""A formulation with something that the catalogue or the verification does not know is refused, with its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.formulation import completeness, declare, registry
from alloc.formulation.catalogue import CatalogueError
from alloc.formulation.completeness import FormulationError, IncompleteError
from alloc.formulation.declare import ClosenessTier, LinearTier, family, index, tier, variable
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc_models.annual import ANNUAL
from growing import calls
from new_lever import MODULE, WORDS, forget, write_lever
from test_compiler_rows import objective, two_cities

Change = Callable[[Any], object]
HEAD = "formulation annual is not known everywhere and is not solved:"
UNDECLARED = "declarations of its levers"
EVERYWHERE = {
    "decision": f"{UNDECLARED}, verification (alloc.verification.families:known_decisions)",
    "bound": f"{UNDECLARED}, verification (alloc.verification.families:known_decisions)",
    "family": f"{UNDECLARED}, verification (alloc.verification.families:known_families), "
    "verification of published numbers (alloc.verification.published:known_families)",
    "tier": f"{UNDECLARED}, verification (alloc.verification.tiers:values)",
}


BUILD = declare.build


def build(data: Any, asked: Any) -> Any:
    """The annual model, whatever is installed."""
    return BUILD(ANNUAL, data, asked)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Change], None]]:
    """Makes a change to every model that is built."""

    def installed(change: Change) -> None:
        def changed(*arguments: Any) -> Any:
            model = BUILD(*arguments)
            change(model)
            return model

        monkeypatch.setattr(declare, "build", changed)
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
def test_what_nobody_knows_is_refused(install: Callable[[Change], None], change: Change, kind: str, name: str) -> None:
    install(change)
    assert refused() == f"{HEAD}\n- {kind} {name}: not in {EVERYWHERE[kind]}"


@pytest.mark.parametrize("place", sorted({place for places in completeness.LISTS.values() for place, _ in places}))
def test_every_list_is_held_against_the_formulation(
    install: Callable[[Change], None], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Were any one list empty, its place would be named with all that it lacks, in both languages, and no other."""
    module, _, attribute = place.partition(":")
    install(lambda model: None)
    monkeypatch.setattr(f"{module}.{attribute}", lambda formulation: {})
    with pytest.raises(IncompleteError) as caught:
        registry.formulation()(two_cities(), objective())
    assert {each.place for each in caught.value.missing} == {place}
    zh, en = caught.value.message
    assert zh.count("\n") == en.count("\n") > 0
    assert zh.startswith("模型 annual") and place in zh and place in en


def test_everything_is_named_at_once(install: Callable[[Change], None]) -> None:
    install(lambda model: (one_more_bounded_decision(model), one_more_family(model), one_more_tier(model)))
    lines = refused().splitlines()
    assert [line.split(":")[0] for line in lines[1:]] == [
        "- decision renew", "- bound renew.upper", "- family renewal_limit", "- tier renewal",
    ]  # fmt: skip


def test_what_states_a_tier_is_no_decision(install: Callable[[Change], None]) -> None:
    install(lambda model: variable(model, "worth", model.cities, unit="share", lower=-1.0, auxiliary=True))
    assert "worth" in registry.formulation()(two_cities(), objective()).columns


def test_nothing_is_solved(install: Callable[[Change], None], tmp_path: Path) -> None:
    install(one_more_decision)
    for ask in (alloc.solve, alloc.Session):
        with pytest.raises(IncompleteError, match="decision renew"):
            ask(read("hand"))
    for language, said in (("en", "decision renew: not in"), ("zh", "决策 renew：未列入")):
        command = ["solve", "hand", "--out", str(tmp_path / "out"), "--quiet", "--lang", language]
        shown = CliRunner().invoke(main, command)
        assert shown.exit_code == 1
        assert said in shown.output
    assert not (tmp_path / "out").exists()


def test_it_looks_at_names_alone() -> None:
    """As often in a model of two cities as in one of 337, and a small part of what building takes."""
    counts = []
    for name in ("hand", "china-2020"):
        instance = read(name)
        given = derive(instance)
        model = build(given, instance.settings.objective)
        completeness.check(model, registry.catalogue())
        completeness._unlisted.cache_clear()
        counts.append(calls(lambda: completeness.check(model, registry.catalogue())))  # noqa: B023
        assert counts[-1] < 0.2 * calls(lambda: build(given, instance.settings.objective))  # noqa: B023
    assert counts[1] <= 1.2 * counts[0]


# ---------------------------------------------------------------------------------------------------- catalogue


def test_every_fault_of_a_catalogue_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two families of one name, a sum that does not exist, no owner, a rule of an unknown decision, missing words."""
    faulty = MODULE.replace("Family(\"mending_due\"", "Family(\"pool_total\"").replace(
        "adds={\"spending\": renewing}",
        "adds={\"savings\": renewing}, numbers=(Number(\"policy.renewal.cost\", \"\"),), "
        "rules=(Rule(\"winter\", \"frost\", (\"upper\",)),)",
    ).replace("import Decision, Family", "import Number, Rule, Decision, Family")  # fmt: skip
    try:
        write_lever(tmp_path, monkeypatch, faulty, WORDS.replace("[decisions.mend]", "[decisions.other]"))
        with pytest.raises(CatalogueError) as caught:
            registry.formulation()
    finally:
        monkeypatch.undo()
        forget()
    zh, en = caught.value.message
    assert len(zh.splitlines()) == len(en.splitlines()) == 1 + len(caught.value.faults)
    for told in (
        "renewal.py: family pool_total is declared in pools.py already",
        "renewal.py: there is no sum savings to add to",
        "number policy.renewal.cost, owner: there is no —",
        "rule winter, decision: there is no frost",
        "renewal.toml: decision mend lacks title",
        "renewal.toml: decision other is not declared",
        "renewal.toml: rule winter lacks",
    ):
        assert told in en
    for told in (
        "renewal.py：约束族 pool_total 已在 pools.py 中声明",
        "没有名为 savings 的合计",
        "没有 frost",
        "缺少 title",
    ):
        assert told in zh


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
def test_declarations_that_cannot_stand(install: Callable[[Change], None], change: Change, said: str) -> None:
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
    with pytest.raises(FormulationError, match="the model has no tier renewal"):
        registry.formulation()(two_cities(), asked)


def test_a_formulation_that_is_not_installed() -> None:
    with pytest.raises(FormulationError) as caught:
        registry.formulation("monthly")
    zh, en = caught.value.message
    assert zh.startswith("没有安装名为 monthly 的模型") and en.startswith("no formulation monthly is installed")
