"""Reading the sheet of scenarios as planners hand it in: every edit at its row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from unicodedata import normalize

from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.findings import Finding, shortened
from alloc.instance.suggest import Known
from alloc.scenario.edits import Edit, Origin, Script
from alloc.scenario.lines import read_line
from alloc.text import Text
from alloc.workbook.content import Columns
from alloc.workbook.layout import SCENARIOS
from alloc.workbook.read.grid import Grid, cell_name
from alloc.workbook.read.table import header_row, headers_of, is_names_row
from alloc.workbook.read.workbook import read_sheet
from alloc.workbook.scenarios import TABLE

OF_SCENARIO = ("title_zh", "title_en", "inherits")  # what is said once of a scenario


@dataclass
class _Sheet:
    """The sheet while it is read.

    Attributes:
        file: its name in findings.
        columns: machine name -> column, the first is 1.
        rows: row of the sheet, and the cells by machine name; without blank rows.
        findings: what is wrong with it as a whole.
    """

    file: str
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, code: str, row: int, column: str, value: str, message: Text, remedy: Text) -> Finding:
        """A finding on a cell."""
        cell = cell_name(row, self.columns[column])
        return Finding("error", code, self.file, row, column, shortened(value) or None, message, remedy, cell=cell)


def scenario_sheet(path: Path) -> tuple[list[Script], list[Finding]]:
    """The scenarios of a workbook, in the order of their first rows, and what is wrong with the sheet as a whole."""
    sheet = _read(path)
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    name = ""
    for row, cells in sheet.rows:
        name = cells.get("scenario") or name
        if name:
            found.setdefault(normalize("NFC", name), []).append((row, cells))
        else:
            message = Text("没有写明是哪个情景。", "It is not said of which scenario this is.")
            remedy = Text("在“情景名称”一列写上名称。", "Name it in the column Scenario.")
            sheet.findings.append(sheet.find("no_scenario_name", row, "scenario", "", message, remedy))
    return [_script(sheet, path, each, rows) for each, rows in found.items()], sheet.findings


def scenario_rows(path: Path) -> Columns:
    """The cells of the sheet by column, right or wrong, as another workbook can hold them."""
    rows = _read(path).rows
    return {name: [cells.get(name) or None for _, cells in rows] for name in TABLE.names} if rows else {}


def scenario_places(path: Path) -> tuple[str, dict[str, int]]:
    """The name of the sheet in findings, and its columns by machine name; "" where there is none."""
    sheet = _read(path)
    return sheet.file, sheet.columns


def _read(path: Path) -> _Sheet:
    grid, file, findings = read_sheet(path, TABLE.name, SCENARIOS)
    sheet = _Sheet(file, findings=list(findings))
    header = None if grid is None else header_row(grid, TABLE)
    if grid is None or header is None:
        return sheet
    _columns(sheet, grid, header)
    for row, texts in enumerate(grid.rows, start=1):
        if row > header and not is_names_row(texts, TABLE):
            cells = {name: texts[place - 1] for name, place in sheet.columns.items()}
            if any(cells.values()):
                sheet.rows.append((row, cells))
    return sheet


def _columns(sheet: _Sheet, grid: Grid, header: int) -> None:
    """Finds the columns; what is missing, unknown or stands twice is found too."""
    below = next(
        (row for row in range(header + 1, len(grid.rows) + 1) if is_names_row(grid.rows[row - 1], TABLE)), None
    )
    names, _, found = headers_of(grid, TABLE, sheet.file, header, below)
    sheet.findings += found
    known = machine_names(TABLE)
    for place, head in enumerate(names, start=1):
        if not head:
            continue
        name = machine_name(known, head)
        if name in sheet.columns:
            message = Text("同一列出现两次。", "The same column stands twice.")
            sheet.findings.append(sheet.find(
                "duplicate_column", header, name, name, message, Text("只保留一列。", "Keep one of them.")
            ))  # fmt: skip
        elif name in TABLE.by_name:
            sheet.columns[name] = place
        else:
            message = Text("没有这样的列，不会被读取。", "There is no such column: it is not read.")
            remedy = Known(TABLE.names).remedy(name)
            sheet.findings.append(
                Finding("warning", "unknown_column", sheet.file, header, shortened(name), None, message, remedy)
            )
    for column in TABLE.columns:
        if column.key and column.name not in sheet.columns:
            message = Text("缺少“{title}”一列。", "The column is missing: {title}.").fill(title=column.title)
            remedy = Text(
                f"加上“{column.title.zh}”（{column.name}）一列：{column.note.zh}",
                f"Add the column {column.title.en} ({column.name}): {column.note.en}",
            )
            sheet.findings.append(
                Finding("error", "missing_column", sheet.file, header, column.name, None, message, remedy)
            )


def _script(sheet: _Sheet, path: Path, name: str, rows: list[tuple[int, dict[str, str]]]) -> Script:
    said: dict[str, tuple[int, str]] = {}
    findings: list[Finding] = []
    for row, cells in rows:
        for column in OF_SCENARIO:
            value = cells.get(column, "")
            first = said.setdefault(column, (row, value)) if value else (row, value)
            if first[1] != value:
                message = Text(
                    "与第 {row} 行同一情景所写的不同。", "Row {row} says another of the same scenario."
                ).fill(row=first[0])
                remedy = Text("一个情景只写一次，或写得一样。", "Say it once, or the same each time.")
                findings.append(sheet.find("scenario_disagrees", row, column, value, message, remedy))
    titles = [said.get(column, (0, ""))[1] for column in ("title_zh", "title_en")]
    given = next(filter(None, titles), name)
    edits: list[Edit] = []
    faults: list[Finding] = []
    for row, cells in rows:
        line, why, why_zh = (cells.get(column, "") for column in ("edit", "why", "why_zh"))
        if not line:
            if why or why_zh:
                message = Text("有理由，没有修改。", "There is a reason and no edit.")
                remedy = Text("写上修改，或删去理由。", "Write the edit, or clear the reason.")
                faults.append(sheet.find("no_edit", row, "edit", "", message, remedy))
            continue
        edit, found = read_line(line, Origin(sheet.file, row))
        edits += [replace(edit, why=why or edit.why, why_zh=why_zh)] if edit else []
        faults += found
    title = Text(titles[0] or given, titles[1] or given)
    row_of, inherits = said.get("inherits", (None, ""))
    return Script((path, name), sheet.file, name, title, inherits, tuple(edits), tuple(findings), tuple(faults), row_of)
