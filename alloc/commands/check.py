"""``alloc check``: everything that is wrong with an instance, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.commands import options
from alloc.commands.output import CLASH, WRONG, fail, print_json


@click.command()
@click.argument("instance")
@click.option(
    "--mark", type=click.Path(path_type=Path), help="An .xlsx copy in which what is wrong is coloured and explained."
)
@options.lang
@options.form
def check(instance: str, mark: Path | None, lang: str, form: str) -> None:
    """Find everything that is wrong with INSTANCE, at once, before anything is solved."""
    from alloc.findings_report.text import report
    from alloc.instance.findings import to_records
    from alloc.instance.prechecks import CONFLICT_CODES
    from alloc.verbs import check as checked

    findings = checked(instance)
    if form == "json":
        print_json({"instance": instance, "findings": to_records(findings)})
    else:
        click.echo(report(findings, lang, f"alloc check {instance}"))
    if mark is not None:
        from alloc.findings_report.mark import MarkError
        from alloc.findings_report.mark import mark as marked

        try:
            click.echo(str(marked(instance, findings, mark, lang)), err=form == "json")
        except MarkError as error:
            fail(getattr(error.text, lang), WRONG, form)
    errors_found = [each for each in findings if each.severity == "error"]
    if errors_found:
        sys.exit(CLASH if all(each.code in CONFLICT_CODES for each in errors_found) else WRONG)
