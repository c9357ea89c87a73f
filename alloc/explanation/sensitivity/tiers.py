"""All tiers solved with how each of them ended: its point, its duals, its basis and the bounds that it had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.explanation.shared.point import decided_point
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.result.result import Result
from alloc.solver.facilities.band import with_band
from alloc.solver.model.highs import Session
from alloc.solver.model.hold import Bounds, scaled
from alloc.solver.model.runs import Clock, Ending, Run, WarmStartCache
from alloc.solver.solution import compiled
from alloc.solver.tiers.lexicographic import solve_tiers

Fixed = tuple[np.ndarray, np.ndarray]
StepEnd = tuple[Run, Any]  # how a step ends: its run, and its basis
LONG = 1e7  # seconds: a question is asked until it is answered or interrupted


@dataclass(frozen=True)
class Face:
    """A tier's last linear program; arrays in units of the matrix, rows of tolerances behind those of the model.

    Attributes:
        run: its point, reduced costs and row duals.
        basis: HiGHS's own, at the end.
        lower, upper: bounds of the columns, with the earlier tiers held.
        row_lower, row_upper: sides of the rows.
    """

    run: Run
    basis: Any
    lower: np.ndarray
    upper: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray


class Recorder(Session):
    """A session that keeps the face of every step."""

    def __init__(self, model: LinearModel, clock: Clock, memory: WarmStartCache, known: Mapping[str, StepEnd]) -> None:
        """A session that starts each step where `memory` says that it ended before, and takes over what is `known`."""
        super().__init__(model, clock, memory=memory)
        self._known = known
        self.faces: dict[str, Face] = {}

    def solve_on_optimal_face(self, step: str, bounds: Bounds, point: np.ndarray | None = None) -> Run:
        """Solves what is held, and keeps how that ended."""
        if step in self._known:
            run, basis = self._known[step]
        else:
            run = super().solve_on_optimal_face(step, bounds, point)
            basis = self.basis()
        held = self._highs.getLp()
        sides = (held.col_lower_, held.col_upper_, held.row_lower_, held.row_upper_)
        self.faces[step] = Face(run, basis, *(np.array(each) for each in sides))
        return run


@dataclass(frozen=True, eq=False)
class Tiers:
    """The lexicographic optimum of one model.

    Attributes:
        model: what was solved.
        values: tier -> its optimum in its own unit, as far as the solve came.
        faces: step of the solve (a tier, or what belongs to one) -> how it ended.
        ending: of the last tier that was tried.
        tolerance_used: tier -> what later tiers may take of its optimum, in its own unit.
        fixed: columns that are fixed from the beginning, and their values.
        memory: to start the next solve from.
        kept: what has been worked out from it once.
    """

    model: LinearModel
    values: Mapping[str, float]
    faces: Mapping[str, Face]
    ending: Ending
    tolerance_used: Mapping[str, float]
    fixed: Fixed | None
    memory: WarmStartCache
    kept: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every tier is solved."""
        return self.ending is Ending.OPTIMAL

    def by_duals(self, tier: str) -> bool:
        """Whether the duals say all about the tier: it and every one before it is linear, and held on its face."""
        for name, objective in self.model.objectives.items():
            if not isinstance(objective, LinearObjective):
                return False
            if name == tier:
                return True
        return False

    def point(self, tier: str) -> np.ndarray:
        """Where the tier ended, in units of the matrix."""
        point = self.faces[tier].run.point
        assert point is not None
        return point

    def duals(self, tier: str) -> tuple[np.ndarray, np.ndarray, Face]:
        """Row duals and reduced costs in the tier's own unit for one of the matrix (minimised), and their face."""
        if ("duals", tier) not in self.kept:
            objective, face = self.model.objectives[tier], self.faces[tier]
            assert isinstance(objective, LinearObjective)
            factor = scaled(objective.costs)[1]
            self.kept["duals", tier] = (face.run.duals / factor, face.run.reduced / factor, face)
        found: tuple[np.ndarray, np.ndarray, Face] = self.kept["duals", tier]
        return found


