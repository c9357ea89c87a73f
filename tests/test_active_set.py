"""The exact least square: whatever the guess, what comes out proves itself by the conditions of Karush, Kuhn, Tucker.

A point, prices and sides that satisfy these conditions are the optimum of a convex program: no other solver is needed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from alloc.compiler.linear_model import ClosenessObjective, LinearModel
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Least
from alloc.solver.tiers import active, quadratic
from alloc.solver.tiers.active import exact_least
from alloc.solver.tiers.closeness import bound_by_duals
from alloc.solver.tiers.quadratic import least_squares
from alloc.tolerances import FINE_INTERIOR, ROUGH_INTERIOR
from small_models import small_model

NEAR = 1e-7  # of a row's largest coefficient, and of the steepest slope


def program(seed: int) -> tuple[LinearModel, ClosenessObjective]:
    """Rows of all kinds and sizes over columns of all kinds; some columns are in no term of the square."""
    chance = np.random.default_rng(seed)
    number, rows = int(chance.integers(2, 9)), int(chance.integers(1, 6))
    sizes = 10 ** chance.uniform(-2, 3, rows)
    matrix = sizes[:, None] * chance.integers(-1, 3, (rows, number)) * chance.uniform(0.5, 1, (rows, number))
    lower, inside = chance.uniform(-2, 0, number), chance.uniform(0, 1, number)
    upper = lower + chance.uniform(1, 4, number)
    inside = lower + inside * (upper - lower)
    fixed, no_lower, no_upper = chance.random((3, number)) < np.array([[0.1], [0.2], [0.2]])
    lower[fixed] = upper[fixed] = inside[fixed]
    lower[no_lower & ~fixed], upper[no_upper & ~fixed] = -np.inf, np.inf
    reached = matrix @ inside
    room = sizes * chance.uniform(0, 1, (2, rows))
    kind = chance.integers(0, 4, rows)  # at most, at least, between, equal
    row_lower = np.choose(kind, [np.full(rows, -np.inf), reached - room[0], reached - room[0], reached])
    row_upper = np.choose(kind, [reached + room[1], np.full(rows, np.inf), reached + room[1], reached])
    columns = np.sort(chance.permutation(number)[: int(chance.integers(1, number + 1))])
    objective = ClosenessObjective(
        "closeness",
        columns,
        chance.uniform(-3, 4, columns.size),
        10 ** chance.uniform(-1, 1, columns.size),
        10 ** chance.uniform(-1, 1, columns.size),
    )
    model = small_model(matrix.tolist(), row_lower.tolist(), row_upper.tolist(), upper.tolist(), lower.tolist())
    return model, objective


def proves_itself(model: LinearModel, objective: ClosenessObjective, least: Least) -> None:
    """No bound and no row is broken; where a slope is left, its column stands at the side that it presses to; a price
    stands at the side that it belongs to; and what is said to hold is where the point stands."""
    point, matrix = least.point, model.matrix.toarray()
    slope = np.zeros(point.size)
    slope[objective.columns] = 2 * objective.weight * (point[objective.columns] - objective.centre)
    steep = NEAR * float(np.max(objective.weight * objective.unit))
    pressed = slope + matrix.T @ least.duals
    largest = np.maximum(1.0, np.max(np.abs(matrix), axis=1))
    free = model.upper > model.lower
    for at, press, side, (lower, upper), noise, size in (
        (point, pressed, least.columns, (model.lower, model.upper), steep, np.ones(point.size)),
        (matrix @ point, -least.duals, least.rows, (model.row_lower, model.row_upper), 0.0, largest),
    ):
        assert np.all(at >= lower - NEAR * size) and np.all(at <= upper + NEAR * size)
        movable = free if at is point else lower < upper
        np.testing.assert_array_less(np.abs(at - lower)[movable & (press > noise)], NEAR * size.max())
        np.testing.assert_array_less(np.abs(at - upper)[movable & (press < -noise)], NEAR * size.max())
        assert np.all(np.abs(at - lower)[side < 0] <= (NEAR * size)[side < 0])
        assert np.all(np.abs(at - upper)[side > 0] <= (NEAR * size)[side > 0])
        assert set(side.tolist()) <= {-1, 0, 1}
        assert not np.any(side[~movable]), "what cannot move is held by neither side"
        assert np.all(np.abs(press)[movable & (side == 0)] <= noise), "what holds nothing has no price"


SEEDS = range(30)


def test_what_an_interior_point_guesses_leads_to_a_point_that_proves_itself() -> None:
    """The rough one mostly; where its prices are too far off to tell the sides, the fine one. The prices prove it."""
    rough = 0
    for seed in SEEDS:
        model, objective = program(seed)
        least = None
        for tolerance in (ROUGH_INTERIOR, FINE_INTERIOR):
            guess = least_squares(objective, Bounds(model), tolerance, 10.0)
            assert guess is not None, seed
            least = exact_least(objective, Bounds(model), guess)
            if least is not None:
                rough += tolerance == ROUGH_INTERIOR
                break
        assert least is not None, seed
        proves_itself(model, objective, least)
        value = objective.value(least.point)
        assert bound_by_duals(objective, Bounds(model), least) == pytest.approx(value, rel=1e-6, abs=1e-6), seed
    assert rough > 0.9 * len(SEEDS)


def test_any_guess_leads_to_a_point_that_proves_itself_or_nowhere() -> None:
    """Sides by chance, also those that are open and rows that nothing moves; most are mended."""
    mended = 0
    for seed in SEEDS:
        model, objective = program(seed)
        chance = np.random.default_rng((seed, 1))
        columns, rows = (chance.integers(-1, 2, each.size) for each in (model.lower, model.row_lower))
        guess = Least(chance.uniform(-1, 1, columns.size), chance.uniform(-1, 1, rows.size), columns, rows)
        least = exact_least(objective, Bounds(model), guess)
        if least is not None:
            proves_itself(model, objective, least)
            mended += 1
    assert mended > len(SEEDS) / 2


@pytest.mark.parametrize(("left", "given"), [(5.0, 5.0), (0.0, 0.01), (-1.0, 0.01)])
def test_the_interior_point_has_one_thread_and_the_time_that_is_left(
    left: float, given: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread gives the same point on every machine; with nothing left it still begins."""
    seen = []
    solver = quadratic.clarabel.DefaultSolver
    monkeypatch.setattr(quadratic.clarabel, "DefaultSolver", lambda *model: seen.append(model[-1]) or solver(*model))
    objective = ClosenessObjective("close", np.arange(2), np.array([3.0, 2]), np.ones(2), np.ones(2))
    least_squares(objective, Bounds(small_model([[1, 1]], [-np.inf], [4], [9, 9])), 1e-9, left)
    assert [(each.max_threads, each.time_limit) for each in seen] == [(1, given)]


