"""``alloc compare``: what differs between results, in what went in and in what came out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from alloc.cli import options
from alloc.cli.output import DONE, STOPPED, say_written


@click.command(cls=options.Verb)
@click.argument("results", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only-differences/--all", default=True, help="Rows without a difference are left out, or shown.")
@click.option("--pool", help="What every city gets of this pool (code or title).")
@click.option("--city", "cities", multiple=True, metavar="CODE", help="Everything about this city (repeatable).")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for every table, whole, as parquet; or a file of what is printed: .html, .xlsx, .docx or .pdf.",
)
@options.printed
def compare(
    results: tuple[Path, ...],
    only_differences: bool,
    pool: str | None,
    cities: tuple[str, ...],
    out: Path | None,
    lang: str,
    form: str,
) -> None:
    """Compare RESULTS, folders of solves: the first is the base, every other stands against it.

    What differs in the inputs, in tiers, pools, coverage and debt; who gains and who loses. Results of different
    instances are aligned by the codes of cities and pools. --pool and --city narrow what is printed, and a document
    that --out names; never its tables.
    """
    from alloc import api

    if out is not None:
        api.ready_to_write(out, "comparison", results)
    comparison = api.compare(*results)
    narrowed: dict[str, Any] = {"city": cities, "pool": pool, "only_differences": only_differences}
    if form == "json":
        text = json.dumps(api.record(comparison, **narrowed), ensure_ascii=False, indent=1, allow_nan=False)
    else:
        text = api.show(comparison, lang, **narrowed)
    written = None if out is None else api.save(comparison, out, language=lang, rescued=True, **narrowed)  # type: ignore[arg-type]
    click.echo(text)
    if form != "json" and written is not None:
        say_written(written, lang, "比较结果", "comparison")
    sys.exit(DONE if written is None or written.why is None else STOPPED)
