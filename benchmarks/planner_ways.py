"""The ways of `planner`, one in a process: each builds the model, solves it, and tells what came back."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.process import silenced

OBJECTIVE_TIMES = 1000.0
"""In persons and hectares a settled person is worth 6e-8 of the weighted sum, and to HiGHS a cost below its tolerance
of 1e-7 is none: the same sum came back as optimal with nobody settled. Whoever sees that multiplies."""
TWICE = 2.0
"""A tier weighs twice the one after it, each by its best value in the relaxation."""
NO_POINT = "no integer solution"
"""What CBC says where the point that it writes is that of the relaxation."""


class Problem:
    """An instance, its matrix, and the weighted sum of its tiers."""

    def __init__(self, home: Path) -> None:
        from alloc.compiler.linear_model import LinearObjective
        from alloc.instance import read
        from alloc.instance.derived.derived import derive
        from alloc.solver.model.status import gap_size
        from alloc.solver.solution import compiled

        self.instance = read(home)
        self.derived = derive(self.instance)
        self.model = compiled(self.derived, self.instance)
        every = self.model.objectives.values()
        self.tiers = [one for one in every if isinstance(one, LinearObjective) and one.integer]
        sizes = [gap_size(one.value(self._relaxed(one.costs)), one.scale) for one in self.tiers]
        self.shares = TWICE ** np.arange(len(self.tiers) - 1.0, -1.0, -1.0) / sizes

    def _relaxed(self, costs: np.ndarray) -> np.ndarray:
        """The relaxation's point of least costs."""
        from alloc.solver.model.handed import HandedModel
        from alloc.solver.model.hold import scaled
        from alloc.solver.model.runs import Clock

        solver = HandedModel(self.model, Clock(np.inf))
        solver.costs(scaled(costs)[0])
        point = solver.run().point
        assert point is not None
        return point

    def costs(self) -> tuple[np.ndarray, float]:
        """Of the weighted sum: a cost a column, and what does not depend on them."""
        costs = np.sum([share * one.costs for share, one in zip(self.shares, self.tiers, strict=True)], axis=0)
        return costs, float(sum(share * one.constant for share, one in zip(self.shares, self.tiers, strict=True)))

    def found(self, tiers: dict[str, float] | None) -> dict[str, Any]:
        """The tiers that came back, and how far their weighted sum is from that of the relaxation."""
        if tiers is None:
            return {"tiers": None, "distance": None}
        costs, constant = self.costs()
        least = float(costs @ self._relaxed(costs)) + constant
        reached = sum(
            share * (-tiers[one.name] if one.maximise else tiers[one.name])
            for share, one in zip(self.shares, self.tiers, strict=True)
        )
        return {"tiers": tiers, "distance": float(reached - least) / abs(least)}

    def values(self, point: np.ndarray) -> dict[str, float]:
        """What the tiers are worth at a point of the matrix."""
        from alloc.solver.tiers.worth import tier_value

        return {one.name: tier_value(self.model, one, point) for one in self.tiers}


def one(home: Path, way: str, limit: float) -> dict[str, Any]:
    """One way in this process."""
    if way == "alloc":
        return _alloc(home, limit)
    problem = Problem(home)
    with silenced():
        if way.startswith("pyomo"):
            figures = _pyomo(problem, way == "pyomo_first", limit)
        else:
            figures = (_cbc if way == "cbc_weighted" else _calc)(problem, limit)
    point = figures.pop("point")
    return figures | problem.found(None if point is None else problem.values(point))


def _alloc(home: Path, limit: float) -> dict[str, Any]:
    from alloc.instance import read
    from alloc.instance.instance import make_instance
    from alloc.result.result import run

    started = time.perf_counter()
    instance = read(home)
    settings = instance.settings.model_copy(update={"integers": True, "time_limit": limit})
    result = run(make_instance(settings, instance.tables))
    spent = time.perf_counter() - started
    if not result.has_solution:
        status = result.manifest["status"]["stopped"]
        return {
            "build": spent,
            "solve": 0.0,
            "status": status,
            "gap": None,
            **Problem(home).found(None),
        }
    tiers = {each["tier"]: each for each in result.manifest["tiers"]}
    problem = Problem(home)
    names = [tier.name for tier in problem.tiers]
    return {
        "build": spent - result.manifest["timings"]["solve"],
        "solve": result.manifest["timings"]["solve"],
        "status": f"{result.manifest['status']['quality']}, {'verified' if result.verified else 'not verified'}",
        "gap": max(
            max(0.0, each["gap"] - (each["tolerance"] or 0.0) / each["size"])
            for each in (tiers[name] for name in names)
        ),
        **problem.found({name: tiers[name]["value"] for name in names}),
    }


