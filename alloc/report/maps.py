"""The map: cities as dots, provinces by name, a planner's boundaries and their map number where they are given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alloc.content.blocks import Figure
from alloc.content.numbers import change
from alloc.errors import AllocError
from alloc.report.charts.palette import DIVERGING, classed
from alloc.report.charts.points import Dot, Legend, Place, points
from alloc.report.view import View, significant
from alloc.text import Text

BORDERS = (-0.2, -0.05, 0.05, 0.2)
NUMBER_KEYS = ("审图号", "map_number", "mapNumber")
NAMED = 12


class BoundaryError(AllocError):
    """A boundary file that cannot be used; `message` says why and what would be right."""


@dataclass(frozen=True)
class Boundaries:
    """Lines of an approved map and its number, which is printed beneath."""

    lines: tuple[tuple[Place, ...], ...]
    number: str


def read_boundaries(path: Path) -> Boundaries:
    """Reads a GeoJSON file with the number of the approved map in ``审图号`` or ``map_number``.

    Raises:
        BoundaryError: it is no GeoJSON in degrees, or has no map number.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise BoundaryError(Text(
            f"{path}：读不出 GeoJSON（{error}）。请给出 UTF-8 编码的 GeoJSON 文件。",
            f"{path}: not readable as GeoJSON ({error}); give a GeoJSON file in UTF-8.",
        )) from error  # fmt: skip
    lines = tuple(_lines(content))
    if not lines:
        raise BoundaryError(Text(
            f"{path}：没有以经纬度表示的线或面。",
            f"{path}: holds no lines or polygons in degrees of longitude and latitude.",
        ))  # fmt: skip
    found = _number(content)
    if not found:
        raise BoundaryError(Text(
            f"{path}：没有审图号。请在文件顶层写上 \"审图号\" 或 \"map_number\"。",
            f"{path}: has no map number; add \"map_number\" or \"审图号\" at the top of the file.",
        ))  # fmt: skip
    return Boundaries(lines, found)


def allocation_map(view: View, boundaries: object = None) -> Figure | None:
    """Discs by new land (or transfers), coloured by the change; None where no city has coordinates."""
    if "lon" not in view.cities or view.cities[["lon", "lat"]].isna().any(axis=None):
        return None
    kind = "land" if view.kind("land").any() else "transfer"
    now, before = view.given(kind), view.given(kind, "before")
    if now.sum() <= 0:
        return None
    moved = np.where(before > 0, now / np.where(before > 0, before, 1.0) - 1, 0.0)
    money = view.money(float(now.max()), 0)
    scale, unit = (1.0, view.hectares) if kind == "land" else (money.scale, money.unit)
    where = list(zip(view.cities["lon"].astype(float), view.cities["lat"].astype(float), strict=True))
    ranks = {int(at): rank for rank, at in enumerate(np.argsort(-now, kind="stable")[:NAMED], 1)}
    dots = [
        Dot(where[at], float(now[at]), classed(moved[at], BORDERS, DIVERGING), view.short_names[at],
            f"{view.names[at]}  {significant(now[at] / scale)} {unit}  {change(100 * moved[at], 1)} "
            f"%", ranks.get(at, 0), moved[at] < BORDERS[1])
        for at in range(len(view.codes))
    ]  # fmt: skip
    provinces = [
        (name, (float(np.mean([where[at][0] for at in members])), float(np.mean([where[at][1] for at in members]))))
        for place, name in enumerate(view.province.names)
        if len(members := np.flatnonzero(view.province.of == place)) > 1
    ]
    given = boundaries if isinstance(boundaries, Boundaries) else None
    title = view.say("新增建设用地", "New land") if kind == "land" else view.say("转移支付", "Transfers")
    up, down = int((moved >= 0.05).sum()), int((moved <= -0.05).sum())
    told = view.say(
        "{title}：{up}个城市增加 5 % 以上，{down}个城市减少 5 % 以上",
        "{title}: up by 5 % or more in {up} cities, down by 5 % or more in {down}", title=title, up=up, down=down,
    )  # fmt: skip
    source = view.say("来源：本方案公布数；圆点位于城市政府驻地，不表示边界",
                      "Source: the published allocation; dots stand at the seats of cities and show no "
                      "borders")  # fmt: skip
    if given is not None:
        source += view.say("；底图审图号：{number}", "; base map number: {number}", number=given.number)
    svg = points(dots, provinces, _legend(view, float(now.max()), scale, unit), told, given.lines if given else ())
    subtitle = view.say(
        "圆面积为数量（{unit}），颜色为与{base}相比的变化，减少的带横线",
        "Area by amount ({unit}), colour by the change against {base}, losses with a dash",
        unit=unit,
        base=view.base_word,
    )
    return Figure("map", told, subtitle, source, svg, told)


def _legend(view: View, largest: float, scale: float, unit: str) -> Legend:
    texts = ("< −20 %", "−20 … −5 %", "−5 … +5 %", "+5 … +20 %", "> +20 %")
    power = 10.0 ** np.floor(np.log10(largest / scale))
    sizes = [power * scale * each for each in (1.0, 0.3, 0.1)]
    return Legend(
        view.say("与{base}相比", "against {base}", base=view.base_word), list(zip(texts, DIVERGING, strict=True)),
        unit, [(size, significant(size / scale)) for size in sizes],
    )  # fmt: skip


def _lines(content: Any) -> Iterator[tuple[Place, ...]]:
    """Every ring and line of a GeoJSON value."""
    if isinstance(content, list):
        for each in content:
            yield from _lines(each)
        return
    if not isinstance(content, dict):
        return
    for key in ("features", "geometries", "geometry"):
        yield from _lines(content.get(key))
    depth = {"LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}.get(str(content.get("type")))
    if depth:
        yield from _rings(content.get("coordinates"), depth)


def _rings(content: Any, depth: int) -> Iterator[tuple[Place, ...]]:
    if not isinstance(content, list):
        return
    if depth > 1:
        for each in content:
            yield from _rings(each, depth - 1)
        return
    try:
        line = tuple((float(place[0]), float(place[1])) for place in content)
    except (TypeError, ValueError, IndexError):
        return
    if line and all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in line):
        yield line


def _number(content: Any) -> str:
    places = [content, content.get("properties")] if isinstance(content, dict) else []
    places += (
        [each.get("properties") for each in content.get("features", []) if isinstance(each, dict)] if places else []
    )
    for place in places:
        for key in NUMBER_KEYS:
            if isinstance(place, dict) and place.get(key):
                return str(place[key])
    return ""
