"""Workbooks as planners hand them in: read rightly, or refused with a finding on the very cell."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alloc.api import check
from alloc.instance import load, read
from alloc.instance.findings import Finding
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from alloc.workbook.layout import header, in_chinese, in_titles, value_meant
from alloc.workbook.read.settings import reworded
from growing import growth
from instances import TABLES as TEXTS
from instances import write_tiny
from workbooks import Formatted, Formula, Rows, tiny_rows, tiny_settings, write_book, write_sheets

CITIES = TABLES["cities"].by_name
ENUMS = ("kind", "use", "bond_class")
Found = tuple[str, str, int | None, str | None]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hash of the small instance."""
    return read(write_tiny(tmp_path_factory.mktemp("tiny"))).hash


def found(path: Path) -> list[Found]:
    return [(each.code, each.file.partition("#")[2], each.row, each.column) for each in load(path)[1]]


def the_finding(path: Path) -> Finding:
    (finding,) = load(path)[1]
    return finding


def put(row: int, column: str, value: Any) -> Callable[[Rows], None]:
    """A change: another value in a cell; rows are counted as in a spreadsheet."""

    def change(rows: Rows) -> None:
        rows[row - 1][rows[0].index(column)] = value

    return change


def without(column: str) -> Callable[[Rows], None]:
    """A change: no such column."""

    def change(rows: Rows) -> None:
        place = rows[0].index(column)
        for row in rows:
            del row[place]

    return change


def all_of(*changes: Callable[[Rows], object]) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        for each in changes:
            each(rows)

    return change


def setting(path: str, value: Any, column: int = 1) -> Callable[[Rows], None]:
    """A change: another value of a setting."""

    def change(rows: Rows) -> None:
        next(row for row in rows if row[0] == path)[column] = value

    return change


def every_sheet(change: Callable[[str, Rows], Rows]) -> dict[str, Rows]:
    sheets = {"设置": tiny_settings()}
    return sheets | {table.title.zh: change(name, tiny_rows(name)) for name, table in TABLES.items() if name in TEXTS}


# ------------------------------------------------------------------------------------------------- read rightly


def test_machine_names(tmp_path: Path, tiny: str) -> None:
    assert read(write_book(tmp_path / "plan.xlsx")).hash == tiny


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("names", ["no hidden row", "a hidden row", "a hidden row, altered titles"])
def test_titles_with_units_stars_and_marks(language: str, names: str, tmp_path: Path, tiny: str) -> None:
    def titles(name: str, rows: Rows) -> Rows:
        described = [TABLES[name].by_name.get(each) for each in rows[0]]
        first = [header(column, language, "estimated") if column else machine
                 for column, machine in zip(described, rows[0], strict=True)]  # fmt: skip
        if "altered" in names:
            first[-1] = "本年补充"
        return [first, *([rows[0]] if "hidden" in names and "no" not in names else []), *rows[1:]]

    assert read(write_sheets(tmp_path / "plan.xlsx", every_sheet(titles))).hash == tiny


def test_sheets_rows_and_columns_in_another_order(tmp_path: Path, tiny: str) -> None:
    shuffle = random.Random(3).shuffle

    def mixed(name: str, rows: Rows) -> Rows:
        order, records = list(range(len(rows[0]))), rows[1:]
        shuffle(order)
        shuffle(records)
        return [[row[place] for place in order] for row in [rows[0], *records]]

    sheets = list(every_sheet(mixed).items())
    shuffle(sheets)
    assert read(write_sheets(tmp_path / "plan.xlsx", dict(sheets))).hash == tiny


def test_sheets_by_machine_name_and_in_english(tmp_path: Path, tiny: str) -> None:
    names = {table.title.zh: (table.name, table.title.en, f" {table.title.en.upper()} ")[place % 3]
             for place, table in enumerate(TABLES.values())}  # fmt: skip
    sheets = {names.get(title, "Settings"): rows for title, rows in every_sheet(lambda name, rows: rows).items()}
    assert read(write_sheets(tmp_path / "plan.xlsx", sheets)).hash == tiny


def test_blank_rows_and_columns_and_a_title_above(tmp_path: Path, tiny: str) -> None:
    def padded(name: str, rows: Rows) -> Rows:
        wide = [[*row[:1], None, *row[1:], None, " "] for row in rows]
        return [["附件 1  城市基础数据表"], [], wide[0], [None], *wide[1:], [" "], [], [None, " "]]

    assert read(write_sheets(tmp_path / "plan.xlsx", every_sheet(padded))).hash == tiny


