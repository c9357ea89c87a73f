"""The verbs: everything that alloc does, as functions over files and values. The commands call these and nothing else.

An *instance* is a folder, a workbook, the name of one that ships, an `Instance`, or a mapping of ``settings`` and
tables in memory; a *result* is a `Result` or the folder of one. What stands where something is written is renamed
beside, never written over. Every error is an `alloc.AllocError` with a message in both languages; of an
argument that no verb could use an `alloc.ArgumentError`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alloc.arguments import ArgumentError, checked
from alloc.auditing.audit import audit
from alloc.checking import UNREADABLE, check
from alloc.copies import convert, init, mark, merge_forms, write_forms
from alloc.documents import certify, not_written, ready_to_write, save, save_document, save_tables, write_report
from alloc.errors import AllocError
from alloc.explanation.shared.answer import AskError, Step
from alloc.explanation.shared.codes import known_codes
from alloc.formulation.errors import FormulationError
from alloc.instance import Finding, InputError, Instance, read
from alloc.instance.derived.derived import derive
from alloc.instance.named import names_of
from alloc.instance.prechecks.all import CONFLICT_CODES
from alloc.opening import Given, opened
from alloc.output import Language, plain, progress_line, record, show
from alloc.parametric.vary import Variation, axes, steps, values_of, vary
from alloc.result import store
from alloc.result.result import Result, run, verified_again
from alloc.result.rounding import rules_broken
from alloc.result.store import StoreError, UnverifiedError, trusted
from alloc.scenario.rechecking import at_home, errors_at_home
from alloc.solver.model.status import Progress
from alloc.template.merging import merge
from alloc.text import Text
from alloc.verification import Verification
from alloc.writing import TargetError, Written, kinds

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer
    from alloc.verification.points import Agreement

OnProgress = Callable[[Progress | Step], None]


def silent(progress: Progress | Step) -> None:
    """Progress that nobody watches."""


@checked
def solve(
    instance: Given,
    *,
    scenario: str | Sequence[str] | None = None,
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
        scenario: one or several of its scenarios, by name, or the path of a scenario's file; in their order.
        edits: a line such as ``policy.debt.ceiling = 1.0``, or several; applied after the scenario.
        relaxation: True: facilities in parts; False: whole ones; None: as the instance says.
        gap: relative gap up to which a tier counts as proven; None: the instance's.
        time_limit: seconds for the whole solve; None: the instance's.
        formulation: name of the model; None: as the instance says.
        out: folder for the verified result; None: nowhere. An older result there is renamed beside.
        on_progress: told of every step, with the tier, the best value and the bound.

    Returns:
        The result. Where no allocation satisfies the rules it says so (`Result.infeasible`) and has no tables; where
        there is none, nothing is written to `out`, and a finding says so.

    Raises:
        InputError: the input, an edit or an option is wrong; with every finding.
        FormulationError: the formulation cannot be built or is not known to every room.
        TargetError: `out` holds something else or cannot be written; nothing has been solved then.
        StoreError: the result failed its verification (nothing is written then).
    """
    edited = opened(
        instance, scenario, edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation
    )
    if out is not None:
        ready_to_write(out, "result", [edited.instance.home])
    with errors_at_home(edited):
        result = run(edited.instance, on_progress, edited=edited)
    found = at_home(result.findings, edited)
    result = replace(result, findings=(*dict.fromkeys([*edited.findings, *found]),))
    if out is not None and result.has_solution:
        store.write(result, Path(out), rescued=True)
    elif out is not None:
        result = replace(result, findings=(*result.findings, not_written(out)))
    return result


@checked
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


@checked
def is_result(path: Path | str) -> bool:
    """Whether a path is the folder of a result.

    Args:
        path: of anything, or of nothing.

    Returns:
        True where it has the manifest of a result.
    """
    return (Path(path) / kinds.MANIFEST).exists()


