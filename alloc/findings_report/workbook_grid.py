"""What stands where in a workbook that was handed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from openpyxl.utils import column_index_from_string

from alloc.findings_report.grid import Grid
from alloc.instance.files.record_rows import record_keys
from alloc.instance.findings import Finding
from alloc.instance.schema.tables import TABLES
from alloc.workbook.read.scenarios import scenario_places
from alloc.workbook.read.workbook import WorkbookSource, read_workbook

_CELL = re.compile(r"([A-Z]{1,3})\d+")  # as a finding on the settings names it


def workbook_grids(path: Path, findings: Iterable[Finding]) -> Iterator[tuple[str, str, Grid]]:
    """For every sheet that findings speak of its name there, its title, and what stands where."""
    source = read_workbook(path)
    known: dict[str, Grid] = {}
    if isinstance(source, WorkbookSource):
        for name, sheet in source.sheets.items():
            keys = record_keys(source.tables[name], TABLES[name].key)
            known[sheet.file] = Grid(sheet.header, sheet.columns, keys)
    scenarios, columns = scenario_places(path)
    if columns:  # what is wrong with an edit stands at its target, or at a key of it: all in its cell
        known[scenarios] = Grid(columns=columns, otherwise=columns.get("edit", 1))
    others: dict[str, dict[str, int]] = {}
    for finding in findings:
        if finding.file not in known:
            columns = others.setdefault(finding.file, {})
            if found := _CELL.fullmatch(finding.cell.en if finding.cell else ""):
                columns[finding.column or ""] = column_index_from_string(found[1])
    for file, grid in [*known.items(), *((file, Grid(columns=columns)) for file, columns in others.items())]:
        yield file, file.removeprefix(f"{path.name}#"), grid
