"""What stands against the result that was kept last: who pays, who gains, what did not change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from alloc.comparison.balance import Balance as Moves
from alloc.comparison.balance import balances, classes_of, foremost, sentence, unchanged
from alloc.comparison.inputs import inputs
from alloc.comparison.pair import Pair
from alloc.comparison.tiers import moves
from alloc.comparison.yardsticks import apart
from alloc.content.figures import number, shown_unit
from alloc.instance.frames import records
from alloc.instance.schema.classes import CLASS_TITLES, SIZE_CLASSES
from alloc.result.result import Result
from alloc.text import Text
from alloc.workbench.models import Balance, ByClass, ClassRow, Effect, Words
from alloc.workbench.picture.cities import shortest
from alloc.workbench.picture.rules import kinds_of, words

MANY, FEW, LEAST = 100, 34, 7  # cities that move in a pool: from so many on so many are listed of each side, of other
# pools than the one that moves most only the least, for whoever looks at them asks for all
KEPT = (Text("刚保留的修改", "The edit just kept"), Text("刚保留的 {n} 处修改", "The {n} edits just kept"))
OLDER = (
    Text("加上刚才保留的修改就没有可行方案；这里的变化都与在它之前的方案相比。",
         "With the edit that was kept last there is no allocation: all changes here are against the one before it."),
    Text("加上最近保留的 {n} 处修改就没有可行方案；这里的变化都与在它们之前的方案相比。",
         "With the {n} edits that were kept last there is no allocation: all changes here are against the one before "
         "them."),
)  # fmt: skip
RELAXED = Text("{said}这里是松弛解与松弛解相比，不是与整座设施的结果相比。",
               "{said} This compares relaxations, not the result with whole facilities.")  # fmt: skip
TierMoves = Sequence[Mapping[str, Any]]


def tier_moves(base: Result, other: Result) -> TierMoves:
    """Of the table `tiers` of a comparison of both what needs no measuring of one by the yardsticks of the other."""
    pair = Pair(base, other, "B")
    unlike = {measured for measured, *_ in apart(pair, inputs(base.instance, other.instance))}
    return moves(pair, unlike)


def effect(base: Result, other: Result, tiers: TierMoves, edits: int, trial: bool, entire: bool = False) -> Effect:
    """What the other result does against the base.

    Args:
        base: of what was kept last and has an allocation.
        other: shown.
        tiers: of `tier_moves`.
        edits: that part the two.
        trial: whether the last of them is a trial.
        entire: whether the page has shown whole facilities of the base, a relaxation, which have no part in this.
    """
    found = balances(base, other)
    said = sentence(found, tiers, other)
    quanta = _quanta(other)
    first = foremost(found, base) if found else None
    told = [_balance(each, quanta[each.pool], FEW if each is first else min(FEW, LEAST)) for each in found]
    for at, each in enumerate(found):
        if each is first and cut(told[at]):
            told[at] = told[at].model_copy(update={"column": column_of(other, each.pool)})
    older = edits - 1 if trial else 0
    return Effect(
        title=None if trial else _counted(KEPT, edits), note=_counted(OLDER, older) if older else None,
        sentence=words(RELAXED.fill(said=said) if entire else said), balance=told,
        by_class=_by_class(base, other, found), unchanged=words(unchanged(base, other, found)),
    )  # fmt: skip


def _counted(one_or_many: tuple[Text, Text], n: int) -> Words:
    return words(one_or_many[n > 1].fill(n=number(n)))


def cut(balance: Balance) -> bool:
    """Whether it lists fewer cities than pay and gain."""
    return len(balance.pays) + len(balance.gains) < balance.payers + balance.gainers


def column_of(result: Result, pool: str) -> str:
    """The column of the table of cities that has a pool alone: that of its kind where no other pool is of it."""
    kinds = kinds_of(result.instance)
    return kinds[pool] if list(kinds.values()).count(kinds[pool]) == 1 else f"pool:{pool}"


def _quanta(result: Result) -> dict[str, float]:
    return {row["pool"]: row["quantum"] for row in records(result.instance.tables["pools"], "pool", "quantum")}


def whole_balance(base: Result, other: Result, pool: str) -> Balance | None:
    """The balance of one pool with every city that pays or gains; None where it did not move."""
    quanta = _quanta(other)
    return next((_balance(each, quanta[pool], None) for each in balances(base, other) if each.pool == pool), None)


def _balance(moved: Moves, quantum: float, few: int | None) -> Balance:
    """A balance; where `few` are enough and there are `MANY`, with those that pay and gain most."""
    most = few if len(moved.pays) + len(moved.gains) > MANY else None
    top = max(moved.paid, moved.gained)
    unit = shown_unit(moved.unit, top)
    shown = top / unit.size
    return Balance(
        pool=moved.pool, title=words(moved.title), unit=Words(zh=unit.zh, en=unit.en), size=unit.size,
        decimals=0 if shown >= 10_000 else 2, quantum=quantum, pays=_rounded(moved.pays[:most]),
        gains=_rounded(moved.gains[:most]), payers=len(moved.pays), gainers=len(moved.gains),
        paid=round(moved.paid, 4), gained=round(moved.gained, 4), rounding=round(moved.rounding, 4) + 0.0,
        left=round(-moved.given, 4) + 0.0,
        pays_note=words(moved.pays_note), gains_note=words(moved.gains_note),
    )  # fmt: skip


def _rounded(moved: tuple[tuple[str, float], ...]) -> list[tuple[str, int | float]]:
    return [(city, shortest(round(amount, 4))) for city, amount in moved]


def _by_class(base: Result, other: Result, found: tuple[Moves, ...]) -> ByClass | None:
    """Before and after by size class, of the pool that moves most for its size."""
    if not found:
        return None
    first, classes = foremost(found, base), classes_of(base)
    place = {name: at for at, name in enumerate(SIZE_CLASSES)}
    at = {city: place.get(name, len(place)) for city, name in classes.items()}
    sums = []
    for given in (base.given, other.given):
        of = [at.get(city, len(place)) for city in given.cities]
        amounts = given.by_pool.get(first.pool, np.zeros(len(of)))
        sums.append(dict(zip(SIZE_CLASSES, np.bincount(of, amounts, len(place) + 1).tolist(), strict=False)))
    counts = Counter(classes.values())
    rows = [ClassRow(id=name, title=words(CLASS_TITLES[name]), n=counts[name], before=round(sums[0][name], 4),
                     after=round(sums[1][name], 4)) for name in SIZE_CLASSES if counts[name]]  # fmt: skip
    unit = shown_unit(first.unit, sum(row.after for row in rows))
    return ByClass(pool=first.pool, title=words(first.title), unit=Words(zh=unit.zh, en=unit.en), size=unit.size,
                   decimals=0 if unit.size == 1 else 1, rows=rows)  # fmt: skip
