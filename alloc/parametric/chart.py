"""Small multiples as one SVG: a panel for each tier or pool, the varied number along the bottom."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest
from typing import Any
from xml.sax.saxutils import escape

from alloc.content.figures import decimals_for, number
from alloc.tolerances import ROUNDOFF
from alloc.writing.kinds import VARIATION_MARK

INK, QUIET, RULE, ACCENT = "#1F2933", "#7B8794", "#E4E7EB", "#0B6E99"
BAND = "#CFE5EE"  # from the line to its bound
FONTS = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','WenQuanYi Micro Hei',system-ui,sans-serif"
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 360, 200, 76, 46, 34, 16
ACROSS = 2
MOST = 9  # decimals of a mark: marks of a small range differ, and the room beside the axis holds them


@dataclass(frozen=True)
class Panel:
    """One small chart.

    Attributes:
        title: of what is drawn.
        note: its unit, and what of it is drawn.
        points: in the order of the varied number; a missing value is a gap in the line.
        bounds: of each point, how far the band beside the line reaches; missing: there is none there.
        marked: places of points that are drawn hollow.
        least: the largest range that is rounding and drawn as a flat line.
    """

    title: str
    note: str
    points: Sequence[tuple[float, float | None]]
    bounds: Sequence[float | None] = ()
    marked: Collection[int] = ()
    least: float = 0.0


def svg(
    title: str, subtitles: Sequence[str], source: str, panels: Sequence[Panel | str], now: float | None = None,
    pointed: bool = False, tall: int = HEIGHT,
) -> str:  # fmt: skip
    """The chart as a self-contained SVG.

    Args:
        title: says what is found; empty where the page says it.
        subtitles: say what is drawn, and against what, a line each.
        source: stands beneath; empty where the page says it.
        panels: at least one; a text is a panel that is drawn already.
        now: where the varied number stands today, a dashed line.
        pointed: whether every step has a hidden line of its own (class ``pointed``) and a place that can be pointed at
            (class ``step``), both with the step as ``data-step``.
        tall: height of a panel.
    """
    rows = (len(panels) + ACROSS - 1) // ACROSS
    top = 40 * bool(title) + 16 * len(subtitles)
    width, height = ACROSS * WIDTH + 24, top + rows * tall + 40 * bool(source)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{FONTS}" font-size="12" fill="{INK}">',
        f"<metadata>{VARIATION_MARK}</metadata>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *([f'<text x="16" y="26" font-size="17" font-weight="600">{escape(title)}</text>'] if title else []),
    ]
    parts += [f'<text x="16" y="{46 + 16 * at}" fill="{QUIET}">{escape(each)}</text>'
              for at, each in enumerate(subtitles)]  # fmt: skip
    for place, panel in enumerate(panels):
        across, down = place % ACROSS, place // ACROSS
        inner = panel if isinstance(panel, str) else _panel(panel, now, pointed)
        parts.append(f'<g transform="translate({12 + across * WIDTH},{top + down * tall})">{inner}</g>')
    if source:
        parts.append(f'<text x="16" y="{height - 12}" fill="{QUIET}" font-size="11">{escape(source)}</text>')
    return "\n".join([*parts[:-1], parts[-1] + "</svg>"]) + "\n"


def _panel(panel: Panel, now: float | None, pointed: bool) -> str:
    known = [(x, y) for x, y in panel.points if y is not None]
    head = f'<text x="{LEFT}" y="20" font-weight="600">{escape(panel.title)}</text>'
    head += f'<text x="{LEFT}" y="36" fill="{QUIET}" font-size="11">{escape(panel.note)}</text>'
    if not known:
        return head + f'<text x="{LEFT}" y="{HEIGHT // 2}" fill="{QUIET}">—</text>'
    low_x, high_x = min(x for x, _ in panel.points), max(x for x, _ in panel.points)
    bounds = [bound for (_, y), bound in zip(panel.points, panel.bounds, strict=False) if None not in (y, bound)]
    reached = [*(y for _, y in known), *(bound for bound in bounds if bound is not None)]
    low, high = min(reached), max(reached)
    if high - low < max(ROUNDOFF * max(1.0, abs(high)), 1.001 * panel.least):  # a flat line stands in the middle
        nothing = max(abs(low), abs(high)) <= max(ROUNDOFF, 1.001 * panel.least)
        room = 0.05 * abs(high)
        low, high = (0.0, 1.0) if nothing else (low - room, high + room)  # below 0 there is nothing to show

    def at(x: float, y: float) -> tuple[float, float]:
        share = (x - low_x) / (high_x - low_x) if high_x > low_x else 0.5
        across = LEFT + share * (WIDTH - LEFT - RIGHT)
        return round(across, 2), round(TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM), 2)

    decimals = min(MOST, decimals_for(high - low) if high - low < abs(high) else decimals_for(high))
    marks = [head]
    for value in (low, (low + high) / 2, high):
        _, y = at(low_x, value)
        marks.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{RULE}"/>')
        label = number(value, decimals)
        marks.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end" font-size="11">{label}</text>')
    if now is not None and low_x <= now <= high_x:
        x, _ = at(now, low)
        marks.append(
            f'<line x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="{INK}" stroke-dasharray="3 2"/>'
        )
    for value, anchor in ((low_x, "start"), (high_x, "end")):
        x, _ = at(value, low)
        y = HEIGHT - BOTTOM + 16
        marks.append(f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="11">{value:,g}</text>')
    ends = list(zip_longest(panel.points, panel.bounds))
    for run in _runs([None if None in (point[1], bound) else (point, bound) for point, bound in ends]):
        there, back = ([at(x, bound) for (x, _), bound in run], [at(*point) for point, _ in reversed(run)])
        marks.append(f'<polygon points="{_path([*there, *back])}" fill="{BAND}" stroke="{BAND}" stroke-width="3"/>')
    for line in _runs([None if point[1] is None else point for point in panel.points]):
        if len(line) > 1:
            path = _path([at(*point) for point in line])
            marks.append(f'<polyline points="{path}" fill="none" stroke="{ACCENT}" stroke-width="1.8"/>')
    if pointed:
        marks += _places([at(x, low)[0] for x, _ in panel.points])
    for place, (across_at, value_there) in enumerate(panel.points):
        if value_there is not None:
            across, down = at(across_at, value_there)
            size, fill = (4, "white") if place in panel.marked else (2.4, ACCENT)
            marks.append(f'<circle cx="{across}" cy="{down}" r="{size}" fill="{fill}" stroke="{ACCENT}"/>')
    return "".join(marks)


def _places(across: Sequence[float]) -> Iterator[str]:
    """Of every step a hidden line, and the place from halfway to the step before to halfway to the one behind."""
    ends = [LEFT, *((one + two) / 2 for one, two in pairwise(across)), WIDTH - RIGHT]
    for step, x in enumerate(across):
        yield (
            f'<line class="pointed" data-step="{step}" visibility="hidden" x1="{x}" x2="{x}" y1="{TOP}" '
            f'y2="{HEIGHT - BOTTOM}"/><rect class="step" data-step="{step}" x="{ends[step]:.2f}" y="{TOP}" '
            f'width="{ends[step + 1] - ends[step]:.2f}" height="{HEIGHT - TOP - BOTTOM}" fill="none" '
            'pointer-events="all"/>'
        )


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _runs(points: Sequence[Any]) -> list[list[Any]]:
    """Runs of points that are there: where no allocation exists the line is broken."""
    return [list(run) for there, run in groupby(points, lambda point: point is not None) if there]
