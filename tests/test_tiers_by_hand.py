"""Tiers one after another on a few columns by hand: optima, what later tiers may take, points and bounds, endings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, MaxMinObjective, Objective
from alloc.solver.facilities.dual_bounds import dual_bounds
from alloc.solver.model.handed import MANY_ROWS
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Clock, Ending, Least, Run, WarmStartCache
from alloc.solver.model.status import Progress, TierState
from alloc.solver.tiers import closeness as closeness_module
from alloc.solver.tiers import lexicographic
from alloc.solver.tiers.closeness import Closeness, _bound, solve_closeness
from alloc.solver.tiers.lexicographic import TiersRun, solve_leximin, solve_tiers
from alloc.solver.tiers.proofs import proofs
from alloc.solver.tiers.quadratic import least_squares
from alloc.solver.tiers.secants import solve_by_secants
from alloc.tolerances import FINE_INTERIOR, PROVABLE_INTERIOR, ROUGH_INTERIOR, ROUNDOFF
from small_models import small_model


def silent(progress: Progress) -> None:
    """Nobody listens."""


def most(name: str, *coefficients: float, constant: float = 0.0, ties: list[float] | None = None) -> LinearObjective:
    """Maximise coefficients·x + constant; of the points that do, least ties·x."""
    breakers = () if ties is None else (np.array(ties),)
    return LinearObjective(name, -np.array(coefficients), -constant, True, False, 1.0, breakers)


def least(name: str, *coefficients: float, constant: float = 0.0) -> LinearObjective:
    """Minimise coefficients·x + constant."""
    return LinearObjective(name, np.array(coefficients), constant, False, False, 1.0)


def close_to(*centre: float) -> ClosenessObjective:
    number = len(centre)
    return ClosenessObjective("close", np.arange(number), np.array(centre), np.ones(number), np.ones(number))


def with_tiers(model: LinearModel, *objectives: Objective) -> LinearModel:
    return replace(model, objectives={each.name: each for each in objectives})


def solved(model: LinearModel, tolerances: Mapping[str, float] | None = None, **given: object) -> TiersRun:
    return solve_tiers(model, Session(model, Clock(60)), tolerances or {}, silent, "stage", **given)  # type: ignore[arg-type]


def triangle() -> LinearModel:
    """x + y ≤ 4, x ≤ 3, y ≤ 10."""
    return small_model([[1, 1]], [-np.inf], [4], [3, 10])


# ------------------------------------------------------------------------------------------------ linear tiers


def test_a_later_tier_takes_nothing_of_an_earlier_one() -> None:
    """Most x is 3 (and 5 more that no decision changes), then most y is 1."""
    found = solved(with_tiers(triangle(), most("x", 1, 0, constant=5), most("y", 0, 1)))
    assert found.point is not None and found.stated and found.ending is Ending.OPTIMAL
    np.testing.assert_allclose(found.point, [3, 1], atol=1e-6)
    assert [each.optimum for each in found.tiers] == pytest.approx([8, 1])
    assert [each.bound for each in found.tiers] == pytest.approx([8, 1])


@pytest.mark.parametrize(
    ("floor", "x", "y"),
    [
        (None, 2, 2),  # of the 3 that x reaches, 1 may go
        (2.5, 1.5, 2.5),  # counted from 2.5
        (5.0, 3, 1),  # 4 is more than x can have; it keeps what it reaches
    ],
)
def test_a_later_tier_takes_as_much_as_the_tolerance_lets_it(floor: float | None, x: float, y: float) -> None:
    model = with_tiers(triangle(), most("x", 1, 0, constant=5), most("y", 0, 1))
    floors = {} if floor is None else {"x": floor + 5}
    found = solved(model, {"x": 1.0}, floors=floors)
    assert found.point is not None
    np.testing.assert_allclose(found.point, [x, y], atol=1e-6)


def test_a_cost_may_grow_by_its_tolerance() -> None:
    """x + y ≥ 2 costs 2 at least; with a tolerance of ½ it may cost 2.5, and y is worth that."""
    model = with_tiers(small_model([[1, 1]], [2], [np.inf], [3, 10]), least("cost", 1, 1), most("y", 0, 1))
    found = solved(model, {"cost": 0.5})
    assert found.point is not None
    np.testing.assert_allclose(found.point, [0, 2.5], atol=1e-6)


def test_what_no_later_tier_needs_of_a_tolerance_goes_back() -> None:
    """y wants 1.5 at most, which leaves 2.5 to x though x ≥ 2 would do, and z would take what it costs nothing."""
    model = small_model([[1, 1, 0], [1, 0, 1]], [-np.inf, -np.inf], [4, 5], [3, 1.5, 2.5])
    found = solved(with_tiers(model, most("x", 1, 0, 0), most("y", 0, 1, 0), most("z", 0, 0, 1)), {"x": 1.0})
    assert found.point is not None and found.stated
    np.testing.assert_allclose(found.point, [2.5, 1.5, 2.5], atol=1e-6)


def test_ties_are_broken_and_the_value_stays_that_of_the_tier() -> None:
    model = with_tiers(triangle(), most("both", 1, 1, ties=[1.0, 0.0]), most("x", 1, 0))
    found = solved(model)
    assert found.point is not None
    np.testing.assert_allclose(found.point, [0, 4], atol=1e-6)
    assert [each.optimum for each in found.tiers] == pytest.approx([4, 0], abs=1e-9)


def test_what_is_fixed_before_the_first_tier_stays() -> None:
    model = with_tiers(triangle(), most("x", 1, 0))
    found = solved(model, fixed=(np.array([1]), np.array([3.0])))
    assert found.point is not None
    np.testing.assert_allclose(found.point, [1, 3], atol=1e-6)


def test_a_run_that_time_ended_states_neither_an_optimum_nor_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its point may be feasible, and is worth something, but it is not the tier's."""
    original = Session.solve_on_optimal_face

    def late(self: Session, step: str, *given: object) -> Run:
        found = original(self, step, *given)  # type: ignore[arg-type]
        return replace(found, ending=Ending.TIME) if step == "y" else found

    monkeypatch.setattr(Session, "solve_on_optimal_face", late)
    found = solved(with_tiers(triangle(), most("x", 1, 0), most("y", 0, 1), least("cost", 1, 1)))
    assert [each.tier for each in found.tiers] == ["x", "y"] and found.ending is Ending.TIME
    assert (found.tiers[1].optimum, found.tiers[1].bound) == (None, None)
    assert found.point is not None and found.point[0] == pytest.approx(3) and not found.stated


