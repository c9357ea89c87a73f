"""Changes as lines that ``--edit`` takes: amounts rounded outwards, to what a planner would write."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from alloc.explanation.infeasibility.adjustments import Adjustment, greatest
from alloc.explanation.shared.values import blank, column_of, values_of
from alloc.formulation.lever import LOWER, RAISE, WAIVE
from alloc.instance.instance import Instance
from alloc.instance.schema.tables import TABLES
from alloc.tolerances import INTEGRALITY

DIGITS = 2  # further ones of a change beyond its first
TWICE = 2  # as much as is needed, and no more, for the sake of whole multiples
MULTIPLES = 1000  # steps in which a total is sought of which whole quanta are given out
FEW = 6  # cities or provinces that are named one by one


@dataclass(frozen=True)
class Change:
    """One line of a repair.

    Attributes:
        line: as ``--edit`` takes it.
        adjustment: whose it is.
        key: of the one value that it changes, "" where it changes several.
        where: the places whose values it changes: "" for one value or all, else the code of a province.
        old, new: the value before and after; None where it changes several or does without a rule.
        change: by how much, in the unit of the column; for several values the factor; None where a rule is waived.
        cities: how many values it changes.
        flag: what it sets, of a column that is true or false.
    """

    line: str
    adjustment: Adjustment
    key: str
    where: str
    old: float | None
    new: float | None
    change: float | None
    cities: int = 1
    flag: bool | None = None


def changes(instance: Instance, adjustment: Adjustment, amounts: np.ndarray) -> list[Change]:
    """The lines that change the values of an adjustment by at least `amounts`."""
    if adjustment.turn.waives:
        return [_waived(instance, adjustment)]
    used = np.flatnonzero(amounts > 0)
    if adjustment.number.by != "city" or used.size <= FEW:
        return [_one(instance, adjustment, int(k), float(amounts[k])) for k in used]
    return _several(instance, adjustment, amounts, used)


def drops_row(adjustment: Adjustment) -> bool:
    """Whether to do without a rule is to do without its row of a table."""
    column, table = column_of(adjustment.number.path), adjustment.number.path.rpartition(".")[0]
    drops = adjustment.turn.waives and adjustment.way != WAIVE
    return drops and column is not None and column.required and not TABLES[table].required


def _target(adjustment: Adjustment, key: str) -> str:
    table, _, name = adjustment.number.path.rpartition(".")
    return f"{table}.{key}.{name}" if key else adjustment.number.path


def _waived(instance: Instance, adjustment: Adjustment) -> Change:
    path, key = adjustment.number.path, adjustment.keys[0]
    target, column = _target(adjustment, key), column_of(path)
    if adjustment.way == WAIVE:
        flag = adjustment.turn.sets
        return Change(f"{target} = {str(flag).lower()}", adjustment, key, "", None, None, None, flag=flag)
    if drops_row(adjustment):
        return Change(f"drop {target.rpartition('.')[0]}", adjustment, key, "", None, None, None)
    if column is not None and column.required:
        keys, values = values_of(instance, path)
        old = float(values[keys.index(key)])
        return Change(f"{target} = 0", adjustment, key, "", old, 0.0, old)
    return Change(f"drop {target}", adjustment, key, "", None, None, None)


def _one(instance: Instance, adjustment: Adjustment, k: int, amount: float) -> Change:
    number, way, key = adjustment.number, adjustment.way, adjustment.keys[k]
    target, old = _target(adjustment, key), float(adjustment.values[k])
    amount += adjustment.published.lost if way == LOWER else 0.0
    left = old + way * amount
    step = _step(min(amount, left) if left > 0 else amount, adjustment.published.each)  # figures of what stays
    if number.amount and not blank(instance, number.path, key):
        change = _given_in_quanta(adjustment, old, _outwards(amount, step), step)
        new = old + way * change
        if new < 0:
            change, new = old, 0.0
        sign = "+" if way == RAISE else "-"
        return Change(f"{target} {sign}= {_text(change)}", adjustment, key, "", old, new, change)
    new = way * _outwards(way * (old + way * amount), step)
    new = min(max(new, 0.0), greatest(instance, number))
    return Change(f"{target} = {_text(new)}", adjustment, key, "", old, new, abs(new - old))


def _given_in_quanta(adjustment: Adjustment, old: float, change: float, step: float) -> float:
    """The least change from one on, in steps, with which what is given out of a total is a multiple of its quantum; the
    change itself where that would take more than twice as much."""
    share, quantum = adjustment.published.share, adjustment.published.each
    if share == 1 or not quantum:
        return change
    for number in range(MULTIPLES):
        further = _outwards(change + number * step, step)
        if further > TWICE * change:
            break
        quanta = (old + adjustment.way * further) * share / quantum
        if abs(quanta - round(quanta)) <= INTEGRALITY:
            return further
    return change


def _several(instance: Instance, adjustment: Adjustment, amounts: np.ndarray, used: np.ndarray) -> list[Change]:
    """One line for each province, or for all cities where provinces are many: all values by the same factor."""
    cities = instance.tables["cities"]
    province = dict(zip(cities["city"], cities["province"], strict=True))
    of = np.array([province[key] for key in adjustment.keys], dtype=object)
    places = sorted(set(of[used]))
    if np.any(adjustment.values[used] <= 0):
        return [_one(instance, adjustment, int(k), float(amounts[k])) for k in used]
    found = []
    for place in places if len(places) <= FEW else [""]:
        own = used[of[used] == place] if place else used
        share, way = float(np.max(amounts[own] / adjustment.values[own])), adjustment.way
        factor = max(way * _outwards(way * (1 + way * share), _step(share, 0.0)), 0.0)
        where = f" where province == '{place}'" if place else ""
        number = int(np.sum(of == place)) if place else len(adjustment.keys)
        line = f"{adjustment.number.path} *= {_text(factor)}{where}"
        found.append(Change(line, adjustment, "", place, None, None, factor, number))
    return found


def _step(amount: float, quantum: float) -> float:
    """The step to which an amount is rounded: three figures of it, at least a quantum."""
    step = 10.0 ** (math.floor(math.log10(amount)) - DIGITS) if amount > 0 else 1.0
    return quantum * max(1, math.floor(step / quantum)) if quantum > 0 else step


def _outwards(value: float, step: float) -> float:
    steps = math.ceil(value / step - INTEGRALITY)
    return float(_text(steps * step if step >= 1 else steps / round(1 / step)))


def _text(value: float) -> str:
    return np.format_float_positional(float(f"{value:.12g}") + 0.0, trim="-")
