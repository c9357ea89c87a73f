"""Scenarios on a sheet of a workbook: there and back, solved by name, and every fault at its row."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import alloc
from alloc.cli import main
from alloc.findings_report.mark import COLOURS
from alloc.instance import InputError, locate, read
from alloc.instance.cells import tidy
from alloc.report.plain.by_hand import edits_table
from alloc.report.view import View
from alloc.scenario import Edit, load_scenario, parse_edit, scenarios, with_edits
from alloc.scenario.files import scripts
from alloc.scenario.lines import line_of
from alloc.scenario.state import taken_apart
from alloc.text import Text
from alloc.workbook.carried import by_names, may_be_file, script_text
from alloc.workbook.convert import convert
from instances import write_tiny

HEADS = ("情景名称", "中文标题", "英文标题", "沿用情景", "修改", "理由")
LAND = ["land", "多给用地", "More land", None, "pools.land.total = 5000", "第二批"]


@cache
def tiny_book() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        convert(write_tiny(Path(folder) / "tiny"), path, "zh")
        return path.read_bytes()


def book_of(tmp_path: Path, *rows: list[Any], heads: tuple[Any, ...] = HEADS, title: str = "情景") -> Path:
    """The tiny instance as a workbook, with rows on its sheet of scenarios."""
    path = tmp_path / "plan.xlsx"
    book = openpyxl.load_workbook(BytesIO(tiny_book()))
    del book["情景"]
    sheet = book.create_sheet(title)
    for row in (heads, *rows):
        sheet.append(row)
    book.save(path)
    return path


def said(path: Path, **options: Any) -> list[tuple[str, str, int | None, str | None]]:
    found = alloc.check(path, **options)
    return [(each.code, each.file, each.row, each.column) for each in found if each.code != "near_class_border"]


def test_by_its_name(tmp_path: Path) -> None:
    """Blank names go on with the scenario above; one language's title serves both; what is inherited comes first."""
    path = book_of(
        tmp_path, LAND, [None, None, None, None, "gap = 0.1", None],
        ["收紧", "收紧债务", None, "land", "pools.land.total += 500", None], [None] * 6, ["empty", *[None] * 5],
    )  # fmt: skip
    assert scenarios(path) == ("empty", "land", "收紧")
    scenario = load_scenario(path, "收紧")
    assert (scenario.title, scenario.inherits) == (Text("收紧债务", "收紧债务"), ("land",))
    assert [(str(each.origin.place), each.origin.level, each.why) for each in scenario.edits] == [
        (str(Text("plan.xlsx#情景 第 2 行", "plan.xlsx#情景, row 2")), 0, "第二批"),
        (str(Text("plan.xlsx#情景 第 3 行", "plan.xlsx#情景, row 3")), 0, ""),
        (str(Text("plan.xlsx#情景 第 4 行", "plan.xlsx#情景, row 4")), 1, ""),
    ]
    found = with_edits(read(path), path, ["收紧"])
    assert {cell.target: (cell.old, cell.new) for cell in found.cells} == {
        "gap": (0.001, 0.1), "pools.land.total": (4000, 5500),
    }  # fmt: skip
    assert with_edits(read(path), path, "empty").instance.hash == read(path).hash
    assert said(path) == []


