"""The optimal face of a tier, held by prices: which of them hold, and what they prove, on two columns by hand."""

from __future__ import annotations

import numpy as np
import pytest

from alloc.compiler.linear_model import LinearModel
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import LARGEST, OPEN, Bounds, scaled
from alloc.solver.model.runs import Clock, Ending, Run
from alloc.tolerances import AT_BOUND, ZERO_DUAL
from small_models import small_model


def square() -> LinearModel:
    """2 ≤ x + y ≤ 4 with x and y between 1 and 3."""
    return small_model([[1, 1]], [2], [4], [3, 3], [1, 1])


def held(
    model: LinearModel, point: list[float], reduced: list[float], duals: list[float]
) -> tuple[list[float], list[float], list[float], list[float]]:
    bounds, session = Bounds(model), Session(model, Clock(10.0))
    run = Run(Ending.OPTIMAL, np.array(point), np.array(reduced), np.array(duals), 0.0, 1.0)
    bounds.hold(session, run)
    return tuple(each.tolist() for each in (bounds.lower, bounds.upper, bounds.row_lower, bounds.row_upper))  # type: ignore[return-value]


def test_prices_hold_columns_and_rows_at_the_sides_where_they_stand() -> None:
    assert held(square(), [1, 3], [1, -1], [0]) == ([1, 3], [1, 3], [2], [4])
    assert held(square(), [1, 1], [0, 0], [1]) == ([1, 1], [3, 3], [2], [2])
    assert held(square(), [1, 3], [0, 0], [-1]) == ([1, 1], [3, 3], [4], [4])


@pytest.mark.parametrize("sign", [1, -1])
def test_a_price_counts_from_its_threshold_on_and_no_earlier(sign: int) -> None:
    """At its lower bound with a price for going up, at its upper one with one for going down."""
    at = [1.0, 1.0] if sign > 0 else [3.0, 3.0]
    model = small_model([[1, 1]], [0], [9], [3, 3], [1, 1])
    within, beyond = sign * 0.9 * ZERO_DUAL, sign * 1.1 * ZERO_DUAL
    assert held(model, at, [within, beyond], [0])[:2] == ([1, at[1] if sign < 0 else 1], [3, at[1] if sign > 0 else 3])


@pytest.mark.parametrize(("side", "price"), [(1.0, 1.0), (3.0, -1.0)])
def test_a_price_holds_a_side_only_where_the_point_is(side: float, price: float) -> None:
    """Within a millionth of it; a hundred-thousandth away it would make the face empty."""
    inward = 1.0 if price > 0 else -1.0
    model = small_model([[1, 1]], [0], [9], [3, 3], [1, 1])
    near, far = side + inward * 0.5 * AT_BOUND, side + inward * 10 * AT_BOUND
    lower, upper, _, _ = held(model, [near, far], [price, price], [0])
    assert (lower[0], upper[0]) == (side, side) and (lower[1], upper[1]) == (1, 3)


@pytest.mark.parametrize(("side", "price"), [(2.0, 1.0), (4.0, -1.0)])
def test_a_row_is_held_only_where_the_point_is(side: float, price: float) -> None:
    inward = 1.0 if price > 0 else -1.0
    for away, holds in ((0.5 * AT_BOUND, True), (2 * AT_BOUND, False)):
        total = side + inward * away
        rows = held(square(), [total / 2, total / 2], [0, 0], [price])[2:]
        assert rows == (([side], [side]) if holds else ([2], [4]))


def test_what_is_held_is_told_to_the_solver() -> None:
    """Least x + y is 2 on x + y ≥ 2; held there, most x is 1, for y cannot go below 1."""
    model, clock = square(), Clock(10.0)
    bounds, session = Bounds(model), Session(model, clock)
    session.costs(np.array([1.0, 1.0]))
    run = session.run()
    bounds.hold(session, run)
    session.costs(np.array([-1.0, 0.0]))
    again = session.run()
    assert again.point is not None
    np.testing.assert_allclose(again.point, [1, 1], atol=1e-9)


