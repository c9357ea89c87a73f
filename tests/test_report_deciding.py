"""What a cell says of a number that follows its formula, by hand: four cities to which the formula gives 100 each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from alloc.formulation.registry import catalogue
from alloc.report.plain.deciding import Deciding


def said(language: str, first: float, others: float, decider: str, lower: bool, upper: bool) -> list[str]:
    """The cells where the first city gets `first`, decided so or at a bound, and each other one `others`."""
    value = np.array([first, others, others, others])[:, None]

    def only_first(flag: object, rest: object) -> Any:
        return np.array([flag, rest, rest, rest], dtype=object)[:, None]

    held: Any = SimpleNamespace(
        value=value, decider=only_first(decider, "formula"), lower_rule=only_first("floor", "none"),
        upper_rule=only_first("cap", "none"), at_lower=only_first(lower, False).astype(bool),
        at_upper=only_first(upper, False).astype(bool),
    )  # fmt: skip
    view: Any = SimpleNamespace(
        language=language,
        derived=SimpleNamespace(benchmark=np.full((4, 1), 100.0)),
        listed=" ".join,
    )
    found = Deciding(view)
    found.__dict__.update(holds=held, _rules=catalogue("annual").rules)  # as they are computed once
    return [found.cell(at, 0) for at in range(2)]


@pytest.mark.parametrize(("language", "told"), [
    ("zh", ["下限：保底", "公式，为保底让出 10.00 %"]),
    ("en", ["lower bound: floor", "formula less 10.00 % for others’ floor"]),
])  # fmt: skip
def test_who_gives_way_to_a_floor_says_so(language: str, told: list[str]) -> None:
    """The first is lifted to 130, for which each of the others gives 10."""
    assert said(language, 130.0, 90.0, "rule", True, False) == told


@pytest.mark.parametrize(("language", "told"), [
    ("zh", ["目标或共用规则", "公式，同比例让出 10.00 %"]),
    ("en", ["tiers or shared rules", "formula less 10.00 %, shared alike"]),
])  # fmt: skip
def test_what_no_floor_takes_is_not_put_on_one(language: str, told: list[str]) -> None:
    assert said(language, 130.0, 90.0, "earlier", False, False) == told


@pytest.mark.parametrize(("language", "told"), [
    ("zh", ["上限：封顶", "公式，同比例多分 10.00 %"]),
    ("en", ["upper bound: cap", "formula plus 10.00 %, shared alike"]),
])  # fmt: skip
def test_what_a_cap_leaves_goes_to_the_others(language: str, told: list[str]) -> None:
    assert said(language, 70.0, 110.0, "rule", False, True) == told


def test_a_floor_that_takes_a_part_alone_is_no_reason() -> None:
    """It takes 12 of the 30 that the others give up; the rest is not given out."""
    assert said("zh", 112.0, 90.0, "rule", True, False) == ["下限：保底", "公式，同比例让出 10.00 %"]


def test_less_than_a_hundredth_is_not_told() -> None:
    assert said("zh", 101.5, 99.5, "rule", True, False) == ["下限：保底", "公式"]
