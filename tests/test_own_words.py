"""Words in columns of the planner's own: what one city alone has, one sign off what many have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alloc.api import check
from alloc.instance import read
from alloc.instance.checks.cities import check_cities
from alloc.instance.files.sheets import Sheet
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import one_sign_off


def words(*found: str, column: str = "area") -> list[tuple[str, int | None, str | None, str, str]]:
    """What is said of a column of words in a table of so many cities."""
    columns: dict[str, object] = {each.name: "" if each.kind in ("code", "text", "enum") else np.nan
                                  for each in TABLES["cities"].columns}  # fmt: skip
    frame = pd.DataFrame({**columns, "city": [f"x{place}" for place in range(len(found))], column: found})
    frame.index = pd.RangeIndex(2, 2 + len(frame))
    sheet = Sheet(TABLES["cities"], "cities.csv", frame, {name: [""] * len(frame) for name in ("city", column)})
    return [
        (each.severity, each.row, each.value, each.message.zh + each.remedy.zh, f"{each.message.en} {each.remedy.en}")
        for each in check_cities({"cities": sheet}, None) if each.code == "word_alone"
    ]  # fmt: skip


def test_a_slip() -> None:
    (found,) = words(*["西部"] * 5, "西布", *["东部"] * 2)
    assert (found[0], found[1]) == ("warning", 7)
    assert found[3:] == (
        "只有这一个城市写作“西布”，与 5 个城市的“西部”只差一字。改为“西部”。若无误可不改。",
        "Only this city has '西布', one sign off '西部', which 5 cities have. Write '西部'. Leave it if it is right.",
    )


@pytest.mark.parametrize("slip", ["沿江城带", "沿江城市", "沿江市带", "沿江城市群带"])
def test_another_sign_one_more_and_one_fewer(slip: str) -> None:
    assert [each[1] for each in words(*["沿江城市带"] * 6, slip)] == [8]


@pytest.mark.parametrize(
    "found",
    [
        ["西部"] * 4 + ["西布"],  # too few to be the usual word
        ["西部"] * 9 + ["西布"] * 2,  # twice is meant
        ["西部"] * 9 + ["东部", "东北"],  # told apart on purpose
        ["一类"] * 9 + ["二类"], ["A 组"] * 9 + ["B 组"], ["大城市"] * 9 + ["小城市"], ["城市"] * 9 + ["大城市"],
        ["zone 1"] * 9 + ["zone 2"], ["510100"] * 9 + ["510200"], ["甲"] * 9 + ["申"], ["是"] * 9 + [""],
        ["west"] * 9 + ["east"],
        ["济宁市"] * 9 + ["济源市"] + [f"某{chr(place)}市" for place in range(ord("鼠"), ord("鼠") + 29)],  # names
    ],
)  # fmt: skip
def test_what_is_no_slip(found: list[str]) -> None:
    assert words(*found) == []


def test_usual_values_are_known_by_their_titles() -> None:
    """What stands in the workbook is 西部, and the value is west."""
    said = [words(*["west"] * 9, each, column="region")[0][3].partition("。")[0] for each in ("西布", "wast", "Wist")]
    assert [each.rpartition("的")[2] for each in said] == ["“西部”只差一字", "“west”只差一字", "“West”只差一字"]
    assert words(*["west"] * 9, "east", column="region") == []


def test_signs_in_which_texts_differ() -> None:
    pairs = [
        ("西部", "西布"),
        ("西部", "西"),
        ("西", "西部"),
        ("aab", "ab"),
        ("西部", "西部"),
        ("ab", "ba"),
        ("", "西"),
    ]
    assert [one_sign_off(*pair) for pair in pairs] == [
        ("部", "布"), ("部", ""), ("", "部"), ("a", ""), None, None, ("", "西"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["china-2020", "china-2020-zones", "counties-2020", "hand"])
def test_what_ships_has_none(name: str) -> None:
    assert [each for each in read(name).warnings if each.code == "word_alone"] == []


def test_in_a_file(tmp_path: Path) -> None:
    """With the row of the sheet; said too of an edit, since a condition would pass the city over."""
    found = [each for each in check("china-2020", edits="cities.510800.region = '西布'") if each.code == "word_alone"]
    assert [(each.severity, each.key, each.value) for each in found] == [("warning", "510800", "西布")]
