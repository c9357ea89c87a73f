"""What a file says of itself is read, and its records are looked at together: units in heads, causes, codes, widths."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from alloc.api import check, mark, read, record
from alloc.findings_report.text import report
from alloc.instance.cells import parse_code, parse_number, parse_numbers, tidy
from alloc.instance.checks.causes import with_causes, with_scenarios
from alloc.instance.divisions.codes import bare, changes, consistent, in_six_digits, names
from alloc.instance.files.heads import machine_names, read_head
from alloc.instance.findings import errors
from alloc.instance.schema.tables import TABLES
from alloc.instance.schema.units import scale_of
from alloc.workbook.convert import convert
from broken import CASES
from instances import write_tiny


@pytest.mark.parametrize(
    ("column", "said", "scale"),
    [
        ("cities.residents", "万人", 10_000),
        ("cities.residents", "thousand", 1_000),
        ("cities.residents", "10⁴ persons", 10_000),
        ("cities.residents", "万元", None),
        ("cities.built_up", "亩", Fraction(1, 15)),
        ("cities.built_up", "万亩", Fraction(2000, 3)),
        ("cities.built_up", "km²", 100),
        ("cities.built_up", "㎡", Fraction(1, 10_000)),
        ("cities.built_up", "万", None),  # of what?
        ("cities.built_up", "顷", None),  # a hectare, or a hundred mu
        ("cities.revenue", "亿元", 10_000),
        ("cities.revenue", "million yuan per year", 100),
        ("cities.revenue", "美元", None),
        ("cities.productivity", "亿元/平方公里", 100),
        ("cities.farmland_share", "%", Fraction(1, 100)),
        ("services.norm", "座/千人", Fraction(1, 1000)),
        ("services.capital_cost", "元/座", Fraction(1, 10_000)),
        ("services.capital_cost", "亿元", 10_000),
        ("capacity.capacity", "万座", 10_000),
        ("capacity.capacity", "床", 1),
        ("pools.total", "万元", 1),
        ("pools.total", "亿元", None),  # the row of land is in hectares
    ],
)
def test_units(column: str, said: str, scale: Fraction | int | None) -> None:
    table, name = column.split(".")
    assert scale_of(TABLES[table].by_name[name], said) == scale


def test_heads_of_a_workbook_name_the_units_of_the_schema() -> None:
    for table in TABLES.values():
        for column in table.columns:
            for words in column.unit if column.numeric and column.unit.zh else ():
                assert scale_of(column, words) == 1, (column.name, words)


@pytest.mark.parametrize(
    ("head", "name", "said"),
    [
        ("常住人口（万人）", "residents", "万人"),
        ("常住人口(2020年)", "residents", ""),
        ("常住人口[万人]（2020）", "residents", "万人"),
        ("常住人口/万人", "residents", "万人"),
        ("常住人口，万人", "residents", "万人"),
        ("常住人口万人", "residents", "万人"),
        ("Resident population, thousand", "residents", "thousand"),
        ("residents_万人", "residents", "万人"),
        ("revenue of last year", "", ""),
    ],
)
def test_heads(head: str, name: str, said: str) -> None:
    assert read_head(machine_names(TABLES["cities"]), head) == (name, said)


def test_a_unit_is_converted_without_an_error_of_rounding(tmp_path: Path) -> None:
    """0.57 km² are 57 ha, which a multiplication of floats misses; 17.3 亩 are 1.153333… ha."""
    assert 0.57 * 100 != 57
    numbers, bad = parse_numbers(["0.57", "", "x"], scale=Fraction(100))
    assert numbers[0] == 57 and numbers[1] != numbers[1] and bad == [2]
    assert parse_numbers(["17.3"], scale=Fraction(1, 15))[0][0] == 17.3 / 15
    assert parse_numbers(["35", "35%"], share=True, scale=Fraction(1, 100))[0].tolist() == [0.35, 0.35]
    one, other = CASES["files.units_in_heads_are_read"].write(tmp_path / "a"), write_tiny(tmp_path / "b")
    assert read(one).hash == read(other).hash


def test_signs() -> None:
    assert [parse_number(text) for text in ("１２", "1²", "①", "1e-400", "0e-400", "٣", "−5", "1\u200b2")] == [
        12, None, None, None, 0, None, -5, 12,
    ]  # fmt: skip
    assert parse_numbers(["1", "1e-400", "0"])[1] == [1]
    assert parse_code("４４０３００\u202d") == "440300" and parse_code("4403²") == "4403²"
    assert tidy("\ufeff 深圳\u200b市 ") == "深圳市"


def test_codes_that_are_meant() -> None:
    assert [in_six_digits(text) for text in ("深圳市", "深圳", "襄樊市", "4403", "440305001", "440300000000")] == [
        "440300", "440300", "420600", "440300", "440305", "440300",
    ]  # fmt: skip
    assert [in_six_digits(text) for text in ("9903", "06037", "E09000001", "某地")] == [None] * 4
    assert bare("广西壮族自治区") == "广西" and bare("沙市") == "沙市"
    assert consistent(["E09000001", "E09000002"]) and consistent(["06037", "06059"])
    assert not consistent(["4403", "4405"]) and not consistent(["E09000001", "Leeds"])


def test_changes_lead_to_codes_of_today() -> None:
    """No code that went is one of today's, and every successor is, but for changes that others followed."""
    today = names()
    assert len(changes()) >= 60
    for code, change in changes().items():
        assert code not in today
        assert set(change.successors) <= set(today)
        assert 1998 <= change.year <= 2019
    assert changes()["371200"].successors == ("370100",) and changes()["371200"].kind == "merged"
    assert changes()["652100"].successors == ("650400",)


