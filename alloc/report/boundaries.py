"""A planner's boundaries: lines of an approved map as GeoJSON in degrees, and its map number; all of it or none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alloc.errors import AllocError
from alloc.instance.files.raw import Unreadable, read_text
from alloc.instance.findings import shortened
from alloc.report.charts.points import Place
from alloc.text import Text

NUMBER_KEYS = ("审图号", "map_number", "mapNumber")
DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
NO_LINES = Text("没有以经纬度表示的线或面。", "holds no lines or polygons in degrees of longitude and latitude.")
MARGIN = 3.0  # degrees, and as many spans of the cities, by which a map may reach beyond them


class BoundaryError(AllocError):
    """A boundary file that cannot be used; `message` says why and what would be right."""


@dataclass(frozen=True)
class Boundaries:
    """Lines of an approved map and its number, which is printed beneath."""

    lines: tuple[tuple[Place, ...], ...]
    number: str


def read_boundaries(path: Path, cities: Sequence[Place] = ()) -> Boundaries:
    """Reads a GeoJSON file with the number of the approved map in ``审图号`` or ``map_number``.

    Args:
        path: the file, in UTF-8 or GB18030.
        cities: longitude and latitude of places that the map is of, in degrees; none: not known.

    Raises:
        BoundaryError: it is no GeoJSON, not in degrees of longitude and latitude as a whole, elsewhere than the cities,
            or has no map number.
    """
    try:
        content = json.loads(read_text(path))
        lines = tuple(_lines(content, Text("文件", "the file")))
    except Unreadable as error:
        raise _refusal(path, error.finding.message) from error
    except (ValueError, RecursionError) as error:
        why = shortened(str(error), 120)
        raise _refusal(path, Text(f"不是 GeoJSON（{why}）。", f"not GeoJSON ({why}).")) from error
    except BoundaryError as error:
        raise _refusal(path, error.message) from error
    if not lines:
        raise _refusal(
            path, Text("没有以经纬度表示的线或面。", "holds no lines or polygons in degrees of longitude and latitude.")
        )
    if (fault := _elsewhere(lines, cities)) is not None:
        raise _refusal(path, fault)
    number = _number(content)
    if not number:
        raise _refusal(path, Text(
            "没有审图号。请在文件顶层写上 \"审图号\" 或 \"map_number\"。",
            "has no map number; add \"map_number\" or \"审图号\" at the top of the file.",
        ))  # fmt: skip
    return Boundaries(lines, number)


def _refusal(path: Path, why: Text) -> BoundaryError:
    return BoundaryError(Text(f"{path}：{why.zh}", f"{path}: {why.en}"))


def _lines(value: Any, at: Text) -> Iterator[tuple[Place, ...]]:
    """Every ring and line of a GeoJSON object.

    Raises:
        BoundaryError: something in it is not what its type says.
    """
    if value is None:  # a feature without a geometry
        return
    kind = value.get("type") if isinstance(value, dict) else None
    inner = {"FeatureCollection": "features", "GeometryCollection": "geometries"}.get(str(kind))
    if inner:
        parts = value.get(inner)
        if not isinstance(parts, list):
            raise BoundaryError(Text(f"{at.zh}的 {inner} 不是列表。", f"{inner} of {at.en} is no list."))
        for place, part in enumerate(parts, start=1):
            yield from _lines(part, Text(f"第 {place} 项", f"entry {place}"))
    elif kind == "Feature":
        yield from _lines(value.get("geometry"), at)
    elif isinstance(kind, str) and kind in DEPTHS:
        yield from _rings(value.get("coordinates"), DEPTHS[kind], at)
    else:
        shown = shortened(json.dumps(kind, ensure_ascii=False))
        raise BoundaryError(
            Text(f"{at.zh}的 type 是 {shown}，不是 GeoJSON。", f"the type of {at.en} is {shown}: no GeoJSON.")
        )


def _rings(content: Any, depth: int, at: Text) -> Iterator[tuple[Place, ...]]:
    if not isinstance(content, list):
        raise BoundaryError(Text(f"{at.zh}的 coordinates 不是列表。", f"coordinates of {at.en} are no list."))
    if depth > 1:
        for each in content:
            yield from _rings(each, depth - 1, at)
    elif depth == 1 and len(line := tuple(_place(each, at) for each in content)) > 1:
        yield line


def _place(value: Any, at: Text) -> Place:
    """One position, checked: a map half in degrees and half in metres would be drawn half."""
    given = value[:2] if isinstance(value, list) else []
    if len(given) < 2 or any(isinstance(each, bool) or not isinstance(each, int | float) for each in given):
        shown = shortened(json.dumps(value, ensure_ascii=False))
        raise BoundaryError(Text(f"{at.zh}有一个坐标是 {shown}。", f"a position of {at.en} is {shown}."))
    lon, lat = given
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # which also leaves out what is no number
        swapped = abs(lat) <= 180 and abs(lon) <= 90
        hint = Text("经纬度写反了。", "the axes are swapped.") if swapped else Text(
            "请转换为经纬度（度）。", "convert it to degrees of longitude and latitude.")  # fmt: skip
        shown = shortened(f"[{lon}, {lat}]")
        raise BoundaryError(Text(f"{at.zh}的坐标 {shown} 不是经纬度；{hint.zh}",
                                 f"{shown} in {at.en} is no longitude and latitude in degrees; {hint.en}"))  # fmt: skip
    return float(lon), float(lat)


def _elsewhere(lines: Sequence[Sequence[Place]], cities: Sequence[Place]) -> Text | None:
    """Whether lines lie far from the cities, and whether they would not with their axes swapped."""
    if not cities:
        return None
    ranges = []
    for axis in (0, 1):
        low, high = min(city[axis] for city in cities), max(city[axis] for city in cities)
        reach = MARGIN + (high - low)
        ranges.append((low - reach, high + reach))

    def near(place: Sequence[float]) -> bool:
        return all(low <= value <= high for value, (low, high) in zip(place, ranges, strict=True))

    for line in lines:
        if not any(near(place) for place in line) and all(near(place[::-1]) for place in line):
            lon, lat = line[0]
            return Text(
                f"坐标 [{lon:g}, {lat:g}] 处的线经纬度写反了。", f"the line at [{lon:g}, {lat:g}] has its axes swapped."
            )
    if not any(near(place) for line in lines for place in line):
        return Text("没有一条线在各城市附近。", "no line lies anywhere near the cities.")
    return None


def _number(content: dict[str, Any]) -> str:
    """The map number at the top, or in the properties of the file or a feature; a blank one is none."""
    listed = content.get("features")
    features = listed if isinstance(listed, list) else []
    places = [content, content.get("properties")]
    places += (
        [each.get("properties") for each in features if isinstance(each, dict)] if isinstance(features, list) else []
    )
    for place in places:
        for key in NUMBER_KEYS:
            value = place.get(key) if isinstance(place, dict) else None
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
    return ""
