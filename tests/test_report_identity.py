"""One content, four renderings: every number of every table and sentence is the same in all of them."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pypdf
import pytest
from docx import Document as read_word
from docx.oxml.ns import qn
from lxml import html as markup

from alloc.content.blocks import Document, Table
from alloc.content.numbers import shown
from alloc.report.render import html, pdf
from alloc.report.render.paper import laid, lines
from alloc.report.render.word import document as word
from alloc.report.render.xlsx import workbook
from report_documents import country, displayed, hand, numbers, sentences, shortened, squeezed

pytestmark = pytest.mark.long

CASES = {"hand-zh": (hand, "zh"), "hand-en": (hand, "en"), "country-zh": (country, "zh")}


@dataclass(frozen=True)
class Rendered:
    document: Document
    html: markup.HtmlElement
    values: openpyxl.Workbook
    word: object
    pdf: str


@pytest.fixture(scope="module", params=["hand-zh", "hand-en", pytest.param("country-zh", marks=pytest.mark.slow)])
def rendered(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    make, language = CASES[request.param]
    document = shortened(make(), language)
    folder: Path = tmp_path_factory.mktemp("reports")
    paths = {name: folder / f"report.{name}" for name in ("html", "xlsx", "docx", "pdf")}
    for name, writer in (("html", html), ("xlsx", workbook), ("docx", word), ("pdf", pdf)):
        writer.write(document, paths[name])
    pages = pypdf.PdfReader(io.BytesIO(paths["pdf"].read_bytes())).pages
    return Rendered(
        document,
        markup.fromstring(paths["html"].read_text(encoding="utf-8")),
        openpyxl.load_workbook(paths["xlsx"], data_only=True),
        read_word(str(paths["docx"])),
        "\n".join(page.extract_text() for page in pages),
    )


def numeric(table: Table, language: str) -> Counter[str]:
    """Texts of all cells of numeric columns, sub-totals and totals among them."""
    found: Counter[str] = Counter()
    for line in lines(table, shown(table, language), language):
        found.update(
            squeezed(line.texts[at]) for at, column in enumerate(table.columns) if column.numeric and at >= line.span
        )
    found.pop("", None)
    return found


def test_html_shows_every_number_of_every_table(rendered: Rendered):
    language = rendered.document.language
    for table in rendered.document.tables():
        figure = rendered.html.get_element_by_id(f"t-{table.name}")
        data = figure.xpath(".//script[@type='application/json']")
        cells = (
            re.findall(r'"((?:[^"\\]|\\.)*)"', data[0].text)
            if data
            else [cell.text_content() for cell in figure.xpath(".//td")]
        )
        texts = [json.loads(f'"{each}"') for each in cells] if data else cells
        found = Counter(squeezed(text) for text in texts)
        assert not numeric(table, language) - found, table.name


def test_workbook_shows_every_number_of_every_table_in_its_place(rendered: Rendered):
    language = rendered.document.language
    sheets = rendered.values.worksheets[2:]
    tables = list(rendered.document.tables())
    assert len(sheets) == len(tables)
    for sheet, table in zip(sheets, tables, strict=True):
        made = list(lines(table, shown(table, language), language))
        for row, line in enumerate(made, start=5):
            for at, text in enumerate(line.texts):
                if at >= line.span:
                    cell = sheet.cell(row, at + 1)
                    assert displayed(cell.value, cell.number_format) == text, (table.name, cell.coordinate)


def test_word_shows_every_number_of_every_table(rendered: Rendered):
    pages = laid(rendered.document)
    body = rendered.word.element.body  # type: ignore[attr-defined]
    found: Counter[str] = Counter()
    for cell in body.iter(qn("w:tc")):
        found[squeezed("".join(each.text or "" for each in cell.iter(qn("w:t"))))] += 1
    wanted: Counter[str] = Counter()
    for table in rendered.document.tables():
        wanted.update(numeric(table, rendered.document.language))
    assert not wanted - found
    assert len(list(body.iter(qn("w:tbl")))) >= len(pages.annex) + sum(hasattr(each, "lines") for each in pages.blocks)


def test_pdf_shows_every_number_of_every_table(rendered: Rendered):
    wanted: Counter[str] = Counter()
    for table in rendered.document.tables():
        wanted.update(numeric(table, rendered.document.language))
    assert not numbers(wanted.elements()) - numbers([rendered.pdf])


def test_all_say_the_same_sentences(rendered: Rendered):
    said = list(sentences(rendered.document))
    book = rendered.values.worksheets[1]
    texts = {
        "html": rendered.html.text_content(),
        "xlsx": "\n".join(str(cell) for row in book.iter_rows(values_only=True) for cell in row if cell),
        "docx": "\n".join(each.text or "" for each in rendered.word.element.body.iter(qn("w:t"))),  # type: ignore[attr-defined]
    }
    for name, text in texts.items():
        whole = squeezed(text)
        missing = [sentence for sentence in said if squeezed(sentence) not in whole]
        assert missing == [], name
    assert not numbers(said) - numbers([rendered.pdf])


def test_pdf_says_every_sentence_that_stands_on_one_page(rendered: Rendered):
    whole = squeezed(rendered.pdf)
    said = [squeezed(each) for each in sentences(rendered.document)]
    there = sum(each in whole for each in said)
    assert there >= 0.9 * len(said)  # the rest run over the foot of a page
