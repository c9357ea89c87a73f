"""Floors, caps and corridors at which cities stand, in every list of rules that bind: on two cities by hand.

All of 10,000 goes to the second city, the worse served, but what bounds leave the first: half of last year's 2,000 by a
floor, and a cap of 1.5 of last year's 6,000 for the second; by a corridor of a half a quarter each way of 10,000.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import alloc
from alloc.report.sections.rules import rules
from alloc.report.sections.summary import summary
from alloc.report.view import View
from alloc.result.frames.bounds import bounds_that_bind, title_of_bound
from alloc.result.result import Result
from alloc.workbench.picture.outcome import binding
from alloc.workbench.picture.rules import rules as numbers

LAST = ("add last_year { city = '000001', pool = 'general', amount = 2000 }",
        "add last_year { city = '000002', pool = 'general', amount = 6000 }")  # fmt: skip
FLOOR, CAP = "pools.general.floor_multiple = 0.5", "pools.general.cap_multiple = 1.5"
CORRIDOR = ("pools.general.corridor_down = 0.5", "pools.general.corridor_up = 0.5")
SAID = {
    (*LAST, FLOOR): (
        ("floor", "lower", ("000001",), 2, "有 1 个城市的一般性转移支付处在下限（保底）：甲市。",
         "1 city stands at the least of General transfer (floor): First."),
    ),
    (*LAST, FLOOR, CAP): (
        ("floor", "lower", ("000001",), 2, "有 1 个城市的一般性转移支付处在下限（保底）：甲市。",
         "1 city stands at the least of General transfer (floor): First."),
        ("cap", "upper", ("000002",), 2, "有 1 个城市的一般性转移支付处在上限（封顶）：乙市。",
         "1 city stands at the most of General transfer (cap): Second."),
    ),
    CORRIDOR: (
        ("corridor", "lower", ("000001",), 2, "有 1 个城市的一般性转移支付处在下限（浮动区间）：甲市。",
         "1 city stands at the least of General transfer (corridor): First."),
        ("corridor", "upper", ("000002",), 2, "有 1 个城市的一般性转移支付处在上限（浮动区间）：乙市。",
         "1 city stands at the most of General transfer (corridor): Second."),
    ),
}  # fmt: skip


@cache
def solved(*edits: str) -> Result:
    return alloc.solve("hand", edits=list(edits))


@pytest.mark.parametrize("edits", SAID)
def test_bounds_name_rule_side_and_cities(edits: tuple[str, ...]) -> None:
    found = bounds_that_bind(solved(*edits))
    assert tuple((each.rule, each.side, each.cities, each.of, *each.words) for each in found) == SAID[edits]


def test_nothing_binds_where_there_is_no_bound_and_what_is_fixed_by_hand_is_no_rule() -> None:
    assert bounds_that_bind(solved()) == []
    assert bounds_that_bind(solved("add overrides { city = '000001', pool = 'general', amount = 3000 }")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_list_of_rules_that_bind_has_them(language: str) -> None:
    """Screen, report, its first page, and the workbench."""
    result = solved(*LAST, FLOOR, CAP)
    said = [getattr(each.words, language) for each in bounds_that_bind(result)]
    screen = " ".join(alloc.show(result, language).split())
    assert ("保底：一般性转移支付" if language == "zh" else "floor: General transfer") in screen
    view = View(result, language)
    (table,) = (part for part in rules(view).parts if getattr(part, "name", "") == "binding")
    assert [row[3] for row in table.rows if row[3] in said] == said
    first = {
        "zh": "已到上下限的城市数，保底：一般性转移支付，下限 1 个（甲市）；封顶：一般性转移支付，上限 1 个（乙市）。",
        "en": "Cities at their least or most: floor: General transfer, at the least 1 (First); "
        "cap: General transfer, at the most 1 (Second).",
    }
    items = [item for part in summary(view).parts for item in getattr(part, "items", ())]
    assert first[language] in items
    page = [getattr(each.words, language) for each in binding(result, bounds_that_bind(result))]
    assert set(said) <= set(page)


def test_the_first_page_names_no_cities_where_many_bounds_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a solve that stopped: names of all of them would take more than the page."""
    view = View(solved(*LAST, FLOOR, CAP), "zh")
    many = bounds_that_bind(view.result) * 4
    monkeypatch.setattr("alloc.report.sections.summary.bounds_that_bind", lambda *_: many)
    items = [item for part in summary(view).parts for item in getattr(part, "items", ())]
    told = "；".join(["保底：一般性转移支付，下限 1 个", "封顶：一般性转移支付，上限 1 个"] * 3)
    assert f"已到上下限的城市数，{told}；另有 2 项见“起约束作用的规则”表。" in items


