"""Which rows a finding is about that names a record but no row, and where they stand in what was handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alloc.instance.cells import parse_code
from alloc.instance.derived.limits import key_of
from alloc.instance.files.raw import RawTable
from alloc.instance.files.reading import read_source
from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.source import Source
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
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
    limits = named.union(map(key_of, named))  # one for each city has one row, whichever city it is about
    whole = [row for row, codes in keys.items() if codes <= limits]
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
        elif finding.file == FILE:
            finding = source.place(finding)
        placed.append(finding)
    return placed


def at_home(findings: Iterable[Finding], instance: Instance) -> list[Finding]:
    """Findings on an instance with the file or sheet, and the row where there is one, in what it was read from.

    Args:
        findings: as checks of the instance make them, which know its tables and no files.
        instance: that they are about; one that was read from nowhere, or from what is no longer there, has no places.
    """
    every = list(findings)
    if instance.home is None or not any(each.file == FILE or each.file.partition(".")[0] in TABLES for each in every):
        return every
    try:
        return place_findings(every, read_source(instance.home))
    except OSError:
        return every


def record_keys(raw: RawTable, key: tuple[str, ...]) -> Keys:
    """The codes that make up the key of every row."""
    if any(column not in raw.columns for column in key):
        return {}
    codes = zip(*([parse_code(cell) for cell in raw.columns[column]] for column in key), strict=True)
    return {row: frozenset(each) for row, each in zip(raw.rows, codes, strict=True)}
