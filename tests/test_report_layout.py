"""How a report lies on paper: what stands together, in which order, and in which letters."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from docx import Document as read_word

from alloc.content.blocks import Column, Document, Figure, Listing, Paragraph, Part, Section, Table
from alloc.report.document import report
from alloc.report.render.fitting import Paper, em, plan
from alloc.report.render.fonts import NARROW, library
from alloc.report.render.paper import Grid, Picture, laid
from alloc.report.render.pdf import Printer
from alloc.report.render.word.document import write
from report_documents import hand, lowest

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="{height}"><text x="10" y="9">share</text></svg>'


def drawn(name: str, height: int) -> Figure:
    return Figure(name, f"Finding {name}", "what", "source", SVG.format(height=height), "share")


def listed(name: str, rows: int = 3, whole: bool = False) -> Table:
    columns = (Column("name", "city"), Column("n", "amount", "ha", "number", 1))
    return Table(name, f"Rows {name}", columns, tuple((f"city {at}", float(at)) for at in range(rows)), whole=whole)


def document(*sections: tuple[Part, ...], language: str = "en") -> Document:
    made = tuple(Section(f"s{at}", f"Chapter {at}", "Lead.", parts) for at, parts in enumerate(sections, 1))
    return Document("d", "report", "Title", "Subtitle", language, made)


def pages(made: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def test_a_high_figure_stands_behind_the_table_that_follows_it_and_a_low_one_where_it_is() -> None:
    """Two figures of half a page, then two tables: one table goes before both. Numbers stay in their order."""
    parts = (drawn("a", 100), drawn("b", 100), listed("t"), listed("u"), drawn("c", 20), listed("v"), drawn("d", 90))
    blocks = laid(document(parts)).blocks
    order = [each.title if isinstance(each, Grid) else f"{each.number} {each.figure.name}"
             for each in blocks if isinstance(each, Grid | Picture)]  # fmt: skip
    assert order == ["Rows t", "1 a", "2 b", "Rows u", "3 c", "Rows v", "4 d"]


def test_what_heads_a_list_stays_with_it(tmp_path: Path) -> None:
    parts = (Paragraph("Alone."), Paragraph("What limits it:"), Listing(("One.", "Two.")))
    write(document(parts), tmp_path / "d.docx")
    kept = {each.text: each.paragraph_format.keep_with_next for each in read_word(str(tmp_path / "d.docx")).paragraphs}
    assert (kept["Alone."], kept["What limits it:"]) == (None, True)
    for filling in range(26, 44):  # wherever it comes to stand, no page ends with it
        texts = pages(Printer().pdf([document((*(Paragraph("Coverage."),) * filling, *parts))]))
        assert all("One." in text for text in texts if "What limits it:" in text), filling


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "first"), [(20, "Contents"), (40, "Chapter 2")])
def test_contents_stand_before_the_page_of_all_cities_where_both_fit(rows: int, first: str) -> None:
    """Twenty cities and a list of fourteen chapters fit on the second page; with forty the list stands behind."""
    long = tuple((Paragraph("Coverage " * 900),) for _ in range(12))
    texts = pages(Printer().pdf([document((Paragraph("Short."),), (listed("glance", rows, whole=True),), *long)]))
    assert len(texts) >= 10 and "Chapter 2" not in texts[0]
    assert texts[1].split("\n")[1].endswith(first), texts[1][:200]
    assert "Rows glance" in texts[1]


def test_quotation_marks_of_an_english_text_are_narrow() -> None:
    """They stand in a Latin family, which a Chinese text does without."""
    expected = next(name for name in NARROW if name in library()._files or name == NARROW[-1])
    faces = library().faces(["“Cost”"])
    assert faces.quotes == expected
    fonts = {
        language: " ".join(
            str(font.get_object()["/BaseFont"])
            for page in pypdf.PdfReader(io.BytesIO(made)).pages
            for font in page["/Resources"]["/Font"].values()  # type: ignore[index, union-attr]
        )
        for language in ("zh", "en")
        for made in [Printer().pdf([document((Paragraph("“Cost”"),), language=language)])]
    }
    plain = expected.replace(" ", "")
    if faces.sans[0] != expected:
        assert plain in fonts["en"] and plain not in fonts["zh"]


def test_the_last_figure_of_a_chapter_stands_before_the_next_chapter() -> None:
    """Wherever on a page the chapter ends: a figure that waits for the foot of a page would slip into the next."""
    seen, printer = set(), Printer()
    for filling in range(10, 40, 3):
        texts = pages(printer.pdf([
            document((*(Paragraph("Coverage."),) * filling, drawn("last", 120)), (Paragraph("Next one."),))
        ]))  # fmt: skip
        told = "\n".join(texts)
        assert told.index("Finding last") < told.index("Chapter 2"), filling
        seen.add(next(at for at, text in enumerate(texts) if "Finding last" in text))
    assert seen == {0, 1}


def test_figures_keep_their_order_and_their_section_wherever_pages_end() -> None:
    """A high figure that finds no room stands at the head of the next page while text goes on before it; a low one
    does not overtake it, nor does a heading, of a section neither. None leaves a large part of a page empty."""
    printer, seen = Printer(), set()
    text = (Paragraph("Coverage " * 60),) * 6
    for filling in range(0, 36, 3):
        first = (*(Paragraph("Coverage."),) * filling, drawn("a", 110), *text[:1], drawn("b", 30), *text)
        inner = Section("in", "Section", "Within.", (*text, drawn("c", 110)))
        outer = Section("s", "Chapter", "Lead.", first, (inner,))
        behind = Section("t", "Another", "Next.", text)
        made = printer.pdf([Document("d", "report", "Title", "Subtitle", "en", (outer, behind))])
        told = "\n".join(pages(made))
        places = [told.index(each) for each in ("Finding a", "Finding b", "Within.", "Finding c", "Next.")]
        assert places == sorted(places), filling
        ends = [lowest(page, 0.06) for page in pypdf.PdfReader(io.BytesIO(made)).pages][:-1]
        assert max(ends) < 0.3, (filling, ends)
        seen.add(next(at for at, text_of in enumerate(pages(made)) if "Finding a" in text_of))
    assert seen == {0, 1}


def test_parts_of_a_wide_table_are_alike_and_marked_heads_have_their_room() -> None:
    """Four changes in a row are parts of a sum, not changes of the column before them, and may stand in either part; a
    bracket and its mark are one word."""
    names = (
        Column("name", "城市"),
        Column("share", "比重", "%", "number", 3),
        Column("formula", "公式测算", kind="number"),
    )
    parts = tuple(Column(f"p{at}", f"部分{at}", kind="change") for at in range(4))
    marked = Column("published", "公布（前）", kind="number", status="estimated")
    row = ("一个城市", 1.0, 123456.0, *(-12345.0,) * 4, 123456.0)
    table = Table("t", "测算表", (*names, *parts, marked), (row, row))
    (grid,) = (each for each in laid(document((table,), language="zh")).blocks if isinstance(each, Grid))
    pieces = plan(grid, (Paper(False, 220.0, 8),)).pieces
    assert [piece.columns for piece in pieces] == [(0, 1, 2, 3, 4), (0, 5, 6, 7)]
    (whole,) = plan(grid, (Paper(False, 400.0, 8),)).pieces
    assert whole.widths[7] >= 8 * em("（前）ᵉ") and em("（前）ᵉ") == 4.0


def test_what_a_report_says_of_sums_agrees_with_the_notes_of_its_tables() -> None:
    said = "合计是四舍五入之前各数之和；末位可能与所示各数之和略有出入的表，表下都有注。"
    assert report(hand(), "zh").notes[-1].endswith(said)
    assert not any("各项之和与合计一致" in each for each in report(hand(), "zh").notes)
