"""Findings handed back: short text, and a workbook in which the wrong cells are coloured and say what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from alloc.api import check
from alloc.findings_report.mark import AUTHOR, COLOURS, MarkError
from alloc.findings_report.mark import mark as marked
from alloc.findings_report.text import counts, report
from alloc.instance.findings import Finding, sort_findings
from alloc.instance.findings_by_name import with_names
from alloc.text import Text
from alloc.workbook.convert import convert
from alloc.writing import TargetError
from broken import CASES
from instances import write_tiny

WRONG: dict[str, Any] = {
    "cities": {("440300", "revenue"): "x", ("440500", "revenue"): "", ("450900", "revenue"): "=1+1",
               ("440500", "size_population"): 3050000},
    "capacity": lambda text: text.replace("440500,primary,455000\n", ""),
    "pools": {("land", "kind"): "sea"},
    "factors": {("land", "residents", "weight"): 0.2},
    "toml": {"knee = 0.9": "knee = 9", "below = 2.0": "below = -2", 'tier = "cost"': 'tier = "cos"'},
}  # fmt: skip


def finding(row: int | None, column: str = "revenue", code: str = "missing_value", **rest: Any) -> Finding:
    words = {"severity": "error", "file": "cities.csv", "value": None, "key": None, **rest}
    texts = {"message": Text("缺。", "Gone."), "remedy": Text("补。", "Give.")}
    return Finding(code=code, row=row, column=column, **{**texts, **words})


def test_another_remedy_of_a_kind_is_told_in_full() -> None:
    """Two of the three have the same remedy: one of them is counted."""
    other = finding(5, remedy=Text("另补。", "Give another."))
    lines = report([finding(3), finding(4), other], "en").splitlines()
    assert [line.strip() for line in lines[1:4]] == [
        "error: row 3, revenue: Gone. Give.",
        "error: row 5, revenue: Gone. Give another.",
        "1 more of the kind (missing_value): revenue in row 4",
    ]


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        # The cell stands for the row, names beside codes; what the message says itself is not said again.
        (
            {"row": 7, "title": "城区常住人口", "file": "a.xlsx#城市", "column": "size_population", "key": "330500",
             "value": "1016700", "cell": Text("L7", "L7"), "message": Text("1,016,700 近界。", "1,016,700 is near.")},
            "a.xlsx#城市，L7，城区常住人口（湖州市 330500）：1,016,700 近界。补。",
            "a.xlsx#城市, L7, 城区常住人口 (Huzhou 330500): 1,016,700 is near. Give.",
        ),
        # A number is not taken for a part of a longer one.
        (
            {"row": 7, "key": "330500, land", "value": "101", "message": Text("1,016,101 近。", "1,016,101 is near.")},
            "cities.csv，第 7 行，一般公共预算收入 revenue（湖州市 330500、新增用地 land） = 101：1,016,101 近。补。",
            "cities.csv, row 7, revenue (Huzhou 330500, new land) = 101: 1,016,101 is near. Give.",
        ),
        # Nor is a record named a second time, or a code that is the value.
        (
            {"row": None, "key": "330500", "message": Text("湖州市（330500）缺。", "Huzhou (330500) lacks it.")},
            "cities.csv，一般公共预算收入 revenue：湖州市（330500）缺。补。",
            "cities.csv, revenue: Huzhou (330500) lacks it. Give.",
        ),
        (
            {"row": 7, "column": "city", "key": "330500", "value": "330500"},
            "cities.csv，第 7 行，城市代码 city = 330500：缺。补。", "cities.csv, row 7, city = 330500: Gone. Give.",
        ),
    ],
)  # fmt: skip
def test_a_finding_says_everything_once(given: dict[str, Any], zh: str, en: str) -> None:
    titles = {"330500": Text("湖州市", "Huzhou"), "land": Text("新增用地", "new land")}
    (found,) = with_names([finding(**given)], titles)
    assert (found.line("zh"), found.line("en")) == (zh, en)


def mark(*given: Any) -> Path:
    return Path(marked(*given).path)


def coloured(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(sheet, cell) -> severity by its colour, and its comment; the list of findings left aside."""
    found = {}
    book = openpyxl.load_workbook(path)
    severities = {colour: severity for severity, colour in COLOURS.items()}
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows():
            for cell in row:
                colour = cell.fill.start_color.rgb
                if colour in severities:
                    assert cell.comment is not None and cell.comment.author == AUTHOR
                    found[sheet.title, cell.coordinate] = (severities[colour], cell.comment.text)
                else:
                    assert cell.comment is None or cell.comment.author != AUTHOR
    return found


