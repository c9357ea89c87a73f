"""Charts: well-formed, inside their frame, no text over another, the same bytes from the same data."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from alloc.instance import read
from alloc.report.boundaries import BoundaryError, read_boundaries
from alloc.report.charts.changes import Panel, changes
from alloc.report.charts.coverage import coverage
from alloc.report.charts.drawing import Boxes, Drawing, text_width
from alloc.report.charts.dumbbell import Pair, dumbbell
from alloc.report.charts.flow import Node, flow
from alloc.report.charts.palette import DIVERGING, GAIN, LOSS, SEQUENCE, TIERS
from alloc.report.charts.points import Dot, Legend, Projection, points
from alloc.report.charts.scale import Scale, decimals_of, nice
from alloc.report.charts.scatter import Point, lorenz, scatter
from alloc.report.charts.strip import City, strip
from alloc.report.maps import allocation_map
from alloc.report.view import View
from alloc.result.result import run

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["苏州", "Suzhou (Jiangsu)", "西双版纳傣族自治州", "乌鲁木齐", "Xishuangbanna", "三沙"]


def drawn() -> dict[str, str]:
    """Every chart with names that are hard to place."""
    spread = np.random.default_rng(7).uniform(0, 1, (120, 4)).tolist()
    curve = [(a, b + 0.1) for a, b, _, _ in spread]
    steps = [("规则", -30.0, "▼ −30"), ("优化", 12.0, "▲ +12"), ("人工", 0.0, "0")]
    dots = [Dot((80 + 50 * a, 20 + 30 * b), 10 * c, DIVERGING[0], NAMES[at % 6], "tip", at % 13, at % 2 == 0)
            for at, (a, b, c, _) in enumerate(spread)]  # fmt: skip
    many = [Point(a, b, c, "#0A4F6E", NAMES[at % 6], "tip", at % 11) for at, (a, b, c, _) in enumerate(spread)]
    legend = Legend("变化", [("< 0", DIVERGING[0]), ("> 0", DIVERGING[4])], "公顷", [(5.0, "5"), (1.0, "1")])
    cities = [City(a + 0.1, "green", "red", b, NAMES[at % 6]) for at, (a, b, _, _) in enumerate(spread)]
    nodes = [Node("东部", "60", [("苏州", 50.0, "50"), ("其余", 10.0, "10")]), Node("西部", "1", [("三沙", 1.0, "1")])]
    return {
        "changes": changes([Panel("用地", [(name, 5.0 - at, f"{5 - at}") for at, name in enumerate(NAMES)])], "a"),
        "coverage": coverage(("", curve, curve), [("东部", curve, curve)], ("前", "后", "人口"), "a"),
        "dumbbell": dumbbell([Pair(name, 0.5, 0.9, 0.6, "▲ +40") for name in NAMES], ("前", "后", "标准"), "a"),
        "flow": flow(("总量", "61 公顷"), nodes, "a"),
        "lorenz": lorenz([("用地", [(0, 0), (0.5, 0.2), (1, 1)])], ("人口", "所得"), "a"),
        "points": points(dots, [("西藏", (90.0, 30.0))], legend, "a", [[(80, 20), (130, 20), (130, 50), (80, 20)]]),
        "scatter": scatter(many, ("x", "y"), (1.0, 1.0), [("东部", "#0A4F6E")], "a"),
        "strip": strip([("东部", cities)], [("green", "G", "#8CC3A3"), ("red", "R", "#D9776C")], ("前", "后"), "a"),
        "alike": changes([Panel(f"{name} 100 → 82", steps) for name in NAMES[:3]], "a", alike=True),
    }


def texts(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Every visible text with its box: left, top, right, bottom."""
    found = []
    for each in ET.fromstring(svg).iter(f"{SVG}text"):
        if each.get("aria-hidden"):
            continue
        size, text = float(each.get("font-size", "12")), each.text or ""
        wide = text_width(text, size)
        left = float(each.get("x", "0")) - {"middle": wide / 2, "end": wide}.get(each.get("text-anchor", ""), 0.0)
        bottom = float(each.get("y", "0"))
        found.append((text, left, bottom - 0.8 * size, left + wide, bottom + 0.1 * size))
    return found