def test_a_row_that_is_held_is_told_to_the_solver() -> None:
    """Least x + y is 2 on a row, with nothing at a bound that has a price; held there, it is 2 at most as well."""
    model, clock = small_model([[1, 1]], [2], [4], [3, 3]), Clock(10.0)
    bounds, session = Bounds(model), Session(model, clock)
    session.costs(np.array([1.0, 1.0]))
    run = session.run()
    assert not run.reduced.any()
    bounds.hold(session, run)
    session.costs(np.array([-1.0, -1.0]))
    again = session.run()
    assert again.point is not None and again.point.sum() == pytest.approx(2.0)


def test_duals_prove_how_much_lower_it_can_be() -> None:
    """At (3, 1), x + y = 4, slope (1, 1) can fall to 2: by 2, which a dual of 1 on x + y ≥ 2 proves."""
    bounds, slope, point = Bounds(square()), np.array([1.0, 1.0]), np.array([3.0, 1.0])
    assert bounds.below_by_duals(slope, point, np.array([1.0])) == -2.0
    assert bounds.below_by_duals(slope, point, np.array([0.0])) == -2.0, "by the bounds: 3 − 1 and 1 − 1"
    # Half a price: the row gives ½·(2 − 4) = −1, what is left of the slope ½·(1 − 3) = −1.
    assert bounds.below_by_duals(slope, point, np.array([0.5])) == -2.0
    # Slope (−1, −1) falls where x + y rises, to 4: a price of −1 on the upper side, which is reached already.
    assert bounds.below_by_duals(-slope, point, np.array([-1.0])) == 0.0
    # Half that price: the row gives nothing, for it is at its side, what is left ½·(1 − 3) for y.
    assert bounds.below_by_duals(-slope, point, np.array([-0.5])) == -1.0
    # Without the row only the bounds: y may rise by 2.
    assert bounds.below_by_duals(-slope, point, np.array([0.0])) == -2.0


def test_a_dual_towards_an_open_side_proves_nothing_and_open_columns_are_followed_so_far() -> None:
    open_ = small_model([[1, 1]], [2], [np.inf], [np.inf, 3], [1, -np.inf])
    bounds, point = Bounds(open_), np.array([1.0, 1.0])
    assert bounds.below_by_duals(np.array([-1.0, 0.0]), point, np.array([-1.0])) == -OPEN
    assert bounds.below_by_duals(np.array([0.0, 1.0]), point, np.array([0.0])) == -OPEN
    assert bounds.below_by_duals(np.array([1.0, 1.0]), point, np.array([1.0])) == 0.0


def test_a_violation_is_measured_in_the_largest_coefficient_that_can_move() -> None:
    model = small_model([[1, 4], [0.5, 0.5]], [2, 2], [8, 3], [3, 3], [1, 1])
    bounds = Bounds(model)
    assert bounds.violation(np.array([2.0, 1.0])) == 0.5, "0.5·3 = 1.5 is 0.5 below 2; coefficients below 1 count as 1"
    assert bounds.violation(np.array([2.0, 3.0])) == 1.5, "4·3 + 2 = 14 is 6 above 8, in a coefficient of 4"
    assert bounds.violation(np.array([2.5, 1.5])) == 0.125, "6 + 2.5 = 8.5"
    bounds.lower[1] = bounds.upper[1] = 3.0
    assert bounds.violation(np.array([2.0, 3.0])) == 6.0, "y is fixed: x alone can move, with a coefficient of 1"


