"""Writing the sheet of one table: headers with notes, cells, drop-downs, formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from alloc.formulation.columns import Column
from alloc.instance.schema.columns import MARKS
from alloc.instance.schema.tables import TABLES
from alloc.instance.statuses import said_twice
from alloc.text import Text
from alloc.workbook import scenarios
from alloc.workbook.content import Content, holds_numbers
from alloc.workbook.layout import (
    FIRST,
    FLAGS,
    HEADER,
    NAMES,
    SHOWN_ONLY,
    Cell,
    Layout,
    Shown,
    choices,
    clean_header,
    say,
    value_shown,
)
from alloc.workbook.printing import lay_pages, pages
from alloc.workbook.records import Records
from alloc.workbook.styles import (
    ACCENT,
    FAINT,
    FILLS,
    ROW_HEIGHT,
    WIDEST,
    WRONG,
    Styles,
    column_width,
    header_size,
    note_size,
    number_format,
    shown_text,
    width,
    wrapped,
)
from alloc.workbook.validation.lists import RecordLists
from alloc.workbook.words import Names
from alloc.workbook.write.guide import header_note

LARGEST = 1e300  # stands for no bound


class TableWriter:
    """The sheet of one table while it is written."""

    def __init__(
        self, sheet: Worksheet, layout: Layout, content: Content, lists: RecordLists, styles: Styles, language: str
    ) -> None:
        """Keep what all steps need; ``lists`` says where the names of records stand."""
        self.sheet, self.layout, self.lists = sheet, layout, lists
        self.content, self.tables = content, content.tables
        self.columns = content.tables.get(layout.table.name, {})
        self.styles, self.language = styles, language
        self.names = Names(content.tables)
        self.widths: dict[int, float] = {}
        self.lines: dict[int, int] = {}
        name = layout.table.name
        self.sources = {column: record for (table, column), record in content.sources.items() if table == name}
        twice = scenarios.hidden(self.columns, language) if layout.table is scenarios.TABLE else None
        self.hidden = set(said_twice(layout.table, self.columns, language) if twice is None else twice)

    def write(self, offered: Mapping[tuple[str, str], str]) -> None:
        """Columns from left to right, then what concerns the whole sheet.

        Args:
            offered: by table and column, the formula of what its drop-down offers.
        """
        lines, as_text = 1, []
        for place, shown in enumerate(self.layout.columns):
            lines = max(lines, header_size(shown.title)[1])
            self._header(place, shown)
            if shown.computed:
                self._names_beside(place, shown)
                continue
            self._cells(place, shown)
            self._validation(place, shown, offered)
            if shown.column is not None and shown.column.kind in ("code", "text"):
                letter = xl_col_to_name(place)
                as_text.append(f"{letter}{FIRST}:{letter}{self.layout.last}")
        self.sheet.ignore_errors({"number_stored_as_text": " ".join(as_text)})
        self._whole(lines)

    def _header(self, place: int, shown: Shown) -> None:
        column, where = shown.column, (self.layout.table.name, shown.name)
        marked, counts = self.content.marks.get(where, ()), self.content.counts.get(where)
        fill = "key" if column and column.key else marked[0] if marked and not counts else ""
        bold = not shown.computed and (column is None or column.required_in(self.language))
        self.sheet.write_string(HEADER - 1, place, shown.title, self.styles.header(fill, bold=bold))
        self.sheet.write_string(NAMES - 1, place, shown.name, self.styles(font_color=FAINT))
        note = header_note(self.layout.table, shown, self.sources.get(shown.name), self.language, counts)
        self.sheet.write_comment(HEADER - 1, place, note, note_size(note))

    def _cells(self, place: int, shown: Shown) -> None:
        column, cells = shown.column, self.columns.get(shown.name, ())
        numeric = column.numeric if column else holds_numbers(cells)
        flag = column is not None and column.kind == "flag"
        form = number_format(column, cells) if numeric else "General" if flag else "@"
        texts = self._named(shown.name, [self._text(column, cell) for cell in cells])
        wide = column_width(shown.title, (shown_text(cell, form) for cell in texts))
        hidden = shown.name in self.hidden
        self.widths[place] = 0 if hidden else wide
        whole = not numeric and not hidden and any(width(str(cell)) * 1.1 > WIDEST for cell in texts if cell)
        look = {"align": "center"} if flag else {"text_wrap": True} if whole else {}
        style = self.styles(num_format=form, **look)
        self.sheet.set_column(place, place, wide, style, {"hidden": hidden})
        fills = self._fills(shown, len(texts), form)
        for row, (cell, fill) in enumerate(zip(texts, fills, strict=True), start=FIRST - 1):
            if isinstance(cell, str):
                self.sheet.write_string(row, place, cell, fill)
                lines = wrapped(cell, WIDEST) if whole else 1
                if lines > self.lines.get(row, 1):  # the longest cell makes its row as high
                    self.lines[row] = lines
                    self.sheet.set_row(row, ROW_HEIGHT * lines)
            elif cell is not None:
                self.sheet.write_number(row, place, cell, fill)

    def _fills(self, shown: Shown, count: int, form: str) -> Sequence[Format | None]:
        """The formats of the cells of a column whose statuses differ: in the colour of its status, each."""
        where = (self.layout.table.name, shown.name)
        if where not in self.content.mixed:
            return [None] * count
        formats = {status: self.styles(num_format=form, bg_color=FILLS[status]) for status in MARKS}
        return [formats.get(status) for status in self.content.cell_statuses(*where)]

    def _named(self, column: str, cells: list[Cell]) -> list[Cell]:
        """Cells with titles in the place of names, in Chinese."""
        table = self.layout.table.name
        if self.language != "zh" or not self.names.has(table, column):
            return cells
        beside = [str(other or "") for other in self.columns.get("table", [None] * len(cells))]
        known = {(cell, other): self.names.shown(table, column, str(cell), {"table": other}) if cell else cell
                 for cell, other in dict.fromkeys(zip(cells, beside, strict=True))}  # fmt: skip
        return [known[pair] for pair in zip(cells, beside, strict=True)]

    def _text(self, column: Column | None, cell: Cell) -> Cell:
        """A cell in the words of the reader's language."""
        if isinstance(cell, bool):
            return say(FLAGS[cell], self.language)
        if isinstance(cell, str) and column is not None and column.kind == "enum":
            return value_shown(column, cell, self.language)
        return cell

    def _names_beside(self, place: int, shown: Shown) -> None:
        """What a code stands for, looked up in the sheet that it refers to; for the reader alone."""
        name = shown.name.removeprefix(SHOWN_ONLY)
        target = TABLES[self.layout.table.by_name[name].references]
        keys, records = (
            self.lists.layouts[target.name].range(target.key[0]),
            Records(target.name, self.tables.get(target.name, {})),
        )
        known = dict(zip(records.codes, records.names(self.language), strict=True))
        texts = [known.get(str(code or ""), "") for code in self.columns.get(name, ())]
        quiet, letter = self.styles(font_color=FAINT), xl_col_to_name(self.layout.places[name])
        names, offered = self.lists.names(target.name), self.lists.offered(target.name)
        for row, text in enumerate(texts, start=FIRST):
            found = (f"INDEX({names},MATCH({letter}{row},{each},0))" for each in (keys, offered))
            self.sheet.write_formula(row - 1, place, f'=IFERROR({next(found)},IFERROR({next(found)},""))', quiet, text)
        self.widths[place] = column_width(shown.title, texts)
        self.sheet.set_column(place, place, self.widths[place], quiet)

    def _validation(self, place: int, shown: Shown, offered: Mapping[tuple[str, str], str]) -> None:
        """A drop-down where the values are known, the range where there is one."""
        column, listed = shown.column, offered.get((self.layout.table.name, shown.name))
        allowed = choices(column, self.language) if column else []
        rule: dict[str, object]
        if listed or allowed:
            message = Text("不在下拉选项之内。", "Not one of those in the drop-down.")
            rule = {"validate": "list", "source": listed or allowed, "error_type": "warning" if listed else "stop"}
        elif column is not None and column.numeric:
            lowest = column.minimum if column.minimum is not None else column.above
            highest = column.maximum if column.maximum is not None else column.below
            within = column.range_words
            message = Text(f"应为一个数{within.zh and '，'}{within.zh}。", f"A number{within.en and ', '}{within.en}.")
            rule = {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -LARGEST if lowest is None else lowest,
                "maximum": LARGEST if highest is None else highest,
                "error_type": "warning",
            }
        else:
            return
        title = say(column.title, self.language) if column else clean_header(shown.title.partition("\n")[0])
        rule |= {"error_title": title[:32], "error_message": say(message, self.language)}
        self.sheet.data_validation(FIRST - 1, place, self.layout.last - 1, place, rule)

    def _whole(self, lines: int) -> None:
        sheet, table = self.sheet, self.layout.table
        sheet.set_default_row(ROW_HEIGHT)
        sheet.set_row_pixels(HEADER - 1, max(2, lines) * 20 + 6)
        sheet.set_row(NAMES - 1, None, None, {"hidden": True})
        frozen = 1 + max(self.layout.places[name] for name in table.key)
        frozen += frozen < len(self.layout.columns) and (table.name == "cities" or self.layout.columns[frozen].computed)
        sheet.freeze_panes(FIRST - 1, frozen)
        if len(table.key) == 1:
            key = self.layout.places[table.key[0]]
            twice = {"type": "duplicate", "format": self.styles(bg_color=WRONG)}
            sheet.conditional_format(FIRST - 1, key, self.layout.last - 1, key, twice)
        widths = [self.widths[place] for place in range(len(self.layout.columns))]
        lay_pages(sheet, pages(widths, self.language, frozen), self.language)
        if table.required:
            sheet.set_tab_color(ACCENT)
