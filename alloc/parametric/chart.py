"""Small multiples as one SVG: a panel for each tier or pool, the varied number along the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from alloc.result.figures import decimals_for, number

INK, QUIET, RULE, ACCENT = "#1F2933", "#7B8794", "#E4E7EB", "#0B6E99"
FONTS = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','WenQuanYi Micro Hei',system-ui,sans-serif"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 360, 200, 76, 46, 34, 16
ACROSS = 2


@dataclass(frozen=True)
class Panel:
    """One small chart: points in the order of the varied number; a missing value is a gap in the line."""

    title: str
    unit: str
    points: Sequence[tuple[float, float | None]]


def svg(title: str, subtitle: str, source: str, panels: Sequence[Panel]) -> str:
    """The chart as a self-contained SVG.

    Args:
        title: says what is found.
        subtitle: says what is drawn, and against what.
        source: stands beneath.
        panels: at least one.
    """
    rows = (len(panels) + ACROSS - 1) // ACROSS
    width, height = ACROSS * WIDTH + 24, rows * HEIGHT + 96
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{FONTS}" font-size="12" fill="{INK}">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="16" y="26" font-size="17" font-weight="600">{escape(title)}</text>',
        f'<text x="16" y="46" fill="{QUIET}">{escape(subtitle)}</text>',
    ]
    for place, panel in enumerate(panels):
        across, down = place % ACROSS, place // ACROSS
        parts.append(f'<g transform="translate({12 + across * WIDTH},{56 + down * HEIGHT})">{_panel(panel)}</g>')
    parts.append(f'<text x="16" y="{height - 12}" fill="{QUIET}" font-size="11">{escape(source)}</text></svg>')
    return "\n".join(parts) + "\n"


def _panel(panel: Panel) -> str:
    known = [(x, y) for x, y in panel.points if y is not None]
    head = f'<text x="{LEFT}" y="20" font-weight="600">{escape(panel.title)}</text>'
    head += f'<text x="{LEFT}" y="36" fill="{QUIET}" font-size="11">{escape(panel.unit)}</text>'
    if not known:
        return head + f'<text x="{LEFT}" y="{HEIGHT // 2}" fill="{QUIET}">—</text>'
    low_x, high_x = min(x for x, _ in panel.points), max(x for x, _ in panel.points)
    low, high = min(y for _, y in known), max(y for _, y in known)
    if high - low < 1e-9 * max(1.0, abs(high)):  # a flat line stands in the middle
        room = 0.05 * abs(high) or 1.0
        low, high = low - room, high + room

    def at(x: float, y: float) -> tuple[float, float]:
        share = (x - low_x) / (high_x - low_x) if high_x > low_x else 0.5
        across = LEFT + share * (WIDTH - LEFT - RIGHT)
        return round(across, 2), round(TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM), 2)

    decimals = min(6, decimals_for(high - low) if high - low < abs(high) else decimals_for(high))
    marks = [head]
    for value in (low, (low + high) / 2, high):
        _, y = at(low_x, value)
        marks.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{RULE}"/>')
        label = number(value, decimals)
        marks.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end" font-size="11">{label}</text>')
    for value, anchor in ((low_x, "start"), (high_x, "end")):
        x, _ = at(value, low)
        y = HEIGHT - BOTTOM + 16
        marks.append(f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="11">{value:g}</text>')
    for stretch in _stretches(panel.points):
        line = " ".join(f"{x},{y}" for x, y in (at(*point) for point in stretch))
        marks.append(f'<polyline points="{line}" fill="none" stroke="{ACCENT}" stroke-width="1.8"/>')
    marks.extend(f'<circle cx="{at(x, y)[0]}" cy="{at(x, y)[1]}" r="2.4" fill="{ACCENT}"/>' for x, y in known)
    return "".join(marks)


def _stretches(points: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    """Runs of known points: where no allocation exists the line is broken."""
    found: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            found.append([])
        else:
            found[-1].append((x, y))
    return [each for each in found if len(each) > 1]
