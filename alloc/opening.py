"""What every verb begins with: an instance from wherever it is, with a scenario, edits, and options of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from alloc.instance.files.reading import read
from alloc.instance.findings import Finding, InputError
from alloc.instance.instance import Instance
from alloc.instance.options import with_options
from alloc.parametric.moves import started_from
from alloc.result.result import Result, run
from alloc.result.store import trusted
from alloc.scenario import Edited, with_edits
from alloc.scenario.rechecking import at_home, errors_at_home
from alloc.solver.model.runs import WarmStartCache
from alloc.solver.model.status import Report
from alloc.text import Text
from alloc.writing.kinds import MANIFEST

Given = Instance | Result | Mapping[str, Any] | Path | str


def opened(
    instance: Given,
    scenario: str | Sequence[str] | None = None,
    edits: str | Sequence[str] = (),
    *,
    relaxation: bool | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    formulation: str | None = None,
) -> Edited:
    """An instance as it is to be solved.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory; or a
            result or its folder, for what was solved there, under the options of its run.
        scenario: one or several of its scenarios, by name, or the path of a scenario's file; in their order.
        edits: lines, applied after the scenario; of a result also such as start from it (`alloc.parametric.moves`).
        relaxation, gap, time_limit, formulation: options of the run; None: as the instance says.

    Returns:
        The instance with all of them, and the record of its edits, and before them those of a result that is in memory
        alone; options are no edits.

    Raises:
        InputError: anything is wrong; with every finding.
        StoreError: it is the folder of a result, and not a whole one.
        UnverifiedError: it is a result that fails its verification.
    """
    begun = None
    if isinstance(instance, Result) or (isinstance(instance, Path | str) and (Path(instance) / MANIFEST).is_file()):
        result = trusted(instance)
        instance = result.instance
        begun = result.manifest if result.folder is None else None  # of one that was read its folder has all
        if edits and result.has_solution:
            lines = [edits] if isinstance(edits, str) else list(edits)
            edits = started_from(lines, instance, result.tables["allocation"])
    found = instance if isinstance(instance, Instance) else read(instance)
    edited = edited_by(found, scenario, edits)
    chosen = with_options(
        edited.instance, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation
    )
    return replace(edited, instance=chosen, begun=begun)


def edited_by(instance: Instance, scenario: str | Sequence[str] | None, edits: str | Sequence[str]) -> Edited:
    """An instance with a scenario and lines applied.

    Args:
        instance: checked.
        scenario: one or several of its scenarios, by name, or the path of a scenario's file; in their order.
        edits: a line, or several.

    Returns:
        The instance, and what was changed.

    Raises:
        InputError: anything is wrong with them; with every finding.
    """
    lines = [edits] if isinstance(edits, str) else list(edits)
    named = [scenario] if isinstance(scenario, str) else list(scenario or ())
    missing = next((each for each in named if not Path(each).is_file()), "") if instance.home is None else ""
    if missing:
        message = Text("内存中的算例没有情景文件夹。", "An instance in memory has no folder of scenarios.")
        remedy = Text(
            "写出情景文件的路径（….toml），或用修改语句。", "Give the path of a scenario's file (….toml), or use edits."
        )
        raise InputError([Finding("error", "unknown_scenario", missing, None, None, None, message, remedy)])
    return with_edits(instance, instance.home or Path(), named, lines)


def run_at_home(
    instance: Instance, edited: Edited, report: Report, memory: WarmStartCache | None = None, *, bounds: bool
) -> Result:
    """Solves what was opened; what is to be mended is told at its file or sheet and row, or at its edit.

    Args:
        instance: that of the edits, under the options of the run.
        edited: where it comes from.
        report: told of every step.
        memory: of a solve of nearly the same instance, to start from.
        bounds: whether the tiers of whole facilities are bounded.

    Returns:
        The result; only of one without an allocation are findings looked up, since all else is told at once.

    Raises:
        InputError: it cannot be solved; with every finding.
    """
    with errors_at_home(edited):
        result = run(instance, report, memory, edited, bounds)
    return result if result.has_solution else replace(result, findings=(*at_home(result.findings, edited),))
