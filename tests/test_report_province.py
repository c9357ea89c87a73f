"""The report of one province: its own groups, every city of it by name, and nothing said twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

import alloc
from alloc.content.blocks import Document, Listing, Table
from alloc.content.numbers import shown
from alloc.explanation.sensitivity.answer import Prices
from alloc.instance import read
from alloc.instance.options import with_options
from alloc.report.document import report
from alloc.result.result import Result, run
from alloc.template.province import cut_province

REGIONS = {"zh": "东部", "en": "East"}
PROVINCE = {"zh": "广东", "en": "Guangdong"}


@cache
def guangdong() -> Result:
    """Its 21 cities, with facilities in parts."""
    return run(with_options(cut_province(read("china-2020"), "440000").instance, relaxation=True))


@pytest.fixture(scope="module", params=["zh", "en"])
def document(request: pytest.FixtureRequest) -> Iterator[Document]:
    yield report(guangdong(), request.param)


def test_no_table_has_the_province_or_its_region_alone(document: Document) -> None:
    names = {table.name for table in document.tables()}
    assert not {name for name in names if name.endswith(("_provinces", "_region"))}
    assert {"services_size_class", "services_cluster", "land_link_classes", "allocation"} <= names
    lone = (REGIONS[document.language], PROVINCE[document.language])
    for table in document.tables():
        assert not [row for row in table.rows if row[0] in lone], table.name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_waiving_is_worth_is_said_without_the_solver(language: str) -> None:
    """No option of the command line, no machine name of a tier, no dual value; prices themselves are there."""
    answer = alloc.explain(guangdong(), prices=True, quick=True)
    assert isinstance(answer, Prices) and "--tier" in "".join(answer.sentences(language))
    (chapter,) = [each for each in report(guangdong(), language, prices=answer).sections if each.name == "rules"]
    names = {part.name for part in chapter.parts if isinstance(part, Table)}
    assert len([name for name in names if name.startswith("prices_")]) >= 4
    texts = [chapter.title, chapter.sentence]
    for part in chapter.parts:
        if isinstance(part, Listing):
            assert len(part.items) > 3
            texts += part.items
        elif isinstance(part, Table):
            made = shown(part, language)
            texts += [part.title, *made.heads, *made.notes, *(cell for row in made.rows for cell in row)]
    for text in texts:
        for word in ("--", "影子价格", "对偶", "松弛", "closeness", "shadow price", "dual", "relaxation"):
            assert word not in text, text


def test_no_figure_leads_through_a_single_region(document: Document) -> None:
    figures = {figure.name: figure for figure in document.figures()}
    assert "flow" not in figures, "from the whole to the whole"
    for figure in figures.values():
        assert f">{REGIONS[document.language]}" not in figure.svg, figure.name