def test_a_limit_is_a_row_of_its_own() -> None:
    bounds, session = Bounds(square()), Session(square(), Clock(10.0))
    assert bounds.sizes.shape == (1, 2)
    bounds.limit(session, np.array([-2.0, 1.0]), 0.5)
    assert bounds.matrix.toarray().tolist() == [[1, 1], [-2, 1]] and bounds.sizes.toarray().tolist() == [[1, 1], [2, 1]]
    assert bounds.row_lower.tolist() == [2, -np.inf] and bounds.row_upper.tolist() == [4, 0.5]
    session.costs(np.array([0.0, -1.0]))
    found = session.run()
    assert found.point is not None  # most y: y ≤ 0.5 + 2x and x + y ≤ 4
    np.testing.assert_allclose(found.point[1], 0.5 + 2 * (4 - 0.5) / 3, atol=1e-9)


def test_a_column_is_taken_out_of_rows_at_a_value() -> None:
    """2x + y between 3.5 and 5.5 with x at 1.5: y between 0.5 and 2.5; the other row keeps x."""
    model = small_model([[2, 1], [2, 1]], [3.5, 0], [5.5, 9], [3, 3], [1, 0])
    bounds, session = Bounds(model), Session(model, Clock(10.0))
    assert bounds.sizes.sum() == 6
    bounds.take_out(session, np.array([0]), 0, 1.5)
    assert bounds.matrix.toarray().tolist() == [[0, 1], [2, 1]] and bounds.sizes.sum() == 4
    assert bounds.row_lower.tolist() == [0.5, 0] and bounds.row_upper.tolist() == [2.5, 9]
    session.costs(np.array([0.0, -1.0]))
    found = session.run()
    assert found.point is not None and found.point[1] == pytest.approx(2.5)


def test_rows_are_eased_around_a_point_and_as_they_were_afterwards() -> None:
    """At x + y = 4 + 1e-3 the row may go to that and a hair; y alone can use it, x is fixed at 1."""
    model = small_model([[1, 1]], [2], [4], [1, 9], [1, 0])
    bounds, session = Bounds(model), Session(model, Clock(10.0))

    def most() -> float:
        session.costs(np.array([0.0, -1.0]))
        found = session.run()
        assert found.point is not None
        return float(found.point[1])

    with bounds.eased(session, np.array([1.0, 3.001]), 0.1):
        assert most() == pytest.approx(3.101, abs=1e-9)
    assert most() == pytest.approx(3.0, abs=1e-9)
    with bounds.eased(session, np.array([1.0, 2.0]), 0.1):
        assert most() == pytest.approx(3.0, abs=1e-9), "a row with room stays as it is"


def test_a_row_that_asks_for_a_least_is_eased_too() -> None:
    """x + y ≥ 2 alone, x fixed at 1: at y = 0.999, with a hair of 0.1, y may go down to 0.899."""
    model = small_model([[1, 1]], [2], [np.inf], [1, 9], [1, 0])
    bounds, session = Bounds(model), Session(model, Clock(10.0))

    def least() -> float:
        session.costs(np.array([0.0, 1.0]))
        found = session.run()
        assert found.point is not None
        return float(found.point[1])

    with bounds.eased(session, np.array([1.0, 0.999]), 0.1):
        assert least() == pytest.approx(0.899, abs=1e-9)
    assert least() == pytest.approx(1.0, abs=1e-9)


def test_columns_are_fixed() -> None:
    bounds, session = Bounds(square()), Session(square(), Clock(10.0))
    bounds.fix(session, np.array([1]), np.array([2.5]))
    assert bounds.lower.tolist() == [1, 2.5] and bounds.upper.tolist() == [3, 2.5]
    session.costs(np.array([-1.0, 0.0]))
    found = session.run()
    assert found.point is not None
    np.testing.assert_allclose(found.point, [1.5, 2.5], atol=1e-9)


def test_costs_are_brought_to_one_size() -> None:
    costs, factor = scaled(np.array([0.5, -2.0]))
    assert factor == LARGEST / 2 and costs.tolist() == [LARGEST / 4, -LARGEST]
    nothing, factor = scaled(np.zeros(2))
    assert factor == 1.0 and nothing.tolist() == [0, 0]
    assert scaled(np.array([0.5]))[0].tolist() == [100.0]
