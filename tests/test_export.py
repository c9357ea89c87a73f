"""`alloc export`: every table of a result as Excel or CSV, every column with its title, the numbers as they are."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

import alloc
from alloc.cli import main
from alloc.formulation.registry import catalogue
from alloc.result.frames.titles import COLUMNS, KEYS, TABLES, described, readable, with_codes
from alloc.result.result import Result
from alloc.result.tables import SOMETIMES, brought
from alloc.result.tables import TABLES as OF_A_RESULT
from alloc.verification.results import COLUMNS as VERIFIED
from instances import write_tiny

MIXED_UNITS = ("tiers", "limits", "services", "levels", "relaxation", "programmes", "links")  # rows have theirs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("export")
    alloc.solve(write_tiny(place / "tiny"), out=place / "结果 一")
    return place / "结果 一"


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return alloc.load_result(folder)


def test_every_column_of_a_result_is_described(result: Result) -> None:
    """Those that the verification knows, of every table, and none that there is not."""
    known = {table: [*columns] for table, columns in VERIFIED.items()}
    assert (
        {*COLUMNS} - {"tiers"} == {*known} == {*OF_A_RESULT, *SOMETIMES, *brought(catalogue())} == {*TABLES} - {"tiers"}
    )
    for table, columns in known.items():
        for column in columns:
            title, unit = described(result, table, column)
            assert title.zh and title.en and bool(unit.zh) == bool(unit.en)
            assert not set(title.zh) & set("abcdefghijklmnopqrstuvwxyz"), f"{table}.{column}"
        further = {column for each in catalogue().decisions.values() if each.table == table for column in each.columns}
        assert {*COLUMNS[table]} <= {*columns, *further}
    with pytest.raises(KeyError, match=r"people\.none"):
        described(result, "people", "none")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_numbers_are_those_of_the_result(result: Result, language: str) -> None:
    shown = readable(result, language)
    assert len(shown) == len(with_codes(result)) == len(result.tables) + 1
    for (name, codes), table in zip(with_codes(result).items(), shown.values(), strict=True):
        flat = codes if isinstance(codes.index, pd.RangeIndex) else codes.reset_index()
        mine, theirs = (each.select_dtypes("number").to_numpy() for each in (table, flat))
        if name == "limits":  # their sums are of what is published
            mine, theirs = mine[:, 1], theirs[:, 1]
        assert np.array_equal(mine, theirs, equal_nan=True), name
        assert (
            len({*table.columns})
            == len(table.columns)
            == len(flat.columns) - sum(f"{key}_{language}" in flat for key in KEYS) + (name in MIXED_UNITS)
        )


def test_rows_of_unlike_units_say_theirs(folder: Path, result: Result, tmp_path: Path) -> None:
    """Tiers, limits, services: the unit in front of the numbers, none in the head, decimals by row."""
    zh, en = readable(result, "zh"), readable(result, "en")
    tiers = en["tiers"].set_index("tier code")
    assert list(tiers)[:4] == ["tier", "optimised", "unit", "value"]
    assert (tiers.at["settlement", "unit"], tiers.at["cost", "unit"], tiers.at["coverage", "unit"]) == (
        "persons", "10⁴ yuan", "",
    )  # fmt: skip
    of_limits = dict(zip(result.instance.tables["limits"]["limit"], zh["限额"]["单位"], strict=True))
    assert set(of_limits.values()) <= {"公顷", "万元", "人"} and of_limits
    assert {*zh["公共服务"]["单位"]} == {*result.instance.tables["services"]["unit_zh"]}
    export(folder, tmp_path / "t.xlsx", "--lang", "en")
    sheet = load_workbook(tmp_path / "t.xlsx")["tiers"]
    forms = {row[0].value: row[[cell.value for cell in sheet[1]].index("value")].number_format for row in sheet}
    assert (forms["settlement"], forms["coverage"]) == ("#,##0", "0.00000")


def test_the_heads_say_what_and_in_which_unit(result: Result) -> None:
    zh, en = readable(result, "zh"), readable(result, "en")
    assert list(zh["人口"])[:4] == ["城市代码", "城市", "常住人口（人）", "流入人口（人）"]
    assert list(en["people"])[:4] == ["city code", "city", "residents (persons)", "migrants (persons)"]
    assert zh["分配"].iloc[0]["单位"] == "万元" and en["allocation"].iloc[0]["unit"] == "10⁴ yuan"
    assert {*zh["债务"]["债务等级"]} <= {"绿", "黄", "橙", "红"}


@cache
def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def export(folder: Path, *words: Any) -> str:
    done = CliRunner().invoke(main, ["export", str(folder), *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_folder_of_files_that_excel_opens(folder: Path, result: Result, tmp_path: Path) -> None:
    out = tmp_path / "结果 表"
    assert "结果表写在" in export(folder, out, "--lang", "zh")
    first = out / "分配.csv"
    assert first.read_bytes().startswith(b"\xef\xbb\xbf") and b"\r" not in first.read_bytes()
    published = rows(first)[0].index("公布数")
    assert [float(row[published]) for row in rows(first)[1:]] == result.allocation["published"].tolist()
    assert {path.stem for path in out.glob("*.csv")} == {*readable(result, "zh")}
    assert str(tmp_path / "结果 表.1") in export(folder, out, "--lang", "en"), "what was there is renamed"
    assert (out / "allocation.csv").is_file() and (tmp_path / "结果 表.1" / "分配.csv").is_file()


def test_a_workbook(folder: Path, result: Result, tmp_path: Path) -> None:
    said = json.loads(export(folder, tmp_path / "t.xlsx", "--lang", "zh", "--format", "json"))
    assert said == {"path": str(tmp_path / "t.xlsx"), "older": None}
    sheets = pd.read_excel(tmp_path / "t.xlsx", sheet_name=None, dtype={"城市代码": str}, engine="calamine")
    assert [*sheets] == [*readable(result, "zh")]
    assert sheets["分配"]["公布数"].tolist() == result.allocation["published"].tolist()


def test_decimals_are_those_of_the_unit(folder: Path, result: Result, tmp_path: Path) -> None:
    """Hectares 2, persons 0, shares as %, amounts of money as their quantum; the numbers below are as they are."""
    export(folder, tmp_path / "t.xlsx", "--lang", "en")
    book = load_workbook(tmp_path / "t.xlsx")

    def forms(sheet: str, head: str) -> list[str]:
        column = next(cells for cells in book[sheet].iter_cols() if cells[0].value == head)
        return [cell.number_format for cell in column[1:] if isinstance(cell.value, int | float)]

    assert {*forms("land", "new construction land before rounding (ha)")} == {"#,##0.00"}
    assert {*forms("people", "residents (persons)")} == {"#,##0"}
    assert {*forms("services", "coverage (share)")} == {"0.0%"}
    assert {*forms("budget", "capital spending (10⁴ yuan)")} == {"#,##0"}
    assert {*forms("debt", "debt ratio after (ratio)")} == {"0.000"}
    allocation = result.tables["allocation"]
    two = (allocation["pool"] == "land") | ((allocation["published"] % 1) > 1e-6)
    assert forms("allocation", "published") == two.map({True: "#,##0.00", False: "#,##0"}).tolist()
    assert two.any() and not two.all()


def test_plain_is_as_python_has_it(folder: Path, result: Result, tmp_path: Path) -> None:
    export(folder, tmp_path / "plain.xlsx", "--plain")
    result.to_excel(tmp_path / "same.xlsx")
    assert (tmp_path / "plain.xlsx").read_bytes() == (tmp_path / "same.xlsx").read_bytes()


@pytest.mark.parametrize(("out", "code", "said"), [
    ("tables.csv", 1, "ends in .xlsx"), ("taken.xlsx", 1, "taken.xlsx"), ("mine", 1, "mine"),
])  # fmt: skip
def test_what_is_refused(folder: Path, out: str, code: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "taken.xlsx").write_text("mine", encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(main, ["export", str(folder), str(tmp_path / out), "--lang", "en"])
    assert done.exit_code == code and said in done.output
    assert (tmp_path / "taken.xlsx").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
