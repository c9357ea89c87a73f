"""Forms merged into an instance: nothing is written over in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from alloc import writing
from alloc.instance.files.reading import read_source
from alloc.instance.files.shipped import locate
from alloc.instance.findings import Finding, InputError, errors, sort_findings
from alloc.instance.findings_by_name import with_names
from alloc.instance.row_units import units_by_code, with_units
from alloc.instance.schema.suppliers import SUPPLIERS
from alloc.instance.schema.tables import CELL_SOURCES, IN_CHINESE
from alloc.instance.statuses import item_column
from alloc.scenario.state import State
from alloc.text import Text
from alloc.workbook.content import Columns, Content, from_source
from alloc.workbook.convert import CARRIED, WORKBOOK, state_of, write_copy
from alloc.workbook.forms.differences import Difference, MergedForms, doubted
from alloc.workbook.forms.filled import Filled, filled_twice
from alloc.workbook.forms.parts import suppliers_of, without_form
from alloc.workbook.forms.read import form_year, read_form
from alloc.workbook.forms.write import write_form
from alloc.workbook.layout import Cell
from alloc.writing import Written, kinds


def write_forms(instance: Path | str, target: Path, language: str) -> tuple[Written, tuple[str, ...]]:
    """Writes the forms of all departments into a new folder.

    Args:
        instance: a folder, a workbook, or the name of one that ships; it may still be incomplete or wrong.
        target: the folder; forms that are there are renamed beside.
        language: ``zh`` or ``en``.

    Returns:
        Where they lie, and services that stand on nobody's form.

    Raises:
        InputError: the instance cannot be read.
        TargetError: the target holds something else, or cannot be written.
    """
    place, content, _ = _content(instance)
    writing.ready(target, kinds.FORMS, [place])

    def written(beside: Path) -> None:
        beside.mkdir()
        for supplier in suppliers_of(content):
            name = SUPPLIERS[supplier].zh if language == "zh" else supplier
            write_form(content, supplier, beside / f"{name}{WORKBOOK}", language)

    return writing.write(target, kinds.FORMS, written, reads=[place]), tuple(without_form(content))


def merge_forms(instance: Path | str, filled_in: Sequence[Path], out: Path | None, language: str) -> MergedForms:
    """What forms change in an instance; where a place is given, the instance with them is written there.

    Args:
        instance: as for `write_forms`.
        filled_in: forms that departments have filled in, or folders of them.
        out: a folder, or a workbook where it ends in .xlsx; None: nothing is written.
        language: ``zh`` or ``en``, of sources that the forms do not give and of a workbook's titles.

    Raises:
        InputError: a form is wrong; with every finding.
        TargetError: the target holds something else, or cannot be written.
    """
    place, content, state = _content(instance)
    paths = [each for path in filled_in for each in (sorted(path.glob(f"*{WORKBOOK}")) if path.is_dir() else [path])]
    reads = [place, *paths]
    if out is not None:
        writing.ready(out, kinds.WORKBOOK if out.suffix.casefold() == WORKBOOK else kinds.INSTANCE, reads)
    given = content.settings.get("year")
    year = given if isinstance(given, int) else next(filter(None, map(form_year, paths)), None)
    every: list[Filled] = []
    findings: list[Finding] = []
    for path in paths:
        filled, found = read_form(path, content, year, language)
        every += filled
        findings += found
    findings += filled_twice(every)
    cells = {cell.key: cell for cell in every}
    merged, differences = _put_in(content, [cells[key] for key in sorted(cells)])
    findings += filter(None, map(doubted, differences))
    names = _names(content)
    findings = with_units(with_names(findings, names), units_by_code(content.tables))
    if errors(findings):
        raise InputError(findings)
    done = MergedForms(differences, names, sort_findings(findings))
    if out is None:
        return done
    return replace(done, written=write_copy(merged, state, place, out, language, reads=reads))


def _content(instance: Path | str) -> tuple[Path, Content, State | None]:
    """The place of an instance, right, wrong or incomplete but whole; its content, and what edits of it name.

    Raises:
        InputError: some of it cannot be read.
    """
    place = locate(instance)
    source = read_source(place)
    if source.data is None or any(finding.code not in CARRIED for finding in errors(source.findings)):
        raise InputError([*source.findings, *source.misset])
    return place, from_source(source), state_of(source)


def _names(content: Content) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for name, key, *titles in (
        ("services", "service", "title_zh", "title_en"), ("pools", "pool", "title_zh", "title_en"),
        ("cities", "city", "name", "name_en"),
    ):  # fmt: skip
        cells = content.tables.get(name, {})
        codes = [str(code) for code in cells.get(key, ())]
        names, english = (cells.get(title, [None] * len(codes)) for title in titles)
        found |= {code: Text(str(zh or code), str(en or zh or code))
                  for code, zh, en in zip(codes, names, english, strict=True)}  # fmt: skip
    return found


def _put_in(content: Content, cells: Sequence[Filled]) -> tuple[Content, tuple[Difference, ...]]:
    """The content with cells in their places, each with its status and source; and what stood there."""
    tables = {
        name: {column: list(each) for column, each in columns.items()} for name, columns in content.tables.items()
    }
    rows = {name: _rows(name, tables.setdefault(name, {})) for name in {cell.table for cell in cells}}
    differences: list[Difference] = []
    for cell in cells:
        columns, key = tables[cell.table], (cell.city, cell.item)
        if key not in rows[cell.table]:
            item = item_column(cell.table)
            rows[cell.table][key] = _added(columns, {"city": cell.city, **({item: cell.item} if item else {})})
        at, count = rows[cell.table][key], _height(columns)
        values = columns.setdefault(cell.column, [None] * count)
        old = values[at]
        number = old if isinstance(old, float) else None
        status = content.statuses.of(cell.table, cell.column, cell.city, cell.item) if number is not None else ""
        differences.append(Difference(cell, number, status))
        values[at] = cell.value
    said = tables.setdefault(CELL_SOURCES.name, {})
    _say(said, cells)
    return replace(content, tables=tables), tuple(differences)


def _say(said: dict[str, list[Cell]], cells: Sequence[Filled]) -> None:
    """Puts the rows of cells into the table of their sources, in the place of those that were there."""
    key = CELL_SOURCES.key
    known = {tuple(str(each or "") for each in row): at
             for at, row in enumerate(zip(*(said.get(name, ()) for name in key), strict=True))}  # fmt: skip
    for cell in cells:
        place = dict(zip(("table", "column", "item", "city"), cell.key, strict=True))
        former = {name: "" for name in IN_CHINESE.values() if name in said}  # of the figure that stood there
        row: dict[str, Cell] = {name: text or None for name, text in {**place, **former, **cell.said}.items()}
        at = known.get(tuple(place[name] for name in key))
        if at is None:
            _added(said, row)
        else:
            for name, value in row.items():
                said.setdefault(name, [None] * _height(said))[at] = value


def _rows(name: str, columns: Columns) -> dict[tuple[str, str], int]:
    """The row of every city and item."""
    item = item_column(name)
    cities = [str(city) for city in columns.get("city", ())]
    items = [str(each or "") for each in columns.get(item, ())] if item else [""] * len(cities)
    return {key: at for at, key in enumerate(zip(cities, items, strict=True))}


def _added(columns: dict[str, list[Cell]], cells: dict[str, Cell]) -> int:
    """Adds a row; gives its place."""
    count = _height(columns)
    for name in {**columns, **cells}:
        columns.setdefault(name, [None] * count).append(cells.get(name))
    return count


def _height(columns: Columns) -> int:
    return max((len(each) for each in columns.values()), default=0)
