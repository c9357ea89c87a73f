"""``alloc show``: a result again, or one of its cities; or what an instance holds."""

from __future__ import annotations

from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import print_json


@click.command(cls=options.Verb)
@click.argument("result", metavar="RESULT|INSTANCE", type=click.Path(path_type=Path))
@click.option("--city", help="Six-digit code of a city: everything about it.")
@options.printed
def show(result: Path, city: str | None, lang: str, form: str) -> None:
    """Show RESULT, the folder of a solve, again; or one city of it; or what an INSTANCE holds and where it is from."""
    from alloc import api

    thing = result if city is None else api.load_result(result)
    if form == "json":
        print_json(api.record(thing, city=city))
        return
    text = api.show(thing, lang, city=city)
    if api.is_result(result):
        click.echo()
    click.echo(text)
