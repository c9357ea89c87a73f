"""One workspace, several programs and tabs: one writes, the others follow, and writing can be taken over."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.workbench import files as workspaces
from alloc.workbench.runs import following
from chromium import browser as browser
from workbench_server import TOKEN, Client, served

pytestmark = pytest.mark.long
LINE = "pools.general.total = 9000"


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Client, Client]]:
    """Two programs: the first has the workspace open, the second opens it too."""
    monkeypatch.setattr(following, "LOOK", 0.05)
    with ExitStack() as stack:
        first, second = (stack.enter_context(served(tmp_path)) for _ in range(2))
        second.w = first.begin("hand", "shipped")
        first.settled()
        second.settled()
        yield first, second


def until(so: Callable[[], Any], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_second_program_looks_and_follows(two: tuple[Client, Client]) -> None:
    first, second = two
    state = second.state()
    assert not first.state()["read_only"] and first.state()["notice"] is None
    assert state["read_only"] and state["held"] and "(process " in state["notice"]["en"] and state["tiers"]
    assert second.get(f"w/{second.w}/city/000001").status_code == 200
    scenario = {"name": "mine", "title_zh": "我的", "title_en": "Mine"}
    for refused in (
        second.edit(LINE), second.step("undo"), second.post(f"w/{second.w}/scenarios", scenario),
        second.post(f"w/{second.w}/solve", {}),
        second.post(f"w/{second.w}/documents", {"kind": "report", "formats": ["html"]}),
        second.http.put(f"/api/v1/w/{second.w}/view", json={"content": {}}),
    ):  # fmt: skip
        assert refused.status_code in (409, 423), refused.text  # no step to undo is another revision
    assert second.state()["edits"] == []
    assert first.edit(LINE, why="because").status_code == 202
    until(lambda: second.state()["revision"] == 1)
    shown, followed = first.settled(), second.settled()
    assert followed["edits"] == shown["edits"] and followed["hash"] == shown["hash"]


def test_the_second_program_shows_whole_facilities_as_the_first_does(
    two: tuple[Client, Client], tmp_path: Path
) -> None:
    """Once they are solved there, a second time too, and in a program that starts later; not of a result by another
    name, nor of one that is damaged."""
    first, second = two
    assert first.edit(LINE).status_code == 202
    until(lambda: second.state()["revision"] == 1)
    for options in ({}, {"gap": 0.05}):  # of one revision: the later one takes the place of the other
        last = second.state()["last_event"]
        assert first.post(f"w/{first.w}/solve", options).status_code == 202
        until(lambda: not first.state()["jobs"])
        until(lambda last=last: second.state()["kind"] == "whole" and second.state()["last_event"] > last)
        shown, followed = first.settled(), second.settled()
        same = ("hash", "base", "kind", "words", "detail", "tiers", "whole", "changed", "pools", "edits")
        assert {name: followed[name] for name in same} == {name: shown[name] for name in same}
    folder = first.desk.live(first.w).files.place / "results"
    place = folder / "whole-1"
    first.desk.close()
    for moved, kind in ((place, "whole"), (folder / "mine", "relaxation"), (place, "relaxation")):
        place = place.rename(moved)
        if kind == "relaxation" and moved.name == "whole-1":
            (place / "allocation.parquet").write_bytes(b"")
        with served(tmp_path) as later:
            later.w = first.w
            assert later.settled()["kind"] == kind


def test_writing_is_taken_over_and_back(two: tuple[Client, Client]) -> None:
    first, second = two
    assert first.edit(LINE, trial=True).status_code == 202
    assert second.post(f"w/{second.w}/take", {}).status_code == 202
    assert not second.state()["read_only"] and second.settled()["trial"], "the trial goes along"
    until(lambda: first.state()["read_only"])
    assert first.state()["held"] and "taken over" in first.state()["notice"]["en"]
    assert first.edit("pools.general.total = 8000").status_code == 423
    assert second.step("keep").status_code == 202
    until(lambda: first.state()["revision"] == 2)
    assert first.settled()["edits"] == second.settled()["edits"]
    assert first.post(f"w/{first.w}/take", {}).status_code == 202
    assert first.edit("pools.general.total = 8000").status_code == 202
    until(lambda: second.state()["read_only"] and second.state()["revision"] == 3)


def test_a_program_that_does_not_answer_is_said(two: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = two
    monkeypatch.setattr(workspaces.Workspace, "give", lambda files: False)
    monkeypatch.setattr(workspaces.Workspace.take_over, "__defaults__", (0.3,))
    refused = second.post(f"w/{second.w}/take", {})
    assert refused.status_code == 423 and "does not answer" in refused.json()["title"]["en"]
    assert second.state()["held"]
    first.desk.close()
    assert second.post(f"w/{second.w}/take", {}).status_code == 202
    assert second.edit(LINE).status_code == 202


def test_a_folder_that_cannot_be_written_is_looked_at(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        place = client.desk.live(client.w).files.place
    lock = place / ".workbench" / "lock"
    lock.unlink()
    lock.mkdir()  # no file can be made in its place
    with served(tmp_path) as again:
        again.w = client.w
        state = again.settled()
        assert state["read_only"] and not state["held"] and "cannot be written" in state["notice"]["en"]
        assert again.edit(LINE).status_code == 423
        lock.rmdir()
        assert again.post(f"w/{again.w}/take", {}).status_code == 202
        assert again.edit(LINE).status_code == 202 and again.state()["notice"] is None


def full(*told: int) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


def test_edits_go_on_in_memory_where_the_folder_is_no_longer_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said in words, solved, handed out as a scenario; on disk as soon as that is possible."""
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        log = client.desk.live(client.w).files.place / ".workbench" / "edits.jsonl"
        with monkeypatch.context() as patched:
            patched.setattr("alloc.workbench.files.os.fsync", full)
            assert client.edit(LINE).status_code == 202
            assert client.edit("pools.general.total *= 1.01").status_code == 202
            state = client.settled()
            assert (state["unsaved"], state["read_only"]) == (2, False)
            assert "Read-only file system" in state["notice"]["en"]
            assert [pool["total"] for pool in state["pools"]] == [9_090]
            assert log.read_bytes() == b""
            assert client.post(f"w/{client.w}/take", {}).status_code == 202
            assert client.state()["unsaved"] == 2, "still not"
            given = client.get(f"w/{client.w}/edits")
            assert given.headers["content-disposition"] == 'attachment; filename="edits.toml"'
            scenario = tmp_path / "edits.toml"
            scenario.write_text(given.text, encoding="utf-8")
            solved = alloc.solve("hand", scenario=str(scenario), relaxation=True)
            assert solved.instance.hash == state["hash"]
        assert client.post(f"w/{client.w}/take", {}).status_code == 202
        assert client.state()["unsaved"] == 0 and client.state()["notice"] is None
        assert [json.loads(line)["lines"][0] for line in log.read_text(encoding="utf-8").splitlines()] == [
            LINE, "pools.general.total *= 1.01",
        ]  # fmt: skip


