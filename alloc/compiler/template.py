"""Rule templates evaluated over whole index arrays.

Pyomo gives a rule's template once: an expression over placeholders of the index. Here it is walked once, and every
node becomes an array over the grid of the family's rows: a parameter is a gather, a variable an array of column
numbers, a sum one more axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alloc.compiler.grid import Affine, Frame, Numbers, Term, raveled, with_axes
from alloc.compiler.sets import Place, Sets
from alloc.formulation.from_pyomo import (
    GetItemExpression,
    IndexedComponent,
    IndexedParam,
    IndexedVar,
    IndexTemplate,
    ScalarParam,
    ScalarVar,
    TemplateSumExpression,
    numeric,
    relational,
    template_expr,
    templatize_rule,
)


class NotATemplate(Exception):
    """The rule uses something that is not evaluated over arrays; the family goes through Pyomo itself."""


@dataclass(frozen=True)
class Template:
    """What Pyomo makes of a rule, once for all numbers: an expression over placeholders, and the rows it is for."""

    expression: Any
    frame: Frame


@dataclass(frozen=True)
class Relation:
    """Rows lower ≤ body ≤ upper; body without a constant, bounds numbers or arrays with one number a row."""

    body: Affine
    lower: Numbers
    upper: Numbers


class Walker:
    """Evaluates templates of one formulation.

    Args:
        starts: variable -> its first column.
        values: parameter -> its numbers.
        scales: variable -> units of the model in one unit of the matrix, one number or one a column: coefficients
            come in units of the matrix's columns.

    Attributes:
        read: names of the parameters that have been read since it was emptied.
    """

    def __init__(
        self,
        model: Any,
        sets: Sets,
        starts: Mapping[str, int],
        values: Mapping[str, np.ndarray],
        scales: Mapping[str, np.ndarray],
    ) -> None:
        self._model, self._sets, self._starts, self._values, self._scales = model, sets, starts, values, scales
        self.read: set[str] = set()

    def relation(self, template: Template) -> Relation:
        """The rows of a constraint rule.

        Raises:
            NotATemplate: where the rule uses what is not known here.
        """
        expression, frame = template.expression, template.frame
        # Which side keeps its sign follows Pyomo: a side without variables becomes the bound.
        kind = type(expression)
        if np.any(getattr(expression, "strict", False)):
            raise NotATemplate("a strict inequality")
        if kind is tuple and len(expression) == 2:
            kind, expression = relational.EqualityExpression, relational.EqualityExpression(expression)
        if kind is tuple or kind is relational.RangedExpression:
            parts = expression if kind is tuple else expression.args
            low, body, high = (self._walk(part, frame) for part in parts)
            if not (low.is_data and high.is_data):
                raise NotATemplate("a range whose bounds hold variables")
            return _rows(body, low.constant, high.constant)
        if kind is relational.EqualityExpression:
            left, right = (self._walk(argument, frame) for argument in expression.args)
            if left.is_data and not right.is_data:
                left, right = right, left
            body, bound = _one_side(left, right)
            return _rows(body, bound, bound)
        if kind is relational.InequalityExpression:
            left, right = (self._walk(argument, frame) for argument in expression.args)
            if left.is_data and not right.is_data:
                return _rows(right, left.constant, np.inf)
            body, bound = _one_side(left, right)
            return _rows(body, -np.inf, bound)
        raise NotATemplate(f"a relation of kind {kind.__name__}")

    def expression(self, template: Template) -> Affine:
        """An expression, of one row or of many.

        Raises:
            NotATemplate: where the rule uses what is not known here.
        """
        return self._walk(template.expression, template.frame)

    def template(self, index: Any, rule: Callable[..., Any]) -> Template:
        """A rule over the set `index`; None: a single row, of a rule that is called with the model alone.

        Raises:
            NotATemplate: where the rule uses what is not known here.
        """
        try:
            with _templating(self._sets.dimensions):
                expression, placeholders = templatize_rule(self._model, lambda block, at: rule(block, *at), index)
        except NotATemplate:
            raise
        except Exception as error:  # a rule that cannot be templated says so in many ways
            raise NotATemplate(str(error)) from error
        factors = [] if index is None else self._sets.factors(index)
        if len(placeholders) != sum(len(one.codes) for one in factors):
            raise NotATemplate("an index set without a dimension")
        frame = Frame((), {})
        for one in factors:
            frame = frame.along(one, placeholders[: len(one.codes)])
            placeholders = placeholders[len(one.codes) :]
        return Template(expression, frame)

    def _walk(self, node: Any, frame: Frame) -> Affine:
        if isinstance(node, (int, float, np.number)):
            return Affine(frame.shape, float(node))
        kind = type(node)
        if kind in _SUMS:
            total = Affine(frame.shape, 0.0)
            for argument in node.args:
                total = total + self._walk(argument, frame)
            return total
        if kind in _PRODUCTS:
            left, right = (self._walk(argument, frame) for argument in node.args)
            if left.is_data:
                return right.times(left.constant)
            if right.is_data:
                return left.times(right.constant)
            raise NotATemplate("a product of variables")
        if kind in _NEGATIONS:
            return self._walk(node.args[0], frame).times(-1.0)
        if kind in _QUOTIENTS:
            top, below = (self._walk(argument, frame) for argument in node.args)
            if not below.is_data:
                raise NotATemplate("division by a variable")
            if np.any(below.constant == 0):
                raise NotATemplate("division by zero")
            return top.times(1.0 / below.constant)
        if isinstance(node, GetItemExpression):
            return self._item(node, frame)
        if kind is TemplateSumExpression:
            return self._sum(node, frame)
        if isinstance(node, ScalarParam):
            self.read.add(node.name)
            return Affine(frame.shape, float(self._values[node.name]))
        if isinstance(node, ScalarVar):
            return self._columns(node.name, np.zeros((), dtype=np.int64), frame)
        raise NotATemplate(f"{kind.__name__} in a rule")

    def _item(self, node: Any, frame: Frame) -> Affine:
        component, *at = node.args
        if not isinstance(component, (IndexedVar, IndexedParam)):
            raise NotATemplate(f"an item of {type(component).__name__}")
        index, labels = component.index_set(), self._labels(at, frame)
        shape = self._sets.along_axes(index, labels, len(frame.shape))
        if isinstance(component, IndexedParam):
            self.read.add(component.name)
            values = self._values[component.name]
            if shape is not None:
                return Affine(frame.shape, values.reshape(shape))
            return Affine(frame.shape, values.ravel()[self._sets.locate(index, labels)])
        if shape is not None:
            return self._columns(component.name, np.arange(math.prod(shape)).reshape(shape), frame)
        return self._columns(component.name, self._sets.locate(index, labels), frame)

    def _columns(self, name: str, position: np.ndarray, frame: Frame) -> Affine:
        scale = self._scales[name]
        value = scale[position] if scale.ndim else scale
        return Affine(frame.shape, 0.0, (Term(frame.shape, self._starts[name] + position, value),))

    def _labels(self, index: list[Any], frame: Frame) -> list[Place | int]:
        labels: list[Place | int] = []
        for label in index:
            if isinstance(label, IndexTemplate):
                labels.append(frame.places[label._id])
            elif isinstance(label, Hashable):
                labels.append(int(self._sets.codes.of([label])[0]))
            else:
                raise NotATemplate(f"an index that is computed: {label}")
        return labels

    def _sum(self, node: Any, frame: Frame) -> Affine:
        (body,) = node._local_args_
        inner, aligned = frame, True
        origin = np.arange(frame.size).reshape(frame.shape)  # the row that each inner row is summed into
        for placeholders in node.template_iters():
            over = placeholders[0]._set
            if placeholders[0]._index is None:
                raise NotATemplate("a set without a dimension")
            if isinstance(over, GetItemExpression):
                inner, origin, aligned = *self._spread(placeholders, over, inner, origin), False
            else:
                inner, origin = inner.along(self._sets.members(over), placeholders), with_axes(origin, 1)
        found = self._walk(body, inner)
        constant: Numbers = 0.0
        if np.any(found.constant):
            weights = raveled(found.constant, inner.shape)
            constant = np.bincount(raveled(origin, inner.shape), weights, frame.size).reshape(frame.shape)
        terms = []
        for term in found.terms:
            if term.row is not None:
                term = replace(term, row=raveled(origin, inner.shape)[term.row])
            elif not aligned:
                term = replace(term, row=with_axes(origin, len(term.shape) - origin.ndim))
            terms.append(term)
        return Affine(frame.shape, constant, tuple(terms))

    def _spread(self, placeholders: Any, over: Any, frame: Frame, origin: np.ndarray) -> tuple[Frame, np.ndarray]:
        """One row for each member of a set that differs from row to row, and the row it is summed into."""
        component, *at = over.args
        ragged = self._sets.ragged(component)
        which = raveled(self._sets.locate(component.index_set(), self._labels(at, frame)), frame.shape)
        repeats = ragged.counts[which]
        parent = np.repeat(np.arange(frame.size), repeats)
        within = np.arange(parent.size) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        places = {
            key: Place(place.members, place.dimension, raveled(place.position, frame.shape)[parent])
            for key, place in frame.places.items()
        }
        position = ragged.starts[which][parent] + within
        places |= {placeholder._id: Place(ragged.members, placeholder._index, position) for placeholder in placeholders}
        return Frame((parent.size,), places), raveled(origin, frame.shape)[parent]


@dataclass(frozen=True)
class _Dimension:
    """What Pyomo asks of a set that differs from row to row."""

    dimen: int


_SUMS = {numeric.SumExpression, numeric.LinearExpression, numeric.NPV_SumExpression}
_PRODUCTS = {numeric.ProductExpression, numeric.MonomialTermExpression, numeric.NPV_ProductExpression}
_NEGATIONS = {numeric.NegationExpression, numeric.NPV_NegationExpression}
_QUOTIENTS = {numeric.DivisionExpression, numeric.NPV_DivisionExpression}


@contextmanager
def _templating(dimensions: Mapping[str, int]) -> Iterator[None]:
    """What Pyomo does differently while a rule is called with placeholders.

    No rule may ask which label a placeholder stands for: Pyomo would answer that it is no text at all. And to know
    what kind of thing an item of a component is, Pyomo walks an expression that is the component itself: two thirds
    of the time that templates take. How many dimensions a set has that differs from row to row, Pyomo looks for among
    its members, which it cannot where the row itself is one of such a set: here it is known.

    Args:
        dimensions: of such sets, by name.
    """

    def refuse(placeholder: object, other: object) -> bool:
        raise NotATemplate("a label is compared with another")

    def reduce(expression: Any) -> Any:
        if isinstance(expression, IndexedComponent):
            return expression
        if isinstance(expression, GetItemExpression) and isinstance(expression.args[0], IndexedComponent):
            known = dimensions.get(expression.args[0].name)
            if known is not None:
                return _Dimension(known)
        return reduce_any(expression)

    reduce_any = template_expr._reduce_template_to_component
    IndexTemplate.__eq__ = IndexTemplate.__ne__ = refuse
    template_expr._reduce_template_to_component = reduce
    try:
        yield
    finally:
        del IndexTemplate.__eq__, IndexTemplate.__ne__  # what they inherit is there again
        template_expr._reduce_template_to_component = reduce_any


def _rows(body: Affine, lower: Numbers, upper: Numbers) -> Relation:
    bounds = (side - body.constant for side in (lower, upper))
    low, high = (raveled(side, body.shape) if np.ndim(side) else side for side in bounds)
    return Relation(Affine(body.shape, 0.0, body.terms), low, high)


def _one_side(left: Affine, right: Affine) -> tuple[Affine, Numbers]:
    terms = left.terms if right.is_data else (left + right.times(-1.0)).terms
    return Affine(left.shape, 0.0, terms), right.constant - left.constant
