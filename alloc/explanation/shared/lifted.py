"""What an amount written by hand lifts of the stock link in its city, as summaries, reports and explanations say it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from alloc.content.blocks import Amount
from alloc.content.numbers import amount_text
from alloc.formulation.columns import HECTARES
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.instance.prechecks.lifted import BY_HAND, Floats, lifted
from alloc.instance.schema.tables import TABLES
from alloc.result.result import Result
from alloc.result.wording import say

Lifts = tuple[Derived, tuple[tuple[str, Floats], ...]]  # by how much each table of `BY_HAND` lifts it, ha [n]
_known: WeakKeyDictionary[Instance, Lifts] = WeakKeyDictionary()


def link_lifted(result: Result, language: str, city: str, pools: tuple[str, ...] = ()) -> list[str]:
    """A sentence for every table of amounts written by hand that lifts the stock link of a city; of most cities none.

    Args:
        result: with a point.
        language: zh or en.
        city: its code.
        pools: only where one of these is of land; none: always.
    """
    instance = result.instance
    if all(instance.tables[table].empty for table in BY_HAND):
        return []
    if instance not in _known:
        derived = derive(instance)
        _known[instance] = derived, tuple((table, lifted(instance, derived, table)[0]) for table in BY_HAND)
    derived, found = _known[instance]
    land = [pool for pool, kind in zip(derived.pools, derived.kind, strict=True) if kind == "land"]
    if pools and not set(pools) & set(land):
        return []
    at = derived.cities.index(city)
    return [
        say(
            language, "link_lifted", table=TABLES[table].title.said(language), unit=HECTARES.said(language),
            base=amount_text(Amount(float(derived.stock_base[at]), 2)),
            before=amount_text(Amount(float(derived.stock_base[at] - by[at]), 2)),
            by=amount_text(Amount(float(by[at]), 2)),
        )
        for table, by in found if by[at] > 0
    ]  # fmt: skip
