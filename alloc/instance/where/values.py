"""Titles of values in conditions, and names that are written short: kept are the values as the columns have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from alloc.instance.divisions.codes import is_meant
from alloc.instance.schema.tables import TABLES
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
            value = _value(column, each, tables) or _whole(column, each, columns)
            if value not in ("", each) and each not in _texts(columns[column]):
                meant.setdefault(column, {})[each] = value
    return parse(text).renamed(meant) if meant else text


def _value(column: str, text: str, tables: Iterable[str]) -> str:
    """The value of an enumeration, or the usual label, of which a text is the title; "" without one."""
    from alloc.content.places import OF_COLUMNS  # both know of instances
    from alloc.content.titles import value_named

    known = next((TABLES[name].by_name[column] for name in tables
                  if name in TABLES and column in TABLES[name].by_name), None)  # fmt: skip
    if known is not None and known.kind == "enum":
        value = value_named(column, text)
        return value if text not in known.values and value in known.values else ""
    found = [
        code for code, titles in OF_COLUMNS.get(column, {}).items() if text.casefold() in map(str.casefold, titles)
    ]
    return found[0] if len(found) == 1 else ""


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
