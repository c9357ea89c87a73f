"""``alloc verify``: a result again from the raw tables."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import NOT_VERIFIED, print_json


@click.command(cls=options.Verb)
@click.argument("result", type=click.Path(path_type=Path))
@click.option(
    "--matrix",
    is_flag=True,
    help="Also compile the model again and compare every row, bound and tier with the raw tables, at random points.",
)
@options.printed
def verify(result: Path, matrix: bool, lang: str, form: str) -> None:
    """Verify RESULT again: every rule, bound, sum and tier value, recomputed from the raw tables."""
    from alloc import api

    verification = api.verify(result, matrix=matrix)
    if form == "json":
        print_json(api.record(verification))
    else:
        click.echo(api.show(verification, lang), err=not verification.passed)
    if not verification.passed:
        sys.exit(NOT_VERIFIED)
