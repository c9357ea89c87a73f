"""Conflicts of a pool with bounds that come from a figure of last year which is in doubt: the figure is what is named.

Floors and corridors go by last year's amounts. One cell in another unit moves them so far that the total of the pool
seems wrong, and whoever mended that would spoil what is right.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from alloc.instance.cells import parse_number
from alloc.instance.checks.all import check_instance
from alloc.instance.checks.causes import with_follow_ups
from alloc.instance.checks.years import FAR
from alloc.instance.derived.derived import derive
from alloc.instance.findings import Finding
from alloc.instance.frames import numbers
from alloc.instance.instance import Instance, make_instance
from alloc.instance.prechecks.all import precheck

OF_TOTALS = frozenset({"pool_below_lower", "pool_above_upper", FAR})


def with_doubted(findings: Iterable[Finding], instance: Instance) -> list[Finding]:
    """The findings without those on totals that go away with doubted amounts of last year, which are kept there.

    Args:
        findings: of the tables, of the bounds, and of scenarios that leave a total as it is.
        instance: of which they are.
    """
    every = list(findings)
    totals = dict(zip(instance.tables["pools"]["pool"], numbers(instance.tables["pools"], "total"), strict=True))
    about = {each.key for each in every if each.code in OF_TOTALS}
    table = instance.tables["last_year"]
    rows = {f"{city}, {pool}": row for row, (city, pool) in enumerate(zip(table["city"], table["pool"], strict=True))}
    doubted = {
        place: str(each.key).partition(", ")[2]
        for place, each in enumerate(every)
        if each.code == "unit_suspect" and each.column == "amount" and each.key in rows
    }
    doubted = {place: pool for place, pool in doubted.items() if pool in about}
    if not doubted:  # the usual case
        return every
    still = _still(instance, [rows[str(every[place].key)] for place in doubted])
    first = {pool: place for place, pool in reversed(doubted.items())}
    followed: dict[int, list[Finding]] = {}
    kept = []
    for place, each in enumerate(every):
        cause = first.get(str(each.key)) if each.code in OF_TOTALS else None
        of_the_total = cause is not None and parse_number(each.value or "") == totals[str(each.key)]
        if cause is None or not of_the_total or (each.code, each.key) in still:
            kept.append(place)
        else:
            followed.setdefault(cause, []).append(each)
    return [with_follow_ups(every[place], followed.get(place, ())) for place in kept]


def _still(instance: Instance, rows: list[int]) -> set[tuple[str, str | None]]:
    """What remains to be said where the cities of some rows of last year got as much a head as others do."""
    table, cities = instance.tables["last_year"], instance.tables["cities"]
    residents = dict(zip(cities["city"], numbers(cities, "residents"), strict=True))
    heads = np.array([residents[city] for city in table["city"]])
    amounts, pools = numbers(table, "amount").copy(), table["pool"].to_numpy()
    given = (amounts > 0) & (heads > 0)
    for row in rows:
        others = given & (pools == pools[row])
        amounts[row] = heads[row] * np.median(amounts[others] / heads[others])
    mended = make_instance(instance.settings, {**instance.tables, "last_year": table.assign(amount=amounts)})
    findings = (*check_instance(mended), *precheck(mended, derive(mended)))
    return {(each.code, each.key) for each in findings}
