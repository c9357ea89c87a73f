"""What every rule costs: each in turn switched off, and what the tiers gain; and the price of fairness.

A rule whose rows and bounds all leave room at the optimum costs nothing, and that is proven without a solve: were there
a better point without the rule, the points a little way towards it would satisfy the rule too and be better already.
The same holds tier by tier, at the last point for tiers that are held exactly, and for a tier with a tolerance at the
point where it was at its best.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, Objective
from alloc.explanation.rules.answer import Cost, Outcome, Rules
from alloc.explanation.rules.switches import Switch, switches
from alloc.explanation.rules.words import SAY
from alloc.explanation.sensitivity.tiers import LONG, StepEnd, Tiers, solved, tolerances
from alloc.explanation.shared.answer import LARGE, AskError, Report, Step, silent
from alloc.formulation.registry import catalogue_for
from alloc.instance.derived.derived import Derived, derive
from alloc.instance.instance import Instance
from alloc.instance.suggest import Known
from alloc.result.result import Result
from alloc.solver.model.runs import Clock, Ending, WarmStartCache
from alloc.solver.solution import compiled
from alloc.solver.tiers.worth import tier_value
from alloc.text import Text
from alloc.tolerances import AT_BOUND, PROVEN_CLOSENESS, REPEATED_SOLVE, ZERO_DUAL

MOST_LARGE = 3  # rules that are solved where a solve takes half a minute


def explain_rules(result: Result, report: Report = silent, only: Sequence[str] = ()) -> Rules:
    """The cost of every rule, and the price of fairness.

    Where a solve takes minutes, only the rules that press most are solved; the others are named.

    Args:
        result: with a point; whole facilities are counted in parts here, with and without each rule.
        report: told of every step. After Ctrl-C the answer holds what had been found, and says so.
        only: names of rules, which alone are asked then.

    Raises:
        AskError: the result has no point, or there is no rule of that name.
    """
    if not result.has_solution:
        raise AskError(SAY["no_point"])
    instance, clock = result.instance, Clock(LONG)
    derived = derive(instance)
    known = switches(instance, derived)
    tiers = {name: each.as_rule for name, each in catalogue_for(instance.settings).tiers.items() if each.as_rule.en}
    questioned = [each.tier for each in instance.settings.objective if each.tier in tiers]
    names = [each.name for each in known] + questioned
    if missing := next((each for each in only if each not in names), None):
        raise AskError(SAY["no_rule"].fill(rule=missing, near=Known(names).remedy(missing)))
    with clock.interruptible():
        report(Step(SAY["base"]))
        model = compiled(derived, instance)
        base = solved(model, tolerances(instance), None, WarmStartCache(), clock)
        costs = _costs(instance, derived, base, [each for each in known if not only or each.name in only],
                       bool(only), clock, report)  # fmt: skip
        wanted = [tier for tier in questioned if not only or tier in only]
        costs[:0] = [_without_tier(base, tier, tiers[tier], clock) for tier in wanted]
    values = {name: base.values[name] for name in base.model.objectives if name in base.values}
    complete = base.complete and not any(each.outcome == "unasked" for each in costs)
    return Rules(instance, values, tuple(costs), complete)


def _costs(
    instance: Instance,
    derived: Derived,
    base: Tiers,
    known: Sequence[Switch],
    every: bool,
    clock: Clock,
    report: Report,
) -> list[Cost]:
    costs: dict[str, Cost] = {}
    pressing: dict[str, float] = {}
    for done, switch in enumerate(known):
        report(Step(SAY["room"], done, len(known)))
        if clock.interrupted or not base.complete:
            break
        model = switch.model(instance, derived, base.model)
        if leaves_room(base, model):
            nothing = dict.fromkeys(base.values, 0.0)
            costs[switch.name] = Cost(switch.name, switch.title, switch.owner, "free", nothing)
        else:
            pressing[switch.name] = pressure(base, model)
    order = sorted(pressing, key=lambda name: (-pressing[name], name))
    chosen = order[:MOST_LARGE] if base.model.matrix.shape[0] > LARGE and not every else order
    by_name = {each.name: each for each in known}
    for done, name in enumerate(chosen):
        report(Step(SAY["switch"], done, len(chosen)))
        if clock.interrupted:
            break
        switch = by_name[name]
        costs[name] = _cost(switch, base, switch.model(instance, derived, base.model), clock)
    return [costs.get(each.name) or _unasked(each, each.name in pressing and each.name not in chosen) for each in known]


def _unasked(switch: Switch, left: bool) -> Cost:
    return Cost(switch.name, switch.title, switch.owner, "left" if left else "unasked", {})


def _cost(switch: Switch, base: Tiers, model: LinearModel, clock: Clock) -> Cost:
    found = solved(model, base.tolerance_used, None, base.memory, clock, known=untouched(base, model))
    if not found.complete:
        return Cost(switch.name, switch.title, switch.owner, _missing(found), {})
    gains = {name: _gain(base.model.objectives[name], found.values[name] - base.values[name]) for name in base.values}
    outcome: Outcome = "costs" if any(gains.values()) else "none"
    return Cost(switch.name, switch.title, switch.owner, outcome, gains)


def _without_tier(base: Tiers, tier: str, title: Text, clock: Clock) -> Cost:
    """Every tier at the final points with and without one of them, as that of fairness."""
    owner = Text("", "")
    if clock.interrupted or not base.complete:
        return Cost(tier, title, owner, "unasked", {})
    kept: dict[str, Objective] = {name: objective for name, objective in base.model.objectives.items() if name != tier}
    tolerance_used = {name: value for name, value in base.tolerance_used.items() if name != tier}
    found = solved(replace(base.model, objectives=kept), tolerance_used, None, base.memory, clock)
    if not found.complete:
        return Cost(tier, title, owner, _missing(found), {})
    before, after = (
        {name: tier_value(base.model, objective, _last(each)) for name, objective in base.model.objectives.items()}
        for each in (base, found)
    )
    gains = {name: _gain(base.model.objectives[name], after[name] - before[name]) for name in before}
    return Cost(tier, title, owner, "costs" if any(gains.values()) else "none", gains)


def _missing(found: Tiers) -> Outcome:
    return "unasked" if found.ending is Ending.INTERRUPTED else "unsolved"


def _gain(objective: Objective, rise: float) -> float:
    """What a tier gains when its own value rises; what may be noise is 0."""
    noise = PROVEN_CLOSENESS if isinstance(objective, ClosenessObjective) else 10 * REPEATED_SOLVE
    if abs(rise) <= noise * objective.scale:
        return 0.0
    return rise if objective.maximise else -rise


def _last(tiers: Tiers) -> np.ndarray:
    """The final point."""
    point = list(tiers.faces.values())[-1].run.point
    assert point is not None
    return point


def leaves_room(base: Tiers, model: LinearModel) -> bool:
    """Whether a model that frees some rows and bounds of `base` has, by the argument above, the same tiers.

    Only where nothing is tightened and no coefficient differs, and each row and bound that gives way has room at every
    point that counts.
    """
    if not _gives_way(base.model, model):
        return False
    for point, activity in _points(base):
        for old, new, way, is_row in _sides(base.model, model):
            value = activity if is_row else point
            changed = np.flatnonzero(old != new)
            room = way * (value[changed] - old[changed])
            if np.any(room <= AT_BOUND * np.maximum(1.0, np.abs(old[changed]))):
                return False
    return True


def untouched(base: Tiers, model: LinearModel) -> dict[str, StepEnd]:
    """How the first tiers end in a model that frees some rows and bounds: as in `base`, and need no run.

    Where no row and no bound that gives way has a dual in a tier or in those before it, the duals prove the tier's
    optimum without the rule as well, and its point is still there.
    """
    found: dict[str, StepEnd] = {}
    if not _gives_way(base.model, model):
        return found
    for tier in base.model.objectives:
        if not base.by_duals(tier) or tier not in base.values or _pressure(base, model, tier) > 0:
            break
        found[tier] = base.faces[tier].run, base.faces[tier].basis
    return found


def pressure(base: Tiers, model: LinearModel) -> float:
    """How much what gives way weighs in the tiers: the largest Σ |dual · side|, each tier by its natural size."""
    tiers = [each for each in base.model.objectives if base.by_duals(each) and each in base.values]
    return max((_pressure(base, model, each) / base.model.objectives[each].scale for each in tiers), default=0.0)


def _pressure(base: Tiers, model: LinearModel, tier: str) -> float:
    """Σ |dual · side| of what gives way, in the tier's own unit; infinite where the two differ in coefficients."""
    if base.model.matrix.shape != model.matrix.shape:
        return np.inf
    duals, reduced, face = base.duals(tier)
    total = 0.0
    for old, new, _, is_row in _sides(base.model, model):
        held = face.run.duals if is_row else face.run.reduced
        changed = np.flatnonzero(old != new)
        changed = changed[np.isfinite(old[changed]) & (np.abs(held[changed]) > ZERO_DUAL)]
        prices = (duals if is_row else reduced)[changed]
        total += float(np.sum(np.abs(prices) * np.maximum(np.abs(old[changed]), 1.0)))
    return total


