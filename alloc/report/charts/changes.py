"""Who gains and who loses, as bars from a common zero; and from the formula to what is published, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Drawing, text_width
from alloc.report.charts.palette import BEFORE, GAIN, INK, LOSS, NOW, QUIET, RULE

WIDTH, ROW, HEAD = 760.0, 21.0, 26.0


@dataclass(frozen=True)
class Panel:
    """One panel: its head and rows of name, change, and the change as text."""

    head: str
    rows: Sequence[tuple[str, float, str]]


def changes(panels: Sequence[Panel], alternative: str) -> str:
    """Panels of gains and losses; the text beside a bar carries arrow and sign."""
    most = max(len(panel.rows) for panel in panels)
    drawing = Drawing(WIDTH, HEAD + most * ROW + 8, alternative)
    gap = 28.0
    width = (WIDTH - gap * (len(panels) - 1)) / len(panels)
    for place, panel in enumerate(panels):
        _panel(drawing, panel, place * (width + gap), width)
    return drawing.svg()


def _panel(drawing: Drawing, panel: Panel, left: float, width: float) -> None:
    drawing.text(left, 14, panel.head, 12, bold=True)
    if not panel.rows:
        return
    names = max(text_width(name) for name, _, _ in panel.rows) + 10
    texts = max(text_width(text) for _, _, text in panel.rows) + 12
    largest = max(abs(value) for _, value, _ in panel.rows) or 1.0
    down = max([0.0, *(-value for _, value, _ in panel.rows)])
    up = max([0.0, *(value for _, value, _ in panel.rows)])
    room = width - names - (texts if up else 0.0) - (texts if down else 0.0)
    pixel = max(10.0, room) / ((up + down) or largest)
    zero = left + names + (texts if down else 0.0) + down * pixel
    for row, (name, value, text) in enumerate(panel.rows):
        y = HEAD + row * ROW
        drawing.text(left, y + 13, name, 12)
        if value >= 0:
            drawing.rect(zero, y + 3, value * pixel, ROW - 8, GAIN)
            drawing.text(zero + value * pixel + 5, y + 13, text, 11.5, colour=INK)
        else:
            drawing.rect(zero + value * pixel, y + 3, -value * pixel, ROW - 8, LOSS)
            drawing.text(zero + value * pixel - 5, y + 13, text, 11.5, "end", INK)
    drawing.line(zero, HEAD, zero, HEAD + len(panel.rows) * ROW, QUIET)


HEIGHT, COLUMNS = 190.0, 2  # of a waterfall


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
        _steps(drawing, city, column * (width + 30), row * (HEIGHT + 14), width)
    return drawing.svg()


def _steps(drawing: Drawing, city: Steps, left: float, top: float, width: float) -> None:
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
