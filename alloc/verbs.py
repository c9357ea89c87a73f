"""The public verbs, as plain functions over files and values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alloc.instance import Finding, InputError, Instance, locate, read
from alloc.instance.derived.derived import derive
from alloc.instance.files.placing import place_findings
from alloc.instance.files.reading import read_source, understand
from alloc.instance.files.source import Source
from alloc.instance.findings import sort_findings
from alloc.instance.prechecks.all import precheck
from alloc.result import store
from alloc.result.result import Result, run, verified_again
from alloc.result.summary import summary
from alloc.scenario import with_edits
from alloc.solver.tiers.lexicographic import Report
from alloc.verification import Verification

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.infeasibility.conflict import Conflict
    from alloc.explanation.shared.answer import Report as Told


def check(
    instance: Instance | Path | str, scenario: str | None = None, edits: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Everything that is wrong or doubtful about an instance, nothing solved and nothing raised.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, or one that was read.
        scenario: name of one of its scenarios, or the path of a scenario's file; applied before anything is looked at.
        edits: lines as on the command line, applied after the scenario.

    Returns:
        Findings on the tables and the settings; where these can be used, also what arithmetic over the bounds finds.
    """
    source: Source | None = None
    loaded: Instance | None
    if isinstance(instance, Instance):
        loaded, findings, home = instance, instance.warnings, Path()
    else:
        try:
            home = locate(instance)
            source = read_source(home)
        except InputError as error:
            return error.findings
        loaded, findings = understand(source)
    if loaded is None:
        return findings
    if scenario or edits:
        try:
            edited = with_edits(loaded, home, scenario, edits)
        except InputError as error:
            return sort_findings(dict.fromkeys([*findings, *error.findings]))
        loaded, findings = edited.instance, (*edited.instance.warnings, *edited.findings)
    found = precheck(loaded, derive(loaded))
    return sort_findings(dict.fromkeys([*findings, *(place_findings(found, source) if source else found)]))


def solve(
    instance: Instance | Path | str,
    out: Path | str | None = None,
    report: Report = lambda progress: None,
) -> Result:
    """Solves an instance; the result is published, decomposed and verified.

    Args:
        instance: a folder, the name of an instance that ships, or one that was read.
        out: where the verified result is written; None: nowhere. An older result there is renamed beside.
        report: told of every step, with the tier, the best value and the bound.

    Returns:
        The result. Where no allocation satisfies the rules it says so (`Result.infeasible`) and has no tables.

    Raises:
        InputError: the input is wrong; with every finding.
        StoreError: `out` cannot be written, or the result failed its verification (nothing is written then).
    """
    if out is not None:
        store.ready_to_write(Path(out))
    result = run(instance if isinstance(instance, Instance) else read(instance), report)
    if out is not None and result.has_point:
        store.write(result, Path(out))
    return result


def load_result(folder: Path | str) -> Result:
    """Reads a result that was written.

    Args:
        folder: of the result.

    Returns:
        The result, not verified again.

    Raises:
        StoreError: it is missing, damaged, or from another version.
    """
    return store.load_result(Path(folder))


def verify(result: Result | Path | str) -> Verification:
    """Every constraint, bound, sum and tier value of a result, again from the raw tables.

    Args:
        result: a result or its folder.

    Returns:
        What was compared and what failed.

    Raises:
        StoreError: the folder is not a whole result.
    """
    found = result if isinstance(result, Result) else load_result(result)
    verification = verified_again(found).verification
    assert verification is not None
    return verification


def show(result: Result | Path | str, language: str = "en", city: str | None = None) -> str:
    """The short table of a result as text: tiers, pools, gains and losses, what binds.

    Args:
        result: a result or its folder.
        language: ``zh`` or ``en``.
        city: code of a city, for everything about it instead.

    Returns:
        Lines of text, as on the command line.

    Raises:
        StoreError: the folder is not a whole result.
        KeyError: there is no such city.
    """
    return summary(result if isinstance(result, Result) else load_result(result), language, city)


def compare(*results: Result | Path | str) -> Comparison:
    """What differs between the first result and each of the others: inputs, tiers, every pool by city, who wins.

    Args:
        results: two or more, each a result or its folder; the first is the base.

    Returns:
        The comparison, whose tables stand in `alloc.comparison.tables.TABLES`.

    Raises:
        StoreError: a folder is not a whole result.
        ComparisonError: fewer than two results, or some that cannot be compared.
    """
    from alloc.comparison import compare as compared

    return compared([each if isinstance(each, Result) else load_result(each) for each in results])


def write_report(
    result: Result | Path | str,
    out: Path | str,
    formats: Sequence[str] = ("html",),
    language: str = "en",
    against: Result | Path | str | None = None,
) -> tuple[Path, ...]:
    """Writes a result as a report; what stands at a file's place already is renamed beside.

    Args:
        result: a result or its folder.
        out: folder of the files.
        formats: of html, xlsx, docx, pdf.
        language: ``zh`` or ``en``.
        against: another result to compare with.

    Returns:
        The files.

    Raises:
        StoreError: a folder is not a whole result.
        ComparisonError: the two cannot be compared.
        ReportError: a format needs a library that is not installed, or a file cannot be written.
    """
    from alloc.explanation.sensitivity.prices import quick_prices
    from alloc.report.document import report
    from alloc.report.writing import writers

    write = writers(formats)
    found = result if isinstance(result, Result) else load_result(result)
    comparison = None if against is None else compare(against, found)
    document = report(found, language, comparison, prices=quick_prices(found))
    return tuple(Path(each.path) for each in write(document, Path(out), f"{document.name}-{language}"))


def explain(instance: Instance | Path | str, report: Told = lambda step: None) -> Conflict:
    """Why no allocation satisfies the rules of an instance, if none does, and the cheapest repairs.

    Questions to a result are functions of their own: `alloc.explanation.sensitivity.prices.explain_prices`,
    `alloc.explanation.rules.rules.explain_rules`, `alloc.explanation.city.reasons.explain_city` and
    `alloc.explanation.request.requests.explain_request`.

    Args:
        instance: a folder, the name of an instance that ships, or one that was read.
        report: told of every step.

    Returns:
        The rules that clash and repairs that were tried; where there is a point after all, it says so.

    Raises:
        InputError: the input is wrong; with every finding.
    """
    from alloc.explanation.infeasibility.conflict import explain_conflict

    return explain_conflict(instance if isinstance(instance, Instance) else read(instance), report)


__all__ = [
    "InputError",
    "check",
    "compare",
    "explain",
    "load_result",
    "read",
    "show",
    "solve",
    "verify",
    "write_report",
]
