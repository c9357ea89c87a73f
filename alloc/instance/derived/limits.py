"""The planner's own rows over groups of cities, with their right sides as amounts or as multiples of decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.lever import BETWEEN_ITEMS
from alloc.instance.derived.steps import Steps
from alloc.instance.where.conditions import Columns, parse
from alloc.text import Text

Sense = Literal["<=", ">=", "="]
OF_CITY = "/"  # between the key of a limit and the city that one of its rows is of; no key has it in it


@dataclass(frozen=True, eq=False, kw_only=True)
class LimitRow:
    """One row of the model: a sum over `selection`, `sense`, `amount` and what the right side has of decisions.

    Attributes:
        limit: name of the row: the key in the table, behind it the city where there is a row for each.
        kind: the quantity that is summed up.
        item: of the quantity, as a pool, a service or a use of land; "" where it has none, several with + between them.
        sense: <=, >= or =.
        amount: right side, in the unit of the left side; 0 where it is a multiple of decisions.
        selection: the cities that are summed up [n].
        of_spending: how many times the spending of these cities the right side is, 0 where it is none.
        of_versus: how many times the same sum over `versus` the right side is, 0 where it is none.
        versus: the cities that they are compared with [n], None for none.
    """

    limit: str
    kind: str
    item: str
    sense: Sense
    amount: float
    selection: NDArray[np.bool_]
    of_spending: float = 0.0
    of_versus: float = 0.0
    versus: NDArray[np.bool_] | None = None

    @property
    def items(self) -> list[str]:
        """What it sums up of the quantity; several are of one unit."""
        return self.item.split(BETWEEN_ITEMS)

    @property
    def key(self) -> str:
        """The key of its row in the table."""
        return key_of(self.limit)

    @property
    def basis(self) -> str:
        """What the right side is counted in: "" for an amount, else what it is a multiple of."""
        return "relative" if self.versus is not None else "spending" if self.of_spending else ""


def key_of(limit: str) -> str:
    """The key in the table of a row of the model."""
    return limit.partition(OF_CITY)[0]


def city_of(limit: str) -> str:
    """The city that a row of the model is of; "" where it is over all that the limit selects."""
    return limit.partition(OF_CITY)[2]


def title_of(tables: Mapping[str, pd.DataFrame], limit: str) -> Text:
    """What a row of the model is called: the title of its limit, and the city that it is of."""
    table, cities = tables["limits"], tables["cities"]
    row = table[table["limit"] == key_of(limit)].iloc[0]
    if not city_of(limit):
        return Text(str(row["title_zh"]), str(row["title_en"]))
    city = cities[cities["city"] == city_of(limit)].iloc[0]
    return Text(f"{row['title_zh']}，{city['name']}", f"{row['title_en']}, {city['name_en'] or city['name']}")


def published_step(derived: Any, known: Any, row: LimitRow) -> float:
    """What the sum of a row is published in: the finest quantum of its pools, a person; 0 where it is not published.

    Args:
        derived: the derived data.
        known: the catalogue.
        row: the row.
    """
    quantity, counted = known.quantities[row.kind], known.counted
    if quantity.pools is not None:
        return float(derived.quantum[quantity.pools(derived, row.item)].min())
    return float(counted is not None and row.kind == counted.name)


def limit_rows(
    steps: Steps,
    table: pd.DataFrame,
    columns: tuple[pd.DataFrame, NDArray[np.object_], NDArray[np.object_]],
    residents: NDArray[np.float64],
    base_of: Callable[[str, str, str, NDArray[np.bool_]], float],
) -> tuple[LimitRow, ...]:
    """The rows of `limits` in their order, without those that select nothing; those for each city by city.

    Args:
        steps: of the derivation.
        table: the table `limits`.
        columns: what a `where` may name: the columns of `cities`, `size_class`, `debt_tier`.
        residents: resident population, persons [n].
        base_of: what the value is multiplied by where it is no amount a resident, by kind, item, basis
            and the cities that are summed up.
    """
    rows: list[LimitRow] = []
    names = ("limit", "quantity", "where", "sense", "basis", "versus")
    for limit, quantity, where, sense, basis, versus, each, value in zip(
        *(steps.texts("limits", table, name) for name in names),
        steps.flags("limits", table, "each"),
        steps.numbers("limits", table, "value").tolist(),
        strict=True,
    ):
        selection = steps(_selected, where, *columns, name=where)
        if not selection.any():
            continue
        kind, _, item = quantity.partition(":")
        against = steps(_selected, versus, *columns, name=versus) if basis == "relative" else None
        for name, chosen in _by_city(limit, selection, columns[0]) if each else ((limit, selection),):
            of: dict[str, Any]
            if basis == "per_resident":
                of = {"amount": value * steps(_residents, residents, chosen, name=name)}
            elif basis == "spending":
                of = {"amount": 0.0, "of_spending": value}
            elif against is not None:
                own, others = float(residents[chosen].sum()), float(residents[against].sum())
                of = {"amount": 0.0, "of_versus": value * own / others if others else 0.0, "versus": against}
            else:
                of = {"amount": float(value * base_of(kind, item, basis, chosen))}
            rows.append(steps(_row, name, kind, item, sense, of, chosen, name=name))
    return tuple(rows)


def _by_city(limit: str, selection: NDArray[np.bool_], cities: pd.DataFrame) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    codes, places = cities["city"].to_numpy(), np.arange(len(selection))
    for place in np.flatnonzero(selection):
        yield f"{limit}{OF_CITY}{codes[place]}", places == place


def _selected(
    where: str, cities: pd.DataFrame, size_class: NDArray[np.object_], debt_tier: NDArray[np.object_]
) -> NDArray[np.bool_]:
    return parse(where).evaluate(Columns.beside(cities, {"size_class": size_class, "debt_tier": debt_tier}))


def _residents(residents: NDArray[np.float64], selection: NDArray[np.bool_]) -> float:
    return float(residents[selection].sum())


def _row(limit: str, kind: str, item: str, sense: Sense, of: dict[str, Any], selection: NDArray[np.bool_]) -> LimitRow:
    return LimitRow(limit=limit, kind=kind, item=item, sense=sense, selection=selection, **of)
