"""What a session keeps apart: options of one run, and a basis that waits to be set."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from alloc.compiler.linear_model import LinearModel
from alloc.instance import read
from alloc.instance.instance import make_instance
from alloc.solver.model import handed, highs, priced
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Clock, Ending, Run, WarmStartCache
from alloc.solver.solution import solve
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


def test_a_run_takes_no_longer_than_the_clock_around_it() -> None:
    session = handed.HandedModel(money(), Clock(60), whole=True)
    session.costs(np.array([-3.0, -0.99]))
    started = time.perf_counter()
    run = session.run()
    assert 0 <= run.seconds <= time.perf_counter() - started


def test_the_solver_is_silent_and_has_one_thread() -> None:
    session = handed.HandedModel(money(), Clock(60))
    assert [session._highs.getOptionValue(option)[1] for option in ("output_flag", "threads")] == [False, 1]


@pytest.mark.parametrize("many", [1, 2])
def test_models_from_a_size_on_are_solved_by_devex(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one row, which is as many as that, or fewer."""
    monkeypatch.setattr(handed, "MANY_ROWS", many)
    session = handed.HandedModel(money(), Clock(60))
    found = session._highs.getOptionValue("simplex_dual_edge_weight_strategy")[1]
    assert (found == handed.DEVEX) is (many == 1)


def test_an_interrupt_is_noted_while_the_solver_runs_and_is_the_callers_again_after() -> None:
    clock, own = Clock(60), lambda number, frame: None
    before = signal.signal(signal.SIGINT, own)
    try:
        with clock.interruptible():
            signal.raise_signal(signal.SIGINT)
        assert clock.interrupted and signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


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


@pytest.mark.parametrize(("before", "limit"), [(0, 300), (5_000, 350)])
def test_a_start_from_an_old_basis_has_a_hundredth_of_the_iterations_from_cold(
    before: int, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, model, asked = WarmStartCache(), money(), []
    for costs in ([-3.0, -0.99], [-1.0, -1.0]):  # under other costs it has to be run again
        session = highs.Session(model, Clock(60), memory=memory)
        session.costs(np.array(costs))
        usual = session.run
        monkeypatch.setattr(session, "run", lambda *a, run=usual, **o: asked.append(o) or run(*a, **o))
        session.solve_on_optimal_face("coverage", Bounds(model))
        memory.steps["coverage"] = replace(memory.steps["coverage"], iterations=before)
    assert [each.get("simplex_iteration_limit") for each in asked] == [None, limit]
    assert memory.starts == {"coverage": "warm"}


def towns() -> tuple[LinearModel, np.ndarray]:
    """Twenty towns that may have up to 1 each of 7 in all, and what a unit is worth in each: 1 to 20, paid in costs."""
    return small_model([[1] * 20], [-np.inf], [7], [1] * 20), -np.arange(1.0, 21.0)


def test_prices_of_wide_rows_start_a_run_that_holds_what_was_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seven dearest towns get a unit: 20 + 19 + … + 14 = 119, as without prices."""
    monkeypatch.setattr(priced, "WIDE", 20)
    model, costs = towns()
    session, bounds = highs.Session(model, Clock(60)), Bounds(model)
    session.costs(costs)
    # Every other town is in the sample: ten share 3.5, and the price is what a unit is worth in the fourth best.
    monkeypatch.setattr(priced, "ONE_IN", 2)
    assert priced.start_at_prices(session, costs, bounds, np.full(20, 0.35), np.arange(20))
    run = session.run()
    assert run.ending is Ending.OPTIMAL and run.point is not None
    np.testing.assert_allclose(run.point, np.arange(20) >= 13)
    assert costs @ run.point == -119
    assert session._highs.getLp().row_upper_ == [7.0]
    np.testing.assert_array_equal(session._highs.getLp().col_cost_, costs)
    np.testing.assert_array_equal(session._highs.getLp().col_upper_, np.ones(20))


def test_rows_that_are_not_wide_and_too_many_wide_ones_are_not_priced(monkeypatch: pytest.MonkeyPatch) -> None:
    model, costs = towns()
    session, bounds = highs.Session(model, Clock(60)), Bounds(model)
    session.costs(costs)
    assert not priced.start_at_prices(session, costs, bounds, np.full(20, 0.35), np.arange(20))
    monkeypatch.setattr(priced, "WIDE", 20)
    monkeypatch.setattr(priced, "FEW_WIDE", 0)
    assert not priced.start_at_prices(session, costs, bounds, np.full(20, 0.35), np.arange(20))
    assert session.run().bound == -119


@pytest.mark.parametrize(("many", "whole", "known", "asked"), [
    (1, False, True, 1), (1, True, True, 0), (1, False, False, 0), (2, False, True, 0),
])  # fmt: skip
def test_prices_are_asked_for_a_large_model_with_a_known_point_alone(
    many: int, whole: bool, known: bool, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The towns have one row, which is as many as are large here, or fewer."""
    starts: list[bool] = []
    at_prices = highs.start_at_prices
    monkeypatch.setattr(highs, "start_at_prices", lambda *given: starts.append(at_prices(*given)) or starts[-1])
    monkeypatch.setattr(highs, "MANY_ROWS", many)
    model, costs = towns()
    session, bounds = highs.Session(model, Clock(60), whole=whole), Bounds(model)
    session.costs(costs)
    run = session.solve_on_optimal_face("face", bounds, np.full(20, 0.35) if known else None)
    assert run.point is not None and costs @ run.point == -119 and len(starts) == asked


@pytest.mark.slow
def test_a_solve_from_prices_reaches_what_one_without_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    china = read("china-2020")
    china = make_instance(china.settings.model_copy(update={"integers": False}), china.tables)
    without = solve(china)
    monkeypatch.setattr(highs, "MANY_ROWS", 0)
    monkeypatch.setattr(priced, "WIDE", 150)
    monkeypatch.setattr(priced, "FEW_WIDE", 30)
    starts: list[bool] = []
    at_prices = highs.start_at_prices
    monkeypatch.setattr(highs, "start_at_prices", lambda *given: starts.append(at_prices(*given)) or starts[-1])
    memory = WarmStartCache()
    priced_one = solve(china, memory=memory)
    assert any(starts)
    for one, other in zip(without.tiers, priced_one.tiers, strict=True):
        assert other.value == pytest.approx(one.value, rel=1e-6, abs=1e-9), one.tier
    number = len(starts)
    solve(china, memory=memory)
    assert set(memory.starts.values()) == {"same"} and len(starts) == number, "prices leave no trace in what is held"


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
