"""PDF and drawings: fonts are looked into first, missing characters are an error, the same bytes every time."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from alloc.content.blocks import Column, Document, Figure, Paragraph, Section, Table
from alloc.report.document import report
from alloc.report.render import raster
from alloc.report.render.fitting import unstranded
from alloc.report.render.fonts import EMBEDDED, LATIN, Library, MissingGlyphs, library
from alloc.report.render.pdf import Printer, write
from report_documents import hand, lowest

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" font-family="Nowhere">'
    '<rect width="200" height="100" fill="#ffffff"/><text x="10" y="60" font-size="40">{text}</text></svg>'
)


def document(*parts: object, language: str = "en") -> Document:
    return Document("d", "report", "Title", "Subtitle", language, (Section("s", "One", "", parts),))  # type: ignore[arg-type]


def read(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


@pytest.fixture(scope="module")
def bare() -> Library:
    """A machine without any font."""
    return Library(system=False)


def test_characters_that_no_font_shows_are_named_with_what_to_install(bare: Library):
    with pytest.raises(MissingGlyphs) as caught:
        Printer(bare).pdf([document(Paragraph("Coverage of 福州市"))])
    assert caught.value.characters == ("州", "市", "福")
    assert "福 (U+798F)" in caught.value.text.zh and "fonts-wqy-microhei" in caught.value.text.zh
    assert "Optional features" in caught.value.text.en


def test_a_character_inside_a_drawing_is_looked_up_too(bare: Library):
    figure = Figure("f", "t", "s", "q", SVG.format(text="率"), "share")
    with pytest.raises(MissingGlyphs, match="率"):
        Printer(bare).pdf([document(figure)])


def test_english_needs_no_font_of_the_machine(bare: Library):
    assert "Coverage 95 % ▲ +1.2ᵉ" in read(Printer(bare).pdf([document(Paragraph("Coverage 95 % ▲ +1.2ᵉ"))]))


@pytest.mark.slow
@pytest.mark.parametrize(("paragraphs", "told"), [(1, False), (120, True)])
def test_a_list_of_contents_is_for_documents_of_ten_pages(bare: Library, paragraphs: int, told: bool):
    parts = tuple(Paragraph("Coverage " * 40) for _ in range(paragraphs))
    sections = tuple(Section(name, name, "", parts) for name in ("One", "Two", "Three"))
    made = Printer(bare).pdf([Document("d", "report", "Title", "Subtitle", "en", sections)])
    assert (len(pypdf.PdfReader(io.BytesIO(made)).pages) >= 10, "Contents" in read(made)) == (told, told)


def test_what_the_embedded_family_shows_is_what_we_say(bare: Library):
    """Every sign is set alone in that family and read back."""
    import typst

    signs = sorted(sign for sign in EMBEDDED if not sign.isspace())
    source = f'#set text(font: "{LATIN}", fallback: false)\n' + "".join(
        f'#"{chr(92) * (sign in chr(34) + chr(92))}{sign}"\n\n' for sign in signs
    )
    made, warnings = typst.Compiler(font_paths=bare.fonts).compile_with_warnings(source.encode(), format="pdf")
    assert not warnings
    assert isinstance(made, bytes)
    assert set(signs) <= set(read(made))


def test_rare_characters_are_found_in_whatever_font_has_them():
    faces = library().faces(["城市覆盖率 95 % ᵉ ▲"])
    assert faces.sans and faces.serif and LATIN in faces.sans
    with pytest.raises(MissingGlyphs):
        library().faces(["\U0010fffd"])


def test_a_blank_drawing_and_one_with_text_differ():
    faces = library().faces(["率"])
    made = raster.png(SVG.format(text="率"), library(), faces)
    assert made != raster.png(SVG.format(text=""), library(), faces)
    assert raster.picture_size(made) == pytest.approx((200 * 0.75 * 200 / 72, 100 * 0.75 * 200 / 72), abs=1)
    assert list(raster.texts(SVG.format(text="率"))) == ["率"]


def test_a_drawing_without_a_size_is_refused():
    with pytest.raises(ValueError, match="viewBox"):
        raster.size('<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert raster.size('<svg viewBox="0 0 30 20"/>') == raster.Size(30, 20)


def test_texts_are_never_taken_for_markup():
    text = '#panic("x") *bold* _it_ $x$ <label> @ref [a] \\ " // = `raw`'
    cell = Table("t", text, (Column("a", text),), ((text,),))
    said = read(Printer().pdf([document(Paragraph(text), cell)]))
    assert said.count("#panic(") == 4 and "@ref [a]" in said


def test_pages_are_numbered_chapters_are_in_the_outline_and_heads_repeat():
    columns = (Column("name", "city"), Column("n", "amount", "ha", "number", 1))
    rows = tuple((f"city {at}", float(at)) for at in range(200))
    made = Printer().pdf([document(Table("t", "All", columns, rows))])
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert [entry["/Title"] for entry in reader.outline] == ["1 One", "Annex"]
    annex = [page.extract_text() for page in reader.pages if "city 1" in page.extract_text()]
    assert len(annex) > 2 and all("amount" in text for text in annex)
    assert all(f"— {at} —" in page.extract_text() for at, page in enumerate(reader.pages, start=1))
    assert {tuple(map(round, page.mediabox[2:])) for page in reader.pages} <= {(595, 842), (842, 595)}


FOOT = 0.06  # of a page, with its number


def test_no_page_but_the_last_is_left_blank_for_more_than_a_third():
    """Tables break, wide ones stay upright in pieces, and high figures go to the foot of the next page."""
    names = (Column("name", "city"), *(Column(f"n{at}", f"amount {at}", "ha", "number", 1) for at in range(30)))
    rows = tuple((f"city {at}", *map(float, range(30))) for at in range(14))
    high = SVG.format(text="share").replace('height="100"', 'height="140"')
    parts = [
        part
        for at in range(4)
        for part in (
            Table(f"a{at}", "Narrow", names[:4], tuple(row[:4] for row in rows)),
            Figure(f"f{at}", "Finding", "what", "source", high, "share"),
            Table(f"b{at}", "Wide", names, rows),
            Paragraph("Coverage " * 40),
        )
    ]
    sections = tuple(Section(f"s{at}", f"Chapter {at}", "Lead.", tuple(parts[at * 4 :][:4])) for at in range(4))
    made = Printer().pdf([Document("d", "report", "Title", "Subtitle", "en", sections)])
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 5
    ends = {at: round(lowest(page, FOOT), 2) for at, page in enumerate(pages, start=1)}
    assert {at for at, end in ends.items() if end > 1 / 3} <= {len(pages)}, ends
    assert all(page.mediabox.height > page.mediabox.width for page in pages)


def test_the_sentence_of_a_chapter_stands_on_the_page_of_its_table():
    """Wherever the chapter comes to stand: above its table, whose rows do not part, and above one that breaks."""
    columns = (Column("name", "city"), Column("n", "amount", "ha", "number", 1))
    rows = tuple((f"city {at}", float(at)) for at in range(30))
    seen = set()
    for filling in range(8, 34):
        sections = (
            Section("a", "First", "", tuple(Paragraph("Coverage.") for _ in range(filling))),
            Section("b", "Second", "The lead.", (Table("t", "Rows", columns, rows[: 4 if filling % 2 else None]),)),
        )
        made = Printer().pdf([Document("d", "report", "Title", "Subtitle", "en", sections)])
        texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
        (at,) = (at for at, text in enumerate(texts) if "The lead." in text)
        assert "Second" in texts[at] and "city 1" in texts[at], filling
        seen.add(at)
    assert seen == {0, 1}


@pytest.mark.parametrize(("text", "room", "broken"), [
    ("恩施土家族苗族自治州", 9.6, "恩施土家族\n苗族自治州"),
    ("黔西南布依族苗族自治州", 9.6, "黔西南布依族\n苗族自治州"),
    ("恩施土家族苗族自治州", 10.0, "恩施土家族苗族自治州"),
    ("恩施土家族苗族自治州", 7.0, "恩施土家族苗族自治州"),
    ("Enshi Prefecture", 8.0, "Enshi Prefecture"),
])  # fmt: skip
def test_no_sign_of_a_name_stands_alone_on_its_second_line(text: str, room: float, broken: str):
    assert unstranded(text, room) == broken


def test_the_same_document_gives_the_same_bytes(tmp_path: Path):
    made = report(hand(), "zh")
    for name in ("a.pdf", "b.pdf"):
        write(made, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_a_drawing_is_no_higher_than_the_page_it_stands_on(bare: Library):
    """One thrice as high as wide is a third as wide as its room allows to be high; a low one fills the width."""
    high = SVG.replace('height="100"', 'height="600"').format(text="x")
    assert raster.fitting(high, 174, 210) == 70 and raster.fitting(SVG.format(text="x"), 174, 210) == 174
    made = Printer(bare).pdf([document(Paragraph("One"), Figure("f", "Title", "sub", "Source: foot", high, "a"))])
    told = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert len(told) <= 2 and "x" in told[-1] and "Source: foot" in told[-1]
