"""Whatever is sent to any route of the workbench's own description, it is answered, and never as a mistake of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from workbench_server import Client, served

pytestmark = pytest.mark.slow
PLACES = {
    "w": ("", "nothing"),
    "t": ("cities", "pools", "none", "..%2F"),
    "n": ("1", "-1", "x"),
    "j": ("x",),
    "d": ("x",),
}
WORDS = st.sampled_from([
    "", "a", "000001", "general", "pools.general.total = 1", "drop limits", "hand", "name", "policy.debt.ceiling",
    "城" * 50, "\x00", "cities", "html", "en", "report", "why", "conflict", "add limits { }", "x" * 5_000, "1e999",
])  # fmt: skip
SCALAR = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False,
                   allow_infinity=False), WORDS)  # fmt: skip
VALUES = st.recursive(SCALAR, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner,
                      max_size=3)), max_leaves=6)  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        found.begin("hand", "shipped")
        found.settled()
        yield found


def fields(described: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """Names of what a body holds, by the description."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return list(described["components"]["schemas"].get(name, {}).get("properties", {}))


@given(st.data())
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_never_our_mistake(client: Client, data: st.DataObject) -> None:
    described = client.get("openapi.json").json()
    routes = [(path, method) for path, each in described["paths"].items() for method in each]
    path, method = data.draw(st.sampled_from(routes))
    names = fields(described, described["paths"][path][method])
    body = {name: data.draw(VALUES) for name in names if data.draw(st.integers(0, 9))}
    if "revision" in body and data.draw(st.booleans()):
        body["revision"] = client.desk.live(client.w).standing.revision
    if "lines" in body and data.draw(st.booleans()):
        body["lines"] = data.draw(st.lists(WORDS, min_size=1, max_size=3))
    for name, values in PLACES.items():
        path = path.replace(f"{{{name}}}", data.draw(st.sampled_from(values)) or client.w)
    if path.endswith(("/events", "/workspaces", "/solve")) or (method == "delete" and path == f"/api/v1/w/{client.w}"):
        return  # these go on, make folders, or close what the others ask
    found = client.http.request(method.upper(), path, json=body if names else None)
    assert found.status_code < 500, (method, path, body, found.text)
    if found.status_code >= 400:
        assert found.headers["content-type"] == "application/problem+json"
        assert set(found.json()["title"]) == {"zh", "en"}
