"""Numbers of prices: a few significant figures, whatever the size."""

from __future__ import annotations

from alloc.content.numbers import amount_text
from alloc.content.tables import significant


def figure(value: float | None, digits: int = 3, sign: bool = False) -> str:
    """A number with so many significant figures; whole where it is large, powers of ten below a ten-thousandth."""
    amount = significant(value, digits, sign)
    text = amount_text(amount)
    return text.rstrip("0").rstrip(".") if digits > 3 and amount.decimals and not amount.power else text
