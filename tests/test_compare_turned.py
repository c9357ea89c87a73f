"""What a comparison says beside its tables: debt ratios that move, and why a tier is better under a tighter rule."""

from __future__ import annotations

from pathlib import Path

import pytest

import alloc
from alloc.comparison import compare
from alloc.comparison.text.turned import turned
from alloc.comparison.text.view import View
from alloc.comparison.text.whole import short
from alloc.result.result import Result
from instances import write_tiny


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("rules") / "tiny")


@pytest.fixture(scope="module")
def base(home: Path) -> Result:
    return alloc.solve(home, relaxation=True)


def lines(one: Result, other: Result, language: str) -> tuple[str, ...]:
    return short(View(compare([one, other]), language, everything=False), "B").lines


def test_debt_ratios_are_told_where_no_amount_moves(home: Path, base: Result) -> None:
    """Fund revenue is what the debt ratio goes by; the part that is free for building stays."""
    less = alloc.solve(home, relaxation=True, edits="cities.fund_revenue *= 0.8")
    said = lines(base, less, "zh")
    assert "各城市分得的数额都没有变化。" in said
    ratios = {name: each.tables["debt"].set_index("city")["ratio_after"] for name, each in (("A", base), ("B", less))}
    most = (ratios["B"] - ratios["A"]).idxmax()
    city = base.instance.tables["cities"].set_index("city").at[most, "name"].removesuffix("市")
    before, after = (f"{100 * ratios[name][most]:.2f}" for name in "AB")
    assert said[-1] == f"年末债务率：深圳、汕头、玉林上升，变动最大的是{city}（{before} % → {after} %）。"
    assert lines(less, base, "en")[-1] == (
        f"Debt ratios at the end of the year fall in 深圳, 汕头 and 玉林, most in {city} ({after} % → {before} %)."
    )


def test_a_comparison_says_why_a_tier_is_better_under_the_tighter_rule(home: Path, base: Result) -> None:
    tight = alloc.solve(home, relaxation=True, edits="policy.debt.ceiling = 0.3")
    why = (
        "债务率上限由 0.3 放宽到 1.5 时，“建设与运行成本”反而变差，收紧回去则变好："
        "排在它前面的“产业用地保障”在 0.3 时较差，而前面的目标优先。"
    )
    assert why in lines(base, tight, "zh") and why in lines(tight, base, "zh")
    assert (
        "“Cost” gets worse where policy.debt.ceiling is loosened from 0.3 to 1.5, and better where it is tightened "
        "back: “Production land” comes before it, and is worse at 0.3."
    ) in lines(base, tight, "en")


@pytest.mark.parametrize("edits", [
    "cities.essential_spending *= 0.9",  # no rule that one direction alone loosens
    ("policy.debt.ceiling = 0.3", "pools.land.total *= 1.2"),  # one is tighter, the other looser
])  # fmt: skip
def test_nothing_is_said_where_no_side_is_the_tighter(edits: str, home: Path, base: Result) -> None:
    comparison = compare([base, alloc.solve(home, relaxation=True, edits=edits)])
    assert turned(View(comparison, "zh", everything=False), "B") == []
