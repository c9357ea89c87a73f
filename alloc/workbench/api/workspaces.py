"""GET and POST /workspaces: which there are, and a new one from a path, a shipped instance, a province or an upload."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from alloc.copies import init
from alloc.workbench.api.common import PROBLEMS, OnDesk, answer
from alloc.workbench.api.uploads import taken
from alloc.workbench.records import Workspace, Workspaces
from alloc.workbench.requests import Open
from alloc.workbench.runs.recent import NATION, provinces

TEMPLATE = "alloc.xlsx"
router = APIRouter(tags=["workspaces"], responses=PROBLEMS)


@router.get("/workspaces", response_model=Workspaces)
def workspaces(desk: OnDesk) -> Response:
    """The workspaces of this machine."""
    return answer(Workspaces(workspaces=desk.workspaces(), provinces=provinces(), nation=NATION))


@router.post("/workspaces", status_code=201, response_model=Workspace)
def opened(asked: Open, desk: OnDesk) -> Response:
    """Opens one, or makes it."""
    upload = partial(taken, desk, asked.value) if asked.source == "upload" else None
    id = desk.begin(asked.source, asked.value, asked.name, upload)
    return answer(next(each for each in desk.workspaces() if each.id == id), 201)


@router.get("/template", response_class=FileResponse)
def template(language: Annotated[Literal["zh", "en"], Query()] = "zh") -> Response:
    """An empty workbook with its guide, to fill in, as `alloc init` makes it."""
    folder = Path(mkdtemp())
    init(folder / TEMPLATE, language=language)
    return FileResponse(folder / TEMPLATE, filename=TEMPLATE, content_disposition_type="attachment",
                        background=BackgroundTask(rmtree, folder))  # fmt: skip


@router.delete("/w/{w}", status_code=204)
def closed(w: str, desk: OnDesk) -> Response:
    """Closes a workspace; what it is stays on disk."""
    desk.close(w)
    return Response(status_code=204)
