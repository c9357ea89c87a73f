"""Workbooks that alloc writes: nothing lost on the way there and back, and what helps to fill them in."""

from __future__ import annotations

import json
import math
import struct
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alloc.cli.commands.convert import convert as command
from alloc.instance import InputError, load, read
from alloc.instance.cells import tidy
from alloc.instance.files.reading import read_source, typed_sheets
from alloc.instance.schema.tables import TABLES
from alloc.workbook import layout
from alloc.workbook.content import Content, from_instance, from_source
from alloc.workbook.convert import ConvertError, convert
from alloc.workbook.notes import column_note
from alloc.workbook.write.workbook import TooLarge, write_workbook
from instances import CITIES, write_tiny
from workbooks import Formula, write_book


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The national instance as a workbook in both languages, opened with its formulas."""
    home = tmp_path_factory.mktemp("books")
    for language in ("zh", "en"):
        convert("china-2020", home / f"{language}.xlsx", language)
    return {language: openpyxl.load_workbook(home / f"{language}.xlsx") for language in ("zh", "en")} | {"home": home}


# ----------------------------------------------------------------------------------------------- there and back


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("tables", ["csv", "parquet"])
def test_there_and_back(language: str, tables: Any, folder: Path, tmp_path: Path) -> None:
    cities = CITIES.replace("province_name", "province_name,sector,2020").replace("广东省", "广东省,001,0.1").replace(
        "广西壮族自治区", "广西壮族自治区,,"
    )  # fmt: skip
    write_tiny(folder, cities=cities, earmarks='city,pool,amount,reason\n450900,land,40,"两行\n\n""引号"", 逗号"\n')
    before = read(folder)
    convert(folder, tmp_path / "plan.xlsx", language)
    assert read(tmp_path / "plan.xlsx").hash == before.hash
    convert(tmp_path / "plan.xlsx", tmp_path / "back", tables=tables)
    after = read(tmp_path / "back")
    assert after.hash == before.hash
    assert after.tables["cities"]["sector"].tolist() == ["001", "001", ""]
    assert {path.suffix for path in (tmp_path / "back").iterdir()} == {".toml", f".{tables}"}


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize(("language", "tables"), [("zh", "csv"), ("en", "parquet")])
def test_the_national_instance_there_and_back(language: str, tables: Any, books: dict, tmp_path: Path) -> None:
    expected = read("china-2020").hash
    assert read(books["home"] / f"{language}.xlsx").hash == expected
    convert(books["home"] / f"{language}.xlsx", tmp_path / "back", tables=tables)
    assert read(tmp_path / "back").hash == expected


@pytest.mark.long
@pytest.mark.parametrize("name", ["hand", "families/debt_room", "infeasible/floors_above_total"])
def test_other_instances_there_and_back(name: str, tmp_path: Path) -> None:
    convert(name, tmp_path / "plan.xlsx", "zh")
    convert(tmp_path / "plan.xlsx", tmp_path / "other.xlsx", "en")
    assert read(tmp_path / "other.xlsx").hash == read(name).hash


def test_from_csv_to_parquet(folder: Path, tmp_path: Path) -> None:
    convert(folder, tmp_path / "other", tables="parquet")
    assert read(tmp_path / "other").hash == read(folder).hash


def test_what_is_written_from_an_instance_in_memory(folder: Path, tmp_path: Path) -> None:
    instance = read(folder)
    write_workbook(from_instance(instance), tmp_path / "plan.xlsx", "zh")
    assert read(tmp_path / "plan.xlsx").hash == instance.hash


def test_the_same_instance_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        convert(folder, tmp_path / name, "zh")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


doubles = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("d", struct.pack("Q", bits))[0])
numbers = st.one_of(doubles.filter(math.isfinite), st.floats(0, 1e9), st.integers(0, 10**15).map(float))
texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\ufffe\uffff"), max_size=12).map(
    lambda text: tidy(text)  # what nobody sees is not read
)


@pytest.mark.long
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(texts, numbers), min_size=1, max_size=30))
@example([(text, 0.1 + 0.2) for text in (
    "=1+1", "+1", "-", "@x", "'x", "{=A1}", "001", "1e5", "TRUE", "#N/A", "１２３", "_x0041_", "x\ny", "<&>", '"q"',
    "http://a.b", "2020-01-01", "\U0001f3d9", "a\tb", "a  b", "\x01", "x*", "ᵉ", "0.10", "1,234",
)])  # fmt: skip
def test_any_text_and_any_number_is_carried_over(tmp_path: Path, cells: list[tuple[str, float]]) -> None:
    tables = from_source(read_source(write_tiny(tmp_path / "tiny"))).tables
    cities = {
        "city": [f"{100000 + place}" for place in range(len(cells))],
        "name": [text or None for text, _ in cells],
        "idle": [number for _, number in cells],
        "of their own": [number for _, number in cells],
        "说明": ["text", *(text or None for text, _ in cells[1:])],
    }
    path = tmp_path / "plan.xlsx"
    write_workbook(Content({}, {**tables, "cities": cities}), path, "zh")
    frame = typed_sheets(read_source(path))[0]["cities"].frame
    for name, expected in cities.items():
        assert frame[name].tolist() == [cell if cell is not None else "" for cell in expected], name


def test_an_instance_that_is_not_right_yet_is_carried_over_too(tmp_path: Path) -> None:
    """Words for numbers, unknown columns, wrong and missing settings: the copy has the same findings."""
    folder = write_tiny(
        tmp_path / "tiny",
        cities={("440300", "residents"): "many", ("440500", "willingness"): "35", ("450900", "city"): "x"},
        pools={("land", "exhaust"): "perhaps", ("land", "kind"): "ground"},
        earmarks="city,pool,amount,resaon\n450900,land,1,x\n",
        toml={"year = 2021": "", "gap = 0.001": 'gap = 3\nwhat = "ever"', "stock_ratio = 2.0": 'stock_ratio = "two"'},
    )

    def said(path: Path) -> list[tuple[str | None, ...]]:
        return sorted((each.code, each.column or "", each.key or "", each.value or "") for each in load(path)[1])

    before = said(folder)
    assert len(before) > 10
    for origin, target in ((folder, tmp_path / "plan.xlsx"), (tmp_path / "plan.xlsx", tmp_path / "again")):
        assert convert(origin, target, "zh").findings
        assert said(target) == before


def test_what_cannot_be_read_is_not_converted(folder: Path, tmp_path: Path) -> None:
    (folder / "cities.parquet").write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        convert(folder, tmp_path / "plan.xlsx")
    assert [each.code for each in caught.value.findings] == ["several_files"]
    broken = write_book(tmp_path / "broken.xlsx", cities=lambda rows: rows[1].__setitem__(4, Formula("=NA()", "#N/A")))
    for origin in (broken, tmp_path / "nowhere", write_tiny(tmp_path / "bad", toml="x = [")):
        with pytest.raises(InputError):
            convert(origin, tmp_path / "out")
    assert not (tmp_path / "plan.xlsx").exists() and not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


def test_what_a_workbook_cannot_hold_is_not_converted(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path / "long", earmarks=f"city,pool,amount,reason\n450900,land,40,{'长' * 40000}\n")
    with pytest.raises(ConvertError, match="does not fit into a cell"):
        convert(folder, tmp_path / "plan.xlsx")
    folder = write_tiny(tmp_path / "odd", earmarks="city,pool,amount,reason\n450900,land,40,_x005F_x0041_\n")
    with pytest.raises(ConvertError, match="earmarks cannot be converted without loss"):
        convert(folder, tmp_path / "plan.xlsx")
    assert not (tmp_path / "plan.xlsx").exists() and not list(tmp_path.glob(".*"))
    with pytest.raises(TooLarge):
        write_workbook(Content({}, {"factors": {"pool": ["x"] * 600_000}}), tmp_path / "plan.xlsx", "en")


# ------------------------------------------------------------------------------------------------- the command


@pytest.mark.long
def test_the_command(folder: Path, tmp_path: Path) -> None:
    def call(*arguments: object) -> Any:
        return CliRunner().invoke(command, [str(each) for each in arguments])

    book, older = tmp_path / "plan.xlsx", tmp_path / "plan.1.xlsx"
    done = call(folder, book, "--lang", "zh")
    assert (done.exit_code, done.output) == (0, f"已写入 {book}\n")
    first = book.read_bytes()
    done = call(folder, book, "--lang", "en")
    assert done.exit_code == 0 and str(older) in done.output
    assert older.read_bytes() == first != book.read_bytes()
    copy = tmp_path / "copy"
    assert call(book, copy).exit_code == 0
    done = call(book, copy, "--tables", "parquet", "--lang", "en", "--format", "json")
    told = {"written": str(copy), "older": str(tmp_path / "copy.1"), "errors": 0, "left": []}
    assert json.loads(done.output) == told
    assert read(copy).hash == read(tmp_path / "copy.1").hash == read(folder).hash
    assert "not an instance that alloc has written" in call(book, folder, "--lang", "en").output
    write_tiny(folder, cities={("440300", "residents"): "many"})
    done = call(folder, tmp_path / "wrong.xlsx", "--lang", "en")
    assert done.exit_code == 0 and "It has 1 error:" in done.output
    assert call(tmp_path / "nowhere", book).exit_code == 1
    assert call(folder, tmp_path).exit_code == 1
    assert "what is read lies in it" in call(folder, tmp_path, "--lang", "en").output  # the origin lies in it
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("kept", encoding="utf-8")
    assert "is not an instance" in call(folder, other, "--lang", "en").output
    assert call(folder, folder / "instance.toml").exit_code == 1
    assert "names nothing new" in call(folder, ".", "--lang", "en").output
    assert "inside an instance" in call(folder, folder / "plan.xlsx", "--lang", "en").output
    assert "is what is read" in call(book, book, "--lang", "en").output
    (tmp_path / "dir.xlsx").mkdir()
    assert call(folder, tmp_path / "dir.xlsx").exit_code == 1


def test_scenarios_and_pages_go_from_folder_to_folder(folder: Path, tmp_path: Path) -> None:
    """A workbook cannot hold pages, which is said; what is nobody's stays where it is."""
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "方案 一.toml").write_text('title = { zh = "一", en = "One" }\n', encoding="utf-8")
    (folder / "README.md").write_text("read me", encoding="utf-8")
    (folder / "notes.tmp").write_text("no page", encoding="utf-8")
    assert convert(folder, tmp_path / "copy").left == ()
    assert (tmp_path / "copy" / "README.md").read_text(encoding="utf-8") == "read me"
    assert [path.name for path in (tmp_path / "copy" / "scenarios").iterdir()] == ["方案 一.toml"]
    assert not (tmp_path / "copy" / "notes.tmp").exists()
    assert convert(folder, tmp_path / "plan.xlsx").left == ("README.md",)
    done = CliRunner().invoke(command, [str(folder), str(tmp_path / "again.xlsx"), "--lang", "zh"])
    assert "没有带去的内容：README.md" in done.output


