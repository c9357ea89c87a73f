"""What `import alloc` offers: documented in full, listed by `dir`, typed, and of one version."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import alloc
from alloc.comparison import Comparison
from alloc.explanation.shared.answer import Answer
from alloc.workbook.convert import Converted
from alloc.workbook.forms.merge import MergedForms
from alloc.writing import Written

ROOT = Path(__file__).resolve().parent.parent
# Of annotations, imported when they are needed.
LATER = {each.__name__: each for each in (Answer, Comparison, Converted, MergedForms, Written)}


def ours(found: object) -> bool:
    return inspect.isclass(found) and found.__module__.startswith("alloc.")


def given_back(function: Callable[..., Any]) -> Iterator[type]:
    """Classes of alloc that a function says it returns."""
    told = get_type_hints(function, localns=LATER).get("return")
    yield from (each for each in (told, *getattr(told, "__args__", ())) if ours(each))


def public(kind: type) -> Iterator[tuple[str, Any]]:
    """Methods and properties of a class that are meant to be used."""
    for name, member in vars(kind).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property | cached_property)):
            yield name, member


def reachable() -> dict[str, Any]:
    """Everything in `__all__`, the classes that its functions and methods return, and their members, by dotted name."""
    listed = [getattr(alloc, name) for name in alloc.__all__]
    functions = [each for thing in listed for _, each in (public(thing) if inspect.isclass(thing) else [("", thing)])]
    returned = [kind for each in functions if inspect.isfunction(each) for kind in given_back(each)]
    found = {thing.__qualname__: thing for thing in (*listed, *returned)}
    inner = {f"{name}.{each}": member for name, kind in found.items() if ours(kind) for each, member in public(kind)}
    return found | inner


FACE = reachable()
FUNCTIONS = {name: each for name, each in FACE.items() if inspect.isfunction(each)}
CLASSES = {name: each for name, each in FACE.items() if inspect.isclass(each)}


def part(documented: object, title: str) -> str:
    """What stands below a title like ``Args:`` in a docstring; "" where there is none."""
    found = re.search(rf"^{title}:\n((?:    .*\n|\n)+)", f"{inspect.getdoc(documented)}\n", re.MULTILINE)
    return found[1] if found else ""


def named(text: str) -> set[str]:
    """Names that a part explains: one or several before a colon, at its first level."""
    heads = re.findall(r"^    (\w[\w, ]*):", text, re.MULTILINE)
    return {name.strip() for head in heads for name in head.split(",")}


def raised(function: Callable[..., Any]) -> set[str]:
    """Exceptions that a function raises itself."""
    body = ast.parse(textwrap.dedent(inspect.getsource(function)))
    thrown = [each.exc for each in ast.walk(body) if isinstance(each, ast.Raise) and each.exc is not None]
    return {ast.unparse(each.func if isinstance(each, ast.Call) else each) for each in thrown}


def arguments(function: Callable[..., Any]) -> set[str]:
    return set(inspect.signature(function).parameters) - {"self", "cls"}


def test_the_walk_goes_beyond_what_is_listed() -> None:
    assert {"Session.edit", "Session.starts", "Comparison.rows", "Answer.record", "Verification"} <= set(FACE)


@pytest.mark.parametrize("name", FACE)
def test_everything_public_is_documented(name: str) -> None:
    """A first line that is a sentence; an inherited docstring does not count."""
    written = FACE[name].__doc__ if not inspect.isclass(FACE[name]) else vars(FACE[name]).get("__doc__")
    assert written
    assert re.match(r"[A-Z`*]", written), written
    assert not written.startswith(f"{name}("), "made by dataclasses"
    assert re.search(r"[.:]$", written.partition("\n")[0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_explain_what_goes_in_and_what_comes_out(name: str) -> None:
    """Args names every parameter and no other, Returns is there where something is returned, Raises names what is."""
    function = FUNCTIONS[name]
    assert named(part(function, "Args")) == arguments(function)
    returns = inspect.signature(function).return_annotation != "None"
    assert bool(part(function, "Returns")) == returns
    assert raised(function) <= named(part(function, "Raises"))


@pytest.mark.parametrize("name", CLASSES)
def test_classes_explain_what_they_hold_or_are_made_of(name: str) -> None:
    """Attributes names every public field of a dataclass; Args every parameter of another class."""
    kind = CLASSES[name]
    if is_dataclass(kind):
        assert named(part(kind, "Attributes")) >= {each.name for each in fields(kind) if not each.name.startswith("_")}
    elif inspect.isfunction(vars(kind).get("__init__")) and not getattr(kind, "_is_protocol", False):
        assert named(part(kind, "Args")) >= arguments(kind.__init__)


# ------------------------------------------------------------------------------------------------------------ the rest


def test_dir_lists_the_public_face_alone() -> None:
    assert dir(alloc) == sorted([*alloc.__all__, "__version__"])
    assert all(hasattr(alloc, name) for name in dir(alloc))


def test_the_version_is_written_down_once() -> None:
    """In pyproject.toml: the package reads it from its metadata, the changelog has a heading for it."""
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert alloc.__version__ == version("alloc") == written
    assert f"\n## [{written}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [each for each in (ROOT / "alloc").rglob("*.py") if f'"{written}"' in each.read_text(encoding="utf-8")] == []


def test_types_are_shipped() -> None:
    """PEP 561: without these files a type checker takes nothing from the installed packages."""
    assert (ROOT / "alloc" / "py.typed").is_file()
    assert (ROOT / "models" / "alloc_models" / "py.typed").is_file()


def test_hooks_are_local() -> None:
    """They run what is installed and download nothing."""
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (.*)", text) == ["local"]
    assert set(re.findall(r"language: (.*)", text)) == {"system"}
    assert {"python -m ruff check .", "python -m ruff format --check .", "python -m mypy"} == set(
        re.findall(r"entry: (.*)", text)
    )
