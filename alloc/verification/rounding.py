"""Whether the result says everything that its published numbers do not keep, by the right amount, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from alloc.verification import levers
from alloc.verification.arrays import Flags, Texts
from alloc.verification.ledger import Ledger
from alloc.verification.means import NAMED, TOGETHER, UNIT, Limit, pools_of_limit
from alloc.verification.published_rows import Rows
from alloc.verification.recompute import Raw
from alloc.verification.results import Results, as_published, limited

KEY = ("rule", "pool", "province", "city", "limit")
NOISE = 1e-6  # of a quantum; rounding takes as much for noise
MONEY = 1e-4  # 10⁴ yuan that a budget is known to
DIGITS = 1e-12  # of its largest term to which a sum is known
NO_MULTIPLE = ("no_multiple", "makes_up", "as_decided")
AS_SOLVED = 1e-6  # of its amount to which a limit on decisions holds that are not rounded
CLEAR = 2.0  # times the noise: so much and more has to be said


class Missed(NamedTuple):
    """A promise that the published numbers miss.

    Attributes:
        key: rule, pool, province, city, limit; "" where one does not apply.
        off: by how much.
        unit: its unit.
        clear: whether it is beyond all noise, so that it has to be said.
    """

    key: tuple[str, ...]
    off: float
    unit: str
    clear: bool


def check_rounding(ledger: Ledger, raw: Raw, rows: Rows, results: Results, policy: Any, eased: Flags) -> None:
    """Compare the table ``rounding`` with what the published numbers miss.

    Args:
        ledger: takes the comparisons.
        raw: the recomputed instance.
        rows: the rules that tie published numbers together.
        results: the published numbers.
        policy: ``settings.policy``.
        eased: where a rule that gives way may be missed by less than a quantum [n, R].
    """
    _check_eased(ledger, raw, rows, eased)
    missed = {one.key: one for one in _missed(raw, rows, results, policy)}
    table = results.off
    stored: dict[tuple[str, ...], tuple[float, str]] = {}
    keys = zip(*(table[name].tolist() for name in KEY), strict=True)
    for each, off, unit in zip(keys, table["off"].tolist(), table["unit"].tolist(), strict=True):
        if each in stored:
            ledger.fail("rounding", f"said twice: {_name(each)}")
        stored[each] = off, unit
    for key, (off, unit) in stored.items():
        # Why a number is no multiple is for `published_quantum` to judge.
        found = missed.get((NO_MULTIPLE[0], *key[1:]) if key[0] in NO_MULTIPLE else key)
        if found is None:
            ledger.fail("rounding", f"said, but kept: {_name(key)}", off, 0.0)
            continue
        ledger.compare("rounding", off, "=", found.off, key=_name(key))
        ledger.same("rounding", unit, found.unit, key=_name(key))
    said = {(NO_MULTIPLE[0], *key[1:]) if key[0] in NO_MULTIPLE else key for key in stored}
    for one in missed.values():
        if one.clear and one.key not in said:
            ledger.fail("rounding", f"not said: {_name(one.key)}", one.off, 0.0)


def _check_eased(ledger: Ledger, raw: Raw, rows: Rows, eased: Flags) -> None:
    """Rules that give way do so only where no multiples do without, and by less than a quantum."""
    for row in (each for each in rows.rows if each.gives_way):
        pools, (_, over) = np.flatnonzero(row.pools), rows.over(row)
        quantum, may = float(raw.pool["quantum"][pools].max()), eased[:, pools].any(axis=1).astype(float)
        named, most = (raw.cities, may) if row.purses is None else (row.purses.cities, row.purses.sums(may))
        for at in np.flatnonzero((over > CLEAR * NOISE * quantum) & (over >= quantum * most)):
            why = "by a quantum or more" if most[at] else "without need"
            ledger.fail("rounding", f"missed {why}: {row.rule}, {named[at]}", over[at], quantum * most[at])


def _name(key: tuple[str, ...]) -> str:
    return ", ".join(str(part) for part in key if part)


def _missed(raw: Raw, rows: Rows, results: Results, policy: Any) -> Iterator[Missed]:
    published, decided = rows.published, results.allocation
    for r, pool in enumerate(raw.pools):
        quantum, unit = float(raw.pool["quantum"][r]), UNIT[raw.pool["kind"][r]]
        beyond = published[:, r] - np.floor(published[:, r] / quantum + NOISE) * quantum
        yield from _cities(raw.cities, NO_MULTIPLE[0], pool, beyond, NOISE * quantum, unit)
        yield from _apart(raw, pool, published[:, r], decided[:, r], quantum, unit, subtotals=True)
        moved = float((published[:, r] - decided[:, r]).sum())
        left = float(published[:, r].sum() + results.kept[r] - raw.available[r])
        if raw.pool["exhaust"][r]:
            yield from _one(("total", pool, "", "", ""), left, NOISE * quantum + DIGITS * raw.available[r], unit)
        else:
            yield from _step(("total", pool, "", "", ""), moved, quantum, unit)
        yield from _limits(rows, "allocation", pool, published[:, r], quantum, unit)
    yield from _sums(raw, rows)
    settle = results.people["settle"]
    yield from _apart(raw, "", settle, results.settle, 1.0, "persons", subtotals=False)
    yield from _step(("total", "", "", "", ""), float((settle - results.settle).sum()), 1.0, "persons")
    yield from _limits(rows, "settle", "", settle, 1.0, "persons")
    for row in rows.rows:
        pools, (sums, over) = np.flatnonzero(row.pools), rows.over(row)
        noise = NOISE * raw.pool["quantum"][pools].min() * np.max(row.pools) + DIGITS * np.abs(sums)
        pool = raw.pools[pools[0]] if len(pools) == 1 else ""
        named = raw.cities if row.purses is None else row.purses.cities
        yield from _cities(named, row.rule, pool, over, noise, UNIT[raw.pool["kind"][pools[0]]])
    purses = raw.purses
    money = MONEY + DIGITS * np.maximum(*(purses.sums(raw.city[name]) for name in ("essential_spending", "revenue")))
    yield from _cities(purses.cities, "general_budget", "", rows.overdrawn_together(settle), money, UNIT["transfer"])
    noise = MONEY + DIGITS * np.maximum(raw.city["essential_spending"], raw.city["revenue"])
    for row in rows.weighed:
        yield from _cities(raw.cities, row.rule, "", row.taken(published, settle) - row.most, noise, UNIT["transfer"])
    yield from _loose_limits(raw, results, policy)


def _apart(
    raw: Raw, pool: str, published: np.ndarray, decided: np.ndarray, quantum: float, unit: str, *, subtotals: bool
) -> Iterator[Missed]:
    """Numbers, and sub-totals by province, that are no neighbours of what was decided."""
    moved = published - decided
    for at in np.flatnonzero(np.abs(moved) >= (1 - CLEAR * NOISE) * quantum):
        yield from _step(("neighbour", pool, "", raw.cities[at], ""), float(moved[at]), quantum, unit)
    if subtotals:
        names, of = np.unique(raw.city["province"], return_inverse=True)
        for name, off in zip(names, np.bincount(of, moved), strict=True):
            yield from _step(("subtotal", pool, name, "", ""), float(off), quantum, unit)


def _limits(rows: Rows, kind: str, pool: str, numbers: np.ndarray, quantum: float, unit: str) -> Iterator[Missed]:
    for one in rows.limits:
        if one.kind == kind and one.item == pool:
            off = float(numbers[one.chosen].sum() - one.amount)
            if (off > 0 and one.sense != ">=") or (off < 0 and one.sense != "<="):
                noise = NOISE * quantum + DIGITS * abs(one.amount)
                yield from _one(("group_limit", pool, "", "", one.limit), off, noise, unit)


def _sums(raw: Raw, rows: Rows) -> Iterator[Missed]:
    """Limits on several pools together."""
    for one in rows.limits:
        pools = pools_of_limit(one.kind, one.item, raw.pool)
        if one.kind == "allocation" or pools is None:
            continue
        off = float(rows.published[one.chosen][:, pools].sum() - one.amount)
        if (off > 0 and one.sense != ">=") or (off < 0 and one.sense != "<="):
            noise = NOISE * float(raw.pool["quantum"][pools].min()) + DIGITS * abs(one.amount)
            yield from _one(("group_limit", "", "", "", one.limit), off, noise, _unit(raw, one))


def _loose_limits(raw: Raw, results: Results, policy: Any) -> Iterator[Missed]:
    """Limits on a quantity of a lever, and those that compare cities with others, where what is published makes other
    sums than what was decided."""
    brought = levers.quantities(raw.formulation)
    loose = [k for k, one in enumerate(raw.limits) if one.kind in brought or one.versus is not None]
    left, right = limited(raw, as_published(raw, results), policy) if loose else (results.limited, results.limits_at)
    for k in loose:
        one, off = raw.limits[k], float(left[k] - right[k])
        same = (left[k], right[k]) == (results.limited[k], results.limits_at[k])
        if not same and ((off > 0 and one.sense != ">=") or (off < 0 and one.sense != "<=")):
            unit = brought[one.kind].unit if one.kind in brought else _unit(raw, one)
            yield from _one(("group_limit", "", "", "", one.limit), off, AS_SOLVED * max(1.0, abs(right[k])), unit)


def published_limits(raw: Raw, results: Results, policy: Any) -> pd.DataFrame:
    """Both sides of every row of ``limits`` by published numbers, and the least by which these can move its left side.

    Returns:
        A row each: limit, left, right, step (a quantum, or a person; 0 where nothing that is published is summed up).
    """
    left, right = limited(raw, as_published(raw, results), policy)
    names = np.array([one.limit for one in raw.limits], dtype=object)
    steps = np.array([_step_of(raw, one) for one in raw.limits], dtype=float)
    return pd.DataFrame({"limit": names, "left": left, "right": right, "step": steps})


def _step_of(raw: Raw, one: Limit) -> float:
    if one.kind == "settle":
        return 1.0
    of = pools_of_limit(one.kind, one.item, raw.pool)
    return 0.0 if of is None else float(raw.pool["quantum"][of].min())


def _unit(raw: Raw, one: Limit) -> str:
    """What a limit of the page of the model is counted in."""
    if one.kind in ("allocation", NAMED):
        return UNIT[raw.pool["kind"][raw.pools.tolist().index(one.item.partition("+")[0])]]
    if one.kind in TOGETHER:
        return UNIT[TOGETHER[one.kind]]
    return {"settle": "persons", "spending": "10⁴ yuan", "land_use": "ha", "added": "capacity"}[one.kind]


def _cities(
    named: Texts, rule: str, pool: str, over: np.ndarray, noise: np.ndarray | float, unit: str
) -> Iterator[Missed]:
    noises = np.broadcast_to(noise, over.shape)
    for at in np.flatnonzero(over > noises / CLEAR):
        yield from _one((rule, pool, "", named[at], ""), float(over[at]), float(noises[at]), unit)


def _one(key: tuple[str, ...], off: float, noise: float, unit: str) -> Iterator[Missed]:
    if abs(off) > noise / CLEAR:
        yield Missed(key, off, unit, clear=abs(off) > CLEAR * noise)


def _step(key: tuple[str, ...], off: float, quantum: float, unit: str) -> Iterator[Missed]:
    if abs(off) >= (1 - CLEAR * NOISE) * quantum:
        yield Missed(key, off, unit, clear=abs(off) >= (1 - NOISE / CLEAR) * quantum)