# ----------------------------------------------------------------------------------------- closeness in between


def behind_four() -> tuple[LinearModel, ClosenessObjective]:
    """Least (x − 3)² where x ≥ 4: 1 at x = 4, at a price of 2."""
    return small_model([[1]], [4], [np.inf], [10]), close_to(3)


def test_the_tangent_at_a_point_bounds_the_least_square() -> None:
    """Of 3 (x − 3)²: at x = 5 it is 12 and its slope 12; down to x = 4 the tangent falls to 0, below the least, 3."""
    model, objective = behind_four()
    objective = replace(objective, weight=np.array([3.0]))
    assert objective.slope(np.array([5.0])).tolist() == [12] and objective.slope(np.array([2.0])).tolist() == [-6]
    assert _bound(Session(model, Clock(10)), objective, Bounds(model), np.array([5.0])) == pytest.approx(0)
    assert _bound(Session(model, Clock(10)), objective, Bounds(model), np.array([4.0])) == pytest.approx(3)


def test_a_point_that_is_not_proven_the_least_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """x = 5 satisfies every rule, but neither its prices nor a linear program says that nothing is closer."""
    model, objective = behind_four()
    wrong = Least(np.array([5.0]), np.zeros(1), np.zeros(1, int), np.zeros(1, int))
    monkeypatch.setattr(closeness_module, "_least", lambda *_: (wrong, "wrong"))
    bounds = Bounds(model)
    found = solve_closeness(Session(model, Clock(10)), objective, bounds, np.array([9.0]))
    assert found.method == "secants" and found.ending is Ending.OPTIMAL and found.point is not None
    assert found.point[0] == pytest.approx(4, abs=1e-6) and found.value == pytest.approx(1, abs=1e-5)
    assert found.bound is not None and 1 - 1e-5 <= found.bound <= 1 + 1e-9
    assert bounds.lower[0] == bounds.upper[0] == found.point[0], "and there it is held"