def contents(sheet: Any) -> list[list[Any]]:
    """What stands in the cells of a sheet; an empty text is nothing."""
    return [[None if cell.value == "" else cell.value for cell in row] for row in sheet]


# -------------------------------------------------------------------------------------------------------- text


def test_the_first_of_a_kind_in_full_and_where_the_rest_is() -> None:
    findings = [*(finding(row, key=f"44{row:04d}") for row in (2, 4, 5, 6, 9)), finding(7, "idle")]
    assert report(findings, "en", "check --format json").split("\n") == [
        "cities.csv (6 errors)",
        "  error: row 2, revenue (440002): Gone. Give.",
        "    5 more of the kind (missing_value): revenue in rows 4–6, 9; idle in row 7",
        "In all 6 errors.",
        "All of them: check --format json",
    ]
    assert report(findings, "zh").split("\n") == [
        "cities.csv（错误 6 个）",
        "  错误：第 2 行，一般公共预算收入 revenue（440002）：缺。补。",
        "    同类另有 5 个：一般公共预算收入 revenue 第 4–6、9 行；闲置低效用地 idle 第 7 行",
        "共错误 6 个。",
    ]


def test_errors_come_first_in_a_file() -> None:
    findings = [finding(2, code="a", severity="warning"), finding(3, code="b")]
    lines = report(findings, "en").split("\n")
    assert [line.split(":")[0].strip() for line in lines[1:3]] == ["error", "warning"]
    assert lines[-1] == "In all 1 error, 1 warning."
    # A unit in doubt may be what the error comes from.
    lines = report([*findings, finding(4, code="unit_suspect", severity="warning")], "en").split("\n")
    assert [line.split(",")[0].strip() for line in lines[1:4]] == ["warning: row 4", "error: row 3", "warning: row 2"]


def test_long_lists_are_cut() -> None:
    scattered = [finding(row) for row in range(2, 200, 2)]
    line = report(scattered, "en").split("\n")[2]
    assert len(line) < 140 and line.endswith("…")
    keys = ", ".join(f"{code}" for code in range(440300, 440400))
    many = [finding(None, key=keys), *(finding(None, key=f"4403{each:02d}") for each in range(20))]
    assert max(map(len, report(many, "en").split("\n"))) < 140


def test_nothing_found() -> None:
    assert report([], "zh") == "没有发现问题。"
    assert report([], "en") == "Nothing was found."
    assert counts([], "en") == ""


def test_values() -> None:
    assert "revenue = empty: Gone." in report([finding(2, value="")], "en")
    assert "revenue = 空：缺。" in report([finding(2, value="")], "zh")
    assert "revenue = 7: Gone." in report([finding(2, value="7")], "en")


# ------------------------------------------------------------------------------------------------------- marks


