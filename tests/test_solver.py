"""The solver room: order does not matter, bounds are proven, time and interrupts are labelled honestly."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from alloc.compiler.linear_model import ClosenessObjective, LinearModel
from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.instance.instance import make_instance
from alloc.publish import Rounded, kept_rows, round_pools
from alloc.result.point import decided
from alloc.result.result import run
from alloc.solver.facilities.dual_bounds import dual_bounds
from alloc.solver.facilities.joint import search
from alloc.solver.model.handed import SolverError
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending, Run
from alloc.solver.model.status import Progress, Quality, Status, Stopped
from alloc.solver.solution import Solution, compiled, solve
from alloc.solver.tiers import closeness as closeness_module
from alloc.solver.tiers.lexicographic import solve_tiers
from alloc.solver.tiers.worth import tier_value
from instances import write_tiny
from national import relaxed_instance as china
from random_instances import write_random


def with_settings(instance: Instance, **changes: object) -> Instance:
    return make_instance(instance.settings.model_copy(update=changes), instance.tables)


@cache
def solved() -> Solution:
    """The national instance, solved once for the tests that hold another way against it or look at its tiers."""
    return solve(china())


@cache
def china_model() -> LinearModel:
    return compiled(derive(china()), china())


def shuffled(model: LinearModel) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    rows, columns = model.matrix.shape
    return random.permutation(rows), random.permutation(columns)


@pytest.fixture
def tiny(tmp_path: Path) -> Instance:
    return read(write_tiny(tmp_path / "tiny"))


@pytest.mark.slow
@pytest.mark.long
def test_no_published_number_depends_on_the_order_inside_the_solver() -> None:
    one, other = solved(), solve(china(), order=shuffled)
    benchmark = one.derived.benchmark
    moved = np.abs(one.values["allocation"] - other.values["allocation"]) / benchmark
    assert np.nanmax(moved) < 1e-5
    rounded = [rounded_pools(each) for each in (one, other)]
    for place, pool in enumerate(one.derived.pools):
        differ = np.abs(rounded[0][pool].values - rounded[1][pool].values)
        assert np.max(differ) <= one.derived.quantum[place] * (1 + 1e-9), pool
    for first, second in zip(one.tiers, other.tiers, strict=True):
        assert first.value == pytest.approx(second.value, rel=1e-6, abs=1e-9), first.tier


def rounded_pools(solution: Solution) -> dict[str, Rounded]:
    assert solution.model is not None
    point = decided(china(), solution.model, solution.derived, solution.values)
    return round_pools(china(), solution.derived, point, kept_rows(solution.derived, point))


@pytest.mark.long
def test_every_tier_is_at_the_end_what_it_was_when_it_was_solved() -> None:
    solution = solved()
    assert solution.status == Status(Stopped.FINISHED, Quality.OPTIMAL)
    for tier in solution.tiers:
        assert tier.optimised and tier.bound is not None and tier.open is not None
        assert tier.open <= 1e-6
        loss = abs(tier.value - tier.bound) / max(abs(tier.bound), 1e-9)
        assert loss <= 1e-6 if tier.tolerance is None else abs(tier.value - tier.bound) <= tier.tolerance + 1e-7


@pytest.mark.long
@pytest.mark.parametrize("name", ["sixty cities", pytest.param("nation", marks=pytest.mark.slow)])
def test_secants_and_interior_point_agree(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sixty = read(write_random(tmp_path, seed=5, cities=60, integers=False)) if name == "sixty cities" else None
    interior = solve(sixty) if sixty else solved()
    monkeypatch.setattr(closeness_module, "least_squares", lambda *_: None)
    secants = solve(sixty or china())
    names = [tier.tier for tier in interior.tiers]
    place = names.index("closeness")
    assert secants.tiers[place].value == pytest.approx(interior.tiers[place].value, rel=1e-8)
    moved, benchmark = np.abs(interior.values["allocation"] - secants.values["allocation"]), interior.derived.benchmark
    assert np.nanmax(moved / np.where(benchmark > 0, benchmark, 1.0)) < 1e-5
    # The proven bound lies below both.
    assert interior.tiers[place].bound <= secants.tiers[place].value + 1e-9


def test_whole_facilities_are_whole_and_bounded(tiny: Instance) -> None:
    solution = solve(tiny)
    assert solution.status == Status(Stopped.FINISHED, Quality.FEASIBLE)
    assert [each.tier for each in solution.tiers if each.bound is None] == ["closeness"]  # closest for these facilities
    build = solution.values["build"]
    assert np.array_equal(build, np.round(build))
    relaxed = solve(with_settings(tiny, integers=False))
    for whole, free in zip(solution.tiers[:1], relaxed.tiers[:1], strict=True):
        assert whole.value >= free.value - 1e-9  # fewer choices cannot make the first tier better


@pytest.mark.parametrize("kept", [("closeness", "cost"), ("closeness",), ("minimum", "closeness")])
def test_facilities_are_whole_whatever_tiers_are_asked_for(tiny: Instance, kept: tuple[str, ...]) -> None:
    objective = tuple(each for each in tiny.settings.objective if each.tier in kept)
    result = run(with_settings(tiny, objective=objective))
    assert result.verified and [each["tier"] for each in result.manifest["tiers"]] == list(kept)
    built = result.tables["services"]["build"].dropna()
    assert len(built) and np.array_equal(built, np.round(built))


def test_facilities_in_parts_need_no_search_whatever_is_set(tiny: Instance) -> None:
    parts = solve(with_settings(tiny, integers=False))
    asked = solve(with_settings(tiny, integers=False, facilities="joint"))
    assert asked.notes == parts.notes and asked.status == parts.status == Status(Stopped.FINISHED, Quality.OPTIMAL)
    assert [(each.value, each.bound) for each in asked.tiers] == [(each.value, each.bound) for each in parts.tiers]


def test_what_a_search_proves_itself_bounds_its_tiers(tmp_path: Path) -> None:
    """Within the gap, where a linear program with facilities in parts knows only that settlement is a quarter more."""
    instance = with_settings(read(write_random(tmp_path, 3, cities=4, integers=True)), facilities="joint")
    solution = solve(instance)
    assert solution.model is not None
    whole = [each for each in solution.tiers if getattr(solution.model.objectives[each.tier], "integer", False)]
    assert len(whole) >= 3
    for tier in whole:
        assert tier.gap is not None and tier.gap <= instance.settings.gap, tier.tier
    named = {each.tier: each for each in whole}
    values = {each.tier: each.value for each in solution.tiers}
    point = solution.model.point(**solution.values)
    in_parts = dual_bounds(solution.model, values, point, Clock(60), lambda progress: None)
    settlement = named["settlement"]
    assert settlement.bound is not None and in_parts["settlement"] > 1.2 * settlement.bound


def test_the_seconds_of_the_stages_lie_within_the_seconds_of_the_solve(tiny: Instance) -> None:
    started = time.perf_counter()
    solution = solve(with_settings(tiny, integers=False))
    assert list(solution.timings) == ["derive", "build", "solve"]
    assert 0 < sum(solution.timings.values()) <= time.perf_counter() - started


def test_an_interrupt_keeps_the_best_point_and_says_so(tmp_path: Path) -> None:
    instance = read(write_random(tmp_path, seed=3, cities=8, integers=True))
    model, clock = compiled(derive(instance), instance), Clock(60)
    seen: list[Progress] = []

    def interrupting(progress: Progress) -> None:
        seen.append(progress)
        if progress.best is not None:
            clock.interrupted = True

    found = search(model, clock, 1e-3, {}, interrupting)
    assert found.point is not None
    assert found.ending is Ending.INTERRUPTED
    assert np.all(model.matrix @ found.point <= model.row_upper + 1e-6)


def test_an_interrupted_solve_is_feasible_not_optimal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    instance = read(write_random(tmp_path, seed=3, cities=8, integers=False))
    original = Session.run
    runs: list[int] = []

    def second_run_is_interrupted(self: Session, *args: object, **options: object) -> Run:
        runs.append(1)
        if len(runs) == 3:
            self.clock.interrupted = True
        return original(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "run", second_run_is_interrupted)
    solution = solve(instance)
    assert solution.status == Status(Stopped.INTERRUPTED, Quality.FEASIBLE)
    assert solution.tiers[0].optimised and solution.tiers[0].bound is not None
    assert not solution.tiers[-1].optimised and solution.tiers[-1].bound is None  # it does not pretend to be
    assert solution.values["allocation"].shape == solution.derived.lower.shape


def test_out_of_time_before_any_point() -> None:
    solution = solve(with_settings(china(), time_limit=1e-9))
    assert solution.status == Status(Stopped.TIME_LIMIT, Quality.NONE)
    assert (solution.tiers, dict(solution.values), solution.conflict) == ((), {}, ())


def test_time_that_ends_among_the_optima_of_the_last_tier(tiny: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tier is not done then, so it states no bound, and what is written of it passes its verification."""
    whole = Session.solve_on_optimal_face

    def late(self: Session, name: str, *given: object) -> Run:
        found = whole(self, name, *given)  # type: ignore[arg-type]
        return replace(found, ending=Ending.TIME) if name == "cost, ties" else found

    monkeypatch.setattr(Session, "solve_on_optimal_face", late)
    result = run(with_settings(tiny, integers=False))
    *done, last = result.manifest["tiers"]
    assert result.verified and all(each["optimised"] for each in done)
    assert (last["tier"], last["optimised"], last["bound"]) == ("cost", False, None)


