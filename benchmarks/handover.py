"""Times how long the same model takes from arrays to a solver that holds it, by every route in turn."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.agreement import Disagreement, Size, check, size
from benchmarks.generated import generated
from benchmarks.process import silenced
from benchmarks.routes import BASELINE, ROUTES, route

ONCE = 10.0
"""A route that takes longer, in seconds, is run once at a size and not warmed up there."""

Run = tuple[float, float]
"""Seconds by the clock and of the processor."""

PACKAGES = ("highspy", "linopy", "numpy", "pyomo", "pyoptinterface", "scipy", "xarray")


@dataclass(frozen=True)
class Row:
    """One route at one size, medians of its runs.

    Attributes:
        seconds: by the clock; `ratio` is to those of the hand-written route.
        cpu_seconds: of the processor, which a busy machine disturbs less; `cpu_ratio` likewise (None where the
            machine's clock of the processor is too coarse).
        skipped: why there is no figure.
    """

    route: str
    size: int
    columns: int | None = None
    rows: int | None = None
    nonzeros: int | None = None
    seconds: float | None = None
    ratio: float | None = None
    cpu_seconds: float | None = None
    cpu_ratio: float | None = None
    runs: int = 0
    skipped: str | None = None


@dataclass(frozen=True)
class Measurement:
    """What was measured, on what."""

    header: dict[str, Any]
    rows: tuple[Row, ...]

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {"header": self.header, "rows": [asdict(row) for row in self.rows]}

    def table(self) -> str:
        """For people, one paragraph a size."""
        lines = []
        for cities in dict.fromkeys(row.size for row in self.rows):
            here = [row for row in self.rows if row.size == cities]
            base = next(row for row in here if row.route == BASELINE)
            lines += [
                f"{cities} cities: {base.columns:,} columns, {base.rows:,} rows, {base.nonzeros:,} non-zeros",
                f"{'route':<22}{'seconds':>10}{'ratio':>9}{'cpu':>10}{'ratio':>9}{'runs':>6}",
            ]
            for row in here:
                if row.seconds is None:
                    lines.append(f"{row.route:<22}  {row.skipped}")
                else:
                    cpu = "" if row.cpu_ratio is None else f"{row.cpu_ratio:.2f}"
                    figures = f"{row.seconds:>10.4f}{row.ratio:>9.2f}{row.cpu_seconds:>10.4f}{cpu:>9}{row.runs:>6}"
                    lines.append(f"{row.route:<22}{figures}")
            lines.append("")
        return "\n".join(lines)


def measure(
    sizes: Sequence[int],
    repeat: int = 7,
    slow_limit: float = float("inf"),
    names: Sequence[str] = ROUTES,
    say: Callable[[str], None] = lambda message: None,
) -> Measurement:
    """Measures routes at several sizes; the hand-written one is always among them.

    Args:
        sizes: numbers of cities.
        repeat: runs of each route at each size, in turn A B C A B C, so that what else the machine does is shared.
        slow_limit: a route that by its time at the size before would take longer, in seconds, is skipped.
        names: routes.
        say: told what is going on.

    Raises:
        Disagreement: the routes do not give the same model.
    """
    routes = {name: route(name) for name in dict.fromkeys((BASELINE, *names))}
    installed = {name: module for name, module in routes.items() if module is not None}
    sizes = sorted(sizes)
    say(f"comparing the models of {len(installed)} routes at {sizes[0]} cities")
    _compare(installed, sizes[0])
    rows: list[Row] = []
    for position, cities in enumerate(sizes):
        before = {row.route: row for row in rows if position and row.size == sizes[position - 1]}
        skipped = {name: "not installed" for name in routes if name not in installed}
        for name, row in before.items():
            expected = (row.seconds or 0.0) * cities / row.size
            if row.seconds is None and name in installed:
                skipped[name] = str(row.skipped)
            elif expected > slow_limit:
                skipped[name] = f"skipped: would take about {expected:.0f} s"
        chosen = {name: module for name, module in installed.items() if name not in skipped}
        say(f"measuring {len(chosen)} routes at {cities} cities")
        runs, held = _turns(chosen, generated(cities), repeat)
        base, base_cpu = _medians(runs[BASELINE])
        for name in routes:
            if name in skipped:
                rows.append(Row(name, cities, skipped=skipped[name]))
                continue
            clock, cpu = _medians(runs[name])
            rows.append(
                Row(name, cities, **asdict(held), seconds=clock, ratio=clock / base,
                    cpu_seconds=cpu, cpu_ratio=cpu / base_cpu if base_cpu else None, runs=len(runs[name]))
            )  # fmt: skip
    return Measurement(_header(repeat), tuple(rows))


def _compare(routes: dict[str, Any], cities: int) -> None:
    data = generated(cities)
    with silenced():
        handed = {name: module.hand_over(data) for name, module in routes.items()}
        check({name: module.held(handed[name]) for name, module in routes.items()})


def _medians(runs: Sequence[Run]) -> tuple[float, float]:
    clock, cpu = (statistics.median(each) for each in zip(*runs, strict=True))
    return clock, cpu


def _turns(routes: dict[str, Any], data: Any, repeat: int) -> tuple[dict[str, list[Run]], Size]:
    """Every run, and the size that all routes agree on. The first turn warms up and is not counted."""
    runs: dict[str, list[Run]] = {name: [] for name in routes}
    sizes: dict[str, Size] = {}
    once = set()
    for turn in range(repeat + 1):
        for name, module in routes.items():
            if name in once:
                continue
            gc.collect()
            with silenced():
                cpu, clock = time.process_time(), time.perf_counter()
                handed = module.hand_over(data)
                run = time.perf_counter() - clock, time.process_time() - cpu
                if not turn:
                    sizes[name] = size(module.held(handed))
            del handed
            if not turn and run[0] >= ONCE:
                once.add(name)
            if turn or name in once:
                runs[name].append(run)
    for name, found in sizes.items():
        if found != sizes[BASELINE]:
            raise Disagreement(f"{BASELINE} holds {sizes[BASELINE]}, {name} holds {found}")
    return runs, sizes[BASELINE]


def _header(repeat: int) -> dict[str, Any]:
    return {
        "benchmark": "handover",
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "repeat": repeat,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
