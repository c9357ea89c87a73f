"""The same edits through Pyomo's persistent HiGHS interface (`appsi`): mutable parameters and bounds of variables."""

from __future__ import annotations

import time
from typing import Any

import pyomo.environ as pyo
from pyomo.contrib.appsi.solvers.highs import Highs

from alloc.instance import Instance
from alloc.instance.derived.derived import derive
from benchmarks.routes.pyomo_model import concrete


class Persistent:
    """Holds the Pyomo model of an instance and a HiGHS object that follows it."""

    def __init__(self, instance: Instance) -> None:
        self._held = concrete(derive(instance), mutable=True)
        self._before = instance
        self._solver = Highs()
        self._solver.set_instance(self._held)

    def passed_on(self, edited: Instance) -> float | None:
        """Seconds to write what an edit changes into the model and pass it on, without a solve.

        Which values change is found before the clock starts: somebody who knows his model changes only those.

        Returns:
            None where the edit changes which rows there are (the interface then takes them out and in one by one),
            or nothing that this model, which has one tier, holds.
        """
        other = concrete(derive(edited), mutable=True)
        if _labels(self._held) != _labels(other):
            return None
        parameters = _differing(self._held, other)
        bounds = [
            (one, two.lb, two.ub)
            for one, two in zip(_variables(self._held), _variables(other), strict=True)
            if (one.lb, one.ub) != (two.lb, two.ub)
        ]
        if not parameters and not bounds:
            return None
        back = [(one, one.lb, one.ub) for one, _, _ in bounds]
        values = [(parameter, key, parameter[key].value) for parameter, key, _ in parameters]
        seconds = self._write(parameters, bounds)
        self._write(values, back)
        return seconds

    def _write(self, parameters: list[tuple[Any, Any, float]], bounds: list[tuple[Any, Any, Any]]) -> float:
        started = time.process_time()
        for parameter, key, value in parameters:
            parameter[key] = value
        for variable, lower, upper in bounds:
            variable.setlb(lower)
            variable.setub(upper)
        if bounds:
            self._solver.update_variables([variable for variable, _, _ in bounds])
        if parameters:
            self._solver.update_params()
        return time.process_time() - started


def _variables(model: Any) -> list[Any]:
    return list(model.component_data_objects(pyo.Var, descend_into=True))


def _labels(model: Any) -> list[tuple[str, list[Any]]]:
    return [(each.name, list(each)) for each in model.component_objects(pyo.Constraint)]


def _differing(one: Any, two: Any) -> list[tuple[Any, Any, float]]:
    found = []
    for parameter in one.component_objects(pyo.Param):
        other = two.find_component(parameter.name)
        if parameter.mutable:
            found += [
                (parameter, key, other[key].value) for key in parameter if parameter[key].value != other[key].value
            ]
    return found