def _pyomo(problem: Problem, first: bool, limit: float) -> dict[str, Any]:
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.base import TerminationCondition
    from pyomo.contrib.appsi.solvers import Highs

    from alloc_models import tiers
    from benchmarks.routes.pyomo_model import concrete

    started = time.perf_counter()
    m = concrete(problem.derived)
    m.del_component("objective")
    wanted = list(zip(problem.shares, problem.tiers, strict=True))[: 1 if first else None]
    rule = sum((-share if one.maximise else share) * getattr(tiers, one.name)(m) for share, one in wanted)
    m.objective = pyo.Objective(expr=OBJECTIVE_TIMES * rule)
    solver = Highs()
    solver.config.time_limit, solver.config.load_solution = limit, False
    solver.highs_options = {"threads": 1}
    solver.set_instance(m)
    built = time.perf_counter()
    results = solver.solve(m)
    spent = time.perf_counter() - built
    best, bound = results.best_feasible_objective, results.best_objective_bound
    point = None
    if best is not None and np.isfinite(best):
        results.solution_loader.load_vars()
        point = np.zeros(problem.model.lower.size)
        for name, block in problem.model.columns.items():
            # Columns that state a quadratic tier are not in the model: what tiers are worth goes without them.
            if (variables := m.component(name)) is not None:
                point[block.slice] = [pyo.value(each) for each in variables.values()]
        point /= problem.model.column_scale
    ended = results.termination_condition
    status = {TerminationCondition.optimal: "optimal", TerminationCondition.maxTimeLimit: "time limit"}
    return {
        "build": built - started,
        "solve": spent,
        "status": status.get(ended, str(ended)),
        "gap": None if point is None or bound is None else abs(best - bound) / max(abs(best), 1e-9),
        "point": point,
    }


def _cbc(problem: Problem, limit: float) -> dict[str, Any]:
    import highspy

    started = time.perf_counter()
    highs, held = highspy._core._Highs(), problem.model
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        held.lower.size, held.row_lower.size, held.matrix.nnz, 2, 1, 0.0, problem.costs()[0], held.lower, held.upper,
        held.row_lower, held.row_upper, held.matrix.indptr.astype(np.int32), held.matrix.indices.astype(np.int32),
        held.matrix.data, held.integer.astype(np.int32),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        model, solution = Path(folder) / "model.mps", Path(folder) / "solution.txt"
        highs.writeModel(str(model))
        built = time.perf_counter()
        command = ["cbc", str(model), "-sec", f"{limit:.0f}", "-timemode", "elapsed", "-solve", "-solution"]
        ran = subprocess.run([*command, str(solution)], capture_output=True, text=True, encoding="utf-8", check=False)
        spent = time.perf_counter() - built
        point = None
        lines = solution.read_text(encoding="utf-8").splitlines() if solution.exists() else []
    head = lines[0] if lines else "nothing"
    relaxed = NO_POINT in head
    if len(lines) > 1 and not relaxed and "infeasible" not in head.lower():
        point = np.zeros(problem.model.lower.size)
        for line in lines[1:]:
            place, _, value, *_ = line.replace("**", "").split()
            point[int(place)] = float(value)
    gap = re.search(r"^Gap:\s+([0-9.]+)", ran.stdout, re.MULTILINE)
    optimal = head.startswith("Optimal")
    return {
        "build": built - started,
        "solve": spent,
        "status": "optimal" if optimal else "time limit, no point" if relaxed else head.split(" - ")[0],
        "gap": 0.0 if optimal else float(gap.group(1)) if gap and point is not None else None,
        "point": point,
    }


def python_with_uno() -> str | None:
    """A Python that knows LibreOffice: that of the system, which an environment hides; None where there is none."""
    here = Path(sys.executable).parent
    for folder in os.get_exec_path():
        python = shutil.which("python3", path=folder)
        if python is None or Path(folder).resolve() == here.resolve():
            continue
        if subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0:
            return python
    return None


def _calc(problem: Problem, limit: float) -> dict[str, Any]:
    model = problem.model
    matrix, costs = model.matrix.tocsr(), problem.costs()[0]

    def sides(values: np.ndarray) -> list[float | None]:
        return [float(value) if np.isfinite(value) else None for value in values]

    def entries(columns: np.ndarray, values: np.ndarray) -> list[tuple[int, float]]:
        return [(int(column), float(value)) for column, value in zip(columns, values, strict=True)]

    starts = zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True)
    document = {
        "lower": sides(model.lower),
        "upper": sides(model.upper),
        "integer": model.integer.tolist(),
        "rows": [entries(matrix.indices[a:b], matrix.data[a:b]) for a, b in starts],
        "row_lower": sides(model.row_lower),
        "row_upper": sides(model.row_upper),
        "costs": entries(np.flatnonzero(costs), costs[costs != 0]),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        script = str(Path(__file__).with_name("calc_solver.py"))
        ran = subprocess.run(
            [python_with_uno() or "python3", script, str(path), f"{limit:.0f}"],
            capture_output=True, text=True, encoding="utf-8", check=True,
        )  # fmt: skip
    figures: dict[str, Any] = json.loads(ran.stdout)
    point = None if figures["point"] is None else np.array(figures["point"])
    return {
        "build": figures["build"],
        "solve": figures["solve"],
        "status": figures["status"],
        "gap": None,
        "point": point,
    }


if __name__ == "__main__":
    print(json.dumps(one(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))))
