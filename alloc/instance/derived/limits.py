"""The planner's own rows over groups of cities, with their right sides as amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.frames import numbers, texts
from alloc.instance.where.conditions import Column, Columns, parse

LimitKind = Literal["allocation", "settle", "added", "land_use"]
Sense = Literal["<=", ">=", "="]


@dataclass(frozen=True, eq=False, kw_only=True)
class LimitRow:
    """One row of `limits` that selects at least one city: a sum over `selection`, `sense`, `amount`.

    Attributes:
        limit: key of the row.
        kind: what is summed up.
        item: the pool, service or use of land; "" for `settle`.
        sense: <=, >= or =.
        amount: right side, in the unit of the left side.
        selection: the cities that are summed up [n].
    """

    limit: str
    kind: LimitKind
    item: str
    sense: Sense
    amount: float
    selection: NDArray[np.bool_]


def limit_rows(
    table: pd.DataFrame,
    columns: Mapping[str, Column],
    residents: NDArray[np.float64],
    wholes: Mapping[str, float],
    selections: Mapping[str, NDArray[np.bool_]] = MappingProxyType({}),
) -> tuple[LimitRow, ...]:
    """The rows of `limits` in their order, without those that select nothing.

    Args:
        table: the table `limits`.
        columns: what a `where` may name: the columns of `cities`, `size_class`, `debt_tier`.
        residents: resident population, persons [n].
        wholes: what a share is a share of, by `quantity`: the pool, for a use of land all land.
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
        base = {
            "amount": 1.0,
            "share": wholes.get(quantity, np.nan),
            "per_resident": float(residents[selection].sum()),
        }[basis]
        rows.append(
            LimitRow(
                limit=limit,
                kind=cast(LimitKind, kind),
                item=item,
                sense=sense,
                amount=float(value * base),
                selection=selection,
            )
        )
    return tuple(rows)
