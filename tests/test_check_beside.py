"""Figures out of line with what their column goes with: slips of a digit or a unit, named before what comes of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import alloc
from alloc.explanation.infeasibility.conflict import explain_conflict
from alloc.instance import read
from alloc.instance.checks.all import check_instance
from alloc.instance.findings import Finding
from alloc.result.result import run
from alloc.scenario import apply, parse_edit

NEW = ("figure_far", "debt_above_limit")
ZAOZHUANG, YANTAI, WEIFANG, JINING, LINYI = "370400", "370600", "370700", "370800", "371300"


@pytest.fixture(scope="module")
def shandong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("beside") / "shandong"
    alloc.init(folder, origin="china-2020", province="370000")
    return folder


def with_slip(folder: Path, where: Path, column: str, key: str, factor: float, table: str = "cities") -> list[Finding]:
    """What is found where one figure is so many times what it was."""
    return list(alloc.check(slipped(folder, where, column, key, factor, table)))


def slipped(folder: Path, where: Path, column: str, key: str, factor: float, table: str = "cities") -> Path:
    """A copy in which one figure is so many times what it was."""
    copy = where / "slip"
    shutil.copytree(folder, copy)
    frame = pd.read_csv(copy / f"{table}.csv", dtype=str, keep_default_na=False)
    here = frame.iloc[:, 0] == key
    frame.loc[here, column] = [f"{float(text) * factor:.10g}" for text in frame.loc[here, column]]
    frame.to_csv(copy / f"{table}.csv", index=False)
    return copy


@pytest.mark.parametrize(
    ("table", "column", "key", "factor", "right"),
    [
        ("cities", "residents", JINING, 10, "8,357,897"),
        ("cities", "residents", JINING, 0.1, "8,357,897"),
        ("cities", "idle", JINING, 10, "1,108.9"),
        ("cities", "built_up", JINING, 0.1, "65,316"),
        ("cities", "other_transfers", JINING, 10, "2,651,104"),
        ("cities", "fund_revenue", JINING, 10, "4,474,279"),
        ("cities", "maturing", JINING, 10, "119,284"),
        ("cities", "debt_special", ZAOZHUANG, 10, "2,931,187"),
        ("cities", "limit_special", JINING, 10, "6,758,735"),
        ("cities", "limit_special", JINING, 0.1, "6,758,735"),
        ("cities", "migrants_cross", JINING, 1e-4, "113,490"),
        ("cities", "migrants_within", JINING, 1e-4, "446,722"),
        ("cities", "standard_gap", LINYI, 10, "9,990,521"),
        ("cities", "settled_last", WEIFANG, 10, "93,243"),
        ("cities", "interest", YANTAI, 10, "436,805"),
        ("services", "capital_cost", "hospital", 10, "80"),
    ],
)
def test_one_slip_is_named_in_its_cell_with_what_it_would_be(
    table: str, column: str, key: str, factor: float, right: str, shandong: Path, tmp_path: Path
) -> None:
    (finding,) = [each for each in with_slip(shandong, tmp_path, column, key, factor, table) if each.code in NEW]
    assert (finding.code, finding.file, finding.column, finding.key) == ("figure_far", f"{table}.csv", column, key)
    peers = ("邻近城市", "its neighbours") if table == "cities" else ("其他服务", "the other services")
    leave = ("若无误可不改。", " Leave it if it is right.") if finding.severity == "warning" else ("", "")
    assert finding.remedy == (
        f"核对是否多写或少写一位、错行或单位不同；照{peers[0]}推断约为 {right}。{leave[0]}",
        f"Check for a digit too many or missing, a wrong row or another unit; by {peers[1]} it would be about {right}."
        f"{leave[1]}",
    )


@pytest.mark.parametrize(
    ("hidden", "behind"),
    [(("settled_last", 10, "93,243"), ("built_up", 15)), (("built_up", 10, "68,659"), ("residents", 10))],
)
def test_a_slip_is_not_hidden_by_another_of_its_row(
    hidden: tuple[str, float, str], behind: tuple[str, float], shandong: Path, tmp_path: Path
) -> None:
    (column, times, right), (other, other_times) = hidden, behind
    copy = slipped(slipped(shandong, tmp_path, column, WEIFANG, times), tmp_path / "2", other, WEIFANG, other_times)
    found = {each.column: each for each in alloc.check(copy) if each.code in (*NEW, "unit_suspect")}
    assert (set(found), {each.key for each in found.values()}) == ({column, other}, {WEIFANG})
    assert f" it would be about {right}" in found[column].remedy.en
    assert {each.code for each in alloc.check(copy) if each.severity == "error"} <= {"figure_far", "unit_suspect"}


def test_the_words_of_a_slip(shandong: Path, tmp_path: Path) -> None:
    (finding,) = [each for each in with_slip(shandong, tmp_path, "built_up", JINING, 0.1) if each.code in NEW]
    assert finding.message == (
        "“现状城镇建设用地”与“城镇常住人口”、“常住人口”、“生产用地需求”之比是邻近城市中位数的 0.103、0.104、0.101 倍"
        "（每平方公里 76,891 人，邻近城市 7,925 人）。",
        "The ratio of Built-up land to Urban resident population, Resident population, Production land requested is "
        "0.103, 0.104, 0.101 times the median of its neighbours (76,891 persons a km², 7,925 in its neighbours).",
    )


def test_migrants_in_ten_thousands_are_said_once(shandong: Path, tmp_path: Path) -> None:
    (finding,) = [each for each in with_slip(shandong, tmp_path, "migrants_cross", JINING, 1e-4) if each.code in NEW]
    assert finding.message.zh == (
        "“跨省流入人口”与“上年落户人数”、“城镇常住人口”、“一般公共预算收入”之比是邻近城市中位数的不到 0.001 倍。"
    )


@pytest.mark.parametrize(
    ("column", "key", "follows"),
    [
        ("residents", JINING, {"capacity_far", "unit_suspect"}),
        ("standard_gap", LINYI, {"pool_above_upper"}),
        ("settled_last", WEIFANG, {"pool_above_upper"}),
        ("interest", YANTAI, {"essential_above_receipts", "shortfall"}),
        ("essential_spending", YANTAI, {"essential_above_receipts", "shortfall"}),
        ("debt_special", ZAOZHUANG, {"debt_above_limit"}),
    ],
)
def test_what_comes_of_a_slip_is_kept_with_it(
    column: str, key: str, follows: set[str], shandong: Path, tmp_path: Path
) -> None:
    """The total, and essential spending, are right: who mended these would spoil them."""
    found = with_slip(shandong, tmp_path, column, key, 10)
    (finding,) = [each for each in found if each.code in ("figure_far", "budget_far")]
    assert {each.code for each in finding.followed_by} == follows
    assert finding.severity == ("error" if "pool_above_upper" in follows else "warning")
    assert not [each for each in found if each.code in follows]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("column", "key"), [("standard_gap", LINYI), ("settled_last", WEIFANG)])
def test_what_does_not_solve_names_the_figure_first(
    language: str, column: str, key: str, shandong: Path, tmp_path: Path
) -> None:
    """Solve, explain and the workbench say the line of the check before the total that does not come out."""
    instance = read(slipped(shandong, tmp_path, column, key, 10))
    (finding,) = [each for each in alloc.check(instance) if each.code == "figure_far"]
    first = {
        "zh": "请先核对存疑的数；若为推断的数，由它而来的冲突即不存在：",
        "en": "First look at what is in doubt; were it as others let expect, what follows from it would be no "
        "conflict:",
    }[language]
    line, label = finding.line("zh" if language == "zh" else "en"), {"zh": "错误", "en": "error"}[language]
    result = run(instance)
    screen = alloc.show(result, language).splitlines()
    assert screen[2:4] == [first, f"{label}: {line}"]
    (total,) = [each for each in result.findings if each.severity == "error"]
    assert screen[5] == f"{label}: {total.line('zh' if language == 'zh' else 'en')}"
    conflict = explain_conflict(instance)
    assert conflict.sentences(language)[1:4] == ["", first, f"- {line}"]
    assert [each[language] for each in conflict.record()["doubted"]] == [line]


def test_what_is_not_in_doubt_is_not_named() -> None:
    """On two cities, floors above the total are a conflict of rules and of no figure."""
    instance = apply(read("hand"), [parse_edit("add overrides { city = '000001', pool = 'general', amount = 30000 }")])
    assert explain_conflict(instance.instance).record()["doubted"] == []


def test_parts_above_residents_that_lack_a_digit_are_kept_with_them(shandong: Path, tmp_path: Path) -> None:
    """The parts are right, and errors: who mended them would spoil them."""
    found = with_slip(shandong, tmp_path, "residents", JINING, 0.1)
    (finding,) = [each for each in found if each.key and JINING in each.key]
    assert (finding.severity, finding.code, finding.column) == ("error", "figure_far", "residents")
    assert {"part_above_whole", "cohort_above_residents"} <= {each.code for each in finding.followed_by}


def test_debt_above_its_own_limit(shandong: Path, tmp_path: Path) -> None:
    (finding,) = [each for each in with_slip(shandong, tmp_path, "debt_special", ZAOZHUANG, 1.2) if each.code in NEW]
    assert (finding.severity, finding.column, finding.key) == ("warning", "debt_special", ZAOZHUANG)
    assert finding.line("zh").endswith(
        "（枣庄市 370400）：专项债务余额 3,517,424.4 万元，高于专项债务限额 3,265,562 万元。"
        "核对余额和限额是否多写或少写一位。若无误可不改。"
    )
    assert (
        finding.message.en
        == "Special debt of 3,517,424.4 × 10⁴ yuan is above Special debt limit of 3,265,562 × 10⁴ yuan."
    )


def exchanged(folder: Path, where: Path, one: str, two: str, but: int = 0) -> list[Finding]:
    """What is found where the numbers of two columns are exchanged, but those of the first cities."""
    copy = where / "exchanged"
    shutil.copytree(folder, copy)
    frame = pd.read_csv(copy / "cities.csv", dtype=str, keep_default_na=False)
    frame.loc[but:, [one, two]] = frame.loc[but:, [two, one]].to_numpy()
    frame.to_csv(copy / "cities.csv", index=False)
    return [each for each in alloc.check(copy) if each.code in ("part_above_whole", *NEW)]


def test_residents_and_urban_residents_exchanged(shandong: Path, tmp_path: Path) -> None:
    (finding,) = exchanged(shandong, tmp_path, "residents", "urban_residents")
    assert finding.severity == "error" and len(finding.followed_by) == 16
    assert finding.line("zh") == (
        "cities.csv，城镇常住人口 urban_residents：16 个城市中有 16 个城镇常住人口大于常住人口；"
        "“城镇常住人口”与“常住人口”互换后全部相符。核对是否两列互换。（另有 16 处由此而来）"
    )
    assert finding.message.en == (
        "Of 16 cities 16 have more urban residents than residents; with Urban resident population and Resident "
        "population exchanged none has."
    )


@pytest.mark.parametrize(("one", "two"), [("debt_general", "debt_special"), ("limit_general", "limit_special")])
def test_general_and_special_debt_exchanged(one: str, two: str, shandong: Path, tmp_path: Path) -> None:
    """Which of the two pairs is not told by the rules."""
    (finding,) = exchanged(shandong, tmp_path, one, two)
    assert (finding.severity, finding.code, finding.column) == ("warning", "debt_above_limit", "debt_general")
    assert finding.message == (
        "16 个城市中有 15 个债务余额高于限额；“一般债务余额”与“专项债务余额”，或“一般债务限额”与“专项债务限额”"
        "互换后全部相符。",
        "Of 16 cities 15 have debt above its limit; with General debt and Special debt, or General debt limit and "
        "Special debt limit exchanged none has.",
    )
    assert finding.remedy == (
        "核对是否两列互换。若无误可不改。",
        "Check whether two columns are exchanged. Leave it if it is right.",
    )


def test_what_exchanging_columns_would_not_mend(shandong: Path, tmp_path: Path) -> None:
    """Some cities are right as they are, so that the others are slips of their own."""
    found = exchanged(shandong, tmp_path, "residents", "urban_residents", but=6)
    assert len([each for each in found if each.code == "part_above_whole" and each.row is not None]) == 10


@pytest.mark.parametrize(
    "name", ["china-2020", "china-2020-zones", "hand", pytest.param("counties-2020", marks=pytest.mark.county)]
)
def test_nothing_of_the_kind_in_what_ships(name: str) -> None:
    assert not [each for each in check_instance(read(name)) if each.code in NEW]


def test_a_workbook_just_cut_says_a_fact_once(tmp_path: Path) -> None:
    """A scenario that adds levels leaves the total of bonds and last year's as they are: no second warning of them."""
    place = tmp_path / "plan.xlsx"
    alloc.init(place, origin="china-2020", province="370000", language="zh")
    found = [each.line("zh") for each in alloc.check(place) if each.code == "far_from_last_year"]
    assert found == [
        "plan.xlsx#资源池，G4，总量（新增一般债券 general_bond） = 5553000：可分配 605,277，"
        "是上年合计 357,714 的 1.69 倍，不在 0.5 至 1.5 倍之间。核对总量、预留和上年数额；若属实可不改。"
    ]


