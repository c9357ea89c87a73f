"""What a solve takes over from the one before an edit: what held the closeness tier, and runs that still stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alloc.compiler.labels import Codes, Members
from alloc.compiler.linear_model import Block, ClosenessObjective, LinearModel
from alloc.instance import Instance, read
from alloc.solver.model.carried import carried_basis, carried_least, carried_rows, still_optimal
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import ActiveSetRecord, Clock, Ending, Least, Run, StepRecord, WarmStartCache
from alloc.solver.tiers import closeness
from alloc.solver.tiers.active import exact_least
from alloc.solver.tiers.quadratic import least_squares
from alloc.tolerances import FINE_INTERIOR
from random_instances import write_random
from small_models import small_model


def close_to(*centre: float) -> ClosenessObjective:
    number = len(centre)
    return ClosenessObjective("closeness", np.arange(number), np.array(centre), np.ones(number), np.ones(number))


def guess(found: LinearModel, columns: dict[int, int], rows: dict[int, int]) -> Least:
    column_side, row_side = np.zeros(found.lower.size, dtype=int), np.zeros(found.row_lower.size, dtype=int)
    for place, side in columns.items():
        column_side[place] = side
    for place, side in rows.items():
        row_side[place] = side
    return Least(np.zeros(found.lower.size), np.zeros(found.row_lower.size), column_side, row_side)


ALL_GUESSES = [
    ({}, {}), ({0: 1}, {}), ({1: -1}, {}), ({}, {0: 1}), ({0: -1, 1: -1}, {0: 1}), ({0: 1, 1: 1}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "rows"), ALL_GUESSES)
def test_two_cities_and_one_total_by_hand(columns: dict[int, int], rows: dict[int, int]) -> None:
    """Least (x−3)² + (y−2)² where x + y ≤ 4: each gives up half of what is missing, 2.5 and 1.5, at a price of 1."""
    found = small_model([[1, 1]], [-np.inf], [4], [10, 10])
    least = exact_least(close_to(3, 2), Bounds(found), guess(found, columns, rows))
    assert least is not None
    np.testing.assert_allclose(least.point, [2.5, 1.5], atol=1e-12)
    np.testing.assert_allclose(least.duals, [1.0], atol=1e-12)
    assert least.columns.tolist() == [0, 0] and least.rows.tolist() == [1]


@pytest.mark.parametrize(("columns", "rows"), ALL_GUESSES)
def test_a_bound_that_holds_is_found_and_a_total_that_does_not_is_let_go(
    columns: dict[int, int], rows: dict[int, int]
) -> None:
    """Least (x−3)² + (y−2)² where x ≤ 1 and x + y ≤ 4: x stands at 1, y where it wants to be, the total has room."""
    found = small_model([[1, 1]], [-np.inf], [4], [1, 10])
    least = exact_least(close_to(3, 2), Bounds(found), guess(found, columns, rows))
    assert least is not None
    np.testing.assert_allclose(least.point, [1, 2], atol=1e-12)
    assert least.columns.tolist() == [1, 0] and least.rows.tolist() == [0] and least.duals.tolist() == [0.0]


def test_rows_that_depend_on_each_other_leave_one_answer() -> None:
    """x + y = 4 twice: the allocation is 2.5 and 1.5, however the price is shared between the two rows."""
    found = small_model([[1, 1], [2, 2]], [4, 8], [4, 8], [10, 10])
    least = exact_least(close_to(3, 2), Bounds(found), guess(found, {}, {}))
    assert least is not None
    np.testing.assert_allclose(least.point, [2.5, 1.5], atol=1e-9)
    assert least.duals @ [1, 2] == pytest.approx(1.0, abs=1e-9)


def test_an_equation_whose_columns_are_all_held_lets_them_go() -> None:
    """x − f = 1 with both guessed at their lower bounds would be 0 = 1."""
    found = small_model([[1, -1]], [1], [1], [10, 10])
    least = exact_least(close_to(3), Bounds(found), guess(found, {0: -1, 1: -1}, {}))
    assert least is not None
    np.testing.assert_allclose(least.point, [3, 2], atol=1e-9)


def test_a_row_with_room_is_let_go_though_its_only_column_is_held() -> None:
    """x ≤ 2 by its bound and x ≤ 2.5 by a row that is guessed to hold, with a price: the bound alone holds it."""
    found = small_model([[1, 0], [1, 1]], [-np.inf, -np.inf], [2.5, 4], [2, 10])
    known = guess(found, {0: 1}, {0: 1})
    least = exact_least(close_to(3, 1), Bounds(found), replace(known, duals=np.array([5.0, 0.0])))
    assert least is not None
    np.testing.assert_allclose(least.point, [2, 1], atol=1e-12)
    assert least.rows.tolist() == [0, 0] and least.duals.tolist() == [0.0, 0.0]


def test_where_nothing_satisfies_the_rows_there_is_no_answer() -> None:
    found = small_model([[1, 1], [1, 1]], [4, 5], [4, 5], [10, 10])
    assert exact_least(close_to(3, 2), Bounds(found), guess(found, {}, {})) is None


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_any_guess_gives_the_point_of_the_interior_method_or_none(seed: int) -> None:
    """Random totals over random cities; the guess is chance, so now and then it leads nowhere, but never elsewhere."""
    chance = np.random.default_rng(seed)
    cities, totals = int(chance.integers(3, 9)), int(chance.integers(1, 4))
    rows = chance.integers(0, 2, (totals, cities)).astype(float)
    rows[:, 0] = 1
    upper = chance.uniform(1, 5, cities)
    most = rows @ (upper * chance.uniform(0.2, 0.8, cities))
    found = small_model(rows.tolist(), [-np.inf] * totals, most.tolist(), upper.tolist())
    objective = close_to(*chance.uniform(0, 6, cities))
    known = least_squares(objective, Bounds(found), FINE_INTERIOR, 10.0)
    assert known is not None
    start = guess(found, dict(enumerate(chance.integers(-1, 2, cities).tolist())), {})
    least = exact_least(objective, Bounds(found), start)
    if least is not None:
        np.testing.assert_allclose(least.point, known.point, atol=1e-5)
        assert closeness.bound_by_duals(objective, Bounds(found), least) == pytest.approx(
            objective.value(least.point), abs=1e-9
        )
    own = exact_least(objective, Bounds(found), known)  # what the interior method says itself always leads there
    assert own is not None
    np.testing.assert_allclose(own.point, known.point, atol=1e-5)


def total_and_limits(*limits: str) -> dict[str, Block]:
    """A total in the first row, then one row a limit."""
    known = Codes()

    def block(name: str, start: int, *labels: str) -> Block:
        return Block(name, start, Members([known.of(labels)], known, len(labels)), (len(labels),))

    return {"pool_total": block("pool_total", 0, "land"), "group_limit": block("group_limit", 1, *limits)}


def test_rows_keep_what_was_known_of_them_when_a_limit_comes() -> None:
    before, now = total_and_limits("a", "c"), total_and_limits("a", "b", "c")
    places = carried_rows(4, before, now, 5)  # one row was added while solving
    assert places is not None and places.tolist() == [0, 1, -1, 2, 3]
    assert carried_rows(4, before, now, 6) is None


def test_what_held_a_point_is_carried_to_other_units_and_other_rows() -> None:
    """x + y ≤ 4 holds the point at a price of 1, and a row that was added while solving at 3. Now x is counted in twos,
    the total in quarters, and there is one limit more: x is 1.25 for 2.5, a unit of the total costs a quarter."""
    before = Least(np.array([2.5, 1.5]), np.array([1.0, 0, -3]), np.array([0, 1]), np.array([1, 0, -1]))
    held = ActiveSetRecord(before, total_and_limits("a"), (np.ones(2), np.array([1.0, 5])), b"")
    now = total_and_limits("b", "a")
    found = carried_least(held, now, (np.array([2.0, 1]), np.array([0.25, 7, 5])), 4)
    assert found is not None
    assert found.point.tolist() == [1.25, 1.5] and found.columns.tolist() == [0, 1]
    assert found.duals.tolist() == [0.25, 0, 0, -3] and found.rows.tolist() == [1, 0, 0, -1]
    assert carried_least(held, now, (np.ones(3), np.ones(3)), 4) is None, "with another column it is another point"
    assert carried_least(held, now, (np.ones(2), np.ones(3)), 5) is None, "with another added row too"


def test_bases_alone_are_kept_of_a_solve_and_of_its_parts() -> None:
    run = Run(Ending.OPTIMAL, np.zeros(2), np.zeros(2), np.zeros(1), 0.0, 1.0)
    memory = WarmStartCache()
    for one in (memory, memory.part("relaxation"), memory.part("relaxation").part("inner")):
        one.steps["fairness"] = StepRecord("basis", 2, 1, 7, {}, b"", run)
    memory.forget_runs()
    for one in (memory, memory.part("relaxation"), memory.part("relaxation").part("inner")):
        assert (one.steps["fairness"].run, one.steps["fairness"].basis) == (None, "basis")


def test_a_basis_for_other_rows_is_one_that_the_solver_completes() -> None:
    """Of x + y ≤ 4 and x ≤ 3 the second is gone and two came: the first keeps its place, new ones are basic."""
    basis = Session(small_model([[1, 1], [1, 0]], [0, 0], [4, 3], [9, 9]), Clock(10.0)).basis()
    upper, basic = highspy.HighsBasisStatus.kUpper, highspy.HighsBasisStatus.kBasic
    basis.row_status, basis.col_status = [upper, basic], [basic, upper]
    found = carried_basis(basis, np.array([-1, 0, -1]))
    assert list(found.row_status) == [basic, upper, basic] and list(found.col_status) == [basic, upper]
    assert found.valid and found.alien


def test_what_held_a_point_is_the_same_only_where_all_that_was_held_is() -> None:
    """Least squares from (3, 2) within x + y ≤ 4; other costs before make it another question, from the same guess."""
    memory, model, objective = WarmStartCache(), small_model([[1, 1]], [-np.inf], [4], [9, 9]), close_to(3, 2)
    least = Least(np.array([2.5, 1.5]), np.array([1.0]), np.array([0, 0]), np.array([1]))
    found = []
    for costs in ([1.0, 1.0], [1.0, 1.0], [1.0, 2.0]):
        session = Session(model, Clock(10.0), memory=memory)
        session.costs(np.array(costs))
        found.append(session.held_before(objective))
        session.remember_held(least)
    (nothing, first), (known, same), (guess, other) = found
    assert nothing is None and known is least and (first, same, other) == (False, True, False)
    assert guess is not None and guess.point.tolist() == [2.5, 1.5]


@pytest.fixture
def tiny(tmp_path: Path) -> Instance:
    return read(write_random(tmp_path / "tiny", 11, cities=12))


def test_the_way_to_the_point_does_not_matter(tiny: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interior point of any tolerance, and an active set that is left out, end in the same published numbers."""
    from alloc.result.result import run

    def solved(**changes: object) -> tuple[np.ndarray, float]:
        with monkeypatch.context() as patch:
            for name, value in changes.items():
                patch.setattr(closeness, name, value)
            result = run(tiny)
        assert result.verified
        tier = next(each for each in result.manifest["tiers"] if each["tier"] == "closeness")
        return result.tables["allocation"]["published"].to_numpy(), float(tier["value"])

    nothing: Callable[..., None] = lambda *arguments: None  # noqa: E731
    numbers, value = solved()
    for changes in ({"ORDER": (1e-6, 1e-12)}, {"ORDER": (1e-10, 1e-12)}, {"exact_least": nothing}):
        others, other = solved(**changes)
        np.testing.assert_array_equal(numbers, others)
        assert value == pytest.approx(other, abs=1e-9)


