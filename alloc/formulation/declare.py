"""Declaring sets, parameters, variables and families with their data as arrays.

A formulation is an ordinary Pyomo model whose rules are never walked row by row, so nothing in it needs an object per
cell: Pyomo holds the names and the shapes, the numbers stand beside it as NumPy arrays in set order. It is imported
when a model is built, so that levers can be read without it. The compiler
reads these attributes of the model:

* ``sizes``       unit of the model -> units of the model in one unit of the matrix, see `Formulation.sizes`
* ``members``     indexed set name -> its members, see `selection`
* ``values``      parameter name -> array of the shape of its index
* ``columns``     variable name -> `Columns` (bounds, wholeness, scale)
* ``families``    constraint family -> `Declared` (index, rule, scale)
* ``tiers``       tier name -> `LinearTier`, `MaxMinTier` or `ClosenessTier`
* ``sums``        name of a sum -> `alloc.formulation.catalogue.Sum`: what it runs over, and the terms of all levers
* ``quantities``  name of a quantity -> what a row of limits can sum up
* ``shapes``      what is said of every component but its numbers, by which a model that is declared again is known
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np

from alloc.formulation.catalogue import catalogue_of
from alloc.formulation.lever import Decision, Family, Formulation
from alloc.formulation.restated import OtherShape, Restated, same

# Pyomo keeps in a module what a template runs over: a set that another thread declares meanwhile gets placeholders.
ONE_THREAD = RLock()


class DeclarationError(ValueError):
    """A declaration that contradicts another, or rests on a set that is not there.

    `message` says it in Chinese and in English, each with the line of the formulation that declares it.
    """

    def __init__(self, zh: str, en: str) -> None:
        """Adds where the declaration stands."""
        self.message = tuple(f"{_where()}: {said}" for said in (zh, en))
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
class Declared:
    """A constraint family of a model: one rule over one index set.

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
        integer: whether a city that plans its whole facilities by itself has it as an objective of its own.
        essential: whether allocations may move further from the relaxation for it than the band that holds them there.
        scale: the size that absolute gaps refer to, in its own unit.
        tie_breakers: minimised after it, one after the other, to break its ties.
    """

    rule: Callable[[Any], Any]
    maximise: bool
    integer: bool = False
    essential: bool = False
    scale: float = 1.0
    tie_breakers: tuple[Callable[[Any], Any], ...] = ()


@dataclass(frozen=True)
class MaxMinTier:
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


def empty(sizes: Mapping[str, np.ndarray] | None = None, beside: Any = None) -> Any:
    """A model without anything; `beside` another one it has that one's Pyomo components, see `Restated`.

    Args:
        sizes: unit of the model -> units of the model in one unit of the matrix: a number, or one for each member of
            the last set that the unit's variables and families run over. Shares and facilities stand as they are.
    """
    from alloc.formulation.from_pyomo import pyo

    model: Any = pyo.ConcreteModel() if beside is None else Restated(beside)
    vars(model).update(
        sizes={"facilities": np.array(1.0), "share": np.array(1.0), **(sizes or {})},
        members={}, values={}, columns={}, families={}, tiers={}, sums={}, quantities={}, shapes={},
    )  # fmt: skip
    return model


def build(
    formulation: Formulation,
    data: Any,
    objective: Any,
    sizes: Mapping[str, np.ndarray] | None = None,
    beside: Any = None,
) -> Any:
    """The model of a formulation for one instance.

    Args:
        formulation: its levers.
        data: derived data (`alloc.instance.derived`): arrays by city, service and pool.
        objective: the tiers in the instance's order, each with ``tier``, ``method``, ``beta``.
        sizes: of the matrix, as another model has them that this one is to be compared with; else by the data.
        beside: a model of nearly the same instance, whose Pyomo components are taken.

    Returns:
        A Pyomo model with its arrays beside it.

    Raises:
        DeclarationError: a declaration contradicts another or rests on what is not there.
        CatalogueError: the levers contradict each other.
        OtherShape: the model differs in more than numbers from the one `beside` it.
    """
    known = catalogue_of(formulation)
    m = empty(formulation.sizes(data) if sizes is None else sizes, beside)
    vars(m).update(catalogue=known, sums=known.sums, quantities=known.quantities)
    formulation.sets(m, data)
    for lever in formulation.levers:
        if lever.declare is not None:
            lever.declare(m, data)
        for family in lever.families:
            if not family.brought:
                rows(m, family.name)
    for entry in objective:
        if entry.tier not in known.tiers:
            raise DeclarationError(f"模型没有目标 {entry.tier}", f"the model has no tier {entry.tier}")
        tier(m, entry.tier, known.tiers[entry.tier].declare(m, data, entry))
    if beside is not None and any(
        list(getattr(m, each)) != list(getattr(beside, each)) for each in ("shapes", "families", "tiers")
    ):
        raise OtherShape("what is declared, and in which order")
    return m


def index(model: Any, name: str, labels: Sequence[Any]) -> None:
    """A set of single labels, in the order given."""
    from alloc.formulation.from_pyomo import pyo

    _unlike(model, name)
    _declared(model, name, lambda: pyo.Set(initialize=list(labels), dimen=1), list(labels))


def subset(model: Any, name: str, of: Any, chosen: np.ndarray) -> None:
    """The members of the set `of` where the mask `chosen` (its shape) is true."""
    index(model, name, [label for label, take in zip(of, chosen, strict=True) if take])


def selection(model: Any, name: str, of: Any, sets: Sequence[Any], chosen: np.ndarray | tuple[np.ndarray, ...]) -> None:
    """For each member of `of`, the tuples of `sets` where the mask `chosen` (shape: of × sets) is true.

    Where next to nothing is chosen of much, `chosen` is the positions themselves, in ascending order: one array for
    `of` (raveled where it is a product) and one for each of the sets.

    Pyomo holds an indexed set without members; these stand in ``model.members[name]``: how many each has, and of every
    dimension the set that the labels are from and their places in it.
    """
    from alloc.formulation.from_pyomo import pyo

    _unlike(model, name)
    _members(model, name, of, *sets)
    if isinstance(chosen, np.ndarray):
        chosen = np.unravel_index(np.flatnonzero(chosen), chosen.shape)  # ten times as fast as nonzero
    positions = tuple(np.asarray(each) for each in chosen)
    counts = np.bincount(positions[0], minlength=len(of))
    _declared(model, name, lambda: pyo.Set(of, dimen=len(sets)), _factors(of), tuple(sets), counts, positions)
    model.members[name] = (counts, list(zip(sets, positions[1:], strict=True)))


def parameter(model: Any, name: str, values: Any, *sets: Any) -> None:
    """A parameter over the product of `sets` (none: a single number) with its values in set order."""
    from alloc.formulation.from_pyomo import pyo

    _unlike(model, name)
    _members(model, name, *sets)
    array = np.asarray(values, dtype=float)
    if array.shape != tuple(len(one) for one in sets):
        raise ValueError(f"parameter {name}: shape {array.shape} does not fit its sets")
    _declared(model, name, lambda: pyo.Param(*sets, mutable=True, within=pyo.Any), sets)
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
    from alloc.formulation.from_pyomo import pyo

    _unlike(model, name)
    _members(model, name, *sets)
    shape = tuple(len(one) for one in sets)
    low, high, scale = (
        np.broadcast_to(np.asarray(given, dtype=float), shape) for given in (lower, upper, _scale(model, unit))
    )
    said = (sets, scale, integer, auxiliary, granted)
    _declared(model, name, lambda: pyo.Var(*sets, dense=False) if sets else pyo.Var(), *said)
    model.columns[name] = Columns(low, high, integer, scale, auxiliary, granted)


def decision(
    model: Any, declared: Decision, *, lower: Any = 0.0, upper: Any = np.inf, size: np.ndarray | None = None
) -> None:
    """The variable of a decision; bounds broadcast to its shape, and so does `size`, where its unit does not say it."""
    sets = [getattr(model, name) for name in declared.over]
    variable(
        model, declared.name, *sets,
        unit=declared.unit if size is None else size,
        lower=lower, upper=upper, integer=declared.whole, granted=declared.granted,
    )  # fmt: skip


def rows(model: Any, name: str) -> None:
    """The rows of a family of the catalogue, over the sets that it names."""
    declared: Family = model.catalogue.families[name]
    family(model, name, product([getattr(model, over) for over in declared.over]), declared.rule, declared.unit)


def product(sets: Sequence[Any]) -> Any:
    """The product of some sets, of one the set itself."""
    over, *others = sets
    for other in others:
        over = over * other
    return over


def family(model: Any, name: str, over: Any, rule: Callable[..., Any], unit: str | np.ndarray) -> None:
    """A constraint family: `rule` for every member of the set `over`; `unit` as for variables, of its rows."""
    if name in model.families:
        raise DeclarationError(f"约束族 {name} 已经声明", f"family {name} is declared already")
    _members(model, name, over)
    scale = _scale(model, unit)
    if isinstance(model, Restated):
        before = model.source.families.get(name)
        if before is None or rule is not before.rule or not same(_factors(over), _factors(before.index)):
            raise OtherShape(name)
        over = before.index
    model.families[name] = Declared(over, rule, scale)


def tier(model: Any, name: str, declared: LinearTier | MaxMinTier | ClosenessTier) -> None:
    """A tier, optimised after those that are declared already."""
    if name in model.tiers:
        raise DeclarationError(f"目标 {name} 已经声明", f"tier {name} is declared already")
    model.tiers[name] = declared


def _declared(model: Any, name: str, made: Callable[[], Any], *said: Any) -> None:
    """Gives the model a component of which so much is said besides its numbers."""
    if isinstance(model, Restated):
        model.take(name, said)
    else:
        setattr(model, name, made())
    model.shapes[name] = said


def _factors(over: Any) -> tuple[Any, ...]:
    """The sets that a product is of, of one that is none itself."""
    return tuple(over.subsets()) if hasattr(over, "subsets") else (over,)


def _unlike(model: Any, name: str) -> None:
    """Refuses a second set, parameter or variable of one name."""
    if model.component(name) is not None:
        raise DeclarationError(
            f"集合、参数或变量 {name} 已经声明", f"a set, parameter or variable {name} is declared already"
        )


def _members(model: Any, name: str, *sets: Any) -> None:
    """Refuses what is no set of the model, alone or as a factor of a product."""
    from alloc.formulation.from_pyomo import pyo

    for one in sets:
        for factor in _factors(one):
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
