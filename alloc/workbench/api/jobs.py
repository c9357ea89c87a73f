"""Whole facilities, questions and curves: begun here, done beside, answered as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import Response

from alloc.errors import AllocError
from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, OnDesk, Opened, Writable, accepted, answer
from alloc.workbench.api.scenarios import scenarios_of
from alloc.workbench.desk import Desk, MissingError
from alloc.workbench.models import Words
from alloc.workbench.picture.sides import offered
from alloc.workbench.picture.whole import told
from alloc.workbench.records import Accepted, Before, Choice, Problem, SideList
from alloc.workbench.records import Job as Record
from alloc.workbench.requests import Ask, Solve, Stop

if TYPE_CHECKING:
    from alloc.workbench.jobs import Job
    from alloc.workbench.sessions import Live

router = APIRouter(tags=["jobs"], responses=PROBLEMS)
NO_JOB = Text("没有这项工作。", "There is no such job.")
NEEDS: dict[str, tuple[str, ...]] = {
    "why": ("city", "pool"), "take": ("city", "pool", "at_least"), "tariff": ("city",), "curve": ("target", "values"),
    "compare": ("sides",),
}  # fmt: skip
WORK: dict[str, Text] = {
    "whole": Text("求整座设施", "whole facilities"),
    "why": Text("查一个数为什么是这么多", "why a number is what it is"),
    "take": Text("查怎样才能给到一个数额", "what it takes to give an amount"),
    "tariff": Text("查多一单位带来什么", "what one more unit brings"),
    "prices": Text("查各条规则值多少", "what rules are worth"),
    "rules": Text("查各条规则值多少", "what rules are worth"),
    "formula": Text("查测算公式", "what the formula says"),
    "conflict": Text("查找可行的修复", "the search for repairs"),
    "curve": Text("变动曲线", "a curve"),
    "compare": Text("比较", "a comparison"),
    "documents": Text("生成文件", "documents"),
}
TWO = Text("请选两个或更多不同的情景或结果来比较。", "Choose two or more different sides to compare.")
LACKS = Text("这个问题还要写明：{names}。", "This question needs as well: {names}.")


@router.post("/w/{w}/solve", status_code=202, response_model=Accepted)
def solve(asked: Solve, live: Writable) -> Response:
    """Whole facilities of what stands, beside; the result comes as an event and takes the relaxation's place."""
    return accepted(live.standing.revision, live.whole(asked.gap, asked.time_limit))


@router.post("/w/{w}/ask", status_code=202, response_model=Accepted)
def ask(asked: Ask, live: Opened) -> Response:
    """A question about what stands; the answer is that of the commands with --format json, and what they print."""
    given: dict[str, Any] = asked.model_dump(exclude={"kind"})
    if missing := [name for name in NEEDS.get(asked.kind, ()) if given[name] in (None, [])]:
        raise AllocError(LACKS.fill(names=", ".join(missing)))
    if asked.kind == "compare":
        enough(asked.sides)
        given["result"] = stored(live)
    return accepted(live.standing.revision, live.ask(asked.kind, **given))


@router.get("/w/{w}/sides", response_model=SideList)
def listed(live: Opened) -> Response:
    """Everything that can stand beside something else: the base, what stands, scenarios, saved results."""
    scenarios = [(each.id, Text(each.title.zh, each.title.en)) for each in scenarios_of(live)]
    found = offered(live.files.place, scenarios, len(live.standing.steps))
    return answer(SideList(sides=[Choice(**each) for each in found]))


def enough(sides: list[str]) -> None:
    """Refuses fewer than two sides, and one that is named twice.

    Raises:
        AllocError: it is so.
    """
    if len(set(sides)) < max(2, len(sides)):
        raise AllocError(TWO)


def stored(live: Live) -> str | None:
    """Where the result lies that is shown, if it has whole facilities."""
    return None if live.shown is None else live.stored(live.shown)


@router.get("/jobs/{j}", response_model=Record)
def job(j: str, desk: OnDesk) -> Response:
    """State, progress and answer of a job."""
    found, live = _find(desk, j)
    problem, behind = None, None
    if found.state == "waiting" and (first := next(iter(live.jobs.active), found)) is not found:
        behind = Before(title=Words(**WORK[first.kind]._asdict()), seconds=round(first.seconds, 2))
    if found.failure is not None:
        findings = told(found.failure["findings"])
        problem = Problem(type="about:blank", status=400, title=Words(**found.failure["title"]), findings=findings)
    return answer(Record(id=found.id, kind=found.kind, state=found.state, seconds=round(found.seconds, 2),  # type: ignore[arg-type]
                         progress=found.progress, answer=found.answer, problem=problem,
                         behind=behind))  # fmt: skip


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
