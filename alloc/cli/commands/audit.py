"""``alloc audit``: why to trust the answer of an instance, and where not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import CLASH, DONE, STOPPED, Display, say_answer


@click.command(cls=options.Verb)
@click.argument("instance")
@click.option(
    "--only",
    metavar="SECTIONS",
    help="Of distributions, schemes, twins, blindness, probes, noise, settlement, published, with commas between; "
    "default: all.",
)
@click.option(
    "--published",
    type=click.Path(path_type=Path),
    help="Real allocations to compare with: a CSV file with the columns city, pool, year, amount, and perhaps unit.",
)
@click.option("--all", "every", is_flag=True, help="Try false reports in every city, not in a sample.")
@options.edited
@options.relaxation
@options.time_limit
@options.gap
@options.formulation
@click.option(
    "--out", type=click.Path(path_type=Path), help="The audit as a file too: .json, .html, .xlsx, .docx or .pdf."
)
@options.quiet
@options.printed
def audit(
    instance: str,
    only: str | None,
    published: Path | None,
    every: bool,
    scenario: tuple[str, ...],
    edits: tuple[str, ...],
    relaxation: bool | None,
    time_limit: float | None,
    gap: float | None,
    formulation: str | None,
    out: Path | None,
    quiet: bool,
    lang: str,
    form: str,
) -> None:
    """Audit the answer of INSTANCE: how it is spread, near twins, what false reports and noise do, what stops people.

    Ctrl-C keeps what has been found, labelled as such.
    """
    from alloc import api

    if out is not None:
        api.ready_to_write(out, "answer", [instance, published])
    with Display(lang, quiet) as display:
        audited = api.audit(
            instance, only=[each.strip() for each in re.split("[,，、]", only)] if only else (), published=published,
            every=every, scenario=scenario, edits=edits, relaxation=relaxation, time_limit=time_limit, gap=gap,
            formulation=formulation, on_progress=display.report,
        )  # fmt: skip
    in_place = say_answer(audited, lang, form, out, "审查", "audit")
    if not audited.complete or not in_place:
        sys.exit(STOPPED)
    sys.exit(DONE if audited.feasible else CLASH)