@pytest.mark.long
def test_follow_ups_are_counted_and_not_listed(tmp_path: Path) -> None:
    """A pool by another name: nine findings on seven rows of three tables are one."""
    folder = CASES["keys.pool_renamed"].write(tmp_path / "tiny")
    (finding,) = errors(check(folder))
    assert len(finding.followed_by) == 8
    assert report([finding], "en").endswith("(and 8 that follow from this)\nIn all 1 error.")
    assert "（另有 8 处由此而来）" in report([finding], "zh")
    assert record((finding,))["findings"][0]["follow_ups"] == 8
    sheet = openpyxl.load_workbook(mark(folder, [finding], out=tmp_path / "out.xlsx", language="zh").path).worksheets[0]
    assert [[cell.value for cell in row][9] for row in sheet.iter_rows()] == ["由此而来", "8"]


def test_suggestions_never_point_at_a_city_that_has_its_rows(tmp_path: Path) -> None:
    """440500 has rows of its own: whoever wrote 440501 did not mean it."""
    folder = write_tiny(tmp_path / "tiny", overrides="city,pool,amount,reason,approved_by\n440501,land,5,a,b\n")
    (tmp_path / "tiny" / "last_year.csv").open("a", encoding="utf-8").write("440599,land,5\n")
    told = {each.file: each.remedy.en for each in check(folder) if each.code == "unknown_code"}
    assert told["last_year.csv"] == "Would be right: one of 440300, 440500, 450900."
    assert told["overrides.csv"].startswith("Did you mean 440500?"), "nothing is overridden there yet"


def test_a_misspelt_name_is_told_the_code_that_is_meant(tmp_path: Path) -> None:
    """In a table and in an edit; a row that is missing since its city is misspelt is no fault of its own."""
    folder = write_tiny(tmp_path / "tiny", overrides="city,pool,amount,reason,approved_by\n北京市,建设地,5,a,b\n")
    rows = (folder / "last_year.csv").read_text(encoding="utf-8")
    (folder / "last_year.csv").write_text(rows.replace("440300,land", "深川市,land"), encoding="utf-8")
    by_value = {each.value: each for each in errors(check(folder))}
    assert by_value["深川市"].remedy.zh == "是否为 440300（深圳市）？"
    assert [each.code for each in by_value["深川市"].followed_by] == ["missing_record"]
    assert by_value["建设地"].remedy.zh == "是否为 land（新增建设用地）？"
    assert by_value["北京市"].remedy.zh == "北京市（110000）不在这 3 个城市之中。删去这一行，或改为应有的城市。"
    assert {each.severity for each in by_value.values()} == {"error"} and len(by_value) == 3
    edits = ["overrides.深川市.建设用地.amount = 5", "overrides.深圳.land.amount = 5"]
    told = {each.value: each.remedy.zh for each in check(write_tiny(tmp_path / "other"), edits=edits)}
    assert told["深川市"] == "是否为 440300（深圳市）？" and "深圳" not in told, "a name is as good as its code"


@pytest.mark.long
@pytest.mark.parametrize("name", ["keys.pool_renamed", "keys.city_renamed", "keys.province_among_its_cities"])
def test_causes_are_the_same_in_a_workbook(name: str, tmp_path: Path) -> None:
    folder = CASES[name].write(tmp_path / "tiny")
    convert(folder, tmp_path / "plan.xlsx", "zh")
    told = [[(each.code, each.key, len(each.followed_by)) for each in errors(check(place))]
            for place in (folder, tmp_path / "plan.xlsx")]  # fmt: skip
    assert told[0] == told[1] and len(told[0]) == 1


def test_no_cause_no_change() -> None:
    assert with_causes([], None) == []  # type: ignore[arg-type]


def test_a_code_that_lost_a_digit_is_told_once_with_scenarios_and_by_name(tmp_path: Path) -> None:
    """What its rows elsewhere and the scenarios of a workbook say of the code follows from one finding."""
    folder = write_tiny(tmp_path / "tiny", cities={("440300", "city"): "44030"})
    found, *_ = [each for each in errors(check(folder)) if each.code == "unknown_code"]
    assert found.message == (
        "cities 表中没有这个代码。440300 是深圳市。",
        "There is no such code in cities. 440300 is Shenzhen.",
    )
    of_scenario = replace(found, file="tiny.xlsx#Scenarios", row=8, followed_by=())
    other = replace(of_scenario, value="999999")
    (told, alone) = with_scenarios([found], [of_scenario, other])
    assert told.followed_by == (*found.followed_by, of_scenario) and alone == other