def test_a_hidden_row_that_was_sorted_among_the_records(tmp_path: Path, tiny: str) -> None:
    def sorted_in(name: str, rows: Rows) -> Rows:
        titles = [column.title.zh if (column := TABLES[name].by_name.get(each)) else each for each in rows[0]]
        return [titles, *rows[1:], rows[0]]

    assert read(write_sheets(tmp_path / "plan.xlsx", every_sheet(sorted_in))).hash == tiny


@pytest.mark.long
@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("residents", "9,000,000"), ("residents", "９０００，０００"[:7].replace("，", "") + "０"),
        ("residents", " 9 000 000 "), ("residents", Formatted(9000000.0, "#,##0")),
        ("residents", Formatted(9000000.0, "0.00E+00")), ("residents", Formula("=9*10^6", 9000000.0)),
        ("willingness", "10%"), ("willingness", "１０％"), ("willingness", Formatted(0.1, "0%")),
        ("willingness", Formatted(0.1, "0.00%")), ("willingness", Formula("=B2", "0.1")),
        ("city", 440300.0), ("city", "４４０３００"), ("city", "440300.0"), ("city", Formula('="440"&"300"', "440300")),
        ("city", Formatted(440300.0, "0.0E+00")), ("province", 44.0),
    ],
)  # fmt: skip
def test_cells_as_planners_write_them(column: str, cell: Any, tmp_path: Path, tiny: str) -> None:
    path = write_book(tmp_path / "plan.xlsx", cities=put(2, column, cell))
    instance, findings = load(path)
    assert instance is not None, [finding.line() for finding in findings]
    assert instance.hash == tiny


@pytest.mark.parametrize("cell", [True, "是", "YES", 1.0, "１", Formula("=TRUE", True)])
def test_flags(cell: Any, tmp_path: Path, tiny: str) -> None:
    assert read(write_book(tmp_path / "plan.xlsx", pools=put(2, "exhaust", cell))).hash == tiny


def test_values_in_words(tmp_path: Path, tiny: str) -> None:
    pools = all_of(put(2, "kind", "用地"), put(3, "use", "一般支出"), put(4, "bond_class", "专项债券"))
    limits = all_of(put(2, "basis", "比例"), put(3, "basis", "数额"))
    assert read(write_book(tmp_path / "plan.xlsx", pools=pools, limits=limits)).hash == tiny


def test_limits_as_planners_write_them(tmp_path: Path, tiny: str) -> None:
    """Shares in per cent where the basis is one, signs of any width, and the words that the basis had before."""
    for share, sense, basis in (("60%", "≤", "绝对数"), ("６０％", "＜＝", "数额"), ("0.6", "不高于", " 数额 ")):
        limits = all_of(put(2, "value", share), put(2, "sense", sense), put(2, "basis", "比例"), put(3, "basis", basis))
        assert read(write_book(tmp_path / "plan.xlsx", limits=limits)).hash == tiny


def test_a_percentage_of_an_amount(tmp_path: Path) -> None:
    """It is said which rows have percentages, by the titles of the sheet."""
    (finding,) = load(write_book(tmp_path / "plan.xlsx", limits=put(3, "value", "40%")))[1]
    assert (finding.told("zh"), finding.told("en")) == (
        "G3，value（guangdong_settle） = 40%：“限值”不是一个数。"
        "只有“计算基础”为比例或倍数的行可写百分数；写出数额，或改“计算基础”。",
        "G3, value (guangdong_settle) = 40%: Value is not a number. Only rows whose Basis is a share or a "
        "multiple have percentages: write the amount, or change the Basis.",
    )


def test_formulas_that_give_nothing_are_empty_cells(tmp_path: Path, tiny: str) -> None:
    path = write_book(tmp_path / "plan.xlsx", cities=put(3, "stock_base", Formula('=""', "")))
    assert read(path).hash == tiny


def test_columns_that_only_show_names_are_not_read(tmp_path: Path, tiny: str) -> None:
    """With a hidden row or without one; their formulas may have no values."""

    def shown(rows: Rows) -> None:
        for row in rows[1:]:
            row.append(Formula("=A2", None))
        rows[0].append("城市名称（自动）")

    def named(rows: Rows) -> None:
        shown(rows)
        rows[0][-1] = "whatever"
        rows.insert(1, [*rows[0][:-1], "#city"])

    assert read(write_book(tmp_path / "plan.xlsx", capacity=shown)).hash == tiny
    assert read(write_book(tmp_path / "plan.xlsx", capacity=named)).hash == tiny


