"""An SVG drawing: shapes and text with attributes only, and a rough measure of how wide a text is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from alloc.report.charts.palette import FONTS, INK, RULE

NARROW, WIDE = frozenset("iljtfI.,:;'|!()[] "), frozenset("mwMW%@—")
Point = tuple[float, float]
BETWEEN = 4.0  # pixels between two texts on a line


def text_width(text: str, size: float = 12.0) -> float:
    """Width in pixels, on the safe side: Chinese a full em, digits 0.58, other letters by their shape."""
    ems = 0.0
    for letter in text:
        if unicodedata.east_asian_width(letter) in "WFA":
            ems += 1.0
        elif letter in NARROW:
            ems += 0.32
        elif letter in WIDE:
            ems += 0.9
        else:
            ems += 0.68 if letter.isupper() else 0.58
    return ems * size


def compact(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


class Drawing:
    """Shapes in the order in which they are painted; coordinates in pixels from the upper left corner."""

    def __init__(self, width: float, height: float, alternative: str = "") -> None:
        """Starts empty; `alternative` is read to who cannot see it."""
        self.width, self.height, self.alternative = width, height, alternative
        self._parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = RULE, width: float = 1.0,
             dash: str = "") -> None:  # fmt: skip
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        ends = f'x1="{compact(x1)}" y1="{compact(y1)}" x2="{compact(x2)}" y2="{compact(y2)}"'
        self._parts.append(f'<line {ends} stroke="{colour}" stroke-width="{width:g}"{dashed}/>')

    def rect(self, x: float, y: float, width: float, height: float, fill: str, tip: str = "",
             stroke: str = "") -> None:  # fmt: skip
        """A filled rectangle."""
        size = f'x="{compact(x)}" y="{compact(y)}" width="{max(0.0, width):.2f}" height="{compact(max(0.0, height))}"'
        self._parts.append(_tipped("rect", f'{size} fill="{fill}"{_stroke(stroke)}', tip))

    def circle(self, x: float, y: float, radius: float, fill: str, tip: str = "", stroke: str = "",
               opacity: float = 1.0) -> None:  # fmt: skip
        """A disc."""
        clear = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
        at = f'cx="{compact(x)}" cy="{compact(y)}" r="{compact(radius)}" fill="{fill}"{clear}{_stroke(stroke)}'
        self._parts.append(_tipped("circle", at, tip))

    def path(self, points: Sequence[Point], colour: str, width: float = 1.5, fill: str = "none", closed: bool = False,
             dash: str = "", opacity: float = 1.0) -> None:  # fmt: skip
        """Straight pieces through points."""
        joined = "L".join(f"{compact(x)} {compact(y)}" for x, y in points)
        self.curve(f"M{joined}{'Z' if closed else ''}", colour, width, fill, dash, opacity)

    def curve(self, commands: str, colour: str = "none", width: float = 1.0, fill: str = "none", dash: str = "",
              opacity: float = 1.0, tip: str = "") -> None:  # fmt: skip
        """A path by its commands."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        clear = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
        drawn = f' stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"' if colour != "none" else ""
        self._parts.append(_tipped("path", f'd="{commands}" fill="{fill}"{clear}{drawn}{dashed}', tip))

    def text(self, x: float, y: float, text: str, size: float = 12.0, anchor: str = "start", colour: str = INK,
             bold: bool = False, halo: bool = False) -> None:  # fmt: skip
        """A line of text; `y` is its base line. `halo` keeps it legible over marks."""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        at = f'x="{compact(x)}" y="{compact(y)}" font-size="{size:g}"{where}'
        weight = ' font-weight="bold"' if bold else ""
        if halo:  # painted twice: paint-order is not known to every reader of SVG
            edge = 'fill="#FFFFFF" stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round"'
            self._parts.append(f'<text {at}{weight} {edge} aria-hidden="true">{escape(text)}</text>')
        self._parts.append(f'<text {at}{weight} fill="{colour}">{escape(text)}</text>')

    def svg(self) -> str:
        """The whole as one element."""
        size = f'width="{compact(self.width)}" height="{compact(self.height)}"'
        box = f'viewBox="0 0 {compact(self.width)} {compact(self.height)}"'
        label = f' role="img" aria-label="{escape(self.alternative, quote=True)}"' if self.alternative else ""
        opened = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="{FONTS}"{label}>'
        return opened + "".join(self._parts) + "</svg>"


class Boxes:
    """Rectangles that are taken, so that no text lies over another."""

    def __init__(self, width: float, height: float) -> None:
        """Nothing is taken yet; texts must stay inside."""
        self._width, self._height = width, height
        self._taken: list[tuple[float, float, float, float]] = []

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keeps texts out of a rectangle."""
        self._taken.append((left, top, right, bottom))

    def free(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether a rectangle lies inside and over nothing that is taken."""
        if left < 0 or top < 0 or right > self._width or bottom > self._height:
            return False
        return all(right <= a or left >= c or bottom <= b or top >= d for a, b, c, d in self._taken)

    def label(self, drawing: Drawing, x: float, y: float, text: str, size: float = 11.0, gap: float = 5.0,
              colour: str = INK, bold: bool = False, farther: Iterable[float] = (0, 7, 15)) -> bool:  # fmt: skip
        """Writes a text beside a point where there is room: right, left, above, below, then farther off.

        Args:
            drawing: written on.
            x, y: the point.
            text: the text.
            size: of the type.
            gap: between point and text.
            colour, bold: of the text.
            farther: by how much more the text may stand off, with a line between them, nearest first.

        Returns:
            Whether there was room; nothing is drawn otherwise.
        """
        width, height = text_width(text, size), size * 1.15
        for far in (gap + more for more in farther):
            places: Iterable[tuple[str, float, float]] = (
                ("start", x + far, y), ("end", x - far, y), ("middle", x, y - far - height / 2),
                ("middle", x, y + far + height / 2), ("start", x + far * 0.7, y - far), ("end", x - far * 0.7, y - far),
                ("start", x + far * 0.7, y + far), ("end", x - far * 0.7, y + far),
            )  # fmt: skip
            for anchor, at_x, at_y in places:
                left = at_x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
                box = (left, at_y - height / 2, left + width, at_y + height / 2)
                if self.free(*box):
                    self.take(left - BETWEEN, box[1], left + width + BETWEEN, box[3])
                    if far > gap:
                        drawing.line(x, y, at_x, at_y, "#9AA5B1", 0.7)
                    drawing.text(at_x, at_y + size * 0.36, text, size, anchor, colour, bold, halo=True)
                    return True
        return False


def _tipped(tag: str, attributes: str, tip: str) -> str:
    return f"<{tag} {attributes}><title>{escape(tip)}</title></{tag}>" if tip else f"<{tag} {attributes}/>"


def _stroke(colour: str) -> str:
    return f' stroke="{colour}" stroke-width="0.7"' if colour else ""
