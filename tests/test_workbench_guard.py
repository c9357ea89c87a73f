"""The guard of the workbench: what is let through, and everything that is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("uvicorn")
from alloc.workbench.guard import MOST_BODY, MOST_UPLOAD
from workbench_server import TOKEN, Client, served


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with served(tmp_path_factory.mktemp("desk")) as found:
        yield found


def asked(client: Client, method: str = "GET", path: str = "/api/v1/workspaces", **headers: str) -> httpx.Response:
    """A request with these headers alone."""
    with httpx.Client(base_url=client.base, timeout=30) as http:
        return http.request(method, path, headers=headers, content=b"{}" if method == "POST" else None)


def test_token_is_exchanged_once_for_a_cookie(client: Client) -> None:
    with httpx.Client(base_url=client.base, timeout=30) as http:
        first = http.get("/", params={"token": TOKEN})
        assert first.status_code == 303 and first.headers["location"] == "/"
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and TOKEN not in cookie
        assert http.get("/api/v1/workspaces").status_code == 200  # by the cookie
        same = {"Origin": client.base}
        assert http.post("/api/v1/workspaces", json={}, headers=same).status_code == 422  # through, and of no shape
        for headers in ({}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Origin": client.base, "Sec-Fetch-Site": "same-site"}, {"Origin": "null"},
                        {"Sec-Fetch-Site": "none"}):  # fmt: skip
            assert http.post("/api/v1/workspaces", json={}, headers=headers).status_code == 403, headers
            assert http.get("/api/v1/w/x/events", headers=headers).status_code == 403, headers
        assert http.get("/api/v1/w/x/events", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404
    again = httpx.get(f"{client.base}/", params={"token": TOKEN})
    assert again.status_code == 401 and "set-cookie" not in again.headers


def test_a_browser_is_told_in_words_that_the_address_was_used(client: Client) -> None:
    wanted = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for params in ({"token": TOKEN}, {}):
        found = httpx.get(f"{client.base}/", params=params, headers=wanted)
        assert found.status_code == 401 and found.headers["content-type"] == "text/html; charset=utf-8"
        for said in ("这个地址只能打开一次", "This address opens once", f'<a href="{client.base}/">'):
            assert said in found.text
        assert TOKEN not in found.text and "set-cookie" not in found.headers
        assert found.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert found.headers["x-frame-options"] == "DENY"
    assert "json" in httpx.get(f"{client.base}/page/main.mjs", headers=wanted).headers["content-type"]


@pytest.mark.parametrize("headers", [
    {}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN},
    {"Cookie": f"alloc={TOKEN}"}, {"Authorization": f"Bearer {TOKEN}x"},
])  # fmt: skip
def test_without_the_token_nothing_is_told(client: Client, headers: dict[str, str]) -> None:
    reads = ("/api/v1/workspaces", "/", "/page/index.html", "/api/v1/openapi.json", "/nowhere")
    for method, path in (*(("GET", path) for path in reads), ("POST", "/api/v1/workspaces")):
        found = asked(client, method, path, **headers)
        assert found.status_code == 401
        assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "",
                                  "127.0.0.1.nip.io:{port}", "0.0.0.0:{port}"])  # fmt: skip
def test_another_name_is_refused(client: Client, host: str) -> None:
    """DNS rebinding: the browser is led to this machine under a foreign name."""
    port = client.base.rpartition(":")[2]
    found = asked(client, Host=host.format(port=port), Authorization=f"Bearer {TOKEN}")
    assert found.status_code == 403 or found.status_code == 400


def test_own_names_are_right(client: Client) -> None:
    port = client.base.rpartition(":")[2]
    for name in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST"):
        assert asked(client, Host=f"{name}:{port}", Authorization=f"Bearer {TOKEN}").status_code == 200


def test_headers_of_every_answer(client: Client) -> None:
    for path in ("/api/v1/workspaces", "/api/v1/nowhere"):
        headers = client.http.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; frame-ancestors 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
    assert client.http.options("/api/v1/workspaces").status_code == 405


def test_large_bodies_are_refused(client: Client) -> None:
    large = b"x" * (MOST_BODY + 1)
    assert client.http.post("/api/v1/workspaces", content=large).status_code == 413

    def bits() -> Iterator[bytes]:  # without a length in the head
        for _ in range(9):
            yield b"x" * (1 << 20)

    assert client.http.post("/api/v1/workspaces", content=bits()).status_code == 413
    told = {"Content-Length": str(MOST_UPLOAD + 1)}
    with socket.create_connection(("127.0.0.1", int(client.base.rpartition(":")[2]))) as line:
        head = f"POST /api/v1/uploads HTTP/1.1\r\nHost: {client.base[7:]}\r\nAuthorization: Bearer {TOKEN}\r\n"
        line.sendall(f"{head}Content-Length: {told['Content-Length']}\r\n\r\n".encode())
        assert b" 413 " in line.recv(200)


def test_headers_given_twice_are_refused(client: Client) -> None:
    port = int(client.base.rpartition(":")[2])
    for name, value in (("Host", "evil.example"), ("Origin", "http://evil.example"), ("Authorization", "Bearer x")):
        head = f"GET /api/v1/workspaces HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {TOKEN}\r\n"
        head += f"Origin: {client.base}\r\n{name}: {value}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(head.encode())
            status = line.recv(200).split()[1]
        assert status in (b"403", b"400"), name


def test_only_this_machine_is_served(client: Client) -> None:
    """Bound to the loopback addresses alone."""
    port = int(client.base.rpartition(":")[2])
    name = socket.gethostbyname(socket.gethostname())
    if name.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(OSError), socket.create_connection((name, port), timeout=2):
        pass
