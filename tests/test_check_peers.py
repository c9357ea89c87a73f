"""Single figures that no other city comes near: capacity, the people it is for, last year's land, the budget."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import alloc
from alloc.instance import read
from alloc.instance.checks.all import check_instance
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance, make_instance

NEW = ("capacity_far", "cohort_far")
CHENGDU = "510100"


@pytest.fixture(scope="module")
def national() -> Instance:
    """All cities of China."""
    return read("china-2020")


def changed(instance: Instance, table: str, column: str, value: float, **key: str) -> list[Finding]:
    """What is found where one cell has another value."""
    frame = instance.tables[table].copy()
    frame.loc[(frame[list(key)] == pd.Series(key)).all(axis=1), column] = value
    return list(check_instance(make_instance(instance.settings, {**instance.tables, table: frame})))


@pytest.mark.parametrize(
    ("value", "ratio", "en", "usual"),
    [
        (5, "不到 0.001", "under 0.001", "1,073,947"),
        (0, "0", "0", "1,074,114"),
        (106_000, "0.0986", "0.0986", "1,073,947"),
    ],
)
def test_a_capacity_far_from_all_others(value: float, ratio: str, en: str, usual: str, national: Instance) -> None:
    (finding,) = [each for each in changed(national, "capacity", "capacity", value, city=CHENGDU, service="primary")
                  if each.code in NEW]  # fmt: skip
    assert (finding.severity, finding.file, finding.column, finding.key) == (
        "warning", "capacity", "capacity", "510100, primary",
    )  # fmt: skip
    assert finding.message.zh == (
        f"服务人群 1,075,347 人按配置标准需要 1,075,347；现有能力与所需之比：{ratio}，其他城市 0.787 至 1.48；"
        f"照其中位数约为 {usual}。"
    )
    assert finding.message.en == (
        f"The 1,075,347 persons served need 1,075,347 by the norm, and the capacity is {en} of that; other cities have "
        f"0.787 to 1.48 of what they need, and at their median it would be about {usual}."
    )
    assert finding.remedy == (
        "核对是否漏填、错行或单位不同。若无误可不改。",
        "Check for a slip, a wrong row or another unit. Leave it if it is right.",
    )


def test_beds_of_none_in_a_city(national: Instance) -> None:
    found = changed(national, "capacity", "capacity", 0, city="510400", service="hospital")
    assert [each.key for each in found if each.code in NEW] == ["510400, hospital"]


def test_people_far_from_all_others_are_named_and_not_what_is_there_for_them(national: Instance) -> None:
    found = changed(national, "cities", "age_60_plus", 50, city="510900")
    (finding,) = [each for each in found if each.code in NEW]
    assert (finding.code, finding.column, finding.key) == ("cohort_far", "age_60_plus", "510900")
    assert finding.message.zh.startswith("服务人群“60 岁及以上常住人口”与常住人口之比：不到 0.001，其他城市 ")
    assert finding.message.en.startswith(
        "The cohort Residents aged 60 and over is under 0.001 of the residents; in other cities "
    )
    assert {each.code for each in finding.followed_by} == {"unit_suspect", "migrants_above_cohort"}
    assert not [each for each in found if each.code in ("unit_suspect", "migrants_above_cohort")]
    assert finding.severity == "error"


@pytest.mark.parametrize("name", ["china-2020", "china-2020-zones", "hand"])
def test_nothing_of_the_kind_in_what_ships(name: str) -> None:
    instance = read(name)
    assert not [each for each in check_instance(instance) if each.code in NEW or each.column == "amount"]


def test_one_cell_of_land_in_mu_is_named_and_not_the_total(tmp_path: Path) -> None:
    place = tmp_path / "sichuan"
    alloc.init(place, origin="china-2020", province="510000")
    path = place / "last_year.csv"
    table = pd.read_csv(path, dtype={"city": str})
    here = (table["city"] == CHENGDU) & (table["pool"] == "land")
    table.loc[here, "amount"] *= 15
    table.to_csv(path, index=False)
    found = alloc.check(place)
    (cell,) = [each for each in found if each.column == "amount"]
    assert (cell.severity, cell.file, cell.key) == ("error", "last_year.csv", "510100, land")
    assert cell.message == (
        "上年新增用地人均 18.4 m²，是其他城市中位数 1.35 m² 的 13.6 倍，单位可能有误。",
        "Last year's new land is 18.4 m² a resident, 13.6 times the median of 1.35 m² of other cities: the unit may be "
        "wrong.",
    )
    assert cell.remedy == (
        "核对单位：应为公顷；若按亩填报，应写 2,563.77。",
        "Check the unit: ha; 2,563.77 if it is given in mu (亩).",
    )
    assert {each.code for each in cell.followed_by} == {"pool_below_lower", "far_from_last_year"}
    assert not [each for each in found if each.file == "pools.csv"]


GUANGYUAN = "510800"
REVENUE = 526_158.0


def of_budget(instance: Instance, column: str, value: float) -> list[Finding]:
    return [each for each in changed(instance, "cities", column, value, city=GUANGYUAN) if each.code == "budget_far"]


def test_a_digit_too_many_in_a_revenue(national: Instance) -> None:
    """Alone it is no more than what the richest cities have a head; its neighbours and its own spending tell."""
    (finding,) = of_budget(national, "revenue", 10 * REVENUE)
    assert (finding.severity, finding.column, finding.key) == ("warning", "revenue", GUANGYUAN)
    assert finding.message == (
        "“一般公共预算收入”人均 2.28 万元，邻近城市中位数 0.29 万元；与“刚性支出”之比：1.94，各城市中位数 0.32；"
        "本市其他资金的人均数没有这样离群。",
        "General public revenue is 2.28 × 10⁴ yuan a resident, where the median of its neighbours is 0.29; its ratio "
        "to Essential spending is 1.94, where the median of all cities is 0.32; nothing else of the city's money is so "
        "far off.",
    )
    assert finding.remedy == (
        "核对是否多写或少写一位、错行。若无误可不改。",
        "Check for a digit too many or missing, and for a wrong row. Leave it if it is right.",
    )
    (less,) = of_budget(national, "revenue", REVENUE / 10)
    assert less.message.en.startswith("General public revenue is 0.0228 × 10⁴ yuan a resident, ")
    (spent,) = of_budget(national, "essential_spending", 27_102_000)
    assert "与“一般公共预算收入＋其他转移支付收入”之比：10.5，" in spent.message.zh
    found = changed(national, "cities", "revenue", 1e4 * REVENUE, city=GUANGYUAN)
    (unit,) = [each for each in found if each.column == "revenue" and each.key == GUANGYUAN]
    assert unit.code == "unit_suspect", "of one in another unit it is not said twice"


def test_a_rich_city_is_not_doubted(national: Instance) -> None:
    """Ten times the money in every column, or a fifth of it."""
    money = ["revenue", "fund_revenue", "essential_spending", "debt_general", "debt_special", "limit_general",
             "limit_special", "interest", "maturing", "other_transfers"]  # fmt: skip
    for factor in (10, 0.2):
        cities = national.tables["cities"].copy()
        cities.loc[cities["city"] == GUANGYUAN, money] *= factor
        found = check_instance(make_instance(national.settings, {**national.tables, "cities": cities}))
        assert not [each for each in found if each.code == "budget_far"]


@pytest.mark.parametrize(
    "name", ["china-2020", "china-2020-zones", pytest.param("counties-2020", marks=pytest.mark.county)]
)
def test_what_ships_is_not_doubted(name: str) -> None:
    assert not [each for each in check_instance(read(name)) if each.code == "budget_far"]