def test_a_folder(tmp_path: Path) -> None:
    """Every file is a sheet, cells as they stand in the file, rows where they are in the file."""
    folder = write_tiny(tmp_path / "tiny", **WRONG)
    findings = check(folder)
    written = mark(folder, findings, None, "zh")
    assert written == tmp_path / "tiny.checked.xlsx"
    found = coloured(written)
    assert {place: severity for place, (severity, _) in found.items()} == {
        ("cities.csv", "V2"): "error",
        ("cities.csv", "V3"): "error",
        ("cities.csv", "V4"): "error",
        ("cities.csv", "G3"): "warning",
        ("capacity.csv", "B1"): "error",
        ("pools.csv", "B2"): "error",
        ("factors.csv", "C2"): "error",
        ("factors.csv", "C3"): "error",
        ("factors.csv", "C4"): "error",
        ("instance.toml", "A26"): "error",
        ("instance.toml", "A32"): "error",
        ("instance.toml", "A53"): "error",
    }
    assert found["cities.csv", "V2"][1].startswith("错误：“一般公共预算收入”不是一个数。")
    book = openpyxl.load_workbook(written)
    sheet = book["cities.csv"]
    assert (sheet["A2"].value, sheet["C2"].value, sheet["E2"].value) == ("440300", "44", 9_000_000)
    assert (sheet["V4"].value, sheet["V4"].data_type) == ("=1+1", "s"), "nothing becomes a formula"
    assert book["instance.toml"]["A26"].value == "knee = 9"


