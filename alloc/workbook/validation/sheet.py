"""The check sheet: sums against totals, blanks and misplaced texts, as formulas that follow what is filled in.

Every formula is written with its value, for programs that show a workbook without computing it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from alloc.formulation.columns import HECTARES, MONEY, MONEY_A_YEAR, PERSONS
from alloc.instance.derived.optional.purses import ACCOUNTS
from alloc.instance.schema.cities import CITIES
from alloc.text import Text
from alloc.workbook.content import Columns, holds_numbers
from alloc.workbook.layout import CHECKS, REQUIRED, Cell, Layout, Shown, clean_header, say, short_unit
from alloc.workbook.printing import lay_pages, pages
from alloc.workbook.styles import QUIET, WRONG, Styles
from alloc.workbook.validation.lists import RecordLists
from alloc.workbook.validation.page import BAD, GOOD, NO_FORMULA, CheckPage, Formula, number
from alloc.workbook.validation.pools import write_pools

ADDITIVE = (PERSONS, HECTARES, MONEY, MONEY_A_YEAR)
TOTAL_CELL = "A3"  # how many checks fail

_ABOUT = Text(
    f"公式随填报自动更新；{BAD} 处请核对。全部检查以 alloc check 为准。",
    f"The formulas follow what is filled in; look into every {BAD}. All checks: alloc check.",
)
_FAILING = Text("需要核对：", "To be looked into: ")
_TABLES = Text("各表", "Tables")
_TABLE_HEADS = (
    Text("表", "Table"),
    Text("行数", "Rows"),
    Text("应有行数", "Rows wanted"),
    Text("必填空缺", "Required blanks"),
    Text("非数值", "Not numbers"),
    Text("核对", "Check"),
)
_NO_ROWS = Text(f"{BAD} 没有数据", f"{BAD} no rows")
_BLANKS = Text(f"{BAD} 有空缺", f"{BAD} blanks")
_TEXTS = Text(f"{BAD} 有非数值", f"{BAD} texts for numbers")
_ROWS = Text(f"{BAD} 行数不符", f"{BAD} number of rows")
_COLUMNS = Text("各列", "Columns")
_COLUMN_HEADS = (
    Text("表", "Table"),
    Text("列", "Column"),
    Text("单位", "Unit"),
    Text("已填", "Filled"),
    Text("必填空缺", "Required blanks"),
    Text("非数值", "Not numbers"),
    Text("合计", "Sum"),
    Text("最小", "Least"),
    Text("最大", "Most"),
)
_BLANKS_LETTER, _TEXTS_LETTER = "E", "F"
_WIDTHS = (14, 28, 18, 12, 12, 13, 13, 13, 13, 12, 12, 20)  # together a page of A3 across


@dataclass
class _Span:
    """The rows of a table's columns on the sheet, the first row is 1, with the blanks and texts counted there."""

    first: int
    last: int
    blanks: float = 0.0
    texts: float = 0.0


def write_checks(
    sheet: Worksheet,
    lists: RecordLists,
    tables: Mapping[str, Columns],
    levels: Sequence[str],
    advance: bool,
    styles: Styles,
    language: str,
) -> dict[str, Formula]:
    """Fills the check sheet.

    Args:
        sheet: an empty sheet.
        lists: where the columns of every table stand, and the names of records.
        tables: what stands in them now.
        levels: columns of ``cities`` whose values are units above them.
        advance: whether the stage shares out only the advance share of every pool.
        styles: formats of the workbook.
        language: ``zh`` or ``en``.

    Returns:
        For other sheets to show: the verdict on every table, by its name, and under "" how many checks fail.
    """
    page, layouts = CheckPage(sheet, styles, language), lists.layouts
    sheet.write_string(0, 0, say(CHECKS, language), styles.title())
    sheet.set_row(0, 26)
    sheet.write_string(1, 0, say(_ABOUT, language), styles(font_color=QUIET))
    page.row = 3
    on_pools = write_pools(page, lists, tables, levels, advance)
    page.heading(_TABLES, _TABLE_HEADS)
    first_table = page.row
    page.row += len(layouts)
    page.heading(_COLUMNS, _COLUMN_HEADS)
    spans = _write_columns(page, lists, tables)
    page.row = first_table
    on_tables = _write_tables(page, layouts, tables, spans)
    areas = [f"{verdicts[0][0]}:{verdicts[-1][0]}" for verdicts in (on_pools, on_tables)]
    for area in areas:
        sheet.conditional_format(area, {
            "type": "text", "criteria": "begins with", "value": BAD, "format": styles(bg_color=WRONG, bold=True)
        })  # fmt: skip
    failing = sum(str(value).startswith(BAD) for _, value in (*on_pools, *on_tables))
    counted, words = "+".join(f'COUNTIF({area},"{BAD}*")' for area in areas), say(_FAILING, language)
    sheet.write_formula(TOTAL_CELL, f'="{words}"&({counted})', styles(bold=True), f"{words}{failing}")
    for place, wide in enumerate(_WIDTHS):
        sheet.set_column(place, place, wide)
    sheet.freeze_panes(3, 0)
    lay_pages(sheet, pages(_WIDTHS, language), language, None)
    here = quote_sheetname(say(CHECKS, language))
    shown = {name: Formula(f"{here}!{cell}", value) for name, (cell, value) in zip(layouts, on_tables, strict=True)}
    return {**shown, "": Formula(f"{here}!{TOTAL_CELL}", f"{words}{failing}")}


