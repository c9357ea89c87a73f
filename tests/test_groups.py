"""Groups of migrants by years of stay: by hand on two cities, one group is today's model, and what is a finding."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.api import compare, matrix_agreement
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.rules.rules import explain_rules
from alloc.explanation.sensitivity.prices import explain_prices
from alloc.instance import InputError, read
from alloc.instance.checks.all import check_instance
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance, make_instance
from alloc.output import show
from alloc.report.document import report
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.template.province import cut_province
from alloc.verification import verify

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
LADDER = FAMILIES / "residence_ladder"


def edited(*lines: str, base: Path = LADDER) -> Instance:
    return apply(read(base), [parse_edit(each) for each in lines]).instance


@cache
def solved() -> Result:
    return run(read(LADDER))


def test_derived_by_hand() -> None:
    d = derive(read(LADDER))
    assert d.groups == ("new", "middle", "long")
    for values, wanted in (
        (d.present_need[:, 0], [4450, 4150]), (d.need_per_settler[:, 0], [0.025, 0.025]),
        (d.need_per_extended[:, 0], [0.1, 0.1]), (d.settle_limit, [3000, 1000]), (d.extend_limit, [800, 1600]),
        (d.extension_limit, [10000, 10000]),
    ):  # fmt: skip
        np.testing.assert_allclose(values, wanted, rtol=1e-12)


def test_solved_by_hand() -> None:
    result = solved()
    assert result.tables["people"]["settle"].tolist() == [2000, 1000]
    np.testing.assert_allclose(result.tables["people"]["extend"], [0, 1600], atol=1e-6)
    assert result.tiers["value"]["settlement"] == pytest.approx(3480, rel=1e-9)
    assert not matrix_agreement(result.instance).failures
    # One rung for all, at the mean, and everybody may settle: 50/0.055 and 350/0.085 settlers.
    same = edited(
        "ladder.entitlement = 0.45", "groups.may_settle = true", "groups.may_extend = false",
        "policy.settlement.willingness = 0.9",
    )  # fmt: skip
    assert run(same).tables["people"]["settle"].tolist()[0] == 909


def test_who_stays_is_scaled_and_points_ask_for_the_eligible() -> None:
    half = edited("stay.migrants *= 0.5")
    assert {each.code for each in half.warnings} | {each.code for each in check_instance(half)} >= {
        "stay_does_not_add_up"
    }
    np.testing.assert_allclose(derive(half).settle_limit, [3000, 1000])
    points = "add points {{ size_class = '{}', item = 'work', weight = 1.0, kind = 'employment' }}"
    d = derive(edited(points.format("small_1"), "groups.long.eligible = true"))  # cities of 50,000 are small_2
    np.testing.assert_allclose(d.settle_limit, [3000, 1000])
    d = derive(edited(points.format("small_2"), "groups.long.eligible = true"))
    np.testing.assert_allclose(d.settle_limit, [1500, 500])  # those of long alone
    np.testing.assert_allclose(d.need_per_settler[:, 0], [0, 0])


def one_group(instance: Instance) -> Instance:
    """The instance with all migrants in one group that may settle, with the entitlement of the services."""
    cities, services = instance.tables["cities"], instance.tables["services"]
    migrants = cities["migrants_cross"] + cities["migrants_within"]
    tables = dict(instance.tables)
    tables["groups"] = pd.DataFrame({"group": ["all"], "order": [1.0], "title_zh": ["全部"], "title_en": ["all"],
                                     "may_settle": [True], "may_extend": [False], "eligible": [True]})  # fmt: skip
    tables["stay"] = pd.DataFrame({"city": cities["city"], "group": "all", "migrants": migrants.astype(float)})
    tables["ladder"] = pd.DataFrame(
        {"service": services["service"], "group": "all", "entitlement": services["entitlement"]}
    )
    for name in ("groups", "stay", "ladder"):
        tables[name] = tables[name].astype({k: v for k, v in instance.tables[name].dtypes.items() if v == "str"})
    return make_instance(instance.settings, tables)


@pytest.mark.parametrize("name", ["recognised_need", "group_limit", "capital_budget"])
def test_one_group_is_as_today(name: str) -> None:
    today = read(FAMILIES / name)
    alone = one_group(today)
    before, after = derive(today), derive(alone)
    for field in ("present_need", "need_per_settler", "settle_limit", "backlog_limit"):
        np.testing.assert_array_equal(getattr(before, field), getattr(after, field))
    one, other = run(today), run(alone)
    assert one.tiers["value"].to_dict() == pytest.approx(other.tiers["value"].to_dict(), rel=1e-9, abs=1e-9)
    pd.testing.assert_frame_equal(one.tables["allocation"], other.tables["allocation"])
    assert "extend" not in one.tables["people"] and not other.tables["people"]["extend"].any()


def test_blank_tables_stay_out_of_the_hash() -> None:
    today = read(FAMILIES / "recognised_need")
    assert not len(today.tables["groups"]) and today.hash != one_group(today).hash
    assert apply(today, [parse_edit("policy.settlement.extension_value = 0.3")]).instance.hash == today.hash


@pytest.mark.parametrize("city, amount, family", [
    (0, 300.0, "recognised_need"), (1, 900.0, "extend_bounds"), (0, -5.0, "extend_bounds"),
])  # fmt: skip
def test_a_tampered_extension_is_found(city: int, amount: float, family: str) -> None:
    result = solved()
    people = result.tables["people"].copy()
    people.loc[city, "extend"] += amount
    found = {each.family for each in verify(result.instance, {**result.tables, "people": people}).failures}
    assert family in found


def test_settled_and_extended_to_is_found() -> None:
    result = run(read(FAMILIES / "extension"))
    np.testing.assert_allclose(result.tables["people"]["extend"], [2000, 2000])
    people = result.tables["people"].assign(extend=2500.0)
    found = {each.family for each in verify(result.instance, {**result.tables, "people": people}).failures}
    assert "extension" in found


LIMIT = (
    "add limits {{ limit = 'one', quantity = 'extend', sense = '>=', value = {}, basis = 'amount', "
    "where = \"city == '000002'\" }}"
)


def test_a_limit_on_extension() -> None:
    with_limit = run(edited(LIMIT.format(1500).replace("000002", "000001").replace("1500", "300")))
    # 300 · 0.1 of the 50 seats are taken: 20/0.025 = 800 settle in the first city.
    assert with_limit.tables["people"]["settle"].tolist() == [800, 1000]
    none = run(edited(LIMIT.format(2000)))
    assert none.infeasible
    conflict = explain_conflict(edited(LIMIT.format(1610)))
    assert {"group_limit", "extension_share"} <= {group.family for group in conflict.clash.groups}
    lines = [line for repair in conflict.menu.repairs for line in repair.lines]
    assert any(line.startswith("policy.settlement.extension_share = ") for line in lines)
    assert conflict.sentences("zh") and conflict.sentences("en")
    with pytest.raises(InputError):
        edited(LIMIT.format(1), base=FAMILIES / "recognised_need")  # there are no groups to extend to


@pytest.mark.slow
def test_prices_and_costs() -> None:
    prices = {each.parameter.target: each for each in explain_prices(solved(), "settlement").prices}
    # One more share: 8,000 of the second city, at 0.3 each; the first city has no seats.
    assert prices["policy.settlement.extension_share"].increase.value == pytest.approx(0.3 * 8000, rel=1e-6)
    rules = {each.rule for each in explain_rules(solved(), only=["extension_share"]).costs}
    assert rules == {"extension_share"}
    without = {
        each.parameter.target for each in explain_prices(run(read(FAMILIES / "recognised_need")), "settlement").prices
    }
    assert "policy.settlement.extension_share" not in without


def codes(*lines: str) -> set[tuple[str, str]]:
    """Code and column of every finding on some edits."""
    try:
        found: Any = edited(*lines).warnings
    except InputError as error:
        found = error.findings
    return {(each.code, str(each.column).rpartition(".")[2]) for each in found}


POINT = "add points {{ size_class = 'megacity', item = '{0}', weight = {1}, kind = '{0}' }}"


@pytest.mark.parametrize("lines, wanted", [
    (["ladder.school.long.entitlement = 0.4"], {("ladder_falls", "entitlement")}),
    (["drop ladder.school.middle"], {("missing_row", "service")}),
    (["drop stay.000001.middle"], {("missing_row", "city")}),
    (["stay.000001.new.migrants = 5000"], {("stay_does_not_add_up", "city")}),
    (["stay.migrants = 0"], {("stay_of_nobody", "city")}),
    (["groups.order = 1"], {("order_twice", "order")}),
    (["groups.new.may_settle = true"], {("both_ways", "may_extend")}),
    ([POINT.format("insurance", 0.4), POINT.format("other", 0.6)], {("points_by_stay", "weight")}),
    ([POINT.format("residence", 0.5), POINT.format("housing", 0.5)], {("points_by_means", "weight")}),
    ([POINT.format("employment", 0.9), POINT.format("education", 0.1)], {("points_by_education", "weight")}),
    ([POINT.format("employment", 0.9)], {("points_sum", "weight")}),
    (["drop groups"], {("groups_missing", "city"), ("groups_missing", "service")}),
])  # fmt: skip
def test_findings(lines: list[str], wanted: set[tuple[str, str]]) -> None:
    assert codes(*lines) >= wanted


def test_what_a_falling_ladder_says() -> None:
    with pytest.raises(InputError) as caught:
        edited("ladder.school.long.entitlement = 0.4")
    (found,) = [each for each in caught.value.findings if each.code == "ladder_falls"]
    assert found.severity == "error" and "middle 0.5" in found.message.en and "middle 0.5" in found.message.zh
    assert found.remedy.zh and found.remedy.en


def test_who_is_extended_to_is_shown_and_not_counted_as_settled() -> None:
    lines = " ".join(show(solved(), "en").split())
    assert "3,000 persons settle of 4,000" in lines
    assert "Persons extended to: 1,600, not among those who settle." in lines
    assert "The 3,480 of the tier of settlement count 480 for them." in lines  # 0.3 of 1,600
    said = "扩面人数：1,600 人，不计入落户。各级目标中的落户人数为 3,480，其中折算计入 480 人。"
    assert said in show(solved(), "zh").replace("\n", "")
    people = next(each for each in report(solved(), "zh").sections if each.name == "people")
    assert people.sentence.endswith(said)
    of_city = {" ".join(line.split()) for line in show(solved(), "en", city="000002").splitlines()}
    assert {"settle this year 1,000 persons", "Persons extended to 1,600 persons"} <= of_city


def test_a_result_without_groups_says_nothing_of_extension() -> None:
    assert "extended" not in show(run(read(FAMILIES / "recognised_need")), "en")


def test_a_province_keeps_who_has_stayed() -> None:
    nation = read(LADDER)
    cities = nation.tables["cities"].assign(province=["00", "01"], province_name=["one", "other"])
    nation = make_instance(nation.settings, {**nation.tables, "cities": cities})
    cut = cut_province(nation, "01").instance
    assert cut.tables["stay"]["city"].unique().tolist() == ["000002"]
    assert derive(cut).settle_limit.tolist() == [1000]
    result = run(cut)
    assert result.tables["people"]["extend"].tolist() == pytest.approx([1600])


def test_stages_and_performance_leave_people_as_they_are() -> None:
    """Money is no constraint here: what has gone out early or by performance changes who gets it and nobody's rung."""
    issued = (
        "add performance { city = '000001', pool = 'general', factor = 1.1, reason = 'tasks', document = 'notice' }",
        "add issued { city = '000001', pool = 'general', stage = 'advance', amount = 3000, date = '2020-10-31',"
        " document = 'notice' }",
    )
    result = run(edited(*issued))
    assert not result.verification.failures
    general = result.tables["allocation"]["published"].tolist()
    assert general == pytest.approx([10_000 * 1.1 / 2.1, 10_000 / 2.1], abs=1)
    people = result.tables["people"]
    np.testing.assert_allclose(people[["settle", "extend"]], [[2000, 0], [1000, 1600]], atol=1e-6)


