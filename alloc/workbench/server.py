"""The application of the workbench: its routes, and how it refuses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from alloc.errors import AllocError
from alloc.instance.findings import Finding, InputError
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.template.settings_text import fields
from alloc.text import Text, system_words
from alloc.workbench.api import ROUTERS
from alloc.workbench.api.nation import state_of
from alloc.workbench.desk import CrowdedError, Desk, MissingError
from alloc.workbench.files import StaleError, WorkspaceError
from alloc.workbench.front.front import Built, Front
from alloc.workbench.guard import REFUSALS, Guard, TooLarge
from alloc.workbench.models import Words
from alloc.workbench.picture.whole import found
from alloc.workbench.records import Problem
from alloc.workbench.runs.early import keep

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

LOG = logging.getLogger("alloc.workbench")
MOST_FOUND = 2_000  # findings that one answer tells; how many there are it tells too
SHAPE = Text("请求的形式不对：{where}：{said}。", "The request is not of the right shape: {where}: {said}.")
OTHER = Text("请求不能这样处理（{status}）。", "The request cannot be answered ({status}).")
DISK = Text("无法读写磁盘：{said}。", "The disk cannot be read or written: {said}.")


def application(desk: Desk, token: str, port: int, language: str = "en") -> Guard:
    """The whole application behind its guard, loaded.

    Args:
        desk: the workspaces.
        token: of this run.
        port: on which it is served.
        language: that a page begins with, ``zh`` or ``en``.
    """
    front = Front(partial(program, desk, language))
    front.load()
    return Guard(front, token, port)


def program(desk: Desk, language: str) -> Built:
    """Who answers all but the page itself, and the titles of what files name."""
    return _api(desk, language), names()


def _api(desk: Desk, language: str) -> FastAPI:
    app = FastAPI(
        title="alloc workbench", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json",
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
    return app


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
        keep(live.files.place, state_of(live, id, language), live.base.grid.table(live.base.hash), names())


def problem(status: int, title: Text, findings: tuple[Finding, ...] = ()) -> Response:
    """An answer in the form of RFC 9457; errors come before what is only hinted at."""
    findings = tuple(sorted(findings, key=lambda each: each.severity != "error"))
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
    return problem(status, REFUSALS.get(status, OTHER.fill(status=status)))


def _disk(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(423, DISK.fill(said=system_words(error)))


def _fault(request: Request, error: Exception) -> Response:
    LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, REFUSALS[500])


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
def names() -> dict[str, dict[str, str]]:
    """Titles of what files name, in both languages: columns of tables, and settings."""
    flat = {f"name.{table.name}.{column.name}": column.title._asdict()
            for table in TABLES.values() for column in table.columns}  # fmt: skip
    return flat | dict(_settings(Settings, "name."))
