"""A model as a spreadsheet, solved by LibreOffice Calc's linear solver (CoinMP). Run by a Python that has `uno`.

    python3 calc_solver.py MODEL.json SECONDS

Reads what `benchmarks.planner` writes and prints seconds and what was found as JSON. A cell a variable (column A), a
formula a row (column B), the objective in C1, as somebody with a spreadsheet would have it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet import SolverConstraint
from com.sun.star.sheet.SolverConstraintOperator import EQUAL, GREATER_EQUAL, INTEGER, LESS_EQUAL
from com.sun.star.table import CellAddress

SOLVER = "com.sun.star.comp.Calc.CoinMPSolver"


def property_value(name: str, value: object) -> Any:
    """A named value of UNO."""
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def context_of(pipe: str) -> Any:
    """The office that listens at a pipe, as soon as it does."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.2)
    raise TimeoutError("LibreOffice does not answer")


def solve(document: Any, services: Any, model: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Fills a sheet and solves it."""
    sheet = document.Sheets.getByIndex(0)
    columns, rows = len(model["lower"]), len(model["rows"])

    def address(column: int, row: int) -> Any:
        found = CellAddress()
        found.Sheet, found.Column, found.Row = 0, column, row
        return found

    def constraint(place: Any, operator: Any, right: float) -> Any:
        found = SolverConstraint()
        found.Left, found.Operator, found.Right = place, operator, right
        return found

    def formula(entries: list[list[float]]) -> str:
        return "=" + ("+".join(f"A{int(column) + 1}*({value!r})" for column, value in entries) or "0")

    started = time.perf_counter()
    sheet.getCellRangeByPosition(0, 0, 0, columns - 1).setDataArray(tuple((0.0,) for _ in range(columns)))
    formulas = tuple((formula(entries),) for entries in model["rows"])
    sheet.getCellRangeByPosition(1, 0, 1, rows - 1).setFormulaArray(formulas)
    sheet.getCellByPosition(2, 0).setFormula(formula(model["costs"]))
    constraints = []
    columns_of = zip(model["lower"], model["upper"], model["integer"], strict=True)
    for column, (lower, upper, whole) in enumerate(columns_of):
        place = address(0, column)
        constraints += [constraint(place, GREATER_EQUAL, lower)] if lower is not None else []
        constraints += [constraint(place, LESS_EQUAL, upper)] if upper is not None else []
        constraints += [constraint(place, INTEGER, 0.0)] if whole else []
    for row, (lower, upper) in enumerate(zip(model["row_lower"], model["row_upper"], strict=True)):
        place = address(1, row)
        if lower is not None and lower == upper:
            constraints.append(constraint(place, EQUAL, lower))
            continue
        constraints += [constraint(place, GREATER_EQUAL, lower)] if lower is not None else []
        constraints += [constraint(place, LESS_EQUAL, upper)] if upper is not None else []
    solver = services.createInstance(SOLVER)
    solver.Document = document
    solver.Objective = address(2, 0)
    solver.Variables = tuple(address(0, column) for column in range(columns))
    solver.Constraints = tuple(constraints)
    solver.Maximize = False
    solver.NonNegative, solver.Timeout = False, seconds
    filled = time.perf_counter()
    solver.solve()
    done = time.perf_counter()
    return {
        "build": filled - started,
        "solve": done - filled,
        "status": "solved" if solver.Success else solver.StatusDescription or "no solution",
        "objective": solver.ResultValue if solver.Success else None,
        "point": list(solver.Solution) if solver.Success else None,
    }


def main() -> None:
    """Starts an office of its own, solves, and ends it."""
    model = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as home:
        pipe = f"planner{os.getpid()}"
        options = ["--headless", "--norestore", "--nologo", f"-env:UserInstallation={Path(home).as_uri()}"]
        office = subprocess.Popen(["soffice", *options, f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL)
        try:
            services = context_of(pipe).ServiceManager
            desktop = services.createInstance("com.sun.star.frame.Desktop")
            hidden = (property_value("Hidden", True),)
            document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden)
            print(json.dumps(solve(document, services, model, int(sys.argv[2]))))
            document.close(True)
            desktop.terminate()
        finally:
            office.terminate()
            office.wait()


if __name__ == "__main__":
    main()