def test_a_comparison_tells_what_a_rung_does() -> None:
    """Newcomers at a rung of 0.1: A recognises 4,000 · 0.1 · 0.1 = 40 more, and of its 50 places 10 are left.

    That is 10/0.025 = 400 settlers. B recognises 80 more, of its 350: enough for 25 by settlers and 0.09 · 1,600 = 144.
    """
    result = run(edited("ladder.school.new.entitlement = 0.1"))
    people = result.tables["people"]
    np.testing.assert_allclose(people[["settle", "extend"]], [[400, 0], [1000, 1600]], atol=1e-6)
    changed = compare(solved(), result).tables["measures"]
    settled = changed[(changed["city"] == "000001") & (changed["measure"] == "settle")].iloc[0]
    assert (settled["base"], settled["other"]) == (2000, 400)


def test_another_worth_of_extension_is_another_yardstick() -> None:
    """At 0.5 a person the same plan is 3,000 + 0.5 · 1,600 = 3,800; by the yardstick of the base 3,480."""
    found = compare(solved(), run(edited("policy.settlement.extension_value = 0.5"))).tables
    tiers = found["tiers"].set_index("tier").loc["settlement"]
    assert (tiers["base"], tiers["other"]) == pytest.approx((3480, 3800))
    assert tiers["verdict"] == "other_yardstick" and tiers["other_as_base"] == pytest.approx(3480)
    assert found["yardsticks"][["measured", "column"]].to_numpy().tolist() == [
        ["settlement", "policy.settlement.extension_value"]
    ]
    decided = found["decisions"].set_index(["city", "decision"])
    assert decided.loc[("000002", "extend"), "other"] == pytest.approx(1600)