def _write_columns(page: CheckPage, lists: RecordLists, tables: Mapping[str, Columns]) -> dict[str, _Span]:
    """A row for every column that is required or numeric."""
    spans: dict[str, _Span] = {}
    for name, layout in lists.layouts.items():
        span = _Span(page.row + 1, page.row)
        for shown in layout.columns:
            cells = tables[name].get(shown.name, ())
            numeric = shown.column.numeric if shown.column else holds_numbers(cells)
            if not shown.computed and (
                numeric or (shown.column is not None and shown.column.required_in(page.language))
            ):
                blank, strange = _write_column(page, lists, layout, shown, tables[name], numeric)
                span.blanks, span.texts = span.blanks + blank, span.texts + strange
        span.last = page.row
        spans[name] = span
    return spans


def _write_column(
    page: CheckPage, lists: RecordLists, layout: Layout, shown: Shown, columns: Columns, numeric: bool
) -> tuple[float, float]:
    """One column: filled cells, blanks, texts, sum and range; gives the blanks and the texts."""
    column, language = shown.column, page.language
    cells, keys = (columns.get(name, ()) for name in (shown.name, layout.table.key[0]))
    area, key = layout.range(shown.name), layout.range(layout.table.key[0])
    numbers = [cell for cell in cells if isinstance(cell, float)] if numeric else []
    required = column is not None and column.required_in(language)
    given = sum(cell is not None for cell in cells)
    wanted, expected = f'({key}<>"")', [known is not None for known in keys]
    if layout.table.name == CITIES.name and shown.name in ACCOUNTS and "purse" in layout.places:
        # A city that has another's purse may leave its accounts empty.
        purse = layout.range("purse")
        own = f'({purse}&""={key}&"")+({purse}&""={lists.offered(CITIES.name)})'
        wanted += f'*((({purse}="")+{own})>0)'
        heads = zip_longest(keys, columns.get("purse", ()))
        expected = [known is not None and head in (None, known) for known, head in heads]
    empty = float(sum(cell is None and due for cell, due in zip_longest(cells, expected)))
    filled = Formula(f"COUNTA({area})", float(given))
    blank = Formula(f'SUMPRODUCT({wanted}*({area}=""))', empty) if required else NO_FORMULA
    strange = Formula(f"COUNTA({area})-COUNT({area})", float(given - len(numbers))) if numeric else NO_FORMULA
    additive = numeric and (column is None or column.unit in ADDITIVE)
    values = (sum(numbers) if numbers else "", min(numbers, default=""), max(numbers, default=""))
    total, least, most = (
        Formula(f'IF(COUNT({area})=0,"",{what}({area}))', value)
        for what, value in zip(("SUM", "MIN", "MAX"), values, strict=True)
    )
    title = (
        say(column.title, language) + REQUIRED * column.required_in(language)
        if column
        else clean_header(shown.title.partition("\n")[0])
    )
    form = "#,##0" if column is None or column.unit in (PERSONS, MONEY, MONEY_A_YEAR) else "#,##0.0###"
    page.add(
        [
            layout.title,
            title,
            short_unit(column.unit, language) if column else "",
            filled,
            blank,
            strange,
            total if additive else "",
            least if numeric else "",
            most if numeric else "",
        ],
        dict.fromkeys((6, 7, 8), form),
    )
    return number(blank.value), number(strange.value)


def _write_tables(
    page: CheckPage, layouts: Mapping[str, Layout], tables: Mapping[str, Columns], spans: Mapping[str, _Span]
) -> list[tuple[str, Cell]]:
    """Rows, blanks and texts of every table; gives the cells of the verdicts with their values."""
    verdicts: list[tuple[str, Cell]] = []
    counts = {name: _count(tables[name].get(layout.table.key[0], ())) for name, layout in layouts.items()}
    no_rows, blanks, texts, other = (say(words, page.language) for words in (_NO_ROWS, _BLANKS, _TEXTS, _ROWS))
    for name, layout in layouts.items():
        span, required = spans[name], layout.table.required
        rows, wanted, blank, text = (xl_rowcol_to_cell(page.row, place) for place in range(1, 5))
        expected = NO_FORMULA
        if name == "capacity":
            both = [layouts[each].range(layouts[each].table.key[0]) for each in ("cities", "services")]
            pairs = float(counts["cities"] * counts["services"])
            expected = Formula(f"COUNTA({both[0]})*COUNTA({both[1]})", pairs)
        failing = (
            (no_rows, required and not counts[name]),
            (blanks, span.blanks > 0),
            (texts, span.texts > 0),
            (other, expected.value not in ("", float(counts[name]))),
        )
        good = GOOD if counts[name] else ""
        verdict = Formula(
            f'IF({rows}=0,"{no_rows if required else ""}",IF({blank}>0,"{blanks}",IF({text}>0,"{texts}",'
            f'IF(AND(ISNUMBER({wanted}),{wanted}<>{rows}),"{other}","{GOOD}"))))',
            next((words for words, wrong in failing if wrong), good),
        )
        verdicts.append((xl_rowcol_to_cell(page.row, 5), verdict.value))
        page.add(
            [
                layout.title,
                Formula(f"COUNTA({layout.range(layout.table.key[0])})", float(counts[name])),
                expected,
                Formula(f"SUM({_BLANKS_LETTER}{span.first}:{_BLANKS_LETTER}{span.last})", span.blanks),
                Formula(f"SUM({_TEXTS_LETTER}{span.first}:{_TEXTS_LETTER}{span.last})", span.texts),
                verdict,
            ],
            {},
        )
    return verdicts


def _count(cells: Sequence[Cell]) -> int:
    return sum(cell is not None for cell in cells)
