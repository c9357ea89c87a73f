"""Reading a planner's workbook: our reader against openpyxl, on the same files in the same run.

The workbook is the national instance as ``alloc convert`` writes it, its cities repeated to the number asked for; and
the same one again with mistakes in half of the rows of eight columns, whose findings take longer than the reading.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import openpyxl

from alloc.instance.files.reading import read, read_source, understand
from alloc.workbook.content import Content, from_instance
from alloc.workbook.layout import Cell
from alloc.workbook.write.workbook import write_workbook

ORIGIN = "china-2020"
BY_CITY = ("cities", "capacity", "last_year")
# What a planner may write instead of what stands in a cell, by table and column.
MISTAKES: Mapping[tuple[str, str], Callable[[Cell], Cell]] = {
    ("cities", "residents"): lambda cell: None,
    ("cities", "revenue"): lambda cell: "unknown",
    ("cities", "built_up"): lambda cell: -1.0,
    ("capacity", "city"): lambda cell: f"9{cell}"[:6],
    ("capacity", "service"): lambda cell: f"{cell}x",
    ("last_year", "pool"): lambda cell: "lnad",
    ("last_year", "amount"): lambda cell: "1万",
    ("limits", "sense"): lambda cell: "=>",
}


def national(cities: int) -> Content:
    """The national instance with so many cities: its own, over and over under codes of their own."""
    content = from_instance(read(ORIGIN))
    codes = list(content.tables["cities"]["city"])
    tables = dict(content.tables)
    for name in BY_CITY:
        columns = tables[name]
        rows: dict[Any, list[int]] = {code: [] for code in codes}
        for place, code in enumerate(columns["city"]):
            rows[code].append(place)
        places = [(number, place) for number in range(cities) for place in rows[codes[number % len(codes)]]]
        repeated = {column: [cells[place] for _, place in places] for column, cells in columns.items()}
        tables[name] = {**repeated, "city": [f"{100_000 + number}" for number, _ in places]}
    return Content(content.settings, tables)


def with_mistakes(content: Content) -> Content:
    """The same with mistakes in every second row."""
    tables: dict[str, dict[str, Sequence[Cell]]] = {name: dict(columns) for name, columns in content.tables.items()}
    for (table, column), mistaken in MISTAKES.items():
        cells = tables[table][column]
        tables[table][column] = [mistaken(cell) if row % 2 else cell for row, cell in enumerate(cells)]
    return Content(content.settings, tables)


def alloc_reads(path: Path) -> Any:
    """Every sheet as text, headers understood, errors and dates found; no check yet."""
    return read_source(path)


def alloc_reads_and_checks(path: Path) -> Any:
    """All of ``alloc check`` but the arithmetic over bounds."""
    source = read_source(path)
    return understand(source)


def openpyxl_reads(path: Path) -> Any:
    """The values of all cells, by the library's fast way."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    values = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    book.close()
    return values


def openpyxl_opens(path: Path) -> Any:
    """The values of all cells, by the library's usual way."""
    book = openpyxl.load_workbook(path, data_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


MISTAKEN = "alloc, mistakes"  # reads the workbook with mistakes, all others the right one
ROUTES: dict[str, Callable[[Path], Any]] = {
    "alloc": alloc_reads,
    "alloc, checked": alloc_reads_and_checks,
    MISTAKEN: alloc_reads_and_checks,
    "openpyxl, read only": openpyxl_reads,
    "openpyxl": openpyxl_opens,
}


def measure(cities: Sequence[int], repeat: int) -> list[dict[str, Any]]:
    """Seconds of the processor by every route at every size, in turns; the fastest and the median of their runs."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for number in cities:
            path, wrong = (Path(folder) / f"{number}{name}.xlsx" for name in ("", "-mistakes"))
            content = national(number)
            start = time.process_time()
            write_workbook(content, path, "zh")
            written = time.process_time() - start
            write_workbook(with_mistakes(content), wrong, "zh")
            seconds: dict[str, list[float]] = {route: [] for route in ROUTES}
            for _ in range(repeat):
                for route, run in ROUTES.items():
                    gc.collect()
                    start = time.process_time()
                    run(wrong if route == MISTAKEN else path)
                    seconds[route].append(time.process_time() - start)
            findings = len(alloc_reads_and_checks(wrong)[1])
            cells = sum(len(column) for columns in content.tables.values() for column in columns.values())
            found.append({
                "cities": number, "cells": cells, "bytes": path.stat().st_size, "written": written,
                "findings": findings,
                "routes": {route: {"fastest": min(runs), "median": sorted(runs)[len(runs) // 2]}
                           for route, runs in seconds.items()},
            })  # fmt: skip
    return found


@click.command()
@click.option("--sizes", default="337,2850", show_default=True, help="Numbers of cities, with commas.")
@click.option("--repeat", default=3, type=click.IntRange(min=1), show_default=True, help="Runs of each route.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Also write the figures to this file.")
def workbook(sizes: str, repeat: int, file: Path | None) -> None:
    """Read a workbook of the national instance, by our reader and by openpyxl in turn."""
    try:
        cities = [int(each) for each in sizes.split(",")]
    except ValueError as error:
        raise click.BadParameter(sizes, param_hint="--sizes") from error
    found = measure(cities, repeat)
    if file is not None:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    click.echo(f"{'cities':>8} {'cells':>9} {'MB':>6}  {'route':<20} {'fastest s':>10} {'median s':>10}")
    for size in found:
        click.echo(f"{size['cities']:>8} written in {size['written']:.2f} s; {size['findings']} findings of mistakes")
        for route, seconds in size["routes"].items():
            click.echo(
                f"{size['cities']:>8} {size['cells']:>9} {size['bytes'] / 1e6:>6.1f}  {route:<20} "
                f"{seconds['fastest']:>10.2f} {seconds['median']:>10.2f}"
            )
