"""The planner's own rows over groups of cities, with their right sides as amounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.steps import Steps
from alloc.instance.where.conditions import Columns, parse

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
    steps: Steps,
    table: pd.DataFrame,
    columns: tuple[pd.DataFrame, NDArray[np.object_], NDArray[np.object_]],
    residents: NDArray[np.float64],
    base_of: Callable[[str, str, str], float],
) -> tuple[LimitRow, ...]:
    """The rows of `limits` in their order, without those that select nothing.

    Args:
        steps: of the derivation.
        table: the table `limits`.
        columns: what a `where` may name: the columns of `cities`, `size_class`, `debt_tier`.
        residents: resident population, persons [n].
        base_of: what the value is multiplied by where it is no amount a resident, by kind, item and basis.
    """
    rows = []
    for limit, quantity, where, sense, basis, value in zip(
        *(steps.texts("limits", table, name) for name in ("limit", "quantity", "where", "sense", "basis")),
        steps.numbers("limits", table, "value").tolist(),
        strict=True,
    ):
        selection = steps(_selected, where, *columns, name=where)
        if not selection.any():
            continue
        kind, _, item = quantity.partition(":")
        if basis == "per_resident":
            base = steps(_residents, residents, selection, name=where)
        else:
            base = base_of(kind, item, basis)
        rows.append(steps(_row, limit, kind, item, sense, float(value * base), selection, name=limit))
    return tuple(rows)


def _selected(
    where: str, cities: pd.DataFrame, size_class: NDArray[np.object_], debt_tier: NDArray[np.object_]
) -> NDArray[np.bool_]:
    return parse(where).evaluate(Columns.beside(cities, {"size_class": size_class, "debt_tier": debt_tier}))


def _residents(residents: NDArray[np.float64], selection: NDArray[np.bool_]) -> float:
    return float(residents[selection].sum())


def _row(limit: str, kind: str, item: str, sense: Sense, amount: float, selection: NDArray[np.bool_]) -> LimitRow:
    return LimitRow(limit=limit, kind=kind, item=item, sense=sense, amount=amount, selection=selection)
