"""The tables of the instance as they stand, with findings; and pasting into them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from fastapi.responses import Response

from alloc.content.titles import named_text
from alloc.instance.findings import EDITS, Finding, InputError
from alloc.instance.instance import Instance
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import OF_STATUS, TABLES
from alloc.instance.statuses import by_city, item_column, said_twice, statuses_of
from alloc.scenario import Edited
from alloc.text import Text
from alloc.workbench import steps
from alloc.workbench.api.codes import titles_of
from alloc.workbench.api.common import PROBLEMS, Opened, answer
from alloc.workbench.api.paste import added_lines, at_cells, in_rows, pasted_lines
from alloc.workbench.desk import MissingError
from alloc.workbench.models import Words
from alloc.workbench.picture.rules import words
from alloc.workbench.picture.whole import found
from alloc.workbench.records import PasteCell, Pasted, Table, TableColumn
from alloc.workbench.requests import Paste, Rows

if TYPE_CHECKING:
    from alloc.workbench.sessions import Live

router = APIRouter(tags=["tables"], responses=PROBLEMS)
NO_TABLE = Text("没有这张表。", "There is no such table.")
PAGE = 3_000  # rows of one answer


@router.get("/w/{w}/tables/{t}", response_model=Table)
def table(
    t: str, live: Opened, first: Annotated[int, Query(ge=0, le=10**7)] = 0,
    count: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> Response:  # fmt: skip
    """Rows of a table as they stand with all edits, and what the checks say of it."""
    instance = _has(live, t)
    frame, known = instance.tables[t], TABLES[t]
    statuses = statuses_of(instance.tables)
    part = frame.iloc[first : first + count]
    twice = {language: said_twice(known, frame, language) for language in ("zh", "en")}
    columns = []
    for name in map(str, frame.columns):
        column = known.by_name.get(name)
        title, unit = (column.title, column.unit) if column is not None else _further(t, name)
        empty = Words(zh="", en="")
        columns.append(TableColumn(
            name=name, title=words(title), unit=words(unit),
            note=empty if column is None else words(named_text(column.explained)),
            kind="text" if column is None else column.kind,
            key=column is not None and column.key, status=statuses.weakest(t, name, frame),
            required=column is not None and column.required,
            editable=(column is None or not column.key) and t not in OF_STATUS,
            values=[] if column is None else list(column.values),
            twice=[language for language, those in twice.items() if name in those],
            titles={code: words(shown) for code, shown in titles_of(instance, t, name).items()},
        ))  # fmt: skip
    rows = [[_plain(cell) for cell in row] for row in part.itertuples(index=False, name=None)]
    listed: list[dict[str, Any]] = [
        {"name": name, "title": TABLES[name].title._asdict(), "rows": len(instance.tables[name]), **_counts(name, live)}
        for name in TABLES
    ]  # fmt: skip
    return answer(Table(name=t, title=words(known.title), columns=columns, first=first, total=len(frame), rows=rows,
                        findings=found(_of(t, live)), marks=_marks(instance, t, first, len(rows)),
                        mine=_mine(live, t, first, len(rows)), tables=listed))  # fmt: skip


def _further(table: str, column: str) -> tuple[Text, Text]:
    """Title and unit of a column that the schema does not have: ages and what else is said of cities."""
    return city_figure(column) if table == "cities" else (Text(column, column), Text("", ""))


@router.post("/w/{w}/tables/{t}/paste", response_model=Pasted)
def paste(t: str, asked: Paste, live: Opened) -> Response:
    """What a block of cells would change, or the edit that changes it."""
    instance = _has(live, t)
    lines = pasted_lines(instance, t, asked.keys, asked.columns, asked.text)
    if not lines:
        return answer(Pasted(cells=[], findings=[], applied=False, revision=live.standing.revision))
    try:
        applied = steps.step(instance, lines, asked.why)
    except InputError as error:
        raise InputError(at_cells(t, error.findings)) from None
    cells = pasted_cells(applied)
    revision = asked.revision
    if not asked.dry:
        revision = live.edit(asked.revision, lines, asked.why, False).revision
    return answer(
        Pasted(
            cells=cells,
            count=len(applied.cells),
            findings=found(applied.findings),
            applied=not asked.dry,
            revision=revision,
        )
    )


@router.post("/w/{w}/tables/{t}/rows", response_model=Pasted)
def rows(t: str, asked: Rows, live: Opened) -> Response:
    """New rows as one edit, also of a table that has none yet."""
    instance = _has(live, t)
    lines = added_lines(instance, t, asked.columns, asked.text, asked.first)
    try:
        applied = steps.step(instance, lines, asked.why)
    except InputError as error:  # the number of an edit is that of its row
        numbered = [each if each.file != EDITS or not each.row else replace(each, row=each.row - 1 + asked.first)
                    for each in error.findings]  # fmt: skip
        raise InputError(in_rows(instance, t, [*numbered])) from None
    revision = live.edit(asked.revision, lines, asked.why, False).revision
    return answer(Pasted(cells=pasted_cells(applied), count=len(applied.cells), findings=found(applied.findings),
                         applied=True, revision=revision))  # fmt: skip


def pasted_cells(applied: Edited) -> list[PasteCell]:
    """The cells that something changes, all of them: the page shows each where it stands."""
    return [PasteCell(key=list(cell.key), column=cell.column, old=_plain(cell.old), new=_plain(cell.new))
            for cell in applied.cells]  # fmt: skip


def _mine(live: Live, table: str, first: int, count: int) -> list[tuple[int, str]]:
    """The cells of some rows of a table that edits have changed."""
    _, chain = live.at
    changed = {(cell.key, cell.column) for step in chain[1:] for cell in step.cells if cell.table == table}
    if not changed:
        return []
    frame, key = chain[-1].instance.tables[table].iloc[first : first + count], TABLES[table].key
    place = {each: at for at, each in enumerate(zip(*(frame[name].astype(str) for name in key), strict=True))}
    return sorted((place[each], column) for each, column in changed if each in place and column in frame)


def _has(live: Live, name: str) -> Instance:
    if name not in TABLES:
        raise MissingError(NO_TABLE)
    return live.instance


def _of(table: str, live: Live) -> list[Finding]:
    """The findings on a table: of the checks, and of the solve that is shown."""
    every = [*live.instance.warnings, *(live.shown.result.findings if live.shown is not None else ())]
    return [each for each in dict.fromkeys(every) if PurePath(each.file).stem == table]


def _counts(table: str, live: Live) -> dict[str, int]:
    severities = [each.severity for each in _of(table, live)]
    return {f"{severity}s": severities.count(severity) for severity in ("error", "warning")}


def _marks(instance: Instance, table: str, first: int, count: int) -> list[tuple[int, str, str]]:
    """Cells with a status of their own: place among the rows that are answered, column, status."""
    if not by_city(table):
        return []
    statuses, frame, item = statuses_of(instance.tables), instance.tables[table], item_column(table)
    part = frame.iloc[first : first + count]
    keys = list(zip(part["city"], part[item] if item else [""] * len(part), strict=True))
    found = []
    for (name, column), cells in statuses.cells.items():
        if name == table and column in frame:
            usual = statuses.weakest(table, column, frame)
            found += [(at, column, cells[key]) for at, key in enumerate(keys) if cells.get(key, usual) != usual]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or value != value or value == "" else value