def optimum(least: float) -> Run:
    """Least x + 2y where x + y ≥ least and x ≤ 3: x = 3, y = least − 3; a unit more costs 2, and x saves 1."""
    return Run(Ending.OPTIMAL, np.array([3.0, least - 3]), np.array([-1.0, 0.0]), np.array([2.0]), 0.0, 1.0)


@pytest.mark.parametrize(
    ("row_lower", "upper", "costs", "holds"),
    [
        (5.0, 3.0, [1.0, 2.0], True),
        (5.0, 3.0, [0.5, 2.0], True),  # x cheaper still: the same point
        (5.0, 3.0, [2.5, 2.0], False),  # x dearer than y: it would go down
        (5.0, 3.0, [1.0, 1.5], False),  # the price of the row is not 2 any more
        (4.0, 3.0, [1.0, 2.0], False),  # less is asked for: the priced row does not stand at its side
        (6.0, 3.0, [1.0, 2.0], False),  # more is asked for: the point breaks the row
        (5.0, 4.0, [1.0, 2.0], False),  # x may go higher and would
        (5.0, 2.0, [1.0, 2.0], False),  # x is above its bound
    ],
)
def test_a_run_is_the_optimum_again_only_where_point_and_prices_say_so(
    row_lower: float, upper: float, costs: list[float], holds: bool
) -> None:
    changed = small_model([[1, 1]], [row_lower], [np.inf], [upper, 10])
    found = still_optimal(optimum(5.0), np.array(costs), Bounds(changed))
    assert (found is not None) == holds
    if found is not None:
        np.testing.assert_allclose(found.reduced, [costs[0] - 2, costs[1] - 2])
        assert found.bound == pytest.approx(costs[0] * 3 + costs[1] * 2)


