"""Conditions on rows as a reader meets them: "size class: megacity" and not ``size_class = 'megacity'``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from alloc.content.numbers import amount_text
from alloc.content.places import CLUSTERS, OF_COLUMNS, province, short_province
from alloc.content.tables import exact
from alloc.content.titles import column_title, target_title, value_title
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.instance.schema.optional.schemes import RANK
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

# One comparison of a column with texts: = 'a', == "a", != 'a', in ('a', 'b'); or with a number.
_TEXTS = re.compile(r"\s*(\w+)\s*(==?|!=|in)\s*(\(?\[?(?:\s*(?:'[^']*'|\"[^\"]*\")\s*,?)+\]?\)?)\s*")
_NUMBER = re.compile(r"\s*(\w+)\s*(<=|>=|==?|!=|<|>)\s*(-?\d[\d_]*(?:\.\d+)?)\s*")
_AND = re.compile(r"\s+and\s+|\s*&\s*")
_VALUE = re.compile(r"'([^']*)'|\"([^\"]*)\"")
EVERYWHERE = Text("全部城市", "all cities")
IS, IS_NOT = Text("{column}为{values}", "{column}: {values}"), Text("{column}不是{values}", "{column}: not {values}")
NONE = Text("空", "none")
SIGNS: Mapping[str, Text] = {
    "<": Text("{column}低于 {value}", "{column} below {value}"),
    "<=": Text("{column}不高于 {value}", "{column} at most {value}"),
    ">": Text("{column}高于 {value}", "{column} above {value}"),
    ">=": Text("{column}不低于 {value}", "{column} at least {value}"),
    "=": Text("{column}为 {value}", "{column}: {value}"),
    "!=": Text("{column}不是 {value}", "{column}: not {value}"),
}
# What cities are grouped by, as a sentence names it; a column of codes stands for what has them.
GROUPS: Mapping[str, Text] = {
    "size_class": Text("城市规模", "size class"),
    "debt_tier": Text("债务风险等级", "debt tier"),
    "region": Text("地区", "region"),
    "cluster": Text("城市群", "city cluster"),
    "province": Text("省份", "province"),
    "city": Text("城市", "city"),
    RANK: Text("行政级别", "administrative rank"),
}


def condition_said(tables: Mapping[str, pd.DataFrame], language: str, where: str, table: str = "cities") -> str:
    """A condition on the rows of a table, in words.

    Args:
        tables: of the instance, for the names of what codes stand for.
        language: ``zh`` or ``en``.
        where: the condition as it is written.
        table: whose rows it is about.

    Returns:
        The words; what is more than comparisons with texts and numbers stays as it is written.
    """
    if not where.strip():
        return EVERYWHERE.said(language)
    said = []
    for part in _AND.split(where):
        if found := _TEXTS.fullmatch(part):
            column, sign, values = found.groups()
            named = [_value(tables, language, column, one or other, table) for one, other in _VALUE.findall(values)]
            text = IS_NOT if sign == "!=" else IS
            said.append(text.said(language, column=_column(column, table, language), values=_listed(named, language)))
        elif found := _NUMBER.fullmatch(part):
            column, sign, written = found.groups()
            figure = amount_text(exact(float(written), 6))
            said.append(SIGNS[sign.replace("==", "=")].said(
                language, column=_column(column, table, language), value=figure
            ))  # fmt: skip
        else:
            return where
    return ("，" if language == "zh" else "; ").join(said)


def target_said(tables: Mapping[str, pd.DataFrame], language: str, target: str, where: str) -> str:
    """What an edit is about and for which rows: in Chinese by titles, in English as edits name it.

    Args:
        tables: of the instance, for the names of what codes stand for.
        language: ``zh`` or ``en``.
        target: as in an edit: ``pools.total``.
        where: the condition on its rows, as it is written; "" for all.
    """
    if language != "zh":
        return f"{target} where {where}" if where else target
    table, _, column = target.partition(".")
    found = _TEXTS.fullmatch(where)
    if found and table in TABLES and TABLES[table].key == (found[1],) and found[2] in ("=", "=="):
        (one, other), *more = _VALUE.findall(found[3])
        if not more:  # a row by its key is named as in an edit of that row
            return target_title(f"{table}.{one or other}.{column}", tables, language)
    title = target_title(target, tables, language)
    if not where and target.count(".") == 1 and table in TABLES:
        return f"全部{title}"  # a column: of no row in particular
    return f"{title}（{condition_said(tables, language, where, table)}）" if where else title


def _listed(names: Iterable[str], language: str) -> str:
    found = list(names)
    if language == "zh" or len(found) == 1:
        return "、".join(found)
    return f"{', '.join(found[:-1])} and {found[-1]}"


def _column(column: str, table: str, language: str) -> str:
    own = table != "cities" and table in TABLES and column in TABLES[table].by_name
    if column in GROUPS and not own:
        return GROUPS[column].said(language)
    return column_title(table if own else "cities", column, language)


def _value(tables: Mapping[str, pd.DataFrame], language: str, column: str, value: str, table: str) -> str:
    own = TABLES[table].by_name.get(column) if table in TABLES else None
    if own is not None and own.kind == "enum":
        return value_title(column, value, language)
    if column == "size_class" and value in CLASS_TITLES:
        return CLASS_TITLES[value].said(language)
    if value in OF_COLUMNS.get(column, {}):
        return Text(*OF_COLUMNS[column][value]).said(language)
    if column == "cluster":
        return (value if language == "zh" else CLUSTERS.get(value, value)) or NONE.said(language)
    if column == "province":
        cities = tables["cities"]
        name = dict(zip(cities["province"], cities["province_name"], strict=True)).get(value, value)
        return short_province(name) if language == "zh" else province(value, name).en
    for key, name in (("city", "cities"), ("pool", "pools"), ("service", "services")):
        if column == key:
            return _name(tables[name].set_index(key), value, language)
    return value or NONE.said(language)


def _name(rows: pd.DataFrame, code: str, language: str) -> str:
    """What a row is called: its title, or its name; its code where there is no such row."""
    if code not in rows.index:
        return code
    for column in (f"title_{language}", "name_en" if language == "en" else "name", "name"):
        if column in rows and rows.at[code, column]:
            return str(rows.at[code, column])
    return code