def test_a_tier_is_worth_what_the_decisions_make_it(tiny: Instance) -> None:
    instance = with_settings(tiny, integers=False)
    model = compiled(derive(instance), instance)
    ran = solve_tiers(model, Session(model, Clock(60)), {"fairness": 0.005}, lambda progress: None, "all tiers")
    objective = model.objectives["fairness"]
    assert ran.point is not None
    value = tier_value(model, objective, ran.point)
    assert value >= objective.value(ran.point) - 1e-12
    lost = ran.point.copy()
    for name in ("worst", "below_worst", "coverage", "gap"):  # what only states the tier is found again
        lost[model.columns[name].slice] = 0.0
    assert tier_value(model, objective, lost) == pytest.approx(value, rel=1e-12)


def test_nothing_that_is_not_finite_reaches_the_solver(tiny: Instance) -> None:
    model = compiled(derive(tiny), tiny)
    session = Session(model, Clock(60))
    costs = np.zeros(model.lower.size)
    costs[0] = np.nan
    with pytest.raises(SolverError, match="not finite"):
        session.costs(costs)
    spoilt = model.matrix.copy()
    spoilt.data[0] = np.inf
    with pytest.raises(SolverError, match="not finite"):
        Session(replace(model, matrix=spoilt), Clock(60))


