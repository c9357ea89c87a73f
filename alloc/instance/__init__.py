"""The instance room: tables in, checked tables out.

``read`` gives an :class:`Instance` or raises :class:`InputError`; ``load`` gives the instance, if it can be used, and
every :class:`Finding`. What is imported here is imported when it is first asked for, so that the package stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alloc.instance.files.reading import load, read
    from alloc.instance.files.shipped import locate
    from alloc.instance.findings import Finding, InputError
    from alloc.instance.instance import Instance
    from alloc.text import Text

__all__ = ["Finding", "InputError", "Instance", "Text", "load", "locate", "read"]

_HOMES = {
    "Finding": "alloc.instance.findings",
    "InputError": "alloc.instance.findings",
    "Instance": "alloc.instance.instance",
    "Text": "alloc.text",
    "load": "alloc.instance.files.reading",
    "locate": "alloc.instance.files.shipped",
    "read": "alloc.instance.files.reading",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for from its module."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
