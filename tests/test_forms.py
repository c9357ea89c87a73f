"""Forms by supplying department: who fills in what, what is merged back, and every fault with sheet and row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import alloc
from alloc.cli import main
from alloc.content.blocks import Paragraph, Table
from alloc.instance import InputError, read
from alloc.instance.files.heads import machine_names, read_head
from alloc.instance.schema.suppliers import OF_SERVICE, SUPPLIERS
from alloc.instance.schema.tables import TABLES
from alloc.scenario import scenarios
from alloc.workbook.content import Content
from alloc.workbook.forms import differences
from alloc.workbook.forms.parts import parts_of, suppliers_of
from instances import write_tiny

SOURCES = "table,column,status,source,year,note\ncities,revenue,estimated,by GDP,,\ncapacity,capacity,assumed,,,\n"
Cells = dict[tuple[str, int, str], Any]  # sheet, row, machine name -> what is filled in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three cities, primary and hospital, land, a transfer and a bond; revenue is estimated, capacity assumed."""
    return write_tiny(tmp_path / "tiny", sources=SOURCES)


def fill(path: Path, to: Path, cells: Cells) -> Path:
    book = openpyxl.load_workbook(path)
    for (title, row, name), value in cells.items():
        sheet = book[title]
        names = [cell.value for cell in sheet[2]] if title != "填报表" else ["", "", "value"]
        sheet.cell(row, names.index(name) + 1).value = value
    book.save(to)
    return to


def made(folder: Path) -> Path:
    out = folder.parent / "forms"
    if not out.exists():
        alloc.write_forms(folder, out, language="zh")
    return out


def filled(folder: Path, department: str, cells: Cells, name: str = "filled.xlsx") -> Path:
    return fill(made(folder) / f"{department}.xlsx", folder.parent / name, cells)


def refused(folder: Path, *forms: Path) -> list[tuple[str, str, int | None, str | None]]:
    out = folder.parent / "out"
    with pytest.raises(InputError) as caught:
        alloc.merge_forms(folder, list(forms), out=out)
    assert not out.exists()
    for finding in caught.value.findings:
        assert finding.line("zh") and finding.line("en")
    return [(each.code, each.file, each.row, each.column) for each in caught.value.findings]


def test_who_fills_in_what() -> None:
    """Every number of a city has one department, but for where it lies; services and pools follow what they are."""
    for column in TABLES["cities"].columns:
        located = column.name in ("lon", "lat")
        declared = column.name not in TABLES["cities"].joined
        assert column.supplier in SUPPLIERS or not column.numeric or located or not declared, column.name
    assert set(OF_SERVICE.values()) <= set(SUPPLIERS)
    content = Content({}, {
        "cities": {"city": ["440300"], "age_6_11": [1.0], "migrant_age_6_11": [None]},
        "services": {"service": ["primary", "circus"], "cohort": ["age_6_11", "age_60_plus"]},
        "pools": {"pool": ["land", "bond"], "kind": ["land", "bond"]},
    })  # fmt: skip
    assert "health" not in suppliers_of(content)
    rows = {supplier: [(part.table.name, part.items) for part in parts_of(content, supplier)]
            for supplier in suppliers_of(content)}  # fmt: skip
    assert rows["education"] == [("capacity", ("primary",))]
    assert rows["land"] == [("cities", ()), ("last_year", ("land",))]
    assert rows["finance"] == [("cities", ()), ("last_year", ("bond",))]
    (part,) = parts_of(content, "statistics")
    assert [column.name for column in part.columns][-3:] == ["age_6_11", "migrant_age_6_11", "age_60_plus"]


