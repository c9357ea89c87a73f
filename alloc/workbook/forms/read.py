"""Reading a form that a department has filled in: its cells, and what is wrong, with sheet and row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from alloc.instance.cells import parse_code
from alloc.instance.checks.all import check_cells
from alloc.instance.divisions.codes import PROVINCE, in_six_digits, is_chinese
from alloc.instance.files.heads import machine_name, machine_names
from alloc.instance.files.sheets import Sheet
from alloc.instance.files.type_cells import type_cells
from alloc.instance.findings import Finding
from alloc.instance.named import HAND_ON, NAMES, OF_ANOTHER_PROVINCE, Named
from alloc.instance.schema.suppliers import SUPPLIERS
from alloc.instance.schema.tables import TABLES
from alloc.text import Text, figure, listed
from alloc.workbook.content import Content
from alloc.workbook.forms.filled import Filled
from alloc.workbook.forms.origin import of_another_instance
from alloc.workbook.forms.parts import SAID, STATUS, Part, parts_of
from alloc.workbook.forms.years import doubted_years
from alloc.workbook.layout import FORM, FORM_SHEET, SHOWN_ONLY, clean_header
from alloc.workbook.read.grid import Grid, cell_name
from alloc.workbook.read.table import TableSheet, header_row, read_table
from alloc.workbook.read.workbook import in_words, read_sheet
from alloc.workbook.records import Records

NAMED_BESIDE = Text(
    "代码 {code} 是{own}，旁边的城市名称是{name}。", "The code {code} is that of {own}; the name beside it is {name}."
)
WRITE_BESIDE = Text("若是后者，代码写作 {code}；若是前者，改正旁边的名称。",
                    "If the name is right, write {code}; if the code is, correct the name.")  # fmt: skip
NOTHING = Text("", "")
NAME_BESIDE = Text("旁边的城市名称是{name}，写作 {code}。", "The name beside it is {name}: write {code}.")


def read_form(path: Path, content: Content, year: int | None, language: str) -> tuple[list[Filled], list[Finding]]:
    """The cells that are filled in on a form, and everything that is wrong with it.

    Args:
        path: of the form.
        content: the instance that it is for.
        year: planning year of the instance, or of the forms before; None: not known.
        language: of the source of cells of which none is given.
    """
    grid, file, found = read_sheet(path, FORM_SHEET, FORM)
    supplier = None if grid is None else _supplier(grid)
    if grid is None or supplier is None:
        message = Text("这不是部门填报表。", "This is no form of a department.")
        remedy = Text("用 alloc forms 生成的填报表填报。", "Fill in a form by alloc forms.")
        return [], [*found, Finding("error", "no_form", file, None, None, None, message, remedy)]
    findings = [*found, *_wrong_year(grid, file, year)]
    department = SUPPLIERS[supplier]
    source = {"zh": f"{department.zh}部门填报", "en": f"reported by the department: {department.en}"}[language]
    filled: list[Filled] = []
    within: list[Finding] = []
    cities: list[str] = []
    for part in parts_of(content, supplier):
        sheet, at, beside, wrong = _read_part(path, part, content)
        within += wrong
        if sheet is not None and at is not None:
            within += [_placed(each, at, part) for each in _strangers(sheet, part, content, beside)]
            cities += sheet.texts("city").tolist() if sheet.has("city") else []
            cells = [each for each in _cells(sheet, at, part, source) if beside.get(each.row, each.city) == each.city]
            within += [_placed(each, at, part) for each in doubted_years(cells, year)]
            filled += cells
    named = _front(grid, "instance")
    if named is not None:
        front = Finding("error", "other_instance", file, named[0], "instance", named[1] or None, NOTHING, NOTHING,
                        title=grid.rows[named[0] - 1][1], cell=cell_name(named[0], 3))  # fmt: skip
        within = of_another_instance(front, content, cities, within)
    findings += within
    if not filled and not findings:
        findings.append(_empty(file, department, parts_of(content, supplier), content))
    return filled, findings


def _empty(file: str, department: Text, parts: Sequence[Part], content: Content) -> Finding:
    """A warning on a form in which no number stands: what it was for, all of which stays as it is."""
    cities = len(_named(content, "cities")[0])
    sheets = listed(
        Text("“{sheet}”{count} 格", "{sheet} {count} cells").fill(
            sheet=part.table.title,
            count=figure(
                cities * max(1, len(part.items)) * sum(not each.key and each.numeric for each in part.columns)
            ),
        )
        for part in parts
    )
    message = Text("{department}部门的填报表一格也没有填写，可填的有：{sheets}；都保留原有数据。",
                   "Nothing is filled in on the form of the department {department}, which is for: {sheets}; all of it "
                   "stays as it was.").fill(department=department, sheets=sheets)  # fmt: skip
    remedy = Text("请填写白色各列后再合并。", "Fill in the white columns, and merge it again.")
    return Finding("warning", "empty_form", file, None, None, None, message, remedy)


def form_year(path: Path) -> int | None:
    """The planning year that a form names; None where it names none."""
    grid, _, _ = read_sheet(path, FORM_SHEET, FORM)
    at = None if grid is None else _front(grid, "year")
    return int(at[1]) if at is not None and at[1].isdigit() else None


def _front(grid: Grid, name: str) -> tuple[int, str] | None:
    """Row and value of a fact of the first sheet."""
    for row, cells in enumerate(grid.rows, start=1):
        if cells and cells[0].partition(" ")[0] == name:
            return row, cells[2] if len(cells) > 2 else ""
    return None


def _supplier(grid: Grid) -> str | None:
    named = next((cells[0].partition(" ")[2] for cells in grid.rows if cells and cells[0].startswith("form ")), "")
    return named if named in SUPPLIERS else None


def _wrong_year(grid: Grid, file: str, year: int | None) -> Iterator[Finding]:
    at = _front(grid, "year")
    if at is not None and year is not None and at[1] != str(year):
        cell = cell_name(at[0], 3)
        message = Text(f"填报表是 {at[1] or '（空）'} 年的，算例是 {year} 年。",
                       f"The form is of {at[1] or 'no year'}, the instance of {year}.")  # fmt: skip
        remedy = Text(f"换成 {year} 年的填报表。", f"Hand in the form of {year}.")
        yield Finding("error", "wrong_year", file, at[0], "year", at[1] or None, message, remedy,
                      title=grid.rows[at[0] - 1][1], cell=cell)  # fmt: skip


def _read_part(
    path: Path, part: Part, content: Content
) -> tuple[Sheet | None, TableSheet | None, dict[int, str], list[Finding]]:
    """A sheet of a form with typed cells, and where they stand, None where it has none; row -> city named beside."""
    table = part.form
    grid, file, found = read_sheet(path, table.name, table.title)
    if grid is not None and (lost := list(_without_key(grid, part, file))):
        return None, None, {}, [*found, *lost]
    read = None if grid is None else read_table(grid, table, file.rpartition("#")[2], file)
    if read is None:
        return None, None, {}, list(found)
    found = (*found, *_left_out(read.sheet, part))
    for key, target in part.named:  # by name or by code, as in a workbook
        if key in read.raw.columns:
            records = Records(target, content.tables.get(target, {}))
            read.raw.columns[key][:] = [records.meant(text) for text in read.raw.columns[key]]
    sheet, misread = type_cells(read.raw, table)
    checked = [each for each in (*misread, *check_cells(sheet)) if (file, each.row, each.column) not in read.spoilt]
    beside = _beside(grid, read.sheet.header, content) if grid is not None else {}
    told = [_of_the_city(each, sheet, beside) for each in checked]
    return sheet, read.sheet, beside, [*found, *(_placed(each, read.sheet, part) for each in (*read.findings, *told))]


def _beside(grid: Grid, header: int, content: Content) -> dict[int, str]:
    """The city whose name stands beside the code in a row, as the form was made; none where not one city has it."""
    shown = f"{SHOWN_ONLY}city"
    place = next((cells.index(shown) for cells in grid.rows[header - 1 : header + 1] if shown in cells), None)
    if place is None:
        return {}
    known = Named(*_named(content, "cities"))
    named = ((row, known.by_name(cells[place])) for row, cells in enumerate(grid.rows, start=1) if row > header)
    return {row: code for row, code in named if code is not None}


def _of_the_city(finding: Finding, sheet: Sheet, beside: Mapping[int, str]) -> Finding:
    """The finding by the city that is named beside, where the code in its row is not that of it."""
    code = beside.get(finding.row or 0)
    if code is None or not finding.key or not sheet.has("city"):
        return finding
    own, *items = finding.key.split(", ")
    return finding if own == code or finding.column == "city" else replace(finding, key=", ".join((code, *items)))


def _without_key(grid: Grid, part: Part, file: str) -> Iterator[Finding]:
    """The columns that say which city, service or pool a row is of, where the sheet has lost one: nothing else of it
    can be read then.
    """
    table, row = part.form, header_row(grid, part.form)
    if row is None:
        return
    known = machine_names(table)
    here = {machine_name(known, clean_header(text)) for cells in grid.rows[row - 1 : row + 1] for text in cells}
    for name in table.key:
        if name not in here:
            message = Text("缺少“{title}”一列，无法知道各行填的是什么。",
                           "The column {title} is missing: nothing says what the rows are of.")  # fmt: skip
            remedy = Text("恢复这一列，或在新的填报表上填报。", "Put it back, or fill in a new form.")
            title = table.by_name[name].title
            yield Finding("error", "missing_column", file, row, None, None, message.fill(title=title), remedy)


def _left_out(at: TableSheet, part: Part) -> Iterator[Finding]:
    """Columns to be filled in that the sheet has lost: what stands in the instance stays."""
    for column in part.columns:
        if column.numeric and column.name not in at.columns:
            said = Text(
                "填报表中没有“{title}”一列，保留原有数据。", "The form has no column {title}: what was there stays."
            )
            message = said.fill(title=column.title)
            remedy = Text("若应填报，恢复这一列。", "Put it back if it was to be filled in.")
            yield Finding("warning", "column_left_out", at.file, at.header, None, None, message, remedy)


def _placed(finding: Finding, at: TableSheet, part: Part) -> Finding:
    """The finding by the title above its column, in the words of the sheet, with its cell, where it is about one."""
    finding = in_words(finding, at, part.form)
    column = at.columns.get(finding.column or "")
    if column is None:
        return finding
    return replace(finding, cell=cell_name(finding.row, column), title=at.heads.get(finding.column or ""))


def _strangers(sheet: Sheet, part: Part, content: Content, beside: Mapping[int, str]) -> Iterator[Finding]:
    """Rows of cities, services and pools that the form is not for, and of another city than the one named beside."""
    if not sheet.has("city"):
        return
    own = _named(content, "cities")
    known, provinces = Named(map(parse_code, own[0]), *own[1:]), {parse_code(city)[:PROVINCE] for city in own[0]}
    for row, city in zip(sheet.frame.index.tolist(), sheet.texts("city").tolist(), strict=True):
        meant = beside.get(int(row), city)
        if city and city != meant and city in known:
            message = NAMED_BESIDE.fill(code=city, own=known.titles[city], name=known.titles[meant])
            yield Finding("error", "name_beside", sheet.file, int(row), "city", city, message,
                          WRITE_BESIDE.fill(code=meant), city)  # fmt: skip
        elif city and city not in known:
            code, remedy = "unknown_code", known.remedy(city)
            message = Text("算例中没有这个城市。", "The instance has no such city.")
            whole = in_six_digits(city) or city
            if whole in known:
                remedy = Text(f"写作 {whole}。", f"Write {whole}.")
            elif city != meant and city.isascii() and whole[:PROVINCE] in provinces:
                remedy = NAME_BESIDE.fill(name=known.titles[meant], code=meant)
            elif is_chinese(whole) and whole[:PROVINCE] not in provinces:
                code = "other_province"
                message, remedy = OF_ANOTHER_PROVINCE, HAND_ON
            yield Finding("error", code, sheet.file, int(row), "city", city, message, remedy, city)
    if part.item and sheet.has(part.item):
        every = zip(*_named(content, TABLES[part.table.name].by_name[part.item].references), strict=True)
        items = Named(*zip(*(each for each in every if each[0] in part.items), strict=True))
        for row, item in zip(sheet.frame.index.tolist(), sheet.texts(part.item).tolist(), strict=True):
            if item and item not in items:
                message = Text("这一项不由本部门填报。", "This is not for the department to fill in.")
                yield Finding("error", "not_of_the_form", sheet.file, int(row), part.item, item, message,
                              items.remedy(item))  # fmt: skip


def _named(content: Content, table: str) -> list[list[str]]:
    """The codes of a table whose records others name, and their names in Chinese and in English."""
    cells = content.tables.get(table, {})
    codes = cells.get(TABLES[table].key[0], [])
    return [[str(cell or "") for cell in cells.get(name, [None] * len(codes))]
            for name in (TABLES[table].key[0], *NAMES[table])]  # fmt: skip


def _cells(sheet: Sheet, at: TableSheet, part: Part, source: str) -> Iterator[Filled]:
    """The cells of a sheet that hold a number."""
    if not sheet.given:
        return
    rows = sheet.frame.index.tolist()
    cities = sheet.texts("city").tolist()
    items = sheet.texts(part.item).tolist() if part.item else [""] * len(rows)
    said = {column.name: sheet.texts(column.name).tolist() for column in SAID}
    for column in part.columns:
        if not column.numeric:
            continue
        for place, (row, value) in enumerate(zip(rows, sheet.numbers(column.name).tolist(), strict=True)):
            if value == value:
                about = {name: str(texts[place] or "") for name, texts in said.items()}
                about["status"], about["source"] = about["status"] or STATUS, about["source"] or source
                yield Filled(part.table.name, cities[place], items[place], column.name, value, about, sheet.file, row,
                             at.heads.get(column.name), cell_name(row, at.columns[column.name]))  # fmt: skip
