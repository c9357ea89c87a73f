"""GET /w/{w}, its cities and its stream of events."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from alloc.result.summary import sources_note
from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, OnDesk, Opened, Writable, answer
from alloc.workbench.api.scenarios import scenarios_of
from alloc.workbench.desk import MissingError
from alloc.workbench.models import Cities, State, Words
from alloc.workbench.picture import outcome
from alloc.workbench.picture.cities import Grid
from alloc.workbench.picture.rules import rules
from alloc.workbench.records import Sums
from alloc.workbench.requests import Chosen, View

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

router = APIRouter(tags=["nation"], responses=PROBLEMS)
NOT_YET = Text("还没有可以显示的结果。", "There is no result to show yet.")
LARGE = 1_000  # cities, from which edits are solved on Enter alone
SCREENS = ["nation", "city", "compare", "curve", "data", "documents"]


@router.get("/w/{w}", response_model=State)
def state(w: str, desk: OnDesk, request: Request) -> Response:
    """Everything that the page needs to begin; that of last time until the workspace is open and solved."""
    early = desk.early(w)
    if early is None:
        return answer(state_of(desk.live(w), w, request.app.state.language))
    opened = desk.known(w)
    return JSONResponse(early.state | (opened.files.kept() if opened is not None else {}))


def state_of(live: Live, w: str, usual: str) -> State:
    """The state of a workspace.

    Args:
        live: the workspace.
        w: its id.
        usual: the language of a page that remembers none.
    """
    last = live.stream.last
    instance = live.instance
    picture, shown = live.told
    sources = Words(zh="", en="")
    if shown is not None:
        sources = outcome.both(partial(sources_note, shown.result))
    known = rules(instance, None) if shown is None else shown.rules
    title, cities = instance.settings.title, len(instance.tables["cities"])
    view = live.files.view()
    language: Any = view["language"] if view.get("language") in ("zh", "en") else usual
    return State(
        **dict(picture), id=w, title=Words(zh=title.zh, en=title.en), place=outcome.place(instance),
        cities_word=outcome.cities_word(instance), year=instance.settings.year, language=language,
        scenario=live.standing.scenario, scenarios=scenarios_of(live), screens=SCREENS,
        **live.files.kept(), live=cities < LARGE, rules=known, sources=sources,
        last_event=last, map={"column": "land", "against": "land_change", "borders": [-0.1, -0.02, 0.02, 0.1]},
        view=view, jobs=[{"id": job.id, "kind": job.kind, "state": job.state, "seconds": job.seconds,
                          "progress": job.progress}
                         for job in live.jobs.active],
    )  # fmt: skip


@router.get("/w/{w}/cities", response_model=Cities)
def cities(
    w: str,
    desk: OnDesk,
    columns: Annotated[str, Query(max_length=4_000)] = "",
    at: Annotated[str, Query(pattern="^(base|shown)$")] = "base",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The table of cities of what was kept last, or of what is shown; with further columns by their ids.

    Until the workspace is open and solved it is that of last time, which has no further columns.
    """
    early = desk.early(w)
    if early is not None:
        return Response(early.cities, media_type="application/json", headers={"cache-control": "no-cache"})
    live = desk.live(w)
    shown = live.base if at == "base" else live.shown
    if shown is None:
        raise MissingError(NOT_YET)
    wanted = [each for each in columns.split(",") if each]
    tag = f'"{shown.hash[:32]}"' if not wanted else None
    if tag is not None and if_none_match == tag:
        return Response(status_code=304, headers={"etag": tag})
    grid = shown.grid if not wanted else Grid(shown.result, wanted)
    found = answer(grid.table(shown.hash))
    found.headers["cache-control"] = "no-cache"
    if tag is not None:
        found.headers["etag"] = tag
    return found


@router.post("/w/{w}/sums", response_model=Sums)
def sums(asked: Chosen, live: Opened) -> Response:
    """What some cities have together: sums, and of the score the mean over residents."""
    shown = live.base if asked.at == "base" else live.shown
    if shown is None:
        raise MissingError(NOT_YET)
    grid = Grid(shown.result, asked.columns) if asked.columns else shown.grid
    there = dict.fromkeys(code for code in asked.cities if code in set(grid.keys))
    values = {column.id: total for column, total in zip(grid.columns, grid.totals([*there]), strict=True)}
    return answer(Sums(cities=len(there), values=values))


@router.get("/w/{w}/events")
async def events(
    request: Request,
    w: str,
    after: Annotated[int | None, Query(ge=0, le=10**12)] = None,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """Server-sent events: what was missed after the last one that was seen, then what comes."""
    from starlette.concurrency import run_in_threadpool

    live = await run_in_threadpool(request.app.state.desk.live, w)
    if last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit():
        after = int(last_event_id)
    told = live.stream.listen(after, live.standing.revision)
    return StreamingResponse(told, media_type="text/event-stream", headers={"cache-control": "no-store"})


@router.put("/w/{w}/view", status_code=204)
def view(asked: View, live: Writable) -> Response:
    """What the page remembers for itself."""
    live.files.remember(asked.content)
    return Response(status_code=204)
