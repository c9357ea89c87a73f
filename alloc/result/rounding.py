"""What rounding could not keep, in words: one line for the whole, and every case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from alloc.content.blocks import Amount, Row, Table
from alloc.content.figures import number, unit_title
from alloc.content.places import province
from alloc.content.tables import table as table_of
from alloc.formulation.registry import catalogue
from alloc.instance.derived.limits import title_of
from alloc.result.result import Result
from alloc.text import Text

DECIMALS = {"ha": 4, "10⁴ yuan": 2, "persons": 0}
PERSONS = Text("落户人数", "settled persons")

RULES: Mapping[str, Text] = {
    "no_multiple": Text(
        "上下限之间没有最小分配单位的整倍数，按原值公布", "no multiple within its bounds, published as decided"
    ),
    "makes_up": Text("补足其他城市的零头，不是整倍数", "makes up for others without a multiple"),
    "as_decided": Text("整倍数凑不成总量，按原值公布", "no multiples make up the pool, published as decided"),
    "neighbour": Text("调整达到或超过一个最小分配单位", "moved by a quantum or more"),
    "subtotal": Text("分省小计偏离达到或超过一个最小分配单位", "sub-total of the province off by a quantum or more"),
    "total": Text("合计有偏差", "total off"),
}
GIVES_WAY = Text("{rule}，超出不到一个最小分配单位", "{rule}, missed by less than a quantum")
TITLE = Text("取整未能保持的要求", "What rounding could not keep")
HEADS = Text("要求|指标|对象|偏差|单位", "rule|pool|of|off by|unit")
NONE = Text(
    "取整：总量、分省小计、上下限、分组限额、债务限额和两项预算全部保持。",
    "Rounding: totals, sub-totals by province, bounds, limits, debt rooms and both budgets are all kept.",
)
SOME = Text(
    "取整：{count} 处例外（{parts}）；逐条见{where}。",
    "Rounding: {count} {count:|exception|exceptions} ({parts}); {count:|it|each} stands in {where}.",
)
PERSONS_OFF = Text(
    "“落户人数”合计的偏差，是各城市公布的整数之和减去取整前的 {decided} 人；后者把各市落户上限的小数部分也计在内。"
    "“取整少落户”则与各市的整数上限相比，不计这些小数，所以可以较小。",
    "The total of settled persons is off by the whole persons published less the {decided} before rounding, which "
    "count the fractions of the cities' limits too. What rounding leaves out is counted against whole limits, without "
    "these fractions, so that it may be less.",
)
TABLE = Text("取整", "rounding")  # the result's table
IN_RESULT = Text(f"结果表“{TABLE.zh}”（rounding.parquet）", f"the result's table {TABLE.en} (rounding.parquet)")
IN_REPORT = Text("“城市”一章", "the chapter on cities")


class Case(NamedTuple):
    """One promise that is not kept, in words: the rule, what and where, by how much (with its sign), in which unit."""

    rule: str
    pool: str
    place: str
    off: Amount
    unit: str


def rule_title(result: Result, rule: str, language: str) -> str:
    """The words for a rule of the table."""
    if rule in RULES:
        return RULES[rule].said(language)
    family = catalogue(result.instance.formulation).families[rule]
    title = family.title.said(language)
    return GIVES_WAY.said(language, rule=title) if family.gives_way else title


def pool_title(result: Result, pool: str, unit: str, language: str) -> str:
    """The title of a pool; of persons, and of rows over several pools, what stands in for it."""
    if pool:
        return str(result.instance.tables["pools"].set_index("pool").at[pool, f"title_{language}"] or pool)
    return str(getattr(PERSONS, language)) if unit == "persons" else ""


def note(result: Result, language: str, where: Text = IN_RESULT) -> str:
    """How many promises are not kept, by rule, in one line; `where` says where each of them stands."""
    counts = _counts(result)
    if not counts:
        return str(getattr(NONE, language))
    order = [*(rule for rule in RULES if rule in counts), *sorted(set(counts) - set(RULES))]
    parts = _counted(result, language, order, counts)
    return SOME.said(language, count=number(counts.total()), parts=parts, where=where.said(language))


def rules_broken(result: Result, language: str) -> str:
    """The rules of the model that published numbers break, with how often; "" where they keep them all."""
    counts = _counts(result)
    return _counted(result, language, sorted(set(counts) - set(RULES)), counts)


def _counts(result: Result) -> Counter[str]:
    """How often each rule is not kept."""
    return Counter(result.tables["rounding"]["rule"].tolist())


def _counted(result: Result, language: str, rules: Sequence[str], counts: Mapping[str, int]) -> str:
    comma, colon = ("；", "：") if language == "zh" else ("; ", ": ")
    return comma.join(f"{rule_title(result, rule, language)}{colon}{number(counts[rule])}" for rule in rules)


def cases(result: Result, language: str, table: pd.DataFrame) -> list[Case]:
    """Rows of the result's table `rounding` in words."""
    if table.empty:
        return []
    cities = result.instance.tables["cities"].set_index("city")
    city = result.city_names(language)
    provinces = zip(cities["province"], cities["province_name"], strict=True)
    named = {code: province(code, name).said(language) for code, name in provinces}
    tables = result.instance.tables
    limit = {name: getattr(title_of(tables, name), language) for name in dict.fromkeys(table["limit"]) if name}
    pools = {pool: pool_title(result, pool, "", language) for pool in result.instance.tables["pools"]["pool"]}
    found = []
    for row in table.to_dict("records"):
        code = row["city"] or row["province"]
        name = city[code] if row["city"] else named.get(code) or limit.get(row["limit"]) or row["limit"]
        found.append(
            Case(
                rule_title(result, row["rule"], language),
                pools.get(row["pool"]) or pool_title(result, "", row["unit"], language),
                f"{name} {code}".strip(),
                Amount(row["off"], DECIMALS[row["unit"]], sign=True),
                unit_title(row["unit"], language),
            )
        )
    return found


def not_kept(result: Result, language: str, table: pd.DataFrame, name: str = "rounding") -> list[Table]:
    """Rows of the result's table `rounding` as a table for a reader, called `name`; no table where there are none."""
    rows: list[Row] = [
        (each.rule, each.pool, each.place, each.off, each.unit) for each in cases(result, language, table)
    ]
    if not rows:
        return []
    found = table_of(name, TITLE.said(language), HEADS.said(language), "lllrl", rows)
    total = table.loc[(table["rule"] == "total") & (table["unit"] == "persons"), "off"]
    if total.empty:
        return [found]
    decided = float(result.tables["people"]["settle"].sum()) - float(total.iloc[0])
    return [replace(found, note=PERSONS_OFF.said(language, decided=number(round(decided))))]


def of_city(result: Result, city: str) -> pd.DataFrame:
    """The rows of the table about a city, or about a sub-total of its province."""
    table = result.tables["rounding"]
    cities = result.instance.tables["cities"].set_index("city")
    return table[(table["city"] == city) | (table["province"] == cities.at[city, "province"])]
