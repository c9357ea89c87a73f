"""``alloc verify``: a result again from the raw tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import NOT_VERIFIED, WRONG, fail, print_failures, print_json


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@options.lang
@options.form
def verify(result: Path, lang: str, form: str) -> None:
    """Verify RESULT again: every rule, bound, sum and tier value, recomputed from the raw tables."""
    from alloc.result.store import StoreError, load_result
    from alloc.verbs import verify as verified

    try:
        verification = verified(load_result(result))
    except StoreError as error:
        fail(str(error), WRONG, form)
    if form == "json":
        print_json({
            "passed": verification.passed,
            "checks": verification.checks,
            "worst": verification.worst,
            "worst_at": verification.worst_at,
            "failures": [vars(each) for each in verification.failures],
            "families": json.loads(verification.families.to_json(orient="records")),
        })  # fmt: skip
    elif verification.passed:
        click.echo(
            f"核验通过：{verification.checks:,} 项，最大偏差 {verification.worst:.1e}（{verification.worst_at}）。"
            if lang == "zh"
            else f"Verified: {verification.checks:,} checks, worst {verification.worst:.1e} ({verification.worst_at})."
        )
    else:
        print_failures(verification.failures)
    if not verification.passed:
        sys.exit(NOT_VERIFIED)
