"""The figures of `scale` as charts: seconds against cities, both by powers of ten, one line a stage or a route."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 190, 24, 46
STAGES = {
    "inside the solvers": "#b2182b",
    "everything else": "#2166ac",
    "verify": "#5aae61",
    "report (html)": "#9970ab",
    "compile": "#bf812d",
    "hand over": "#737373",
}
ROUTES = {
    "hand_written": "#737373",
    "alloc": "#2166ac",
    "linopy": "#5aae61",
    "pyoptinterface": "#bf812d",
    "pyomo_standard_form": "#9970ab",
    "pyomo_appsi_highs": "#b2182b",
    "pyomo_highs": "#e08214",
}

Line = list[tuple[float, float]]
"""Cities and seconds."""


def write_charts(measured: dict[str, Any], folder: Path) -> list[Path]:
    """Draws the stages, and the routes where they were measured, as SVG; gives the paths."""
    rows = measured["rows"]
    stages: dict[str, Line] = {
        name: [(row["cities"], row["seconds"][name]) for row in rows if row["seconds"].get(name, 0) > 0]
        for name in STAGES
    }
    routes: dict[str, Line] = {
        name: [
            (row["cities"], row["hand_over"][name]["seconds"])
            for row in rows
            if "seconds" in row.get("hand_over", {}).get(name, {})
        ]
        for name in ROUTES
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for file, lines, colours in (("scale.svg", stages, STAGES), ("handover.svg", routes, ROUTES)):
        drawn = {name: line for name, line in lines.items() if line}
        if drawn:
            paths.append(folder / file)
            paths[-1].write_text(_svg(drawn, colours), encoding="utf-8", newline="\n")
    return paths


def _svg(lines: Mapping[str, Line], colours: Mapping[str, str]) -> str:
    every = [point for line in lines.values() for point in line]
    across = _span([x for x, _ in every])
    up = _span([y for _, y in every])

    def place(x: float, y: float) -> tuple[float, float]:
        right = (math.log10(x) - across[0]) / (across[1] - across[0])
        high = (math.log10(y) - up[0]) / (up[1] - up[0])
        return LEFT + right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - high * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12"><rect width="100%" height="100%" fill="white"/>'
    ]
    for power in range(math.ceil(up[0]), math.floor(up[1]) + 1):
        _, y = place(10 ** across[0], 10.0**power)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for x in sorted({x for x, _ in every}):
        left, _ = place(x, 10 ** up[0])
        parts.append(f'<text x="{left:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:,}</text>')
    parts.append(f'<text x="{LEFT}" y="{TOP - 8}">seconds of the processor</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">cities</text>')
    ends = sorted((place(*line[-1])[1], name) for name, line in lines.items())
    labels: list[float] = []
    for y, name in ends:
        labels.append(max(y, labels[-1] + 15) if labels else y)
        places = [place(*point) for point in lines[name]]
        path = "L".join(f"{left:.1f} {high:.1f}" for left, high in places)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colours[name]}" stroke-width="2"/>')
        parts += [f'<circle cx="{left:.1f}" cy="{high:.1f}" r="3" fill="{colours[name]}"/>' for left, high in places]
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{labels[-1] + 4:.1f}" fill="{colours[name]}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Powers of ten around positive values, a little wider."""
    least, most = math.log10(min(values)), math.log10(max(values))
    return least - 0.05, max(most, least + 0.1) + 0.05
