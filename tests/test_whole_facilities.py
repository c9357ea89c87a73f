"""Whole facilities: determined whatever they are called, bounded truly, the same in a session as cold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import alloc
from alloc.cli import main
from alloc.compiler.labels import Codes, Members
from alloc.compiler.linear_model import Block, LinearModel, LinearObjective
from alloc.instance import Instance, read
from alloc.result.notes import note_lines
from alloc.result.result import Result, run
from alloc.result.summary import status_line
from alloc.scenario import apply, parse_edit
from alloc.solver.facilities.band import BAND, WIDTH, with_band
from alloc.solver.facilities.by_city import Choice, _highs, best, choose
from alloc.solver.facilities.city_programs import CityProgram, city_programs
from alloc.solver.facilities.mending import mended
from alloc.solver.model.highs import Session
from alloc.solver.model.runs import Clock, Ending, WarmStartCache
from alloc.solver.model.status import Quality, Stopped
from alloc.solver.solution import Solution, solve
from instances import write_tiny
from random_instances import write_random
from second_program import NoPoint
from second_solver import best_whole
from small_models import small_model
from variants import codes_permuted, named_back, services_renamed, with_redundant_limits, with_settings

FEW, MANY = range(3), range(3, 14)
BOUNDED, BOUNDED_SLOW = range(6), range(6, 46)


def silent(progress: object) -> None:
    """Nobody listens."""


def instance(folder: Path, seed: int, cities: int) -> Instance:
    return read(write_random(folder, seed, cities=cities, integers=True))


def published(result: Result) -> pd.Series:
    return result.tables["allocation"].set_index(["city", "pool"])["published"]


def built(table: pd.DataFrame) -> np.ndarray:
    return np.nan_to_num(table.sort_values(["city", "service"])["build"].to_numpy(dtype=float))


# ------------------------------------------------------------------------------------- one city, by hand


def one_city(
    matrix: list[list[float]], row_upper: list[float], objectives: list[list[float]], **changes: object
) -> CityProgram:
    """Columns x, y whole from 0 to 3, z from 0 to 10; rows ≤ row_upper."""
    program = CityProgram(
        columns=np.arange(3),
        matrix=sp.csr_array(np.array(matrix, dtype=float)),
        row_lower=np.full(len(row_upper), -np.inf),
        row_upper=np.array(row_upper, dtype=float),
        lower=np.zeros(3),
        upper=np.array([3.0, 3.0, 10.0]),
        integer=np.array([True, True, False]),
        start=np.zeros(3),
        objectives=np.array(objectives, dtype=float),
    )
    return replace(program, **changes)  # type: ignore[arg-type]


def test_a_city_keeps_the_order_of_its_objectives() -> None:
    """Budget 5, x costs 2, y costs 3: most x gives x = 2 and leaves 1; y alone second would be worth 1, but x rules."""
    program = one_city([[2, 3, 1]], [5], [[-1, 0, 0], [0, -1, 0], [0, 0, -1]])
    assert best(_highs(), program).tolist() == [2, 0]
    other = one_city([[2, 3, 1]], [5], [[0, -1, 0], [-1, 0, 0], [0, 0, -1]])
    assert best(_highs(), other).tolist() == [1, 1]


def test_what_pays_for_exactly_one_facility_builds_it() -> None:
    """The grant is short of one facility by what the relaxation is off: 1e-9 of the row. By a thousandth it is not."""
    assert best(_highs(), one_city([[1, 5, 5]], [1 - 1e-9], [[-1, 0, 0], [0, 0, 1]])).tolist() == [1, 0]
    assert best(_highs(), one_city([[1, 5, 5]], [1 - 1e-3], [[-1, 0, 0], [0, 0, 1]])).tolist() == [0, 0]


def test_an_objective_that_is_at_its_least_needs_no_run_and_changes_nothing() -> None:
    """z costs in the first objective and the relaxation has none of it: held at 0, though z would pay for more x."""
    program = one_city([[2, 3, -1]], [4], [[0, 0, 1], [-1, 0, 0], [0, -1, 0]])
    assert best(_highs(), program).tolist() == [2, 0]
    assert best(_highs(), replace(program, start=np.array([0.0, 0.0, 5.0]))).tolist() == [2, 0]


def test_a_city_without_any_plan_says_so() -> None:
    assert best(_highs(), one_city([[1, 1, 1], [-1, -1, -1]], [1, -2], [[1, 0, 0], [0, 1, 0]])) is None


# -------------------------------------------------------------------------------- two cities, by hand


def two_cities(most: float = np.inf, least: float = -np.inf) -> LinearModel:
    """Each city is granted money g and builds facilities b of cost 2; a pool of 5, and a limit on all facilities.

    Columns: g[1], g[2], b[1], b[2]. Rows: g[1] + g[2] ≤ 5; 2·b ≤ g in each city; least ≤ b[1] + b[2] ≤ most.
    """
    model = small_model(
        [[1, 1, 0, 0], [-1, 0, 2, 0], [0, -1, 0, 2], [0, 0, 1, 1]],
        [-np.inf, -np.inf, -np.inf, least],
        [5, 0, 0, most],
        [5, 5, 9, 9],
        integer=[False, False, True, True],
    )
    codes = Codes()
    city, pool = codes.of(["1", "2"]), codes.of(["p", "p"])
    columns = {
        "grant": Block("grant", 0, Members((city, pool), codes, 2), (2, 1)),
        "build": Block("build", 2, Members((city,), codes, 2), (2,)),
    }
    built = LinearObjective("built", np.array([0.0, 0, -1, -1]), 0.0, True, True, 1.0, essential=True)
    granted = np.array([True, True, False, False])
    return replace(model, columns=columns, granted=granted, objectives={"built": built})


def test_every_city_builds_what_it_is_granted() -> None:
    """Grants 3.5 and 1.5 pay for 1.75 and 0.75 facilities: 1 and 0, though together they would pay for 2."""
    choice = choose(two_cities(), np.array([3.5, 1.5, 1.75, 0.75]), Clock(60), 60, silent)
    assert (choice.values.tolist(), choice.ending, choice.without) == ([1, 0], Ending.OPTIMAL, 0)


def test_a_limit_that_binds_is_shared_out_and_one_that_does_not_is_not() -> None:
    """At most 2 facilities and the relaxation has 1.2 and 0.8: the cities may have 1 and 0. At most 3: 1 and 1."""
    point = np.array([2.8, 2.2, 1.2, 0.8])
    assert choose(two_cities(most=2.0), point, Clock(60), 60, silent).values.tolist() == [1, 0]
    assert choose(two_cities(most=3.0), point, Clock(60), 60, silent).values.tolist() == [1, 1]


def test_a_least_that_whole_numbers_miss_is_mended_by_as_few_changes_as_can_be() -> None:
    """At least 2 facilities; the cities choose 1 and 0. One more in city 1 or 2, and the pool of 5 pays for it."""
    model = two_cities(least=2.0)
    choice = choose(model, np.array([3.5, 1.5, 1.75, 0.75]), Clock(60), 60, silent)
    assert choice.values.sum() < 2
    values, ending = mended(model, choice, Clock(60), silent)
    assert ending is Ending.OPTIMAL and values.sum() == 2
    assert np.abs(values - choice.values).sum() == 2 - choice.values.sum()


def test_facilities_that_fit_nowhere_are_a_conflict() -> None:
    """At least 3 facilities cost 6 and the pool has 5."""
    model = two_cities(least=3.0)
    choice = Choice(np.array([2, 3]), np.array([1.0, 1.0]), np.empty(0, dtype=int), 0, 0, Ending.OPTIMAL)
    assert mended(model, choice, Clock(60), silent)[1] is Ending.INFEASIBLE


def test_a_city_that_an_edit_leaves_alone_is_taken_over() -> None:
    """The second city is granted another amount; the program of the first is the same, and its choice is kept."""
    memory = WarmStartCache()
    first = choose(two_cities(), np.array([3.5, 1.5, 1.75, 0.75]), Clock(60), 60, silent, memory)
    second = choose(two_cities(), np.array([3.5, 1.4, 1.75, 0.7]), Clock(60), 60, silent, memory)
    assert (first.taken_over, second.taken_over) == (0, 1)


def test_cities_that_time_does_not_reach_are_rounded_down_and_counted() -> None:
    choice = choose(two_cities(), np.array([4.0, 1.0, 2.0, 0.5]), Clock(60), -1.0, silent)
    assert (choice.values.tolist(), choice.without, choice.ending) == ([2, 0], 2, Ending.TIME)


def test_a_program_knows_its_units_only_by_what_it_decides() -> None:
    """Money in another unit: the same programs to the last digit that is asked for."""
    model, point = two_cities(), np.array([3.5, 1.5, 1.75, 0.75])
    money = np.array([1e4, 1e4, 1.0, 1.0])
    row = np.array([1e4, 1e4, 1e4, 1.0])
    other = replace(
        model,
        matrix=sp.csr_array(model.matrix.toarray() * row[:, None] / money[None, :]),
        row_lower=model.row_lower * row, row_upper=model.row_upper * row,
        lower=model.lower * money, upper=model.upper * money,
    )  # fmt: skip
    for one, two in zip(city_programs(model, point), city_programs(other, point * money), strict=True):
        assert np.allclose(one.matrix.toarray(), two.matrix.toarray(), rtol=1e-12)
        assert np.allclose(one.row_upper, two.row_upper, rtol=1e-12) and np.allclose(one.upper, two.upper, rtol=1e-12)


def test_what_the_solver_leaves_above_a_floor_is_no_room() -> None:
    """City 2 must be granted 1.5; 1e-12 more counts for nothing: its program decides facilities alone, as before."""
    model = two_cities()
    model = replace(model, lower=np.array([0.0, 1.5, 0, 0]))
    at_floor, above = (city_programs(model, np.array([3.5, 1.5 + more, 1.75, 0.75])) for more in (0.0, 1e-12))
    assert [each.columns.tolist() for each in at_floor] == [[0, 2], [3]]
    assert [each.key for each in above] == [each.key for each in at_floor]


def test_the_band_is_left_for_an_essential_tier_alone() -> None:
    """Facilities 2 and 0 are fixed, the relaxation grants 3.5 and 1.5: city 1 needs 4, 0.43 beyond 1.02 · 3.5."""
    model = two_cities()
    near = with_band(model, np.array([3.5, 1.5, 1.75, 0.75]))
    assert list(near.objectives) == ["built", BAND]
    session = Session(near, Clock(60))
    session.bound_columns(np.array([2, 3]), np.array([2.0, 0.0]), np.array([2.0, 0.0]))
    session.costs(near.objectives[BAND].costs)
    run = session.run()
    assert run.point is not None
    assert run.point[0] == pytest.approx(4.0)
    assert run.bound == pytest.approx((4 - (1 + WIDTH) * 3.5 + max(0.0, (1 - WIDTH) * 1.5 - 1.0)) / 5)


# --------------------------------------------------------------------------- random instances, told otherwise


def same_under_other_words(folder: Path, seed: int) -> None:
    base = instance(folder, seed, 12 + seed % 15)
    result = run(base, bounds=False)
    if not result.has_solution:
        return
    renamed, names = services_renamed(base)
    again = run(renamed, bounds=False)
    assert np.array_equal(published(again), published(result))
    assert np.array_equal(
        built(named_back(again.tables["services"], "service", names)), built(result.tables["services"])
    )
    assert np.array_equal(published(run(with_redundant_limits(base), bounds=False)), published(result))
    permuted, codes = codes_permuted(base, seed)
    again = run(permuted, bounds=False)
    assert np.array_equal(built(named_back(again.tables["services"], "city", codes)), built(result.tables["services"]))
    quanta = base.tables["pools"].set_index("pool")["quantum"]
    moved = (
        named_back(again.tables["allocation"], "city", codes).set_index(["city", "pool"])["published"]
        - published(result)
    ).abs()
    allowed = moved.index.get_level_values("pool").map(quanta).to_numpy() * (1 + 1e-9)
    assert np.all(moved.to_numpy() <= allowed)  # ties of a quantum go by code


@pytest.mark.slow
@pytest.mark.parametrize("seed", FEW)
def test_names_codes_and_redundant_limits_change_nothing(tmp_path: Path, seed: int) -> None:
    same_under_other_words(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_names_codes_and_redundant_limits_change_nothing_slow(tmp_path: Path, seed: int) -> None:
    same_under_other_words(tmp_path, seed)


# -------------------------------------------------------------------------------------------------- bounds


def no_plan_beats_a_bound(folder: Path, seed: int) -> None:
    """A mixed-integer program written from the page of mathematics, earlier tiers held at the published values."""
    base = instance(folder, seed, 4 + seed % 4)
    solution = solve(base)
    if solution.status.quality is Quality.NONE:
        return
    reached = {each.tier: each.value for each in solution.tiers}
    for room in (1e-9, 1e-8, 1e-7, 1e-6):
        try:
            best = best_whole(base, reached, solution.values["allocation"], room)
        except NoPoint:  # a face too thin for the solver of the other program
            continue
        break
    for tier, found in best.items():
        stated = next(each for each in solution.tiers if each.tier == tier)
        assert stated.bound is not None
        sign = -1.0 if tier in ("minimum", "cost") else 1.0
        near = (1e-6 + 1e4 * room) * stated.size  # what so little of the earlier tiers buys
        assert sign * found <= sign * stated.bound + near, tier
    assert "minimum" in best


@pytest.mark.long
@pytest.mark.parametrize("seed", BOUNDED)
def test_no_plan_beats_a_bound(tmp_path: Path, seed: int) -> None:
    no_plan_beats_a_bound(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", BOUNDED_SLOW)
def test_no_plan_beats_a_bound_slow(tmp_path: Path, seed: int) -> None:
    no_plan_beats_a_bound(tmp_path, seed)


# ------------------------------------------------------------------------------------------------ sessions

EDITS = (
    "pools.general_bonds.total *= {}", "pools.special_bonds.total *= {}", "pools.equalisation.total *= {}",
    "policy.debt.ceiling *= {}", "policy.settlement.cost *= {}", "services.primary.capital_cost *= {}",
    "cities.residents *= {} where city == '310100'",
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    seed=st.sampled_from((1, 3, 8)),
    edits=st.lists(
        st.tuples(st.sampled_from(EDITS), st.sampled_from((0.9, 0.97, 1.0001, 1.05))), min_size=1, max_size=3
    ),
)
def test_a_session_gives_what_a_cold_solve_gives(tmp_path: Path, seed: int, edits: list[tuple[str, float]]) -> None:
    session = alloc.Session(instance(tmp_path / f"{seed}", seed, 14))
    for line, factor in edits:
        live, cold = session.edit(line.format(factor)), run(session.instance, bounds=False)
        assert live.has_solution == cold.has_solution
        if cold.has_solution:
            assert np.array_equal(published(live), published(cold))
            assert np.array_equal(built(live.tables["services"]), built(cold.tables["services"]))
            assert live.manifest["notes"] == cold.manifest["notes"]


def test_bounds_of_a_session_are_those_of_a_cold_solve(tmp_path: Path) -> None:
    session = alloc.Session(instance(tmp_path, 3, 10))
    assert all(each["bound"] is None and each["gap"] is None for each in session.result.manifest["tiers"])
    with_bounds, cold = session.bounds(), run(session.instance)
    assert session.result is with_bounds
    for live, other in zip(with_bounds.manifest["tiers"], cold.manifest["tiers"], strict=True):
        assert (live["bound"] is None) == (other["bound"] is None) == (live["tier"] == "closeness")
        if live["bound"] is not None:
            assert live["bound"] == pytest.approx(other["bound"], rel=1e-7, abs=1e-9)
    assert with_bounds.manifest["status"] == cold.manifest["status"]


# ----------------------------------------------------------------------------------------- the whole solve


def values(solution: Solution) -> Mapping[str, float]:
    return {each.tier: each.value for each in solution.tiers}


def test_the_relaxation_is_never_beaten_in_the_first_tier(tmp_path: Path) -> None:
    base = instance(tmp_path, 5, 10)
    whole, free = solve(base), solve(with_settings(base, integers=False))
    assert values(whole)["minimum"] >= values(free)["minimum"] - 1e-9
    assert np.array_equal(whole.values["build"], np.round(whole.values["build"]))


def test_allocations_stay_near_the_relaxation_or_are_named(tmp_path: Path) -> None:
    result = run(instance(tmp_path, 0, 12), bounds=False)
    table = result.tables["relaxation"]
    decided = result.tables["allocation"]["published"] - result.tables["allocation"]["rounding"]
    quantum = result.tables["allocation"]["pool"].map(result.instance.tables["pools"].set_index("pool")["quantum"])
    away = np.maximum((decided - table["granted"]).abs() - WIDTH * table["granted"], 0.0)
    assert np.array_equal((away > quantum / 2).to_numpy(), (table["beyond"] != 0).to_numpy())
    told = [note["amount"] for note in result.manifest["notes"] if note["code"] == "beyond_band"]
    assert told == ([int((table["beyond"] != 0).sum())] if (table["beyond"] != 0).any() else [])


def test_a_joint_search_is_labelled_as_not_determined(tmp_path: Path) -> None:
    base = instance(tmp_path, 3, 8)
    result = run(with_settings(base, facilities="joint"))
    assert [note["code"] for note in result.manifest["notes"]] == ["searched"]
    assert "relaxation" not in result.tables and result.verified
    assert result.manifest["options"]["facilities"] == "joint"


def test_an_interrupt_before_all_cities_still_gives_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C after the relaxation: facilities are rounded down, brought to a plan, and labelled."""
    base = instance(tmp_path, 3, 10)

    def interrupted(progress: object) -> None:
        if getattr(progress, "stage", "") == "every city by itself":
            clocks[0].interrupted = True

    clocks: list[Clock] = []
    original = Clock.__init__

    def noted(self: Clock, limit: float) -> None:
        original(self, limit)
        clocks.append(self)

    monkeypatch.setattr(Clock, "__init__", noted)
    result = run(base, interrupted)
    assert result.has_solution and result.verified
    assert result.manifest["status"] == {"stopped": str(Stopped.INTERRUPTED), "quality": str(Quality.FEASIBLE)}
    assert "rounded_down" in [note["code"] for note in result.manifest["notes"]]


