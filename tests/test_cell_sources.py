"""Status by cell: a cell's own row leads over its column's, in checks, hashes, workbooks, pages and reports."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import alloc
from alloc.comparison.yardsticks import inputs_of_factor
from alloc.content.blocks import Column, Group, Listing, Marked, Section, Table
from alloc.content.numbers import excel_format, shown
from alloc.content.tables import graded, graded_rows
from alloc.instance import read
from alloc.instance.checks import sources
from alloc.instance.files.reading import load
from alloc.instance.files.sheets import Sheet
from alloc.instance.findings import Finding
from alloc.instance.instance import Instance
from alloc.instance.statuses import MIXED, statuses_of, tally
from alloc.report.city_page import Pages
from alloc.report.sections.data import data
from alloc.report.sections.debt import debt
from alloc.report.sections.people import people
from alloc.report.sections.summary import summary
from alloc.report.view import View
from alloc.result.city import Marks, city_section
from alloc.result.instance_text import instance_record, instance_section
from alloc.result.result import Result
from alloc.scenario import apply, parse_edit
from alloc.template.province import cut_province
from alloc.workbook.convert import convert
from instances import write_tiny

SOURCES = (
    "table,column,status,source\ncities,revenue,estimated,GDP\ncities,residents,published,census\n"
    "cities,debt_general,estimated,\ncapacity,capacity,estimated,\nlast_year,amount,published,\n"
)
CELLS = (
    "table,column,item,city,status,source\ncities,revenue,,440300,published,yearbook\n"
    "capacity,capacity,primary,440300,published,yearbook\nlast_year,amount,land,440300,assumed,\n"
    "cities,debt_general,,440300,published,\ncities,debt_general,,440500,assumed,\n"
    "cities,residents,,450900,published,\n"
)


def tiny(folder: Path, cells: str | None = CELLS, **changes: str) -> Path:
    home = write_tiny(folder / "tiny", **{"sources": SOURCES, **changes})  # type: ignore[arg-type]
    if cells is not None:
        (home / "cell_sources.csv").write_text(cells, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(tiny(tmp_path_factory.mktemp("cells")))


@pytest.fixture(scope="module")
def result(instance: Instance) -> Result:
    return alloc.solve(instance)


def rows_of(section: Section | None, name: str, language: str = "en") -> dict[str, tuple[str, ...]]:
    """The shown rows of a table by their first cell, its head as "" and its total as "total"."""
    assert section is not None
    (table,) = [part for part in section.parts if isinstance(part, Table) and part.name == name]
    made = shown(table, language)
    found = {row[0]: row for row in made.rows} | {"": made.heads}
    return found | ({"total": made.totals} if made.totals else {})


# ------------------------------------------------------------------------------------------------ reading and checks


def test_a_cell_leads_over_its_column(instance: Instance) -> None:
    found = statuses_of(instance.tables)
    assert found.of("cities", "revenue", "440300") == "published"
    assert found.of("cities", "revenue", "440500") == found.of("cities", "revenue") == "estimated"
    assert found.of("capacity", "capacity", "440300", "primary") == "published"
    assert found.of("capacity", "capacity", "440300", "hospital") == "estimated"
    assert found.of("cities", "idle", "440300") == ""
    frame = instance.tables["cities"]
    assert found.counts("cities", "revenue", frame) == {"published": 1, "estimated": 2}
    assert found.counts("cities", "residents", frame) == {"published": 3}
    assert found.weakest("cities", "debt_general", frame) == "assumed"
    cities = frame["city"].tolist()
    assert found.grades("cities", "debt_general", frame, cities) == [0, 2, 1]
    last = instance.tables["last_year"]
    assert found.grades("last_year", "amount", last, cities) == [2, 0, 0]
    assert found.grades("last_year", "amount", last, cities, ["equalisation"]) == [0, 0, 0]
    assert tally(instance.tables) == {MIXED: 4, "published": 1}


def test_without_the_table_nothing_changes(tmp_path: Path) -> None:
    """No file, a file without rows, and a table that lacks the column of items."""
    bare = read(tiny(tmp_path / "a", None))
    empty = read(tiny(tmp_path / "b", "table,column,item,city,status\n"))
    given = read(tiny(tmp_path / "c"))
    short = read(tiny(tmp_path / "d", "table,column,city,status\ncities,revenue,440300,published\n"))
    assert bare.hash == empty.hash != given.hash != short.hash
    assert "cell_sources" not in instance_record(bare)["tables"]
    assert instance_record(given)["tables"]["cell_sources"]["rows"] == 6
    assert statuses_of(short.tables).of("cities", "revenue", "440300") == "published"
    for language in ("zh", "en"):
        for home in (tmp_path / "a", tmp_path / "b"):
            convert(home / "tiny", home / f"{language}.xlsx", language)
        assert (tmp_path / "a" / f"{language}.xlsx").read_bytes() == (tmp_path / "b" / f"{language}.xlsx").read_bytes()
    titles = openpyxl.load_workbook(tmp_path / "a" / "zh.xlsx", read_only=True).sheetnames
    assert "数据来源" in titles and "单元格数据来源" not in titles


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    head, *rows = CELLS.splitlines()
    turned = "\n".join([head, *reversed(rows)]) + "\n"
    assert read(tiny(tmp_path / "a")).hash == read(tiny(tmp_path / "b", turned)).hash


WRONG = {
    "cities,revenu,,440300,assumed": ("warning", "unknown_column", "column", "revenu", "revenue?"),
    "city,revenue,,440300,assumed": ("warning", "unknown_table", "table", "city", "Did you mean"),
    "pools,total,land,440300,assumed": ("warning", "unknown_table", "table", "pools", "stands in sources"),
    "cities,revenue,land,440500,assumed": ("warning", "unknown_item", "item", "land", "Leave Service or pool empty."),
    "capacity,capacity,primry,440300,assumed": ("warning", "unknown_item", "item", "primry", "Did you mean primary?"),
    "capacity,capacity,,440300,assumed": ("warning", "unknown_item", "item", "", "hospital, primary"),
    "cities,revenue,,440301,assumed": ("warning", "unknown_code", "city", "440301", "one of 440300"),
    "last_year,amount,special_bond,440300,assumed": ("warning", "blank_cell", "column", "amount", "delete the row"),
    "cities,idle,,440300,guessed": ("error", "not_allowed", "status", "guessed", "assumed, derived"),
    "cities,revenue,,440300,assumed": ("error", "duplicate_key", "table", "cities", "Keep one row"),
}


@pytest.mark.parametrize("row", WRONG)
def test_every_finding(row: str, tmp_path: Path) -> None:
    severity, code, column, value, remedy = WRONG[row]
    _, plain = load(tiny(tmp_path / "plain"))
    found, findings = load(tiny(tmp_path / "wrong", CELLS.replace(",source\n", "\n", 1).replace(",yearbook", "")
                                .replace("assumed,\n", "assumed\n").replace("published,\n", "published\n")
                                + row + "\n"))  # fmt: skip
    more = [each for each in findings if each.file == "cell_sources.csv"]
    assert [(each.severity, each.code, each.row, each.column, each.value) for each in more] == [
        (severity, code, 8, column, value)
    ]
    assert remedy in more[0].remedy.en and more[0].message.zh and more[0].remedy.zh
    assert (found is None) == (severity == "error")
    assert len(findings) == len(plain) + 1


def test_a_code_that_is_wrong_elsewhere_too_is_one_finding(tmp_path: Path) -> None:
    capacity = (tiny(tmp_path / "as_it_is") / "capacity.csv").read_text(encoding="utf-8") + "440399,primary,10\n"
    cells = "table,column,item,city,status\ncapacity,capacity,primary,440399,published\n"
    _, findings = load(tiny(tmp_path / "wrong", cells, capacity=capacity))
    (one,) = [each for each in findings if each.code == "unknown_code"]
    assert one.file == "capacity.csv" and [each.file for each in one.followed_by] == ["cell_sources.csv"]


def test_sources_of_a_column_that_is_missing_follow_from_it(tmp_path: Path) -> None:
    """One error; what its sources and those of its cells would each say is counted there."""
    lines = (tiny(tmp_path / "as_it_is") / "cities.csv").read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("revenue")
    cities = "".join(",".join(cells[:at] + cells[at + 1 :]) + "\n" for cells in (line.split(",") for line in lines))
    cells = "table,column,item,city,status\ncities,revenue,,440300,published\ncities,revenu,,440500,published\n"
    _, findings = load(tiny(tmp_path / "wrong", cells, cities=cities))
    (lost,) = [each for each in findings if each.code == "missing_column"]
    assert {each.file for each in lost.followed_by} >= {"cell_sources.csv"}
    assert [each.value for each in findings if each.code == "unknown_column"] == ["revenu"]


@pytest.mark.parametrize("as_workbook", [False, True])
@pytest.mark.parametrize(("table", "column", "cause", "city", "row"), [
    ("capacity", "city", "unknown_code", "440309", "capacity, capacity, primary, 440300"),  # by another code
    ("last_year", "city", "unknown_code", "440309", "last_year, amount, land, 440300"),
    ("capacity", "capacity", "missing_value", "", "capacity, capacity, primary, 440300"),
    ("cities", "revenue", "missing_value", "", "cities, revenue, , 440300"),
])  # fmt: skip
def test_a_cell_that_is_blank_by_another_fault_is_told_there(
    table: str, column: str, cause: str, city: str, row: str, as_workbook: bool, tmp_path: Path
) -> None:
    """One finding; that its source is of a blank cell is counted there."""
    home = tiny(tmp_path)
    cells = pd.read_csv(home / f"{table}.csv", dtype=str)
    cells.loc[0, column] = city or None
    cells.to_csv(home / f"{table}.csv", index=False)
    if as_workbook:
        convert(home, tmp_path / "plan.xlsx", language="zh")
        home = tmp_path / "plan.xlsx"
    _, findings = load(home)
    assert not [each for each in findings if each.code == "blank_cell"]
    (found,) = [each for each in findings if each.code == cause]
    assert [each.key for each in found.followed_by if each.code == "blank_cell"] == [row]


# ---------------------------------------------------------------------------------------------------------- workbook


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_marks_cells(language: str, instance: Instance, tmp_path: Path) -> None:
    home = tiny(tmp_path)
    convert(home, tmp_path / "plan.xlsx", language)
    assert read(tmp_path / "plan.xlsx").hash == instance.hash
    convert(tmp_path / "plan.xlsx", tmp_path / "back")
    assert read(tmp_path / "back").hash == instance.hash
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    sheet = book["城市" if language == "zh" else "Cities"]
    places = {cell.value: cell.column for cell in sheet[2]}
    rows = {sheet.cell(row, places["city"]).value: row for row in range(3, 6)}

    def fills(column: str) -> list[str]:
        cells = [sheet.cell(rows[city], places[column]) for city in ("440300", "440500", "450900")]
        return [cell.fill.fgColor.rgb[2:] if cell.fill.fill_type else "" for cell in cells]

    assert fills("revenue") == ["", "FBEFD9", "FBEFD9"] and fills("debt_general") == ["", "F6DCC9", "FBEFD9"]
    assert fills("residents") == ["", "", ""]
    heads = {name: sheet.cell(1, places[name]) for name in ("revenue", "debt_general", "residents")}
    assert "ᵉ" in heads["revenue"].value and "ᵉᵃ" in heads["debt_general"].value
    assert "ᵉ" not in heads["residents"].value
    assert heads["revenue"].fill.fgColor.rgb == "FFEEF1F4", "a header of several statuses has no colour of one"
    note = heads["revenue"].comment.text
    assert ("公布 1，ᵉ估计 2" if language == "zh" else "published 1, ᵉestimated 2") in note
    titles = book.sheetnames
    assert ("单元格数据来源" if language == "zh" else "Sources of cells") in titles


def test_one_status_of_all_cells_is_that_of_the_column_everywhere(tmp_path: Path) -> None:
    """Revenue is estimated as a column, and published in each of the three cities: it counts as published."""
    cells = "table,column,item,city,status,source\n" + "".join(
        f"cities,revenue,,{city},published,yearbook\n" for city in ("440300", "440500", "450900")
    )
    instance = read(tiny(tmp_path, cells))
    assert tally(instance.tables) == {"estimated": 2, "published": 3}
    (table,) = [
        each for each in data(View(alloc.solve(instance), "en")).parts if getattr(each, "name", "") == "sources"
    ]
    assert isinstance(table, Table)
    assert {row[1]: row[2] for row in shown(table, "en").rows} == {
        "General public revenue": "published", "Resident population": "published", "General debt": "estimated ᵉ",
        "Capacity": "estimated ᵉ", "Amount": "published",
    }  # fmt: skip
    convert(tmp_path / "tiny", tmp_path / "plan.xlsx", "zh")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["城市"]
    head = next(sheet.cell(1, cell.column) for cell in sheet[2] if cell.value == "revenue")
    assert "ᵉ" not in head.value + head.comment.text
    assert "数据状态：公布（各格来源见“单元格数据来源”表）" in head.comment.text


# ------------------------------------------------------------------------------------------------------------- show


def test_show_of_an_instance(instance: Instance) -> None:
    section = instance_section(instance, "en")
    (table,) = [part for part in section.parts if isinstance(part, Table) and part.name == "mixed"]
    rows = {row[0]: row[2:] for row in shown(table, "en").rows}
    assert rows["cities.revenue"] == ("1", "0", "2", "0", "0", "3")
    assert rows["cities.debt_general"] == ("1", "0", "1", "1", "0", "3")
    assert rows["capacity.capacity"] == ("1", "0", "5", "0", "0", "6")
    assert rows["last_year.amount"] == ("5", "0", "0", "1", "0", "6") and len(rows) == 4
    services = rows_of(section, "services")
    primary = next(row for title, row in services.items() if title.endswith("primary"))
    assert primary[6].endswith("ᵉ") or services[""][6].endswith("ᵉ"), "two of three cells are estimated"
    pools = rows_of(section, "pools")
    last = {title.rpartition(" ")[2]: row[5] for title, row in pools.items()}
    assert last["land"] == "2,000ᵃ" and "ᵃ" not in last["equalisation"]
    record = json.loads(json.dumps(instance_record(instance)))
    assert record["tables"]["cities"]["columns"]["revenue"] == {"estimated": 2, "published": 1}
    assert record["tables"]["cities"]["columns"]["residents"] == "published"


def test_show_of_a_city(result: Result) -> None:
    def marks(city: str) -> tuple[str, str, dict[str, str]]:
        section = city_section(result, "en", city)
        pools, debts, services = (rows_of(section, name) for name in ("pools", "debt", "services"))
        last = "".join(row[2] for row in pools.values())
        ratios = "".join(row[1] for row in debts.values())
        return last, ratios, {name: row[3] + services[""][3] for name, row in services.items() if name}

    last, ratios, capacity = marks("440300")
    assert last.count("ᵃ") == 1 and "ᵉ" not in ratios + last and "ᵃ" not in ratios
    assert sorted("ᵉ" in each for each in capacity.values()) == [False, True]
    last, ratios, capacity = marks("440500")
    assert "ᵃ" not in last and "ᵃ" in ratios and all("ᵉ" in each for each in capacity.values())


# ----------------------------------------------------------------------------------------------------------- report


def test_report_marks_numbers_and_counts_cities(result: Result) -> None:
    view = View(result, "en")
    owed = rows_of(debt(view), "debt_provinces")
    place = [head.rstrip("ᵉᵃ") for head in owed[""]].index("debt before")
    assert "ᵉ" not in owed[""][place] and "ᵃ" not in owed[""][place]
    assert owed["广东省"][place] == "310.00ᵃ" and owed["广西壮族自治区"][place] == "180.00ᵉ"
    assert owed["total"][place] == "490.00ᵃ"
    whole = rows_of(people(view), "people_provinces")
    assert "ᵉ" not in "".join(whole["广东省"]), "all residents are published"
    section = data(view)
    assert section.sentence.startswith("Of 5 input columns 1 are published")
    (listed,) = [
        part for part in section.parts if isinstance(part, Listing) and "General public revenue" in "".join(part.items)
    ]
    said = "published for 1 and estimated ᵉ for 2 of 3 cities."
    assert listed.items[0] == f"General public revenue (Cities): {said}"
    assert "(Capacity): published for 1 and estimated ᵉ for 5 of 6 cells." in "".join(listed.items)
    said = " ".join(str(part) for part in summary(view).parts) + summary(view).sentence
    assert "of 4 the status differs by city" in said
    chinese = data(View(result, "zh"))
    listed = next(part for part in chinese.parts if isinstance(part, Listing) and "收入" in part.items[0])
    assert listed.items[0] == "一般公共预算收入（城市表）：共 3 个城市，公布 1、估计ᵉ 2。"


def test_pages_of_cities(result: Result) -> None:
    pages = Pages(result, "zh")
    tables = {table.name: shown(table, "zh") for table in pages.page("440300").tables()}
    capacity = [row[3] for row in tables["city_services"].rows]
    assert sorted(text.endswith("ᵉ") for text in capacity) == [False, True]
    assert "ᵉ 由估计数据得出。" in tables["city_services"].notes
    tables = {table.name: shown(table, "zh") for table in pages.page("440500").tables()}
    assert tables["city_services"].heads[3].endswith("ᵉ") and not tables["city_services"].rows[0][3].endswith("ᵉ")


def test_a_province_takes_the_cells_of_its_cities(instance: Instance) -> None:
    cut = cut_province(instance, "44").instance
    assert set(cut.tables["cell_sources"]["city"]) == {"440300", "440500"}


# ------------------------------------------------------------------------------------------------- marks of numbers


def test_marked_numbers_are_rounded_like_others() -> None:
    """0.14, 0.14 and 0.12 make 0.4, of 0.1 each; marks stay with their numbers, also in a workbook."""
    column = Column("x", "x", kind="number", decimals=1, additive=True)
    rows = ((Marked(0.14, "ᵉ"),), (0.14,), (Marked(0.12, "ᵃ"),))
    made = shown(Table("t", "t", (column,), rows, totals=(Marked(0.4, "ᵃ"),),
                       groups=(Group("a", 2, (Marked(0.28, "ᵉ"),)), Group("b", 1, (0.12,)))), "en")  # fmt: skip
    assert made.rows == (("0.1ᵉ",), ("0.1",), ("0.1ᵃ",)) and made.totals == ("0.4ᵃ",)
    assert made.groups == (("0.3ᵉ",), ("0.1",)) and made.heads == ("x",)
    assert made.notes[-2:] == ("ᵉ rests on estimated data.", "ᵃ rests on assumed data.")
    assert excel_format(column, "ᵉ") == '#,##0.0"ᵉ";"−"#,##0.0"ᵉ";#,##0.0"ᵉ"'
    again = pickle.loads(pickle.dumps(Marked(0.5, "ᵉ")))
    assert again == 0.5 and again.mark == "ᵉ"


def test_one_status_stands_in_the_head() -> None:
    column = Column("x", "x", kind="number")
    assert graded(column, [1.0, None], [1, 1]) == (Column("x", "x", kind="number", status="estimated"), [1.0, None])
    same, cells = graded(column, [1.0, None, 2.0], [1, 2, 0])
    assert same == column and cells == [1.0, None, 2.0] and isinstance(cells[0], Marked)
    assert not isinstance(cells[2], Marked)
    table = graded_rows(Table("t", "t", (column,), ((1.0,), (2.0,))), {"x": [0, 2]})
    assert shown(table, "zh").rows == (("1",), ("2ᵃ",))


def test_an_edit_looks_only_at_cells_of_the_tables_that_it_changes(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool is edited: nothing of cities and capacity; then a city: all of them, for each row names a city."""
    looked: list[tuple[str, str]] = []
    check = sources._check_column

    def counted(cells: Sheet, sheets: Any, table: str, column: str, rows: Any) -> list[Finding]:
        looked.append((table, column))
        return check(cells, sheets, table, column, rows)

    monkeypatch.setattr(sources, "_check_column", counted)
    begun = apply(instance, [parse_edit("pools.land.total *= 1.1")]).instance
    looked.clear()
    again = apply(begun, [parse_edit("pools.land.total *= 1.1")]).instance
    assert looked == [("last_year", "amount")], "whose items are pools"
    emptied = apply(again, [parse_edit("cities.440300.debt_general = 0")])
    assert {table for table, _ in looked} == {"cities", "capacity", "last_year"}, "all name cities"
    assert not [finding for finding in emptied.findings if finding.code == "blank_cell"]


