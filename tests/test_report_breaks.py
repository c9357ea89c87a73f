"""Where pages part a document: how many rows of a table stand together, and what stands on a page with few lines."""

from __future__ import annotations

import io
import re
from functools import cache

import pypdf
import pytest

from alloc.content.blocks import Column, Document, Paragraph, Part, Section, Table
from alloc.report.render.fitting import FIRST, LAST, Piece, ends
from alloc.report.render.paper import LONGEST, Grid, laid
from alloc.report.render.pdf import Printer

NAMES = (Column("name", "city"), Column("n", "amount", "ha", "number", 1, status="estimated"))


def listed(rows: int, words: str = "") -> Table:
    cells = tuple((f"row {at} {words}".strip(), float(at)) for at in range(1, rows + 1))
    return Table("t", "Rows", NAMES, cells, source="The note of the table.")


def document(*parts: Part, notes: tuple[str, ...] = (), facts: tuple[tuple[str, str], ...] = ()) -> Document:
    sections = (Section("s1", "Chapter 1", "Lead.", parts),)
    return Document("d", "report", "Title", "Subtitle", "en", sections, notes, facts)


printer = cache(Printer)  # fonts are looked for once


def pages(made: Document) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printer().pdf([made]))).pages]


@pytest.mark.parametrize(("rows", "words", "expected"), [
    (4, "", (4, 0)), (12, "", (12, 0)), (13, "", (13, 0)), (14, "", (FIRST, LAST)), (30, "", (FIRST, LAST)),
    (20, "word " * 40, (2, 2)), (3, "word " * 200, (1, 1)),
])  # fmt: skip
def test_rows_at_both_ends_of_a_table_stand_together(rows: int, words: str, expected: tuple[int, int]) -> None:
    """Five above and eight below, of high rows fewer; a table of no more than these does not break at all."""
    (grid,) = (block for block in laid(document(listed(rows, words))).blocks if isinstance(block, Grid))
    assert ends(grid, Piece((0, 1), (300.0, 60.0)), 8.0, 60.0) == expected


def test_no_page_has_a_few_rows_of_a_table_alone() -> None:
    """Wherever a table of thirty rows comes to stand, and its note stands below its last rows."""
    broken = set()
    for filling in range(6, 36, 2):
        texts = pages(document(*(Paragraph("Coverage."),) * filling, listed(30)))
        counts = [len(re.findall(r"^row \d+", text, re.MULTILINE)) for text in texts]
        held = [count for count in counts if count]
        assert sum(held) == 30 and (len(held) == 1 or (held[0] >= FIRST and held[-1] >= LAST)), (filling, counts)
        (noted,) = (at for at, text in enumerate(texts) if "The note of the table." in text)
        assert counts[noted] == held[-1], filling
        broken.add(len(held))
    assert broken == {1, 2}


def test_no_page_before_the_annex_has_but_a_few_lines() -> None:
    """An annex begins on a page of its own, and beneath the text where that has hardly begun its page."""
    told = set()
    for filling in range(10, 44, 3):
        texts = pages(document(*(Paragraph("Coverage."),) * filling, listed(LONGEST + 1)))
        (at,) = (at for at, text in enumerate(texts) if re.search("^Annex$", text, re.MULTILINE))
        above = texts[at].count("Coverage.")
        assert above <= 10 and (above or texts[at - 1].count("Coverage.") > 8), filling
        told.add(bool(above))
    assert told == {True, False}


def test_how_to_reproduce_stands_together() -> None:
    facts = tuple((f"fact {at}", "value") for at in range(8))
    for filling in range(20, 40, 2):
        texts = pages(document(*(Paragraph("Coverage."),) * filling, facts=facts))
        assert sum("fact " in text for text in texts) == 1, filling
        assert all("fact 0" in text for text in texts if "How to reproduce this" in text), filling