def test_a_point_that_its_prices_prove_needs_no_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    model, objective = behind_four()
    monkeypatch.setattr(closeness_module, "_bound", lambda *_: pytest.fail("a linear program was run"))
    found = solve_closeness(Session(model, Clock(10)), objective, Bounds(model), np.array([9.0]))
    assert (found.method, found.ending) == ("interior point", Ending.OPTIMAL)
    assert (found.value, found.bound) == (pytest.approx(1, abs=1e-9), pytest.approx(1, abs=1e-9))


@pytest.mark.parametrize("missing", [(), ("exact_least",), ("least_squares",)])
def test_every_way_leads_to_the_same_point(missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """x + y ≤ 4 takes as much of 3 as of 2: 2.5 and 1.5, then the most of z is what the other row leaves it."""
    for name in missing:
        monkeypatch.setattr(closeness_module, name, lambda *_: None)
    model = small_model([[1, 1, 0], [1, 0, 1]], [-np.inf, -np.inf], [4, 5], [10, 10, 10])
    found = solved(with_tiers(model, close_to(3, 2), most("z", 0, 0, 1)))
    assert found.point is not None
    np.testing.assert_allclose(found.point, [2.5, 1.5, 2.5], atol=1e-5)
    assert [each.optimum for each in found.tiers] == pytest.approx([0.5, 2.5], abs=1e-5)


def test_where_no_active_set_leads_there_the_best_proven_point_of_the_interior_point_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The finer the method is asked to be, the further it may stray: x = 5 breaks no rule, but nothing proves it."""
    model, objective = behind_four()
    stray = Least(np.array([5.0]), np.zeros(1), np.zeros(1, int), np.zeros(1, int))
    monkeypatch.setattr(closeness_module, "exact_least", lambda *_: None)

    def strays(objective: ClosenessObjective, bounds: Bounds, tolerance: float, seconds: float) -> Least | None:
        return stray if tolerance == FINE_INTERIOR else least_squares(objective, bounds, tolerance, seconds)

    monkeypatch.setattr(closeness_module, "least_squares", strays)
    found = solve_closeness(Session(model, Clock(10)), objective, Bounds(model), np.array([9.0]))
    assert (found.method, found.ending) == ("interior point, not refined", Ending.OPTIMAL)
    assert found.point is not None and found.point[0] == pytest.approx(4, abs=1e-6)
    assert found.bound == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "order"),
    [(MANY_ROWS, (ROUGH_INTERIOR, FINE_INTERIOR, PROVABLE_INTERIOR)), (0, (PROVABLE_INTERIOR,))],
)
def test_where_nothing_proves_the_point_the_interior_point_is_asked_between_rough_and_fine(
    rows: int, order: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """x = 4.01 for rough leaves 1.0201 − 1 open, more than counts as proven; x = 5 for fine more still.

    A model that counts as large is asked for what is proven at once.
    """
    model, objective = behind_four()
    monkeypatch.setattr(closeness_module, "exact_least", lambda *_: None)
    away = {ROUGH_INTERIOR: 4.01, FINE_INTERIOR: 5.0}
    asked: list[float] = []
    monkeypatch.setattr(closeness_module, "MANY_ROWS", rows)

    def strays(objective: ClosenessObjective, bounds: Bounds, tolerance: float, seconds: float) -> Least | None:
        asked.append(tolerance)
        if tolerance in away:
            return Least(np.array([away[tolerance]]), np.zeros(1), np.zeros(1, int), np.zeros(1, int))
        return least_squares(objective, bounds, tolerance, seconds)

    monkeypatch.setattr(closeness_module, "least_squares", strays)
    found = solve_closeness(Session(model, Clock(10)), objective, Bounds(model), np.array([9.0]))
    assert tuple(asked) == order
    assert found.method == "interior point, not refined"
    assert found.point is not None and found.point[0] == pytest.approx(4, abs=1e-6)


LEVEL = MaxMinObjective("level", 3, np.array([2]))


@pytest.mark.parametrize(
    ("following", "confirmed"),
    [((), True), ((LEVEL,), True), ((most("z", 0, 0, 1, 0),), False), ((least("z", 0, 0, 1, 0), LEVEL), False)],
)
@pytest.mark.parametrize("before", [(), (most("x", 1, 0, 0, 0),)])
def test_the_point_of_closeness_is_confirmed_before_anything_is_built_on_it(
    following: tuple[Objective, ...],
    confirmed: bool,
    before: tuple[Objective, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Closeness decides its own columns. Were the others left anywhere, here z = 9 though x + z ≤ 5, a run of its own
    brings them to where every rule holds; no run is spent where that of the next tier does the same."""

    def spoilt(*given: object) -> Closeness:
        found = solve_closeness(*given)  # type: ignore[arg-type]
        assert found.point is not None
        return replace(found, point=np.array([*found.point[:2], 9.0, 0.0]))

    monkeypatch.setattr(lexicographic, "solve_closeness", spoilt)
    model = small_model(
        [[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, -1]], [-np.inf, -np.inf, 0], [4, 5, np.inf], [3, 10, 10, 10]
    )
    model = with_tiers(model, *before, close_to(3, 2), *following)
    seen: list[Progress] = []
    memory = WarmStartCache()
    found = solve_tiers(model, Session(model, Clock(60), memory=memory), {}, seen.append, "stage")
    assert found.ending is Ending.OPTIMAL and found.point is not None
    (shown,) = [each.point for each in seen if each.tier == "close" and each.state is TierState.DONE]
    assert shown is not None
    for point in (shown, found.point) if confirmed else (found.point,):
        assert np.all(model.matrix @ point <= model.row_upper + 1e-6)
    assert ("close, held" in memory.steps) == confirmed
    np.testing.assert_allclose(shown[:2], [3, 1] if before else [2.5, 1.5], atol=1e-6)


@pytest.mark.parametrize("following", [(), (LEVEL,), (most("z", 0, 0, 1, 0),)])
@pytest.mark.parametrize("ending", [Ending.FAILED, Ending.TIME])
def test_a_closeness_that_is_not_found_ends_the_tiers_as_it_ended(
    following: tuple[Objective, ...], ending: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexicographic, "solve_closeness", lambda *_: Closeness(ending))
    model = small_model([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, -1]], [-np.inf] * 2 + [0], [4, 5, np.inf], [3, 9, 9, 9])
    found = solved(with_tiers(model, most("x", 1, 0, 0, 0), close_to(3, 2), *following))
    assert [each.tier for each in found.tiers] == ["x", "close"] and found.ending is ending
    assert (found.tiers[1].optimum, found.tiers[1].bound) == (None, None)
    assert found.point is not None and found.point[0] == pytest.approx(3), "the tier before stands"


