"""Comparisons of what optional tables bring: kept above cities, limits, schemes, links, programmes, purses."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import alloc
from alloc.comparison import Comparison, compare
from alloc.comparison.text.said import comparison_sections
from alloc.content.blocks import Table
from alloc.content.terminal import text as printed
from alloc.report.sections.scenarios import scenarios
from alloc.report.view import View
from alloc.result.result import Result

FAMILIES = Path(__file__).parents[1] / "instances" / "families"
FIRST, SECOND = "000001", "000002"


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines so wide that no cell is broken."""
    monkeypatch.setattr("alloc.content.terminal.WIDTH", 200)


@cache
def solved(family: str, *edits: str) -> Result:
    return alloc.solve(FAMILIES / family, edits=edits)


def against(family: str, *edits: str, of: tuple[str, ...] = ()) -> Comparison:
    """The small instance with some edits, against itself with others or none."""
    return compare([solved(family, *of), solved(family, *edits)], ["one", "other"])


def lines(comparison: Comparison, language: str, named: str, *cities: str) -> list[list[str]]:
    """The words of the printed lines that begin with a name."""
    told = printed(comparison_sections(comparison, language, cities=cities), language)
    return [line.removeprefix(named).split() for line in told.splitlines() if line.startswith(named)]


def reported(comparison: Comparison, name: str) -> Table:
    """The table of that name in the report of the other result."""
    section = scenarios(View(comparison.results[1], "en"), comparison)
    assert section is not None
    (table,) = [part for part in section.parts if isinstance(part, Table) and part.name == name]
    return table


@pytest.mark.slow
def test_what_a_province_keeps_is_compared() -> None:
    """Of 500 it keeps 0.2, and then 0.1: 50 less, which its city has more. The neighbour keeps none of its 500."""
    comparison = against("levels", "levels.retained = 0.1")
    rows = comparison.rows("levels", "B").set_index("unit")
    assert rows.loc["00", ["base", "other", "change", "relative"]].tolist() == [100, 50, -50, -0.5]
    assert rows.loc["00", ["received_base", "received_other", "share_base", "share_other"]].tolist() == [
        500, 500, pytest.approx(0.2), pytest.approx(0.1),
    ]  # fmt: skip
    assert rows.loc["01", ["base", "other", "received_base", "received_other"]].tolist() == [0, 0, 500, 500]
    assert comparison.rows("levels", "B", only_differences=True)["unit"].tolist() == ["00"]
    assert lines(comparison, "zh", "手算省 ")[-1:] == [
        ["一般性转移支付", "万元", "100", "50", "−50", "20.0", "10.0", "500", "500", "0"]
    ]
    assert reported(comparison, "compared_levels").title == "What is retained above cities: B against A"


def test_a_result_in_which_nobody_keeps_anything_keeps_0() -> None:
    rows = against("levels", of=("levels.retained = 0",)).rows("levels", "B").set_index("unit")
    assert rows.loc["00", ["base", "other", "received_base", "received_other", "share_base"]].tolist() == [
        0, 100, 500, 500, 0,
    ]  # fmt: skip
    assert rows.loc["01", ["base", "other", "received_base", "received_other"]].tolist() == [0, 0, 500, 500]


def test_instances_without_these_tables_have_no_such_rows() -> None:
    comparison = against("extension", of=("cities.name = '甲' where city == '000001'",))
    for name in ("levels", "schemes", "limits"):
        assert comparison.rows(name, "B").empty
    assert not comparison.outcome_differs("B")


def test_links_and_limits_are_compared_by_name() -> None:
    """50 beds moved instead of 100: 250 more for buildings at 10 a bed, 25 beds. Worked out in `moved_beds`."""
    comparison = against("moved_beds", "limits.value = 50")
    (limit,) = comparison.rows("limits", "B").to_dict("records")
    assert [limit[name] for name in ("limit", "base", "other", "right_base", "right_other")] == [
        "relief", 100, 50, 100, 50,
    ]  # fmt: skip
    assert [row[:3] for row in reported(comparison, "compared_limits").rows] == [("Limit", 100, 50)]
    moved = ["links.flow", "beds", "100", "50", "−50"]
    named = "Capacity lent or moved: hospital from First to Second (move)"
    assert [line[:5] for line in lines(comparison, "en", named)] == [moved]
    for city in (FIRST, SECOND):  # a link is told of both its cities
        assert lines(comparison, "en", named, city) == [moved]
    assert lines(comparison, "zh", "跨市保留或迁移的能力：甲市到乙市的医院（迁移）", FIRST) == [
        ["跨市服务通道·保留或迁移的能力", "张", "100", "50", "−50"]
    ]


def test_programmes_are_compared_in_their_own_unit() -> None:
    """A pool of 250 instead of 500 pays for 125 households at 2 each instead of 250."""
    comparison = against("earmarked_use", "pools.total = 250")
    assert lines(comparison, "zh", "当年完成的项目量：老旧小区改造") == [
        ["专项建设项目·当年完成", "户", "250", "125", "−125", "0", "2"]
    ]
    (row,) = reported(comparison, "compared_decisions").rows
    assert row[:2] == ("Programmes run: Old compounds", "households")


def test_schemes_are_compared_with_both_plans() -> None:
    """Weights of rank 2 and then 3: by residents 500 each and 480 and 520 published, rank and registration would give
    1,000 · 2·60/(2·60 + 90) = 571 and 1,000 · 3·60/(3·60 + 90) = 667: 91 and 187 of 1,000 change hands."""
    comparison = against("schemes", "scheme_weights.multiplier = 3")
    assert solved("schemes").allocation["published"].tolist() == [480, 520]
    rows = comparison.rows("schemes", "B", only_differences=True)
    assert rows[["base", "other"]].to_numpy().tolist() == [[pytest.approx(4 / 7 - 0.48), pytest.approx(2 / 3 - 0.48)]]
    assert rows[["squeezed_base", "squeezed_other"]].to_numpy().tolist() == [[1, 1]]
    assert lines(comparison, "zh", "级别和户籍") == [["一般性转移支付", "9.14", "18.67", "+9.52", "1", "1", "0"]]
    assert reported(comparison, "compared_schemes").code == "T9"


def test_a_purse_in_another_debt_tier_counts_once() -> None:
    """12,000 of debt on a reference of 10,000 that two zones share: the purse is yellow, not two cities."""
    comparison = against("purse_debt", f"cities.debt_general = 12000 where city == '{FIRST}'")
    assert comparison.tables["cities"]["purse"].tolist() == [FIRST, FIRST]
    moves = comparison.rows("debt_tiers", "B", only_differences=True)
    assert moves[["step", "from_tier", "to_tier", "cities", "moved"]].to_numpy().tolist() == [
        ["compared", "green", "yellow", 1, "worse"]
    ]
    assert comparison.rows("debt", "B", only_differences=True)["city"].tolist() == [FIRST, SECOND]
    assert lines(comparison, "en", "green ")[0] == ["yellow", "1", "worse", "First"]
    told = printed(comparison_sections(comparison, "zh"), "zh")
    assert "年末债务风险等级，没有城市变好，甲市变差。" in told
    assert lines(comparison, "zh", "同用一本预算的各单位只计一次")
