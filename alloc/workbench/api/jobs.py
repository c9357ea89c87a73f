"""Whole facilities, questions and curves: begun here, done beside, answered as jobs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from alloc.errors import AllocError
from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, OnDesk, Opened, accepted, answer
from alloc.workbench.desk import Desk, MissingError
from alloc.workbench.jobs import Job
from alloc.workbench.models import Words
from alloc.workbench.picture.whole import told
from alloc.workbench.records import Accepted, Problem
from alloc.workbench.records import Job as Record
from alloc.workbench.requests import Ask, Solve, Stop
from alloc.workbench.sessions import Live

router = APIRouter(tags=["jobs"], responses=PROBLEMS)
NO_JOB = Text("没有这项工作。", "There is no such job.")
NEEDS: dict[str, tuple[str, ...]] = {
    "why": ("city", "pool"), "take": ("city", "pool", "at_least"), "curve": ("target", "values"),
    "compare": ("scenarios",),
}  # fmt: skip
LACKS = Text("这个问题还要写明：{names}。", "This question needs as well: {names}.")


@router.post("/w/{w}/solve", status_code=202, response_model=Accepted)
def solve(asked: Solve, live: Opened) -> Response:
    """Whole facilities of what stands, beside; the result comes as an event and takes the relaxation's place."""
    return accepted(live.standing.revision, live.whole(asked.gap, asked.time_limit))


@router.post("/w/{w}/ask", status_code=202, response_model=Accepted)
def ask(asked: Ask, live: Opened) -> Response:
    """A question about what stands; the answer is that of the commands with --format json, and what they print."""
    given: dict[str, Any] = asked.model_dump(exclude={"kind"})
    if missing := [name for name in NEEDS.get(asked.kind, ()) if given[name] in (None, [])]:
        raise AllocError(LACKS.fill(names=", ".join(missing)))
    return accepted(live.standing.revision, live.ask(asked.kind, **given))


@router.get("/jobs/{j}", response_model=Record)
def job(j: str, desk: OnDesk) -> Response:
    """State, progress and answer of a job."""
    found, _ = _find(desk, j)
    problem = None
    if found.failure is not None:
        findings = told(found.failure["findings"])
        problem = Problem(type="about:blank", status=400, title=Words(**found.failure["title"]), findings=findings)
    return answer(Record(id=found.id, kind=found.kind, state=found.state, seconds=round(found.seconds, 2),  # type: ignore[arg-type]
                         progress=found.progress, answer=found.answer, problem=problem))  # fmt: skip


@router.post("/jobs/{j}/stop", status_code=202, response_model=Accepted)
def stop(j: str, asked: Stop, desk: OnDesk) -> Response:
    """Stops a job; a search keeps its best point if that is wanted."""
    found, live = _find(desk, j)
    live.stop(found, asked.keep)
    return accepted(live.standing.revision, found.id)


def _find(desk: Desk, id: str) -> tuple[Job, Live]:
    for live in desk.opened():
        if (job := live.jobs.get(id)) is not None:
            return job, live
    raise MissingError(NO_JOB)