# ------------------------------------------------------------------------------------------------- max-min


def three_scores(level: float = 10.0, sense: str = ">=") -> tuple[LinearModel, MaxMinObjective]:
    """Scores a ≤ 1, b ≤ 1.5, c with a + b + c ≤ 5, and the level below each: score − level ≥ 0, or the other way."""
    sign = 1.0 if sense == ">=" else -1.0
    rows = [[1, 1, 1, 0], *([sign * (k == j) for j in range(3)] + [-sign] for k in range(3))]
    lower = [-np.inf, *([0.0 if sign > 0 else -np.inf] * 3)]
    upper = [5.0, *([np.inf if sign > 0 else 0.0] * 3)]
    return small_model(rows, lower, upper, [1, 1.5, 10, level]), MaxMinObjective("level", 3, np.array([1, 2, 3]))


@pytest.mark.parametrize("weight", [1e-6, 1.0, 1e6])
def test_secants_lead_to_the_least_square_whatever_it_is_counted_in(weight: float) -> None:
    """(2.5, 1.5) is closest to (3, 2) with x + y ≤ 4, from a corner that is far from both."""
    objective = replace(close_to(3, 2), weight=np.full(2, weight))
    run = solve_by_secants(Session(triangle(), Clock(10)), objective, Bounds(triangle()), np.array([0.0, 4.0]))
    assert run.ending is Ending.OPTIMAL and run.point is not None
    np.testing.assert_allclose(run.point[:2], [2.5, 1.5], atol=1e-5)


