"""Documents: made beside of what stands, listed, handed out by their names alone."""

from __future__ import annotations

import json
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
from alloc.workbench.models import Words
from alloc.workbench.picture.sides import SCENARIO, title_of
from alloc.workbench.records import Accepted, Document, DocumentList
from alloc.workbench.requests import Documents

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

router = APIRouter(tags=["files"], responses=PROBLEMS)
ABOUT = ".about.json"  # beside documents: what they are of
EDITED = Text("{n} 处修改", "{n} {n:|edit|edits}")
NO_DOCUMENT = Text("没有这份文件。", "There is no such document.")


@router.get("/w/{w}/documents", response_model=DocumentList)
def documents(live: Opened) -> Response:
    """The documents that were made, the newest first; `old` where they are of another result than what is shown."""
    from alloc.report.writing import WRITERS, lacking  # which the rows of a city need not wait for

    found = {form: said for form in WRITERS if (said := lacking(form)) is not None}
    missing = {form: Words(zh=said.zh, en=said.en) for form, said in found.items()}
    making = [job.id for job in live.jobs.active if job.kind == "documents"]
    return answer(DocumentList(documents=list(_listed(live)), making=making, missing=missing))


@router.post("/w/{w}/documents", status_code=202, response_model=Accepted)
def make(asked: Documents, live: Writable) -> Response:
    """Makes documents of what stands, as a job."""
    if asked.kind == "compare":
        enough(asked.sides)
    name = f"{asked.kind}-{asked.language}-{live.instance.hash[:12]}"
    out = live.files.place / DOCUMENTS / name
    out.mkdir(parents=True, exist_ok=True)
    (out / ABOUT).write_text(json.dumps(_title(live)._asdict(), ensure_ascii=False), encoding="utf-8")
    job = live.ask("documents", out=str(out), formats=asked.formats,
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
    found = [path for path in root.glob("*/*") if path.is_file() and not path.is_symlink() and path.name != ABOUT]
    return sorted(found, key=lambda path: (-path.stat().st_mtime, path.name))


def _title(live: Live) -> Text:
    """What is shown now: the instance, its scenario, and how many edits there are."""
    standing, title = live.standing, live.instance.settings.title
    parts = [Text(title.zh, title.en)]
    if standing.scenario:
        parts.append(title_of(live.files.place, f"{SCENARIO}{standing.scenario}"))
    if standing.steps:
        parts.append(EDITED.fill(n=len(standing.steps)))
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def _noted(path: Path) -> Words:
    """The title that was noted beside a document."""
    try:
        return Words.model_validate_json((path.parent / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Words(zh=path.name, en=path.name)


def _id(live: Live, path: Path) -> str:
    return path.relative_to(live.files.place / DOCUMENTS).as_posix().replace("/", "~")


def _listed(live: Live) -> list[Document]:
    now = live.instance.hash[:12]
    found = []
    for path in _files(live):
        kind, _, hash = path.parent.name.partition(".")[0].rpartition("-")
        kind, _, language = kind.partition("-")
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append(Document(id=_id(live, path), name=path.name, title=_noted(path), kind=kind, language=language,
                              size=path.stat().st_size, hash=hash, old=hash != now, at=at))  # fmt: skip
    return found
