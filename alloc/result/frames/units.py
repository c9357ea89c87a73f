"""Units of columns whose rows differ in theirs: of a tier, a limit, a pool, a service or a programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from alloc.content.figures import tier_unit, unit_title
from alloc.formulation.columns import HECTARES, MONEY, PERSONS, POOL_UNITS, SERVICE_UNITS
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.limits import key_of
from alloc.instance.instance import Instance
from alloc.text import Text

TIER_UNIT = Text("该目标的单位", "unit of the tier")
LIMIT_UNIT = Text("该限额的单位", "unit of the limit")
PROGRAMME_UNITS = Text("该项目的计量单位", "units of the programme")
# What says a column's unit -> the column by which its rows have theirs.
MIXED: Mapping[Text, str] = {
    TIER_UNIT: "tier", LIMIT_UNIT: "limit", POOL_UNITS: "pool", SERVICE_UNITS: "service", PROGRAMME_UNITS: "programme",
}  # fmt: skip
UNIT = Text("单位", "unit")
# Quantity of a limit without an item -> its unit.
QUANTITIES: Mapping[str, Text] = {
    "settle": PERSONS, "extend": PERSONS, "transfers": MONEY, "bonds": MONEY, "spending": MONEY, "land_use": HECTARES,
}  # fmt: skip


def units_of_rows(instance: Instance, mixed: Text, flat: pd.DataFrame, language: str) -> list[str]:
    """What the numbers of each row are counted in, "" for a mere number.

    Args:
        instance: of the result.
        mixed: what says the column's unit, one of `MIXED`.
        flat: the table, with its keys as columns.
        language: ``zh`` or ``en``.
    """
    by = MIXED[mixed]
    keys = flat[by].map(str)
    if by == "tier":
        tiers = catalogue_for(instance.settings).tiers
        known = {name: tier_unit(tier.unit, 0.0)[0].said(language) for name, tier in tiers.items()}
    elif by == "limit":
        known = _of_limits(instance, language)
        keys = keys.map(key_of)
    else:
        known = _of_items(instance, by, language)
    return [known.get(key, "") for key in keys]


def decimals_in(unit: str) -> int:
    """Decimals of an amount in the unit of its row, as tables to read show it: persons, places and money are whole."""
    return 2 if unit in ("", *HECTARES) else 0


def _of_items(instance: Instance, kind: str, language: str) -> dict[str, str]:
    table = instance.tables[f"{kind}s"]
    if kind == "pool":
        units = [(HECTARES if each == "land" else MONEY).said(language) for each in table["kind"]]
        return dict(zip(table[kind], units, strict=True))
    return dict(zip(table[kind], table[f"unit_{language}"], strict=True))


def _of_limits(instance: Instance, language: str) -> dict[str, str]:
    items = {code: unit for kind in ("pool", "service", "programme")
             for code, unit in _of_items(instance, kind, language).items()}  # fmt: skip
    known = {}
    table = instance.tables["limits"]
    for limit, quantity in zip(table["limit"], table["quantity"], strict=True):
        kind, _, item = quantity.partition(":")
        known[limit] = QUANTITIES[kind].said(language) if kind in QUANTITIES else items.get(item.partition("+")[0], "")
    return known


def formats_of_rows(units: Sequence[str], numbers: str, known: Mapping[str, str]) -> list[str]:
    """How a workbook shows each of some rows.

    Args:
        units: of the rows.
        numbers: the format of a mere number.
        known: unit in English -> format; other units are whole.
    """
    said = {unit_title(unit, language): form for unit, form in known.items() for language in ("zh", "en")}
    return [said.get(unit, known[SERVICE_UNITS.en]) if unit else numbers for unit in units]
