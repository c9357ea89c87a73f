"""Times every stage of a solve at several sizes, each in a process of its own so that its peak memory is its own.

Seconds are those of the processor, all threads together: what else the machine does disturbs them less.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.process import peak_memory
from benchmarks.routes import ROUTES
from benchmarks.scale_peers import lines as peer_lines
from benchmarks.scale_peers import measure_peers
from benchmarks.sized import write_sized

INSIDE, OUTSIDE = "inside the solvers", "everything else"


def measure(
    sizes: Sequence[int],
    whole: bool = False,
    routes: Sequence[str] = ROUTES,
    limit: float = 300.0,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Every stage at every size, in seconds, one process a size; and the same model handed over by every route.

    Args:
        sizes: numbers of cities: 337 and 2947 are the instances that ship, others are made from the latter.
        whole: with whole facilities; else the relaxation.
        routes: that hand the model over, each in a process of its own; none: that is left out.
        limit: seconds that a route has at a size.
        say: told what is going on.

    Returns:
        `header`, `rows` (one a size; `clock` is what passes meanwhile) and `exponents` (of each stage between the
        smallest and the largest size).
    """
    rows = []
    for size in sorted(sizes):
        say(f"measuring {size} cities")
        command = [sys.executable, "-m", "benchmarks.scale", str(size), *(["whole"] if whole else [])]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        rows.append({**json.loads(done.stdout), "hand_over": measure_peers(size, routes, limit, say)})
    header = {
        "benchmark": "scale",
        "whole": whole,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }
    return {"header": header, "rows": rows, "exponents": exponents(rows)}


def exponents(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """How each stage grows: the slope of log seconds over log cities (least squares; 1 is linear)."""
    found = {}
    for stage in _names(rows):
        points = [
            (math.log(row["cities"]), math.log(row["seconds"][stage]))
            for row in rows
            if row["seconds"].get(stage, 0.0) > 0
        ]
        if len(points) < 2:
            continue
        across, up = (sum(each) / len(points) for each in zip(*points, strict=True))
        spread = sum((x - across) ** 2 for x, _ in points)
        if spread > 0:
            found[stage] = sum((x - across) * (y - up) for x, y in points) / spread
    return found


def table(measured: dict[str, Any]) -> str:
    """For people: a line a stage, a column a size, and how it grows; then the routes."""
    rows, grows = measured["rows"], measured["exponents"]
    lines = [f"{'seconds':<24}" + "".join(f"{row['cities']:>18,}" for row in rows) + f"{'exponent':>10}"]
    for stage in _names(rows):
        figures = "".join(
            f"{row['seconds'][stage]:>18.3f}" if stage in row["seconds"] else f"{'–':>18}" for row in rows
        )
        lines.append(f"{stage:<24}{figures}" + (f"{grows[stage]:>10.2f}" if stage in grows else ""))
    if all({INSIDE, OUTSIDE} <= row["seconds"].keys() for row in rows):
        ratios = "".join(f"{row['seconds'][OUTSIDE] / row['seconds'][INSIDE]:>18.2f}" for row in rows)
        lines.append(f"{'  of these, else/inside':<24}{ratios}")
    for key, title in (
        ("columns", "columns"),
        ("rows", "rows"),
        ("nonzeros", "non-zeros"),
        ("clock", "seconds by the clock"),
        ("peak", "peak memory, MB"),
    ):
        lines.append(f"{title:<24}" + "".join(f"{row[key]:>18,.0f}" for row in rows))
    return "\n".join([*lines, *peer_lines(rows)]) + "\n"


def _names(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(stage for row in rows for stage in row["seconds"]))


def one(size: int, whole: bool = False) -> dict[str, Any]:
    """Every stage once at one size, in this process."""
    clock = time.perf_counter
    time.perf_counter = time.process_time  # what alloc says of its own stages is to be in the same seconds
    started = clock()
    with tempfile.TemporaryDirectory() as folder:
        home = write_sized(size, Path(folder) / "instance")
        return {**_one(home, Path(folder), whole), "clock": clock() - started}


def _one(home: Path, folder: Path, whole: bool) -> dict[str, Any]:
    import alloc
    import alloc.documents  # libraries are loaded once in a process, before anything is timed
    import alloc.report.render.html.page
    import alloc.solver.solution
    from alloc.compiler.compile import compile_model
    from alloc.formulation.registry import formulation
    from alloc.instance.derived.derived import derive
    from alloc.instance.instance import make_instance
    from alloc.result import store
    from alloc.result.result import run
    from alloc.solver.model.highs import Session
    from alloc.solver.model.runs import Clock

    seconds: dict[str, float] = {}

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        seconds[stage] = time.perf_counter() - started

    with timed("read"):
        instance = alloc.read(home)
    settings = instance.settings.model_copy(update={"integers": whole, "time_limit": 3600.0})
    instance = make_instance(settings, instance.tables)
    with timed("check"):
        alloc.check(home)
    with timed("derive"):
        derived = derive(instance)
    with timed("compile"):
        model = compile_model(formulation("annual")(derived, settings.objective))
    with timed("hand over"):
        Session(model, Clock(1.0))
    spent = [0.0]
    with _solver_time(spent):
        started = time.perf_counter()
        result = run(instance)
        whole_run = time.perf_counter() - started
    for tier in result.manifest["tiers"]:
        seconds[f"tier {tier['tier']}"] = tier["seconds"]
    seconds["solve"] = result.manifest["timings"]["solve"]
    for stage in ("publish", "verify"):
        seconds[stage] = result.manifest["timings"][stage]
    with timed("store"):
        store.write(result, folder / "result")
    with timed("report (html)"):
        _report(folder / "result", folder / "report")
    seconds[INSIDE] = spent[0]
    after = seconds["read"] + seconds["check"] + seconds["store"] + seconds["report (html)"]
    seconds[OUTSIDE] = whole_run - spent[0] + after
    return {
        "cities": len(derived.cities),
        "columns": model.matrix.shape[1],
        "rows": model.matrix.shape[0],
        "nonzeros": int(model.matrix.nnz),
        "peak": peak_memory(),
        "verified": result.verified,
        "tiers": {tier["tier"]: [tier["value"], tier["bound"]] for tier in result.manifest["tiers"]},
        "seconds": seconds,
    }


@contextmanager
def _solver_time(spent: list[float]) -> Iterator[None]:
    """Adds up what passes inside HiGHS and the interior-point method, wherever they are called."""
    import clarabel
    import highspy

    core, run, solver = highspy._core._Highs, highspy._core._Highs.run, clarabel.DefaultSolver

    def timed(call: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        try:
            return call()
        finally:
            spent[0] += time.perf_counter() - started

    def made(*arguments: Any) -> Any:
        inner = timed(lambda: solver(*arguments))
        return SimpleNamespace(solve=lambda: timed(inner.solve))

    core.run, clarabel.DefaultSolver = lambda highs: timed(lambda: run(highs)), made
    try:
        yield
    finally:
        core.run, clarabel.DefaultSolver = run, solver


def _report(result: Path, out: Path) -> None:
    from click.testing import CliRunner

    from alloc.cli.commands.report import report

    # Prices and what the formula alone would give are solves of their own: no part of writing.
    plain = ["--no-prices", "--no-formula"]
    done = CliRunner().invoke(report, [str(result), *plain, "--out", str(out), "--lang", "en"])
    if done.exit_code:
        raise RuntimeError(done.output)


if __name__ == "__main__":
    print(json.dumps(one(int(sys.argv[1]), "whole" in sys.argv[2:])))
