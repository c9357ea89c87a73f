"""Numbers of prices: a few significant figures, whatever the size."""

from __future__ import annotations

import math

from alloc.result.figures import MISSING, number


def figure(value: float | None, digits: int = 3, sign: bool = False) -> str:
    """A number with so many significant figures; whole where it is large, powers of ten below a ten-thousandth."""
    if value is None or math.isnan(value):
        return MISSING
    if value == 0 or math.isinf(value):
        return number(value)
    power = math.floor(math.log10(abs(value)))
    if power < -4:
        raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{number(value / 10.0**power, digits - 1, sign)}×10{raised}"
    decimals = max(0, digits - 1 - power)
    text = number(value, decimals, sign)
    return text.rstrip("0").rstrip(".") if digits > 3 and decimals else text
