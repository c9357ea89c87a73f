"""What drop-downs offer: names in the workbook for the codes of tables, a hidden sheet for everything else."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from alloc.content.places import OF_COLUMNS
from alloc.formulation.registry import installed
from alloc.instance.schema.tables import DERIVED_FACTORS, TABLES
from alloc.instance.statuses import by_city
from alloc.workbook.content import Columns, holds_numbers
from alloc.workbook.layout import FIRST, Layout
from alloc.workbook.words import Names


def drop_downs(
    book: Workbook, sheet: Worksheet, layouts: Mapping[str, Layout], tables: Mapping[str, Columns], language: str
) -> dict[tuple[str, str], str]:
    """Defines the names and fills the hidden sheet.

    Args:
        book: the workbook.
        sheet: an empty sheet that nobody sees.
        layouts: where the columns of every table stand.
        tables: what stands in them.
        language: of the names.

    Returns:
        By table and column, the formula of what its drop-down offers.
    """
    offered: dict[tuple[str, str], str] = {}
    references = [(table, column) for table in TABLES.values() for column in table.columns
                  if table.name in layouts and column.references in layouts]  # fmt: skip
    for target in sorted({column.references for _, column in references}):
        layout, key = layouts[target], TABLES[target].key[0]
        # As long as the column is filled: a list with blanks at its end would let anything pass.
        listed = f"MAX(1,COUNTA({layout.range(key)}))"
        book.define_name(f"codes_{target}", f"=OFFSET({layout.cell(key, FIRST)},0,0,{listed},1)")
    for table, column in references:
        offered[table.name, column.name] = f"=codes_{column.references}"
    known = Names(tables)
    for place, (where, names) in enumerate(_names(layouts, tables).items()):
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
        ("limits", "quantity"): list(dict.fromkeys(name for each in quantities for name in each.names(keys))),
        ("sources", "table"): [*(name for name, table in TABLES.items() if not table.later), "instance"],
        **{("cities", name): list(titles) for name, titles in OF_COLUMNS.items() if name in layouts["cities"].places},
        **({("cell_sources", "table"): list(filter(by_city, TABLES))} if "cell_sources" in layouts else {}),
    }
