"""What a session keeps apart: options of one run, and a basis that waits to be set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from alloc.compiler.linear_model import LinearModel
from alloc.solver.model import handed, highs
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Clock, Ending, Run, WarmStartCache
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
    for start in ("cold: never solved before", "same"):
        session = highs.Session(model, Clock(60), memory=memory)
        session.costs(costs)
        assert session.solve_on_optimal_face("coverage", Bounds(model)).ending is Ending.OPTIMAL
        session.add_row(-np.inf, -10.0, costs)
        assert session.run().ending is Ending.OPTIMAL
        assert memory.starts == {"coverage": start}


def test_without_costs_nothing_costs_anything() -> None:
    session = handed.HandedModel(money(), Clock(60))
    assert session.run().bound == 0.0
    session.costs(np.array([-3.0, -0.99]), 20.0)
    assert abs(session.run().bound - (20 - 3 * 10.5 / 3)) < 1e-9, "3.5 schools, and costs have a constant"


OPTIMAL, INFEASIBLE, FAILED, TIME, INTERRUPTED = (
    Ending.OPTIMAL, Ending.INFEASIBLE, Ending.FAILED, Ending.TIME, Ending.INTERRUPTED
)  # fmt: skip


@pytest.mark.parametrize(
    ("endings", "taken", "ending"),
    [
        ((OPTIMAL, OPTIMAL), 1, OPTIMAL),  # with a hair of room, then the face itself from there
        ((OPTIMAL, INFEASIBLE), 0, OPTIMAL),  # the face itself is not found: the point beside the hair is as good
        ((OPTIMAL, FAILED), 0, OPTIMAL),
        ((OPTIMAL, TIME), 1, TIME),
        ((TIME,), 0, TIME),  # nothing more is tried where time is over
        ((INTERRUPTED,), 0, INTERRUPTED),
        ((FAILED, OPTIMAL, OPTIMAL), 2, OPTIMAL),  # with a hair of room, but without presolve
        ((INFEASIBLE, INTERRUPTED), 1, INTERRUPTED),
        ((INFEASIBLE, FAILED, OPTIMAL), 2, OPTIMAL),  # the face itself without presolve
        ((INFEASIBLE, FAILED, INFEASIBLE), 2, FAILED),  # a face with a point in it is not empty
    ],
)
def test_a_face_that_is_called_empty_is_tried_in_turn(endings: Sequence[Ending], taken: int, ending: Ending) -> None:
    model = money()
    session = highs.Session(model, Clock(60))
    runs = [Run(each, None, np.empty(0), np.empty(0), float(place), 0.0) for place, each in enumerate(endings)]
    left = iter(runs)
    session.run = lambda *given, **options: next(left)  # type: ignore[method-assign]
    found = session.freed(Bounds(model), np.array([1.0, 1.0]))
    assert (found.bound, found.ending) == (runs[taken].bound, ending)
    assert next(left, None) is None
