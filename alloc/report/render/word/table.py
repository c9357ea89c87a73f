"""A table in Word: hairlines, the head repeated on every page, rows that do not break."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.run import Run

from alloc.content.blocks import Facts
from alloc.content.numbers import DOWN, UP
from alloc.instance.schema.columns import MARKS
from alloc.report.render.fitting import Piece, ends, unstranded
from alloc.report.render.paper import Grid, Line

TWIPS = 20
MARGIN = 0.22  # at the left and right of a cell, in em
ACCENT, LOSS, QUIET = "0B6E99", "C4501B", "616E7C"
FILLS = {"total": "EAF2F6", "group": "F4F6F8", "row": ""}
RULE = "C9CED6"
NO_BREAK = "\u00a0"  # stands for the spaces of a number, which may not be parted over lines
MARKED = re.compile(f"([{''.join(MARKS.values())}])")
MARK_SIZE, MARK_DOWN = 1.5, 0.25  # of the size of the text: a mark of estimated data, and how far it is let down
TOGETHER = 110.0  # points: a table up to so high does not break, under a quarter of a page is left empty before it
LOOSE = (3, 3)  # rows at either end that no page parts: in type as large as offices use, pages end more often
FACT_SIZES = (9.0, 14.0, 8.5)  # label, number, change, in points
FACT_LINE = 1.3  # height of their lines, in sizes of their type
UNBROKEN = 540.0  # points: one that is to stand whole does not break up to so high, most of a page


def table_xml(grid: Grid, piece: Piece, size: float, noted: bool = True, unbroken: float = TOGETHER) -> str:
    """One ``<w:tbl>``; widths of `piece` in points, type in `size` points; `noted`: what notes it stands below.

    One up to `unbroken` points high stays together. Of others the head stays with the first rows, and the last rows
    with each other.
    """
    widths = [round(width * TWIPS) for width in piece.widths]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    borders = (
        '<w:top w:val="single" w:sz="8" w:color="1F2933"/><w:bottom w:val="single" w:sz="8" w:color="1F2933"/>'
        f'<w:insideH w:val="single" w:sz="4" w:color="{RULE}"/>'
    )
    margin = round(size * MARGIN * TWIPS)
    margins = (
        f'<w:tblCellMar><w:left w:w="{margin}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar>'
    )
    properties = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/>{margins}<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
    )
    count = len(grid.lines)
    first, last = ends(grid, piece, size, unbroken, LOOSE)
    rows = [_head(grid, piece, widths, size)]
    for at, line in enumerate(grid.lines):
        kept = at < first - bool(last) or at >= count - last  # with the row below
        kept = noted if at == count - 1 else kept  # with what notes it; without, the next table is no part of it
        rows.append(_row(line, grid, piece, widths, size, kept))
    return f"<w:tbl {nsdecls('w')}>{properties}<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def facts_xml(facts: Facts, width: float) -> str:
    """The large figures of a city's page side by side."""
    each = round(width * TWIPS / max(1, len(facts.facts)))
    line = f'<w:top w:val="single" w:sz="12" w:color="{ACCENT}"/>'
    cells = []
    for fact in facts.facts:
        label, value, change = FACT_SIZES
        texts = (
            (label, _run(fact.label, label, colour=QUIET)),
            (value, _run(fact.value, value, True, ACCENT) + _run(f" {fact.unit}".rstrip(), label)),
            (change, _run(fact.change, change, colour=QUIET)),
        )
        paragraphs = "".join(
            f'<w:p><w:pPr><w:pStyle w:val="TableText"/><w:spacing w:line="{round(size * FACT_LINE * TWIPS)}" '
            f'w:lineRule="exact"/></w:pPr>{text}</w:p>'
            for size, text in texts
        )
        cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{each}" w:type="dxa"/></w:tcPr>{paragraphs}</w:tc>')
    columns = f'<w:gridCol w:w="{each}"/>' * len(facts.facts)
    properties = (
        f'<w:tblPr><w:tblW w:w="{each * len(facts.facts)}" w:type="dxa"/><w:tblBorders>{line}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr>'
    )
    return f"<w:tbl {nsdecls('w')}>{properties}<w:tblGrid>{columns}</w:tblGrid><w:tr>{''.join(cells)}</w:tr></w:tbl>"