def test_further_columns_are_kept(tmp_path: Path) -> None:
    def add(rows: Rows) -> None:
        for row, cells in zip(rows, (["sector", "2020", "opened"], ["001", 1.5, datetime.date(2020, 5, 1)],
                                     ["020", None, None], [None, 3.0, "unknown"]), strict=True):  # fmt: skip
            row += cells

    cities = read(write_book(tmp_path / "plan.xlsx", cities=add)).tables["cities"]
    assert cities["sector"].tolist() == ["001", "020", ""]
    assert cities["2020"].tolist()[::2] == [1.5, 3.0]
    assert cities["opened"].tolist() == ["2020-05-01", "", "unknown"]


def test_numbers_are_not_rounded(tmp_path: Path) -> None:
    number = 0.1 + 0.2
    path = write_book(tmp_path / "plan.xlsx", cities=put(3, "idle", repr(number)))
    assert read(path).tables["cities"]["idle"][1] == number


# ------------------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("city", datetime.date(2021, 3, 1), "date_in_cell"),
        ("residents", datetime.date(2021, 3, 1), "date_in_cell"),
        ("residents", Formatted(0.5, "h:mm"), "date_in_cell"),
        ("residents", Formatted(1.5, "[h]:mm"), "date_in_cell"),
        ("city", "4.403E+05", "code_as_number"),
        ("city", 4403.0, "code_as_number"),
        ("city", 440300.5, "code_as_number"),
        ("city", 1e25, "code_as_number"),
        ("residents", Formula("=1/0", "#DIV/0!"), "error_in_cell"),
        ("name", Formula("=NA()", "#N/A"), "error_in_cell"),
        ("boundary_left", Formula("=X9", "#REF!"), "error_in_cell"),
        ("residents", Formula("=1+1", None), "formula_without_value"),
        ("boundary_left", Formula("=1+1", None), "formula_without_value"),
        ("residents", "九百万", "not_a_number"),
        ("residents", True, "not_a_number"),
        ("residents", "90%", "not_a_number"),
        ("residents", None, "missing_value"),
    ],
)
def test_one_wrong_cell_is_one_finding_in_its_place(column: str, cell: Any, code: str, tmp_path: Path) -> None:
    others = {"capacity": None, "last_year": None, "earmarks": None, "overrides": None} if column == "city" else {}
    path = write_book(tmp_path / "plan.xlsx", cities=put(4, column, cell), **others)
    about = [each for each in load(path)[1] if each.file == "plan.xlsx#城市"]
    assert [(each.code, each.row, each.column) for each in about] == [(code, 4, column)]
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[tiny_rows("cities")[0].index(column)]
    assert about[0].cell == (f"{letter}4", f"{letter}4")


def test_the_value_in_a_finding_is_that_of_the_cell(tmp_path: Path) -> None:
    path = write_book(tmp_path / "plan.xlsx", cities=put(3, "idle", Formula("=NA()", "#N/A")))
    assert the_finding(path).value == "#N/A"
    path = write_book(tmp_path / "plan.xlsx", cities=put(3, "idle", datetime.date(2021, 3, 1)))
    assert the_finding(path).value == "2021-03-01"


def test_values_in_words_are_said_in_words(tmp_path: Path) -> None:
    words = all_of(put(2, "kind", "债劵"), put(3, "kind", "债券"), put(3, "use", None), put(3, "bond_class", None))
    about = [each for each in load(write_book(tmp_path / "plan.xlsx", pools=words))[1] if each.column in ENUMS]
    assert [(each.code, each.row, each.column, each.value, each.message.zh, each.remedy.zh) for each in about] == [
        ("not_allowed", 2, "kind", "债劵", "“类别”不是允许的取值。", "可用：债券, 用地, 转移支付。"),
        ("missing_value", 3, "bond_class", "", "债券须写明“债券类别”。", "可用：一般债券、专项债券。"),
    ]
    assert [each.message.en for each in about] == [
        "Kind is not one of the allowed values.", "A bond needs its Bond class.",
    ]  # fmt: skip


def test_a_line_of_units_above_the_head(tmp_path: Path) -> None:
    """Titles without units in a sheet pasted from an official table: 亿元 above them is another unit than theirs."""

    def pasted(line: list[str | None]) -> Path:
        def change(rows: Rows) -> None:
            rows[0] = [CITIES[name].title.zh if name in CITIES else name for name in rows[0]]
            rows[:0] = [["主要指标"], [None, *line]]

        return write_book(tmp_path / "plan.xlsx", cities=change)

    for line in (["（单位：亿元）"], ["货币单位：", "亿元"], ["表 2  单位：人、亿元"]):
        finding = the_finding(pasted([*line]))
        assert (finding.severity, finding.code, finding.row, finding.column) == ("error", "unit_line", 2, None)
    finding = the_finding(pasted(["单位：亿元"]))
    assert finding.value == "单位：亿元"
    money = [each.title.zh for name in tiny_rows("cities")[0]
             if (each := CITIES.get(name)) is not None and each.unit.zh in ("万元", "万元/年")]  # fmt: skip
    named = "、".join(money[:3])
    assert (
        finding.message.zh
        == f"B2：表头上方写着“单位：亿元”，但不会据此换算：{named} 等 {len(money)} 列按“万元/年”读取。"
    )
    assert finding.remedy.zh == (
        f"把单位写进这些列的表头，如“{money[0]}（亿元）”，再删去这一行；数据若本来就是万元/年，只删去这一行。"
    )
    for line in (["单位：万元"], ["填报单位：亿元县财政局"], ["单位：某市财政局"]):
        assert found(pasted([*line])) == []


