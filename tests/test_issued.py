"""Stages of a year by hand: what an advance gives out, what stays issued, and what is said where it cannot."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import alloc
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import families_of, precheck
from alloc.publish.parts import PARTS
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.verification import verify
from alloc.verification.recompute import recompute
from hand_instance import BONDS, GRANT, LAND, MONEY, A, B, hand
from random_instances import write_random
from second_facts import Facts

ISSUED = Path(__file__).parents[1] / "instances" / "families" / "issued"
FIRST, SECOND = "100001", "200002"


def issued(*amounts: tuple[str, str, float], stage: str = "advance") -> list[dict[str, Any]]:
    return [
        {"city": city, "pool": pool, "stage": stage, "amount": amount, "date": "", "document": ""}
        for city, pool, amount in amounts
    ]


def edited(*lines: str) -> Instance:
    """The example of the page, edited."""
    return apply(read(ISSUED), [parse_edit(line) for line in lines]).instance


def column(result: Result, name: str) -> list[float]:
    table: pd.DataFrame = result.tables["allocation"]
    return [float(each) for each in table[name]]


@pytest.fixture(scope="module")
def example() -> Result:
    return run(read(ISSUED))


def test_the_example_of_the_page(example: Result) -> None:
    assert column(example, "published") == [486, 514]
    assert column(example, "issued") == [486, 324]
    assert column(example, "increment") == [0, 190]
    assert column(example, "benchmark") == pytest.approx([450, 550])
    assert column(example, "locked") == pytest.approx([36, 0])
    assert column(example, "optimised") == pytest.approx([0, -36])
    total = np.zeros(2)
    for part in (name for name in PARTS if name in example.tables["allocation"]):
        total = total + example.tables["allocation"][part].to_numpy()
    assert total.tolist() == column(example, "published")


def test_the_example_with_a_clawback() -> None:
    result = run(edited("pools.general.clawback = 0.1"))
    assert derive(result.instance).locked.ravel() == pytest.approx([437.4, 291.6])
    assert column(result, "published") == [450, 550]
    assert column(result, "increment") == [-36, 226]


def test_the_advance_of_the_example() -> None:
    lines = ("drop issued", 'stage = "advance"', "pools.general.total = 900", "cities.settled_last = 60 where city == "
             "'000001'", "cities.settled_last = 40 where city == '000002'")  # fmt: skip
    result = run(edited(*lines))
    assert column(result, "published") == [486, 324]
    assert [finding.code for finding in result.instance.warnings] == ["advance_share_blank"]
    assert "issued" not in result.tables["allocation"]


def test_an_advance_scales_pool_floors_caps_earmarks_and_limits() -> None:
    row = {"limit": "one", "title_zh": "一", "title_en": "one", "where": "", "sense": "<=", "value": 100, "owner": "",
           "source": ""}  # fmt: skip
    limits = [
        {**row, "limit": f"{k}", "quantity": quantity, "basis": basis}
        for k, (quantity, basis) in enumerate((
            ("allocation:land", "amount"), ("allocation:land", "share"), ("allocation:land", "per_resident"),
            ("settle", "amount"),
        ))
    ]  # fmt: skip
    share = {(pool, "advance_share"): 0.6 for pool in ("land", "grant")}
    year, part = hand(limits=limits), hand(limits=limits, pools=share, settings={"stage": "advance"})
    before, now = derive(year), derive(part)
    parts = [0.9, 0.6, 0.6, 0.9]  # of bonds and money nothing is said
    np.testing.assert_allclose(now.available, before.available * parts)
    for name in ("floor", "cap", "earmark", "benchmark"):
        np.testing.assert_allclose(getattr(now, name), getattr(before, name) * parts, err_msg=name)
    np.testing.assert_array_equal(now.bond_room, before.bond_room)
    np.testing.assert_array_equal(now.reference, before.reference)
    wanted = [60, 100 * 800 * 0.6, 100 * 10_000_000, 100]
    assert [limit.amount for limit in now.limits] == pytest.approx(wanted)
    assert [limit.amount for limit in recompute(part).limits] == pytest.approx(wanted)


def test_bounds_that_follow_the_pool_are_scaled_once() -> None:
    # 0.6 of 800 ha; last year 300 and 500 ha fill the 800: floors of 0.7 of 180 and 300.
    now = derive(hand(pools={("land", "advance_share"): 0.6, ("land", "follow"): True}, settings={"stage": "advance"}))
    np.testing.assert_allclose(now.floor[:, LAND], [126, 210])


def test_what_is_locked_lifts_bounds_and_rooms() -> None:
    """City B has the cap 1.4 · 500 = 700 ha and boundary_left 600; city A owes more than its special limit."""
    rows = issued((SECOND, "land", 650), (FIRST, "bonds", 190_000), (SECOND, "grant", 10))
    instance = hand(issued=rows, settings={"stage": "formal"}, pools={("grant", "clawback"): 0.5})
    before, now = derive(hand()), derive(instance)
    assert now.lower[B, LAND] == now.upper[B, LAND] == 650
    assert (now.lower_rule[B, LAND], now.upper_rule[B, LAND]) == ("locked", "locked")
    for rule, stood, stands in (("boundary", 600, 650), ("cap", 700, 700)):
        found = [each.amount[B, LAND] for d in (before, now) for each in d.allocation_bounds
                 if (each.rule, each.side) == (rule, "upper")]  # fmt: skip
        assert found == [stood, stands], rule
    assert before.class_room[A, 1] == 0 and now.class_room[A, 1] == now.upper[A, BONDS] == 190_000
    np.testing.assert_array_equal(now.bond_room, before.bond_room)
    fallen = derive(hand(issued=rows, policy={"debt.ceiling": 0.5}))  # both cities owe more than half by far
    assert fallen.bond_room.tolist() == [190_000, 0] and fallen.room_ratio.tolist() == [190_000, 0]
    assert now.locked[B, GRANT] == 5 and now.lower[B, GRANT] == 70_000  # the earmark is more
    np.testing.assert_array_equal(now.shortfall, before.shortfall)
    np.testing.assert_array_equal(now.benchmark, before.benchmark)
    codes = {finding.code: finding for finding in precheck(instance, now)}
    assert {"issued_above_rule", "issued_above_room"} <= set(codes)
    rule = codes["issued_above_rule"]
    assert (rule.file, rule.column, rule.severity) == ("issued.csv", "amount", "warning")
    assert "boundary" in rule.message.en or "land" in rule.message.en


def test_a_stage_counts_only_what_came_before() -> None:
    rows = [*issued((FIRST, "land", 100)), *issued((FIRST, "land", 20), stage="formal")]
    wanted = {"advance": 0, "formal": 100, "supplementary": 120, "final": 120}
    for stage, amount in wanted.items():
        instance = hand(issued=rows, settings={"stage": stage})
        assert derive(instance).issued[A, LAND] == amount
        assert recompute(instance).issued[A, LAND] == amount


def errors(instance: Instance) -> list[Any]:
    return [each for each in precheck(instance, derive(instance)) if each.severity == "error"]


def test_more_issued_than_there_is() -> None:
    instance = edited("pools.general.total = 700")
    (finding,) = errors(instance)
    assert (finding.code, finding.file, finding.column, finding.value) == (
        "issued_above_available", "issued.csv", "amount", "810",
    )  # fmt: skip
    assert "110" in finding.message.en and "110" in finding.message.zh
    assert "0.1359" in finding.remedy.en  # 1 − 700/810, rounded up
    assert families_of(finding) == ("pool_total", "bounds")
    assert not errors(edited("pools.general.total = 700", "pools.general.clawback = 0.1359"))


def test_an_override_below_what_is_locked() -> None:
    line = "add overrides { city = '000001', pool = 'general', amount = 480, reason = 'a', approved_by = 'b' }"
    (finding,) = errors(edited(line))
    assert (finding.code, finding.file, finding.value) == ("override_outside_bounds", "overrides.csv", "480")
    assert "below the issued amount of 486" in finding.message.en and "已下达数 486" in finding.message.zh
    assert column(run(edited(line.replace("480", "490"))), "published") == [490, 510]


def test_words_of_stages_and_unknown_codes() -> None:
    tables = read(ISSUED).tables
    wrong = tables["issued"].copy()
    wrong.loc[0, ["stage", "city", "pool"]] = ["advanced", "999999", "general_"]
    settings = read(ISSUED).settings.model_dump(by_alias=True)
    with pytest.raises(alloc.AllocError) as raised:
        alloc.solve({"settings": settings, **{name: each for name, each in tables.items() if len(each)},
                     "issued": wrong})  # fmt: skip
    found = {(each.code, each.column) for each in raised.value.findings}
    assert {("not_allowed", "stage"), ("unknown_code", "city"), ("unknown_code", "pool")} <= found


def test_rows_that_do_not_count_are_named(example: Result) -> None:
    later = run(edited('stage = "advance"', "pools.advance_share = 1"))
    assert [each.code for each in later.instance.warnings] == ["issued_not_before"]
    assert column(later, "published") == [450, 550]
    assert not example.instance.warnings


def test_rows_that_do_not_count_are_told_by_what_set_the_stage(tmp_path: Path) -> None:
    counted = "本算例处于提前下达阶段，提前下达阶段的 2 行不计入已下达数。"
    early = tmp_path / "early.toml"
    early.write_text(
        'title = { zh = "提前", en = "early" }\n[[edit]]\nset = "stage"\nto = "advance"\n', encoding="utf-8"
    )
    for how, by in (({"edits": 'stage = "advance"'}, "按这处修改，"), ({"scenario": str(early)}, "按情景“early”，")):
        (found,) = [each for each in alloc.check(ISSUED, **how) if each.code == "issued_not_before"]
        assert (found.message.zh, found.column) == (by + counted, "stage")
        assert found.remedy.zh == "要计入的，这处修改写其后的阶段；否则可不改。"
    alloc.convert(ISSUED, out := tmp_path / "issued")
    settings = out / "instance.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub('stage = "[a-z]+"', 'stage = "advance"', text), encoding="utf-8")
    (found,) = [each for each in alloc.check(out) if each.code == "issued_not_before"]
    assert found.message.zh == counted
    assert found.remedy.zh == "要计入的，把 instance.toml 的 stage 改为其后的阶段；否则可不改。"
    alloc.convert(out, book := tmp_path / "issued.xlsx", language="zh")
    (found,) = [each for each in alloc.check(book) if each.code == "issued_not_before"]
    assert found.message.zh == counted
    assert found.remedy.zh == "要计入的，把 issued.xlsx#设置 的“下达阶段”改为其后的阶段；否则可不改。"


def test_issued_as_published_is_published_again() -> None:
    first = run(edited("drop issued"))
    amounts = first.tables["allocation"][["city", "pool", "published"]].rename(columns={"published": "amount"})
    rows = amounts.assign(stage="formal", date="", document="")
    again = run(make_instance(first.instance.settings.model_copy(update={"stage": "final"}),
                              {**first.instance.tables, "issued": rows}))  # fmt: skip
    assert column(again, "published") == column(first, "published") == [450, 550]
    assert column(again, "increment") == [0, 0]


@pytest.mark.parametrize("seed", range(6))
def test_three_derivations_agree(seed: int, tmp_path: Path) -> None:
    """Random instances with every rule: the engine, the verification, and dictionaries with loops."""
    instance = read(write_random(tmp_path / "random", seed, cities=5, everything=True))
    derived, raw, facts = derive(instance), recompute(instance), Facts(instance)
    for name in ("available", "lower", "upper", "locked", "issued", "bond_room", "class_room", "shortfall"):
        np.testing.assert_allclose(getattr(raw, name), getattr(derived, name), rtol=1e-9, atol=1e-6, err_msg=name)
    second = [[facts.bounds(c, r)[0] for r in derived.pools] for c in derived.cities]
    np.testing.assert_allclose(second, derived.lower, rtol=1e-7, atol=1e-4)
    assert [facts.bond_room(c) for c in derived.cities] == pytest.approx(derived.bond_room.tolist())


@pytest.mark.parametrize("name", ["locked", "issued", "increment", "published"])
def test_verification_catches_a_forged_column(example: Result, name: str) -> None:
    table = example.tables["allocation"].copy()
    table.loc[1, name] += 1
    checked = verify(example.instance, {**example.tables, "allocation": table}, example.manifest["tiers"])
    assert not checked.passed


def test_verification_catches_less_than_is_locked(example: Result) -> None:
    """Ten moved from one city to the other, parts and all: only the lock is broken."""
    table = example.tables["allocation"].copy()
    for name in ("optimised", "published", "increment"):
        table[name] += [-10.0, 10.0]
    checked = verify(example.instance, {**example.tables, "allocation": table}, example.manifest["tiers"])
    assert "allocation_bounds" in {failure.family for failure in checked.failures}


def test_what_readers_are_told(example: Result) -> None:
    shown = {language: alloc.show(example, language=language) for language in ("zh", "en")}
    assert "formal issue" in shown["en"] and "正式下达" in shown["zh"]
    city = alloc.show(example, city="000001", language="en")
    assert "+36" in city and "486" in city
    why = example.explain(city="000001", pool="general")
    assert why.parts["locked"] == pytest.approx(36)


def test_shortfalls_of_money_are_those_before_the_issue() -> None:
    rows = issued((FIRST, "money", 600_000))
    assert derive(hand(issued=rows)).lower[A, MONEY] == 600_000
    np.testing.assert_array_equal(derive(hand(issued=rows)).shortfall, derive(hand()).shortfall)
    np.testing.assert_array_equal(recompute(hand(issued=rows)).shortfall, recompute(hand()).shortfall)
