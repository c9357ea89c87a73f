"""The server of the workbench: one process, one worker, this machine alone."""

from __future__ import annotations

import logging
import mimetypes
import socket
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from alloc.errors import AllocError
from alloc.instance.findings import Finding, InputError
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.template.settings_text import fields
from alloc.text import Text
from alloc.workbench.api import ROUTERS
from alloc.workbench.api.nation import state_of
from alloc.workbench.desk import CrowdedError, Desk, MissingError
from alloc.workbench.files import StaleError, WorkspaceError
from alloc.workbench.guard import REFUSALS, Guard, TooLarge
from alloc.workbench.models import Words
from alloc.workbench.picture.whole import found
from alloc.workbench.records import Problem
from alloc.workbench.runs.early import keep

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

LOG = logging.getLogger("alloc.workbench")
PAGE = files("alloc.workbench").joinpath("page")
KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
         ".html": "text/html", ".json": "application/json", ".png": "image/png", ".woff2": "font/woff2"}  # fmt: skip
MOST_FOUND = 2_000  # findings that one answer tells; how many there are it tells too
NOWHERE = Text("没有这个地址。", "There is nothing at this address.")
SHAPE = Text("请求的形式不对：{where}：{said}。", "The request is not of the right shape: {where}: {said}.")
OTHER = Text("请求不能这样处理（{status}）。", "The request cannot be answered ({status}).")
DISK = Text("无法读写磁盘：{said}。", "The disk cannot be read or written: {said}.")
FAULT = Text("程序出错，你的修改已在磁盘上。", "The program made a mistake; your edits are on disk.")


def application(desk: Desk, token: str, port: int, language: str = "en") -> Guard:
    """The whole application behind its guard.

    Args:
        desk: the workspaces.
        token: of this run.
        port: on which it is served.
        language: that a page begins with, ``zh`` or ``en``.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="alloc workbench", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
        lifespan=lifespan,
    )  # fmt: skip
    app.state.desk, app.state.language = desk, language
    desk.keep = partial(_put_by, language)
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1")
    app.openapi = partial(_described, app.openapi)  # type: ignore[method-assign]
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_exception_handler(AllocError, _refused)
    app.add_exception_handler(RequestValidationError, _shape)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooLarge, lambda request, error: problem(413, REFUSALS[413]))
    app.add_exception_handler(OSError, _disk)
    app.add_exception_handler(Exception, _fault)

    @app.get("/", include_in_schema=False)
    def index() -> Response:
        return _page("index.html")

    @app.get("/page/words.json", include_in_schema=False)
    def words() -> Response:
        return JSONResponse(_words())

    @app.get("/page/{name:path}", include_in_schema=False)
    def page(name: str) -> Response:
        return _page(name)

    return Guard(app, token, port)


PROBLEM = "application/problem+json"


def _described(usual: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The description of the API, in which a refusal is of the type that it is sent as."""
    found = usual()
    for operations in found["paths"].values():
        for operation in operations.values():
            for status, told in operation["responses"].items():
                if status >= "400" and "application/json" in told.get("content", {}):
                    told["content"] = {PROBLEM: told["content"]["application/json"]}
    return found


def _put_by(language: str, id: str, live: Live) -> None:
    """The picture that the next start begins with."""
    if live.base is not None and live.files.settled:
        keep(live.files.place, state_of(live, id, language), live.base.grid.table(live.base.hash))


def problem(status: int, title: Text, findings: tuple[Finding, ...] = ()) -> Response:
    """An answer in the form of RFC 9457."""
    content = Problem(
        type="about:blank", status=status, title=Words(zh=title.zh, en=title.en),
        findings=found(findings[:MOST_FOUND]), total=len(findings),
    )  # fmt: skip
    return Response(content.model_dump_json(), status, media_type=PROBLEM)


STATUS: tuple[tuple[type[AllocError], int], ...] = (
    (MissingError, 404), (StaleError, 409), (CrowdedError, 429), (WorkspaceError, 423), (AllocError, 400),
)  # fmt: skip


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, AllocError)
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    return problem(status, error.message, error.findings if isinstance(error, InputError) else ())


def _shape(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])[:200]
    said = str(first["msg"])[:200]
    return problem(422, SHAPE.fill(where=where, said=said))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    return problem(status, NOWHERE if status == 404 else REFUSALS.get(status, OTHER.fill(status=status)))


def _disk(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(423, DISK.fill(said=error.strerror or type(error).__name__))


def _fault(request: Request, error: Exception) -> Response:
    LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, FAULT)


@cache
def _listing() -> dict[str, Path]:
    """The files of the page, and nothing else: a name that is not among them is not there."""
    root = Path(str(PAGE))
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()
            and not any(part.startswith(".") for part in path.relative_to(root).parts)}  # fmt: skip


def _page(name: str) -> Response:
    path = _listing().get(name)
    if path is None or path.suffix == ".toml":
        return problem(404, NOWHERE)
    kind = KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers={"cache-control": "no-cache"})


def _settings(model: type[BaseModel], path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every setting by its path, with its title."""
    for name, _, part in fields(model):
        field = model.model_fields.get(name)  # its own title, without the unit
        about: Any = field.json_schema_extra if field is not None and field.json_schema_extra else {}
        if "title_zh" in about:
            yield f"{path}{name}", {"zh": about["title_zh"], "en": about["title_en"]}
        if part is not None:
            yield from _settings(part, f"{path}{name}.")


@cache
def _words() -> dict[str, dict[str, str]]:
    """Words of the page, every key with its sections before it, and titles of what files name, in both languages."""
    flat = {f"name.{table.name}.{column.name}": column.title._asdict()
            for table in TABLES.values() for column in table.columns}  # fmt: skip
    flat |= dict(_settings(Settings, "name."))

    def walk(content: dict[str, Any], before: str) -> None:
        for key, value in content.items():
            if isinstance(value, dict) and set(value) == {"zh", "en"} and isinstance(value["zh"], str):
                flat[before + key] = value
            elif isinstance(value, dict):
                walk(value, f"{before}{key}.")

    path = Path(str(PAGE)) / "words.toml"
    if path.is_file():
        walk(tomllib.loads(path.read_text(encoding="utf-8")), "")
    return flat


def sockets(port: int) -> list[socket.socket]:
    """Sockets on this machine's own addresses, of both kinds where there are both, on one port; 0: any that is free."""
    found = [socket.create_server(("127.0.0.1", port))]
    with suppress(OSError):  # no address of that kind here, or somebody else has the port there
        found.append(socket.create_server(("::1", found[0].getsockname()[1]), family=socket.AF_INET6))
    return found


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def server(app: Any, ready: Callable[[], None]) -> uvicorn.Server:
    """A server that is ready to run.

    Args:
        app: of `application`.
        ready: called once it answers.
    """
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3, lifespan="on"
    )
    return _Server(config, ready)
