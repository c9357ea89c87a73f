"""Times edits in a live session against a cold solve of the same edited instance, and Pyomo's persistent interface.

Seconds are those of the processor: everything here runs in one thread, and a busy machine disturbs them less.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alloc.instance import Instance, read
from alloc.instance.instance import make_instance
from alloc.result.result import run
from alloc.session import Session
from alloc.solver.model import highs
from alloc.solver.tiers import quadratic
from benchmarks.edits_pyomo import Persistent
from benchmarks.sized import write_sized

PLACE, LIMIT = "{city}", "{limit}"
NATIONAL = ("production_land", "megacity_land")  # limits of shipped instances, the first that is there
EDITS = {
    "a tolerance": "objective.fairness.tolerance = 0.006",
    "a city's cell": "cities.production_request *= 1.1 where city == '{city}'",
    "a total": "pools.total *= 1.02 where kind == 'land'",
    "a limit comes": "add limits { limit = 'all', quantity = 'settle', sense = '>=', value = 1, basis = 'amount' }",
    "a limit goes": "drop limits.{limit}",
    "debt ceiling": "policy.debt.ceiling = 1.0",
    "settlement cost": "policy.settlement.cost *= 1.1",
    "entitlement": "services.entitlement = 0.6 where service == 'primary'",
}
"""Kind of edit -> the edit; ``{city}`` is the largest city's code, ``{limit}`` the first limit of the nation."""


@dataclass
class Solving:
    """Seconds inside HiGHS and Clarabel."""

    seconds: float = 0.0


def measure(
    sizes: Sequence[int],
    repeat: int = 3,
    pyomo_up_to: int = 400,
    kinds: Sequence[str] = tuple(EDITS),
    say: Callable[[str], None] = lambda message: None,
) -> dict[str, Any]:
    """Every kind of edit at several sizes.

    Args:
        sizes: numbers of cities (see `benchmarks.sized`).
        repeat: turns of every edit: cold and warm one after the other.
        pyomo_up_to: the largest size at which Pyomo's persistent interface is tried too.
        kinds: keys of `EDITS`.
        say: told what is going on.

    Returns:
        ``rows``: size, edit, cold, warm (medians of seconds, whole result: verified and published), ratio
        (cold / warm), outside (share of the warm time that is neither HiGHS nor Clarabel), starts (how many steps were
        not run, warm, cold), pyomo (seconds that Pyomo's persistent interface takes to pass the change on, no solve;
        None where it was not tried), and compiled (seconds in which alloc builds the matrix again).
    """
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found = read(write_sized(size, Path(folder) / "made"))
        instance = make_instance(found.settings.model_copy(update={"integers": False}), found.tables)
        say(f"{size} cities: the first solve")
        with _solving() as solving:
            session = Session(instance)
            persistent = Persistent(instance) if size <= pyomo_up_to else None
            for kind in kinds:
                line = line_of(kind, instance)
                if line is None:
                    continue
                say(f"{size} cities: {line}")
                rows.append({"size": size, "edit": kind} | _edit(session, line, repeat, solving, persistent))
    return {"benchmark": "edits", "repeat": repeat, "rows": rows}


def table(found: dict[str, Any]) -> str:
    """For people."""
    heads = f"{'cities':>6} {'edit':<16}{'cold':>8}{'warm':>8}{'ratio':>7}{'outside':>9}  same/warm/cold"
    lines = [f"{heads}{'compile':>9}{'pyomo':>8}"]
    for row in found["rows"]:
        pyomo = "" if row["pyomo"] is None else f"{row['pyomo']:.3f}"
        lines.append(
            f"{row['size']:>6} {row['edit']:<16}{row['cold']:>8.2f}{row['warm']:>8.2f}{row['ratio']:>7.1f}"
            f"{100 * row['outside']:>7.0f} %{'/'.join(map(str, row['starts'])):>16}{row['compiled']:>9.3f}{pyomo:>8}"
        )
    return "\n".join(lines)


def line_of(kind: str, instance: Instance) -> str | None:
    """The edit of a kind for an instance; None where it has nothing to edit."""
    cities = instance.tables["cities"]
    there = set(instance.tables["limits"]["limit"])
    limit = next((name for name in NATIONAL if name in there), None)
    if kind == "a limit goes" and limit is None:
        return None
    city = str(cities.loc[cities["residents"].idxmax(), "city"])
    return EDITS[kind].replace(PLACE, city).replace(LIMIT, str(limit))


def _edit(session: Session, line: str, repeat: int, solving: Solving, persistent: Persistent | None) -> dict[str, Any]:
    cold, warm, outside, compiled = [], [], [], []
    for _ in range(repeat):
        solving.seconds = 0.0
        started = time.process_time()
        result = session.edit(line)
        warm.append(time.process_time() - started)
        outside.append(1 - solving.seconds / warm[-1])
        compiled.append(float(result.manifest["timings"]["build"]))
        if not result.verified:
            raise AssertionError(f"not verified after {line}")
        edited, starts = session.instance, list(session.starts.values())
        session.undo()
        started = time.process_time()
        run(edited)
        cold.append(time.process_time() - started)
    medians = [statistics.median(each) for each in (cold, warm, outside, compiled)]
    same, begun = starts.count("same") + starts.count("still optimal"), starts.count("warm")
    return {
        "cold": medians[0],
        "warm": medians[1],
        "ratio": medians[0] / medians[1],
        "outside": medians[2],
        "starts": [same, begun, len(starts) - same - begun],
        "compiled": medians[3],
        "pyomo": persistent.passed_on(edited) if persistent else None,
    }


@contextmanager
def _solving() -> Iterator[Solving]:
    """Counts the time in the two solvers while it lasts."""
    counted = Solving()
    run_highs, clarabel_solver = highs.Session.run, quadratic.clarabel.DefaultSolver

    def timed(call: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **options: Any) -> Any:
            started = time.process_time()
            try:
                return call(*arguments, **options)
            finally:
                counted.seconds += time.process_time() - started

        return counting

    class Timed:
        def __init__(self, *arguments: Any) -> None:
            self._solver = timed(clarabel_solver)(*arguments)

        def solve(self) -> Any:
            return timed(self._solver.solve)()

    highs.Session.run, quadratic.clarabel.DefaultSolver = timed(run_highs), Timed  # type: ignore[method-assign]
    try:
        yield counted
    finally:
        highs.Session.run, quadratic.clarabel.DefaultSolver = run_highs, clarabel_solver  # type: ignore[method-assign]
