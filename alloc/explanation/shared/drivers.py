"""What moves a city's number from one year to the next: at most seven drivers, and the driver of every column.

The one table of column and driver. A change of any cell belongs to the driver of its column; a pool or a service that
only one of two instances has belongs to policy as a whole, with every row that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from alloc.instance.schema.tables import TABLES
from alloc.text import Text

DRIVERS: Mapping[str, Text] = MappingProxyType({
    "pool_total": Text("资源池总量", "what the pools have"),
    "population": Text("人口", "population"),
    "settlement": Text("落户", "settlement"),
    "debt": Text("债务", "debt"),
    "land": Text("用地绩效", "land performance"),
    "policy": Text("政策规则", "policy"),
    "others": Text("其他数据", "other data"),
})  # fmt: skip
NONE = "none"  # the driver of what enters no rule: titles, units in words, sources


def _all(driver: str, *columns: str) -> dict[str, str]:
    return dict.fromkeys(columns, driver)


_RULES = ("earmarks", "overrides", "factors", "limits")  # tables that are policy as a whole

COLUMNS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "cities": {
        **_all("population", "residents", "urban_residents", "size_population", "migrants_cross", "migrants_within"),
        **_all("settlement", "settled_last", "willingness", "settlement_quota"),
        **_all("land", "built_up", "idle", "production_request", "boundary_left", "farmland_share", "farmland_offset",
               "stock_base", "productivity"),
        **_all("debt", "interest", "maturing", "debt_general", "debt_special", "limit_general", "limit_special"),
        **_all("others", "city", "name", "province", "province_name", "name_en", "cluster", "role", "lon", "lat",
               "revenue", "fund_revenue", "fund_available", "other_transfers", "essential_spending"),
    },
    "services": {
        **_all("policy", "service", "cohort", "norm", "minimum", "entitlement", "weight", "expansion_limit",
               "growth_limit", "settlement_prerequisite", "restricted", "revenue_backed"),
        **_all("others", "capital_cost", "running_cost", "area", "module"),
        **_all(NONE, "title_zh", "title_en", "unit_zh", "unit_en"),
    },
    "capacity": _all("others", "city", "service", "capacity"),
    "pools": {
        **_all("pool_total", "total", "reserve"),
        **_all("policy", "pool", "kind", "use", "bond_class", "exhaust", "floor_multiple", "cap_multiple",
               "corridor_down", "corridor_up", "quantum"),
        **_all(NONE, "title_zh", "title_en"),
    },
    "last_year": _all("others", "city", "pool", "amount"),
    "factors": _all("policy", "pool", "factor", "weight"),
    "earmarks": {**_all("policy", "city", "pool", "amount"), "reason": NONE},
    "overrides": {**_all("policy", "city", "pool", "amount"), **_all(NONE, "reason", "approved_by")},
    "limits": {
        **_all("policy", "limit", "quantity", "where", "sense", "value", "basis"),
        **_all(NONE, "title_zh", "title_en", "owner", "source"),
    },
    "sources": _all(NONE, "table", "column", "status", "source", "year", "note"),
})  # fmt: skip

# Settings by the start of their dotted path, the longest that fits counts; the rest of them enters no rule.
SETTINGS: Mapping[str, str] = MappingProxyType({
    "policy.settlement.willingness": "settlement",
    "policy": "policy",
    "objective": "policy",
})  # fmt: skip


def driver_of(table: str, column: str, cohorts: Iterable[str] = ()) -> str:
    """The driver of a column, or of a setting (table ``settings`` or a list of the settings).

    Args:
        table: name of the table.
        column: of it, or the dotted path of a setting.
        cohorts: columns of ``cities`` that services name; these and their migrants are population, every other
            further column is other data.
    """
    if table in COLUMNS:
        known = COLUMNS[table].get(column)
        if known is not None:
            return known
        return "population" if column.removeprefix("migrant_") in set(cohorts) else "others"
    path = column if table == "settings" else table
    fits = [start for start in SETTINGS if path == start or path.startswith((f"{start}.", f"{start}["))]
    return SETTINGS[max(fits, key=len)] if fits else NONE


def row_driver(table: str, key: tuple[str, ...], strangers: Mapping[str, frozenset[str]]) -> str:
    """The driver of a row that only one of two instances has.

    Args:
        table: name of the table.
        key: of the row.
        strangers: table -> keys of it that only one of the two has; a row that names one goes with it.
    """
    if table in ("pools", "services") or table in _RULES:
        return "policy"
    names = zip(TABLES[table].columns, key, strict=False)
    if any(value in strangers.get(column.references, frozenset()) for column, value in names if column.references):
        return "policy"
    return COLUMNS[table][TABLES[table].key[0]]
