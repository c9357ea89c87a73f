"""What a run gives: manifest and tables, verified before anybody sees them."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import alloc  # the verbs, which know results, are asked for when they are called
from alloc.instance.findings import Finding, InputError
from alloc.instance.instance import Instance
from alloc.instance.prechecks.lifted import as_kept
from alloc.result.frames.codes import frame
from alloc.result.given import Given
from alloc.result.tables import tables as result_tables
from alloc.scenario.edits import Edited
from alloc.solver.model.status import Note, Quality, Status, Stopped, TierResult
from alloc.text import Text
from alloc.tolerances import VERIFIED
from alloc.verification import Verification, verify

if TYPE_CHECKING:
    from alloc.comparison import Comparison
    from alloc.explanation.shared.answer import Answer
    from alloc.instance.derived.derived import Derived
    from alloc.solver.model.runs import WarmStartCache
    from alloc.solver.model.status import Report
    from alloc.solver.solution import Solution
    from alloc.writing import Written

SCHEMA = 3
PACKAGES = ("alloc", "clarabel", "highspy", "numpy", "pandas", "pyarrow", "pyomo", "scipy")


def _table(name: str, words: str) -> property:
    """A table of a result as an attribute; without an allocation there is none."""

    def table(result: Result) -> pd.DataFrame:
        if name not in result.tables:
            raise AttributeError(name)  # `Result.__getattr__` says more
        return frame(result.instance, result.tables[name])

    return property(table, doc=words)


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A run, in memory or read back.

    Every table is also an attribute, ``result.allocation``, ``result.land`` and so on, that of a lever added later too:
    indexed by code, with names in front (see `alloc.result.frames.codes`).

    Attributes:
        instance: what was solved.
        manifest: as in ``manifest.json``.
        tables: the result's tables; none where there is no point.
        findings: warnings, and the clashes that arithmetic found.
        conflict: families that clash, where no allocation satisfies the rules.
        verification: None where there is no allocation.
        folder: from which it was read; None: it was made in memory.
        derived: an instance, and what its solve derived of it; None where the result was read back.
        called: what its documents call it; None: as its folder is called.
    """

    instance: Instance
    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...] = ()
    conflict: tuple[str, ...] = ()
    verification: Verification | None = field(default=None, repr=False)
    folder: Path | None = None
    derived: tuple[Instance, Derived] | None = field(default=None, repr=False, compare=False)
    called: Text | None = field(default=None, repr=False)

    allocation = _table("allocation", "What every city gets of every pool, with the five parts of each number.")
    services = _table("services", "Need, capacity, what is added, and coverage of every service in every city.")
    people = _table("people", "Residents, migrants, how many settle, and the score of every city.")
    land = _table("land", "New land and reused land of every city, by use.")
    budget = _table("budget", "The capital and the running budget of every city.")
    debt = _table("debt", "Debt before and after, the room for bonds, and the debt tier of every city.")
    limits = _table("limits", "Both sides and the slack of every group limit.")
    families = _table("families", "How many rows every rule has, how many bind, and the largest violation.")
    rounding = _table("rounding", "What rounding could not keep, a row each.")

    @property
    def name(self) -> str:
        """The name of the instance, and of the scenario where there is one."""
        scenario = self.manifest.get("scenario")
        return f"{self.instance.name}-{scenario['name']}" if scenario else self.instance.name

    @property
    def status(self) -> Status:
        """Why the solver stopped, and how good the point is."""
        status = self.manifest["status"]
        return Status(Stopped(status["stopped"]), Quality(status["quality"]))

    @property
    def tiers(self) -> pd.DataFrame:
        """Value, bound, gap and tolerance of every tier, in their order, indexed by name."""
        columns = [field.name for field in fields(TierResult)]
        return frame(self.instance, pd.DataFrame(list(self.manifest["tiers"]), columns=columns))

    @property
    def has_solution(self) -> bool:
        """Whether there is an allocation."""
        return bool(self.tables)

    @property
    def has_point(self) -> bool:
        """The former name of `has_solution`, for one version more."""
        return self.has_solution

    @cached_property
    def given(self) -> Given:
        """The table `allocation` as arrays; there has to be an allocation."""
        return Given.of(self.tables["allocation"])

    def city_names(self, language: str) -> dict[Any, str]:
        """The name of every city, by code.

        Args:
            language: ``zh`` or ``en``.

        Returns:
            City code -> name: the English one in English where there is one, else the Chinese.
        """
        cities = self.instance.tables["cities"].set_index("city")
        chinese, english = cities["name"], cities["name_en"]
        return (english.where(english != "", chinese) if language == "en" else chinese).to_dict()

    @property
    def finished(self) -> bool:
        """Whether the solve came to its end: neither time nor an interrupt nor a failure stopped it."""
        return bool(self.manifest["status"]["stopped"] == Stopped.FINISHED)

    @property
    def infeasible(self) -> bool:
        """Whether it is known that no allocation satisfies the rules."""
        return bool(self.manifest["status"]["stopped"] == Stopped.INFEASIBLE)

    @property
    def verified(self) -> bool:
        """Whether its verification, which was done when it was made or read, passed."""
        return self.verification is not None and self.verification.passed

    def verify(self) -> Verification:
        """Every constraint, bound, sum and tier value, again from the raw tables.

        Returns:
            What was compared and what failed.
        """
        return alloc.verify(self)

    def compare(self, *others: Result | Path | str) -> Comparison:
        """What differs between this result, which is the base, and others.

        Args:
            others: one or more, each a result or its folder.

        Returns:
            The comparison.

        Raises:
            StoreError: a folder is not a whole result.
            ComparisonError: they cannot be compared.
        """
        return alloc.compare(self, *others)

    def explain(self, **question: Any) -> Answer:
        """Answers a question: prices, the cost of rules, why a city gets what it gets, what it would take.

        Args:
            question: ``prices``, ``rules``, ``city`` and ``pool``, … as for `alloc.explain`.

        Returns:
            The answer; `alloc.show` gives it as text.

        Raises:
            AllocError: the question cannot be asked.
        """
        return alloc.explain(self, **question)

    def report(self, out: Path | str, formats: str | Sequence[str] = ("html",), **options: Any) -> tuple[Written, ...]:
        """Writes the result as a report; what stands at a file's place already is renamed beside.

        Args:
            out: folder of the files.
            formats: of html, xlsx, docx, pdf.
            options: ``language``, ``against``, ``cities``, … as for `alloc.write_report`.

        Returns:
            The files, with what an older one is called now.

        Raises:
            UnverifiedError: the result fails its verification.
            ReportError: a format needs a library that is not installed, or a file cannot be written.
        """
        return alloc.write_report(self, out, formats, **options)

    def save(self, folder: Path | str) -> Written:
        """Writes the result as a folder, whole or not at all.

        Args:
            folder: of the result; an older one there is renamed beside.

        Returns:
            Where it lies, and what the older one is called now.

        Raises:
            StoreError: there is no allocation, it is not verified, or `folder` holds something else.
        """
        return alloc.save(self, folder)

    def to_excel(self, path: Path | str) -> Written:
        """Writes every table as a sheet of one workbook, with codes and names, unformatted, for further work.

        Args:
            path: ends in .xlsx, or has no ending, for a folder of CSV files; an older one there is renamed beside.

        Returns:
            Where it lies, and what the older one is called now.

        Raises:
            StoreError: it ends in something else.
        """
        return alloc.save_tables(self, path)

    if not TYPE_CHECKING:  # a slip of the pen is still found by a type checker

        def __getattr__(self, name: str) -> pd.DataFrame:
            """A table that only some results have."""
            tables = self.__dict__.get("tables", {})
            if name not in tables:
                there = f"its tables are {', '.join(tables)}" if tables else "there is no allocation"
                raise AttributeError(f"the result has no attribute and no table {name!r}: {there}")
            return frame(self.instance, tables[name])

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.tables})

    def __repr__(self) -> str:
        """One line: name, status, tiers, and whether it is verified."""
        status = f"{self.status.stopped}, {self.status.quality}"
        tiers = ", ".join(f"{tier['tier']} {tier['value']:.6g}" for tier in self.manifest["tiers"])
        verified = "verified" if self.verified else "not verified"
        if not self.has_solution:
            return f"<Result {self.name}: {status}; no allocation, nothing to write>"
        return f"<Result {self.name}: {status}; {tiers or 'no tiers'}; {verified}>"

    def _repr_html_(self) -> str:
        """For notebooks: status, tiers and notes, in both languages."""
        return alloc.as_html(self)


