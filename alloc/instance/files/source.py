"""What reading the files of an instance gives, a folder or a workbook, before any cell is understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alloc.instance.files.raw import RawTable
from alloc.instance.findings import Finding
from alloc.instance.schema.settings import Settings


def _unchanged(finding: Finding) -> Finding:
    return finding


@dataclass(frozen=True)
class Source:
    """An instance as it stands in its files, before its cells are understood.

    Attributes:
        settings: None where they are wrong.
        data: the settings as nested dictionaries, right or wrong; None where they cannot be read at all.
        tables: the tables that could be read, by name.
        unusable: names of tables that are there, or have to be, and could not be read.
        findings: what is wrong with the files themselves, so that something in them was not read.
        misset: what is wrong with the settings.
        spoilt: row and column of cells, by file, that a finding speaks of already and no other shall.
        place: names in a finding of the checks the file, and the cell, that the planner sees.
    """

    settings: Settings | None
    data: Mapping[str, Any] | None
    tables: Mapping[str, RawTable]
    unusable: frozenset[str]
    findings: tuple[Finding, ...]
    misset: tuple[Finding, ...] = ()
    spoilt: frozenset[tuple[str, int, str]] = frozenset()
    place: Callable[[Finding], Finding] = _unchanged
