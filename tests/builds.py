"""The modules that build a shipped instance, whose names are plain: there for a test, and gone again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

HOME = Path(__file__).resolve().parent.parent / "instances"


@contextmanager
def build_modules(instance: str, *names: str) -> Iterator[dict[str, ModuleType]]:
    """Modules of an instance's ``build`` folder by name.

    Args:
        instance: the folder's name in ``instances``.
        names: of the modules.
    """
    folder = HOME / instance / "build"
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield {name: import_module(name) for name in names}
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]
