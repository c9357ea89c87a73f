"""Changes as lines that ``--edit`` takes: amounts rounded outwards, to what a planner would write."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from alloc.explanation.infeasibility.levers import DROP, RAISE, WAIVE, Lever
from alloc.instance.instance import Instance

DIGITS = 2  # further ones of a change beyond its first
GRAIN = 1e-6  # of a step: what a solver leaves behind
FEW = 6  # cities or provinces that are named one by one
AMOUNTS = ("total", "boundary_left", "farmland_offset", "stock_base", "production_request", "settlement_quota",
           "limit_general", "limit_special", "fund_available", "other_transfers")  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One line of a repair.

    Attributes:
        line: as ``--edit`` takes it.
        lever: whose it is.
        key: of the one value that it changes, "" where it changes several.
        where: the places whose values it changes: "" for one value or all, else the code of a province.
        old, new: the value before and after; None where it changes several or does without a rule.
        change: by how much, in the unit of the column; for several values the factor; None where a rule is waived.
        cities: how many values it changes.
        flag: what it sets, of a column that is true or false.
    """

    line: str
    lever: Lever
    key: str
    where: str
    old: float | None
    new: float | None
    change: float | None
    cities: int = 1
    flag: bool | None = None


def changes(instance: Instance, lever: Lever, amounts: np.ndarray) -> list[Change]:
    """The lines that change a lever's values by at least `amounts`."""
    if lever.kind.path == "pools.total" and lever.way == DROP:
        old = _of_pool(instance, lever.keys[0], "total")
        return [Change(f"pools.{lever.keys[0]}.total = 0", lever, lever.keys[0], "", old, 0.0, old)]
    if lever.kind.waives:
        return [_waived(lever)]
    used = np.flatnonzero(amounts > 0)
    if lever.kind.by != "city" or used.size <= FEW:
        return [_one(instance, lever, int(k), float(amounts[k])) for k in used]
    return _several(instance, lever, amounts, used)


def _waived(lever: Lever) -> Change:
    path, key = lever.kind.path, lever.keys[0]
    table, _, column = path.partition(".")
    if lever.way == WAIVE:
        flag = path == "services.revenue_backed"
        return Change(f"{table}.{key}.{column} = {str(flag).lower()}", lever, key, "", None, None, None, flag=flag)
    return Change(f"drop {table}.{key}" + (f".{column}" if column else ""), lever, key, "", None, None, None)


def _one(instance: Instance, lever: Lever, k: int, amount: float) -> Change:
    table, _, column = lever.kind.path.rpartition(".")
    key, old = lever.keys[k], float(lever.values[k])
    target = f"{table}.{key}.{column}" if key else lever.kind.path
    step = _step(amount, _quantum(instance, lever, key))
    if column in AMOUNTS and not (column == "fund_available" and _blank(instance, key)):
        change = _outwards(amount, step)
        new = old + lever.way * change
        if new < 0:
            change, new = old, 0.0
        sign = "+" if lever.way == RAISE else "-"
        return Change(f"{target} {sign}= {_text(change)}", lever, key, "", old, new, change)
    new = lever.way * _outwards(lever.way * (old + lever.way * amount), step)
    new = min(max(new, 0.0), lever.kind.most)
    return Change(f"{target} = {_text(new)}", lever, key, "", old, new, abs(new - old))


def _several(instance: Instance, lever: Lever, amounts: np.ndarray, used: np.ndarray) -> list[Change]:
    """One line for each province, or for all cities where provinces are many: all values by the same factor."""
    cities = instance.tables["cities"]
    province = dict(zip(cities["city"], cities["province"], strict=True))
    of = np.array([province[key] for key in lever.keys], dtype=object)
    places = sorted(set(of[used]))
    if np.any(lever.values[used] <= 0):
        return [_one(instance, lever, int(k), float(amounts[k])) for k in used]
    found = []
    for place in places if len(places) <= FEW else [""]:
        own = used[of[used] == place] if place else used
        factor = 1 + float(np.max(amounts[own] / lever.values[own]))
        factor = _outwards(factor, _step(factor - 1, 0.0))
        where = f" where province == '{place}'" if place else ""
        number = int(np.sum(of == place)) if place else len(lever.keys)
        line = f"{lever.kind.path} *= {_text(factor)}{where}"
        found.append(Change(line, lever, "", place, None, None, factor, number))
    return found


def _quantum(instance: Instance, lever: Lever, key: str) -> float:
    if lever.kind.path != "pools.total":
        return 0.0
    return _of_pool(instance, key, "quantum")


def _of_pool(instance: Instance, key: str, column: str) -> float:
    pools = instance.tables["pools"]
    return float(pools.loc[pools["pool"] == key, column].iloc[0])


def _blank(instance: Instance, key: str) -> bool:
    cities = instance.tables["cities"]
    return bool(cities.loc[cities["city"] == key, "fund_available"].isna().iloc[0])


def _step(amount: float, quantum: float) -> float:
    """The step to which an amount is rounded: three figures of it, at least a quantum."""
    step = 10.0 ** (math.floor(math.log10(amount)) - DIGITS) if amount > 0 else 1.0
    return quantum * max(1, math.floor(step / quantum)) if quantum > 0 else step


def _outwards(value: float, step: float) -> float:
    steps = math.ceil(value / step - GRAIN)
    return float(_text(steps * step if step >= 1 else steps / round(1 / step)))


def _text(value: float) -> str:
    return np.format_float_positional(float(f"{value:.12g}") + 0.0, trim="-")
