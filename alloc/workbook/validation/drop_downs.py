"""What drop-downs offer: names of records, and on a hidden sheet whatever else cells name."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from alloc.content.places import OF_COLUMNS
from alloc.formulation.registry import installed
from alloc.instance.schema.tables import DERIVED_FACTORS, DERIVED_TEXTS, TABLES
from alloc.instance.statuses import by_city
from alloc.workbook.content import Columns, holds_numbers
from alloc.workbook.layout import Layout
from alloc.workbook.validation.lists import OFFERED, RecordLists
from alloc.workbook.words import Names


def drop_downs(
    sheet: Worksheet, lists: RecordLists, layouts: Mapping[str, Layout], tables: Mapping[str, Columns], language: str
) -> dict[tuple[str, str], str]:
    """Fills the hidden sheet with what is offered besides records.

    Args:
        sheet: the sheet that nobody sees.
        lists: what stands on it already.
        layouts: where the columns of every table stand.
        tables: what stands in them.
        language: of the names.

    Returns:
        By table and column, the formula of what its drop-down offers.
    """
    offered = {
        (table.name, column.name): f"={OFFERED}{column.references}"
        for table in TABLES.values() for column in table.columns
        if table.name in layouts and column.references in layouts
    }  # fmt: skip
    known = Names(tables)
    for place, (where, names) in enumerate(_names(layouts, tables).items(), start=2 * len(lists.places)):
        letter = xl_col_to_name(place)
        shown = [known.shown(*where, name, {}) for name in names] if language == "zh" else names
        sheet.write_column(0, place, shown)
        offered[where] = f"={quote_sheetname(sheet.get_name())}!${letter}$1:${letter}${max(1, len(names))}"
    return offered


def _names(layouts: Mapping[str, Layout], tables: Mapping[str, Columns]) -> dict[tuple[str, str], list[str]]:
    """What may be named in columns that name a column, a pool or a service."""
    numeric = [
        shown.name
        for shown in layouts["cities"].columns
        if (shown.column.numeric if shown.column else holds_numbers(tables["cities"].get(shown.name, ())))
    ]
    texts = [
        shown.name
        for shown in layouts["cities"].columns
        if not shown.computed and shown.name not in numeric and (shown.column is None or shown.column.kind == "text")
    ]
    quantities = (
        each for one in installed().values() for lever in one.levers for each in lever.quantities
        if not each.needs or each.needs[0] in tables
    )  # fmt: skip

    def keys(name: str) -> list[str]:
        return [str(key) for key in tables[name].get(TABLES[name].key[0], ()) if key]

    return {
        ("services", "cohort"): numeric,
        ("services", "plan_cohort"): numeric,
        ("factors", "factor"): [*numeric, *DERIVED_FACTORS],
        **({("scheme_factors", "factor"): [*numeric, *DERIVED_FACTORS]} if "scheme_factors" in layouts else {}),
        **({("scheme_weights", "column"): [*texts, *DERIVED_TEXTS]} if "scheme_weights" in layouts else {}),
        ("limits", "quantity"): list(dict.fromkeys(name for each in quantities for name in each.names(keys))),
        ("sources", "table"): [*(name for name, table in TABLES.items() if not table.later), "instance"],
        **{("cities", name): list(titles) for name, titles in OF_COLUMNS.items() if name in layouts["cities"].places},
        **({("cell_sources", "table"): list(filter(by_city, TABLES))} if "cell_sources" in layouts else {}),
    }
