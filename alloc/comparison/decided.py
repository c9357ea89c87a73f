"""What levers decide besides what the other tables compare: every other column of a decision, side by side by city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from alloc.comparison.pair import Pair, compared
from alloc.formulation.lever import Decision
from alloc.formulation.registry import catalogue
from alloc.result.result import Result
from alloc.result.tables import key_columns

CITY = "city"
COUNTED = ("persons", "10⁴ yuan", "capacity")  # units of which a reader has no use for parts
KEY = ["city", "item", "decision", "table", "column", "unit"]


def decided(pair: Pair, compared_already: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Table `decisions`.

    Args:
        pair: the two results; each has what its own formulation decides.
        compared_already: table of a result -> its columns that other tables compare.
    """
    one, other = (each.by_city(_values(each.result, compared_already)) for each in pair.both)
    order = {key: place for place, key in enumerate(dict.fromkeys([*_columns(one), *_columns(other)]))}
    frame = compared(one, other).reset_index()
    place = [order[key] for key in zip(frame["decision"], frame["column"], strict=True)]
    return frame.assign(place=place).sort_values(["city", "place", "item"], kind="stable", ignore_index=True)


def own(result: Result, compared_already: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Decision, list[str]]]:
    """Decisions of a result that have a table there and a column that is not compared yet, with the table's key."""
    for each in catalogue(result.instance.formulation).decisions.values():
        if each.table in result.tables and set(each.columns) - set(compared_already.get(each.table, ())):
            sets = each.over if len(each.columns) == 1 else each.over[:-1]  # the last one is spread over the columns
            yield each, key_columns(sets)


def _values(result: Result, compared_already: Mapping[str, tuple[str, ...]]) -> pd.Series:
    """Values by `KEY`; where a city has no such number there is none."""
    keys: list[tuple[str, ...]] = []
    numbers: list[float] = []
    for decision, key in own(result, compared_already):
        table = result.tables[decision.table]
        others = [table[name].tolist() for name in key if name != CITY]
        cities = table[CITY].tolist() if CITY in key else [""] * len(table)
        items = [",".join(each) for each in zip(*others, strict=True)] if others else [""] * len(table)
        for column in decision.columns_in(table.columns):
            if column not in compared_already.get(decision.table, ()):
                same = decision.name, decision.table, column, decision.unit
                keys += [(city, item, *same) for city, item in zip(cities, items, strict=True)]
                numbers += table[column].astype(float).tolist()
    index = pd.MultiIndex.from_frame(pd.DataFrame(keys, columns=KEY, dtype=object))
    return pd.Series(numbers, index, float, "value").dropna()


def _columns(values: pd.Series) -> list[tuple[str, str]]:
    """Decision and column, in the order in which the formulation declares them."""
    pairs = zip(values.index.get_level_values("decision"), values.index.get_level_values("column"), strict=True)
    return list(dict.fromkeys(pairs))


def totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Table `decisions` of one result added up over its cities.

    Args:
        rows: of that result.

    Returns:
        One row for each decision, column and item, in their order: the sums base and other, their change, and of the
        cities how many have more of it (up), how many less (down), and how many only one of the two has (alone).
    """
    key = ["decision", "table", "column", "item", "unit"]
    least = np.where(rows["unit"].isin(COUNTED), 0.5, 0.005)  # less is not to be seen in any city
    counted = rows.assign(
        up=rows["change"] >= least, down=rows["change"] <= -least, alone=rows["base"].isna() != rows["other"].isna(),
    )  # fmt: skip
    found = counted.groupby(key, sort=False)[["base", "other", "up", "down", "alone"]].sum().reset_index()
    # Sums of what does not change are the same to the last digit only by chance.
    still = (found["up"] == 0) & (found["down"] == 0) & (found["alone"] == 0)
    return found.assign(change=(found["other"] - found["base"]).mask(still, 0.0))
