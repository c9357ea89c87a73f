"""A map of cities as discs: area by amount, colour by class; provinces by name; a planner's boundaries where given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Boxes, Drawing, text_width
from alloc.report.charts.palette import INK, PAPER, QUIET
from alloc.tolerances import DEGENERATE

WIDTH, HEIGHT = 760.0, 560.0
LARGEST = 15.0
CORE = 0.6  # of the radius of a named disc: as much of it no name may cover
FAR = (26.0, 40.0, 60.0, 85.0)  # how much farther off a name may stand, with a line to its disc, where all are named
FEW = 40  # discs of which all are named, with the whole of them clear of names
Place = tuple[float, float]  # longitude and latitude in degrees


class Projection:
    """Degrees to pixels inside a box by an equal-area conic projection (Albers), its parallels set by the places."""

    def __init__(self, places: Sequence[Place], width: float, height: float, margin: float) -> None:
        """Fits the places into `width` by `height` with a margin all around."""
        south, north = min(lat for _, lat in places), max(lat for _, lat in places)
        west, east = min(lon for lon, _ in places), max(lon for lon, _ in places)
        span = max(north - south, 0.5)
        first, second = math.radians(south + span / 6), math.radians(north - span / 6)
        self._middle = math.radians((west + east) / 2)
        self._n = (math.sin(first) + math.sin(second)) / 2
        if abs(self._n) < DEGENERATE:
            self._n = DEGENERATE
        self._c = math.cos(first) ** 2 + 2 * self._n * math.sin(first)
        self._scale, self._left, self._top = 1.0, 0.0, 0.0
        raw = [self(lon, lat) for lon, lat in places]
        low_x, high_x = min(x for x, _ in raw), max(x for x, _ in raw)
        low_y, high_y = min(y for _, y in raw), max(y for _, y in raw)
        wide, high = max(high_x - low_x, DEGENERATE), max(high_y - low_y, DEGENERATE)
        self._scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
        self._left = (width - wide * self._scale) / 2 - low_x * self._scale
        self._top = (height - high * self._scale) / 2 - low_y * self._scale

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The pixel of a place."""
        angle = self._n * (math.radians(longitude) - self._middle)
        inner = self._c - 2 * self._n * math.sin(math.radians(latitude))
        radius = math.sqrt(max(0.0, inner)) / self._n
        x, y = radius * math.sin(angle), radius * math.cos(angle)
        return self._left + x * self._scale, self._top + y * self._scale


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
    largest = max((dot.amount for dot in dots), default=1.0) or 1.0
    crowd = LARGEST if len(dots) < 600 else LARGEST * 0.6
    wide, high = _size(legend, largest, crowd)
    for aside in (0.0, wide + 12):  # where no corner is free the map gives way to the legend
        fitted = Projection(places, WIDTH - aside, HEIGHT, LARGEST + 8)
        spots = [(aside + x, y) for x, y in (fitted(*dot.place) for dot in dots)]
        discs = [
            (*spot, max(1.4, crowd * (max(0.0, dot.amount) / largest) ** 0.5))
            for dot, spot in zip(dots, spots, strict=True)
        ]
        corner, covered = _corner(wide, high, discs)
        if not covered:
            break

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        x, y = fitted(longitude, latitude)
        return aside + x, y

    for line in boundaries:
        outline = _thinned([project(*place) for place in line])
        drawing.path(outline, "#9AA5B1", 0.6, fill="#FAFBFC")
    boxes = Boxes(WIDTH, HEIGHT)
    _legend(drawing, boxes, legend, largest, crowd, corner)
    named = []
    few = len(dots) <= FEW
    core = 1.0 if few else CORE
    order = sorted(zip(dots, discs, strict=True), key=lambda each: (-each[0].amount, each[0].name))
    for dot, (x, y, radius) in order:
        drawing.circle(x, y, radius, dot.colour, dot.tip, "#52606D", 0.9)
        if dot.less:
            _dash(drawing, x, y, radius)
        if dot.rank:
            named.append((dot.rank, x, y, radius, dot.name))
            boxes.take(*(each + sign * radius * core for sign in (-1, 1) for each in (x, y)))
    for _, x, y, radius, name in sorted(named):
        boxes.label(drawing, x, y, name, 11.5, radius + 3, INK, bold=True, farther=(0, 7, 15, *(FAR if few else ())))
    for name, place in provinces:
        x, y = project(*place)
        boxes.label(drawing, x, y, name, 11, 0.0, QUIET)
    return drawing.svg()


def _size(legend: Legend, largest: float, crowd: float) -> tuple[float, float]:
    """Width and height of a legend."""
    radii = _radii(legend, largest, crowd)
    high = 64 + 20.0 * len(legend.colours) + sum(max(20.0, 2 * radius + 2) for radius in radii)
    wide = 1.08 * max(
        *(text_width(text, 11.5) for text in (legend.colour_title, legend.size_title)),
        *(26 + text_width(text, 11) for text, _ in legend.colours),
        *(32 + text_width(text, 11) for _, text in legend.sizes),
    )  # fmt: skip
    return wide, high


def _radii(legend: Legend, largest: float, crowd: float) -> list[float]:
    return [crowd * (amount / largest) ** 0.5 for amount, _ in legend.sizes]


def _corner(
    wide: float, high: float, discs: Sequence[tuple[float, float, float]]
) -> tuple[tuple[float, float, float, float], int]:
    """The corner, from bottom left on, that fewest discs reach into, as a box; and how many of them do."""
    corners = [(x, y) for x in (6.0, WIDTH - wide - 6) for y in (HEIGHT - high, 0.0)]
    counts = [
        sum(left < x + r and x - r < left + wide and top < y + r and y - r < top + high for x, y, r in discs)
        for left, top in corners
    ]
    left, top = corners[counts.index(min(counts))]
    return (left, top, left + wide, top + high), min(counts)


def _legend(
    drawing: Drawing, boxes: Boxes, legend: Legend, largest: float, crowd: float,
    corner: tuple[float, float, float, float],
) -> None:  # fmt: skip
    """What colours and sizes mean, in a box that no name may cover."""
    left, top, right, bottom = corner
    radii = _radii(legend, largest, crowd)
    y = top + 16
    drawing.text(left, y, legend.colour_title, 11.5, bold=True)
    for place, (text, colour) in enumerate(legend.colours):
        y += 20
        drawing.circle(left + 8, y - 4, 6.5, colour, stroke="#52606D")
        if place < len(legend.colours) // 2:
            _dash(drawing, left + 8, y - 4, 6.5)
        drawing.text(left + 26, y, text, 11)
    y += 28
    drawing.text(left, y, legend.size_title, 11.5, bold=True)
    for radius, (_, text) in zip(radii, legend.sizes, strict=True):
        y += max(20.0, 2 * radius + 2)
        drawing.circle(left + 12, y - 4, radius, "#FFFFFF", stroke=QUIET)
        drawing.text(left + 32, y, text, 11)
    boxes.take(left - 6, top, right, bottom)


def _dash(drawing: Drawing, x: float, y: float, radius: float) -> None:
    drawing.line(x - radius * 0.6, y, x + radius * 0.6, y, PAPER, max(1.0, radius * 0.28))


def _thinned(line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points nearer than half a pixel to the last one kept."""
    kept = line[:1]
    for x, y in line[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= 0.5:
            kept.append((x, y))
    return kept
