"""An instance in memory: tables and settings as values, read as texts like those of a file, so that they are checked
like files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from alloc.instance.files.raw import RawTable, cell_text, with_names
from alloc.instance.files.settings_reading import validate_settings
from alloc.instance.files.source import Source
from alloc.instance.findings import Finding
from alloc.instance.schema.columns import Table
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import Known
from alloc.text import Text

SETTINGS = "settings"
_TABLE = Text(
    "应为 DataFrame，或能构成 DataFrame 的记录或列。",
    "Would be right: a DataFrame, or records or columns that make one.",
)
_SETTINGS = Text(
    "应为嵌套的字典，与 instance.toml 的内容相同。",
    "Would be right: nested dictionaries with the content of an instance.toml.",
)


def source_in_memory(given: Mapping[str, Any]) -> Source:
    """Tables and settings before any cell is understood.

    Args:
        given: ``settings`` (nested dictionaries, or `Settings`), and tables by name, each a DataFrame or what makes
            one. Findings name the table as the file; as in a file, the header is row 1 and the first record row 2.

    Returns:
        What a folder with these tables would give.
    """
    settings, data, misset = _settings(given.get(SETTINGS))
    findings: list[Finding] = []
    for name in given:
        if name != SETTINGS and name not in TABLES:
            message = Text("没有这个名称的表。", "There is no table of this name.")
            findings.append(_finding("unknown_table", str(name), message, Known((*TABLES, SETTINGS)).remedy(str(name))))
    tables: dict[str, RawTable] = {}
    unusable: set[str] = set()
    for table in TABLES.values():
        raw, found = _table(table, given.get(table.name))
        findings += found
        if raw is not None:
            tables[table.name] = raw
        elif found:
            unusable.add(table.name)
    return Source(settings, data, tables, frozenset(unusable), tuple(findings), tuple(misset))


def _settings(given: Any) -> tuple[Settings | None, Mapping[str, Any] | None, list[Finding]]:
    if isinstance(given, Settings):
        given = given.model_dump(by_alias=True, exclude_none=True)
    if not isinstance(given, Mapping):
        message = Text("缺少设置。", "The settings are missing.")
        return None, None, [_finding("missing_settings", SETTINGS, message, _SETTINGS)]
    settings, findings = validate_settings(given)
    return settings, given, [replace(finding, file=SETTINGS) for finding in findings]


def _table(table: Table, given: Any) -> tuple[RawTable | None, list[Finding]]:
    if given is None:
        if not table.required:
            return None, []
        message = Text("缺少这张表：{title}。", "This table is missing: {title}.").fill(title=table.title)
        return None, [_finding("missing_table", table.name, message, table.note)]
    try:
        frame = given if isinstance(given, pd.DataFrame) else pd.DataFrame(given)
    except (TypeError, ValueError) as error:
        message = Text(f"不是一张表：{error}。", f"This is no table: {error}.")
        return None, [_finding("unreadable", table.name, message, _TABLE)]
    if isinstance(frame.index, pd.MultiIndex) or frame.index.name is not None:  # keys in the index are columns too
        frame = frame.reset_index()
    cells = frame.astype(object).where(frame.notna(), None)
    records = ([cell_text(cell) for cell in row] for row in cells.itertuples(index=False, name=None))
    header = [cell_text(name) for name in frame.columns]
    return with_names(table.name, table, header, enumerate(records, start=2))


def _finding(code: str, file: str, message: Text, remedy: Text) -> Finding:
    return Finding("error", code, file, None, None, None, message, remedy)
