"""A table wider than its place: columns in sight alone are drawn, and nothing that is out of sight is lost."""

from __future__ import annotations

from typing import Any

import pytest

from test_workbench_data import cell, opened
from test_workbench_page import Seat, until
from test_workbench_page import browser as browser
from test_workbench_page import cleared as cleared
from test_workbench_page import seat as seat

pytestmark = [pytest.mark.browser, pytest.mark.long]

HOLDER = "document.querySelector('.tabulator-tableholder')"
HEADS = ".tabulator-headers > .tabulator-col"
# How many left edges the cells of a column have, its head and its total among them: one, if all stand below each other.
EDGES = """id => {
  const own = `[tabulator-field="${id}"]`;
  const all = document.querySelectorAll(`.tabulator-cell${own}, .tabulator-headers > .tabulator-col${own}`);
  return new Set([...all].map(each => Math.round(each.getBoundingClientRect().left))).size;
}"""
SEEN = """() => {
  const cell = document.activeElement, box = cell.getBoundingClientRect();
  const holder = document.querySelector('.tabulator-tableholder').getBoundingClientRect();
  const staying = [...cell.parentElement.querySelectorAll('.stays')].filter(each => !cell.classList.contains('stays'));
  const left = Math.max(holder.left, ...staying.map(each => each.getBoundingClientRect().right));
  return box.width > 0 && box.left >= left - 1 && box.right <= holder.right + 1;
}"""
ROWS = """() => [...document.querySelectorAll('.tabulator-table .tabulator-row')]
  .map(row => [...row.children].map(each => each.getAttribute('tabulator-field')))"""
INSIDE = """() => {
  const { left, right } = document.querySelector('.tabulator-tableholder').getBoundingClientRect();
  return [...document.querySelectorAll('.tabulator-headers > .tabulator-col')].filter(head => {
    const box = head.getBoundingClientRect();
    return box.right > left && box.left < right;
  }).map(head => head.getAttribute('tabulator-field'));
}"""
NARROW = 320  # pixels of a window in which most columns of `hand` are out of sight


def all_columns(seat: Seat, told: list[str]) -> Any:
    """A page whose table of cities has every column there is."""
    tab = seat.page(told=told)
    tab.locator("[data-key=columns]").click()
    tab.evaluate(
        "document.querySelectorAll('fieldset.menu input[type=checkbox]:not(:checked)').forEach(box => box.click())"
    )
    boxes = tab.locator("fieldset.menu input[type=checkbox]").count()
    until(tab, f"document.querySelectorAll('{HEADS}').length === {boxes + 1}")  # the first has no box: it stays
    tab.keyboard.press("Escape")
    until(tab, f"{HOLDER}.scrollWidth > 2 * {HOLDER}.clientWidth")
    return tab


def ids(tab: Any) -> list[str]:
    """The columns of the table, in their order."""
    return [head.get_attribute("tabulator-field") for head in tab.locator(HEADS).all()]


def narrow(seat: Seat, told: list[str]) -> Any:
    """The screen Data in a window in which its columns do not all fit."""
    tab = opened(seat, told=told)
    tab.set_viewport_size({"width": NARROW, "height": 600})
    tab.reload()
    told.clear()  # what was still on its way is given up
    tab.wait_for_selector('[data-row="000001"]')
    until(tab, f"{HOLDER}.scrollWidth > {HOLDER}.clientWidth")
    return tab


def reached(tab: Any, column: str) -> None:
    """The cell of a column gets the focus, and is in sight, not under those that stay."""
    at = "document.activeElement.getAttribute('tabulator-field')"
    until(tab, f"{at} === {column!r} && ({SEEN})()")


