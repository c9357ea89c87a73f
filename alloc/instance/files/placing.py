"""Where findings on an instance stand in what was handed in: the file, and the row of a record that they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alloc.instance.files.reading import read_source
from alloc.instance.files.record_rows import Keys, record_keys, rows_of
from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.source import Source
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES


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
