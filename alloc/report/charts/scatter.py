"""Two measures of every city as points, the dozen that matter by name; and Lorenz curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alloc.content.figures import number
from alloc.report.charts.drawing import Boxes, Drawing, text_width
from alloc.report.charts.palette import BEFORE, INK, LOSS, NOW, QUIET
from alloc.report.charts.scale import Scale, axis_x, axis_y, nice, per_cent

WIDTH, HEIGHT, LEFT = 760.0, 420.0, 52.0
EDGE = "#52606D"


@dataclass(frozen=True)
class Point:
    """A city: where it lies, how large it is drawn (area ∝ weight), colour, name, and whether the name is wanted."""

    x: float
    y: float
    weight: float
    colour: str
    name: str
    tip: str
    rank: int = 0


def scatter(
    points: Sequence[Point],
    words: tuple[str, str],
    factors: tuple[float, float],
    legend: Sequence[tuple[str, str]],
    alternative: str,
) -> str:
    """All points; names of those with a rank, the least rank first, where there is room.

    Args:
        points: any order.
        words: what the axes are, with their units.
        factors: what the horizontal and the vertical axis show of a value: so many times it.
        legend: title and colour of the groups.
        alternative: in words.
    """
    drawing = Drawing(WIDTH, HEIGHT, alternative)
    top, right, bottom = 46.0, WIDTH - 14, HEIGHT - 42
    x = Scale(*nice(min(p.x for p in points), max(p.x for p in points)), LEFT, right)
    y = Scale(*nice(min(p.y for p in points), max(p.y for p in points)), bottom, top)
    axis_x(drawing, x, top, bottom, number, 7, factor=factors[0])
    axis_y(drawing, y, LEFT, right, number, factor=factors[1])
    drawing.text((LEFT + right) / 2, HEIGHT - 6, words[0], 11, "middle", QUIET)
    drawing.text(2, 13, words[1], 11, "start", QUIET)
    boxes = Boxes(WIDTH, bottom)
    boxes.take(0, 0, WIDTH, top - 12)
    boxes.take(0, 0, LEFT - 2, HEIGHT)  # the numbers of the axis
    at = LEFT
    for title, colour in legend:
        drawing.circle(at + 5, 30, 5, colour, stroke=EDGE)
        drawing.text(at + 14, 34, title, 11.5)
        at += 30 + text_width(title, 11.5)
    largest = max(p.weight for p in points) or 1.0
    size = 14.0 if len(points) < 600 else 9.0
    for point in sorted(points, key=lambda p: (-p.weight, p.name)):
        radius = max(1.8, size * (point.weight / largest) ** 0.5)
        drawing.circle(x(point.x), y(point.y), radius, point.colour, point.tip, EDGE, 0.85)
    for point in sorted((p for p in points if p.rank), key=lambda p: p.rank):
        radius = max(1.8, size * (point.weight / largest) ** 0.5)
        boxes.label(drawing, x(point.x), y(point.y), point.name, 11, radius + 3, INK)
    return drawing.svg()


SQUARE, DEEP, MARGIN = 420.0, 400.0, 46.0  # of Lorenz curves
STYLES = ((BEFORE, "5 3"), (NOW, ""), (LOSS, "2 2"), ("#52606D", "8 3 2 3"))

Curve = Sequence[tuple[float, float]]


def lorenz(curves: Sequence[tuple[str, Curve]], words: tuple[str, str], alternative: str) -> str:
    """Up to four curves with the line of equal shares.

    Args:
        curves: title and points (share of residents, share of the whole) from (0, 0) to (1, 1).
        words: what both axes are.
        alternative: in words.
    """
    drawing = Drawing(SQUARE, DEEP, alternative)
    right, top, bottom = SQUARE - 12, 26.0, DEEP - 40
    x, y = Scale(0, 1, MARGIN, right), Scale(0, 1, bottom, top)
    axis_x(drawing, x, top, bottom, per_cent, factor=100)
    axis_y(drawing, y, MARGIN, right, per_cent, factor=100)
    drawing.path([(x(0), y(0)), (x(1), y(1))], QUIET, 1)
    drawing.text((MARGIN + right) / 2, DEEP - 6, words[0], 11, "middle", QUIET)
    drawing.text(2, 13, words[1], 11, "start", QUIET)
    boxes = Boxes(SQUARE, DEEP)
    for (_, points), (colour, dash) in zip(curves, STYLES, strict=False):
        drawing.path([(x(a), y(b)) for a, b in points], colour, 2.2, dash=dash)
    for place, ((title, _), (colour, dash)) in enumerate(zip(curves, STYLES, strict=False)):
        at = top + 18 + 20 * place
        drawing.line(MARGIN + 12, at, MARGIN + 42, at, colour, 2.2, dash)
        drawing.text(MARGIN + 48, at + 4, title, 12, halo=True)
        boxes.take(MARGIN, at - 10, right, at + 10)
    return drawing.svg()
