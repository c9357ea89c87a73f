"""From the formula to what is published, step by step, for a few cities; panels on one scale of their own city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Drawing
from alloc.report.charts.palette import BEFORE, GAIN, LOSS, NOW, QUIET, RULE

WIDTH, HEIGHT, COLUMNS = 760.0, 190.0, 2


@dataclass(frozen=True)
class Steps:
    """One city: its name, and steps of title, amount, text. The first and the last are levels, the others changes."""

    name: str
    steps: Sequence[tuple[str, float, str]]


def waterfall(cities: Sequence[Steps], alternative: str) -> str:
    """Panels, two abreast."""
    rows = -(-len(cities) // COLUMNS)
    drawing = Drawing(WIDTH, rows * (HEIGHT + 14), alternative)
    columns = min(COLUMNS, max(1, len(cities)))
    width = (WIDTH - 30 * (columns - 1)) / columns
    for place, city in enumerate(cities):
        row, column = divmod(place, columns)
        _panel(drawing, city, column * (width + 30), row * (HEIGHT + 14), width)
    return drawing.svg()


def _panel(drawing: Drawing, city: Steps, left: float, top: float, width: float) -> None:
    drawing.text(left, top + 14, city.name, 12.5, bold=True)
    levels, sofar = [], 0.0
    for place, (_, amount, _) in enumerate(city.steps):
        start, end = (0.0, amount) if place in (0, len(city.steps) - 1) else (sofar, sofar + amount)
        levels.append((start, end))
        sofar = end
    low, high = min(min(each) for each in levels), max(max(each) for each in levels)
    bottom, upper = top + HEIGHT - 22, top + 40
    pixel = (bottom - upper) / ((high - low) or 1.0)
    slot = width / len(city.steps)
    for place, ((title, amount, text), (start, end)) in enumerate(zip(city.steps, levels, strict=True)):
        x = left + place * slot
        y1, y2 = bottom - (max(start, end) - low) * pixel, bottom - (min(start, end) - low) * pixel
        whole = place in (0, len(city.steps) - 1)
        colour = (BEFORE if place == 0 else NOW) if whole else GAIN if amount >= 0 else LOSS
        drawing.rect(x + 5, y1, slot - 10, max(1.0, y2 - y1), colour)
        drawing.text(x + slot / 2, y1 - 5, text, 11, "middle")
        drawing.text(x + slot / 2, bottom + 16, title, 11, "middle", QUIET)
        if place + 1 < len(city.steps):
            at = bottom - (end - low) * pixel
            drawing.line(x + slot - 5, at, x + slot + 5, at, QUIET)
    zero = bottom - (0 - low) * pixel
    drawing.line(left, zero, left + width, zero, QUIET if low < 0 else RULE)