def test_check_and_solve_take_the_workbook(folder: Path, tmp_path: Path) -> None:
    from alloc.api import check

    convert(folder, tmp_path / "plan.xlsx", "zh")
    assert [each.code for each in check(tmp_path / "plan.xlsx")] == [each.code for each in check(folder)]
    assert load(str(tmp_path / "plan.xlsx"))[0] is not None


# --------------------------------------------------------------------------------------- what helps to fill in


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_sheets_titles_and_hidden_names(language: str, books: dict) -> None:
    book = books[language]
    place = 0 if language == "zh" else 1
    rows = read("china-2020").tables
    tables = [
        table.title[place] for table in TABLES.values() if not table.later or table.awaited or len(rows[table.name])
    ]
    around = [title[place] for title in (layout.GUIDE, layout.SETTINGS, layout.SCENARIOS, layout.CHECKS, layout.LISTS)]
    assert book.sheetnames == [*around[:2], *tables, *around[2:]]
    assert book[around[4]].sheet_state == "veryHidden"
    for table in (each for each in TABLES.values() if not each.later):
        sheet = book[table.title[place]]
        assert sheet.row_dimensions[2].hidden and not sheet.row_dimensions[1].hidden
        assert sheet.freeze_panes is not None and sheet.freeze_panes.endswith("3") and sheet.freeze_panes != "A3"
        names = [cell.value for cell in sheet[2]]
        assert [name for name in names if name in table.by_name] == list(table.names)
        for title, name in zip(sheet[1], names, strict=True):
            column = table.by_name.get(name)
            assert title.comment is not None and title.comment.text
            if column is None:
                continue
            assert title.value.startswith(column.title[place])
            assert ("*" in title.value) == column.required_in(language)
            assert (column.unit[place].split("(")[0].split("（")[0].strip() or "") in title.value
            assert column_note(table, column, language) in title.comment.text and name in title.comment.text