def test_a_form(folder: Path) -> None:
    """Figures are blank beside what stands there now, in the colour of its status; only titles are seen."""
    assert {path.stem for path in made(folder).iterdir()} == {"统计", "公安", "财政", "自然资源", "教育", "卫生健康"}
    book = openpyxl.load_workbook(made(folder) / "财政.xlsx")
    assert book.sheetnames == ["填报表", "城市", "上年数额", "选项"] and book["选项"].sheet_state == "hidden"
    assert (book["填报表"]["C3"].value, book["填报表"]["C5"].value) == ("财政", 2021)
    assert book["填报表"].column_dimensions["A"].hidden
    sheet = book["城市"]
    assert sheet.row_dimensions[2].hidden and sheet.print_title_rows == "$1:$1"
    assert "&P" in sheet.oddFooter.right.text and sheet.page_setup.orientation == "landscape"
    names = [cell.value for cell in sheet[2]]
    at = names.index("revenue")
    assert [sheet.cell(1, at + 1 + step).value.split("\n")[0] for step in (0, 1)] == ["一般公共预算收入"] * 2
    now = read(folder).tables["cities"]["revenue"].tolist()
    assert [sheet.cell(row, at + 1).value for row in (3, 4, 5)] == [None] * 3
    assert [sheet.cell(row, at + 2).value for row in (3, 4, 5)] == now
    assert sheet.cell(3, at + 2).fill.start_color.rgb == "FFFBEFD9" and "ᵉ" in sheet.cell(3, at + 2).number_format
    assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == read(folder).tables["cities"]["city"].tolist()


def test_merged_back(folder: Path) -> None:
    """A filled cell is estimated no longer; one that is equal is confirmed; the rest stays, scenarios too."""
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "x.toml").write_text('title = { zh = "题", en = "T" }\n', encoding="utf-8")
    before = read(folder)
    now = before.tables["cities"]["revenue"].tolist()
    finance = filled(folder, "财政", {
        ("城市", 3, "revenue"): now[0] + 1000, ("城市", 3, "source"): "决算", ("城市", 3, "year"): "2020",
        ("城市", 4, "revenue"): now[1], ("城市", 4, "status"): "推算",
    })  # fmt: skip
    health = filled(folder, "卫生健康", {("现有能力", 3, "capacity"): 777}, "health.xlsx")
    merged = alloc.merge_forms(folder, [finance, health], out=folder.parent / "plan.xlsx", language="zh")
    assert merged.counts == {"cells": 3, "changed": 2, "new": 0, "confirmed": 1, "surer": 3}
    (hospital,) = [each for each in merged.differences if each.cell.table == "capacity"]
    assert (hospital.cell.item, hospital.cell.value, hospital.status) == ("hospital", 777, "assumed")
    for place in (folder.parent / "plan.xlsx",):
        after = read(place)
        revenue = after.tables["cities"]["revenue"].tolist()
        assert revenue == [now[0] + 1000, *now[1:]]
        rows = after.tables["cell_sources"].to_dict("records")
        cities = before.tables["cities"]["city"].tolist()
        said = {(row["column"], row["item"], row["city"]): (row["status"], row["source"], row["year"]) for row in rows}
        assert said == {
            ("revenue", "", cities[0]): ("published", "决算", "2020"),
            ("revenue", "", cities[1]): ("derived", "财政部门填报", ""),
            ("capacity", "hospital", hospital.cell.city): ("published", "卫生健康部门填报", ""),
        }
        assert scenarios(place) == ("x",)
    assert read(folder).hash == before.hash
    text = alloc.show(merged, "zh")
    assert "填报 3 格：2 格数值不同" in text and "3 格不再是估计或假设" in text and "决算" in text
    assert "777" in alloc.show(merged, "en")
    assert len(alloc.record(merged)["differences"]) == 3
    again = alloc.merge_forms(folder.parent / "plan.xlsx", [finance])
    assert again.counts["confirmed"] == 2 and again.written is None


def test_rows_of_services_and_pools_name_their_unit(folder: Path) -> None:
    """Beds, or the unit of money: the head above the figures cannot say it, since it differs by row."""
    for department, title, unit in (("卫生健康", "现有能力", "张"), ("财政", "上年数额", "万元")):
        sheet = openpyxl.load_workbook(made(folder) / f"{department}.xlsx")[title]
        names = [cell.value for cell in sheet[2]]
        assert sheet.cell(1, names.index("#unit") + 1).value == "计量单位"
        assert {row[names.index("#unit")].value for row in sheet.iter_rows(min_row=3)} == {unit}


def test_a_row_that_is_not_there_comes(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "tiny", last_year=None)
    form = filled(folder, "自然资源", {("上年数额", 3, "amount"): 12})
    merged = alloc.merge_forms(folder, [form], out=tmp_path / "out")
    assert merged.counts["new"] == 1 and merged.differences[0].old is None
    city = merged.differences[0].cell.city
    assert (tmp_path / "out" / "last_year.csv").read_text(encoding="utf-8") == f"city,pool,amount\n{city},land,12\n"
    sources = (tmp_path / "out" / "cell_sources.csv").read_text(encoding="utf-8").splitlines()[1]
    assert sources.startswith(f"last_year,amount,land,{city},published,")


