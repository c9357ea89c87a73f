"""The same instance handed to HiGHS by every route, each in a process of its own: seconds, and memory that it takes."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from alloc.instance import read
from alloc.instance.derived.derived import derive
from benchmarks.agreement import Disagreement, size
from benchmarks.process import peak_memory, silenced
from benchmarks.routes import BASELINE, route
from benchmarks.sized import write_sized

RUNS = 5
ENOUGH = 5.0  # seconds: a route that has taken as much is not run again


def measure_peers(cities: int, names: Sequence[str], limit: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Hands the instance of so many cities over by every route.

    Args:
        cities: see `benchmarks.sized`.
        names: routes.
        limit: seconds that the process of a route has.
        say: told what is going on.

    Returns:
        Route -> seconds (of the processor, fastest of up to five runs), memory (MB that the first run added to what the
        process holds at most), columns, rows, nonzeros; or why there are no figures (`skipped`).

    Raises:
        Disagreement: two routes hold models of different size.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.write_bytes(pickle.dumps(derive(read(write_sized(cities, Path(folder) / "instance")))))
        found = {}
        for name in names:
            say(f"handing over {cities} cities by {name}")
            found[name] = {"skipped": "not installed"} if route(name) is None else _in_a_process(data, name, limit)
    sizes = {(each["columns"], each["rows"], each["nonzeros"]) for each in found.values() if "skipped" not in each}
    if len(sizes) > 1:
        raise Disagreement(f"at {cities} cities the routes hold {sizes}")
    return found


def lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    """For people: what each route takes at each size, and how often that of the hand-written one."""
    found: list[str] = []
    if not all(row.get("hand_over") for row in rows):
        return found
    for key, title, decimals in (
        ("seconds", "hand over, seconds of the processor (ratio)", 3),
        ("memory", "hand over, memory added in MB (ratio)", 0),
    ):
        found.append(title)
        for name in rows[0]["hand_over"]:
            cells = []
            for row in rows:
                each, base = row["hand_over"][name], row["hand_over"].get(BASELINE, {}).get(key)
                if "skipped" in each:
                    cells.append(each["skipped"])
                else:
                    ratio = f" ({each[key] / base:.1f})" if base else ""
                    cells.append(f"{each[key]:,.{decimals}f}{ratio}")
            found.append(f"  {name:<22}" + "".join(f"{cell:>18}" for cell in cells))
    return found


def _in_a_process(data: Path, name: str, limit: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scale_peers", str(data), name]
    try:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8", timeout=limit)
    except subprocess.TimeoutExpired:
        return {"skipped": f"not within {limit:.0f} s"}
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def one(data: Any, name: str) -> dict[str, Any]:
    """One route in this process."""
    module = route(name)
    assert module is not None
    runs: list[float] = []
    before, added, held = peak_memory(), 0.0, None
    with silenced():
        while len(runs) < RUNS and sum(runs) < ENOUGH:
            held = None  # what was handed over before is given back first
            started = time.process_time()
            held = module.hand_over(data)
            runs.append(time.process_time() - started)
            if len(runs) == 1:
                added = peak_memory() - before
        holds = size(module.held(held))
    return {"seconds": min(runs), "memory": added, **asdict(holds)}


if __name__ == "__main__":
    print(json.dumps(one(pickle.loads(Path(sys.argv[1]).read_bytes()), sys.argv[2])))
