"""A document as Word: real styles, lists, captions and tables, to be edited further."""

from __future__ import annotations

import io
import math
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from alloc.content.blocks import Document, Facts, Listing, Paragraph
from alloc.instance.schema.columns import MARKS
from alloc.report.render import raster
from alloc.report.render.fitting import Paper, em, plan
from alloc.report.render.fonts import Faces, Library, library
from alloc.report.render.paper import Grid, Heading, Lead, Picture, abreast, laid, say
from alloc.report.render.word import alone
from alloc.report.render.word import style as word_style
from alloc.report.render.word.contents import contents_xml, entries_of, mark
from alloc.report.render.word.letter import annexes_said, recipient_xml, signature_xml
from alloc.report.render.word.package import packed
from alloc.report.render.word.style import HEIGHT, LEFT, PAGE_HEIGHT, PAGE_WIDTH, TOP, WIDTH
from alloc.report.render.word.table import MARKED, TOGETHER, UNBROKEN, facts_xml, mark_up, table_xml
from alloc.writing.kinds import REPORT_MARK

CREATED = datetime(2021, 1, 1)  # the same document gives the same bytes
ACROSS_TOP, ACROSS_BOTTOM = Mm(14), Mm(14)
UPRIGHT, ACROSS = WIDTH / Pt(1), HEIGHT / Pt(1)
SIZES = (12.0, 10.5, 9.0, 8.0)
# A table in the text stays upright, in pieces where need be: a page that turns leaves the one before it half empty.
PAPERS = tuple(Paper(False, UPRIGHT, size) for size in SIZES)
# One that is to stand whole is set smaller rather than in pieces; where it has to be, these are larger.
WHOLE = (*PAPERS, Paper(False, UPRIGHT, 7.5), Paper(False, UPRIGHT, 7), Paper(False, UPRIGHT, 9))
ANNEX = (Paper(False, UPRIGHT, 9), Paper(False, UPRIGHT, 8), Paper(True, ACROSS, 9), Paper(True, ACROSS, 8))
CITY_MARGIN = Mm(18)
CITY_WIDTH = PAGE_WIDTH - 2 * CITY_MARGIN
CITY = tuple(Paper(False, CITY_WIDTH / Pt(1), size) for size in (8.0, 7.0))
CITY_FIGURE = Mm(88)
HIGHEST = HEIGHT - Mm(25)  # of a drawing: its caption stands on the same page
USUAL, READABLE = Mm(80), 0.7  # two stand on a page of a report; none is drawn in less than so much of its size
ALONE = "summary"  # the chapter that stands alone, of a whole report


def write(document: Document, path: Path, fonts: Library | None = None) -> None:
    """Writes a document as Word.

    Args:
        document: a report or the page of a city.
        path: the file, written over where it exists.
        fonts: those of the machine, which draw the figures; looked for where None.

    Raises:
        MissingGlyphs: a figure writes what no font of this machine shows.
        OSError: the file cannot be written.
    """
    path.write_bytes(_Writer(document, library() if fonts is None else fonts).made())


