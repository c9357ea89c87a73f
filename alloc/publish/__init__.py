"""What is published: amounts in whole quanta and whole persons, and what every published number is made of.

Rounding is controlled: pools come out even, sub-totals by province stay next to their own, no floor, cap or fixed value
is broken, and the rows of the model hold for the published numbers too, with all that is built as it was decided. What
cannot be kept stands in a table of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from alloc.formulation.columns import KIND_UNITS
from alloc.instance.derived.derived import Derived
from alloc.instance.frames import text_column
from alloc.instance.instance import Instance
from alloc.publish.choice import Flags, Floats
from alloc.publish.levels import levels_table, rounded_kept
from alloc.publish.off import (
    LimitOf,
    Off,
    off_in_limits,
    off_in_pools,
    off_in_rows,
    off_in_settled,
    off_in_sums,
    rounding_table,
)
from alloc.publish.parts import INCREMENT, ISSUED, Parts, decompose, targets
from alloc.publish.pool import Rounded, round_allocation
from alloc.publish.rows import Decided, Kept, kept_limits, kept_rows, most_counted, room
from alloc.publish.settled import missing_persons, round_settled
from alloc.publish.sums import Sum, limits_on, sums_of
from alloc.tolerances import QUANTUM_NOISE

__all__ = ["Parts", "Published", "Rounded", "decompose", "kept_rows", "publish", "round_allocation", "round_pools"]

FIRST = ("land", "bond", "capital", "general")  # the order of rounding: what other rows bound first, then what pays


BEFORE_FRACTIONS = 1e3  # what draws up a number for the sake of persons, in what its fraction does


@dataclass(frozen=True, eq=False)
class Wanted:
    """Persons for whom money is wanted before all else [n], and in which cities [n]."""

    persons: Floats
    cities: Flags


@dataclass(frozen=True, eq=False)
class Published:
    """What is published.

    Attributes:
        allocation: every city and pool with key city, pool and the columns unit, last_year (NaN where absent),
            benchmark, rule, optimised, override, rounding, published, sorted by key; where amounts have been issued,
            also locked (behind rule), issued and increment (behind published), and performance (behind benchmark) where
            a factor of it is not 1.
        settle: persons who settle, whole [n].
        rounding: what rounding could not keep, with key rule, pool, province, city, limit and the columns off, unit.
        levels: what units between pools and cities receive, keep and pass on, with key unit, pool and the columns
            received, retained, passed, share; None where nobody keeps anything.
    """

    allocation: pd.DataFrame
    settle: Floats
    rounding: pd.DataFrame
    levels: pd.DataFrame | None = None


def publish(instance: Instance, derived: Derived, point: Decided) -> Published:
    """The published numbers of a decision.

    Args:
        instance: the instance.
        derived: its derived data.
        point: what was decided.
    """
    kept = kept_rows(derived, point)
    whole, derived = derived, derived.changed(limits=kept_limits(derived, point))
    above = rounded_kept(derived, point.granted)
    retained = np.sum([each.sum(axis=0) for each in above], axis=0)
    known = point.known
    of, sums = "" if known.counted is None else known.counted.name, sums_of(derived, known)
    rounded = partial(_rounded, instance, derived, point, kept, of, retained)
    off = partial(_off, whole, derived, point, kept, sums, instance.tables["cities"]["province"].tolist())
    best = rounded()
    missed = off(*best)
    for in_turn in (False, True):
        if not any(each.limit in {one.row.limit for one in sums} for each in missed):
            break
        other = rounded(sums, in_turn)
        if _broken(now := off(*other), point) < _broken(missed, point):
            best, missed = other, now
    pools, published, counted = best
    table = _table(instance, derived, point.granted, published)
    levels = levels_table(derived, point.granted, published, above, pools) if above else None
    return Published(table, counted, rounding_table(missed), levels)


def _off(
    whole: Derived,
    derived: Derived,
    point: Decided,
    kept: Kept,
    sums: Sequence[Sum],
    provinces: list[str],
    rounded: dict[str, Rounded],
    published: Floats,
    counted: Floats,
) -> list[Off]:
    """What rounding could not keep; `derived` with the limits that it keeps, `whole` with all."""
    known = point.known
    of = "" if known.counted is None else known.counted.name
    return [
        *off_in_pools(derived, rounded, point.granted, provinces, LimitOf(known.limiting, known.granted.name)),
        *off_in_settled(derived, counted, point.counted, LimitOf(known.limiting, of)),
        *off_in_rows(derived, kept, published, counted),
        *off_in_sums(derived, sums, published, known.limiting),
        *off_in_limits(whole, point, published, counted, derived.limits, sums),
    ]


def _broken(missed: Sequence[Off], point: Decided) -> tuple[int, int]:
    """How many of the planner's limits are missed, and how many rows of the model in all: limits come first."""
    rows = [each.rule for each in missed if each.rule in point.known.families]
    return rows.count(point.known.limiting), len(rows)


