"""``alloc solve``: a verified allocation, written as a folder and shown in short."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from alloc.cli import options
from alloc.cli.output import (
    CLASH,
    DONE,
    NOT_VERIFIED,
    STOPPED,
    Display,
    print_findings,
    print_json,
    say_written,
    written_record,
)


@click.command(cls=options.Verb)
@click.argument("instance")
@options.edited
@click.option("--out", help="Folder of the result; default: results/NAME.", type=options.Folder(
    "文件在求解后用 alloc report 或 alloc export 写。", "Write files after the solve: alloc report or alloc export."
))  # fmt: skip
@options.relaxation
@options.time_limit
@options.gap
@options.formulation
@options.quiet
@options.printed
def solve(
    instance: str,
    scenario: tuple[str, ...],
    edits: tuple[str, ...],
    out: Path | None,
    relaxation: bool | None,
    time_limit: float | None,
    gap: float | None,
    formulation: str | None,
    quiet: bool,
    lang: str,
    form: str,
) -> None:
    """Solve INSTANCE: a verified allocation, a folder of tables, and a short table here.

    INSTANCE may be a RESULT, for what was solved there: edits then start from it, such as "move land 50 from A to B".
    Ctrl-C stops the solve and keeps the best point found, labelled as such. Exit code 3: stopped before the end, with
    or without a result (``written`` in the JSON).
    """
    from alloc import api

    result = api.load_result(instance) if api.is_result(instance) else None
    found = api.read(instance) if result is None else result.instance
    named = "+".join(Path(each).stem for each in scenario)
    folder = out or Path("results") / "-".join([found.name, *([named] if named else [])])
    if out is None and result is not None:
        folder = Path(instance).with_name(f"{Path(instance).name}-edited")
    api.ready_to_write(folder, "result", [found.home, instance])  # said before a long solve
    with Display(lang, quiet) as display:
        result = api.solve(
            result or found, scenario=scenario, edits=edits, relaxation=relaxation, gap=gap, time_limit=time_limit,
            formulation=formulation, on_progress=display.report,
        )  # fmt: skip
    if not result.has_solution:
        if form == "json":
            conflict = {"conflict": list(result.conflict), **api.record(result.findings)}
            print_json({"written": False, "manifest": result.manifest, **conflict})
        else:
            click.echo(api.show(result, lang))
        sys.exit(CLASH if result.infeasible else STOPPED)
    if not result.verified:
        assert result.verification is not None
        if form == "json":
            failures = [asdict(each) for each in result.verification.failures]
            print_json({"manifest": result.manifest, "failures": failures})
        else:
            click.echo(f"{'核验未通过' if lang == 'zh' else 'verification failed'}", err=True)
            click.echo(api.show(result.verification, lang), err=True)
        sys.exit(NOT_VERIFIED)
    written = api.save(result, folder, rescued=True)
    if form == "json":
        where = written_record(written)
        print_json({"folder": where.pop("path"), "written": True, **where, "manifest": result.manifest})
    else:
        print_findings(list(dict.fromkeys([*result.instance.warnings, *result.findings])), lang, everything=False)
        click.echo()
        click.echo(api.show(result, lang))
        say_written(written, lang, "结果", "result")
    sys.exit(DONE if result.finished and written.why is None else STOPPED)
