"""Files of one language hold no words of the other: workbooks, forms, exported tables, Word files, English documents.

What the sections of Chinese documents say is tested in test_chinese_texts.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document as read_word
from docx.oxml.ns import qn
from openpyxl.utils import get_column_letter

import alloc
from alloc.comparison import compare
from alloc.content.blocks import Document
from alloc.content.places import DEPARTMENTS, department
from alloc.copies import write_forms
from alloc.documents import save_tables
from alloc.formulation.registry import catalogue
from alloc.report.answers import answer_document, comparison_document, write_document
from alloc.report.city_page import Pages
from alloc.report.document import report
from alloc.text import Text
from alloc.workbook.convert import convert
from test_chinese_texts import INFEASIBLE, foreign, result, texts

pytestmark = pytest.mark.long

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
# Titles of the other language, which the planner writes beside those of this one.
OTHER = {"zh": {"title_en", "name_en", "unit_en", "title.en"}, "en": {"title_zh", "unit_zh", "name", "province_name",
         "title.zh"}}  # fmt: skip
# A code that stands beside what it is called, and what files and machine names are called.
CODES = re.compile(r"（[a-z_]+）|\b[a-z_]+\d?(?= [Ⅰ-Ⅻ一-鿿])|(?<=机器名：)\w+|alloc forms|docs/[\w.]+")
MACHINE = {"instance", "scenarios"}  # tables without a name in Chinese, in the guide's column of names
# Of how to reproduce a report: the folder, and the libraries that it was made with.
REPRODUCED = re.compile(r"alloc solve (\"[^\"]+\"|'[^']+'|\S+)|alloc [\d.]+(, \w+ [\d.]+)+")
LABELS = {"甲", "乙"}
# A limit as plans have it: the office that asks for it is named in Chinese alone.
OWNED = (
    "add limits { limit = 'most', title_zh = '用地上限', title_en = 'most land', quantity = 'allocation:general', "
    "sense = '<=', value = 9e9, basis = 'amount', owner = '自然资源部' }"
)


def strange(words: str, language: str) -> set[str]:
    """Words of the other language."""
    words = REPRODUCED.sub("", words)
    return set(CHINESE.findall(words)) - LABELS if language == "en" else foreign(CODES.sub("", words)) - MACHINE


def of_book(path: Path, language: str) -> Iterator[tuple[str, str]]:
    """Where a text stands that somebody sees or prints, and the text."""
    for sheet in openpyxl.load_workbook(path):
        yield sheet.title, sheet.title
        for name in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
            parts = (getattr(getattr(sheet, name), side).text for side in ("left", "center", "right"))
            yield from ((f"{sheet.title} {name}", part) for part in parts if part)
        for rule in sheet.data_validations.dataValidation:
            offered = rule.formula1 if (rule.formula1 or "").startswith('"') else ""
            told = (rule.prompt, rule.promptTitle, rule.error, rule.errorTitle, offered)
            yield from ((f"{sheet.title} {rule.sqref}", each) for each in told if each)
        for row in sheet.iter_rows():
            yield from of_cells(sheet, row, language)


def of_cells(sheet: Any, row: tuple[Any, ...], language: str) -> Iterator[tuple[str, str]]:
    for cell in row:
        hidden = sheet.column_dimensions[get_column_letter(cell.column)].hidden
        if cell.comment:
            yield f"{sheet.title} {cell.coordinate} comment", cell.comment.text
        if hidden or sheet.row_dimensions[cell.row].hidden or not isinstance(cell.value, str) or cell.value[:1] == "=":
            continue
        heads = {sheet.cell(2, cell.column).value, sheet.cell(cell.row, 1).value}
        if cell.row < 3 or not heads & OTHER[language]:
            yield f"{sheet.title} {cell.coordinate}", cell.value


def of_word(path: Path) -> Iterator[tuple[str, str]]:
    """Paragraphs of the text, of fields to be filled in, of tables and of footers."""
    word = read_word(str(path))
    parts = [
        word.element,
        *(part.footer._element for part in word.sections),
        *(s.header._element for s in word.sections),
    ]
    for part in parts:
        for paragraph in part.iter(qn("w:p")):
            yield path.name, "".join(each.text or "" for each in paragraph.iter(qn("w:t")))
        yield from ((path.name, each.get(qn("w:val"))) for each in part.iter(qn("w:alias")))
        yield from ((path.name, each.get("descr")) for each in part.iter() if each.get("descr"))


def documents(language: str) -> Iterator[tuple[str, Document]]:
    """A report with a comparison, the page of a city, answers and comparisons."""
    labels = ["甲", "乙"] if language == "zh" else ["X", "Y"]
    both = compare([result(), alloc.Session("hand").edit("pools.general.total = 8000")], labels)
    yield "report", report(result(), language, both, None, (), result().explain(prices=True, quick=True))
    yield "limits", report(alloc.solve("hand", edits=OWNED), language)
    yield "city", Pages(result(), language).page("000001")
    yield "conflict", answer_document(alloc.explain(INFEASIBLE), language)
    for name, question in {"reasons": {"city": "000001", "pool": "general"}, "rules": {"rules": True}}.items():
        yield name, answer_document(alloc.explain(result(), **question), language)  # type: ignore[arg-type]
    yield "comparison", comparison_document(both, language, only_differences=False)


TYPED = re.compile(r'--edit "[^"]*"')  # stands as the planner wrote it


def of_document(document: Document, language: str) -> Iterator[tuple[str, str]]:
    yield from (("title", each) for each in (document.title, document.subtitle))
    facts = (f"{name} {TYPED.sub('--edit', value)}" for name, value in document.facts)
    yield from (("notes", each) for each in (*document.notes, *facts))
    yield from texts(document.sections, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_documents(language: str) -> None:
    for name, document in documents(language):
        told = list(of_document(document, language))
        assert len(told) > 10
        assert {each: strange(each, language) for _, each in told if strange(each, language)} == {}, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_word_files(language: str, tmp_path: Path) -> None:
    """The letter that a report is in Word, a comparison and a page of a city: also what the file adds to them."""
    for name, document in documents(language):
        if name in ("report", "comparison", "city"):
            write_document(document, tmp_path / f"{name}.docx")
            told = list(of_word(tmp_path / f"{name}.docx"))
            assert len(told) > 20
            assert {each: strange(each, language) for _, each in told if strange(each, language)} == {}, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_workbooks(language: str, tmp_path: Path) -> None:
    """An instance, every department's form, the tables of a result, and a report."""
    convert("hand", tmp_path / "plan.xlsx", language)
    write_forms("hand", tmp_path / "forms", language=language)  # type: ignore[arg-type]
    save_tables(result(), tmp_path / "tables.xlsx", language=language)  # type: ignore[arg-type]
    write_document(report(result(), language), tmp_path / "report.xlsx")
    found = sorted(tmp_path.rglob("*.xlsx"))
    assert len(found) > 5
    wrong = {
        (path.name, where, each): strange(each, language)
        for path in found
        for where, each in of_book(path, language)
        if strange(each, language)
    }
    assert wrong == {}


def test_offices_have_names_in_both_languages() -> None:
    """In the table of limits and in what they cost; a name of the planner's own stays as it is."""
    made = report(alloc.solve("hand", edits=OWNED), "en")
    (limits,) = [part for section in made.sections for part in section.parts if getattr(part, "name", "") == "limits"]
    owner = [column.name for column in limits.columns].index("owner")
    assert [row[owner] for row in limits.rows] == ["Ministry of Natural Resources"]
    assert department("财政部") == Text("财政部", "Ministry of Finance")
    assert department("县财政局") == Text("县财政局", "县财政局")
    assert {each for each in DEPARTMENTS.values() if CHINESE.search(each)} == set()


def test_documents_that_rules_rest_on_have_names_in_both_languages() -> None:
    known = catalogue()
    assert {family.source for family in known.families.values()} <= set(known.sources)
    assert {each.en for each in known.sources.values() if CHINESE.search(each.en)} == set()
    assert known.sources["stock_link"].zh == "自然资规〔2018〕1号"
    assert known.unchecked["stock_link"].zh == "文号和系数"
    assert set(known.unchecked) <= set(known.sources)
