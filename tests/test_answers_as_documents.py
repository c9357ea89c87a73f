"""Answers and comparisons as HTML, Excel, Word and PDF: the same numbers as on a terminal, in both languages."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

import alloc
from alloc.comparison import Comparison, compare
from alloc.explanation.city.reasons import explain_city
from alloc.explanation.request.requests import explain_request
from alloc.explanation.rules.rules import explain_rules
from alloc.explanation.sensitivity.prices import quick_prices
from alloc.explanation.shared.answer import Answer
from alloc.report.answers import FORMATS, answer_document, comparison_document, write_document
from alloc.report.content import Column, Document, Paragraph, Table
from alloc.report.numbers import shown
from alloc.report.render.html.fragment import ROWS
from alloc.report.render.html.page import page, spaced
from alloc.report.writing import ReportError
from alloc.result.result import Result

INFEASIBLE = Path(__file__).resolve().parent.parent / "instances" / "infeasible" / "caps_below_exhausted_pool"
QUESTIONS = ("city", "request", "prices", "rules", "conflict")
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
    return explain_rules(result()) if question == "rules" else alloc.explain(INFEASIBLE)


@cache
def comparison() -> Comparison:
    session = alloc.Session("hand")
    return compare([result(), session.edit("pools.general.total = 8000")])


def texts(table: Table, language: str) -> list[tuple[str, ...]]:
    return list(shown(table, language).rows)


def plain(cell: str) -> str:
    """A cell without arrow, unit and blanks."""
    return cell.strip().strip("▲▼ \u2009").replace(" %", "").replace("%", "").strip()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_says_what_the_terminal_says(question: str, language: str) -> None:
    told, document = answer(question), answer_document(answer(question), language)
    said = [part.text for part in document.parts() if isinstance(part, Paragraph)]
    assert said == [line for line in told.sentences(language) if line and not line.startswith("- ")]
    tables = list(document.tables())
    for table, section in zip(tables, told.sections(language), strict=True):
        assert table.title == section.title.partition("\n")[0]
        cells = [tuple(map(plain, row)) for row in section.rows]
        found = [tuple(map(plain, row)) for row in texts(table, language)]
        same = [len(one) == len(other) and all(a == b or _same(a, b) for a, b in zip(one, other, strict=True))
                for one, other in zip(cells, found, strict=True)]  # fmt: skip
        assert all(same), [pair for pair, alike in zip(zip(cells, found, strict=True), same, strict=True) if not alike]


def _same(told: str, written: str) -> bool:
    """An amount of nothing has no digits of its own, and what is missing is a dash."""
    try:
        return float(told.replace(",", "").replace("−", "-")) == float(written.replace(",", "").replace("−", "-"))
    except ValueError:
        return told in ("", "—") and written in ("", "—")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("question", [*QUESTIONS, "comparison"])
def test_every_format_opens(tmp_path: Path, question: str, form: str, language: str) -> None:
    if form == "pdf":
        pytest.importorskip("typst")
    document = (
        comparison_document(comparison(), language)
        if question == "comparison"
        else answer_document(answer(question), language)
    )
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
    """Rows with decimals of their own keep them as text; a column of shares is in per cent."""
    tables = list(comparison_document(comparison(), "en").tables())
    columns = [column for table in tables for column in table.columns]
    assert {"number", "figure"} <= {column.kind for column in columns}
    assert any(column.unit == "%" for column in columns)
    assert all(isinstance(column, Column) and column.right for column in columns if column.kind == "figure")


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
