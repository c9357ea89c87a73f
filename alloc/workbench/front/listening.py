"""The server itself: one process, one worker, on this machine's own addresses."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn

IDLE = 60  # seconds after which a connection without requests is closed: longer than programs that ask keep theirs


def sockets(port: int) -> list[socket.socket]:
    """Sockets on this machine's own addresses, of both kinds where there are both, on one port; 0: any that is free."""
    found = [_listening("127.0.0.1", port)]
    with suppress(OSError):  # no address of that kind here, or somebody else has the port there
        found.append(_listening("::1", found[0].getsockname()[1], socket.AF_INET6))
    return found


def _listening(host: str, port: int, family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    """A socket whose answers are sent at once: head and body are two pieces, and the second would wait 40 ms for the
    first to be acknowledged. The event loop sees to that only where a socket names its protocol; so does this one."""
    made = socket.create_server((host, port), family=family)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # kept by what it accepts, but not on every system
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, fileno=made.detach())


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready, self._leave = ready, leave

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leave()
        await super().shutdown(sockets)


def server(app: Any, ready: Callable[[], None], leave: Callable[[], None]) -> uvicorn.Server:
    """A server that is ready to run.

    Args:
        app: of `application`.
        ready: called once it answers.
        leave: called when it is to end, in its loop: ends the answers that would last as long as they are listened to.
    """
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3, lifespan="on",
        timeout_keep_alive=IDLE,
    )  # fmt: skip
    return _Server(config, ready, leave)