@checked
def verify(result: Result | Path | str, *, matrix: bool = False) -> Verification:
    """Every constraint, bound, sum and tier value of a result, again from the raw tables.

    It proves that the result keeps every rule and that what it says follows from its numbers; not that no plan is
    better, for which a tier's bound is the solver's word.

    Args:
        result: a result or its folder.
        matrix: also compiles the model of its instance again, and compares every row, bound and tier at random points
            with what the raw tables say: a rule that forgets a term is found by it, which no result tells.

    Returns:
        What was compared and what failed.

    Raises:
        StoreError: the folder is not a whole result.
    """
    found = store.in_form(result) if isinstance(result, Result) else store.read_result(Path(result))
    verification = verified_again(found).verification
    assert verification is not None
    missed = rules_broken(found, "zh"), rules_broken(found, "en")
    verification = replace(verification, names=names_of(found.instance.tables), missed=missed)
    return matrix_agreement(found.instance).entered(verification) if matrix else verification


def matrix_agreement(instance: Instance) -> Agreement:
    """Whether the matrix that is solved for an instance says what the verification makes of the raw tables.

    Args:
        instance: checked.

    Returns:
        What was compared at random points, and where the two differ, by family and row.

    Raises:
        FormulationError: the formulation cannot be built or is not known to every room.
    """
    from alloc.formulation.registry import catalogue
    from alloc.solver.solution import compiled
    from alloc.verification.points import compare_matrix

    return compare_matrix(instance, compiled(derive(instance), instance), catalogue(instance.formulation).decisions)


@checked
def compare(*results: Result | Path | str) -> Comparison:
    """What differs between the first result and each of the others: inputs, tiers, every pool by city, who wins.

    Args:
        results: two or more, each a result or its folder; the first is the base.

    Returns:
        The comparison, whose tables stand in `alloc.comparison.tables.TABLES`.

    Raises:
        StoreError: a folder is not a whole result.
        UnverifiedError: a result fails its verification.
        ArgumentError: fewer than two results, or one given twice.
        ComparisonError: some that cannot be compared.
    """
    from alloc.comparison.reading import compare_any

    return compare_any(results)


@checked
def whatif(
    instance: Given,
    target: str | Sequence[str],
    values: Sequence[float] | Sequence[Sequence[float]],
    *,
    where: str | Sequence[str] = "",
    cities: Sequence[str] = (),
    scenario: str | Sequence[str] | None = None,
    edits: str | Sequence[str] = (),
    relaxation: bool | None = True,
    gap: float | None = None,
    time_limit: float | None = None,
    formulation: str | None = None,
    out: Path | str | None = None,
    language: Language = "en",
    on_progress: OnProgress = silent,
) -> Variation:
    """Varies one number of an instance, or two at once, and says what every tier, and chosen cities, get at each value.

    Args:
        instance: a folder, a workbook, the name of an instance that ships, an instance, or tables in memory.
        target: what varies, as in an edit: ``policy.debt.ceiling``, ``pools.total``; or two of these.
        values: at least one, none twice, in any order; of two numbers a list for each, whose pairs are all taken.
        where: which rows of a table, e.g. ``pool == 'land'``; of two numbers one for each, ``""`` for none.
        cities: codes or names of cities whose allocations are wanted too.
        scenario: one or several of its scenarios, by name, or the path of a scenario's file; in their order.
        edits: a line, or several; applied after the scenario.
        relaxation: True: facilities in parts, as fits a curve; False: whole ones; None: as the instance says.
        gap: relative gap up to which a tier counts as proven; None: the instance's.
        time_limit: seconds for each solve; None: the instance's.
        formulation: name of the model; None: as the instance says.
        out: folder for tables and chart, or a document (.html, .xlsx, .docx, .pdf), an older one renamed; None: none.
        language: of the chart or the document, ``zh`` or ``en``.
        on_progress: told of every value that is done.

    Returns:
        Tiers and allocations at each value; after an interrupt what was solved, with `Variation.unsolved`.

    Raises:
        InputError: the input, the target or every value is wrong; with every finding.
        FormulationError: the formulation cannot be built or is not known to every room.
        ArgumentError: there are too many values or numbers, or a value is given twice.
        AskError: there is no such city.
        TargetError: `out` holds something else or cannot be written; nothing has been solved then.
        KeyboardInterrupt: it was interrupted before anything had been solved.
    """
    first, second, count = axes(target, values, where)
    edited = opened(
        instance, scenario, edits, relaxation=relaxation, gap=gap, time_limit=time_limit, formulation=formulation
    )
    found = edited.instance
    cities = known_codes(found.tables, cities)
    if out is not None:
        ready_to_write(out, "variation", [found.home])
    words = Text("逐个取值求解", "solving one value after another")

    def told(so_far: Variation) -> None:
        on_progress(Step(words, so_far.tiers["step"].nunique(), count))

    variation = vary(found, first.target, first.values, cities, first.where, told, second, [edited])
    if out is not None:
        variation = replace(variation, written=save(variation, out, language=language, rescued=True))
    return variation