class _Writer:
    """Puts one document together."""

    def __init__(self, document: Document, fonts: Library) -> None:
        self._document, self._fonts, self._language = document, fonts, document.language
        self._city = document.kind == "city"
        self._across = False
        self._headed = ""  # the title of the section
        self._marked = 0  # headings so far
        self._word: WordDocument = new_document()
        self._faces: Faces = fonts.faces(text for figure in document.figures() for text in raster.texts(figure.svg))
        self._pages = laid(document)
        styles = word_style.faces(self._language, self._city)
        self._alone, self._size = 0, None  # how many blocks stand alone on the first page, and in which type
        if not self._city and document.sections[:1] and document.sections[0].name == ALONE:
            self._alone = alone.blocks_of(self._pages.blocks)
            above = sum((styles[each].line or 0.0) + styles[each].after for each in ("Title", "Subtitle", "Body Text"))
            above += max(0, math.ceil(em(document.subtitle) * styles["Subtitle"].size / alone.WIDTH) - 1) * (
                styles["Subtitle"].line or 0.0
            )
            if self._alone:
                self._size = alone.size_of(self._pages.blocks[: self._alone], self._language, styles, above)
            if self._size is not None:
                styles |= alone.styles_of(self._language, self._size, styles)
        self._styles = styles
        word_style.set_styles(self._word, styles, self._language)
        word_style.set_numbering(self._word, self._language, headings=not self._city)

    def made(self) -> bytes:
        document = self._document
        self._set_page(self._word.sections[0], False, self._size is not None)
        self._number_pages()
        self._text(document.title, "Title")
        self._text(document.subtitle, "Subtitle")
        if not self._city:
            self._raw(recipient_xml(self._language))
        pages = self._pages
        for at, (block, behind) in enumerate(zip(pages.blocks, (*pages.blocks[1:], None), strict=False)):
            self._summary = self._size is not None and at < self._alone
            if self._size is not None and at == self._alone:
                self._begin_section(False)
            if at == self._alone and not self._city:
                self._contents()
            if isinstance(block, Heading):
                self._heading(block)
            else:
                self._block(block, isinstance(behind, Listing))
        self._closing()
        if not self._city:
            for line in annexes_said(pages.annex, self._language):
                self._text(line, "Body Text")
            for xml in signature_xml(self._language):
                self._raw(xml)
        if pages.annex:
            self._turn(across := plan(pages.annex[0], ANNEX).paper.across)
            self._plain_heading(say(self._language, "annex"), new_page=not across)
            for grid in pages.annex:
                self._grid(grid, ANNEX)
        self._reproduced()
        properties = self._word.core_properties
        properties.title, properties.author, properties.comments = document.title, "alloc", ""
        properties.category = REPORT_MARK
        properties.language = "zh-CN" if self._language == "zh" else "en-GB"
        properties.created = properties.modified = CREATED
        properties.last_modified_by, properties.revision = "alloc", 1
        return packed(self._word)

    def _heading(self, heading: Heading) -> None:
        self._mark(self._text(heading.text, f"Heading {min(heading.depth, 2) + 1}"))
        self._headed = heading.text

    def _mark(self, heading: WordParagraph) -> None:
        mark(heading, self._marked)
        self._marked += 1

    def _contents(self) -> None:
        """Behind the page that stands alone."""
        document, annexed = self._document, bool(self._pages.annex)
        keys = {"notes": bool(document.notes), "annex": annexed, "facts": bool(document.facts)}
        behind = [say(self._language, key) for key, there in keys.items() if there]
        if entries := entries_of(self._pages.blocks, behind, self._language):
            self._text(say(self._language, "contents"), "TOC Heading")
            for xml in contents_xml(entries):
                self._raw(xml)

    def _block(self, block: Facts | Grid | Lead | Listing | Paragraph | Picture, heads: bool) -> None:
        """One block; `heads`: a list stands behind it, from which it is not parted."""
        if isinstance(block, Lead | Paragraph):
            kept = isinstance(block, Lead) or heads
            style = alone.TEXT if self._summary else "Body Text"
            self._text(block.text, style).paragraph_format.keep_with_next = kept or None
        elif isinstance(block, Listing):
            for item in block.items:
                self._item(item)
        elif isinstance(block, Facts):
            self._facts(block)
        elif isinstance(block, Picture):
            self._picture(block)
        else:
            self._grid(block, self._papers(block))

    def _papers(self, grid: Grid) -> tuple[Paper, ...]:
        """The ways to lay a table of the text."""
        return CITY if self._city else WHOLE if grid.table.whole else PAPERS

    def _item(self, text: str) -> None:
        """One of a list."""
        if not self._summary or self._size is None:
            self._text(text, "List Bullet")
            return
        item = self._text(text, alone.LIST)
        properties: Any = item._p.get_or_add_pPr()
        numbered = properties.get_or_add_numPr()  # by its style alone, whose list is that of another, it has no dot
        numbered.get_or_add_ilvl().val, numbered.get_or_add_numId().val = 0, word_style.DOTS
        shape = item.paragraph_format
        shape.left_indent = Pt(alone.LEFT[self._language] * self._size)
        shape.first_line_indent = -Pt(self._size)

    def _text(self, text: str, style: str) -> WordParagraph:
        return self._write(self._word.add_paragraph("", style), text)

    def _write(self, paragraph: WordParagraph, text: str) -> WordParagraph:
        """Puts a text behind what a paragraph has, its marks large enough to be told apart."""
        for part in filter(None, MARKED.split(text)):
            run = paragraph.add_run(part)
            if part in MARKS.values():
                mark_up(run, self._styles[paragraph.style.name].size)
        return paragraph

    def _raw(self, xml: str) -> None:
        body = self._word.element.body
        body.insert(len(body) - 1, parse_xml(xml))

    def _plain_heading(self, text: str, new_page: bool = False) -> None:
        paragraph = self._text(text, "Heading 1")
        self._mark(paragraph)
        paragraph.paragraph_format.page_break_before = new_page or None
        properties: Any = paragraph._p.get_or_add_pPr()
        properties.insert(1, parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'))

    def _facts(self, facts: Facts) -> None:
        if self._city:
            self._raw(facts_xml(facts, CITY_WIDTH / Pt(1)))
            return
        if self._summary:
            self._raw(facts_xml(facts, alone.WIDTH))
            self._text("", "Gap")
            return
        between = "" if self._language == "zh" else " "
        for fact in facts.facts:
            colon, opened, closed = ("：", "（", "）") if self._language == "zh" else (": ", " (", ")")
            change = f"{opened}{fact.change}{closed}" if fact.change else ""
            paragraph = self._text(f"{fact.label}{colon}", "List Bullet")
            paragraph.add_run(f"{fact.value}{between}{fact.unit}").bold = True
            paragraph.add_run(change)

    def _picture(self, picture: Picture) -> None:
        figure = picture.figure
        width = WIDTH if figure.wide else Emu(round(WIDTH * raster.NARROW))
        if self._city:
            width = CITY_FIGURE
        elif self._summary:
            width = Emu(round(width / WIDTH * alone.WIDTH * alone.FIGURE * Pt(1)))
        most = raster.fitting(figure.svg, width, HIGHEST)
        width = Emu(round(most if self._city else max(READABLE * most, raster.fitting(figure.svg, most, USUAL))))
        data = raster.png(figure.svg, self._fonts, self._faces, 200.0, width / Pt(1))
        paragraph = self._text("", "Figure")
        shape = paragraph.add_run().add_picture(io.BytesIO(data), width=width)
        drawn = shape._inline.docPr
        drawn.set("descr", figure.alternative)
        drawn.set("name", figure.name)
        if self._city:  # a line for all of it
            self._text(say(self._language, "gap").join((figure.title, figure.subtitle, figure.source)), "Note")
            return
        caption = self._text("", "Caption")
        self._numbered(caption, "figure", picture.number)
        self._write(caption, figure.title)
        caption.paragraph_format.keep_with_next = True
        if self._summary:  # a line for both
            self._text(say(self._language, "gap").join((figure.subtitle, figure.source)), "Note")
            return
        self._text(figure.subtitle, "Note").paragraph_format.keep_with_next = True
        self._text(figure.source, "Note")

    def _numbered(self, caption: WordParagraph, key: str, number: int) -> None:
        """The number of a caption as a field, so that Word counts on when somebody adds one."""
        if not number:
            return
        caption.add_run(say(self._language, key))
        label = say(self._language, key).strip().replace(" ", "_")  # an identifier
        run = f"<w:r><w:t>{number}</w:t></w:r>"
        field = f'<w:fldSimple {nsdecls("w")} w:instr=" SEQ {label} \\* ARABIC ">{run}</w:fldSimple>'
        caption._p.append(parse_xml(field))
        caption.add_run(say(self._language, "gap"))

    def _grid(self, grid: Grid, papers: tuple[Paper, ...]) -> None:
        if self._city and len(grid.table.columns) == 3 and len(grid.lines) > 6:
            grid = abreast(grid)
        planned = plan(grid, papers)
        self._turn(planned.paper.across)
        notes = [say(self._language, "note", note=note) for note in grid.shown.notes]
        said = [*notes, *([grid.table.source] if grid.table.source else [])]
        unbroken = UNBROKEN if grid.table.whole and len(planned.pieces) == 1 else TOGETHER
        for at, piece in enumerate(planned.pieces):
            if self._city and at == 0 and grid.title == self._headed and not grid.table.unit:
                self._raw(table_xml(grid, piece, planned.paper.size))  # said just above
                continue
            caption = self._text("", "Caption")
            if at == 0:
                self._numbered(caption, grid.kind, grid.number)
                self._write(caption, grid.title)
            else:
                number = (
                    f"{say(self._language, grid.kind)}{grid.number}{say(self._language, 'gap')}" if grid.number else ""
                )
                caption.add_run(number + grid.title + say(self._language, "continued"))
            if grid.table.unit:
                caption.paragraph_format.tab_stops.add_tab_stop(Pt(sum(piece.widths)), 2)  # at the right
                caption.add_run("\t" + say(self._language, "unit", unit=grid.table.unit))
            noted = bool(said) and piece is planned.pieces[-1]
            self._raw(table_xml(grid, piece, planned.paper.size, noted, unbroken))
        told = [" ".join(said)] if self._city and said else said
        for note in told:
            kept = self._text(note, "Note").paragraph_format
            kept.keep_together = True
        if not said:
            self._text("", "Gap" if self._city else "Note")  # two tables that touch would become one

    def _closing(self) -> None:
        document = self._document
        if self._city:
            told = [*document.notes, *(f"{name} {value}" for name, value in document.facts)]
            self._text(say(self._language, "gap").join(told), "Note")
            return
        if document.notes:
            self._plain_heading(say(self._language, "notes"))
            for note in document.notes:
                self._text(note, "Body Text")

    def _reproduced(self) -> None:
        """Behind the annexes: what an engineer needs to do it again."""
        if self._document.facts and not self._city:
            self._plain_heading(say(self._language, "facts"))
            for name, value in self._document.facts:
                self._text(f"{name}{'：' if self._language == 'zh' else ': '}{value}", "Note")

    # -------------------------------------------------------------------------------------------- pages

    def _turn(self, across: bool) -> None:
        """Goes on on pages that lie across, or upright again."""
        if across != self._across:
            self._across = across
            self._begin_section(across)

    def _begin_section(self, across: bool) -> None:
        """On a new page; the paragraph that ends the old one takes next to no room, so it is not pushed to a page."""
        section = self._word.add_section(WD_SECTION.NEW_PAGE)
        self._word.paragraphs[-1].style = self._word.styles["Gap"]
        self._set_page(section, across)

    def _set_page(self, section: Any, across: bool, stands_alone: bool = False) -> None:
        if self._city:
            section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
            section.left_margin = section.right_margin = CITY_MARGIN
            section.top_margin, section.bottom_margin, section.footer_distance = Mm(9), Mm(9), Mm(5)
            return
        left, right = LEFT, PAGE_WIDTH - LEFT - WIDTH
        top, bottom = TOP, PAGE_HEIGHT - TOP - HEIGHT
        section.footer_distance = word_style.FOOTER
        section.header_distance = Mm(15)
        if across:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = PAGE_HEIGHT, PAGE_WIDTH
            section.left_margin, section.right_margin = Emu(bottom), Emu(top)
            section.top_margin, section.bottom_margin = ACROSS_TOP, ACROSS_BOTTOM
            section.footer_distance = Mm(7)
        else:
            section.orientation = WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
            section.left_margin, section.right_margin = left, Emu(right)
            section.top_margin, section.bottom_margin = top, Emu(bottom)
        if stands_alone:
            section.left_margin = section.right_margin = alone.SIDE
            section.top_margin, section.bottom_margin = alone.TOP, alone.BOTTOM
            section.footer_distance = alone.FOOTER
        properties = section._sectPr
        for old in properties.findall(qn("w:docGrid")):
            properties.remove(old)
        if self._language == "zh":
            pitch = round(word_style.PITCH * 20)
            properties.append(parse_xml(f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="{pitch}"/>'))

    def _number_pages(self) -> None:
        """— 1 — at the outer edge, one character in; the page of a city has none."""
        if self._city:
            return
        self._word.settings.odd_and_even_pages_header_footer = True
        section = self._word.sections[0]
        for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
            paragraph = footer.paragraphs[0]
            paragraph.style = self._word.styles["Footer"]
            side = f'w:{align}="280" w:{align}Chars="100"'
            properties: Any = paragraph._p.get_or_add_pPr()
            properties.append(parse_xml(f"<w:ind {nsdecls('w')} {side}/>"))
            properties.append(parse_xml(f'<w:jc {nsdecls("w")} w:val="{align}"/>'))
            paragraph.add_run("— ")
            paragraph._p.append(
                parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
            )
            paragraph.add_run(" —")
