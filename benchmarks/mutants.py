"""Mutants of a module: its source with one small fault, as a slip of the pen would make it."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
TERMS = (ast.Add, ast.Sub, ast.Mult)
PAIRS = (("min", "max"), ("minimum", "maximum"), ("fmin", "fmax"), ("floor", "ceil"), ("any", "all"),
         ("argmin", "argmax"), ("nanmin", "nanmax"))  # fmt: skip
SWAPPED = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
NO_ARITHMETIC = (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set)  # put together with +, |


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        module: file, relative to the root.
        line, column: where it is, from 1 and from 0.
        kind: which sort of fault.
        before, after: what stood there and what stands there now.
        source: of the whole module with it.
    """

    module: str
    line: int
    column: int
    kind: str
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, ...]:
        """By which it is known again."""
        return self.module, str(self.line), str(self.column), self.kind, self.after


def mutants(module: str, source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode("utf-8")))
    text = source.encode("utf-8")
    found: dict[tuple[str, ...], Mutant] = {}
    for node, kind, other in _faults(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        after = other if isinstance(other, str) else f"({ast.unparse(other)})"
        made = (text[:begin] + after.encode("utf-8") + text[end:]).decode("utf-8")
        before = " ".join(text[begin:end].decode("utf-8").split())
        one = Mutant(module, node.lineno, node.col_offset, kind, before, after, made)
        found.setdefault(one.key, one)
    return sorted(found.values(), key=lambda each: (each.line, each.column, each.kind, each.after))


def sample(every: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """So many of them, by chance and the same for the same seed, in the order of their lines."""
    order = random.Random(seed).sample(range(len(every)), len(every))
    chosen = sorted(islice((place for place in order if _parses(every[place].source)), count))
    return [every[place] for place in chosen]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _faults(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str, ast.expr | str]]:
    """Nodes, the sort of fault, and what takes their place."""
    for node in _computing(tree):
        if isinstance(node, ast.expr):
            for kind, other in _of_expression(node):
                yield node, kind, other
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            yield node.test, "condition negated", ast.UnaryOp(ast.Not(), node.test)
        if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            yield node, "statement removed", "pass"
        if isinstance(node, ast.Assign) and all(isinstance(each, ast.Subscript) for each in node.targets):
            yield node, "statement removed", "pass"


def _of_expression(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Compare(ops=[operator], comparators=[_]):
            for other in COMPARED.get(type(operator), ()):
                yield "comparison", _with(node, ops=[other()])
        case ast.BinOp(left=left, op=operator, right=right) if not _joins(left) and not _joins(right):
            if type(operator) in COMPUTED:
                yield "arithmetic", _with(node, op=COMPUTED[type(operator)]())
            if isinstance(operator, TERMS):
                yield "term dropped", left
                yield "term dropped", ast.UnaryOp(ast.USub(), right) if isinstance(operator, ast.Sub) else right
        case ast.BoolOp(op=operator, values=values):
            yield "and/or", _with(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
            for place in range(len(values)):
                kept = values[:place] + values[place + 1 :]
                yield "operand dropped", kept[0] if len(kept) == 1 else _with(node, values=kept)
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield "sign or not dropped", operand
        case ast.IfExp(test=test):
            yield "condition negated", _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield "constant", ast.Constant(value + 1)
            yield "constant", ast.Constant(value - 1)
        case ast.Constant(value=float(value)):
            yield "constant", ast.Constant(value * 2 if value else 1.0)
            yield "constant", ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in SWAPPED:
            yield "min/max", _with(node, func=ast.Name(SWAPPED[name]))
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in SWAPPED:
            yield "min/max", _with(node, func=ast.Attribute(owner, SWAPPED[name]))
        case ast.Call(func=ast.Attribute(attr="where"), args=[test, one, other]):
            yield "branches swapped", _with(node, args=[test, other, one])


def _with(node: ast.expr, **fields: object) -> ast.expr:
    other = deepcopy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _joins(node: ast.expr) -> bool:
    """Whether it is a text or a collection, which + and | put together."""
    return isinstance(node, NO_ARITHMETIC) and not (
        isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    )


def _computing(node: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node that is computed: no annotations, types, imports, texts or what is raised."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom | ast.JoinedStr):
                continue
            if isinstance(child, ast.Raise | ast.Assert) or _for_types(child):
                continue
            yield child
            yield from _computing(child)


def _for_types(node: ast.AST) -> bool:
    """Whether it only names types: ``X | Y`` in an alias, a cast, a test of classes."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in ("isinstance", "TypeVar", "cast")
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr)
