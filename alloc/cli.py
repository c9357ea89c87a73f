"""The verbs as commands.

Exit codes: 0 done, 1 the input is wrong, 2 no allocation satisfies the rules, 3 stopped without a point,
4 not verified.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alloc.commands import options
from alloc.commands.compare import compare
from alloc.commands.convert import convert
from alloc.commands.init import init
from alloc.commands.whatif import whatif

if TYPE_CHECKING:
    from alloc.instance.findings import Finding
    from alloc.result.result import Result

DONE, WRONG, CLASH, NO_POINT, NOT_VERIFIED = range(5)
SHOWN = 3  # findings of one kind that are printed in full


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alloc")
def main() -> None:
    """Shares out a country's urban growth by where people live: land, transfers, bonds, service capacity.

    INSTANCE is a folder of tables with an instance.toml, or the name of an instance that ships (china-2020, hand).
    """
    for stream in (sys.stdout, sys.stderr):  # consoles of any code page
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


@main.command()
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
        _json({"instance": instance, "findings": to_records(findings)})
    else:
        click.echo(report(findings, lang, f"alloc check {instance}"))
    if mark is not None:
        from alloc.findings_report.mark import MarkError
        from alloc.findings_report.mark import mark as marked

        try:
            click.echo(str(marked(instance, findings, mark, lang)), err=form == "json")
        except MarkError as error:
            _fail(getattr(error.text, lang), WRONG, form)
    errors_found = [each for each in findings if each.severity == "error"]
    if errors_found:
        sys.exit(CLASH if all(each.code in CONFLICT_CODES for each in errors_found) else WRONG)


@main.command()
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

    Ctrl-C stops the search and keeps the best point found, labelled as such.
    """
    from alloc.instance import InputError, locate, read
    from alloc.progress import Display
    from alloc.result.result import run
    from alloc.result.store import StoreError, ready_to_write, write
    from alloc.scenario import with_edits

    given = {"integers": integers, "time_limit": time_limit, "gap": gap}
    options_as_edits = [f"{name} = {json.dumps(value)}" for name, value in given.items() if value is not None]
    try:
        found = read(instance)
        edited = with_edits(found, locate(instance), scenario, [*edits, *options_as_edits])
    except InputError as error:
        _wrong(error.findings, lang, form)
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
        _wrong(error.findings, lang, form)
    except StoreError as error:
        _fail(str(error), WRONG, form)
    if form == "json":
        _json({"folder": str(folder), "manifest": result.manifest})
        return
    _print_findings(list(dict.fromkeys([*found.warnings, *edited.findings, *result.findings])), lang, everything=False)
    _print_result(result, lang, None)
    from alloc.result.wording import say

    if older is not None:
        click.echo(say(lang, "older", folder=older))
    click.echo(say(lang, "written", folder=folder))


@main.command()
@click.argument("result", metavar="RESULT|INSTANCE", type=click.Path(path_type=Path))
@click.option("--city", help="Six-digit code of a city: everything about it.")
@options.lang
@options.form
def show(result: Path, city: str | None, lang: str, form: str) -> None:
    """Show RESULT, the folder of a solve, again; or one city of it; or what an INSTANCE holds and where it is from."""
    from alloc.result.store import MANIFEST, StoreError, load_result

    if city is None and form == "text" and not (result / MANIFEST).exists():
        from alloc.instance import InputError, locate, read
        from alloc.instance_show import instance_text

        try:
            locate(str(result))
        except InputError:
            pass  # neither: what is said below of a result that is not there
        else:
            try:
                click.echo(instance_text(read(str(result)), lang))
            except InputError as error:
                _wrong(error.findings, lang, form)
            return
    try:
        loaded = load_result(result)
    except StoreError as error:
        _fail(str(error), WRONG, form)
    if city is not None and city not in set(loaded.instance.tables["cities"]["city"]):
        from alloc.instance.suggest import Known

        remedy = Known(loaded.instance.tables["cities"]["city"].tolist()).remedy(city)
        _fail(f"{city}: {getattr(remedy, lang)}", WRONG, form)
    if form == "json":
        tables = {
            name: json.loads((table if city is None or "city" not in table else table[table["city"] == city])
                             .to_json(orient="records", force_ascii=False))
            for name, table in loaded.tables.items()
        }  # fmt: skip
        _json({"manifest": loaded.manifest, "tables": tables})
        return
    _print_result(loaded, lang, city)


