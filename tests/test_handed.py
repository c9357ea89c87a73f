"""What a session keeps apart: options of one run, and a basis that waits to be set."""

from __future__ import annotations

import numpy as np

from alloc.compiler.linear_model import LinearModel
from alloc.solver.model import handed, highs
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Clock, Ending, WarmStartCache
from small_models import small_model


def money() -> LinearModel:
    """One city with 10.5 of money: a school costs 3, what is left is worth a little less than in a school."""
    return small_model([[3, 1]], [-np.inf], [10.5], [5, 20], integer=[True, False])


def test_options_of_a_run_are_for_that_run_alone() -> None:
    session = handed.HandedModel(money(), Clock(60), whole=True)
    session.costs(np.array([-3.0, -0.99]))
    before = session._highs.getOptionValue("mip_max_nodes")[1]
    session.run(mip_max_nodes=1)
    assert session._highs.getOptionValue("mip_max_nodes")[1] == before


def test_a_row_that_comes_finds_the_basis_of_the_rows_before_it() -> None:
    """A run that is not made again leaves its basis to be set later; rows added meanwhile are not in it."""
    memory = WarmStartCache()
    model = money()
    costs = np.array([-3.0, -0.99])
    for _ in range(2):
        session = highs.Session(model, Clock(60), memory=memory)
        session.costs(costs)
        assert session.solve_on_optimal_face("coverage", Bounds(model)).ending is Ending.OPTIMAL
        session.add_row(-np.inf, -10.0, costs)
        assert session.run().ending is Ending.OPTIMAL
    assert memory.starts["coverage"] == "same"
