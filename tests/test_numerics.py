"""Arithmetic: nothing depends on units or on the way to a point, and nothing fails where there is a point."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alloc.compiler.linear_model import ClosenessObjective, LinearModel
from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.result.result import Result, run
from alloc.session import Session as Live
from alloc.solver.model.highs import STRANDED, Session
from alloc.solver.model.hold import Bounds
from alloc.solver.model.runs import Clock, Ending, Least, Run, WarmStartCache
from alloc.solver.solution import compiled, solve
from alloc.solver.tiers import closeness
from hard_instances import hard_instance
from other_units import other_land, other_money, other_service_units
from random_instances import write_random
from small_models import small_model

pytestmark = pytest.mark.long

SEEDS = range(4)


def service_of(instance: Instance, factor: float) -> Instance:
    """Its first service in another unit."""
    return other_service_units(instance, {instance.tables["services"]["service"].iloc[0]: factor})


UNITS: dict[str, tuple[Callable[[Instance], Instance], float, float]] = {  # how, of money, of land
    "money x 2": (lambda instance: other_money(instance, 2.0), 2.0, 1.0),
    "money x 1e4": (lambda instance: other_money(instance, 1e4), 1e4, 1.0),
    "land x 15": (lambda instance: other_land(instance, 15.0), 1.0, 15.0),
    **{f"service x {k:g}": (partial(service_of, factor=k), 1.0, 1.0) for k in (1e-3, 1e3, 1e6)},
}


@cache
def usual(seed: int) -> Instance:
    return hard_instance(seed)


@cache
def usual_result(seed: int) -> Result:
    return run(usual(seed))


def matrix(instance: Instance) -> LinearModel:
    return compiled(derive(instance), instance)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("seed", SEEDS)
def test_matrix_is_the_same_in_any_unit(seed: int, unit: str) -> None:
    one, other = matrix(usual(seed)), matrix(UNITS[unit][0](usual(seed)))
    np.testing.assert_array_equal(one.matrix.indptr, other.matrix.indptr)
    np.testing.assert_array_equal(one.matrix.indices, other.matrix.indices)
    np.testing.assert_allclose(other.matrix.data, one.matrix.data, rtol=1e-12)
    for name in ("lower", "upper", "row_lower", "row_upper"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-10, atol=1e-9, err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("seed", SEEDS)
def test_tiers_and_published_numbers_are_the_same_in_any_unit(seed: int, unit: str) -> None:
    change, money, land = UNITS[unit]
    one, other = usual_result(seed), run(change(usual(seed)))
    assert other.manifest["status"] == one.manifest["status"]
    for before, after in zip(one.manifest["tiers"], other.manifest["tiers"], strict=True):
        times = money if before["tier"] == "cost" else 1.0
        assert after["value"] == pytest.approx(before["value"] * times, rel=1e-7, abs=1e-10), before["tier"]
    if one.has_solution:
        assert other.verified
        pools = usual(seed).tables["pools"].set_index("pool")
        before, after = one.tables["allocation"], other.tables["allocation"]
        times = np.where(before["pool"].map(pools["kind"]) == "land", land, money)
        np.testing.assert_allclose(after["published"], before["published"] * times, rtol=1e-12)


def test_persons_in_another_unit_leave_the_matrix_as_it_is(tmp_path: Path) -> None:
    """Of data, since the classes of cities are in persons: settlers, need a settler and cost a settler."""
    instance = read(write_random(tmp_path, 2))
    derived, times = derive(instance), 1e-4
    limits = tuple(replace(row, amount=row.amount * times) if row.kind == "settle" else row for row in derived.limits)
    other = replace(
        derived,
        settle_limit=derived.settle_limit * times,
        need_per_settler=derived.need_per_settler / times,
        settlement_cost=derived.settlement_cost / times,
        limits=limits,
    )
    one, two = compiled(derived, instance), compiled(other, instance)
    np.testing.assert_allclose(two.matrix.toarray(), one.matrix.toarray(), rtol=1e-12)
    np.testing.assert_allclose(two.upper, one.upper, rtol=1e-12)


# ------------------------------------------------------------------------------------- what failed once


@pytest.mark.slow
@pytest.mark.parametrize("seed", [14, 182, 202, 207, 212, 272, 281, 350, 381, 382])
def test_seeds_that_failed_with_fixed_units_and_a_smaller_hair(seed: int) -> None:
    """A face called empty, a singular system, a row that the quadratic tier knew wrongly after leximin."""
    result = run(usual(seed))
    assert result.manifest["status"] == {"stopped": "finished", "quality": "optimal"}
    assert result.verified


def test_a_face_that_is_called_empty_though_a_point_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever HiGHS says of faces as they are: within a hair it finds the point, and the tiers are the same."""
    instance = read(write_random(tmp_path, 3, cities=8))
    right = solve(instance)
    original, freed = Session.run, Session.freed
    faces: list[str] = []
    way = {"blind": False}

    def run(self: Session, *args: object, **options: object) -> Run:
        found = original(self, *args, **options)  # type: ignore[arg-type]
        return replace(found, ending=Ending.INFEASIBLE, point=None) if way["blind"] else found

    def on_face(self: Session, step: str, bounds: Bounds, point: np.ndarray | None = None) -> Run:
        way["blind"] = point is not None
        return solve_on_optimal_face(self, step, bounds, point)

    @contextmanager
    def sighted(self: Bounds, session: Session, point: np.ndarray, hair: float) -> Iterator[None]:
        with eased(self, session, point, hair):
            way["blind"] = False
            yield
        way["blind"] = True

    def noting(self: Session, bounds: Bounds, point: np.ndarray | None, before: tuple[Any, np.ndarray | None]) -> Run:
        found = freed(self, bounds, point, before)
        faces.append(found.ending.value)
        way["blind"] = False
        return found

    solve_on_optimal_face, eased = Session.solve_on_optimal_face, Bounds.eased
    monkeypatch.setattr(Session, "run", run)
    monkeypatch.setattr(Session, "solve_on_optimal_face", on_face)
    monkeypatch.setattr(Session, "freed", noting)
    monkeypatch.setattr(Bounds, "eased", sighted)
    found = solve(instance)
    assert len(faces) >= 4 and set(faces) == {"optimal"}
    assert found.status == right.status
    for one, other in zip(right.tiers, found.tiers, strict=True):
        assert other.value == pytest.approx(one.value, rel=1e-6, abs=1e-8), one.tier


