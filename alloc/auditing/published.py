"""Real allocations beside those of an answer: shares within each province, how far they are apart, and their ranks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from alloc.auditing.grids import NO_UNIT, Grid, Head, Part, Value, listed
from alloc.auditing.statistics import rank_correlation
from alloc.auditing.work import Facts, Floats
from alloc.content.places import province as named
from alloc.formulation.columns import Column
from alloc.instance.checks.all import check_cells
from alloc.instance.checks.keys import check_keys
from alloc.instance.files.raw import Unreadable, read_raw
from alloc.instance.files.type_cells import type_cells
from alloc.instance.findings import InputError, errors
from alloc.instance.schema.cities import CITY_CODE, CITY_CODE_WORDS
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import NAME, NAME_WORDS
from alloc.text import Text

TITLE = Text("与实际分配相比", "Beside real allocations")
FEWEST = 3  # cities of a province that are compared
TABLE = Table(
    "published",
    Text("实际分配", "Real allocations"),
    Text("每个城市、资源池和年份一行。", "One row a city, pool and year."),
    (
        Column("city", "code", NO_UNIT, Text("城市代码", "City code"), Text("六位行政区划代码。", "Six-digit code."),
               key=True, pattern=CITY_CODE, pattern_words=CITY_CODE_WORDS),
        Column("pool", "code", NO_UNIT, Text("资源池代码", "Pool"), Text("算例中的资源池。", "Pool of the instance."),
               key=True, pattern=NAME, pattern_words=NAME_WORDS),
        Column("year", "code", NO_UNIT, Text("年份", "Year"), Text("分配的年份。", "Year of the allocation."), key=True,
               pattern=r"\d{4}", pattern_words=Text("四位年份，例如 2020", "a year of four digits, e.g. 2020")),
        Column("amount", "number", NO_UNIT, Text("数额", "Amount"),
               Text("实际分配的数额；只比较份额，单位不限，但一省之内须一致。",
                    "What the city got; only shares are compared: any unit that is the same in a province.")),
        Column("unit", "text", NO_UNIT, Text("单位", "Unit"), Text("数额的单位。", "Unit of the amount."),
               required=False),
    ),
    open=True,
)  # fmt: skip
METHOD = Text(
    "一省之内、同一资源池、同一年份中给出正数的城市之间："
    "实际份额与本方案份额之比偏离 1 的中位数，以及斯皮尔曼秩相关系数。"
    "没有任何参数按这些数拟合。每省至少 {fewest} 个城市才比较。",
    "Among the cities of one province with a positive amount in one pool and year: the median of how far this answer's "
    "share is from the real one, relative to that, and Spearman's rank correlation. Nothing is fitted to these "
    "figures. A province counts with {fewest} cities or more.",
).fill(fewest=FEWEST)
LEFT_OUT = Text("未比较：{why}。", "Not compared: {why}.")


@dataclass(frozen=True, eq=False)
class Compared:
    """One province, pool and year.

    Attributes:
        pool: place of the pool.
        province: code.
        year: of the real allocation.
        apart: of every city compared, how far its share is from the real one, relative to that.
        rank: Spearman's.
    """

    pool: int
    province: str
    year: str
    apart: Floats
    rank: float


def read_published(path: Path) -> pd.DataFrame:
    """Real allocations from a CSV or Parquet file with the columns city, pool, year, amount, and perhaps unit.

    Args:
        path: of the file.

    Returns:
        Its rows, typed.

    Raises:
        InputError: it cannot be read, or something in it is wrong; with every finding.
    """
    try:
        raw, found = read_raw(path, TABLE)
    except Unreadable as error:
        raise InputError([error.finding]) from None
    sheet, misread = type_cells(raw, TABLE)
    found = [*found, *misread, *check_cells(sheet), *check_keys(sheet, {})]
    if errors(found):
        raise InputError(found)
    if not len(sheet.frame):
        raise InputError([sheet.whole(None, "no_rows", Text("表里没有数据。", "The table has no rows."), TABLE.note)])
    frame = sheet.frame
    frame["province"] = frame["city"].str[:2]
    units = frame.groupby(["pool", "year", "province"])["unit"].transform("nunique") > 1
    if units.any():
        message = Text("同一省份、资源池和年份的单位不一致。", "Units differ within a province, pool and year.")
        remedy = Text("换算成同一单位。", "Would be right: one unit.")
        raise InputError(sheet.find(units.to_numpy(), "unit", "mixed_units", message, remedy))
    return frame


def published(facts: Facts, real: pd.DataFrame) -> Part:
    """The section.

    Args:
        facts: of an answer.
        real: of `read_published`.
    """
    found, why = compared(facts, real)
    names = facts.instance.tables["cities"].drop_duplicates("province").set_index("province")["province_name"]
    by_pool: list[tuple[Value, ...]] = []
    by_province: list[tuple[Value, ...]] = []
    for r, pool in enumerate(facts.pools):
        own = [each for each in found if each.pool == r]
        if not own:
            continue
        provinces = sorted({each.province for each in own})
        by_pool.append((pool, len(provinces), *_told(own)))
        for province in provinces:
            there = [each for each in own if each.province == province]
            years = sorted({each.year for each in there})
            said = years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"
            by_province.append((pool, named(province, str(names[province])), said, *_told(there)))
    pool_head = Head("pool", Text("资源池", "pool"))
    told = (
        Head("city_years", Text("城市·年", "cities × years"), "count"),
        Head("median", Text("份额偏离的中位数", "median distance of shares"), "share"),
        Head("rank", Text("秩相关系数（各年中位数）", "rank correlation (median of years)"), "ratio"),
    )  # fmt: skip
    heads = (pool_head, Head("provinces", Text("省份数", "provinces"), "count"), *told)
    more = (pool_head, Head("province", Text("省份", "province")), Head("years", Text("年份", "years")), *told)
    grids = (
        Grid("published_pools", Text("按资源池", "By pool"), heads, tuple(by_pool)),
        Grid("published_provinces", Text("按省份", "By province"), more, tuple(by_province)),
    )
    return Part("published", TITLE, (METHOD, *why), grids if found else ())


def compared(facts: Facts, real: pd.DataFrame) -> tuple[list[Compared], list[Text]]:
    """Every province, pool and year that can be compared, and what cannot and why.

    Args:
        facts: of an answer.
        real: of `read_published`.
    """
    derived, cities = facts.derived, facts.instance.tables["cities"]
    place = {city: c for c, city in enumerate(derived.cities)}
    pools = {pool: r for r, pool in enumerate(derived.pools)}
    known = real["city"].isin(list(place)) & real["pool"].isin(list(pools))
    positive = real["amount"] > 0
    of_city = cities.set_index("city")["province"]
    found, few = [], 0
    rows = real[known & positive]
    for (pool, province, year), group in rows.groupby(["pool", rows["city"].map(of_city), "year"], sort=True):
        chosen = [place[city] for city in group["city"]]
        answer = facts.published[chosen, pools[str(pool)]]
        if len(chosen) < FEWEST or answer.sum() <= 0:
            few += len(chosen)
            continue
        amounts = group["amount"].to_numpy(float)
        apart = np.abs(answer / answer.sum() / (amounts / amounts.sum()) - 1)
        found.append(Compared(pools[str(pool)], str(province), str(year), apart, rank_correlation(answer, amounts)))
    return found, list(_left_out(real, place, pools, int((known & ~positive).sum()), few))


def _left_out(real: pd.DataFrame, place: dict[str, int], pools: dict[str, int], negative: int, few: int) -> list[Text]:
    """What is not compared, a sentence for each reason."""
    strangers = [Text(each, each) for each in sorted(set(real["city"]) - set(place))]
    unknown = [Text(each, each) for each in sorted(set(real["pool"]) - set(pools))]
    reasons = (
        (bool(strangers), Text("算例中没有的城市 {named}", "cities that the instance has not, {named}").fill(
            named=listed(strangers))),
        (bool(unknown), Text("算例中没有的资源池 {named}（有：{have}）", "pools that the instance has not, {named} (it "
                             "has {have})").fill(named=listed(unknown), have=", ".join(pools))),
        (negative > 0, Text(f"不为正的 {negative} 个数（限额净调减等）", f"{negative} amounts that are not positive "
                            "(a limit that was lowered, say)")),
        (few > 0, Text(f"所在省份可比城市太少的 {few} 个数", f"{few} amounts of provinces with too few cities")),
    )  # fmt: skip
    return [LEFT_OUT.fill(why=why) for there, why in reasons if there]


def _told(found: list[Compared]) -> tuple[Value, ...]:
    """How many, how far apart, and how alike in rank."""
    apart = np.concatenate([each.apart for each in found])
    ranks = [each.rank for each in found if np.isfinite(each.rank)]
    return len(apart), float(np.median(apart)), float(np.median(ranks)) if ranks else None
