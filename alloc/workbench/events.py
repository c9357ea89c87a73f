"""The stream of events of a workspace: numbered, kept for those who were away, told to every listener.

Server-sent events (HTML Living Standard, 9.2): ``id``, ``event`` and ``data`` a line each, an empty line behind. Work
happens in threads, listeners wait in the loop of the server; what is in between is a bounded queue.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

KEPT = 200  # events that one who comes back is told again; one who was away longer asks for the state
WAITING = 1_000  # events that wait for a listener that does not read; then it is cut off, and comes back by itself
BEAT = 10.0  # seconds between signs of life
MOST = 4.0  # reports of progress a second


class Stream:
    """The events of one workspace, from any thread to any number of listeners."""

    def __init__(self) -> None:
        self._lock, self._next = threading.Lock(), 1
        self._kept: deque[tuple[int, str]] = deque(maxlen=KEPT)
        self._listeners: dict[asyncio.Queue[str | None], asyncio.AbstractEventLoop] = {}
        self._told = 0.0

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self._next - 1

    def tell(self, event: str, revision: int, data: dict[str, Any], job: str | None = None) -> None:
        """Tells everybody; of a solve's progress at most so many a second (jobs see to that themselves).

        Args:
            event: as of `alloc.workbench.records.Event`.
            revision: that it is about.
            data: plain values.
            job: that it belongs to.
        """
        with self._lock:
            if event == "progress" and job is None:
                now = time.monotonic()
                if now - self._told < 1 / MOST:
                    return
                self._told = now
            content = {"revision": revision, "job": job, **data}
            text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            told = f"id: {self._next}\nevent: {event}\ndata: {text}\n\n"
            if event != "progress":
                self._kept.append((self._next, told))
            self._next += 1
            listeners = list(self._listeners.items())
        for queue, loop in listeners:
            self._put(queue, loop, told)

    def close(self) -> None:
        """Ends every listener's stream."""
        with self._lock:
            listeners = list(self._listeners.items())
            self._listeners.clear()
        for queue, loop in listeners:
            self._put(queue, loop, None)

    def _put(self, queue: asyncio.Queue[str | None], loop: asyncio.AbstractEventLoop, told: str | None) -> None:
        def put() -> None:
            if queue.qsize() >= WAITING:
                self._listeners.pop(queue, None)
                queue.put_nowait(None)
            else:
                queue.put_nowait(told)

        try:
            loop.call_soon_threadsafe(put)
        except RuntimeError:  # the loop has ended, and its listener with it
            self._listeners.pop(queue, None)

    async def listen(self, after: int | None, revision: int) -> AsyncIterator[str]:
        """Everything after an event, then what comes; `ready` first.

        Args:
            after: the last event that was seen; None: only what comes.
            revision: of now.
        """
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        with self._lock:
            missed = [] if after is None else [told for id, told in self._kept if id > after]
            whole = after is None or after >= self._next - 1 or (bool(self._kept) and self._kept[0][0] <= after + 1)
            self._listeners[queue] = asyncio.get_running_loop()
            last = self._next - 1
        try:
            ready = json.dumps({"revision": revision, "job": None, "whole": whole})
            yield f"id: {last if not missed else after}\nevent: ready\ndata: {ready}\n\n"
            for told in missed:
                yield told
            while True:
                try:
                    next_one = await asyncio.wait_for(queue.get(), BEAT)
                except TimeoutError:
                    yield ": beat\n\n"
                    continue
                if next_one is None:
                    return
                yield next_one
        finally:
            self._listeners.pop(queue, None)