def test_migrants_are_marked_wherever_the_page_of_a_city_says_them(tmp_path: Path) -> None:
    """One of the two columns that migrants are made of is estimated: on the terminal, in documents and in a factor."""
    estimated = SOURCES + "cities,migrants_within,estimated,survey\ncities,settled_last,assumed,\n"
    result = alloc.solve(read(tiny(tmp_path, None, sources=estimated)))
    for sections, name in (((city_section(result, "en", "440300"),), "people"),
                           (Pages(result, "en").page("440300").sections, "city_means")):  # fmt: skip
        (section,) = [each for each in sections if any(getattr(part, "name", "") == name for part in each.parts)]
        rows = rows_of(section, name)
        assert rows["migrants"][1].endswith("ᵉ") and not rows["residents"][1].endswith("ᵉ")
    mark = Marks(result)
    assert mark.of_all(inputs_of_factor("migrants", result.instance), "440300") == "ᵉ"
    assert mark.of_all(inputs_of_factor("land_entitlement", result.instance), "440300") == "ᵃ"
    assert mark.of_all(inputs_of_factor("residents", result.instance), "440300") == ""
    assert mark.of_all(("policy.land.standards",), "440300") == ""


def test_a_column_whose_every_cell_has_a_source_needs_none(tmp_path: Path) -> None:
    """As after forms were merged: what is said of cells counts where a column has no row."""
    cities = ("440300", "440500", "450900")

    def missing(*of: str, **more: Any) -> list[str]:
        folder = tmp_path / f"tiny{len(list(tmp_path.iterdir()))}"
        cells = "table,column,item,city,status,source\n" + "".join(
            f"cities,idle,,{city},published,yearbook\n" for city in of
        )
        write_tiny(folder, sources=SOURCES, **more)
        (folder / "cell_sources.csv").write_text(cells, encoding="utf-8")
        return [each.remedy.zh for each in load(folder)[1] if each.code == "source_missing"]

    assert "闲置低效用地（idle）" in missing()[0] and "闲置低效用地（idle）" in missing(*cities[:2])[0]
    assert "闲置低效用地" not in missing(*cities)[0]
    assert "闲置低效用地" not in missing(*cities[:2], cities={("450900", "idle"): ""})[0]
