"""Cities in the order of a share, before and after: a curve for the whole, small ones by group on the same axes."""

from __future__ import annotations

from collections.abc import Sequence

from alloc.report.charts.drawing import Drawing, Point
from alloc.report.charts.palette import BEFORE, INK, NOW, QUIET
from alloc.report.charts.scale import Scale, axis_y, nice, per_cent

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760.0, 300.0, 46.0, 16.0, 24.0
SMALL = 150.0

Curve = Sequence[tuple[float, float]]  # value and weight, any order


def coverage(
    whole: tuple[str, Curve, Curve], groups: Sequence[tuple[str, Curve, Curve]], words: tuple[str, str, str],
    alternative: str,
) -> str:  # fmt: skip
    """Curves of shares, worst first, across the population.

    Args:
        whole: title, before, after of all cities.
        groups: the same of groups of them, at most one row of small curves.
        words: before, after, and what the horizontal axis is.
        alternative: in words.
    """
    values = [value for _, before, after in (whole, *groups) for value, _ in (*before, *after)]
    low, high = nice(min(values), max(values))
    drawing = Drawing(WIDTH, HEIGHT + (SMALL + 34 if groups else 0), alternative)
    _curves(drawing, whole, (LEFT, TOP, WIDTH - 70, HEIGHT - BOTTOM), (low, high), words, large=True)
    drawing.text((LEFT + WIDTH - 70) / 2, HEIGHT - 4, words[2], 11, "middle", QUIET)
    gap = 14.0
    width = (WIDTH - LEFT - gap * (len(groups) - 1)) / max(1, len(groups))
    for place, group in enumerate(groups):
        left = LEFT + place * (width + gap)
        top = HEIGHT + 26
        _curves(drawing, group, (left, top, left + width, top + SMALL - 10), (low, high), words, place == 0, small=True)
    return drawing.svg()


def _curves(
    drawing: Drawing, content: tuple[str, Curve, Curve], box: tuple[float, float, float, float],
    ends: tuple[float, float], words: tuple[str, str, str], large: bool, small: bool = False,
) -> None:  # fmt: skip
    title, before, after = content
    left, top, right, bottom = box
    y = Scale(*ends, bottom, top)
    if small:
        drawing.text(left, top - 8, title, 12, bold=True)
    axis_y(drawing, y, left, right, per_cent if large else lambda *_: "", 3 if small else 5, factor=100)
    drawing.line(left, bottom, right, bottom, QUIET)
    labels: list[tuple[float, str, str]] = []
    for values, colour, word in ((before, BEFORE, words[0]), (after, NOW, words[1])):
        points = _steps(values, Scale(0.0, 1.0, left, right), y)
        if not points:
            continue
        drawing.path(points, colour, 1.6 if small else 2.2, dash="5 3" if colour == BEFORE else "")
        labels.append((points[-1][1], word, colour))
    if not small and labels:
        heights = [height for height, _, _ in labels]
        if len(heights) == 2 and abs(heights[0] - heights[1]) < 15:  # after lies above
            middle = sum(heights) / 2
            heights = [middle + 8, middle - 8]
        for (_, word, colour), at in zip(labels, heights, strict=True):
            drawing.text(right + 6, at + 4, word, 12, colour=INK if colour == BEFORE else NOW, bold=True)


def _steps(values: Curve, x: Scale, y: Scale) -> list[Point]:
    found = sorted(values)
    whole = sum(weight for _, weight in found)
    points: list[Point] = []
    sofar = 0.0
    for value, weight in found:
        points += [(x(sofar / whole), y(value)), (x((sofar + weight) / whole), y(value))]
        sofar += weight
    return points
