"""Whether two HiGHS objects hold the same model, whatever the order of rows and columns and the sign of a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

TOLERANCE = 1e-6
"""Relative, of the optimum; numbers of the model itself have to agree to 1e-9."""


@dataclass(frozen=True)
class Size:
    """How large a model is."""

    columns: int
    rows: int
    nonzeros: int


class Disagreement(Exception):
    """Two routes give different models; the message says which and in what."""


def size(highs: Any) -> Size:
    """Columns, rows and non-zeros that HiGHS holds."""
    return Size(highs.getNumCol(), highs.getNumRow(), highs.getNumNz())


def check(models: Mapping[str, Any]) -> None:
    """Compares every model with the first: sizes, all numbers of the model as multisets, optimum of the relaxation.

    Args:
        models: route -> highspy object.

    Raises:
        Disagreement: two differ, or there is no optimum.
    """
    (first, one), *others = models.items()
    expected, optimum = _numbers(one), _optimum(first, one)
    for name, other in others:
        if size(other) != size(one):
            raise Disagreement(f"{first} holds {size(one)}, {name} holds {size(other)}")
        for what, numbers in _numbers(other).items():
            if numbers.size != expected[what].size or not np.allclose(numbers, expected[what], rtol=1e-9, atol=1e-9):
                raise Disagreement(f"{first} and {name} differ in their {what}")
        found = _optimum(name, other)
        if abs(found - optimum) > TOLERANCE * max(1.0, abs(optimum)):
            raise Disagreement(f"the optimum is {optimum} by {first}, {found} by {name}")


def _numbers(highs: Any) -> dict[str, np.ndarray]:
    """All numbers of a model, each kind sorted, rows without their sign."""
    lp = highs.getLp()
    lower, upper = np.asarray(lp.col_lower_), np.asarray(lp.col_upper_)
    sides = np.abs([lp.row_lower_, lp.row_upper_])
    # A side that is 0 may also be open: the sum of what cannot be negative.
    side = np.where(np.isfinite(sides), sides, 0.0).max(axis=0)
    whole = np.array([each == highspy.HighsVarType.kInteger for each in lp.integrality_], dtype=bool)
    free = upper > lower
    return {
        "coefficients": np.sort(np.abs(lp.a_matrix_.value_)),
        "lower bounds": np.sort(lower),
        "upper bounds": np.sort(upper),
        "sides of rows": np.sort(side),
        "costs": np.sort(np.abs(lp.col_cost_)),
        "whole columns": np.array([np.count_nonzero(whole & free)]),
    }


def _optimum(name: str, highs: Any) -> float:
    """Optimum of the relaxation, as a positive number for persons who settle."""
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solve_relaxation", True)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise Disagreement(f"{name}: no optimum, {highs.modelStatusToString(highs.getModelStatus())}")
    return abs(float(highs.getInfo().objective_function_value))
