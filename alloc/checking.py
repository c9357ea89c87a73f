"""The verb that checks: everything that is wrong or doubtful about an instance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from alloc.arguments import checked
from alloc.instance import Finding, InputError, Instance, locate
from alloc.instance.checks.causes import with_scenarios
from alloc.instance.checks.years import FAR
from alloc.instance.derived.derived import derive
from alloc.instance.files.memory import source_in_memory
from alloc.instance.files.placing import at_home, place_findings
from alloc.instance.files.reading import read_source, unchecked, understand
from alloc.instance.files.source import Source
from alloc.instance.findings import sort_findings
from alloc.instance.prechecks.all import precheck
from alloc.instance.prechecks.doubted import with_doubted
from alloc.opening import Given, edited_by, opened
from alloc.parametric.moves import started_from
from alloc.result.result import Result
from alloc.result.store import trusted
from alloc.scenario.edits import Edited
from alloc.scenario.files import check_scenarios
from alloc.scenario.rechecking import at_edits
from alloc.text import Text
from alloc.writing.kinds import MANIFEST

UNREADABLE = frozenset({"not_a_workbook", "encrypted"})  # codes of a file of which nothing can be read


@checked
def check(
    instance: Given,
    *,
    scenario: str | Sequence[str] | None = None,
    edits: str | Sequence[str] = (),
    formulation: str | None = None,
) -> tuple[Finding, ...]:
    """Everything that is wrong or doubtful about an instance, nothing solved and nothing raised for a wrong input.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory; or a
            result or its folder, for what was solved there, with edits that may start from it.
        scenario: one or several of its scenarios, by name, or the path of a scenario's file; applied in their order
            before anything is looked at.
        edits: a line as on the command line, or several; applied after the scenario.
        formulation: name of the model; None: as the instance says.

    Returns:
        Findings on the tables and the settings, and of a workbook on every scenario of its sheet; where the tables can
        be used, also what arithmetic over the bounds finds. Where they cannot, a warning says what was not looked at.
    """
    source: Source | None = None
    loaded: Instance | None
    home: Path | None = None
    alone = False  # whether scenarios were looked at by themselves, held against no tables
    try:
        if isinstance(instance, Path | str) and (Path(instance) / MANIFEST).is_file():
            instance = trusted(instance)
        of_result = isinstance(instance, Result)
        if isinstance(instance, Result):
            if edits and instance.has_solution:
                lines = [edits] if isinstance(edits, str) else list(edits)
                edits = started_from(lines, instance.instance, instance.tables["allocation"])
            instance = instance.instance
        if isinstance(instance, Instance):
            loaded, findings = instance, instance.warnings
        else:
            home = None if not isinstance(instance, Path | str) else locate(instance)
            source = (
                source_in_memory(instance) if not isinstance(instance, Path | str) else read_source(Path(home or ""))
            )
            loaded, findings = understand(source)
            loaded = None if loaded is None else replace(loaded, home=home)
            if home is not None and home.is_file() and not scenario:
                tried = loaded if loaded is not None else unchecked(source) if isinstance(source, Source) else None
                findings = tuple(with_scenarios(findings, check_scenarios(tried, home, check=loaded is not None)))
                alone = tried is None
    except InputError as error:
        return error.findings
    if loaded is None:
        later = [] if any(each.code in UNREADABLE for each in findings) else [_not_yet(home, alone)]
        return sort_findings(dict.fromkeys([*findings, *later]))
    edited: Edited | None = None
    try:
        if scenario or edits:
            edited = edited_by(loaded, scenario, edits)
            loaded, findings = edited.instance, (*edited.instance.warnings, *edited.findings)
        loaded = opened(loaded, formulation=formulation).instance
    except InputError as error:
        return sort_findings(dict.fromkeys([*findings, *error.findings]))
    found: Sequence[Finding] = precheck(loaded, derive(loaded))
    found = found if edited is None else at_edits(found, edited)
    found = at_home(found, loaded) if of_result else found
    every = dict.fromkeys([*findings, *(place_findings(found, source) if source else found)])
    return sort_findings(_without_echoes(with_doubted(every, loaded)))


def _not_yet(home: Path | None, alone: bool) -> Finding:
    """What is looked at once the errors are mended: whoever mends them is not to take what is listed for all."""
    scenarios = Text("；情景只看了写法，没有与算例核对", "; scenarios were not held against the tables")
    message = Text(
        "因有错误，上下限、分组限制与总量能否同时满足尚未核对{scenarios}。",
        "Because of the errors, it was not looked at whether bounds, limits and totals can hold together{scenarios}.",
    ).fill(scenarios=scenarios if alone else Text("", ""))
    return Finding(
        "warning", "not_yet_checked", home.name if home else "instance", None, None, None,
        message, Text("改正后再检查一次。", "Mend them and check again."),
    )  # fmt: skip


def _without_echoes(findings: Iterable[Finding]) -> list[Finding]:
    """Without the warning that a total is far from last year's, where another finding says what is wrong with it."""
    every = list(findings)
    said = {(each.file, each.row, each.column, each.key) for each in every if each.code != FAR}
    return [each for each in every if each.code != FAR or (each.file, each.row, each.column, each.key) not in said]
