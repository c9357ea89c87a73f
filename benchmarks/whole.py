"""Whole facilities, cold and after edits, as ratios to a cold solve of the relaxation in the same run.

Seconds are those of the processor, all threads together; `clock` is what passes meanwhile.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from alloc.instance import read
from alloc.instance.instance import make_instance
from alloc.result.result import run
from alloc.session import Session
from benchmarks.edits import EDITS, line_of
from benchmarks.sized import write_sized


def measure(sizes: Sequence[int], repeat: int = 3, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """At every size: the relaxation, whole facilities without and with bounds, and every kind of edit in a session.

    Args:
        sizes: numbers of cities (see `benchmarks.sized`).
        repeat: turns; the fastest of each counts.
        say: told what is going on.

    Returns:
        ``rows``: size, what, seconds (of the processor), clock, ratio (to the relaxation's seconds).
    """
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found = read(write_sized(size, Path(folder) / "made"))
        whole, relaxed = (
            make_instance(found.settings.model_copy(update={"integers": each, "time_limit": 3600.0}), found.tables)
            for each in (True, False)
        )
        say(f"{size} cities: relaxation and whole facilities")
        base = _best(lambda: run(relaxed), repeat)  # noqa: B023
        rows.append({"size": size, "what": "relaxation", **base, "ratio": 1.0})

        def told(what: str, figures: dict[str, float], size: int = size, base: float = base["seconds"]) -> None:
            rows.append({"size": size, "what": what, **figures, "ratio": figures["seconds"] / base})

        told("whole facilities", _best(lambda: run(whole, bounds=False), repeat))  # noqa: B023
        session = Session(whole)
        told("bounds", _best(session.bounds, 1))
        for kind in EDITS:
            line = line_of(kind, whole)
            if line is None:
                continue
            say(f"{size} cities: {line}")
            turns = []
            for _ in range(repeat):
                turns.append(_best(lambda: session.edit(line), 1))  # noqa: B023
                session.undo()
            told(kind, min(turns, key=lambda turn: turn["seconds"]))
    return {"benchmark": "whole", "repeat": repeat, "cores": os.cpu_count(), "rows": rows}


def table(found: dict[str, Any]) -> str:
    """For people."""
    lines = [f"{'cities':>6} {'what':<20}{'seconds':>9}{'clock':>8}{'ratio':>7}"]
    for row in found["rows"]:
        figures = f"{row['seconds']:>9.2f}{row['clock']:>8.2f}{row['ratio']:>7.2f}"
        lines.append(f"{row['size']:>6} {row['what']:<20}{figures}")
    return "\n".join(lines)


def _best(what: Callable[[], object], repeat: int) -> dict[str, float]:
    turns = []
    for _ in range(repeat):
        clock, started = time.perf_counter(), time.process_time()
        what()
        turns.append({"seconds": time.process_time() - started, "clock": time.perf_counter() - clock})
    return min(turns, key=lambda turn: turn["seconds"])
