"""A workbook dropped on a workspace: what of it differs from what stands, and taking that over as one edit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from alloc.errors import AllocError
from alloc.instance.files.reading import read
from alloc.instance.findings import InputError
from alloc.instance.instance import Instance
from alloc.instance.options import with_options
from alloc.scenario.difference import changes_between
from alloc.scenario.edits import SETTINGS
from alloc.scenario.state import GRIDS, LISTS, taken_apart
from alloc.text import Text
from alloc.workbench import steps
from alloc.workbench.api.common import PROBLEMS, OnDesk, Opened, answer
from alloc.workbench.api.tables import pasted_cells
from alloc.workbench.api.uploads import checked, folder, kept, taken
from alloc.workbench.desk import Desk
from alloc.workbench.models import Words
from alloc.workbench.picture.whole import found
from alloc.workbench.records import Taken, TakenTable
from alloc.workbench.requests import Workbook

router = APIRouter(tags=["tables"], responses=PROBLEMS)
MOST = 500  # cells that are told one by one
SETTINGS_TITLE = Text("设置", "Settings")
ORDER = Text(
    "工作簿里“{title}”的先后次序不同，这不能由修改表达；请在原文件中保持次序。",
    "The workbook has “{title}” in another order, which no edit can make; keep the order in the file.",
)


@router.post("/w/{w}/workbook", response_model=Taken)
def workbook(asked: Workbook, live: Opened, desk: OnDesk) -> Response:
    """What an uploaded workbook changes, or the edit that changes it; read by a process with limits."""
    place = folder(desk) / f"{asked.upload}-read"
    instance = live.instance
    lines = list(lines_between(instance, with_options(_read(desk, asked.upload, place), relaxation=True)))
    revision, applied = asked.revision, None
    if lines:
        applied = steps.step(instance, lines, asked.why)
        if not asked.dry:
            revision = live.edit(asked.revision, lines, asked.why, False).revision
    if not asked.dry:
        shutil.rmtree(place, ignore_errors=True)
    cells = [] if applied is None else pasted_cells(applied)
    names = [] if applied is None else [cell.table for cell in applied.cells]
    tables = [
        TakenTable(name=name, title=_title(name), cells=names.count(name)) for name in dict.fromkeys(names)
    ]  # fmt: skip
    return answer(Taken(
        tables=tables, cells=cells[:MOST], count=len(cells), applied=applied is not None and not asked.dry,
        findings=[] if applied is None else found(applied.findings), revision=revision,
    ))  # fmt: skip


def _read(desk: Desk, id: str, place: Path) -> Instance:
    """The instance of an upload, made at a place the first time; what is wrong is said at the rows of the file."""
    if not place.is_dir():
        original = kept(desk, id)
        copy = original.with_name(f"{id}-copy{original.suffix}")
        shutil.copyfile(original, copy)
        try:
            taken(desk, id, place)
            return read(place)
        except InputError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise (checked(copy) if copy.suffix == ".xlsx" else error) from error
        finally:
            copy.unlink(missing_ok=True)
    return read(place)


def _title(table: str) -> Words:
    title = GRIDS[table].title if table in GRIDS else SETTINGS_TITLE
    return Words(zh=title.zh, en=title.en)


def lines_between(one: Instance, other: Instance) -> Iterator[str]:
    """The edits that make one instance the other: rows that go and come, then cells and settings.

    Args:
        one: as it stands.
        other: as it is to be, under the same options.

    Raises:
        AllocError: something differs that no edit can make.
    """
    apart = taken_apart(one)
    rows: dict[tuple[str, tuple[str, ...]], dict[str, tuple[Any, Any]]] = {}
    for (table, key, column), old, new in changes_between(apart, taken_apart(other)):
        if table == SETTINGS:
            if column in LISTS:
                if {*(old or ())} == {*(new or ())}:
                    raise AllocError(ORDER.fill(title=LISTS[column].title))
                continue  # entries that come or go are rows of the list
            yield f"drop {column}" if new is None else f"{column} = {_toml(new)}"
            continue
        rows.setdefault((table, key), {})[column] = (old, new)
    for (table, key), cells in rows.items():
        names = GRIDS[table].key
        target = ".".join((table, *key))
        if any(cells.get(name, ("", ""))[1] is None for name in names):
            yield f"drop {target}"
        elif any(name in cells for name in names):
            given = (f"{name} = {_toml(new)}" for name, (_, new) in cells.items() if new is not None)
            yield f"add {table} {{ {', '.join(given)} }}"
        else:
            for column, (_, new) in cells.items():
                yield f"drop {target}.{column}" if new is None else f"{target}.{column} = {_toml(new)}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return repr(value) if isinstance(value, float | int) else json.dumps(value, ensure_ascii=False)
