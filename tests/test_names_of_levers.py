"""No room looks a family, tier or decision up by its name: what it has to know of it, the catalogue says.

A name is quoted in `models/`, in `alloc/verification/` and in tests. Elsewhere in `alloc/` a string that is the name
of a family and nothing else is a fault wherever it stands. Names of tiers and decisions are ordinary words too, of
columns, tables, settings and sections: they are faults where they look something up, as a key of what goes by such
names or beside a variable that holds one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

import alloc
from alloc.formulation.registry import catalogue
from alloc.instance.schema.settings import Settings
from alloc.instance.schema.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent
# What goes by names of families, rules, tiers or decisions: `model.columns["settle"]`, `catalogue().tiers["cost"]`.
BY_NAME = {"columns", "rows", "tiers", "objectives", "families", "decisions", "values", "point"}
# Variables that hold such a name: `if tier == "cost"`, `family in ("a", "b")`.
HOLDS_NAME = {"tier", "family", "decision", "tiers", "families", "decisions"}


@cache
def names() -> frozenset[str]:
    known = catalogue()
    return frozenset({*known.families, *known.tiers, *known.decisions})


def settings(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield name
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings(field.annotation)


@cache
def shared() -> frozenset[str]:
    """Names that are also a column or table of an instance or a result, a setting, or a rule behind a bound."""
    columns = {column for table in TABLES.values() for column in table.names}
    results = alloc.solve("hand").tables
    published = {str(column) for frame in results.values() for column in frame} | set(results)
    return names() & (columns | published | set(TABLES) | set(settings(Settings)) | set(catalogue().rules))


def quoted(node: ast.AST) -> Iterator[ast.Constant]:
    """String constants of an expression: itself, or the members of a tuple, list or set."""
    for one in node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else (node,):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one


def called(node: ast.AST) -> str:
    """The last name of an expression: `tier` of `each.tier`, `columns` of `model.columns`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def looked_up(tree: ast.AST) -> Iterator[ast.Constant]:
    """Constants that look something up by a name of the catalogue."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and called(node.value) in BY_NAME:
            yield from quoted(node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("values", "point") or (
                node.func.attr == "get" and called(node.func.value) in BY_NAME
            ):
                yield from (constant for one in node.args[:1] for constant in quoted(one))
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(called(side) in HOLDS_NAME for side in sides):
                yield from (constant for side in sides for constant in quoted(side))
        elif isinstance(node, ast.Dict):
            keys = [key for key in node.keys if isinstance(key, ast.Constant) and key.value in names()]
            if len(keys) > 2 and {key.value for key in keys} <= set(catalogue().tiers):
                yield from keys


def faults(source: str) -> list[tuple[int, str]]:
    """Line and name of everything in a module that is looked up by name."""
    tree = ast.parse(source)
    alone = set(catalogue().families) - shared()
    strings = {
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in alone
    }
    found = {(node.lineno, str(node.value)) for node in looked_up(tree) if node.value in names()}
    return sorted(strings | found)


def modules() -> list[Path]:
    every = sorted((ROOT / "alloc").rglob("*.py"))
    return [path for path in every if "verification" not in path.relative_to(ROOT).parts]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_looked_up_by_name(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'x = model.rows["growth_limit"]',
        'if tier == "cost": pass',
        'KNOWN = ("public_land", "idle_land")',
        'value = solution.values["settle"]',
        'HEADS = {"minimum": 1, "coverage": 2, "cost": 3}',
        'if "settlement" in tiers: pass',
        'each.tier in ("closeness", "cost")',
    ],
)
def test_what_is_found(source: str) -> None:
    assert faults(source)


@pytest.mark.parametrize("source", ['frame["coverage"]', 'table["settle"].sum()', 'policy = read("settlement")'])
def test_what_is_not(source: str) -> None:
    assert faults(source) == []
