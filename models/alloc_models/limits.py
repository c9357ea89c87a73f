"""Limits: the planner's own rows over groups of cities, or over each of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from alloc.formulation.columns import CONDITION, NO_UNIT, Column
from alloc.formulation.declare import index, parameter, selection
from alloc.formulation.lever import BETWEEN_ITEMS, DROP, LOWER, RAISE, Family, Lever, Number, Quantity, Turn
from alloc.text import Text
from alloc_models.budget import spending

EACH = Column(
    "each", "flag", NO_UNIT, Text("逐市限制", "For each city"),
    Text("是：对所选每个城市分别限制；否或空缺：限制其合计。",
         "True: one limit for every city that is selected; false or blank: one for their sum."),
    required=False, driver="policy",
)  # fmt: skip
VERSUS = Column(
    "versus", "text", NO_UNIT, Text("对照城市", "Versus"),
    Text("计算基础为“relative”时，与之比较人均数的城市；条件写法同城市范围，不得与之重叠。",
         "With the basis relative, the cities whose amount a resident it is compared with: a condition as in where, "
         "of cities that where does not select."),
    required=False, driver="policy", merging=CONDITION,
)  # fmt: skip


def declare(m: Any, data: Any) -> None:
    """What each row of `limits` sums up, and between which amounts or multiples of other sums."""
    rows = data.limits
    scale = np.ones(len(rows))
    index(m, "limits", [row.limit for row in rows])
    for quantity in _summed_up(m):
        size = np.asarray(m.sizes[quantity.unit])
        for k, row in enumerate(rows):
            if row.kind == quantity.name:
                scale[k] = size[_places(m, quantity, row)][0] if size.ndim else size
        _select(m, f"limited_{quantity.name}", quantity, rows, lambda row: row.selection)
        if _compared(data):
            _select(m, f"versus_{quantity.name}", quantity, rows, lambda row: row.versus)
    amount = np.array([row.amount for row in rows], dtype=float)
    sense = np.array([row.sense for row in rows], dtype=object)
    parameter(m, "limit_least", np.where(sense == "<=", -np.inf, amount), m.limits)
    parameter(m, "limit_most", np.where(sense == ">=", np.inf, amount), m.limits)
    if _compared(data):
        parameter(m, "limit_of_versus", [row.of_versus for row in rows], m.limits)
    if _spent(data):
        parameter(m, "limit_of_spending", [row.of_spending for row in rows], m.limits)
        chosen = np.array([row.selection & (row.of_spending != 0) for row in rows])
        selection(m, "limited_by_spending", m.limits, (m.cities,), chosen)
    m.sizes["limit"] = scale


def _summed_up(m: Any) -> list[Quantity]:
    """The quantities of which the model has anything: those of a set that it has not are in no row."""
    return [each for each in m.quantities.values() if not each.over or m.component(each.over) is not None]


def _compared(data: Any) -> bool:
    """Whether some row compares cities with others."""
    return any(row.versus is not None for row in data.limits)


def _spent(data: Any) -> bool:
    """Whether some row is a multiple of what its cities spend."""
    return any(row.of_spending for row in data.limits)


def _places(m: Any, quantity: Quantity, row: Any) -> list[int]:
    """Where the items of a row stand."""
    known = list(getattr(m, quantity.over))
    return [known.index(item) for item in row.item.split(BETWEEN_ITEMS)]


def _select(m: Any, name: str, quantity: Quantity, rows: Any, cities: Callable[[Any], Any]) -> None:
    """Of each row what it sums up of a quantity over some cities; nothing where it sums up another one."""
    over = [m.cities, *([getattr(m, quantity.over)] if quantity.over else [])]
    chosen = np.zeros((len(rows), *(len(one) for one in over)), dtype=bool)
    for k, row in enumerate(rows):
        if row.kind == quantity.name and cities(row) is not None:
            for at in [(place,) for place in _places(m, quantity, row)] if quantity.over else [()]:
                chosen[k, :, *at] = cities(row)
    selection(m, name, m.limits, tuple(over), chosen)


def group_limit(m: Any, k: Any) -> Any:
    """limit_least ≤ the sum that `quantity` and `where` name, less multiples of other sums ≤ limit_most.

    These are of_spending · spending of the same cities, or of_versus · the same sum over the cities of `versus`.
    """
    return m.limit_least[k], _left(m, k), m.limit_most[k]


def _left(m: Any, k: Any) -> Any:
    left = _all(m, k, "limited")
    if m.component("limit_of_versus") is not None:
        left = left - m.limit_of_versus[k] * _all(m, k, "versus")
    if m.component("limit_of_spending") is not None:
        left = left - m.limit_of_spending[k] * sum(spending(m, c) for c in m.limited_by_spending[k])
    return left


def _all(m: Any, k: Any, over: str) -> Any:
    return reduce(add, (_sum(m, k, quantity, over) for quantity in _summed_up(m)))


def _sum(m: Any, k: Any, quantity: Quantity, over: str) -> Any:
    """The part of a row that sums up a quantity; nothing where it sums up another one."""
    chosen = getattr(m, f"{over}_{quantity.name}")[k]
    if quantity.over:
        return sum(quantity.term(m, c, item) for c, item in chosen)
    return sum(quantity.term(m, c) for c in chosen)


LEVER = Lever(
    "limits",
    __name__,
    declare,
    families=(Family("group_limit", ("limits",), group_limit, item="limits", shared=True, rounded=True),),
    numbers=(
        Number("limits.value", "planner", "limit", (
            Turn((RAISE, LOWER), ("group_limit",)), Turn((RAISE, LOWER), ("group_limit",), multiplies=True),
            Turn((DROP,), ("group_limit",)),
        ), priced=True),
    ),
    columns={"limits": (EACH, VERSUS)},
)  # fmt: skip
