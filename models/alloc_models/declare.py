"""Declaring sets, parameters, variables and families with their data as arrays.

A formulation is an ordinary Pyomo model whose rules are never walked row by row, so nothing in it needs an object per
cell: Pyomo holds the names and the shapes, the numbers stand beside it as NumPy arrays in set order. The compiler
reads these attributes of the model:

* ``sizes``       unit of the model -> units of the model in one unit of the matrix, see `alloc_models.sizes`
* ``members``     indexed set name -> its members, see `selection`
* ``values``      parameter name -> array of the shape of its index
* ``columns``     variable name -> `Columns` (bounds, wholeness, scale)
* ``families``    constraint family -> `Family` (index, rule, scale)
* ``tiers``       tier name -> `LinearTier`, `LeastTier` or `ClosenessTier`
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo


class DeclarationError(ValueError):
    """A declaration that contradicts another, or rests on a set that is not there.

    `message` says it in Chinese and in English, each with the line of the formulation that declares it.
    """

    def __init__(self, zh: str, en: str) -> None:
        """Adds where the declaration stands."""
        self.message = tuple(f"{_where()}: {each}" for each in (zh, en))
        super().__init__(self.message[1])


@dataclass(frozen=True)
class Columns:
    """Bounds of a variable over its whole index.

    Attributes:
        lower: least value, of the index's shape, in the unit of the model.
        upper: greatest value.
        integer: whether the column takes whole values only.
        scale: how many units of the model one unit of the matrix stands for.
        auxiliary: whether it only states what a tier is worth and decides nothing.
        granted: whether it is what a city is granted of what all cities share.
    """

    lower: np.ndarray
    upper: np.ndarray
    integer: bool
    scale: np.ndarray
    auxiliary: bool
    granted: bool = False


@dataclass(frozen=True)
class Family:
    """A constraint family: one rule over one index set.

    Attributes:
        index: the Pyomo set whose members each have a row.
        rule: called with the model and the index, gives a relation.
        scale: units of the model in one unit of the matrix; broadcasts to the index's shape.
    """

    index: Any
    rule: Callable[..., Any]
    scale: np.ndarray


@dataclass(frozen=True)
class LinearTier:
    """A linear objective.

    Attributes:
        rule: called with the model, gives the expression.
        maximise: else it is minimised.
        whole: whether a city that plans its whole facilities by itself has it as an objective of its own.
        essential: whether allocations may move further from the relaxation for it than the band that holds them there.
        natural: the size that absolute gaps refer to, in its own unit.
        then: optimised after it, breaks its ties.
    """

    rule: Callable[[Any], Any]
    maximise: bool
    whole: bool = False
    essential: bool = False
    natural: float = 1.0
    then: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class LeastTier:
    """Lexicographic max-min: raise the variable `level` under the rows of `family`, hold who is blocked, repeat."""

    level: str
    family: str


@dataclass(frozen=True)
class ClosenessTier:
    """Least Σ weight·(x − centre)² over the variable `variable`; NaN in `centre` leaves a column out.

    `unit` is what a relative move of each column is measured in.
    """

    variable: str
    centre: np.ndarray
    weight: np.ndarray
    unit: np.ndarray


def formulation(sizes: Mapping[str, np.ndarray] | None = None) -> Any:
    """An empty formulation.

    Args:
        sizes: unit of the model -> units of the model in one unit of the matrix: a number, or one for each member of
            the last set that the unit's variables and families run over. Shares and facilities stand as they are.
    """
    model: Any = pyo.ConcreteModel()
    model.sizes = {"facilities": np.array(1.0), "share": np.array(1.0), **(sizes or {})}
    model.members, model.values, model.columns, model.families, model.tiers = {}, {}, {}, {}, {}
    return model


def index(model: Any, name: str, labels: Sequence[Any]) -> None:
    """A set of single labels, in the order given."""
    _unlike(model, name)
    setattr(model, name, pyo.Set(initialize=list(labels), dimen=1))


def subset(model: Any, name: str, of: Any, chosen: np.ndarray) -> None:
    """The members of the set `of` where the mask `chosen` (its shape) is true."""
    index(model, name, [label for label, take in zip(of, chosen, strict=True) if take])


def selection(model: Any, name: str, of: Any, sets: Sequence[Any], chosen: np.ndarray) -> None:
    """For each member of `of`, the tuples of `sets` where the mask `chosen` (shape: of × sets) is true.

    Pyomo holds an indexed set without members; these stand in ``model.members[name]``: how many each has, and of every
    dimension the set that the labels are from and their places in it.
    """
    _unlike(model, name)
    _members(model, name, of, *sets)
    positions = np.unravel_index(np.flatnonzero(chosen), chosen.shape)  # ten times as fast as nonzero
    counts = np.bincount(positions[0], minlength=chosen.shape[0])
    setattr(model, name, pyo.Set(of, dimen=len(sets)))
    model.members[name] = (counts, list(zip(sets, positions[1:], strict=True)))


def parameter(model: Any, name: str, values: Any, *sets: Any) -> None:
    """A parameter over the product of `sets` (none: a single number) with its values in set order."""
    _unlike(model, name)
    _members(model, name, *sets)
    array = np.asarray(values, dtype=float)
    if array.shape != tuple(len(one) for one in sets):
        raise ValueError(f"parameter {name}: shape {array.shape} does not fit its sets")
    setattr(model, name, pyo.Param(*sets, mutable=True, within=pyo.Any))
    model.values[name] = array


def variable(
    model: Any,
    name: str,
    *sets: Any,
    unit: str | np.ndarray,
    lower: Any = 0.0,
    upper: Any = np.inf,
    integer: bool = False,
    auxiliary: bool = False,
    granted: bool = False,
) -> None:
    """A variable over the product of `sets`; bounds broadcast to its shape.

    Args:
        unit: a key of ``sizes``, or an array of scales that broadcasts to the shape.
        auxiliary: it only states what a tier is worth; given all decisions, it is set to the tier's best.
        granted: what a city is granted of what all cities share; it is known when a city is planned by itself.
    """
    _unlike(model, name)
    _members(model, name, *sets)
    shape = tuple(len(one) for one in sets)
    setattr(model, name, pyo.Var(*sets, dense=False) if sets else pyo.Var())
    low, high, scale = (
        np.broadcast_to(np.asarray(each, dtype=float), shape)
        for each in (lower, upper, _scale(model, unit))
    )
    model.columns[name] = Columns(low, high, integer, scale, auxiliary, granted)


def family(model: Any, name: str, over: Any, rule: Callable[..., Any], unit: str | np.ndarray) -> None:
    """A constraint family: `rule` for every member of the set `over`; `unit` as for variables, of its rows."""
    if name in model.families:
        raise DeclarationError(f"约束族 {name} 已经声明", f"family {name} is declared already")
    _members(model, name, over)
    model.families[name] = Family(over, rule, _scale(model, unit))


def tier(model: Any, name: str, declared: LinearTier | LeastTier | ClosenessTier) -> None:
    """A tier, optimised after those that are declared already."""
    if name in model.tiers:
        raise DeclarationError(f"目标 {name} 已经声明", f"tier {name} is declared already")
    model.tiers[name] = declared


def _unlike(model: Any, name: str) -> None:
    """Refuses a second set, parameter or variable of one name."""
    if model.component(name) is not None:
        raise DeclarationError(
            f"集合、参数或变量 {name} 已经声明", f"a set, parameter or variable {name} is declared already"
        )


def _members(model: Any, name: str, *sets: Any) -> None:
    """Refuses what is no set of the model, alone or as a factor of a product."""
    for one in sets:
        for factor in one.subsets() if hasattr(one, "subsets") else (one,):
            known = getattr(factor, "local_name", None)
            if known is None or model.component(known) is not factor or factor.ctype is not pyo.Set:
                called = known or repr(factor)
                raise DeclarationError(
                    f"{name} 所依据的集合 {called} 不在模型中", f"{name} is declared over {called}, no set of the model"
                )


def _where() -> str:
    """File and line of the formulation outside of this module."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals is globals():
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__', '')}:{frame.f_lineno}"


def _scale(model: Any, unit: str | np.ndarray) -> np.ndarray:
    return np.asarray(model.sizes[unit] if isinstance(unit, str) else unit, dtype=float)
