"""Mutants of a module: its source with one small fault, as a slip of the pen would make it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
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
        within: the function or class around it, with those around that; empty at the top of the module.
        kind: which sort of fault.
        before, after: what stood there and what stands there now.
        which: of those that are the same in all this, from 1.
        source: of the whole module with it.
    """

    module: str
    line: int
    column: int
    within: str
    kind: str
    before: str
    after: str
    which: int
    source: str

    @property
    def key(self) -> tuple[str, ...]:
        """By which it is known again, wherever its lines have moved to."""
        return self.module, self.within, self.kind, self.before, self.after, str(self.which)


def mutants(module: str, source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode("utf-8")))
    text = source.encode("utf-8")
    found: dict[tuple[object, ...], tuple[str, str, str]] = {}
    for node, within, kind, other in _faults(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        after = other if isinstance(other, str) else f"({ast.unparse(other)})"
        made = (text[:begin] + after.encode("utf-8") + text[end:]).decode("utf-8")
        before = " ".join(text[begin:end].decode("utf-8").split())
        found.setdefault((node.lineno, node.col_offset, kind, after), (within, before, made))
    count: Counter[tuple[str, ...]] = Counter()
    every = []
    for (line, column, kind, after), (within, before, made) in sorted(found.items()):
        count[within, kind, before, after] += 1
        which = count[within, kind, before, after]
        every.append(Mutant(module, line, column, within, kind, before, after, which, made))
    return every


def sample(every: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """So many of them, by chance and the same for the same seed, in their order.

    Each has its own lot, so what changes elsewhere in the code changes none that is drawn but for the last.
    """
    lots = [sha256("\0".join((str(seed), *each.key)).encode("utf-8")).digest() for each in every]
    order = sorted(range(len(every)), key=lots.__getitem__)
    return [every[place] for place in sorted(islice((at for at in order if _parses(every[at].source)), count))]


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _faults(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, str, str, ast.expr | str]]:
    """Nodes, what is around them, the sort of fault, and what takes their place."""
    for node, within in _computing(tree, ""):
        if isinstance(node, ast.expr):
            for kind, other in _of_expression(node):
                yield node, within, kind, other
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            yield node.test, within, "condition negated", ast.UnaryOp(ast.Not(), node.test)
        if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            yield node, within, "statement removed", "pass"
        if isinstance(node, ast.Assign) and all(isinstance(each, ast.Subscript) for each in node.targets):
            yield node, within, "statement removed", "pass"


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


def _computing(node: ast.AST, within: str) -> Iterator[tuple[ast.AST, str]]:
    """Everything below a node that is computed, no annotations, types, imports, texts or what is raised, and within
    which function or class."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Import | ast.ImportFrom | ast.JoinedStr):
                continue
            if isinstance(child, ast.Raise | ast.Assert) or _for_types(child):
                continue
            yield child, within
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from _computing(child, f"{within}.{child.name}".lstrip(".") if named else within)


def _for_types(node: ast.AST) -> bool:
    """Whether it only names types: ``X | Y`` in an alias, a cast, a test of classes."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in ("isinstance", "TypeVar", "cast")
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr)
