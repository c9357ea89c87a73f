"""Long work on the page in a real browser: whole facilities, curves, and how a workspace begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chromium import browser as browser
from test_workbench_page import AXE, SIZES, WRONG, Seat, until
from workbench_server import served

pytestmark = [pytest.mark.browser, pytest.mark.long]
VIOLATIONS = "axe.run().then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.html)]))"


@pytest.fixture(scope="module")
def seat(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    with served(tmp_path_factory.mktemp("desk")) as client:
        client.begin("hand", "shipped")
        client.settled()
        yield Seat(browser, client)


def looks_right(tab: Any) -> None:
    """Nothing is cut or over something else at any size, and axe has no finding."""
    for name, (width, height) in SIZES.items():
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(100)
        assert tab.evaluate(WRONG) == [], name
    tab.set_viewport_size({"width": 1366, "height": 768})
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    assert tab.evaluate(VIOLATIONS) == []


def test_whole_facilities_are_followed_and_their_result_is_told_apart(seat: Seat):
    tab = seat.page("zh")
    before = tab.locator(".pool .f").first.text_content()
    tab.locator("[data-key=whole]").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".banner.run")
    rows = len(seat.client.state()["tiers"])
    until(tab, f"document.querySelectorAll('.banner.run ~ * .objectives tbody tr').length === {rows}", 60)
    assert tab.locator(".lamp").last.get_attribute("class") == "lamp wait"
    looks_right(tab)
    assert tab.locator(".pool .f").first.text_content() == before, "the relaxation stays"
    until(tab, "document.querySelector('.banner.whole') !== null", 90)
    state = seat.client.settled()
    assert state["kind"] == "whole" and state["words"]["zh"] in tab.locator(".banner.whole").text_content()
    assert tab.locator(".objectives .share").count() == 0, "what has ended has no bar of how far it is"
    shown = [row.locator("td b").text_content() for row in tab.locator(".objectives tbody tr").all()]
    assert shown == [each["best"]["zh"] for each in state["whole"]]
    looks_right(tab)
    tab.context.close()


@pytest.mark.slow
def test_esc_gives_a_run_up(seat: Seat):
    seat.client.edit("pools.general.total = 9700")
    seat.client.settled()
    tab = seat.page()
    tab.locator("[data-key=whole]").click()
    tab.wait_for_selector(".banner.run")
    tab.locator(".search").focus()
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("Escape")
    until(tab, "document.querySelector('.banner.run') === null")
    assert seat.client.settled()["jobs"] == [] and seat.client.state()["kind"] == "relaxation"
    seat.clear()
    tab.context.close()


@pytest.mark.slow
def test_a_curve_is_drawn_pointed_at_and_set(seat: Seat):
    """By hand, from 0.8 to 1.2 in two values and today's: coverage is 0.80, 0.82 and 0.84 (0.2 for each 10⁸ yuan)."""
    tab = seat.page("zh")
    tab.goto(tab.url.split("#")[0] + "#curve")
    tab.wait_for_selector("[data-key=curve-rule]")
    tab.locator("[data-key=curve-rule]").select_option("pools.general.total")
    for name, value in (("from", "0.8"), ("to", "1.2"), ("count", "2")):
        tab.locator(f"[data-key=curve-{name}]").fill(value)
    tab.locator("[data-key=curve-city]").select_option("000001")
    tab.keyboard.press("Escape")
    tab.locator("[data-key=run]").focus()
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.values tbody tr').length === 3", 90)
    until(tab, "document.querySelector('[data-key=stop]') === null", 30)
    cells = [row.locator("td").nth(3).text_content() for row in tab.locator(".values tbody tr").all()]
    assert cells == ["0.80000", "0.82000", "0.84000"]
    assert tab.locator(".charts svg > g").count() == len(seat.client.state()["tiers"]) + 1, (
        "a chart each, and the city's"
    )
    assert tab.locator(".charts line[stroke-dasharray]").count() == tab.locator(".charts svg > g").count()
    tab.locator(".charts").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".charts .pointed[visibility=visible]").first.get_attribute("data-step") == "2"
    assert "▲ 0.02000 变好" in tab.locator(".side.rt").text_content()
    looks_right(tab)
    tab.locator("[data-key=set]").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".balance")
    (edit,) = seat.client.settled()["edits"]
    assert edit["trial"] and edit["lines"] == ["pools.general.total = 12000"]
    tab.locator("[data-key=further]").click()
    assert tab.locator("[data-key=curve-rule]").input_value() == "pools.general.total"
    assert tab.locator(".stale").count() == 1, "the curve is from before the edit"
    seat.clear()
    tab.context.close()


def test_work_begins_with_a_path_and_what_is_wrong_is_said(seat: Seat):
    tab = seat.page("zh")
    tab.goto(f"{seat.client.base}/?start")
    tab.wait_for_selector(".begins")
    looks_right(tab)
    assert tab.locator(".objectives tbody tr").count() == 1
    tab.locator("[data-key=path]").focus()
    tab.keyboard.type("/nowhere/at all")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".banner")
    assert "没有这个文件夹或工作簿" in tab.locator(".banner").text_content()
    assert tab.locator("[data-key=path]").input_value() == "/nowhere/at all", "it can be mended where it was typed"
    tab.locator("[data-key=path]").fill("hand")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".tabulator-row", timeout=60_000)
    assert len(seat.client.get("workspaces").json()["workspaces"]) == 2
    tab.goto(f"{seat.client.base}/?w=gone")
    tab.wait_for_selector(".banner")
    tab.context.close()