@checked
def explain(
    subject: Given | Result,
    *,
    scenario: str | Sequence[str] | None = None,
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
    formula: bool = False,
    on_progress: OnProgress = silent,
) -> Answer:
    """Answers a question: of an instance, which rules clash and what repairs it; of a result, why and at what price.

    Args:
        subject: an instance (however it is given) for the first question, a result or its folder for the others; with a
            scenario, edits or options a result stands for what it solved, and the first question is asked of that.
        scenario: one or several scenarios of the instance, by name, or the path of a scenario's file; in their order.
        edits: a line, or several; applied after the scenario; of a result also such as start from it.
        relaxation: facilities in parts or whole; None: as the instance says.
        time_limit: seconds, of which the search takes at least 300; None: the instance's.
        formulation: name of the model; None: as the instance says.
        prices: RESULT: what one more unit of everything is worth.
        tier: with `prices`: of which tier; None: of every tier.
        quick: with `prices`: by the duals of the result alone, in about a second.
        rules: RESULT: what every rule costs; or the names of the rules that are asked about.
        city: RESULT: code or name; what one more unit of every figure behind the formulas brings the city.
        pool: with `city`: code or title; why the city gets what it gets of the pool.
        at_least: with `city` and `pool`: what it would take to give the city so much, in the pool's unit.
        against: with `city` and `pool`: held against this other result.
        like: with `city` and `pool`: held against this other city.
        formula: RESULT: what the tiers would be if every pool were given out by its formula.
        on_progress: told of every step.

    Returns:
        The answer: `sentences(language)`, `sections(language)`, `record()`; `alloc.show` gives it as text.

    Raises:
        InputError: the input is wrong; with every finding.
        FormulationError: the formulation cannot be built or is not known to every room.
        StoreError: a folder is not a whole result.
        UnverifiedError: a result fails its verification.
        ArgumentError: two questions are asked at once, or what is asked does not go together.
        AskError: the question cannot be asked of this instance or result.
    """
    from alloc.explanation import asking

    result = None
    if isinstance(subject, Result) or (isinstance(subject, Path | str) and is_result(subject)):
        result = trusted(subject)
    only = [rules] if isinstance(rules, str) else [] if isinstance(rules, bool) else list(rules)
    question = asking.Question(
        prices, tier, quick, rules is True or bool(only), tuple(only), city, pool, at_least,
        None if against is None else trusted(against), like, formula,
    )  # fmt: skip
    optional = (relaxation, time_limit, formulation)
    asking.refuse(question, result is not None, bool(scenario or edits) or any(each is not None for each in optional))
    if result is not None and question != asking.Question():
        return asking.of_result(result, question, on_progress)
    from alloc.explanation.infeasibility.conflict import explain_conflict

    edited = opened(
        result or subject, scenario, edits, relaxation=relaxation, time_limit=time_limit, formulation=formulation
    )
    with errors_at_home(edited):
        return explain_conflict(edited.instance, on_progress, bool(edits))


__all__ = [
    "CONFLICT_CODES",
    "UNREADABLE",
    "AllocError",
    "ArgumentError",
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
    "TargetError",
    "UnverifiedError",
    "Variation",
    "Verification",
    "Written",
    "audit",
    "certify",
    "check",
    "compare",
    "convert",
    "explain",
    "init",
    "is_result",
    "load_result",
    "mark",
    "matrix_agreement",
    "merge",
    "merge_forms",
    "plain",
    "progress_line",
    "read",
    "ready_to_write",
    "record",
    "save",
    "save_document",
    "save_tables",
    "show",
    "solve",
    "steps",
    "values_of",
    "verify",
    "whatif",
    "write_forms",
    "write_report",
]
