"""Scales and axes: from a value to a pixel, round ticks, hairlines behind the marks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alloc.report.charts.drawing import Drawing
from alloc.report.charts.palette import QUIET, RULE
from alloc.tolerances import ROUNDOFF

MOST = 9  # decimals of a tick


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`; logarithmic where `log`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """The pixel of a value, within the axis."""
        low, high, at = (math.log10(each) for each in (self.low, self.high, max(value, self.low))) if self.log else (
            self.low, self.high, value)  # fmt: skip
        share = (at - low) / (high - low) if high > low else 0.0
        return self.start + (self.end - self.start) * min(1.0, max(0.0, share))

    def ticks(self, count: int = 5) -> list[float]:
        """Round values inside the scale."""
        if self.log:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            found = [m * 10.0**p for p in powers for m in (1, 2, 5) if self.low <= m * 10.0**p <= self.high]
            return found if len(found) <= 7 else [each for each in found if f"{each:e}".startswith("1")]
        step = _step((self.high - self.low) / max(1, count))
        first = math.ceil(self.low / step - ROUNDOFF)
        return [place * step for place in range(first, math.floor(self.high / step + ROUNDOFF) + 1)]


def nice(low: float, high: float) -> tuple[float, float]:
    """A range that ends on round values and holds both."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = _step((high - low) / 5)
    return math.floor(low / step + ROUNDOFF) * step, math.ceil(high / step - ROUNDOFF) * step


def axis_x(
    drawing: Drawing, scale: Scale, top: float, bottom: float, label: Callable[[float, int], str], count: int = 5,
    factor: float = 1.0,
) -> None:  # fmt: skip
    """Hairlines and numbers beneath: the label is of `factor` times a tick, in as many decimals as all ticks need."""
    ticks = scale.ticks(count)
    decimals = decimals_of(ticks, factor)
    for tick in ticks:
        x = scale(tick)
        drawing.line(x, top, x, bottom, RULE)
        drawing.text(x, bottom + 15, label(factor * tick, decimals), 11, "middle", QUIET)


def axis_y(
    drawing: Drawing, scale: Scale, left: float, right: float, label: Callable[[float, int], str], count: int = 5,
    factor: float = 1.0,
) -> None:  # fmt: skip
    """Hairlines and numbers on the left, as those of `axis_x`."""
    ticks = scale.ticks(count)
    decimals = decimals_of(ticks, factor)
    for tick in ticks:
        y = scale(tick)
        drawing.line(left, y, right, y, RULE)
        drawing.text(left - 6, y + 4, label(factor * tick, decimals), 11, "end", QUIET)


def decimals_of(ticks: Sequence[float], factor: float = 1.0) -> int:
    """The fewest decimals that show `factor` times every tick as it is: ticks are a few figures each."""
    values = [factor * tick for tick in ticks]
    near = ROUNDOFF * max((abs(value) for value in values), default=0.0)
    return next(
        (each for each in range(MOST) if all(abs(value - round(value, each)) <= near for value in values)), MOST
    )


def per_cent(value: float, decimals: int) -> str:
    """The label of a share, of which a tick is 100 times as much."""
    return f"{value:.{decimals}f} %"


def _step(rough: float) -> float:
    if rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - ROUNDOFF)))
