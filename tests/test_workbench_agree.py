"""All parts of one picture are told against the same result, also after edits were kept that have no allocation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from test_workbench_told import LIMIT
from workbench_server import Client, served
from workbench_server import laid as over

pytestmark = pytest.mark.long
MOST = LIMIT.format(name="most", value=9000)
AT_LEAST = LIMIT.format(name="least", value=9e9).replace("'<='", "'>='")
TOTAL = "pools.general.total = {}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        found.settled()
        yield found


@pytest.fixture(autouse=True)
def cleared(client: Client) -> Iterator[None]:
    yield
    while (state := client.settled())["can_undo"] or state["trial"]:
        client.step("undo")


def table(client: Client, at: str) -> tuple[str, list[str], dict[str, list[Any]], set[str]]:
    """Hash, cities, columns, and which of these an event tells where they differ."""
    found = client.get(f"w/{client.w}/cities?at={at}").json()
    names = [column["id"] for column in found["columns"]]
    seen = {each["id"] for each in found["columns"] if each["shown"] and each["kind"] != "change"}
    return found["hash"], found["keys"], dict(zip(names, found["values"], strict=True)), seen


def agreed(client: Client) -> dict[str, Any]:
    """The state of which every part says the same: table, balance, rules and where each number comes from."""
    state = client.settled()
    hash, keys, before, seen = table(client, "base")
    shown, _, now, _ = table(client, "shown")
    assert (hash, shown) == (state["base"], state["hash"])
    told = {id: over(before[id], cells) for id, cells in state["changed"]["columns"].items()}
    for id in seen:
        assert told.get(id, before[id]) == now[id], id
    if state["trial"] and state["effect"] is not None:
        moved = [(each["pool"], key, amount) for each in state["effect"]["balance"]
                 for key, amount in [*each["pays"], *each["gains"]]]  # fmt: skip
        changes = [(id.removeprefix("pool:"), key, two - one) for id, values in now.items() if id.startswith("pool:")
                   for key, one, two in zip(keys, before[id], values, strict=True) if one != two]  # fmt: skip
        assert sorted(moved) == [(pool, key, pytest.approx(by)) for pool, key, by in sorted(changes)]
        for each in state["effect"]["balance"]:
            assert client.get(f"w/{client.w}/balance/{each['pool']}").json() == each
    else:
        assert state["trial"] or not state["changed"]["columns"]
    if not state["trial"]:
        assert state["conflict"] or not (state["turned"] or state["came"] or state["gone"])
    olds = {each["id"]: each["value"] for each in state["rules"]}
    for each in state["turned"]:
        assert each["before"] in (None, olds[each["id"]])
    return state


def test_after_a_conflict_that_was_kept_all_is_told_against_the_last_that_had_an_allocation(client: Client):
    """The total is 10,000; a limit that asks for more is kept. A total or a limit that is tried then, a repair, and
    what is taken back again: each is told against the 10,000, and says so."""
    first = agreed(client)
    assert client.edit(AT_LEAST, trial=True).status_code == 202
    clash = agreed(client)
    assert clash["conflict"] and clash["base"] == first["hash"]
    assert client.step("keep").status_code == 202
    kept = agreed(client)
    assert kept["conflict"] and kept["base"] == kept["hash"] == first["hash"] and kept["effect"] is None

    assert client.edit("limits.least.value = 1", TOTAL.format(9000), trial=True).status_code == 202
    tried = agreed(client)
    assert tried["conflict"] is None and tried["trial"] and tried["base"] == first["hash"]
    assert tried["effect"]["title"] is None and tried["effect"]["balance"][0]["paid"] == 1000
    assert tried["effect"]["note"] == {
        "zh": "加上刚才保留的修改就没有可行方案；这里的变化都与在它之前的方案相比。",
        "en": "With the edit that was kept last there is no allocation: all changes here are against the one before "
        "it.",
    }
    assert client.step("undo").status_code == 202
    again = agreed(client)
    assert again["conflict"] and again["hash"] == again["base"] == first["hash"] and again["effect"] is None
    assert client.edit("drop limits.least", trial=True).status_code == 202
    repaired = agreed(client)
    assert repaired["base"] == first["hash"] and repaired["effect"]["balance"] == []
    assert client.edit("drop limits.least", TOTAL.format(9000), trial=True).status_code == 202
    assert agreed(client)["effect"]["balance"][0]["paid"] == 1000
    assert client.step("keep").status_code == 202
    whole = agreed(client)
    assert whole["conflict"] is None and whole["base"] == whole["hash"]
    assert whole["effect"]["title"] == {"zh": "刚保留的 2 处修改", "en": "The 2 edits just kept"}
    assert whole["effect"]["balance"][0]["paid"] == 1000


@pytest.mark.parametrize("awaited", [False, True])
def test_two_edits_without_an_allocation_are_counted(client: Client, awaited: bool):
    """9,500 is kept before them, which no picture may have shown: it is what is told against all the same. Where one
    has, what 9,500 has moved is no effect of the edits behind it."""
    assert client.edit(TOTAL.format(9500)).status_code == 202
    if awaited:
        assert client.settled()["effect"]["balance"][0]["paid"] == 500
    assert client.edit(AT_LEAST).status_code == 202
    assert client.edit(MOST).status_code == 202
    kept = agreed(client)
    assert kept["conflict"]
    total = next(each["value"] for each in kept["rules"] if each["id"] == "pools.general.total")
    assert total == 9500 and kept["effect"] is None
    assert client.edit("drop limits.least", trial=True).status_code == 202
    tried = agreed(client)
    assert tried["base"] == kept["base"] and tried["effect"]["note"] == {
        "zh": "加上最近保留的 2 处修改就没有可行方案；这里的变化都与在它们之前的方案相比。",
        "en": "With the 2 edits that were kept last there is no allocation: all changes here are against the one "
        "before them.",
    }
    assert tried["effect"]["balance"][0]["paid"] == 500


def test_edits_that_were_not_solved_one_by_one_are_counted(client: Client):
    """By hand: from 10,000 to 9,000 in four edits at once, each of which ends the solve of the one before it."""
    agreed(client)
    live = client.desk.live(client.w)
    with live._change:  # nothing is solved until all stand
        for amount in (9900, 9700, 9400, 9000):
            live.edit(live.standing.revision, [TOTAL.format(amount)], "", False)
    state = agreed(client)
    assert state["effect"]["title"] == {"zh": "刚保留的 4 处修改", "en": "The 4 edits just kept"}
    assert state["effect"]["balance"][0]["paid"] == 1000 and state["effect"]["note"] is None
    assert client.edit(TOTAL.format(8900)).status_code == 202
    state = agreed(client)
    assert state["effect"]["title"] == {"zh": "刚保留的修改", "en": "The edit just kept"}
    assert state["effect"]["balance"][0]["paid"] == 100
