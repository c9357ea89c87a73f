"""Cities as thin cells coloured by their debt tier, before above after, a pair of strips a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Drawing, text_width
from alloc.report.charts.palette import INK, QUIET

WIDTH, CELL, PAIR = 760.0, 17.0, 56.0


@dataclass(frozen=True)
class City:
    """A city: its residents, tier before and after, ratio after, and what a pointer shows."""

    weight: float
    before: str
    after: str
    ratio: float
    tip: str


def strip(
    groups: Sequence[tuple[str, Sequence[City]]],
    tiers: Sequence[tuple[str, str, str]],
    words: tuple[str, str],
    alternative: str,
) -> str:
    """Strips in which a city's width is its share of the group's residents, the least indebted first.

    Args:
        groups: title and cities.
        tiers: name, letter and colour, the best first.
        words: before and after.
        alternative: in words.
    """
    names = max([*(text_width(title, 12) for title, _ in groups), 30.0]) + 14
    sides = max(text_width(word, 11) for word in words) + 10
    drawing = Drawing(WIDTH, len(groups) * PAIR, alternative)
    left = names + sides
    for place, (title, cities) in enumerate(groups):
        top = place * PAIR + 4
        drawing.text(0, top + CELL + 5, title, 12, bold=True)
        whole = sum(city.weight for city in cities) or 1.0
        for row, side in enumerate(("before", "after")):
            y = top + row * (CELL + 3)
            drawing.text(left - 8, y + 12.5, words[row], 11, "end", QUIET)
            _row(drawing, cities, side, tiers, (left, y, (WIDTH - left) / whole))
    return drawing.svg()


def _row(
    drawing: Drawing,
    cities: Sequence[City],
    side: str,
    tiers: Sequence[tuple[str, str, str]],
    place: tuple[float, float, float],
) -> None:
    rank = {name: at for at, (name, _, _) in enumerate(tiers)}
    left, y, pixel = place
    ordered = sorted(cities, key=lambda city: (rank.get(getattr(city, side), 0), city.ratio, city.tip))
    x = left
    for name, letter, colour in tiers:
        start = x
        for city in (each for each in ordered if getattr(each, side) == name):
            width = city.weight * pixel
            drawing.rect(x, y, width, CELL, colour, city.tip, "#FFFFFF" if width > 1.5 else "")
            x += width
        if x - start > text_width(letter, 11) + 4:
            drawing.text((start + x) / 2, y + 12.5, letter, 11, "middle", INK, bold=True)