def test_a_line_of_units_that_no_head_agrees_with(tmp_path: Path) -> None:
    """All heads name the units that numbers are read in, and the line above says another."""

    def pasted(head: str) -> Path:
        def change(rows: Rows) -> None:
            rows[0] = [header(CITIES[name], "en") if name in CITIES else name for name in rows[0]]
            rows[0] = [title.replace("(10⁴ yuan)", f"({head})") for title in rows[0]]
            rows[:0] = [["Unit: 10^8 yuan"]]

        return write_book(tmp_path / "plan.xlsx", cities=change)

    assert the_finding(pasted("10⁴ yuan")).code == "unit_line"
    assert "unit_line" in {each.code for each in load(pasted("10^8 yuan"))[1]}  # of the columns a year


def test_a_date_for_a_text_is_read_and_said(tmp_path: Path) -> None:
    path = write_book(tmp_path / "plan.xlsx", earmarks=put(2, "reason", datetime.date(2021, 3, 1)))
    finding = the_finding(path)
    assert (finding.severity, finding.code, finding.row) == ("warning", "date_as_text", 2)
    assert read(path).tables["earmarks"]["reason"][0] == "2021-03-01"


def test_merged_cells(tmp_path: Path) -> None:
    """A province name over several rows: one finding, not one for every cell that is empty now."""

    def merge(book: Any) -> None:
        cities = book.get_worksheet_by_name("城市")
        cities.merge_range("D2:D3", "广东省")
        cities.merge_range("A30:F30", "注：数据来自年报")  # below the records, but on a row that is read as one
        book.get_worksheet_by_name("现有能力").merge_range("B20:C22", None)  # beyond everything

    path = write_sheets(tmp_path / "plan.xlsx", every_sheet(lambda name, rows: rows), merge)
    findings = [each for each in load(path)[1] if each.code != "missing_value" or (each.row or 0) < 30]
    cities = [(each.code, each.row, each.column) for each in findings if each.file.endswith("城市")]
    assert ("merged_cells", 2, "province_name") in cities
    assert ("merged_cells", 30, "city") in cities
    assert ("missing_value", 3, "province_name") not in cities
    assert not any(each.file.endswith("现有能力") for each in findings if each.code == "merged_cells")


def test_title_and_hidden_name_that_disagree(tmp_path: Path) -> None:
    """Titles swapped without their machine names: nobody can know which is meant."""

    def swapped(rows: Rows) -> None:
        names = list(rows[0])
        rows[0][9], rows[0][10] = "闲置低效用地", "现状城镇建设用地"
        rows.insert(1, names)

    def titles(name: str, rows: Rows) -> Rows:
        first = [column.title.zh if (column := TABLES[name].by_name.get(each)) else each for each in rows[0]]
        if name == "cities":
            place = rows[0].index("built_up")
            first[place], first[place + 1] = first[place + 1], first[place]
        return [first, *rows]

    path = write_sheets(tmp_path / "plan.xlsx", every_sheet(titles))
    assert [(code, column) for code, *_, column in found(path)] == [
        ("header_conflict", "built_up"), ("header_conflict", "idle"),
    ]  # fmt: skip
    book = openpyxl.load_workbook(path)
    heads = {cell.value: cell for cell in book["城市"][1]}
    heads["闲置低效用地"].value = "闲置低效用地*\n（公顷）"  # as the sheets are written: the unit on a line of its own
    book.save(path)
    first = load(path)[1][0]
    where = first.cell.zh if first.cell else ""
    assert first.line("zh") == (
        f"plan.xlsx#城市，{where}，闲置低效用地 = 闲置低效用地（公顷）：列名与隐藏的机器名（第 2 行）说的不是同一列。"
        "改正其中一个，或清空这一列的第 2 行。"
    )
    assert first.message.en == "The title and the hidden machine name (row 2) name different columns."
    assert first.remedy.en == "Mend one of them, or clear row 2 of this column."


