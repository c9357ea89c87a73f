"""Documents: made beside of what stands, listed, handed out by their names alone."""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, Opened, Writable, accepted, answer
from alloc.workbench.api.jobs import enough, stored
from alloc.workbench.desk import MissingError
from alloc.workbench.files import DOCUMENTS
from alloc.workbench.records import Accepted, Document, DocumentList
from alloc.workbench.requests import Documents

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

router = APIRouter(tags=["files"], responses=PROBLEMS)
NO_DOCUMENT = Text("没有这份文件。", "There is no such document.")


@router.get("/w/{w}/documents", response_model=DocumentList)
def documents(live: Opened) -> Response:
    """The documents that were made, the newest first; `old` where they are of another result than what is shown."""
    return answer(DocumentList(documents=list(_listed(live))))


@router.post("/w/{w}/documents", status_code=202, response_model=Accepted)
def make(asked: Documents, live: Writable) -> Response:
    """Makes documents of what stands, as a job."""
    if asked.kind == "compare":
        enough(asked.sides)
    name = f"{asked.kind}-{asked.language}-{live.instance.hash[:12]}"
    job = live.ask("documents", out=str(live.files.place / DOCUMENTS / name), formats=asked.formats,
                   language=asked.language, cities=asked.cities, sides=asked.sides, result=stored(live))  # fmt: skip
    return accepted(live.standing.revision, job)


@router.get("/w/{w}/documents/{d}", response_class=FileResponse)
def document(d: str, live: Opened) -> Response:
    """One document, to be kept."""
    path = next((path for path in _files(live) if _id(live, path) == d), None)
    if path is None:
        raise MissingError(NO_DOCUMENT)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileResponse(path, media_type=kind, filename=path.name, content_disposition_type="attachment")


def _files(live: Live) -> list[Path]:
    """Files two levels down and no links: a folder for each time, documents in it."""
    root = live.files.place / DOCUMENTS
    found = [path for path in root.glob("*/*") if path.is_file() and not path.is_symlink()]
    return sorted(found, key=lambda path: (-path.stat().st_mtime, path.name))


def _id(live: Live, path: Path) -> str:
    return path.relative_to(live.files.place / DOCUMENTS).as_posix().replace("/", "~")


def _listed(live: Live) -> list[Document]:
    now = live.instance.hash[:12]
    found = []
    for path in _files(live):
        kind, _, hash = path.parent.name.partition(".")[0].rpartition("-")
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append(Document(id=_id(live, path), name=path.name, kind=kind, size=path.stat().st_size, hash=hash,
                              old=hash != now, at=at))  # fmt: skip
    return found
