"""How tables fit on paper: in which type, how wide their columns, and which of their rows stay together.

Widths are reckoned, since nothing has been set yet when they are needed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from alloc.instance.schema.columns import MARKS
from alloc.report.render.paper import Grid, Line

PADDING = 0.7  # of a column, in em
HEAD_LINES = 3  # over how many lines a head is broken
WISHED_LINES = 2  # over how many where there is room
UNBROKEN = 3.0  # a head up to so many em stands on one line: of a word of two signs each would have its own
MARKED = re.compile(rf"（[^（）]{{1,3}}）[{''.join(MARKS.values())}]")  # what no line of a head parts
MARK = 1.0  # em of a mark of estimated or assumed data
LEAST_TEXT, MOST_TEXT = 9.0, 34.0  # a column of sentences, in em
LINE, ROW = 1.3, 1.9  # height of a line of a cell, and of a row of one line with the room around it, in em
FIRST, LAST, HIGHEST = 5, 8, 130.0  # rows at either end of a table that no page parts, and how high they are at most
CHANGES = 2  # that stand beside what they are changes of: by how much, and by what share; more are parts of a sum
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
    marks = sum(sign in MARKS.values() for sign in text)  # set larger and bold, or they could not be told apart
    return wide + 0.72 * capital + 0.54 * (len(text) - wide - capital) + (MARK - 0.54) * marks


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
    return sum(_height(line, piece, size) for line in grid.lines)


def ends(
    grid: Grid, piece: Piece, size: float, unbroken: float, most: tuple[int, int] = (FIRST, LAST)
) -> tuple[int, int]:
    """How many rows at the top, and how many at the end, no page parts: a head with two rows at the foot of a page, or
    a few rows alone on the next, say nothing.

    Args:
        grid, piece: the table.
        size: of its type, in points.
        unbroken: a table up to so many points high has no break at all.
        most: of the rows at the top and at the end.
    """
    heights = [_height(line, piece, size) for line in grid.lines]
    first, last = _within(heights, most[0]), _within(heights[::-1], most[1])
    if sum(heights) <= unbroken or first + last >= len(heights):
        return len(heights), 0
    return first, last


def _within(heights: Sequence[float], most: int) -> int:
    """How many of the first rows stay together: of high ones fewer, or they would leave a page half empty."""
    kept = 0.0
    for count, each in enumerate(heights):
        kept += each
        if count == most or (count and kept > HIGHEST):
            return count
    return len(heights)


def _height(line: Line, piece: Piece, size: float) -> float:
    cells = (
        math.ceil(em(line.texts[place]) * size / max(width - PADDING * size, size))
        for place, width in zip(piece.columns, piece.widths, strict=True)
        if place >= line.span
    )
    return max([1, *cells]) * size * LINE + size * (ROW - LINE)


def _together(grid: Grid, first: int) -> list[tuple[int, ...]]:
    """Columns from the `first` on, those of changes behind the one that they are changes of."""
    found: list[tuple[int, ...]] = []
    for place in range(first, len(grid.table.columns)):
        if found and len(found[-1]) <= CHANGES and grid.table.columns[place].kind in ("change", "change_share"):
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
    marked = max((em(found) for found in MARKED.findall(head)), default=0.0)
    heading = max(em(head) / HEAD_LINES + 0.5, short, words, unit, marked)
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
