"""``alloc merge``: results of provinces put together to one of the nation."""

from __future__ import annotations

from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import print_json, say_written


@click.command(cls=options.Verb)
@click.argument("nation", type=click.Path(path_type=Path))
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the plan; default: NATION-merged.")
@options.printed
def merge(nation: Path, results: tuple[Path, ...], out: Path | None, lang: str, form: str) -> None:
    """Put RESULTS of provinces together to a plan of the nation, beside NATION, the result of the national solve.

    Every city has to be in one of the results, with the same data. The plan is verified by the nation's rules, but for
    corridors around the formula, which every province has of its own; nothing is solved. What is printed says what
    every tier loses by deciding below. Make the provinces with: alloc init --from INSTANCE --province P --controls
    NATION.
    """
    from alloc import api

    place = out or nation.with_name(f"{nation.name}-merged")
    merged = api.merge(nation, list(results), place)
    if form == "json":
        print_json(api.record(merged))
        return
    click.echo(api.show(merged, lang))
    if merged.written is not None:
        say_written(merged.written, lang, "合并方案", "plan")
