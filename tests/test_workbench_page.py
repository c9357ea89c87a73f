"""The page of the workbench in a real browser, before a real server: edit, balance, keep, undo, and how it looks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alloc import Session
from alloc.workbench.api import nation
from alloc.workbench.sessions import Live
from chromium import browser as browser
from workbench_server import TOKEN, Client, served

pytestmark = [pytest.mark.browser, pytest.mark.long]

SIZES = {"768": (1366, 768), "640": (1366, 640), "200 per cent": (683, 384)}
IMPOSSIBLE = (
    "add limits { limit = 'more', title_zh = '多', title_en = 'more', quantity = 'allocation:general', sense = '>=', "
    "value = 1e9, basis = 'amount' }"
)
AXE = Path(__file__).parent / "data" / "axe" / "axe.min.js"
RULE, SIZE = "pools.general.total", 10_000  # of the one pool of `hand`, shown in 10⁸ yuan

WRONG = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('.spoken, .tabulator, svg, select') || !element.offsetParent) continue;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (!box.width) continue;
    const said = element.tagName + '.' + element.className + ': ' + element.textContent.slice(0, 40);
    if (element.scrollWidth > element.clientWidth + 1 && !['visible', 'auto'].includes(style.overflowX)
        && style.display !== 'inline' && element.tagName !== 'INPUT') found.push('cut ' + said);
    const column = element.closest('.side, .mid, .top, .foot');
    if (column && column !== element) {
      const edge = column.getBoundingClientRect();
      if (box.right > edge.right + 1 || box.left < edge.left - 1) found.push('past its column ' + said);
    }
    if (element.children.length || !element.textContent.trim()) continue;
    for (const other of element.parentElement.children) {
      const beside = other.getBoundingClientRect();
      if (other === element || !other.textContent.trim() || !beside.width) continue;
      if (box.left < beside.right - 1 && beside.left < box.right - 1 && box.top < beside.bottom - 3
          && beside.top < box.bottom - 3) found.push('over its neighbour ' + said);
    }
  }
  for (const cell of document.querySelectorAll('.tabulator-cell, .tabulator-col-title'))
    if (cell.scrollWidth > cell.clientWidth + 1) found.push('cut in the table: ' + cell.textContent);
  return [...new Set(found)];
}"""


class Seat:
    """A browser before one server: the token is exchanged once, every page has the cookie."""

    def __init__(self, browser: Any, client: Client, wait: str = ".tabulator-row") -> None:
        self.browser, self.client, self._wait = browser, client, wait
        first = browser.new_context()
        tab = first.new_page()
        tab.goto(f"{client.base}/?token={TOKEN}#w={client.w}")
        assert "token" not in tab.url
        self._cookies = first.cookies()
        first.close()

    def page(self, language: str = "en", told: list[str] | None = None) -> Any:
        """A page with its table; what it complains of, and asks of other hosts, is told."""
        context = self.browser.new_context(viewport={"width": 1366, "height": 768}, locale=f"{language}-CN")
        context.add_cookies(self._cookies)
        tab, told = context.new_page(), [] if told is None else told
        tab.on("console", lambda message: told.append(f"console: {message.text}"))
        tab.on("pageerror", lambda error: told.append(f"error: {error}"))
        tab.on("requestfailed", lambda request: told.append(f"refused: {request.url}"))
        tab.route(
            lambda url: not url.startswith(self.client.base),
            lambda route: (told.append(route.request.url), route.abort()),
        )
        self.client.http.put(f"/api/v1/w/{self.client.w}/view", json={"content": {"language": language}})
        tab.goto(f"{self.client.base}/?w={self.client.w}")
        tab.wait_for_selector(self._wait, timeout=60_000)
        return tab

    def clear(self) -> None:
        """Takes back what a test left."""
        state = self.client.settled()
        while state["can_undo"] or state["trial"]:
            assert self.client.step("undo").status_code == 202
            state = self.client.settled()


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


def number(text: str) -> float:
    return float(re.search(r"[−-]?[\d,]+(?:\.\d+)?", text)[0].replace(",", "").replace("−", "-"))


def amount(text: str) -> float:
    """An amount of money as it is shown, in 10⁴ yuan."""
    return number(text) * (SIZE if "10⁸" in text else 1)


