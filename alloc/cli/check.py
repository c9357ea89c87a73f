"""``alloc check``: everything that is wrong with an instance, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import CLASH, WRONG, fail, print_json


@click.command()
@click.argument("instance")
@click.option("--scenario", help="A scenario of the instance (a file in its scenarios/), by name, or a file elsewhere.")
@click.option("--edit", "edits", multiple=True, help='A change, e.g. "policy.debt.ceiling = 1.0" (repeatable).')
@click.option(
    "--mark", type=click.Path(path_type=Path), help="An .xlsx copy in which what is wrong is coloured and explained."
)
@options.lang
@options.form
def check(instance: str, scenario: str | None, edits: tuple[str, ...], mark: Path | None, lang: str, form: str) -> None:
    """Find everything that is wrong with INSTANCE, at once, before anything is solved.

    INSTANCE is a folder, a workbook, or the name of one that ships; with --scenario and --edit, as they leave it.
    """
    from alloc.findings_report.text import report
    from alloc.instance.findings import to_records
    from alloc.instance.prechecks.all import CONFLICT_CODES
    from alloc.verbs import check as checked

    findings = checked(instance, scenario, edits)
    if form == "json":
        print_json({"instance": instance, "findings": to_records(findings)})
    else:
        click.echo(report(findings, lang, "" if mark else _marking(instance, scenario, edits)))
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


def _marking(instance: str, scenario: str | None, edits: tuple[str, ...]) -> str:
    """The command that lists and marks all of the findings."""
    given = [instance, *(["--scenario", scenario] if scenario else [])]
    for edit in edits:
        given += ["--edit", edit]
    given += ["--mark", f"{Path(instance).stem}.checked.xlsx"]
    return " ".join(["alloc check", *(f'"{word}"' if " " in word else word for word in given)])