def test_another_user_of_highs_in_the_same_process_does_not_matter(tiny: Instance) -> None:
    import highspy

    other = highspy.Highs()
    other.silent()
    other.setOptionValue("threads", 2)
    other.addVar(0.0, 1.0)
    other.run()
    assert solve(tiny).status.stopped is Stopped.FINISHED


def test_closeness_and_levelled_production_are_the_tiers_that_are_not_linear() -> None:
    kinds = [name for name, each in china_model().objectives.items() if isinstance(each, ClosenessObjective)]
    assert kinds == ["closeness", "production"]


def test_an_integer_run_starts_from_the_facilities_that_it_is_given(tmp_path: Path) -> None:
    instance = read(write_random(tmp_path, seed=3, cities=8, integers=True))
    model = compiled(derive(instance), instance)
    columns = np.flatnonzero(model.integer)
    objective = next(iter(model.objectives.values()))
    best = Session(model, Clock(60), whole=True)
    best.costs(objective.costs)
    found = best.run(mip_rel_gap=1e-6)
    assert found.point is not None
    again = Session(model, Clock(60), whole=True)
    again.costs(objective.costs)
    again.start_from(columns, np.round(found.point[columns]))
    # No node, no search of its own: what comes back is what was given.
    run = again.run(mip_max_nodes=0, mip_heuristic_effort=0.0, presolve="off")
    assert run.point is not None
    assert objective.costs @ run.point <= objective.costs @ found.point + 1e-6
