"""``alloc compare``: what differs between results, in what went in and in what came out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from alloc.cli import options
from alloc.cli.output import say


@click.command(cls=options.Verb)
@click.argument("results", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only-differences/--all", default=True, help="Rows without a difference are left out, or shown.")
@click.option("--pool", help="What every city gets of this pool.")
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

    comparison = api.compare(*results)
    narrowed: dict[str, Any] = {"city": cities, "pool": pool, "only_differences": only_differences}
    if form == "json":
        text = json.dumps(api.record(comparison, **narrowed), ensure_ascii=False, indent=1, allow_nan=False)
    else:
        text = api.show(comparison, lang, **narrowed)
    written = None if out is None else api.save(comparison, out, language=lang, **narrowed)  # type: ignore[arg-type]
    click.echo(text)
    if form == "json" or written is None:
        return
    if written.older is not None:
        say(lang, f"原有的比较结果改名为 {written.older}", f"The comparison that was there is now {written.older}")
    say(lang, f"比较结果写在 {written.path}", f"The comparison lies in {written.path}")
