"""Columns of ``cities`` that cohorts and factors name: which hold numbers, and which cells of the others do not."""

from __future__ import annotations

from collections.abc import Mapping

from alloc.instance.cells import looks_numeric
from alloc.instance.files.sheets import Mask, Sheet
from alloc.instance.findings import Finding
from alloc.text import Text


def check_columns(sheets: Mapping[str, Sheet]) -> list[Finding]:
    """One finding for every cell that is no number in a column that is meant to hold numbers, and mostly does."""
    cities, services = sheets["cities"], sheets["services"]
    if not cities.given:
        return []
    cohorts = [
        name for column in ("cohort", "plan_cohort") if services.has(column) for name in services.texts(column).tolist()
    ]
    named = {*cohorts, *(f"migrant_{name}" for name in cohorts)}
    for factors in (sheets["factors"], sheets["scheme_factors"]):
        named.update(factors.texts("factor").tolist() if factors.has("factor") else [])
    named.update(sheets["pools"].texts("link_factor").tolist() if sheets["pools"].has("link_factor") else [])
    findings: list[Finding] = []
    for name in sorted(named):
        if mostly_numbers(cities, name):
            message = Text("{name} 列的这一格不是一个数。", "This cell of the column {name} is not a number.")
            remedy = Text("写一个数；没有就写 0。", "Write a number; 0 where there is none.")
            findings += cities.find(_words(cities, name), name, "not_a_number", message, remedy, name=name)
    return findings


def numeric_columns(cities: Sheet) -> list[str]:
    """The columns of numbers, also those that have to be there and are not, which is a fault of its own."""
    required = [column.name for column in cities.table.columns if column.numeric and column.required]
    given = [name for name in cities.columns if cities.has(name) and cities.is_numeric(name)]
    return list(dict.fromkeys([*given, *required]))


def mostly_numbers(cities: Sheet, name: str) -> bool:
    """Whether a column of texts holds words in fewer than half of its cells: words that are slips, then."""
    if not cities.has(name) or cities.is_numeric(name) or name in cities.table.by_name:
        return False
    return 2 * int(_words(cities, name).sum()) < int((~cities.blank(name)).sum())


def _words(cities: Sheet, name: str) -> Mask:
    """Which cells hold something that is no number."""
    return ~cities.holds(name, lambda text: looks_numeric([str(text)])) & ~cities.blank(name)
