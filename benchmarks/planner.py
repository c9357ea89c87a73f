"""What a planner would use instead, on the same instance with whole facilities: time, gap, and what comes back.

Ways: alloc; plain Pyomo with HiGHS, the four tiers of whole facilities as one weighted sum, or the first tier alone;
CBC on the same weighted sum as a file; and, at sizes that it takes, LibreOffice Calc's solver. Each has a process of
its own. In the weighted sum a tier weighs twice the one after it, each by its best value in the relaxation.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.planner_ways import python_with_uno
from benchmarks.sized import write_sized

WAYS = ("alloc", "pyomo_weighted", "pyomo_first", "cbc_weighted", "calc_weighted")
TITLES = {
    "alloc": "alloc, all tiers in their order",
    "pyomo_weighted": "Pyomo (appsi_highs), weighted sum",
    "pyomo_first": "Pyomo (appsi_highs), first tier alone",
    "cbc_weighted": "CBC on an MPS file, weighted sum",
    "calc_weighted": "LibreOffice Calc (CoinMP), weighted sum",
}
GRACE = 600.0  # seconds beyond the limit that a way has for building its model and writing what it found


def measure(
    sizes: Sequence[int],
    ways: Sequence[str] = WAYS,
    limit: float = 600.0,
    calc_up_to: int = 40,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Every way at every size.

    Args:
        sizes: numbers of cities, as in `scale`.
        ways: of `WAYS`.
        limit: seconds that a solver has.
        calc_up_to: Calc is left out beyond so many cities.
        say: told what is going on.

    Returns:
        `header` and `rows`: a way at a size, with seconds to build and to solve, how it ended (`status`), the gap
        that its solver proved, the value of each tier at what came back, and how far the weighted sum is from the
        relaxation's (`distance`, relative); or why there is nothing (`skipped`).
    """
    rows = []
    for cities in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = write_sized(cities, Path(folder) / "instance")
            for way in ways:
                say(f"{cities} cities: {TITLES[way]}")
                rows.append({"cities": cities, "way": way, **_in_a_process(home, way, cities, limit, calc_up_to)})
    header = {
        "benchmark": "planner",
        "limit": limit,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }
    return {"header": header, "rows": rows}


def _in_a_process(home: Path, way: str, cities: int, limit: float, calc_up_to: int) -> dict[str, Any]:
    if way == "cbc_weighted" and shutil.which("cbc") is None:
        return {"skipped": "not installed"}
    if way == "calc_weighted" and (shutil.which("soffice") is None or python_with_uno() is None):
        return {"skipped": "not installed"}
    if way == "calc_weighted" and cities > calc_up_to:
        return {"skipped": f"beyond {calc_up_to} cities left out"}
    command = [sys.executable, "-m", "benchmarks.planner_ways", str(home), way, str(limit)]
    try:
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8", timeout=limit + GRACE
        )
    except subprocess.TimeoutExpired:
        return {"skipped": f"not within {limit + GRACE:.0f} s"}
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def table(measured: dict[str, Any]) -> str:
    """For people: a line a way, one paragraph a size."""
    lines = []
    for cities in dict.fromkeys(row["cities"] for row in measured["rows"]):
        here = [row for row in measured["rows"] if row["cities"] == cities]
        tiers = next((list(row["tiers"]) for row in here if row.get("tiers")), [])
        heads = "".join(f"{each:>14}" for each in ("build, s", "solve, s", "own gap", *tiers, "from bound"))
        lines += [f"{cities:,} cities", f"{'':<42}{heads}  ended"]
        for row in here:
            if "skipped" in row:
                lines.append(f"{TITLES[row['way']]:<42}  {row['skipped']}")
                continue
            values = [_value((row["tiers"] or {}).get(each)) for each in tiers]
            figures = (
                f"{row['build']:.1f}", f"{row['solve']:.1f}", _percent(row["gap"]), *values,
                _percent(row["distance"]),
            )  # fmt: skip
            lines.append(
                f"{TITLES[row['way']]:<42}" + "".join(f"{each:>14}" for each in figures) + f"  {row['status']}"
            )
        lines.append("")
    return "\n".join(lines)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.5f}"
