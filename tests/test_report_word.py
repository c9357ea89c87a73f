"""The Word report in the official layout: measured in the file as it is written."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from docx import Document as read_word
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from alloc.content.blocks import Column, Document, Figure, Paragraph, Section, Table
from alloc.report.document import city_page, report
from alloc.report.render.fitting import em, plan
from alloc.report.render.paper import LONGEST, Grid, laid
from alloc.report.render.word.contents import chinese
from alloc.report.render.word.document import PAPERS, WHOLE, write
from alloc.report.view import View
from report_documents import hand, lowest

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><text x="5" y="20">覆盖率 95 %</text></svg>'


def long_table(rows: int, columns: int) -> Table:
    heads = tuple(Column(f"c{at}", f"第{at}项指标", "万元", "number", 2) for at in range(columns))
    cells = tuple((f"城市{row}", *(1_234_567.89 + row for _ in range(columns))) for row in range(rows))
    return Table("long", "各城市", (Column("name", "城市"), *heads), cells)


def printed(path: Path) -> Sequence[pypdf.PageObject]:
    """The pages of a Word file, as LibreOffice lays them."""
    command = ["soffice", f"-env:UserInstallation={(path.parent / 'profile').as_uri()}", "--headless", "--convert-to"]
    told = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # it has a Python of its own
    subprocess.run([*command, "pdf", "--outdir", str(path.parent), str(path)], check=True, capture_output=True,
                   timeout=300, env=told)  # fmt: skip
    return pypdf.PdfReader(path.with_suffix(".pdf")).pages


@pytest.fixture(scope="module")
def word(tmp_path_factory: pytest.TempPathFactory) -> WordDocument:
    path = tmp_path_factory.mktemp("word") / "report.docx"
    write(report(hand(), "zh"), path)
    return read_word(str(path))


def style(word: WordDocument, name: str) -> dict[str, str]:
    element = word.styles[name].element
    fonts, size = element.find(f".//{qn('w:rFonts')}"), element.find(f".//{qn('w:sz')}")
    spacing = element.find(f"{qn('w:pPr')}/{qn('w:spacing')}")
    return {
        "font": fonts.get(qn("w:eastAsia")), "size": size.get(qn("w:val")), "line": spacing.get(qn("w:line")),
        "rule": spacing.get(qn("w:lineRule")), "bold": element.find(f".//{qn('w:b')}").get(qn("w:val"), "1"),
    }  # fmt: skip


def test_page_is_that_of_the_standard(word: WordDocument):
    section = word.sections[1]  # behind the page that stands alone
    across = section.page_width - section.left_margin - section.right_margin
    upright = section.page_height - section.top_margin - section.bottom_margin
    measured = [round(each / Mm(1), 1) for each in (section.page_width, section.page_height, section.top_margin,
                section.left_margin, across, upright)]  # fmt: skip
    assert measured == [210, 297, 37, 28, 156, 225]
    assert Mm(225) // Pt(28) == 22  # lines
    assert 28 * (Pt(16) - Pt(0.25)) <= Mm(156) < 29 * (Pt(16) - Pt(0.25))  # characters


def test_styles_are_those_of_the_standard(word: WordDocument):
    exact = {"line": "560", "rule": "exact"}
    assert style(word, "Body Text") == {"font": "仿宋_GB2312", "size": "32", "bold": "0", **exact}
    assert style(word, "Heading 1") == {"font": "黑体", "size": "32", "bold": "0", **exact}
    assert style(word, "Heading 2") == {"font": "楷体_GB2312", "size": "32", "bold": "0", **exact}
    assert style(word, "Heading 3") == {"font": "仿宋_GB2312", "size": "32", "bold": "1", **exact}
    assert style(word, "Title")["font"] == "方正小标宋简体" and style(word, "Title")["size"] == "44"
    assert style(word, "Table Text")["size"] == "24"
    indent = word.styles["Body Text"].element.find(f".//{qn('w:ind')}")
    assert indent.get(qn("w:firstLineChars")) == "200"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_items_of_lists_are_not_stretched_to_the_margin(tmp_path: Path, language: str):
    write(report(hand(), language), tmp_path / "report.docx")
    styles = read_word(str(tmp_path / "report.docx")).styles
    for name, align in (("List Bullet", "left"), ("Summary List", "left"), ("Body Text", "both")):
        assert styles[name].element.find(f".//{qn('w:jc')}").get(qn("w:val")) == align, name
    items = [each for each in read_word(str(tmp_path / "report.docx")).paragraphs if each.style.name == "Summary List"]
    assert items and all(each._p.pPr.numPr.numId.val == 2 for each in items), "each has its dot"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_head_of_a_word_or_two_signs_stands_on_one_line(language: str):
    """Of the repairs of a conflict, whose numbers are narrower than the head above them."""
    columns = (Column("repair", "修改", kind="count"), Column("what", "改什么"), Column("now", "现值", kind="number"))
    table = Table("repairs", "各项修改的数额", columns, ((1, "保底倍数" * 12, 0.9), (2, "总量", 0.5)))
    document = Document("t", "report", "t", "", language, (Section("s", "s", "", (table,)),))
    [grid] = [block for block in laid(document).blocks if isinstance(block, Grid)]
    planned = plan(grid, PAPERS)
    rooms = [width / planned.paper.size for width in planned.pieces[0].widths]
    assert all(room >= em(head) + 0.5 for room, head in zip(rooms, grid.shown.heads, strict=True))


def test_every_style_that_is_used_names_its_fonts(word: WordDocument):
    used = {paragraph.style.name for paragraph in word.paragraphs} | {"Table Text", "Footer"}
    for name in used:
        fonts = word.styles[name].element.find(f".//{qn('w:rFonts')}")
        assert all(fonts.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "eastAsia")), name


def test_headings_are_numbered_by_a_real_list(word: WordDocument):
    levels = word.part.numbering_part.element.findall(f".//{qn('w:lvl')}")
    said = [level.find(qn("w:lvlText")).get(qn("w:val")) for level in levels]
    assert said == ["%1、", "（%2）", "%3.", "•"]
    assert word.styles["Heading 1"].element.find(f".//{qn('w:numPr')}") is not None


def test_page_number_stands_outside(word: WordDocument):
    assert word.settings.odd_and_even_pages_header_footer
    for footer, side in ((word.sections[0].footer, "right"), (word.sections[0].even_page_footer, "left")):
        xml = footer.paragraphs[0]._p
        assert "".join(each.text or "" for each in xml.iter(qn("w:t"))) == "— 1 —"
        assert xml.find(f".//{qn('w:jc')}").get(qn("w:val")) == side
    assert style(word, "Footer")["size"] == "28"


def test_captions_count_and_stand_above_tables_whose_heads_repeat(word: WordDocument):
    body = list(word.element.body)
    large_figures = next(element for element in body if element.tag == qn("w:tbl"))  # which have no caption
    for at, element in enumerate(body):
        if element.tag == qn("w:tbl") and element is not large_figures:
            caption = body[at - 1]
            assert caption.find(f".//{qn('w:pStyle')}").get(qn("w:val")) == "Caption"
            first = element.find(qn("w:tr"))
            assert first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    fields = [each.get(qn("w:instr")) for each in word.element.body.iter(qn("w:fldSimple"))]
    assert any("SEQ 表" in each for each in fields) and any("SEQ 图" in each for each in fields)


def test_fonts_that_stand_in_are_named(tmp_path: Path):
    write(Document("d", "report", "标题", "", "zh", ()), tmp_path / "d.docx")
    table = zipfile.ZipFile(tmp_path / "d.docx").read("word/fontTable.xml").decode("utf-8")
    assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in table
    assert 'w:name="方正小标宋简体"><w:altName w:val="华文中宋"/>' in table


def test_a_wide_table_stays_upright_in_pieces_and_a_long_one_goes_to_the_annex(tmp_path: Path):
    tables = (long_table(5, 3), long_table(5, 9), long_table(LONGEST + 1, 3), long_table(5, 30))
    figure = Figure("f", "标题", "副标题", "来源", SVG, "覆盖率 95 %")
    document = Document("d", "report", "标题", "", "zh", (Section("s", "一节", "一句话。", (*tables, figure)),))
    write(document, tmp_path / "d.docx")
    word = read_word(str(tmp_path / "d.docx"))
    assert {round(section.page_width / Mm(1)) for section in word.sections} == {210}, (
        "no page is left half empty by a turn"
    )
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert texts.index("附件") < max(at for at, text in enumerate(texts) if "各城市" in text)
    assert any("见附表1" in text for text in texts)
    said = ("".join(each.text or "" for each in one._p.iter(qn("w:t"))) for one in word.paragraphs)
    captions = [text.partition("\u3000")[0] for text in said if text.startswith(("表", "附表")) and "续" not in text]
    assert captions == ["表1", "表2", "表3", "附表1"], "in the order of the pages"
    assert any("（续）" in text for text in texts)  # thirty columns are parted, names repeated
    for table in word.tables:
        total = sum(int(each.get(qn("w:w"))) for each in table._tbl.tblGrid) * 635
        assert total <= Mm(156) + 635 * 40
    assert word.inline_shapes[0]._inline.docPr.get("descr") == "覆盖率 95 %"


@pytest.mark.parametrize(("rows", "whole", "noted", "kept"), [
    (6, False, True, range(6)), (6, False, False, range(5)), (20, False, True, (0, 1, 17, 18, 19)),
    (20, True, True, range(20)), (60, True, True, (0, 1, 57, 58, 59)),
])  # fmt: skip
def test_a_low_table_is_kept_together_and_a_high_one_by_its_ends(
    rows: int, whole: bool, noted: bool, kept: Sequence[int], tmp_path: Path
):
    """All rows of a low one stay together, and of one that is to stand whole; of a high one the first and the last;
    these with the note below, and where there is none not with the table behind it."""
    table = replace(long_table(rows, 3), whole=whole, source="来源" if noted else "")
    document = Document("d", "city", "标题", "", "zh", (Section("s", "一节", "一句话。", (table,)),))
    write(document, tmp_path / "d.docx")
    (made,) = read_word(str(tmp_path / "d.docx")).tables
    found = [at for at, row in enumerate(made.rows[1:]) if row._tr.findall(f".//{qn('w:keepNext')}")]
    assert found == list(kept)


def test_the_list_of_contents_is_filled_and_links_to_every_heading(tmp_path: Path):
    """Chapters and sections with the numbers they get, dots, and a field that asks for the page; few have no list."""
    sections = tuple(Section(f"s{at}", f"第{at}节", "一句话。", ()) for at in range(1, 12))
    inner = replace(sections[2], sections=(Section("i", "分节", "", ()), Section("j", "又一节", "", ())))
    document = Document("d", "report", "标题", "", "zh", (*sections[:2], inner, *sections[3:]), ("一条说明。",))
    write(document, tmp_path / "d.docx")
    word = read_word(str(tmp_path / "d.docx"))
    listed = [each for each in word.paragraphs if each.style.name.startswith("toc")]
    said = ["".join(part.text or "" for part in each._p.iter(qn("w:t"))) for each in listed]
    assert said[:6] == ["一、第1节…", "二、第2节…", "三、第3节…", "（一）分节…", "（二）又一节…", "四、第4节…"]
    assert said[-3:] == ["十、第10节…", "十一、第11节…", "说明…"]
    asked = [each._p.find(f".//{qn('w:instrText')}").text.split()[1] for each in listed]
    marked = {
        each.get(qn("w:name")): each.getparent().getparent() is not None and "".join(
            part.text or "" for part in each.getparent().iter(qn("w:t"))
        )
        for each in word.element.body.iter(qn("w:bookmarkStart"))
    }  # fmt: skip
    assert [marked[each] for each in asked] == [
        text.partition("、")[2][:-1] or text.partition("）")[2][:-1] or text[:-1] for text in said
    ]
    write(replace(document, sections=sections[:7]), tmp_path / "few.docx")
    few = read_word(str(tmp_path / "few.docx"))
    assert not [each for each in few.paragraphs if each.style.name.startswith(("toc", "TOC"))]


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_chapters_are_counted_as_in_chinese(number: int, said: str):
    assert chinese(number) == said


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_of_contents_shows_the_pages_of_its_chapters(tmp_path: Path, language: str):
    document = report(hand(), language)
    write(document, tmp_path / "d.docx")
    pages = [each.extract_text() for each in printed(tmp_path / "d.docx")]
    listed = re.findall(r"^(.*?)\.{5,} *(\d+) *$", pages[1], re.MULTILINE)
    assert len(listed) > len(document.sections) and listed[0][1] == "1"
    squeezed = ["".join(page.split()) for page in pages]
    for title, page in listed[1:]:
        assert "".join(title.split()) in squeezed[int(page) - 1], title


@pytest.mark.parametrize("style", ["Body Text", "Note"])
def test_marks_in_running_text_are_as_large_as_in_tables(tmp_path: Path, style: str):
    """Half again as large as the text, in a line no higher than the others."""
    parts = (
        Paragraph("估计（ᵉ）和假设（ᵃ）。"),
        replace(long_table(2, 1), source="ᵉ 由估计数据得出，ᵃ 由假设数据得出。"),
    )
    write(Document("d", "report", "标题", "", "zh", (Section("s", "一节", "", parts),)), tmp_path / "d.docx")
    word = read_word(str(tmp_path / "d.docx"))
    (told,) = (each for each in word.paragraphs if each.style.name == style and "ᵉ" in each.text)
    marks = [run for run in told.runs if run.text in ("ᵉ", "ᵃ")]
    assert len(marks) == 2 and all(run.font.bold for run in marks)
    assert {run.font.size for run in marks} == {Pt({"Body Text": 24, "Note": 15.5}[style])}
    assert told._p.pPr.find(qn("w:snapToGrid")).get(qn("w:val")) == "0"


@pytest.mark.parametrize(("columns", "size", "pieces"), [(3, 12, 1), (8, 7, 1), (12, 9, 2)])
def test_a_table_that_is_to_stand_whole_is_set_smaller_and_never_turns(
    columns: int, size: float, pieces: int, tmp_path: Path
):
    table = replace(long_table(20, columns), whole=True)
    document = Document("d", "report", "标题", "", "zh", (Section("s", "一节", "一句话。", (table,)),))
    (grid,) = (block for block in laid(document).blocks if isinstance(block, Grid))
    planned = plan(grid, WHOLE)
    assert (planned.paper.size, len(planned.pieces)) == (size, pieces)
    write(document, tmp_path / "d.docx")
    word = read_word(str(tmp_path / "d.docx"))
    assert len(word.sections) == 1 and not word.element.body.findall(f".//{qn('w:pageBreakBefore')}")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_summary_stands_alone_on_the_first_page(tmp_path: Path, language: str):
    document = report(hand(), language)
    write(document, tmp_path / "d.docx")
    first = read_word(str(tmp_path / "d.docx")).sections[0]
    margins = (first.left_margin, first.right_margin, first.top_margin, first.bottom_margin)
    assert [round(each / Mm(1)) for each in margins] == [18] * 4
    one, two = ("".join(each.extract_text().split()) for each in printed(tmp_path / "d.docx")[:2])
    last = list(document.sections[0].parts)[-1].items[-1]  # type: ignore[union-attr]
    assert "".join(last.split())[-12:] in one
    assert two.startswith({"zh": "目录", "en": "Contents"}[language])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_no_page_but_the_last_is_left_blank_for_more_than_a_third(tmp_path: Path):
    """Of what is printed on a page, above its number: tables break, and none begins a page or turns it."""
    low = SVG.replace('height="100"', 'height="50"')
    sections = tuple(
        Section(f"s{at}", f"第{at}章", "一句话。", (
            replace(long_table(14, 9), whole=True), Figure(f"f{at}", "发现", "副标题", "来源", low, "覆盖率"),
            long_table(25 - at, 4), Paragraph("覆盖率有所提高。" * 20), long_table(5 + at, 9),
        ))
        for at in range(4)
    )  # fmt: skip
    write(Document("d", "report", "标题", "副标题", "zh", sections), tmp_path / "d.docx")
    pages = printed(tmp_path / "d.docx")
    margin, room = 35 / 297, 225 / 297
    ends = {at: round((lowest(page, margin - 0.01) - margin) / room, 2) for at, page in enumerate(pages, start=1)}
    assert len(pages) > 7 and {at for at, end in ends.items() if end > 1 / 3} <= {len(pages)}, ends
    assert all(page.mediabox.height > page.mediabox.width for page in pages)


def test_parts_of_a_wide_table_are_alike(tmp_path: Path):
    """Twelve pools with two changes each do not end in a part of three columns; changes stay with their pool."""
    columns = [Column("name", "城市")]
    for at in range(12):
        columns.append(Column(f"p{at}", f"第{at}项", "万元", "number", 2))
        columns.append(Column(f"c{at}", f"第{at}项增减", "万元", "change", 2))
        columns.append(Column(f"r{at}", f"第{at}项增减幅", "%", "change_share", 1))
    rows = tuple(("城市", *(1_234_567.89 for _ in columns[1:])) for _ in range(3))
    table = Table("t", "分配总表", tuple(columns), rows)
    document = Document("d", "report", "标题", "", "zh", (Section("s", "一节", "一句话。", (table,)),))
    pieces = [block for block in laid(document).blocks if isinstance(block, Grid)]
    parts = [piece.columns[1:] for piece in plan(pieces[0], PAPERS).pieces]
    assert len(parts) > 1 and [each for part in parts for each in part] == list(range(1, 37))
    assert max(map(len, parts)) - min(map(len, parts)) <= 3
    assert all(len(part) % 3 == 0 and columns[part[0]].kind == "number" for part in parts)


def test_numbers_are_not_broken_inside_a_cell(tmp_path: Path):
    """No space at which a line may break, a cell that may not wrap, and room for the whole number."""
    write(report(hand(), "zh"), tmp_path / "d.docx")
    seen = 0
    for cell in read_word(str(tmp_path / "d.docx")).element.body.iter(qn("w:tc")):
        if cell.find(f"{qn('w:tcPr')}/{qn('w:noWrap')}") is None:
            continue
        text = "".join(each.text or "" for each in cell.iter(qn("w:t")))
        if not text:
            continue
        size = int(next(cell.iter(qn("w:sz"))).get(qn("w:val"))) / 2
        width = int(cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}").get(qn("w:w"))) / 20
        assert " " not in text and em(text) * size <= width, text
        seen += 1
    assert seen > 100


@pytest.mark.parametrize("language", ["zh", "en"])
def test_addressee_office_and_date_are_fields_and_annexes_are_listed(tmp_path: Path, language: str):
    tables = (long_table(LONGEST + 1, 3), replace(long_table(LONGEST + 1, 2), name="other", title="各城市用地"))
    document = Document("d", "report", "标题", "副标题", language, (Section("s", "一节", "一句话。", tables),))
    write(document, tmp_path / "d.docx")
    body = read_word(str(tmp_path / "d.docx")).element.body
    fields = {each.find(f".//{qn('w:tag')}").get(qn("w:val")): each for each in body.iter(qn("w:sdt"))}
    titles = [each.find(f".//{qn('w:alias')}").get(qn("w:val")) for each in fields.values()]
    assert list(fields) == ["recipient", "issuer", "date"]
    assert (
        titles
        == {"zh": ["主送机关", "发文机关署名", "成文日期"], "en": ["Addressee", "Issuing office", "Date"]}[language]
    )
    texts = ["".join(each.text or "" for each in paragraph.iter(qn("w:t"))) for paragraph in body.iter(qn("w:p"))]
    after = {"zh": "：", "en": ":"}[language]
    assert texts.index({"zh": "[主送机关]", "en": "[addressee]"}[language] + after) == texts.index("副标题") + 1
    first = {"zh": "附件：1. 各城市（附表1）", "en": "Annexes: 1. 各城市 (table A1)"}[language]
    second = {"zh": "2. 各城市用地（附表2）", "en": "2. 各城市用地 (table A2)"}[language]
    place = texts.index(first)
    assert texts[place + 1] == second and texts[place + 2].startswith("[") and texts[place + 3].startswith("[")


def test_the_same_document_gives_the_same_bytes(tmp_path: Path):
    document = report(hand(), "en")
    for name in ("a.docx", "b.docx"):
        write(document, tmp_path / name)
    made = (tmp_path / "a.docx").read_bytes()
    assert made == (tmp_path / "b.docx").read_bytes()
    assert {info.date_time for info in zipfile.ZipFile(io.BytesIO(made)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_page_of_a_city_says_nothing_twice_and_is_set_small(tmp_path: Path):
    """No caption repeats its heading, a figure has a line below it, and type of tables is 8 points at most."""
    view = View(hand(), "zh")
    write(city_page(view, view.codes[0]), tmp_path / "city.docx")
    page = read_word(str(tmp_path / "city.docx"))
    said = [(each.style.name, each.text) for each in page.paragraphs]
    headings = {text for style, text in said if style.startswith("Heading")}
    assert headings and not headings & {text for style, text in said if style == "Caption"}
    below = [said[at + 1][0] for at, (style, _) in enumerate(said) if style == "Figure"]
    assert below == ["Note"] * len(below) and below
    assert all(shape.width == Mm(88) for shape in page.inline_shapes)
    sizes = {run.font.size for table in page.tables[1:] for cell in table._cells for part in cell.paragraphs
             for run in part.runs} - {None}  # fmt: skip
    assert max(sizes) <= Pt(8)
