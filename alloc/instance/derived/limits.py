"""The planner's own rows over groups of cities, with their right sides as amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.frames import numbers, texts
from alloc.instance.where.conditions import Column, Columns, parse

Sense = Literal["<=", ">=", "="]


@dataclass(frozen=True, eq=False, kw_only=True)
class LimitRow:
    """One row of `limits` that selects at least one city: a sum over `selection`, `sense`, `amount`.

    Attributes:
        limit: key of the row.
        kind: the quantity that is summed up.
        item: of the quantity, as a pool, a service or a use of land; "" where it has none.
        sense: <=, >= or =.
        amount: right side, in the unit of the left side.
        selection: the cities that are summed up [n].
    """

    limit: str
    kind: str
    item: str
    sense: Sense
    amount: float
    selection: NDArray[np.bool_]


def limit_rows(
    table: pd.DataFrame,
    columns: Mapping[str, Column],
    residents: NDArray[np.float64],
    whole: Callable[[str, str], float],
    selections: Mapping[str, NDArray[np.bool_]] = MappingProxyType({}),
) -> tuple[LimitRow, ...]:
    """The rows of `limits` in their order, without those that select nothing.

    Args:
        table: the table `limits`.
        columns: what a `where` may name: the columns of `cities`, `size_class`, `debt_tier`.
        residents: resident population, persons [n].
        whole: what a share is a share of, by kind and item.
        selections: `where` -> cities that it is known to select; what is not known is worked out once.
    """
    rows = []
    known = dict(selections)
    seen = Columns({name: partial(columns.__getitem__, name) for name in columns})
    for limit, quantity, where, sense, basis, value in zip(
        *(texts(table, name) for name in ("limit", "quantity", "where", "sense", "basis")),
        numbers(table, "value").tolist(),
        strict=True,
    ):
        if where not in known:
            known[where] = parse(where).evaluate(seen)
        selection = known[where]
        if not selection.any():
            continue
        kind, _, item = quantity.partition(":")
        base = 1.0
        if basis != "amount":
            base = whole(kind, item) if basis == "share" else float(residents[selection].sum())
        rows.append(
            LimitRow(
                limit=limit,
                kind=kind,
                item=item,
                sense=sense,
                amount=float(value * base),
                selection=selection,
            )
        )
    return tuple(rows)