# ------------------------------------------------------------------------------------------------ bad input

MORE = "add limits { limit = 'more', quantity = 'added:hospital', sense = '>=', value = 90, basis = 'amount' }"
FEW = "add limits { limit = 'few', quantity = 'added:hospital', sense = '<=', value = 100, basis = 'amount' }"


def test_a_facility_that_no_city_can_pay_is_not_built(tmp_path: Path) -> None:
    base = read(write_tiny(tmp_path / "tiny"))
    result = run(apply(base, [parse_edit("services.module *= 1000", 1)]).instance)
    assert result.manifest["status"]["stopped"] == "finished" and result.verified
    assert built(result.tables["services"]).sum() == 0


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        # Between 90 and 100 beds, and a hospital has 500.
        (("services.expansion_limit = 0", MORE, FEW), {"group_limit"}),
        # 90 beds, and a hospital of 500,000 beds, for which nobody has the running costs.
        (("services.expansion_limit = 0", "services.module *= 1000", MORE), {"group_limit", "general_budget"}),
    ],
)
def test_what_whole_facilities_cannot_meet_is_a_conflict_that_names_it(
    tmp_path: Path, edits: tuple[str, ...], named: set[str]
) -> None:
    folder = write_tiny(tmp_path / "tiny")
    lines = [each for edit in edits for each in ("--edit", edit)]
    relaxed = CliRunner().invoke(
        main, ["solve", str(folder), *lines, "--relaxation", "--quiet", "--out", str(tmp_path / "r")]
    )
    assert relaxed.exit_code == 0
    whole = CliRunner().invoke(main, ["solve", str(folder), *lines, "--quiet", "--format", "json"])
    assert whole.exit_code == 2
    found = json.loads(whole.stdout)
    assert set(found["conflict"]) == named and found["written"] is False