def run(
    instance: Instance,
    report: Report = lambda progress: None,
    memory: WarmStartCache | None = None,
    edited: Edited | None = None,
    bounds: bool = True,
) -> Result:
    """Solves an instance, publishes, decomposes and verifies.

    Args:
        instance: checked.
        report: told of every step.
        memory: of a solve of nearly the same instance, to start from.
        edited: where the instance comes from edits, for the manifest.
        bounds: whether the tiers of whole facilities are bounded (see `bounded`).

    Raises:
        InputError: an error that only arithmetic over the tables finds (an override outside its bounds, say).
    """
    from alloc.solver.solution import solve  # and Pyomo with it, which takes longer to load than all the rest

    solution = solve(instance, report, memory=memory, bounds=bounds)
    timings = dict(solution.timings)
    wrong = [finding for finding in solution.findings if finding.severity == "error"]
    if wrong and not solution.conflict:
        raise InputError(solution.findings)
    if solution.status.quality is Quality.NONE:
        manifest = {**_manifest(instance, solution, timings, edited), "verified": _verified(None)}
        return Result(instance, manifest, {}, solution.findings, solution.conflict)
    return of_solution(instance, solution, edited)


def of_solution(instance: Instance, solution: Solution, edited: Edited | None = None) -> Result:
    """A solution with a point, published, decomposed and verified; it may be refused by its verification.

    Args:
        instance: that it is of.
        solution: with a point.
        edited: where the instance comes from edits, for the manifest.
    """
    timings, started = dict(solution.timings), time.perf_counter()
    made = result_tables(instance, solution)
    timings["publish"] = time.perf_counter() - started
    started = time.perf_counter()
    if "relaxation" in made and (beyond := int(np.count_nonzero(made["relaxation"]["beyond"]))):
        solution = replace(solution, notes=(*solution.notes, Note("beyond_band", beyond)))
    manifest = _manifest(instance, solution, timings, edited)
    found = as_kept(solution.findings, instance, solution.derived, made["land"])
    result = _with_verification(Result(instance, manifest, made, found, derived=(instance, solution.derived)), manifest)
    assert result.verification is not None
    made["families"] = result.verification.families
    timings["verify"] = time.perf_counter() - started
    return replace(result, manifest={**result.manifest, "timings": timings})


