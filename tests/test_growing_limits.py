"""Limits for each city, on spending, as a share of spending and against other cities: by hand on two cities.

Both have 100,000 residents; 8,000 and 6,000 of 10,000 seats are there, a seat costs 5, each city has 1,000 of its own
and one general transfer of 5,000 is shared out (`instances/families/pool_total`). Without a limit all of it goes to the
second city.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from alloc.api import matrix_agreement
from alloc.content.blocks import Table
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.explanation.rules.rules import explain_rules
from alloc.explanation.sensitivity.prices import explain_prices
from alloc.instance import InputError, read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import precheck
from alloc.report.sections.rules import rules
from alloc.report.view import View
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.template.province_limits import cut_limits
from alloc.verification import verify

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
FIRST, SECOND = "city == '000001'", "city == '000002'"


def line(limit: str, quantity: str, sense: str, value: float, basis: str = "amount", **more: object) -> str:
    cells = {"limit": limit, "quantity": quantity, "sense": sense, "basis": basis, **more}
    texts = ", ".join(f"{name} = {_toml(cell)}" for name, cell in cells.items())
    return f"add limits {{ {texts}, value = {value!r} }}"


def _toml(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else f'"{cell}"'


def limited(*lines: str, family: str = "pool_total") -> Instance:
    return apply(read(FAMILIES / family), [parse_edit(each) for each in lines]).instance


EACH = line("each", "allocation:general", "<=", 3000.0, each=True)
RATIO = line("ratio", "allocation:general", ">=", 0.25, "relative", where=FIRST, versus=SECOND)
SPENT = line("spent", "spending", ">=", 0.5, "relative", where=FIRST, versus=SECOND)
SHARE = line("share", "allocation:general", "<=", 0.5, "spending", where=SECOND)
AT_MOST = line("at_most", "spending", "<=", 4000.0, where=SECOND)


@cache
def solved(each: str) -> Result:
    return run(limited(each))


# Allocations of the general transfer, the score of the worse-served city; limit -> both sides.
HAND: dict[str, tuple[str, tuple[float, float], float, dict[str, tuple[float, float]]]] = {
    # nobody more than 3,000: 1,000 + 3,000 buys 800 seats, 0.68
    "each": (EACH, (2000, 3000), 0.68, {"each/000001": (2000, 3000), "each/000002": (3000, 3000)}),
    # as many residents, so a = b/4 and a + b = 5,000: 1,000 + 4,000 buys 1,000 seats, 0.7
    "ratio": (RATIO, (1000, 4000), 0.7, {"ratio": (1000, 1000)}),
    # 7,000 are spent, at least a third in the first city: 4,666.7 buys 933.3 seats; published in whole 10⁴ yuan
    "spent": (SPENT, (1333, 3667), 0.6 + 0.2 / 2.1, {"spent": (7000 / 3, 7000 / 3)}),
    # b ≤ (1,000 + b)/2, so b = 1,000: 2,000 buys 400 seats, 0.64
    "share": (SHARE, (4000, 1000), 0.64, {"share": (1000, 1000)}),
    # 4,000 buys 800 seats, 0.68, with 3,000 of the transfer
    "at_most": (AT_MOST, (2000, 3000), 0.68, {"at_most": (4000, 4000)}),
}


@pytest.mark.parametrize("name", HAND)
def test_by_hand(name: str) -> None:
    edit, allocation, fairness, sides = HAND[name]
    result = solved(edit)
    assert result.tables["allocation"]["published"].tolist() == list(allocation)
    assert result.tiers["value"]["fairness"] == pytest.approx(fairness if name != "spent" else 0.6 + 2.8 / 30, rel=1e-9)
    rows = result.tables["limits"].set_index("limit")
    assert {k: (rows["left"][k], rows["right"][k]) for k in rows.index} == {
        k: (pytest.approx(left), pytest.approx(right)) for k, (left, right) in sides.items()
    }
    assert not matrix_agreement(result.instance).failures


@pytest.mark.parametrize("name", HAND)
def test_a_side_that_is_tampered_with_is_found(name: str) -> None:
    result = solved(HAND[name][0])
    for column in ("left", "right"):
        limits = result.tables["limits"].copy()
        limits.loc[len(limits) - 1, column] += 5.0
        assert not verify(result.instance, {**result.tables, "limits": limits}).passed


def test_a_limit_that_is_broken_is_found() -> None:
    """The plan without limits gives the second city everything: each of these limits says no to it."""
    plain = run(limited()).tables
    for edit, *_ in HAND.values():
        result = solved(edit)
        tables = {**plain, "limits": result.tables["limits"]}
        assert "group_limit" in {each.family for each in verify(result.instance, tables).failures}


def test_without_them_nothing_is_there() -> None:
    base = limited(line("one", "allocation:general", "<=", 3000.0, where=SECOND))
    blank = apply(base, [parse_edit("limits.one.each = false")]).instance
    assert base.tables["limits"]["versus"].tolist() == [""] and not base.tables["limits"]["each"].any()
    assert blank.hash == base.hash != solved(EACH).instance.hash


@pytest.mark.parametrize("edits, wanted", [
    # 2,600 for each city are more than the 5,000 that there are; 2,500 for each is what is left
    ([line("each", "allocation:general", ">=", 2600.0, each=True)], "limits.each.value = 2500"),
    # at most 1,000 for the second, so a = 4,000 at the most by the first: a ratio of 4
    ([line("ratio", "allocation:general", ">=", 5.0, "relative", where=FIRST, versus=SECOND),
      line("some", "allocation:general", ">=", 1000.0, where=SECOND)], "limits.ratio.value = 4"),
])  # fmt: skip
def test_a_conflict_names_the_limit_and_turns_it(edits: list[str], wanted: str) -> None:
    conflict = explain_conflict(limited(*edits))
    lines = [one for repair in conflict.menu.repairs for one in repair.lines]
    assert any(one.startswith(wanted.rpartition(" ")[0]) for one in lines), lines
    for language in ("zh", "en"):
        assert conflict.sentences(language)


def test_prices_and_costs_of_rules() -> None:
    prices = {each.parameter.target: each for each in explain_prices(solved(RATIO), "fairness").prices}
    # a = r·b: b = 5,000/(1 + r), fairness 0.6 + (1,000 + b)/50,000; d/dr = −5,000/1.25²/50,000 = −0.064
    assert prices["limits.ratio.value"].increase.value == pytest.approx(-0.064)
    costs = {each.rule: each for each in explain_rules(solved(EACH), only=["limits.each"]).costs}
    assert set(costs) == {"limits.each"}


def findings(*edits: str, family: str = "pool_total") -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        limited(*edits, family=family)
    return [(each.code, each.column.rpartition(".")[2], each.severity) for each in caught.value.findings]


def test_what_cannot_be_compared_is_a_finding() -> None:
    relative = ("one", "allocation:general", ">=", 0.5, "relative")
    assert findings(line(*relative, where=FIRST)) == [("missing_value", "versus", "error")]
    assert findings(line(*relative, where=FIRST, versus="city == '9'")) == [("selects_nothing", "versus", "error")]
    assert findings(line(*relative, versus=SECOND)) == [("versus_overlaps", "versus", "error")]
    assert findings(line(*relative, where=FIRST, versus="town = 1")) == [("bad_where", "versus", "error")]
    given = ("one", "allocation:general", ">=", 0.5, "amount")
    assert findings(line(*given, where=FIRST, versus=SECOND)) == [("versus_without_relative", "versus", "error")]
    assert findings(line("one", "spending", "<=", 0.5, "spending")) == [("share_of_itself", "basis", "error")]
    assert findings(line("one", "spending", "<=", 0.5, "share")) == [("share_of_no_pool", "basis", "error")]


@pytest.mark.parametrize(
    "versus, code", [("debt_tier = 'red'", "selects_nothing"), ("debt_tier != 'red'", "versus_overlaps")]
)
def test_tiers_of_debt_are_told_before_the_solve(versus: str, code: str) -> None:
    instance = limited(line("one", "allocation:general", ">=", 0.5, "relative", where=FIRST, versus=versus))
    (found,) = precheck(instance, derive(instance))
    assert (found.code, found.column, found.key, found.severity) == (code, "versus", "one", "error")


def test_a_ratio_that_no_bounds_allow_is_told_before_the_solve() -> None:
    edits = ("pools.general.corridor_up = 0.2", "pools.general.corridor_down = 0.2")
    ratio = line("one", "allocation:general", ">=", 2.0, "relative", where=FIRST, versus=SECOND)
    instance = limited(*edits, ratio)  # 2,000 to 3,000 each: the first would need 4,000
    (found,) = [each for each in precheck(instance, derive(instance)) if each.severity == "error"]
    assert (found.code, found.key) == ("limit_against_bounds", "one")
    assert "4,000" in found.message.en and "3,000" in found.message.en


def test_the_report_has_the_row_with_the_least_room() -> None:
    for language, title in (("zh", "each，乙市"), ("en", "each, Second")):
        section = rules(View(solved(EACH), language))
        (table,) = [each for each in section.parts if isinstance(each, Table) and each.name == "limits"]
        assert [row[0] for row in table.rows] == [title]


def test_a_province_keeps_what_has_a_meaning_in_it() -> None:
    nation = limited(EACH, RATIO)
    keys = nation.tables["cities"]["city"] == "000001"
    tables = {**nation.tables, "cities": nation.tables["cities"][keys]}
    for name in ("capacity", "last_year"):
        tables[name] = nation.tables[name][nation.tables[name]["city"] == "000001"]
    province = make_instance(nation.settings, tables)
    cut, (gone, _), _ = cut_limits(nation, derive(nation), province)
    assert cut.tables["limits"]["limit"].tolist() == ["each"]
    assert "the province has no city to compare with" in "".join(note.en for note in gone)
