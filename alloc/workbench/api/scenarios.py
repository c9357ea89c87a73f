"""Scenarios: those of the instance and those saved here; saving what stands, other titles, taking one away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import Response

from alloc.errors import AllocError
from alloc.scenario.files import load_scenario, scenarios
from alloc.text import Text
from alloc.workbench.api.common import PROBLEMS, Opened, Writable, answer
from alloc.workbench.desk import MissingError
from alloc.workbench.files import SCENARIOS
from alloc.workbench.models import Named, Words
from alloc.workbench.records import Scenarios
from alloc.workbench.requests import Scenario, Titles
from alloc.workbench.saving import remove_scenario, rename_scenario, save_scenario

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

router = APIRouter(tags=["scenarios"], responses=PROBLEMS)
BASE = Words(zh="基准", en="Base")
NO_SCENARIO = Text("这里没有保存过这个情景。", "No such scenario has been saved here.")
STANDS = Text(
    "现在的修改是从这个情景开始的；请先换到另一个情景，再删除它。",
    "What stands now starts from this scenario; switch to another one before removing it.",
)


@router.get("/w/{w}/scenarios", response_model=Scenarios)
def listed(live: Opened) -> Response:
    """The scenarios of the instance, and those saved here."""
    return answer(Scenarios(scenarios=scenarios_of(live)))


@router.post("/w/{w}/scenarios", status_code=201, response_model=Scenarios)
def save(asked: Scenario, live: Writable) -> Response:
    """The edits that stand, as a scenario's file that the commands read too; an older one is renamed beside."""
    standing, chain = live.at
    title = Text(asked.title_zh, asked.title_en)
    save_scenario(live.files.place, asked.name, title, chain, standing.scenario, asked.why)
    return answer(Scenarios(scenarios=scenarios_of(live)), 201)


@router.put("/w/{w}/scenarios/{s}", response_model=Scenarios)
def rename(s: str, asked: Titles, live: Writable) -> Response:
    """Gives a scenario saved here other titles; its edits stay to the byte."""
    rename_scenario(_mine(live, s), Text(asked.title_zh, asked.title_en))
    return answer(Scenarios(scenarios=scenarios_of(live)))


@router.delete("/w/{w}/scenarios/{s}", response_model=Scenarios)
def remove(s: str, live: Writable) -> Response:
    """Takes a scenario saved here out of the list; its file is renamed beside and stays on disk."""
    path = _mine(live, s)
    if live.standing.scenario == s:
        raise AllocError(STANDS)
    remove_scenario(path)
    return answer(Scenarios(scenarios=scenarios_of(live)))


def _mine(live: Live, name: str) -> Path:
    path = saved_here(live).get(name)
    if path is None:
        raise MissingError(NO_SCENARIO)
    return path


def saved_here(live: Live) -> dict[str, Path]:
    """The files of the scenarios saved here, by name; files that were renamed beside are none."""
    folder = live.files.place / SCENARIOS
    return {path.stem: path for path in sorted(folder.glob("*.toml")) if "." not in path.stem}


def scenarios_of(live: Live) -> list[Named]:
    """None, the scenarios of the instance, and those saved in the workspace."""
    folder, mine, now = live.files.instance, saved_here(live), live.standing.scenario
    found = [Named(id="", title=BASE, edits=0, stands=not now)]
    for name in [*(name for name in scenarios(folder) if name not in mine), *mine]:
        try:
            scenario = load_scenario(folder, str(mine.get(name, name)))
        except AllocError:  # a file that cannot be used is not offered
            continue
        title = Words(zh=scenario.title.zh, en=scenario.title.en)
        found.append(Named(id=name, title=title, edits=len(scenario.edits), mine=name in mine, stands=name == now))
    return found
