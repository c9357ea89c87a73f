"""What moves a city's number from one year to the next: at most seven drivers, and the driver of every column.

The schema says of every column and setting which driver it has. A change of any cell belongs to the driver of its
column; a pool or a service that only one of two instances has belongs to policy as a whole, with every row that names
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pydantic import BaseModel

from alloc.formulation.columns import NO_DRIVER
from alloc.instance.files.settings_reading import inner_model
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.text import Text

DRIVERS: Mapping[str, Text] = MappingProxyType({
    "totals": Text("资源池总量", "what the pools have"),
    "population": Text("人口", "population"),
    "settlement": Text("落户", "settlement"),
    "debt": Text("债务", "debt"),
    "land": Text("用地绩效", "land performance"),
    "policy": Text("政策规则", "policy"),
    "others": Text("其他数据", "other data"),
})  # fmt: skip


def driver_of(table: str, column: str, cohorts: Iterable[str] = ()) -> str:
    """The driver of a column, or of a setting (table ``settings`` or a list of the settings).

    Args:
        table: name of the table.
        column: of it, or the dotted path of a setting.
        cohorts: columns of ``cities`` that services name; these and their migrants are population, every other
            further column is other data.
    """
    if table in TABLES:
        known = TABLES[table].by_name.get(column)
        if known is not None:
            return known.driver
        return "population" if column.removeprefix("migrant_") in set(cohorts) else "others"
    return _of_setting(column if table == "settings" else table)


def _of_setting(path: str) -> str:
    """The driver of a setting; what the settings do not describe enters no rule."""
    section: type[BaseModel] | None = Settings
    driver: str = NO_DRIVER
    for part in re.sub(r"\[\d+\]", "", path).split("."):
        fields = section.model_fields if section is not None else {}
        found = next((field for name, field in fields.items() if part in (name, field.alias)), None)
        if found is None:
            break
        described = found.json_schema_extra
        driver = str(described["driver"]) if isinstance(described, dict) else NO_DRIVER
        section = inner_model(found.annotation)
    return driver


def row_driver(table: str, key: tuple[str, ...], strangers: Mapping[str, frozenset[str]]) -> str:
    """The driver of a row that only one of two instances has.

    Args:
        table: name of the table.
        key: of the row.
        strangers: table -> keys of it that only one of the two has; a row that names one goes with it.
    """
    names = zip(TABLES[table].columns, key, strict=False)
    if any(value in strangers.get(column.references, frozenset()) for column, value in names if column.references):
        return "policy"
    return TABLES[table].columns[0].driver