def test_an_empty_face_without_a_known_point_stays_infeasible() -> None:
    model = small_model([[1.0]], [2.0], [np.inf], [1.0])
    run = Session(model, Clock(10)).solve_on_optimal_face("first", Bounds(model))
    assert run.ending is Ending.INFEASIBLE
    assert run.ending in STRANDED


# ------------------------------------------------------------------------------ the same digits on any way


@cache
def base() -> Instance:
    with tempfile.TemporaryDirectory() as folder:
        return read(write_random(Path(folder), seed=5, cities=8))


def held(memory: WarmStartCache) -> Least:
    assert memory.held is not None
    return memory.held.least


def test_closeness_has_the_same_digits_warm_and_cold() -> None:
    """There and back; where the same bounds and rows hold the point, no digit differs."""
    session, same = Live(base()), 0
    for line in (
        "policy.debt.ceiling *= 0.99",
        f"policy.debt.ceiling *= {1 / 0.99!r}",
        "pools.total *= 1.01 where kind == 'transfer'",
        f"pools.total *= {1 / 1.01!r} where kind == 'transfer'",
        "policy.settlement.willingness = 0.17",
        "policy.settlement.willingness = 0.16",
    ):
        warm = session.edit(line).tables["allocation"]
        memory = WarmStartCache()
        cold = run(session.instance, memory=memory).tables["allocation"]
        one, other = held(session.memory), held(memory)
        pd.testing.assert_series_equal(warm["published"], cold["published"])
        np.testing.assert_allclose(warm["optimised"], cold["optimised"], rtol=1e-10, atol=1e-8)
        if np.array_equal(one.columns, other.columns) and np.array_equal(one.rows, other.rows):
            same += 1
            np.testing.assert_array_equal(warm["optimised"].to_numpy(), cold["optimised"].to_numpy())
    assert same >= 3


def test_closeness_has_the_same_digits_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only which bounds and rows hold the point counts, not where the guess stands or what it takes for prices."""
    seen: list[tuple[ClosenessObjective, Bounds, Least]] = []
    original = closeness.exact_least

    def noting(objective: ClosenessObjective, bounds: Bounds, guess: Least) -> Least | None:
        found = original(objective, bounds, guess)
        if found is not None:
            seen.append((objective, deepcopy(bounds), found))
        return found

    monkeypatch.setattr(closeness, "exact_least", noting)
    solve(base())
    objective, bounds, least = seen[-1]
    rng = np.random.default_rng(1)
    for size in (1e-6, 1e-2, 0.1):
        off = least.point.copy()
        off[objective.columns] *= 1 + size * rng.standard_normal(objective.columns.size)
        guess = replace(least, point=off, duals=least.duals * (1 + size))
        again = original(objective, bounds, guess)
        assert again is not None
        np.testing.assert_array_equal(again.columns, least.columns)
        np.testing.assert_array_equal(again.point[objective.columns], least.point[objective.columns])