def test_headers_that_are_wrong(tmp_path: Path) -> None:
    path = write_book(tmp_path / "plan.xlsx", earmarks=lambda rows: rows[0].__setitem__(2, "amuont"))
    assert found(path) == [("missing_column", "戴帽指标", 1, "amount"), ("unknown_column", "戴帽指标", 1, "amuont")]
    path = write_book(tmp_path / "plan.xlsx", earmarks=lambda rows: [row.append("备注") for row in rows])
    assert [code for code, *_ in found(path)] == ["unknown_column"]
    path = write_book(tmp_path / "plan.xlsx", earmarks=lambda rows: rows[1].append("stray"))
    assert found(path) == [("unnamed_column", "戴帽指标", 1, None)]
    path = write_book(tmp_path / "plan.xlsx", earmarks=lambda rows: [row.append(row[2]) for row in rows])
    assert [(code, column) for code, *_, column in found(path)] == [("duplicate_column", "amount")]


def test_sheets_that_are_missing_doubled_unknown_or_hidden(tmp_path: Path) -> None:
    assert [each[:2] for each in found(write_book(tmp_path / "a.xlsx", capacity=None))] == [("missing_sheet", "")]
    assert [each[:2] for each in found(write_book(tmp_path / "b.xlsx", settings=None))] == [("missing_sheet", "")]
    sheets = every_sheet(lambda name, rows: rows)
    doubled = write_sheets(tmp_path / "c.xlsx", {**sheets, "cities": tiny_rows("cities")})
    assert ("several_files", "城市", None, None) in found(doubled)
    others = {"Sheet1": [], "说明": [["x"]], "填报说明": [["x"]], "核对": [["x"]], "Findings": [["x"]], "选项": [["x"]]}
    finding = the_finding(write_sheets(tmp_path / "d.xlsx", {**sheets, **others}))
    assert (finding.severity, finding.code, finding.file) == ("warning", "unknown_table", "d.xlsx#说明")

    def hide(book: Any) -> None:
        book.get_worksheet_by_name("分配因素").hide()

    path = write_sheets(tmp_path / "e.xlsx", sheets, hide)
    finding = the_finding(path)
    assert (finding.severity, finding.code, finding.file) == ("warning", "hidden_sheet", "e.xlsx#分配因素")
    assert len(read(path).tables["factors"]) == 7


def test_sheets_without_anything(tmp_path: Path) -> None:
    assert found(write_book(tmp_path / "a.xlsx", cities=lambda rows: rows.clear())) == [
        ("empty_file", "城市", None, None)
    ]
    empty = write_book(tmp_path / "b.xlsx", earmarks=lambda rows: rows.clear())
    assert found(empty) == []
    headed = write_book(tmp_path / "c.xlsx", capacity=lambda rows: rows.__delitem__(slice(1, None)))
    assert found(headed)[0][:2] == ("no_rows", "现有能力")


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD3"])
def test_a_stray_cell_far_away_does_not_fill_the_memory(cell: str, tmp_path: Path) -> None:
    def stray(book: Any) -> None:
        book.get_worksheet_by_name("城市").write(cell, " ")

    path = write_sheets(tmp_path / "plan.xlsx", every_sheet(lambda name, rows: rows), stray)
    codes = [code for code, *_ in found(path)]
    assert codes in ([], ["too_large"]), "read, or refused"
    if cell == "XFD1048576":
        assert the_finding(path).message.en.startswith(f"The sheet goes on to {cell}")


# ----------------------------------------------------------------------------------------------------- settings


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "cell"),
    [
        ("policy.land.reuse_limit", "30%"), ("policy.land.reuse_limit", Formatted(0.3, "0%")), ("gap", "１e-3"),
        ("integers", "是"), ("integers", Formula("=TRUE", True)), ("year", "2021"),
        ("policy.land.no_linked_land", "megacity、very_large"),
        ("policy.land.no_linked_land", "megacity；very_large；"),
        ("policy.score.slopes", "2，1，0.5"), ("policy.land.reuse_cost", "4e2"),
    ],
)  # fmt: skip
def test_settings_as_planners_write_them(path: str, cell: Any, tmp_path: Path, tiny: str) -> None:
    assert read(write_book(tmp_path / "plan.xlsx", settings=setting(path, cell))).hash == tiny


