"""The workbench with 2,947 counties in a real browser: what it shows after scrolling, a filter and an edit is so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from chromium import browser as browser
from test_workbench_page import Seat, until
from workbench_server import Client, served

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.county]

LAST = "Array.from(document.querySelectorAll('.tabulator-table .tabulator-cell[data-of]'), cell => cell.dataset.of)"
HOLDER = "document.querySelector('.tabulator-tableholder')"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as client:
        client.begin("counties-2020", "shipped")
        client.settled(1_800)
        yield client


def shown(client: Client) -> dict[str, dict[str, Any]]:
    """By city what the table of what is shown says of it."""
    table = client.get(f"w/{client.w}/cities?at=shown").json()
    names = [column["id"] for column in table["columns"]]
    rows = zip(*table["values"], strict=True)
    return {key: dict(zip(names, row, strict=True)) for key, row in zip(table["keys"], rows, strict=True)}


def test_counties_are_scrolled_filtered_and_edited(browser: Any, client: Client):
    tab, rows = Seat(browser, client).page(), shown(client)
    assert len(rows) == 2_947
    smallest = min(rows, key=lambda key: rows[key]["land"])
    tab.evaluate(f"{HOLDER}.scrollTop = {HOLDER}.scrollHeight")
    until(tab, f"{LAST}.length > 0 && {HOLDER}.scrollTop > 10000")
    tab.wait_for_timeout(500)
    end = tab.evaluate(LAST)
    assert end and set(end) <= set(rows)
    assert max(rows[key]["land"] for key in end) <= sorted(row["land"] for row in rows.values())[len(end)]
    assert rows[smallest]["land"] == min(rows[key]["land"] for key in end)

    before = client.settled()
    total = next(pool["total"] for pool in before["pools"] if pool["kind"] == "land")
    assert client.edit(f"pools.land.total = {1.02 * total}", trial=True).status_code == 202
    picture = client.settled(1_800)
    deadline = time.monotonic() + 60
    while not tab.locator(".balance").count() and time.monotonic() < deadline:
        tab.wait_for_timeout(100)
    after, changed = shown(client), picture["changed"]
    assert changed["rows"] == [key for key in rows if any(after[key][id] != rows[key][id] for id in changed["columns"])]
    land = [key for key in rows if after[key]["land"] != rows[key]["land"]]
    assert land and sum(after[key]["land"] - rows[key]["land"] for key in land) == pytest.approx(0.01 * total, rel=0.01)
    assert set(tab.evaluate(LAST)) <= set(changed["rows"]), "of a trial the rows that change are shown"
    assert client.step("undo").status_code == 202
    client.settled(1_800)