@pytest.mark.parametrize("name", list(drawn()))
def test_texts_lie_inside_and_apart(name: str):
    svg = drawn()[name]
    root = ET.fromstring(svg)
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    found = texts(svg)
    assert found
    for text, left, top, right, bottom in found:
        assert left >= -1 and top >= -2 and right <= width * 1.04 and bottom <= height + 1, text
    for at, (text, left, top, right, bottom) in enumerate(found):
        for other, a, b, c, d in found[at + 1 :]:
            assert right <= a + 1 or left >= c - 1 or bottom <= b + 1 or top >= d - 1, (text, other)


@pytest.mark.parametrize("name", list(drawn()))
def test_a_drawing_is_attributes_alone_with_fonts_and_words(name: str):
    svg = drawn()[name]
    assert not re.search(r"<(style|script|image|use|foreignObject)\b|\bhref=|\bon\w+=", svg)
    assert "nan" not in svg and "inf" not in svg.replace("info", "")
    root = ET.fromstring(svg)
    assert root.get("viewBox") and root.get("role") == "img" and root.get("aria-label")
    assert "Noto Sans CJK SC" in root.get("font-family", "")


def test_labels_that_do_not_fit_are_left_out():
    drawing, boxes = Drawing(100, 30), Boxes(100, 30)
    assert boxes.label(drawing, 50, 15, "苏州")
    assert not boxes.label(drawing, 50, 15, "乌鲁木齐乌鲁木齐")


def test_names_are_escaped():
    assert "<b>" not in changes([Panel("<b>", [('<b>&"', 1.0, "1")])], '"<b>')


def test_scales_and_round_ends():
    assert nice(0.2, 9.7) == (0.0, 10.0) and nice(3.0, 3.0)[0] < nice(3.0, 3.0)[1]
    scale = Scale(0, 10, 100, 0)
    assert (scale(0), scale(10), scale(5), scale(99)) == (100, 0, 50, 0)
    assert scale.ticks(5) == [0, 2, 4, 6, 8, 10]
    ticks = Scale(1, 2.5, 100, 0).ticks(5)
    assert [f"{tick:.{decimals_of(ticks)}f}" for tick in ticks] == ["1.0", "1.5", "2.0", "2.5"]
    assert (decimals_of([0, 2, 4]), decimals_of([0, 0.025, 0.05], 100), decimals_of([0.6000000000000001])) == (0, 1, 1)


def test_the_projection_keeps_areas():
    """A cell of one degree near the south and one near the north: areas as cos(latitude), to a percent."""
    project = Projection([(80, 20), (130, 20), (80, 50), (130, 50)], 700, 500, 10)

    def area(lat: float) -> float:
        corners = [project(100, lat), project(101, lat), project(101, lat + 1), project(100, lat + 1)]
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))) / 2

    expected = np.cos(np.radians(22.5)) / np.cos(np.radians(48.5))
    assert area(22) / area(48) == pytest.approx(expected, rel=0.01)


def test_colours_differ_in_grey():
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    steps = [grey(each) for each in SEQUENCE]
    assert all(one - other > 20 for one, other in pairwise(steps))
    tiers = sorted(grey(each) for each in TIERS.values())
    assert all(other - one > 8 for one, other in pairwise(tiers))


def square(**more: object) -> dict[str, object]:
    ring = [[100, 30], [110, 30], [110, 40], [100, 30]]
    return {"type": "FeatureCollection", **more, "features": [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}]}  # fmt: skip


def test_a_boundary_file_is_drawn_with_its_number(tmp_path: Path):
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps(square(审图号="GS(2024)0650")), encoding="utf-8")
    boundaries = read_boundaries(path)
    assert boundaries.number == "GS(2024)0650" and len(boundaries.lines[0]) == 4
    view = View(run(read("hand")), "zh")
    view.cities = view.cities.assign(lon=[104.0, 106.0], lat=[32.0, 38.0])
    figure = allocation_map(view, boundaries)
    assert figure is not None and "GS(2024)0650" in figure.source
    assert figure.svg.count("<path") == 1 and figure.svg.count("<circle") >= 2