def test_bounds_that_take_long_are_left_out_at_large_sizes_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alloc.solver.facilities.dual_bounds.LARGE", 1)
    base = instance(tmp_path, 3, 8)
    result = run(base)
    without = [each["tier"] for each in result.manifest["tiers"] if each["bound"] is None]
    assert without == ["production", "closeness", "cost"]
    assert [each["detail"] for each in result.manifest["notes"] if each["code"] == "bound_left"] == [
        "production",
        "cost",
    ]
    assert any(line.startswith("Production land: its bound takes long") for line in note_lines(result, "en"))
    session = alloc.Session(base)
    asked = session.bounds()
    assert [each["tier"] for each in asked.manifest["tiers"] if each["bound"] is None] == ["closeness"]
    assert "bound_left" not in [each["code"] for each in asked.manifest["notes"]]


def test_a_stopped_result_does_not_blame_a_tier_for_what_lies_beyond_the_band(tmp_path: Path) -> None:
    """The same table of amounts, finished and stopped: the reason differs, and so does what is said of the bounds."""
    result = run(instance(tmp_path, 0, 12))
    assert any(note["code"] == "beyond_band" for note in result.manifest["notes"])
    status = {"stopped": str(Stopped.TIME_LIMIT), "quality": str(Quality.FEASIBLE)}
    stopped = replace(result, manifest={**result.manifest, "status": status})
    assert any("as tiers up to settlement need it" in line for line in note_lines(result, "en"))
    assert any("for the solve was stopped" in line for line in note_lines(stopped, "en"))
    assert any("因求解提前结束" in line for line in note_lines(stopped, "zh"))
    assert "distances from the bounds" in status_line(result, "en")
    assert "bounds not all worked out" in status_line(stopped, "en")