@pytest.mark.parametrize(
    ("path", "cell", "code", "remedy"),
    [
        ("policy.debt.ceiling", -1.0, "out_of_range", "Would be right: above 0."),
        ("policy.debt.ceiling", "high", "wrong_type", "Would be right: a number."),
        ("policy.debt.ceiling", "150%", "wrong_type", "Write 1.5, without %."),
        ("policy.debt.ceiling", None, "missing_setting", "Give it: Ceiling of the debt ratio"),
        ("policy.debt.ceiling", datetime.date(2021, 3, 1), "date_in_cell", "Set the cell to General"),
        ("policy.debt.ceiling", Formula("=NA()", "#N/A"), "error_in_cell", "Mend the formula"),
        ("policy.debt.ceiling", Formula("=1+1", None), "formula_without_value", "Open and save it"),
        ("integers", "maybe", "wrong_type", "Would be right: yes or no."),
        ("year", 2021.5, "wrong_type", "Would be right: a whole number."),
        ("policy.land.no_linked_land", "megacities", "not_allowed", "Did you mean megacity?"),
        ("schema", 2.0, "newer_schema", "Use a newer alloc."),
    ],
)
def test_settings_that_are_wrong(path: str, cell: Any, code: str, remedy: str, tmp_path: Path) -> None:
    book = write_book(tmp_path / "plan.xlsx", settings=setting(path, cell))
    finding = the_finding(book)
    row = next(place for place, cells in enumerate(tiny_settings(), start=1) if cells[0] == path)
    assert (finding.code, finding.file, finding.row) == (code, "plan.xlsx#设置", row)
    assert (finding.column or "").partition("[")[0] == path
    assert finding.cell is not None and finding.cell.en == f"B{row}"
    assert finding.remedy.en.startswith(remedy)


def test_entries_of_lists_have_cells_of_their_own(tmp_path: Path) -> None:
    book = write_book(tmp_path / "plan.xlsx", settings=setting("policy.debt.tiers[2]", 0.5))
    finding = the_finding(book)
    assert (finding.code, finding.column) == ("not_ascending", "policy.debt.tiers")
    book = write_book(tmp_path / "plan.xlsx", settings=setting("policy.debt.tiers[2]", -1.0, column=3))
    finding = the_finding(book)
    row = next(place for place, cells in enumerate(tiny_settings(), start=1) if cells[0] == "policy.debt.tiers[2]")
    assert (finding.code, finding.row, finding.column) == ("out_of_range", row, "policy.debt.tiers[2].new_bond_factor")
    assert finding.cell is not None and finding.cell.en == f"D{row}"


def test_entries_of_lists_may_be_added_cleared_and_titled(tmp_path: Path) -> None:
    def change(rows: Rows) -> None:
        place = next(place for place, row in enumerate(rows) if row[0] == "policy.debt.tiers")
        rows[place][1:] = ["债务率低于（综合财力的倍数）", "Name of the tier*", "新增债券系数*"]
        rows.insert(place + 1, [None, 0.5, "blue", 0.3])
        rows[place + 3][1:] = [None, None, None]  # yellow

    tiers = read(write_book(tmp_path / "plan.xlsx", settings=change)).settings.policy.debt.tiers
    assert {tier.name: tier.below for tier in tiers} == {"blue": 0.5, "green": 1.2, "orange": 3.0, "red": None}


def test_lists_without_entries_say_so(tmp_path: Path) -> None:
    for word in ("无", "none"):
        book = write_book(tmp_path / "plan.xlsx", settings=setting("policy.land.no_linked_land", word))
        assert read(book).settings.policy.land.no_linked_land == ()
    book = write_book(tmp_path / "plan.xlsx", settings=setting("policy.land.no_linked_land", None))
    assert the_finding(book).code == "missing_setting"


def test_settings_that_nobody_knows_or_that_stand_twice(tmp_path: Path) -> None:
    book = write_book(tmp_path / "a.xlsx", settings=lambda rows: rows.append(["policy.debt.cieling", 1.0]))
    assert [(code, column) for code, *_, column in found(book)] == [("unknown_setting", "policy.debt.cieling")]
    book = write_book(tmp_path / "b.xlsx", settings=lambda rows: rows.append(["policy.debt.ceiling", 1.0]))
    assert [(code, column) for code, *_, column in found(book)] == [("duplicate_setting", "policy.debt.ceiling")]
    book = write_book(tmp_path / "c.xlsx", settings=lambda rows: rows.append(["policy.debt.ceiling.x", 1.0]))
    assert "duplicate_setting" in [code for code, *_ in found(book)]


def test_findings_of_the_checks_on_settings_name_the_cell(tmp_path: Path) -> None:
    """A share that looks like a percentage, found by the checks and not by the reader of the sheet."""
    book = write_book(tmp_path / "plan.xlsx", settings=setting("policy.debt.service_ceiling", 15.0))
    finding = next(each for each in load(book)[1] if each.column == "policy.debt.service_ceiling")
    assert finding.file == "plan.xlsx#设置"
    assert finding.row is not None and finding.where("en").startswith(f"B{finding.row}, ")


