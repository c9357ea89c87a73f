"""Sources and notes in the reader's language: one rule, in the report, the workbook and the workbench."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest

import alloc
from alloc.content.blocks import Table
from alloc.content.numbers import shown
from alloc.instance import read
from alloc.instance.instance import make_instance
from alloc.instance.schema.tables import IN_CHINESE, TABLES
from alloc.instance.statuses import said_of, said_twice
from alloc.report.sections.data import data
from alloc.report.sections.rules import rules
from alloc.report.view import View
from alloc.template.province import cut_province
from alloc.workbench import records
from alloc.workbench.api import tables as served
from alloc.workbook.content import from_instance
from alloc.workbook.convert import convert
from alloc.workbook.forms.filled import Filled
from alloc.workbook.forms.merge import _say
from builds import build_modules
from instances import write_tiny

HEAD = "table,column,status,source,source_zh,year,note,note_zh\n"
BOTH = (
    f"{HEAD}cities,revenue,estimated,yearbook,统计年鉴,2020,by GDP,按地区生产总值\n"
    "cities,residents,published,普查,,2020,,\ncapacity,capacity,estimated,,主管部门,2020,,\n"
)
PLAIN = (
    "table,column,status,source,year,note\ncities,revenue,estimated,yearbook,2020,by GDP\n"
    "cities,residents,published,普查,2020,\ncapacity,capacity,estimated,,2020,\n"
)


@pytest.mark.parametrize(("row", "zh", "en"), [
    ({"source": "census", "source_zh": "普查"}, "普查", "census"),
    ({"source": "census", "source_zh": ""}, "census", "census"),
    ({"source": None, "source_zh": "普查"}, "普查", "普查"),
    ({"source": "census"}, "census", "census"),
    ({"source": "", "source_zh": None}, "", ""),
])  # fmt: skip
def test_a_blank_text_is_served_by_the_other(row: Mapping[str, Any], zh: str, en: str) -> None:
    assert (said_of(row, "source", "zh"), said_of(row, "source", "en")) == (zh, en)
    assert said_of({"year": "2020", "year_zh": "二〇二〇"}, "year", "zh") == "2020"


@pytest.mark.parametrize(("source", "source_zh", "zh", "en"), [
    (["a", "b"], ["甲", "乙"], "source", "source_zh"),
    (["a", "b"], ["甲", ""], None, "source_zh"),  # the second is in one language alone
    (["a", ""], ["甲", "乙"], "source", None),
    (["", ""], ["甲", "乙"], "source", "source"),
    (["a", "b"], [None, None], "source_zh", "source_zh"),
    (["", None], ["", ""], "source_zh", "source_zh"),
    ([], [], "source_zh", "source_zh"),
])  # fmt: skip
def test_the_column_that_says_nothing_more(source: list[Any], source_zh: list[Any], zh: str, en: str) -> None:
    columns = {"source": source, "source_zh": source_zh, "note": source, "note_zh": source_zh}
    for language, hidden in (("zh", zh), ("en", en)):
        wanted = [] if hidden is None else [hidden, hidden.replace("source", "note")]
        assert said_twice(TABLES["sources"], columns, language) == wanted
        assert said_twice(TABLES["cell_sources"], pd.DataFrame(columns, dtype=object), language) == wanted
        assert said_twice(TABLES["limits"], columns, language) == wanted[:1]
        assert said_twice(TABLES["pools"], columns, language) == []


def test_without_the_columns_nothing_is_another(tmp_path: Path) -> None:
    """Blank columns are as none in the hash, and are not written."""
    plain, both = (write_tiny(tmp_path / name, sources=text) for name, text in (("plain", PLAIN), ("both", BOTH)))
    head, *rows = PLAIN.splitlines()
    blank = "\n".join([f"{head},source_zh,note_zh", *(f"{row},," for row in rows)]) + "\n"
    assert read(write_tiny(tmp_path / "blank", sources=blank)).hash == read(plain).hash != read(both).hash
    for place in ("book.xlsx", "back"):
        convert(plain if place == "book.xlsx" else tmp_path / "book.xlsx", tmp_path / place)
        assert read(tmp_path / place).hash == read(plain).hash
    convert(both, tmp_path / "both.xlsx", "zh")
    convert(tmp_path / "both.xlsx", tmp_path / "both back")
    assert read(tmp_path / "both back").hash == read(tmp_path / "both.xlsx").hash == read(both).hash
    alloc.solve(plain).save(tmp_path / "result")
    stored = pd.read_parquet(tmp_path / "result" / "instance" / "sources.parquet")
    assert not {*IN_CHINESE.values()} & set(stored.columns)


def register(language: str, tables: Mapping[str, pd.DataFrame]) -> Table:
    """T14 of an instance that is solved, with the sources of another."""
    result = alloc.solve("hand")
    instance = make_instance(result.instance.settings, {**result.instance.tables, "sources": tables["sources"]})
    parts = data(View(replace(result, instance=instance), language)).parts
    return next(part for part in parts if isinstance(part, Table))


def test_the_register_of_a_report(tmp_path: Path) -> None:
    tables = read(write_tiny(tmp_path / "tiny", sources=BOTH)).tables
    for language, said in (
        ("zh", [("主管部门", ""), ("普查", ""), ("统计年鉴", "按地区生产总值")]),
        ("en", [("主管部门", ""), ("普查", ""), ("yearbook", "by GDP")]),
    ):
        rows = shown(register(language, tables), language).rows
        assert sorted((row[3], row[5]) for row in rows) == sorted(said)


def test_the_source_of_a_limit() -> None:
    """A report names the document in the reader's language; without a Chinese name as it is given."""
    result = alloc.solve("families/group_limit")
    limits = result.instance.tables["limits"]
    assert "source_zh" in limits and not limits["source_zh"].any()
    for texts in (("law", ""), ("law", "法规")):
        given = limits.assign(source=texts[0], source_zh=texts[1])
        instance = make_instance(result.instance.settings, {**result.instance.tables, "limits": given})
        for language, said in (("zh", texts[1] or "law"), ("en", "law")):
            parts = rules(View(replace(result, instance=instance), language)).parts
            (found,) = [part for part in parts if isinstance(part, Table) and part.name == "limits"]
            assert {row[-1] for row in found.rows} == {said}