def until(tab: Any, expression: str, seconds: float = 30.0) -> None:
    """Waits for something to be true in the page; its policy lets no text be run as a program, so it is asked again."""
    end = time.monotonic() + seconds
    while not tab.evaluate(expression):
        assert time.monotonic() < end, f"still not so: {expression}"
        tab.wait_for_timeout(50)


def change(tab: Any, rule: str, text: str) -> None:
    """Types another number into a rule; nothing is awaited."""
    tab.locator(f'[data-key="{rule}"]').click()
    tab.keyboard.press("Control+a")
    tab.keyboard.type(text)


ORDER = """
window.asked = []; window.drawn = 0;
const noted = (what) =>
  asked.push([what.replace(/.*[/]w[/][^/]*/, ''), document.querySelectorAll('.tabulator-row').length > 0]);
const ask = window.fetch, Stream = window.EventSource;
window.fetch = (path, more) => { noted(`${path}`); return ask(path, more); };
window.EventSource = class extends Stream { constructor(path) { noted(path); super(path); } };
new MutationObserver((list) => { for (const each of list) for (const node of each.addedNodes)
  if (node.nodeName === 'SECTION' && !node.hasAttribute('aria-busy')) drawn += 1; })
  .observe(document, { childList: true, subtree: true });
"""


def test_the_first_rows_are_drawn_once_and_before_the_engine_is_asked_for_anything(seat: Seat) -> None:
    """To start it takes the processor that drawing needs; where a screen was open last time it is not drawn twice."""
    view = {"content": {"language": "en", "screen": "nation"}}
    assert seat.client.http.put(f"/api/v1/w/{seat.client.w}/view", json=view).is_success
    context = seat.browser.new_context(viewport={"width": 1366, "height": 768})
    context.add_cookies(seat._cookies)
    context.add_init_script(ORDER)
    tab = context.new_page()
    tab.goto(f"{seat.client.base}/?w={seat.client.w}")
    until(tab, "asked.some(([what]) => what === '/events')")
    asked = [(what, rows) for what, rows in tab.evaluate("asked") if not what.endswith("words.json")]
    assert asked[:2] == [("", False), ("/cities", False)]
    assert {what for what, _ in asked[2:4]} == {"/view", "/events"} and all(rows for _, rows in asked[2:])
    assert tab.evaluate("drawn") == 1 and tab.url.endswith("#nation")
    context.close()


@pytest.mark.slow
def test_a_field_that_is_opened_is_no_trial_yet_and_its_unit_stays_beside_it(seat: Seat) -> None:
    tab = seat.page("zh")
    tab.locator(f'[data-key="{RULE}"]').click()
    tab.wait_for_selector(".rule input")
    assert tab.locator("[data-key=tried]").text_content() == "0"
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text("0.9")
    tab.wait_for_selector(".balance")
    assert tab.locator("[data-key=tried]").text_content() == "1 · 试算中"
    field, line = (tab.locator(key).bounding_box() for key in (".rule input", ".rule .typed"))
    assert line["height"] < 1.5 * field["height"], "the field and its unit stand on one line"
    tab.context.close()


