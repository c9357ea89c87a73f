"""What a Chinese workbook shows: titles in the place of names, read back as names; and pages that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import alloc
from alloc.instance import read
from alloc.instance.schema.tables import TABLES
from alloc.workbook.convert import convert
from alloc.workbook.layout import in_titles, sheet_of
from alloc.workbook.printing import A3, A4, SMALLEST_PRINT
from alloc.workbook.records import Records
from alloc.workbook.scenarios import hidden as scenarios_hidden
from alloc.workbook.settings_layout import BY_PATH
from alloc.workbook.styles import SIZE
from alloc.workbook.words import Names, names_meant, setting_meant, setting_shown
from instances import write_tiny

NAME = re.compile(r"[a-z][a-z0-9_]*(?:[.:][a-z0-9_]+)*")
# Codes stay beside their names; what else is in Latin letters is data.
SHOWN_AS_THEY_ARE = {"title_en", "name_en", "unit_en"}


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The national instance as a workbook in a language, written once; nothing may be changed in it."""
    folder = tmp_path_factory.mktemp("china")

    @cache
    def written(language: str) -> Path:
        convert("china-2020", folder / f"{language}.xlsx", language)
        return folder / f"{language}.xlsx"

    return written


@pytest.fixture(scope="module")
def china(nation: Callable[[str], Path]) -> Path:
    return nation("zh")


@pytest.fixture(scope="module")
def book(china: Path) -> Any:
    return openpyxl.load_workbook(china)


def test_no_visible_cell_holds_a_name(book: Any) -> None:
    """But for codes, which stand beside their titles, and for what no schema describes."""
    for table in (each for each in TABLES.values() if each.title.zh in book.sheetnames):
        sheet = book[table.title.zh]
        codes = {column.name for column in table.columns if column.kind == "code"}
        for cells in sheet.iter_cols():
            name = cells[1].value
            if name in SHOWN_AS_THEY_ARE | codes:
                continue
            shown = {cell.value for cell in cells[2:] if isinstance(cell.value, str) and NAME.fullmatch(cell.value)}
            assert shown <= {"growth", "region"}, (table.name, name)  # columns of the planner's own, without a title


LATIN = re.compile(r"[A-Za-z]{2,}")


def seen(sheet: Any) -> dict[str, str]:
    """Texts of a sheet that a reader sees and that have a Latin word, by cell."""
    columns = {column for column, of in sheet.column_dimensions.items() if of.hidden}
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        if not sheet.row_dimensions[row[0].row].hidden
        for cell in row
        if cell.data_type == "s" and cell.column_letter not in columns and LATIN.search(cell.value)
    }


def test_sheets_to_read_hold_no_latin_words(book: Any) -> None:
    """But for commands; in the guide also for machine names, in their own column and behind the titles of tables."""
    assert list(seen(book["核对"]).values()) == ["公式随填报自动更新；✗ 处请核对。全部检查以 alloc check 为准。"]
    names = {*TABLES, *(column.name for table in TABLES.values() for column in table.columns)}
    for cell, said in seen(book["填报说明"]).items():
        named = cell.startswith("B") or said.rpartition(" · ")[2] in names
        assert named or not LATIN.search(re.sub("alloc (check|solve)|--scenario", "", said)), (cell, said)


def test_scenarios_are_told_in_the_readers_language(book: Any) -> None:
    """Their English titles and reasons are hidden where Chinese ones stand beside them; an empty sheet shows all."""
    sheet = book["情景"]
    names = {cell.value: cell.column_letter for cell in sheet[2]}
    hidden = {name for name, letter in names.items() if sheet.column_dimensions[letter].hidden}
    assert hidden == {"title_en", "why"}
    assert not LATIN.search(" ".join(str(cell.value or "") for cell in sheet[names["why_zh"]][2:]))
    both: dict[str, list[str]] = {"title_zh": ["甲"], "title_en": ["A"], "why": ["b"], "why_zh": [""]}
    assert scenarios_hidden(both, "zh") == ["title_en", "why_zh"] and "title_zh" in scenarios_hidden(both, "en")
    assert scenarios_hidden({name: [""] for name in both}, "zh") == []


def test_conditions_stand_by_titles(book: Any) -> None:
    shown = {
        name: [cell.value for cells in book[name].iter_cols() if cells[1].value == "where" for cell in cells[2:]]
        for name in ("资源池", "分组限制")
    }
    assert shown == {
        "资源池": ["标准收支缺口 > 0", "可新增债务 > 0", None, None, None, "可新增债务 > 0"],
        "分组限制": ["城市规模等级 = '超大城市'", "地区 = '东北'"],
    }


