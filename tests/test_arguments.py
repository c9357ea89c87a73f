"""Arguments that no verb could use: each is refused with what is wrong and what would be right, in both languages."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import alloc
from alloc.arguments import RIGHT, ArgumentError


@cache
def solve() -> alloc.Result:
    return alloc.solve("hand")


# Of every verb what it is called with at least; of its arguments values that cannot be used.
VERBS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "check": (alloc.check, {"instance": "hand"}),
    "solve": (alloc.solve, {"instance": "hand"}),
    "read": (alloc.read, {"path": "hand"}),
    "load_result": (alloc.load_result, {"folder": "none"}),
    "verify": (alloc.verify, {"result": "none"}),
    "whatif": (alloc.whatif, {"instance": "hand", "target": "policy.debt.ceiling", "values": [1.0]}),
    "explain": (alloc.explain, {"subject": "hand"}),
    "audit": (alloc.audit, {"instance": "hand"}),
    "write_report": (alloc.write_report, {"result": "none", "out": "none"}),
    "convert": (alloc.convert, {"origin": "hand", "target": "none"}),
    "init": (alloc.init, {"target": "none"}),
    "merge": (alloc.merge, {"nation": "none", "results": ["none"]}),
    "write_forms": (alloc.write_forms, {"instance": "hand", "out": "none"}),
    "merge_forms": (alloc.merge_forms, {"instance": "hand", "filled": ["none"]}),
    "mark": (alloc.mark, {"instance": "hand", "findings": ()}),
    "save": (alloc.save, {"thing": solve, "place": "none"}),
    "save_document": (alloc.save_document, {"thing": "hand", "place": "none"}),
    "certify": (alloc.certify, {"result": "none", "out": "none"}),
    "save_tables": (alloc.save_tables, {"result": solve, "path": "none"}),
    "show": (alloc.show, {"thing": "hand"}),
    "record": (alloc.record, {"thing": "hand"}),
    "Session": (alloc.Session, {"instance": "hand"}),
}
NOTHING: tuple[Any, ...] = (3, object(), None)
WRONG: dict[str, tuple[Any, ...]] = {
    "instance": NOTHING, "subject": NOTHING, "result": NOTHING, "thing": NOTHING, "findings": (3, ["text"]),
    "nation": NOTHING, "filled": ([], 3, [3], "none", None), "results": ([], 3, [3], "none", None), "controls": (3, []),
    "against": (3, object()), "scenario": (3, [3]), "edits": (3, [3], None, [b"policy.debt.ceiling = 1"]),
    "formulation": (3, []), "relaxation": ("yes", 1), "gap": ("small", float("nan"), True), "time_limit": ("x", []),
    "out": (3, []), "folder": NOTHING, "path": NOTHING, "place": NOTHING, "boundaries": (3,),
    "target": (*NOTHING, 1.5), "origin": (3, []), "values": ([], [float("inf")], ["dear"], [True], "1.0", 1.0, None),
    "where": (3, None), "cities": (3, [110000], None), "language": ("fr", "", None, 3), "on_progress": (3, None),
    "prices": ("yes", 3), "tier": (3,), "quick": ("yes",), "formula": ("yes", 3), "stopped": ("yes", 3),
    "rules": (3, [3], None), "city": (110000, [110000]),
    "pool": (3, ["land"]), "at_least": ("much", float("nan")), "like": (110000,), "only_differences": ("no", None),
    "matrix": ("yes", 1), "rescued": ("yes", 1),
    "only": (3, [3], None), "published": (3, []), "every": ("yes", 1),
    "command": (3,), "each_city": (3,), "formats": ([], "", 3, [3]), "tables": ("xml", 3), "services": ("school", [3]),
    "pools": ("land", 3), "province": (440000,), "year": ("next", 2021.5),
}  # fmt: skip
LANGUAGES = ("zh", "en")


def cases() -> list[tuple[str, str, Any]]:
    return [
        (verb, name, value)
        for verb, (function, _) in VERBS.items()
        for name in inspect.signature(function).parameters
        for value in WRONG[name]
        if not (value is None and RIGHT.get(f"{verb}.{name}", RIGHT[name]).test(None))
    ]


@pytest.mark.parametrize(("verb", "name", "value"), cases(), ids=lambda value: str(value)[:20])
def test_an_argument_that_cannot_be_used(
    verb: str, name: str, value: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    function, given = VERBS[verb]
    needed = {key: solve() if value is solve else value for key, value in given.items()}
    with pytest.raises(ArgumentError) as caught:
        function(**{**needed, name: value})
    zh, en = caught.value.message
    assert en.startswith(f"alloc.{verb}, {name}: ") and "it has to be" in en
    assert zh.startswith(f"alloc.{verb} 的参数 {name}：") and "应为" in zh and zh.endswith("。")
    assert not re.search("[\u4e00-\u9fff]", en)
    assert list(tmp_path.iterdir()) == []


def test_every_argument_of_every_verb_has_its_rule() -> None:
    """Those of `Result` hand theirs on; a verb that is added has to be here."""
    verbs = {name for name in alloc.__all__ if inspect.isfunction(getattr(alloc, name))} - {"as_html"}
    assert verbs == VERBS.keys() - {"Session"} | {"compare"}
    for function, _ in VERBS.values():
        assert set(inspect.signature(function).parameters) <= {name.rpartition(".")[2] for name in RIGHT}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: alloc.compare(), "two"),
        (lambda: alloc.compare("hand"), "at least two"),
        (lambda: alloc.compare(3, 4), r"results: 3 cannot be used"),
        (lambda: alloc.solve("hand", gap=-1.0), "gap"),
        (lambda: alloc.solve("hand", time_limit=0), "time_limit"),
        (lambda: alloc.solve("hand", edits="policy.debt"), "policy.debt"),
        (lambda: alloc.solve("hand", scenario="none"), "none"),
        (lambda: alloc.solve("hand", formulation="monthly"), "monthly"),
        (lambda: alloc.whatif("hand", "policy.dept.ceiling", [1.0]), "policy.dept"),
        (lambda: alloc.whatif("hand", "policy.debt.ceiling", [-1.0]), "ceiling"),
        (lambda: alloc.whatif("hand", "policy.debt.ceiling", [1.0], cities=["9"]), "9"),
        (lambda: alloc.whatif("hand", "pools.total", [1.0], where="poo == 'land'"), "poo"),
        (lambda: alloc.explain("hand", prices=True), "RESULT"),
        (lambda: alloc.audit("hand", only="prices"), "prices"),
        (lambda: alloc.audit("hand", only=["published"]), "published=…"),
        (lambda: alloc.audit("hand", published="nowhere.csv"), "nowhere"),
        (lambda: alloc.show("nowhere"), "nowhere"),
        (lambda: alloc.init("x", services=["none"]), "none"),
        (lambda: alloc.convert("nowhere", "x"), "nowhere"),
        (lambda: alloc.load_result("nowhere"), "nowhere"),
        (lambda: alloc.read(3), "3 cannot be used"),
    ],
)
def test_what_only_the_verb_can_tell(
    call: Callable[[], object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(alloc.AllocError, match=said) as caught:
        call()
    assert all(caught.value.message)


def test_a_call_that_does_not_fit_is_python_s_own_error() -> None:
    with pytest.raises(TypeError):
        alloc.whatif("hand")  # type: ignore[call-arg]


def test_a_keyword_that_a_verb_does_not_have_is_told_the_nearest() -> None:
    with pytest.raises(alloc.ArgumentError) as caught:
        alloc.solve("hand", gaps=1.0)  # type: ignore[call-arg]
    known = "edits, formulation, gap, instance, on_progress, out, relaxation, scenario, time_limit"
    assert caught.value.message == (
        f"alloc.solve 没有参数 gaps。是否为 gap？可用：{known}。",
        f"alloc.solve has no argument gaps. Did you mean gap? Would be right: {known}.",
    )
    with pytest.raises(alloc.ArgumentError, match=r"^alloc\.explain has no argument citty\. Did you mean city\?"):
        alloc.solve("hand").explain(citty="000001")
    with pytest.raises(
        alloc.ArgumentError, match=r"^alloc\.Session has no argument scenarios\. Did you mean scenario\?"
    ):
        alloc.Session("hand", scenarios="x")  # type: ignore[call-arg]


def test_a_session_and_a_result() -> None:
    session = alloc.Session("hand")
    for call, said in (
        (session.undo, "no edit to undo"),
        (session.redo, "Nothing was undone"),
        (lambda: session.edit(3), "3 is no edit"),  # type: ignore[arg-type]
        (lambda: session.edit("policy.debt"), "policy.debt"),
        (lambda: session.result.explain(city=110000, pool="land"), "city: 110000 cannot be used"),
        (lambda: session.result.report("x", "odt"), "odt"),
        (lambda: session.result.report("x", language="fr"), "zh or en"),
        (lambda: session.result.compare(3), "results: 3"),  # type: ignore[arg-type]
        (lambda: session.result.to_excel("x.csv"), "xlsx"),
    ):
        with pytest.raises(alloc.AllocError, match=said):
            call()
    assert session.result.verified


def test_a_solve_without_an_allocation_says_that_nothing_is_written(tmp_path: Path) -> None:
    result = alloc.solve("hand", edits="add limits { limit = 'x', quantity = 'settle', sense = '>=', value = 9e9, "
                         "basis = 'amount' }", out=tmp_path / "out")  # fmt: skip
    assert not result.has_solution and not (tmp_path / "out").exists()
    assert result.findings[-1].code == "nothing_written" and str(tmp_path) in result.findings[-1].file
    assert repr(result) == "<Result hand: infeasible, none; no allocation, nothing to write>"
    assert "There is no allocation, and nothing is written." in alloc.show(result)
    assert "没有分配方案，没有写出结果。" in alloc.show(result, "zh")


@pytest.mark.parametrize("relaxation", [False, True])
def test_a_solve_that_ran_out_of_time_says_what_to_do_and_nothing_of_clashes(relaxation: bool) -> None:
    result = alloc.solve("china-2020", relaxation=relaxation, time_limit=1e-6)
    assert not result.has_solution and not result.infeasible
    wanted = {
        False: "A plan with whole facilities is there once every city has chosen them: allow more time (--time-limit), "
               "or solve the relaxation first (--relaxation).",
        True: "Allow more time.",
    }[relaxation]  # fmt: skip
    assert alloc.show(result).splitlines() == [
        "stopped at the time limit",
        "No allocation had been found by then, and nothing is written; this does not mean that rules clash.",
        wanted,
    ]
    assert "不说明规则互相冲突" in alloc.show(result, "zh")
