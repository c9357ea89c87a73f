"""Checks of ``sources`` and ``cell_sources``: all columns of ``cities`` have a row, every row its column or cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from alloc.instance.files.sheets import Mask, Sheet
from alloc.instance.findings import Finding
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.tables import CELL_SOURCES, TABLES
from alloc.instance.statuses import by_city, item_column
from alloc.instance.suggest import Known, Titled
from alloc.text import Text, listed


def check_sources(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Nothing, where no sources are given; all of it warnings, since no number depends on them."""
    sources, cities = sheets["sources"], sheets["cities"]
    if not sources.given or not len(sources.frame):
        return []
    tables, columns = sources.texts("table"), sources.texts("column")
    findings: list[Finding] = []

    known = _tables(sources, [*(name for name in sheets if name != CELL_SOURCES.name), "instance"])
    unknown = ~sources.holds("table", known.__contains__) & ~sources.blank("table")
    message = Text("没有这样的表。", "There is no such table.")
    findings += sources.find(
        unknown, "table", "unknown_table", message, lambda place: known.remedy(tables[place]), "warning"
    )

    known_columns = {
        name: _columns(sources, sheets[name], [each for each in sheets[name].columns if sheets[name].has(each)])
        for name in sheets.keys() & set(tables.tolist())
    }  # fmt: skip
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
            if name not in described and name not in cities.table.key and not _says_nothing(cities, name)
        ]
        missing = _not_cell_by_cell(missing, cities, sheets[CELL_SOURCES.name]) if missing else []
        if missing:
            of = cities.table.title if "#" in sources.file else Text("cities ", "cities")
            message = Text(
                "{of}表有 {count} 列没有数据来源。",
                "{count} {count:|column|columns} of {of} {count:|has|have} no source.",
            )
            message = message.fill(of=of, count=len(missing))
            remedy = Text("为这些列各加一行：{columns}。", "Add a row for each of: {columns}.")
            remedy = remedy.fill(columns=_as_written(missing, cities, sources))
            found = sources.whole("column", "source_missing", message, remedy, "warning", key="cities")
            findings.append(replace(found, called=of))
    return findings


def _not_cell_by_cell(columns: list[str], cities: Sheet, cells: Sheet) -> list[str]:
    """Those of some columns of cities in which a cell is filled in that has no source of its own either."""
    if not cells.given or not all(cells.has(name) for name in ("table", "column", "city")):
        return columns
    rows = zip(cells.texts("table"), cells.texts("column"), cells.texts("city"), strict=True)
    said = {(column, city) for table, column, city in rows if table == cities.table.name}
    codes = cities.texts("city")
    return [name for name in columns if any((name, city) not in said for city in codes[~cities.blank(name)])]


def _as_written(columns: list[str], cities: Sheet, sources: Sheet) -> Text:
    """Columns of cities as they are written in the sources: by title in a workbook, elsewhere by name, beside it."""
    titles = [city_figure(name)[0] for name in columns]
    if "#" in sources.file:
        return listed(titles)
    return listed(
        title if title.zh == name else Text(f"{title.zh}（{name}）", f"{title.en} ({name})")
        for name, title in zip(columns, titles, strict=True)
    )


def _tables(sheet: Sheet, names: Sequence[str]) -> Known:
    """Tables by what is to be written in a sheet: by their titles in a workbook, in files behind these."""
    titles = {name: TABLES[name].title.zh for name in names if name in TABLES}
    return Titled(names, titles | {"instance": "设置"}, beside="#" not in sheet.file)


def _columns(sheet: Sheet, about: Sheet, names: Sequence[str]) -> Known:
    """Columns of a table in the same way."""
    known = about.table.by_name
    titles = {name: known[name].title.zh if name in known else city_figure(name)[0].zh for name in names}
    return Titled(names, titles, beside="#" not in sheet.file)


