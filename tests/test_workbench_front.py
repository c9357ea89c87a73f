"""What answers before the program is loaded: the page and the picture of last time; all else waits, and is answered."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from typing import Any

import pytest

pytest.importorskip("uvicorn")
from alloc.workbench.front.front import Front
from alloc.workbench.front.listening import sockets
from alloc.workbench.runs.early import Early

EARLY = Early({"id": "w", "lamp": "wait"}, b'{"keys":[]}', {"name.pools.total": {"zh": "总量", "en": "Total"}})


def asked(front: Front, path: str, query: bytes = b"", method: str = "GET") -> tuple[int, bytes]:
    """One request, and its answer."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(front({"type": "http", "method": method, "path": path, "query_string": query}, receive, send))
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


async def program(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"program"})


def test_the_page_and_its_first_rows_do_not_wait_for_the_program() -> None:
    begun, enough = threading.Event(), threading.Event()

    def build() -> Any:
        begun.set()
        assert enough.wait(30)
        return program, {}

    front = Front(build, "w", EARLY)
    assert asked(front, "/")[1].startswith(b"<!doctype html>")
    assert b"import" in asked(front, "/page/main.mjs")[1]
    words = json.loads(asked(front, "/page/words.json")[1])
    assert words["name.pools.total"]["en"] == "Total" and words["conflict.short"]["zh"] == "缺口"
    assert json.loads(asked(front, "/api/v1/w/w")[1]) == EARLY.state
    assert asked(front, "/api/v1/w/w/cities") == (200, EARLY.cities)
    assert asked(front, "/page/nothing.mjs")[0] == asked(front, "/page/words.toml")[0] == 404
    assert asked(front, "/page/../front.py")[0] == 404
    assert not begun.is_set()
    loading = threading.Thread(target=front.load)
    loading.start()
    threading.Timer(0.2, enough.set).start()
    assert asked(front, "/api/v1/w/w/cities", b"at=shown")[1] == b"program", "what it cannot answer waits"
    loading.join()
    for path in ("/api/v1/w/w", "/api/v1/w/w/cities", "/api/v1/workspaces"):
        assert asked(front, path)[1] == b"program"
    assert "name.pools.total" not in json.loads(asked(front, "/page/words.json")[1])


def test_a_program_that_cannot_be_loaded_is_said() -> None:
    def build() -> Any:
        raise RuntimeError("no disk")

    front = Front(build, "w", EARLY)
    with pytest.raises(RuntimeError):
        front.load()
    status, body = asked(front, "/api/v1/workspaces")
    assert status == 500 and json.loads(body)["title"]["en"]
    assert asked(front, "/")[0] == 200


def test_answers_are_sent_at_once() -> None:
    """Head and body are two pieces: the second does not wait for the first to be acknowledged, 40 ms an answer."""
    for listening in (taken := sockets(0)):
        with listening, socket.create_connection(listening.getsockname()[:2]):
            assert listening.proto == socket.IPPROTO_TCP, "by which the event loop knows that it may"
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.proto == socket.IPPROTO_TCP
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert len({each.fileno() for each in taken}) == 1, "closed"
