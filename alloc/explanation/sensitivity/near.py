"""An instance with one parameter elsewhere: its data, its model, and what a small step either way changes."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from alloc.compiler.linear_model import Block, LinearModel
from alloc.explanation.sensitivity.change import Change, change
from alloc.explanation.sensitivity.tiers import model_of
from alloc.explanation.shared.parameters import Parameter, looked_at
from alloc.formulation.registry import catalogue, formulation
from alloc.formulation.restated import OtherShape
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.solver.facilities.band import with_band_of
from alloc.tolerances import MIRRORED_STEP, SAME_NUMBER

LIMITS = "limits"
STRAIGHT = (LIMITS, "overrides")  # tables whose amounts stand in the model as they are

Data = tuple[Instance, Derived]
Numbers = dict[str, np.ndarray]


class Moved(NamedTuple):
    """A parameter moved one way.

    Attributes:
        change: of the model for one unit of the parameter; None where the two differ in more than numbers.
        mirrored: whether the step the other way changes the data by the opposite, so that nothing bends here.
    """

    change: Change | None
    mirrored: bool


class Near:
    """The surroundings of an instance; what an instance nearby has in common with it is not worked out again.

    Attributes:
        instance, derived, model: as they are.
    """

    def __init__(self, instance: Instance, model: LinearModel, derived: Derived | None = None) -> None:
        """`model` is that of the instance, perhaps with fewer tiers; `derived` its derived data, where at hand."""
        self.instance, self.model = instance, model
        self.derived = derived or derive(instance)
        self._parameter, self._looks = "", dict[float, Data | None]()
        self._limits = {row.limit: place for place, row in enumerate(self.derived.limits) if not row.basis}

    def data(self, parameter: Parameter, value: float) -> Data | None:
        """The instance with the parameter at a value, known as long as no other one is looked at; None: it cannot go
        there."""
        if parameter.target != self._parameter:
            self._parameter, self._looks = parameter.target, {}
        if value not in self._looks:
            moved = looked_at(self.instance, parameter, value)
            self._looks[value] = None if moved is None else (moved, derive(moved, self.derived))
        return self._looks[value]

    def model_at(self, parameter: Parameter, value: float) -> LinearModel | None:
        """The model with the parameter at a value; None: it cannot go there."""
        data = self.data(parameter, value)
        return None if data is None else self._model_of(data)

    def moved(self, parameter: Parameter, by: float) -> tuple[Moved | None, Moved | None]:
        """The parameter moved by `by`, down and up; None: it cannot go there."""
        if (straight := self._straight(parameter, by)) is not None:
            ends = (parameter.value - by >= parameter.least, parameter.value + by <= parameter.most)
            return tuple(Moved(straight, True) if inside else None for inside in ends)  # type: ignore[return-value]
        data = [self.data(parameter, parameter.value + way * by) for way in (-1, 1)]
        less, more = data
        mirrored = less is not None and more is not None and self._mirrored(less[1], more[1])
        found: list[Moved | None] = []
        for way, each in zip((1, -1), reversed(data), strict=True):
            if mirrored and found:
                found.append(found[0])
            elif each is None:
                found.append(None)
            else:
                found.append(Moved(change(self.model, self._model_of(each), way * by), mirrored))
        return found[1], found[0]

    def line(self, parameter: Parameter, by: float) -> Line | None:
        """The straight line from where the parameter is to `by` away; None: it cannot go there."""
        data = self.data(parameter, parameter.value + by)
        return None if data is None else Line(self, parameter, by, data)

    def _model_of(self, data: Data) -> LinearModel:
        return with_band_of(model_of(*data, self.model), self.model)

    def _straight(self, parameter: Parameter, by: float) -> Change | None:
        """A limit moves the sides of its own row; None: something else, or a limit of nothing."""
        key = parameter.target.split(".")[1]
        if parameter.kind != LIMITS or not parameter.value or key not in self._limits:
            return None
        block, place = self._rows_of_limits(), self._limits[key]
        row, limit = block.start + place, self.derived.limits[place]
        rise = limit.amount / parameter.value / self.model.row_scale[row]
        lower, upper = (
            np.array([rise if np.isfinite(each[row]) else 0.0]) for each in (self.model.row_lower, self.model.row_upper)
        )
        return Change(by, np.array([row]), lower, upper)

    def _rows_of_limits(self) -> Block:
        return self.model.rows[catalogue(self.instance.formulation).shared(LIMITS)[0]]

    def _mirrored(self, less: Derived, more: Derived) -> bool:
        down, up = _figures(less), _figures(more)
        for name, middle in self.figures.items():
            one, other = down[name], up[name]
            if one is middle and other is middle:
                continue
            if not _alike(one, other):
                return False
            with np.errstate(invalid="ignore"):
                step = np.abs(other - one)
                bend = np.abs(one + other - 2 * middle)
            if np.any(bend > MIRRORED_STEP * step + SAME_NUMBER * np.maximum(1.0, np.abs(middle))):
                return False
        return True

    @cached_property
    def figures(self) -> Numbers:
        """Every number of the derived data."""
        return _figures(self.derived)

    @cached_property
    def _declared(self) -> Any:
        from alloc.compiler.compile import declared  # with Pyomo: a second to load

        return declared(self.model)

    @cached_property
    def stated(self) -> Numbers:
        """Every number of the formulation."""
        return _stated(self._declared)

    def stated_of(self, data: Data) -> Numbers:
        """The numbers of the formulation of another instance: parameters, and bounds of variables."""
        instance, derived = data
        build = formulation(instance.formulation)
        try:
            return _stated(build(derived, instance.settings.objective, self.model.units, self._declared))
        except OtherShape:
            return _stated(build(derived, instance.settings.objective))


class Line:
    """The straight line through an instance and another one nearby, for parameters that move no coefficient.

    Sides and bounds are sums of the numbers of the formulation then.
    """

    def __init__(self, near: Near, parameter: Parameter, by: float, data: Data) -> None:
        """`data` is that of the parameter moved by `by`."""
        self._near, self._parameter, self._by, self._data = near, parameter, by, data
        self._figures = _figures(data[1])
        self._stated: Numbers | None = None

    def follows(self, by: float) -> bool:
        """Whether everything goes on in this line until the parameter is moved by `by`: nothing bends before."""
        there = self._near.data(self._parameter, self._parameter.value + by)
        if there is None or not _line(self._near.figures, self._figures, _figures(there[1]), by / self._by):
            return False
        self._stated = self._stated or self._near.stated_of(self._data)
        return _line(self._near.stated, self._stated, self._near.stated_of(there), by / self._by)


def _stated(model: Any) -> Numbers:
    found: Numbers = dict(model.values)
    for name, column in model.columns.items():
        found |= {f"{name} from": column.lower, f"{name} to": column.upper}
    return found


def _figures(derived: Derived) -> Numbers:
    """Every number of derived data."""
    numbers: Numbers = {name: value for name, value in derived.arrays.items() if value.dtype == float}
    numbers["limits"] = np.array([row.amount for row in derived.limits], dtype=float)
    numbers["limits of sums"] = np.array([row.of_versus + row.of_spending for row in derived.limits], dtype=float)
    return numbers


def _line(base: Numbers, near: Numbers, far: Numbers, times: float) -> bool:
    """Whether everything that is far differs from the base `times` as much as what is near."""
    for name, middle in base.items():
        one, other = near[name], far[name]
        if one is middle and other is middle:
            continue
        if not (_alike(middle, one) and _alike(middle, other)):
            return False
        with np.errstate(invalid="ignore"):
            off = np.abs((one - middle) * times - (other - middle))
        size = np.where(np.isfinite(middle), np.maximum(np.abs(middle), 1.0), 1.0)
        if np.any(off > SAME_NUMBER * size):
            return False
    return True


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays have numbers in the same places."""
    return one.shape == other.shape and np.array_equal(np.isfinite(one), np.isfinite(other))