def test_prices_that_prove_a_point_are_left_as_they_are() -> None:
    """x + y ≤ 4 and 2x + 2y ≤ 8 share a price of 1 in any way: ¾ and an eighth twice over stay what they are."""
    model = small_model([[1, 1], [2, 2]], [-np.inf, -np.inf], [4, 8], [10, 10])
    objective = ClosenessObjective("closeness", np.arange(2), np.array([3.0, 2.0]), np.ones(2), np.ones(2))
    guess = Least(np.array([2.5, 1.5]), np.array([0.75, 0.125]), np.zeros(2, int), np.ones(2, int))
    least = exact_least(objective, Bounds(model), guess)
    assert least is not None
    np.testing.assert_allclose(least.duals, [0.75, 0.125], rtol=1e-9)
    np.testing.assert_allclose(least.point, [2.5, 1.5], atol=1e-9)


def test_a_row_whose_columns_are_held_keeps_its_price() -> None:
    """x ≤ 2 by its bound and by a row that pays a quarter of the slope of 2; y is where it wants to be."""
    model = small_model([[1, 0]], [-np.inf], [2], [2, 10])
    objective = ClosenessObjective("closeness", np.arange(2), np.array([3.0, 2.0]), np.ones(2), np.ones(2))
    guess = Least(np.array([2.0, 1.0]), np.array([0.5]), np.array([1, 0]), np.array([1]))
    least = exact_least(objective, Bounds(model), guess)
    assert least is not None
    np.testing.assert_allclose(least.point, [2, 2], atol=1e-12)
    assert least.duals.tolist() == [0.5]
    proves_itself(model, objective, least)


