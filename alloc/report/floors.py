"""Who pays for floors: what last year's floors and earmarks move away from the formula, by exact arithmetic."""

from __future__ import annotations

import numpy as np

from alloc.content.blocks import Cell, Column, Status, Table
from alloc.content.figures import exact_decimals, number
from alloc.instance.schema.columns import GRADES
from alloc.report.columns import share
from alloc.report.view import Floats, View
from alloc.tolerances import ROUNDOFF

NAMED = 3  # gainers and payers of a pool that are named


def levelled(benchmark: Floats, floor: Floats) -> Floats:
    """The formula with floors honoured: every city at its floor, or at one and the same part of its formula.

    That part t is the one with Σ max(floor, t·benchmark) = Σ benchmark; the nearest amounts to the formula in the sense
    of closeness, Σ share·((x − benchmark)/benchmark)², where floors are the only bounds.

    Args:
        benchmark: what the formula gives, at least 0 [n].
        floor: what cities get at least [n].

    Returns:
        What they get [n]. Where floors alone add up to as much as the formula or more: the floors.
    """
    total, held = benchmark.sum(), floor > benchmark
    while True:
        left, free = total - floor[held].sum(), benchmark[~held].sum()
        part = max(left / free, 0.0) if free > 0 else 0.0
        now = held | (floor > part * benchmark * (1 + ROUNDOFF))
        if (now == held).all():
            return np.where(held, floor, part * benchmark)
        held = now


def floors(view: View) -> Table | None:
    """A row a pool in which a floor is above the formula: how much is moved, to whom most, and who gives most.

    None where no floor is.
    """
    derived = view.derived
    rows: list[tuple[Cell, ...]] = []
    grades: list[int] = []
    for place, pool in enumerate(derived.pools):
        benchmark = np.nan_to_num(derived.benchmark[:, place])
        by_hand = ~np.isnan(derived.override[:, place])
        floor = np.where(by_hand, 0.0, np.minimum(derived.floor[:, place], derived.lower[:, place]))
        if benchmark.sum() <= 0 or not (floor > benchmark * (1 + ROUNDOFF)).any():
            continue
        change = levelled(benchmark, floor) - benchmark
        gains, pays = np.maximum(change, 0.0), np.maximum(-change, 0.0)
        rows.append(_row(view, place, gains, pays, benchmark))
        factors = view.instance.tables["factors"]
        named = factors.loc[factors["pool"] == pool, "factor"]
        behind = ("last_year.amount", "earmarks.amount", *(f"cities.{each}" for each in named))
        grades.append(int(view.grades(*behind, items=[pool]).max(initial=0)))
    if not rows:
        return None
    status: Status = GRADES[max(grades)]  # type: ignore[assignment]
    decimals = max(exact_decimals([float(row[2])], 2) for row in rows)  # type: ignore[arg-type]
    cities = view.say("个", "")
    columns = (
        Column("pool", view.say("指标", "pool")),
        Column("unit", view.say("单位", "unit")),
        Column("moved", view.say("为保底调剂", "moved for floors"), kind="number", decimals=decimals, status=status),
        share("part", view.say("占可分配数", "of the pool"), status=status),
        Column("gainers", view.say("得益城市", "cities that gain"), cities, "number"),
        Column("payers", view.say("让出城市", "cities that pay"), cities, "number"),
        share("each", view.say("让出公式测算数的（至多）", "of their formula, at most"), 2, status=status),
        Column("most_gained", view.say("得益最多", "gain most"), status=status),
        Column("most_paid", view.say("让出最多", "pay most"), status=status),
    )  # fmt: skip
    note = view.say(
        "只看公式和保底（上年数的倍数、专项承诺）：保底高于公式测算数的城市得到保底数，"
        "其余城市按同一比例让出公式测算数，让到各自的保底数为止；上限、分组限制和各级目标不在内。",
        "Of formula and floors alone (the multiple of last year, earmarks): a city whose floor is above its formula "
        "gets the floor, all others give up the same part of their formula, down to their own floors. Caps, limits and "
        "tiers are left out.",
    )
    title = view.say("谁为保底让出", "Who pays for floors")
    return Table("pools_floors", title, columns, tuple(rows), note=note, code="T16")


def _row(view: View, place: int, gains: Floats, pays: Floats, benchmark: Floats) -> tuple[Cell, ...]:
    pool = view.derived.pools[place]
    land = view.pools.at[pool, "kind"] == "land"
    unit = view.money(float(gains.sum()))
    scale = 1.0 if land else unit.scale
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(pays > 0, pays / benchmark, 0.0)
    return (
        view.pool_title(pool), view.hectares if land else unit.unit, float(gains.sum()) / scale,
        float(gains.sum() / benchmark.sum()), float((gains > 0).sum()), float((pays > 0).sum()), float(part.max()),
        _named(view, gains / scale), _named(view, pays / scale),
    )  # fmt: skip


def _named(view: View, amounts: Floats) -> str:
    order = np.argsort(-amounts, kind="stable")[:NAMED]
    decimals = 0 if amounts.max() >= 100 else 2
    told = [f"{view.short_names[at]} {number(float(amounts[at]), decimals)}" for at in order if amounts[at] > 0]
    return view.say("，", ", ").join(told)
