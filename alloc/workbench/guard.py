"""Who may talk to the server: only the browser that this machine opened, from this page, under this name.

Every request passes here before anything else: name and port of the host (so that no other name can be rebound to this
machine), where a page comes from, the token or its cookie, and the size of what it brings. The token in the address is
exchanged once for a cookie. Source: OWASP ASVS 4.0.3, chapters 3, 4, 12 and 14.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from alloc.text import Text
from alloc.workbench.front import used

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY, MOST_UPLOAD = 8 << 20, 50 << 20  # bytes
UPLOADS = "/api/v1/uploads"
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
REFUSALS: dict[int, Text] = {
    400: Text("请求不完整。", "The request is not whole."),
    401: Text(
        "没有令牌，或令牌已经用过。请用 alloc workbench 打开的地址，或重新启动。",
        "There is no token, or it has been used. Take the address that alloc workbench opens, or start it again.",
    ),
    403: Text("请求不是来自本页面。", "The request does not come from this page."),
    404: Text("没有这个地址。", "There is nothing at this address."),
    413: Text("内容过大。", "That is too large."),
    500: Text("程序出错，你的修改已在磁盘上。", "The program made a mistake; your edits are on disk."),
    503: Text("程序正在退出，你的修改已在磁盘上。", "The program is ending; your edits are on disk."),
}


class Guard:
    """Middleware around the whole application.

    Args:
        app: what is guarded.
        token: of this run, at least 32 random bytes.
        port: on which the server listens.
    """

    def __init__(self, app: App, token: str, port: int) -> None:
        self._app, self._token, self._port = app, token, port
        self._cookie, self._secret, self._exchanged = f"alloc-{port}", secrets.token_urlsafe(32), False
        names = ("127.0.0.1", "localhost", "[::1]")
        self._hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or refuses it with a problem."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no web sockets here
            return
        headers = _headers(scope)
        status = self._refused(scope, headers)
        if status == 401 and self._exchanges(scope):
            await self._exchange(send)
            return
        uploads = scope["path"] == UPLOADS
        limit, length = MOST_UPLOAD if uploads else MOST_BODY, headers.get("content-length", "0")
        if status is None and not (length.isascii() and length.isdigit()):
            status = 400
        elif status is None and int(length[:20]) > limit:
            status = 413
        if status is None and not uploads and scope["method"] not in ("GET", "HEAD"):
            whole = await _taken(receive, limit)
            status = 413 if whole is None else None
            receive = whole or receive
        if status == 401 and scope["path"] == "/" and "text/html" in headers.get("accept", ""):
            own = (b"content-security-policy", used.POLICY.encode()), *HEADERS[1:]
            await _answer(send, status, b"text/html; charset=utf-8", used.page(self._port).encode(), own)
            return
        if status is not None:
            await refuse(send, status)
            return
        await self._app(scope, _counted(receive, limit) if uploads else receive, _with_headers(send))

    def _refused(self, scope: Scope, headers: MutableMapping[str, str]) -> int | None:
        host = headers.get("host", "").lower()
        if host not in self._hosts or headers.get("\0twice"):
            return 403
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        moves = scope["method"] not in ("GET", "HEAD")
        strict = moves or scope["path"].endswith("/events")
        page = scope["path"] == "/" and not moves
        if origin is not None and origin.lower() != f"http://{host}":
            return 403
        if site is not None and site not in ("same-origin", "none") and not page:
            return 403
        if strict and site == "none":
            return 403
        by_header = self._by_header(headers)
        if not (by_header or self._by_cookie(headers)):
            return 401
        if strict and not by_header and origin is None and site is None:
            return 403
        return None

    def _by_header(self, headers: MutableMapping[str, str]) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and _same(given.strip(), self._token)

    def _by_cookie(self, headers: MutableMapping[str, str]) -> bool:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return found is not None and _same(found.value, self._secret)

    def _exchanges(self, scope: Scope) -> bool:
        """Whether a request brings the token of the address for the first time."""
        if scope["path"] != "/" or scope["method"] != "GET" or self._exchanged:
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])
        return len(given) == 1 and _same(given[0], self._token)

    async def _exchange(self, send: Send) -> None:
        self._exchanged = True
        cookie = f"{self._cookie}={self._secret}; Path=/; HttpOnly; SameSite=Strict"
        headers = [(b"location", b"/"), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store"), *HEADERS]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


async def refuse(send: Send, status: int) -> None:
    """Answers with a problem and nothing else."""
    title = REFUSALS[status]
    body = json.dumps(
        {"type": "about:blank", "status": status, "title": title._asdict(), "findings": []}, ensure_ascii=False
    ).encode()
    await _answer(send, status, b"application/problem+json", body, HEADERS)


async def _answer(send: Send, status: int, kind: bytes, body: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    own = (b"content-type", kind), (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})


class TooLarge(Exception):
    """An upload that is larger than it may be, whatever its head said."""


async def _taken(receive: Receive, limit: int) -> Receive | None:
    """A body that has been read whole, to be read once more; None where it is larger than it may be."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        more = bool(message.get("more_body", False))
        if sum(map(len, parts)) > limit:
            return None
    body: list[Message] = [{"type": "http.request", "body": b"".join(parts), "more_body": False}]

    async def again() -> Message:
        return body.pop() if body else await receive()

    return again


def _counted(receive: Receive, limit: int) -> Receive:
    """The same body bit by bit, until it is larger than it may be."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLarge
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name.lower() for name, _ in message.get("headers", [])}
            more = [pair for pair in HEADERS if pair[0] not in own]
            if b"cache-control" not in own:
                more.append((b"cache-control", b"no-store"))
            message["headers"] = [*message.get("headers", []), *more]
        await send(message)

    return sent


def _headers(scope: Scope) -> dict[str, str]:
    """The headers by name; one that decides anything and stands there twice makes the request refused."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in found and key in ("host", "origin", "sec-fetch-site", "authorization", "content-length"):
            found["\0twice"] = key
        found[key] = value.decode("latin-1") if key != "cookie" else "; ".join(
            filter(None, [found.get(key), value.decode("latin-1")])
        )  # fmt: skip
    return found


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