def moves(rule: str, value: float) -> dict[str, float]:
    """What the engine says an edit moves, city by city, of the one pool of `hand`."""
    session = Session("hand")
    before = session.result.tables["allocation"].set_index("city")["published"]
    after = session.edit(f"{rule} = {value}").tables["allocation"].set_index("city")["published"]
    return {str(city): float(amount) for city, amount in (after - before).items() if amount}


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_an_edit_shows_who_pays_and_who_gains_is_kept_and_undone(seat: Seat, language: str):
    told: list[str] = []
    tab = seat.page(language, told=told)
    assert tab.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[language]
    cells = "Array.from(document.querySelectorAll('.tabulator-table .tabulator-row'), row => row.textContent)"
    before = tab.evaluate(cells)
    change(tab, RULE, "0.9")
    tab.wait_for_selector(".balance")
    assert tab.locator(".rule.mine input").input_value() == "0.9"
    assert number(tab.locator(".rule.mine s").first.text_content()) == 1

    expected = moves(RULE, 9_000)
    picture = seat.client.settled()
    balance = picture["effect"]["balance"][0]
    assert dict(map(tuple, [*balance["pays"], *balance["gains"]])) == pytest.approx(expected)
    paid, gained = (number(tab.locator(f".balance .{side} .big").text_content()) for side in ("l", "g"))
    shown = [round(each / balance["size"], balance["decimals"]) for each in (balance["paid"], balance["gained"])]
    assert [paid, gained] == shown
    assert balance["gained"] - balance["paid"] + balance["rounding"] + balance["left"] == pytest.approx(0, abs=1e-6)
    # the total is less itself: nothing is left in the pool
    assert {"zh": "合计少分", "en": "less given out in all"}[language] in tab.locator(".balance").text_content()
    bars = "Array.from(document.querySelectorAll(`.balance .strip .${side} i`), bar => bar.offsetWidth)"
    widths = f"side => {bars}.reduce((one, two) => one + two, 0)"
    assert tab.evaluate(widths, "l") == pytest.approx(tab.evaluate(widths, "g"), abs=3), "both sides end even"
    tinted = tab.locator(".tabulator-cell.gain, .tabulator-cell.lose").count()
    assert tinted >= len(expected), "changed cells are tinted"

    sides = "Array.from(document.querySelectorAll('.balance .big'), each => each.textContent)"
    tried = tab.evaluate(sides)
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.buttons:not([hidden])').length === 0")
    assert [edit["trial"] for edit in seat.client.settled()["edits"]] == [False]
    assert number(tab.locator(".edit mark").text_content()) in (0.9, 9_000)
    assert tab.locator("#spoken").text_content().strip()
    until(tab, "document.querySelector('[data-key=hide]')")
    assert tab.evaluate(sides) == tried, "who gains and who pays stands until the next edit"

    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("Control+z")
    until(tab, "document.querySelectorAll('.edit mark').length === 0")
    assert seat.client.settled()["edits"] == []
    assert tab.evaluate(cells) == before
    assert told == [], "silent, and nothing but its own host was asked"
    tab.context.close()


def test_a_number_that_is_kept_at_once_tells_who_pays_and_who_gains_until_the_next_edit(seat: Seat):
    tab = seat.page("zh")
    before = seat.client.settled()["hash"]
    tab.locator(f'[data-key="{RULE}"]').click()
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text("0.9")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelector('[data-key=hide]') && document.querySelector('.balance [class~=big]')")
    state = seat.client.settled()
    assert (state["trial"], [edit["trial"] for edit in state["edits"]]) == (False, [False]) and state["hash"] != before
    (told,) = state["effect"]["balance"]
    assert dict(map(tuple, [*told["pays"], *told["gains"]])) == pytest.approx(moves(RULE, 9_000))
    right = tab.locator(".side.rt").text_content()
    assert right.startswith("刚保留的修改收起" + state["effect"]["sentence"]["zh"]) and "紧在哪里" in right
    assert tab.locator("#spoken").text_content() == state["effect"]["sentence"]["zh"]
    assert tab.locator(".tabulator-cell.gain, .tabulator-cell.lose").count() == 0, "the table is of what stands"
    reason = seat.client.http.put(
        f"/api/v1/w/{seat.client.w}/edits/{state['edits'][0]['n']}",
        json={"revision": state["revision"], "why": "less is there"},
    )
    assert reason.status_code == 202 and seat.client.settled()["effect"] == state["effect"], "it is no other edit"
    tab.locator("[data-key=hide]").click()
    assert tab.locator(".balance").count() == 0 and "刚保留的修改" not in tab.locator(".side.rt").text_content()
    tab.reload()
    tab.wait_for_selector(".balance")
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("Control+z")
    until(tab, "document.querySelectorAll('.edit mark, .balance').length === 0")
    assert seat.client.settled()["hash"] == before
    tab.context.close()


