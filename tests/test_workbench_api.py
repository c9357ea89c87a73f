"""The workbench over the wire: the whole loop, every route, what is wrong, and the same bytes as the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
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
