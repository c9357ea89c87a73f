"""Formulations by name: the rules, and the words that belong to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

GROUP = "alloc.formulations"
BUILT_IN = {"annual": "alloc_models.annual:build"}  # also from a clone that is not installed


class FormulationError(Exception):
    """No formulation of that name is installed."""


@cache  # to look up what is installed takes as long as to build a small model
def formulation(name: str = "annual") -> Callable[..., Any]:
    """The function that builds the model: called with derived data, the tiers of the instance and perhaps units.

    Raises:
        FormulationError: there is none.
    """
    for each in entry_points(group=GROUP):
        if each.name == name:
            return each.load()  # type: ignore[no-any-return]
    if name not in BUILT_IN:
        raise FormulationError(name)
    module, _, function = BUILT_IN[name].partition(":")
    return getattr(import_module(module), function)  # type: ignore[no-any-return]


def words(name: str = "annual") -> Any:
    """The module ``words`` beside the formulation: titles and sentences of its families, bounds and tiers."""
    package = formulation(name).__module__.rpartition(".")[0]
    return import_module(f"{package}.words")
