"""Forms of another instance, and what is said of the years that are written on a form."""

from __future__ import annotations

from pathlib import Path

import pytest

import alloc
from alloc.instance import InputError
from instances import write_tiny
from test_forms import Cells, filled

NAME = ("填报表", 4, "value")
OF_HUNAN: Cells = {("城市", 3, "city"): "430100", ("城市", 4, "city"): "430200", ("城市", 5, "city"): "430300"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny")


def told(folder: Path, form: Path) -> list[tuple[str, str, str]]:
    """Severity and the lines in both languages of all that is found."""
    try:
        found = alloc.merge_forms(folder, [form]).findings
    except InputError as error:
        found = error.findings
    return [(each.severity, each.line("zh"), each.line("en")) for each in found]


def test_a_form_of_another_instance_is_said_once(folder: Path) -> None:
    """Which one it was made for and which this is, with the findings on its rows folded in."""
    cells: Cells = {NAME: "hunan", **OF_HUNAN, ("城市", 3, "migrants_cross"): "many"}
    assert told(folder, filled(folder, "公安", cells)) == [(
        "error",
        "filled.xlsx#填报表，C4，算例：这份填报表出自算例 hunan（湖南省），不是 tiny：表中 3 个城市有 3 个"
        "不在本算例中。换成由本算例生成的填报表，或把它合并到 hunan。（另有 4 处由此而来）",
        "filled.xlsx#填报表, C4, 算例: This form was made for the instance hunan (湖南省), not for tiny: 3 of its 3 "
        "cities are not in that. Hand in the form that was made for this instance, or merge it into hunan. (and 4 that "
        "follow from this)",
    )]  # fmt: skip


def test_a_form_under_another_name_with_cities_of_this_one(folder: Path) -> None:
    """An instance that was renamed: a warning, and what is wrong with a row is said as always."""
    cells: Cells = {NAME: "before", ("城市", 3, "city"): "430100", ("城市", 4, "migrants_cross"): "many"}
    lines = told(folder, filled(folder, "公安", cells))
    assert [(severity, zh.partition("#")[2]) for severity, zh, _ in lines] == [
        ("error", "城市，A3，城市代码 = 430100：这一行是外省的城市。删去这一行，或交给该省。"),
        ("error", "城市，C4，跨省流入人口（汕头市 440500） = many：“跨省流入人口”不是一个数。写一个数，不带文字；"
                  "单位：人。"),
        ("warning", "填报表，C4，算例：这份填报表出自算例 before，不是 tiny。核对是否交错了表。若无误可不改。"),
    ]  # fmt: skip


def test_a_form_of_the_instance_names_it(folder: Path) -> None:
    """Nothing is said of where it comes from, also where the name was taken out."""
    for cells in ({}, {NAME: None}):
        (line,) = told(folder, filled(folder, "公安", cells))
        assert "一格也没有填写" in line[1]
    lines = told(folder, filled(folder, "公安", dict(OF_HUNAN)))
    assert [zh.partition("：")[2] for _, zh, _ in lines] == ["这一行是外省的城市。删去这一行，或交给该省。"] * 3


def test_a_word_that_no_list_offers_is_answered_in_the_words_of_the_sheet(folder: Path) -> None:
    ((_, zh, en),) = told(folder, filled(folder, "公安", {("城市", 4, "status"): "大概"}))
    assert zh.partition("#")[2] == (
        "城市，M4，数据状态（汕头市 440500） = 大概：“数据状态”不是允许的取值。可用：假设, 推算, 估计, 公布。"
    )
    assert en.endswith("Status is not one of the allowed values. Would be right: one of assumed, derived, estimated, "
                       "published.")  # fmt: skip


def test_years_of_a_form(folder: Path) -> None:
    """Several in one row, one after the plan's, and two in one column: with sheet and row, and no error."""

    def years(*said: str | None) -> list[tuple[str, str, str]]:
        cells: Cells = {("城市", 3 + place, "year"): year for place, year in enumerate(said)}
        given: Cells = {("城市", row, "migrants_cross"): 400_000 for row in (3, 4, 5)}
        lines = told(folder, filled(folder, "公安", {**given, **cells}))
        return [(severity, zh.partition("#")[2], en) for severity, zh, en in lines if "年份" in zh]

    assert years("2020", "2020年末", "2020—2021") == years("2021", "2021", None) == []
    ((severity, zh, _),) = years("普查", None, None)
    assert (severity, zh.partition("：")[2][:10]) == ("error", "“普查”里没有四位的"), "of which one is open"
    several, later = years("2020、2021", "2035", "2020")
    assert several == (
        "warning",
        "城市，O3，年份（深圳市 440300） = 2020、2021：一行的数只属于一个时间，这里写了几个年份。"
        "只写这一行的数所属的年份。若无误可不改。",
        "filled.xlsx#城市, O3, 年份 (深圳市 440300) = 2020、2021: The figures of a row are of one time; here are "
        "several years. Write the year that the figures of the row are of. Leave it if it is right.",
    )
    assert later == (
        "warning",
        "城市，O4，年份（汕头市 440500）：2035 年晚于规划年度 2021，还没有这一年的数。核对年份和数据。若无误可不改。",
        "filled.xlsx#城市, O4, 年份 (汕头市 440500): 2035 is after the planning year 2021: there are no figures of it "
        "yet. Check the year and the figures. Leave it if it is right.",
    )
    assert years("2020", "2020", "2019") == [(
        "warning",
        "城市，O5，年份（玉林市 450900）：同一列有 2 行是 2020 年的，这一行是 2019 年的。各行填同一年份的数。"
        "若无误可不改。",
        "filled.xlsx#城市, O5, 年份 (玉林市 450900): 2 rows of the column are of 2020, this one of 2019. Give "
        "figures of one year in all rows. Leave it if it is right.",
    )]  # fmt: skip


def test_pools_may_have_years_of_their_own(folder: Path) -> None:
    """One pool of 2020 and another of 2019 are two columns on one sheet; a row without a figure says nothing."""
    sheet = "上年数额"
    first: Cells = {(sheet, 3, "amount"): 500_000, (sheet, 3, "year"): "2020", (sheet, 5, "year"): "2050"}
    for row, differ in ((4, 0), (7, 1)):  # the other pool of the city, and the same pool of another city
        cells: Cells = {**first, (sheet, row, "amount"): 500_000, (sheet, row, "year"): "2019"}
        lines = told(folder, filled(folder, "财政", cells))
        assert sum("年份" in zh for _, zh, _ in lines) == differ