def _sides(before: LinearModel, model: LinearModel) -> Iterator[tuple[np.ndarray, np.ndarray, int, bool]]:
    """Bounds of columns and sides of rows before and after, which way there is room, and whether it is of rows."""
    yield before.lower, model.lower, 1, False
    yield before.upper, model.upper, -1, False
    yield before.row_lower, model.row_lower, 1, True
    yield before.row_upper, model.row_upper, -1, True


def _gives_way(before: LinearModel, model: LinearModel) -> bool:
    """Whether nothing is tightened, and no coefficient and no cost differs."""
    if before.matrix is not model.matrix:
        if before.matrix.shape != model.matrix.shape or abs(before.matrix - model.matrix).sum() > 0:
            return False
        if not _same_objectives(before.objectives, model.objectives):
            return False
    return not any(np.any(way * (new - old) > 0) for old, new, way in _moved(before, model))


def _moved(before: LinearModel, model: LinearModel) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    for old, new, way, _ in _sides(before, model):
        changed = old != new
        yield old[changed], new[changed], way


def _points(base: Tiers) -> list[tuple[np.ndarray, np.ndarray]]:
    """The points that count, with what every row comes to there; worked out once."""
    if ("rules", "points") not in base.kept:
        points = [_last(base), *(base.point(name) for name in base.tolerance_used)]
        base.kept["rules", "points"] = [(each, base.model.matrix @ each) for each in points]
    found: list[tuple[np.ndarray, np.ndarray]] = base.kept["rules", "points"]
    return found


def _same_objectives(one: Mapping[str, Objective], other: Mapping[str, Objective]) -> bool:
    for name, first in one.items():
        second = other[name]
        same = True
        if isinstance(first, LinearObjective) and isinstance(second, LinearObjective):
            same = first.constant == second.constant and np.array_equal(first.costs, second.costs)
        if isinstance(first, ClosenessObjective) and isinstance(second, ClosenessObjective):
            same = all(np.array_equal(getattr(first, each), getattr(second, each)) for each in ("centre", "weight"))
        if not same:
            return False
    return True
