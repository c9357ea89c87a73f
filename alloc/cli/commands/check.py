"""``alloc check``: everything that is wrong with an instance, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import CLASH, WRONG, print_json, say_written


@click.command(cls=options.Verb)
@click.argument("instance")
@options.edited
@options.formulation
@click.option(
    "--mark", type=click.Path(path_type=Path), help="An .xlsx copy in which what is wrong is coloured and explained."
)
@options.printed
def check(
    instance: str,
    scenario: tuple[str, ...],
    edits: tuple[str, ...],
    formulation: str | None,
    mark: Path | None,
    lang: str,
    form: str,
) -> None:
    """Find everything that is wrong with INSTANCE, at once, before anything is solved.

    INSTANCE is a folder, a workbook, the name of one that ships, or a result: what was solved there; with --scenario
    and --edit, as they leave it.
    """
    from alloc import api

    if mark is not None:
        api.ready_to_write(mark, "copy", [instance])
    findings = api.check(instance, scenario=scenario, edits=edits, formulation=formulation)
    if form == "json":
        print_json({"instance": instance, **api.record(findings)})
    else:
        marking = [] if mark or api.is_result(instance) else _marking(instance, scenario, edits)
        click.echo(api.show(findings, lang, command=marking))
    if mark is not None:
        written = api.mark(instance, findings, out=mark, language=lang)  # type: ignore[arg-type]
        if form != "json":
            unread = any(each.code in api.UNREADABLE for each in findings)  # nothing is there to be marked
            say_written(written, lang, *(("问题清单", "list of findings") if unread else ("标记副本", "marked copy")))
    wrong = [each for each in findings if each.severity == "error"]
    if wrong:
        sys.exit(CLASH if all(each.code in api.CONFLICT_CODES for each in wrong) else WRONG)


def _marking(instance: str, scenario: tuple[str, ...], edits: tuple[str, ...]) -> list[str]:
    """The command that lists and marks all of the findings."""
    given = ["alloc", "check", instance]
    for each in scenario:
        given += ["--scenario", each]
    for edit in edits:
        given += ["--edit", edit]
    given += ["--mark", f"{Path(instance).stem}.checked.xlsx"]
    return given