def test_columns_in_sight_are_drawn_and_the_row_above_all_has_every_one(seat: Seat):
    told: list[str] = []
    tab = all_columns(seat, told)
    columns = ids(tab)
    total = tab.locator(".tabulator-calcs .tabulator-cell").all_text_contents()
    assert len(total) == len(columns)
    for left in (0, 300, 900, 99_999, 500, 0):
        tab.evaluate(f"left => {{ {HOLDER}.scrollLeft = left; }}", left)
        tab.wait_for_timeout(150)
        rows = tab.evaluate(ROWS)
        (drawn,) = {tuple(row) for row in rows}
        assert drawn[0] == columns[0] and len(drawn) < len(columns)
        at = columns.index(drawn[1])
        assert list(drawn[1:]) == columns[at : at + len(drawn) - 1], "one beside the other, in their order"
        for column in drawn:
            assert tab.evaluate(EDGES, column) == 1, (
                f"{column}: head, total and cells stand one below the other at {left}"
            )
        assert set(tab.evaluate(INSIDE)) <= set(drawn)
    assert tab.locator(".tabulator-calcs .tabulator-cell").all_text_contents() == total
    assert told == []
    tab.context.close()


@pytest.mark.slow
def test_the_arrows_bring_a_column_into_sight(seat: Seat):
    told: list[str] = []
    tab = all_columns(seat, told)
    columns = ids(tab)
    tab.locator(".tabulator-table .tabulator-cell").first.focus()
    for key, column in (("End", -1), ("ArrowLeft", -2), ("Home", 0), ("ArrowRight", 1)):
        tab.keyboard.press(key)
        reached(tab, columns[column])
    for column in columns[2:]:
        tab.keyboard.press("ArrowRight")
        reached(tab, column)
    for column in columns[-2::-1]:
        tab.keyboard.press("ArrowLeft")
        reached(tab, column)
    tab.keyboard.press("End")
    reached(tab, columns[-1])
    tab.evaluate(f"{HOLDER}.scrollLeft = 0")
    until(tab, "!document.activeElement.classList.contains('tabulator-cell')")
    tab.keyboard.press("ArrowDown")
    reached(tab, columns[-1])  # what was scrolled away is come back to
    tab.set_viewport_size({"width": 1440, "height": 700})
    tab.wait_for_timeout(300)
    reached(tab, columns[-1])  # in a window of another size too
    assert told == []
    tab.context.close()


@pytest.mark.slow
def test_a_mark_that_comes_while_its_column_is_out_of_sight_is_there_when_it_is_seen(seat: Seat):
    told: list[str] = []
    tab = narrow(seat, told)
    columns = ids(tab)
    cell(tab, "000001", "residents").click()
    tab.keyboard.type("150000")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.edit mark').length === 1")
    tab.keyboard.press("End")
    reached(tab, columns[-1])
    assert cell(tab, "000001", "residents").count() == 0, "out of sight"
    assert tab.locator(".tabulator-row .tabulator-cell.stays").all_text_contents() == ["1", "000001", "2", "000002"], (
        "what names a row stays"
    )
    tab.keyboard.press("Control+z")
    until(tab, "document.querySelectorAll('.edit mark').length === 0")
    seat.client.settled()
    tab.keyboard.press("Home")
    until(tab, "document.activeElement.getAttribute('aria-colindex') === '1'")
    until(tab, "document.querySelector('[data-row=\"000001\"][tabulator-field=residents]')?.textContent === '100,000'")
    assert "mine" not in cell(tab, "000001", "residents").get_attribute("class")
    assert told == []
    tab.context.close()


@pytest.mark.slow
def test_a_block_goes_over_columns_that_are_out_of_sight(seat: Seat):
    tab = narrow(seat, [])
    tab.locator(".tabulator-table .tabulator-cell").first.focus()
    tab.keyboard.press("Shift+End")
    columns = tab.locator(HEADS).count()
    reached(tab, ids(tab)[-1])
    copied = tab.evaluate(
        "() => { const data = new DataTransfer(); document.activeElement.dispatchEvent(new ClipboardEvent('copy', "
        "{ clipboardData: data, bubbles: true, cancelable: true })); return data.getData('text/plain'); }"
    )
    assert {len(line.split("\t")) for line in copied.splitlines()} == {columns - 1}, "of a row all that can be typed"
    tab.evaluate(f"{HOLDER}.scrollLeft = 400")
    tab.wait_for_timeout(200)
    first = tab.locator(".tabulator-table .tabulator-row").first
    assert first.locator(".tabulator-cell").count() == first.locator(".tabulator-cell.chosen").count()
    tab.context.close()