def test_the_list(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny", **WRONG)
    findings = check(folder)
    sheet = openpyxl.load_workbook(mark(folder, findings, tmp_path / "out.xlsx", "en")).worksheets[0]
    assert sheet.title == "Findings"
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(findings)
    assert [row[0] for row in rows] == list(range(1, len(findings) + 1))
    for row, each in zip(rows, findings, strict=True):
        assert (row[1], row[2], row[10]) == (each.severity, each.file, each.code)
        assert (row[7], row[8]) == (each.message.en, each.remedy.en)
    for place, each in enumerate(findings, 2):  # a line of 58 letters each, and no text runs into the next cell
        assert sheet.row_dimensions[place].height >= 15 * -(-len(each.message.en) // 58)
        assert all(sheet.cell(place, column).alignment.wrap_text for column in range(2, 11))
    at = next(place for place, each in enumerate(findings, 2) if each.value == "x")
    link = sheet.cell(at, 4)
    assert (link.value, link.hyperlink.location) == ("V2", "'cities.csv'!V2")


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_keeps_what_is_in_it(language: str, tmp_path: Path) -> None:
    """The copy is the planner's own workbook with colours and comments; a second check finds the same in it."""
    path = tmp_path / "plan.xlsx"
    convert(write_tiny(tmp_path / "tiny", **WRONG), path, language)
    before = path.read_bytes()
    findings = check(path)
    written = mark(path, findings, None, language)
    assert written == tmp_path / "plan.checked.xlsx" and path.read_bytes() == before
    found = coloured(written)
    titles = {"zh": ("城市", "现有能力", "设置"), "en": ("Cities", "Capacity", "Settings")}
    cities, capacity, settings = titles[language]
    revenue = {place: severity for place, (severity, _) in found.items() if place[0] == cities}
    assert list(revenue.values()).count("error") == 3 and list(revenue.values()).count("warning") == 1
    assert found[capacity, "C1"][0] == "error"
    assert {place: severity for place, (severity, _) in found.items() if place[0] == settings} == {
        (settings, cell): "error" for cell in ("C52", "C62", "C81")
    }, "in the column of values, which shows, not in that of paths, which is hidden in Chinese"
    mine, theirs = openpyxl.load_workbook(path), openpyxl.load_workbook(written)
    assert theirs.sheetnames[1:] == mine.sheetnames
    for sheet in mine.worksheets:
        assert contents(sheet) == contents(theirs[sheet.title])
        assert len(theirs[sheet.title].data_validations.dataValidation) == len(sheet.data_validations.dataValidation)
    header = theirs[capacity]["C1"].comment.text
    assert "————" in header, "the note that was there stays below"

    again = check(written)
    assert [(each.code, each.row, each.column) for each in again] == [
        (each.code, each.row, each.column) for each in findings
    ]
    second = mark(written, again, None, language)
    assert second == tmp_path / "plan.checked.checked.xlsx"
    assert {place: text for place, (_, text) in coloured(second).items()} == {
        place: text for place, (_, text) in found.items()
    }


@pytest.mark.parametrize(("language", "cell"), [("zh", "B1"), ("en", "A1")])
def test_no_mark_is_out_of_sight(language: str, cell: str, tmp_path: Path) -> None:
    """A setting that is not on the sheet is marked in its first cell; where that column is hidden, in the next."""
    path = tmp_path / "plan.xlsx"
    convert(write_tiny(tmp_path / "tiny"), path, language)
    book = openpyxl.load_workbook(path)
    sheet = book["设置" if language == "zh" else "Settings"]
    sheet.delete_rows(next(each for each in range(2, 99) if sheet.cell(each, 1).value == "policy.score.knee"))
    book.save(path)
    assert set(coloured(mark(path, check(path), None, language))) == {(sheet.title, cell)}


@pytest.mark.long
def test_marks_go_when_the_fault_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    convert(write_tiny(tmp_path / "tiny", cities={("440300", "revenue"): ""}), path, "en")
    marked = mark(path, check(path), None, "en")
    book = openpyxl.load_workbook(marked)
    ((sheet, cell),) = coloured(marked)
    book[sheet][cell].value = 12_000_000
    book.save(tmp_path / "mended.xlsx")
    assert check(tmp_path / "mended.xlsx") == ()
    clean = mark(tmp_path / "mended.xlsx", (), None, "en")
    assert coloured(clean) == {}
    assert openpyxl.load_workbook(clean)[sheet][cell].comment is None


def test_rules_that_clash_are_marked_by_their_records(tmp_path: Path) -> None:
    """Findings of arithmetic know the row, and several rows where they are about several."""
    folder = CASES["rules.limits_contradict"].write(tmp_path / "tiny")
    assert set(coloured(mark(folder, check(folder), None, "en"))) == {("limits.csv", "G3"), ("limits.csv", "G4")}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny")
    wanted = tmp_path / "there.xlsx"
    wanted.write_text("mine", encoding="utf-8")
    with pytest.raises(TargetError, match="not a marked copy"):
        mark(folder, (), wanted, "en")
    for older in ("", "copy.1.xlsx", "copy.2.xlsx"):
        written = marked(folder, (), tmp_path / "copy.xlsx", "en")
        assert (written.path, written.older) == (str(tmp_path / "copy.xlsx"), str(tmp_path / older) if older else None)
    assert wanted.read_text(encoding="utf-8") == "mine"


def test_what_cannot_be_opened_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"no workbook")
    findings = check(path)
    assert findings
    book = openpyxl.load_workbook(mark(path, findings, None, "en"))
    assert book.sheetnames == ["Findings"]
    assert book.worksheets[0].max_row == 1 + len(findings)


def test_merged_cells(tmp_path: Path) -> None:
    """A finding on a cell inside a merged area is set on the cell that shows."""
    path = tmp_path / "plan.xlsx"
    convert(write_tiny(tmp_path / "tiny"), path, "en")
    book = openpyxl.load_workbook(path)
    book["Earmarks"].merge_cells("C3:E3")
    book.save(path)
    findings = check(path)
    assert findings
    assert {sheet for sheet, _ in coloured(mark(path, findings, None, "en"))} == {"Earmarks"}


def test_nothing_to_mark(tmp_path: Path) -> None:
    with pytest.raises(MarkError) as error:
        mark(tmp_path / "nowhere", (), None, "en")
    assert error.value.message.zh and "nowhere" in error.value.message.en


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("files.")])
def test_every_broken_folder_can_be_marked(name: str, tmp_path: Path) -> None:
    folder = CASES[name].write(tmp_path / "tiny")
    if name == "files.no_settings":
        return
    findings = sort_findings(check(folder))
    book: Workbook = openpyxl.load_workbook(mark(folder, findings, None, "zh"))
    assert book.worksheets[0].max_row == 1 + len(findings)
    nowhere = name in ("files.no_cities", "files.folder_for_a_file")
    assert bool(coloured(tmp_path / "tiny.checked.xlsx")) == (bool(findings) and not nowhere)
