"""``alloc whatif``: one number over a range or a list, or two at once, as tables, tidy files and a chart."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import DONE, STOPPED, Display, print_json, say_written

ONE_EACH = {
    "zh": "每个 --vary 各须有一个 {name}（现有 {count} 个，应为 {wanted} 个）。",
    "en": "Every --vary has a {name} of its own: there are {count}, {wanted} would be right.",
}
LIST_OR_RANGE = {
    "zh": "取值要么列出（--values 1,1.2,1.5），要么给出区间（--from 和 --to）；只用一种，两个数时也一样。",
    "en": "Values are either a list (--values 1,1.2,1.5) or a range (--from and --to): one of these ways, of two "
    "numbers the same for both.",
}
WHOLE = {"zh": "要按整座设施求解，加 --integers。", "en": "Add --integers to solve with whole facilities."}


@click.command(cls=options.Verb)
@click.argument("instance")
@click.option(
    "--vary",
    "targets",
    multiple=True,
    required=True,
    help="What varies, e.g. policy.debt.ceiling or pools.total; twice: two numbers at once, each with its own "
    "--values, or --from, --to and --steps, in the same order.",
)
@click.option("--where", "wheres", multiple=True, help="Which rows of a table, e.g. \"pool == 'land'\".")
@click.option("--values", "lists", multiple=True, metavar="LIST", help="The values, in any order: 100,150,200.")
@click.option("--from", "firsts", type=float, multiple=True, help="First value of a range, in place of --values.")
@click.option("--to", "lasts", type=float, multiple=True, help="Last value of the range.")
@click.option(
    "--steps",
    "counts",
    type=click.IntRange(min=2),
    multiple=True,
    help="How many values the range has.  [default: 11; of two: 5]",
)
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
    targets: tuple[str, ...],
    wheres: tuple[str, ...],
    lists: tuple[str, ...],
    firsts: tuple[float, ...],
    lasts: tuple[float, ...],
    counts: tuple[int, ...],
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
    """Vary one number of INSTANCE, or two at once, and see what every tier, and chosen cities, get.

    A fairness-settlement frontier: --vary objective.fairness.tolerance --from 0 --to 0.02.
    """
    from alloc import api

    ranged = (("--from", firsts), ("--to", lasts), ("--steps", counts))
    if bool(lists) == any(given for _, given in ranged):
        raise click.UsageError(LIST_OR_RANGE[lang])
    counts = counts or ((11,) if len(targets) == 1 else (5,) * len(targets))
    wanted = (("--values", lists),) if lists else (*ranged[:2], ("--steps", counts))
    for name, given in (*wanted, *([("--where", wheres)] if wheres else [])):
        if len(given) != len(targets):
            raise click.UsageError(ONE_EACH[lang].format(name=name, count=len(given), wanted=len(targets)))
    values = [api.values_of(each) for each in lists] or [
        api.steps(*each) for each in zip(firsts, lasts, counts, strict=True)
    ]
    with Display(lang, quiet) as display:
        variation = api.whatif(
            instance, targets, values, where=wheres or "", cities=cities, scenario=scenario,
            edits=edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation, out=out,
            language=lang, on_progress=display.report,  # type: ignore[arg-type]
        )  # fmt: skip
    written = variation.written
    if form == "json":
        print_json(api.record(variation))
    else:
        click.echo(api.show(variation, lang))
        if not variation.whole:
            click.echo(f"\n{WHOLE[lang]}")
        if written is not None:
            folder = Path(written.path).is_dir()
            say_written(
                written, lang, "表和图" if folder else "文件", "folder of tables and chart" if folder else "document"
            )
    sys.exit(STOPPED if variation.unsolved or (written is not None and written.why is not None) else DONE)
