"""How a sheet is printed: on as few pages as letters of a size that can be read allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from alloc.workbook.styles import SIZE


class Paper(NamedTuple):
    """A page: the number that workbooks have for its paper, and what it leaves between its margins, in millimetres."""

    number: int
    wide: float
    high: float
    upright: bool = False


SMALLEST_PRINT = 8  # points that a printed letter has at least
UPRIGHT, A4, A3 = Paper(9, 189, 268, upright=True), Paper(9, 277, 181), Paper(8, 400, 268)
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}  # inches
REPLACED = 1.35  # how much wider columns are where another font stands for that of the default style, as in LibreOffice
STEPS = 50  # of widths of a page that are tried to balance them
FOOTER = {"zh": "&L&A&R第 &P 页，共 &N 页", "en": "&L&A&RPage &P of &N"}
POINT = 25.4 / 72


class Drawing(NamedTuple):
    """A drawing beneath a table, which no end of a page may cut.

    Attributes:
        row: with which it begins.
        above: points of the rows above it.
        high: points that it takes.
    """

    row: int
    above: float
    high: float


@dataclass(frozen=True)
class Pages:
    """On what a sheet is printed.

    Attributes:
        paper: of every page.
        scale: largest share of its size in which it is as wide as the page, at most 1; where several stand beside each
            other, the one in which letters can just be read.
        repeated: first columns that each of these repeats.
        begun: columns with which those behind the first of them begin; none where one is wide enough.
    """

    paper: Paper
    scale: float
    repeated: int = 0
    begun: tuple[int, ...] = ()


def pages(widths: Sequence[float], language: str, repeated: int = 0, papers: Sequence[Paper] = (A4, A3)) -> Pages:
    """The first paper that a sheet is not wider than where letters stay readable, else several of the last.

    Args:
        widths: of its columns, as spreadsheets count them, 0 of one that is hidden.
        language: whose letters it has.
        repeated: first columns that every page repeats where there are several beside each other, as far as they take
            no more than half of it.
        papers: to choose from.
    """
    printed = [REPLACED * (7 * each + 5) * 25.4 / 96 if each else 0.0 for each in widths]  # millimetres
    wide, least = sum(printed), SMALLEST_PRINT / SIZE[language]
    for paper in papers:
        if paper.wide >= least * wide:
            return Pages(paper, min(1.0, paper.wide / wide) if wide else 1.0)
    paper = papers[-1]
    room = paper.wide / least
    while sum(printed[:repeated]) > room / 2:  # a page is there for what follows
        repeated -= 1
    return Pages(paper, least, repeated, tuple(balanced(printed, room, repeated)))


def lay_pages(
    sheet: Worksheet,
    made: Pages,
    language: str,
    head: int | None = 0,
    drawing: Drawing | None = None,
    whole: bool = False,
) -> None:
    """Sets how a sheet is printed.

    Args:
        sheet: to be printed.
        made: what `pages` chose for it.
        language: of the footer.
        head: the row that is the head of its columns, which every page repeats; None where there is none.
        drawing: beneath its table: on the page of the table where letters stay readable, else on one of its own.
        whole: whether it stands on one page, however small.
    """
    paper = made.paper
    if not paper.upright:
        sheet.set_landscape()
    if head is not None:
        sheet.repeat_rows(head)
    sheet.set_margins(**MARGINS)
    sheet.set_footer(FOOTER[language])
    sheet.set_paper(paper.number)
    least = SMALLEST_PRINT / SIZE[language]
    together = drawing is None or (drawing.above + drawing.high) * POINT * min(least, made.scale) <= paper.high
    if not made.begun and (together or whole):
        sheet.fit_to_pages(1, int(whole or drawing is not None))
        return
    sheet.set_print_scale(int(100 * made.scale))  # where a sheet is fitted to pages, spreadsheets heed no break
    if drawing is not None and not together:
        sheet.set_h_pagebreaks([drawing.row])
    if made.begun:
        sheet.print_across()
        if made.repeated:
            sheet.repeat_columns(0, made.repeated - 1)
        sheet.set_v_pagebreaks(list(made.begun))


def balanced(widths: Sequence[float], room: float, repeated: int = 0) -> list[int]:
    """The columns with which pages begin, as few as can be and about equally wide: none is left with a last column.

    Args:
        widths: of the columns, as they are printed.
        room: of a page.
        repeated: first columns that every page repeats.
    """
    room -= sum(widths[:repeated])
    shared = widths[repeated:]

    def begun(most: float) -> list[int]:
        found, filled = [], 0.0
        for place, wide in enumerate(shared, start=repeated):
            if filled and filled + wide > most:
                found.append(place)
                filled = 0.0
            filled += wide
        return found

    fewest = begun(room)
    least = max([sum(shared) / (len(fewest) + 1), *shared])
    steps = (least + (room - least) * step / STEPS for step in range(STEPS + 1))
    return next((found for most in steps if len(found := begun(most)) == len(fewest)), fewest)
