"""``alloc check`` and ``alloc solve`` on folders and workbooks, with scenarios and edits."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from alloc.api import check, solve
from alloc.cli import main
from alloc.cli.output import print_findings
from alloc.instance import read
from alloc.instance.findings import Finding, InputError, errors, sort_findings
from alloc.scenario.edits import Edited
from alloc.scenario.rechecking import errors_at_home
from alloc.text import Text, for_shell, system_words
from alloc.workbook.convert import convert
from instances import write_tiny

SCENARIO = """title = { zh = "紧", en = "Tight" }
[[edit]]
set = "policy.debt.ceiling"
to = 1.0
"""
NEAR = {("440300", "size_population"): "5010000"}  # within 2 % of 5 million, so a warning


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small instance with a warning, and a scenario."""
    made = write_tiny(tmp_path / "tiny", cities=NEAR)
    (made / "scenarios").mkdir()
    (made / "scenarios" / "tight.toml").write_text(SCENARIO, encoding="utf-8")
    return made


@pytest.fixture
def book(folder: Path, tmp_path: Path) -> Path:
    """The same as a workbook."""
    convert(folder, tmp_path / "plan.xlsx", "zh")
    return tmp_path / "plan.xlsx"


def call(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(main, [str(each) for each in arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.output


@pytest.mark.parametrize("form", ["folder", "book"])
def test_an_edit_is_checked_without_being_solved(form: str, request: pytest.FixtureRequest) -> None:
    instance = request.getfixturevalue(form)
    code, output = call("check", instance, "--edit", "cities.residents = -1 where city == '440300'", "--lang", "en")
    assert code == 1 and "edit 1, Resident population cities.residents" in output and "row 1" not in output
    code, output = call("check", instance, "--edit", "cities.residents = -1 where city == '440300'", "--lang", "zh")
    assert code == 1 and "第 1 条修改" in output
    # Less than the floors: no allocation at all.
    code, output = call("check", instance, "--edit", "pools.land.total = 0.001", "--format", "json")
    assert code == 2 and "error" in {each["severity"] for each in json.loads(output)["findings"]}
    assert call("check", instance, "--edit", "policy.debt.ceiling = 1.6")[0] == 0


def test_warnings_of_a_workbook_stand_where_they_were(book: Path, folder: Path) -> None:
    """They name their cell, and no edit that has nothing to do with them."""
    before = [each for each in check(book) if each.code == "near_class_border"]
    (after,) = (each for each in check(book, edits=["policy.debt.ceiling = 1.6"]) if each.code == "near_class_border")
    assert [after] == before and after.file == "plan.xlsx#城市"
    assert after.where("en") == "L3, 城区常住人口 (深圳市 440300)"
    (of_folder,) = (each for each in check(folder, scenario="tight") if each.code == "near_class_border")
    assert of_folder.file == "cities.csv"
    # What an edit mends is gone, what another one causes is its own.
    mended = check(book, edits=["cities.size_population = 4000000 where city == '440300'"])
    assert not [each for each in mended if each.code == "near_class_border"]
    caused = check(book, edits=["cities.size_population = 4990000 where city == '440300'"])
    assert {each.file for each in caused if each.code == "near_class_border"} == {"--edit"}


def test_where_it_stands_is_said_by_whatever_finds_it(book: Path) -> None:
    """What arithmetic finds names sheet, row and cell when an instance is solved, as when it is checked."""
    edits = ["pools.land.total = 0.001"]
    wrong, solved = errors(check(book, edits=edits)), errors(solve(book, edits=edits).findings)
    checked = next(each for each in wrong if each.column == "total")
    assert checked.file == "plan.xlsx#资源池" and checked.row and checked.title == "总量"
    assert sort_findings(solved) == wrong
    of_table = Finding(
        "error", "x", "pools.csv", None, "total", None, Text("错。", "Wrong."), Text("改。", "Mend."), "land"
    )
    with pytest.raises(InputError) as caught, errors_at_home(Edited(read(book), (), ())):
        raise InputError([of_table])
    assert (caught.value.findings[0].file, caught.value.findings[0].row) == (checked.file, checked.row)


def test_a_limit_for_each_city_stands_in_its_row_or_at_its_edit(book: Path, folder: Path) -> None:
    """Whichever city breaks it; a row that an edit has added is in no file, so its place is the edit."""
    row = {"limit": "most", "title_zh": "各市", "title_en": "Each", "quantity": "allocation:land", "where": "",
           "sense": ">=", "value": "1e6", "basis": "amount", "each": "true"}  # fmt: skip
    (folder / "limits.csv").write_text("\n".join(map(",".join, (row, row.values()))), encoding="utf-8")
    found = [each for each in errors(check(folder)) if each.column == "value"]
    assert found and {(each.file, each.row) for each in found} == {("limits.csv", 2)}
    assert [each.key for each in found] == ["most"]
    line = "add limits { limit = 'most', quantity = 'allocation:land', sense = '>=', value = 1e6, basis = 'amount' }"
    checked, solved = errors(check(book, edits=line)), errors(solve(book, edits=line).findings)
    assert {(each.file, each.row, each.column) for each in checked} == {("--edit", 1, "limits.value")}
    assert sort_findings(solved) == checked
    by_hand = check(folder, edits="add overrides { city = '440300', pool = 'land', amount = 1300, reason = '' }")
    assert {each.file for each in by_hand if (each.column or "").startswith(("overrides", "amount"))} == {"--edit"}
    assert any(each.line("zh").startswith("第 1 条修改，人工调整.依据") for each in by_hand)


def test_a_scenario_of_a_workbook(book: Path, folder: Path, tmp_path: Path) -> None:
    """It stands on a sheet; of another name there is none, which is said; the path of a file is read."""
    for command in ("check", "solve"):
        code, output = call(command, book, "--scenario", "tigth", "--lang", "en")
        assert code == 1 and "There is no such scenario. Did you mean tight (Tight)?" in output
    assert call("check", book, "--scenario", "tight")[0] == 0
    file = folder / "scenarios" / "tight.toml"
    assert call("check", book, "--scenario", file)[0] == 0
    out = tmp_path / "result"
    code, output = call("solve", book, "--scenario", file, "--edit", "gap = 0.01", "--out", out, "--quiet")
    assert code == 0, output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [each["target"] for each in manifest["edits"]] == ["policy.debt.ceiling", "gap"]
    assert read(book).settings.policy.debt.ceiling != 1.0


def test_where_all_findings_are(folder: Path, tmp_path: Path) -> None:
    """What is not shown in full is in the marked copy, whose command is said, unless it was made just now."""
    broken = write_tiny(tmp_path / "many faults", cities={(city, "residents"): "x" for city in ("440300", "440500")})
    code, output = call("check", broken, "--lang", "en")
    assert code == 1 and f'All of them: alloc check "{broken}" --mark "many faults.checked.xlsx"' in output
    code, output = call("check", broken, "--lang", "en", "--mark", tmp_path / "copy.xlsx")
    assert code == 1 and "All of them" not in output and (tmp_path / "copy.xlsx").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="quotes of other shells")
@pytest.mark.parametrize("word", ["plan.xlsx", "甲 乙.xlsx", "a$b", "a != 'b'", """where = "cluster == '珠三角'" """])
def test_a_word_of_a_command_pastes(word: str) -> None:
    assert shlex.split(for_shell(word)) == [word]
    assert for_shell("") == '""', "an edit in which nothing stands is printed as one"


def test_a_file_beside_is_offered_for_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "guangdong.xlsx").touch()
    (finding,) = check(tmp_path / "guangdong.xlxs")
    assert finding.remedy.zh == f"是否为 {(tmp_path / 'guangdong.xlsx').as_posix()}？"


def test_why_a_system_refuses_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught:
        (tmp_path / "x").read_bytes()
    assert system_words(caught.value) == ("没有这个文件或文件夹", caught.value.strerror)


def test_errors_of_a_kind_are_counted_where_they_are_many(capsys: pytest.CaptureFixture[str]) -> None:
    one = Finding(
        "error", "missing_value", "cities.csv", 2, "revenue", "", Text("缺。", "Gone."), Text("补。", "Give.")
    )
    print_findings([one] * 126, "zh", everything=True)
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[-1]) == (11, "……同类错误另有 116 个")


def test_sheets_come_in_the_order_of_the_workbook() -> None:
    """Settings, tables as they follow each other, scenarios; what is on the whole workbook before, strangers behind."""
    files = ["a.xlsx", "a.xlsx#设置", "a.xlsx#城市", "a.xlsx#Pools", "a.xlsx#上年数额", "a.xlsx#情景", "a.xlsx#杂"]
    found = [Finding("error", "x", file, None, None, None, Text("", ""), Text("", "")) for file in files]
    assert [each.file for each in sort_findings(reversed(found))] == files
