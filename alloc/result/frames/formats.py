"""How a workbook shows the numbers of a result: decimals by the unit of their column, and of amounts by their pool.

What is shown only: cells hold the numbers as they are, which where a solver decided has digits that mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd

from alloc.content.figures import published_decimals
from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, PERSONS, POOL_UNITS, SERVICE_UNITS
from alloc.instance.instance import Instance
from alloc.result.frames.units import LIMIT_UNIT, TIER_UNIT, formats_of_rows, units_of_rows
from alloc.text import Text

WHOLE, TWO, SHARES, NUMBERS = "#,##0", "#,##0.00", "0.0%", "0.00000"
SHARE, RATIO, FACILITIES = Text("比例", "share"), Text("倍", "ratio"), Text("个", "facilities")
FORMATS: Mapping[str, str] = {
    unit.en: form
    for form, units in (
        (WHOLE, (MONEY, MONEY_A_YEAR, PERSONS, SERVICE_UNITS)),
        (TWO, (HECTARES,)),
        ("0.000", (RATIO,)),
        ("#,##0.0", (FACILITIES,)),
        (SHARES, (SHARE,)),
    )
    for unit in units
}
OF_COLUMNS: Mapping[tuple[str, str], str] = {
    ("people", "score"): "0.000", ("people", "score_before"): "0.000",  # of 1
    ("tiers", "gap"): "0.000%", ("tiers", "seconds"): "0.00", ("families", "violation"): "0.0E+00",
    ("rounding", "off"): TWO,
    ("people", "settle_limit"): TWO,  # of whole persons half a one looks like one more than settle
}  # fmt: skip
ALLOCATION, LAND, PUBLISHED = "allocation", "land", "published"
HIGHEST = 6  # decimals


def column_format(instance: Instance, table: str, column: str, unit: Text, flat: pd.DataFrame) -> str | Sequence[str]:
    """The format of a column of numbers, or of each of its cells; empty where its unit says nothing.

    Args:
        instance: whose pools have their quanta.
        table: of the result.
        column: of the table, by its name.
        unit: of the column; where it depends on the pool, so do the decimals, with two more in a row that publishes
            what is no multiple of the quantum.
        flat: the table, with its keys as columns.
    """
    if not pd.api.types.is_float_dtype(flat[column]):
        return ""
    if (table, column) in OF_COLUMNS:
        return OF_COLUMNS[table, column]
    if "pool" in flat and (table == ALLOCATION or unit == POOL_UNITS):
        pools = instance.tables["pools"]
        named = zip(pools["pool"], pools["kind"], pools["quantum"], strict=True)
        known = {pool: _decimals(kind, quantum) for pool, kind, quantum in named}
        decimals = [known.get(pool, 0) for pool in flat["pool"]]
        if PUBLISHED in flat:
            decimals = list(map(published_decimals, flat[PUBLISHED], decimals))
        return [f"{WHOLE}.{'0' * each}" if each else WHOLE for each in decimals]
    if unit in (TIER_UNIT, LIMIT_UNIT):
        return formats_of_rows(units_of_rows(instance, unit, flat, "en"), NUMBERS, FORMATS)
    return FORMATS.get(unit.en, "")


def _decimals(kind: str, quantum: float) -> int:
    """Of the amounts of a pool: two of hectares, of money those that its quantum has."""
    part = Decimal(repr(float(quantum))).normalize().as_tuple().exponent
    return max(2 if kind == LAND else 0, min(HIGHEST, -int(part)))
