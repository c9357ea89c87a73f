"""A grid of two numbers as one panel of an SVG: a cell for every pair of values, darker where there is more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from alloc.content.figures import decimals_for, number
from alloc.parametric.chart import BOTTOM, INK, LEFT, QUIET, RIGHT, RULE, TOP, WIDTH
from alloc.text import figure
from alloc.tolerances import ROUNDOFF

LIGHT, DARK = (0xF1, 0xF7, 0xFA), (0x0B, 0x6E, 0x99)
CELL = 20  # height of a row
SIGN = 6.2  # width of a digit
WHITE_FROM = 0.55  # of the range, from where on numbers are white
FLAT = 0.15  # of the colours, where all is alike
MARK = "°"


@dataclass(frozen=True)
class Heat:
    """What is drawn of one tier, or of what a city gets of a pool.

    Attributes:
        title: of what is drawn.
        note: its unit, and what of it is drawn.
        down, across: values of the two numbers, in order.
        cells: value of each pair of places (down, across); of what is missing there is no allocation, or it was not
            reached.
        marked: pairs whose number is doubtful.
        now: the pair of the values as they are, which is framed; None where it is not drawn.
        least: the largest range that is rounding and drawn in one colour.
    """

    title: str
    note: str
    down: Sequence[float]
    across: Sequence[float]
    cells: Mapping[tuple[int, int], float]
    marked: Collection[tuple[int, int]] = ()
    least: float = 0.0
    now: tuple[int, int] | None = None

    @property
    def height(self) -> int:
        """Of the panel."""
        return TOP + CELL * len(self.down) + BOTTOM

    def drawn(self) -> str:
        """The panel, its left upper corner at the origin."""
        wide = (WIDTH - LEFT - RIGHT) / len(self.across)
        low, high = min(self.cells.values(), default=0.0), max(self.cells.values(), default=0.0)
        flat = high - low < max(ROUNDOFF * max(1.0, abs(high)), 1.001 * self.least)
        decimals = min(6, decimals_for(high if flat or high - low >= abs(high) else high - low) - (not flat))
        shown = {at: number(value, max(0, decimals)) + MARK * (at in self.marked) for at, value in self.cells.items()}
        readable = max((len(text) for text in shown.values()), default=0) * SIGN <= wide - 4
        parts = [
            f'<text x="{LEFT}" y="20" font-weight="600">{escape(self.title)}</text>'
            f'<text x="{LEFT}" y="36" fill="{QUIET}" font-size="11">{escape(self.note)}</text>'
        ]
        for i, value in enumerate(self.down):
            y = TOP + CELL * i
            parts.append(f'<text x="{LEFT - 6}" y="{y + 14}" text-anchor="end" font-size="11">{figure(value)}</text>')
            for j in range(len(self.across)):
                x, part = round(LEFT + wide * j, 2), 0.0
                if (i, j) not in self.cells:
                    fill, text, ink = "white", "—", QUIET
                else:
                    part = FLAT if flat else (self.cells[i, j] - low) / (high - low)
                    fill, text = _between(part), shown[i, j] if readable else MARK * ((i, j) in self.marked)
                    ink = "white" if part >= WHITE_FROM else INK
                parts.append(
                    f'<rect x="{x}" y="{y}" width="{wide:.2f}" height="{CELL}" fill="{fill}" stroke="{RULE}"/>'
                    f'<text x="{x + wide / 2:.2f}" y="{y + 14}" text-anchor="middle" font-size="11" '
                    f'fill="{ink}">{text}</text>'
                )
        if self.now is not None:
            i, j = self.now
            parts.append(
                f'<rect x="{LEFT + wide * j + 1:.2f}" y="{TOP + CELL * i + 1}" width="{wide - 2:.2f}" '
                f'height="{CELL - 2}" fill="none" stroke="{INK}" stroke-width="2"/>'
            )
        every = 1 if max(len(figure(value)) for value in self.across) * SIGN <= wide else max(1, len(self.across) - 1)
        for j in range(0, len(self.across), every):
            parts.append(
                f'<text x="{LEFT + wide * (j + 0.5):.2f}" y="{TOP + CELL * len(self.down) + 16}" '
                f'text-anchor="middle" font-size="11">{figure(self.across[j])}</text>'
            )
        return "".join(parts)


def _between(part: float) -> str:
    """The colour at a part of the range."""
    mixed = (round(one + (other - one) * part) for one, other in zip(LIGHT, DARK, strict=True))
    return "#" + "".join(f"{each:02X}" for each in mixed)
