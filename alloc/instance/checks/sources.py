"""Checks of ``sources``: every column of ``cities`` has its row, and every row its column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.suggest import Known
from alloc.text import Text


def check_sources(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Nothing, where no sources are given; all of it warnings, since no number depends on them."""
    sources, cities = sheets["sources"], sheets["cities"]
    if not sources.given or not len(sources.frame):
        return []
    tables, columns = sources.texts("table"), sources.texts("column")
    findings: list[Finding] = []

    known = Known([*sheets, "instance"])
    unknown = ~sources.holds("table", known.__contains__) & ~sources.blank("table")
    message = Text("没有这样的表。", "There is no such table.")
    findings += sources.find(
        unknown, "table", "unknown_table", message, lambda place: known.remedy(tables[place]), "warning"
    )

    known_columns = {
        name: Known(column for column in sheet.columns if sheet.has(column)) for name, sheet in sheets.items()
    }
    stray = np.zeros(len(tables), dtype=bool)
    for place, (table, column) in enumerate(zip(tables, columns, strict=True)):
        in_table = known_columns.get(table)
        stray[place] = bool(in_table and in_table.names and column and column not in in_table)
    message = Text("该表没有这一列。", "The table has no such column.")
    findings += sources.find(
        stray, "column", "unknown_column", message,
        lambda place: known_columns[tables[place]].remedy(columns[place]), "warning",
    )  # fmt: skip

    if cities.given:
        described = {column for table, column in zip(tables, columns, strict=True) if table == "cities"}
        missing = [
            name
            for name in cities.columns
            if name not in described and name not in cities.table.key and not cities.blank(name).all()
        ]
        if missing:
            listed = ", ".join(missing)
            message = Text(
                f"cities 表有 {len(missing)} 列没有数据来源。", f"{len(missing)} columns of cities have no source."
            )
            remedy = Text("为这些列各加一行：{columns}。", "Add a row for each of: {columns}.").fill(columns=listed)
            findings.append(sources.whole("column", "source_missing", message, remedy, "warning", key="cities"))
    return findings
