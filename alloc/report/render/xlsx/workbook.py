"""A document as an Excel workbook: a sheet a table, with live totals that agree with what is stored, and an index."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from alloc.content.blocks import Document, Facts, Figure, Listing, Paragraph, Table
from alloc.content.numbers import shown
from alloc.report.render.xlsx.chart import add_chart
from alloc.report.render.xlsx.sheet import TableSheet
from alloc.text import Text
from alloc.workbook.printing import A3, A4, UPRIGHT, lay_pages, pages
from alloc.workbook.styles import ACCENT, QUIET, ExactSheet, Styles, close, width, wrapped
from alloc.writing.kinds import REPORT_MARK

CREATED = datetime(2021, 1, 1)  # the same document gives the same bytes
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LONGEST_NAME, FORBIDDEN = 31, set("[]:*?/\\'")
LINE = 72  # the width of a sentence
INDEX_WIDTHS = (14, 64, 8, 8, 36)
HEADING = 18  # how wide the column of chapters is: with that of sentences a page upright holds both in full size
INDEX, SAID = Text("目录", "Index"), Text("文字", "Text")
HEADS = Text("序号|内容|行数|出处|工作表", "no.|content|rows|table|sheet")
FORMULAS = Text(
    "合计和小计是公式，随数据重算；所存结果与公式一致。数字按所示小数位存储。",
    "Totals and sub-totals are formulas; what is stored agrees with them. Numbers are stored as they are shown.",
)


def write(document: Document, path: Path) -> None:
    """Writes a document as a workbook.

    Args:
        document: a report, or the page of a city.
        path: the file, written over where it exists.

    Raises:
        OSError: the file cannot be written.
    """
    language = document.language
    book = Workbook(str(path), OPTIONS)
    book.worksheet_class = ExactSheet
    book.set_properties({"title": document.title, "author": "alloc", "category": REPORT_MARK, "created": CREATED})
    book.set_calc_mode("auto")
    styles = Styles(book, language)
    tables = list(document.tables())
    names = sheet_names([table.title for table in tables], [getattr(INDEX, language), getattr(SAID, language)])
    index = book.add_worksheet(getattr(INDEX, language))
    said = book.add_worksheet(getattr(SAID, language))
    for table, name in zip(tables, names, strict=True):
        sheet = book.add_worksheet(name)
        written = TableSheet(book, sheet, table, shown(table, language), styles, language)
        written.write(back=getattr(INDEX, language))
        written.lay(add_chart(book, sheet, table, written, language))
    _write_index(index, document, tables, names, styles)
    _write_text(said, document, styles)
    index.activate()
    close(book)


def sheet_names(titles: list[str], taken: list[str]) -> list[str]:
    """Names of sheets: the titles, without what Excel forbids, at most 31 signs, all different whatever their case."""
    used = {name.casefold() for name in taken}
    found = []
    for title in titles:
        plain = "".join(" " if sign in FORBIDDEN else sign for sign in title).strip() or "table"
        name, count = plain[:LONGEST_NAME].strip(), 1
        while name.casefold() in used:
            count += 1
            ending = f" {count}"
            name = plain[: LONGEST_NAME - len(ending)].strip() + ending
        used.add(name.casefold())
        found.append(name)
    return found


def _write_index(sheet: Worksheet, document: Document, tables: list[Table], names: list[str], styles: Styles) -> None:
    language = document.language
    sheet.hide_gridlines(2)
    for place, wide in enumerate(INDEX_WIDTHS):
        sheet.set_column(place, place, wide)
    sheet.write(0, 0, document.title, styles.title())
    sheet.write(1, 0, document.subtitle, styles(font_color=QUIET))
    sheet.write(2, 0, getattr(FORMULAS, language), styles(font_color=QUIET))
    for place, head in enumerate(getattr(HEADS, language).split("|")):
        sheet.write(4, place, head, styles.header(""))
    link = styles.cell(font_color=ACCENT, underline=1, text_wrap=True)
    for at, (table, name) in enumerate(zip(tables, names, strict=True)):
        row = 5 + at
        sheet.write(row, 0, at + 1, styles.cell(align="center"))
        sheet.write_url(row, 1, f"internal:'{name}'!A1", link, table.title)
        sheet.write(row, 2, len(table.rows), styles.cell(num_format="#,##0"))
        sheet.write(row, 3, table.code, styles.cell(align="center"))
        sheet.write(row, 4, name, styles.cell())
        sheet.set_row(row, 15 * wrapped(table.title, INDEX_WIDTHS[1]))
    row = 6 + len(tables)
    last = len(INDEX_WIDTHS) - 1
    for note in document.notes:
        sheet.merge_range(row, 0, row, last, note, styles(font_color=QUIET, text_wrap=True, valign="top"))
        sheet.set_row(row, 15 * wrapped(note, sum(INDEX_WIDTHS)))
        row += 1
    row += 1
    for fact, value in document.facts:
        sheet.write(row, 0, fact, styles(font_color=QUIET, valign="top"))
        sheet.merge_range(row, 1, row, last, value, styles(num_format="@", text_wrap=True, valign="top"))
        sheet.set_row(row, 15 * wrapped(value, sum(INDEX_WIDTHS[1:])))
        row += 1
    sheet.set_row(0, 26)
    sheet.freeze_panes(5, 0)
    lay_pages(sheet, pages(INDEX_WIDTHS, language, papers=(UPRIGHT, A4, A3)), language, 4)


def _write_text(sheet: Worksheet, document: Document, styles: Styles) -> None:
    """What the report says in sentences, in its order; tables and figures by their titles."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, HEADING)
    sheet.set_column(1, 1, LINE)
    lay_pages(sheet, pages((HEADING, LINE), document.language, papers=(UPRIGHT, A4)), document.language, None)
    row = 0

    def put(text: str, least: float = 0.0, **look: object) -> None:
        nonlocal row
        sheet.write(row, 1, text, styles(text_wrap=True, valign="top", **look))
        sheet.set_row(row, max(least, 17.0 * wrapped(text, LINE)))
        row += 1

    for depth, section in document.walk():
        size = 14 if depth == 0 else 12
        look = styles(bold=True, font_size=size, font_color=ACCENT, text_wrap=True, valign="top")
        sheet.write(row, 0, section.title, look)
        put(section.sentence, 1.4 * size * -(-width(section.title) * size // (HEADING * 9)), bold=True)
        for part in section.parts:
            if isinstance(part, Paragraph):
                put(part.text)
            elif isinstance(part, Listing):
                for item in part.items:
                    put(f"• {item}")
            elif isinstance(part, Facts):
                for fact in part.facts:
                    sheet.write(row, 0, fact.label, styles(font_color=QUIET))
                    put(" ".join(filter(None, (fact.value, fact.unit, fact.change))), font_size=12)
            elif isinstance(part, Figure):
                put(part.title, font_color=QUIET)
            else:
                put(part.title, font_color=QUIET)
        row += 1
