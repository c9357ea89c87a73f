"""Lorenz curves: what share of the whole goes to the least favoured share of residents."""

from __future__ import annotations

from collections.abc import Sequence

from alloc.report.charts.drawing import Boxes, Drawing, Point
from alloc.report.charts.palette import BEFORE, LOSS, NOW, QUIET
from alloc.report.charts.scale import Scale, axis_x, axis_y

WIDTH, HEIGHT, LEFT = 420.0, 400.0, 46.0
STYLES = ((BEFORE, "5 3"), (NOW, ""), (LOSS, "2 2"), ("#52606D", "8 3 2 3"))

Curve = Sequence[Point]


def lorenz(curves: Sequence[tuple[str, Curve]], words: tuple[str, str], alternative: str) -> str:
    """Up to four curves with the line of equal shares.

    Args:
        curves: title and points (share of residents, share of the whole) from (0, 0) to (1, 1).
        words: what both axes are.
        alternative: in words.
    """
    drawing = Drawing(WIDTH, HEIGHT, alternative)
    right, top, bottom = WIDTH - 12, 26.0, HEIGHT - 40
    x, y = Scale(0, 1, LEFT, right), Scale(0, 1, bottom, top)
    axis_x(drawing, x, top, bottom, lambda tick: f"{100 * tick:.0f} %")
    axis_y(drawing, y, LEFT, right, lambda tick: f"{100 * tick:.0f} %")
    drawing.path([(x(0), y(0)), (x(1), y(1))], QUIET, 1)
    drawing.text((LEFT + right) / 2, HEIGHT - 6, words[0], 11, "middle", QUIET)
    drawing.text(2, 13, words[1], 11, "start", QUIET)
    boxes = Boxes(WIDTH, HEIGHT)
    for (_, points), (colour, dash) in zip(curves, STYLES, strict=False):
        drawing.path([(x(a), y(b)) for a, b in points], colour, 2.2, dash=dash)
    for place, ((title, _), (colour, dash)) in enumerate(zip(curves, STYLES, strict=False)):
        at = top + 18 + 20 * place
        drawing.line(LEFT + 12, at, LEFT + 42, at, colour, 2.2, dash)
        drawing.text(LEFT + 48, at + 4, title, 12, halo=True)
        boxes.take(LEFT, at - 10, right, at + 10)
    return drawing.svg()
