"""What drop-downs offer for records: their names on a hidden sheet, by formulas that follow what is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from alloc.instance.schema.tables import TABLES
from alloc.workbook.content import Columns
from alloc.workbook.layout import FIRST, Layout
from alloc.workbook.records import Records
from alloc.workbook.settings_layout import with_code

OFFERED = "names_"  # before a table: the name, in the workbook, of what drop-downs offer for its records


@dataclass(frozen=True)
class RecordLists:
    """Where the names of records stand on the hidden sheet, row by row beside the records.

    Attributes:
        sheet: title of the hidden sheet.
        places: by table its first column, of names, which that of what is offered follows; the first is 0.
        layouts: of all tables.
    """

    sheet: str
    places: Mapping[str, int]
    layouts: Mapping[str, Layout]

    def names(self, table: str) -> str:
        """The names of the records of a table, as formulas name them; as long as `Layout.range`."""
        return self._range(table, 0)

    def offered(self, table: str) -> str:
        """What is offered for the records of a table: each name leads to one record."""
        return self._range(table, 1)

    def cell(self, table: str, place: int) -> str:
        """What is offered for the record at a place."""
        return self._cell(table, 1, place)

    def _range(self, table: str, behind: int) -> str:
        letter = xl_col_to_name(self.places[table] + behind)
        return f"{quote_sheetname(self.sheet)}!${letter}$1:${letter}${self.layouts[table].last - FIRST + 1}"

    def _cell(self, table: str, behind: int, place: int) -> str:
        return f"{quote_sheetname(self.sheet)}!${xl_col_to_name(self.places[table] + behind)}${place + 1}"


def write_records(
    book: Workbook, sheet: Worksheet, layouts: Mapping[str, Layout], tables: Mapping[str, Columns], language: str
) -> RecordLists:
    """Fills the first columns of the hidden sheet, and names in the workbook what drop-downs offer.

    Args:
        book: the workbook.
        sheet: an empty sheet that nobody sees.
        layouts: where the columns of every table stand.
        tables: what stands in them.
        language: of the names.
    """
    targets = sorted({
        column.references for name in layouts for column in TABLES[name].columns if column.references in layouts
    })  # fmt: skip
    lists = RecordLists(sheet.get_name(), {name: 2 * place for place, name in enumerate(targets)}, layouts)
    for name in targets:
        layout, key, records = layouts[name], TABLES[name].key[0], Records(name, tables[name])
        said = [column for column in map(records.column, (language, "en" if language == "zh" else "zh")) if column]
        names, offered = records.names(language), records.offered(language)
        every, codes = lists.names(name), layout.range(key)
        for place in range(layout.last - FIRST + 1):
            code, shown = layout.cell(key, FIRST + place), lists._cell(name, 0, place)
            name_of = f'{code}&""'
            for column in reversed(said):
                there = layout.cell(column, FIRST + place)
                name_of = f'IF({there}="",{name_of},{there}&"")'
            known = place < len(names)
            sheet.write_formula(place, lists.places[name], f'=IF({code}="","",{name_of})', None,
                                names[place] if known else "")  # fmt: skip
            apart = f"OR(COUNTIF({every},{shown})>1,ISNUMBER(MATCH({shown},{codes},0)))"
            before, behind = with_code("|", "|").split("|")[1:]
            alone = f'IF({apart},{shown}&"{before}"&{code}&"{behind}",{shown})'
            sheet.write_formula(place, lists.places[name] + 1, f"=IF(OR({shown}=\"\",{shown}={code}),{shown},{alone})",
                                None, offered[place] if known else "")  # fmt: skip
        # As long as the column is filled: a list with blanks at its end would let anything pass.
        listed = f"MAX(1,COUNTA({codes}))"
        book.define_name(f"{OFFERED}{name}", f"=OFFSET({lists.cell(name, 0)},0,0,{listed},1)")
    return lists
