"""Who gets it: from a whole through groups to cities, as bands whose width is the amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Drawing, text_width
from alloc.report.charts.palette import INK, NOW, QUIET

WIDTH, NODE, GAP = 760.0, 12.0, 5.0
BODY, LINE = 250.0, 18.0  # height of the whole, least height of a line of text
BANDS = ("#0B6E99", "#5F7F95", "#B98A5E", "#7B8794", "#3F8F8B", "#8A7FA3", "#A86B5B", "#4F5D75")


@dataclass(frozen=True)
class Node:
    """A group: its title, amount as text, and its members of title, amount, text; the last may be all others."""

    title: str
    text: str
    members: Sequence[tuple[str, float, str]]


def flow(whole: tuple[str, str], groups: Sequence[Node], alternative: str) -> str:
    """Three columns: the whole, its groups, their members.

    Args:
        whole: title and text of the whole.
        groups: in order.
        alternative: in words.
    """
    total = sum(amount for group in groups for _, amount, _ in group.members) or 1.0
    slots = [[max(LINE, BODY * amount / total + 4) for _, amount, _ in group.members] for group in groups]
    height = sum(map(sum, slots)) + 2 * GAP * (len(groups) - 1)
    drawing = Drawing(WIDTH, height, alternative)
    first = max(text_width(each, 12) for each in whole) + 12
    last = max(text_width(f"{t} {x}", 11) for group in groups for t, _, x in group.members) + 22
    middle = (WIDTH + first - last) / 2
    ends = (first, middle, WIDTH - last - NODE)
    source = _Stack((height - BODY) / 2, BODY / total, 0.0)
    centre = _Stack((height - BODY - 2 * GAP * (len(groups) - 1)) / 2, BODY / total, 2 * GAP)
    row = 0.0
    top = source.at
    titles = []
    for place, group in enumerate(groups):
        colour = BANDS[place % len(BANDS)]
        amount = sum(value for _, value, _ in group.members)
        from_whole, node = source.next(amount), centre.next(amount)
        _band(drawing, (ends[0] + NODE, *from_whole), (ends[1], *node), colour)
        drawing.rect(ends[1], node[0], NODE, node[1] - node[0], colour)
        inner = _Stack(node[0], (node[1] - node[0]) / (amount or 1.0), 0.0)
        for (title, value, text), slot in zip(group.members, slots[place], strict=True):
            y, thick = row + slot / 2, value * centre.pixel
            row += slot
            start = inner.next(value)
            _band(drawing, (ends[1] + NODE, *start), (ends[2], y - thick / 2, y + thick / 2), colour)
            drawing.rect(ends[2], y - max(0.8, thick) / 2, NODE, max(0.8, thick), colour)
            drawing.text(ends[2] + NODE + 6, y + 4, f"{title} ", 11)
            drawing.text(WIDTH - 1, y + 4, text, 11, "end", QUIET)
        row += 2 * GAP
        titles.append((group, (node[0] + node[1]) / 2))
    drawing.rect(ends[0], top, NODE, BODY, NOW)
    drawing.text(0, height / 2 - 3, whole[0], 12, bold=True)
    drawing.text(0, height / 2 + 14, whole[1], 12, colour=QUIET)
    for group, y in titles:
        drawing.text(ends[1] - 6, y + 4, f"{group.title} {group.text}", 11.5, "end", INK, bold=True, halo=True)
    return drawing.svg()


class _Stack:
    """Pieces one under another."""

    def __init__(self, at: float, pixel: float, gap: float) -> None:
        self.at, self.pixel, self._gap = at, pixel, gap

    def next(self, amount: float) -> tuple[float, float]:
        start = self.at
        end = start + amount * self.pixel
        self.at = end + self._gap
        return start, end


def _band(drawing: Drawing, start: tuple[float, float, float], end: tuple[float, float, float], colour: str) -> None:
    x1, a1, b1 = start
    x2, a2, b2 = end
    if b2 - a2 < 0.6:
        a2, b2 = (a2 + b2) / 2 - 0.3, (a2 + b2) / 2 + 0.3
    half = (x1 + x2) / 2
    upper = f"M{x1:.1f} {a1:.1f}C{half:.1f} {a1:.1f} {half:.1f} {a2:.1f} {x2:.1f} {a2:.1f}"
    lower = f"L{x2:.1f} {b2:.1f}C{half:.1f} {b2:.1f} {half:.1f} {b1:.1f} {x1:.1f} {b1:.1f}Z"
    drawing.curve(upper + lower, fill=colour, opacity=0.3)
