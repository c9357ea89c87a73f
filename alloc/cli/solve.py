"""``alloc solve``: a verified allocation, written as a folder and shown in short."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alloc.cli import options
from alloc.cli.output import (
    CLASH,
    DONE,
    NOT_VERIFIED,
    STOPPED,
    WRONG,
    fail,
    print_failures,
    print_findings,
    print_json,
    print_result,
    wrong,
)

if TYPE_CHECKING:
    from alloc.result.result import Result


@click.command()
@click.argument("instance")
@click.option("--scenario", help="A scenario of the instance (a file in its scenarios/), by name.")
@click.option("--edit", "edits", multiple=True, help='A change, e.g. "policy.debt.ceiling = 1.0" (repeatable).')
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the result; default: results/NAME.")
@click.option("--integers/--relaxation", default=None, help="Whole facilities or not; default: as the instance says.")
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), help="Seconds; default: the instance's.")
@click.option("--gap", type=click.FloatRange(min=0), help="Relative gap of integer tiers; default: the instance's.")
@click.option("--quiet", is_flag=True, help="No progress.")
@options.lang
@options.form
def solve(
    instance: str,
    scenario: str | None,
    edits: tuple[str, ...],
    out: Path | None,
    integers: bool | None,
    time_limit: float | None,
    gap: float | None,
    quiet: bool,
    lang: str,
    form: str,
) -> None:
    """Solve INSTANCE: a verified allocation, a folder of tables, and a short table here.

    Ctrl-C stops the solve and keeps the best point found, labelled as such. Exit code 3: stopped before the end, with
    or without a result (``written`` in the JSON).
    """
    from alloc.cli.progress import Display
    from alloc.instance import InputError, locate, read
    from alloc.result.result import run
    from alloc.result.store import StoreError, ready_to_write, write
    from alloc.scenario import with_edits

    given = {"integers": integers, "time_limit": time_limit, "gap": gap}
    options_as_edits = [f"{name} = {json.dumps(value)}" for name, value in given.items() if value is not None]
    try:
        found = read(instance)
        edited = with_edits(found, locate(instance), scenario, [*edits, *options_as_edits])
    except InputError as error:
        wrong(error.findings, lang, form)
    found = edited.instance
    named = [found.name, *([edited.scenario.name] if edited.scenario else [])]
    folder = out or Path("results") / "-".join(named)
    try:
        ready_to_write(folder)
        with Display(lang, quiet) as display:
            result = run(found, display.report, edited=edited)
        if not result.has_point:
            _no_point(result, lang, form)
        if not result.verified:
            _not_verified(result, lang, form)
        older = write(result, folder)
    except InputError as error:
        wrong(error.findings, lang, form)
    except StoreError as error:
        fail(str(error), WRONG, form)
    if form == "json":
        print_json({"folder": str(folder), "written": True, "manifest": result.manifest})
        sys.exit(DONE if result.finished else STOPPED)
    print_findings(list(dict.fromkeys([*found.warnings, *edited.findings, *result.findings])), lang, everything=False)
    print_result(result, lang, None)
    from alloc.result.wording import say

    if older is not None:
        click.echo(say(lang, "older", folder=older))
    click.echo(say(lang, "written", folder=folder))
    sys.exit(DONE if result.finished else STOPPED)


def _no_point(result: Result, lang: str, form: str) -> None:
    from alloc.formulation.registry import catalogue
    from alloc.instance.findings import to_records
    from alloc.result.wording import say

    code = CLASH if result.infeasible else STOPPED
    if form == "json":
        print_json(
            {
                "written": False,
                "manifest": result.manifest,
                "conflict": list(result.conflict),
                "findings": to_records(result.findings),
            }
        )
        sys.exit(code)
    click.echo(say(lang, result.manifest["status"]["stopped"]))
    clashes = [each for each in result.findings if each.severity == "error"]
    if clashes:
        click.echo(say(lang, "clash"))
        print_findings(clashes, lang, everything=True)
    elif result.conflict:
        click.echo(say(lang, "conflict"))
        named = catalogue().families
        for family in result.conflict:
            about = named[family]
            click.echo(f"- {getattr(about.title, lang)} ({family}): {getattr(about.words, lang)}")
            click.echo(f"  → {getattr(about.remedy, lang)}")
    if result.infeasible:
        click.echo(say(lang, "explain"))
    sys.exit(code)


def _not_verified(result: Result, lang: str, form: str) -> None:
    from alloc.result.wording import say

    assert result.verification is not None
    if form == "json":
        failures = [vars(each) for each in result.verification.failures]
        print_json({"manifest": result.manifest, "failures": failures})
    else:
        click.echo(say(lang, "unverified"), err=True)
        print_failures(result.verification.failures)
    sys.exit(NOT_VERIFIED)
