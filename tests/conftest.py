"""What holds for all tests."""

from __future__ import annotations

import gc
import os

import pytest

from alloc.instance.frames import keep_texts_as_strings

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # programs that tests start would compile alloc anew, every one

# What commands say where no test asks for a language is English, whatever language the machine has.
for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(name, None)
os.environ["LANG"] = "C.UTF-8"


keep_texts_as_strings()  # as commands do; that nothing differs in a process that does not: test_texts_in_tables


def pytest_collection() -> None:
    """While tests are collected libraries are imported, and nothing becomes garbage."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported lives to the end: the collector leaves it alone, and looks less often at the rest.

    Otherwise a tenth of the time of a test goes into looking through libraries.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
