"""``alloc show``: a result again, or one of its cities; or what an instance holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import DONE, STOPPED, print_json, say_written


@click.command(cls=options.Verb)
@click.argument("result", metavar="RESULT|INSTANCE", type=click.Path(path_type=Path))
@click.option("--city", help="Code or name of a city: everything about it.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="What is printed as a file too: .html, .xlsx, .docx or .pdf."
)
@options.printed
def show(result: Path, city: str | None, out: Path | None, lang: str, form: str) -> None:
    """Show RESULT, the folder of a solve, again; or one city of it; or what an INSTANCE holds and where it is from."""
    from alloc import api

    thing = result if city is None else api.load_result(result)
    written = None if out is None else api.save_document(thing, out, language=lang, city=city)  # type: ignore[arg-type]
    if form == "json":
        print_json(api.record(thing, city=city))
    else:
        text = api.show(thing, lang, city=city)
        if api.is_result(result):
            click.echo()
        click.echo(text)
        if written is not None:
            say_written(written, lang, "文件", "document")
    sys.exit(DONE if written is None or written.why is None else STOPPED)
