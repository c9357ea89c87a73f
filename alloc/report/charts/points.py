"""A map of cities as discs: area by amount, colour by class; provinces by name; a planner's boundaries where given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Boxes, Drawing, text_width
from alloc.report.charts.palette import INK, PAPER, QUIET
from alloc.report.charts.projection import Place, Projection

WIDTH, HEIGHT = 760.0, 560.0
LARGEST = 15.0


@dataclass(frozen=True)
class Dot:
    """A city: where, amount, colour, name, and what a pointer shows; `rank` 1, 2, … where its name is wanted;
    `less`: it carries a dash, so that losses and gains are told apart in grey print too."""

    place: Place
    amount: float
    colour: str
    name: str
    tip: str
    rank: int = 0
    less: bool = False


@dataclass(frozen=True)
class Legend:
    """What colours and sizes say: titles, colours with their limits, and sizes with their texts."""

    colour_title: str
    colours: Sequence[tuple[str, str]]
    size_title: str
    sizes: Sequence[tuple[float, str]]


def points(
    dots: Sequence[Dot],
    provinces: Sequence[tuple[str, Place]],
    legend: Legend,
    alternative: str,
    boundaries: Sequence[Sequence[Place]] = (),
) -> str:
    """The map.

    Args:
        dots: cities.
        provinces: names and where they stand about.
        legend: beside the map.
        alternative: in words.
        boundaries: lines of a planner's map, degrees.
    """
    drawing = Drawing(WIDTH, HEIGHT, alternative)
    places = [dot.place for dot in dots] + [place for line in boundaries for place in line]
    project = Projection(places, WIDTH, HEIGHT, LARGEST + 8)
    for line in boundaries:
        outline = _thinned([project(*place) for place in line])
        drawing.path(outline, "#9AA5B1", 0.6, fill="#FAFBFC")
    largest = max((dot.amount for dot in dots), default=1.0) or 1.0
    crowd = LARGEST if len(dots) < 600 else LARGEST * 0.6
    boxes = Boxes(WIDTH, HEIGHT)
    _legend(drawing, boxes, legend, largest, crowd)
    named = []
    for dot in sorted(dots, key=lambda each: (-each.amount, each.name)):
        x, y = project(*dot.place)
        radius = max(1.4, crowd * (max(0.0, dot.amount) / largest) ** 0.5)
        drawing.circle(x, y, radius, dot.colour, dot.tip, "#52606D", 0.9)
        if dot.less:
            _dash(drawing, x, y, radius)
        if dot.rank:
            named.append((dot.rank, x, y, radius, dot.name))
    for _, x, y, radius, name in sorted(named):
        boxes.label(drawing, x, y, name, 11.5, radius + 3, INK, bold=True)
    for name, place in provinces:
        x, y = project(*place)
        boxes.label(drawing, x, y, name, 11, 0.0, QUIET)
    return drawing.svg()


def _legend(drawing: Drawing, boxes: Boxes, legend: Legend, largest: float, crowd: float) -> None:
    left, y = 6.0, HEIGHT - 22.0 * (len(legend.colours) + len(legend.sizes)) - 46
    top = y - 16
    drawing.text(left, y, legend.colour_title, 11.5, bold=True)
    wide = max(text_width(text, 11) for text in (legend.colour_title, legend.size_title))
    for place, (text, colour) in enumerate(legend.colours):
        y += 20
        drawing.circle(left + 8, y - 4, 6.5, colour, stroke="#52606D")
        if place < len(legend.colours) // 2:
            _dash(drawing, left + 8, y - 4, 6.5)
        drawing.text(left + 26, y, text, 11)
        wide = max(wide, 26 + text_width(text, 11))
    y += 28
    drawing.text(left, y, legend.size_title, 11.5, bold=True)
    for amount, text in legend.sizes:
        radius = crowd * (amount / largest) ** 0.5
        y += max(20.0, 2 * radius + 2)
        drawing.circle(left + 12, y - 4, radius, "#FFFFFF", stroke=QUIET)
        drawing.text(left + 32, y, text, 11)
        wide = max(wide, 32 + text_width(text, 11))
    boxes.take(0, top, left + wide * 1.08, HEIGHT)


def _dash(drawing: Drawing, x: float, y: float, radius: float) -> None:
    drawing.line(x - radius * 0.6, y, x + radius * 0.6, y, PAPER, max(1.0, radius * 0.28))


def _thinned(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points nearer than half a pixel to the last one kept."""
    kept = line[:1]
    for x, y in line[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= 0.5:
            kept.append((x, y))
    return kept
