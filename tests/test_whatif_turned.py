"""What a what-if says beside its numbers: values as they are, and why a tier gets better under a tighter rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alloc
from alloc.explanation.shared.parameters import parameters
from alloc.parametric.grid import axes_said
from alloc.parametric.turned import Reference, jumps_said, now_said, turned_said
from alloc.parametric.vary import Variation

ONE = Reference(np.array([[5000.0], [5000.0]]), np.zeros((2, 1)), np.full((2, 1), 9000.0), np.full((2, 1), 5000.0))


def varied(minimum: tuple[float, float], fairness: tuple[float, float], loose: Reference) -> Variation:
    rows = [
        {"value": value, "step": step, "status": "finished, optimal", "tier": tier, "reached": each[step],
         "bound": each[step], "gap": 0.0, "incomplete": False}
        for step, value in enumerate((1.0, 1.5)) for tier, each in (("minimum", minimum), ("fairness", fairness))
    ]  # fmt: skip
    return Variation("policy.debt.ceiling", False, pd.DataFrame(rows), pd.DataFrame(), alloc.read("hand"),
                     now=(1.5,), references=(ONE, loose), maximised=frozenset(["fairness"]))  # fmt: skip


FAIR = (
    "“Fairness” gets worse where policy.debt.ceiling is loosened from 1 to 1.5, and better where it is tightened back: "
)
MOVED = ONE._replace(benchmark=np.array([[4000.0], [6000.0]]))
RAISED = ONE._replace(lower=np.array([[100.0], [0.0]]))


@pytest.mark.parametrize(
    ("minimum", "fairness", "loose", "said"),
    [
        ((0.1, 0.1), (0.8, 0.9), MOVED, []),
        ((0.2, 0.1), (0.9, 0.8), MOVED, [FAIR + "“National minimum” comes before it, and is worse at 1."]),
        ((0.1, 0.1), (0.9, 0.8), MOVED, [
            FAIR + "the objectives before it are the same, but with this number the formula of General transfer "
            "changes, and the bounds around it move, so that not all that is allowed at 1 is allowed at 1.5."]),
        ((0.1, 0.1), (0.9, 0.8), RAISED, [
            FAIR + "the objectives before it are the same, but with this number lower bounds of General transfer rise "
            "or upper ones fall, so that not all that is allowed at 1 is allowed at 1.5."]),
        ((0.1, 0.1), (0.9, 0.8), ONE, [
            FAIR + "neither the objectives before it nor formulas nor bounds tell why; compare the results of both "
            "values."]),
    ],
)  # fmt: skip
def test_a_tier_that_gets_better_under_a_tighter_rule_is_explained(
    minimum: tuple[float, float], fairness: tuple[float, float], loose: Reference, said: list[str]
) -> None:
    assert turned_said(varied(minimum, fairness, loose), "en") == said


def test_what_moves_most_where_a_tier_jumps_is_named() -> None:
    """The second city gets 9,000 of a formula of 5,000 under the looser value, the formula itself under the tighter."""
    loose = ONE._replace(published=np.array([[5000.0], [9000.0]]))
    assert jumps_said(varied((0.5, 0.04), (0.9, 0.8), loose), "en") == [
        "Where policy.debt.ceiling is tightened from 1.5 to 1, “National minimum” goes from 0.0400 to 0.500; what "
        "moves most against its formula: General transfer of Second (9,000 → 5,000 10⁴ yuan, formula 5,000)."
    ]
    assert jumps_said(varied((0.5, 0.0), (0.9, 0.8), loose), "zh") == [
        "债务率上限由 1.5 收紧到 1，“兜底：最低标准缺口”由 0 变为 0.500；"
        "与公式测算数之比变动最大的是乙市的一般性转移支付（9,000 → 5,000 万元，公式测算数 5,000）。"
    ]
    assert jumps_said(varied((0.5, 0.06), (0.9, 0.8), loose), "en") == [], "less than ten times as much"
    assert jumps_said(varied((0.0005, 0.0), (0.9, 0.8), loose), "en") == [], "of almost nothing"
    assert jumps_said(varied((0.04, 0.5), (0.9, 0.8), loose), "en") == [], "better where tighter"
    assert jumps_said(varied((0.5, 0.04), (0.9, 0.8), ONE), "en") == [], "no allocation is another"


def test_the_value_now_is_said() -> None:
    found = varied((0.1, 0.1), (0.8, 0.9), ONE)
    assert now_said(found, "en") == ["Now: policy.debt.ceiling 1.5; values with * in tables are these."]
    assert now_said(replace(found, now=(1.3,)), "zh") == ["现值：债务率上限 1.3。"]


def test_chinese_says_it_in_both_directions() -> None:
    assert turned_said(varied((0.2, 0.1), (0.9, 0.8), MOVED), "zh") == [
        "债务率上限由 1 放宽到 1.5 时，“公平：最薄弱人口的得分”反而变差，收紧回去则变好："
        "排在它前面的“兜底：最低标准缺口”在 1 时较差，而前面的目标优先。"
    ]


def test_files_and_the_chart_of_two_numbers_mark_the_values_now(tmp_path: Path) -> None:
    """Of four pairs of a ceiling and a willingness one has both as they are."""
    targets = ["policy.debt.ceiling", "policy.settlement.willingness"]
    known = {each.target: each.value for each in parameters(alloc.read("hand"))}
    one, other = (float(known[target] or 0) for target in targets)
    found = alloc.whatif("hand", targets, [[one / 2, one], [other / 2, other]], out=tmp_path / "two")
    file = pd.read_csv(tmp_path / "two" / "tiers.csv")
    assert list(file.columns)[-1] == "now"
    assert set(file.loc[file["now"], ["value", "second"]].itertuples(index=False, name=None)) == {(one, other)}
    assert alloc.record(found)["now"] == [one, other]
    svg = (tmp_path / "two" / "chart.svg").read_text(encoding="utf-8")
    framed = [line for line in svg.split("<rect") if 'fill="none"' in line and 'stroke-width="2"' in line]
    assert len(framed) == found.tiers["tier"].nunique()
    assert "Framed: as it is now" in svg
    elsewhere = alloc.whatif("hand", targets, [[one / 2, one / 4], [other / 2, other]])
    assert not elsewhere.tiers["now"].any()
    assert "Framed" not in " ".join(axes_said(elsewhere, "en"))
