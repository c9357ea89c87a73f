"""Conditions on cities as a reader meets them: "size class: megacity" and not ``size_class = 'megacity'``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from alloc.content.places import CLUSTERS, RANKS, REGIONS, TIER_TITLES
from alloc.content.titles import column_title, value_title
from alloc.instance.schema.classes import CLASS_TITLES
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.optional.schemes import RANK
from alloc.instance.schema.tables import TABLES
from alloc.report.view import View
from alloc.text import Text

# One comparison of a column with texts: = 'a', == "a", != 'a', in ('a', 'b').
_ONE = re.compile(r"\s*(\w+)\s*(==?|!=|in)\s*(\(?\[?(?:\s*(?:'[^']*'|\"[^\"]*\")\s*,?)+\]?\)?)\s*")
_AND = re.compile(r"\s+and\s+|\s*&\s*")
_VALUE = re.compile(r"'([^']*)'|\"([^\"]*)\"")
EVERYWHERE = Text("全部城市", "all cities")
SIZE_CLASS, DEBT_TIER = Text("城市规模", "size class"), Text("债务风险等级", "debt tier")
IS, IS_NOT = Text("{column}为{values}", "{column}: {values}"), Text("{column}不是{values}", "{column}: not {values}")


def condition_said(view: View, where: str, table: str = "cities") -> str:
    """A condition on the rows of a table, in words; what is more than comparisons with texts stays as it is written."""
    if not where.strip():
        return EVERYWHERE.said(view.language)
    found = [_ONE.fullmatch(part) for part in _AND.split(where)]
    if not all(found):
        return where
    said = []
    for each in found:
        assert each is not None
        column, sign, values = each.groups()
        named = [_value(view, column, one or other, table) for one, other in _VALUE.findall(values)]
        text = IS_NOT if sign == "!=" else IS
        said.append(text.said(view.language, column=_column(view, column, table), values=view.listed(named)))
    return view.say("，", "; ").join(said)


def _column(view: View, column: str, table: str) -> str:
    if table != "cities" and table in TABLES and column in TABLES[table].by_name:
        return column_title(table, column, view.language)
    derived: Mapping[str, Text] = {"size_class": SIZE_CLASS, "debt_tier": DEBT_TIER}
    if column in derived:
        return derived[column].said(view.language)
    for grouping in (view.region, view.cluster, view.rank, view.province):
        if grouping is not None and grouping.name == column:
            return grouping.title
    return city_figure(column)[0].said(view.language)


def _value(view: View, column: str, value: str, table: str) -> str:
    own = TABLES[table].by_name.get(column) if table in TABLES else None
    if own is not None and own.kind == "enum":
        return value_title(column, value, view.language)
    if column == "size_class" and value in CLASS_TITLES:
        return CLASS_TITLES[value].said(view.language)
    if column == "cluster":
        return value if view.zh else CLUSTERS.get(value, value)
    if column in ("province", "city"):
        names = dict(zip(view.codes, view.names, strict=True))
        of_city = (view.province.names[at] for at in view.province.of)
        provinces = dict(zip(view.cities["province"].astype(str), of_city, strict=True))
        return (names if column == "city" else provinces).get(value, value)
    for name, titles in (("region", REGIONS), ("debt_tier", TIER_TITLES), (RANK, RANKS)):
        if column == name and value in titles:
            return view.say(*titles[value])
    if column == "pool" and value in view.pools.index:
        return view.pool_title(value)
    if column == "service" and value in view.services.index:
        return view.service_title(value)
    return value
