"""Titles of values in conditions, and names that are written short: kept are the values as the columns have them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from alloc.instance.divisions.codes import is_meant
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASSES
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import Known, Titled
from alloc.instance.where.conditions import WhereError, parse

CHINESE, ENGLISH = "name", "name_en"
NAMES = (CHINESE, ENGLISH, "province_name")  # columns whose texts are also written without what stands behind


def in_values(text: str, columns: Mapping[str, Any], tables: Iterable[str]) -> str:
    """A condition with the values of columns in the place of their titles, and whole names for short ones.

    ``basis == '数额'`` is ``basis == 'amount'``, ``name in ['丽水', 'Dali']`` is
    ``name in ['丽水市', '大理白族自治州']``. A text in
    the column stays, and so does one that several values are called; a condition that cannot be read stays as it is.

    Args:
        text: of the condition, which names columns by their machine names.
        columns: what it may name.
        tables: whose columns these are, the first before the others.
    """
    try:
        leaves = list(parse(text).text_leaves())
    except WhereError:  # which is said where it is evaluated
        return text
    meant: dict[str, dict[str, str]] = {}
    for column, _, texts in leaves:
        for each in texts if column in columns else ():
            value = (
                _value(column, each, tables)
                or _whole(column, each, columns)
                or code_called(column, each, columns, tuple(tables))
            )
            if value not in ("", each) and each not in _texts(columns[column]):
                meant.setdefault(column, {})[each] = value
    return parse(text).renamed(meant) if meant else text


def titles_of_values(columns: Iterable[str], tables: Iterable[str]) -> dict[str, dict[str, str]]:
    """The Chinese titles of the values of enumerations and of the usual texts, by column and value.

    Args:
        columns: machine names.
        tables: whose columns these are, the first before the others.
    """
    return {name: {value: titles[0] for value, titles in _titled(name, tables).items()} for name in columns}


def code_called(column: str, text: str, columns: Mapping[str, Any], tables: Sequence[str]) -> str:
    """The one code of a column whose row is called so, with or without 市; "" without one.

    Args:
        column: with the codes.
        text: what may be a name.
        columns: what the condition may name, at the same rows.
        tables: whose columns these are, the table's own first.
    """
    for name in _names_beside(column, tables):
        if name in columns:
            rows = pd.unique(pd.Series(zip(columns[column], columns[name], strict=True), dtype=object))
            found = {str(code) for code, called in rows if called == text}
            found = found or {str(code) for code, called in rows if text and is_meant(text, str(called))}
            if found:
                return found.pop() if len(found) == 1 else ""
    return ""


def codes_titled(column: str, columns: Mapping[str, Any], tables: Sequence[str]) -> dict[str, str]:
    """What the rows are called in Chinese to which the codes of a column lead, by code.

    Args:
        column: with codes; any other has none.
        columns: what the condition may name, at the same rows.
        tables: whose columns these are, the table's own first.
    """
    for name in _names_beside(column, tables):
        if not name.endswith("_en") and name in columns:
            pairs = zip(columns[column], columns[name], strict=True)
            return {str(code): str(called) for code, called in pairs if code and called}
    return {}


def _names_beside(column: str, tables: Sequence[str]) -> list[str]:
    """The columns by which people call what a column has the codes of, where a condition can mean no others by them."""
    own = TABLES.get(tables[0])
    if column == "province" and (own is None or own.name == "cities"):
        return ["province_name"]
    if own is None or column not in own.by_name:
        return []
    to = own.by_name[column].references
    if own.key != (column,) and next((each.name for each in own.columns if to and each.references == to), "") != column:
        return []
    home = own.name if own.key == (column,) else to
    before = [TABLES[name] for name in tables[: list(tables).index(home)]]
    called = (CHINESE, ENGLISH, "title_zh", "title_en")
    return [each for each in called if each in TABLES[home].by_name and not any(each in b.by_name for b in before)]


def known_values(column: str, values: Iterable[str], tables: Iterable[str] = ()) -> Known:
    """The values of a column, by their titles in Chinese.

    Args:
        column: its machine name.
        values: that there are.
        tables: whose column it may be, the first before the others.
    """
    return Titled(values, titles_of_values([column], tables)[column])


def known_classes(debt_tiers: Iterable[str]) -> dict[str, Known]:
    """The values of what conditions may name beside columns.

    Args:
        debt_tiers: names of the tiers of debt of an instance.
    """
    return {name: known_values(name, values) for name, values in
            (("size_class", SIZE_CLASSES), ("debt_tier", debt_tiers))}  # fmt: skip


def _value(column: str, text: str, tables: Iterable[str]) -> str:
    """The value of an enumeration, or the usual text, of which a text is a title; "" without one."""
    titled = _titled(column, tables)
    found = [
        value for value, titles in titled.items() if _folded(text) in map(_folded, (*titles, f"{titles[0]}（{value}）"))
    ]  # the last as workbooks show it
    return found[0] if len(found) == 1 and text not in titled else ""


def _titled(column: str, tables: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """What the values of a column are called, Chinese first, where they are few or usual."""
    from alloc.content.places import OF_COLUMNS  # all know of instances
    from alloc.content.titles import value_title

    known = next((TABLES[name].by_name[column] for name in tables
                  if name in TABLES and column in TABLES[name].by_name), None)  # fmt: skip
    if known is not None and known.kind == "enum":
        return {value: (value_title(column, value, "zh"), value.replace("_", " ")) for value in known.values}
    return {**OF_COLUMNS, "size_class": CLASS_TITLES}.get(column, {})


def _folded(text: str) -> str:
    """A text without case, its full-width signs and numerals made usual ones: Ⅰ is I."""
    return unicodedata.normalize("NFKC", text).casefold()


def _whole(column: str, text: str, columns: Mapping[str, Any]) -> str:
    """The one name of a column that a text is without 市, 自治州 or the like, or a province in brackets behind.

    In the column of Chinese names that is also the name of the one city of an English name. "" without one.
    """
    if column not in NAMES or not text:
        return ""
    found = {known for known in _texts(columns[column]) if is_meant(text, known)}
    if not found and column == CHINESE and ENGLISH in columns:
        both = zip(columns[CHINESE], columns[ENGLISH], strict=True)
        found = {str(name) for name, english in both if is_meant(text, str(english))}
    return found.pop() if len(found) == 1 else ""


def _texts(column: Any) -> set[str]:
    return {str(each) for each in pd.unique(pd.Series(column, dtype=object))}
