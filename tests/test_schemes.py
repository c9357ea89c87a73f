"""Schemes to compare with by hand, what is said of them, and that they change nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import alloc
from alloc.auditing.audit import Audit
from alloc.auditing.blindness import HALVES, with_codes_permuted, with_halves
from alloc.auditing.naming import LAW, NAMED, OWN, rules
from alloc.content.blocks import Table
from alloc.instance.derived.derived import derive
from alloc.instance.derived.optional.schemes import changes_hands, schemes
from alloc.instance.instance import Instance, canonical_hash
from alloc.report.schemes import scheme_section
from alloc.report.view import View
from alloc.result.result import run
from alloc.scenario import apply, parse_edit

FAMILIES = Path(__file__).resolve().parents[1] / "instances" / "families"
SCHEMES = FAMILIES / "schemes"


def edited(*lines: str, of: Path | str = SCHEMES) -> Instance:
    return apply(alloc.read(of), [parse_edit(line) for line in lines]).instance


def audited(*only: str, edits: tuple[str, ...] = (), of: Path | str = SCHEMES) -> Audit:
    return alloc.audit(of, only=only, edits=edits)


def grid(found: Audit, name: str) -> list[dict[str, Any]]:
    return next(each for part in found.parts for each in part.grids if each.name == name).records()


def test_example_of_the_page() -> None:
    """500 and 500 by residents; 400 and 600 by registration; the seat twice: 120/210 and 90/210."""
    instance = alloc.read(SCHEMES)
    rank, registration = schemes(instance, derive(instance))
    assert (rank.name, registration.name) == ("rank", "registration")
    assert rank.by_residents[:, 0].tolist() == [500, 500]
    assert registration.amounts[:, 0] == pytest.approx([400, 600])
    assert rank.amounts[:, 0] == pytest.approx([1000 * 120 / 210, 1000 * 90 / 210])
    assert registration.squeezed[:, 0].tolist() == [True, False]
    assert rank.squeezed[:, 0].tolist() == [False, True]
    plan = np.array([[480.0], [520.0]])
    assert registration.moved(plan).tolist() == pytest.approx([0.08])
    assert rank.moved(plan).tolist() == pytest.approx([(520 - 90 / 0.21) / 1000])


def test_what_the_audit_says() -> None:
    """91.4 × 10⁴ yuan less for the 100,000 of the second city: 9.14 yuan each."""
    found = audited("schemes")
    moved = {each["scheme"]["en"]: each for each in grid(found, "schemes")}
    assert moved["registration"]["moved"] == pytest.approx(0.08)
    assert moved["registration"]["from_residents"] == pytest.approx(0.1)
    assert moved["rank and registration"]["moved"] == pytest.approx(0.0914, abs=5e-5)
    assert [each["squeezed"] for each in moved.values()] == [1, 1]
    rank, seat = (each for each in grid(found, "schemes_by_unit_type") if each["scheme"]["en"].startswith("rank"))
    assert (rank["group"]["en"], rank["general"]) == ("county", pytest.approx(90 / 0.21 / 520))
    assert (seat["group"]["en"], seat["general"]) == ("seat", pytest.approx(120 / 0.21 / 480))
    city = {(each["scheme"]["en"], each["city"]["en"]): each for each in grid(found, "schemes_by_city")}
    second = city["rank and registration", "Second"]
    assert (second["plan"], second["difference"]) == pytest.approx((52, 90 / 2.1 - 52))
    assert second["unit"]["en"] == "yuan a person"
    sentences = [each.en for each in found.parts[0].sentences]
    assert any("1 city with 100,000 residents" in each and each.endswith("Second.") for each in sentences)


def test_they_change_nothing_but_the_hash() -> None:
    with_them = run(alloc.read(SCHEMES))
    bare = edited("drop scheme_weights", "drop scheme_factors", "drop schemes", "drop cities.registered",
                  "drop cities.unit_type")  # fmt: skip
    without = run(bare)
    for name, table in without.tables.items():
        assert table.equals(with_them.tables[name]), name
    assert without.instance.hash != with_them.instance.hash
    blank = {name: table for name, table in bare.tables.items() if not name.startswith("scheme")}
    blank["cities"] = blank["cities"].drop(columns=["registered", "unit_type"])
    assert canonical_hash(bare.settings, blank) == bare.hash
    none = audited("schemes", of="hand")
    assert none.feasible and [each.en for each in none.parts[0].sentences] == [
        "The instance has no schemes (tables schemes, scheme_factors)."
    ]
    idle = audited("schemes", edits=("drop scheme_factors",))
    assert any("shares out nothing" in each.en for each in idle.parts[0].sentences)


def test_who_takes_no_part_in_a_pool_gets_nothing_by_any_scheme() -> None:
    instance = edited("pools.where = \"unit_type = 'county'\"")
    for scheme in schemes(instance, derive(instance)):
        assert scheme.amounts[:, 0].tolist() == [0, 1000] and scheme.by_residents[:, 0].tolist() == [0, 1000]
        assert not scheme.squeezed.any()


def test_several_factors_and_multipliers() -> None:
    """½·(60, 90)/150 + ½·(½, ½) = 0.45 and 0.55; the small city class is both, so that its factor changes nothing."""
    instance = edited(
        "add scheme_factors { scheme = 'registration', pool = 'general', factor = 'residents', weight = 0.5 }",
        "scheme_factors.registration.general.registered.weight = 0.5",
        "add scheme_weights { scheme = 'registration', column = 'size_class', value = 'small_2', multiplier = 0.5 }",
    )
    _, registration = schemes(instance, derive(instance))
    assert registration.amounts[:, 0] == pytest.approx([450, 550])


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["scheme_factors.rank.general.registered.weight = 0.9"], {("weights_not_one", "weight", "error")}),
        (["add scheme_factors { scheme = 'rank', pool = 'general', factor = 'registred', weight = 0 }"],
         {("unknown_factor", "factor", "error")}),
        (["add scheme_factors { scheme = 'rang', pool = 'general', factor = 'residents', weight = 1 }"],
         {("unknown_code", "scheme", "error")}),
        (["drop cities.registered where city = '000001'"], {("missing_value", "registered", "error")}),
        (["add scheme_weights { scheme = 'rank', column = 'unit_typ', value = 'seat', multiplier = 2 }"],
         {("unknown_column", "column", "error")}),
        (["add scheme_weights { scheme = 'rank', column = 'unit_type', value = 'town', multiplier = 2 }"],
         {("scheme_of_nobody", "value", "warning")}),
        (["add scheme_weights { scheme = 'rank', column = 'size_class', value = 'huge', multiplier = 2 }"],
         {("scheme_of_nobody", "value", "warning")}),
        (["scheme_weights.multiplier = 0"], {("out_of_range", "multiplier", "error")}),
        (["drop scheme_factors where scheme = 'rank'"], {("scheme_without_factors", "scheme", "warning")}),
        (["add factors { pool = 'general', factor = 'registered', weight = 0.5 }", "factors.weight *= 0.5"],
         {("factor_by_registration", "factor", "warning")}),
    ],
)  # fmt: skip
def test_what_the_checks_say(lines: list[str], wanted: set[tuple[str, str, str]]) -> None:
    try:
        found = edited(*lines).warnings
    except alloc.InputError as error:
        found = tuple(error.findings)
    assert {(each.code, str(each.column).rpartition(".")[2], each.severity) for each in found} == wanted


# ------------------------------------------------------------------------------------------------------ blindness


def test_rules_that_name_places_are_found() -> None:
    instance = edited(
        "add limits { limit = 'seat', title_zh = '省会', title_en = 'seats', quantity = 'allocation:general', "
        "where = \"unit_type = 'seat' and size_class = 'small_2'\", sense = '<=', value = 450, basis = 'amount' }",
        "add performance { city = '000001', pool = 'general', factor = 1.1, document = 'notice' }",
    )
    found = {(each.table, each.column, each.sort.en) for each in rules(instance)}
    assert found == {
        ("limits", "unit_type", NAMED.en), ("limits", "size_class", LAW.en), ("performance", "city", NAMED.en),
        ("services", "pupils", OWN.en),
    }  # fmt: skip
    assert changes_hands(np.array([[480.0], [520.0]]), np.array([[450.0], [550.0]])) == pytest.approx([0.03])


@pytest.mark.slow
def test_a_limit_by_rank_is_not_blind_and_has_its_price() -> None:
    """At most 450 for the seat, where the formula gives 480: with the ranks of others the other city has them."""
    limit = ("add limits { limit = 'seat', title_zh = '省会', title_en = 'seats', quantity = 'allocation:general', "
             "where = \"unit_type = 'seat'\", sense = '<=', value = 450, basis = 'amount' }")  # fmt: skip
    found = audited("blindness", edits=(limit,))
    tests = {each["test"]["en"]: each for each in grid(found, "blindness")}
    ranks = tests["ranks permuted"]
    assert ranks["passed"]["en"] == "no"
    assert ranks["moved"] == pytest.approx(0.1), "550 and 450 in place of 450 and 550"
    (rule,) = (each for each in grid(found, "named") if each["table"]["en"] == "Limits")
    assert rule["moved"] == pytest.approx(0.03)
    assert [each.en for each in found.parts[0].sentences if "Not passed" in each.en] == ["Not passed: ranks permuted."]
    blind = audited("blindness")
    assert [each["passed"]["en"] for each in grid(blind, "blindness")] == ["yes"] * 4


def test_halves_have_half_of_everything_and_the_same_class() -> None:
    instance = alloc.read(SCHEMES)
    split, twins = with_halves(instance, ["000001"])
    cities = split.tables["cities"].set_index("city")
    one, other = cities.loc["000001"], cities.loc[twins["000001"]]
    assert (one["residents"], one["pupils"], one["built_up"], one["settled_last"]) == (50_000, 5_000, 270, 24)
    assert one["size_population"] == 60_000 and one.equals(other)
    capacity = split.tables["capacity"].set_index("city")["capacity"]
    assert capacity.to_dict() == {"000001": 4000, "000002": 6000, twins["000001"]: 4000}
    assert derive(split).benchmark[:, 0] == pytest.approx([240, 520, 240])


def test_everything_goes_with_a_code() -> None:
    instance = alloc.read(SCHEMES)
    permuted, new = with_codes_permuted(instance)
    assert new == {"000001": "000002", "000002": "000001"}
    assert permuted.tables["cities"].set_index("city").loc["000002", "name_en"] == "First"
    assert permuted.tables["capacity"].set_index("city").loc["000002", "capacity"] == 8000
    again, _ = with_codes_permuted(permuted)
    assert again.hash == instance.hash


def test_of_a_fault_by_code_the_audit_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the lower code given more, codes and halves would not pass."""
    from alloc.auditing import work

    true = work.run

    def partial(instance: Instance, **options: Any) -> Any:
        result = true(instance, **options)
        table = result.tables["allocation"]
        first = table["city"] == table["city"].min()
        table.loc[first, "published"] += 5.0
        return result

    monkeypatch.setattr(work, "run", partial)
    tests = {each["test"]["en"]: each for each in grid(audited("blindness"), "blindness")}
    assert tests["codes permuted within provinces"]["passed"]["en"] == "no"
    assert tests[HALVES.en]["passed"]["en"] == "no"


