"""Limits: the planner's own rows over groups of cities."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import numpy as np

from alloc.formulation.declare import index, parameter, selection
from alloc.formulation.lever import DROP, LOWER, RAISE, Family, Lever, Number, Quantity, Turn


def declare(m: Any, data: Any) -> None:
    """What each row of `limits` sums up, and between which amounts."""
    rows = data.limits
    scale = np.ones(len(rows))
    index(m, "limits", [row.limit for row in rows])
    for quantity in m.quantities.values():
        over = [m.cities, *([getattr(m, quantity.over)] if quantity.over else [])]
        chosen = np.zeros((len(rows), *(len(one) for one in over)), dtype=bool)
        size = np.asarray(m.sizes[quantity.unit])
        for k, row in enumerate(rows):
            if row.kind == quantity.name:
                at = (list(over[1]).index(row.item),) if quantity.over else ()
                chosen[(k, slice(None), *at)] = row.selection
                scale[k] = size[at] if size.ndim else size
        selection(m, f"limited_{quantity.name}", m.limits, tuple(over), chosen)
    amount = np.array([row.amount for row in rows], dtype=float)
    sense = np.array([row.sense for row in rows], dtype=object)
    parameter(m, "limit_least", np.where(sense == "<=", -np.inf, amount), m.limits)
    parameter(m, "limit_most", np.where(sense == ">=", np.inf, amount), m.limits)
    m.sizes["limit"] = scale


def group_limit(m: Any, k: Any) -> Any:
    """limit_least ≤ the sum that `quantity` and `where` name ≤ limit_most."""
    return m.limit_least[k], reduce(add, (_sum(m, k, quantity) for quantity in m.quantities.values())), m.limit_most[k]


def _sum(m: Any, k: Any, quantity: Quantity) -> Any:
    """The part of a row that sums up a quantity; nothing where it sums up another one."""
    chosen = getattr(m, f"limited_{quantity.name}")[k]
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
            Turn((RAISE, LOWER), ("group_limit",)), Turn((DROP,), ("group_limit",)),
        ), priced=True),
    ),
)  # fmt: skip