@pytest.mark.long
def test_estimated_and_assumed_columns_are_marked(books: dict) -> None:
    sheet = books["zh"]["城市"]
    titles = {name.value: title for title, name in zip(sheet[1], sheet[2], strict=True)}
    assert titles["residents"].value == "常住人口*\n（人）"
    assert titles["built_up"].value == "现状城镇建设用地*ᵉ\n（公顷）"
    assert titles["maturing"].value == "到期债务本金*ᵃ\n（万元/年）"
    assert titles["gdp"].value == "地区生产总值ᵉ\n（万元/年）"
    assert titles["idle"].value.endswith("ᵉ\n（公顷）")  # built_up is estimated in some cities only, cell by cell
    fills = {name: titles[name].fill.start_color.rgb for name in ("residents", "idle", "maturing")}
    assert len(set(fills.values())) == 3
    assert "ᵉ数据状态：估计（" in titles["idle"].comment.text
    assert "ᵉ" not in "".join(cell.value for cell in sheet[2])


@pytest.mark.long
def test_cells_have_types_and_formats(books: dict) -> None:
    cities, capacity, pools = (books["zh"][title] for title in ("城市", "现有能力", "资源池"))
    row = {name.value: cell for name, cell in zip(cities[2], cities[3], strict=True)}
    assert (row["city"].value, row["city"].number_format) == ("110000", "@")
    assert (row["residents"].value, row["residents"].number_format) == (21893095, "#,##0")
    assert row["idle"].number_format == "#,##0.0" and row["lon"].number_format == "0.000000"
    assert row["willingness"].value is None
    assert [cell.value for cell in capacity[2]] == ["city", "#city", "service", "#service", "capacity"]
    assert capacity["B3"].value == (
        "=IFERROR(INDEX(选项!$A$1:$A$674,MATCH(A3,城市!$A$3:$A$676,0)),"
        'IFERROR(INDEX(选项!$A$1:$A$674,MATCH(A3,选项!$B$1:$B$674,0)),""))'
    )
    row = {name.value: cell for name, cell in zip(pools[2], pools[3], strict=True)}
    assert (row["kind"].value, row["use"].value, row["exhaust"].value) == ("转移支付", "一般支出", "是")
    row = {name.value: cell for name, cell in zip(books["en"]["Pools"][2], books["en"]["Pools"][3], strict=True)}
    assert (row["kind"].value, row["exhaust"].value) == ("transfer", "yes")


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_drop_downs_and_ranges(language: str, books: dict) -> None:
    """Every code, enumeration and flag offers its values; every numeric column knows its range."""
    book, place = books[language], 0 if language == "zh" else 1
    for table in (each for each in TABLES.values() if not each.later):
        sheet = book[table.title[place]]
        letters = {cell.value: cell.column_letter for cell in sheet[2]}
        rules = {str(rule.sqref).partition("3:")[0]: rule for rule in sheet.data_validations.dataValidation}
        for column in table.columns:
            rule = rules.get(letters[column.name])
            if column.references:
                assert rule is not None and rule.type == "list" and rule.formula1 == f"names_{column.references}"
                assert column.references in ("cities", "services", "pools") and rule.formula1 in book.defined_names
            elif column.kind in ("enum", "flag"):
                assert rule is not None and rule.type == "list"
                assert rule.formula1.strip('"').split(",") == layout.choices(column, language)
            elif column.numeric:
                assert rule is not None and rule.type == "decimal"
                if column.minimum is not None:
                    assert float(rule.formula1) == column.minimum
                if column.maximum is not None:
                    assert float(rule.formula2) == column.maximum
            if rule is not None and rule.type == "list" and rule.formula1.startswith('"'):
                assert len(rule.formula1) <= 255 + 2, "longer ones stand in a range"
    rows = int(book.defined_names["names_cities"].attr_text.rpartition("$")[2].split(")")[0])
    assert rows > 340 + 100, "there is room for more cities"


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_names_every_column(language: str, books: dict) -> None:
    place = 0 if language == "zh" else 1
    sheet = books[language][layout.GUIDE[place]]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    texts = {str(cell) for line in lines for cell in line if cell}
    for table in (each for each in TABLES.values() if not each.later):
        assert f"{table.title[place]} · {table.name}" in texts
        for column in table.columns:
            line = next(
                line for line in lines if line[1] == column.name and column_note(table, column, language) == line[5]
            )
            assert line[0].startswith(column.title[place]) and line[3] in (column.unit[place], None, "")
    assert "size_class" in texts and "fiscal_gap" in texts


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_settings_have_titles_units_and_ranges(language: str, books: dict) -> None:
    place = 0 if language == "zh" else 1
    sheet = books[language][layout.SETTINGS[place]]
    rows = {row[0].value: [cell.value for cell in row] for row in sheet.iter_rows() if row[0].value}
    assert rows["policy.debt.ceiling"][1:5] == [
        ("债务率上限*", 1.5, "综合财力的倍数", "大于 0"),
        ("Ceiling of the debt ratio*", 1.5, "multiple of the reference revenue", "above 0"),
    ][place] or list(rows["policy.debt.ceiling"][1:5]) == [
        ["债务率上限*", 1.5, "综合财力的倍数", "大于 0"],
        ["Ceiling of the debt ratio*", 1.5, "multiple of the reference revenue", "above 0"],
    ][place]  # fmt: skip
    assert rows["policy.debt.tiers[3]"][2:5] == [None, ("红（red）", "red")[place], 0]
    words = [["公平：最薄弱人口的得分", "最薄弱部分的平均"], ["fairness", "cvar"]][place]
    assert rows["objective[1]"][2:6] == [*words, 0.1, 0.005]
    assert rows["integers"][2] == ("是", "yes")[place]
    assert rows["policy.land.no_linked_land"][2] == ("超大城市、特大城市", "megacity, very_large")[place]