def test_the_sheet_of_sources_is_read_back(china: Path, book: Any) -> None:
    sheet = book["数据来源"]
    said = {(row[0], row[1]) for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert {("城市", "一般公共预算收入"), ("现有能力", "现有能力"), ("城市", "3—5 岁常住人口")} <= said
    assert {row[2] for row in book["单元格数据来源"].iter_rows(min_row=3, values_only=True)} >= {"医院", None}
    assert read(china).hash == read("china-2020").hash


def test_titles_that_a_planner_writes(tmp_path: Path) -> None:
    """Either title, the unit behind it, and the name itself are read; what nothing is called is a finding as it is."""
    folder = write_tiny(
        tmp_path / "tiny", sources="table,column,status,source,year,note\ncities,revenue,published,,,\n"
    )
    convert(folder, tmp_path / "plan.xlsx", "zh")
    for title in ("一般公共预算收入", "General public revenue", "revenue"):
        book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
        book["数据来源"]["B3"] = title
        book.save(tmp_path / "other.xlsx")
        assert read(tmp_path / "other.xlsx").tables["sources"]["column"].tolist() == ["revenue"]
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    book["公共服务"]["F3"] = "六岁以上"
    book.save(tmp_path / "wrong.xlsx")
    (finding,) = [each for each in alloc.check(tmp_path / "wrong.xlsx") if each.severity == "error"]
    assert (finding.file, finding.row, finding.value) == ("wrong.xlsx#公共服务", 3, "六岁以上")


def test_a_title_that_two_have_is_not_shown() -> None:
    cells = {"pools": {"pool": ["a", "b", "c"], "title_zh": ["用地", "用地", "债券"]}}
    names = Names(cells)
    assert names.shown("limits", "quantity", "allocation:a", {}) == "allocation:a"
    assert names.shown("limits", "quantity", "allocation:c", {}) == "分配：债券"
    assert names.meant("limits", "quantity", "分配：债券", {}) == "allocation:c"
    assert names.meant("limits", "quantity", "分配：用地", {}) == "分配：用地"
    assert names.shown("limits", "quantity", "land_use:housing", {}) == "用地：居住"
    assert names.meant("limits", "quantity", "用地：居住", {}) == "land_use:housing"
    assert names.shown("services", "cohort", "residents", {}) == "常住人口"
    texts = {"factors": {"factor": ["常住人口", "财力缺口", "x"]}}
    assert list(names_meant(texts)) == [("factors", "factor", 0, "常住人口"), ("factors", "factor", 1, "财力缺口")]
    assert texts["factors"]["factor"] == ["residents", "fiscal_gap", "x"]


def test_settings_in_words(book: Any) -> None:
    sheet = book["设置"]
    values = {row[0].value: row[2].value for row in sheet.iter_rows() if row[0].value}
    assert values["policy.land.no_linked_land"] == "超大城市、特大城市"
    assert values["objective[0]"] == "兜底：最低标准缺口"
    assert sheet.column_dimensions["A"].hidden
    for setting in BY_PATH.values():
        for part in (setting, *setting.parts):
            for choice in part.choices:
                assert setting_meant(part, setting_shown(part, choice)) == choice
                assert setting_meant(part, choice) == choice
    tier = next(part for setting in BY_PATH.values() for part in setting.parts if part.path == "tier")
    assert setting_meant(tier, "产业用地保障率") == "production"  # what it was called before
    assert setting_meant(tier, "") == ""


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_printed_letters_can_be_read(language: str, nation: Callable[[str], Path]) -> None:
    """On a page as wide as the sheet, or on several beside each other with the first columns on each."""
    book = openpyxl.load_workbook(nation(language))
    place = ("zh", "en").index(language)
    for table in (each for each in TABLES.values() if each.title[place] in book.sheetnames):
        sheet = book[table.title[place]]
        columns = (sheet.column_dimensions[cell.column_letter] for cell in sheet[1])
        wide = sum((7 * column.width + 5) * 25.4 / 96 for column in columns if not column.hidden)
        page = {A4[0]: A4[1], A3[0]: A3[1]}[sheet.page_setup.paperSize]
        printed = sheet.sheet_properties.pageSetUpPr
        scale = min(1, page / wide) if printed and printed.fitToPage else sheet.page_setup.scale / 100
        assert scale * SIZE[language] > SMALLEST_PRINT - 0.5, table.name
        assert sheet.print_title_rows == "$1:$1" and "&P" in sheet.oddFooter.right.text
    cities = book[TABLES["cities"].title[place]]
    assert cities.print_title_cols == "$A:$B" and cities.page_setup.pageOrder == "overThenDown"


def test_own_columns_may_be_called_anything() -> None:
    said = in_titles("表中没有 (((land 和 a.b 列。", {"(((land": "土地", "a.b": "比重"}, {})
    assert said == "表中没有“土地”和“比重”列。"


def test_quantities_of_tables_that_may_be_left_out() -> None:
    """By title and back where the table that brings them has a row; else as they are."""
    titled = {
        "programmes": {"programme": ["old"], "title_zh": ["老旧小区"]},
        "services": {"service": ["school"], "title_zh": ["小学"]},
    }
    names, without = Names({**titled, "links": {TABLES["links"].key[0]: ["school"]}}), Names(titled)
    shown = {"run:old": "当年完成：老旧小区", "moved:school": "迁出能力：小学", "shared:school": "供出能力：小学"}
    for name, title in shown.items():
        assert names.shown("limits", "quantity", name, {}) == title
        assert names.meant("limits", "quantity", title, {}) == name
    assert without.shown("limits", "quantity", "moved:school", {}) == "moved:school"


def test_what_may_stand_in_a_setting_is_said_in_its_words() -> None:
    notes = {path: setting.note for path, setting in BY_PATH.items()}
    assert notes["stage"].zh == "提前下达、正式下达、追加下达、全年；空缺为全年"
    assert notes["policy.services.restricted_zones"].zh == "核心区、外围区；可不填"


def _picked(path: Path, language: str, origin: Path | str) -> int:
    """Names from the drop-downs in the place of all codes of records that cells hold; gives how many."""
    book, place, count = openpyxl.load_workbook(path), ("zh", "en").index(language), 0
    lists = openpyxl.load_workbook(path, data_only=True)[("选项", "Lists")[place]]
    instance = read(origin)
    for table in (each for each in TABLES.values() if each.title[place] in book.sheetnames):
        for cells in book[table.title[place]].iter_cols():
            column = table.by_name.get(cells[1].value)
            if column is None or not column.references:
                continue
            listed = book.defined_names[f"names_{column.references}"].attr_text.partition("$")[2].partition("$")[0]
            codes = instance.tables[column.references][TABLES[column.references].key[0]]
            rows = {str(cell.value): row for row, cell in
                    enumerate(_key_cells(book, column.references, place), start=1)}  # fmt: skip
            offered = {code: lists[f"{listed}{rows[code]}"].value for code in codes}
            for cell in cells[2:]:
                if cell.value is not None:
                    cell.value, count = offered[cell.value], count + 1
    book.save(path)
    return count


def _key_cells(book: Any, table: str, place: int) -> Any:
    return next(cells[2:] for cells in book[TABLES[table].title[place]].iter_cols()
                if cells[1].value == TABLES[table].key[0])  # fmt: skip


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("origin", "count"), [("purses", 7), ("programmes", 9), ("extension", 11)])
def test_names_that_drop_downs_offer_are_read_as_codes(origin: str, count: int, language: str, tmp_path: Path) -> None:
    folder = Path(__file__).parents[1] / "instances" / "families" / origin
    convert(folder, tmp_path / "plan.xlsx", language)
    assert _picked(tmp_path / "plan.xlsx", language, folder) == count
    assert read(tmp_path / "plan.xlsx").hash == read(folder).hash
    convert(tmp_path / "plan.xlsx", tmp_path / "again.xlsx", language)
    convert(folder, tmp_path / "straight.xlsx", language)
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "straight.xlsx").read_bytes()


