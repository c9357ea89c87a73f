"""Sums inside sums, over whole sets and over sets that differ from row to row: both ways give the same matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from alloc.compiler.compile import compile_model
from alloc.compiler.linear_model import LinearModel
from alloc.formulation.catalogue import Sum
from alloc.formulation.declare import empty, family, index, parameter, selection, variable

NEAR = np.array([[[0, 1], [1, 1], [0, 0]], [[0, 0], [0, 0], [0, 0]], [[1, 1], [0, 0], [1, 0]]], dtype=bool)


def small() -> Any:
    m = empty()
    index(m, "cities", ["a", "b", "c"])
    index(m, "years", [1, 2])
    index(m, "nobody", [])
    selection(m, "near", m.cities, (m.cities, m.years), NEAR)
    parameter(m, "p", [1.0, 2.0, 3.0], m.cities)
    parameter(m, "q", np.arange(6).reshape(3, 2) + 1.0, m.cities, m.years)
    variable(m, "x", m.cities, unit="share")
    variable(m, "y", m.cities, m.years, unit=np.array([2.0, 4.0]))
    variable(m, "z", unit="share")
    return m


def both_ways(index_of: Callable[[Any], Any], rule: Callable[..., Any], scale: Any = "share") -> LinearModel:
    compiled = []
    for slow in ((), ("rule",)):
        m = small()
        family(m, "rule", index_of(m), rule, unit=scale)
        compiled.append(compile_model(m, always_through_pyomo=slow))
    templates, pyomos = compiled
    assert templates.slow_families == {}
    assert np.array_equal(templates.matrix.indptr, pyomos.matrix.indptr)
    assert np.array_equal(templates.matrix.indices, pyomos.matrix.indices)
    np.testing.assert_allclose(templates.matrix.data, pyomos.matrix.data, rtol=1e-12)
    np.testing.assert_allclose(templates.row_lower, pyomos.row_lower, rtol=1e-12)
    np.testing.assert_allclose(templates.row_upper, pyomos.row_upper, rtol=1e-12)
    return templates


def not_of_its_label(m: Any, c: Any) -> Any:
    return m.z + sum(m.x[c] for t in m.years) <= m.p[c]


def over_two_sets(m: Any, c: Any) -> Any:
    return sum(m.q[d, t] * m.y[d, t] for d in m.cities for t in m.years) - m.z <= sum(m.q[c, t] for t in m.years)


def data_of_both_levels(m: Any, c: Any) -> Any:
    return m.p[c] * sum(sum(m.q[d, t] * m.y[d, t] + m.p[c] for t in m.years) * m.p[d] for d in m.cities) >= 1


def ragged(m: Any, c: Any) -> Any:
    return m.p[c] * sum(m.q[d, t] * m.y[d, t] + m.q[c, t] + m.x[c] for d, t in m.near[c]) + m.z <= 1


def ragged_then_whole(m: Any, c: Any) -> Any:
    return m.z + sum(sum(m.y[e, t] * m.p[e] for e in m.cities) * m.p[c] for d, t in m.near[c]) <= m.p[c]


def ragged_data(m: Any, c: Any) -> Any:
    return m.z <= sum(sum(m.p[d] * m.p[e] for e in m.cities) for d, t in m.near[c])


def whole_then_ragged(m: Any, c: Any) -> Any:
    return m.z + sum(m.p[e] * m.y[d, t] for e in m.cities for d, t in m.near[e]) <= m.p[c]


def ragged_in_whole(m: Any, c: Any) -> Any:
    inside = (sum(m.y[e, u] + m.q[d, u] for d, t in m.near[e]) for e in m.cities for u in m.years)
    return m.z + sum(inside) <= 1


def ragged_in_ragged(m: Any, c: Any) -> Any:
    inside = (
        m.p[f] * sum(m.y[e, t] * m.q[d, t] * m.p[c] for d, t in m.near[f]) for e, u in m.near[c] for f in m.cities
    )
    return m.z + sum(inside) == m.p[c]


@pytest.mark.parametrize(
    "rule",
    [not_of_its_label, over_two_sets, data_of_both_levels, ragged, ragged_then_whole, ragged_data, whole_then_ragged,
     ragged_in_whole, ragged_in_ragged],
)  # fmt: skip
def test_sums_inside_sums(rule: Callable[..., Any]) -> None:
    both_ways(lambda m: m.cities, rule)


def test_index_in_another_order_than_the_arrays() -> None:
    """Rows by year and city, numbers by city and year, a scale for each row."""
    both_ways(
        lambda m: m.years * m.cities,
        lambda m, t, c: m.q[c, t] * m.y[c, t] + sum(m.y[d, t] for d in m.cities) <= m.p[c],
        np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]),
    )


def test_sum_over_nobody() -> None:
    m = small()
    family(m, "rule", m.cities, lambda m, c: sum(m.x[d] for d in m.nobody) <= m.p[c], unit="share")
    compiled = compile_model(m)
    assert compiled.slow_families == {}
    assert (compiled.matrix.shape, compiled.matrix.nnz) == ((3, 10), 0)
    assert compiled.row_upper.tolist() == [1.0, 2.0, 3.0]


def test_same_column_twice_in_a_row_is_added_up() -> None:
    """Also inside a sum, whatever label it does not use."""
    compiled = both_ways(lambda m: m.cities, lambda m, c: m.x[c] + sum(m.x[c] for t in m.years) + m.z <= m.p[c])
    assert compiled.matrix.toarray()[:, :3].tolist() == (3.0 * np.eye(3)).tolist()


def test_a_sum_has_a_row_and_a_constant_for_each_of_its_members() -> None:
    """Also where it has none."""
    m = small()
    own, nothing = lambda m, c: m.p[c] * m.x[c] + 1, lambda m, c: m.x[c]
    m.sums = {"own": Sum(("cities",), (own,)), "none": Sum(("nobody",), (nothing,))}
    found = compile_model(m).sums
    assert {name: (each.entries.shape[0], each.constant.shape) for name, each in found.items()} == {
        "own": (3, (3,)), "none": (0, (0,)),
    }  # fmt: skip