def _rounded(
    instance: Instance,
    derived: Derived,
    point: Decided,
    kept: Kept,
    of: str,
    above: Floats | float,
    sums: Sequence[Sum] = (),
    in_turn: bool = False,
) -> tuple[dict[str, Rounded], Floats, Floats]:
    """Pools, the same as columns, and persons.

    Persons come last, and money that was rounded down may leave a limit that asks for them a few short. Where whole
    persons would keep more of such limits, pools are rounded once more, with these persons in the budgets of the
    cities of the limits that are missed, before all else that draws up one neighbour or the other.
    """

    def rounded(wanted: Wanted | None = None) -> tuple[dict[str, Rounded], Floats, Floats]:
        pools = round_pools(instance, derived, point, kept, above, wanted, sums, in_turn)
        amounts = np.column_stack([pools[pool].values for pool in derived.pools])
        return pools, amounts, round_settled(derived, kept, of, amounts, point.counted)

    first = rounded()
    missing, cities = missing_persons(derived, of, first[-1])
    if not missing:
        return first
    second = rounded(Wanted(round_settled(derived, kept, of, None, point.counted), cities))
    return second if missing_persons(derived, of, second[-1])[0] < missing else first


def round_pools(
    instance: Instance,
    derived: Derived,
    point: Decided,
    kept: Kept,
    above: Floats | float = 0.0,
    wanted: Wanted | None = None,
    sums: Sequence[Sum] = (),
    in_turn: bool = False,
) -> dict[str, Rounded]:
    """Round every pool, with provinces as groups.

    Pools are rounded one after another; each leaves the rows of every city room for those to come, and draws up where a
    budget would be overdrawn by those before.

    Args:
        instance: the instance.
        derived: its derived data.
        point: what was decided, cities and pools in the order of the tables.
        kept: what rounding keeps in every city.
        above: what units above the cities keep of every pool [R].
        wanted: persons for whom there should be money; None: those below what was decided.
        sums: limits on several pools together that would be missed.
        in_turn: whether every pool of a sum has its part in it; else only the last.

    Returns:
        Pool -> its rounding, in the order of the table.
    """
    provinces = instance.tables["cities"]["province"].tolist()
    allocation = point.granted
    least_counted = np.minimum(np.floor(point.counted + QUANTUM_NOISE), most_counted(kept))
    first = np.ones(len(least_counted))
    if wanted is not None:
        least_counted = np.where(wanted.cities, wanted.persons, least_counted)
        first = np.where(wanted.cities, BEFORE_FRACTIONS, first)
    there = derived.available - above
    numbers, later = allocation.copy(), np.ones(len(derived.pools), dtype=bool)
    rounded: dict[str, Rounded] = {}
    for k in _order(derived, allocation, kept):
        later[k] = False
        pool = derived.pools[k]
        own = [row for row in derived.limits if row.kind == point.known.granted.name and row.item == pool]
        kept_room, eased_room = room(derived, kept, numbers, later, k)
        rounded[pool] = round_allocation(
            numbers[:, k],
            derived.lower[:, k],
            derived.upper[:, k],
            float(derived.quantum[k]),
            float(there[k]),
            provinces,
            exhaust=bool(derived.exhaust[k]),
            room=kept_room,
            eased=eased_room,
            limits=[*own, *limits_on(sums, k, numbers, later, in_turn)],
            urge=first * _urge(kept, numbers, least_counted, k, float(derived.quantum[k])),
        )
        numbers[:, k] = rounded[pool].values
    return {pool: rounded[pool] for pool in derived.pools}


def _order(derived: Derived, allocation: Floats, kept: Kept) -> list[int]:
    """The pools in the order of rounding.

    Of one kind the coarser come first, so that the finest makes up for the others; then those whose cities have less
    room to make up for each other.
    """
    kind = [FIRST.index(use or kind) for kind, use in zip(derived.kind, derived.use, strict=True)]
    none = np.zeros(len(kind), dtype=bool)
    free = []
    for k, quantum in enumerate(derived.quantum):
        most = np.minimum(derived.upper[:, k], room(derived, kept, allocation, none, k)[0])
        free.append(float(np.minimum(np.maximum(most - allocation[:, k], 0.0), quantum).sum() / quantum))
    return sorted(
        range(len(kind)), key=lambda k: (kind[k], -derived.quantum[k], round(free[k], 3), derived.available[k], k)
    )


def _urge(kept: Kept, numbers: Floats, settled: Floats, pool: int, quantum: float) -> Floats:
    """By how much less a budget is overdrawn where the number of a pool goes up instead of down, 10⁴ yuan [n]."""
    overdrawn = []
    for neighbour in (np.floor, np.ceil):
        tried = numbers.copy()
        tried[:, pool] = neighbour(numbers[:, pool] / quantum) * quantum
        overdrawn.append(np.maximum(0.0, -kept.balance(tried, settled)))
    return np.asarray(overdrawn[0] - overdrawn[1])


def _table(instance: Instance, derived: Derived, allocation: Floats, published: Floats) -> pd.DataFrame:
    ruled, held = targets(instance, derived)
    parts = decompose(derived.benchmark, ruled, allocation, derived.override, published, held, derived.formula)
    cities, pools = len(derived.cities), len(derived.pools)
    some, more = dict(vars(parts)), dict[str, Floats]()
    if derived.issued.any():
        more = {ISSUED: derived.issued.ravel() + 0.0, INCREMENT: (published - derived.issued).ravel() + 0.0}
    else:
        del some["locked"]
    if not (derived.performance != 1).any():
        del some["performance"]
    return pd.DataFrame(
        {
            "city": text_column(derived.cities, each=pools),
            "pool": text_column(derived.pools, times=cities),
            "unit": text_column([KIND_UNITS[kind] for kind in derived.kind], times=cities),
            "last_year": derived.last_year.ravel() + 0.0,
            **{name: part.ravel() for name, part in some.items()},
            "published": published.ravel() + 0.0,
            **more,
        }
    )
