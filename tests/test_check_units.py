"""Figures in another unit: by city, by column, by pool; settings that look like percentages; columns of slips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.api import check
from alloc.formulation.columns import MONEY, MONEY_A_YEAR
from alloc.instance import load, read
from alloc.instance.checks.all import check_instance
from alloc.instance.checks.settings import check_settings
from alloc.instance.checks.units import power_off
from alloc.instance.files.record_rows import rows_of
from alloc.instance.findings import Finding
from alloc.instance.instance import make_instance
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from instances import TOML, write_tiny

Place = tuple[str, int | None, str | None]


def suspects(folder: Path, **changes: Any) -> list[Place]:
    findings = load(write_tiny(folder / "tiny", **changes))[1]
    return [(each.file, each.row, each.column) for each in findings if each.code == "unit_suspect"]


# ----------------------------------------------------------------------------------------------------- neighbours


def test_powers() -> None:
    values = np.array([1, 2, 3, 1e4, 2e-4, 1e8, 30, 0, np.nan])
    groups = np.array(["a"] * 9, dtype=object)
    assert power_off(values, np.ones(9), groups).tolist() == [0, 0, 0, 4, -4, 8, 0, 0, 0]
    assert power_off(np.zeros(9), np.ones(9), groups).tolist() == [0] * 9


def test_groups_stand_alone() -> None:
    """Hectares are no neighbours of money."""
    values = np.array([1.0] * 4 + [1e4] * 4 + [1e4])
    groups = np.array(["land"] * 4 + ["money"] * 4 + ["other"], dtype=object)
    assert power_off(values, np.ones(9), groups, alone=True).tolist() == [0] * 9
    assert power_off(values, np.ones(9), np.array(["land"] * 4 + ["money"] * 5, dtype=object)).tolist() == [0] * 9
    few = np.array(["land"] * 8 + ["other"], dtype=object)
    assert power_off(np.array([1.0] * 8 + [1e4]), np.ones(9), few).tolist()[-1] == 4


def test_neighbours_are_compared_with_their_median() -> None:
    """Four neighbours have a median between the second and the third; three are too few, and all count."""
    values = np.array([1e-4, 1.0, 1.0, 1e4, 10.0, 10.0, 1e5])
    groups = np.array(["a", "a", "a", "a", "b", "b", "b"], dtype=object)
    assert power_off(values, np.ones(7), groups).tolist() == [-4, 0, 0, 4, 0, 0, 4]
    assert power_off(values, np.ones(7), groups, alone=True).tolist() == [-4, 0, 0, 4, 0, 0, 0]
    uneven = np.array([1.0, 1.0, 1e4, 1e4])
    assert power_off(uneven, np.ones(4), groups[:4]).tolist() == [0] * 4, "halfway, at 100, there is no other unit"


def provinces(instance: Any, table: str, column: str, row: int, factor: float) -> list[Place]:
    """The national instance with one number in another unit, checked again."""
    frame = instance.tables[table].copy()
    frame.loc[row, column] = frame.loc[row, column] * factor
    changed = make_instance(instance.settings, {**instance.tables, table: frame})
    findings = check_instance(changed)
    return [(each.file, each.key, each.column) for each in findings if each.code == "unit_suspect"]  # type: ignore


@pytest.mark.long
@pytest.mark.parametrize(
    ("table", "column", "row", "factor", "key"),
    [
        ("capacity", "capacity", 7, 1e-4, "120000, hospital"),
        ("last_year", "amount", 9, 1e4, "120000, land"),
        ("last_year", "amount", 6, 1e-8, "120000, equalisation"),
        ("cities", "built_up", 5, 1e4, "130400"),
        ("cities", "debt_special", 5, 1e-4, "130400"),
    ],
)
def test_one_figure_among_hundreds(table: str, column: str, row: int, factor: float, key: str) -> None:
    instance = read("china-2020")
    assert provinces(instance, table, column, row, 1.0) == []
    assert provinces(instance, table, column, row, factor) == [(table, key, column)]
    # Ten times is no unit of money or capacity; of land it may be mu, and no other city comes near it.
    ten_times = [(table, key, column)] if key == "120000, land" else []
    assert provinces(instance, table, column, row, 10.0) == ten_times


# -------------------------------------------------------------------------------------------------- whole columns


def test_a_pool_in_another_unit(tmp_path: Path) -> None:
    assert suspects(tmp_path, pools={("equalisation", "total"): 15_000_000_000}) == [("pools.csv", 3, "total")]


def test_a_title_that_names_another_unit(tmp_path: Path) -> None:
    titles = {("land", "title_zh"): "新增建设用地（亩）", ("equalisation", "title_en"): "equalisation (10⁴ yuan)"}
    (found,) = load(write_tiny(tmp_path / "tiny", pools=titles))[1]
    assert (found.severity, found.code, found.key, found.column) == ("warning", "unit_in_title", "land", "title_zh")
    assert found.message.zh == "名称写的单位是“亩”，数额的单位是公顷。"


def test_a_tenth_is_no_unit(tmp_path: Path) -> None:
    assert suspects(tmp_path, pools={("equalisation", "total"): 15_000_000}) == []


def test_spending_in_another_unit_is_said_once(tmp_path: Path) -> None:
    """When what all is compared with is wrong itself, nothing is said of the rest."""
    money = {(city, name): 1 for city in ("440300", "440500", "450900") for name in ("revenue", "essential_spending")}
    assert suspects(tmp_path, cities=money) == [
        ("cities.csv", None, "essential_spending"),
        ("cities.csv", None, "revenue"),
    ]
    told = next(each for each in check(tmp_path / "tiny") if each.column == "revenue" and each.code == "unit_suspect")
    assert "远低于通常的约 0.4" in told.message.zh and "e-" not in told.message.zh and "不可能" not in told.message.zh


FAR = "几乎各列的人均数都远离通常"


@pytest.mark.parametrize(
    ("head", "times", "money", "severity", "said"),
    [
        ("常住人口（人）", 1, 1, "", ""),
        ("常住人口（万人）", 1e-4, 1, "", ""),
        (
            "常住人口（万人）", 1, 1, "error",
            "按表头的单位换算（× 10,000）后，各市常住人口的中位数为 58,000,000,000 人，几乎各列的人均数都远离通常："
            "表头的单位与数不符。数本来以人为单位的，表头写（人）或不写单位；否则改正各数。",
        ),
        (
            "residents", 1e4, 1, "error",
            "各市常住人口合计 203,000,000,000 人，多于全世界的人口，几乎各列的人均数都远离通常：整列的单位有误。"
            "单位为人，整列改正。",
        ),
        # All money in another unit, residents rightly converted: not their head's fault.
        (
            "常住人口（万人）", 1e-4, 1e-4, "error",
            f"{FAR}，整列常住人口的单位可能有误。核对单位：应为人。整列改正；单位确实无误的，"
            "在 instance.toml 的“单位已核对的列”（units_confirmed）写明 cities.residents。",
        ),
    ],
)  # fmt: skip
def test_residents_in_the_unit_of_their_head(
    head: str, times: float, money: float, severity: str, said: str, tmp_path: Path
) -> None:
    folder = write_tiny(tmp_path / "tiny")
    path = folder / "cities.csv"
    cities = pd.read_csv(path, dtype={"city": str, "province": str})
    cities["residents"] = cities["residents"] * times
    for column in TABLES["cities"].columns:
        if column.name in cities and column.unit in (MONEY, MONEY_A_YEAR):
            cities[column.name] *= money
    cities.rename(columns={"residents": head}).to_csv(path, index=False)
    found = [each for each in check(folder) if each.column == "residents" and each.code == "unit_suspect"]
    assert [(each.severity, each.message.zh + each.remedy.zh) for each in found] == [(severity, said)] * bool(said)


@pytest.mark.parametrize(
    ("column", "times", "said"),
    [
        (
            "revenue", 1e-4,
            "“一般公共预算收入”人均数的中位数为 0.0000255，远低于通常的约 0.4；若按亿元填报，数值是应有的 1/10,000。"
            "核对单位：应为万元/年。整列改正；单位确实无误的，"
            "在 instance.toml 的“单位已核对的列”（units_confirmed）写明 cities.revenue。",
        ),
        (
            "revenue", 1e4,
            "“一般公共预算收入”人均数的中位数为 2,545.45，远高于通常的约 0.4；若按元填报，数值是应有的 10,000 倍。"
            "核对单位：应为万元/年。整列改正；单位确实无误的，"
            "在 instance.toml 的“单位已核对的列”（units_confirmed）写明 cities.revenue。",
        ),
    ],
)  # fmt: skip
def test_a_column_off_by_ten_thousand_is_confirmed_in_one_place(
    column: str, times: float, said: str, tmp_path: Path
) -> None:
    folder = write_tiny(tmp_path / "tiny")
    path = folder / "cities.csv"
    cities = pd.read_csv(path, dtype={"city": str, "province": str})
    cities[column] = cities[column] * times
    cities.to_csv(path, index=False)

    def found() -> list[tuple[str, str]]:
        return [(each.severity, each.message.zh + each.remedy.zh) for each in check(folder)
                if each.code == "unit_suspect"]  # fmt: skip

    assert found() == [("error", said)]
    settings = folder / "instance.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'units_confirmed = ["cities.{column}"]\n{text}', encoding="utf-8")
    assert found() == []
    settings.write_text(f'units_confirmed = ["cities.revenues"]\n{text}', encoding="utf-8")
    (wrong,) = [each for each in check(folder) if each.column == "units_confirmed"]
    assert (wrong.line("zh"), wrong.severity) == (
        "instance.toml，units_confirmed = cities.revenues：没有这一列。是否为 cities.revenue？", "error",
    )  # fmt: skip


def test_an_empty_list_of_confirmed_columns_is_none(tmp_path: Path) -> None:
    """Instances without the setting keep their hash."""
    before = read(write_tiny(tmp_path / "a"))
    after = read(write_tiny(tmp_path / "b", toml={"schema = 1": "schema = 1\nunits_confirmed = []"}))
    assert before.hash == after.hash


def test_nothing_is_compared_with_nothing(tmp_path: Path) -> None:
    """No revenue at all is no unit."""
    money = {(city, name): 0 for city in ("440300", "440500", "450900") for name in ("revenue", "essential_spending")}
    assert suspects(tmp_path, cities=money) == []


# ------------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("service_ceiling = 0.15", "service_ceiling = 15", "policy.debt.service_ceiling"),
        ("ceiling = 1.5", "ceiling = 150", "policy.debt.ceiling"),
        ("new_bond_factor = 0.10", "new_bond_factor = 10", "policy.debt.tiers[1].new_bond_factor"),
        ("below = 3.0", "below = 300", "policy.debt.tiers[2].below"),
        ("tolerance = 0.005", "tolerance = 0.5", "objective[1].tolerance"),
    ],
)
def test_settings_in_percent(old: str, new: str, path: str, tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "tiny", toml={old: new}))
    (found,) = check_settings(instance.settings)
    assert (found.severity, found.code, found.column) == ("warning", "share_suspect", path)
    assert instance.warnings == (found,)


def test_settlement_has_its_tolerance_in_persons(tmp_path: Path) -> None:
    toml = TOML.replace('tier = "settlement"', 'tier = "settlement"\ntolerance = 5000')
    found = check_settings(read(write_tiny(tmp_path / "tiny", toml=toml)).settings)
    assert found == []  # no percentage


# -------------------------------------------------------------------------------------------------------- columns


def test_impossible_numbers(tmp_path: Path) -> None:
    changes = {("440300", "revenue"): "1e16", ("440500", "idle"): "1e300", ("450900", "farmland_share"): "2e15"}
    findings = load(write_tiny(tmp_path / "tiny", cities=changes))[1]
    assert [(each.code, each.row, each.column) for each in findings] == [
        ("out_of_range", 2, "revenue"), ("out_of_range", 3, "idle"), ("out_of_range", 4, "farmland_share"),
    ]  # fmt: skip
    assert all("10¹⁵" in each.remedy.zh for each in findings)


def test_an_impossible_factor_of_the_planners_own(tmp_path: Path) -> None:
    changes = {"cities": lambda text: text.replace(",idle,", ",jobs,idle,").replace(",1500,1200,", ",1e18,1500,1200,")
               .replace(",800,700,", ",5,800,700,").replace(",700,500,", ",6,700,500,"),
               "factors": {("land", "migrants", "factor"): "jobs"}}  # fmt: skip
    (found,) = load(write_tiny(tmp_path / "tiny", **changes))[1]
    assert (found.code, found.row, found.column) == ("out_of_range", 2, "jobs")


def test_a_slip_in_a_named_column_is_named_where_it_is(tmp_path: Path) -> None:
    """One word among numbers is a fault of its cell; a column of words is a fault of who named it."""
    (found,) = load(write_tiny(tmp_path / "a", cities={("440500", "age_6_11"): "48万"}))[1]
    assert (found.code, found.file, found.row, found.column, found.value) == (
        "not_a_number", "cities.csv", 3, "age_6_11", "48万",
    )  # fmt: skip
    words = {(city, "age_6_11"): "x" for city in ("440300", "440500")}
    codes = [each.code for each in load(write_tiny(tmp_path / "b", cities=words))[1]]
    assert codes == ["not_numeric", "not_numeric"]


# ------------------------------------------------------------------------------------------------- rows of records


def about(key: str | None, row: int | None = None, code: str = "x") -> Finding:
    return Finding("error", code, "a.csv", row, None, None, Text("", ""), Text("", ""), key)


def test_rows_of_records() -> None:
    keys = {2: frozenset({"440300", "land"}), 3: frozenset({"440300", "bond"}), 4: frozenset({"440500", "land"})}
    assert rows_of(about("440300, land"), keys) == [2]
    assert rows_of(about("440300, land, bond"), keys) == [2, 3]
    assert rows_of(about("land"), keys) == [2, 4]
    assert rows_of(about("sea"), keys) == []
    assert rows_of(about(None), keys) == []
    assert rows_of(about("440300, sea"), keys) == []
    assert rows_of(about("440500, land", 7), keys) == [7]
    assert rows_of(about("440500, land", code="missing_record"), keys) == []


def test_findings_of_arithmetic_name_file_and_row(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny", pools={("land", "total"): 2400})
    (found,) = check(folder)
    assert (found.code, found.file, found.row) == ("pool_below_lower", "pools.csv", 2)
    instance = read(folder)
    (found,) = check(instance)
    assert (found.file, found.row) == ("pools.csv", None), "an instance that was read has no rows"
    pools = instance.tables["pools"].iloc[::-1]
    (folder / "pools.csv").unlink()
    pools.to_parquet(folder / "pools.parquet", index=False)
    (found,) = check(folder)
    assert (found.file, found.row) == ("pools.parquet", 3)


# ----------------------------------------------------------------------------------------------------- facilities


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0.000001, "The facility size is 1e-06: the city with the largest need would take 10,000,000,000 of them."),
        (0.01, ""),  # a million in one city
        (20_000.0, ""),  # one for both cities, 10,000 pupils each
        (1e9, "The facility size is 1,000,000,000: one is more than the 20,000 that all cities need."),
    ],
)
def test_size_of_a_facility(size: float, said: str) -> None:
    found = [each for each in check("hand", edits=f"services.module = {size!r}") if each.code == "unit_suspect"]
    assert [each.message.en for each in found] == [said] * bool(said)
    for each in found:
        assert each.severity == "warning" and each.key == "school" and float(each.value or 0) == size


def test_a_limit_far_beyond_what_is_possible() -> None:
    """Schools grow by 5,000 places in all at most: 10⁹ is another unit."""

    def remedy(value: float) -> str:
        line = (
            f"add limits {{ limit = 'x', quantity = 'added:school', sense = '>=', value = {value}, basis = 'amount' }}"
        )
        (found,) = (each for each in check("hand", edits=line) if each.severity == "error")
        assert "5,000" in found.message.en and found.key == "x"
        return found.remedy.en

    assert remedy(1e9) == "It is 200,000 times the 5,000 seats that are possible: check its magnitude and unit."
    assert remedy(6_000) == "Make it 5,000 seats, or ease those rules."


def test_what_follows_from_a_total_in_another_unit(tmp_path: Path) -> None:
    """Rules that clash with it are counted there; one that has nothing to do with it is said."""
    limits = ("limit,title_zh,title_en,quantity,where,sense,value,basis\n"
              "land,用地,Land,allocation:land,city == '440300',<=,0.6,share\n"
              "west,西部,West,allocation:equalisation,city == '450900',>=,1400000,amount\n")  # fmt: skip
    found = check(write_tiny(tmp_path / "tiny", pools={("land", "total"): 60_000}, limits=limits))
    assert [(each.code, each.key, [one.code for one in each.followed_by]) for each in found] == [
        ("limit_against_bounds", "west", []),
        ("unit_suspect", "land", ["far_from_last_year", "limit_against_pool", "pool_above_upper"]),
    ]
    assert (found[1].told("zh"), found[1].told("en")) == (
        "第 2 行，总量 total（新增建设用地 land） = 60000：新增用地人均 14.7783 m²，远高于通常的约 1.5 m²；"
        "若按亩填报，数值是应有的 15 倍。核对单位：应为公顷。（另有 3 处由此而来）",
        "row 2, total = 60000: New land is 14.7783 m² a resident, far above the usual 1.5 m²: numbers "
        "in mu (亩) would be 15 times what they should be. Check the unit: ha. (and 3 that follow from this)",
    )