@pytest.mark.slow
@pytest.mark.county
def test_a_workbook_of_ten_times_the_cities_takes_no_more_than_some_ten_times_as_long(tmp_path: Path) -> None:
    """Not a benchmark: work that grows with the square of the cities would take a hundred times as long."""
    small, large = (sized(tmp_path / f"{count}.xlsx", count) for count in (285, 2850))
    assert load(small)[0] is not None and load(large)[0] is not None
    assert growth(lambda: load(small), lambda: load(large)) < 25


def sized(path: Path, count: int) -> Path:
    """A workbook with the first city as often as is asked for."""
    codes = [f"{110000 + place}" for place in range(count)]

    def large(name: str, rows: Rows) -> Rows:
        if name == "cities":
            return [rows[0], *([code, *rows[1][1:]] for code in codes)]
        if name == "capacity":
            return [rows[0], *([code, service, 500.0] for code in codes for service in ("primary", "hospital"))]
        if name == "last_year":
            return [rows[0], *([code, pool, 500.0] for code in codes for pool in ("land", "equalisation"))]
        return rows[:1] if name in ("earmarks", "limits") else rows

    return write_sheets(path, every_sheet(large))


def test_every_formula_without_a_value_is_found_in_its_place(tmp_path: Path) -> None:
    """Also one right behind another, and behind one that gives an empty text."""
    places = [(2, "residents"), (2, "urban_residents"), (3, "residents")]
    changes = [put(row, column, Formula("=1+1", None)) for row, column in places]
    path = write_book(tmp_path / "plan.xlsx", cities=all_of(*changes, put(4, "province_name", Formula('=""', ""))))
    missing = [each for each in load(path)[1] if each.code == "formula_without_value"]
    assert sorted((each.row, each.column) for each in missing) == sorted(places)


@pytest.mark.parametrize("title", ["容差", "允许让步", "tolerance"])
def test_a_title_that_a_list_of_settings_had_before_is_still_read(title: str, tmp_path: Path) -> None:
    def titled(rows: Rows) -> None:
        head, first = (next(row for row in rows if row[0] == name) for name in ("objective", "objective[0]"))
        head[:] = [*(name for name in head if name != "tolerance"), title]
        first[:] = [*first[: len(head) - 1], *[None] * (len(head) - 1 - len(first)), 0.02]

    instance = read(write_book(tmp_path / "tiny.xlsx", settings=titled))
    assert instance.settings.objective[0].tolerance == 0.02


def test_a_sheet_that_looks_like_a_table_is_wrong_and_no_hint(tmp_path: Path) -> None:
    """Rows under a guessed name would be left out, and nobody would know."""
    sheets = every_sheet(lambda name, rows: rows)
    amounts = [["城市代码", "资源池代码", "阶段", "数额"], ["110000", "land", "正式", "1"]]
    finding = the_finding(write_sheets(tmp_path / "a.xlsx", {**sheets, "已下达": amounts}))
    assert (finding.severity, finding.code, finding.file) == ("error", "near_table", "a.xlsx#已下达")
    assert "“已下达数”" in finding.message.zh and "“已下达数”" in finding.remedy.zh
    finding = the_finding(write_sheets(tmp_path / "b.xlsx", {**sheets, "已下达": amounts[:1]}))
    assert (finding.severity, finding.code) == ("warning", "unknown_table")


def test_findings_speak_in_the_titles_of_the_sheets(tmp_path: Path) -> None:
    rows: Rows = [["城市代码", "资源池代码", "数额（公顷）"], ["440300", "land", 9], ["440300", "land", 8]]
    book = write_sheets(tmp_path / "a.xlsx", {**every_sheet(lambda name, rows: rows), "戴帽指标": rows})
    (found,) = [each for each in load(book)[1] if each.severity == "error"]
    assert (found.title, found.remedy.zh) == ("城市代码", "每个“城市代码”、“资源池代码”只保留一行。")
    edit = "在 where 写 kind == 'land'，即 pools 表的 kind。"
    assert (
        in_titles(edit, {"kind": "类别"}, {"pools": "资源池"}) == "在 where 写 kind == 'land'，即“资源池”表的“类别”。"
    )


def test_words_cut_short_are_read_where_they_mean_one_value() -> None:
    stage = TABLES["issued"].by_name["stage"]
    texts = ("正式", "提前下达", "追", "下达")
    assert [value_meant(stage, text) for text in texts] == ["formal", "advance", "追", "下达"]
    assert in_chinese(TABLES["issued"], stage, stage.note.zh) == "下达的阶段：提前下达、正式下达、追加下达。"