def with_bounds(result: Result, report: Report = lambda progress: None) -> Result:
    """A result whose tiers say what no plan can better; the same where they do already, or where there is no point."""
    tiers = result.manifest["tiers"]
    left = [note for note in result.manifest["notes"] if note["code"] == "bound_left"]
    bounded_before = any(tier["bound"] is not None for tier in tiers) and not left
    if not result.instance.settings.integers or bounded_before or not tiers:
        return result
    from alloc.solver.solution import bounded

    table = result.tables["allocation"]
    decided = (table["published"] - table["rounding"]).to_numpy()
    found, status = bounded(result.instance, [TierResult(**tier) for tier in tiers], result.status, decided, report)
    graded = {"stopped": str(status.stopped), "quality": str(status.quality)}
    notes = [each for each in result.manifest["notes"] if each not in left]
    manifest = {**result.manifest, "tiers": [asdict(each) for each in found], "status": graded, "notes": notes}
    return _with_verification(replace(result, manifest=manifest), _without(manifest, "verified"))


def verified_again(result: Result, tolerance: float = VERIFIED) -> Result:
    """A result with its verification done again, from its tables and from what it says of itself.

    Its manifest must be of the right form (`alloc.result.stored.manifest`). Afterwards it has the counts of this
    verification; those that it stated are compared with them where the same version of alloc counted.
    """
    manifest = result.manifest
    counted_here = "written_as" not in manifest and manifest["versions"].get("alloc") == _version("alloc")
    return _with_verification(result, manifest if counted_here else _without(manifest, "verified"), tolerance)


def _with_verification(result: Result, says: Mapping[str, Any], tolerance: float = VERIFIED) -> Result:
    rounded, model = says.get("written_as") != 1, says.get("model")
    found = verify(result.instance, result.tables, says["tiers"], tolerance, rounded, model, says)
    return replace(result, manifest={**result.manifest, "verified": _verified(found)}, verification=found)


def _without(manifest: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in manifest.items() if name != key}


def _verified(found: Verification | None) -> dict[str, Any]:
    """The counts of a verification, for the manifest."""
    if found is None:
        return {"passed": False, "checks": 0, "worst": None, "worst_at": None}
    return {"passed": found.passed, "checks": found.checks, "worst": found.worst, "worst_at": found.worst_at}


def _manifest(
    instance: Instance,
    solution: Solution,
    timings: Mapping[str, float],
    edited: Edited | None,
) -> dict[str, Any]:
    settings = instance.settings
    return {
        "schema": SCHEMA,
        "instance": {"name": instance.name, "hash": instance.hash},
        "scenario": edited.scenario_record() if edited else None,
        "edits": edited.records() if edited else [],
        "status": {"stopped": str(solution.status.stopped), "quality": str(solution.status.quality)},
        "tiers": [asdict(tier) for tier in solution.tiers],
        "model": {"decisions": list(solution.decisions), "families": list(solution.families)},
        "conflict": list(solution.conflict),
        "floors": dict(solution.floors),
        "notes": [asdict(note) for note in solution.notes],
        "options": {
            "integers": settings.integers,
            "facilities": settings.facilities,
            "gap": settings.gap,
            "time_limit": settings.time_limit,
            "formulation": instance.formulation,
        },
        "timings": dict(timings),
        "versions": {name: _version(name) for name in PACKAGES},
        "host": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()},
    }


@cache  # to look up what is installed takes longer than to publish
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
