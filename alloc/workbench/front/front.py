"""The first to answer: the page, its files, and the picture of last time; what else is asked waits for the program.

To load the program takes longer than to draw a page. So the page and its first rows are answered before that begins; it
begins when something else is asked, as the page does once it has drawn them, or after a moment.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

from alloc.workbench.front.page import WORDS, Both, own_words, page, words
from alloc.workbench.guard import App, Receive, Scope, Send, refuse
from alloc.workbench.runs.early import Early

PATIENCE = 4.0  # seconds that the program waits for the first rows to be asked for
JSON = "application/json"
Built = tuple[App, Mapping[str, Both]]


class Leaving(Exception):
    """The program ends before it was loaded."""


class Unloaded(Exception):
    """There is no program to answer: `status` is what is answered."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Front:
    """Answers by itself what it can, and hands on the rest.

    Args:
        build: makes the program: who answers everything else, and the titles of what files name.
        w: id of the workspace that the page opens; "" for none.
        early: what it showed last time, if that still is what it gives.
    """

    def __init__(self, build: Callable[[], Built], w: str = "", early: Early | None = None) -> None:
        self._build, self._early = build, early
        self._state, self._cities = f"/api/v1/w/{w}", f"/api/v1/w/{w}/cities"
        self._built: Future[Built] = Future()
        self._soon = threading.Event()

    def load(self) -> None:
        """Makes the program, in this thread; raises what hinders it."""
        try:
            built = self._build()
        except BaseException as error:
            self._built.set_exception(error)
            raise
        with suppress(InvalidStateError):  # nobody waits for it any more
            self._built.set_result(built)

    def leave(self) -> None:
        """Whoever still waits for the program is told that it ends."""
        with suppress(InvalidStateError):
            self._built.set_exception(Leaving())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        try:
            await self._answered(scope, receive, send)
        except Unloaded as none:
            await refuse(send, none.status)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, early = scope["path"], self._early
        if scope["method"] == "GET" and (path == "/" or path.startswith("/page/")):
            await self._page(path.removeprefix("/page/") if path != "/" else "index.html", send)
            return
        if early is not None and not self._built.done() and scope["method"] == "GET" and not scope["query_string"]:
            if path == self._state:
                await _answer(send, json.dumps(early.state, ensure_ascii=False).encode(), JSON)
                return
            if path == self._cities:
                await _answer(send, early.cities, JSON)
                return
        app, _ = await self._program()
        await app(scope, receive, send)

    async def _program(self) -> Built:
        self._soon.set()
        try:
            return await asyncio.wrap_future(self._built)
        except Exception as error:
            raise Unloaded(503 if isinstance(error, Leaving) else 500) from error

    async def _page(self, name: str, send: Send) -> None:
        if name == WORDS:
            early = self._early
            names = early.names if early is not None and not self._built.done() else (await self._program())[1]
            found: tuple[bytes, str] | None = json.dumps(words(names), ensure_ascii=False).encode(), JSON
        else:
            found = page(name)
        if found is None:
            await refuse(send, 404)
            return
        await _answer(send, *found)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Loads what is not loaded yet as soon as the server runs."""
        while (message := await receive())["type"] != "lifespan.shutdown":
            if message["type"] == "lifespan.startup":
                if not self._built.done():
                    threading.Thread(target=own_words, name="words", daemon=True).start()  # while a browser opens
                    threading.Thread(target=self._later, name="load", daemon=True).start()
                await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    def _later(self) -> None:
        self._soon.wait(PATIENCE)
        try:
            self.load()
        except Exception:  # whoever asks is told that there is none
            logging.getLogger("alloc.workbench").exception("the program could not be loaded")


async def _answer(send: Send, body: bytes, kind: str) -> None:
    headers: list[Any] = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()),
                          (b"cache-control", b"no-cache")]  # fmt: skip
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
