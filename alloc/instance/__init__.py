"""The instance room: tables in, checked tables out.

``read`` gives an :class:`Instance` or raises :class:`InputError`; ``load`` gives the instance, if it can be used, and
every :class:`Finding`. What is imported here is imported when it is first asked for, so that the package stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alloc.instance.findings import Finding, InputError, Text
    from alloc.instance.instance import Instance
    from alloc.instance.reading import load, read
    from alloc.instance.shipped import locate

__all__ = ["Finding", "InputError", "Instance", "Text", "load", "locate", "read"]

_HOMES = {
    "Finding": "findings",
    "InputError": "findings",
    "Instance": "instance",
    "Text": "findings",
    "load": "reading",
    "locate": "shipped",
    "read": "reading",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for from its module."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
