"""Writing the form of a department: what it is, then a sheet a table, each figure beside what stands there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import quote_sheetname, xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from alloc.content.titles import VALUES
from alloc.formulation.columns import HECTARES, MONEY
from alloc.instance.schema.columns import MARKS
from alloc.instance.schema.figures import city_figure
from alloc.instance.schema.suppliers import SUPPLIERS
from alloc.instance.schema.tables import TABLES
from alloc.text import Text
from alloc.workbook.content import Content
from alloc.workbook.forms.parts import Part, parts_of
from alloc.workbook.layout import FIRST, FORM, HEADER, LISTS, NAMES, SHOWN_ONLY, Cell, header, say, short_unit
from alloc.workbook.printing import lay_pages, pages
from alloc.workbook.records import Records
from alloc.workbook.styles import (
    ACCENT,
    FAINT,
    FILLS,
    QUIET,
    Styles,
    close,
    column_width,
    header_size,
    number_format,
)
from alloc.workbook.write.workbook import CREATED, OPTIONS
from alloc.writing.kinds import FORM_MARK

TITLE = Text("{department}部门填报表", "Form of the department: {department}")
HEADS = {
    "form": Text("部门", "Department"),
    "instance": Text("算例", "Instance"),
    "year": Text("规划年度", "Planning year"),
}
ROWS_TO_COME = 50  # below those that a form begins with
NOW = Text("现有值", "Now")
UNIT = Text("计量单位", "Unit")
HOW = (
    Text("只填写白色各列；浅灰各列是现有值，供核对，不会被读取。不填的格保持原样，零要写 0。",
         "Fill in the white columns; grey ones show what stands there now and are not read. Empty: stays as it is."),
    Text("每行可注明数据状态、来源、年份；不注明状态的按“公布”计，不注明来源的记为本部门填报。",
         "A row may say status, source and year; without a status it counts as published, without a source as reported "
         "by this department."),
    Text("现有值带 ᵉ 的为估计，带 ᵃ 的为假设，填报后即不再如此。",
         "What is estimated has ᵉ, what is assumed ᵃ: a cell that is filled in is so no longer."),
    Text("填好后交回，用 alloc forms 算例 --merge 本文件 合并；先列出全部差异。",
         "Send it back; alloc forms INSTANCE --merge THIS FILE merges it and lists every difference first."),
)  # fmt: skip


def write_form(content: Content, supplier: str, path: Path, language: str) -> None:
    """Writes the form of one department.

    Args:
        content: the instance, right or wrong.
        supplier: a key of the suppliers.
        path: the file, written over where it exists.
        language: ``zh`` or ``en``.

    Raises:
        OSError: the file cannot be written.
    """
    book = Workbook(str(path), OPTIONS)
    department = say(SUPPLIERS[supplier], language)
    title = say(TITLE.fill(department=department), language)
    book.set_properties({"title": title, "author": "alloc", "category": FORM_MARK, "created": CREATED})
    styles = Styles(book, language)
    _front(book.add_worksheet(say(FORM, language)), content.settings, supplier, title, styles, language)
    every = parts_of(content, supplier)
    sheets = [book.add_worksheet(say(part.table.title, language)) for part in every]
    offered = _lists(book.add_worksheet(say(LISTS, language)), every, content, language)
    for part, sheet in zip(every, sheets, strict=True):
        _Sheet(sheet, part, content, styles, language, offered).write()
    close(book)


def _lists(sheet: Worksheet, parts: Sequence[Part], content: Content, language: str) -> dict[str, str]:
    """Fills a sheet that nobody sees with names of cities, services and pools; by table, what a drop-down offers."""
    sheet.hide()
    items = {target: part.items for part in parts for _, target in part.named[1:]}
    offered: dict[str, str] = {}
    for place, target in enumerate(dict.fromkeys(target for part in parts for _, target in part.named)):
        records = Records(target, content.tables.get(target, {}))
        codes = zip(records.codes, records.offered(language), strict=True)
        names = [name for code, name in codes if name and code in items.get(target, records.codes)]
        sheet.write_column(0, place, names)
        letter = xl_col_to_name(place)
        offered[target] = f"={quote_sheetname(sheet.get_name())}!${letter}$1:${letter}${max(1, len(names))}"
    return offered


def _front(
    sheet: Worksheet, settings: Mapping[str, Any], supplier: str, title: str, styles: Styles, language: str
) -> None:
    """What the form is, by names that the reader of the form finds, and how it is filled in."""
    sheet.write_string(0, 1, title, styles.title())
    sheet.set_row(0, 30)
    given = {"form": say(SUPPLIERS[supplier], language), "instance": settings.get("name"), "year": settings.get("year")}
    for row, (name, head) in enumerate(HEADS.items(), start=2):
        sheet.write_string(row, 0, name if name != "form" else f"form {supplier}", styles(font_color=FAINT))
        sheet.write_string(row, 1, say(head, language), styles.header(""))
        value = given[name]
        write = sheet.write_number if isinstance(value, int | float) else sheet.write_string
        write(row, 2, value if value is not None else "", styles.cell(align="left"))
    for number, text in enumerate(HOW, start=1):
        row = len(HEADS) + 2 + number
        sheet.merge_range(row, 1, row, 3, f"{number}. {say(text, language)}", styles(text_wrap=True, valign="vcenter"))
        sheet.set_row(row, 36)
    sheet.set_column(0, 0, None, None, {"hidden": True})
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 3, 36)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


class _Sheet:
    """One table of a form while it is written."""

    def __init__(
        self, sheet: Worksheet, part: Part, content: Content, styles: Styles, language: str, offered: Mapping[str, str]
    ) -> None:
        """Keep what all steps need."""
        self.offered = offered
        self.sheet, self.part, self.content, self.styles, self.language = sheet, part, content, styles, language
        self.cities = content.tables.get("cities", {})
        self.place, self.lines = 0, 1
        self.widths: list[float] = []

    def write(self) -> None:
        """Keys and names, figures each beside what stands there now, and what is said of a row."""
        keys, form, language = list(self.keys()), self.part.form, self.language
        named = "name_en" if language == "en" and any(self.cities.get("name_en", ())) else "name"
        names = dict(zip(self.cities.get("city", ()), self.cities.get(named, ()), strict=False))
        self.text("city", header(form.by_name["city"], language), [city for city, _ in keys], "key")
        self.text(f"{SHOWN_ONLY}city", say(TABLES["cities"].by_name[named].title, language),
                  [names.get(city) for city, _ in keys])  # fmt: skip
        if self.part.item:
            titles = self.titles()
            column = form.by_name[self.part.item]
            self.text(self.part.item, header(column, language), [item for _, item in keys], "key")
            self.text(
                f"{SHOWN_ONLY}{self.part.item}", say(self.named(), language), [titles.get(each) for _, each in keys]
            )
            units = self.units()
            self.text(f"{SHOWN_ONLY}unit", say(UNIT, language), [units.get(each) for _, each in keys])
        frozen = self.place
        self.name_rows(len(keys))
        for column in self.part.columns:
            if not column.key and column.numeric:
                self.figures(column.name, keys)
        for column in form.columns:
            if column.name in ("status", "source", "year", "note"):
                self.text(column.name, say(column.title, language), [None] * len(keys), wide=14)
                if column.values:
                    listed = [VALUES["status"][value] if language == "zh" else value for value in column.values]
                    rule = {"validate": "list", "source": listed, "error_title": say(column.title, language)}
                    self.sheet.data_validation(FIRST - 1, self.place - 1, FIRST + len(keys), self.place - 1, rule)
        self.sheet.set_row_pixels(HEADER - 1, max(2, self.lines) * 20 + 6)
        self.sheet.set_row(NAMES - 1, None, None, {"hidden": True})
        self.sheet.freeze_panes(FIRST - 1, frozen)
        lay_pages(self.sheet, pages(self.widths, language, frozen), language)
        self.sheet.set_tab_color(ACCENT)

    def name_rows(self, rows: int) -> None:
        """Drop-downs of names for the columns that say what a row is of, also for rows to come; codes are taken too."""
        places = {"city": 0, self.part.item: 2}
        for name, target in self.part.named:
            rule = {"validate": "list", "source": self.offered[target], "show_error": False}
            self.sheet.data_validation(FIRST - 1, places[name], FIRST + rows + ROWS_TO_COME, places[name], rule)

    def keys(self) -> Iterator[tuple[Cell, str]]:
        """City and service or pool of every row."""
        for city in self.cities.get("city", ()):
            for item in self.part.items or ("",):
                yield city, item

    def titles(self) -> dict[Cell, Cell]:
        """Names of services or pools by code."""
        target = self.content.tables.get(self.part.form.by_name[self.part.item].references, {})
        return dict(zip(target.get(self.part.item, ()), target.get(f"title_{self.language}", ()), strict=False))

    def units(self) -> dict[Cell, Cell]:
        """What amounts of services or pools are counted in, by code."""
        target = self.content.tables.get(self.part.form.by_name[self.part.item].references, {})
        kinds = target.get("kind", ())
        amounts = [say(HECTARES if kind == "land" else MONEY, self.language) for kind in kinds]
        return dict(
            zip(target.get(self.part.item, ()), amounts or target.get(f"unit_{self.language}", ()), strict=False)
        )

    def named(self) -> Text:
        """What stands beside a code of a service or pool."""
        return TABLES[self.part.form.by_name[self.part.item].references].title

    def head(self, name: str, title: str, fill: str = "", *, bold: bool = False) -> None:
        """The head of the next column, its machine name below."""
        self.sheet.write_string(HEADER - 1, self.place, title, self.styles.header(fill, bold=bold))
        self.sheet.write_string(NAMES - 1, self.place, name, self.styles(font_color=FAINT))
        self.lines = max(self.lines, header_size(title)[1])
        self.place += 1

    def width(self, wide: float, form: Format | None) -> None:
        """How wide the next column is, and the format of its cells."""
        self.widths.append(wide)
        self.sheet.set_column(self.place, self.place, wide, form)

    def text(self, name: str, title: str, cells: list[Any], fill: str = "", wide: float = 0) -> None:
        """A column of texts."""
        quiet = name.startswith(SHOWN_ONLY)
        form = self.styles(num_format="@", **({"font_color": QUIET} if quiet else {}))
        self.width(wide or column_width(title, map(str, cells)), form)
        for row, cell in enumerate(cells, start=FIRST - 1):
            if cell is not None:
                self.sheet.write_string(row, self.place, str(cell), form)
        self.head(name, title, fill, bold=not quiet)

    def figures(self, name: str, keys: list[tuple[Cell, str]]) -> None:
        """A column to be filled in, and beside it what stands there now with the mark of its status."""
        table, column, language = self.part.table, self.part.form.by_name[name], self.language
        known = table.by_name.get(name)
        title = column.title if known else city_figure(name)[0]
        cells = self.content.tables.get(table.name, {})
        own = [str(city) for city in cells.get("city", ())]
        items = (
            [str(item) for item in cells.get(self.part.item, [""] * len(own))] if self.part.item else [""] * len(own)
        )
        statuses = self.content.cell_statuses(table.name, name) if name in cells else []
        now = dict(zip(zip(own, items, strict=True), zip(cells.get(name, ()), statuses, strict=True), strict=False))
        form = number_format(known, [cell for cell, _ in now.values()])
        unit = short_unit(column.unit, language)
        said = say(title, language)
        brackets = ("（", "）") if language == "zh" else (" (", ")")
        head = f"{said}\n{brackets[0].strip()}{unit}{brackets[1]}" if unit else said
        self.width(column_width(head, ()), self.styles(num_format=form))
        rule = {"validate": "decimal", "criteria": "between", "minimum": -1e300 if column.minimum is None else
                column.minimum, "maximum": 1e300 if column.maximum is None else column.maximum,
                "error_type": "warning", "error_title": said[:32]}  # fmt: skip
        self.sheet.data_validation(FIRST - 1, self.place, FIRST + len(keys), self.place, rule)
        self.head(name, head, "key", bold=True)
        place = self.place
        for row, key in enumerate(keys, start=FIRST - 1):
            cell, status = now.get((str(key[0]), key[1]), (None, ""))
            mark = MARKS.get(status, "")
            grey = {"font_color": QUIET, "bg_color": FILLS[status if mark else ""]}
            if isinstance(cell, float):
                shown = self.styles(num_format=f'{form}"{mark}"' if mark else form, **grey)
                self.sheet.write_number(row, place, cell, shown)
            else:
                self.sheet.write_string(row, place, "" if cell is None else str(cell), self.styles(**grey))
        title_now = f"{said}\n{brackets[0].strip()}{say(NOW, language)}{brackets[1]}"
        self.width(column_width(title_now, ()), None)
        self.head(f"{SHOWN_ONLY}{name}", title_now)
