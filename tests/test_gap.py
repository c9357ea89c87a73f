"""The gap of a tier: one rule for tiers near zero and others, and how it is shown."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import numpy as np
import pytest

from alloc import solver
from alloc.compiler.linear_model import LinearObjective
from alloc.content.figures import MISSING, gap_of, tolerance_decimals
from alloc.content.numbers import amount_text
from alloc.output import STAGES
from alloc.solver.model.status import Progress, gap_size
from alloc.solver.solution import _tier_result
from alloc.tolerances import PROVEN_GAP


def test_a_gap_is_a_share_of_the_optimum_or_of_a_tenth_of_the_natural_size() -> None:
    assert gap_size(-0.8, scale=1.0) == 0.8
    assert gap_size(22e6, scale=29e6) == 22e6
    # The mean shortfall is 0.018 of 1: one per cent is then 0.001, not 0.00018.
    assert 0.01 * gap_size(0.018, scale=1.0) == pytest.approx(0.001)
    assert gap_size(0.0, scale=5.0) == 0.5


@pytest.mark.parametrize("sign", [1, -1])
def test_what_a_value_beats_is_no_bound(sign: int) -> None:
    """Of a tier of size 1; by the last digits a value may be beyond its bound, which then is the value."""
    objective = LinearObjective("t", np.zeros(1), 0.0, sign == 1, True, 1.0)

    def bounded(bound: float) -> tuple[float | None, float | None]:
        found = _tier_result(objective, True, sign * 1.0, sign * bound, None, 0.0)
        return found.bound, found.gap

    assert bounded(1.25) == (sign * 1.25, 0.25)
    assert bounded(0.75) == (None, None)
    assert bounded(1 - PROVEN_GAP / 2) == (sign * 1.0, 0)


def test_progress_tells_the_same_gap() -> None:
    assert Progress("s", "t", 0.0, best=0.018, bound=0.0175, scale=1.0).gap == pytest.approx(0.005)
    assert Progress("s", "t", 0.0, best=0.8, bound=0.804, scale=1.0).gap == pytest.approx(0.005)
    assert Progress("s", "t", 0.0, best=0.8).gap is None


@pytest.mark.parametrize(
    ("tier", "shown"),
    [
        ({"value": 0.8, "gap": 0.005, "size": 0.8}, "0.500 %"),
        ({"value": 0.018, "bound": 0.0175, "gap": 0.005, "size": 0.1}, "0.00050"),
        ({"value": 0.018, "gap": 0.0, "size": 0.1}, "0.000 %"),
        ({"value": 0.8, "gap": None, "size": 0.8}, MISSING),
        # A tolerance is in the unit of the tier: 0.89655 - 0.89555 is all of 0.001.
        ({"value": 0.89555, "bound": 0.89655, "gap": 0.001 / 0.89555, "size": 0.89555, "tolerance": 0.001}, "0.00100"),
        ({"value": 0.8, "bound": 0.8, "gap": 0.0, "size": 0.8, "tolerance": 0.001}, "0.00000"),
        ({"value": 0.8, "bound": 0.804, "gap": 0.005, "size": 0.8, "tolerance": 0.0}, "0.500 %"),
        ({"value": 0.8, "gap": None, "size": 0.8, "tolerance": 0.001}, MISSING),
    ],
)
def test_near_zero_a_gap_is_shown_in_the_unit_of_the_tier(tier: dict[str, Any], shown: str) -> None:
    assert amount_text(gap_of({"tolerance": None, **tier}, 1.0, 5)) == shown


def test_tolerances_have_all_their_decimals() -> None:
    assert tolerance_decimals([{"tolerance": None}, {"tolerance": 0.005}]) == 3
    assert tolerance_decimals([{"tolerance": 0.0001}, {"tolerance": 0.005}]) == 4


def test_the_unit_in_which_a_tier_is_shown_counts() -> None:
    tier = {"value": 10.0, "bound": None, "gap": 0.01, "size": 3e6, "tolerance": None}
    assert amount_text(gap_of(tier, 10_000.0, 0)) == "3"


def test_every_stage_has_its_chinese_words() -> None:
    modules = [importlib.import_module(each.name) for each in pkgutil.walk_packages(solver.__path__, "alloc.solver.")]
    stages = {module.STAGE for module in modules if hasattr(module, "STAGE")}
    assert len(stages) >= 2
    assert stages <= STAGES.keys()
