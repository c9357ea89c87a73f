"""What the compiler relies on in Pyomo beyond its documented face: a new version that changes it fails here, by name.

Each test says in its first line what rests on it. If one fails, the pin in pyproject.toml stays where it is until
`alloc.compiler` has been brought in line.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.base.indexed_component import IndexedComponent
from pyomo.core.base.param import IndexedParam, ScalarParam
from pyomo.core.base.set import SetProduct
from pyomo.core.base.var import IndexedVar, ScalarVar
from pyomo.core.expr import relational_expr as relational
from pyomo.core.expr import template_expr
from pyomo.core.expr.template_expr import (
    GetItemExpression,
    IndexTemplate,
    TemplateSumExpression,
    templatize_rule,
)
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from alloc.compiler.template import _NEGATIONS, _PRODUCTS, _QUOTIENTS, _SUMS

ROOT = Path(__file__).resolve().parent.parent
CITIES, YEARS = ["b", "a", "c"], [2, 1]


@pytest.fixture
def m() -> Any:
    """A model as `alloc.formulation.declare` makes them: shapes alone, no value and no object a cell."""
    model: Any = pyo.ConcreteModel()
    model.cities = pyo.Set(initialize=CITIES, dimen=1)
    model.years = pyo.Set(initialize=YEARS, dimen=1)
    model.nobody = pyo.Set(initialize=[], dimen=1)
    model.near = pyo.Set(model.cities, dimen=2)
    model.p = pyo.Param(model.cities, mutable=True, within=pyo.Any)
    model.r = pyo.Param(mutable=True, within=pyo.Any)
    model.x = pyo.Var(model.cities, model.years, dense=False)
    model.y = pyo.Var(model.cities, dense=False)
    model.z = pyo.Var()
    return model


def template(m: Any, rule: Any, index: Any = None) -> Any:
    return templatize_rule(m, lambda block, at: rule(block, *at), index)[0]


def test_pyomo_is_the_pinned_one() -> None:
    """Everything below was read from the sources of one minor version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    major, minor, *_ = version("pyomo").split(".")
    assert f"pyomo>={major}.{minor},<{major}.{int(minor) + 1}" in project["dependencies"]


# --------------------------------------------------------------------------------------------- rules and placeholders


def test_a_rule_is_called_once_with_its_indices_as_a_tuple(m: Any) -> None:
    """`Walker._template` spreads the tuple over the rule's arguments, and no row is ever written out."""
    calls: list[Any] = []
    _, placeholders = templatize_rule(m, lambda block, at: calls.append((block, at)), m.x.index_set())
    assert calls == [(m, placeholders)]
    assert isinstance(placeholders, tuple)


def test_a_rule_without_index_gets_none(m: Any) -> None:
    """`Walker.objective` asks for the template of a single expression."""
    expression, placeholders = templatize_rule(m, lambda block, at: at, None)
    assert expression == placeholders == ()


def test_a_product_gives_one_placeholder_a_dimension(m: Any) -> None:
    """The grid has an axis a factor, and placeholders are dealt out to the factors in order, by `_id`."""
    _, placeholders = templatize_rule(m, lambda block, at: 0, m.x.index_set())
    assert [type(each) for each in placeholders] == [IndexTemplate] * 2
    assert len({each._id for each in placeholders}) == 2
    _, (alone,) = templatize_rule(m, lambda block, at: 0, m.cities)
    assert alone._set is m.cities
    assert alone._index == 0


def test_a_placeholder_inherits_how_it_is_compared(m: Any) -> None:
    """`_templating` sets `__eq__` and `__ne__` on the class and deletes them: what is inherited is there again."""
    assert "__eq__" not in vars(IndexTemplate)
    assert "__ne__" not in vars(IndexTemplate)