def test_what_is_wrong_stands_under_the_field_and_esc_discards(seat: Seat):
    tab = seat.page()
    change(tab, RULE, "many")
    assert "“many” is no number" in tab.locator(".finding").text_content()
    tab.keyboard.press("Control+a")
    tab.keyboard.type("-5")
    until(tab, "/Would be right/.test(document.querySelector('.finding')?.textContent)")  # what `alloc check` says
    assert tab.locator(".rule input").get_attribute("aria-invalid") == "true"
    tab.keyboard.press("Enter")
    assert seat.client.settled()["edits"] == [], "a wrong number cannot be kept"
    tab.keyboard.press("Control+a")
    tab.keyboard.type("0.99")
    tab.wait_for_selector(".balance")
    assert tab.locator(".finding").count() == 0
    tab.keyboard.press("Escape")
    until(tab, "document.querySelectorAll('.balance, .rule input').length === 0")
    assert seat.client.settled()["edits"] == []
    until(tab, "document.querySelectorAll('.rule.mine').length === 0")
    assert number(tab.locator(f'[data-key="{RULE}"]').text_content()) == 1, "the value of before stands again"
    until(tab, f"document.activeElement.dataset.key === '{RULE}'")  # the focus is where it was
    tab.context.close()


@pytest.mark.slow
def test_what_is_no_number_is_not_kept_and_the_very_unit_may_be_typed(seat: Seat):
    """On the way to "0.98亩" stands 0.98, which has been tried: neither is kept."""
    tab = seat.page("zh")
    change(tab, RULE, "0.98")
    tab.wait_for_selector(".balance")
    tab.keyboard.type("亩")
    assert (
        tab.locator(".finding").text_content()
        == "“0.98亩”不是以亿元为单位的数，应填如 7 或 7.5，或填较原数的增减，如 +5 %。"
    )
    tab.keyboard.press("Enter")
    tab.locator("[data-key=keep]").click()
    tab.wait_for_timeout(300)
    assert [edit["trial"] for edit in seat.client.settled()["edits"]] == [True]
    tab.locator(".rule input").focus()
    tab.keyboard.press("Control+a")
    tab.keyboard.type("5%")
    assert "“5%”" in tab.locator(".finding").text_content(), "a per cent is no amount"
    tab.keyboard.press("Control+a")
    tab.keyboard.type("0,97")
    assert "“0,97”" in tab.locator(".finding").text_content(), "a comma that parts no thousands is not left out"
    tab.keyboard.press("Control+a")
    tab.keyboard.type("0.97 亿元")
    assert tab.locator(".finding").count() == 0
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.rule input').length === 0")
    [edit] = seat.client.settled()["edits"]
    assert (edit["lines"], edit["trial"]) == ([f"{RULE} = 9700"], False)
    tab.context.close()


@pytest.mark.slow
def test_a_change_in_per_cent_is_one_of_the_figure_before(seat: Seat):
    """1 × 10⁸ yuan less 4 % is 0.96: the figure struck through beside the field is the one that is changed."""
    tab = seat.page("zh")
    change(tab, RULE, "−4 %")
    tab.wait_for_selector(".balance")
    assert tab.locator(".finding").count() == 0
    tab.keyboard.press("ArrowUp")
    assert tab.locator(".rule input").input_value() == "1.06", "an arrow steps from what is meant"
    tab.keyboard.press("Control+a")
    tab.keyboard.type("-4%")
    tab.keyboard.press("Enter")
    until(tab, "document.querySelectorAll('.rule input').length === 0")
    assert [edit["lines"] for edit in seat.client.settled()["edits"]] == [[f"{RULE} = 9600"]]
    tab.context.close()


def test_what_is_kept_stands_and_can_be_undone_before_it_is_solved(seat: Seat, monkeypatch: pytest.MonkeyPatch):
    """The solve waits: the field shows what was kept all the same, and Ctrl+Z takes it back."""
    tab, goes_on, solve = seat.page(), threading.Event(), Live._solve

    def waits(session: Live, *work: Any) -> None:
        assert goes_on.wait(60)
        solve(session, *work)

    monkeypatch.setattr(Live, "_solve", waits)
    change(tab, RULE, "0.96")
    tab.keyboard.press("Enter")
    until(tab, f"""document.querySelector('[data-key="{RULE}"]')?.textContent.includes('0.96')""")
    until(tab, "document.querySelector('[data-key=undo]').disabled === false")
    tab.locator("body").press("Control+z")
    until(tab, f"""!document.querySelector('[data-key="{RULE}"]').textContent.includes('0.96')""")
    goes_on.set()
    assert seat.client.settled()["edits"] == []
    tab.context.close()


