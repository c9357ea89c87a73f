"""Notes of tables and columns as a Chinese workbook says them: by the titles of sheets, columns, rows and values."""

from __future__ import annotations

import re

from alloc.content.titles import OF_QUANTITIES, named
from alloc.formulation.columns import Column
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import DERIVED_FACTORS, TABLES
from alloc.instance.where.titles import titles_of
from alloc.instance.where.wording import DERIVED, as_shown
from alloc.text import Text
from alloc.workbook.layout import in_chinese, in_titles, say

_QUANTITY = re.compile(rf"(?<![\w.])(?P<name>{'|'.join((*OF_QUANTITIES, 'pools'))})(?P<colon>:)?(?![\w.])")
_CONDITION = re.compile(r"`([^`]* [<>=][^`]*)`")
_SUM = "合计"  # of pools, as words.py shows it
_SHEETS = {name: table.title.zh for name, table in TABLES.items()}


def table_note(table: Table, language: str) -> str:
    """What a row of a table is, in the words of the workbook."""
    return _said(table, None, table.note, language)


def column_note(table: Table, column: Column, language: str) -> str:
    """What a column is, in the words of the workbook."""
    return _said(table, column, column.explained, language)


def _said(table: Table, column: Column | None, note: Text, language: str) -> str:
    text = named(say(note, language), language)
    if language != "zh":
        return text
    if column is not None and (table.name, column.name) == ("limits", "quantity"):
        return _QUANTITY.sub(_quantity, text)
    text = _CONDITION.sub(lambda found: as_shown(found[1], {}), text)
    text = in_chinese(table, column, text) if column is not None else text
    return in_titles(text, _heads(table), _SHEETS)


def _quantity(found: re.Match[str]) -> str:
    title = OF_QUANTITIES[found["name"]].zh if found["name"] in OF_QUANTITIES else _SUM
    return title + "：" * bool(found["colon"])


def _heads(table: Table) -> dict[str, str]:
    """What may be named in a note: columns of the table and of cities, and what is derived of these."""
    derived = {name: title.zh for name, title in titles_of((*DERIVED_FACTORS, *DERIVED)).items()}
    return derived | {each.name: each.title.zh for each in (*TABLES["cities"].columns, *table.columns)}
