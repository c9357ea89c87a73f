"""How a document lies on paper: numbers of tables and figures, what goes into the annex, and how wide tables fit.

Word and PDF share it, so that both say the same things in the same order.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from alloc.content.blocks import Document, Facts, Figure, Listing, Paragraph, Row, Section, Table
from alloc.content.numbers import Shown, shown
from alloc.report.render import raster
from alloc.text import Text

HIGH = 0.3  # of the width of the text: a figure that is higher needs a large part of a page
LONGEST = 40  # rows of a table that still stands in the text; longer ones go to the annex

WORDS = {
    "table": Text("表", "Table "),
    "annexed": Text("附表", "Table A"),
    "figure": Text("图", "Figure "),
    "annex": Text("附件", "Annex"),
    "gap": Text("　", "  "),  # behind a number, and between what stands in one line
    "contents": Text("目录", "Contents"),
    "unit": Text("单位：{unit}", "unit: {unit}"),
    "continued": Text("（续）", " (continued)"),
    "see": Text(
        "“{title}”共{count}行，见附表{number}。", "“{title}” has {count} rows: see table A{number} in the annex."
    ),
    "sums": Text(
        "{title}：合计与小计（全部{count}行见附表{number}）",
        "{title}: totals and sub-totals (all {count} rows: see table A{number})",
    ),
    "notes": Text("说明", "Notes"),
    "facts": Text("复现信息（供技术人员）", "How to reproduce this (for engineers)"),
    "note": Text("注：{note}", "Note: {note}"),
}


def say(language: str, key: str, **filled: object) -> str:
    """One of the words of a document on paper."""
    return WORDS[key].said(language, **filled)


@dataclass(frozen=True)
class Line:
    """A line of a table.

    Attributes:
        style: the total, the head of a group with its sub-totals, or a row.
        lead: what stands in the first `span` columns together; empty for a row.
        span: how many columns that is; 0 for a row.
        texts, numbers: of all columns, as `alloc.content.numbers.Shown` has them.
    """

    style: Literal["total", "group", "row"]
    lead: str
    span: int
    texts: tuple[str, ...]
    numbers: Row


@dataclass(frozen=True)
class Grid:
    """A table ready to be set: its number (0 where tables are not numbered), its caption, its texts and its lines; and
    whether it is one of the annex, whose tables have numbers of their own."""

    number: int
    title: str
    table: Table
    shown: Shown
    lines: tuple[Line, ...]
    annexed: bool = False

    @property
    def kind(self) -> str:
        """What stands before the number, one of `WORDS`."""
        return "annexed" if self.annexed else "table"


@dataclass(frozen=True)
class Picture:
    """A figure and its number."""

    number: int
    figure: Figure


@dataclass(frozen=True)
class Heading:
    """The title of a section; depth 0 for a chapter, -1 for one without a number; `begins`: on a new page."""

    depth: int
    text: str
    begins: bool = False


@dataclass(frozen=True)
class Lead:
    """The sentence that a section opens with."""

    text: str


Block = Heading | Lead | Paragraph | Facts | Listing | Grid | Picture


@dataclass(frozen=True)
class Laid:
    """A document in the order of its pages: the text, and the long tables behind it."""

    blocks: tuple[Block, ...]
    annex: tuple[Grid, ...]


def laid(document: Document) -> Laid:
    """What stands in the text and what in the annex."""
    blocks: list[Block] = []
    annex: list[Grid] = []
    counts = {"figure": 0}
    numbered, numbers = document.kind == "report", iter(numbers_of(document))
    for depth, section in document.walk():
        blocks += _opening(depth, section)
        for part in section.parts:
            if isinstance(part, Table):
                at = next(numbers)
                grid = _grid(part, at.number if numbered else 0, document.language)
                if numbered and at.annexed:
                    annex.append(replace(grid, annexed=True))
                    blocks.append(_in_place(annex[-1], at.sums, document.language))
                else:
                    blocks.append(grid)
            elif isinstance(part, Figure):
                counts["figure"] += 1
                blocks.append(Picture(counts["figure"] if numbered else 0, part))
            else:
                blocks.append(part)
    return Laid(tuple(_figures_behind(blocks) if numbered else blocks), tuple(annex))


def _figures_behind(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, high figures behind a table that follows them at once: before it a figure that finds no room on its
    page would leave that half empty, and where a page lets it go to its foot the order would be another."""
    waiting: list[Block] = []
    for block in blocks:
        if isinstance(block, Picture) and raster.height_of(block.figure.svg, block.figure.wide) > HIGH:
            waiting.append(block)
            continue
        held, waiting = waiting, []
        yield from (block, *held) if isinstance(block, Grid) else (*held, block)
    yield from waiting


class Number(NamedTuple):
    """The number of a table of a report, and that of its sums, which stand in the text where it is in the annex; 0 for
    none. Tables of the text and of the annex are numbered each in their own order."""

    annexed: bool
    number: int
    sums: int