# ------------------------------------------------------------------------------------------- titles in one language


@pytest.mark.parametrize(("gone", "left"), [("title_en", "title_zh"), ("title_zh", "title_en")])
def test_a_title_in_one_language_is_enough(gone: str, left: str, tmp_path: Path) -> None:
    """It stands for the other, whether the cell is empty or the whole column is not there."""

    for change, taken in ((put(2, gone, None), 1), (without(gone), 2)):
        instance = read(write_book(tmp_path / "plan.xlsx", limits=change))
        assert not instance.warnings
        limits = instance.tables["limits"]
        assert (limits[left] != "").all() and (limits[gone] == limits[left]).sum() == taken
    neither = write_book(tmp_path / "plan.xlsx", limits=all_of(put(2, gone, None), put(2, left, None)))
    assert found(neither) == [("missing_value", "分组限制", 2, "title_zh")]
    assert "填一个即可" in the_finding(neither).remedy.zh
    no_columns = write_book(tmp_path / "plan.xlsx", limits=all_of(without(gone), without(left)))
    assert [each[0] for each in found(no_columns)] == ["missing_column"]


def test_a_sheet_of_factors_that_is_not_there(tmp_path: Path) -> None:
    """Said once, and not of every corridor of every pool."""
    path = write_book(tmp_path / "a.xlsx", factors=None)
    (wrong,) = [each for each in check(path) if each.severity == "error"]
    assert (wrong.code, wrong.file, len(wrong.followed_by)) == ("missing_sheet", "a.xlsx", 8)
    assert wrong.message.zh == "缺少工作表“分配因素”，资源池没有公式测算数，其上浮、下浮幅度无从计算。"
    assert not [each for each in check(path) if each.code == "pool_without_factors"]


def test_a_percentage_of_a_multiple_is_told_as_the_number_to_write() -> None:
    none = Text("", "")
    wrong = Finding("error", "wrong_type", "plan.xlsx#设置", 55, "policy.debt.ceiling", '"150%"', none, none)
    assert reworded(wrong).remedy == ("写作 1.5，不带“%”。", "Write 1.5, without %.")


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ("0.3万元", "写作 0.3，不带“万元”", "Write 0.3, without 万元"),
        ("0.3 万元/人", "写作 0.3，不带“万元/人”", "Write 0.3, without 万元/人"),
        ("3000元", "只写数，不带“元”", "Write a number alone, without 元"),
    ],
)
def test_a_number_with_its_unit_is_told_without(given: str, zh: str, en: str) -> None:
    """Also another unit, of which the number would be another."""
    none = Text("", "")
    wrong = Finding("error", "wrong_type", "plan.xlsx#设置", 38, "policy.settlement.cost", f'"{given}"', none, none)
    unit = Text("单位：万元/人·年。", "unit: 10⁴ yuan a person and year.")
    assert reworded(wrong).remedy == (f"{zh}；{unit.zh}", f"{en}; {unit.en}")


@pytest.mark.parametrize("names", [False, True])
def test_without_the_column_of_codes_that_alone_is_told(names: bool, tmp_path: Path) -> None:
    """A column that was deleted with its cells in the hidden row; the names that are left name nobody."""

    def deleted(name: str, rows: Rows) -> Rows:
        if name != "cities":
            return rows
        known = TABLES[name].by_name
        titles = [header(known[each], "zh", "estimated") if each in known else each for each in rows[0]]
        return [row[1:] for row in ([titles, rows[0], *rows[1:]] if names else rows)]

    findings = load(write_sheets(tmp_path / "plan.xlsx", every_sheet(deleted)))[1]
    errors = [each for each in findings if each.severity == "error"]
    assert [(each.code, each.file.partition("#")[2], each.row, each.column) for each in errors] == [
        ("missing_column", "城市", 1, "city")
    ]


def test_a_finding_on_several_rows_names_their_cells(tmp_path: Path) -> None:
    """Weights of a pool that do not sum to 1: those of its rows, as the marked copy points at them."""
    path = write_book(tmp_path / "plan.xlsx", factors=put(2, "weight", 0.3))
    (found,) = (each for each in load(path)[1] if each.code == "weights_not_one")
    assert (found.line("zh"), found.line("en")) == (
        "plan.xlsx#分配因素，C2、C3、C4，weight：land 的因素权重合计为 0.9。合计应为 1。",
        "plan.xlsx#分配因素, C2, C3, C4, weight: The weights of land sum to 0.9. They have to sum to 1.",
    )
