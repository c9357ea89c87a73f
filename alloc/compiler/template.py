"""Rule templates evaluated over whole index arrays.

Pyomo gives a rule's template once: an expression over placeholders of the index. Here it is walked once, and every
node becomes an array over all rows of the family: a parameter is a gather, a variable an array of column numbers, a
sum over a set repeats the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyomo.core.base.param import IndexedParam, ScalarParam
from pyomo.core.base.var import IndexedVar, ScalarVar
from pyomo.core.expr import numeric_expr as numeric
from pyomo.core.expr import relational_expr as relational
from pyomo.core.expr.template_expr import (
    GetItemExpression,
    IndexTemplate,
    TemplateSumExpression,
    templatize_rule,
)

from alloc.compiler.sets import Sets

Numbers = Any  # a float, or an array with one number a row


class NotATemplate(Exception):
    """The rule uses something that is not evaluated over arrays; the family goes through Pyomo itself."""


@dataclass(frozen=True)
class Affine:
    """constant + Σ coefficient·column, for every row of a frame.

    `terms` are triples of equally long arrays: row, column, coefficient.
    """

    constant: Numbers
    terms: tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...] = ()

    @property
    def is_data(self) -> bool:
        """No variable in it."""
        return not self.terms

    def __add__(self, other: Affine) -> Affine:
        return Affine(self.constant + other.constant, self.terms + other.terms)

    def times(self, factor: Numbers) -> Affine:
        """Every row multiplied by data."""
        scaled = tuple((row, column, value * _of_rows(factor, row)) for row, column, value in self.terms)
        return Affine(self.constant * factor, scaled)


@dataclass(frozen=True)
class Frame:
    """The rows that an expression is evaluated for: how many, and the label of each placeholder in each row."""

    size: int
    codes: Mapping[int, np.ndarray]

    def spread(self, parent: np.ndarray, added: Mapping[int, np.ndarray]) -> Frame:
        """One row for each entry of `parent` (a row of this frame), with more placeholders."""
        return Frame(parent.size, {**{key: code[parent] for key, code in self.codes.items()}, **added})


@dataclass(frozen=True)
class Relation:
    """Rows lower ≤ body ≤ upper; both bounds without variables."""

    body: Affine
    lower: Numbers
    upper: Numbers


class Walker:
    """Evaluates templates of one formulation."""

    def __init__(self, model: Any, sets: Sets, starts: Mapping[str, int], values: Mapping[str, np.ndarray]) -> None:
        self._model, self._sets, self._starts, self._values = model, sets, starts, values

    def relation(self, index: Any, rule: Callable[..., Any]) -> Relation:
        """The rows of a constraint rule over the set `index`.

        Raises:
            NotATemplate: where the rule uses what is not known here.
        """
        expression, frame = self._template(index, rule)
        # Which side keeps its sign follows Pyomo: a side without variables becomes the bound.
        kind = type(expression)
        if np.any(getattr(expression, "strict", False)):
            raise NotATemplate("a strict inequality")
        if kind is tuple and len(expression) == 2:
            kind, expression = relational.EqualityExpression, relational.EqualityExpression(expression)
        if kind is tuple or kind is relational.RangedExpression:
            parts = expression if kind is tuple else expression.args
            low, body, high = (self._walk(each, frame) for each in parts)
            if not (low.is_data and high.is_data):
                raise NotATemplate("a range whose bounds hold variables")
            return Relation(body, low.constant, high.constant)
        if kind is relational.EqualityExpression:
            left, right = (self._walk(each, frame) for each in expression.args)
            if left.is_data and not right.is_data:
                left, right = right, left
            body, bound = _one_side(left, right)
            return Relation(body, bound, bound)
        if kind is relational.InequalityExpression:
            left, right = (self._walk(each, frame) for each in expression.args)
            if left.is_data and not right.is_data:
                return Relation(right, left.constant, np.inf)
            body, bound = _one_side(left, right)
            return Relation(body, -np.inf, bound)
        raise NotATemplate(f"a relation of kind {kind.__name__}")

    def objective(self, rule: Callable[[Any], Any]) -> Affine:
        """A single expression: one row."""
        expression, frame = self._template(None, lambda model: rule(model))
        return self._walk(expression, frame)

    def _template(self, index: Any, rule: Callable[..., Any]) -> tuple[Any, Frame]:
        try:
            with _labels_undecided():
                expression, placeholders = templatize_rule(self._model, lambda block, at: rule(block, *at), index)
        except NotATemplate:
            raise
        except Exception as error:  # a rule that cannot be templated says so in many ways
            raise NotATemplate(str(error)) from error
        if index is None:
            return expression, Frame(1, {})
        members = self._sets.members(index)
        codes = {each._id: code for each, code in zip(placeholders, members.codes, strict=True)}
        return expression, Frame(members.size, codes)

    def _walk(self, node: Any, frame: Frame) -> Affine:
        if isinstance(node, (int, float, np.number)):
            return Affine(float(node))
        kind = type(node)
        if kind in _SUMS:
            total = Affine(0.0)
            for each in node.args:
                total = total + self._walk(each, frame)
            return total
        if kind in _PRODUCTS:
            left, right = (self._walk(each, frame) for each in node.args)
            if left.is_data:
                return right.times(left.constant)
            if right.is_data:
                return left.times(right.constant)
            raise NotATemplate("a product of variables")
        if kind in _NEGATIONS:
            return self._walk(node.args[0], frame).times(-1.0)
        if kind in _QUOTIENTS:
            top, below = (self._walk(each, frame) for each in node.args)
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
            return Affine(float(self._values[node.name]))
        if isinstance(node, ScalarVar):
            return self._columns(node.name, np.zeros(frame.size, dtype=np.int64), frame)
        raise NotATemplate(f"{kind.__name__} in a rule")

    def _item(self, node: Any, frame: Frame) -> Affine:
        component, *at = node.args
        if not isinstance(component, (IndexedVar, IndexedParam)):
            raise NotATemplate(f"an item of {type(component).__name__}")
        position = self._sets.locate(component.index_set(), self._codes(at, frame))
        if isinstance(component, IndexedParam):
            return Affine(self._values[component.name].ravel()[position])
        return self._columns(component.name, np.broadcast_to(position, frame.size), frame)

    def _columns(self, name: str, position: np.ndarray, frame: Frame) -> Affine:
        return Affine(0.0, ((np.arange(frame.size), self._starts[name] + position, np.ones(frame.size)),))

    def _codes(self, index: list[Any], frame: Frame) -> list[np.ndarray | int]:
        codes: list[np.ndarray | int] = []
        for each in index:
            if isinstance(each, IndexTemplate):
                codes.append(frame.codes[each._id])
            elif isinstance(each, Hashable):
                codes.append(int(self._sets.codes.of([each])[0]))
            else:
                raise NotATemplate(f"an index that is computed: {each}")
        return codes

    def _sum(self, node: Any, frame: Frame) -> Affine:
        (body,) = node._local_args_
        outer, origin = frame.size, np.arange(frame.size)
        for placeholders in node.template_iters():
            parent, added = self._spread(placeholders, frame)
            frame, origin = frame.spread(parent, added), origin[parent]
        inner = self._walk(body, frame)
        constant = np.bincount(origin, weights=np.broadcast_to(inner.constant, frame.size), minlength=outer)
        return Affine(constant, tuple((origin[row], column, value) for row, column, value in inner.terms))

    def _spread(self, placeholders: Any, frame: Frame) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        over = placeholders[0]._set
        if placeholders[0]._index is None:
            raise NotATemplate("a set without a dimension")
        if isinstance(over, GetItemExpression):
            component, *at = over.args
            position = np.broadcast_to(self._sets.locate(component.index_set(), self._codes(at, frame)), frame.size)
            starts, counts, codes = self._sets.ragged(component)
            repeats = counts[position]
            parent = np.repeat(np.arange(frame.size), repeats)
            within = np.arange(parent.size) - np.repeat(np.cumsum(repeats) - repeats, repeats)
            at_member = starts[position][parent] + within
            return parent, {each._id: codes[each._index][at_member] for each in placeholders}
        members = self._sets.members(over)
        parent = np.repeat(np.arange(frame.size), members.size)
        return parent, {each._id: np.tile(members.codes[each._index], frame.size) for each in placeholders}


_SUMS = {numeric.SumExpression, numeric.LinearExpression, numeric.NPV_SumExpression}
_PRODUCTS = {numeric.ProductExpression, numeric.MonomialTermExpression, numeric.NPV_ProductExpression}
_NEGATIONS = {numeric.NegationExpression, numeric.NPV_NegationExpression}
_QUOTIENTS = {numeric.DivisionExpression, numeric.NPV_DivisionExpression}


@contextmanager
def _labels_undecided() -> Iterator[None]:
    """Lets no rule ask which label a placeholder stands for: Pyomo would answer that it is no text at all."""

    def refuse(placeholder: object, other: object) -> bool:
        raise NotATemplate("a label is compared with another")

    IndexTemplate.__eq__ = IndexTemplate.__ne__ = refuse
    try:
        yield
    finally:
        del IndexTemplate.__eq__, IndexTemplate.__ne__  # what they inherit is there again


def _of_rows(factor: Numbers, row: np.ndarray) -> Numbers:
    return factor[row] if isinstance(factor, np.ndarray) and factor.ndim else factor


def _one_side(left: Affine, right: Affine) -> tuple[Affine, Numbers]:
    if right.is_data:
        return Affine(0.0, left.terms), right.constant - left.constant
    return Affine(0.0, (left + right.times(-1.0)).terms), right.constant - left.constant
