"""Reading an instance: a folder in, an ``Instance`` and everything that was found out."""

from __future__ import annotations

from pathlib import Path

from alloc.instance.checks import check_tables
from alloc.instance.columns import Table
from alloc.instance.findings import Finding, InputError, Text, errors, sort_findings
from alloc.instance.instance import Instance, make_instance
from alloc.instance.raw import Unreadable, read_raw, read_text
from alloc.instance.schema import TABLES
from alloc.instance.settings import Settings
from alloc.instance.settings_reading import FILE, parse_settings
from alloc.instance.sheets import Sheet, empty_sheet, type_cells
from alloc.instance.shipped import locate
from alloc.instance.suggest import Known

FORMATS = (".csv", ".parquet")


def read(path: Path | str) -> Instance:
    """The instance in a folder, or one that ships with alloc, by its name. Warnings are in ``instance.warnings``.

    Raises:
        InputError: anything is wrong; with every finding.
    """
    instance, findings = load(path)
    if instance is None:
        raise InputError(findings)
    return instance


def load(path: Path | str) -> tuple[Instance | None, tuple[Finding, ...]]:
    """Like :func:`read`, but never raises for a bad input: None where there are errors, and all findings, sorted."""
    try:
        folder = locate(path)
    except InputError as error:
        return None, error.findings
    settings, findings = _settings(folder / FILE)
    files, stray = _files(folder)
    findings += stray
    sheets: dict[str, Sheet] = {}
    for table in TABLES.values():
        sheets[table.name], found = _sheet(folder, table, files[table.name])
        findings += found
    findings = [*findings, *check_tables(sheets, settings)]
    if settings is None or errors(findings):
        return None, sort_findings(findings)
    warnings = sort_findings(findings)
    return make_instance(settings, {name: sheet.frame for name, sheet in sheets.items()}, warnings), warnings


def _settings(path: Path) -> tuple[Settings | None, list[Finding]]:
    try:
        return parse_settings(read_text(path))
    except Unreadable as error:
        return None, [error.finding]


def _files(folder: Path) -> tuple[dict[str, list[Path]], list[Finding]]:
    """The files of every table, and warnings on tables that nobody will read."""
    files: dict[str, list[Path]] = {name: [] for name in TABLES}
    findings: list[Finding] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.casefold() not in FORMATS:
            continue
        if path.stem.casefold() in files:
            files[path.stem.casefold()].append(path)
            continue
        message = Text("没有这个名称的表，该文件不会被读取。", "There is no table of this name: the file is not read.")
        remedy = Known(TABLES).remedy(path.stem)
        findings.append(Finding("warning", "unknown_table", path.name, None, None, None, message, remedy))
    return files, findings


def _sheet(folder: Path, table: Table, paths: list[Path]) -> tuple[Sheet, list[Finding]]:
    """One table, typed; without rows where it is not there or cannot be read."""
    if not paths:
        if not table.required:
            return empty_sheet(table, given=True), []
        message = Text("缺少这个文件：{title}。", "This file is missing: {title}.").fill(title=table.title)
        remedy = Text(f"加上它。{table.note.zh}", f"Add it. {table.note.en}")
        finding = Finding("error", "missing_file", f"{table.name}.csv", None, None, None, message, remedy)
        return empty_sheet(table, given=False), [finding]
    if len(paths) > 1:
        names = Text("、".join(path.name for path in paths), ", ".join(path.name for path in paths))
        message = Text(f"同一张表有几个文件：{names.zh}。", f"The same table stands in several files: {names.en}.")
        remedy = Text("只保留一个。", "Keep one of them.")
        finding = Finding("error", "several_files", paths[0].name, None, None, None, message, remedy)
        return empty_sheet(table, given=False), [finding]
    try:
        raw, findings = read_raw(paths[0], table)
    except Unreadable as error:
        return empty_sheet(table, given=False), [error.finding]
    sheet, misread = type_cells(raw, table)
    if table.required and not raw.rows:
        message = Text("表里没有数据。", "The table has no rows.")
        misread.append(sheet.whole(None, "no_rows", message, Text(f"{table.note.zh}", f"{table.note.en}")))
    return sheet, [*findings, *misread]
