"""The picture of a curve, against what the engine says and by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

pytest.importorskip("fastapi")
import alloc
from alloc.instance.options import with_options
from alloc.parametric.vary import Variation, vary
from alloc.workbench.runs.curve import Curve, Drawn

VALUES = [8_000.0, 10_000.0, 12_000.0]


@pytest.fixture(scope="module")
def pictures() -> list[Curve]:
    """After every value of the one pool of `hand`."""
    instance = with_options(alloc.read("hand"), relaxation=True)
    drawn, found = Drawn(instance, "pools.general.total", VALUES), list[Curve]()

    def told(so_far: Variation) -> None:
        found.append(drawn.picture(so_far))

    vary(instance, "pools.general.total", VALUES, (), "", told)
    return found


def test_rows_are_those_of_the_engine(pictures: list[Curve]) -> None:
    whole = alloc.whatif("hand", "pools.general.total", VALUES)
    last = pictures[-1]
    assert [len(each.rows) for each in pictures] == [1, 2, 3] and [each.done for each in pictures] == [1, 2, 3]
    assert [row.value for row in last.rows] == VALUES and last.now == 1
    bounds = whole.tiers[whole.tiers["tier"] == "coverage"]["bound"]
    place = [head.title.en for head in last.heads].index("coverage")
    assert [row.cells[place].en for row in last.rows] == [f"{value:.5f}" for value in bounds]
    assert [row.shown.zh for row in last.rows] == ["0.8 亿元", "1 亿元", "1.2 亿元"]


def test_differences_by_hand(pictures: list[Curve]) -> None:
    """Coverage is 0.80, 0.82, 0.84; cost falls by 0.2, which is better; what shows no other digits did not move."""
    first, now, last = pictures[-1].rows
    assert all(move is None for move in now.moves)
    by_tier = dict(
        zip([head.title.en for head in pictures[-1].heads], zip(first.moves, last.moves, strict=True), strict=True)
    )
    less, more = by_tier["coverage"]
    assert less is not None and less.words.en == "▼ 0.02000 worse" and less.better is False
    assert more is not None and more.words.en == "▲ 0.02000 better"
    assert by_tier["cost"][0] is not None and by_tier["cost"][0].better is True
    assert by_tier["settlement"] == (None, None)
    assert "settlement" in pictures[-1].bends[-1].en and "coverage" not in pictures[-1].bends[-1].en


def test_where_no_allocation_is_left_is_said() -> None:
    """A floor of 9,000 under the sum of the pool: below 9,000 nothing is left."""
    line = (
        "add limits { limit = 'much', title_zh = '多', title_en = 'much', quantity = 'allocation:general', "
        "sense = '>=', value = 9000, basis = 'amount' }"
    )
    found = alloc.whatif("hand", "pools.general.total", [7_000.0, 8_000.0, 10_000.0], edits=line)
    picture = Drawn(found.instance, "pools.general.total", [7_000.0, 8_000.0, 10_000.0]).picture(found)
    assert [row.whole for row in picture.rows] == [False, False, True] and (picture.done, picture.planned) == (3, 1)
    assert picture.bends[0].en == "From 0.7 × 10⁸ yuan to 0.8 × 10⁸ yuan no allocation satisfies the rules."
    assert picture.bends[0].zh == "0.7 亿元到 0.8 亿元没有满足全部规则的方案。", "no blank between two words"
    assert all(cell.en == "—" for cell in picture.rows[0].cells)


def cost_of(*values: float) -> Curve:
    """The picture of a curve of three values with these costs, in 10⁴ yuan."""
    found = alloc.whatif("hand", "pools.general.total", VALUES)
    tiers = found.tiers.copy()
    at = tiers["tier"] == "cost"
    tiers.loc[at, "reached"], tiers.loc[at, "bound"] = values, values
    return Drawn(found.instance, "pools.general.total", VALUES).picture(replace(found, tiers=tiers))


def heights(picture: Curve, language: str = "zh") -> list[float]:
    panel = next(each for each in getattr(picture.chart, language).split("<g ") if "成本" in each)
    return [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', panel)]


def test_what_a_chart_shows_as_moving_is_said_to_move() -> None:
    """From 107,907,823 to 107,909,935 is 0.21 of 10,791 × 10⁸ yuan: two of its figures are shown, in one unit."""
    picture = cost_of(107_907_823.0, 107_909_000.0, 107_909_935.0)
    place = [head.title.zh for head in picture.heads].index("成本")
    assert [row.cells[place].en for row in picture.rows] == ["10,790.78", "10,790.90", "10,790.99"]
    assert picture.heads[place].unit.zh == "亿元" and "成本" not in picture.bends[-1].zh
    first, now, last = (row.moves[place] for row in picture.rows)
    assert first is not None and last is not None and now is None
    assert (first.words.zh, last.words.zh) == ("▼ 0.12 变好", "▲ 0.09 变差")
    assert "亿元 · 最优值" in picture.chart.zh and "万元" not in picture.chart.zh
    assert len(set(heights(picture))) == 3


def test_what_arithmetic_leaves_is_said_and_drawn_as_no_move() -> None:
    """7 of 107,907,823 is less than 10⁻⁶ of it: a flat line, unchanged in words, and against today's value."""
    picture = cost_of(107_907_823.0, 107_907_826.0, 107_907_830.0)
    place = [head.title.zh for head in picture.heads].index("成本")
    assert [row.cells[place].en for row in picture.rows] == ["10,791"] * 3
    assert "成本" in picture.bends[-1].zh and picture.bends[-1].zh.startswith("始终不变：")
    assert [row.moves[place] for row in picture.rows] == [None] * 3
    one, two, three = heights(picture)
    assert abs(one - three) < 0.1 and abs(one - two) < 0.1
    count = int(re.search(r"(\d+) of \d+ objectives move", picture.sentence.en)[1])
    moving = {place for row in picture.rows for place, move in enumerate(row.moves) if move is not None}
    assert count == len(moving)
