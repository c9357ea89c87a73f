"""What the columns of a result's tables are called, with their units: for tables that are handed on as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from alloc.content.figures import unit_title
from alloc.content.places import debt_tier, province
from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, NO_UNIT, PERSONS, POOL_UNITS, SERVICE_UNITS
from alloc.formulation.registry import catalogue
from alloc.instance.derived.limits import title_of
from alloc.result.frames.codes import NAMES, frame
from alloc.result.frames.formats import FACILITIES, RATIO, SHARE, column_format
from alloc.result.frames.standing import families_as_published, limits_as_published
from alloc.result.frames.units import LIMIT_UNIT, MIXED, PROGRAMME_UNITS, TIER_UNIT, UNIT, units_of_rows
from alloc.result.result import Result
from alloc.result.rounding import TABLE, pool_title, rule_title
from alloc.text import Text

FORMATS = "formats"
AS_PUBLISHED = MappingProxyType({"limits": limits_as_published, "families": families_as_published})
SECONDS = Text("秒", "s")
RULE_UNIT = Text("该规则的单位", "unit of the rule")


class Described(NamedTuple):
    """A column of a result: its title and its unit, empty where it has none."""

    title: Text
    unit: Text = NO_UNIT


KEYS: Mapping[str, Text] = MappingProxyType({
    "city": Text("城市", "city"), "pool": Text("指标", "pool"), "service": Text("服务", "service"),
    "limit": Text("限额", "limit"), "family": Text("规则", "rule"), "tier": Text("目标", "tier"),
    "province": Text("省份", "province"), "programme": Text("项目", "programme"), "unit": Text("单位", "unit"),
    "from": Text("供给城市", "from"), "to": Text("受益城市", "to"), "kind": Text("方式", "kind"),
})  # fmt: skip
"""Columns of codes and texts that mean the same in every table."""

TABLES: Mapping[str, Text] = MappingProxyType({
    "tiers": Text("目标", "tiers"), "allocation": Text("分配", "allocation"), "services": Text("公共服务", "services"),
    "people": Text("人口", "people"), "land": Text("用地", "land"), "budget": Text("收支", "budget"),
    "debt": Text("债务", "debt"), "families": Text("规则", "rules"), "limits": Text("限额", "limits"),
    "rounding": TABLE, "relaxation": Text("松弛解", "relaxation"),
    "levels": Text("各级留用", "levels"), "programmes": Text("专项建设项目", "programmes"),
    "links": Text("跨市服务通道", "links"),
})  # fmt: skip
"""What the tables are called; one that a lever brings keeps its name."""

COLUMNS: Mapping[str, Mapping[str, Described]] = MappingProxyType({
    "tiers": {
        "optimised": Described(Text("已求解", "optimised")),
        "value": Described(Text("值", "value"), TIER_UNIT),
        "bound": Described(Text("界", "bound"), TIER_UNIT),
        "gap": Described(Text("相对差距", "relative gap"), SHARE),
        "size": Described(Text("差距的基准", "size that the gap refers to"), TIER_UNIT),
        "tolerance": Described(Text("允许让步", "tolerance"), TIER_UNIT),
        "seconds": Described(Text("用时", "time"), SECONDS),
    },
    "allocation": {  # its column `unit` says the unit
        "last_year": Described(Text("上年数", "last year")),
        "benchmark": Described(Text("公式", "formula")),
        "performance": Described(Text("绩效调整", "performance")),
        "rule": Described(Text("规则", "rules")),
        "locked": Described(Text("已下达不收回", "issued before and kept")),
        "optimised": Described(Text("优化", "optimisation")),
        "override": Described(Text("人工指定", "override")),
        "rounding": Described(Text("取整", "rounding")),
        "published": Described(Text("公布数", "published")),
        "issued": Described(Text("此前已下达", "issued before")),
        "increment": Described(Text("本次下达", "issued now")),
    },
    "services": {
        "full_need": Described(Text("全部需求", "full need"), SERVICE_UNITS),
        "present_need": Described(Text("现有权益下的需求", "need at present entitlement"), SERVICE_UNITS),
        "capacity": Described(Text("现有能力", "capacity"), SERVICE_UNITS),
        "build": Described(Text("新建设施", "facilities built"), FACILITIES),
        "expand": Described(Text("扩建", "expansion"), SERVICE_UNITS),
        "added": Described(Text("新增能力", "capacity added"), SERVICE_UNITS),
        "backlog": Described(Text("欠账", "backlog"), SERVICE_UNITS),
        "coverage_before": Described(Text("现状覆盖率", "coverage before"), SHARE),
        "coverage": Described(Text("覆盖率", "coverage"), SHARE),
        "gap": Described(Text("最低标准缺口", "gap to the national minimum"), SHARE),
        "lent": Described(Text("为他市保留", "kept for other cities"), SERVICE_UNITS),
        "borrowed": Described(Text("他市为本市保留", "kept by other cities"), SERVICE_UNITS),
        "moved": Described(Text("净迁入", "moved in less moved out"), SERVICE_UNITS),
    },
    "links": {
        "flow": Described(Text("保留或迁移的能力", "lent or moved"), SERVICE_UNITS),
        "cost": Described(Text("迁建支出", "cost of moving"), MONEY),
        "fee": Described(Text("使用费", "fee"), MONEY_A_YEAR),
    },
    "people": {
        "residents": Described(Text("常住人口", "residents"), PERSONS),
        "migrants": Described(Text("流入人口", "migrants"), PERSONS),
        "settle_limit": Described(Text("落户上限", "limit of settlement"), PERSONS),
        "settle": Described(Text("落户人数", "settled"), PERSONS),
        "rounding": Described(Text("其中取整", "of it rounding"), PERSONS),
        "score_before": Described(Text("现状得分", "score before")),
        "score": Described(Text("得分", "score")),
    },
    "land": {
        "allocation": Described(Text("新增建设用地（取整前）", "new construction land before rounding"), HECTARES),
        "public": Described(Text("公共设施用地", "public land"), HECTARES),
        "housing": Described(Text("居住用地", "housing land"), HECTARES),
        "production": Described(Text("产业用地", "production land"), HECTARES),
        "other": Described(Text("其他用地", "other land"), HECTARES),
        "unassigned": Described(Text("暂未安排用地", "unassigned land"), HECTARES),
        "reuse_public": Described(Text("盘活用于公共设施", "reused for public land"), HECTARES),
        "reuse_housing": Described(Text("盘活用于居住", "reused for housing"), HECTARES),
        "reuse_production": Described(Text("盘活用于产业", "reused for production"), HECTARES),
        "renewed_public": Described(Text("腾出用于公共设施", "renewed for public land"), HECTARES),
        "renewed_production": Described(Text("腾出用于产业", "renewed for production"), HECTARES),
    },
    "programmes": {
        "run": Described(Text("当年完成", "done this year"), PROGRAMME_UNITS),
    },
    "budget": {
        "to_capital": Described(Text("转作建设的一般财力", "general money set aside for building"), MONEY),
        "fund_available": Described(Text("可用于建设的基金收入", "fund revenue free for building"), MONEY),
        "capital_transfers": Described(Text("建设类转移支付", "capital transfers"), MONEY),
        "bonds": Described(Text("新增债券", "new bonds"), MONEY),
        "spending": Described(Text("建设支出", "capital spending"), MONEY),
        "revenue": Described(Text("一般公共预算收入", "general revenue"), MONEY_A_YEAR),
        "other_transfers": Described(Text("其他转移支付", "other transfers"), MONEY_A_YEAR),
        "general_transfers": Described(Text("一般性转移支付", "general transfers"), MONEY_A_YEAR),
        "shortfall": Described(Text("原有收支缺口", "shortfall before the plan"), MONEY_A_YEAR),
        "essential_spending": Described(Text("刚性支出", "essential spending"), MONEY_A_YEAR),
        "interest": Described(Text("债务付息", "interest"), MONEY_A_YEAR),
        "running": Described(Text("新增运行费用", "running costs of what is new"), MONEY_A_YEAR),
        "settlement": Described(Text("落户成本", "cost of settlement"), MONEY_A_YEAR),
        "bond_interest": Described(Text("新增债券付息", "interest on new bonds"), MONEY_A_YEAR),
    },
    "debt": {
        "debt_general": Described(Text("一般债务余额", "general debt"), MONEY),
        "debt_special": Described(Text("专项债务余额", "special debt"), MONEY),
        "new_general": Described(Text("新增一般债券", "new general bonds"), MONEY),
        "new_special": Described(Text("新增专项债券", "new special bonds"), MONEY),
        "room_general": Described(Text("一般债务限额余量", "room under the limit of general debt"), MONEY),
        "room_special": Described(Text("专项债务限额余量", "room under the limit of special debt"), MONEY),
        "bond_room": Described(Text("举债空间", "room for bonds"), MONEY),
        "reference": Described(Text("债务率的分母", "reference of the debt ratio"), MONEY),
        "ratio_before": Described(Text("现状债务率", "debt ratio before"), RATIO),
        "tier_before": Described(Text("现状债务等级", "debt tier before")),
        "ratio_after": Described(Text("债务率", "debt ratio after"), RATIO),
        "tier_after": Described(Text("债务等级", "debt tier after")),
    },
    "families": {
        "rows": Described(Text("行数", "rows")),
        "binding": Described(Text("起作用的行数", "binding rows")),
        "violation": Described(Text("最大偏差", "largest violation"), RULE_UNIT),
    },
    "limits": {
        "left": Described(Text("左端", "left side"), LIMIT_UNIT),
        "right": Described(Text("右端", "right side"), LIMIT_UNIT),
        "sense": Described(Text("关系", "sense")),
        "slack": Described(Text("余量", "slack"), LIMIT_UNIT),
    },
    "rounding": {
        "rule": Described(Text("要求", "promise")),
        "off": Described(Text("偏差", "off by")),
    },
    "levels": {
        "unit": Described(Text("城市的上级", "unit above cities")),
        "received": Described(Text("所得", "received"), POOL_UNITS),
        "retained": Described(Text("留用", "retained"), POOL_UNITS),
        "passed": Described(Text("下达", "passed on"), POOL_UNITS),
        "share": Described(Text("留用比例", "share retained"), SHARE),
    },
    "relaxation": {
        "granted": Described(Text("松弛解给予", "granted by the relaxation"), POOL_UNITS),
        "beyond": Described(Text("超出 2% 区间", "beyond the band of 2 %"), POOL_UNITS),
    },
})  # fmt: skip
"""Table -> column -> what it is; columns that levers bring are described by their decisions."""


def described(result: Result, table: str, column: str) -> Described:
    """What a column of a result is.

    Args:
        result: whose formulation may bring columns of its own.
        table: of the result, or ``tiers``.
        column: its name there.

    Raises:
        KeyError: nothing describes it.
    """
    if column in COLUMNS.get(table, {}):
        return COLUMNS[table][column]
    if column in KEYS:
        return Described(KEYS[column])
    known = catalogue(result.instance.formulation)
    for decision in known.decisions.values():
        if decision.table == table and column in decision.columns:
            part = "" if len(decision.columns) == 1 else f" {column}"
            return Described(Text(*(f"{title}{part}" for title in decision.title)), known.units[decision.unit])
    raise KeyError(f"{table}.{column}")


def with_codes(result: Result) -> dict[str, pd.DataFrame]:
    """Every table of a result by its name, with codes, names in both languages and machine names."""
    return {"tiers": result.tiers, **{name: frame(result.instance, table) for name, table in result.tables.items()}}


def readable(result: Result, language: str) -> dict[str, pd.DataFrame]:
    """Every table of a result for a reader, by its title: see `readable_table`."""
    titles = {name: getattr(TABLES[name], language) if name in TABLES else name for name in ("tiers", *result.tables)}
    return {title: readable_table(result, name, language) for name, title in titles.items()}


def readable_table(result: Result, name: str, language: str) -> pd.DataFrame:
    """A table of a result for a reader: titles with units for heads, names beside codes, words for machine names.

    Where rows differ in their unit it stands in a column in front of their numbers, and not in the head.

    Args:
        result: with an allocation.
        name: of one of its tables, or ``tiers``.
        language: ``zh`` or ``en``.

    Returns:
        A new table with a plain index; numbers as they are, limits and how many of them bind as published. How a
        workbook shows them is in its ``attrs``, by head.
    """
    if name == "tiers":
        table = result.tiers
    else:
        table = frame(result.instance, AS_PUBLISHED[name](result) if name in AS_PUBLISHED else result.tables[name])
    flat = table if isinstance(table.index, pd.RangeIndex) else table.reset_index()
    columns: dict[str, pd.Series] = {}
    formats: dict[str, str | Sequence[str]] = {}
    for column in map(str, flat.columns):
        stem, _, tongue = column.rpartition("_")
        if tongue in ("zh", "en") and (stem in NAMES or stem in ("family", "tier")):
            if tongue == language:
                columns[_head(KEYS[stem], NO_UNIT, language)] = flat[column]
            continue
        title, unit = described(result, name, column)
        if unit in MIXED and MIXED[unit] in flat:
            units = units_of_rows(result.instance, unit, flat, language)
            columns.setdefault(UNIT.said(language), pd.Series(units, index=flat.index, dtype="str"))
            unit = NO_UNIT
        of_code = f"{column}_{language}" in flat
        head = _head(Text(f"{title.zh}代码", f"{title.en} code") if of_code else title, unit, language)
        if form := column_format(result.instance, name, column, described(result, name, column).unit, flat):
            formats[head] = form
        words = {} if of_code else _words(result, name, column, language)
        columns[head] = flat[column].map(lambda value, words=words: words.get(value, value)) if words else flat[column]
    made = pd.DataFrame(columns)
    made.attrs[FORMATS] = formats
    return made


def _words(result: Result, table: str, column: str, language: str) -> Mapping[str, str]:
    """What the texts of a column are called, by the text; codes that stand without their names have these too."""
    tables = result.instance.tables
    if (table, column) == ("levels", "unit") or column == "province":
        named = zip(tables["cities"]["province"], tables["cities"]["province_name"], strict=True)
        return {code: f"{province(code, title).said(language)} {code}" for code, title in named}
    if column == "unit":
        return {unit: unit_title(unit, language) for unit in ("ha", "10⁴ yuan", "persons")}
    if column in ("tier_before", "tier_after"):
        return {tier.name: debt_tier(tier.name, language) for tier in result.instance.settings.policy.debt.tiers}
    if table == "rounding" and column == "rule":
        return {rule: rule_title(result, rule, language) for rule in result.tables["rounding"]["rule"].unique()}
    if column == "city":
        return {code: f"{title} {code}" for code, title in result.city_names(language).items()}
    if column == "pool":
        return {pool: pool_title(result, pool, "", language) for pool in tables["pools"]["pool"]}
    if column == "limit":
        return {
            each: getattr(title_of(tables, each), language) for each in result.tables[table]["limit"].unique() if each
        }
    return {}


def _head(title: Text, unit: Text, language: str) -> str:
    said = getattr(title, language)
    if not getattr(unit, language):
        return str(said)
    return f"{said}（{unit.zh}）" if language == "zh" else f"{said} ({unit.en})"
