"""``alloc compare``: what differs between results, in what went in and in what came out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alloc.cli import options
from alloc.cli.output import WRONG, fail
from alloc.cli.report import FORMATS

if TYPE_CHECKING:
    from alloc.comparison import Comparison


@click.command()
@click.argument("results", nargs=-1, type=click.Path(path_type=Path))
@click.option("--only-differences/--all", default=True, help="Rows without a difference are left out, or shown.")
@click.option("--pool", help="What every city gets of this pool.")
@click.option("--city", "cities", multiple=True, metavar="CODE", help="Everything about this city (repeatable).")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for every table, whole, as parquet; or a file of what is printed: .html, .xlsx, .docx or .pdf.",
)
@options.lang
@options.form
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
    from alloc.comparison import ComparisonError
    from alloc.comparison.files import to_json, write
    from alloc.comparison.reading import compare_any
    from alloc.comparison.text.terminal import comparison_text
    from alloc.comparison.text.wording import say
    from alloc.report.answers import comparison_document, write_document
    from alloc.report.writing import ReportError
    from alloc.result.store import StoreError

    try:
        comparison = compare_any(results)
        _known(comparison, pool, cities, lang, form)
        older: Path | None = None
        if out is not None and out.suffix[1:].lower() in FORMATS:
            document = comparison_document(comparison, lang, only_differences, pool, cities)
            written = write_document(document, out)
            out, older = Path(written.path), None if written.older is None else Path(written.older)
        elif out is not None:
            older = write(comparison, out)
    except (ComparisonError, ReportError) as error:
        fail(getattr(error.message, lang), WRONG, form)
    except StoreError as error:
        fail(str(error), WRONG, form)
    if form == "json":
        content = to_json(comparison, only_differences, pool, cities)
        click.echo(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))
        return
    click.echo(comparison_text(comparison, lang, only_differences, pool, cities))
    if older is not None:
        click.echo(say(lang, "older", folder=older))
    if out is not None:
        click.echo(say(lang, "written", folder=out))


def _known(comparison: Comparison, pool: str | None, cities: tuple[str, ...], lang: str, form: str) -> None:
    """Refuses a pool or city that none of the results has, with the nearest that they have."""
    from alloc.instance.suggest import Known

    have = {
        "pool": Known(comparison.tables["pools"]["pool"].tolist()),
        "city": Known(comparison.tables["cities"]["city"].tolist()),
    }
    for kind, code in [("pool", pool)] * (pool is not None) + [("city", city) for city in cities]:
        if code is not None and code not in have[kind]:
            remedy = have[kind].remedy(code)
            fail(f"{code}：{remedy.zh}" if lang == "zh" else f"{code}: {remedy.en}", WRONG, form)
