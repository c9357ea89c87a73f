"""Scenarios, reasons and new limits over the wire: the same lines, files and bytes as the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.api import save as save_result
from alloc.cli import main
from workbench_server import Client, served

pytestmark = pytest.mark.long
TIMES = (
    "timings",
    "seconds",
    "gap",
    "bound",
    "manifest.json",
)  # what differs from run to run: how the solver got there
LIMIT = {
    "quantity": "allocation:general", "where": [{"column": "city", "sense": "=", "values": ["000001"]}],
    "sense": "<=", "value": 0.4, "basis": "share", "title_zh": "首市不过四成", "title_en": "First's share",
}  # fmt: skip
LINE = (
    "add limits { limit = 'limit-1', title_zh = '首市不过四成', title_en = \"First's share\", "
    "quantity = 'allocation:general', where = \"city = '000001'\", sense = '<=', value = 0.4, basis = 'share' }"
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        yield found


@pytest.fixture(autouse=True)
def cleared(client: Client) -> Iterator[None]:
    yield
    while client.settled()["can_undo"]:
        assert client.step("undo").status_code == 202
    assert client.step("scenario", name="").status_code == 202
    client.settled()


def save(client: Client, name: str, **more: str) -> dict[str, dict[str, object]]:
    asked = {"name": name, "title_zh": "试", "title_en": "Trial", **more}
    saved = client.post(f"w/{client.w}/scenarios", asked)
    assert saved.status_code == 201, saved.text
    return {each["id"]: each for each in saved.json()["scenarios"]}


def stripped(value: object) -> object:
    """A manifest without what differs from run to run."""
    if isinstance(value, dict):
        return {key: stripped(each) for key, each in value.items() if key not in TIMES}
    return [stripped(each) for each in value] if isinstance(value, list) else value


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_an_edit_of_the_page_and_the_line_of_the_command_line_give_the_same_bytes(
    client: Client, tmp_path: Path
) -> None:
    """A limit that was built on the page, and `alloc solve --edit` with the line that the page shows."""
    client.settled()
    drafted = client.post(f"w/{client.w}/limits", LIMIT).json()
    assert drafted == {"line": LINE, "cities": ["000001"], "findings": []}
    assert client.edit(drafted["line"], why="tried").status_code == 202
    assert client.settled()["conflict"] is None
    live = client.desk.live(client.w)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    assert live.shown is not None
    save_result(live.shown.result, ours)
    words = ["solve", str(live.files.instance), "--edit", f"{LINE} # tried", "--relaxation", "--out", str(theirs),
             "--quiet"]  # fmt: skip
    assert CliRunner().invoke(main, words).exit_code == 0
    one, two = files(ours), files(theirs)
    assert set(one) == set(two)
    for name in one:
        if name.endswith(".json"):
            assert stripped(json.loads(one[name])) == stripped(json.loads(two[name])), name
        else:
            assert one[name] == two[name], name


def test_a_limit_is_offered_what_there_is_and_what_is_wrong_is_said(client: Client) -> None:
    client.settled()
    offer = client.get(f"w/{client.w}/limits").json()
    assert {each["id"] for each in offer["quantities"]} >= {"allocation:general", "settle", "added:school"}
    assert [each["shares"] for each in offer["quantities"] if each["id"] == "settle"] == [False]
    called = {each["id"]: each["title"]["zh"] for each in offer["quantities"]}
    assert (called["transfers"], called["spending"]) == ("各项转移支付", "建设支出")
    assert [name for name, title in called.items() if title.isascii()] == []
    columns = {each["id"]: each for each in offer["columns"]}
    assert columns["residents"]["numeric"] and not columns["city"]["numeric"]
    assert [each["id"] for each in columns["city"]["values"]] == ["000001", "000002"]
    nobody = {**LIMIT, "where": [{"column": "residents", "sense": ">", "values": [1e9]}]}
    drafted = client.post(f"w/{client.w}/limits", nobody).json()
    assert drafted["cities"] == [] and drafted["findings"][0]["code"] == "selects_nothing"
    unknown = client.post(f"w/{client.w}/limits", {**LIMIT, "quantity": "allocation:none"}).json()
    assert unknown["findings"][0]["severity"] == "error"


def test_a_reason_is_given_later_and_goes_into_result_and_scenario(client: Client) -> None:
    client.settled()
    n = client.edit("pools.general.total = 9000").json()["n"]
    assert client.edit("policy.debt.ceiling = 1.4", why="own").status_code == 202
    before = client.settled()["hash"]
    asked = {"revision": client.state()["revision"], "why": "less money"}
    assert client.http.put(f"/api/v1/w/{client.w}/edits/{n}", json=asked).status_code == 202
    state = client.settled()
    assert [edit["why"] for edit in state["edits"]] == ["less money", "own"] and state["hash"] == before
    shown = client.desk.live(client.w).shown
    assert shown is not None and [edit["why"] for edit in shown.result.manifest["edits"]] == ["less money", "own"]
    assert client.http.put(f"/api/v1/w/{client.w}/edits/{n}", json=asked).status_code == 409
    save(client, "reasons")
    text = (client.desk.live(client.w).files.place / "scenarios" / "reasons.toml").read_text(encoding="utf-8")
    assert 'why = "less money"' in text and 'why = "own"' in text


def test_scenarios_are_saved_on_each_other_renamed_and_taken_away(client: Client) -> None:
    """One that starts from another saved here holds both edits, and makes what the page shows."""
    client.settled()
    assert client.edit("pools.general.total = 9000").status_code == 202
    assert save(client, "one", why="first")["one"]["edits"] == 1
    assert client.step("undo").status_code == 202
    assert client.step("scenario", name="one").status_code == 202
    assert client.edit("pools.general.total *= 0.9").status_code == 202
    state = client.settled()
    refused = client.post(f"w/{client.w}/scenarios", {"name": "one", "title_zh": "试", "title_en": "Trial"})
    assert refused.status_code == 423 and "another name" in refused.json()["title"]["en"]
    both = save(client, "both")
    assert both["one"]["stands"] and not both["both"]["stands"]
    place = client.desk.live(client.w).files.place
    made = alloc.solve(place / "instance", scenario=str(place / "scenarios" / "both.toml"), relaxation=True)
    assert made.instance.hash == state["hash"]
    assert float(made.instance.tables["pools"]["total"].iloc[0]) == 8100

    at = f"/api/v1/w/{client.w}/scenarios/"
    assert client.http.delete(f"{at}one").status_code == 400
    text = (place / "scenarios" / "both.toml").read_text(encoding="utf-8")
    named = client.http.put(f"{at}both", json={"title_zh": "两处", "title_en": "Both"}).json()["scenarios"]
    assert [each["title"] for each in named if each["id"] == "both"] == [{"zh": "两处", "en": "Both"}]
    assert (place / "scenarios" / "both.toml").read_text(encoding="utf-8").splitlines()[1:] == text.splitlines()[1:]
    assert "both" not in [each["id"] for each in client.http.delete(f"{at}both").json()["scenarios"]]
    assert (place / "scenarios" / "both.1.toml").is_file(), "it stays on disk"
    for name in ("both", "nothing", "..%2Finstance"):
        assert client.http.delete(f"{at}{name}").status_code == 404
