"""Checks of one city alone: coordinates in each other's place, and one finding where a figure cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloc.instance import load, read
from alloc.instance.checks.all import check_instance
from alloc.instance.findings import Finding
from alloc.instance.instance import make_instance
from alloc.template.new import new_province
from instances import write_tiny

RIGHT = {"440300": ("114.06", "22.54"), "440500": ("116.68", "23.35"), "450900": ("110.18", "22.65")}


def found(folder: Path, **places: tuple[str, str]) -> list[Finding]:
    """What is found of longitudes and latitudes of the small instance, those of some cities changed."""

    def located(text: str) -> str:
        head, *rows = text.splitlines()
        where = {**RIGHT, **{code.removeprefix("of_"): place for code, place in places.items()}}
        return "\n".join([f"{head},lon,lat", *(f"{row},{','.join(where[row[:6]])}" for row in rows)]) + "\n"

    findings = load(write_tiny(folder, cities=located))[1]
    return [each for each in findings if each.column in ("lon", "lat")]


def test_coordinates_in_each_others_place(tmp_path: Path) -> None:
    """One finding, which says so, in place of a latitude out of its range; where both are possible a doubt."""
    assert found(tmp_path / "right") == []
    (swapped,) = found(tmp_path / "swapped", of_440500=("23.35", "116.68"))
    assert (swapped.severity, swapped.line("zh"), swapped.line("en")) == (
        "error",
        "cities.csv，第 3 行，纬度 lat（汕头市 440500）：经度 23.35 与纬度 116.68 似为互相填反：互换后都在范围内。"
        "互换这两格。",
        "cities.csv, row 3, lat (汕头市 440500): Longitude 23.35 and latitude 116.68 seem to stand in each other's "
        "place: exchanged both are right. Exchange the two cells.",
    )
    (west,) = found(tmp_path / "west", of_440500=("43.8", "87.6"))
    assert (west.severity, west.remedy.zh) == ("warning", "互换这两格。若无误可不改。")
    (other,) = found(tmp_path / "other", of_440500=("116.68", "116.68"))
    assert (other.code, other.remedy.zh) == ("out_of_range", "应至少 -90，至多 90；单位：度。")


@pytest.mark.long
def test_one_finding_of_a_figure_that_cannot_be(tmp_path: Path) -> None:
    """Urban residents above all residents are an error; that no other city comes near is not said besides."""
    plan = tmp_path / "plan"
    new_province(plan, "china-2020", "530000", None, "zh")
    instance = read(plan)
    cities = instance.tables["cities"].copy()
    at = cities["city"] == "532300"

    def codes(value: float) -> list[str]:
        changed = cities.assign(urban_residents=cities["urban_residents"].mask(at, value))
        every = check_instance(make_instance(instance.settings, {**instance.tables, "cities": changed}))
        return [each.code for each in every if each.column == "urban_residents" and each.key == "532300"]

    assert codes(9_999_999) == ["part_above_whole"]
    assert codes(100) != []
