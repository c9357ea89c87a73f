"""The workbook of a report: live sums that agree with what is stored, texts that stay texts, names that Excel takes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from alloc.content.blocks import Column, Document, Group, Level, Section, Table
from alloc.report.document import report
from alloc.report.render.xlsx.workbook import sheet_names, write
from report_documents import hand, shortened

COLUMNS = (
    Column("code", "code", kind="code"), Column("name", "city"),
    Column("amount", "amount", "ha", "number", 1, additive=True), Column("change", "change", "ha", "change", 1),
    Column("tier", "tier", kind="level"),
)  # fmt: skip
TABLE = Table(
    "t", "Land: by city / [all]", COLUMNS,
    (("010000", "A", 10 / 3, 1.0, "red"), ("010001", "B", 10 / 3, -2.0, "red"), ("020000", "C", 10 / 3, 0.0, "green")),
    totals=("", "total", 10.0, None, None),
    groups=(Group("North", 2, ("", "sub-total", 20 / 3, None, None)), Group("South", 1, ("", "sub-total", 10 / 3, None,
            None))),
    levels=(Level("red", "red", "R", "#D9776C"), Level("green", "green", "G", "#8CC3A3")),
)  # fmt: skip
DOCUMENT = Document("d", "report", "Title", "Subtitle", "en", (Section("s", "One", "A sentence.", (TABLE,)),))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("book") / "report.xlsx"
    write(DOCUMENT, made)
    return made


def test_totals_and_sub_totals_are_formulas_where_what_is_shown_adds_up(path: Path):
    sheet = openpyxl.load_workbook(path).worksheets[2]
    assert [sheet.cell(row, 3).value for row in range(5, 11)] == [
        "=ROUND(C6+C9,1)", 6.7, 3.3, 3.3, "=ROUND(SUM(C10:C10),1)", 3.3,
    ], "3.3 + 3.3 are 6.6: the sub-total is taken before rounding, and no formula"  # fmt: skip
    stored = openpyxl.load_workbook(path, data_only=True).worksheets[2]
    assert [stored.cell(row, 3).value for row in range(5, 11)] == [10, 6.7, 3.3, 3.3, 3.3, 3.3]


def test_codes_stay_text_and_panes_are_frozen(path: Path):
    sheet = openpyxl.load_workbook(path).worksheets[2]
    assert sheet["A7"].value == "010000" and sheet["A7"].number_format == "@"
    assert sheet.freeze_panes == "C6"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet["E7"].value == "R red"


def test_colours_follow_sign_and_level(path: Path):
    rules = openpyxl.load_workbook(path).worksheets[2].conditional_formatting
    said = {(rule.operator, *rule.formula) for area in rules for rule in area.rules}
    assert said == {("greaterThan", "0"), ("lessThan", "0"), ("equal", '"R red"'), ("equal", '"G green"')}


def test_names_of_sheets_are_short_allowed_and_different():
    names = sheet_names(["A/B: [c]", "x" * 40, "X" * 40, "x" * 40, "Index"], ["Index"])
    assert names[1:] == ["x" * 31, "X" * 29 + " 2", "x" * 29 + " 3", "Index 2"]
    assert not any(set(name) & set("[]:*?/\\'") for name in names)


def test_every_formula_of_a_report_agrees_with_what_is_stored(tmp_path: Path):
    made = tmp_path / "hand.xlsx"
    write(shortened(hand(), "zh", 20), made)
    live, stored = openpyxl.load_workbook(made), openpyxl.load_workbook(made, data_only=True)
    counted = 0
    for sheet in live.worksheets:
        values = stored[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    counted += 1
                    assert evaluated(cell.value, values) == pytest.approx(values[cell.coordinate].value, abs=1e-12)
    assert counted > 10


def evaluated(formula: str, sheet: openpyxl.worksheet.worksheet.Worksheet) -> float:
    inside, decimals = re.fullmatch(r"=ROUND\((.+),(\d+)\)", formula).groups()  # type: ignore[union-attr]
    if inside.startswith("SUM("):
        cells = [cell for row in sheet[inside[4:-1]] for cell in (row if isinstance(row, tuple) else (row,))]
    else:
        cells = [sheet[each] for each in inside.split("+")]
    return round(sum(cell.value for cell in cells if isinstance(cell.value, int | float)), int(decimals))


def test_the_same_document_gives_the_same_bytes(path: Path, tmp_path: Path):
    write(DOCUMENT, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_a_long_name_of_a_chapter_is_broken_and_its_row_is_high_enough(tmp_path: Path):
    """Beside a sentence of one line; 14 points bold fit some 15 of its signs on a line."""
    title = "Rules, and what waiving them is worth"
    sections = tuple(Section(f"s{at}", name, "A sentence.", ()) for at, name in enumerate(("Land", title)))
    write(Document("d", "report", "Title", "", "en", sections), tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx").worksheets[1]
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    heights = [sheet.row_dimensions[rows[name]].height for name in ("Land", title)]
    assert sheet.cell(rows[title], 1).alignment.wrap_text
    assert heights[0] < 20 and heights[1] >= 3 * 14 * 1.2


def test_sheets_of_a_report_are_printed_upright_where_letters_stay_readable(tmp_path: Path):
    """What the report says in sentences needs no smaller letters: both columns fit on a page; margins are narrow."""
    write(shortened(hand(), "zh"), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    text = book["文字"]
    assert text.page_setup.orientation in (None, "portrait")
    assert sum(text.column_dimensions[each].width for each in "AB") <= 102
    assert all(sheet.page_margins.left == 0.4 for sheet in book.worksheets[1:])


def test_a_row_is_as_high_as_its_longest_cell(tmp_path: Path):
    """Eighty Chinese signs stand on four lines of a column of forty-four figures, none over the row beneath."""
    columns = (Column("name", "名称"), Column("meaning", "含义"), Column("count", "数", kind="number"))
    table = Table("t", "规则", columns, (("甲", "规则的含义" * 16, 1.0), ("乙", "短", 2.0)))
    write(Document("d", "report", "T", "", "zh", (Section("s", "一", "句。", (table,)),)), tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[2]
    assert sheet["B5"].alignment.wrap_text
    assert sheet.row_dimensions[5].height == 3 + 15 * 4
    assert sheet.row_dimensions[6].height == 18


def test_a_chart_stands_on_one_printed_page_and_a_wide_table_on_several_that_can_be_read(tmp_path: Path):
    """A short table and its chart are fitted to one page; behind a long one the chart begins a page, and the size of
    print is given, since a workbook that is fitted to pages keeps no break. Thirty columns repeat the city."""

    def table(name: str, rows: int, more: int) -> Table:
        measures = tuple(Column(f"m{at}", f"m{at}", kind="number") for at in range(more))
        bar = Column("amount", "amount", "ha", "number", colour="bar")
        cells = tuple((f"city {at}", float(at), *(1.0,) * more) for at in range(rows))
        return Table(name, name, (Column("name", "city"), bar, *measures), cells)

    tables = (table("short", 5, 1), table("long", 40, 1), table("wide", 5, 30))
    write(Document("d", "report", "T", "", "en", (Section("s", "One", "Two.", tables),)), tmp_path / "r.xlsx")
    short, long, wide = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[2:]
    assert short.sheet_properties.pageSetUpPr.fitToPage and short.page_setup.fitToHeight != 0
    assert not short.row_breaks.brk
    chart = long._charts[0].anchor._from.row
    assert [each.id for each in long.row_breaks.brk] == [chart]
    assert not long.sheet_properties.pageSetUpPr.fitToPage and long.page_setup.scale is None  # full size
    assert wide.page_setup.scale == 72 and wide.col_breaks.brk and wide.print_title_cols == "$A:$A"
    assert wide._charts[0].anchor._from.col == 1  # behind what every page repeats
    assert wide._charts[0].anchor.to.col < wide.col_breaks.brk[0].id


def test_a_chart_draws_what_its_sheet_is_about_and_names_it_with_its_unit(tmp_path: Path):
    """The column that is coloured, not the share before it; a table that colours several is about none of them."""
    columns = (Column("name", "城市"), Column("share", "上年份额", "%", "number", 1, additive=True),
               Column("published", "公布", "万元", "number", additive=True, colour="bar"))  # fmt: skip
    rows = tuple((f"城市{at}", 1.0, float(at)) for at in range(5))
    both = (columns[0], replace(columns[1], colour="bar"), columns[2])
    tables = (Table("a", "债券", columns, rows), Table("b", "总表", both, rows))
    write(Document("d", "report", "T", "", "zh", (Section("s", "一", "句。", tables),)), tmp_path / "r.xlsx")
    about, several = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[2:]
    assert not several._charts
    chart = about._charts[0]
    assert chart.series[0].val.numRef.f == "债券!$C$5:$C$9" and chart.series[0].tx.v == "公布（万元）"
    titles = (chart.title, chart.y_axis.title, chart.x_axis.title)
    said = ["".join(run.t for line in each.tx.rich.p for run in line.r or ()) for each in titles]
    assert said == ["债券　公布（万元）", "公布（万元）", "城市"]


def test_the_trace_of_a_formula_is_about_what_is_published():
    traces = [table for table in report(hand(), "zh").tables() if table.name.startswith("trace_")]
    assert traces and all([each.name for each in t.columns if each.colour == "bar"] == ["published"] for t in traces)
