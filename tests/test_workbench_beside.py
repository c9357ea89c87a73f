"""Results beside each other over the wire: every number is one of the engine's comparison, every sentence its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
import alloc
from alloc.comparison.balance import balances, sentence
from test_workbench_api import finished
from workbench_server import Client, served

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        yield found


def test_what_stands_beside_the_base_is_the_comparison_of_the_engine(client: Client) -> None:
    """A thousand of the ten thousand less, and all of it from the second city."""
    client.settled()
    assert client.get(f"w/{client.w}/sides").json() == {
        "sides": [{"id": "scenario:", "title": {"zh": "基准", "en": "Base"}}]
    }
    assert client.edit("pools.general.total = 9000").status_code == 202
    client.settled()
    assert [each["id"] for each in client.get(f"w/{client.w}/sides").json()["sides"]] == ["scenario:", "now"]
    job = finished(client, "ask", {"kind": "compare", "sides": ["scenario:", "now"]})
    assert job["state"] == "done", job
    record: dict[str, Any] = job["answer"]["record"]
    base, other = alloc.solve("hand", relaxation=True), alloc.solve("hand", edits=["pools.general.total = 9000"],
                                                                     relaxation=True)  # fmt: skip
    compared = alloc.compare(base, other)
    moves = compared.rows("tiers", "B").to_dict("records")
    assert record["sentences"] == [sentence(balances(base, other), moves, other)._asdict()]
    assert [side["kind"] for side in record["sides"]] == ["relaxation"] * 2 and record["note"] is None
    (pool,) = [each for each in record["quantities"] if each["id"] == "allocation:general"]
    given = compared.rows("allocation", "B").set_index("city")
    assert record["lead"] == pool["id"] and record["cities"]["keys"] == given.index.tolist()
    assert pool["values"] == [given["base"].tolist(), given["other"].tolist()]
    assert pool["changes"] == [[0.0, -1000.0]] and pool["counts"] == [{"gain": 0, "loss": 1, "rounding": 0}]
    verdicts = {f"tier:{row['tier']}": row["verdict"] for row in moves}
    shown = {row["id"]: row["moves"][1] for row in record["rows"] if row["id"] in verdicts}
    assert {id: each["same"] for id, each in shown.items()} == {id: each == "same" for id, each in verdicts.items()}
    assert shown["tier:cost"]["words"] == {"zh": "▼ 0.1 亿元 变好", "en": "▼ 0.1 × 10⁸ yuan better"}
    groups = compared.rows("groups", "B")
    for grouping in record["groupings"]:
        rows = groups[(groups["grouping"] == grouping["id"]) & (groups["measure"] == "allocation:general")]
        changes = {each["id"]: each["sums"]["allocation:general"]["changes"][0] for each in grouping["groups"]}
        assert changes == dict(zip(rows["group"], rows["change"], strict=True))
    told = job["answer"]["said"]["en"][0]
    differing = "Settings and cells that differ, and rows that only one of them has: 1."
    assert any(differing in str(part) for section in told for part in section["parts"])

    made = finished(client, "documents", {"kind": "compare", "formats": ["xlsx", "html"], "language": "zh",
                                          "sides": ["scenario:", "now"]})  # fmt: skip
    assert made["state"] == "done" and made["answer"] == {"files": ["comparison-zh.xlsx", "comparison-zh.html"]}
    listed = client.get(f"w/{client.w}/documents").json()["documents"]
    assert {(each["name"], each["old"]) for each in listed} == {(name, False) for name in made["answer"]["files"]}
    assert client.step("undo").status_code == 202


def test_sides_that_are_not_there_or_too_few_are_refused_in_words(client: Client) -> None:
    client.settled()
    for sides in (["scenario:"], ["now", "now"], []):
        assert client.post(f"w/{client.w}/ask", {"kind": "compare", "sides": sides}).status_code == 400
    for side in ("result:../../x", "scenario:../x", "elsewhere"):
        assert client.post(f"w/{client.w}/ask", {"kind": "compare", "sides": ["now", side]}).status_code == 422
    job = finished(client, "ask", {"kind": "compare", "sides": ["scenario:", "result:whole-99"]})
    assert job["state"] == "failed" and job["problem"]["title"]["zh"]


def test_a_result_with_whole_facilities_is_labelled_beside_a_relaxation(client: Client) -> None:
    client.settled()
    saved = finished(client, "solve", {"integers": True})
    assert saved["state"] == "done", saved
    name = str(saved["answer"]["out"]).replace("\\", "/").rpartition("/")[2]
    titles = {each["id"]: each["title"] for each in client.get(f"w/{client.w}/sides").json()["sides"]}
    number = name.removeprefix("whole-")
    assert titles[f"result:{name}"]["zh"] == f"整座设施，未修改（工作区第 {number} 版）"
    assert titles[f"result:{name}"]["en"] == f"Whole facilities, no edit (revision {number} of the workspace)"
    made = finished(client, "documents", {"kind": "report", "formats": ["html"], "language": "zh"})
    assert made["state"] == "done", made
    papers = client.get(f"w/{client.w}/documents").json()["documents"]
    (paper,) = [each for each in papers if each["name"].startswith(name)]
    told = client.get(f"w/{client.w}/documents/{paper['id']}").text
    assert f"　结果：整座设施，未修改（工作区第\u2009{number}\u2009版）</p>" in told, "as the page calls it"
    job = finished(client, "ask", {"kind": "compare", "sides": ["scenario:", f"result:{name}"]})
    record = job["answer"]["record"]
    kinds = [side["kind"] for side in record["sides"]]
    assert kinds[0] == "relaxation" and (record["note"] is None) == (kinds[1] == "relaxation")