def test_nothing_is_complained_of_while_writing(tmp_path: Path) -> None:
    """The writing library only warns of what Excel would refuse: a name too long, a formula beyond its limits."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for language in ("zh", "en"):
            write_workbook(from_source(read_source(write_tiny(tmp_path / "t"))), tmp_path / "plan.xlsx", language)
            write_workbook(Content({}, {}), tmp_path / "empty.xlsx", language)


def test_an_empty_instance_can_be_filled_in(tmp_path: Path) -> None:
    """A workbook without any rows, filled in by hand, is an instance."""
    path = tmp_path / "plan.xlsx"
    source = read_source(write_tiny(tmp_path / "tiny"))
    tables = {name: {column: [] for column in raw.columns} for name, raw in source.tables.items()}
    write_workbook(Content(source.data or {}, tables), path, "zh")
    assert {each.code for each in load(path)[1]} == {"no_rows"}
    book = openpyxl.load_workbook(path)
    for name, raw in source.tables.items():
        sheet = book[TABLES[name].title.zh]
        letters = {cell.value: cell.column for cell in sheet[2]}
        for column, cells in raw.columns.items():
            described = TABLES[name].by_name.get(column)
            for row, text in enumerate(cells, start=3):
                number = text and (described is None or described.numeric)
                sheet.cell(row, letters[column], float(text) if number else text or None)
    book.save(path)
    assert read(path).hash == read(tmp_path / "tiny").hash


def test_every_number_format_shows_what_stands_there() -> None:
    from alloc.workbook.styles import number_format

    residents, share = TABLES["cities"].by_name["residents"], TABLES["pools"].by_name["reserve"]
    assert number_format(residents, [1.0, 1e7]) == "#,##0"
    assert number_format(residents, [1.5, 2.25]) == "#,##0.00"
    assert number_format(residents, []) == "#,##0"
    assert number_format(share, [0.35, None]) == "#,##0.00"
    assert number_format(share, []) == "0.0###"
    assert number_format(None, [math.pi]) == "#,##0.000000"


def test_headers_are_read_as_they_are_written() -> None:
    from alloc.instance.files.heads import machine_name, machine_names

    for table in TABLES.values():
        for language in ("zh", "en"):
            for statuses in ((), ("estimated",), ("assumed",), ("estimated", "assumed")):
                for column in table.columns:
                    text = layout.clean_header(layout.header(column, language, statuses))
                    assert machine_name(machine_names(table), text) == column.name
