"""Formulations by name: the rules, and the words that belong to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from alloc.formulation.completeness import FormulationError, check
from alloc.text import Text

GROUP = "alloc.formulations"
BUILT_IN = {"annual": "alloc_models.annual:build"}  # also from a clone that is not installed


@cache  # to look up what is installed takes as long as to build a small model
def formulation(name: str = "annual") -> Callable[..., Any]:
    """The function that builds the model: called with derived data, the tiers of the instance and perhaps units.

    What it builds is known to every room (see `alloc.formulation.completeness`); else the function raises a
    `FormulationError`, as it does where a declaration contradicts another or rests on a set that is not there.

    Raises:
        FormulationError: there is none of that name.
    """
    build = _installed(name)

    @wraps(build)
    def built(*arguments: Any) -> Any:
        try:
            model = build(*arguments)
        except (AttributeError, ValueError) as error:
            raise _not_built(name, error) from error
        check(model, name, _words(build))
        return model

    return built


def words(name: str = "annual") -> Any:
    """The module ``words`` beside the formulation: titles and sentences of its families, bounds and tiers."""
    return import_module(_words(_installed(name)))


@cache
def _installed(name: str) -> Callable[..., Any]:
    for each in entry_points(group=GROUP):
        if each.name == name:
            return each.load()  # type: ignore[no-any-return]
    if name not in BUILT_IN:
        raise FormulationError(Text(f"没有安装名为 {name} 的模型", f"no formulation {name} is installed"))
    module, _, function = BUILT_IN[name].partition(":")
    return getattr(import_module(module), function)  # type: ignore[no-any-return]


def _words(build: Callable[..., Any]) -> str:
    return f"{build.__module__.rpartition('.')[0]}.words"


def _not_built(name: str, error: Exception) -> FormulationError:
    """A declaration that cannot stand, with the line where it stands."""
    zh, en = getattr(error, "message", None) or (f"{_line(error)}: {error}",) * 2
    return FormulationError(Text(f"模型 {name} 无法建立：{zh}", f"formulation {name} cannot be built: {en}"))


def _line(error: Exception) -> str:
    """Module and line of the formulation's own frame, the last one that is not of a library that it calls."""
    own, found, step = "", "", error.__traceback__
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__", ""))
        own = own or ("" if module == __name__ else module.partition(".")[0])
        if own and module.partition(".")[0] == own:
            found = f"{module}:{step.tb_lineno}"
        step = step.tb_next
    return found


__all__ = ["FormulationError", "formulation", "words"]
