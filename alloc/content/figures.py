"""Numbers as people read them: thousands apart, 亿元 from 10⁴ 万元 up, signs on changes, a dash for what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from alloc.content.blocks import Amount
from alloc.tolerances import LAST_DIGITS, ROUNDOFF

MISSING = "—"
HUNDRED_MILLION = 10_000.0  # 10⁴ yuan in 10⁸ yuan


class Unit(NamedTuple):
    """A unit to show values in: how many of the instance's unit it holds, and its name in both languages."""

    size: float
    zh: str
    en: str

    def said(self, language: str) -> str:
        """Its name."""
        return self.zh if language == "zh" else self.en


def shown_unit(unit: str, largest: float) -> Unit:
    """The unit in which a column is shown whose largest value is `largest` in the instance's `unit`."""
    if unit == "10⁴ yuan" and abs(largest) >= HUNDRED_MILLION:
        return Unit(HUNDRED_MILLION, "亿元", "10⁸ yuan")
    return Unit(1.0, {"10⁴ yuan": "万元", "ha": "公顷", "persons": "人"}.get(unit, unit), unit)


def unit_title(unit: str, language: str) -> str:
    """The name of a unit of an instance."""
    return shown_unit(unit, 0.0).said(language)


def tier_unit(unit: str, value: float) -> tuple[Unit, int]:
    """How the value of a tier is shown wherever it is: the unit, without a name for what is a mere number; decimals."""
    if unit in ("persons", "10⁴ yuan"):
        shown = shown_unit(unit, value)
        return shown, 0 if shown.size == 1 else decimals_for(value / shown.size)
    return Unit(1.0, "", ""), 5


def rounded(value: float, decimals: int) -> float:
    """A number with so many decimals, halves away from 0 as offices and spreadsheets round.

    What computing leaves behind the last digits does not turn a half, so that a difference has one text wherever it
    was taken. Nothing is −0.
    """
    if not math.isfinite(value):
        return value
    size = 10.0**decimals
    units = abs(value) * size
    whole = math.floor(units + 0.5 + LAST_DIGITS * max(1.0, units))
    return round(math.copysign(whole / size, value), max(decimals, 0)) + 0.0


def number(value: float, decimals: int = 0, sign: bool = False) -> str:
    """A number with thousands apart; `sign` for changes."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    made = rounded(value, decimals)
    text = f"{made:+,.{decimals}f}" if sign and made else f"{made:,.{decimals}f}"
    return text.replace("-", "−")


def percent(value: float | None, decimals: int = 1, sign: bool = False) -> str:
    """A share as per cent."""
    return MISSING if value is None or math.isnan(value) else number(100 * value, decimals, sign) + " %"


def differs(now: float, before: float, change: float, decimals: int) -> bool:
    """Whether a change, as it is shown, is another number than what the two shown beside it differ by."""
    if not all(map(math.isfinite, (now, before, change))):
        return False
    between = rounded(now, decimals) - rounded(before, decimals)
    return rounded(between, decimals) != rounded(change, decimals)


def decimals_that_add_up(sums: Iterable[Sequence[float]], least: int, most: int) -> int:
    """The fewest decimals in which numbers add up as they are shown.

    Args:
        sums: each a whole and its parts.
        least: decimals at least.
        most: decimals at most, taken where fewer do not do.
    """
    told = [each for each in sums if all(map(math.isfinite, each))]
    for decimals in range(least, most):
        if all(
            round(rounded(whole, decimals) - sum(rounded(part, decimals) for part in parts), decimals) == 0
            for whole, *parts in told
        ):
            return decimals
    return max(least, most)


def gap_of(tier: Mapping[str, Any], unit: float, decimals: int) -> Amount:
    """The gap of a tier of the manifest: in per cent of its value, or in its own unit.

    In its own unit where it has a tolerance, which is in that unit too and part of the gap, or where its value is small
    for its kind.

    Args:
        tier: the entry.
        unit: how many of the tier's unit the unit holds in which it is shown.
        decimals: of its values there.
    """
    if tier["gap"] is not None and (tier["tolerance"] or (tier["gap"] and tier["size"] > abs(tier["value"]))):
        if tier["bound"] is None:
            return Amount(tier["gap"] * tier["size"] / unit, decimals)
        ends = sorted((tier["value"] / unit, tier["bound"] / unit))
        gap = ends[1] - ends[0]
        return Amount(gap, decimals, off=differs(ends[1], ends[0], gap, decimals))
    return Amount(math.nan if tier["gap"] is None else 100 * tier["gap"], 3, percent=True)


def published_decimals(value: float, decimals: int) -> int:
    """Decimals of a published amount: two more where it is no multiple of the last one, as where bounds allow none."""
    off = abs(value - round(value, decimals)) if math.isfinite(value) else 0.0
    return decimals if off <= ROUNDOFF * max(1.0, abs(value)) else decimals + 2


def exact_decimals(values: Iterable[float], most: int) -> int:
    """The fewest decimals, at most `most`, with which every value is shown exactly."""
    known = [value for value in values if not math.isnan(value)]
    for decimals in range(most):
        if all(abs(value - round(value, decimals)) < ROUNDOFF * max(1.0, abs(value)) for value in known):
            return decimals
    return most


def tolerance_decimals(tiers: Iterable[Mapping[str, Any]]) -> int:
    """Decimals with which the tolerances of tiers of the manifest are shown: three, or as many as the finest needs."""
    return max(3, exact_decimals([each["tolerance"] or 0.0 for each in tiers], 7))


def decimals_for(largest: float) -> int:
    """Decimals that leave four significant figures to the largest value of a column."""
    if not largest or math.isinf(largest) or math.isnan(largest):
        return 0
    return max(0, 3 - math.floor(math.log10(abs(largest))))