def solved(
    model: LinearModel,
    tolerance_used: Mapping[str, float],
    fixed: Fixed | None,
    memory: WarmStartCache,
    clock: Clock,
    last: str | None = None,
    floors: Mapping[str, float] | None = None,
    known: Mapping[str, StepEnd] = MappingProxyType({}),
) -> Tiers:
    """Solves the tiers of a model up to `last` (None: all), starting from `memory`, which stays as it is.

    Args:
        tolerance_used: tier -> what later tiers may take of it.
        fixed: columns and values that are fixed from the beginning.
        floors: as for `alloc.solver.tiers.lexicographic.solve_tiers`.
        known: step -> how it ends, for steps that need not be run.
    """
    names = list(model.objectives)
    wanted = names if last is None else names[: names.index(last) + 1]
    part = replace(model, objectives={name: model.objectives[name] for name in wanted})
    tolerances = {name: value for name, value in tolerance_used.items() if name in wanted}
    session = Recorder(part, clock, memory.copy(), known)
    run = solve_tiers(part, session, tolerances, lambda progress: None, "tiers", floors, fixed)
    values = {
        each.tier: each.optimum for each in run.tiers if each.ending is Ending.OPTIMAL and each.optimum is not None
    }
    assert session._memory is not None
    return Tiers(part, values, session.faces, run.ending, tolerance_used, fixed, session._memory)


def published(result: Result, clock: Clock, last: str | None = None, derived: Derived | None = None) -> Tiers:
    """The tiers of a result, up to `last` (None: all), with its facilities as they are built.

    A tier with a tolerance is then held where the result holds it; what that leaves of its optimum with these
    facilities is what it gives up, also when a parameter changes.
    """
    derived = derived or derive(result.instance)
    model = held_near(result, model_of(result.instance, derived))
    tolerance_used = tolerances(result.instance)
    if not result.instance.settings.integers:
        return solved(model, tolerance_used, None, WarmStartCache(), clock, last)
    floors = result.manifest["floors"]
    found = solved(model, tolerance_used, facilities(result, derived, model), WarmStartCache(), clock, last, floors)
    left = {}
    for name, tolerance in tolerance_used.items():
        sign = -1.0 if model.objectives[name].maximise else 1.0
        here, floor = sign * found.values.get(name, np.nan), sign * floors.get(name, np.nan)
        left[name] = max(floor + tolerance - here, 0.0)
    return replace(found, tolerance_used=left, kept={})


def held_near(result: Result, model: LinearModel) -> LinearModel:
    """The model of a result, its allocations held near the relaxation's where they were when it was solved."""
    if "relaxation" not in result.tables:
        return model
    granted = result.tables["relaxation"].sort_values(["city", "pool"])["granted"].to_numpy()
    return with_band(model, model.point(**{model.grants.name: granted}))


def relaxed(instance: Instance, clock: Clock, memory: WarmStartCache | None = None) -> Tiers:
    """The tiers of an instance with facilities counted in parts."""
    return solved(model_of(instance), tolerances(instance), None, memory or WarmStartCache(), clock)


def model_of(instance: Instance, derived: Derived | None = None, beside: LinearModel | None = None) -> LinearModel:
    """The matrix of an instance; bounds that cross stay crossed, so that nothing satisfies it.

    (The formulation lifts an upper bound to the lower one: an instance with such bounds is never solved otherwise.)

    Args:
        instance: checked.
        derived: of it, where that is known.
        beside: the model that this one is compared with; it has that one's units then, and what is the same.
    """
    derived = derived or derive(instance)
    model = compiled(derived, instance, beside)
    crossed = np.flatnonzero(derived.upper < derived.lower)
    if not crossed.size:
        return model
    places = model.grants.start + crossed
    upper = model.upper.copy()
    upper[places] = derived.upper.ravel()[crossed] / model.column_scale[places]
    return replace(model, upper=upper)


def tolerances(instance: Instance) -> dict[str, float]:
    """Tier -> its tolerance, where it has one."""
    return {each.tier: each.tolerance for each in instance.settings.objective if each.tolerance is not None}


def facilities(result: Result, derived: Derived, model: LinearModel) -> Fixed:
    """The columns of whole facilities and how many of each the result builds."""
    columns = np.flatnonzero(model.integer)
    return columns, decided_point(result, derived, model)[columns]
