"""Multipliers that prove a tier's bound exactly: the duals of its linear program, the last digits mended.

A column without an upper bound needs a reduced cost of at least 0, one that is free needs exactly 0; the solver's duals
give that but for noise, and any noise there proves nothing. So the multiplier of one of the column's rows is moved by
as little as takes the noise away, in exact arithmetic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from math import inf, nextafter

from alloc.certificate import Certificate, Row, Tier

TRIES = 50  # moves for each column that is open; noise takes one or two

Uses = Mapping[int, list[tuple[str, Fraction]]]


def open_columns(certificate: Certificate) -> Uses:
    """Every column without a bound on one side, with its rows and coefficients there."""
    found: dict[int, list[tuple[str, Fraction]]] = {
        j: [] for j, sides in enumerate(certificate.bounds) if -inf in sides or inf in sides
    }
    for name, row in certificate.rows.items():
        for j, a in row.entries:
            if j in found:
                found[j].append((name, a))
    return found


def mended(
    certificate: Certificate, tier: Tier, rows: Mapping[str, Row], duals: Mapping[str, float], uses: Uses
) -> dict[str, Fraction]:
    """The multipliers of a tier.

    Args:
        certificate: its matrix and bounds.
        tier: whose slope is to be priced.
        rows: those that may be used, with those that hold earlier tiers.
        duals: row -> price, of its lower side where it is above 0; one of a side that is open is left out.
        uses: of `open_columns`.

    Returns:
        Row -> multiplier. Where the noise cannot be taken away they are what is left, and prove nothing.
    """
    prices = {name: Fraction(y) for name, y in duals.items() if y and _closed(rows[name], Fraction(y))}
    left: dict[int, Fraction] = defaultdict(Fraction, certificate.left(tier, dict(rows), prices))
    inside: dict[str, list[tuple[int, Fraction]]] = defaultdict(list)
    for j, places in uses.items():
        for name, a in places:
            inside[name].append((j, a))

    def wrong(j: int, d: Fraction) -> bool:
        return bool(d) and isinstance(certificate.bounds[j][d < 0], float)

    todo = [j for j in uses if wrong(j, left[j])]
    for _ in range(TRIES * (1 + len(uses))):
        if not todo:
            break
        j = todo.pop()
        if not wrong(j, left[j]):
            continue
        moves = []
        for name, a in uses[j]:
            price = prices.get(name, Fraction(0)) + left[j] / a
            if -inf not in certificate.bounds[j] or inf not in certificate.bounds[j]:
                price = _rounded(price, up=(a < 0) == (certificate.bounds[j][1] == inf))
            move = price - prices.get(name, Fraction(0))
            if _closed(rows[name], price):
                harm = sum(wrong(k, left[k] - move * b) for k, b in inside[name] if k != j)
                moves.append((harm, abs(move), name, move))
        if not moves:
            break
        _, _, name, move = min(moves)
        prices[name] = prices.get(name, Fraction(0)) + move
        for k, b in inside[name]:
            left[k] -= move * b
            if wrong(k, left[k]):
                todo.append(k)
    return {name: price for name, price in prices.items() if price}


def _closed(row: Row, price: Fraction) -> bool:
    """Whether the side that a price leans on is closed."""
    return not price or isinstance(row.lower if price > 0 else row.upper, Fraction)


def _rounded(price: Fraction, up: bool) -> Fraction:
    """The next double on one side."""
    near = float(price)
    if Fraction(near) != price and (near > price) != up:
        near = nextafter(near, inf if up else -inf)
    return Fraction(near)


def outward(bound: Fraction | float, maximise: bool) -> float | None:
    """The next double that is no tighter than a bound; None where there is none."""
    if isinstance(bound, float):
        return None
    return float(_rounded(bound, up=maximise))
