"""The workbench over the wire: the whole loop, every route, what is wrong, and the same bytes as the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from unittest.mock import patch

import pandas as pd
import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.cli import main
from alloc.instance.findings import Finding, InputError
from alloc.text import Text
from alloc.workbench.api.jobs import WORK
from alloc.workbench.requests import Ask
from workbench_server import Client, events, served

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        yield found


def test_loop(client: Client) -> None:
    first = client.settled()
    assert first["lamp"] == "ok", first
    assert first["hash"] == first["base"]
    cities = client.get(f"w/{client.w}/cities")
    table = cities.json()
    assert table["keys"] == ["000001", "000002"]
    again = client.get(f"w/{client.w}/cities", headers={"If-None-Match": cities.headers["etag"]})
    assert again.status_code == 304
    last = first["last_event"]
    assert client.edit("pools.general.total = 9000", trial=True).status_code == 202
    told = events(client, last, lambda found: any(each["event"] == "result" for each in found))
    picture = told[-1]["data"]
    assert picture["trial"] and picture["hash"] != picture["base"] == first["hash"]
    (balance,) = picture["effect"]["balance"]
    assert balance["gained"] - balance["paid"] + balance["rounding"] + balance["left"] == 0
    assert balance["pays"] == [["000002", -1000.0]]
    assert client.step("keep").status_code == 202
    kept = client.settled()
    assert not kept["trial"] and kept["hash"] == kept["base"] == picture["hash"]
    assert client.step("undo").status_code == 202
    back = client.settled()
    assert back["hash"] == first["hash"] and back["can_redo"]
    assert client.step("redo").status_code == 202
    assert client.settled()["hash"] == kept["hash"]
    number = kept["edits"][0]["n"]
    revision = client.state()["revision"]
    assert client.http.delete(f"/api/v1/w/{client.w}/edits/{number}", params={"revision": revision}).status_code == 202
    assert client.settled()["hash"] == first["hash"]


def finished(client: Client, asked: str, body: dict[str, object], seconds: float = 120.0) -> dict[str, object]:
    """A job, once it is done."""
    begun = client.post(f"w/{client.w}/{asked}", body)
    assert begun.status_code == 202, begun.text
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job = client.get(f"jobs/{begun.json()['job']}").json()
        if job["state"] not in ("waiting", "running"):
            return dict(job)
        time.sleep(0.1)
    raise AssertionError(f"not done within {seconds} s")


def test_questions_are_those_of_the_command_line(client: Client) -> None:
    """Why, a curve and a clash, each the record of the verb."""
    client.settled()
    job = finished(client, "ask", {"kind": "why", "city": "000001", "pool": "general"})
    assert job["state"] == "done", job
    result = alloc.solve("hand", relaxation=True)
    assert job["answer"]["record"] == json.loads(
        json.dumps(alloc.record(result.explain(city="000001", pool="general")))
    )
    assert all(job["answer"]["said"][language] for language in ("zh", "en"))
    curve = finished(client, "ask", {"kind": "curve", "target": "policy.debt.ceiling", "values": [1.0, 1.5]})
    asked = alloc.record(alloc.whatif("hand", "policy.debt.ceiling", [1.0, 1.5]))
    assert curve["progress"]["curve"]["rows"] == curve["answer"]["curve"]["rows"]
    assert curve["answer"]["record"] == json.loads(json.dumps(asked))
    wrong = finished(client, "ask", {"kind": "why", "city": "999999", "pool": "general"})
    assert wrong["state"] == "failed" and wrong["problem"]["title"]["zh"]


def test_whole_facilities_run_beside(client: Client) -> None:
    before = client.settled()
    job = finished(client, "solve", {"integers": True})
    assert job["state"] == "done", job
    state = client.settled()
    assert state["kind"] == "whole" and state["base"] == before["base"] == state["hash"]
    assert client.edit("pools.general.total = 9500").status_code == 202
    assert client.settled()["kind"] == "relaxation"
    assert client.step("undo").status_code == 202


def test_paste_previews_and_applies(client: Client) -> None:
    """Cells by their rows and columns; what is wrong is said with its cell, and nothing is changed."""
    client.settled()
    table = client.get(f"w/{client.w}/tables/cities").json()
    names = [column["name"] for column in table["columns"]]
    now = table["rows"][0][names.index("revenue")]
    asked = {"revision": client.state()["revision"], "keys": [["000001"]], "columns": ["revenue"], "text": f"{now + 5}"}
    preview = client.post(f"w/{client.w}/tables/cities/paste", asked).json()
    assert preview["cells"] == [{"key": ["000001"], "column": "revenue", "old": now, "new": now + 5}]
    assert not preview["applied"] and client.state()["revision"] == asked["revision"]
    wrong = client.post(f"w/{client.w}/tables/cities/paste", {**asked, "text": "many"})
    assert wrong.status_code == 400
    (finding,) = wrong.json()["findings"]
    assert (finding["file"], finding["key"], finding["column"], finding["value"]) == (
        "cities",
        "000001",
        "revenue",
        "many",
    )
    applied = client.post(f"w/{client.w}/tables/cities/paste", {**asked, "dry": False})
    assert applied.json()["applied"]
    assert client.get(f"w/{client.w}/tables/cities").json()["rows"][0][names.index("revenue")] == now + 5
    assert client.step("undo").status_code == 202
    assert client.get(f"w/{client.w}/tables/nothing").status_code == 404


def test_saved_scenario_gives_the_bytes_of_the_command_line(client: Client, tmp_path: Path) -> None:
    """What the page shows is what `alloc solve --scenario` makes of the file that it saved."""
    client.settled()
    assert client.edit("pools.general.total = 9000").status_code == 202
    assert client.edit("policy.debt.ceiling = 1.4", "pools.general.total *= 1.02", why="tried").status_code == 202
    state = client.settled()
    saved = client.post(f"w/{client.w}/scenarios", {"name": "mine", "title_zh": "试", "title_en": "Trial"})
    assert saved.status_code == 201 and [each for each in saved.json()["scenarios"] if each["mine"]]
    place = client.desk.live(client.w).files.place
    out = tmp_path / "result"
    words = ["solve", str(place / "instance"), "--scenario", str(place / "scenarios" / "mine.toml"), "--relaxation",
             "--out", str(out), "--quiet"]  # fmt: skip
    assert CliRunner().invoke(main, words).exit_code == 0
    other = alloc.load_result(out)
    shown = client.desk.live(client.w).shown
    assert shown is not None and other.instance.hash == state["hash"] == shown.hash
    for name, table in other.tables.items():
        pd.testing.assert_frame_equal(shown.result.tables[name], table, obj=name)
    assert client.step("undo").status_code == 202 and client.step("undo").status_code == 202


def test_documents_are_made_and_handed_out(client: Client) -> None:
    client.settled()
    job = finished(client, "documents", {"kind": "report", "formats": ["html"], "language": "en"})
    assert job["state"] == "done", job
    (made,) = client.get(f"w/{client.w}/documents").json()["documents"]
    assert not made["old"] and made["size"] > 0
    got = client.get(f"w/{client.w}/documents/{made['id']}")
    assert got.status_code == 200 and got.headers["content-disposition"].startswith("attachment")
    for id in ("..~..~instance~instance.toml", "../../instance/instance.toml", "%2e%2e~x", "nothing"):
        assert client.get(f"w/{client.w}/documents/{id}").status_code == 404


@pytest.mark.slow
def test_of_forty_edits_the_last_wins_and_none_is_lost(client: Client) -> None:
    """Many edits in quick succession: every one that was accepted stands, and is on disk."""
    before = client.settled()
    live = client.desk.live(client.w)
    kept = len(live.standing.steps)
    for number in range(40):
        assert client.edit(f"pools.general.total = {9000 + number}", trial=number % 2 == 1).status_code == 202
    refused = client.edit("pools.general.total = 1", revision=before["revision"])
    assert refused.status_code == 409 and refused.json()["title"]["zh"]
    state = client.settled()
    assert len(live.standing.kept) == kept + 20 and state["trial"]
    assert live.shown is not None
    assert [each.tables["pools"]["total"].iloc[0] for each in (live.instance, live.shown.result.instance)] == [9039] * 2
    log = (live.files.place / ".workbench" / "edits.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(log) == live.standing.revision == state["revision"]
    while live.standing.steps:
        assert client.step("undo").status_code == 202
    assert client.settled()["hash"] == before["hash"]


def test_no_allocation_is_told_and_what_was_shown_stays(client: Client) -> None:
    before = client.settled()
    live = client.desk.live(client.w)
    last = client.state()["last_event"]
    line = (
        "add limits { limit = 'more', title_zh = '多', title_en = 'more', quantity = 'allocation:general', "
        "sense = '>=', value = 1e9, basis = 'amount' }"
    )
    assert client.edit(line, trial=True).status_code == 202
    told = events(client, last, lambda found: any(each["event"] in ("conflict", "result") for each in found))[-1]
    assert told["event"] == "conflict"
    assert told["data"]["conflict"]["findings"] or told["data"]["conflict"]["families"]
    assert told["data"]["lamp"] == "stale" and told["data"]["hash"] == before["hash"]
    assert told["data"]["edits"][-1]["bad"]
    job = finished(client, "ask", {"kind": "conflict"})
    assert job["state"] == "done" and job["answer"]["record"]
    assert client.step("undo").status_code == 202
    assert client.settled()["conflict"] is None and live.standing.trial is None


BAD = [
    ("edits", {"revision": 0, "lines": ["policy.debt.ceiling = 1.0 # " + "x" * 100_000]}, 422),
    ("edits", {"revision": 0, "lines": []}, 422),
    ("edits", {"revision": 0, "lines": ["x = 1"], "more": 1}, 422),
    ("edits", {"revision": "0", "lines": ["x = 1"]}, 422),
    ("check", {"lines": ["policy.debt.ceiling = "]}, 200),
    ("ask", {"kind": "take", "city": "000001", "pool": "general"}, 400),
    ("ask", {"kind": "everything"}, 422),
    ("scenarios", {"name": "../../x", "title_zh": "a", "title_en": "a"}, 422),
    ("scenario", {"revision": 1_000_000, "name": "none"}, 409),
]


@pytest.mark.parametrize(("route", "body", "status"), BAD)
def test_what_is_wrong_is_said(client: Client, route: str, body: dict[str, object], status: int) -> None:
    found = client.post(f"w/{client.w}/{route}", body)
    assert found.status_code == status, found.text
    if status != 200:
        assert found.headers["content-type"] == "application/problem+json"
        assert set(found.json()["title"]) == {"zh", "en"}
    else:
        assert found.json()["findings"][0]["severity"] == "error"


DAMAGED = (
    '{"revision": 0, "lines": ["x"], "trial": NaN}', '{"at_least": 1e999, "kind": "take"}', "{", "", "[" * 10_000,
    '"\\ud800"', "null",
)  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED)
def test_damaged_json_is_a_problem(client: Client, text: str) -> None:
    for route in ("edits", "ask"):
        found = client.http.post(f"/api/v1/w/{client.w}/{route}", content=text.encode("utf-8", "replace"),
                                 headers={"Content-Type": "application/json"})  # fmt: skip
        assert found.status_code in (400, 422), found.text
        assert found.headers["content-type"] == "application/problem+json"


def test_unknown_names_are_not_there(client: Client) -> None:
    for path in ("w/nothing", "w/..", "w/%2e%2e/cities", "jobs/nothing", f"w/{client.w}/tables/..%2Fcities", "nowhere"):
        found = client.get(path)
        assert found.status_code == 404 and found.headers["content-type"] == "application/problem+json", path
    for path in ("/page/../guard.py", "/page/%2e%2e/guard.py", "/page/words.toml", "/page//etc/passwd"):
        assert client.http.get(path).status_code == 404, path


def test_an_edit_stops_a_job_at_any_moment(client: Client) -> None:
    """Also while the process that is to do it is being started; the next question is answered by a new one."""
    client.settled()
    for wait in (0.0, 0.05, 0.5, 2.0):
        job = client.post(f"w/{client.w}/ask", {"kind": "prices"}).json()["job"]
        time.sleep(wait)
        assert client.edit("pools.general.total = 9100", trial=True).status_code == 202
        assert client.step("undo").status_code == 202
        assert client.get(f"jobs/{job}").json()["state"] in ("stopped", "done")
        assert client.settled()["lamp"] == "ok"
    assert finished(client, "ask", {"kind": "why", "city": "000001", "pool": "general"})["state"] == "done"


def test_what_waits_says_for_what(client: Client) -> None:
    """A curve behind another one: its title and time are told, until that one is stopped."""
    client.settled()
    curve = {"kind": "curve", "target": "pools.general.total", "values": [8000.0 + 20 * n for n in range(50)]}
    first, second = (client.post(f"w/{client.w}/ask", curve).json()["job"] for _ in range(2))
    waits = client.get(f"jobs/{second}").json()
    assert waits["state"] == "waiting" and waits["behind"]["seconds"] >= 0
    assert waits["behind"]["title"] == {"zh": "变动曲线", "en": "a curve"}
    assert client.get(f"jobs/{first}").json()["behind"] is None
    for each in (first, second):
        assert client.post(f"jobs/{each}/stop", {"keep": False}).status_code == 202
    assert client.get(f"jobs/{second}").json()["behind"] is None


def test_every_kind_of_work_has_a_title() -> None:
    kinds = {*get_args(Ask.model_fields["kind"].annotation), "whole", "documents"}
    assert kinds == set(WORK)


def test_only_errors_are_named_as_causes_where_an_edit_has_no_allocation(client: Client):
    """A hint that stands beside them, as on the share that settles, is no reason."""
    hint = Finding("warning", "odd", "cities", None, None, None, Text("可疑。", "Odd."), Text("核对。", "Check."))
    wrong = Finding("error", "bad", "cities", None, None, None, Text("有误。", "Wrong."), Text("改正。", "Mend."))
    live = client.desk.live(client.w)
    client.settled()
    with patch.object(live._solver, "to", side_effect=InputError([hint, wrong])):
        assert client.edit("pools.general.total = 9998").status_code == 202
        told = client.settled()["conflict"]
    assert "有误" in json.dumps(told, ensure_ascii=False), "the error is told"
    assert "可疑" not in json.dumps(told["findings"], ensure_ascii=False), "the hint is not"
    assert client.step("undo").status_code == 202
    assert client.settled()["conflict"] is None