def test_what_a_scenario_of_a_sheet_does_names_it(tmp_path: Path) -> None:
    place = tmp_path / "plan.xlsx"
    alloc.init(place, origin="china-2020", province="370000", language="zh")
    book = openpyxl.load_workbook(place)
    sheet = book["情景"]
    row = 1 + max(cell.row for cell in sheet["A"] if cell.value)
    for column, text in ((1, "double"), (2, "翻番"), (5, "pools.general_bond.total *= 2")):
        sheet.cell(row, column, text)
    book.save(place)
    (finding,) = [each for each in alloc.check(place) if each.code == "far_from_last_year" and "情景" in each.file]
    assert finding.row == row
    assert finding.line("zh").startswith(
        f"plan.xlsx#情景，第 {row} 行，资源池.总量（新增一般债券 general_bond） = 11106000：情景“double”：可分配 "
    )
    assert finding.message.en.startswith("Scenario double: ")


@pytest.mark.parametrize(("column", "of", "said"), [
    ("lon", lambda value: value / 10, "经度 {wrong} 远离本省其他城市，居中的为 "),
    ("lat", lambda value: value * 2, "纬度 {wrong} 远离本省其他城市，居中的为 "),
])  # fmt: skip
def test_a_coordinate_far_from_the_province(
    column: str, of: Callable[[float], float], said: str, shandong: Path, tmp_path: Path
) -> None:
    """With the point in another place it is told which number may be meant; both can stand."""
    cities = pd.read_csv(shandong / "cities.csv", dtype={"city": str, "province": str}, encoding="utf-8-sig")
    right = float(cities[column].iloc[2])
    shutil.copytree(shandong, tmp_path / "far")
    cities.loc[2, column] = wrong = round(of(right), 4)
    cities.to_csv(tmp_path / "far" / "cities.csv", index=False)
    (finding,) = [each for each in alloc.check(tmp_path / "far") if each.code == "coordinates_far"]
    assert (finding.severity, finding.row, finding.column) == ("warning", 4, column)
    assert finding.message.zh.startswith(said.format(wrong=f"{wrong:.12g}"))
    meant = f"是否为 {wrong * 10:.12g}？" if column == "lon" else "核对该格。"
    assert finding.remedy.zh == f"{meant}若无误可不改。"


def test_no_city_is_far_from_its_province() -> None:
    for name in ("china-2020", "counties-2020"):
        assert not [each for each in alloc.check(name) if each.code == "coordinates_far"]
