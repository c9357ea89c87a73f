"""Whole facilities at prices: what falls apart, bounds that lose nothing, and proofs that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.instance import Instance, read
from alloc.instance.derived import derive
from alloc.solver.highs import Session
from alloc.solver.hold import scaled
from alloc.solver.integers import WholePass, facilities, whole_pass
from alloc.solver.places import best_parts, taken_apart, tightened
from alloc.solver.priced import priced_pass
from alloc.solver.runs import Clock, Ending
from alloc.solver.solution import compiled
from alloc.solver.weighted import Floor, Weighted, better_weights, bound
from alloc.template.province import cut_province
from small_models import small_model


def silent(progress: object) -> None:
    pass


@pytest.fixture(scope="module")
def province() -> Instance:
    """Ningxia: 22 counties."""
    return cut_province(read("counties-2020"), "640000").instance


@pytest.fixture(scope="module")
def model(province: Instance) -> LinearModel:
    return compiled(derive(province), province)


@pytest.fixture(scope="module")
def tolerances(province: Instance) -> dict[str, float]:
    return {each.tier: each.tolerance for each in province.settings.objective if each.tolerance is not None}


@pytest.fixture(scope="module")
def priced(model: LinearModel, tolerances: dict[str, float]) -> WholePass:
    return priced_pass(model, Clock(60), 0.01, tolerances, silent)


def test_a_model_falls_apart_by_city_and_only_pools_limits_and_the_mark_tie_it(model: LinearModel) -> None:
    places = taken_apart(model)
    assert len(places.parts) == 22
    shared = {name for name, block in model.rows.items() if block.members.size and places.shared[block.slice].any()}
    assert shared == {"pool_total", "group_limit", "worst_served"}
    rows = np.concatenate([part.rows for part in places.parts])
    assert sorted([*rows, *np.flatnonzero(places.shared)]) == list(range(model.row_lower.size))
    columns = np.concatenate([part.columns for part in places.parts])
    assert sorted([*columns, model.columns["worst"].start]) == list(range(model.lower.size))
    for part in places.parts:
        assert part.matrix.nnz == model.matrix[part.rows].nnz


def test_bounds_by_hand() -> None:
    """3 x + y ≤ 10 with y from 1 on leaves x ≤ 3; 2 x − y ≤ 8 with y ≤ 4 leaves x ≤ 6, so 3 stands; y is not whole."""
    small = small_model(
        [[3, 1], [2, -1]], [-np.inf, -np.inf], [10, 8], upper=[9.5, 4], lower=[0, 1], integer=[True, False]
    )
    assert list(tightened(small).upper) == [3.0, 4.0]
    open_ = replace(small, upper=np.array([9.5, np.inf]), row_upper=np.array([np.inf, 8.0]))
    assert list(tightened(open_).upper) == [9.0, np.inf]


def test_every_city_by_itself_is_best_under_its_costs(model: LinearModel) -> None:
    """Where building earns and nothing else counts, every city builds as much as its own rules allow."""
    tight = tightened(model)
    costs = np.zeros(model.lower.size)
    costs[model.columns["build"].slice] = -1.0
    found, least = best_parts(tight, taken_apart(tight), costs, np.zeros(model.lower.size), Clock(60))
    build = found[model.columns["build"].slice]
    np.testing.assert_allclose(build, build.round(), atol=1e-6)
    assert build.sum() > 0
    assert least == pytest.approx(-build.sum(), rel=1e-3)
    for part in taken_apart(tight).parts:
        side = part.matrix @ found[part.columns]
        assert (side <= model.row_upper[part.rows] + 1e-6).all()
        assert (side >= model.row_lower[part.rows] - 1e-6).all()


def test_the_point_satisfies_every_row_with_whole_facilities(model: LinearModel, priced: WholePass) -> None:
    assert priced.ending is Ending.OPTIMAL
    assert priced.point is not None
    columns, values = facilities(model, priced.point)
    np.testing.assert_allclose(priced.point[columns], values, atol=1e-6)
    side = model.matrix @ priced.point
    assert (side <= model.row_upper + 1e-6).all()
    assert (side >= model.row_lower - 1e-6).all()


def test_bounds_are_on_the_right_side_of_what_was_reached(model: LinearModel, priced: WholePass) -> None:
    for run in priced.tiers:
        objective = model.objectives[run.tier]
        assert run.optimum is not None
        assert run.bound is not None
        better = run.bound - run.optimum if objective.maximise else run.optimum - run.bound
        assert better >= -1e-6 * objective.natural, run.tier


def test_the_bound_of_the_first_tier_holds_for_the_whole_mixed_integer_program(
    model: LinearModel, tolerances: dict[str, float], priced: WholePass
) -> None:
    exact = whole_pass(model, Clock(60), 1e-3, tolerances, silent)
    assert exact.tiers[0].optimum is not None
    assert priced.tiers[0].bound is not None
    assert priced.tiers[0].optimum is not None
    assert priced.tiers[0].bound <= exact.tiers[0].optimum + 1e-6
    # 22 counties against a handful of rows that they share: near, not equal.
    assert priced.tiers[0].optimum - exact.tiers[0].optimum <= 0.002


@pytest.mark.parametrize("weights", [(1, 0, 0, 0), (8, 4, 2, 1), (1, 0, 3, 0), (0, 1, 0, 0), (0, 0, 0, 1)])
def test_no_whole_point_is_below_a_floor(model: LinearModel, weights: tuple[float, ...]) -> None:
    """The weighted sum as one mixed-integer program: its best point is above, and its relaxation below, or equal."""
    tiers = [one for one in model.objectives.values() if isinstance(one, LinearObjective) and one.whole]
    weighted = Weighted(tightened(model), tiers, Clock(60))
    assert weighted.measure() is Ending.OPTIMAL
    floor = weighted.apart(np.array(weights, dtype=float))
    assert floor is not None
    shares = np.array(weights) / weighted.sizes
    constant = sum(share * one.constant for share, one in zip(shares, tiers, strict=True))
    costs, factor = scaled(np.sum([share * one.costs for share, one in zip(shares, tiers, strict=True)], axis=0))

    def least(whole: bool) -> float:
        session = Session(model, Clock(60), whole=whole)
        session.costs(costs)
        run = session.run(mip_rel_gap=1e-4) if whole else session.run()
        assert run.ending is Ending.OPTIMAL
        return run.bound / factor + constant

    assert floor.least <= least(whole=True) * (1 + 1e-9 * np.sign(floor.least)) + 1e-3 * abs(floor.least)
    assert floor.least >= least(whole=False) - 1e-6  # never worse than the relaxation: that is the point of it
    assert floor.weights @ floor.levels <= floor.least + 0.2 * abs(floor.least)


def test_bounds_from_floors_by_hand() -> None:
    """Least of 2 a + b is 5, that of b alone 1. While a is at most 1, b is at least 3; while a is at most 2.5, 1."""
    alone = Floor(np.array([0.0, 1.0]), 1.0, np.array([4.0, 1.0]), np.empty(0))
    both = Floor(np.array([2.0, 1.0]), 5.0, np.array([0.5, 4.0]), np.empty(0))
    best, weights = bound([alone, both], 1, np.array([1.0, 0.0]))
    assert (best, list(weights)) == (3.0, [2.0])
    best, weights = bound([alone, both], 1, np.array([2.5, 0.0]))
    assert (best, list(weights)) == (1.0, [0.0])
    # A floor that weighs a later tier says nothing, and one says nothing of a tier that it does not weigh.
    assert bound([both], 0, np.zeros(2))[0] == -np.inf
    assert bound([], 1, np.zeros(2))[0] == -np.inf


def test_the_next_weights_are_where_the_floors_cross() -> None:
    """With a held at 1: from w = 0 the bound is 1 and rises by 4 − 1 = 3, at w = 2 it is 3 and falls by 0.5 − 1.

    1 + 3 w = 3 − 0.5 (w − 2) at w = 6/7: 25/7 is the most that any weight can prove.
    """
    alone = Floor(np.array([0.0, 1.0]), 1.0, np.array([4.0, 1.0]), np.empty(0))
    both = Floor(np.array([2.0, 1.0]), 5.0, np.array([0.5, 4.0]), np.empty(0))
    weights, promised = better_weights([alone, both], 1, np.array([1.0, 0.0]))
    assert weights == pytest.approx([6 / 7, 1.0])
    assert promised == pytest.approx(25 / 7)