@pytest.mark.parametrize(("language", "hidden", "comment"), [
    ("zh", ["note"], "估计（统计年鉴，2020，按地区生产总值）"),
    ("en", ["note_zh"], "estimated (yearbook, 2020, by GDP)"),
])  # fmt: skip
def test_the_sheet_of_sources(language: str, hidden: list[str], comment: str, tmp_path: Path) -> None:
    """The source of one column has no Chinese and that of another nothing else: both columns are shown."""
    convert(write_tiny(tmp_path / "tiny", sources=BOTH), tmp_path / "book.xlsx", language)
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    sheet, cities = book["数据来源" if language == "zh" else "Sources"], book["城市" if language == "zh" else "Cities"]
    names = {cell.value: cell.column_letter for cell in sheet[2]}
    assert [name for name, letter in names.items() if sheet.column_dimensions[letter].hidden] == hidden
    (head,) = [cell for cell in cities[1] if cities.cell(2, cell.column).value == "revenue"]
    assert comment in head.comment.text


@pytest.mark.parametrize(("language", "hidden"), [("zh", {*IN_CHINESE}), ("en", {*IN_CHINESE.values()})])
def test_workbooks_of_the_nation_show_one_language(language: str, hidden: set[str]) -> None:
    content = from_instance(read("china-2020"))
    for name in ("sources", "cell_sources"):
        assert set(said_twice(TABLES[name], content.tables[name], language)) == hidden


def test_the_workbench_says_which_columns_a_reader_does_not_need(tmp_path: Path) -> None:
    instance = read(write_tiny(tmp_path / "tiny", sources=BOTH))
    live: Any = SimpleNamespace(instance=instance, shown=None, at=(0, [None]))
    told = bytes(served.table("sources", live).body)
    found = records.Table.model_validate_json(told).columns
    assert {each.name: each.twice for each in found if each.twice} == {"note": ["zh"], "note_zh": ["en"]}


def test_a_form_that_is_merged_leaves_no_former_text() -> None:
    key = {"table": ["cities"], "column": ["revenue"], "item": [None], "city": ["1"], "status": ["estimated"]}
    said: dict[str, list[Any]] = {**key, "source": ["yearbook"], "source_zh": ["统计年鉴"], "note_zh": ["推算"]}
    words = {"status": "published", "source": "决算", "year": "", "note": ""}
    _say(said, [Filled("cities", "1", "", "revenue", 5.0, words, "form.xlsx", 3)])
    assert {name: cells for name, cells in said.items() if name not in key} == {
        "source": ["决算"], "source_zh": [None], "note_zh": [None], "year": [None], "note": [None],
    }  # fmt: skip


def test_a_province_is_told_in_both_languages() -> None:
    cut = cut_province(read("china-2020"), "440000").instance.tables["sources"]
    (total,) = cut[(cut["table"] == "pools") & (cut["column"] == "total")].to_dict("records")
    assert total["note"].startswith("cut out of “China: 337 cities on the figures of 2020” (china-2020), scaled by the "
                                    "province's share of the national formula")  # fmt: skip
    assert total["note_zh"] == (
        "由“全国 337 个地级及以上城市（2020 年数据）”（china-2020）切出，按本省在全国公式中所占比例缩小，"
        "取最小分配单位的整倍数"
    )
    assert said_twice(TABLES["sources"], cut, "zh") == [*IN_CHINESE]


def test_the_build_has_chinese_for_every_text_and_no_other() -> None:
    with build_modules("china-2020", "sources", "common") as made:
        known = made["common"].read("texts_zh.csv")
        with pytest.raises(ValueError, match=r"texts without Chinese in source/texts_zh\.csv: \['a new note'\]"):
            made["sources"].with_chinese(pd.DataFrame({"source": ["pinyin"], "note": ["a new note"]}))
        given = pd.DataFrame({"source": ["pinyin", "某市：决算", ""], "note": ["", None, ""]})
        table = made["sources"].with_chinese(given)
    assert table.columns.tolist() == ["source", "source_zh", "note", "note_zh"]
    assert table["source_zh"].tolist() == ["汉语拼音", "某市：决算", ""]
    assert table["note_zh"].tolist() == ["", "", ""]
    used = set()
    for instance in map(read, ("china-2020", "counties-2020")):
        for name in ("sources", "cell_sources"):
            used |= {text for column in IN_CHINESE for text in instance.tables[name][column]}
    assert known["text"].is_unique and set(known["text"]) <= used


@pytest.mark.parametrize(("column", "made", "cut"), [
    ("source_zh", "算例 china-2020 的测算", "由算例 china-2020 切出"),
    ("source", "worked out for the instance china-2020", "cut out of the instance china-2020"),
])  # fmt: skip
def test_a_province_names_no_program_of_the_nation(column: str, made: str, cut: str) -> None:
    """They do not lie in its folder, and who fills in its workbook has none."""
    sources = cut_province(read("china-2020"), "440000").instance.tables["sources"]
    said = set(sources[column])
    assert {made, cut} <= said
    every = " ".join(str(text) for name in (column, "note_zh" if column == "source_zh" else "note")
                     for text in sources[name])  # fmt: skip
    assert not re.search(r"\.py|\.csv|alloc init", every)
