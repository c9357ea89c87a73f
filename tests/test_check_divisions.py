"""Cities under the name of another, and the cities of another province in the table of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from alloc.api import check
from alloc.cli import main
from alloc.instance import read
from alloc.instance.checks.divisions import check_divisions
from alloc.instance.divisions.codes import bare, is_meant, short_city
from alloc.instance.files.sheets import Sheet
from alloc.instance.schema.tables import TABLES
from instances import write_tiny

STRAY = "本表有 11 个城市属浙江省，苏州市属江苏省。"


def found(codes: Callable[[pd.DataFrame], Sequence[str]]) -> list[tuple[str, str, str, str | None]]:
    """What is said of some of China's cities."""
    cities = read("china-2020").tables["cities"]
    some = cities[cities["city"].isin(codes(cities))].reset_index(drop=True)
    sheet = Sheet(TABLES["cities"], "cities", some, from_file=False)
    return [(each.severity, each.code, each.message.zh, each.key) for each in check_divisions({"cities": sheet})]


def of(*provinces: str) -> Callable[[pd.DataFrame], list[str]]:
    """The cities of some provinces, and single ones by their codes."""
    return lambda cities: cities["city"][cities["province"].isin(provinces) | cities["city"].isin(provinces)].tolist()


def test_a_city_of_another_province() -> None:
    assert found(of("330000")) == []
    assert found(of("330000", "320500")) == [("warning", "city_of_another_province", STRAY, "320500")]
    assert [each[3] for each in found(of("330000", "320500", "320400"))] == ["320400", "320500"]


@pytest.mark.parametrize("together", [("110000", "120000", "130000"), ("330000", "320000"), ("500000", "510000")])
def test_provinces_that_plan_together(together: tuple[str, ...]) -> None:
    assert found(of(*together)) == []


@pytest.mark.parametrize(
    ("name", "severity", "said"),
    [
        (
            "深圳市", "error",
            "代码 440500 是汕头市，名称写的是深圳市；深圳市（440300）在第 2 行。"
            "名称改为汕头市；若是另一个城市，改正代码。",
        ),
        ("广州市", "warning", "440500 是汕头市的代码，广州市的代码是 440100。改正代码或名称。"),
    ],
)  # fmt: skip
def test_the_name_of_another_city(name: str, severity: str, said: str, tmp_path: Path) -> None:
    findings = check(write_tiny(tmp_path / "tiny", cities={("440500", "name"): name}))
    (one,) = [each for each in findings if each.code in ("code_of_another", "city_under_two_codes")]
    assert (one.severity, one.row, one.message.zh + one.remedy.zh) == (severity, 3, said)


@pytest.mark.parametrize("name", ["汕头巿", "汕头是", "仙头市"])
def test_a_slip_in_a_name(name: str, tmp_path: Path) -> None:
    """Also where the slip is in the last sign, so that the name without 市 is right."""
    (found,) = [
        each for each in check(write_tiny(tmp_path / "tiny", cities={("440500", "name"): name}))
        if each.code == "name_unlike_code"
    ]  # fmt: skip
    assert (found.severity, found.file, found.row, found.column) == ("warning", "cities.csv", 3, "name")
    assert found.message == ("440500 的名称是汕头市。", "The name of 440500 is 汕头市.")
    assert found.remedy == ("改为汕头市；若无误可不改。", "Write 汕头市, or leave it if it is right.")


def test_a_slip_in_a_long_name() -> None:
    findings = check("china-2020", edits="cities.513200.name = '阿坝藏族姜族自治州'")
    assert [(each.key, each.message.zh) for each in findings if each.code == "name_unlike_code"] == [
        ("513200", "513200 的名称是阿坝藏族羌族自治州。")
    ]


@pytest.mark.parametrize("name", ["汕头", "汕头区", "汕头市区", "汕头与潮州", "Shantou", "东城"])
def test_names_of_parts_merged_and_own_cities_are_no_slips(name: str, tmp_path: Path) -> None:
    findings = check(write_tiny(tmp_path / "tiny", cities={("440500", "name"): name, ("440300", "name"): "南城"}))
    assert not [each for each in findings if each.code == "name_unlike_code"]


@pytest.mark.parametrize("name", ["china-2020", "china-2020-zones", "hand"])
def test_no_slips_in_names_of_what_ships(name: str) -> None:
    assert not [each for each in check(name) if each.code == "name_unlike_code"]


@pytest.mark.slow
@pytest.mark.county
def test_no_slips_in_names_of_counties() -> None:
    assert not [each for each in check("counties-2020") if each.code == "name_unlike_code"]


def test_the_name_of_another_city_after_an_edit() -> None:
    """A table in memory has no rows to tell."""
    findings = check("china-2020", edits="cities.330100.name = '宁波市'")
    (one,) = [each for each in findings if each.code == "code_of_another"]
    assert one.severity == "error"
    assert one.message.zh == "代码 330100 是杭州市，名称写的是宁波市；宁波市（330200）另有一行。"
    assert one.message.en == (
        "The code 330100 is that of 杭州市, the name is 宁波市; 宁波市 (330200) has a row of its own."
    )


def test_a_row_of_another_province_is_handed_on(tmp_path: Path) -> None:
    """In a table of an instance of one province, as a form of it says the same; never is the city to be added."""
    home = str(tmp_path / "zhejiang")
    assert CliRunner().invoke(main, ["init", home, "--from", "china-2020", "--province", "330000"]).exit_code == 0
    path = tmp_path / "zhejiang" / "last_year.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n320500,land,1\n", encoding="utf-8")
    (found,) = (each for each in check(home) if each.code == "unknown_code")
    assert found.key == "320500, land"
    assert found.remedy == (
        "这一行是外省的城市。删去这一行，或交给该省。",
        "This row is of a city of another province. Delete the row, or hand it to that province.",
    )


def test_an_autonomous_prefecture_is_called_as_in_drawings() -> None:
    """大理州 in drawings and sentences is one name of it; the province 海南 is not 海南州."""
    names = ("大理白族自治州", "西双版纳傣族自治州", "海南藏族自治州", "昆明市", "喀什地区")
    assert [short_city(name) for name in names] == ["大理州", "西双版纳州", "海南州", "昆明", "喀什地区"]
    assert bare("黔西南布依族苗族自治州") == "黔西南" and bare("伊犁哈萨克自治州") == "伊犁"
    assert is_meant("大理州", "大理白族自治州") and is_meant("大理", "大理白族自治州")
    assert not is_meant("大理州", "大理市")
