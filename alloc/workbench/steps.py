"""Edits as the workbench applies them: each step to what the one before has made, in whichever process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from alloc.errors import AllocError
from alloc.formulation.registry import catalogue
from alloc.instance.findings import Finding, InputError, errors
from alloc.instance.instance import Instance
from alloc.instance.options import with_options
from alloc.instance.schema.tables import TABLES
from alloc.opening import opened, run_at_home
from alloc.result.result import Result
from alloc.result.wording import WORDS
from alloc.scenario import Edited, apply
from alloc.scenario.lines import read_lines
from alloc.solver.model.status import Report
from alloc.text import Text, listed
from alloc.workbench.files import INSTANCE, SCENARIOS, Standing
from alloc.workbench.picture.refused import in_shown_units

REMEMBERED = 60  # steps as they were applied, so that undo and redo need not apply them again


def start(place: Path, scenario: str) -> Edited:
    """The instance of a workspace under a scenario, saved there or the instance's own, for the relaxation.

    Raises:
        InputError: it cannot be read, or there is no such scenario.
    """
    saved = place / SCENARIOS / f"{scenario}.toml"
    name = str(saved) if scenario and saved.is_file() else scenario
    return opened(place / INSTANCE, name or None, relaxation=True)


def step(instance: Instance, lines: Sequence[str], why: str) -> Edited:
    """Lines as one step, as `Session.edit` takes them.

    Raises:
        InputError: with everything that is wrong with them.
    """
    edits, findings = read_lines(lines)
    if findings:
        raise InputError(findings)
    return apply(instance, [replace(edit, why=edit.why or why) for edit in edits])


def typed(instance: Instance, lines: Sequence[str], why: str) -> Edited:
    """As `step`, for lines typed on the page: what is wrong with a rule's number is said in the unit of its field."""
    try:
        return step(instance, lines, why)
    except InputError as error:
        raise InputError(in_shown_units(error.findings, instance)) from None


def chain(place: Path, scenario: str, steps: Sequence[tuple[Sequence[str], str]]) -> tuple[Edited, ...]:
    """The scenario and all steps, each applied to what the one before has made."""
    made = [start(place, scenario)]
    for lines, why in steps:
        made.append(step(made[-1].instance, lines, why))
    return tuple(made)


def solved(
    applied: Sequence[Edited], report: Report, *, whole: bool = False, gap: float | None = None,
    time_limit: float | None = None,
) -> Result:  # fmt: skip
    """What a chain leads to, with the record of all its edits; nothing in between is solved.

    Args:
        applied: of `chain`.
        report: told of every step of the solve.
        whole: whole facilities, with their bounds; otherwise the relaxation.
        gap, time_limit: options of the run.
    """
    first, last = applied[0], applied[-1]
    instance = with_options(last.instance, relaxation=not whole, gap=gap, time_limit=time_limit)
    result = run_at_home(instance, last, report, bounds=whole)
    edits = list(first.records())
    for each in applied[1:]:
        edits += [{**record, "number": len(edits) + record["number"]} for record in each.records()]
    scenario = first.scenario.record() if first.scenario else None
    manifest = {**result.manifest, "scenario": scenario, "edits": edits}
    return replace(result, manifest=manifest, findings=(*last.findings, *result.findings))


def clashing(result: Result) -> tuple[Text, list[Text]]:
    """Of a result without an allocation: what is said of it, and the titles of the rules that clash."""
    named = catalogue(result.instance.formulation).families
    families = [named[name].title for name in result.conflict if name in named]
    said = WORDS[str(result.manifest["status"]["stopped"])]
    if families:
        said = Text(f"{said.zh}：{listed(families).zh}。", f"{said.en}: {listed(families).en}.")
    return said, families


def refusal(error: AllocError) -> Text:
    """What is said where a solve is refused: of an input each fault once, by the titles of table and column, since the
    page has sheets and no files."""
    if not isinstance(error, InputError):
        return error.message
    wrong = errors(error.findings)
    return Text(*("\n".join(_on_the_page(each, language) for each in wrong) for language in ("zh", "en")))


def _on_the_page(finding: Finding, language: str) -> str:
    table = TABLES.get(PurePath(finding.file).stem)
    if table is None:
        return finding.line("zh" if language == "zh" else "en")
    column = table.by_name.get(finding.column or "")
    title = None if column is None else column.title.said(language)
    told = replace(finding, row=None, cell=None, title=title).told(language)
    return f"{table.title.said(language)}{'，' if language == 'zh' else ', '}{told}"


class Applied:
    """Steps of a workspace as they were applied, each once.

    Args:
        place: of the workspace.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._known: OrderedDict[tuple[object, ...], Edited] = OrderedDict()

    def chain(self, standing: Standing) -> tuple[Edited, ...]:
        """The scenario and the steps that stand, each applied to what the one before has made.

        Raises:
            InputError: one of them cannot be applied.
        """
        made: list[Edited] = []
        for count in range(1 + len(standing.steps)):
            applied = self._known.get(_key(standing, count))
            if applied is None and count == 0:
                applied = start(self._place, standing.scenario)
            elif applied is None:
                given = standing.steps[count - 1]
                applied = step(made[-1].instance, given.lines, given.why)
            assert applied is not None
            made.append(applied)
            self._keep(_key(standing, count), applied)
        return tuple(made)

    def last(self, standing: Standing, applied: Edited) -> None:
        """Remembers the last step of what stands."""
        self._keep(_key(standing, len(standing.steps)), applied)

    def _keep(self, key: tuple[object, ...], applied: Edited) -> None:
        self._known[key] = applied
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _key(standing: Standing, count: int) -> tuple[object, ...]:
    return (standing.scenario, *((each.n, each.why) for each in standing.steps[:count]))
