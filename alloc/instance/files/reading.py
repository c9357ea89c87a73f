"""Reading an instance: a folder or a workbook in, an ``Instance`` and everything that was found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from alloc.arguments import checked
from alloc.formulation.columns import CONDITION
from alloc.instance.checks.all import check_tables, told
from alloc.instance.checks.causes import with_blank_cells, with_lost_columns
from alloc.instance.files.memory import source_in_memory
from alloc.instance.files.raw import RawTable, Unreadable, read_raw, read_text
from alloc.instance.files.settings_reading import FILE, parse_settings
from alloc.instance.files.sheets import Sheet, empty_sheet
from alloc.instance.files.shipped import locate
from alloc.instance.files.source import Source
from alloc.instance.files.toml import parse_toml
from alloc.instance.files.type_cells import type_cells
from alloc.instance.findings import Finding, InputError, errors, sort_findings
from alloc.instance.instance import Instance, make_instance
from alloc.instance.schema.cities import CITIES
from alloc.instance.schema.columns import Table
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import Known
from alloc.instance.where.wording import as_kept
from alloc.text import Text

FORMATS = (".csv", ".parquet")
_NAMED = ("cities", "services", "pools")  # tables whose codes stand in others, and what is derived needs


@checked
def read(path: Path | str | Mapping[str, Any]) -> Instance:
    """The instance in a folder or a workbook, one that ships with alloc, by its name, or one in memory.

    Args:
        path: a folder, a workbook, or a name such as ``china-2020``; or a mapping with ``settings`` (nested
            dictionaries as in ``instance.toml``) and tables by name (DataFrames, records or columns), which are
            checked like files.

    Returns:
        The instance; warnings are in ``instance.warnings``.

    Raises:
        InputError: anything is wrong; with every finding.
    """
    instance, findings = load(path)
    if instance is None:
        raise InputError(findings)
    return instance


def load(path: Path | str | Mapping[str, Any]) -> tuple[Instance | None, tuple[Finding, ...]]:
    """Like :func:`read`, but never raises for a bad input: None where there are errors, and all findings, sorted."""
    if isinstance(path, Mapping):
        return understand(source_in_memory(path))
    try:
        home = locate(path)
        source = read_source(home)
    except InputError as error:
        return None, error.findings
    instance, findings = understand(source)
    return None if instance is None else replace(instance, home=home), findings


def read_source(path: Path) -> Source:
    """The files of an instance, a folder or a workbook, before any cell is understood; never raises for a bad one."""
    if path.is_dir():
        return _read_folder(path)
    from alloc.workbook.read.workbook import read_workbook  # whose library most instances do not need

    return read_workbook(path)


def understand(source: Source) -> tuple[Instance | None, tuple[Finding, ...]]:
    """The instance in files that were read, None where there are errors, and all findings, sorted."""
    sheets, checked = typed_sheets(source)
    checked = told(checked, sheets)
    found, checked = with_lost_columns(source.findings, [*checked, *check_tables(sheets, source.settings)], sheets)
    checked = with_blank_cells(checked, sheets)
    findings = sort_findings([
        *found,
        *source.misset,
        *(
            source.place(finding)
            for finding in checked
            if (finding.file, finding.row, finding.column) not in source.spoilt
        ),
    ])  # fmt: skip
    if source.settings is None or errors(findings):
        return None, findings
    return make_instance(source.settings, {name: sheet.frame for name, sheet in sheets.items()}, findings), findings


def unchecked(source: Source) -> Instance | None:
    """The instance as it stands, faults and all, for what is to be said of its scenarios; None where none is there."""
    if source.settings is None or source.unusable:
        return None
    tables = {name: sheet.frame for name, sheet in typed_sheets(source)[0].items()}
    if any(tables[name].empty for name in _NAMED):
        return None
    for name, frame in tables.items():  # of records that stand twice, which is said, the first
        tables[name] = frame.drop_duplicates([key for key in TABLES[name].key if key in frame])
    return make_instance(source.settings, tables)


def typed_sheets(source: Source) -> tuple[dict[str, Sheet], list[Finding]]:
    """Every table of the schema with typed cells, without rows where it could not be read, and what was misread."""
    sheets: dict[str, Sheet] = {}
    findings: list[Finding] = []
    for table in TABLES.values():
        raw = source.tables.get(table.name)
        if raw is None:
            sheets[table.name] = empty_sheet(table, given=table.name not in source.unusable)
            continue
        sheet, misread = type_cells(raw, table)
        sheets[table.name] = sheet
        findings += misread
        if table.required and not raw.rows:
            message = Text("表里没有数据。", "The table has no rows.")
            findings.append(sheet.whole(None, "no_rows", message, table.note))
    _name_columns(sheets)
    return sheets, findings


def _name_columns(sheets: Mapping[str, Sheet]) -> None:
    """Puts names in the place of titles in conditions on cities, and values; cells keep what was written."""
    conditions = [
        (sheet, column.name) for name, sheet in sheets.items() if len(sheet.frame) for column in TABLES[name].columns
        if column.merging == CONDITION and sheet.has(column.name) and any(sheet.texts(column.name))
    ]  # fmt: skip
    if not conditions:
        return
    cities: dict[str, Any] = dict(sheets[CITIES.name].frame.items())  # type: ignore[arg-type]
    for sheet, column in conditions:
        texts = sheet.texts(column).tolist()
        told = {text: as_kept(text, cities) for text in set(texts) if text}
        if any(named != text for text, named in told.items()):
            sheet.frame[column] = pd.array([told.get(text, text) for text in texts], dtype="str")
            del sheet.made[column, "texts"]


def _read_folder(folder: Path) -> Source:
    settings, data, misset = _settings(folder / FILE)
    files, findings = _files(folder)
    tables: dict[str, RawTable] = {}
    unusable: set[str] = set()
    for table in TABLES.values():
        raw, found = _table(table, files[table.name])
        findings += found
        if raw is not None:
            tables[table.name] = raw
        elif table.required or files[table.name]:
            unusable.add(table.name)
    return Source(settings, data, tables, frozenset(unusable), tuple(findings), tuple(misset))


def _settings(path: Path) -> tuple[Settings | None, Mapping[str, Any] | None, list[Finding]]:
    try:
        text = read_text(path)
    except Unreadable as error:
        return None, None, [error.finding]
    settings, findings = parse_settings(text)
    try:
        return settings, parse_toml(text), findings
    except ValueError:  # as one of the findings says
        return None, None, findings


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


def _table(table: Table, paths: list[Path]) -> tuple[RawTable | None, list[Finding]]:
    """One table as text; None where it is not there or cannot be read."""
    if not paths:
        if not table.required:
            return None, []
        message = Text("缺少这个文件：{title}。", "This file is missing: {title}.").fill(title=table.title)
        remedy = Text(f"加上它。{table.note.zh}", f"Add it. {table.note.en}")
        return None, [Finding("error", "missing_file", f"{table.name}.csv", None, None, None, message, remedy)]
    if len(paths) > 1:
        names = Text("、".join(path.name for path in paths), ", ".join(path.name for path in paths))
        message = Text(f"同一张表有几个文件：{names.zh}。", f"The same table stands in several files: {names.en}.")
        remedy = Text("只保留一个。", "Keep one of them.")
        return None, [Finding("error", "several_files", paths[0].name, None, None, None, message, remedy)]
    try:
        return read_raw(paths[0], table)
    except Unreadable as error:
        return None, [error.finding]
