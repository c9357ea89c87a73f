"""Which small faults the tests would not notice: mutants run against the tests that cover their module.

Every mutant is written into a copy of the tree, never into the tree itself, and the tests of its module run in a
process of their own until the first fails, short tests before long ones. What is known already is not run again.
"""

from __future__ import annotations

import compileall
import csv
import importlib
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.mutants import Mutant, mutants, sample

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("module", "line", "within", "kind", "before", "after", "which", "seed", "outcome", "by", "seconds", "reason")
KEY = ("module", "within", "kind", "before", "after", "which")
NOT_HERE = "not slow and not county and not browser"
SHORT, LONG = f"{NOT_HERE} and not long", f"{NOT_HERE} and long"
PATIENCE, LEAST = 3.0, 10.0  # times the seconds that tests take without a fault, and seconds more: then it never ends
UNLIMITED = 3600.0
MOST = 20  # test modules of one module
BUSY = 10.0  # times that by the clock, where the processor has other things to do
KILLED = ("killed", "endless")
PRELOADED = ("numpy", "pandas", "scipy.sparse", "pydantic", "pyomo.environ", "highspy", "clarabel", "click", "pytest",
             "hypothesis", "pyarrow.parquet")  # fmt: skip
OURS = ("alloc", "alloc_models", "benchmarks", "tests")

