"""A real server of the workbench in a thread, and what tests ask it: with its token, over the wire."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx

from alloc.workbench import jobs
from alloc.workbench.desk import Desk
from alloc.workbench.front.listening import server, sockets
from alloc.workbench.server import application

TOKEN = "t" * 43
# What the process beside the page loads, at its start and for its first piece of work.
LOADED = (
    "alloc.workbench.worker", "alloc.compiler.compile", "alloc.explanation.city.reasons",
    "alloc.explanation.infeasibility.conflict", "alloc.report.document", "alloc.solver.solution",
)  # fmt: skip


@dataclass
class Client:
    """Asks one server, and one workspace of it."""

    base: str
    desk: Desk
    w: str = ""
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, timeout=60, headers={"Authorization": f"Bearer {TOKEN}"})

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(f"/api/v1/{path}", **more)

    def post(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.http.post(f"/api/v1/{path}", json=body, **more)

    def begin(self, value: str | Path, source: str = "path", name: str = "") -> str:
        """Opens or makes a workspace and waits for its first picture."""
        made = self.post("workspaces", {"source": source, "value": str(value), "name": name})
        assert made.status_code == 201, made.text
        self.w = made.json()["id"]
        return self.w

    def state(self) -> dict[str, Any]:
        found = self.get(f"w/{self.w}")
        assert found.status_code == 200, found.text
        return dict(found.json())

    def settled(self, seconds: float = 60.0) -> dict[str, Any]:
        """The state once what stands is solved."""
        until = time.monotonic() + seconds
        revision = self.desk.live(self.w).standing.revision
        while time.monotonic() < until:
            state = self.state()
            if state["revision"] >= revision and state["lamp"] != "wait":
                return state
            time.sleep(0.02)
        raise AssertionError(f"not solved within {seconds} s: {state['words']}")

    def edit(self, *lines: str, trial: bool = False, revision: int | None = None, why: str = "") -> httpx.Response:
        now = self.state()["revision"] if revision is None else revision
        asked = {"revision": self.desk.live(self.w).standing.revision if revision is None else now,
                 "lines": list(lines), "trial": trial, "why": why}  # fmt: skip
        return self.post(f"w/{self.w}/edits", asked)

    def step(self, do: str, **more: Any) -> httpx.Response:
        return self.post(f"w/{self.w}/{do}", {"revision": self.desk.live(self.w).standing.revision, **more})


def events(client: Client, after: int | None, enough: Any, seconds: float = 60.0) -> list[dict[str, Any]]:
    """Events of the stream, until there are enough."""
    found: list[dict[str, Any]] = []
    query = {} if after is None else {"after": after}
    with client.http.stream("GET", f"/api/v1/w/{client.w}/events", params=query, timeout=seconds) as stream:
        assert stream.status_code == 200
        entry: dict[str, Any] = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name in ("id", "event"):
                entry[name] = value
            elif name == "data":
                entry["data"] = json.loads(value)
            elif not line and entry:
                found.append(entry)
                entry = {}
                if enough(found):
                    return found
    return found


def laid(values: list[Any], cells: dict[str, Any]) -> list[Any]:
    """A column with what an event tells of it laid over it, as the page does."""
    found, told = [*values], cells["by"] if cells["values"] is None else cells["values"]
    for place, each in zip(range(len(values)) if cells["at"] is None else cells["at"], told, strict=True):
        if cells["values"] is not None:
            found[place] = each
        elif each:
            digits = cells["digits"]
            found[place] = round(round(found[place], digits) + each / 10**digits, digits)
    return found


@contextmanager
def loaded_once() -> Iterator[None]:
    """The processes beside are forks of one that has loaded everything: each edit that ends one starts another, and to
    load the program takes longer than the work of most tests. Programs that tests start themselves, in
    test_workbench_start, load it anew for each as users' do."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    with patch.object(jobs, "multiprocessing", SimpleNamespace(get_context=lambda method: context)):
        yield


@contextmanager
def served(root: Path) -> Iterator[Client]:
    """A server over the workspaces below a folder."""
    with loaded_once():
        yield from _served(root)


def _served(root: Path) -> Iterator[Client]:
    taken = sockets(0)
    port = taken[0].getsockname()[1]
    desk = Desk(root, port)
    ready = threading.Event()
    running = server(application(desk, TOKEN, port), ready.set, desk.leave)
    thread = threading.Thread(target=running.run, kwargs={"sockets": taken}, daemon=True)
    thread.start()
    assert ready.wait(30)
    client = Client(f"http://127.0.0.1:{port}", desk)
    try:
        yield client
    finally:
        client.http.close()
        running.should_exit = True
        thread.join(30)
        desk.close()
        for each in taken:
            each.close()
