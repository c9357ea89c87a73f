"""What is loaded late: a command that solves nothing does not wait for Pyomo, nor a page for the solver."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pyomo", "scipy.stats", "scipy.optimize", "alloc.compiler.compile")


@pytest.mark.long
@pytest.mark.parametrize(
    ("module", "more"),
    [
        ("alloc.api", ()), ("alloc.session", ()),
        ("alloc.workbench.front.front", ("pandas", "numpy", "pydantic", "fastapi")),
        ("alloc.workbench.front.listening", ("pandas", "numpy", "pydantic", "fastapi")),
        ("alloc.workbench.server", ("highspy", "alloc.workbench.sessions", "alloc.explanation.city.reasons")),
    ],
)  # fmt: skip
def test_a_module_loads_nothing_that_only_a_solve_needs(module: str, more: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print([each for each in {(*HEAVY, *more)!r} if each in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stdout.strip() == "[]"


VERB = """
import sys, click
from alloc.cli import options

@click.command(cls=options.Verb)
def verb():
    print([each for each in {names!r} if each in sys.modules])

verb([])
"""


@pytest.mark.long
def test_a_command_begins_before_anything_is_loaded() -> None:
    """The page of the workbench is there as soon as a socket is: what a verb needs it loads itself."""
    code = VERB.format(names=(*HEAVY, "alloc.api", "pandas", "numpy", "pydantic"))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert run.stdout.strip() == "[]"
