"""The verbs: everything that alloc does, as functions over files and values. The commands call these and nothing else.

An *instance* is a folder, a workbook, the name of one that ships, an `Instance`, or a mapping of ``settings`` and
tables in memory; a *result* is a `Result` or the folder of one. What stands where something is written is renamed
beside, never written over. Every error is an `alloc.AllocError` with a message in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alloc.documents import Language, convert, init, mark, save, save_tables, write_report
from alloc.errors import AllocError
from alloc.explanation.shared.answer import AskError, Step
from alloc.formulation.errors import FormulationError
from alloc.instance import Finding, InputError, Instance, locate, read
from alloc.instance.derived.derived import derive
from alloc.instance.files.memory import source_in_memory
from alloc.instance.files.placing import place_findings
from alloc.instance.files.reading import read_source, understand
from alloc.instance.files.source import Source
from alloc.instance.findings import sort_findings
from alloc.instance.prechecks.all import CONFLICT_CODES, precheck
from alloc.opening import Given, edited_by, opened
from alloc.output import known_codes, progress_line, record, show
from alloc.parametric.vary import Variation, steps, vary
from alloc.result import store
from alloc.result.result import Result, run, verified_again
from alloc.result.store import StoreError, UnverifiedError, checked, ready_to_write
from alloc.solver.model.status import Progress
from alloc.text import Text
from alloc.verification import Verification

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer

OnProgress = Callable[[Progress | Step], None]


def silent(progress: Progress | Step) -> None:
    """Progress that nobody watches."""


def check(
    instance: Given,
    *,
    scenario: str | None = None,
    edits: str | Sequence[str] = (),
    formulation: str | None = None,
) -> tuple[Finding, ...]:
    """Everything that is wrong or doubtful about an instance, nothing solved and nothing raised for a wrong input.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory.
        scenario: name of one of its scenarios, or the path of a scenario's file; applied before anything is looked at.
        edits: a line as on the command line, or several; applied after the scenario.
        formulation: name of the model; None: as the instance says.

    Returns:
        Findings on the tables and the settings; where these can be used, also what arithmetic over the bounds finds.
    """
    source: Source | None = None
    loaded: Instance | None
    try:
        if isinstance(instance, Result):
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
    except InputError as error:
        return error.findings
    if loaded is None:
        return findings
    try:
        if scenario or edits:
            edited = edited_by(loaded, scenario, edits)
            loaded, findings = edited.instance, (*edited.instance.warnings, *edited.findings)
        loaded = opened(loaded, formulation=formulation).instance
    except InputError as error:
        return sort_findings(dict.fromkeys([*findings, *error.findings]))
    found = precheck(loaded, derive(loaded))
    return sort_findings(dict.fromkeys([*findings, *(place_findings(found, source) if source else found)]))


def solve(
    instance: Given,
    *,
    scenario: str | None = None,
    edits: str | Sequence[str] = (),
    relaxation: bool | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    formulation: str | None = None,
    out: Path | str | None = None,
    on_progress: OnProgress = silent,
) -> Result:
    """Solves an instance; the result is published, decomposed and verified.

    The scenario and the edits make another instance, with another hash. The four options are of this run alone: they
    stand in the manifest, and leave the instance and its hash what they are.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory.
        scenario: name of one of its scenarios, or the path of a scenario's file.
        edits: a line such as ``policy.debt.ceiling = 1.0``, or several; applied after the scenario.
        relaxation: True: facilities in parts; False: whole ones; None: as the instance says.
        gap: relative gap up to which a tier counts as proven; None: the instance's.
        time_limit: seconds for the whole solve; None: the instance's.
        formulation: name of the model; None: as the instance says.
        out: folder for the verified result; None: nowhere. An older result there is renamed beside.
        on_progress: told of every step, with the tier, the best value and the bound.

    Returns:
        The result. Where no allocation satisfies the rules it says so (`Result.infeasible`) and has no tables.

    Raises:
        InputError: the input, an edit or an option is wrong; with every finding.
        FormulationError: the formulation cannot be built or is not known to every room.
        StoreError: `out` cannot be written, or the result failed its verification (nothing is written then).
    """
    edited = opened(
        instance, scenario, edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation
    )
    if out is not None:
        ready_to_write(Path(out))
    result = run(edited.instance, on_progress, edited=edited)
    result = replace(result, findings=(*dict.fromkeys([*edited.findings, *result.findings]),))
    if out is not None and result.has_solution:
        store.write(result, Path(out))
    return result


def load_result(folder: Path | str) -> Result:
    """Reads a result that was written, and verifies it: its files, its numbers, and what it says of them.

    Args:
        folder: of the result.

    Returns:
        The result.

    Raises:
        StoreError: it is missing, damaged, or from another version.
        UnverifiedError: its numbers, or what it says of them, are not right.
    """
    return store.load_result(Path(folder))


def is_result(path: Path | str) -> bool:
    """Whether a path is the folder of a result.

    Args:
        path: of anything, or of nothing.

    Returns:
        True where it has the manifest of a result.
    """
    return (Path(path) / store.MANIFEST).exists()


def verify(result: Result | Path | str) -> Verification:
    """Every constraint, bound, sum and tier value of a result, and what it says of itself, again from the raw tables.

    It proves that the result keeps every rule and that what it says follows from its numbers; not that no plan is
    better, for which a tier's bound is the solver's word.

    Args:
        result: a result or its folder.

    Returns:
        What was compared and what failed.

    Raises:
        StoreError: the folder is not a whole result.
    """
    found = store.in_form(result) if isinstance(result, Result) else store.read_result(Path(result))
    verification = verified_again(found).verification
    assert verification is not None
    return verification


def compare(*results: Result | Path | str) -> Comparison:
    """What differs between the first result and each of the others: inputs, tiers, every pool by city, who wins.

    Args:
        results: two or more, each a result or its folder; the first is the base.

    Returns:
        The comparison, whose tables stand in `alloc.comparison.tables.TABLES`.

    Raises:
        StoreError: a folder is not a whole result.
        UnverifiedError: a result fails its verification.
        ComparisonError: fewer than two results, or some that cannot be compared.
    """
    from alloc.comparison.reading import compare_any

    return compare_any(results)


def whatif(
    instance: Given,
    target: str,
    values: Sequence[float],
    *,
    where: str = "",
    cities: Sequence[str] = (),
    scenario: str | None = None,
    edits: str | Sequence[str] = (),
    relaxation: bool | None = True,
    gap: float | None = None,
    time_limit: float | None = None,
    formulation: str | None = None,
    out: Path | str | None = None,
    language: Language = "en",
    on_progress: OnProgress = silent,
) -> Variation:
    """Varies one number of an instance, and says what every tier, and chosen cities, get at each of its values.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory.
        target: what varies, as in an edit: ``policy.debt.ceiling``, ``pools.total``.
        values: at least one.
        where: which rows of a table, e.g. ``pool == 'land'``.
        cities: codes of cities whose allocations are wanted too.
        scenario: name of one of its scenarios, or the path of a scenario's file.
        edits: a line, or several; applied after the scenario.
        relaxation: True: facilities in parts, as fits a curve; False: whole ones; None: as the instance says.
        gap: relative gap up to which a tier counts as proven; None: the instance's.
        time_limit: seconds for each solve; None: the instance's.
        formulation: name of the model; None: as the instance says.
        out: folder for tiers.csv, cities.csv and chart.svg; None: nowhere. What is there is renamed beside.
        language: of the chart, ``zh`` or ``en``.
        on_progress: told of every value that is done.

    Returns:
        Tiers and allocations at each value.

    Raises:
        InputError: the input, the target or a value is wrong; with every finding. Nothing is solved then.
        FormulationError: the formulation cannot be built or is not known to every room.
        AskError: the instance has no such city.
    """
    found = opened(
        instance, scenario, edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation
    ).instance
    known_codes(found.tables, cities)
    words = Text("逐个取值求解", "solving one value after another")

    def told(step: int, result: Result) -> None:
        on_progress(Step(words, step + 1, len(values)))

    variation = vary(found, target, values, cities, where, told)
    if out is not None:
        from alloc.parametric.files import write

        write(variation, found, Path(out), language)
    return variation


def explain(
    subject: Given | Result,
    *,
    scenario: str | None = None,
    edits: str | Sequence[str] = (),
    relaxation: bool | None = None,
    time_limit: float | None = None,
    formulation: str | None = None,
    prices: bool = False,
    tier: str | None = None,
    quick: bool = False,
    rules: bool | str | Sequence[str] = False,
    city: str | None = None,
    pool: str | None = None,
    at_least: float | None = None,
    against: Result | Path | str | None = None,
    like: str | None = None,
    on_progress: OnProgress = silent,
) -> Answer:
    """Answers a question: of an instance, which rules clash and what repairs it; of a result, why and at what price.

    Args:
        subject: an instance (however it is given) for the first question, a result or its folder for the others.
        scenario: INSTANCE: name of one of its scenarios, or the path of a scenario's file.
        edits: INSTANCE: a line, or several; applied after the scenario.
        relaxation: INSTANCE: facilities in parts or whole; None: as the instance says.
        time_limit: INSTANCE: seconds, of which the search takes at least 300; None: the instance's.
        formulation: INSTANCE: name of the model; None: as the instance says.
        prices: RESULT: what one more unit of everything is worth.
        tier: with `prices`: of which tier; None: of every tier.
        quick: with `prices`: by the duals of the result alone, in about a second.
        rules: RESULT: what every rule costs; or the names of the rules that are asked about.
        city, pool: RESULT: codes; why the city gets what it gets of the pool.
        at_least: with `city` and `pool`: what it would take to give the city so much, in the pool's unit.
        against: with `city` and `pool`: held against this other result.
        like: with `city` and `pool`: held against this other city.
        on_progress: told of every step.

    Returns:
        The answer: `sentences(language)`, `sections(language)`, `record()`; `alloc.show` gives it as text.

    Raises:
        InputError: the input is wrong; with every finding.
        FormulationError: the formulation cannot be built or is not known to every room.
        StoreError: a folder is not a whole result.
        UnverifiedError: a result fails its verification.
        AskError: the question cannot be asked, or two are asked at once.
    """
    from alloc.explanation import asking

    result = None
    if isinstance(subject, Result) or (isinstance(subject, Path | str) and is_result(subject)):
        result = checked(subject)
    only = [rules] if isinstance(rules, str) else [] if isinstance(rules, bool) else list(rules)
    question = asking.Question(
        prices, tier, quick, rules is True or bool(only), tuple(only), city, pool, at_least,
        None if against is None else checked(against), like,
    )  # fmt: skip
    optional = (relaxation, time_limit, formulation)
    asking.refuse(question, result is not None, bool(scenario or edits) or any(each is not None for each in optional))
    if result is not None:
        return asking.of_result(result, question, on_progress)
    from alloc.explanation.infeasibility.conflict import explain_conflict

    assert not isinstance(subject, Result)
    edited = opened(subject, scenario, edits, relaxation=relaxation, time_limit=time_limit, formulation=formulation)
    return explain_conflict(edited.instance, on_progress)


__all__ = [
    "CONFLICT_CODES",
    "AllocError",
    "AskError",
    "Finding",
    "FormulationError",
    "InputError",
    "Instance",
    "OnProgress",
    "Progress",
    "Result",
    "Step",
    "StoreError",
    "UnverifiedError",
    "Variation",
    "Verification",
    "check",
    "compare",
    "convert",
    "explain",
    "init",
    "is_result",
    "load_result",
    "mark",
    "progress_line",
    "read",
    "ready_to_write",
    "record",
    "save",
    "save_tables",
    "show",
    "solve",
    "steps",
    "verify",
    "whatif",
    "write_report",
]
