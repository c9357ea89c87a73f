"""How a document lies on paper: numbers of tables and figures, and what goes into the annex.

Word and PDF share it, so that both say the same things in the same order.
"""

from __future__ import annotations

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