@pytest.mark.parametrize(
    ("department", "cells", "expected"),
    [
        ("财政", {("填报表", 5, "value"): 2020, ("城市", 3, "revenue"): 5}, ("wrong_year", "填报表", 5, "year")),
        ("财政", {("城市", 4, "city"): "510100", ("城市", 4, "revenue"): 5}, ("other_province", "城市", 4, "city")),
        ("财政", {("城市", 4, "city"): "440399", ("城市", 4, "revenue"): 5}, ("unknown_code", "城市", 4, "city")),
        ("财政", {("城市", 4, "revenue"): "many"}, ("not_a_number", "城市", 4, "revenue")),
        ("财政", {("城市", 4, "revenue"): -5}, ("out_of_range", "城市", 4, "revenue")),
        ("财政", {("城市", 4, "status"): "大概"}, ("not_allowed", "城市", 4, "status")),
        ("财政", {("上年数额", 3, "pool"): "land"}, ("not_of_the_form", "上年数额", 3, "pool")),
        ("财政", {("城市", 4, "revenue"): 5, ("城市", 4, "year"): "去年"}, ("no_year", "城市", 4, "year")),
        ("财政", {("城市", 4, "revenue"): 5, ("城市", 4, "year"): "20202021"}, ("no_year", "城市", 4, "year")),
        ("财政", {("上年数额", 3, "amount"): 5, ("上年数额", 3, "year"): 20}, ("no_year", "上年数额", 3, "year")),
        ("财政", {("城市", 2, "revenue"): "residents"}, ("unknown_column", "城市", 1, "residents")),
    ],
)  # fmt: skip
def test_faults(department: str, cells: Cells, expected: tuple[Any, ...], folder: Path) -> None:
    code, sheet, row, column = expected
    found = refused(folder, filled(folder, department, cells))
    assert (code, f"filled.xlsx#{sheet}", row, column) in found


def test_a_year_that_is_none_is_refused_with_its_place_and_what_is_right(folder: Path) -> None:
    cells: Cells = {("城市", 4, "revenue"): 5, ("城市", 4, "year"): "去年"}
    with pytest.raises(InputError) as caught:
        alloc.merge_forms(folder, [filled(folder, "财政", cells)])
    (found,) = (each for each in caught.value.findings if each.severity == "error")
    assert found.line("zh") == (
        "filled.xlsx#城市，AA4，年份（汕头市 440500） = 去年：“去年”里没有四位的年份，看不出这一行的数属于哪一年。"
        "写四位的年份，如 2020。"
    )
    cells = {("城市", 4, "revenue"): 5, ("城市", 4, "year"): "2019/2020 学年"}
    assert alloc.merge_forms(folder, [filled(folder, "财政", cells)]).counts["cells"] == 1


def test_a_city_by_its_name_is_no_city_of_another_province(folder: Path) -> None:
    """Places are named as the form names them."""
    cells: Cells = {("城市", 4, "city"): "深川市", ("城市", 5, "city"): "成都",
                    ("填报表", 5, "value"): 2020}  # fmt: skip
    with pytest.raises(InputError) as caught:
        alloc.merge_forms(folder, [filled(folder, "财政", cells)])
    told = {each.value: (each.title, each.row, each.message.zh, each.remedy.zh) for each in caught.value.findings}
    lines = [each.told("zh") for each in caught.value.findings if each.value == "成都"]
    assert lines == ["A5，城市代码 = 成都：这一行是外省的城市。删去这一行，或交给该省。"]
    assert told["深川市"][3] == "是否为 440300（深圳市）？"
    assert told["成都"][2] == "这一行是外省的城市。"
    assert told["2020"][0] == "规划年度"
    with pytest.raises(InputError) as caught:
        alloc.merge_forms(folder, [filled(folder, "财政", {("城市", 4, "revenue"): "=1+"})])
    (formula,) = (each for each in caught.value.findings if each.code == "formula_without_value")
    assert formula.title == "一般公共预算收入" and formula.where("zh") == "C4，一般公共预算收入"