def test_what_an_item_is_gets_looked_up_through_one_function(m: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`_templating` puts a shorter way in the place of `_reduce_template_to_component`: it must be what is called."""
    asked: list[Any] = []
    usual = template_expr._reduce_template_to_component
    monkeypatch.setattr(
        template_expr, "_reduce_template_to_component", lambda each: (asked.append(each), usual(each))[1]
    )
    template(m, lambda b, c: b.y[c] <= b.p[c], m.cities)
    assert asked
    assert all(isinstance(each, (IndexedComponent, GetItemExpression)) for each in asked)


def test_an_explicit_loop_is_refused(m: Any) -> None:
    """A rule that walks a set by itself is no template and goes the slow road."""

    def rule(b: Any, c: Any) -> Any:
        for t in b.years:
            return b.x[c, t] >= 0
        return None

    with pytest.raises(template_expr.TemplateExpressionError):
        template(m, rule, m.cities)


# -------------------------------------------------------------------------------------------------- kinds of expression


def test_an_item_holds_its_component_and_its_labels(m: Any) -> None:
    """`Walker._item` reads component and labels from `args`; a label that is written out stays itself."""
    item = template(m, lambda b, c: b.x[c, 2], m.cities)
    assert isinstance(item, GetItemExpression)
    component, place, label = item.args
    assert component is m.x
    assert isinstance(component, IndexedVar)
    assert isinstance(place, IndexTemplate)
    assert label == 2
    data = template(m, lambda b, c: b.p[c], m.cities)
    assert isinstance(data.args[0], IndexedParam)


def test_what_has_no_index_stands_for_itself(m: Any) -> None:
    """`Walker._walk` knows parameters and variables without index by their class; values are looked up by name."""
    parts = template(m, lambda b: b.r + b.z).args
    assert {(type(each), each.name) for each in parts} == {(ScalarParam, "r"), (ScalarVar, "z")}


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        (lambda b, c: b.y[c] + b.z + b.r, _SUMS),
        (lambda b, c: b.z + 2 * b.z, _SUMS),
        (lambda b, c: b.y[c] - b.z, _SUMS),
        (lambda b, c: b.r + b.r, _SUMS),
        (lambda b, c: b.p[c] * b.y[c], _PRODUCTS),
        (lambda b, c: 2 * b.z, _PRODUCTS),
        (lambda b, c: b.r * b.z, _PRODUCTS),
        (lambda b, c: b.r * b.r, _PRODUCTS),
        (lambda b, c: -b.z, _PRODUCTS),
        (lambda b, c: -b.y[c], _NEGATIONS),
        (lambda b, c: -(b.r + 1), _NEGATIONS),
        (lambda b, c: b.y[c] / b.p[c], _QUOTIENTS),
        (lambda b, c: b.r / (b.r + 1), _QUOTIENTS),
    ],
)
def test_arithmetic_is_of_kinds_that_are_walked(m: Any, rule: Any, known: set[type]) -> None:
    """`Walker._walk` knows sums, products, negations and quotients by exact class; another one is no template."""
    assert type(template(m, rule, m.cities)) in known


def test_a_difference_is_a_sum_with_a_negative_term(m: Any) -> None:
    """There is no subtraction for `Walker._walk` to know."""
    first, second = template(m, lambda b, c: b.y[c] - b.p[c] * b.y[c], m.cities).args
    assert isinstance(first, GetItemExpression)
    assert type(second) in _NEGATIONS


def test_a_sum_over_sets_holds_one_body_and_its_placeholders(m: Any) -> None:
    """`Walker._sum` adds an axis a set: `_local_args_` is the body, `template_iters` gives placeholders set by set."""
    total = template(m, lambda b: sum(b.x[c, t] for c in b.cities for t in b.years))
    assert type(total) is TemplateSumExpression
    (body,) = total._local_args_
    assert isinstance(body, GetItemExpression)
    iters = list(total.template_iters())
    assert [one[0]._set.name for one in iters] == ["cities", "years"]
    assert [len(one) for one in iters] == [1, 1]
    assert [each._id for each in body.args[1:]] == [one[0]._id for one in iters]


def test_a_sum_over_an_indexed_set_names_it_by_an_item(m: Any) -> None:
    """`Walker._spread` finds which rows a set without members belongs to, in the data beside the model."""
    total = template(m, lambda b, c: sum(b.x[d, t] for d, t in b.near[c]), m.cities)
    ((first, second),) = total.template_iters()
    assert isinstance(first._set, GetItemExpression)
    assert first._set.args[0] is m.near
    assert isinstance(first._set.args[1], IndexTemplate)
    assert (first._index, second._index) == (0, 1)


# ------------------------------------------------------------------------------------------------- kinds of relation


def test_relations_are_of_three_kinds_and_keep_their_sides(m: Any) -> None:
    """`Walker.relation` knows them by exact class and by the order of `args`; a ≥ b stands as b ≤ a."""
    equal = template(m, lambda b, c: b.y[c] == b.z, m.cities)
    assert type(equal) is relational.EqualityExpression
    assert isinstance(equal.args[0], GetItemExpression)
    most = template(m, lambda b, c: b.y[c] <= b.z, m.cities)
    assert type(most) is relational.InequalityExpression
    assert isinstance(most.args[0], GetItemExpression)
    assert most.strict is False
    least = template(m, lambda b, c: b.y[c] >= b.z, m.cities)
    assert isinstance(least.args[1], GetItemExpression)
    between = template(m, lambda b, c: pyo.inequality(0, b.y[c], b.r), m.cities)
    assert type(between) is relational.RangedExpression
    assert isinstance(between.args[1], GetItemExpression)
    assert not np.any(between.strict)


def test_strictness_is_said(m: Any) -> None:
    """A strict inequality is refused by its attribute `strict`."""
    assert np.any(template(m, lambda b, c: b.y[c] < b.z, m.cities).strict)


def test_tuples_stay_tuples(m: Any) -> None:
    """Two values are an equation and three a range: the compiler takes them apart itself."""
    assert type(template(m, lambda b, c: (b.y[c], 1), m.cities)) is tuple
    assert type(template(m, lambda b, c: (0, b.y[c], 1), m.cities)) is tuple


# ------------------------------------------------------------------------------------------------ sets and components


def test_sets_keep_their_order_and_products_their_factors(m: Any) -> None:
    """Columns and rows are numbered in the order of the sets, last factor fastest."""
    assert list(m.cities) == CITIES
    product = m.x.index_set()
    assert isinstance(product, SetProduct)
    assert list(product.subsets()) == [m.cities, m.years]
    assert list(product) == [(c, t) for c in CITIES for t in YEARS]
    assert (m.cities.dimen, m.nobody.dimen, product.dimen) == (1, 1, 2)
    assert m.y.index_set() is m.cities


def test_components_hold_no_object_a_cell(m: Any) -> None:
    """A variable that is not dense and a mutable parameter without values are names and shapes: that is the speed."""
    assert (len(m.x), len(m.y), len(m.p), len(m.near)) == (0, 0, 0, 0)
    template(m, lambda b, c: b.p[c] * sum(b.x[c, t] for t in b.years) <= b.y[c], m.cities)
    assert (len(m.x), len(m.y), len(m.p), len(m.near)) == (0, 0, 0, 0)


def test_any_attribute_can_stand_on_a_model() -> None:
    """`declare.formulation` hangs arrays beside the components, under plain names."""
    model: Any = pyo.ConcreteModel()
    model.values = {"p": np.ones(3)}
    assert model.values["p"].sum() == 3
    assert list(model.component_objects()) == []


# ------------------------------------------------------------------------------------------------------ the slow road


def test_standard_form_says_of_every_row_whose_it_is() -> None:
    """`through_pyomo` puts rows in their places by constraint and bound; a range is two rows of the same numbers."""
    model: Any = pyo.ConcreteModel()
    model.v = pyo.Var([0, 1])
    relations = [lambda v: 2 * v[0] <= 4, lambda v: v[1] >= 1, lambda v: v[0] + v[1] == 3, lambda v: (0, v[0], 5)]
    model.rows = pyo.Constraint(range(4), rule=lambda b, i: relations[i](b.v))
    model.nothing = pyo.Objective(expr=0.0)
    form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    found = [(row.constraint.index(), row.bound_type, bound) for row, bound in zip(form.rows, form.rhs, strict=True)]
    assert sorted(found) == [(0, 1, 4.0), (1, -1, 1.0), (2, 0, 3.0), (3, -1, 0.0), (3, 1, 5.0)]
    place = {id(variable): at for at, variable in enumerate(form.columns)}
    dense = form.A.toarray()[:, [place[id(model.v[0])], place[id(model.v[1])]]]
    expected = {0: [2, 0], 1: [0, 1], 2: [1, 1], 3: [1, 0]}
    for (row, _, _), numbers in zip(found, dense.tolist(), strict=True):
        assert numbers == expected[row]
