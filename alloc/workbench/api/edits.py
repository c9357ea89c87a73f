"""Checking lines, edits and trials, keep, undo, redo and taking an edit out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, Opened, accepted, answer
from alloc.workbench.models import Findings
from alloc.workbench.picture.whole import found
from alloc.workbench.records import Accepted
from alloc.workbench.requests import Check, Choose, Edit, Step, Why
from alloc.workbench.saving import scenario_text

router = APIRouter(tags=["edits"], responses=PROBLEMS)


@router.post("/w/{w}/check", response_model=Findings)
def check(asked: Check, live: Opened) -> Response:
    """Everything wrong or doubtful about lines, as `alloc check` finds it; nothing is solved."""
    return answer(Findings(findings=found(live.check(asked.lines))))


@router.post("/w/{w}/edits", status_code=202, response_model=Accepted)
def edit(asked: Edit, live: Opened) -> Response:
    """An edit, or a trial in the place of the last one; 202 once it is on disk."""
    standing = live.edit(asked.revision, asked.lines, asked.why, asked.trial)
    return accepted(standing.revision, n=standing.steps[-1].n)


@router.post("/w/{w}/keep", status_code=202, response_model=Accepted)
def keep(asked: Step, live: Opened) -> Response:
    """The trial becomes an edit."""
    return accepted(live.step(asked.revision, "keep", asked.why).revision)


@router.post("/w/{w}/undo", status_code=202, response_model=Accepted)
def undo(asked: Step, live: Opened) -> Response:
    """Takes the trial away, or else the last edit back."""
    return accepted(live.step(asked.revision, "undo").revision)


@router.post("/w/{w}/redo", status_code=202, response_model=Accepted)
def redo(asked: Step, live: Opened) -> Response:
    """The last edit that was taken back, again."""
    return accepted(live.step(asked.revision, "redo").revision)


@router.delete("/w/{w}/edits/{n}", status_code=202, response_model=Accepted)
def delete(n: int, live: Opened, revision: Annotated[int, Query(ge=0)]) -> Response:
    """Takes an edit out, wherever it stands."""
    return accepted(live.delete(revision, n).revision)


@router.put("/w/{w}/edits/{n}", status_code=202, response_model=Accepted)
def explain(n: int, asked: Why, live: Opened) -> Response:
    """Gives an edit that stands another reason."""
    return accepted(live.explain(asked.revision, n, asked.why).revision)


@router.post("/w/{w}/scenario", status_code=202, response_model=Accepted)
def scenario(asked: Choose, live: Opened) -> Response:
    """Starts from another scenario; the edits are applied to it again."""
    return accepted(live.choose(asked.revision, asked.name).revision)


@router.post("/w/{w}/take", status_code=202, response_model=Accepted)
def take(live: Opened) -> Response:
    """Edits go on here: another process that writes leaves that to this one; what was not on disk is tried again."""
    live.following.take()
    return accepted(live.standing.revision)


@router.get("/w/{w}/edits", response_class=Response)
def written(live: Opened) -> Response:
    """The edits that stand as the file of a scenario, to be kept elsewhere: `alloc solve --scenario` takes it."""
    standing, chain = live.at
    title = live.instance.settings.title
    text = scenario_text(live.files.place, Text(title.zh, title.en), chain, standing.scenario)
    named = {"content-disposition": 'attachment; filename="edits.toml"'}
    return Response(text, media_type="application/toml", headers=named)