ROWS = {
    "zh": (("浮动区间：一般性转移支付，下限", "1", "—", "—", "1", "—"),
           ("保底：一般性转移支付，下限", "0", "1", "+1", "1", "2"),
           ("浮动区间：一般性转移支付，上限", "1", "—", "—", "2", "—"),
           ("封顶：一般性转移支付，上限", "—", "1", "—", "—", "2")),
    "en": (("corridor: General transfer, at the least", "1", "—", "—", "1", "—"),
           ("floor: General transfer, at the least", "0", "1", "+1", "1", "2"),
           ("corridor: General transfer, at the most", "1", "—", "—", "2", "—"),
           ("cap: General transfer, at the most", "—", "1", "—", "—", "2")),
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_comparison_has_them_behind_the_rules(language: str, tmp_path: Path) -> None:
    """A corridor of 0.6 cuts the floor off for the second city, and stands in one of the two alone."""
    corridor = ("pools.general.corridor_down = 0.6", "pools.general.corridor_up = 0.6")
    comparison = alloc.compare(solved(*LAST, FLOOR, *corridor), solved(*LAST, FLOOR, CAP))
    found = comparison.rows("families", "B").set_index("family")
    assert list(found.index[-4:]) == [
        "corridor.general.lower", "floor.general.lower", "corridor.general.upper", "cap.general.upper"
    ]  # fmt: skip
    lines = [tuple(re.split(r"  +", line.strip())) for line in alloc.show(comparison, language).splitlines()]
    assert tuple(line for line in lines if line[0] in {row[0] for row in ROWS[language]}) == ROWS[language]
    page = comparison.write(tmp_path / "both.html", language).read_text(encoding="utf-8")
    assert all(row[0] in page for row in ROWS[language])


def test_a_bound_at_which_no_city_stands_is_only_counted_beside_another_result() -> None:
    result = solved(*LAST, FLOOR)
    assert [(each.name, each.of, len(each.cities)) for each in bounds_that_bind(result, idle=True)] == [
        ("floor.general.lower", 2, 1)
    ]
    loose = solved(*LAST, FLOOR, "pools.general.cap_multiple = 1.55")
    assert "cap.general.upper" in {each.name for each in bounds_that_bind(loose, idle=True)}
    both = alloc.compare(loose, loose)
    assert not [name for name in both.tables["families"]["family"] if name.startswith("cap.")]
    assert title_of_bound("unknown.general.lower", {}, {"general": "General"}, "en") == "unknown.general.lower"


WOULD = ("cities.000001.migrants_within = 1000", "cities.000002.migrants_within = 1000")
LAST_SETTLED = ("cities.000001.settled_last = 40", "cities.000002.settled_last = 400")
GROWTH = "policy.settlement.growth = 1.5"
SETTLED = (
    ("willingness.upper", ("000002",), 1, "落户意愿", "有 1 个城市的落户人数已到上限（落户意愿）：乙市。",
     "In 1 city as many settle as may (Willingness to settle): Second."),
    ("settlement_growth.upper", ("000001",), 1, "落户增长上限", "有 1 个城市的落户人数已到上限（落户增长上限）：甲市。",
     "In 1 city as many settle as may (Growth of settlement): First."),
)  # fmt: skip


def test_limits_of_settlement_that_bind_are_told_like_others() -> None:
    """Half of 1,000 would; 1.5 of 40 settled last are 60, of 400 more than would. Screen, report, workbench, dots."""
    result = solved(*WOULD, *LAST_SETTLED, GROWTH)
    found = bounds_that_bind(result)
    assert tuple((each.name, each.cities, each.of, each.title.zh, *each.words) for each in found) == SETTLED
    screen = " ".join(alloc.show(result, "en").split())
    view = View(result, "zh")
    (table,) = (part for part in rules(view).parts if getattr(part, "name", "") == "binding")
    page = {each.family: each for each in binding(result, found)}
    for name, _, _, title, zh, en in SETTLED:
        assert en in screen
        assert [row[:5] for row in table.rows if row[0] == title] == [(title, 1.0, 1.0, zh, "规划部门自定")]
        assert (page[name].count, page[name].words.zh, page[name].by_city) == (1, zh, True)
    items = [item for part in summary(view).parts for item in getattr(part, "items", ())]
    assert sum("落户增长上限" in item for item in items) == 1, (
        "the first page tells settlement in a sentence of its own"
    )


def test_a_number_of_the_policy_binds_where_its_bound_holds_a_city_that_has_no_number_of_its_own() -> None:
    def dots(*edits: str) -> list[bool | None]:
        result = solved(*WOULD, *LAST_SETTLED, *edits)
        bounds = bounds_that_bind(result, idle=True)
        known = {each.id: each.binds for each in numbers(result.instance, result, bounds)}
        return [known[f"policy.settlement.{name}"] for name in ("willingness", "growth")]

    assert dots(GROWTH) == [True, True]
    assert dots() == [True, None], "no growth is limited"
    assert dots("policy.settlement.growth = 30") == [True, False]
    assert dots("cities.000002.willingness = 0.1", GROWTH) == [False, True]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_comparison_tells_the_limits_of_settlement(language: str) -> None:
    comparison = alloc.compare(solved(*WOULD, *LAST_SETTLED), solved(*WOULD, *LAST_SETTLED, GROWTH))
    found = comparison.rows("families", "B").set_index("family").loc[["willingness.upper", "settlement_growth.upper"]]
    assert found["binding_other" if "binding_other" in found else "other"].tolist() == [1, 1]
    title = {"zh": "落户增长上限", "en": "Growth of settlement"}[language]
    lines = [re.split(r"  +", line.strip()) for line in alloc.show(comparison, language).splitlines()]
    assert [line[1:] for line in lines if line[0] == title] == [["—", "1", "—", "—", "1"]]
