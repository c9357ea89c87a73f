"""The Pyomo model in the newer interface of `pyomo.contrib.solver`, without solving it."""

from __future__ import annotations

from typing import Any

from pyomo.contrib.solver.solvers.highs import Highs

from benchmarks.routes.pyomo_model import concrete


def hand_over(data: Any) -> Any:
    """Writes the model out and gives it to the interface."""
    solver = Highs()
    solver.set_instance(concrete(data))
    return solver


def held(solver: Any) -> Any:
    """The HiGHS object of the interface."""
    return solver._solver_model