def numbers_of(document: Document) -> list[Number]:
    """The numbers of the tables of a report, in its order, the same in every format."""
    found, text, annex = list[Number](), 0, 0
    for table in (part for _, section in document.walk() for part in section.parts if isinstance(part, Table)):
        if len(table.rows) > LONGEST:
            annex += 1
            sums = len(table.groups) > 1 and len(table.groups) + (table.totals is not None) <= LONGEST
            text += sums
            found.append(Number(True, annex, text * sums))
        else:
            text += 1
            found.append(Number(False, text, 0))
    return found


def lines(table: Table, made: Shown, language: str) -> Iterator[Line]:
    """The lines of a table: the total on top, then groups with their sub-totals, then rows."""
    span = next((place for place, column in enumerate(table.columns) if column.numeric), len(table.columns))
    if made.totals is not None and made.total_numbers is not None:
        lead = " ".join(filter(None, made.totals[:span]))
        yield Line("total", lead, span, made.totals, made.total_numbers)
    rows = iter(zip(made.rows, made.row_numbers, strict=True))
    for group, texts, numbers in zip(table.groups, made.groups, made.group_numbers, strict=True):
        if texts is None or numbers is None:
            empty = ("",) * len(table.columns)
            yield Line("group", group.title, len(empty), empty, empty)
        else:
            rest = " ".join(filter(None, texts[:span]))
            between = "" if language == "zh" else ", "
            yield Line("group", f"{group.title}{between if rest else ''}{rest}", span, texts, numbers)
        for _ in range(group.count):
            yield Line("row", "", 0, *next(rows))
    for texts, numbers in rows:
        yield Line("row", "", 0, texts, numbers)


