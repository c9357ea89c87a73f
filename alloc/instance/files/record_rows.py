"""Which rows a finding is about that names a record but no row."""

from __future__ import annotations

from collections.abc import Mapping

from alloc.instance.cells import parse_code
from alloc.instance.derived.limits import key_of
from alloc.instance.files.raw import RawTable
from alloc.instance.findings import Finding

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


def record_keys(raw: RawTable, key: tuple[str, ...]) -> Keys:
    """The codes that make up the key of every row."""
    if any(column not in raw.columns for column in key):
        return {}
    codes = zip(*([parse_code(cell) for cell in raw.columns[column]] for column in key), strict=True)
    return {row: frozenset(each) for row, each in zip(raw.rows, codes, strict=True)}