def mark_up(run: Run, size: float) -> None:
    """Makes a run of running text, of type of `size` points, look as a mark does in a table; its line keeps its height
    where the page has a grid of lines."""
    run.font.bold, run.font.size = True, Pt(size * MARK_SIZE)
    down = f'<w:position {nsdecls("w")} w:val="{-round(size * 2 * MARK_DOWN)}"/>'
    run._r.get_or_add_rPr().insert_element_before(parse_xml(down), "w:sz")
    shape: Any = run._parent.paragraph_format._element.get_or_add_pPr()
    if shape.find(qn("w:snapToGrid")) is None:
        shape.insert_element_before(
            parse_xml(f'<w:snapToGrid {nsdecls("w")} w:val="0"/>'), "w:spacing", "w:ind", "w:contextualSpacing", "w:jc",
            "w:outlineLvl", "w:rPr", "w:sectPr", "w:pPrChange",
        )  # fmt: skip


def _head(grid: Grid, piece: Piece, widths: list[int], size: float) -> str:
    cells = []
    for place, width in zip(piece.columns, widths, strict=True):
        unit = grid.shown.units[place]
        runs = _run(grid.shown.heads[place], size, bold=True)
        if unit:
            runs += "<w:r><w:br/></w:r>" + _run(unit, size * 0.9, colour=QUIET)
        align = "right" if grid.table.columns[place].right else "left"
        border = '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="1F2933"/></w:tcBorders>'
        cells.append(_cell(runs, width, align, size, border, bottom=True, keep=True))
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(line: Line, grid: Grid, piece: Piece, widths: list[int], size: float, keep: bool) -> str:
    span = sum(place < line.span for place in piece.columns)
    strong, fill = line.style != "row", FILLS[line.style]
    cells = []
    if span:
        cells.append(_cell(_run(line.lead, size, bold=True), sum(widths[:span]), "left", size, fill=fill, span=span,
                           keep=keep))  # fmt: skip
    for place, width in zip(piece.columns[span:], widths[span:], strict=True):
        column, text = grid.table.columns[place], line.texts[place]
        colour, ground = "", fill
        if column.kind in ("change", "change_share"):
            colour = ACCENT if text.startswith(UP) else LOSS if text.startswith(DOWN) else ""
        elif column.kind == "level":
            ground = next(
                (each.colour[1:] for each in grid.table.levels if f"{each.letter} {each.title}".strip() == text), fill
            )
        whole = column.right or column.kind in ("code", "level")
        room = width / TWIPS / size - 2 * MARGIN
        shown = text.replace(" ", NO_BREAK) if whole else unstranded(text, room)
        cells.append(_cell(_run(shown, size, strong, colour), width, "right" if column.right else "left", size,
                           fill=ground, keep=keep, whole=whole))  # fmt: skip
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(runs: str, width: int, align: str, size: float, borders: str = "", fill: str = "", span: int = 1,
          bottom: bool = False, keep: bool = False, whole: bool = False) -> str:  # fmt: skip
    unbroken = "<w:noWrap/>" if whole else ""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shaded = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    place = f'<w:vAlign w:val="{"bottom" if bottom else "center"}"/>'
    line = round(size * 1.35 * TWIPS)
    paragraph = (
        f'<w:pPr><w:pStyle w:val="TableText"/>{"<w:keepNext/>" if keep else ""}'
        f'<w:spacing w:line="{line}" w:lineRule="exact"/><w:jc w:val="{align}"/></w:pPr>{runs}'
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{borders}{shaded}{unbroken}{place}</w:tcPr>'
        f"<w:p>{paragraph}</w:p></w:tc>"
    )


def _run(text: str, size: float, bold: bool = False, colour: str = "") -> str:
    if not text:
        return ""
    half = round(size * 2)
    weight = "<w:b/>" if bold else ""
    ink = f'<w:color w:val="{colour}"/>' if colour else ""
    if len(parts := [each for each in MARKED.split(text) if each]) > 1:  # marks larger, or they cannot be told apart
        return "".join(_run(each, size, bold, colour) for each in parts)
    if text in MARKS.values():
        half, weight = round(size * 2 * MARK_SIZE), "<w:b/>"
        ink += f'<w:position w:val="{-round(size * 2 * MARK_DOWN)}"/>'
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f'<w:r><w:rPr>{weight}{ink}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>{said}</w:r>'
