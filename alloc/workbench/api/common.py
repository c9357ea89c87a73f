"""What every route has: the workspace of its address, and answers made of models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from alloc.workbench.desk import Desk
from alloc.workbench.files import WorkspaceError
from alloc.workbench.records import Accepted, Problem

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": said}
    for status, said in (
        (400, "Wrong input, with its findings"), (401, "No token"), (403, "Foreign origin"), (404, "Not there"),
        (409, "Another revision stands"), (413, "Too large"), (422, "Wrong shape"), (423, "Not writable here"),
        (429, "Too many workspaces are open"),
    )
}  # fmt: skip


def desk_of(request: Request) -> Desk:
    """The workspaces of the server."""
    found = request.app.state.desk
    assert isinstance(found, Desk)
    return found


OnDesk = Annotated[Desk, Depends(desk_of)]


def live_of(w: str, desk: OnDesk) -> Live:
    """The workspace of an address, open."""
    return desk.live(w)


if TYPE_CHECKING:
    Opened = Live
else:  # what a route is given; of its type the server need know nothing
    Opened = Annotated[Any, Depends(live_of)]


def writable_of(live: Opened) -> Live:
    """The same, for what is written into its folder.

    Raises:
        WorkspaceError: another process writes there, or it cannot be written.
    """
    if live.files.reader is not None:
        raise WorkspaceError(live.files.reader)
    return live


if TYPE_CHECKING:
    Writable = Live
else:
    Writable = Annotated[Any, Depends(writable_of)]


def answer(content: BaseModel, status: int = 200) -> Response:
    """A model as an answer."""
    return Response(content.model_dump_json(), status, media_type="application/json")


def accepted(revision: int, job: str | None = None, n: int | None = None) -> Response:
    """202: it is on disk, or begun."""
    return answer(Accepted(revision=revision, job=job, n=n), 202)
