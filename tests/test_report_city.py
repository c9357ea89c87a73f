"""The page of a city: one page in both languages, what holds its numbers, coverage beside all cities and its class."""

from __future__ import annotations

import io

import numpy as np
import pypdf
import pytest

from alloc.content.blocks import Figure, Paragraph
from alloc.content.numbers import shown
from alloc.formulation.registry import catalogue
from alloc.instance import read
from alloc.report.city_page import Pages
from alloc.report.document import report
from alloc.report.render.pdf import Printer
from alloc.report.sections.cities import deciding
from alloc.result.result import Result, run
from report_documents import country, hand, sentences, squeezed
from test_small_instances import EXAMPLES, FAMILIES, LEVERS


@pytest.fixture(scope="module")
def result() -> Result:
    return country()


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_every_fortieth_city_fits_on_one_page(result: Result, language: str):
    pages = Pages(result, language)
    documents = [pages.page(code) for code in pages.codes[::40]]
    made = pypdf.PdfReader(io.BytesIO(Printer().pdf(documents))).pages
    assert len(made) == len(documents)
    for document, page in zip(documents, made, strict=True):
        text = squeezed(page.extract_text())
        assert squeezed(document.title) in text
        for table in document.tables():
            for row in shown(table, language).rows:
                assert all(squeezed(cell) in text for cell in row[2:]), (document.name, table.name)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_city_has_one_page(result: Result, language: str):
    pages = Pages(result, language)
    made = pypdf.PdfReader(io.BytesIO(Printer().pdf([pages.page(code) for code in pages.codes]))).pages
    assert len(made) == len(pages.codes)


@pytest.mark.long
def test_coverage_of_all_cities_and_class_is_the_mean_over_residents(result: Result):
    page = Pages(result, "en").page("110000")
    table = next(each for each in page.tables() if each.name == "city_services")
    names = [column.name for column in table.columns]
    assert names[-2:] == ["all", "class"]
    services = result.tables["services"]
    of = services[services["service"] == services["service"].iloc[0]]
    residents = result.tables["people"].set_index("city")["residents"].loc[of["city"]]
    expected = np.average(of["coverage"], weights=residents)
    row = next(row for row, name in zip(table.rows, sorted(services["service"].unique()), strict=True)
               if name == services["service"].iloc[0])  # fmt: skip
    assert row[-2] == pytest.approx(expected)
    megacities = [row for row in table.rows if row[-1] is not None]
    assert len(megacities) == len(table.rows)


def test_the_sentence_names_what_decides_every_pool_once(result: Result):
    pages = Pages(result, "zh")
    titles = [pages.view.pool_title(pool) for pool in pages.view.derived.pools]
    for at in range(0, len(pages.codes), 25):
        said = pages.held(at)
        assert said.startswith("什么决定各项数字：") and said.endswith("。")
        assert all(said.count(title) == 1 for title in titles)


def test_a_city_whose_pool_leaves_it_out_is_said_to_have_no_part(result: Result):
    pages, place = Pages(result, "en"), "equalisation"
    without = result.instance.tables["cities"]["standard_gap"].to_numpy() == 0
    pool = list(pages.view.derived.pools).index(place)
    assert without.any() and not without.all()
    for at in (int(np.flatnonzero(without)[0]), int(np.flatnonzero(~without)[0])):
        gets = pages.view.amounts["published"][at, pool] > 0
        said = f"no part in {pages.view.pool_title(place)}, whose condition leaves the city out" in pages.held(at)
        assert said == bool(without[at] and not gets)


def test_the_table_of_all_cities_says_what_decides_as_the_pages_do(result: Result):
    """A bound by its rule, and a floor above the cap is a floor; the page of a city names the same rules."""
    pages, known = Pages(result, "en"), catalogue(result.instance.formulation).rules
    found = deciding(pages.view)
    assert [column.name for column in found.columns[2:]] == list(pages.view.derived.pools)
    words = {"formula": "by the formula", "tiers or shared rules": "earlier tiers or shared rules",
             "takes no part": "no part in", "tiers and rules": "tiers and rules together"}  # fmt: skip
    rows, floor = {row[1]: row[2:] for row in found.rows}, known["floor"].title.en
    assert f"upper bound: {floor}" not in {each for row in rows.values() for each in row}
    for at in range(0, len(pages.codes), 40):
        for cell, pool in zip(rows[pages.codes[at]], pages.view.derived.pools, strict=True):
            how, _, rule = str(cell).partition(": ")
            how = "formula" if how.startswith("formula ") else how  # with what it gives way by
            title = pages.view.pool_title(pool)
            said = next(each for each in pages.held(at)[:-1].split("; ") if title in each)
            assert (f"at the {how} ({rule})" if rule else words[how]) in said


def test_every_pool_has_the_decimals_of_its_quantum(result: Result):
    """Land is published to 0.01 ha, money to 10⁴ yuan: a city's page shows no more of either."""
    page = Pages(result, "zh").page("320500")
    table = next(each for each in page.tables() if each.name == "city_pools")
    units = {row[1]: row[-1] for row in shown(table, "zh").rows}
    assert set(units) == {"公顷", "万元"}
    assert units["公顷"].rpartition(".")[2].isdigit() and len(units["公顷"].rpartition(".")[2]) == 2
    assert "." not in units["万元"]


def test_a_page_has_the_sentence_and_the_tariff_instead_of_figures_that_repeat_tables():
    pages = Pages(hand(), "en")
    assert pages.held(0).startswith("What decides the numbers: ")
    document = pages.page(pages.codes[0])
    assert not any(isinstance(part, Figure) for part in document.parts())
    assert [each.name for each in document.tables()][-1] == "tariff_formula"
    assert any(isinstance(part, Paragraph) and part.text == pages.held(0) for part in document.parts())


def test_a_city_that_is_not_there_is_refused():
    with pytest.raises(ValueError):
        Pages(hand(), "zh").page("999999")


def printed(name: str) -> None:
    """Write report and every city's page of a small instance in both languages: each must have its sections."""
    found = run(read(f"families/{name}"))
    for language in ("zh", "en"):
        assert report(found, language).sections, name
        pages = Pages(found, language)
        assert all(pages.page(code).sections for code in pages.codes), name


def test_without_land_and_transfers_a_city_has_its_page_too():
    printed("purse_debt")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*FAMILIES, *LEVERS, *EXAMPLES} - {"purse_debt"}))
def test_every_small_instance_has_its_pages(name: str):
    printed(name)


def test_a_shared_budget_is_said_where_balances_are_shown():
    document = report(run(read("families/purses")), "zh")
    table = next(each for each in document.tables() if each.name == "city_budgets")
    assert table.note == "合用一本预算的单元，结余与不足相抵：甲市、乙市。"
    assert next(each for each in report(hand(), "zh").tables() if each.name == "city_budgets").note == ""


def test_what_is_kept_above_cities_is_not_left_over():
    said = [text for text in sentences(report(run(read("families/levels_below")), "zh")) if "没有分出" in text]
    assert said == []