@pytest.mark.parametrize("level", [10.0, np.inf])
@pytest.mark.parametrize("sense", [">=", "<="])
def test_the_least_is_raised_and_then_the_least_of_the_others(sense: str, level: float) -> None:
    """The level stops at 1 with a, at 1.5 with b, and c has the 2.5 that are left; whatever comes, none falls again."""
    model, objective = three_scores(level, sense)
    run, first = solve_leximin(Session(model, Clock(10)), objective, Bounds(model))
    assert run.point is not None
    np.testing.assert_allclose(run.point, [1, 1.5, 2.5, 1], atol=1e-6)
    assert first == pytest.approx(1)
    found = solved(with_tiers(model, objective, least("cost", 1, 1, 1, 0)))
    assert found.point is not None
    np.testing.assert_allclose(found.point, [1, 1.5, 2.5, 1], atol=1e-6)
    assert [each.optimum for each in found.tiers] == pytest.approx([1, 5])
    assert np.all(model.matrix @ found.point <= model.row_upper + 1e-6)
    assert np.all(model.matrix @ found.point >= model.row_lower - 1e-6)


def test_a_level_that_its_own_bound_stops_blocks_nobody() -> None:
    """It may go to 0.8, where all scores have room: they are held there at least, and the cost takes the rest."""
    model, objective = three_scores(level=0.8)
    found = solved(with_tiers(model, objective, least("cost", 1, 1, 1, 0)))
    assert found.point is not None
    np.testing.assert_allclose(found.point, [0.8, 0.8, 0.8, 0.8], atol=1e-6)


# -------------------------------------------------------------------------------------------------- bounds


def bounds_at(model: LinearModel, values: dict[str, float], point: list[float], clock: Clock) -> dict[str, float]:
    return dual_bounds(model, values, np.array(point), clock, silent)


def test_bounds_hold_the_tiers_before_and_no_more() -> None:
    """With x no less than 2, y can have 2, in a plan that has 1 of it; and both cost 2 at least, with 7 beside."""
    model = with_tiers(triangle(), most("x", 1, 0), most("y", 0, 1, constant=1), least("cost", 1, 1, constant=7))
    found = bounds_at(model, {"x": 2.0, "y": 2.0, "cost": 10.0}, [2, 1], Clock(10))
    assert found == {"x": pytest.approx(3), "y": pytest.approx(3), "cost": pytest.approx(10)}


def test_a_square_is_held_by_its_tangent() -> None:
    """Closest to (3, 2) with x + y ≤ 4 is (2.5, 1.5): whoever is as close has x + y ≥ 4 by the tangent there."""
    model = with_tiers(triangle(), close_to(3, 2), least("cost", 1, 1), most("x", 1, 0))
    found = bounds_at(model, {"close": 0.5, "cost": 4.0, "x": 2.5}, [2.5, 1.5], Clock(10))
    assert found == {"cost": pytest.approx(4, abs=1e-6), "x": pytest.approx(3)}


@pytest.mark.parametrize("sense", [">=", "<="])
def test_every_score_of_a_max_min_is_held_where_it_is(sense: str) -> None:
    """With a at 1, b at 1.2 and c at 2, b can have 1.5 and c 2.8; without the scores held c could have 5."""
    model, objective = three_scores(sense=sense)
    model = with_tiers(model, objective, most("c", 0, 0, 1, 0), least("cost", 1, 1, 1, 0))
    found = bounds_at(model, {"level": 1.0, "c": 2.0, "cost": 4.2}, [1, 1.2, 2, 1], Clock(10))
    assert found == {"c": pytest.approx(2.8), "cost": pytest.approx(4.2)}


def test_no_bound_is_worked_out_when_time_is_over_or_the_result_has_no_value() -> None:
    model = with_tiers(triangle(), most("x", 1, 0), most("y", 0, 1), least("cost", 1, 1))
    assert list(proofs(model, {"x": 3.0, "y": 1.0}, np.array([3.0, 1]), Clock(0.0), silent)) == []
    interrupted = Clock(10)
    interrupted.interrupted = True
    assert list(proofs(model, {"x": 3.0, "y": 1.0}, np.array([3.0, 1]), interrupted, silent)) == []
    some = proofs(model, {"x": 3.0, "cost": 4.0}, np.array([3.0, 1]), Clock(10), silent)
    assert [each.tier for each in some] == ["x"], "cost would be bounded with y held nowhere"


