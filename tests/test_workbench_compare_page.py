"""Scenarios, limits, Compare, workbooks and chosen cities of the workbench in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alloc.copies import convert
from test_workbench_data import ASK_AXE
from test_workbench_page import AXE, RULE, SIZES, WRONG, Seat, change, until
from test_workbench_page import browser as browser
from test_workbench_page import cleared as cleared
from test_workbench_page import seat as seat

pytestmark = [pytest.mark.browser, pytest.mark.long]


def axe(tab: Any) -> Any:
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    return tab.evaluate(ASK_AXE)


def settled(tab: Any, selector: str) -> None:
    tab.wait_for_selector(selector, timeout=120_000)
    tab.wait_for_timeout(100)


def test_a_limit_is_built_by_choosing_and_tried_as_the_line_that_is_shown(seat: Seat):
    told: list[str] = []
    tab = seat.page(told=told)
    tab.locator("[data-key=limit]").focus()
    tab.keyboard.press("Enter")
    settled(tab, "dialog[open] [data-key=value]")
    tab.locator("[data-key=value]").fill("4000")
    tab.locator("[data-key=condition]").focus()
    tab.keyboard.press("Enter")
    tab.locator("[data-key=c0]").select_option("city")
    tab.locator("[data-key=v0]").select_option(["000001"])
    tab.locator("[data-key=reason]").fill("tried")
    until(tab, "document.querySelector('[data-key=try]').disabled === false")
    line = tab.locator("code.line").text_content()
    assert line.startswith("add limits { limit = 'limit-1'") and "value = 4000" in line
    assert tab.evaluate(WRONG) == [] and axe(tab) == []
    tab.locator("[data-key=try]").click()
    settled(tab, '[data-key="limits.limit-1.value"]')
    state = seat.client.settled()
    assert [(edit["lines"], edit["why"], edit["trial"]) for edit in state["edits"]] == [([line], "tried", True)]
    given = dict(zip(*_column(seat, "pool:general"), strict=True))
    assert given["000001"] <= 4000
    tab.keyboard.press("Escape")
    until(tab, "!document.querySelector('[data-key=\"limits.limit-1.value\"]')")
    assert told == []
    tab.context.close()


def _column(seat: Seat, id: str) -> tuple[list[str], list[Any]]:
    table = seat.client.get(f"w/{seat.client.w}/cities?at=shown").json()
    at = [column["id"] for column in table["columns"]].index(id)
    return table["keys"], table["values"][at]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_edits_are_given_a_reason_saved_compared_and_the_scenario_is_taken_away(seat: Seat, language: str):
    tab = seat.page(language)
    change(tab, RULE, "0.9")
    tab.wait_for_selector(".balance")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.buttons:not([hidden])').length === 0")
    (edit,) = seat.client.settled()["edits"]
    tab.locator(f'[data-key="why{edit["n"]}"]').click()
    tab.keyboard.type("less money")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelector('.edit')?.textContent.includes('less money')")
    assert [each["why"] for each in seat.client.settled()["edits"]] == ["less money"]

    tab.keyboard.press("Control+s")
    settled(tab, "dialog[open] [data-key=title_zh]")
    tab.keyboard.type("少一成")
    tab.locator("[data-key=title_en]").fill("A tenth less")
    assert tab.locator("[data-key=name]").input_value() == "a-tenth-less"
    tab.keyboard.press("Enter")
    settled(tab, "dialog[open] code.line")
    line = tab.locator("dialog[open] code.line").text_content()
    assert line == "alloc solve instance --scenario scenarios/a-tenth-less.toml --relaxation", "as the page shows it"
    assert tab.evaluate(WRONG) == [] and axe(tab) == []
    tab.keyboard.press("Escape")

    tab.evaluate("location.hash = 'compare'")
    settled(tab, ".totals")
    assert tab.locator(".totals thead th").count() == 4, "the base, the edits that stand, their difference"
    until(tab, "document.querySelectorAll('.tabulator-table .tabulator-row').length === 1")
    assert "1,000" in tab.locator(".tabulator-table .tabulator-row").text_content().replace("0.10", "1,000")
    unit = {"zh": "万元", "en": "10⁴ yuan"}[language]
    assert tab.locator(".told mark").first.text_content() == f"9,000 {unit}", "what went in, in the unit of its field"
    tab.locator("select[data-key=more]").select_option("scenario:a-tenth-less")
    until(tab, "document.querySelectorAll('.totals thead th').length === 6", 120)
    tab.locator("[data-key=bysize_class]").click()
    tab.wait_for_selector(".tabulator-row")
    for width, height in SIZES.values():
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(150)
        assert tab.evaluate(WRONG) == []
    tab.set_viewport_size({"width": 1366, "height": 768})
    assert axe(tab) == []

    tab.locator("[data-key=manage]").click()
    tab.locator('[data-key="awaya-tenth-less"]').click()
    tab.locator("[data-key=sure]").click()
    until(tab, "!document.querySelector('[data-key=\"awaya-tenth-less\"]')")
    assert "a-tenth-less" not in [each["id"] for each in seat.client.state()["scenarios"]]
    tab.context.close()


def dropped(tab: Any, path: Path) -> None:
    """A file is chosen, which is what a dropped one comes to."""
    with tab.expect_file_chooser() as found:
        tab.locator("[data-key=replace]").click()
    found.value.set_files(str(path))


@pytest.mark.slow
def test_a_workbook_shows_what_differs_and_says_what_is_wrong_with_it(seat: Seat, tmp_path: Path):
    tab = seat.page()
    tab.evaluate("location.hash = 'data'")
    tab.wait_for_selector('[data-row="000001"]')
    plan = tmp_path / "plan.xlsx"
    convert(seat.client.desk.live(seat.client.w).files.instance, plan)
    book = openpyxl.load_workbook(plan)
    column = next(cell.column for cell in book["Cities"][2] if cell.value == "residents")
    book["Cities"].cell(3, column).value = "many"
    book.save(plan)
    dropped(tab, plan)
    settled(tab, ".side.rt .found")
    assert tab.locator(".tabulator-cell.err").count() == 0, "what stands in the grid is right: the fault is in the file"
    assert "correct them there and bring it in again" in tab.locator(".banner").text_content()
    assert "Cities row 3" in tab.locator(".side.rt .found").first.text_content()
    assert tab.evaluate(WRONG) == [] and axe(tab) == []
    (tmp_path / "cut.xlsx").write_bytes(plan.read_bytes()[:2000])
    dropped(tab, tmp_path / "cut.xlsx")
    until(tab, "/damaged/.test(document.querySelector('.banner')?.textContent)")

    book["Cities"].cell(3, column).value = 120_000
    book.save(plan)
    dropped(tab, plan)
    settled(tab, "dialog[open] [data-key=confirm]")
    assert tab.evaluate(WRONG) == [] and axe(tab) == []
    tab.locator("dialog [data-key=confirm]").click()
    until(tab, "document.querySelector('[data-row=\"000001\"][tabulator-field=residents]').textContent === '120,000'")
    assert [edit["why"] for edit in seat.client.settled()["edits"]] == ["plan.xlsx"]
    tab.context.close()


def test_cities_are_chosen_by_keys_and_summed_up_by_the_engine(seat: Seat):
    tab = seat.page()
    tab.locator(".tabulator-table .tabulator-cell").first.focus()
    tab.keyboard.press("Control+a")
    settled(tab, ".picked")
    assert "2 cities chosen" in tab.locator(".picked").text_content()
    total = seat.client.post(f"w/{seat.client.w}/sums", {"cities": ["000001", "000002"]}).json()["values"]
    assert f"{total['residents'] / 1e4:,.0f}" in tab.locator(".picked").text_content()
    tab.keyboard.press("Space")
    until(tab, "/1 city chosen/.test(document.querySelector('.picked')?.textContent)")
    assert tab.locator(".tabulator-row.sel").count() == 1
    assert tab.evaluate(WRONG) == [] and axe(tab) == []
    tab.locator("[data-key=selpages]").click()
    settled(tab, "[data-key=cities]")
    assert tab.locator("[data-key=cities]").evaluate("list => list.selectedOptions.length") == 1
    assert tab.evaluate(WRONG) == [] and axe(tab) == []
    tab.context.close()
