"""What a figure of a city is called and counted in: a column of ``cities``, a derived number, or a further column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from alloc.formulation.columns import MONEY, MONEY_A_YEAR, NO_UNIT, PERSONS, Beside
from alloc.instance.schema.tables import DERIVED_FACTORS, TABLES
from alloc.text import Text

# Columns that no rule knows and shipped instances have, and the room that conditions of pools may name; further columns
# of other planners go by their own name.
FURTHER: Mapping[str, tuple[Text, Text]] = MappingProxyType({
    "gdp": (Text("地区生产总值", "GDP"), MONEY_A_YEAR),
    "bond_room": (Text("可新增债务", "Room for new debt"), MONEY),
    "growth": (Text("常住人口增长率", "Growth of residents"), NO_UNIT),
    "region": (Text("地区", "Region"), NO_UNIT),
    "standard_gap": (Text("标准收支缺口", "Gap between standard spending and revenue"), MONEY_A_YEAR),
})  # fmt: skip
# What figures of these go with, as `Column.beside` says it of columns.
FURTHER_BESIDE: Mapping[str, Beside] = MappingProxyType(
    {
        "gdp": Beside(("residents", "revenue", "essential_spending")),
        "standard_gap": Beside(("residents", "other_transfers", "essential_spending"), few=False),
    }
)
# What gaps of money are, which planners confuse; notes of tables say it.
MEANT: Mapping[str, Text] = MappingProxyType({
    "fiscal_gap": Text(
        "财力缺口 = 刚性支出 + 存量债务付息 − 一般公共预算收入 − 其他转移支付，为负的计 0："
        "不计本次分配的转移支付时，实际财力不够支付的部分。",
        "Fiscal gap: essential spending and interest on old debt less general public revenue and other transfers, 0 "
        "where negative: what actual money lacks before any transfer of this allocation.",
    ),
    "standard_gap": Text(
        "标准收支缺口是城市表给出的因素，按统一标准测算的支出与收入之差，不是实际收支的财力缺口。",
        "The gap between standard spending and revenue is a factor given with the cities, by uniform standards; it is "
        "not the fiscal gap of actual accounts.",
    ),
    "shortfall": Text(
        "原有收支缺口：刚性支出与存量债务付息减去一般公共预算收入、其他转移支付和一般性转移支付的下限，为负的计 0；"
        "是方案以前就有的，计为来源使预算平衡，本方案没有弥补。",
        "Shortfall of the past: essential spending and interest on old debt less general public revenue, other "
        "transfers and the least of general transfers, 0 where negative; it was there before the plan, counts as a "
        "source so that the budget balances, and is not closed by the plan.",
    ),
})  # fmt: skip
_COHORT = re.compile(r"(?P<migrant>migrant_)?age_(?P<first>\d+)_(?P<last>\d+|plus)(?P<plan>_plan)?", re.ASCII)


def city_figure(name: str) -> tuple[Text, Text]:
    """Title and unit of a figure of a city.

    Args:
        name: column of ``cities``, or a derived number that stands beside them.

    Returns:
        its title, and its unit (empty where none is known); a further column that nobody has described keeps its name.
    """
    if name in DERIVED_FACTORS:
        return DERIVED_FACTORS[name], NO_UNIT
    declared = TABLES["cities"].by_name.get(name)
    if declared is not None:
        return declared.title, declared.unit
    if ages := _COHORT.fullmatch(name):
        return _cohort(ages), PERSONS
    return FURTHER.get(name, (Text(name, name), NO_UNIT))


def _cohort(ages: re.Match[str]) -> Text:
    """Residents of some ages: ``age_3_5``, ``age_60_plus``; of migrants, or expected when what is built opens."""
    first, last = ages["first"], ages["last"]
    aged = Text(f"{first} 岁及以上", f"aged {first} and over")
    if last != "plus":
        aged = Text(f"{first}—{last} 岁", f"aged {first} to {last}")
    of = Text("流入人口", "Migrants") if ages["migrant"] else Text("常住人口", "Residents")
    plan = Text("（规划）", " (planned)") if ages["plan"] else Text("", "")
    return Text(f"{aged.zh}{of.zh}{plan.zh}", f"{of.en} {aged.en}{plan.en}")