@pytest.mark.slow
def test_of_a_large_instance_enter_solves_and_typing_does_not(seat: Seat, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nation, "LARGE", 2)
    tab = seat.page()
    change(tab, RULE, "0.99")
    tab.wait_for_timeout(1000)
    assert tab.locator("#findings + .note").text_content() == "Many cities: Enter solves."
    assert seat.client.state()["edits"] == []
    tab.keyboard.press("Enter")
    end = time.monotonic() + 30  # the field goes before the last request has been answered
    while not (edits := seat.client.settled()["edits"]) or edits[0]["trial"]:
        assert time.monotonic() < end, f"not kept: {edits}"
        tab.wait_for_timeout(50)  # the page's requests pass through this test, and wait while it does
    assert len(edits) == 1
    tab.context.close()


def test_of_twenty_edits_in_a_row_the_last_wins_and_no_picture_is_a_mixture(seat: Seat):
    tab = seat.page()
    tab.locator(f'[data-key="{RULE}"]').click()
    tab.evaluate("""() => {
      window.pictures = [];
      const look = () => {
        const edit = document.querySelector('.edit mark'), pool = document.querySelector('.pool .f');
        if (edit) pictures.push([edit.textContent, pool.textContent]);
      };
      new MutationObserver(look).observe(document.getElementById('main'), {childList: true, subtree: true});
    }""")
    for at in range(20):
        tab.keyboard.press("Control+a")
        tab.keyboard.type(str((9_900 - 10 * at) / SIZE))
        tab.wait_for_timeout(340 if at % 2 else 120)
    until(tab, "/9,710|0.971/.test(document.querySelector('.edit mark')?.textContent)")
    state = seat.client.settled()
    assert state["pools"][0]["total"] == 9_710 and state["trial"]
    assert len(state["edits"]) == 1
    seen = {tuple(picture) for picture in tab.evaluate("pictures")}
    assert len(seen) > 1
    for edit, pool in seen:
        assert amount(pool) == pytest.approx(amount(edit), abs=1), "the pool is that of the edit beside it"
    tab.context.close()


@pytest.mark.slow
def test_a_solve_that_fails_is_not_said_to_have_no_allocation(seat: Seat, monkeypatch: pytest.MonkeyPatch):
    """The line of the state, the banner and the page of a city say the same, and offer no repairs."""

    def failing(*arguments: object) -> None:
        raise RuntimeError("tried")

    tab = seat.page()
    with monkeypatch.context() as broken:
        broken.setattr("alloc.workbench.sessions.picture", failing)
        assert seat.client.edit("pools.general.total = 9000", trial=True).status_code == 202
        tab.wait_for_selector(".banner", timeout=30_000)
    assert tab.locator(".banner .say").text_content() == (
        "The solve failed, whether there is an allocation or not; the program's window says why."
    )
    foot = tab.locator("#foot").text_content()
    assert "The solve failed" in foot and "No allocation" not in foot
    assert tab.locator(".repair").count() == 0
    tab.evaluate("location.hash = 'city'")
    tab.wait_for_selector("[data-key=back]")
    assert tab.locator("a.btn[href='#nation']").count() == 0
    tab.locator("[data-key=back]").click()
    until(tab, "!document.querySelector('.banner')")
    tab.context.close()


