"""Before and after on one line a row, joined: coverage by service, say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Drawing, text_width
from alloc.report.charts.palette import BEFORE, INK, LOSS, NOW, QUIET
from alloc.report.charts.scale import Scale, axis_x, nice, per_cent

WIDTH, ROW, TOP = 760.0, 30.0, 26.0


@dataclass(frozen=True)
class Pair:
    """A row: its title, both shares, a mark (the national minimum) and the change as text."""

    title: str
    before: float
    after: float
    mark: float | None
    text: str


def dumbbell(rows: Sequence[Pair], words: tuple[str, str, str], alternative: str) -> str:
    """Rows of pairs.

    Args:
        rows: in order.
        words: before, after, and what the mark is (empty: there is none).
        alternative: in words.
    """
    names = max(text_width(row.title, 12) for row in rows) + 14
    texts = max(text_width(row.text, 12) for row in rows) + 14
    drawing = Drawing(WIDTH, TOP + ROW * len(rows) + 24, alternative)
    values = [v for row in rows for v in (row.before, row.after, row.mark) if v is not None]
    scale = Scale(*nice(min(values), min(1.0, max(values))), names, WIDTH - texts)
    axis_x(drawing, scale, TOP, TOP + ROW * len(rows), per_cent, 6, factor=100)
    at = names
    for word, colour in zip(words, (BEFORE, NOW, LOSS), strict=True):
        if not word:
            continue
        if colour == LOSS:
            drawing.line(at + 5, 6, at + 5, 18, LOSS, 2)
        else:
            drawing.circle(at + 5, 12, 5, colour)
        drawing.text(at + 14, 16, word, 11.5, colour=QUIET)
        at += 34 + text_width(word, 11.5)
    for place, row in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        drawing.text(names - 10, y + 4, row.title, 12, "end")
        drawing.line(scale(row.before), y, scale(row.after), y, NOW, 3)
        if row.mark is not None:
            drawing.line(scale(row.mark), y - 9, scale(row.mark), y + 9, LOSS, 2)
        drawing.circle(scale(row.before), y, 5, BEFORE)
        drawing.circle(scale(row.after), y, 5.5, NOW)
        drawing.text(WIDTH - 2, y + 4, row.text, 12, "end", INK)
    return drawing.svg()