def test_solved_and_listed(tmp_path: Path) -> None:
    path = book_of(tmp_path, [*LAND[:4], "pools.land.total = 3900", "先给"])
    out = tmp_path / "result"
    words = ["solve", str(path), "--scenario", "land", "--relaxation", "--quiet", "--out", str(out)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"] == {"name": "land", "title": {"zh": "多给用地", "en": "More land"}, "inherits": []}
    (edit,) = manifest["edits"]
    assert (edit["file"], edit["number"], edit["why"]) == ("plan.xlsx#情景", 2, "先给")
    assert alloc.load_result(out).verified
    shown = CliRunner().invoke(main, ["show", str(path), "--lang", "zh"]).output
    assert "情景\n" in shown and "多给用地" in shown
    assert alloc.record(path)["scenarios"] == {"land": {"zh": "多给用地", "en": "More land"}}


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (["x", None, None, None, "pools.land.total * 2", None], "edit_syntax", "pools.land.total * 2"),
        (["x", None, None, None, "pools.lnd.total = 2", None], "unknown_record", "pools.lnd.total"),
        (["x", None, None, None, "cities.idle = 0 where city == '999999'", None], "selects_nothing", "where"),
        (["x", None, None, None, "gap = 3", None], "out_of_range", "gap"),
        (["x", None, None, None, "pools.land.total = 4000", None], "edits_disagree", "pools.total"),
        (["x", None, None, "lnd", "gap = 0.2", None], "unknown_scenario", "inherits"),
        (["x", "另一个", None, None, "gap = 0.2", None], "scenario_disagrees", "title_zh"),
        (["x", None, None, None, None, "为何"], "no_edit", "edit"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_sheet_and_row(row: list[Any], code: str, column: str, tmp_path: Path) -> None:
    """By check, and where the scenario is solved; the others, and the instance itself, can be used all the same."""
    path = book_of(tmp_path, LAND, ["x", "题", "Title", None, "pools.land.total = 3900", None], row)
    assert said(path) == [(code, "plan.xlsx#情景", 4, column)]
    with pytest.raises(InputError) as caught:
        alloc.solve(path, scenario="x")
    assert [(each.code, each.file, each.row) for each in caught.value.findings] == [(code, "plan.xlsx#情景", 4)]
    assert with_edits(read(path), path, "land").cells
    if code == "edit_syntax":  # the instance itself does not depend on what is wrong with a scenario
        assert alloc.solve(path, relaxation=True).verified
        assert CliRunner().invoke(main, ["check", str(path)]).exit_code == 1


def test_faults_of_the_sheet(tmp_path: Path) -> None:
    row = [None, None, None, None, "gap = 0.1", None]
    assert said(book_of(tmp_path, row)) == [("no_scenario_name", "plan.xlsx#情景", 2, "scenario")]
    for heads, code, column in (
        (("情景名称", "中文标题", "修正"), "missing_column", "edit"),
        (("scenario", "edit", "修改"), "duplicate_column", "edit"),
    ):
        folder = tmp_path / code
        folder.mkdir()
        found = said(book_of(folder, ["x", None, None], heads=heads))
        assert (code, "plan.xlsx#情景", 1, column) in found
    folder = tmp_path / "none"
    folder.mkdir()
    path = book_of(folder, title="情景一览")  # no such sheet
    with pytest.raises(InputError) as caught:
        alloc.solve(path, scenario="x")
    (finding,) = caught.value.findings
    assert finding.code == "unknown_scenario" and "no scenario on a sheet Scenarios" in finding.message.en


def test_faults_of_scenarios_are_said_beside_those_of_the_tables(tmp_path: Path) -> None:
    """Edits name what is not there, whether or not the tables can be used; what is required is not left empty."""
    path = book_of(tmp_path, ["a", "", "", "", "pools.total *= 2 where pool == 'lnd'", ""])
    book = openpyxl.load_workbook(path)
    sheet = book["城市"]
    column = next(cell.column for cell in sheet[2] if cell.value == "revenue")
    sheet.cell(3, column).value = "-"
    city = [cell.value for cell in sheet[3]]
    sheet.append(city)
    book.save(path)
    found = {each.code: each for each in alloc.check(path)}
    assert {code for code, each in found.items() if each.severity == "error"} == {
        "not_a_number", "duplicate_key", "selects_nothing",
    }  # fmt: skip
    assert "必填" in found["not_a_number"].remedy.zh and "留空" not in found["not_a_number"].remedy.zh
    assert "总量" in found["not_yet_checked"].message.zh and "情景" not in found["not_yet_checked"].message.zh
    book["公共服务"].delete_rows(3, 20)  # nothing that an edit could be held against
    book.save(path)
    found = {each.code: each for each in alloc.check(path)}
    assert "selects_nothing" not in found and "情景只看了写法" in found["not_yet_checked"].message.zh


def test_two_sheets_of_scenarios(tmp_path: Path) -> None:
    path = book_of(tmp_path, LAND)
    book = openpyxl.load_workbook(path)
    book.copy_worksheet(book["情景"]).title = "Scenarios"
    book.save(path)
    assert said(path) == [("several_files", "plan.xlsx#情景", None, None)]


def test_a_fault_is_marked_in_the_cell_of_the_edit(tmp_path: Path) -> None:
    path = book_of(tmp_path, LAND, ["x", None, None, None, "cities.idle = 0 where city == '999999'", None])
    alloc.mark(path, alloc.check(path), out=tmp_path / "marked.xlsx", language="zh")
    sheet = openpyxl.load_workbook(tmp_path / "marked.xlsx")["情景"]
    assert sheet["E3"].fill.start_color.rgb == COLOURS["error"] and sheet["E3"].comment is not None
    assert sheet["E2"].comment is None


@pytest.mark.slow
def test_there_and_back(tmp_path: Path) -> None:
    """Folder, workbook, workbook in another language, folder: the same scenarios; the national ones too."""
    convert("china-2020", tmp_path / "one.xlsx", "zh")
    convert(tmp_path / "one.xlsx", tmp_path / "two.xlsx", "en")
    assert convert(tmp_path / "two.xlsx", tmp_path / "back").left == ()
    wanted, state = [script.says for script in scripts(locate("china-2020"))[0]], taken_apart(read("china-2020"))
    assert len(wanted) >= 10
    assert [by_names(script, state).says for script in scripts(tmp_path / "one.xlsx")[0]] == wanted
    assert [script.says for script in scripts(tmp_path / "back")[0]] == wanted
    sheet = openpyxl.load_workbook(tmp_path / "two.xlsx")["Scenarios"]
    assert [cell.value for cell in sheet[2]] == [
        "scenario",
        "title_zh",
        "title_en",
        "inherits",
        "edit",
        "why",
        "why_zh",
    ]
    assert sheet.row_dimensions[2].hidden and sheet.freeze_panes == "F3"


def test_what_the_other_form_cannot_hold_is_named(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny")
    (folder / "scenarios").mkdir()
    title = 'title = { zh = "题", en = "Title" }\n'
    for name, text in (
        ("good", title),
        ("wrong", title + "[[edit]]\nsett = 'gap'\n"),
        ("blank", title.replace("题", " 题")),
    ):
        (folder / "scenarios" / f"{name}.toml").write_text(text, encoding="utf-8")
    assert convert(folder, tmp_path / "plan.xlsx").left == ("scenarios/blank.toml", "scenarios/wrong.toml")
    assert scenarios(tmp_path / "plan.xlsx") == ("good",)
    place = tmp_path / "other"
    place.mkdir()
    path = book_of(place, LAND, ["a/b", None, None, None, "gap = 0.1", None], ["x", None, None, None, "gap =", None])
    assert convert(path, place / "back").left == ("情景: a/b", "情景: x")
    assert scenarios(place / "back") == ("land",)
    assert convert(path, place / "again.xlsx", "zh").left == ()  # right or wrong, as every sheet
    assert said(place / "again.xlsx") == [("edit_syntax", "again.xlsx#情景", 5, "gap =")]


def test_an_empty_workbook_has_the_sheet(tmp_path: Path) -> None:
    alloc.init(tmp_path / "plan.xlsx", language="zh")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["情景"]
    assert [cell.value for cell in sheet[1]] == ["情景名称*", *HEADS[1:], "中文理由"]
    sheet.parent["情景"]["A3"], sheet.parent["情景"]["E3"] = "x", "policy.debt.ceiling = 1.2"
    sheet.parent.save(tmp_path / "plan.xlsx")
    assert load_scenario(tmp_path / "plan.xlsx", "x").edits[0].target == "policy.debt.ceiling"


@pytest.mark.parametrize("name", ["x", "情景 一", "debt-ceiling-100", "v1.2"])
def test_names_of_files(name: str) -> None:
    assert may_be_file(name)


@pytest.mark.parametrize("name", ["", "a/b", "a\\b", "..", ".x", "x.", "x ", "con", "NUL.1", "a:b", "x\n", "长" * 100])
def test_names_that_no_file_can_have(name: str) -> None:
    assert not may_be_file(name)


words = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\r"), max_size=12).map(tidy)
values = st.one_of(
    words, st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9), st.lists(words, max_size=3)
)
edits = st.one_of(
    st.builds(Edit, st.just("set"), st.just("gap"), values, optional=st.booleans()),
    st.builds(Edit, st.sampled_from(["add", "scale", "at_most", "at_least"]), st.just("pools.total"),
              st.floats(-1e9, 1e9) | st.integers(-10, 10), st.just("pool == 'a # b'")),
    st.builds(Edit, st.just("add"), st.just("limits"), st.dictionaries(st.sampled_from(["limit", "value"]), values)),
    st.builds(Edit, st.just("drop"), st.just("limits.x"), st.none(), st.just("")),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(edits)
def test_an_edit_is_read_from_its_line(edit: Edit) -> None:
    assert parse_edit(line_of(edit)) == edit


def test_a_reason_in_chinese_goes_there_and_back(tmp_path: Path) -> None:
    """From a file into a sheet and out again, and into the manifest; a Chinese report says it, an English one `why`."""
    tiny = write_tiny(tmp_path / "tiny")
    (tiny / "scenarios").mkdir(exist_ok=True)
    edit = '[[edit]]\nadd = "pools.land.total"\nby = 20\nwhy = "second batch"\nwhy_zh = "第二批"\n'
    text = f'title = {{ zh = "用地", en = "Land" }}\n\n{edit}'
    (tiny / "scenarios" / "land.toml").write_text(text, encoding="utf-8")
    convert(tiny, tmp_path / "plan.xlsx", "zh")
    convert(tmp_path / "plan.xlsx", tmp_path / "back")
    for home in (tiny, tmp_path / "plan.xlsx", tmp_path / "back"):
        (read_back,) = load_scenario(home, "land").edits
        assert (read_back.why, read_back.why_zh) == ("second batch", "第二批")
    result = alloc.solve(tmp_path / "plan.xlsx", scenario="land", relaxation=True, out=tmp_path / "result")
    stored = alloc.load_result(tmp_path / "result")
    for language, reason in (("zh", "第二批"), ("en", "second batch")):
        for each in (result, stored):
            table = edits_table(View(each, language))
            assert table is not None and [row[-1] for row in table.rows] == [reason]


def test_a_wrong_code_of_a_city_is_said_once(tmp_path: Path) -> None:
    """What other tables and scenarios say of it is counted there."""
    row = "add overrides { city = '450900', pool = 'land', amount = 350, reason = 'a', approved_by = 'b' }"
    path = book_of(tmp_path, ["one", "一", "One", None, row, None], ["two", "二", "Two", None, row, None])
    book = openpyxl.load_workbook(path)
    sheet = book["城市"]
    at = next(cell for (cell, *_) in sheet.iter_rows(min_row=3) if cell.value == "450900")
    at.value = "45090"
    book.save(path)
    found = [each for each in alloc.check(path) if each.severity == "error"]
    assert {each.file.partition("#")[2] for each in found} == {"城市", "现有能力"}
    (cause,) = [each for each in found if each.followed_by]
    assert {each.file.partition("#")[2] for each in cause.followed_by} == {"现有能力", "上年数额", "戴帽指标", "情景"}
    assert cause.told("zh").endswith("（另有 8 处由此而来）")
    assert cause.told("en").endswith("(and 8 that follow from this)")


def test_edits_stand_by_titles_on_a_chinese_sheet_and_by_names_elsewhere(tmp_path: Path) -> None:
    """Folder, Chinese workbook, English one, folder: the file is the same to the last byte; what is typed stays."""
    tiny = write_tiny(tmp_path / "tiny")
    (tiny / "scenarios").mkdir(exist_ok=True)
    every = [
        "pools.land.total += 20", "pools.total *= 0.9 where kind == 'transfer' # two", "drop limits.large_share",
        "add earmarks { city = '440300', pool = 'land', amount = 1, reason = 'x' }",
    ]  # fmt: skip
    text = script_text(Text("用地", "Land"), "", [parse_edit(line) for line in every])
    (tiny / "scenarios" / "land.toml").write_text(text, encoding="utf-8", newline="\n")
    convert(tiny, tmp_path / "plan.xlsx", "zh")
    convert(tmp_path / "plan.xlsx", tmp_path / "english.xlsx", "en")
    convert(tmp_path / "english.xlsx", tmp_path / "again.xlsx", "zh")
    lines = {name: column(tmp_path / name, "edit") for name in ("plan.xlsx", "english.xlsx", "again.xlsx")}
    assert lines["plan.xlsx"] == [
        "资源池.新增建设用地.总量 += 20", "资源池.总量 *= 0.9 其中 类别 == '转移支付'",
        "删除 分组限制.特大城市用地上限",
        "新增 戴帽指标 { 城市 = '深圳市', 资源池 = '新增建设用地', 数额 = 1, 依据 = 'x' }",
    ]  # fmt: skip
    assert lines["english.xlsx"] == [line_of(edit) for edit in load_scenario(tiny, "land").edits]
    assert lines["again.xlsx"] == lines["plan.xlsx"]
    for name in ("plan.xlsx", "english.xlsx"):
        home = tmp_path / f"back of {name}".removesuffix(".xlsx")
        convert(tmp_path / name, home)
        back = home / "scenarios" / "land.toml"
        assert back.read_bytes() == (tiny / "scenarios" / "land.toml").read_bytes()
    assert len({with_edits(read(home), home, "land").instance.hash
                for home in (tiny, tmp_path / "plan.xlsx", tmp_path / "english.xlsx")}) == 1  # fmt: skip


def test_lines_of_a_sheet_stay_as_they_are_typed_in_its_language(tmp_path: Path) -> None:
    """From a Chinese workbook into another: titles in any form, and what cannot be read; the reason goes along."""
    typed = [
        "总量 += 1",
        "资源池.新增建设用地.总量 *= 1.1 # 理由",
        "pools.land.total *= 2  # 第二批",
        "总亮 = 1",
        "gap =",
    ]
    path = book_of(tmp_path, *(["x", None, None, None, line, None] for line in typed))
    convert(path, tmp_path / "again.xlsx", "zh")
    assert column(tmp_path / "again.xlsx", "edit") == [
        *typed[:2], "资源池.新增建设用地.总量 *= 2  # 第二批", *typed[3:],
    ]  # fmt: skip
    convert(path, tmp_path / "english.xlsx", "en")
    assert column(tmp_path / "english.xlsx", "edit") == [
        "pools.total += 1", "pools.land.total *= 1.1  # 理由", "pools.land.total *= 2  # 第二批", "总亮 = 1", "gap =",
    ]  # fmt: skip


def column(path: Path, name: str) -> list[Any]:
    """The cells of the sheet of scenarios below a machine name."""
    sheet = next(each for each in openpyxl.load_workbook(path) if each.title in ("情景", "Scenarios"))
    at = next(cell.column for cell in sheet[2] if cell.value == name)
    return [row[at - 1].value for row in sheet.iter_rows(min_row=3) if row[at - 1].value]
