"""Who gains and who loses, and what single steps add and take, as bars from a common zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Drawing, text_width
from alloc.report.charts.palette import GAIN, INK, LOSS, QUIET

WIDTH, ROW, HEAD = 760.0, 21.0, 26.0


@dataclass(frozen=True)
class Panel:
    """One panel: its head and rows of name, change, and the change as text."""

    head: str
    rows: Sequence[tuple[str, float, str]]


def changes(panels: Sequence[Panel], alternative: str, alike: bool = False) -> str:
    """Panels of gains and losses; beside the bars a column of texts, which carry arrow and sign.

    Args:
        panels: abreast.
        alternative: in words.
        alike: all in one unit, so that bars of one length are the same in every panel.
    """
    most = max(len(panel.rows) for panel in panels)
    drawing = Drawing(WIDTH, HEAD + most * ROW + 8, alternative)
    gap = 28.0
    width = (WIDTH - gap * (len(panels) - 1)) / len(panels)
    pixels = [_pixel(panel, width) for panel in panels]
    for place, (panel, pixel) in enumerate(zip(panels, pixels, strict=True)):
        _panel(drawing, panel, place * (width + gap), min(pixels) if alike else pixel)
    return drawing.svg()


def _room(panel: Panel) -> tuple[float, float, float, float]:
    """Width of names and of texts, and how far the bars go down and up."""
    names = max(text_width(name) for name, _, _ in panel.rows) + 10
    texts = max(text_width(text) for _, _, text in panel.rows) + 12
    down = max([0.0, *(-value for _, value, _ in panel.rows)])
    up = max([0.0, *(value for _, value, _ in panel.rows)])
    return names, texts, down, up


def _pixel(panel: Panel, width: float) -> float:
    """How long a bar of one is; without an end where nothing changes."""
    if not panel.rows:
        return math.inf
    names, texts, down, up = _room(panel)
    room = width - names - texts
    return max(10.0, room) / (up + down) if up + down else math.inf


def _panel(drawing: Drawing, panel: Panel, left: float, pixel: float) -> None:
    drawing.text(left, 14, panel.head, 12, bold=True)
    if not panel.rows:
        return
    names, texts, down, up = _room(panel)
    pixel = pixel if math.isfinite(pixel) else 0.0
    zero = left + names + down * pixel
    behind = zero + up * pixel + texts  # the texts end here, close to the bars
    for row, (name, value, text) in enumerate(panel.rows):
        y = HEAD + row * ROW
        drawing.text(left, y + 13, name, 12)
        if value >= 0:
            drawing.rect(zero, y + 3, value * pixel, ROW - 8, GAIN)
        else:
            drawing.rect(zero + value * pixel, y + 3, -value * pixel, ROW - 8, LOSS)
        drawing.text(behind, y + 13, text, 11.5, "end", INK)
    drawing.line(zero, HEAD, zero, HEAD + len(panel.rows) * ROW, QUIET)
