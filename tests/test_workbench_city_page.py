"""The city on the page of the workbench, in a real browser: opened from the nation, asked, tried, and how it looks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chromium import browser as browser
from test_workbench_page import AXE, IMPOSSIBLE, SIZES, WRONG, Seat, change, number, until
from workbench_server import served

pytestmark = [pytest.mark.browser, pytest.mark.long]
FIRST, SECOND = "000001", "000002"
ROW = ".plain tr[data-pool=general] "


@pytest.fixture(scope="module")
def seat(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    with served(tmp_path_factory.mktemp("desk")) as client:
        client.begin("hand", "shipped")
        client.settled()
        yield Seat(browser, client)


@pytest.fixture(autouse=True)
def cleared(seat: Seat) -> Iterator[None]:
    yield
    seat.clear()


def opened(seat: Seat, code: str, language: str = "en", told: list[str] | None = None) -> Any:
    """A page that shows a city."""
    tab = seat.page(language, told=told)
    tab.evaluate(f"location.hash = '#city/{code}/general'")
    until(tab, f"document.querySelector('.title')?.textContent.includes('{code}')")
    return tab


def test_a_city_is_opened_stepped_through_and_left_by_keys(seat: Seat):
    told: list[str] = []
    tab = seat.page(told=told)
    tab.locator(".tabulator-table .tabulator-cell").first.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    until(tab, f"document.querySelector('.title')?.textContent.includes('{SECOND}')")
    assert tab.evaluate("location.hash") == f"#city/{SECOND}/general"
    cells = [number(text) if text[-1].isdigit() else None for text in tab.locator(ROW + "td.r").all_text_contents()]
    assert cells == [None, 0.5, 0, 0.5, 0, 0, 1, None], "formula, rules, optimised, override, rounding, published"
    assert "gets 10,000" in tab.locator(".side.rt .say").text_content()
    assert "gets 10,000" in tab.locator("#spoken").text_content()
    tab.keyboard.press("]")
    until(tab, f"document.querySelector('.title')?.textContent.includes('{FIRST}')")
    tab.keyboard.press("[")
    until(tab, f"document.querySelector('.title')?.textContent.includes('{SECOND}')")
    tab.keyboard.press("Escape")
    tab.wait_for_selector(".tabulator-row")
    tab.keyboard.press("/")
    tab.keyboard.press("Escape")
    tab.locator(".tabulator-table .tabulator-cell").first.click()
    until(tab, f"document.querySelector('.title')?.textContent.includes('{FIRST}')")
    tab.locator(".held .link").first.click()
    until(tab, "location.hash === '#nation' && document.activeElement.closest('.rule') !== null")
    assert told == [], "silent, and nothing but its own host was asked"
    tab.context.close()


@pytest.mark.slow
def test_a_question_is_worked_out_beside_and_a_way_that_works_is_tried(seat: Seat):
    """6,000 for the first leave 4,000 for the second; 50 more cost the worse served a thousandth."""
    tab = opened(seat, FIRST)
    tab.locator(ROW + "button").focus()
    tab.keyboard.press("Alt+Enter")
    until(tab, "document.querySelector('.side.rt').textContent.includes('worsens by 0.10 percentage points')", 90)
    tab.locator("[data-key=whole-why]").click()
    assert "The five parts of the published number" in tab.locator("dialog[open]").text_content()
    tab.keyboard.press("Escape")
    tab.locator("[data-key=amount]").fill("6000")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.way').length > 2", 90)
    assert number(tab.locator(".side.rt .wl .r").first.text_content()) == -6_000
    tab.locator(".way button").first.click()
    until(tab, f"document.querySelector('{ROW}s') !== null")
    assert number(tab.locator(ROW + "td.gain b").text_content()) in (6_000, 0.6)
    (edit,) = seat.client.settled()["edits"]
    assert edit["trial"] and edit["why"] == "at least 6,000 10⁴ yuan of General transfer for First"
    assert tab.locator(".edit mark, .edit .q").count() > 0, "it stands among my edits"
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("Escape")
    until(tab, f"document.querySelector('{ROW}s') === null")
    assert seat.client.settled()["edits"] == []
    tab.context.close()


@pytest.mark.slow
def test_a_clash_greys_the_city_and_says_where_it_is_repaired(seat: Seat):
    tab = opened(seat, FIRST)
    assert seat.client.edit(IMPOSSIBLE, trial=True).status_code == 202
    tab.wait_for_selector(".mid .banner", timeout=30_000)
    assert tab.locator(".was .title").count() == 1
    assert tab.locator(".banner a[href='#nation']").count() == 1
    assert tab.evaluate(WRONG) == []
    tab.keyboard.press("Control+z")
    until(tab, "document.querySelector('.mid .banner') === null")
    tab.context.close()


def test_a_program_that_starts_with_a_clash_shows_what_held_before_it(browser: Any, tmp_path: Path):
    """Edits that clash are left on the page of a city; the program is closed, and started again."""
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.edit("pools.general.total = 9000")
        client.edit(IMPOSSIBLE)
        assert client.settled()["conflict"]
        place = client.desk.live(client.w).files.place
    with served(tmp_path) as client:
        client.begin(place)
        state = client.settled()
        assert state["conflict"] and state["pools"][0]["total"] == 9_000, "what held last is shown"
        seat = Seat(browser, client)
        tab = seat.page()
        tab.goto(f"{client.base}/?w={client.w}#city")
        tab.wait_for_selector(".mid .was .title")
        tab.keyboard.press("Control+z")
        until(tab, "document.querySelectorAll('.mid .banner').length === 0")
        assert tab.locator(".mid .title h2").text_content() in ("First", "Second")
        tab.context.close()


@pytest.mark.slow
def test_an_instance_that_clashes_is_repaired_and_its_cities_are_there(browser: Any, tmp_path: Path):
    folder = tmp_path / "hand"
    shutil.copytree(Path(__file__).parent.parent / "instances" / "hand", folder)
    (folder / "limits.csv").write_text(
        "limit,title_zh,title_en,quantity,sense,value,basis\nmore,多,more,allocation:general,>=,1e9,amount\n",
        encoding="utf-8",
    )
    with served(tmp_path / "desk") as client:
        client.begin(folder)
        client.settled()
        seat = Seat(browser, client, wait=".banner")
        tab = seat.page()
        tab.goto(f"{client.base}/?w={client.w}#city")
        until(tab, "/no city to look at/.test(document.querySelector('.mid .say:not(.banner *)')?.textContent)")
        tab.goto(f"{client.base}/?w={client.w}#nation")
        tab.wait_for_selector(".repair")
        assert tab.locator("[data-key=back]").count() == 0, "there is nothing to take back"
        tab.goto(f"{client.base}/?w={client.w}#city")
        assert client.edit("limits.more.value = 10").status_code == 202
        assert client.settled()["conflict"] is None
        tab.wait_for_selector(".mid .title h2", timeout=30_000)
        tab.context.close()


@pytest.mark.slow
def test_a_city_that_is_not_there_is_said(seat: Seat):
    tab = seat.page()
    tab.evaluate("location.hash = '#city/999'")
    until(tab, "document.querySelector('.mid .say')?.textContent.includes('There is no city 999')")
    assert tab.locator(".mid a[href='#nation']").count() == 1
    tab.evaluate("location.hash = '#city/second'")
    until(tab, "document.querySelector('.title h2')?.textContent === 'Second'")
    until(tab, "location.hash.startsWith('#city/000002')")
    tab.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_is_cut_and_axe_finds_nothing(seat: Seat, language: str):
    tab = opened(seat, SECOND, language)
    for name, (width, height) in SIZES.items():
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(150)
        assert tab.evaluate(WRONG) == [], name
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    each = "[each.id, each.nodes.map(node => node.target.join(' '))]"
    assert tab.evaluate(f"axe.run().then(found => found.violations.map(each => {each}))") == []
    tab.context.close()


@pytest.mark.slow
def test_my_edits_are_one_list_on_every_screen(seat: Seat):
    tab = seat.page()
    change(tab, "pools.general.total", "0.9")
    tab.wait_for_selector(".balance")
    said = tab.locator(".edit mark").text_content()
    for screen in ("city", "data"):
        tab.evaluate(f"location.hash = '#{screen}'")
        until(tab, "document.querySelector('.edit mark') !== null")
        assert tab.locator(".edit mark").text_content() == said
        assert tab.locator(".buttons:not([hidden]) [data-key=keep]").count() == 1
    tab.locator("[data-key=discard]").first.click()
    until(tab, "document.querySelector('.edit mark') === null")
    assert seat.client.settled()["edits"] == []
    tab.context.close()


GRID = """async () => {
  const { grid } = await import('/page/grid.mjs');
  const blank = { zh: '', en: '' }, place = document.createElement('div');
  place.id = 'tall';
  place.style.setProperty('height', '200px');
  document.querySelector('.mid').prepend(place);
  const of = (id, kind) => ({ id, title: { zh: id, en: id }, unit: blank, kind, size: 1, decimals: 0, of: null,
    shown: true, bold: false, additive: false, levels: null });
  const rows = Array.from({ length: 500 }, (_, at) => ({ key: `k${at}`, name: `n${at}`, amount: at }));
  grid(place, { columns: [of('name', 'text'), of('amount', 'number')], rows, total: null, label: 'tall', empty: '' });
}"""


@pytest.mark.slow
def test_a_cell_that_is_scrolled_out_of_sight_keeps_the_keyboard(seat: Seat):
    tab = seat.page()
    tab.evaluate(GRID)
    tab.wait_for_selector("#tall .tabulator-row")
    tab.locator("#tall .tabulator-cell").nth(1).focus()  # the amount of the first row
    tab.evaluate("document.querySelector('#tall .tabulator-tableholder').scrollTop = 9000")
    until(tab, "document.querySelector('#tall .tabulator-table').textContent.includes('n336')")
    until(tab, "document.activeElement.closest('#tall') !== null")
    assert "n0" not in tab.locator("#tall .tabulator-table").text_content()
    tab.keyboard.press("ArrowDown")
    until(tab, "document.activeElement.textContent === '1'")
    assert tab.evaluate("document.activeElement.parentElement.textContent") == "n11"
    tab.keyboard.press("Escape")
    tab.evaluate("document.querySelector('#tall .tabulator-tableholder').scrollTop = 9000")
    tab.wait_for_timeout(300)
    assert tab.evaluate("document.activeElement === document.body"), "who has left the table is not called back"
    tab.context.close()
