"""An instance from one form into another, a folder or a workbook: nothing lost, nothing written over."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import tomlkit

from alloc import writing
from alloc.errors import AllocError
from alloc.instance.files.reading import read_source, typed_sheets, unchecked, understand
from alloc.instance.files.settings_reading import FILE
from alloc.instance.files.shipped import locate
from alloc.instance.files.source import Source
from alloc.instance.findings import Finding, InputError, errors
from alloc.instance.instance import complete_table
from alloc.instance.schema.columns import Table
from alloc.instance.schema.tables import TABLES
from alloc.scenario.edits import Script
from alloc.scenario.files import FOLDER, scripts
from alloc.scenario.state import State, taken_apart
from alloc.template.settings_text import settings_text
from alloc.text import Text
from alloc.workbook.beside import beside_tables, carry
from alloc.workbook.carried import by_names, fits, scenario_columns, with_file, without_file, write_files
from alloc.workbook.content import Columns, Content, from_source
from alloc.workbook.layout import SCENARIOS_SHEET, Cell
from alloc.workbook.read.grid import number_text
from alloc.workbook.settings_layout import tidy
from alloc.workbook.write.workbook import TooLarge, write_workbook
from alloc.writing import Written, kinds

WORKBOOK = ".xlsx"
# Faults of a file that a copy can have just as well; any other fault means that something in it could not be read.
CARRIED = frozenset({"missing_file", "missing_sheet", "missing_column", "unknown_column"})


class ConvertError(AllocError):
    """Nothing was written; `message` says why."""


@dataclass(frozen=True)
class Converted:
    """What was done.

    Attributes:
        older: where what stood at the target has been moved to; None where there was nothing.
        findings: on what was converted; the copy is as right or as wrong.
        left: what stays where it was alone: of a folder pages to read, and scenarios that a sheet cannot hold; of a
            workbook scenarios that are wrong, or of a name that no file can have.
    """

    older: Path | None
    findings: tuple[Finding, ...]
    left: tuple[str, ...] = ()


def convert(
    origin: Path | str, target: Path, language: str = "en", tables: Literal["csv", "parquet"] = "csv"
) -> Converted:
    """Writes an instance again, as a workbook where the target ends in .xlsx, otherwise as a folder.

    An instance that is still incomplete or wrong is converted too, as long as every cell of it can be carried over.
    The copy is read back and compared before it takes its place. Scenarios go along, in files or on a sheet; pages to
    read from folder to folder.

    Args:
        origin: a folder, a workbook, or the name of an instance that ships.
        target: what is there already is renamed beside.
        language: of the titles in a workbook, ``zh`` or ``en``.
        tables: format of the tables in a folder.

    Raises:
        InputError: the origin cannot be read in full; with the findings.
        ConvertError: the target cannot hold the instance.
        TargetError: the target cannot be written, or holds something else.
    """
    place = locate(origin)
    source = read_source(place)
    if source.data is None or any(finding.code not in CARRIED for finding in errors(source.findings)):
        raise InputError([*source.findings, *source.misset])
    as_workbook = target.suffix.casefold() == WORKBOOK
    kind = kinds.WORKBOOK if as_workbook else kinds.INSTANCE
    writing.ready(target, kind, [place])
    every, state = scripts(place)[0], state_of(source)

    def right(copy: Path) -> None:
        _compare(source, read_source(copy))
        _compare_scenarios(every, copy, state)

    done = write_copy(from_source(source), state, place, target, language, tables=tables, reads=[place], right=right)
    older = None if done.older is None else Path(done.older)
    return Converted(older, understand(source)[1], _left(place, every, as_workbook))


def write_copy(
    content: Content,
    state: State | None,
    place: Path,
    target: Path,
    language: str,
    *,
    tables: Literal["csv", "parquet"] = "csv",
    reads: Sequence[Path],
    right: Callable[[Path], None] = lambda copy: None,
) -> Written:
    """Writes what an instance has become, with its scenarios and, from folder to folder, its pages.

    Args:
        content: settings and tables.
        state: of what it was, by which edits have titles on a Chinese sheet and names elsewhere; None: as written.
        place: the folder or workbook that it was.
        target: a folder, or a workbook where it ends in .xlsx.
        language: of the titles in a workbook.
        tables: format of the tables in a folder.
        reads: what may not be written over.
        right: raises where a copy is not right, before it takes its place.

    Raises:
        ConvertError: the target cannot hold it.
        TargetError: the target cannot be written, or holds something else.
    """
    as_workbook = target.suffix.casefold() == WORKBOOK

    def written(beside: Path) -> None:
        if as_workbook:
            scenarios = scenario_columns(place, language, state)
            write_workbook(replace(content, scenarios=scenarios), beside, language)
        else:
            _write_folder(content, beside, tables)
            if place.is_dir():
                carry(place, beside)
            else:
                write_files([by_names(script, state) for script in scripts(place)[0]], beside)
        right(beside)

    try:
        return writing.write(target, kinds.WORKBOOK if as_workbook else kinds.INSTANCE, written, reads=reads)
    except TooLarge as error:
        raise ConvertError(error.text) from error


def state_of(source: Source) -> State | None:
    """What edits of an instance name, right or wrong; None where it is so wrong that this is not known."""
    instance = unchecked(source)
    return None if instance is None else taken_apart(instance)


def _left(place: Path, every: Sequence[Script], as_workbook: bool) -> tuple[str, ...]:
    """What stays where it was alone: see `Converted.left`."""
    if place.is_dir():
        gone = {f"{FOLDER}/{script.file}" for script in every if fits(script)}
        return tuple(name for name in beside_tables(place) if name not in gone) if as_workbook else ()
    return () if as_workbook else without_file(every)


def _compare(source: Source, copy: Source) -> None:
    """Makes sure that the copy says what its source says.

    Raises:
        ConvertError: it does not; with the first table in which they differ.
    """
    if tidy(source.data or {}) != tidy(copy.data or {}):
        raise ConvertError(_differs(FILE))
    (one, _), (other, _) = typed_sheets(source), typed_sheets(copy)
    for name, table in TABLES.items():
        if not complete_table(table, one[name].frame).equals(complete_table(table, other[name].frame)):
            raise ConvertError(_differs(name))


def _compare_scenarios(every: Sequence[Script], copy: Path, state: State | None) -> None:
    """Makes sure that a copy has the scenarios of its origin that are right, where it can have them.

    Raises:
        ConvertError: it does not.
    """
    there = {script.name: by_names(script, state).says for script in scripts(copy)[0]}
    wanted = [script for script in every if fits(script)] if copy.is_file() else with_file(every)
    if any(there.get(script.name) != by_names(script, state).says for script in wanted):
        raise ConvertError(_differs(SCENARIOS_SHEET))


def _differs(what: str) -> Text:
    return Text(
        f"{what} 不能原样转换，没有写入任何内容。请先用 alloc check 检查并改正。",
        f"{what} cannot be converted without loss; nothing was written. Run alloc check and mend it first.",
    )


def _write_folder(content: Content, folder: Path, tables: str) -> None:
    """The files of an instance in a new folder; without empty tables and empty columns that may be left out."""
    folder.mkdir()
    text = f"{kinds.INSTANCE_LINE}\n{_toml(tidy(content.settings))}"
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")
    for name, columns in content.tables.items():
        table = TABLES[name]
        rows = max((len(cells) for cells in columns.values()), default=0)
        if not rows and not table.required:
            continue
        kept = {each: cells for each, cells in columns.items() if _is_kept(table, each, cells)}
        if tables == "csv":
            (folder / f"{name}.csv").write_text(_csv(kept), encoding="utf-8", newline="\n")
        else:
            _write_parquet(table, kept, folder / f"{name}.parquet")


def _toml(settings: Mapping[str, Any]) -> str:
    """The settings with explanations; plain, where something in them is no setting or not where it belongs."""
    try:
        text = settings_text(settings)
        if tomllib.loads(text) == settings:
            return text
    except (AttributeError, TypeError, ValueError):
        pass
    return tomlkit.dumps(settings)


def _is_kept(table: Table, name: str, cells: Sequence[Cell]) -> bool:
    column = table.by_name.get(name)
    return column is None or column.required or any(cell is not None for cell in cells)


def _csv(columns: Columns) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*([_text(cell) for cell in cells] for cells in columns.values()), strict=True))
    return out.getvalue()


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    return ("true" if cell else "false") if isinstance(cell, bool) else number_text(cell)


def _write_parquet(table: Table, columns: Columns, path: Path) -> None:
    """Typed columns; one in which something could not be understood holds texts."""
    arrays: dict[str, pa.Array] = {}
    for name, cells in columns.items():
        kinds = {type(cell) for cell in cells if cell is not None}
        column = table.by_name.get(name)
        numeric = column.numeric if column is not None else kinds <= {float}
        if numeric and kinds <= {float}:
            arrays[name] = pa.array(cells, pa.float64())
        elif kinds == {bool}:
            arrays[name] = pa.array(cells, pa.bool_())
        else:
            arrays[name] = pa.array([_text(cell) for cell in cells], pa.string())
    pq.write_table(pa.table(arrays), path, compression="zstd")
