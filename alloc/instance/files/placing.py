"""Which rows a finding is about that names a record but no row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alloc.instance.cells import parse_code
from alloc.instance.files.raw import RawTable
from alloc.instance.files.source import Source
from alloc.instance.findings import Finding
from alloc.instance.schema.tables import TABLES

# Findings on records that are not there: no row that is there is wrong.
ABSENT = frozenset({"missing_record", "source_missing"})

Keys = Mapping[int, frozenset[str]]  # row -> the codes that make up its key


def rows_of(finding: Finding, keys: Keys) -> list[int]:
    """The rows that a finding is about: those whose key it names in full, or else those that hold its only code."""
    if finding.row is not None:
        return [finding.row]
    if not finding.key or finding.code in ABSENT:
        return []
    named = frozenset(finding.key.split(", "))
    whole = [row for row, codes in keys.items() if codes <= named]
    return whole or [row for row, codes in keys.items() if len(named) == 1 and named <= codes]


def place_findings(findings: Iterable[Finding], source: Source) -> list[Finding]:
    """Findings on an instance with the file, and the row where there is one, that they are about in its source."""
    keys: dict[str, Keys] = {}
    placed = []
    for finding in findings:
        name = finding.file.partition(".")[0]
        raw = source.tables.get(name)
        if raw is not None and name in TABLES:
            if name not in keys:
                keys[name] = record_keys(raw, TABLES[name].key)
            rows = rows_of(finding, keys[name])
            finding = source.place(replace(finding, file=raw.file, row=rows[0] if len(rows) == 1 else None))
        placed.append(finding)
    return placed


def record_keys(raw: RawTable, key: tuple[str, ...]) -> Keys:
    """The codes that make up the key of every row."""
    if any(column not in raw.columns for column in key):
        return {}
    codes = zip(*([parse_code(cell) for cell in raw.columns[column]] for column in key), strict=True)
    return {row: frozenset(each) for row, each in zip(raw.rows, codes, strict=True)}
