"""What every published number is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.tolerances import UNDERFLOW

Floats = NDArray[np.float64]

BITS = 53  # that a float holds: on a grid this fine below the largest of some numbers, their differences are exact


@dataclass(frozen=True, eq=False)
class Parts:
    """What published numbers are made of; the five arrays [n] add up to them exactly, in this order, left to right.

    Attributes:
        benchmark: the formula; 0 for a pool without one.
        rule: what floor, cap, corridor and room change on the formula: benchmark within the bounds, less benchmark
            (the lower bound where there is no benchmark).
        optimised: what the optimisation changes on that; 0 where a planner fixed the value.
        override: what a planner changed on it by hand; 0 where nothing is fixed.
        rounding: published less all of the above.
    """

    benchmark: Floats
    rule: Floats
    optimised: Floats
    override: Floats
    rounding: Floats


def decompose(
    benchmark: Floats, rule_target: Floats, optimised_value: Floats, override: Floats, published: Floats
) -> Parts:
    """Take published numbers apart.

    Args:
        benchmark: what the formula gives, NaN where there is none.
        rule_target: the benchmark within the bounds that hold without overrides, or the lower bound.
        optimised_value: the decision before rounding; what a solver leaves below 0 is taken as 0.
        override: what a planner fixed, NaN where nothing is.
        published: the published numbers. As rounding leaves them: at least half of the decision, or 0.

    Returns:
        The parts. All but `rounding` are multiples of the last digit of the city's largest number, so that adding
        them up loses nothing; what is cut off there is part of `rounding`.
    """
    formula = np.nan_to_num(benchmark, nan=0.0)
    largest = np.maximum.reduce([np.abs(each) for each in (formula, rule_target, optimised_value, published)])
    step = np.ldexp(1.0, np.frexp(np.maximum(largest, UNDERFLOW))[1] - BITS)

    def cut(amounts: Floats) -> Floats:
        cuts: Floats = np.rint(amounts / step) * step
        return cuts

    formula, target, value = cut(formula), cut(rule_target), cut(np.maximum(optimised_value, 0.0))
    fixed = ~np.isnan(override)
    parts = (
        formula,
        target - formula,
        np.where(fixed, 0.0, value - target),
        np.where(fixed, value - target, 0.0),
        published - value,
    )
    return Parts(*(part + 0.0 for part in parts))  # −0 becomes 0


def target_without_overrides(instance: Instance, derived: Derived) -> Floats:
    """What the rules alone would give: the benchmark within bounds in which no override has a part [n, R]."""
    if np.isnan(derived.override).all():
        return derived.rule_target
    without = replace(instance, tables={**instance.tables, "overrides": instance.tables["overrides"].iloc[:0]})
    return derive(without, derived).rule_target
