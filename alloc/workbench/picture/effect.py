"""What stands against the result that was kept last: who pays, who gains, what did not change."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from alloc.comparison.balance import Balance as Moves
from alloc.comparison.balance import balances, classes_of, foremost, sentence, unchanged
from alloc.comparison.inputs import differences
from alloc.comparison.pair import Pair
from alloc.comparison.tiers import tiers as compared_tiers
from alloc.comparison.yardsticks import yardsticks
from alloc.content.figures import shown_unit
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASSES
from alloc.result.result import Result
from alloc.workbench.models import Balance, ByClass, ClassRow, Effect, Words
from alloc.workbench.picture.cities import shortest
from alloc.workbench.picture.rules import words


def tier_moves(base: Result, other: Result) -> pd.DataFrame:
    """Table `tiers` of a comparison of both."""
    pair = Pair(base, other, "B")
    unlike = yardsticks(pair, differences(base.instance, other.instance))
    return compared_tiers(pair, set(unlike["measured"]))


def effect(base: Result, other: Result, moves: pd.DataFrame) -> Effect:
    """What the other result does against the base.

    Args:
        base: kept last.
        other: shown.
        moves: of `tier_moves`.
    """
    found = balances(base, other)
    return Effect(
        sentence=words(sentence(found, moves, other)), balance=[_balance(each) for each in found],
        by_class=_by_class(base, other, found), unchanged=words(unchanged(base, other, found)),
    )  # fmt: skip


def _balance(moves: Moves) -> Balance:
    top = max(moves.paid, moves.gained)
    unit = shown_unit(moves.unit, top)
    shown = top / unit.size
    return Balance(
        pool=moves.pool, title=words(moves.title), unit=Words(zh=unit.zh, en=unit.en), size=unit.size,
        decimals=0 if shown >= 10_000 else 2, pays=_rounded(moves.pays), gains=_rounded(moves.gains),
        paid=round(moves.paid, 4), gained=round(moves.gained, 4), rounding=round(moves.rounding, 4) + 0.0,
        left=round(-moves.given, 4) + 0.0,
        pays_note=words(moves.pays_note), gains_note=words(moves.gains_note),
    )  # fmt: skip


def _rounded(moves: tuple[tuple[str, float], ...]) -> list[tuple[str, int | float]]:
    return [(city, shortest(round(amount, 4))) for city, amount in moves]


def _by_class(base: Result, other: Result, found: tuple[Moves, ...]) -> ByClass | None:
    """Before and after by size class, of the pool that moves most for its size."""
    if not found:
        return None
    first, classes = foremost(found, base), classes_of(base)
    sums = []
    for result in (base, other):
        given_to = result.tables["allocation"]
        given_to = given_to[given_to["pool"] == first.pool]
        sums.append(given_to["published"].groupby(given_to["city"].map(classes)).sum().to_dict())
    counts = Counter(classes.values())
    rows = [ClassRow(id=name, title=words(CLASS_TITLES[name]), n=counts[name], before=round(sums[0].get(name, 0.0), 4),
                     after=round(sums[1].get(name, 0.0), 4)) for name in SIZE_CLASSES if counts[name]]  # fmt: skip
    unit = shown_unit(first.unit, sum(row.after for row in rows))
    return ByClass(pool=first.pool, title=words(first.title), unit=Words(zh=unit.zh, en=unit.en), size=unit.size,
                   decimals=0 if unit.size == 1 else 1, rows=rows)  # fmt: skip
