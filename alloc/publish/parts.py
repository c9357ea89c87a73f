"""What every published number is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.tolerances import UNDERFLOW

Floats = NDArray[np.float64]

BITS = 53  # that a float holds: on a grid this fine below the largest of some numbers, their differences are exact


# Of a published number, in this order; `performance` is there only where it is counted, `locked` only where something
# has been issued.
PARTS = ("benchmark", "performance", "rule", "locked", "optimised", "override", "rounding")
# What comes with what has been issued: how much went out before, and what comes on top of it now.
ISSUED, INCREMENT = "issued", "increment"


def shown_in(columns: Iterable[object]) -> tuple[str, ...]:
    """What a reader is shown of a table of allocations, in the order of a row: last year, the parts, and what they make
    up."""
    there = set(columns)
    return tuple(name for name in ("last_year", *PARTS, "published", ISSUED, INCREMENT) if name in there)


def parts_in(columns: Iterable[object]) -> tuple[str, ...]:
    """The parts of published numbers that a table of allocations has, in their order."""
    there = set(columns)
    return tuple(part for part in PARTS if part in there)


@dataclass(frozen=True, eq=False)
class Parts:
    """What published numbers are made of; the arrays [n] add up to them exactly, in this order, left to right.

    Attributes:
        benchmark: the formula; 0 for a pool without one.
        performance: what factors of performance change on it; 0 where none is counted.
        rule: what floor, cap, corridor and room change on that: it within the bounds, less itself (the lower bound
            where there is no formula).
        locked: what amounts that have been issued already change on that; 0 where there are none.
        optimised: what the optimisation changes on that; 0 where a planner fixed the value.
        override: what a planner changed on it by hand; 0 where nothing is fixed.
        rounding: published less all of the above.
    """

    benchmark: Floats
    performance: Floats
    rule: Floats
    locked: Floats
    optimised: Floats
    override: Floats
    rounding: Floats


def decompose(
    benchmark: Floats,
    rule_target: Floats,
    optimised_value: Floats,
    override: Floats,
    published: Floats,
    held_target: Floats | None = None,
    formula: Floats | None = None,
) -> Parts:
    """Take published numbers apart.

    Args:
        benchmark: what the formula gives, with performance; NaN where there is none.
        rule_target: the benchmark within the bounds that hold without overrides and without what has been issued, or
            the lower bound.
        optimised_value: the decision before rounding; what a solver leaves below 0 is taken as 0.
        override: what a planner fixed, NaN where nothing is.
        published: the published numbers. As rounding leaves them: at least half of the decision, or 0.
        held_target: as `rule_target`, with what has been issued; None where nothing has.
        formula: as `benchmark`, without performance; None where none is counted.

    Returns:
        The parts. All but `rounding` are multiples of the last digit of the city's largest number, so that adding
        them up loses nothing; what is cut off there is part of `rounding`.
    """
    benchmark = np.nan_to_num(benchmark, nan=0.0)
    formula = benchmark if formula is None else np.nan_to_num(formula, nan=0.0)
    held = rule_target if held_target is None else held_target
    largest = np.maximum.reduce(
        [np.abs(each) for each in (formula, benchmark, rule_target, held, optimised_value, published)]
    )
    step = np.ldexp(1.0, np.frexp(np.maximum(largest, UNDERFLOW))[1] - BITS)

    def cut(amounts: Floats) -> Floats:
        cuts: Floats = np.rint(amounts / step) * step
        return cuts

    formula, benchmark, target, held = (cut(each) for each in (formula, benchmark, rule_target, held))
    value = cut(np.maximum(optimised_value, 0.0))
    fixed = ~np.isnan(override)
    parts = (
        formula,
        benchmark - formula,
        target - benchmark,
        held - target,
        np.where(fixed, 0.0, value - held),
        np.where(fixed, value - held, 0.0),
        published - value,
    )
    return Parts(*(part + 0.0 for part in parts))  # −0 becomes 0


def targets(instance: Instance, derived: Derived) -> tuple[Floats, Floats]:
    """What the rules alone would give, the benchmark within bounds in which no override has a part [n, R]: without
    what has been issued, and with it."""
    without = list[str]()
    held = derived
    if not np.isnan(derived.override).all():
        without.append("overrides")
        held = derive(_emptied(instance, without), derived)
    if not derived.locked.any():
        return held.rule_target, held.rule_target
    return derive(_emptied(instance, [*without, ISSUED]), held).rule_target, held.rule_target


def _emptied(instance: Instance, names: list[str]) -> Instance:
    return replace(instance, tables={**instance.tables, **{name: instance.tables[name].iloc[:0] for name in names}})
