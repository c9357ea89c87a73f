"""What can be compared: the base, scenarios, what stands, saved results; each named, and solved where it has to be."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from alloc.errors import AllocError
from alloc.explanation.shared.answer import Step
from alloc.result.result import Result
from alloc.result.store import load_result
from alloc.scenario import Edited
from alloc.text import Text
from alloc.workbench import steps
from alloc.workbench.files import RESULTS
from alloc.writing.kinds import MANIFEST

NOW, SCENARIO, RESULT = "now", "scenario:", "result:"
BASE, EDITS = Text("基准", "Base"), Text("当前的修改", "The edits that stand")
SAVED = Text("结果 {name}", "Result {name}")
OWN_NAME = re.compile(r"whole-(\d+)")  # that the page gives to what it solves with whole facilities
WHOLE = {
    0: Text(
        "整座设施，未修改（工作区第 {number} 版）", "Whole facilities, no edit (revision {number} of the workspace)"
    ),
    1: Text(
        "整座设施，修改 1 处（工作区第 {number} 版）", "Whole facilities, 1 edit (revision {number} of the workspace)"
    ),
}
MORE = Text(
    "整座设施，修改 {n} 处（工作区第 {number} 版）", "Whole facilities, {n} edits (revision {number} of the workspace)"
)
GONE = Text("“{side}”已不在，无法比较。", "“{side}” is not there any more and cannot be compared.")
IMPOSSIBLE = Text(
    "“{title}”没有满足全部规则的方案，无法比较；请先取消它。",
    "No allocation satisfies the rules of “{title}”, so it cannot be compared; take it out first.",
)
SOLVING = Text("求解“{title}”", "solving “{title}”")
MOST = 8  # results that are kept for the next comparison


def title_of(place: Path, side: str) -> Text:
    """What a side is called.

    Raises:
        AllocError: there is no such side.
    """
    if side == NOW:
        return EDITS
    kind, _, name = side.partition(":")
    if f"{kind}:" == RESULT and (place / RESULTS / name).is_dir():
        return saved(place / RESULTS / name)
    if side == SCENARIO:
        return BASE
    scenario = steps.start(place, name).scenario if f"{kind}:" == SCENARIO else None
    if scenario is None:
        raise AllocError(GONE.fill(side=name))
    return scenario.title


def saved(folder: Path) -> Text:
    """What a result in a workspace is called: by its folder, or by what was solved where the page named that."""
    return solved(folder) or SAVED.fill(name=folder.name)


def solved(folder: Path) -> Text | None:
    """What was solved to a result that the page named; None of one that the planner named."""
    found = OWN_NAME.fullmatch(folder.name)
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8")) if found else {}
    except (OSError, ValueError):  # it is damaged, which is said once it is opened
        manifest = {}
    if found is None or "edits" not in manifest:
        return None
    edits = len(manifest["edits"])
    return WHOLE.get(edits, MORE).fill(n=edits, number=found[1])


def result_of(
    asked: Mapping[str, Any], side: str, tell: Callable[..., None], known: OrderedDict[Any, Result], *,
    whole: bool = False,
) -> Result:  # fmt: skip
    """The result of a side: a stored one as it is, another solved, once for several comparisons.

    Args:
        asked: what the worker was asked, with the place and the steps that stand.
        side: ``now``, ``scenario:NAME``, ``result:NAME``.
        tell: told of every step of a solve.
        known: results by what they were solved from.
        whole: with whole facilities.

    Raises:
        AllocError: there is no such side, or no allocation.
    """
    place, name = Path(asked["place"]), side.partition(":")[2]
    if side.startswith(RESULT):
        if not (place / RESULTS / name).is_dir():
            raise AllocError(GONE.fill(side=name))
        return load_result(place / RESULTS / name)
    if side == NOW and asked.get("result"):
        return load_result(Path(asked["result"]))
    chain: Sequence[Edited] = (steps.chain(place, asked["scenario"], asked["steps"]) if side == NOW
                               else [steps.start(place, name)])  # fmt: skip
    key = (chain[-1].instance.hash, whole, side)
    if key not in known:
        known[key] = steps.solved(chain, tell, whole=whole)
        while len(known) > MOST:
            known.popitem(last=False)
    known.move_to_end(key)
    if not known[key].has_solution:
        raise AllocError(IMPOSSIBLE.fill(title=title_of(place, side)))
    return known[key]


def sides(
    asked: Mapping[str, Any], tell: Callable[..., None], known: OrderedDict[Any, Result]
) -> tuple[list[Result], list[Text]]:
    """All results that are to stand beside each other, and what each is called."""
    place = Path(asked["place"])
    titles = [title_of(place, side) for side in asked["sides"]]
    found = []
    for at, (side, title) in enumerate(zip(asked["sides"], titles, strict=True)):
        tell(Step(SOLVING.fill(title=title), at, len(titles)))
        found.append(result_of(asked, side, tell, known, whole=bool(asked.get("whole"))))
    return found, titles


def offered(place: Path, scenarios: Sequence[tuple[str, Text]], edits: int) -> list[dict[str, Any]]:
    """Everything that can stand beside something else.

    Args:
        place: of the workspace.
        scenarios: names and titles, the base by the name "".
        edits: how many stand.
    """
    found = [{"id": f"{SCENARIO}{name}", "title": title._asdict()} for name, title in scenarios]
    if edits:
        found.insert(1, {"id": NOW, "title": EDITS._asdict()})
    folders = (place / RESULTS).iterdir() if (place / RESULTS).is_dir() else ()
    for folder in sorted(folders, key=lambda path: path.name):
        if (folder / MANIFEST).exists():
            found.append({"id": f"{RESULT}{folder.name}", "title": saved(folder)._asdict()})
    return found
