"""The schema: titles, units and ranges that a planner can be shown."""

from __future__ import annotations

import re

import pytest

from alloc.instance.schema.tables import DERIVED_FACTORS, DERIVED_TEXTS, TABLES
from alloc.instance.suggest import Known
from alloc.text import Text, figure

MORE_THAN_ALL = {  # what may grow to more than twice
    ("services", "expansion_limit"), ("services", "growth_limit"), ("pools", "corridor_up"),
}  # fmt: skip
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_no_header_means_two_columns(table) -> None:
    headers = [
        header.casefold()
        for column in table.columns
        for header in {column.name.replace("_", " "), column.title.en.casefold(), column.title.zh}
    ]
    assert len(set(headers)) == len(headers)


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: part.name)
def test_every_column_is_described(table, column) -> None:
    for text in (column.title, column.note, table.title, table.note):
        assert re.search("[一-鿿]", text.zh)
        assert re.search("[a-z]", text.en)
    assert column.note.zh.endswith("。") and column.note.en.endswith(".")
    assert bool(column.unit.zh) == bool(column.unit.en)
    assert column.required or not column.key or (table.name, column.name) == ("cell_sources", "item")
    assert (column.kind == "enum") == bool(column.values)
    assert not column.references or column.references in TABLES
    assert table.name != "cities" or column.name not in {**DERIVED_FACTORS, **DERIVED_TEXTS}
    if column.kind == "share":
        assert 0 in (column.minimum, column.above)
        assert 1 in (column.maximum, column.below) or (table.name, column.name) in MORE_THAN_ALL
    if column.kind in ("number", "count"):
        assert column.minimum is not None or column.above is not None


def test_keys() -> None:
    assert {table.name: table.key for table in TABLES.values()} == {
        "cities": ("city",),
        "services": ("service",),
        "capacity": ("city", "service"),
        "pools": ("pool",),
        "factors": ("pool", "factor"),
        "last_year": ("city", "pool"),
        "earmarks": ("city", "pool"),
        "overrides": ("city", "pool"),
        "issued": ("city", "pool", "stage"),
        "performance": ("city", "pool"),
        "levels": ("unit", "pool"),
        "limits": ("limit",),
        "groups": ("group",),
        "stay": ("city", "group"),
        "ladder": ("service", "group"),
        "points": ("size_class", "item"),
        "schemes": ("scheme",),
        "scheme_factors": ("scheme", "pool", "factor"),
        "scheme_weights": ("scheme", "column", "value"),
        "programmes": ("programme",),
        "programme_stock": ("city", "programme"),
        "programme_yields": ("programme", "service"),
        "links": ("from", "to", "service", "kind"),
        "sources": ("table", "column"),
        "cell_sources": ("table", "column", "item", "city"),
    }


def test_ranges_in_words() -> None:
    assert TABLES["pools"].by_name["reserve"].range_words == Text("至少 0，小于 1", "at least 0 and below 1")
    assert TABLES["cities"].by_name["residents"].range_words == Text("大于 0", "above 0")
    assert TABLES["cities"].by_name["name"].range_words == Text("", "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (1234567, "1,234,567"), (-1e6, "-1,000,000"), (0.35, "0.35"), (1234.5678, "1,234.57"), (1e-9, "1e-09"),
     (12345678.25, "12,345,678.2"), (float("nan"), "nan"), (1e300, "1e+300")],
)  # fmt: skip
def test_figures(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_nearest_names() -> None:
    names = Known(["residents", "urban_residents", "revenue", "fund_revenue"])
    assert names.nearest("resident") == "residents"
    assert names.nearest("Fund-Revenue") == "fund_revenue"
    assert names.nearest("zzz") is None
    codes = Known(f"{code:06d}" for code in range(110000, 113000))
    assert codes.nearest("11051") == "110051"  # a digit lost
    assert codes.nearest("7112999") == "112999"  # a digit too many
    assert codes.nearest("101051") == "110051"  # two digits swapped
    assert codes.nearest("999999") is None
    assert "110051" in codes and "1" not in codes