def test_the_record_is_plain() -> None:
    found = audited("schemes", "blindness")
    assert set(json.loads(json.dumps(found.record()))["sections"]) == {"schemes", "blindness"}


AT_MOST = (
    "add limits { limit = 'most', title_zh = '至多', title_en = 'at most', quantity = 'allocation:general', "
    "sense = '<=', value = 900, basis = 'amount' }"
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "转移支付合计 +5.00 元 = 本方案没有分出的 100 万元 ÷ 200,000 人。"),
        ("en", "transfers, in all +5.00 yuan: the 100 × 10⁴ yuan that the plan does not give out, over 200,000 "
               "persons."),
    ],
)  # fmt: skip
def test_a_report_says_why_a_total_of_differences_is_not_0(language: str, said: str) -> None:
    """900 of 1,000 × 10⁴ yuan are given out: 1,000,000 yuan over 200,000 persons are 5; of all given out nothing."""
    for lines, notes in (((AT_MOST, "pools.general.exhaust = false"), [True, True]), ((), [False, False])):
        section = scheme_section(View(run(edited(*lines)), language))
        assert section is not None
        told = [part.note for part in section.parts if isinstance(part, Table)][1:]
        assert [said in each for each in told] == notes
        assert [("余数" if language == "zh" else "leaves some") in each for each in told] == notes