@pytest.mark.parametrize("size", [2.0**-10, 1.0, 2.0**20])
def test_what_was_exactly_nothing_stays_exactly_nothing(size: float) -> None:
    """0.3 − (0.1 + 0.2) leaves a last digit, which would hold x; a cost that changed leaves what it leaves."""
    model = small_model([[0.1 * size], [0.2 * size]], [0.1 * size, 0.2 * size], [np.inf, np.inf], [3])
    run = Run(Ending.OPTIMAL, np.array([1.0]), np.zeros(1), np.ones(2), 0.0, 1.0)
    assert 0.3 * size - (0.1 * size + 0.2 * size) != 0
    again = still_optimal(run, np.array([0.3 * size]), Bounds(model))
    assert again is not None and again.reduced[0] == 0
    dearer = still_optimal(run, np.array([0.3 * size * (1 + 1e-10)]), Bounds(model))
    assert dearer is None or dearer.reduced[0] > 0


def test_a_price_of_the_wrong_sign_within_the_tolerance_holds_nothing() -> None:
    """x stands at 0 and y at 2; −5e-9 would press x up to 3, and the face would be empty."""
    given = small_model([[1, 1]], [2], [4], [3, 10])
    bounds = Bounds(given)
    noise = Run(Ending.OPTIMAL, np.array([0.0, 2.0]), np.array([-5e-9, 0.0]), np.array([-5e-9]), 0.0, 1.0)
    bounds.hold(Session(given, Clock(10.0)), noise)
    assert bounds.lower.tolist() == [0, 0] and bounds.upper.tolist() == [3, 10]
    assert bounds.row_lower.tolist() == [2] and bounds.row_upper.tolist() == [4]


def test_a_price_towards_a_side_that_is_not_there_holds_nothing() -> None:
    free = small_model([[1, 1]], [5], [np.inf], [np.inf, 10])
    bounds = Bounds(free)
    noise = Run(Ending.OPTIMAL, np.array([3.0, 2.0]), np.array([-5e-9, 0.0]), np.array([-5e-9]), 0.0, 1.0)
    bounds.hold(Session(free, Clock(10.0)), noise)
    assert bounds.upper.tolist() == [np.inf, 10] and bounds.lower.tolist() == [0, 0]
    assert bounds.row_lower.tolist() == [5] and bounds.row_upper.tolist() == [np.inf]
