"""The national instance solved: once in a process, for every test that only looks at what comes of it.

Nothing may be changed in what is returned; a test of solving itself solves by itself.
"""

from __future__ import annotations

from functools import cache

from alloc.instance import Instance, read
from alloc.instance.instance import make_instance
from alloc.result.result import Result, run


@cache
def relaxed_instance() -> Instance:
    """The shipped instance without whole facilities."""
    shipped = read("china-2020")
    return make_instance(shipped.settings.model_copy(update={"integers": False}), shipped.tables)


@cache
def relaxed() -> Result:
    """Without whole facilities: some seconds."""
    return run(relaxed_instance())


@cache
def whole() -> Result:
    """As it is shipped: a quarter of a minute."""
    return run(read("china-2020"))
