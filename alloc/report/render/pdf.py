"""A document as PDF, set by typst: the same texts, on A4, tables in full."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from alloc.content.blocks import Column, Document, Facts, Figure, Listing, Paragraph
from alloc.content.numbers import DOWN, UP
from alloc.errors import AllocError
from alloc.report.render import raster
from alloc.report.render.fitting import PADDING, Paper, Piece, ends, plan, unstranded
from alloc.report.render.fonts import Faces, Library, library
from alloc.report.render.paper import Block, Grid, Heading, Laid, Lead, Line, Picture, laid, say
from alloc.text import Text

HIGHEST = 200 / 174  # of a drawing, in widths of the text: its caption stands on the same page
USUAL = 105 / 174  # a higher one is drawn down to nine tenths of its size, since text or another stands beside it then
READABLE = 0.75  # of its size, down to which one is drawn where that makes it fit on its page
TEMPLATE = Path(__file__).with_name("pdf.typ")
CREATED = datetime(2021, 1, 1, tzinfo=UTC)  # the same document gives the same bytes
MILLIMETRE = 72 / 25.4
UPRIGHT, ACROSS = 174 * MILLIMETRE, 257 * MILLIMETRE
PAPERS = {
    "report": (
        Paper(False, UPRIGHT, 8.5), Paper(False, UPRIGHT, 7.5), Paper(True, ACROSS, 8), Paper(True, ACROSS, 7),
        Paper(True, ACROSS, 7.5),
    ),
    "city": (Paper(False, UPRIGHT, 8), Paper(False, UPRIGHT, 7), Paper(False, UPRIGHT, 6.5)),
}  # fmt: skip
# A table in the text stays upright, in pieces where need be: a page that turns leaves the one before it half empty.
IN_TEXT = (*PAPERS["report"][:2], Paper(False, UPRIGHT, 7))
WHOLE = (*IN_TEXT, *PAPERS["report"][2:])  # one that begins a page anyway may turn it
TOGETHER = 60 * MILLIMETRE  # a table up to so high does not break: under a quarter of a page is left empty before it


class PdfError(AllocError):
    """A document that could not be set; `message` says why."""


class Printer:
    """Sets documents one after another; fonts are looked for once."""

    def __init__(self, fonts: Library | None = None) -> None:
        """With the fonts of this machine, unless others are given."""
        import typst

        self._fonts = library() if fonts is None else fonts
        self._compiler = typst.Compiler(TEMPLATE, font_paths=self._fonts.fonts)

    def pdf(self, documents: Sequence[Document]) -> bytes:
        """Documents of one kind and language in one file, each beginning on a page of its own.

        Raises:
            MissingGlyphs: a character that no font of this machine shows.
            PdfError: typst refuses.
        """
        import typst

        data = [_data(document) for document in documents]
        for at, each in enumerate(data):
            for place, block in enumerate(each["blocks"]):
                block["place"] = f"{at}-{place}"  # by which the page is found that it comes to stand on
        faces = self._fonts.faces(_texts(data))
        for each in data:
            _set_drawings(each, faces)
        inputs = {"data": json.dumps({"documents": data, "faces": asdict(faces)}, ensure_ascii=False)}
        try:
            made = self._compiler.compile(
                format="pdf", sys_inputs=inputs, timestamp=CREATED, pdf_tags=False
            )  # tags of long tables weigh 20 MB
        except typst.TypstError as error:
            message = f"{error.message} {error.diagnostic}"
            raise PdfError(Text(f"排版失败：{message}", f"The document could not be set: {message}")) from error
        assert isinstance(made, bytes)
        return made


def write(document: Document, path: Path, printer: Printer | None = None) -> None:
    """Writes a document as PDF.

    Args:
        document: a report or the page of a city.
        path: the file, written over where it exists.
        printer: to be used again for many documents.

    Raises:
        MissingGlyphs: a character that no font of this machine shows.
        PdfError: typst refuses.
        OSError: the file cannot be written.
    """
    path.write_bytes((printer or Printer()).pdf([document]))


def _data(document: Document) -> dict[str, Any]:
    """A document as the template takes it."""
    pages: Laid = laid(document)
    language, city = document.language, document.kind == "city"
    papers = PAPERS["city"] if city else PAPERS["report"]
    blocks = [_block(block, language, papers, city) for block in pages.blocks]
    for block, behind in pairwise(blocks):
        block["heads"] = block["type"] == "paragraph" and behind["type"] == "list"
    if city:
        _not_twice(blocks)
    return {
        "kind": document.kind,
        "language": language,
        "title": document.title,
        "subtitle": document.subtitle,
        "blocks": blocks,
        "annex": [_grid(grid, language, papers) for grid in pages.annex],
        "notes": list(document.notes),
        "facts": [list(each) for each in document.facts],
        "words": {key: say(language, key) for key in ("annex", "contents", "continued", "gap", "notes", "facts")},
    }


def _not_twice(blocks: Sequence[dict[str, Any]]) -> None:
    """A table that is called as its section is has no caption: the page of a city has no room to say it twice."""
    heading = ""
    for block in blocks:
        if block["type"] == "heading":
            heading = block["text"]
        elif block["type"] == "table" and block["title"] == heading:
            block["title"] = ""


def _block(block: Block, language: str, papers: Sequence[Paper], city: bool) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"type": "heading", "depth": block.depth, "text": block.text, "begins": block.begins}
    if isinstance(block, Lead):
        return {"type": "lead", "text": block.text}
    if isinstance(block, Paragraph):
        return {"type": "paragraph", "text": block.text}
    if isinstance(block, Listing):
        return {"type": "list", "items": list(block.items)}
    if isinstance(block, Facts):
        return {"type": "facts", "facts": [asdict(fact) for fact in block.facts]}
    if isinstance(block, Picture):
        return _picture(block, language)
    if city:
        said = " ".join(block.shown.notes)
        return {**_grid(block, language, papers), "notes": [say(language, "note", note=said)] if said else []}
    return _grid(block, language, WHOLE if block.table.whole else IN_TEXT)


def _picture(picture: Picture, language: str) -> dict[str, Any]:
    figure: Figure = picture.figure
    number = f"{say(language, 'figure')}{picture.number}" if picture.number else ""
    most = raster.fitting(figure.svg, 1.0 if figure.wide else raster.NARROW, HIGHEST)
    width = max(0.9 * most, raster.fitting(figure.svg, most, USUAL))
    return {
        "type": "figure", "label": number, "title": figure.title, "subtitle": figure.subtitle, "source": figure.source,
        "svg": figure.svg, "alternative": figure.alternative,
        "width": 100 * width, "least": READABLE * most / width,
    }  # fmt: skip


def _grid(grid: Grid, language: str, papers: Sequence[Paper]) -> dict[str, Any]:
    planned = plan(grid, papers)
    table = grid.table
    notes = [say(language, "note", note=note) for note in grid.shown.notes]
    return {
        "type": "table",
        "label": f"{say(language, grid.kind)}{grid.number}" if grid.number else "",
        "title": grid.title,
        "unit": say(language, "unit", unit=table.unit) if table.unit else "",
        "notes": [*notes, *([table.source] if table.source else [])],
        "across": planned.paper.across,
        "size": planned.paper.size,
        "pieces": [
            {
                "ends": ends(grid, piece, planned.paper.size, TOGETHER) if not table.whole else (len(grid.lines), 0),
                "widths": list(piece.widths),
                "right": [table.columns[place].right for place in piece.columns],
                "heads": [grid.shown.heads[place] for place in piece.columns],
                "units": [grid.shown.units[place] for place in piece.columns],
                "lines": [_line(line, piece, grid, planned.paper.size) for line in grid.lines],
            }
            for piece in planned.pieces
        ],
    }


def _line(line: Line, piece: Piece, grid: Grid, size: float) -> dict[str, Any]:
    columns, widths = piece.columns, piece.widths
    span = sum(place < line.span for place in columns)
    rest = columns[span:]
    return {
        "style": line.style,
        "lead": line.lead,
        "span": span,
        "cells": [
            unstranded(line.texts[place], width / size - PADDING)
            for place, width in zip(rest, widths[span:], strict=True)
        ],
        "tones": [_tone(line.texts[place], grid.table.columns[place], grid) for place in rest],
    }


def _tone(text: str, column: Column, grid: Grid) -> str:
    """The colour of a cell: of its sign, or of its level."""
    if column.kind in ("change", "change_share"):
        return "up" if text.startswith(UP) else "down" if text.startswith(DOWN) else ""
    if column.kind == "level":
        return next((each.colour for each in grid.table.levels if f"{each.letter} {each.title}".strip() == text), "")
    return ""


def _texts(value: object) -> Iterator[str]:
    """Every text that is printed; of a drawing what it writes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "svg":
                yield from raster.texts(each)
            elif key not in ("tones", "type", "style", "alternative"):
                yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _set_drawings(data: dict[str, Any], faces: Faces) -> None:
    for block in data["blocks"]:
        if block["type"] == "figure":
            block["svg"] = raster.with_families(block["svg"], faces.sans)
