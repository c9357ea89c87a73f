"""Numbers as they are typed: with 万 and 亿 where the unit of the field can be counted so, in the page's own code."""

from __future__ import annotations

from typing import Any

import pytest

from alloc.opening import opened
from alloc.workbench.picture.offer import offer
from test_workbench_page import Seat
from test_workbench_page import browser as browser
from test_workbench_page import cleared as cleared
from test_workbench_page import seat as seat

TYPED = [
    ("40万", "人", 400_000), ("40 万人", "人", 400_000),
    ("17192亿", "亿元", 17_192), ("17192亿元", "万元", 171_920_000),
    ("40万", "万元", 40), ("5000万", "亿元", None), ("1.8万亿", "亿元", 18_000), ("1.8万亿元", "万元", 180_000_000),
    ("+5%", "%", None), ("-5%", "%", -5), ("5%", "%", 5),
    ("3亿", "10⁸ yuan", 3), ("40万", "%", None), ("万", "人", None),
    ("40万亩", "公顷", None), ("400,000公顷", "公顷", 400_000), ("1e999", "公顷", None), ("lots", "ha", None),
]  # fmt: skip


@pytest.mark.browser
@pytest.mark.long
def test_ten_thousands_and_hundred_millions_are_read(seat: Seat):
    tab = seat.page("zh")
    tab.evaluate("async () => { window.read = (await import('/page/numbers.mjs')).parsed; }")
    read: list[Any] = [
        tab.evaluate("([text, unit]) => window.read(text, unit)", [text, unit]) for text, unit, _ in TYPED
    ]
    assert read == [value for _, _, value in TYPED]
    tab.context.close()


def test_a_limit_is_offered_by_titles_and_in_the_unit_of_its_pool():
    found = offer(opened("china-2020", relaxation=True).instance)
    assert [each.id for each in found.columns if each.title.zh == each.id] == [], "every column has a title"
    assert "gdp" in {each.id for each in found.columns}
    units = {each.id: (each.shown.zh, each.size) for each in found.quantities}
    assert units["allocation:equalisation"] == ("亿元", 10_000.0)
    assert units["allocation:land"] == ("公顷", 1.0)


@pytest.mark.browser
@pytest.mark.long
def test_a_number_that_stands_already_is_no_edit_and_undo_asks_for_nothing_where_nothing_is_left(seat: Seat):
    told: list[str] = []
    tab = seat.page("zh", told)
    posted: list[str] = []
    tab.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    tab.locator('[data-key="pools.general.total"]').click()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Control+z")
    tab.wait_for_timeout(500)
    assert seat.client.settled()["edits"] == [] and posted == [] and told == []
    tab.context.close()
