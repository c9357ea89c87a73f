"""Answers and comparisons as HTML, Excel, Word and PDF: the same numbers as on a terminal, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

import alloc
from alloc.comparison import Comparison, compare
from alloc.content.blocks import Amount, Document, Listing, Paragraph, Part, Table
from alloc.content.numbers import shown
from alloc.content.titles import named
from alloc.explanation.city.reasons import explain_city
from alloc.explanation.formula.formula import explain_formula
from alloc.explanation.request.requests import explain_request
from alloc.explanation.rules.rules import explain_rules
from alloc.explanation.sensitivity.prices import quick_prices
from alloc.explanation.shared.answer import Answer
from alloc.output import show
from alloc.parametric import Variation
from alloc.parametric.panels import drawn_apart
from alloc.report.answers import (
    FORMATS,
    answer_document,
    comparison_document,
    variation_document,
    write_document,
)
from alloc.report.render.html.fragment import ROWS
from alloc.report.render.html.page import page, spaced
from alloc.report.writing import ReportError
from alloc.result.result import Result
from report_documents import displayed

INFEASIBLE = Path(__file__).resolve().parent.parent / "instances" / "infeasible" / "caps_below_exhausted_pool"
QUESTIONS = ("city", "request", "prices", "rules", "formula", "conflict", "audit")
FIRST, SECOND, POOL = "000001", "000002", "general"


@cache
def result() -> Result:
    return alloc.solve("hand")


@cache
def answer(question: str) -> Answer:
    if question == "city":
        return explain_city(result(), FIRST, POOL)
    if question == "request":
        return explain_request(result(), FIRST, POOL, 1000.0)
    if question == "prices":
        return quick_prices(result())
    if question == "formula":
        return explain_formula(result())
    if question == "audit":
        return alloc.audit("hand", only=["distributions", "twins", "settlement"])
    return explain_rules(result()) if question == "rules" else alloc.explain(INFEASIBLE)


@cache
def comparison() -> Comparison:
    session = alloc.Session("hand")
    return compare([result(), session.edit("pools.general.total = 8000")])


@cache
def variation() -> Variation:
    return alloc.whatif("hand", "pools.general.total", [8000.0, 10000.0], cities=[FIRST])


def asked(question: str) -> Answer | Comparison | Variation:
    if question == "comparison":
        return comparison()
    return variation() if question == "whatif" else answer(question)


def document_of(question: str, language: str) -> Document:
    if question == "comparison":
        return comparison_document(comparison(), language)
    return (
        variation_document(variation(), language)
        if question == "whatif"
        else answer_document(answer(question), language)
    )


def texts(table: Table, language: str) -> list[tuple[str, ...]]:
    return list(shown(table, language).rows)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("question", [*QUESTIONS, "comparison", "whatif"])
def test_says_what_the_terminal_says(question: str, language: str) -> None:
    """Every title, sentence and cell of the document stands on the terminal, in the same order; titles for names.

    A document of a comparison has its own order, what comes out in short first, led by what the letters stand for.
    """
    told, document = show(asked(question), language), document_of(question, language)
    pieces = [
        piece
        for _, section in document.walk()
        for part in section.parts
        for piece in said(part, language)
        if piece != section.title
    ]  # a table that is called what its section is stands under that
    printed, at = re.sub(r"\s", "", named(told, language)), 0
    printed = re.sub(r"”（[a-z_]+(?:\.[a-z_]+)+）", "”", printed)  # a terminal has names behind titles in Chinese
    for piece in pieces:
        if question == "comparison" and piece.startswith(("B（", "B (")):
            continue
        found = printed.find(re.sub(r"\s", "", piece), at)
        assert found >= 0, piece
        at = 0 if question == "comparison" else found


def said(part: Part, language: str) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield part.text
    elif isinstance(part, Listing):
        yield from part.items
    elif isinstance(part, Table):
        yield part.title
        for row in shown(part, language, arrows=False).rows:
            yield from (cell for cell, column in zip(row, part.columns, strict=True) if column.right)


@pytest.mark.parametrize("question", [*QUESTIONS, "comparison", "whatif"])
def test_numbers_are_numbers_in_a_workbook(tmp_path: Path, question: str) -> None:
    """Every number of every table is a number of the sheet, and its format shows what the page shows."""
    document, path = document_of(question, "en"), tmp_path / "answer.xlsx"
    write_document(document, path)
    book = openpyxl.load_workbook(path)
    sheets, counted = book.worksheets[2:], 0
    for table, sheet in zip(document.tables(), sheets, strict=True):
        made = shown(table, "en")
        rows = list(sheet.iter_rows(min_row=5, max_row=4 + len(made.rows)))
        for texts, cells, column_values in zip(made.rows, rows, made.row_numbers, strict=True):
            for text, cell, value in zip(texts, cells, column_values, strict=True):
                number = value.value if isinstance(value, Amount) else value
                if not isinstance(number, float | int) or abs(number) == float("inf"):
                    assert str(cell.value or "") == text
                    continue
                assert isinstance(cell.value, float | int) and cell.value == pytest.approx(number)
                assert "@" not in cell.number_format
                if not (isinstance(value, Amount) and value.power):
                    assert displayed(cell.value, cell.number_format) == text
                counted += 1
    assert counted or not list(document.tables())


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("question", [*QUESTIONS, "comparison", "whatif"])
def test_every_format_opens(tmp_path: Path, question: str, form: str, language: str) -> None:
    if form == "pdf":
        pytest.importorskip("typst")
    document = document_of(question, language)
    path = tmp_path / f"回答 {question}.{form}"
    written = write_document(document, path)
    assert (Path(written.path), written.older) == (path, None), "the name is kept as it was given"
    holds(Path(written.path), form, document)
    assert write_document(document, path).older is not None, "what was there is renamed beside"


def holds(path: Path, form: str, document: Document) -> None:
    """The file opens and holds the title."""
    if form == "html":
        assert document.title in path.read_text(encoding="utf-8")
    elif form == "xlsx":
        book = openpyxl.load_workbook(path)
        assert document.title in {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
        assert len(book.worksheets) > len(list(document.tables()))
    elif form == "docx":
        assert document.title in ZipFile(path).read("word/document.xml").decode("utf-8")
    else:
        assert path.read_bytes().startswith(b"%PDF")


def test_columns_of_one_kind_are_numbers() -> None:
    """Rows with decimals of their own keep them; a column of shares is in per cent."""
    columns = [column for table in comparison_document(comparison(), "en").tables() for column in table.columns]
    assert {"number", "figure"} <= {column.kind for column in columns}
    assert any(column.unit == "%" for column in columns)


@pytest.mark.parametrize("form", ["html", "xlsx"])
def test_a_whatif_writes_itself(tmp_path: Path, form: str) -> None:
    path = variation().write(tmp_path / f"whatif.{form}", "zh")
    holds(path, form, variation_document(variation(), "zh"))
    told = variation()
    apart = drawn_apart(told, "zh")
    assert set(apart) == {"", *told.cities["city"]}, "the tiers, and every city"
    assert [each.svg for each in variation_document(told, "zh").figures()] == [
        drawing for drawings in apart.values() for drawing in drawings
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_writes_itself(tmp_path: Path, question: str, language: str) -> None:
    """The same bytes as the document; what was there is kept beside."""
    path = answer(question).write(tmp_path / "answer.html", language)  # type: ignore[attr-defined]
    first = path.read_bytes()
    assert first == page(answer_document(answer(question), language)).encode("utf-8")
    answer(question).write(path, language)  # type: ignore[attr-defined]
    assert path.read_bytes() == first
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_comparison_writes_itself(tmp_path: Path, language: str) -> None:
    path = comparison().write(tmp_path / "compared.html", language, pool=POOL)
    told = comparison_document(comparison(), language, pool=POOL)
    assert all(section.title for section in comparison_document(comparison(), language).sections)
    assert path.read_text(encoding="utf-8") == page(told)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"\.html, \.xlsx, \.docx, \.pdf"):
        answer("city").write(tmp_path / "answer.txt")  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_notebook_shows_both_languages(question: str) -> None:
    """Every cell of every table that is short enough, escaped, in either language."""
    html = answer(question)._repr_html_()  # type: ignore[attr-defined]
    assert html.startswith("<div") and "<script" not in html
    for language in ("zh", "en"):
        document = answer_document(answer(question), language)
        assert escape(spaced(document.title)) in html
        cells = [cell for table in document.tables() for row in texts(table, language)[:ROWS] for cell in row]
        assert all(f">{escape(spaced(cell))}</td>" in html for cell in cells)
