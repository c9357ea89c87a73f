"""The workbench with the 337 cities of `china-2020` in a real browser: twenty edits in ten seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from chromium import browser as browser
from test_workbench_page import Seat, amount, until
from workbench_server import served

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.long]

RULE, EDITS, SECONDS = "pools.land.total", 20, 10.0
WATCH = """() => {
  window.pictures = []; window.tasks = [];
  new PerformanceObserver((list) => { for (const each of list.getEntries()) tasks.push(each.duration); })
    .observe({ entryTypes: ['longtask'] });
  const look = () => {
    const edit = document.querySelector('.edit mark'), pool = document.querySelector('.pool .bar')?.parentElement;
    if (edit && pool) pictures.push([edit.textContent, pool.querySelector('.f').textContent]);
  };
  new MutationObserver(look).observe(document.getElementById('main'), { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def seat(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    with served(tmp_path_factory.mktemp("desk")) as client:
        client.begin("china-2020", "shipped")
        client.settled(300)
        yield Seat(browser, client)


def test_of_twenty_edits_in_ten_seconds_the_last_wins_and_every_picture_is_of_one_edit(seat: Seat):
    """Land that is given out is half of the total in every picture: that of the edit that stands beside it."""
    tab, client = seat.page(), seat.client
    before = client.settled()
    pool = next(each for each in before["pools"] if each["id"] == "land")
    tab.locator(f'[data-key="{RULE}"]').click()
    tab.evaluate(WATCH)
    begun = time.monotonic()
    wanted = [round(pool["total"] * (1 - 0.002 * (at + 1))) for at in range(EDITS)]
    for at, total in enumerate(wanted):
        tab.keyboard.press("Control+a")
        tab.keyboard.type(str(total))
        tab.wait_for_timeout(max(0.0, 1000 * (begun + SECONDS * (at + 1) / EDITS - time.monotonic())))
    typed = time.monotonic()
    last = f"{wanted[-1]:,}"
    until(
        tab,
        f"document.querySelector('.edit mark')?.textContent.includes('{last}') && document.querySelector('.balance')",
    )
    until(tab, f"document.querySelector('.pool .f').textContent.startsWith('{round(wanted[-1] / 2):,}')", 60)
    shown = time.monotonic() - typed
    state = client.settled(120)
    assert state["trial"] and len(state["edits"]) == 1
    assert state["edits"][0]["lines"] == [f"{RULE} = {wanted[-1]}"]
    balance = next(each for each in state["effect"]["balance"] if each["pool"] == "land")
    assert balance["gained"] - balance["paid"] + balance["rounding"] + balance["left"] == pytest.approx(0, abs=1e-3)
    seen = {tuple(each) for each in tab.evaluate("pictures")}
    for edit, given in seen:
        assert amount(given) == pytest.approx(amount(edit) * (1 - pool["reserve"]), abs=2), "of the edit beside it"
    tasks = tab.evaluate("tasks")
    print(
        f"{EDITS} edits in {typed - begun:.1f} s: {len(seen)} pictures, the last {shown:.2f} s after the last key; "
        f"long tasks {len(tasks)}, the longest {max(tasks, default=0):.0f} ms"
    )
    tab.keyboard.press("Escape")
    until(tab, "document.querySelectorAll('.balance').length === 0")
    tab.context.close()
