"""What rounding could not keep: by city, by province, by limit and by pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from alloc.formulation.columns import KIND_UNITS
from alloc.instance.derived.derived import Derived
from alloc.instance.derived.limits import LimitRow
from alloc.instance.frames import text_column
from alloc.publish.choice import Floats
from alloc.publish.pool import Rounded
from alloc.publish.rows import Decided, Kept
from alloc.publish.sums import Sum
from alloc.tolerances import LAST_DIGITS, QUANTUM_NOISE, VERIFIED

PERSONS = "persons"


class LimitOf(NamedTuple):
    """Limits on sums of a decision: their family, and what they are of."""

    family: str
    of: str


class Off(NamedTuple):
    """One promise that is not kept; the keys that do not apply are empty.

    Attributes:
        rule: no_multiple, makes_up, as_decided, neighbour, subtotal, total, or a family of the model.
        pool: the pool; "" for persons and for rows over several pools.
        province: for subtotal.
        city: for what belongs to a city.
        limit: for rows that the planner limits.
        off: by how much, in `unit`: what is published less what would be right.
        unit: ha, 10⁴ yuan or persons.
    """

    rule: str
    pool: str
    province: str
    city: str
    limit: str
    off: float
    unit: str


def rounding_table(found: Sequence[Off]) -> pd.DataFrame:
    """The table `rounding`, sorted by its key: rule, pool, province, city, limit."""
    rows = sorted(found)
    columns = list(zip(*rows, strict=True)) or [()] * len(Off._fields)
    return pd.DataFrame({
        name: np.array(column, dtype=float) if name == "off" else text_column(column)
        for name, column in zip(Off._fields, columns, strict=True)
    })  # fmt: skip


def off_in_pools(
    derived: Derived, rounded: Mapping[str, Rounded], decided: Floats, provinces: Sequence[str], limit: LimitOf
) -> Iterator[Off]:
    """What single numbers, sub-totals and totals of the pools lack, and limits on them.

    Args:
        derived: the derived data.
        rounded: of every pool.
        decided: what was decided [n, R].
        provinces: of the cities [n].
        limit: of limits on amounts.
    """
    for k, (pool, one) in enumerate(rounded.items()):
        quantum, unit = float(derived.quantum[k]), KIND_UNITS[derived.kind[k]]
        beyond = one.values - np.floor(one.values / quantum + QUANTUM_NOISE) * quantum
        moved = one.values - decided[:, k]
        for rule, flags, off in (
            ("no_multiple", one.without_multiple & one.possible, beyond),
            ("makes_up", one.makes_up, beyond),
            ("as_decided", np.full(len(beyond), not one.possible), beyond),
            ("neighbour", one.moved_further, moved),
        ):
            for at in np.flatnonzero(flags & (np.abs(off) > QUANTUM_NOISE * quantum)):
                yield Off(rule, pool, "", derived.cities[at], "", float(off[at]), unit)
        for province in one.groups_apart:
            apart = float(moved[np.array([each == province for each in provinces])].sum())
            yield Off("subtotal", pool, province, "", "", apart, unit)
        left = -one.left_over if derived.exhaust[k] else float(moved.sum())
        if abs(left) >= (QUANTUM_NOISE if derived.exhaust[k] else 1 - QUANTUM_NOISE) * quantum:
            yield Off("total", pool, "", "", "", left, unit)
        for row in derived.limits:
            if row.kind == limit.of and row.item == pool:
                total = float(one.values[row.selection].sum())
                yield from _off_limit(limit.family, row, total, _noise(row, quantum), pool, unit)


def off_in_settled(derived: Derived, settled: Floats, decided: Floats, limit: LimitOf) -> Iterator[Off]:
    """Persons who settle: numbers and their sum that are not next to what was decided, and limits on groups."""
    moved = settled - decided
    for at in np.flatnonzero(np.abs(moved) >= 1 - QUANTUM_NOISE):
        yield Off("neighbour", "", "", derived.cities[at], "", float(moved[at]), PERSONS)
    if abs(moved.sum()) >= 1 - QUANTUM_NOISE:
        yield Off("total", "", "", "", "", float(moved.sum()), PERSONS)
    for row in derived.limits:
        if row.kind == limit.of:
            total = float(settled[row.selection].sum())
            yield from _off_limit(limit.family, row, total, _noise(row, 1.0), "", PERSONS)


def off_in_rows(derived: Derived, kept: Kept, published: Floats, settled: Floats) -> Iterator[Off]:
    """Rows of a city that its published numbers overstep."""
    rows = kept.room
    head = derived.purses.head
    first, (left, most) = rows.whole((rows.granted * published[rows.city]).sum(axis=1), rows.most)
    granted = rows.granted[first]
    least = np.min(np.where(granted != 0, derived.quantum, np.inf), axis=1, initial=np.inf)
    noise = QUANTUM_NOISE * least * granted.max(axis=1, initial=0.0) + LAST_DIGITS * np.abs(left)
    for at in np.flatnonzero(left > most + noise):
        pools = np.flatnonzero(granted[at])
        pool = derived.pools[pools[0]] if len(pools) == 1 else ""
        family, city = kept.names[rows.family[first[at]]], derived.cities[head[rows.city[first[at]]]]
        yield Off(family, pool, "", city, "", float(left[at] - most[at]), KIND_UNITS[derived.kind[pools[0]]])
    rows = kept.budgets
    first, (over, noise) = rows.whole(-rows.left(published, settled), kept.money[rows.city])
    worst: dict[tuple[int, int], float] = {}
    for at in np.flatnonzero(over > noise):
        key = int(rows.family[first[at]]), int(head[rows.city[first[at]]])
        worst[key] = max(worst.get(key, 0.0), float(over[at]))
    for (number, place), off in worst.items():
        yield Off(kept.names[number], "", "", derived.cities[place], "", off, KIND_UNITS["transfer"])


def off_in_sums(derived: Derived, sums: Sequence[Sum], published: Floats, family: str) -> Iterator[Off]:
    """Limits of a family on several pools together that published amounts miss."""
    for each in sums:
        pools = np.flatnonzero(each.pools)
        noise = _noise(each.row, float(derived.quantum[pools].min()))
        yield from _off_limit(family, each.row, each.total(published), noise, "", KIND_UNITS[derived.kind[pools[0]]])


def off_in_limits(
    derived: Derived,
    point: Decided,
    published: Floats,
    settled: Floats,
    kept: Sequence[LimitRow],
    sums: Sequence[Sum],
) -> Iterator[Off]:
    """Limits that rounding has not kept, where published numbers are part of them and make other sums.

    These are limits on what a lever sums up, and those that compare cities with others.
    """
    known = point.known
    columns, own = point.columns.copy(), set[str]()
    for decision, numbers in ((known.granted, published), (known.counted, settled)):
        if decision is not None:
            columns[point.model.columns[decision.name].slice] = numbers.ravel()
            own.add(decision.name)
    known_to_hold = {row.limit for row in kept if row.kind in own} | {each.row.limit for each in sums}
    decided, now = (np.transpose(point.limit_sides(each)).tolist() for each in (point.columns, columns))
    for row, before, (total, right) in zip(derived.limits, decided, now, strict=True):
        if row.limit not in known_to_hold and [total, right] != before:
            quantity = known.quantities[row.kind]
            unit = (
                KIND_UNITS[derived.kind[derived.pools.index(row.items[0])]]
                if quantity.unit == "pool"
                else known.units[quantity.unit].en
            )
            stands = replace(row, amount=right)
            yield from _off_limit(known.limiting, stands, total, VERIFIED * max(1.0, abs(right)), "", unit)


def _off_limit(family: str, row: LimitRow, total: float, noise: float, pool: str, unit: str) -> Iterator[Off]:
    off = float(total - row.amount)
    if (row.sense != ">=" and off > noise) or (row.sense != "<=" and off < -noise):
        yield Off(family, pool, "", "", row.limit, off, unit)


def _noise(row: LimitRow, quantum: float) -> float:
    """What a limit on multiples of a quantum is known to."""
    return QUANTUM_NOISE * quantum + LAST_DIGITS * abs(row.amount)