def test_an_edit_that_no_allocation_satisfies_is_taken_back_or_repaired(seat: Seat):
    tab = seat.page()
    given = tab.locator(".pool .f").first.text_content()
    assert seat.client.edit(IMPOSSIBLE, trial=True).status_code == 202
    tab.wait_for_selector(".banner", timeout=30_000)
    assert tab.locator(".lamp").get_attribute("class") == "lamp bad"
    assert "A trial, not kept yet; the result shown is the one before it." in tab.locator(".banner").text_content()
    assert tab.locator(".was .pool .f").first.text_content() == given
    tab.wait_for_selector(".repair", timeout=60_000)
    assert tab.locator(".cards .card").count() == 2, "the rules that clash"
    owners = [tab.locator(".cards .card > :first-child").nth(at).text_content() for at in range(2)]
    assert set(owners) <= {"the planner's own rule", "rule of a higher authority", "law and State Council rules"}
    there, asked, missing = (number(each) for each in tab.locator(".sides .r").all_text_contents())
    assert missing == pytest.approx(asked - there, abs=1)
    widths = tab.evaluate("[...document.querySelectorAll('.sides i')].map(bar => bar.getBoundingClientRect().width)")
    assert widths[0] + widths[2] == pytest.approx(widths[1], abs=4), "what is missing goes on where the rest ends"
    costs = tab.evaluate("[...document.querySelectorAll('.cost i')].map(bar => bar.getBoundingClientRect().width)")
    assert costs == sorted(costs), "cheapest first"
    raised = tab.locator(".repair", has_text="General transfer").text_content()
    assert re.search(r"1 → 100,001 × 10⁸ yuan", raised), "in the unit of the field"
    said = " ".join(tab.locator(".card, .side.rt > .note").all_text_contents())
    assert "more" in said and "(more)" not in said, "keys are for files"
    assert not re.search(r"\d \d{3}\b", tab.locator(".side.rt .note").first.text_content())
    assert tab.evaluate(WRONG) == []
    tab.keyboard.press("1")
    until(tab, "document.querySelectorAll('.banner').length === 0")
    edits = seat.client.settled()["edits"]
    assert [edit["trial"] for edit in edits] == [False, True] and not any(edit["bad"] for edit in edits)
    seat.clear()
    until(tab, "document.querySelectorAll('.banner, button.x').length === 0")  # no edit stands any more
    assert seat.client.edit(IMPOSSIBLE, trial=True).status_code == 202
    tab.wait_for_selector(".banner", timeout=30_000)
    tab.locator("[data-key=back]").click()
    until(tab, "document.querySelectorAll('.banner').length === 0")
    assert seat.client.settled()["edits"] == []
    tab.context.close()


def test_after_a_clash_that_was_kept_a_trial_says_the_same_everywhere(seat: Seat):
    """By hand: of 10,000 a limit asks for more, which is kept; 9,000 without it are tried. One city pays 1,000, which
    the table, its chip and the bars say against the 10,000, as is said."""
    assert seat.client.edit(IMPOSSIBLE).status_code == 202
    assert seat.client.settled()["conflict"]
    tab = seat.page()
    tab.wait_for_selector(".mid.clash")
    assert seat.client.edit("drop limits.more", "pools.general.total = 9000", trial=True).status_code == 202
    until(tab, "document.querySelectorAll('.balance').length === 1 && document.querySelectorAll('.clash').length === 0")
    changes = tab.locator(".tabulator-table .tabulator-cell[tabulator-field='transfer:moved']").all_text_contents()
    assert changes == ["▼ 0.1"], "of 10⁸ yuan"
    assert tab.locator("[data-key=moved]").text_content() == "Changed 1"
    assert "With the edit that was kept last there is no allocation" in tab.locator("[data-key=older]").text_content()
    assert tab.evaluate(WRONG) == []
    tab.context.close()


def test_in_a_clash_the_rule_shows_what_is_asked_beside_what_it_was(seat: Seat):
    """At least 9,999 of 10,000 is kept, then 5,000 are tried: the last result stays, the rule does not."""
    least = IMPOSSIBLE.replace("1e9", "9999")
    assert seat.client.edit(least).status_code == 202
    assert seat.client.settled()["conflict"] is None
    tab = seat.page()
    change(tab, RULE, "0.5")
    until(tab, "document.querySelectorAll('.mid.clash').length === 1")
    asked = ".rule.mine:has(input)"
    assert number(tab.locator(f"{asked} s").text_content()) == 1
    tab.evaluate("document.activeElement.blur()")
    tab.reload()
    tab.wait_for_selector(".mid.clash")
    old, new = (number(tab.locator(f".rule.mine {each}").first.text_content()) for each in ("s", "u"))
    assert (old, new) == (1, 0.5), "in the unit of what was kept"
    tab.keyboard.press("Escape")
    until(tab, "document.querySelectorAll('.mid.clash, .rule.mine').length === 0")
    assert number(tab.locator(f'[data-key="{RULE}"]').text_content()) == 1
    tab.context.close()