def test_a_disk_that_cannot_be_written_is_no_mistake_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with served(tmp_path / "file" / "desk") as client:
        refused = client.post("workspaces", {"source": "shipped", "value": "hand"})
        assert refused.status_code == 423 and set(refused.json()["title"]) == {"zh", "en"}


# ------------------------------------------------------------------------------------------------------- in a browser


def opened(browser: Any, client: Client, language: str = "en") -> Any:
    """A context of one browser that may ask this server, with one tab on the workspace."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale=f"{language}-CN")
    tab = context.new_page()
    tab.goto(f"{client.base}/?token={TOKEN}#w={client.w}")
    tab.wait_for_selector(".tabulator-row", timeout=60_000)
    return tab


def typed(tab: Any, text: str) -> None:
    """A whole number at once: key by key, on a busy machine, what stands between two keys is an edit too."""
    tab.locator('[data-key="pools.general.total"]').click()
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(text)


def words(tab: Any, key: str) -> str:
    return str(tab.locator(key).text_content())


LONG = 120.0  # seconds, on a machine with other work


def stands(client: Client) -> list[str]:
    """The lines of the edits that stand, once they are solved."""
    return [line for edit in client.settled()["edits"] for line in edit["lines"]]


def shows(tab: Any, text: str) -> None:
    """Waits until a tab lists an edit to a value and shows what it does."""
    end = time.monotonic() + LONG
    found = tab.locator(".edit mark", has_text=text)
    while not (found.count() and tab.locator(".balance").count()):
        assert time.monotonic() < end, words(tab, ".edit")
        tab.wait_for_timeout(50)


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_of_a_second_program_is_read_only_until_it_takes_over(
    browser: Any, two: tuple[Client, Client]
) -> None:
    first, second = (opened(browser, client) for client in two)
    second.wait_for_selector("#notice .banner")
    assert "is editing this workspace" in words(second, "#notice")
    assert second.locator(".rule button").count() == 0
    typed(first, "0.9")
    first.wait_for_selector(".balance")
    second.wait_for_selector(".balance")
    assert "9,000" in words(second, ".edit mark") or "0.9" in words(second, ".edit mark")
    second.locator("[data-key=take]").click()
    first.wait_for_selector("#notice .banner")
    assert "taken over" in words(first, "#notice") and first.locator(".rule button").count() == 0
    second.wait_for_selector(".rule button")
    assert second.locator("#notice .banner").count() == 0
    second.keyboard.press("Enter")
    for tab in (first, second):
        tab.context.close()


@pytest.mark.slow
@pytest.mark.browser
def test_two_tabs_of_one_program_follow_each_other_and_the_last_edit_wins(browser: Any, tmp_path: Path) -> None:
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        one = opened(browser, client)
        other = one.context.new_page()
        other.goto(f"{client.base}/?w={client.w}")
        other.wait_for_selector(".tabulator-row")
        for by, text, value in ((one, "1.1", 11_000), (other, "1.2", 12_000)):  # below 1 it is shown in another unit
            typed(by, text)
            until(lambda line=f"pools.general.total = {value}": stands(client) == [line], LONG)
            for tab in (one, other):  # what the other one shows is what it edits
                shows(tab, text)
        other.keyboard.press("Enter")
        until(lambda: not client.settled()["trial"], LONG)
        one.wait_for_selector("[data-key=hide]", timeout=1_000 * LONG)  # what is kept is told until the next edit
        one.context.close()


@pytest.mark.slow
@pytest.mark.browser
def test_edits_that_are_not_on_disk_are_said_and_handed_out(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path) as client:
        client.begin("hand", "shipped")
        client.settled()
        tab = opened(browser, client)
        with monkeypatch.context() as patched:
            patched.setattr("alloc.workbench.files.os.fsync", full)
            typed(tab, "0.9")
            tab.wait_for_selector(".balance")
            tab.wait_for_selector("#notice .banner")
            assert "Read-only file system" in words(tab, "#notice") and "not on disk" in words(tab, "#foot")
            with tab.expect_download() as told:
                tab.locator("[data-key=download]").click()
            assert "9000" in Path(told.value.path()).read_text(encoding="utf-8")
        tab.locator("[data-key=take]").click()
        tab.wait_for_selector("#notice .banner", state="detached")
        tab.context.close()
