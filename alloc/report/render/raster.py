"""Drawings as pictures: for documents that cannot hold SVG, and always with fonts that are there."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from alloc.report.render.fonts import Faces, Library

NARROW = 0.62  # of the width of the text, a drawing that is not wide
POINTS_PER_PIXEL = 0.75  # a CSS pixel in points
PAGE = """#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.width) * 1pt)
"""


@dataclass(frozen=True)
class Size:
    """Of a drawing, in CSS pixels."""

    width: float
    height: float


def size(svg: str) -> Size:
    """The size that a drawing declares.

    Raises:
        ValueError: it declares none.
    """
    root = ElementTree.fromstring(svg)
    given = [root.get(name, "").removesuffix("px") for name in ("width", "height")]
    if not all(given):
        given = root.get("viewBox", "").replace(",", " ").split()[2:]
    if len(given) != 2:
        raise ValueError("a drawing has neither width and height nor a viewBox")
    return Size(float(given[0]), float(given[1]))


def fitting(svg: str, width: float, height: float) -> float:
    """The width at which a drawing is shown: `width`, or less where it would be higher than `height`.

    Args:
        svg: the drawing.
        width, height: of the room there is, in one unit.
    """
    drawn = size(svg)
    return min(width, height * drawn.width / drawn.height)


def height_of(svg: str, wide: bool) -> float:
    """How high a drawing is on paper, in widths of the text; one that is not wide takes `NARROW` of it."""
    drawn = size(svg)
    return (1.0 if wide else NARROW) * drawn.height / drawn.width


def texts(svg: str) -> Iterator[str]:
    """Everything that a drawing writes."""
    for element in ElementTree.fromstring(svg).iter():
        if element.tag.rpartition("}")[2] in ("text", "tspan", "textPath"):
            yield from filter(None, (element.text, *(child.tail for child in element)))


def with_families(svg: str, families: tuple[str, ...]) -> str:
    """The drawing with its texts set in `families`, whatever it asked for: a renderer must not choose for itself."""
    plain = re.sub(r"""\sfont-family=("[^"]*"|'[^']*')""", "", svg)
    quoted = ", ".join(f"'{name}'" for name in families)
    return re.sub(r"<svg\b", f'<svg font-family="{quoted}"', plain, count=1)


def png(svg: str, library: Library, faces: Faces, dots_per_inch: float = 200.0, width: float | None = None) -> bytes:
    """A drawing as PNG.

    Args:
        svg: one ``<svg>`` element.
        library: the fonts of the machine.
        faces: families that show every character of the drawing; see `Library.faces`.
        dots_per_inch: how fine.
        width: in points; its own size where None.
    """
    import typst

    points = size(svg).width * POINTS_PER_PIXEL if width is None else width
    compiler = typst.Compiler(font_paths=library.fonts)
    inputs = {"svg": with_families(svg, faces.sans), "width": repr(points)}
    made = compiler.compile(PAGE.encode("utf-8"), format="png", ppi=dots_per_inch, sys_inputs=inputs)
    assert isinstance(made, bytes)
    return made


def picture_size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    width, height = struct.unpack(">II", picture[16:24])
    return width, height