def check_cell_sources(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """Rows that are about no cell, or about one in which nothing is given: warnings, since no number depends on them.

    That their cities are known, their statuses allowed and no cell named twice is checked as in every table.
    """
    cells = sheets[CELL_SOURCES.name]
    if not cells.given or not len(cells.frame):
        return []
    known = _tables(cells, [name for name in sheets if by_city(name)])
    unknown = ~cells.holds("table", known.__contains__) & ~cells.blank("table")
    tables = cells.texts("table")

    def right_table(place: int) -> Text:
        if tables[place] not in sheets:
            return known.remedy(tables[place])
        return Text("整列的状态写在“数据来源”表。", "The status of a whole column stands in sources.")

    message = Text("没有这样的分城市的表。", "There is no such table with a row a city.")
    findings = cells.find(unknown, "table", "unknown_table", message, right_table, "warning")
    (of_table, names), (of_column, columns) = cells.groups("table"), cells.groups("column")
    both = of_table * len(columns) + of_column
    for number in dict.fromkeys(both[(of_table >= 0) & (of_column >= 0)].tolist()):
        table, column = names[number // len(columns)], columns[number % len(columns)]
        if table in known and column:
            about, item = sheets[table], item_column(table)
            seen = [about, sheets["cities"], *([sheets[about.table.by_name[item].references]] if item else [])]
            check = partial(_check_column, cells, sheets, table, column, both == number)
            findings += cells.found(f"cells of {table}.{column}", tuple(seen), check)  # each looks at few tables
    return findings


def _check_column(cells: Sheet, sheets: Mapping[str, Sheet], table: str, column: str, rows: Mask) -> list[Finding]:
    """What is wrong with the rows that are about one column of a table of cities."""
    about = sheets[table]
    here = [name for name in about.columns if about.has(name) and name not in about.table.key]
    columns = _columns(cells, about, here)
    if not columns.names:  # the table is not there, or cannot be read
        return []
    if column not in columns:
        message = Text("该表没有这一列。", "The table has no such column.")
        return cells.find(rows, "column", "unknown_column", message, columns.remedy(column), "warning")
    strange, findings = _check_items(cells, sheets, about, rows)
    keys = {"city": "city", "item": item_column(table)} if item_column(table) else {"city": "city"}
    filled = ~about.blank(column)
    given = set(zip(*(about.texts(name)[filled].tolist() for name in keys.values()), strict=True))
    known = cells.places("city", sheets["cities"]) >= 0  # one that is not is a finding already
    at = np.flatnonzero(rows & known & ~strange)
    named = zip(*(cells.texts(name)[at].tolist() for name in keys), strict=True)
    blank = np.zeros(len(rows), dtype=bool)
    blank[at] = [name not in given for name in named]
    message = Text("这一格没有数据。", "Nothing is given in this cell.")
    remedy = Text("填上数据，或删去这一行。", "Give a value, or delete the row.")
    return findings + cells.find(blank, "column", "blank_cell", message, remedy, "warning")


def _check_items(cells: Sheet, sheets: Mapping[str, Sheet], about: Sheet, rows: Mask) -> tuple[Mask, list[Finding]]:
    """Which of some rows name a service or pool that is none, or none where there has to be one."""
    item, blank = item_column(about.table.name), cells.blank("item")
    if not item:
        strange = rows & ~blank
        message = Text("{table} 表每个城市只有一行。", "{table} has one row a city.").fill(table=about.table.name)
        remedy = Text("“服务或资源池”留空。", "Leave Service or pool empty.")
        return strange, cells.find(strange, "item", "unknown_item", message, remedy, "warning")
    target = sheets[about.table.by_name[item].references]
    strange = rows & (blank | (cells.places("item", target) < 0))
    known, texts = Known(map(str, target.texts(target.table.key[0]))), cells.texts("item")
    message = Text("“服务或资源池”应为 {target} 表中的代码。", "Service or pool has to be a code of {target}.")
    return strange, cells.find(
        strange, "item", "unknown_item", message, lambda place: known.remedy(texts[place]), "warning",
        target=target.table.name,
    )  # fmt: skip


def _says_nothing(cities: Sheet, name: str) -> bool:
    """Whether a column is empty; after an edit a flag that was left out stands there as false."""
    column = cities.table.by_name.get(name)
    if column is not None and column.kind == "flag":
        return not cities.flags(name).any()
    return bool(cities.blank(name).all())
