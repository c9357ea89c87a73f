"""``alloc whatif``: one number over a range, as a table, tidy files and a chart."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import DONE, STOPPED, Display, print_json, say_written


@click.command(cls=options.Verb)
@click.argument("instance")
@click.option("--vary", "target", required=True, help="What varies, e.g. policy.debt.ceiling or pools.total.")
@click.option("--where", default="", help="Which rows of a table, e.g. \"pool == 'land'\".")
@click.option("--from", "first", type=float, required=True, help="First value.")
@click.option("--to", "last", type=float, required=True, help="Last value.")
@click.option("--steps", "count", type=click.IntRange(min=2), default=11, show_default=True, help="How many values.")
@click.option("--city", "cities", multiple=True, help="A city whose allocations are wanted too (repeatable).")
@options.edited
@click.option("--relaxation/--integers", default=True, help="Facilities in parts (default), or whole.")
@options.time_limit
@options.gap
@options.formulation
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for tiers.csv, cities.csv and chart.svg; or a document: .html, .xlsx, .docx or .pdf.",
)
@options.quiet
@options.printed
def whatif(
    instance: str,
    target: str,
    where: str,
    first: float,
    last: float,
    count: int,
    cities: tuple[str, ...],
    scenario: tuple[str, ...],
    edits: tuple[str, ...],
    relaxation: bool,
    time_limit: float | None,
    gap: float | None,
    formulation: str | None,
    out: Path | None,
    quiet: bool,
    lang: str,
    form: str,
) -> None:
    """Vary one number of INSTANCE and see what every tier, and chosen cities, get.

    A fairness-settlement frontier: --vary objective.fairness.tolerance --from 0 --to 0.02.
    """
    from alloc import api

    with Display(lang, quiet) as display:
        variation = api.whatif(
            instance, target, api.steps(first, last, count), where=where, cities=cities, scenario=scenario,
            edits=edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation, out=out,
            language=lang, on_progress=display.report,  # type: ignore[arg-type]
        )  # fmt: skip
    written = variation.written
    if form == "json":
        print_json(api.record(variation))
    else:
        click.echo(api.show(variation, lang))
        if written is not None:
            folder = Path(written.path).is_dir()
            say_written(
                written, lang, "表和图" if folder else "文件", "folder of tables and chart" if folder else "document"
            )
    sys.exit(DONE if written is None or written.why is None else STOPPED)
