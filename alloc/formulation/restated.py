"""A model declared once more with other numbers: sets, parameters and variables are those of a model that is there.

To declare a model for Pyomo takes as long as to derive its data, and to compile it several times as long. Where only
numbers have changed neither is needed: the levers declare again what they declare, each declaration is held against the
one of its name, and only arrays are new. Whatever is not the same shows that the model has another shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


class OtherShape(Exception):
    """What is declared differs in more than numbers from the model beside it, so that it has to be built whole."""


class Restated:
    """A model with the Pyomo components of another one and numbers of its own; for `alloc.formulation.declare` alone.

    Attributes:
        pyomo: the Pyomo model.
        source: the model that was declared first.
    """

    def __init__(self, source: Any) -> None:
        """Nothing is declared yet."""
        first = source.source if isinstance(source, Restated) else source  # whatever is restated has the same shape
        self.__dict__.update(pyomo=pyomo_of(source), source=first, declared={})

    def __getattr__(self, name: str) -> Any:
        """A component, or what the Pyomo model knows of itself."""
        declared = self.__dict__["declared"]
        return declared[name] if name in declared else getattr(self.__dict__["pyomo"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuses what a lever gives the Pyomo model by itself: nobody can say whether it is the same."""
        raise OtherShape(name)

    def component(self, name: str) -> Any:
        """What is declared already, as Pyomo says it."""
        return self.__dict__["declared"].get(name)

    def take(self, name: str, what: tuple[Any, ...]) -> None:
        """The component of a name, if what is said of it is what was said before."""
        before = self.source.shapes.get(name)
        if before is None or not same(before, what):
            raise OtherShape(name)
        self.__dict__["declared"][name] = getattr(self.pyomo, name)


def pyomo_of(model: Any) -> Any:
    """The Pyomo model itself."""
    return model.pyomo if isinstance(model, Restated) else model


def moved(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> frozenset[str]:
    """The names of parameters whose numbers differ."""
    return frozenset(name for name, values in after.items() if not same(values, before[name]))


def same(one: Any, other: Any) -> bool:
    """Whether two things said of a component are the same: sets and rules are what they are, arrays are compared."""
    if one is other:
        return True
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and bool(np.array_equal(one, other))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, (list, str, bool, int, float)) and type(one) is type(other) and bool(one == other)