# Module, or pattern of modules -> the tests that cover it, those first that kill most in least time; the first pattern
# that fits holds.
TESTS: dict[str, tuple[str, ...]] = {
    "models/alloc_models/sizes.py": ("compiler_rows", "numerics", "frozen_values"),
    "models/alloc_models/*.py": ("compiler_rows", "turns", "instance_schema", "land_uses", "completeness", "prechecks",
                                 "issued", "growing_limits", "explain_rules", "small_instances", "matrix_points"),
    "alloc/compiler/*.py": ("compiler_nested", "compiler_rows", "compiler_ways", "compiler_beside", "matrix_points"),
    "alloc/solver/conflict.py": ("conflict_filter", "explain_conflict"),
    "alloc/solver/facilities/dual_bounds.py": ("tiers_by_hand", "certificate", "whole_facilities", "frozen_values"),
    "alloc/solver/facilities/*.py": ("facilities_by_hand", "tiers_by_hand", "whole_facilities", "frozen_values"),
    "alloc/solver/model/*.py": ("hold", "handed", "taken_over", "gap", "tiers_by_hand", "solver_released",
                                "solver", "session", "numerics", "frozen_values"),
    "alloc/solver/tiers/active.py": ("active_set", "tiers_by_hand", "taken_over", "numerics", "frozen_values"),
    "alloc/solver/tiers/*.py": ("tiers_by_hand", "active_set", "taken_over", "certificate", "solver", "session",
                                "numerics", "frozen_values"),
    "alloc/solver/*.py": ("solver", "gap", "tiers_by_hand", "session", "numerics", "frozen_values"),
    "alloc/verification/points/*.py": ("matrix_points",),
    "alloc/verification/*.py": ("statements", "verify", "rounding", "issued", "growing_limits", "forged_results",
                                "matrix_points"),
    "alloc/publish/*.py": ("off", "rounding", "publish", "issued", "growing_limits", "explain_reasons",
                           "frozen_values"),
    "alloc/instance/derived/derived.py": ("derived_near", "derived", "bounds", "matrix_points"),
    "alloc/instance/derived/steps.py": ("derived_near", "derived", "explain_work", "matrix_points"),
    "alloc/instance/derived/*.py": ("later_rules", "land_uses", "issued", "performance", "bounds", "bond_floors",
                                    "unit_tariff", "derived", "derived_near", "matrix_points"),
    "alloc/scenario/*.py": ("scenario_agreement", "scenario_lines", "scenario_edits", "scenario_files", "where",
                            "former_names", "taken_over", "session", "scenario_properties"),
    "alloc/report/measures.py": ("report_measures", "report_content", "report_city"),
    "alloc/content/numbers.py": ("report_numbers", "report_content"),
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """How the tests of a module went: whether all passed, which failed first, and the seconds of the processor."""

    outcome: str
    by: str
    seconds: float


@dataclass(frozen=True)
class Lane:
    """Tests with a mark: the modules that have some, and the seconds of the processor for all."""

    marked: str
    tests: list[str]
    seconds: float


def modules() -> list[str]:
    """Every module that `TESTS` covers, in order, relative to the root."""
    files = [
        path.relative_to(ROOT).as_posix() for folder in ("alloc", "models") for path in (ROOT / folder).rglob("*.py")
    ]
    return sorted(each for each in files if covering(each))


def covering(module: str) -> tuple[str, ...]:
    """The test modules that cover a module, those that there are."""
    names = next((names for pattern, names in TESTS.items() if fnmatch(module, pattern)), ())
    paths = [f"tests/test_{name}.py" for name in names]
    return tuple(each for each in paths if (ROOT / each).is_file())


def chosen(wanted: Sequence[str], count: int, seed: int) -> list[Mutant]:
    """Mutants of some modules, or of all, by chance, each as likely as any other."""
    return sample([each for name in modules() if _is_wanted(name, wanted) for each in _of(name)], count, seed)


def _of(module: str) -> list[Mutant]:
    return mutants(module, (ROOT / module).read_text(encoding="utf-8"))


def _is_wanted(module: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(fnmatch(module, each) for each in wanted)


def survivors(wanted: Sequence[str], file: Path) -> list[Mutant]:
    """The mutants of a table that no test noticed, as far as they are still there."""
    left = {key for key, row in known(file).items() if row["outcome"] not in KILLED}
    found = {name for name, *_ in left if (ROOT / name).is_file() and _is_wanted(name, wanted)}
    return [each for name in sorted(found) for each in _of(name) if each.key in left]


def known(file: Path) -> dict[tuple[str, ...], dict[str, str]]:
    """What a table of results says already, by the key of the mutant."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as opened:
        return {tuple(row[name] for name in KEY): row for row in csv.DictReader(opened)}


def still_there(results: dict[tuple[str, ...], dict[str, str]]) -> dict[tuple[str, ...], dict[str, str]]:
    """The rows of a table whose mutants the code still has, with the lines where they are now."""
    names = sorted({name for name, *_ in results if (ROOT / name).is_file()})
    now = {each.key: each.line for name in names for each in _of(name)}
    return {key: row | {"line": str(now[key])} for key, row in results.items() if key in now}


def measure(
    todo: Sequence[Mutant],
    file: Path,
    tell: Callable[[str], None],
    *,
    seed: str = "",
    again: bool = False,
    first: int = MOST,
    long: bool = False,
) -> dict[tuple[str, ...], dict[str, str]]:
    """Runs mutants that a table does not have yet and enters them, each when it is done.

    What the code has no longer is left out of the table.

    Args:
        todo: the mutants.
        file: the table, made if need be.
        tell: told of every mutant.
        seed: of the sample of the whole code that the mutants are, if they are one.
        again: also those that are known to survive.
        first: by so many test modules at most, of those that cover a module.
        long: also by the tests that take a second or more each, after the short ones.
    """
    tell(f"the code in {ROOT}")
    results = still_there(known(file))
    if seed:
        for row in results.values():
            row["seed"] = ""  # of an earlier sample, whose survivors tests have been written for
        for each in todo:
            if each.key in results:
                results[each.key]["seed"] = seed
    left = [
        each for each in todo
        if each.key not in results or (again and results[each.key]["outcome"] not in KILLED)
    ]  # fmt: skip
    tell(f"{len(left)} mutants to run")
    write(file, results)
    if not left:
        return results
    for name in PRELOADED:
        importlib.import_module(name)
    with TemporaryDirectory() as folder:
        tree = copied(Path(folder) / "tree")
        baselines: dict[tuple[str, ...], list[Lane]] = {}
        for place, mutant in enumerate(left, start=1):
            names = covering(mutant.module)[:first]
            if names not in baselines:
                baselines[names] = _baseline(tree, names, (SHORT, LONG) if long else (SHORT,), tell)
            run = _with_fault(tree, mutant, baselines[names])
            old = results.get(mutant.key, {})
            results[mutant.key] = dict(zip(COLUMNS, (
                mutant.module, str(mutant.line), mutant.within, mutant.kind, mutant.before, mutant.after,
                str(mutant.which), seed or old.get("seed", ""), run.outcome, run.by, f"{run.seconds:.1f}",
                "" if run.outcome in KILLED else old.get("reason", ""),
            ), strict=True))  # fmt: skip
            write(file, results)
            tell(f"{place}/{len(left)} {run.outcome} {mutant.module}:{mutant.line} {mutant.before} -> {mutant.after}")
    return results


def write(file: Path, results: dict[tuple[str, ...], dict[str, str]]) -> None:
    """Writes a table of results, by module and line."""
    rows = sorted(results.values(), key=lambda row: (row["module"], int(row["line"]), row["kind"],
                                                     row["before"], row["after"], int(row["which"])))  # fmt: skip
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def shares(results: dict[tuple[str, ...], dict[str, str]]) -> str:
    """By folder how many were killed, of the whole table and of its samples of the whole code, as Markdown."""
    rows = list(results.values())
    lines = ["| folder | sampled | killed | | in the table | killed | |", "|---|---:|---:|---:|---:|---:|---:|"]
    for name in [*sorted({_folder(row) for row in rows}), "all"]:
        here = [row for row in rows if name in ("all", _folder(row))]
        cells = [*_counted([row for row in here if row["seed"]]), *_counted(here)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def unnoticed(results: dict[tuple[str, ...], dict[str, str]]) -> str:
    """Every survivor with its reason, as Markdown."""
    lines = ["| survivor | before | after | reason |", "|---|---|---|---|"]
    for row in results.values():
        if row["outcome"] not in KILLED:
            cells = (f"{row['module']}:{row['line']}", f"`{row['before']}`", f"`{row['after']}`", row["reason"])
            lines.append("| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |")
    return "\n".join(lines)


def _folder(row: dict[str, str]) -> str:
    return row["module"].rpartition("/")[0]


def _counted(rows: Sequence[dict[str, str]]) -> tuple[str, str, str]:
    killed = sum(row["outcome"] in KILLED for row in rows)
    return str(len(rows)), str(killed), f"{killed / len(rows):.1%}" if rows else "–"


# ---------------------------------------------------------------------------------------------------------- runs


def copied(tree: Path) -> Path:
    """A copy of what is needed to run tests, compiled."""
    left_out = shutil.ignore_patterns(
        "__pycache__", ".git", ".venv", "*.egg-info", "results", ".*_cache", ".hypothesis"
    )
    shutil.copytree(ROOT, tree, ignore=left_out)
    for folder in ("alloc", "models"):
        compileall.compile_dir(tree / folder, quiet=1)
    return tree


def _baseline(tree: Path, names: Sequence[str], marks: Sequence[str], tell: Callable[[str], None]) -> list[Lane]:
    """The test modules of each lane without a fault, which all have to pass."""
    lanes = []
    for marked in marks:
        seconds = {}
        for name in names:
            run = _run(tree, [name], marked, UNLIMITED)
            if run.outcome not in ("survived", "no tests"):
                raise RuntimeError(f"{name} does not pass without a fault: {run.outcome} {run.by}")
            if run.outcome == "survived":
                seconds[name] = run.seconds
            tell(f"{name} ({marked}): {run.outcome}, {run.seconds:.1f} s")
        if seconds:
            lanes.append(Lane(marked, list(seconds), sum(seconds.values())))
    return lanes


def _with_fault(tree: Path, mutant: Mutant, lanes: Sequence[Lane]) -> Run:
    path = tree / mutant.module
    before = path.read_text(encoding="utf-8")
    # What is compiled is known by its second and its size, which a mutant may share.
    for kept in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        kept.unlink()
    try:
        path.write_text(mutant.source, encoding="utf-8", newline="")
        seconds = 0.0
        for lane in lanes:
            run = _run(tree, lane.tests, lane.marked, PATIENCE * lane.seconds + LEAST)
            seconds += run.seconds
            if run.outcome != "survived":
                break
        return Run(run.outcome, run.by, seconds)
    finally:
        path.write_text(before, encoding="utf-8", newline="")


def _run(tree: Path, tests: Sequence[str], marked: str, limit: float) -> Run:
    """Tests in a process of their own, which starts with what everything needs loaded where the system can do so."""
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context: Any = multiprocessing.get_context(method)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_tested, args=(str(tree), list(tests), marked, limit, there))
    process.start()
    there.close()
    process.join(BUSY * limit)
    if process.is_alive():
        process.kill()
        process.join()
        return Run("endless", "", limit)
    try:
        by, seconds = here.recv() if here.poll() else ("", limit)
    except EOFError:
        by, seconds = "", limit
    if process.exitcode == -getattr(signal, "SIGXCPU", 0) != 0:
        return Run("endless", "", limit)
    return Run({0: "survived", 5: "no tests"}.get(process.exitcode, "killed"), by, seconds)


class _First:
    """Remembers the first test that failed."""

    def __init__(self) -> None:
        self.name = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.name:
            self.name = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.name:
            self.name = f"{report.nodeid} (does not load)"


def _tested(tree: str, tests: list[str], marked: str, limit: float, there: Connection) -> None:
    import pytest

    started = time.process_time()
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (int(started + limit) + 1, resource.RLIM_INFINITY))
    for name in list(sys.modules):
        if name.split(".")[0] in OURS:
            del sys.modules[name]
    os.chdir(tree)
    paths = [tree, str(Path(tree) / "models"), str(Path(tree) / "tests")]
    sys.path[:] = [*paths, *(each for each in sys.path if Path(each or ".").resolve() != ROOT)]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    sys.dont_write_bytecode = True
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        first = _First()
        code = 5
        for each in tests:  # one after the other: to collect all of them takes longer than the first failure
            options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", marked]
            code = min(code, found) if (found := int(pytest.main([*options, each], plugins=[first]))) in (0, 5) else 1
            if code == 1:
                break
    import alloc

    if not str(alloc.__file__).startswith(tree):
        code, first.name = 5, "tested another tree"
    there.send((first.name, time.process_time() - started))
    there.close()
    os._exit(code)
