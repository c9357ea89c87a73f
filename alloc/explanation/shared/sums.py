"""Sums that come out as they are printed: parts cut to the quantum of the pool, what is cut off shown as one part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from alloc.tolerances import LAST_DIGITS, ROUNDOFF

REST = "rounding"
MORE = 2  # digits with which parts are told, beyond those of the quantum


def decimal(value: float) -> Decimal:
    """A number as it is printed in full."""
    return Decimal(repr(float(value)))


def on_grid(value: float | Fraction, quantum: Decimal) -> Decimal:
    """The multiple of the quantum next to a value."""
    exact = Fraction(value) / Fraction(quantum)
    return (Decimal(round(exact)) * quantum).normalize() + Decimal(0)


def exact_parts(parts: Mapping[str, float | Fraction], total: Decimal, quantum: float) -> dict[str, Decimal]:
    """Parts of a published number that add up to it exactly, in decimal figures.

    Args:
        parts: name -> amount; an entry ``rounding`` is taken into the rest.
        total: what they add up to.
        quantum: of the pool.

    Returns:
        The parts as multiples of the quantum, and under ``rounding`` what is missing to the total.
    """
    grid = decimal(quantum)
    cut = {name: on_grid(part, grid) for name, part in parts.items() if name != REST}
    return {**cut, REST: total - sum(cut.values(), Decimal(0))}


def printed_parts(parts: Mapping[str, float | Fraction], total: Decimal, step: float) -> dict[str, Decimal]:
    """Parts of a number in the digits that are printed, which add up to it in these: what rounding to them makes is
    part of ``rounding``, wherever such parts are shown.

    Args:
        parts: name -> amount, ``rounding`` among them.
        total: what they add up to.
        step: of the last digit that is printed.
    """
    return exact_parts(parts, on_grid(Fraction(total), decimal(step)), step)


def decimals_of(quantum: float) -> int:
    """How many decimals show a multiple of the quantum in full, at most four."""
    exponent = decimal(quantum).normalize().as_tuple().exponent
    return min(4, max(0, -exponent)) if isinstance(exponent, int) else 0


def finest(quantum: float) -> float:
    """The step in which parts of a published number are told: two digits more than those of the quantum."""
    return float(10.0 ** -(decimals_of(quantum) + MORE))


def nice_step(value: float, quantum: float) -> float:
    """A round number, 1, 2 or 5 times a power of ten, next below a hundredth of a value; at least the quantum."""
    target = max(abs(value) / 100, quantum)
    power = 10.0 ** math.floor(math.log10(target) + LAST_DIGITS)
    step = max(each for each in (1.0, 2.0, 5.0) if each * power <= target * (1 + ROUNDOFF)) * power
    return max(float(f"{step:.12g}"), quantum)


__all__ = ["MORE", "REST", "decimal", "decimals_of", "exact_parts", "finest", "nice_step", "on_grid", "printed_parts"]
