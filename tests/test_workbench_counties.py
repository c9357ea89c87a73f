"""The workbench with 2,947 counties in a real browser: what it shows after scrolling and an edit is so.

Of land there cannot be more: the corridor of one county would rise above its stock link. So the edit is 2 % less.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from alloc.workbench import sessions
from chromium import browser as browser
from test_workbench_page import Seat, amount, until
from workbench_server import Client, laid, served

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.county]

MOST = 1_800.0  # seconds for a solve, on a machine that does other things as well
CODES = "Array.from(document.querySelectorAll('.tabulator-table .tabulator-cell[data-of]'), cell => cell.dataset.of)"
HOLDER = "document.querySelector('.tabulator-tableholder')"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as client:
        client.begin("counties-2020", "shipped")
        client.settled(MOST)
        yield client


def shown(client: Client) -> dict[str, dict[str, Any]]:
    """By county what the table of what is shown says of it."""
    table = client.get(f"w/{client.w}/cities?at=shown").json()
    names = [column["id"] for column in table["columns"]]
    rows = zip(*table["values"], strict=True)
    return {key: dict(zip(names, row, strict=True)) for key, row in zip(table["keys"], rows, strict=True)}


def test_counties_are_scrolled_and_edited(browser: Any, client: Client, monkeypatch: pytest.MonkeyPatch):
    own, drawn = sessions.picture, list[float]()

    def timed(*given: Any) -> Any:
        begun = time.thread_time()
        made = own(*given)
        drawn.append(time.thread_time() - begun)
        return made

    monkeypatch.setattr(sessions, "picture", timed)
    tab, rows = Seat(browser, client).page(), shown(client)
    assert len(rows) == 2_947
    tab.evaluate(f"{HOLDER}.scrollTop = {HOLDER}.scrollHeight")
    least = min(row["land"] for row in rows.values())
    wanted = [key for key, row in rows.items() if row["land"] == least]
    until(tab, f"{CODES}.some(code => {wanted}.includes(code))", 60)

    pool = next(each for each in client.settled()["pools"] if each["id"] == "land")
    total = round(0.98 * pool["total"])
    assert client.edit(f"pools.land.total = {total}", trial=True).status_code == 202
    picture = client.settled(MOST)
    solved = time.monotonic()
    assert picture["conflict"] is None and picture["trial"]
    until(tab, "document.querySelectorAll('.balance').length === 1", 120)
    seen = time.monotonic() - solved
    assert amount(tab.locator(".pool .f").first.text_content()) == pytest.approx(total * (1 - pool["reserve"]), abs=1)

    after, keys, moved = shown(client), list(rows), set[str]()
    of = {column["id"]: column for column in client.get(f"w/{client.w}/cities").json()["columns"]}
    for id, cells in picture["changed"]["columns"].items():
        told = dict(zip(keys, laid([rows[key][id] for key in keys], cells), strict=True))
        last = 10.0 ** -(of[id]["decimals"] + 2 * (of[id]["kind"] in ("share", "debt"))) * of[id]["size"]
        assert {key: each for key, each in told.items() if each != rows[key][id]} == {
            key: after[key][id] for key in keys if told[key] != rows[key][id]
        }
        untold = [abs(after[key][id] - each) for key, each in told.items() if after[key][id] != each]
        assert max(untold, default=0.0) < last / 2, "what is not told does not show"
        moved |= {key for key in keys if told[key] != rows[key][id]}
    less = sum(rows[key]["land"] - after[key]["land"] for key in rows)
    assert less == pytest.approx((pool["total"] - total) * (1 - pool["reserve"]), abs=1)
    first, *others = picture["effect"]["balance"]
    for each in (first, *others):
        assert each["gained"] - each["paid"] + each["rounding"] + each["left"] == pytest.approx(0, abs=1e-3)
        whole = client.get(f"w/{client.w}/balance/{each['pool']}").json()
        assert (len(whole["pays"]), len(whole["gains"])) == (each["payers"], each["gainers"])
        assert -sum(amount for _, amount in whole["pays"]) == pytest.approx(each["paid"], abs=1e-3)
    codes = tab.evaluate(CODES)
    assert codes and set(codes) <= moved, "of a trial the rows that change are shown"
    event = len(client.desk.live(client.w).picture.model_dump_json())
    print(f"own work {1000 * drawn[-1]:.0f} ms, event {event / 1000:.0f} kB, pixels {seen:.2f} s beyond the solve")
    tab.context.close()