def test_everything_is_reached_without_a_mouse(seat: Seat):
    tab = seat.page()
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.hasAttribute('data-find')")
    tab.keyboard.type("second")
    until(tab, "document.querySelectorAll('.tabulator-table .tabulator-row').length === 1")
    tab.keyboard.press("Escape")
    until(tab, "document.querySelectorAll('.tabulator-table .tabulator-row').length === 2")
    tab.locator(".tabulator-table .tabulator-cell").first.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.parentElement.textContent.includes('Second')")
    assert tab.evaluate("document.activeElement.getAttribute('aria-colindex')") == "2"
    tab.keyboard.press("Escape")
    tab.keyboard.press("?")
    assert tab.locator("dialog[open] .kv").count() > 8
    tab.keyboard.press("Escape")
    until(tab, "document.querySelectorAll('dialog').length === 0")
    tab.locator("header nav a").first.focus()
    reached = "document.activeElement.closest('nav, aside, .map, .tabulator, section.mid').classList[0]"
    parts = []
    for key in (*["F6"] * 5, "Shift+F6", "Shift+F6"):
        tab.keyboard.press(key)
        parts.append(tab.evaluate(reached))
    assert parts == ["side", "mid", "tabulator", "side", "tabs", "side", "tabulator"], "there and back"
    tab.locator(f'[data-key="{RULE}"]').focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("ArrowUp")
    step = next(rule for rule in seat.client.state()["rules"] if rule["id"] == RULE)
    assert number(tab.locator(".rule input").input_value()) == (step["value"] + step["step"]) / SIZE
    tab.keyboard.press("Escape")
    tab.context.close()


def test_a_program_that_was_closed_is_said_and_the_page_is_read_only(browser: Any, tmp_path: Path):
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        tab = Seat(browser, client).page()
        assert tab.locator(".rule button").count() > 0
        tab.wait_for_timeout(500)  # the stream of events is there
    tab.wait_for_selector("#notice .banner", timeout=30_000)
    assert "alloc workbench" in tab.locator("#notice").text_content()
    assert tab.locator(".lamp").get_attribute("class") == "lamp bad"
    assert tab.locator(".rule button").count() == 0
    assert tab.locator(".tabulator-row").count() > 0, "the last result stays"
    tab.context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_is_cut_and_nothing_leaves_its_column(seat: Seat, language: str):
    tab = seat.page(language)
    for trial in (False, True):
        if trial:
            tab.set_viewport_size({"width": 1366, "height": 768})
            change(tab, RULE, "0.9")
            tab.wait_for_selector(".balance")
        for name, (width, height) in SIZES.items():
            tab.set_viewport_size({"width": width, "height": height})
            tab.wait_for_timeout(100)
            assert tab.evaluate(WRONG) == [], name
    tab.context.close()


@pytest.mark.slow
def test_on_paper_the_table_has_all_rows_within_the_page(seat: Seat):
    tab = seat.page()
    heads = tab.locator(".tabulator-headers > .tabulator-col .head").all_text_contents()
    for width in (1366, 980, 700):  # a screen, A4 lying and standing
        tab.set_viewport_size({"width": width, "height": 768})
        tab.emulate_media(media="print")
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator(".paper thead tr:first-child th").all_text_contents() == heads
        told = tab.locator(".paper tbody td:first-child").all_text_contents()
        assert len(told) == len(set(told)) == len(seat.client.get(f"w/{seat.client.w}/cities").json()["keys"])
        fits = "[...document.querySelectorAll('.paper table')].every(each => each.scrollWidth <= innerWidth)"
        assert tab.evaluate(fits), width
        assert not tab.locator(".tabulator").is_visible()
        assert [tab.locator(f".foot {each}").first.is_visible() for each in (".state", ".hint", ".link")] == [
            True, False, False,
        ], "what the numbers are; no keys and nothing to click"  # fmt: skip
        tab.evaluate("dispatchEvent(new Event('afterprint'))")
        assert not tab.locator(".paper").count()
        tab.emulate_media(media="screen")
    assert tab.evaluate("import('/page/paper.mjs').then(({ bands }) => bands([300, 300, 300, 100, 900], 1))") == [
        [0, 1], [0, 2, 3], [0, 4]
    ], "what does not stand side by side stands below, led by what names the rows"  # fmt: skip
    tab.context.close()


def test_axe_finds_nothing(seat: Seat):
    tab = seat.page()
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    each = "[each.id, each.nodes.map(node => node.target.join(' '))]"
    ask = f"axe.run().then(found => found.violations.map(each => {each}))"
    assert tab.evaluate(ask) == []
    change(tab, RULE, "0.9")
    tab.wait_for_selector(".balance")
    tab.wait_for_timeout(700)  # colours have faded in
    assert tab.evaluate(ask) == []
    tab.context.close()
