"""alloc: shares out a country's urban growth, land, transfers, bonds and service capacity, by where people live.

The verbs::

    instance = alloc.read("china-2020")          # or a folder; raises alloc.InputError with every finding
    findings = alloc.check("china-2020")         # everything that is wrong or doubtful, nothing solved
    result = alloc.solve(instance, out="results/china-2020")
    alloc.show(result)                           # the short table as text
    alloc.verify("results/china-2020")           # every published number again from the raw tables

What they need is imported when they are first used, so that ``alloc --help`` answers at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alloc.instance import Finding, InputError, Instance, read
    from alloc.result.result import Result
    from alloc.result.store import StoreError
    from alloc.session import Session
    from alloc.verbs import check, compare, explain, load_result, show, solve, verify, write_report

    __version__: str

__all__ = [
    "Finding",
    "InputError",
    "Instance",
    "Result",
    "Session",
    "StoreError",
    "check",
    "compare",
    "explain",
    "load_result",
    "read",
    "show",
    "solve",
    "verify",
    "write_report",
]

_HOMES = {
    "Finding": "alloc.instance",
    "InputError": "alloc.instance",
    "Instance": "alloc.instance",
    "read": "alloc.instance",
    "Result": "alloc.result.result",
    "Session": "alloc.session",
    "StoreError": "alloc.result.store",
    "check": "alloc.verbs",
    "compare": "alloc.verbs",
    "explain": "alloc.verbs",
    "load_result": "alloc.verbs",
    "show": "alloc.verbs",
    "solve": "alloc.verbs",
    "verify": "alloc.verbs",
    "write_report": "alloc.verbs",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module
    from importlib.metadata import version

    if name == "__version__":  # of what is installed; written down in pyproject.toml alone
        return version("alloc")
    if name not in _HOMES:
        raise AttributeError(f"module 'alloc' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    # Rooms are nouns and verbs are verbs, so that no import of a room can stand in a verb's place.
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
