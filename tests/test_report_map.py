"""The map: every city of a province by name, and no text over another text, a disc or the legend."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

from alloc.instance import read
from alloc.report.charts.drawing import text_width
from alloc.report.charts.points import FEW, HEIGHT, WIDTH, Dot, Legend, points

Box = tuple[float, float, float, float]
CITIES = read("china-2020").tables["cities"]
PROVINCES = sorted(code for code, group in CITIES.groupby("province") if len(group) > 1)
LEGEND = Legend("与上年相比", [("< 0 %", "#000001"), ("> 0 %", "#000002")], "公顷", [(1000.0, "1,000"), (100.0, "100")])


def drawn(province: str, language: str) -> tuple[list[str], str]:
    cities = CITIES[CITIES["province"] == province]
    names = cities["name" if language == "zh" else "name_en"].str.removesuffix("市").tolist()
    sizes = np.linspace(1000, 50, len(cities))
    places = list(zip(cities["lon"], cities["lat"], strict=True))
    rows = enumerate(zip(places, sizes.tolist(), names, strict=True), 1)
    dots = [Dot(place, size, "#0000ff", name, name, rank) for rank, (place, size, name) in rows]
    return names, points(dots, (), LEGEND, "a")


def boxes(svg: str) -> dict[str, list[Box]]:
    """Of texts, by their words; and of discs, under an empty name, with two pixels to spare."""
    found: dict[str, list[Box]] = {"": []}
    for each in ElementTree.fromstring(svg).iter():
        tag, of = each.tag.rpartition("}")[2], each.attrib
        if tag == "text":
            width, size = text_width(each.text or "", float(of["font-size"])), float(of["font-size"])
            left = float(of["x"]) - {"start": 0.0, "middle": width / 2, "end": width}[of.get("text-anchor", "start")]
            top = float(of["y"]) - 0.8 * size
            found.setdefault(each.text or "", []).append((left, top, left + width, top + size))
        elif tag == "circle" and of.get("fill") == "#0000ff":
            x, y, r = (float(of[name]) for name in ("cx", "cy", "r"))
            found[""].append((x - r + 2, y - r + 2, x + r - 2, y + r - 2))
    return {words: list(dict.fromkeys(several)) for words, several in found.items()}  # a halo is the text once more


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("province", PROVINCES)
def test_every_city_of_a_province_is_named_and_nothing_lies_over_a_name(province: str, language: str) -> None:
    names, svg = drawn(province, language)
    assert len(names) <= FEW
    found = boxes(svg)
    assert [name for name in names if name not in found] == []
    assert len(found[""]) == len(names)
    texts = [(words, box) for words, several in found.items() if words for box in several]
    for (one, first), (other, second) in combinations(texts, 2):
        assert not meet(first, second), f"{one} and {other}"
    for words, box in texts:
        assert not [disc for disc in found[""] if meet(box, disc)], f"{words} over a disc"
        assert box[0] >= 0 and box[2] <= WIDTH + 1 and box[1] >= 0 and box[3] <= HEIGHT, words