def test_rows_by_name(folder: Path) -> None:
    """Drop-downs offer names of cities and of what the department fills in; codes are read too."""
    sheet = openpyxl.load_workbook(made(folder) / "财政.xlsx")["上年数额"]
    rules = {rule.formula1: str(rule.sqref) for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert rules["选项!$A$1:$A$3"].startswith("A3:A") and rules["选项!$B$1:$B$2"].startswith("C3:C")
    lists = openpyxl.load_workbook(made(folder) / "财政.xlsx")["选项"]
    assert [cell.value for cell in lists["A"]] == ["深圳市", "汕头市", "玉林市"]
    cells: Cells = {("城市", 3, "city"): "深圳", ("城市", 3, "revenue"): 5000,
                    ("上年数额", 3, "city"): "深圳市", ("上年数额", 3, "pool"): lists["B1"].value,
                    ("上年数额", 3, "amount"): 7}  # fmt: skip
    merged = alloc.merge_forms(folder, [filled(folder, "财政", cells)], language="zh")
    codes = {(each.cell.city, each.cell.item) for each in merged.differences}
    assert codes == {("440300", ""), ("440300", sheet["C3"].value)}
    shown = [each for each in merged.sections("zh")[0].parts if isinstance(each, Table)]
    assert [(each.title, [row[0] for row in each.rows]) for each in shown] == [
        ("filled.xlsx：城市，一般公共预算收入，财政部门填报", ["C3"]),
        ("filled.xlsx：上年数额，均衡性转移支付，财政部门填报", ["F3"]),
    ]


def test_an_error_in_a_row_with_a_wrong_code_names_the_city_beside(folder: Path) -> None:
    """The name that the form has beside the code says which city is meant; nothing is put into another city."""
    sheet = "现有能力"

    def told(code: str, value: Any) -> list[str]:
        form = filled(folder, "卫生健康", {(sheet, 4, "city"): code, (sheet, 4, "capacity"): value})
        with pytest.raises(InputError) as caught:
            alloc.merge_forms(folder, [form])
        return [each.told("zh") for each in caught.value.findings]

    wrong = "F4，现有能力（汕头市 440500、医院 hospital） = -100：“现有能力”超出允许范围。应至少 0；单位：张。"
    unknown = "A4，城市代码 = 440399：算例中没有这个城市。旁边的城市名称是汕头市，写作 440500。"
    other = (
        "A4，城市代码：代码 440300 是深圳市，旁边的城市名称是汕头市。若是后者，代码写作 440500；"
        "若是前者，改正旁边的名称。"
    )
    assert told("440399", -100) == [wrong, unknown]
    assert told("440300", -100) == [wrong, other]
    assert told("440300", 100) == [other], "of Shenzhen nothing is said: it is not its row"


def test_an_empty_form_says_what_it_was_for(folder: Path) -> None:
    (found,) = alloc.merge_forms(folder, [made(folder) / "教育.xlsx"], language="zh").findings
    assert (found.severity, found.line("zh"), found.line("en")) == (
        "warning",
        "教育.xlsx#填报表：教育部门的填报表一格也没有填写，可填的有：“现有能力”3 格；都保留原有数据。"
        "请填写白色各列后再合并。",
        "教育.xlsx#填报表: Nothing is filled in on the form of the department education, which is for: Capacity 3 "
        "cells; all of it stays as it was. Fill in the white columns, and merge it again.",
    )  # fmt: skip


def test_a_number_in_another_unit_is_checked(folder: Path) -> None:
    now = float(read(folder).tables["cities"]["revenue"].iloc[0])
    form = filled(folder, "财政", {("城市", 3, "revenue"): now * 1e-4})
    (found,) = alloc.merge_forms(folder, [form], language="zh").findings
    assert found.remedy == ("核对单位。若无误可不改。", "Check the unit. Leave it if it is right.")


def test_every_wrong_cell_is_said_at_once(folder: Path) -> None:
    """With the unit of its row, and what is far below what stood there beside the errors."""
    health = filled(folder, "卫生健康", {("现有能力", 3, "capacity"): "8.3万", ("现有能力", 4, "capacity"): "many",
                                        ("现有能力", 5, "capacity"): 0}, "h.xlsx")  # fmt: skip
    finance = filled(folder, "财政", {("上年数额", 3, "amount"): "9亿"}, "f.xlsx")
    with pytest.raises(InputError) as caught:
        alloc.merge_forms(folder, [health, finance])
    assert [each.line("zh") for each in caught.value.findings] == [
        "f.xlsx#上年数额，F3，数额（深圳市 440300、均衡性转移支付 equalisation） = 9亿：“数额”不是一个数。"
        "写出完整的数，不带“万”“亿”；单位：万元。",
        "h.xlsx#现有能力，F3，现有能力（深圳市 440300、医院 hospital） = 8.3万：“现有能力”不是一个数。"
        "写出完整的数，不带“万”“亿”；单位：张。",
        "h.xlsx#现有能力，F4，现有能力（汕头市 440500、医院 hospital） = many：“现有能力”不是一个数。"
        "写一个数，不带文字；单位：张。",
        "h.xlsx#现有能力，F5，现有能力（玉林市 450900、医院 hospital） = 0：填报值比原值 33,000 少九成以上。"
        "核对是否漏填、错行或单位不同。若无误可不改。",
    ]
    assert [each.told("en") for each in caught.value.findings[2:]] == [
        "F4, 现有能力 (汕头市 440500, Hospital) = many: Capacity is not a number. Write a number, "
        "without words; unit: beds.",
        "F5, 现有能力 (玉林市 450900, Hospital) = 0: This is more than 90 % below the 33,000 that stood "
        "there. Check it for a slip, another row or another unit. Leave it if it is right.",
    ]


def test_what_changes_most_comes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fell by more than nine tenths is named; of many differences the greatest have a table of their own."""
    monkeypatch.setattr(differences, "MANY", 2)
    monkeypatch.setattr(differences, "GREATEST", 2)
    form = filled(folder, "卫生健康", {("现有能力", 3, "capacity"): 50_000, ("现有能力", 4, "capacity"): 3_000,
                                      ("现有能力", 5, "capacity"): 0, ("现有能力", 4, "source"): "年报"})  # fmt: skip
    merged = alloc.merge_forms(folder, [form], language="zh")
    parts = merged.sections("zh")[0].parts
    assert parts[1] == Paragraph(
        "比原值少九成以上的 2 格：玉林市 医院 现有能力 33,000 → 0；汕头市 医院 现有能力 31,000 → 3,000。"
    )
    assert merged.sections("en")[0].parts[1] == Paragraph(
        "2 fall by more than 90 %: 玉林市 Hospital Capacity 33,000 → 0; 汕头市 Hospital Capacity 31,000 → 3,000."
    )
    greatest, every = (each for each in parts if isinstance(each, Table))
    assert greatest.title == "变动最大的 2 格" and [row[0] for row in greatest.rows] == ["玉林市", "汕头市"]
    assert every.title == "filled.xlsx：现有能力，医院" and [row[0] for row in every.rows] == ["F3", "F4", "F5"]
    assert [column.title for column in every.columns] == [
        "单元格",
        "城市",
        "原值",
        "填报值",
        "变动（%）",
        "原状态",
        "状态",
        "来源",
    ]
    assert alloc.show(merged, "zh").count("单元格") == 1, "no head is broken over lines"


def test_a_form_without_its_key(folder: Path) -> None:
    book = openpyxl.load_workbook(made(folder) / "财政.xlsx")
    book["城市"].delete_cols(1)
    book.save(folder.parent / "a.xlsx")
    with pytest.raises(InputError) as caught:
        alloc.merge_forms(folder, [folder.parent / "a.xlsx"])
    (found,) = caught.value.findings
    assert (found.line("zh"), found.line("en")) == (
        "a.xlsx#城市，第 1 行：缺少“城市代码”一列，无法知道各行填的是什么。恢复这一列，或在新的填报表上填报。",
        "a.xlsx#城市, row 1: The column City code is missing: nothing says what the rows are of. Put it back, or "
        "fill in a new form.",
    )  # fmt: skip


def test_two_forms_for_the_same_cell(folder: Path) -> None:
    one = filled(folder, "财政", {("城市", 3, "revenue"): 5_000_000}, "one.xlsx")
    two = filled(folder, "财政", {("城市", 3, "revenue"): 6_000_000}, "two.xlsx")
    assert refused(folder, one, two) == [("filled_twice", "two.xlsx#城市", 3, "revenue")]
    with pytest.raises(
        InputError,
        match=r"two.xlsx#城市, C3, 一般公共预算收入 .* = 6,000,000: The same cell is 5,000,000 in one.xlsx#城市, C3",
    ):
        alloc.merge_forms(folder, [one, two])
    same = alloc.merge_forms(folder, [one, filled(folder, "财政", {("城市", 3, "revenue"): 5_000_000}, "same.xlsx")])
    assert [(each.severity, each.code) for each in same.findings] == [("warning", "filled_twice")]


def test_what_is_no_form(folder: Path) -> None:
    alloc.convert(folder, folder.parent / "plan.xlsx")
    for path in (folder.parent / "plan.xlsx", folder / "cities.csv"):
        assert [each[0] for each in refused(folder, path)][-1] in ("no_form", "not_a_workbook")


def test_an_instance_that_is_not_complete_has_forms(tmp_path: Path) -> None:
    """Blank cells are what forms are for: the form says nothing stands there, and what is filled in makes it right."""
    folder = write_tiny(tmp_path / "tiny", cities={("440300", "revenue"): ""})
    with pytest.raises(InputError):
        read(folder)
    row = 3 + ["440300", "440500", "450900"].index("440300")
    form = filled(folder, "财政", {("城市", row, "revenue"): 40_000_000})
    merged = alloc.merge_forms(folder, [form], out=tmp_path / "out")
    assert merged.counts["new"] == 1
    assert read(tmp_path / "out").tables["cities"]["revenue"].tolist()[0] == 40_000_000


def test_the_command(folder: Path) -> None:
    def call(*words: object) -> Any:
        return CliRunner().invoke(main, [str(word) for word in words])

    out, plan = folder.parent / "out", folder.parent / "plan.xlsx"
    done = call("forms", folder, out, "--lang", "en")
    assert f"The folder of forms lies in {out}" in done.output
    assert done.exit_code == 0 and {path.name for path in out.iterdir()} >= {"finance.xlsx", "public_security.xlsx"}
    done = call("forms", folder, out, "--format", "json")  # those that are there are renamed beside
    assert json.loads(done.output)["older"] == str(folder.parent / "out.1")
    form = fill(out / "finance.xlsx", folder.parent / "f.xlsx", {("Cities", 3, "revenue"): 5_000_000})
    done = call("forms", folder, "--merge", form, "--lang", "en")
    assert done.exit_code == 0 and "1 cells are filled in: 1 differ" in done.output and not plan.exists()
    done = call("forms", folder, plan, "--merge", form, "--lang", "zh")
    assert done.exit_code == 0 and f"合并后的算例写在 {plan}" in done.output
    assert read(plan).tables["cities"]["revenue"].tolist()[0] == 5_000_000
    assert call("forms", folder, form, "--merge", form).exit_code == 1  # what is read is not written over
    assert call("forms", folder).exit_code == 64
    wrong = fill(out / "finance.xlsx", folder.parent / "w.xlsx", {("Cities", 3, "revenue"): "x"})
    done = call("forms", folder, plan, "--merge", wrong, "--lang", "en")
    assert done.exit_code == 1 and "w.xlsx#Cities, C3, General public revenue" in done.output


def test_a_column_of_the_planner_whose_title_has_brackets() -> None:
    """The unit of its head is what stands in the last of them."""
    names = machine_names(TABLES["cities"])
    assert read_head(names, "3—5 岁常住人口（规划）（人）") == ("", "人")
    assert read_head(names, "3—5 岁常住人口（规划）（2020年）") == ("", "规划")
    assert read_head(names, "常住人口（2020年）（万人）") == ("residents", "万人")


def test_a_column_that_is_lost(folder: Path) -> None:
    """Without the key one error; without a column of figures a warning, and so for 10⁻⁴ of what stood there."""

    def without(name: str, to: str) -> Path:
        book = openpyxl.load_workbook(made(folder) / "财政.xlsx")
        sheet = book["城市"]
        sheet.delete_cols([cell.value for cell in sheet[2]].index(name) + 1)
        book.save(folder.parent / to)
        return folder.parent / to

    assert refused(folder, without("city", "a.xlsx")) == [("missing_column", "a.xlsx#城市", 1, None)]
    now = float(read(folder).tables["cities"]["revenue"].iloc[0])
    for form, code in (
        (without("fund_revenue", "b.xlsx"), "column_left_out"),
        (filled(folder, "财政", {("城市", 3, "revenue"): now / 10_000}), "unit_suspect"),
        (filled(folder, "财政", {("城市", 3, "revenue"): now * 1.3}, "c.xlsx"), None),
    ):
        found = alloc.merge_forms(folder, [form]).findings
        assert [(each.severity, each.code) for each in found] == ([("warning", code)] if code else [])