@pytest.mark.parametrize(
    ("content", "told"),
    [("no json", "GeoJSON"), (json.dumps({"type": "FeatureCollection", "features": []}), "no lines"),
     (json.dumps(square()), "map number"), (json.dumps(square(审图号="  ")), "map number"), ("[1, 2", "GeoJSON"),
     (json.dumps(square(审图号={"a": 1})), "map number"), ("[" * 200_000, "GeoJSON"), ("[1]", "no GeoJSON"),
     (json.dumps({"type": "FeatureCollection", "features": 5}), "features of the file is no list"),
     (json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None}, 3]}), "entry 2"),
     (json.dumps({"type": "Polygon", "coordinates": {}}), "coordinates of the file are no list"),
     (json.dumps({"type": "Polygon", "coordinates": [[{}, [1, 2]]]}), "a position of the file is {}"),
     (json.dumps({"type": "LineString", "coordinates": [[30.0, 104.0], [31.0, 105.0]]}), "axes are swapped"),
     (json.dumps({"type": "LineString", "coordinates": [[1, 2], [1e7, 4e6]]}), "degrees"),
     ('{"type": "LineString", "coordinates": [[NaN, 2], [1, 2]]}', "degrees"),
     (json.dumps({"type": "LineString", "coordinates": [[1, 2], [10**400, 2]]}), "degrees")],
)  # fmt: skip
def test_a_boundary_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str, told: str):
    path = tmp_path / "map.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BoundaryError) as caught:
        read_boundaries(path)
    assert told in caught.value.message.en and "map.geojson" in caught.value.message.zh


@pytest.mark.parametrize(("encoding", "bom"), [("utf-8-sig", True), ("gb18030", False)])
def test_a_boundary_file_is_read_as_spreadsheets_and_maps_write_it(tmp_path: Path, encoding: str, bom: bool):
    """With a mark of UTF-8 or in GB18030; empty geometries are none, and members of no meaning are left alone."""
    content = square(审图号="审字（2024）0650号", geometries=None)
    content["features"] += [{"type": "Feature", "geometry": None}, {"type": "Feature", "geometry":
                            {"type": "MultiPolygon", "coordinates": []}}]  # type: ignore[operator]  # fmt: skip
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding=encoding)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == bom
    found = read_boundaries(path, [(104.0, 32.0), (106.0, 38.0)])
    assert found.number == "审字（2024）0650号" and len(found.lines) == 1


def test_boundaries_that_lie_elsewhere_are_refused(tmp_path: Path):
    """Degrees all the same: [30, 80] is in the Arctic, and with its axes swapped in Tibet."""
    path = tmp_path / "map.geojson"
    for ring, told in (([[30, 80], [31, 80], [31, 81], [30, 80]], "axes swapped"),
                       ([[-70, 10], [-71, 10], [-71, 11], [-70, 10]], "near the cities")):  # fmt: skip
        content = {"type": "Polygon", "coordinates": [ring], "map_number": "x"}
        path.write_text(json.dumps(content), encoding="utf-8")
        assert read_boundaries(path).lines, "nothing to hold it against"
        with pytest.raises(BoundaryError, match=told):
            read_boundaries(path, [(80.0, 30.0), (120.0, 45.0)])


def test_the_same_data_gives_the_same_bytes():
    curve = [("a", [(0.0, 0.0), (1.0, 1.0)])]
    assert lorenz(curve, ("x", "y"), "a") == lorenz(curve, ("x", "y"), "a")


def test_bars_of_changes_have_the_room_that_names_and_texts_leave() -> None:
    """Of a third of a page, with losses too: one column of texts behind the bars, not one on each side of them."""
    rows = [("西双版纳州", 12.34, "▲ +12.34"), ("怒江州", -0.46, "▼ −0.46")]
    root = ET.fromstring(changes([Panel("用地（公顷）", rows)] * 3, "a"))
    third = (760 - 2 * 28) / 3
    bars = [float(each.get("width", 0)) for each in root.iter(f"{SVG}rect") if each.get("fill") in (GAIN, LOSS)]
    names, words = text_width("西双版纳州") + 10, text_width("▲ +12.34") + 12
    assert sum(bars[:2]) == pytest.approx(third - names - words, abs=0.1)
    ends = {each.get("x") for each in root.iter(f"{SVG}text") if each.text in ("▲ +12.34", "▼ −0.46")}
    assert len(ends) == 3  # one a panel
