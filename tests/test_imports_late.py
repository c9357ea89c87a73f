"""What is loaded late: a command that solves nothing does not wait for Pyomo, nor a page for the solver."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("pyomo", "scipy.stats", "scipy.optimize", "alloc.compiler.compile")
LIBRARIES = ("pandas", "numpy", "pydantic")
# One module after the other, in one program: what is not there after the last was loaded by none before it. Those that
# may load the least come first.
MODULES: dict[str, tuple[str, ...]] = {
    "alloc.workbench.front.front": (*LIBRARIES, "fastapi"),
    "alloc.workbench.front.listening": (*LIBRARIES, "fastapi"),
    "alloc.api": (),
    "alloc.session": (),
}
SERVER = ("highspy", "alloc.workbench.sessions", "alloc.explanation.city.reasons")


def printed(code: str) -> str:
    """What a program of its own prints."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    return run.stdout.strip()


LOADED = """
import importlib, json, sys
found = {{}}
for module, absent in {modules!r}.items():
    importlib.import_module(module)
    found[module] = [each for each in absent if each in sys.modules]
print(json.dumps(found))
"""


@pytest.mark.long
def test_a_module_loads_nothing_that_only_a_solve_needs() -> None:
    modules = {module: (*HEAVY, *more) for module, more in MODULES.items()}
    assert json.loads(printed(LOADED.format(modules=modules))) == {module: [] for module in MODULES}


@pytest.mark.long
def test_the_server_loads_nothing_that_only_a_solve_needs() -> None:
    code = f"import sys, alloc.workbench.server; print([each for each in {(*HEAVY, *SERVER)!r} if each in sys.modules])"
    assert printed(code) == "[]"


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
    assert printed(VERB.format(names=(*HEAVY, *LIBRARIES, "alloc.api"))) == "[]"
