"""What a session keeps apart: options of one run, and a basis that waits to be set."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel
from alloc.solver import handed, highs
from alloc.solver.hold import Bounds
from alloc.solver.runs import Clock, Ending, Memory


def money() -> LinearModel:
    """One city with 10.5 of money: a school costs 3, what is left is worth a little less than in a school."""
    return LinearModel(
        matrix=sp.csr_array([[3.0, 1.0]]),
        row_lower=np.array([-np.inf]),
        row_upper=np.array([10.5]),
        lower=np.zeros(2),
        upper=np.array([5.0, 20.0]),
        integer=np.array([True, False]),
        auxiliary=np.zeros(2, dtype=bool),
        column_scale=np.ones(2),
        row_scale=np.ones(1),
        columns={},
        rows={},
        objectives={},
    )


def test_options_of_a_run_are_for_that_run_alone() -> None:
    session = handed.HandedModel(money(), Clock(60), whole=True)
    session.costs(np.array([-3.0, -0.99]))
    before = session._highs.getOptionValue("mip_max_nodes")[1]
    session.run(mip_max_nodes=1)
    assert session._highs.getOptionValue("mip_max_nodes")[1] == before


def test_a_row_that_comes_finds_the_basis_of_the_rows_before_it() -> None:
    """A run that is not made again leaves its basis to be set later; rows added meanwhile are not in it."""
    memory = Memory()
    model = money()
    costs = np.array([-3.0, -0.99])
    for _ in range(2):
        session = highs.Session(model, Clock(60), memory=memory)
        session.costs(costs)
        assert session.run_on_face("coverage", Bounds(model)).ending is Ending.OPTIMAL
        session.add_row(-np.inf, -10.0, costs)
        assert session.run().ending is Ending.OPTIMAL
    assert memory.starts["coverage"] == "same"