def test_a_row_in_a_small_unit_that_presses_the_wrong_way_is_let_go() -> None:
    """10⁶·x ≤ 4·10⁶ is guessed to hold x at 4, which wants to be at 3: its price is 2·10⁻⁶, no noise."""
    model = small_model([[1e6]], [-np.inf], [4e6], [10])
    objective = ClosenessObjective("closeness", np.arange(1), np.array([3.0]), np.ones(1), np.ones(1))
    least = exact_least(objective, Bounds(model), Least(np.zeros(1), np.zeros(1), np.zeros(1, int), np.ones(1, int)))
    assert least is not None
    np.testing.assert_allclose(least.point, [3], atol=1e-12)
    assert least.rows.tolist() == [0]


def test_columns_that_nothing_determines_stay_where_the_guess_has_them() -> None:
    """x alone is in the square; y and z share what x leaves of 4, and stay 1.25 and 0.75 as they were."""
    model = small_model([[1, 1, 1]], [4], [4], [10, 10, 10])
    objective = ClosenessObjective("closeness", np.array([0]), np.array([2.0]), np.ones(1), np.ones(1))
    guess = Least(np.array([2.0, 1.25, 0.75]), np.zeros(1), np.zeros(3, int), np.zeros(1, int))
    least = exact_least(objective, Bounds(model), guess)
    assert least is not None
    np.testing.assert_allclose(least.point, [2.0, 1.25, 0.75], atol=1e-9)
    moved = exact_least(objective, Bounds(model), replace(guess, point=np.array([1.0, 1.25, 0.75])))
    assert moved is not None
    assert moved.point[0] == least.point[0], "of the tier's own columns no digit depends on the guess"


def test_a_guess_that_is_wrong_nearly_everywhere_is_not_mended() -> None:
    """Of 60 columns that should all be free, all are guessed at their lower bounds: more than 50, and more than 25."""
    number = 60
    model = small_model([[1.0] * number], [-np.inf], [1e3], [10.0] * number)
    objective = ClosenessObjective(
        "closeness", np.arange(number), np.full(number, 3.0), np.ones(number), np.ones(number)
    )
    at_lower = Least(np.zeros(number), np.zeros(1), np.full(number, -1), np.zeros(1, int))
    assert exact_least(objective, Bounds(model), at_lower) is None
    some = replace(at_lower, columns=np.where(np.arange(number) < 49, -1, 0))
    least = exact_least(objective, Bounds(model), some)
    assert least is not None
    np.testing.assert_allclose(least.point, 3.0, atol=1e-9)


# ---------------------------------------------------------------------------------------- the equations


def test_rows_that_say_the_same_leave_a_system_that_is_solved() -> None:
    """Two equal rows with large coefficients over flat columns: rounding makes a pivot of the damped system 0."""
    rows = sp.csr_array(np.array([[1e4, 1e4, 3e4], [1e4, 1e4, 3e4], [1e-3, 0.0, 0.0]]))
    system = active._System(
        np.array([2.0, 0.0, 0.0]), np.array([2.0, 0.0, 0.0]), rows, np.array([5e4, 5e4, 1e-3]), 1e-9
    )
    point, _, settled = system.solved(np.zeros(3), np.zeros(3))
    assert settled
    np.testing.assert_allclose(rows @ point, [5e4, 5e4, 1e-3], rtol=1e-9)


def test_a_singular_factorisation_is_eased(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    original = active.splu

    def singular_at_first(*args: object, **options: object) -> object:
        tried.append(1)
        if len(tried) == 1:
            raise RuntimeError("Factor is exactly singular")
        return original(*args, **options)

    monkeypatch.setattr(active, "splu", singular_at_first)
    rows = sp.csr_array(np.array([[1.0, 1.0]]))
    system = active._System(np.array([1.0, 1.0]), np.array([1.0, 3.0]), rows, np.array([2.0]), 1e-9)
    point, duals, settled = system.solved(np.zeros(2), np.zeros(1))
    assert settled and len(tried) == 2
    np.testing.assert_allclose(point, [0.0, 2.0], atol=1e-8)
    np.testing.assert_allclose(duals, [1.0], atol=1e-8)


def test_equations_that_contradict_each_other_are_not_settled() -> None:
    rows = sp.csr_array(np.array([[1.0, 1.0], [1.0, 1.0]]))
    system = active._System(np.array([1.0, 1.0]), np.zeros(2), rows, np.array([1.0, 2.0]), 1e-9)
    assert not system.solved(np.zeros(2), np.zeros(2))[2]
