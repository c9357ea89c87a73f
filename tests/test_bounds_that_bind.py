"""Floors, caps and corridors at which cities stand, in every list of rules that bind: on two cities by hand.

All of 10,000 goes to the second city, the worse served, but what bounds leave the first: half of last year's 2,000 by a
floor, and a cap of 1.5 of last year's 6,000 for the second; by a corridor of a half a quarter each way of 10,000.
"""

from __future__ import annotations

from functools import cache

import pytest

import alloc
from alloc.report.sections.rules import rules
from alloc.report.sections.summary import summary
from alloc.report.view import View
from alloc.result.frames.bounds import bounds_that_bind
from alloc.result.result import Result
from alloc.workbench.picture.outcome import binding

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
    page = [getattr(each.words, language) for each in binding(result)]
    assert set(said) <= set(page)


def test_the_first_page_names_no_cities_where_many_bounds_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a solve that stopped: names of all of them would take more than the page."""
    view = View(solved(*LAST, FLOOR, CAP), "zh")
    many = bounds_that_bind(view.result) * 4
    monkeypatch.setattr("alloc.report.sections.summary.bounds_that_bind", lambda *_: many)
    items = [item for part in summary(view).parts for item in getattr(part, "items", ())]
    told = "；".join(["保底：一般性转移支付，下限 1 个", "封顶：一般性转移支付，上限 1 个"] * 3)
    assert f"已到上下限的城市数，{told}；另有 2 项见“起约束作用的规则”表。" in items
