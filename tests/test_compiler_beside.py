"""A matrix compiled beside another one is, to the last bit, the one that is compiled by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import alloc.compiler.compile as compiling
from alloc.compiler.compile import compile_model, declared
from alloc.compiler.linear_model import LinearModel
from alloc.formulation.declare import build, empty, family, index, parameter, variable
from alloc.formulation.registry import formulation
from alloc.formulation.restated import OtherShape, Restated
from alloc.instance import Instance, read
from alloc.instance.derived.derived import derive
from alloc.scenario import apply, parse_edit
from alloc.solver.solution import compiled
from alloc_models.annual import ANNUAL
from random_instances import write_random

# What each edit moves: sides, coefficients, costs, bounds; or what there is to decide, so that nothing can be taken.
NUMBERS = (
    "pools.land.total *= 1.1",
    "pools.corridor_up = 0.4",
    "services.primary.capital_cost *= 1.02",
    "services.primary.minimum *= 0.9",
    "policy.debt.ceiling = 0.7",
    "policy.land.reuse_cost *= 1.5",
    "limits.value *= 0.9",
)
SHAPES = ("drop limits where sense == '<='", "services.revenue_backed = false")


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return read(write_random(tmp_path_factory.mktemp("random"), 4))


@pytest.fixture(scope="module")
def before(instance: Instance) -> LinearModel:
    return compiled(derive(instance), instance)


def by_itself(instance: Instance, before: LinearModel) -> LinearModel:
    built = formulation(instance.formulation)(derive(instance), instance.settings.objective, before.units)
    return compile_model(built)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype == float))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def assert_same(one: LinearModel, other: LinearModel) -> None:
    for name in ("row_lower", "row_upper", "lower", "upper", "integer", "auxiliary", "granted", "column_scale",
                 "row_scale"):  # fmt: skip
        assert same(getattr(one, name), getattr(other, name)), name
    for name in ("shape", "indptr", "indices", "data"):
        assert same(getattr(one.matrix, name), getattr(other.matrix, name)), name
    assert list(one.objectives) == list(other.objectives)
    for tier, objective in one.objectives.items():
        assert all(same(value, vars(other.objectives[tier])[name]) for name, value in vars(objective).items()), tier
    assert {name: block.members.labels() for name, block in one.rows.items()} == {
        name: block.members.labels() for name, block in other.rows.items()
    }
    for name in one.sums:
        assert same(one.sums[name].entries.toarray(), other.sums[name].entries.toarray()), name


@pytest.mark.parametrize("line", (*NUMBERS, *SHAPES))
def test_beside_is_by_itself(instance: Instance, before: LinearModel, line: str) -> None:
    edited = apply(instance, [parse_edit(line)], check=False).instance
    assert_same(compiled(derive(edited), edited, before), by_itself(edited, before))


@pytest.mark.parametrize("line", NUMBERS)
def test_numbers_take_no_whole_compilation(
    instance: Instance, before: LinearModel, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any) -> LinearModel:
        raise AssertionError("compiled whole")

    monkeypatch.setattr(compiling, "compile_model", refuse)
    edited = apply(instance, [parse_edit(line)], check=False).instance
    assert compiled(derive(edited), edited, before).columns is before.columns


def test_sides_alone_leave_the_very_matrix(instance: Instance, before: LinearModel) -> None:
    edited = apply(instance, [parse_edit("pools.land.total *= 1.1")], check=False).instance
    assert compiled(derive(edited), edited, before).matrix is before.matrix


@pytest.mark.parametrize("line", SHAPES)
def test_another_shape_is_refused(instance: Instance, before: LinearModel, line: str) -> None:
    edited = apply(instance, [parse_edit(line)], check=False).instance
    with pytest.raises(OtherShape):
        build(ANNUAL, derive(edited), edited.settings.objective, before.units, declared(before))


def small(p: float = 3.0, labels: tuple[str, ...] = ("a", "b"), beside: Any = None, own: bool = False) -> Any:
    """x_c ≤ p·1 for two cities; `own`: with a component that the lever gives Pyomo itself."""
    m = empty(None, beside)
    index(m, "cities", labels)
    parameter(m, "p", p)
    variable(m, "x", m.cities, unit="share")
    family(m, "most", m.cities, rule, "share")
    if own:
        m.further = 1
    return m


def rule(m: Any, c: Any) -> Any:
    return m.x[c] <= m.p


def test_restated_model_has_the_other_ones_components() -> None:
    first = small()
    again = small(4.0, beside=first)
    assert isinstance(again, Restated) and again.x is first.x and float(again.values["p"]) == 4.0
    third = small(5.0, beside=again)
    assert third.source is first  # no chain of models is kept


@pytest.mark.parametrize("other", [{"labels": ("a", "c")}, {"own": True}])
def test_what_cannot_be_compared_has_another_shape(other: dict[str, Any]) -> None:
    with pytest.raises(OtherShape):
        small(beside=small(), **other)


def test_second_declaration_of_a_name_is_refused_beside_too() -> None:
    again = empty(None, small())
    index(again, "cities", ("a", "b"))
    with pytest.raises(ValueError, match="cities is declared already"):
        index(again, "cities", ("a", "b"))