def test_two_cities_of_one_name_are_told_apart_by_their_codes(tmp_path: Path) -> None:
    records = Records("cities", {"city": ["1", "2", "3", "4"], "name": ["朝阳区", "朝阳区", "通州市", "1"],
                                 "name_en": ["Chaoyang", None, "Tongzhou", "Four"]})  # fmt: skip
    assert records.offered("zh") == ["朝阳区（1）", "朝阳区（2）", "通州市", "1（4）"]
    assert records.offered("en") == ["Chaoyang", "朝阳区", "Tongzhou", "Four"]
    said = {"朝阳区（1）": "1", "朝阳区(2)": "2", "朝阳区（3）": "朝阳区（3）", "朝阳区": "朝阳区", "通州": "3",
            "chaoyang": "1", "1": "1", "1（4）": "4", "南京市": "南京市", "": ""}  # fmt: skip
    assert {text: records.meant(text) for text in said} == said
    folder = write_tiny(tmp_path / "tiny")
    cities = (folder / "cities.csv").read_text(encoding="utf-8").replace("玉林市", "朝阳区").replace("深圳市", "朝阳区")
    (folder / "cities.csv").write_text(cities, encoding="utf-8")
    convert(folder, tmp_path / "plan.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    book["戴帽指标"]["A3"], book["戴帽指标"]["C3"], book["戴帽指标"]["E3"] = "朝阳区", "land", 40
    book.save(tmp_path / "plan.xlsx")
    (finding,) = [each for each in alloc.check(tmp_path / "plan.xlsx") if each.severity == "error"]
    assert finding.message.zh == "“城市”表中没有这个代码。"
    assert finding.remedy.zh == "有多个“朝阳区”，请用代码：440300 朝阳区、450900 朝阳区。"
    assert finding.remedy.en == "Several are called “朝阳区”; give a code: 440300 朝阳区, 450900 朝阳区."


def test_factors_and_columns_of_schemes_are_offered_by_their_titles(book: Any) -> None:
    for table, column, offered in (("scheme_factors", "factor", {"户籍人口", "常住人口", "财力缺口"}),
                                   ("scheme_weights", "column", {"行政级别", "地区", "城市规模等级"})):  # fmt: skip
        sheet = book[TABLES[table].title.zh]
        (letter,) = [cell.column_letter for cell in sheet[2] if cell.value == column]
        (rule,) = [each for each in sheet.data_validations.dataValidation if str(each.sqref).startswith(f"{letter}3:")]
        area = rule.formula1.partition("!")[2].replace("$", "")
        assert offered <= {cell.value for (cell,) in book["选项"][area]}


@pytest.mark.slow
def test_labels_of_cities_in_words(tmp_path: Path, book: Any, china: Path) -> None:
    """The usual ones with their code, by which conditions call them; a planner's own stay as they are."""
    names = [cell.value for cell in book["城市"][2]]
    shown = {name: {row[names.index(name)] for row in book["城市"].iter_rows(min_row=3, values_only=True)}
             for name in ("role", "region", "unit_type")}  # fmt: skip
    assert shown["role"] - {None} == {"中心城市（centre）", "外围城市（ring）"}
    assert "东北（northeast）" in shown["region"] and "直辖市（municipality）" in shown["unit_type"]
    tiers = [row[2].value for row in book["设置"].iter_rows() if str(row[0].value).startswith("policy.debt.tiers[")]
    assert tiers[:4] == [1.2, 2, 3, None]
    names_of = [row[3].value for row in book["设置"].iter_rows() if str(row[0].value).startswith("policy.debt.tiers[")]
    assert names_of[:4] == ["绿（green）", "黄（yellow）", "橙（orange）", "红（red）"]
    own = {"cities": {"region": ["西部", "west", "西部（west）", "west（西部）"]}}
    assert list(names_meant(own)) == [("cities", "region", 2, "西部（west）")]
    assert own["cities"]["region"] == ["西部", "west", "west", "west（西部）"]
    convert(china, tmp_path / "folder")
    convert(tmp_path / "folder", tmp_path / "again.xlsx", "zh")
    assert (tmp_path / "again.xlsx").read_bytes() == china.read_bytes()


def test_no_note_holds_a_name(book: Any) -> None:
    """But for what is there to be typed: machine names on their own line, examples of edits."""
    typed = {("scenarios", "edit")}
    for title in set(book.sheetnames) - {"填报说明", "核对", "选项", "设置"}:
        for head, name in zip(book[title][1], book[title][2], strict=True):
            table = sheet_of(title)
            if head.comment is None or (table, name.value) in typed:
                continue
            note = head.comment.text.split("\n")[0]
            assert not NAME.search(note), (title, note)
    for row in book["设置"].iter_rows(min_row=2):
        assert not re.search(r"[a-z]{2}", str(row[4].value or "")) or row[0].value.startswith("policy.debt"), row[
            4
        ].value
    notes = {row[0].value: row[4].value for row in book["设置"].iter_rows() if row[0].value}
    assert notes["formulation"] == "空缺为年度模型" and notes["policy.levels"] == "以逗号分隔；空缺为省级代码"
    assert notes["policy.services.restricted_zones"] == "核心区、外围区；可不填"


def test_labels_of_the_planners_own_stand_as_they_are(tmp_path: Path) -> None:
    """And the head says so; of labels that have a sheet with their titles the head names the sheet."""
    folder = write_tiny(tmp_path / "tiny", cities=lambda text: "\n".join(
        f"{line},{label}" for line, label in zip(text.rstrip("\n").split("\n"), ["region", "沿海带", "内陆带", "west"],
                                                strict=True)))  # fmt: skip
    for name, text in (("schemes", "scheme,title_zh,title_en\nown,自拟方案,\n"),
                       ("scheme_factors", "scheme,pool,factor,weight\nown,land,residents,1\n"),
                       ("scheme_weights", "scheme,column,value,multiplier\nown,region,沿海带,2\n")):  # fmt: skip
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    convert(folder, tmp_path / "plan.xlsx", "zh")
    assert read(tmp_path / "plan.xlsx").hash == read(folder).hash
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    (region,) = [cells for cells in book["城市"].iter_cols() if cells[1].value == "region"]
    assert [cell.value for cell in region[2:]] == ["沿海带", "内陆带", "西部（west）"]
    assert "自拟的取值不需要名称，处处照原样显示。" in region[0].comment.text.split("\n")
    assert "沿海带" in {cell.value for cell in book["比较方案的系数"][3]}
    assert "取值：“比较方案”表的比较方案代码" in book["比较方案的系数"]["A1"].comment.text.split("\n")


def told(path: Path, cells: dict[tuple[str, int, str], Any]) -> list[str]:
    """What is said of a workbook with other cells, by sheet, row and machine name of the column, to Chinese readers."""
    book = openpyxl.load_workbook(path)
    for (title, row, name), value in cells.items():
        (letter,) = [cell.column_letter for cell in book[title][2] if cell.value == name]
        book[title][f"{letter}{row}"] = value
    book.save(path.with_name("other.xlsx"))
    return [each.line("zh") for each in alloc.check(path.with_name("other.xlsx"))]


def test_what_would_be_right_is_told_in_words_of_the_sheet(tmp_path: Path) -> None:
    sources = "table,column,status,source,year,note\ncities,revenue,published,,,\ncities,interest,published,,,\n"
    convert(write_tiny(tmp_path / "tiny", sources=sources), tmp_path / "plan.xlsx", "zh")
    limit = {("分组限制", 3, name): value for name, value in (
        ("limit", "a"), ("title_zh", "甲"), ("quantity", "allocation:land"), ("sense", "小于"), ("value", 5),
        ("basis", "数额"))}  # fmt: skip
    edit = "add limits { limit = 'b', quantity = 'allocation:land', sense = '<=', value = -5, basis = 'amount' }"
    said = "\n".join(told(tmp_path / "plan.xlsx", {
        **limit, ("数据来源", 3, "table"): "城镇", ("数据来源", 4, "column"): "人口",
        ("情景", 3, "scenario"): "甲", ("情景", 3, "edit"): edit,
    }))  # fmt: skip
    assert "方向（a） = 小于：“方向”不是允许的取值。可用：不高于, 等于, 不低于。" in said
    (tables,) = (line for line in said.split("\n") if "没有这样的表" in line)
    (columns,) = (line for line in said.split("\n") if "该表没有这一列" in line)
    assert "可用：现有能力、城市、" in tables and not LATIN.search(tables.partition("可用：")[2])
    assert "人口" in columns and not LATIN.search(columns.partition("没有这一列")[2])


def test_senses_stand_in_words_and_are_read_in_either(tmp_path: Path) -> None:
    limits = "limit,title_zh,title_en,quantity,where,sense,value,basis\na,甲,A,allocation:land,,>=,1,amount\n"
    folder = write_tiny(tmp_path / "tiny", limits=limits)
    convert(folder, tmp_path / "plan.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    (cells,) = [cells for cells in book["分组限制"].iter_cols() if cells[1].value == "sense"]
    assert cells[2].value == "不低于" and read(tmp_path / "plan.xlsx").hash == read(folder).hash
    cells[2].value = "≥"
    book.save(tmp_path / "other.xlsx")
    assert read(tmp_path / "other.xlsx").hash == read(folder).hash
