"""``alloc export``: the tables of a result for those who cannot open Parquet."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import DONE, STOPPED, print_json, say_written, written_record


@click.command(cls=options.Verb)
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--plain", is_flag=True, help="Columns and words as they are called in Parquet and in Python.")
@options.printed
def export(result: Path, out: Path, plain: bool, lang: str, form: str) -> None:
    """Write every table of RESULT as Excel or CSV: OUT ends in .xlsx, or is a folder for CSV files.

    Heads are titles with their units, names stand beside codes, in the language of --lang. Numbers are those of the
    result, to the last digit.
    """
    from alloc import api

    language = None if plain else lang
    written = api.save_tables(result, out, language=language, rescued=True)  # type: ignore[arg-type]
    if form == "json":
        print_json(written_record(written))
    else:
        say_written(written, lang, "结果表", "export")
    sys.exit(DONE if written.why is None else STOPPED)
