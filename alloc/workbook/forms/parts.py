"""Which cells of an instance stand on whose form: columns of cities, rows of services, rows of pools."""

from __future__ import annotations

from dataclasses import dataclass, replace

from alloc.formulation.columns import NO_DRIVER, NO_UNIT, Column
from alloc.instance.cells import looks_numeric
from alloc.instance.schema.columns import Table
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.suppliers import OF_COHORTS, OF_KIND, OF_SERVICE, SUPPLIERS
from alloc.instance.schema.tables import SOURCES, TABLES
from alloc.instance.statuses import item_column
from alloc.text import Text
from alloc.workbook.content import Columns, Content

# What the departments say of the cells of a row: how sure they are, and where they come from.
SAID = tuple(replace(SOURCES.by_name[name], required=False) for name in ("status", "source", "year", "note"))
STATUS = "published"  # of a cell that a department fills in and says nothing else of


@dataclass(frozen=True)
class Part:
    """The rows and columns of one table that a department fills in.

    Attributes:
        table: of the instance.
        columns: to be filled in.
        items: services or pools of the rows; empty where a city has one row.
    """

    table: Table
    columns: tuple[Column, ...]
    items: tuple[str, ...] = ()

    @property
    def item(self) -> str:
        """The column that names a row's service or pool; "" where there is none."""
        return item_column(self.table.name)

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The columns that say which record a row is of, each with the table of these records."""
        items = ((self.item, self.table.by_name[self.item].references),) if self.item else ()
        return (("city", TABLES["cities"].name), *items)

    @property
    def form(self) -> Table:
        """Its sheet as a table: the key, what is to be filled in, and what is said of it."""
        keys = tuple(column for column in self.table.columns if column.key)
        columns = (*keys, *(replace(column, required=False) for column in self.columns), *SAID)
        return replace(self.table, columns=columns, required=False, open=False, joined=frozenset())


def parts_of(content: Content, supplier: str) -> list[Part]:
    """What stands on the form of a department.

    Args:
        content: the instance, right or wrong.
        supplier: a key of the suppliers.
    """
    cities, found = TABLES["cities"], list[Part]()
    columns = [column for column in cities.columns if column.supplier == supplier]
    columns += _cohorts(content) if supplier == OF_COHORTS else []
    if columns:
        found.append(Part(cities, tuple(columns)))
    services = _texts(content, "services", "service")
    kinds = zip(_texts(content, "pools", "pool"), _texts(content, "pools", "kind"), strict=True)
    for name, items in (
        ("capacity", [service for service in services if OF_SERVICE.get(service) == supplier]),
        ("last_year", [pool for pool, kind in kinds if OF_KIND.get(kind) == supplier]),
    ):
        if items:
            table = TABLES[name]
            found.append(Part(table, tuple(each for each in table.columns if not each.key), tuple(items)))
    return found


def suppliers_of(content: Content) -> list[str]:
    """The departments that have something to fill in, in their order."""
    return [supplier for supplier in SUPPLIERS if parts_of(content, supplier)]


def without_form(content: Content) -> list[str]:
    """Services that stand on nobody's form."""
    return [service for service in _texts(content, "services", "service") if service not in OF_SERVICE]


def _cohorts(content: Content) -> list[Column]:
    """The columns of cities that count whom a service is for, those of migrants beside them."""
    cities = content.tables.get("cities", {})
    names = [name for column in ("cohort", "plan_cohort") for name in _texts(content, "services", column) if name]
    every = [each for name in dict.fromkeys(names) for each in (name, f"migrant_{name}")]
    return [
        Column(name, "count", Text("人", "persons"), city_figure(name)[0], NO_UNIT, required=False, minimum=0,
               driver=NO_DRIVER)
        for name in every
        if name not in TABLES["cities"].by_name and (name in cities or not name.startswith("migrant_"))
        if looks_numeric([str(cell) for cell in cities.get(name, ()) if cell is not None])
    ]  # fmt: skip


def _texts(content: Content, table: str, column: str) -> list[str]:
    cells: Columns = content.tables.get(table, {})
    rows = max((len(each) for each in cells.values()), default=0)
    return [str(cell or "") for cell in cells.get(column, [None] * rows)]
