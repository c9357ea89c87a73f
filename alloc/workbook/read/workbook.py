"""Reading a workbook as planners hand it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.files.raw import RawTable
from alloc.instance.files.record_rows import Keys, record_keys, rows_of
from alloc.instance.files.settings_reading import FILE, validate_settings
from alloc.instance.files.source import Source
from alloc.instance.findings import Finding, Severity, shortened
from alloc.instance.schema.columns import Table
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES
from alloc.instance.suggest import Known
from alloc.text import Text
from alloc.workbook.layout import SETTINGS, SETTINGS_SHEET, clean_header, in_chinese, in_titles, sheet_of
from alloc.workbook.read.grid import Grid, cell_name, cell_names, make_grid
from alloc.workbook.read.package import NoWorkbook, Package
from alloc.workbook.read.scan import Place
from alloc.workbook.read.settings import SettingsRead, read_settings, reworded, title_of
from alloc.workbook.read.table import TableSheet, header_row, is_names_row, read_table
from alloc.workbook.words import names_meant, quantities

_TABLE_OF = {title: table.name for table in TABLES.values() for title in (table.name, *table.title)}
_NAMES = Known(_TABLE_OF)
FEW_CELLS = 6  # that a finding on a record names; of more the column
_OTHER_SHEETS = Text("若不是填报的内容，可不改。", "Leave it if it is nothing that is to be read.")
_SAVE_AGAIN = Text("在 Excel 或 WPS 中打开并另存。", "Open it in Excel or WPS and save it again.")


@dataclass(frozen=True)
class WorkbookSource(Source):
    """An instance as it stands in a workbook.

    Attributes:
        sheets: where every table stands that could be read, by its name.
    """

    sheets: Mapping[str, TableSheet] = field(default_factory=dict)


def read_workbook(path: Path) -> Source:
    """The sheets of a workbook before any cell is understood; never raises for a bad one."""
    try:
        with Package(path) as package, _open(path) as book:
            return _Reader(path, package, book).read()
    except NoWorkbook as error:
        return Source(None, None, {}, frozenset(TABLES), (error.finding,))


def read_sheet(path: Path, name: str, title: Text) -> tuple[Grid | None, str, tuple[Finding, ...]]:
    """One sheet of a workbook, by what it holds (`sheet_of`).

    Returns:
        Its texts, None where there is no such sheet or it cannot be read; its name in findings; what is wrong with it.
    """
    try:
        with Package(path) as package, _open(path) as book:
            reader = _Reader(path, package, book)
            titles = reader.titles_of(name)
            grid = reader.only(name, title, titles, required=False)
            return grid, reader.file(titles[0]) if titles else path.name, tuple(reader.findings)
    except NoWorkbook as error:
        return None, path.name, (error.finding,)


def _open(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        message = Text("工作簿需要密码。", "The workbook has a password.")
        remedy = Text("取消密码后另存。", "Take the password off and save it.")
        raise NoWorkbook(Finding("error", "encrypted", path.name, None, None, None, message, remedy)) from error
    except BaseException as error:
        if not _of_the_library(error):
            raise
        why = shortened(str(error), 100)
        message = Text(f"工作簿已损坏：{why}。", f"The workbook is damaged: {why}.")
        finding = Finding("error", "not_a_workbook", path.name, None, None, None, message, _SAVE_AGAIN)
        raise NoWorkbook(finding) from error


def _of_the_library(error: BaseException) -> bool:
    """Whether the reading library gave up; its panics are no ordinary exceptions."""
    return isinstance(error, CalamineError | OSError | ValueError) or type(error).__name__ == "PanicException"


class _Reader:
    """A workbook while it is read, sheet by sheet."""

    def __init__(self, path: Path, package: Package, book: CalamineWorkbook) -> None:
        """Nothing is read yet."""
        self.path, self.package, self.book = path, package, book
        self.findings: list[Finding] = []
        self.misset: list[Finding] = []
        self.tables: dict[str, RawTable] = {}
        self.sheets: dict[str, TableSheet] = {}
        self.unusable: set[str] = set()
        self.spoilt: set[tuple[str, int, str]] = set()

    def read(self) -> Source:
        """Everything that the workbook holds of an instance."""
        titles = self._titles()
        if self.package.macros:
            message = Text(
                "工作簿带有宏；只读取各表，宏不会运行。", "The workbook has macros; tables are read, macros never run."
            )
            self._find(
                "macros", self.path.name, message, Text("可另存为 .xlsx。", "It may be saved as .xlsx."), "warning"
            )
        if not any(titles.get(name) for name in (*TABLES, SETTINGS_SHEET)):
            message = Text("工作簿里没有算例的任何一张表。", "The workbook has none of the sheets of an instance.")
            remedy = Text(
                "用 alloc init 或 alloc convert 生成的工作簿填报。",
                "Start from a workbook by alloc init or alloc convert.",
            )
            self._find("no_tables", self.path.name, message, remedy)
            return Source(None, None, {}, frozenset(TABLES), tuple(self.findings))
        settings, read = self._settings(titles.get(SETTINGS_SHEET, []))
        for name in TABLES:
            self._table(name, titles.get(name, []))
        self._words()
        offered = quantities({name: raw.columns for name, raw in self.tables.items()})
        home = _Home(self.path.name, self.sheets, self._settings_file(titles), read.cells, offered, self.tables)
        found, misset = (tuple(home.place(finding) for finding in some) for some in (self.findings, self.misset))
        return WorkbookSource(
            settings, read.data if read.cells else None, self.tables, frozenset(self.unusable), found, misset,
            frozenset(self.spoilt), home.place, self.sheets,
        )  # fmt: skip

    def _titles(self) -> dict[str, list[str]]:
        """Titles of the sheets by what they hold; warnings on those that nobody will read."""
        titles: dict[str, list[str]] = {}
        for sheet in self.book.sheets_metadata:
            name = sheet_of(sheet.name)
            if sheet.typ != SheetTypeEnum.WorkSheet or name == "":
                continue
            if name is None:
                if sheet.visible != SheetVisibleEnum.VeryHidden and self._filled(sheet.name):
                    self._unknown(sheet.name)
                continue
            titles.setdefault(name, []).append(sheet.name)
            if sheet.visible != SheetVisibleEnum.Visible:
                message = Text("工作表是隐藏的，仍会读取。", "The sheet is hidden; it is read all the same.")
                remedy = Text("取消隐藏，或删去。", "Show it, or delete it.")
                self._find("hidden_sheet", self.file(sheet.name), message, remedy, "warning")
        return titles

    def _unknown(self, title: str) -> None:
        """A sheet of no table: wrong where it looks like one, as its rows would be left out and nobody would know."""
        near = _NAMES.nearest(title)
        table = None if near is None else TABLES[_TABLE_OF[near]]
        message = Text("没有这个名称的表，该工作表不会被读取。", "There is no table of this name: it is not read.")
        if table is None:
            self._find("unknown_table", self.file(title), message, _OTHER_SHEETS, "warning")
            return
        meant = Text("是否为“{title}”？", "Is it meant to be {title}?").fill(title=table.title)
        if not self._like(table, title):
            self._find("unknown_table", self.file(title), message, meant, "warning")
            return
        rename = Text("工作表改名为“{title}”；若不是这张表，改用不相近的名称。",
                      "Rename it {title}; if it is no such table, give it a name that is less like it.")  # fmt: skip
        self._find("near_table", self.file(title), Text(message.zh + meant.zh, f"{message.en} {meant.en}"),
                   rename.fill(title=table.title))  # fmt: skip

    def _like(self, table: Table, title: str) -> bool:
        """Whether a sheet has rows below a header with a column of a table."""
        before = len(self.findings)
        grid = self._grid(title)
        del self.findings[before:]  # nobody is to mend a sheet that is not read
        header = None if grid is None else header_row(grid, table)
        if grid is None or header is None:
            return False
        names = machine_names(table)
        known = any(machine_name(names, clean_header(text)) in table.by_name for text in grid.rows[header - 1])
        return known and any(any(cells) and not is_names_row(cells, table) for cells in grid.rows[header:])

    def titles_of(self, name: str) -> list[str]:
        """The titles of the sheets that hold one thing."""
        sheets = self.book.sheets_metadata
        return [each.name for each in sheets if each.typ == SheetTypeEnum.WorkSheet and sheet_of(each.name) == name]

    def _filled(self, title: str) -> bool:
        try:
            return self.package.scan(title).filled
        except NoWorkbook:
            return False

    def _settings(self, titles: list[str]) -> tuple[Settings | None, SettingsRead]:
        grid = self.only(SETTINGS_SHEET, SETTINGS, titles, required=True)
        if grid is None:
            return None, SettingsRead()
        read = read_settings(grid, self.file(titles[0]))
        settings, findings = validate_settings(read.data)
        spoilt = {finding.column for finding in read.findings}
        self.findings += read.findings
        self.misset = [reworded(finding) for finding in findings if finding.column not in spoilt]
        return (settings if not read.findings else None), read

    def _settings_file(self, titles: Mapping[str, list[str]]) -> str:
        named = titles.get(SETTINGS_SHEET, [])
        return self.file(named[0]) if named else self.path.name

    def _table(self, name: str, titles: list[str]) -> None:
        table = TABLES[name]
        grid = self.only(name, table.title, titles, required=table.required)
        if grid is None:
            if titles or table.required:
                self.unusable.add(name)
            return
        read = read_table(grid, table, titles[0], self.file(titles[0]))
        if read is None:
            if table.required:
                message = Text("工作表是空的，没有列名。", "The sheet is empty: it has no header.")
                self._find(
                    "empty_file", self.file(titles[0]), message, Text("第一行写列名。", "Name the columns in row 1.")
                )
                self.unusable.add(name)
            return
        self.findings += read.findings
        self.tables[name], self.sheets[name] = read.raw, read.sheet
        self.spoilt |= read.spoilt

    def _words(self) -> None:
        """Puts machine names in the place of titles, which Chinese workbooks show for them."""
        for name, column, place, text in names_meant({name: raw.columns for name, raw in self.tables.items()}):
            self.sheets[name].said[self.tables[name].rows[place], column] = text

    def only(self, name: str, title: Text, titles: list[str], *, required: bool) -> Grid | None:
        """The one sheet of a table; None, and a finding where one is due, where there is none or several."""
        if not titles:
            if required:
                message = Text("缺少工作表“{title}”。", "The sheet is missing: {title}.").fill(title=title)
                remedy = Text(f"加上它，工作表名为“{title.zh}”。", f"Add a sheet of the name {title.en}.")
                self._find("missing_sheet", self.path.name, message, remedy)
            return None
        if len(titles) > 1:
            listed = Text("、".join(titles), ", ".join(titles))
            message = Text(
                f"同一张表有几个工作表：{listed.zh}。", f"The same table stands on several sheets: {listed.en}."
            )
            self._find("several_files", self.file(titles[0]), message, Text("只保留一个。", "Keep one of them."))
            return None
        return self._grid(titles[0])

    def _grid(self, title: str) -> Grid | None:
        """A sheet as texts; None, and a finding, where it cannot be read."""
        try:
            scan = self.package.scan(title)
            if scan.farthest is not None:
                cell = cell_name(*scan.farthest).en
                message = Text(
                    f"内容一直延伸到 {cell}，远在表外。", f"The sheet goes on to {cell}, far beyond the table."
                )
                remedy = Text(
                    "删去表外的行和列（整行、整列删除）后保存。",
                    "Delete the rows and columns beyond the table and save it.",
                )
                self._find("too_large", self.file(title), message, remedy)
                return None
            sheet = self.book.get_sheet_by_name(title)
            values, merged = sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges
        except NoWorkbook as error:
            self.findings.append(replace(error.finding, file=self.file(title)))
            return None
        except BaseException as error:
            if not _of_the_library(error):
                raise
            why = shortened(str(error), 100)
            message = Text(f"工作表无法读取：{why}。", f"The sheet cannot be read: {why}.")
            self._find("unreadable", self.file(title), message, _SAVE_AGAIN)
            return None
        if scan.unplaced:
            message = Text("有错误值，或公式没有保存计算结果。", "There are errors, or formulas without a value.")
            self._find("error_in_cell", self.file(title), message, _SAVE_AGAIN)
        return make_grid(values, scan, merged)

    def file(self, title: str) -> str:
        return f"{self.path.name}#{title}"

    def _find(self, code: str, file: str, message: Text, remedy: Text, severity: Severity = "error") -> None:
        self.findings.append(Finding(severity, code, file, None, None, None, message, remedy))


@dataclass(frozen=True)
class _Home:
    """Where the tables and settings that findings speak of stand in the workbook."""

    book: str
    sheets: Mapping[str, TableSheet]
    settings_file: str
    settings: Mapping[str, Place]
    quantities: Mapping[str, str]
    tables: Mapping[str, RawTable]

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """What the sheets of all tables are called, by table."""
        return {name: table.title.zh for name, table in TABLES.items()} | {
            name: sheet.title for name, sheet in self.sheets.items()
        }

    def place(self, finding: Finding) -> Finding:
        """The finding with the sheet for its file, and with the cell, as spreadsheets name it."""
        if FILE in finding.message.en or FILE in finding.remedy.en:
            words = [Text(*(part.replace(FILE, self.settings_file) for part in text))
                     for text in (finding.message, finding.remedy)]  # fmt: skip
            finding = replace(finding, message=words[0], remedy=words[1])
        if finding.file == FILE or (finding.file == self.settings_file and finding.column in self.settings):
            row, column = self._setting(finding.column or "")
            row = row or finding.row
            if (title := title_of(finding.column or "")) is not None:
                finding = replace(finding, title=title.zh if self._chinese else title.en)
            if row is None or column is None:
                return replace(finding, file=self.settings_file)
            return _named(replace(finding, file=self.settings_file, row=row), row, column)
        sheet = next(
            (each for each in self.sheets.values() if finding.file in (each.file, f"{each.name}.csv", each.name)), None
        )
        if sheet is None:
            stem = finding.file.removesuffix(".csv")
            return replace(finding, file=self.book) if stem in TABLES else finding
        finding = replace(finding, file=sheet.file, title=sheet.heads.get(finding.column or ""))
        finding = in_words(finding, sheet, TABLES[sheet.name])
        if finding.column == "quantity":
            finding = _offered(finding, self.quantities)
        named = [Text(in_titles(text.zh, sheet.heads, self.titles), text.en)
                 for text in (finding.message, finding.remedy)]  # fmt: skip
        finding = replace(finding, message=named[0], remedy=named[1])
        column = sheet.columns.get(finding.column or "")
        if column is None:
            return finding
        rows = rows_of(finding, self._keys(sheet.name) if finding.row is None and finding.key else {})
        cells = cell_names(rows, column) if 0 < len(rows) <= FEW_CELLS else cell_name(finding.row, column)
        return replace(finding, cell=cells)

    def _keys(self, name: str) -> Keys:
        if name not in self._found:
            self._found[name] = record_keys(self.tables[name], TABLES[name].key)
        return self._found[name]

    @cached_property
    def _found(self) -> dict[str, Keys]:
        return {}

    @cached_property
    def _chinese(self) -> bool:
        """Whether its sheets have Chinese titles."""
        return any(sheet.title == TABLES[name].title.zh for name, sheet in self.sheets.items())

    def _setting(self, path: str) -> tuple[int | None, int | None]:
        """The cell of a setting, or the row of the nearest list that it belongs to."""
        if path in self.settings:
            return self.settings[path]
        above = path
        while "." in above or "[" in above:
            above = above[: max(above.rfind("."), above.rfind("["))]
            if above in self.settings:
                return self.settings[above]
        return None, None


def _offered(finding: Finding, titles: Mapping[str, str]) -> Finding:
    """A finding on what a limit is about, with what may stand there as the sheet offers it."""
    _, listed, codes = finding.remedy.zh.rstrip("。").partition("可用：")
    offered = [titles.get(code, code) for code in codes.split(", ")]
    if not listed or " " in "".join(offered):
        return finding
    meant = [title for title in offered if finding.value and finding.value in title]
    guess = f"是否为“{meant[0]}”？" if len(meant) == 1 else ""
    return replace(finding, remedy=Text(f"{guess}可用：{'、'.join(offered)}。", finding.remedy.en))


def in_words(finding: Finding, sheet: TableSheet, table: Table) -> Finding:
    """A finding on a cell of an ``enum`` in the words of the sheet: its value as it stands, values in Chinese.

    Args:
        finding: on a row of the table, by the machine name of its column.
        sheet: where the table stands.
        table: its description.
    """
    column = table.by_name.get(finding.column or "")
    if column is None:
        return finding
    value = sheet.said.get((finding.row or 0, column.name), finding.value)
    if column.kind != "enum":
        return replace(finding, value=value)
    words = [Text(in_chinese(table, column, text.zh), text.en) for text in (finding.message, finding.remedy)]
    return replace(finding, value=value, message=words[0], remedy=words[1])


def _named(finding: Finding, row: int | None, column: int) -> Finding:
    return replace(finding, cell=cell_name(row, column))
