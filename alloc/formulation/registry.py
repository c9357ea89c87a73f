"""Formulations by name: what is installed, its catalogue, and the function that builds its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from alloc.formulation.catalogue import Catalogue, catalogue_of
from alloc.formulation.errors import FormulationError
from alloc.formulation.lever import Formulation, Lever
from alloc.text import Text

GROUP = "alloc.formulations"
DEFAULT = "annual"
BUILT_IN = {DEFAULT: "alloc_models.annual:ANNUAL"}  # also from a clone that is not installed


def installed() -> Mapping[str, Formulation]:
    """Every formulation that is installed, by name: an entry point of the group ``alloc.formulations``, which names a
    `Formulation`."""
    return {name: _loaded(name) for name in sorted({*BUILT_IN, *_entries()})}


def levers(name: str = DEFAULT) -> tuple[Lever, ...]:
    """The levers of a formulation without their words, which reading an instance can do without.

    Raises:
        FormulationError: there is none of that name.
    """
    return _loaded(name).levers


@cache
def catalogue(name: str = DEFAULT) -> Catalogue:
    """Everything that the levers of a formulation declare, with their words.

    Raises:
        FormulationError: there is none of that name, or its declarations contradict each other.
    """
    return catalogue_of(_loaded(name))


def catalogue_for(settings: Any) -> Catalogue:
    """The catalogue of an instance's formulation, its tiers as they are by the methods of the instance's objective.

    Args:
        settings: of an instance: ``formulation`` and ``objective``.

    Raises:
        FormulationError: as of `catalogue`.
    """
    methods = tuple((one.tier, one.method) for one in settings.objective if one.method)
    return catalogue(settings.formulation).by_methods(methods)


@cache
def formulation(name: str = DEFAULT) -> Callable[..., Any]:
    """The function that builds the model: called with derived data, the tiers of the instance and perhaps units.

    What it builds is known to every room (see `alloc.formulation.completeness`); else the function raises a
    `FormulationError`, as it does where a declaration contradicts another or rests on a set that is not there.

    Raises:
        FormulationError: there is none of that name.
    """
    known = catalogue(name)
    chosen = _loaded(name)

    def built(*arguments: Any) -> Any:
        from alloc.formulation.completeness import check
        from alloc.formulation.declare import ONE_THREAD, build

        with ONE_THREAD:
            try:
                model = build(chosen, *arguments)
            except (AttributeError, ValueError) as error:
                raise _not_built(name, error) from error
            check(model, known)
        return model

    return built


@cache  # to look up what is installed takes as long as to build a small model
def _entries() -> Mapping[str, Any]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


@cache
def _loaded(name: str) -> Formulation:
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        found = getattr(import_module(module), attribute)
    elif name in _entries():
        found = _entries()[name].load()
    else:
        raise FormulationError(
            Text(
                f"没有安装名为 {name} 的模型；可用：{'、'.join(sorted({*BUILT_IN, *_entries()}))}",
                f"no formulation {name} is installed, only {', '.join(sorted({*BUILT_IN, *_entries()}))}",
            )
        )
    if not isinstance(found, Formulation):
        raise FormulationError(
            Text(f"{name} 不是 Formulation 对象", f"{name} is no Formulation (alloc.formulation.lever)")
        )
    return found


def _not_built(name: str, error: Exception) -> FormulationError:
    """A declaration that cannot stand, with the line where it stands."""
    zh, en = getattr(error, "message", None) or (f"{_line(error)}: {error}",) * 2
    return FormulationError(Text(f"模型 {name} 无法建立：{zh}", f"formulation {name} cannot be built: {en}"))


def _line(error: Exception) -> str:
    """Module and line of the formulation's own frame: the last one outside of the engine and of libraries."""
    found, step = "", error.__traceback__
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in ("alloc", "pyomo", "numpy"):
            found = f"{module}:{step.tb_lineno}"
        step = step.tb_next
    return found or "?"


__all__ = ["FormulationError", "catalogue", "catalogue_for", "formulation", "installed", "levers"]