def abreast(grid: Grid) -> Grid:
    """A list of few columns in two halves side by side, to save height."""
    half = -(-len(grid.lines) // 2)
    empty = Line("row", "", 0, ("",) * len(grid.table.columns), (None,) * len(grid.table.columns))
    pairs = zip(grid.lines[:half], (*grid.lines[half:], empty), strict=False)
    table = replace(grid.table, columns=(*grid.table.columns, *grid.table.columns))
    made = replace(grid.shown, heads=grid.shown.heads * 2, units=grid.shown.units * 2)
    both = tuple(Line("row", "", 0, a.texts + b.texts, a.numbers + b.numbers) for a, b in pairs)
    return replace(grid, table=table, shown=made, lines=both)


def _opening(depth: int, section: Section) -> list[Block]:
    begins = bool(section.parts) and isinstance(section.parts[0], Table) and section.parts[0].whole
    return [Heading(depth, section.title, begins), *([Lead(section.sentence)] if section.sentence else [])]


def _grid(table: Table, number: int, language: str) -> Grid:
    made = shown(table, language)
    return Grid(number, table.title, table, made, tuple(lines(table, made, language)))


def _in_place(grid: Grid, number: int, language: str) -> Grid | Paragraph:
    """What stands where a long table would: its sums, as the table of a number, or, without one, where to find it."""
    about = {"title": grid.title, "count": f"{len(grid.table.rows):,}", "number": grid.number}
    if number:
        sums = tuple(line for line in grid.lines if line.style != "row")
        return replace(grid, number=number, title=say(language, "sums", **about), lines=sums, annexed=False)
    return Paragraph(say(language, "see", **about))


# ------------------------------------------------------------------------------------------------ how tables fit

PADDING = 0.7  # of a column, in em
HEAD_LINES = 3  # over how many lines a head is broken
WISHED_LINES = 2  # over how many where there is room
UNBROKEN = 3.0  # a head up to so many em stands on one line: of a word of two signs each would have its own
LEAST_TEXT, MOST_TEXT = 9.0, 34.0  # a column of sentences, in em
LINE, ROW = 1.3, 1.9  # height of a line of a cell, and of a row of one line with the room around it, in em
TEXT_LINES = 10  # over how many lines the longest sentence is broken, as far as that is wide enough


@dataclass(frozen=True)
class Paper:
    """A way to lay a table: upright or across, its width and its type size in points."""

    across: bool
    width: float
    size: float


@dataclass(frozen=True)
class Piece:
    """Columns that stand side by side, and their widths in points."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """The paper of a table, and its pieces, one below the other."""

    paper: Paper
    pieces: tuple[Piece, ...]


def em(text: str) -> float:
    """About how wide a text is, in em."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    wide += sum(sign in "▲▼—−" or "Ⅰ" <= sign <= "ⅿ" for sign in text)  # Chinese fonts set them full width
    capital = sum((sign.isupper() and not "Ⅰ" <= sign <= "ⅿ") or sign == "%" for sign in text)
    return wide + 0.72 * capital + 0.54 * (len(text) - wide - capital)


def plan(grid: Grid, papers: Sequence[Paper]) -> Plan:
    """The first paper on which the table fits whole; else it is parted, its first columns repeated, on the last."""
    least, wish = zip(*(_widths(grid, place) for place in range(len(grid.table.columns))), strict=True)
    everything = tuple(range(len(least)))
    for paper in papers:
        if sum(least) * paper.size <= paper.width:
            return Plan(paper, (_piece(everything, least, wish, paper),))
    paper = papers[-1]
    keys = tuple(place for place in everything[:2] if not grid.table.columns[place].numeric) or (0,)
    parts = _parted(_together(grid, len(keys)), least, paper.width / paper.size - sum(least[each] for each in keys))
    return Plan(paper, tuple(_piece((*keys, *part), least, wish, paper) for part in parts))


STRANDED = 3.0  # less than so many em alone on the last line of a name are joined by others


def unstranded(text: str, room: float) -> str:
    """A name that is broken in half where its last line would hold a sign or two, a line break between the halves.

    Args:
        text: of a cell; one with Latin words or spaces breaks between these, and stays as it is.
        room: of the cell, in em.
    """
    width = em(text)
    over = width - room
    if (
        not 0 < over < STRANDED
        or len(text) > 2 * room
        or not all(unicodedata.east_asian_width(s) in "WF" for s in text)
    ):
        return text
    half = math.ceil(len(text) / 2)
    return f"{text[:half]}\n{text[half:]}"


def height(grid: Grid, piece: Piece, size: float) -> float:
    """About how high the lines of a piece are, its head left out, in points; type in `size` points."""
    count = 0
    for line in grid.lines:
        cells = (
            math.ceil(em(line.texts[place]) * size / max(width - PADDING * size, size))
            for place, width in zip(piece.columns, piece.widths, strict=True)
            if place >= line.span
        )
        count += max([1, *cells])
    return count * size * LINE + len(grid.lines) * size * (ROW - LINE)


def _together(grid: Grid, first: int) -> list[tuple[int, ...]]:
    """Columns from the `first` on, those of changes behind the one that they are changes of."""
    found: list[tuple[int, ...]] = []
    for place in range(first, len(grid.table.columns)):
        if found and grid.table.columns[place].kind in ("change", "change_share"):
            found[-1] = (*found[-1], place)
        else:
            found.append((place,))
    return found


def _parted(units: Sequence[tuple[int, ...]], least: Sequence[float], room: float) -> list[tuple[int, ...]]:
    """As few parts as the room allows, and of these the ones whose widest is the least, so that none is left small."""
    widths = [sum(least[each] for each in unit) for unit in units]
    count = len(_filled(units, widths, room))
    sums = sorted({sum(widths[at : to + 1]) for at in range(len(units)) for to in range(at, len(units))})
    fits = (each for each in sums if each <= room and len(_filled(units, widths, each)) <= count)
    return _filled(units, widths, next(fits, room))


def _filled(units: Sequence[tuple[int, ...]], widths: Sequence[float], room: float) -> list[tuple[int, ...]]:
    """Parts filled one after the other; a unit wider than the room has its own."""
    found: list[tuple[int, ...]] = []
    left = 0.0
    for unit, width in zip(units, widths, strict=True):
        if found and width <= left:
            found[-1] = (*found[-1], *unit)
        else:
            found.append(unit)
            left = room
        left -= width
    return found


def _widths(grid: Grid, place: int) -> tuple[float, float]:
    column, head = grid.table.columns[place], grid.shown.heads[place]
    texts = [line.texts[place] for line in grid.lines if place >= line.span]
    content = max(map(em, texts), default=0.0)
    if place == 0:
        content = max([content, *(em(line.lead) - _beside(grid, line) for line in grid.lines if line.span)])
    words = max((em(word) for word in head.split() if word.isascii()), default=0.0)
    unit = em(grid.shown.units[place])
    short = em(head) if em(head) <= UNBROKEN else 0.0
    heading = max(em(head) / HEAD_LINES + 0.5, short, words, unit)
    if column.numeric or column.kind in ("code", "level") or content <= LEAST_TEXT:
        width = max(content, heading) + PADDING
        return width, max(width, em(head) / WISHED_LINES + 0.5 + PADDING) + 0.6
    unbroken = max((em(word) for text in texts for word in text.split() if word.isascii()), default=0.0)
    least = min(max(LEAST_TEXT, heading, unbroken, content / TEXT_LINES), MOST_TEXT)
    return least + PADDING, min(max(content, heading, least), MOST_TEXT) + PADDING


def _beside(grid: Grid, line: Line) -> float:
    """Room of the columns behind the first under a lead that goes over several of them, in em."""
    return sum(_widths(grid, place)[0] for place in range(1, min(line.span, len(grid.table.columns))))


def _piece(columns: tuple[int, ...], least: Sequence[float], wish: Sequence[float], paper: Paper) -> Piece:
    """Widths that fill the paper: first what the columns wish, then all alike."""
    base = [least[each] * paper.size for each in columns]
    wishes = [(wish[each] - least[each]) * paper.size for each in columns]
    left = paper.width - sum(base)
    if left < 0:  # a single column wider than the paper
        return Piece(columns, tuple(width * paper.width / sum(base) for width in base))
    share = min(1.0, left / sum(wishes)) if sum(wishes) else 0.0
    widths = [width + share * more for width, more in zip(base, wishes, strict=True)]
    rest = paper.width / sum(widths)
    return Piece(columns, tuple(width * rest for width in widths))
