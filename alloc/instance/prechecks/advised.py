"""Values that findings advise: of few digits, in whole quanta or persons, on the side on which they hold."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from alloc.instance.derived.limits import LimitRow, published_step
from alloc.instance.prechecks.words import Words


def kept(words: Words, row: LimitRow, reached: float, up: bool, digits: int) -> float:
    """The amount next to what is possible, of so many digits, that published numbers keep too."""
    step = published_step(words.derived, words.catalogue, row)
    return whole(safe(reached, up, digits), up, step)


def whole(value: float, up: bool, step: float) -> float:
    """The multiple of a step that is next to a value, on the side on which it holds; the value without a step."""
    if not step:
        return value
    steps = Decimal(f"{value:.12g}") / Decimal(f"{step:.12g}")
    return float(steps.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * Decimal(f"{step:.12g}"))


def safe(value: float, up: bool, digits: int) -> float:
    """A value of so many digits, of large ones whole, rounded to the side on which it holds: it is to be written."""
    wanted = Decimal(f"{value:.12g}")  # without the noise of its arithmetic
    step = min(Decimal(1).scaleb(wanted.adjusted() + 1 - digits), Decimal(1))
    return float(wanted.quantize(step, ROUND_CEILING if up else ROUND_FLOOR))
