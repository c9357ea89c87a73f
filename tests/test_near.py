"""Whole facilities beside the relaxation: by hand, held tiers that are let go a little, and random instances."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.instance import read
from alloc.instance.derived import derive
from alloc.result.result import run
from alloc.session import Session as Live
from alloc.solver import handed, highs, integers
from alloc.solver.integers import WholePass, whole_pass
from alloc.solver.near import EASES, Near
from alloc.solver.runs import Clock, Ending, Memory, Run
from alloc.solver.solution import KEPT, compiled
from tests.random_instances import write_random

GAPS = {"mip_rel_gap": 1e-6, "mip_abs_gap": 1e-9}


def silent(*told: object) -> None:
    pass


def money(worth: float = 0.99) -> LinearModel:
    """One city with 10.5 of money: a school costs 3, what is left is worth a little less than in a school.

    As linear program: 3.5 schools, worth 10.5. Whole: 3 schools and 1.5 left, worth 9 + 0.99 · 1.5 = 10.485.
    """
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
        objectives={"coverage": LinearObjective("coverage", np.array([-3.0, -worth]), 0.0, True, True, 1.0)},
    )


def search(model: LinearModel, gap: float) -> tuple[Near, Run | None]:
    searched = highs.Session(model, Clock(60), whole=True)
    near = Near(model, Clock(60), searched, gap)
    tier = model.objectives["coverage"]
    assert isinstance(tier, LinearObjective)
    searched.costs(tier.costs)
    return near, near.search(tier, tier.costs, 1.0, silent, 60, GAPS)


def test_the_whole_number_beside_the_relaxation_is_proven_by_it() -> None:
    near, found = search(money(), gap=0.0015)
    assert found is not None and found.point is not None
    assert found.ending is Ending.OPTIMAL
    np.testing.assert_allclose(found.point, [3.0, 1.5])
    assert found.bound == pytest.approx(-10.5)
    assert near.eased == 0.0


def test_what_the_relaxation_does_not_prove_is_left_to_the_search_and_not_tried_again() -> None:
    """0.015 of 10.485 are 0.143 %."""
    near, found = search(money(), gap=0.0014)
    assert found is None
    assert near.found is not None
    np.testing.assert_allclose(near.found, [3.0, 1.5])
    tier = money().objectives["coverage"]
    assert isinstance(tier, LinearObjective)
    near.found = None
    assert near.search(tier, tier.costs, 1.0, silent, 60, GAPS) is None
    assert near.found is None


def test_an_earlier_tier_with_other_facilities_is_let_go_a_share_of_the_gap() -> None:
    """Left money comes first, at 2 each: held at 20.5, that is 10.25 left, so 0.08 of a school and no whole one.

    A share of 0.02 of 61 lets it down to 9.64 left: 0.29 of a school, no whole one. A share of 0.1 lets it down to 7.2:
    1.1 schools, and one whole school leaves 7.5.
    """
    model = money()
    rich = replace(model, lower=np.array([0.04, 0.0]))  # some of a school has to come
    searched = highs.Session(rich, Clock(60), whole=True)
    near = Near(rich, Clock(60), searched, gap=0.9)
    near.hold(np.array([0.0, -2.0]), -20.5, room=61.0)
    costs = np.array([-3.0, 0.0])
    tier = LinearObjective("coverage", costs, 0.0, True, True, 1.0)
    searched.costs(costs)
    found = near.search(tier, costs, 1.0, silent, 60, GAPS)
    assert near.eased == EASES[1]
    assert found is not None and found.point is not None
    assert found.point[0] == pytest.approx(1.0)
    assert found.bound == pytest.approx(-3 * 1.1)


def both(folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> tuple[LinearModel, WholePass, WholePass, dict]:  # type: ignore[type-arg]
    instance = read(write_random(folder, seed=seed, cities=12, integers=True))
    model = compiled(derive(instance), instance)
    given = {each.tier: each.tolerance for each in instance.settings.objective if each.tolerance is not None}
    searched = whole_pass(model, Clock(60), 1e-3, given, silent)
    monkeypatch.setattr(integers, "MANY", 0)
    return model, whole_pass(model, Clock(60), 1e-3, given, silent), searched, given


@pytest.mark.parametrize("seed", range(12))
def test_points_satisfy_every_row_and_bounds_hold(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, beside, searched, tolerances = both(tmp_path, seed, monkeypatch)
    if searched.point is None:
        assert beside.point is None
        return
    assert beside.point is not None
    columns = np.flatnonzero(model.integer)
    np.testing.assert_allclose(beside.point[columns], beside.point[columns].round(), atol=1e-6)
    side = model.matrix @ beside.point
    assert (side <= model.row_upper + 1e-5).all()
    assert (side >= model.row_lower - 1e-5).all()
    assert [each.tier for each in beside.tiers] == [each.tier for each in searched.tiers]
    for each in beside.tiers:
        tier = model.objectives[each.tier]
        assert each.optimum is not None and each.bound is not None
        better = each.bound - each.optimum if tier.maximise else each.optimum - each.bound
        assert better >= -1e-6 * max(tier.natural, abs(each.optimum)), each.tier
    if beside.tiers:  # the first tier is held by nothing: its bound holds for what the whole search found
        first, tier = searched.tiers[0], model.objectives[searched.tiers[0].tier]
        bound = beside.tiers[0].bound
        assert first.optimum is not None and bound is not None
        better = bound - first.optimum if tier.maximise else first.optimum - bound
        assert better >= -1e-6 * max(tier.natural, abs(first.optimum))
    for name, level in beside.levels.items():
        tier = model.objectives[name]
        assert isinstance(tier, LinearObjective)
        assert name not in tolerances
        assert tier.value(beside.point) == pytest.approx(level)


@pytest.mark.parametrize("seed", range(6))
def test_the_result_is_verified_and_its_gap_is_that_of_what_is_published(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integers, "MANY", 0)
    result = run(read(write_random(tmp_path, seed=seed, cities=12, integers=True)))
    if not result.has_point:
        assert result.manifest["status"]["stopped"] == "infeasible"
        return
    assert result.verified
    assert result.manifest["status"] == {"stopped": "finished", "quality": "optimal"}
    for tier in result.manifest["tiers"]:
        assert tier["gap"] <= max(1e-3, 1e-5), tier["tier"]
        if tier["tolerance"] is None:
            assert tier["optimum"] == pytest.approx(tier["value"], rel=1e-6, abs=1e-6), tier["tier"]


def test_facilities_found_beside_stay_after_an_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integers, "MANY", 0)
    instance = read(write_random(tmp_path, seed=3, cities=12, integers=True))
    session = Live(replace(instance, settings=instance.settings.model_copy(update={"gap": 0.02})))
    assert session.memory.eased
    live = session.edit("pools.total *= 1.001 where kind == 'transfer'")
    assert KEPT in live.manifest["notes"]
    assert live.verified
    assert live.manifest["status"] == {"stopped": "finished", "quality": "optimal"}


def test_options_of_a_run_are_for_that_run_alone() -> None:
    session = handed.HandedModel(money(), Clock(60), whole=True)
    session.costs(np.array([-3.0, -0.99]))
    before = session._highs.getOptionValue("mip_max_nodes")[1]
    session.run(mip_max_nodes=1)
    assert session._highs.getOptionValue("mip_max_nodes")[1] == before


def test_a_row_that_comes_finds_the_basis_of_the_rows_before_it(tmp_path: Path) -> None:
    """A run that is not made again leaves its basis to be set later; rows added meanwhile are not in it."""
    from alloc.solver.hold import Bounds

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
