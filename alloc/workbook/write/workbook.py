"""Writing a workbook: a sheet for every table, with all that helps to fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook

from alloc.instance.schema.policy import Policy
from alloc.instance.schema.stages import STAGES
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from alloc.workbook.content import Columns, Content
from alloc.workbook.layout import (
    CHECKS,
    GUIDE,
    LISTS,
    LONGEST_TEXT,
    SETTINGS,
    Layout,
    arrange,
    name_columns,
    say,
)
from alloc.workbook.scenarios import TABLE as SCENARIOS
from alloc.workbook.styles import ExactSheet, Styles, close
from alloc.workbook.validation.drop_downs import drop_downs
from alloc.workbook.validation.lists import write_records
from alloc.workbook.validation.sheet import write_checks
from alloc.workbook.write.guide import write_guide
from alloc.workbook.write.settings import write_settings
from alloc.workbook.write.table import TableWriter
from alloc.writing.kinds import INSTANCE_MARK

MOST_ROWS = 1_048_576
# The same instance gives the same bytes: the hour of writing is nobody's concern.
CREATED = datetime(2021, 1, 1)
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


class TooLarge(Exception):
    """More than a worksheet holds; ``text`` says what."""

    def __init__(self, text: Text) -> None:
        """Keep the words."""
        self.text = text
        super().__init__(text.en)


def write_workbook(content: Content, path: Path, language: str) -> None:
    """Writes an instance, right or wrong, as a workbook that its reader gets the same instance from.

    Args:
        content: settings and tables.
        path: the file, written over where it exists.
        language: ``zh`` or ``en``, of titles, notes and the guide.

    Raises:
        TooLarge: a table has more rows, or a text more signs, than a worksheet holds.
        OSError: the file cannot be written.
    """
    tables: dict[str, Columns] = {
        name: content.tables.get(name, {})
        for name, table in TABLES.items()
        if not table.later or table.awaited or any(content.tables.get(name, {}).values())
    }
    named = name_columns(tables, language)
    layouts = {name: arrange(TABLES[name], tables[name], content.marks, named, language) for name in tables}
    for name, layout in layouts.items():
        _check_size(layout, tables[name])
    book = Workbook(str(path), OPTIONS)
    book.worksheet_class = ExactSheet
    title = content.settings.get("title")
    heading = str(title.get(language, "")) if isinstance(title, Mapping) else ""
    book.set_properties({"title": heading, "author": "alloc", "category": INSTANCE_MARK, "created": CREATED})
    styles = Styles(book, language)
    guide, settings = (book.add_worksheet(say(text, language)) for text in (GUIDE, SETTINGS))
    sheets = {name: book.add_worksheet(layout.title) for name, layout in layouts.items()}
    scenarios = arrange(SCENARIOS, content.scenarios, {}, named, language)
    _check_size(scenarios, content.scenarios)
    of_scenarios = book.add_worksheet(scenarios.title)
    checks, lists = (book.add_worksheet(say(text, language)) for text in (CHECKS, LISTS))
    records = write_records(book, lists, layouts, tables, language)
    offered = drop_downs(lists, records, layouts, tables, language)
    for name, layout in layouts.items():
        TableWriter(sheets[name], layout, content, records, styles, language).write(offered)
    written = replace(content, tables={**content.tables, SCENARIOS.name: content.scenarios})
    TableWriter(of_scenarios, scenarios, written, records, styles, language).write({})
    write_settings(settings, content.settings, styles, language)
    advance = content.settings.get("stage") == STAGES[0]
    verdicts = write_checks(checks, records, tables, _levels(content.settings), advance, styles, language)
    write_guide(guide, layouts, content, verdicts, styles, language)
    lists.very_hidden()
    guide.activate()
    close(book)


def _levels(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of units above the cities, as far as the settings name them."""
    policy = settings.get("policy")
    given = policy.get("levels") if isinstance(policy, Mapping) else None
    named = given if isinstance(given, list | tuple) else Policy.model_fields["levels"].default
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str)))


def _check_size(layout: Layout, columns: Columns) -> None:
    if layout.last > MOST_ROWS:
        raise TooLarge(
            Text(
                f"{layout.title}有 {layout.rows} 行，一张工作表放不下。",
                f"{layout.title}: {layout.rows} rows are more than a sheet holds.",
            )
        )
    for name, cells in columns.items():
        if any(isinstance(cell, str) and len(cell) > LONGEST_TEXT for cell in cells):
            raise TooLarge(
                Text(
                    f"{layout.title}的 {name} 列有超过 {LONGEST_TEXT} 个字的文本，一个单元格放不下。",
                    f"{layout.title}, {name}: a text of more than {LONGEST_TEXT} signs does not fit into a cell.",
                )
            )
