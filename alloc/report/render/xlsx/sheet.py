"""One table as a sheet: number formats that show what the page shows, live sums, colours, frozen panes, a filter."""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from alloc.content.blocks import Amount, Column, Marked, Table
from alloc.content.numbers import Shown, excel_format
from alloc.report.render.paper import Line, lines, say
from alloc.text import Text
from alloc.workbook.printing import A3, A4, UPRIGHT, Drawing, lay_pages, pages
from alloc.workbook.styles import ACCENT, QUIET, ROW_HEIGHT, Styles, column_width, header_size, wrapped

LOSS = "#C4501B"
HEAD = 3  # the row of the column heads
FILLS = {"total": "#EAF2F6", "group": "#F4F6F8", "row": ""}
BACK = Text("← {index}", "← {index}")
UNIT = Text("单位：{unit}", "unit: {unit}")
NOTE = Text("注：{note}", "Note: {note}")
LEAST, MOST = 8.0, 60.0
LINE = 15.0  # points, of a line of a note
DIGITS = 1e15


class TableSheet:
    """Writes one table.

    Attributes:
        first, last: the rows of the sheet, counted from 0, between which the lines of the table stand.
        beneath: the first row that is free under the notes.
        widths: of the columns.
    """

    def __init__(
        self, book: Workbook, sheet: Worksheet, table: Table, made: Shown, styles: Styles, language: str
    ) -> None:
        """Takes the lines of the table: total, groups with sub-totals, rows."""
        self._book, self._sheet, self._table, self._made = book, sheet, table, made
        self._styles, self._language = styles, language
        self._lines = tuple(lines(table, made, language))
        self.first = HEAD + 1
        self.last = self.beneath = HEAD + len(self._lines)
        self.widths: list[float] = []
        self._heights: dict[int, float] = {}
        self._span = next((place for place, column in enumerate(table.columns) if column.numeric), len(table.columns))

    def write(self, back: str) -> None:
        """Fills the sheet; `back` is the name of the index."""
        sheet, table, styles = self._sheet, self._table, self._styles
        sheet.hide_gridlines(2)
        sheet.set_default_row(ROW_HEIGHT)
        sheet.write_url(0, 0, f"internal:'{back}'!A1", styles(font_color=ACCENT), self._say(BACK, index=back))
        code = f"{table.code}{say(self._language, 'gap')}" if table.code else ""
        sheet.write(1, 0, code + table.title, styles.title())
        self._high(1, 26)
        if table.unit:
            sheet.write(2, 0, self._say(UNIT, unit=table.unit), styles(font_color=QUIET))
        self._write_heads()
        keys = min(max(1, self._span), 2)
        self._pages = pages(self.widths, self._language, keys, (UPRIGHT, A4, A3))
        for at, line in enumerate(self._lines):
            self._write_line(self.first + at, at, line)
        row = self.last + 2
        notes = [self._say(NOTE, note=note) for note in self._made.notes]
        for note in (*notes, *([table.source] if table.source else [])):
            self._write_note(row, note)
            row += 1
        self.beneath = row + 1
        sheet.freeze_panes(self.first + (self._made.totals is not None), keys)
        if table.sortable and not table.groups:
            top = self.first + (self._made.totals is not None) - 1
            if top == HEAD:
                sheet.autofilter(top, 0, self.last, len(table.columns) - 1)
        self._colour()

    def lay(self, drawn: float = 0.0) -> None:
        """Sets how the sheet is printed; `drawn`: points that a chart takes beneath it."""
        above = sum(self._heights.get(row, ROW_HEIGHT) for row in range(self.beneath))
        drawing = Drawing(self.beneath, above, drawn) if drawn else None
        lay_pages(self._sheet, self._pages, self._language, HEAD, drawing, self._table.whole)

    @property
    def left(self) -> int:
        """The first column of what stands on one page alone: behind those that other pages repeat, with all in them."""
        return self._pages.repeated

    def page(self) -> list[float]:
        """Widths of the columns from there to the end of the first page; of all where there is but one."""
        return self.widths[self.left : self._pages.begun[0] if self._pages.begun else None]

    def _high(self, row: int, points: float, outline: dict[str, int] | None = None) -> None:
        self._heights[row] = points
        self._sheet.set_row(row, points, None, outline or {})

    def _write_heads(self) -> None:
        sheet, units = self._sheet, self._made.units
        height = 1
        for place, column in enumerate(self._table.columns):
            head = self._made.heads[place] + (f"\n{units[place]}" if units[place] else "")
            texts = [line.texts[place] for line in self._lines if place >= line.span]
            wide = min(max(LEAST, column_width(head, texts)), MOST)
            self.widths.append(wide)
            height = max(height, header_size(head)[1])
            sheet.set_column(place, place, wide)
            sheet.write(HEAD, place, head, self._styles.header(column.status))
        self._high(HEAD, 15.5 * height + 4)

    def _write_note(self, row: int, note: str) -> None:
        """Over the columns of a page and as many lines as it takes: what runs on beyond them would make it smaller."""
        style = self._styles(font_color=QUIET, text_wrap=True, valign="top")
        first, last = self.left, self.left + len(self.page()) - 1
        if last > first:
            self._sheet.merge_range(row, first, row, last, note, style)
        else:
            self._sheet.write(row, first, note, style)
        self._high(row, LINE * wrapped(note, sum(self.page())))

    def _write_line(self, row: int, at: int, line: Line) -> None:
        look: dict[str, Any] = {"bold": line.style != "row"}
        if FILLS[line.style]:
            look["bg_color"] = FILLS[line.style]
        if line.span:
            self._sheet.write_string(row, 0, line.lead, self._styles.cell(**look))
            for place in range(1, line.span):
                self._sheet.write_blank(row, place, None, self._styles.cell(**look))
        for place in range(line.span, len(self._table.columns)):
            self._write_cell(row, place, at, line, look)
        lines = max((self._wrapped(place, line) for place in range(line.span, len(self._table.columns))), default=1)
        outline = {"level": 1} if line.style == "row" and self._table.groups else {}
        if lines > 1 or outline:  # the longest cell makes its row as high
            self._high(row, LINE * lines + ROW_HEIGHT - LINE, outline)

    def _wrapped(self, place: int, line: Line) -> int:
        return wrapped(line.texts[place], self.widths[place]) if self._table.columns[place].kind == "text" else 1

    def _write_cell(self, row: int, place: int, at: int, line: Line, look: dict[str, Any]) -> None:
        column, value, text = self._table.columns[place], line.numbers[place], line.texts[place]
        mark = value.mark if isinstance(value, Marked) else ""
        style = self._look(column, value if isinstance(value, Amount) else None, look, mark)
        value = value.value if isinstance(value, Amount) else value
        if not isinstance(value, float | int) or value != value or abs(value) > DIGITS:
            self._sheet.write_string(row, place, text, style)
            return
        formula = self._sum(place, at, line) if column.additive and line.style != "row" else ""
        if formula:
            self._sheet.write_formula(row, place, formula, style, value)
        else:
            self._sheet.write_number(row, place, value, style)

    def _look(self, column: Column, amount: Amount | None, look: dict[str, Any], mark: str) -> Format:
        wanted = dict(look)
        if column.numeric or amount is not None:
            wanted |= {"num_format": excel_format(amount or column, mark), "align": "right"}
        else:
            wanted |= {"num_format": "@", "text_wrap": column.kind == "text"}
            wanted |= {"align": "right"} if column.right else {}
        if column.kind == "level":
            wanted |= {"align": "center"}
        return self._styles.cell(**wanted)

    def _sum(self, place: int, at: int, line: Line) -> str:
        """The formula of a sum, where the rows that are shown add up to it; empty where they do not."""
        if line.style == "group":
            members = []
            for other in range(at + 1, len(self._lines)):
                if self._lines[other].style != "row":
                    break
                members.append(other)
            return self._formula(place, members, line, whole=False)
        groups = [other for other, each in enumerate(self._lines) if each.style == "group"]
        if groups:
            return self._formula(place, groups, line, whole=True)
        rows = [other for other, each in enumerate(self._lines) if each.style == "row"]
        return self._formula(place, rows, line, whole=False)

    def _formula(self, place: int, members: list[int], line: Line, whole: bool) -> str:
        numbers = [self._lines[other].numbers[place] for other in members]
        if not members or not all(each is None or isinstance(each, float | int) for each in numbers):
            return ""
        decimals = self._table.columns[place].decimals
        stored = line.numbers[place]
        total = sum(float(each) for each in numbers if isinstance(each, float | int))
        if not isinstance(stored, float | int) or round(total, decimals) != round(float(stored), decimals):
            return ""
        if whole:
            listed = [xl_rowcol_to_cell(self.first + other, place) for other in members]
            inside = "+".join(listed)
        else:
            start, end = (xl_rowcol_to_cell(self.first + other, place) for other in (members[0], members[-1]))
            inside = f"SUM({start}:{end})"
        return f"=ROUND({inside},{decimals})"

    def _colour(self) -> None:
        for place, column in enumerate(self._table.columns):
            area = (self.first, place, self.last, place)
            if column.kind in ("change", "change_share") or column.colour == "diverging":
                for criteria, colour in ((">", ACCENT), ("<", LOSS)):
                    rule = {"type": "cell", "criteria": criteria, "value": 0,
                            "format": self._differential(font_color=colour)}  # fmt: skip
                    self._sheet.conditional_format(*area, rule)
            elif column.colour == "bar":
                runs = self._runs()
                if runs:
                    areas = " ".join(f"{xl_rowcol_to_cell(a, place)}:{xl_rowcol_to_cell(b, place)}" for a, b in runs)
                    self._sheet.conditional_format(runs[0][0], place, runs[0][1], place, {
                        "type": "data_bar", "bar_color": "#A9CFE0", "bar_solid": True, "min_type": "num",
                        "min_value": 0, "multi_range": areas,
                    })  # fmt: skip
            elif column.kind == "level":
                for level in self._table.levels:
                    shown = f"{level.letter} {level.title}".strip()
                    rule = {"type": "cell", "criteria": "==", "value": f'"{shown}"',
                            "format": self._differential(bg_color=level.colour)}  # fmt: skip
                    self._sheet.conditional_format(*area, rule)

    def _differential(self, **look: str) -> Format:
        """What a condition changes, and nothing else."""
        return self._book.add_format(look)

    def _runs(self) -> list[tuple[int, int]]:
        """Stretches of ordinary rows: a bar of a total would dwarf theirs."""
        runs: list[tuple[int, int]] = []
        for row in self.rows():
            if runs and runs[-1][1] == row - 1:
                runs[-1] = (runs[-1][0], row)
            else:
                runs.append((row, row))
        return runs

    def rows(self) -> list[int]:
        """Rows of the sheet that hold ordinary rows of the table."""
        return [self.first + at for at, line in enumerate(self._lines) if line.style == "row"]

    def _say(self, text: Text, **filled: str) -> str:
        return str(getattr(text, self._language)).format(**filled)
