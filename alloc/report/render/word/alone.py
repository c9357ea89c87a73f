"""The page that stands alone: the first chapter, in margins of its own and in type small enough to stand on one page.

What a page holds is reckoned, since a Word file has no pages before somebody opens it: lines have a fixed height, and a
reserve is left for programs that break them a little earlier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from docx.shared import Mm, Pt

from alloc.content.blocks import Fact, Facts, Listing, Paragraph
from alloc.report.render import raster
from alloc.report.render.fitting import em
from alloc.report.render.paper import Block, Heading, Lead, Picture
from alloc.report.render.word.style import PAGE_HEIGHT, PAGE_WIDTH, Face
from alloc.report.render.word.table import FACT_LINE, FACT_SIZES

TEXT, LIST = "Summary Text", "Summary List"
SIZES = {"zh": (16.0, 14.0, 12.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0), "en": (12.0, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0)}
LINE = 1.36  # height of a line, in sizes of its type
AFTER = 0.22  # below a paragraph
SIDE, TOP, BOTTOM, FOOTER = Mm(18), Mm(18), Mm(18), Mm(9)
WIDTH, HEIGHT = (PAGE_WIDTH - 2 * SIDE) / Pt(1), (PAGE_HEIGHT - TOP - BOTTOM) / Pt(1)
FIGURE = 0.9  # of the width, a drawing
RESERVE = 0.99  # of the page
WIDER = {"zh": 1.0, "en": 0.8}  # how wide texts run for what `em` says of them
LEFT = {"zh": 2.0, "en": 1.4}  # where an item of a list begins, in sizes of its type
AROUND_FACTS = 8.0
AROUND_FIGURE = 6.0


def blocks_of(blocks: Sequence[Block]) -> int:
    """How many of the blocks are the first chapter; 0 where no other follows it."""
    chapters = [at for at, block in enumerate(blocks) if isinstance(block, Heading) and block.depth == 0]
    return chapters[1] if len(chapters) > 1 else 0


def size_of(blocks: Sequence[Block], language: str, styles: dict[str, Face], above: float) -> float | None:
    """The largest size of type in which the blocks stand on one page; None where none is small enough.

    Args:
        blocks: of the chapter.
        language: ``zh`` or ``en``.
        styles: of the document.
        above: height of what stands on the page before them, in points.
    """
    room = HEIGHT * RESERVE - above
    return next((size for size in SIZES[language] if _height(blocks, language, styles, size) <= room), None)


def styles_of(language: str, size: float, styles: dict[str, Face]) -> dict[str, Face]:
    """The two styles of its text in a size."""
    body = styles["Body Text"]
    indent = 2.0 if language == "zh" else 0.0
    text = Face(body.asian, size, body.latin, line=size * LINE, indent=indent, after=size * AFTER)
    item = Face(body.asian, size, body.latin, line=size * LINE, after=size * AFTER, align="left")
    return {TEXT: text, LIST: item}


def facts_height(facts: Sequence[Fact], width: float, wider: float) -> float:
    """Height of the large figures side by side, `width` points in all, texts so much `wider` than reckoned."""
    each = width / max(1, len(facts)) - 11.0
    label, value, change = FACT_SIZES
    widths = [
        (label, [em(fact.label) * label for fact in facts]),
        (value, [em(fact.value) * value + em(fact.unit) * label for fact in facts]),
        (change, [em(fact.change) * change for fact in facts]),
    ]
    lines = (
        max((math.ceil(found * wider / each) or 1 for found in of), default=1) * size * FACT_LINE for size, of in widths
    )
    return sum(lines)


def _height(blocks: Sequence[Block], language: str, styles: dict[str, Face], size: float) -> float:
    width, wider, total = WIDTH, WIDER[language], 0.0
    room = width / wider
    for block in blocks:
        if isinstance(block, Heading):
            face = styles["Heading 1"]
            total += (face.line or 0.0) + face.before + face.after
        elif isinstance(block, Lead | Paragraph):
            total += _text(block.text, size, room, 2.0 if language == "zh" else 0.0)
        elif isinstance(block, Listing):
            total += sum(_text(each, size, (width - LEFT[language] * size) / wider) for each in block.items)
        elif isinstance(block, Facts):
            total += facts_height(block.facts, width, wider) + AROUND_FACTS
        elif isinstance(block, Picture):
            total += raster.height_of(block.figure.svg, block.figure.wide) * width * FIGURE + AROUND_FIGURE
            caption, note = styles["Caption"], styles["Note"]
            total += (caption.line or 0.0) + caption.before + caption.after + (note.line or 0.0) + note.after
        else:
            return math.inf
    return total


def _text(text: str, size: float, width: float, indent: float = 0.0) -> float:
    lines = math.ceil((em(text) + indent) * size / width)
    return max(1, lines) * size * LINE + size * AFTER