@main.command()
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
        _fail(str(error), WRONG, form)
    if form == "json":
        _json({
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
        _print_failures(verification.failures)
    if not verification.passed:
        sys.exit(NOT_VERIFIED)


for _command in (compare, convert, init, whatif):
    main.add_command(_command)


def _print_findings(findings: Sequence[Finding], lang: str, everything: bool) -> None:
    """Errors in full; of each kind of warning the first few and a count."""
    shown: dict[str, int] = {}
    for finding in findings:
        shown[finding.code] = shown.get(finding.code, 0) + 1
        if finding.severity == "error" or shown[finding.code] <= (SHOWN if everything else 1):
            label = {"error": ("错误", "error"), "warning": ("提示", "warning")}[finding.severity][lang == "en"]
            click.echo(f"{label}: {finding.line(lang)}", err=not everything)  # type: ignore[arg-type]
    for finding in {each.code: each for each in findings if each.severity == "warning"}.values():
        more = shown[finding.code] - (SHOWN if everything else 1)
        if more > 0:
            text = f"……同类提示另有 {more} 个" if lang == "zh" else f"… and {more} more warnings of the kind"
            click.echo(f"{text} ({finding.code})", err=not everything)


def _print_result(result: Result, lang: str, city: str | None) -> None:
    from alloc.result.summary import status_line, summary

    click.echo()
    click.echo(f"{getattr(result.instance.settings.title, lang)}: {status_line(result, lang)}")
    for note in result.manifest["notes"]:
        click.echo(f"! {note}")
    click.echo()
    click.echo(summary(result, lang, city))


def _print_failures(failures: Sequence[Any]) -> None:
    for failure in failures:
        click.echo(f"{failure.family} [{failure.key}]: {failure.left!r} | {failure.right!r}", err=True)


def _wrong(findings: Sequence[Finding], lang: str, form: str) -> None:
    from alloc.instance.findings import to_records

    if form == "json":
        _json({"findings": to_records(findings)})
    else:
        _print_findings(findings, lang, everything=True)
    sys.exit(WRONG)


def _no_point(result: Result, lang: str, form: str) -> None:
    from alloc.formulations import words
    from alloc.instance.findings import to_records
    from alloc.result.wording import say

    code = CLASH if result.infeasible else NO_POINT
    if form == "json":
        _json({"manifest": result.manifest, "conflict": list(result.conflict), "findings": to_records(result.findings)})
        sys.exit(code)
    click.echo(say(lang, result.manifest["status"]["stopped"]))
    clashes = [each for each in result.findings if each.severity == "error"]
    if clashes:
        click.echo(say(lang, "clash"))
        _print_findings(clashes, lang, everything=True)
    elif result.conflict:
        click.echo(say(lang, "conflict"))
        named = words().families()
        for family in result.conflict:
            about = named[family]
            click.echo(f"- {getattr(about.title, lang)} ({family}): {getattr(about.words, lang)}")
            click.echo(f"  → {getattr(about.remedy, lang)}")
    sys.exit(code)


def _not_verified(result: Result, lang: str, form: str) -> None:
    from alloc.result.wording import say

    assert result.verification is not None
    if form == "json":
        failures = [vars(each) for each in result.verification.failures]
        _json({"manifest": result.manifest, "failures": failures})
    else:
        click.echo(say(lang, "unverified"), err=True)
        _print_failures(result.verification.failures)
    sys.exit(NOT_VERIFIED)


def _fail(message: str, code: int, form: str) -> None:
    if form == "json":
        _json({"error": message})
    else:
        click.echo(message, err=True)
    sys.exit(code)


def _json(content: Any) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


if __name__ == "__main__":
    main()
