"""The report of one province: its own groups, every city of it by name, and nothing said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

import alloc
from alloc.auditing.grids import Grid, Head
from alloc.content.blocks import Document, Listing, Table
from alloc.content.numbers import shown
from alloc.explanation.sensitivity.answer import Prices
from alloc.instance import read
from alloc.instance.derived.derived import derive
from alloc.instance.options import with_options
from alloc.report.city_page import Pages
from alloc.report.document import report
from alloc.report.render.paper import Heading, laid
from alloc.report.sections.people import people
from alloc.report.view import View
from alloc.result.result import Result, run
from alloc.template.province import cut_province
from alloc.text import Text
from report_documents import sentences

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


def test_one_table_has_every_city_in_a_row_and_begins_a_page(document: Document) -> None:
    """What a page has room for: 21 rows under a total, amounts that add up to what was given out, no codes."""
    result, names = guangdong(), [section.name for section in document.sections]
    assert names[:2] == ["summary", "glance"]
    (table,) = document.sections[1].parts
    assert isinstance(table, Table) and table.whole and len(table.rows) == 21 and len(table.columns) <= 13
    assert table.totals is not None
    total = dict(zip([column.name for column in table.columns], table.totals, strict=True))
    given = result.tables["allocation"].merge(result.instance.tables["pools"][["pool", "kind"]], on="pool")
    for kind, amount in given.groupby("kind")["published"].sum().items():
        assert total[str(kind)] == pytest.approx(amount)
    assert total["settle"] == result.tables["people"]["settle"].sum()
    headings = [block for block in laid(document).blocks if isinstance(block, Heading)]
    assert [each.text for each in headings if each.begins] == [document.sections[1].title]
    cities = next(each for each in document.tables() if each.name == "allocation")
    assert [row[0] for row in table.rows] == [row[0] for row in cities.rows]


def test_the_first_page_says_which_limit_of_the_nation_the_province_is_without(document: Document) -> None:
    """In the nation Guangzhou and Shenzhen are held by a share of it; a limit that selects no city here is no loss."""
    told = {
        "zh": ("全国限制“超大城市新增用地占比”没有带入：", "东北"),
        "en": ("The national limit “megacities'", "north-east"),
    }
    named, beside = told[document.language]
    (listing,) = [part for part in document.sections[0].parts if isinstance(part, Listing)][-1:]
    assert not [item for item in listing.items if named in item and "4401" in item], "names say it, without codes"
    assert sum(named in item for item in listing.items) == 1 and not any(beside in item for item in listing.items)


def test_few_cities_are_named_and_none_is_said_in_words(document: Document) -> None:
    zeros = {"zh": r"(?<![\d,.])[0-3] ?个城市", "en": r"(?<![\d,.])[0-3] cit(y|ies)\b"}[document.language]
    for section in document.sections[:-2]:  # of those on data findings are told as a check tells them
        texts = [
            section.sentence,
            *(item for part in section.parts if isinstance(part, Listing) for item in part.items),
        ]
        held = [text for text in texts if not re.match("全国限制|The national", text)]
        assert not [text for text in held if re.search(zeros, text)], section.name


def test_no_figure_leads_through_a_single_region(document: Document) -> None:
    figures = {figure.name: figure for figure in document.figures()}
    assert "flow" not in figures, "from the whole to the whole"
    for figure in figures.values():
        assert f">{REGIONS[document.language]}" not in figure.svg, figure.name


def test_quotas_and_persons_are_exact_in_text(document: Document) -> None:
    """Only money is rounded to four digits: 19,980.33 ha are not about 19,980 ha, nor are settlers a round number."""
    result = guangdong()
    land = result.tables["allocation"].merge(result.instance.tables["pools"][["pool", "kind"]], on="pool")
    hectares = f"{land.loc[land['kind'] == 'land', 'published'].sum():,.2f}"
    settle = f"{result.tables['people']['settle'].sum():,.0f}"
    assert hectares == "19,980.33"
    texts = list(sentences(document))
    for exact in (hectares, settle):
        assert sum(exact in text for text in texts) >= 2, exact
    for text in texts:
        assert not re.search(r"(约|about) ?[\d,.]+ ?(公顷|人|ha|persons)", text), text


def test_a_settled_share_is_of_the_willing(document: Document) -> None:
    """Whoever is willing and may: Σ willingness · migrants, of which growth and quotas let only a part settle."""
    result = guangdong()
    able = derive(result.instance).settle_bounds[0]
    assert able.rule == "willingness"
    share = f"{100 * result.tables['people']['settle'].sum() / able.amount.sum():.1f} %"
    assert sum(share in text for text in sentences(document)) == 2, "on the first page and in the chapter"
    table = next(each for each in document.tables() if each.name == "people_classes")
    made = shown(table, document.language)
    place = [column.name for column in table.columns].index("settled_share")
    assert made.totals is not None and made.totals[place] + " %" == share


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_relaxing_gives_stands_without_the_lines_of_edits(language: str) -> None:
    """As the audit finds it, here by hand; the report has no words of the command line."""
    heads = (Head("cause", Text("放松", "relaxed")), Head("more", Text("多落户", "more settle"), "count"),
             Head("edits", Text("修改", "edits")))  # fmt: skip
    rows = ((Text("增长上限", "growth limit"), 1_380_816.0, "drop policy.settlement.growth"),)
    grid = Grid("relaxed", Text("放松一项能多落户多少", "What relaxing one cause gives"), heads, rows)
    section = people(View(guangdong(), language), grid)
    tables = {part.name: part for part in section.parts if isinstance(part, Table)}
    made = shown(tables["people_relaxed"], language)
    assert made.rows == (({"zh": "增长上限", "en": "growth limit"}[language], "1,380,816"),)
    willing, settle, beyond, below = tables["people_stopped"].totals[2:6]  # type: ignore[index]
    assert willing == pytest.approx(settle + beyond + below)
    assert settle == guangdong().tables["people"]["settle"].sum()


def test_a_mean_is_the_same_on_the_page_of_a_city_and_in_the_report(document: Document) -> None:
    """Over residents on both; of a province it is that of its cities and nobody calls it the nation's."""
    pages = Pages(guangdong(), document.language)
    page = next(each for each in pages.page("440300").tables() if each.name == "city_services")
    titles = [column.title for column in page.columns]
    beside = titles.index({"zh": "全部城市", "en": "all cities"}[document.language])
    whole = next(each for each in document.tables() if each.name == "services")
    after = [column.name for column in whole.columns].index("after")
    assert [row[beside] for row in page.rows] == pytest.approx([row[after] for row in whole.rows])
    assert not {"全国", "nation"} & set(titles)