def test_a_tier_is_held_to_a_small_part_of_its_size() -> None:
    """A millionth of a thousandth of 10⁶ persons, 0.001, is left of x: with x no less than 1.999, y can have 2.001."""
    persons = replace(most("x", 1, 0), scale=1e6)
    model = with_tiers(triangle(), persons, most("y", 0, 1))
    found = bounds_at(model, {"x": 2.0, "y": 2.0}, [2, 1], Clock(10))
    assert found["y"] == pytest.approx(2 + ROUNDOFF * 1e6, abs=1e-6)


def asked_of_programs(model: LinearModel, monkeypatch: pytest.MonkeyPatch, *, sharp: bool = False) -> list[list[str]]:
    """The options of every run by which the tiers are bounded."""
    asked: list[list[str]] = []
    usual = Session.run

    def noted(self: Session, *given: object, **options: float | str) -> Run:
        asked.append(sorted({*options} - {"cold"}))
        return usual(self, *given, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "run", noted)
    values = {name: each.value(np.array([2.0, 1.0])) for name, each in model.objectives.items()}  # type: ignore[union-attr]
    assert len(list(proofs(model, values, np.array([2.0, 1]), Clock(10), silent, sharp=sharp))) == len(values)
    return asked


def test_programs_are_solved_once_more_and_sharper_only_where_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    model, again = (
        with_tiers(triangle(), most("x", 1, 0)),
        ["dual_feasibility_tolerance", "primal_feasibility_tolerance"],
    )
    assert again not in asked_of_programs(model, monkeypatch)
    assert asked_of_programs(model, monkeypatch, sharp=True)[-1] == again


def test_programs_behind_whole_facilities_are_scaled_by_their_largest_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of tiers that the plans of cities have an objective for, and squares, go on from the tier before."""
    tiers = replace(most("x", 1, 0), integer=True), close_to(3, 2), most("y", 0, 1)
    asked = asked_of_programs(with_tiers(triangle(), *tiers), monkeypatch)
    assert asked == [[], [], ["simplex_scale_strategy"]]


def test_a_program_that_time_ended_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Session.run
    monkeypatch.setattr(Session, "run", lambda self, *a, **o: replace(usual(self, *a, **o), ending=Ending.TIME))
    model = with_tiers(triangle(), most("x", 1, 0))
    assert list(proofs(model, {"x": 2.0}, np.array([2.0, 1]), Clock(10), silent)) == []


def test_no_bound_lies_below_a_plan_that_satisfies_the_rules() -> None:
    """Random rows; plans by chance that are no worse in the tiers before the bounded one."""
    compared = 0
    for seed in range(20):
        chance = np.random.default_rng(seed)
        rows = chance.uniform(0, 1, (3, 4))
        model = small_model(rows.tolist(), [-np.inf] * 3, chance.uniform(1, 3, 3).tolist(), [1, 2, 3, 2])
        first, second = chance.uniform(-1, 1, (2, 4))
        plans = chance.uniform(0, 1, (4000, 4)) * model.upper
        plans = plans[np.all(plans @ rows.T <= model.row_upper, axis=1)]
        tiers = most("first", *first), close_to(*chance.uniform(0, 2, 4)), least("second", *second)
        at = plans[np.argsort(plans @ first)[len(plans) // 2]]  # no optimum of anything
        values = {each.name: each.value(at) for each in tiers}
        found = bounds_at(with_tiers(model, *tiers), values, at.tolist(), Clock(10))
        assert found["first"] >= np.max(plans @ first) - 1e-9
        as_good = [
            each for each in plans if each @ first >= values["first"] and tiers[1].value(each) <= values["close"]
        ]
        compared += len(as_good)
        assert all(found["second"] <= each @ second + 1e-9 for each in as_good)
        assert found["second"] <= values["second"] + 1e-9
    assert compared > 100
