"""What every rule costs: each in turn switched off, and what the tiers gain; and the price of fairness.

A rule whose rows and bounds all leave room at the optimum costs nothing, and that is proven without a solve: were there
a better point without the rule, the points a little way towards it would satisfy the rule too and be better already.
The same holds tier by tier, at the last point for tiers that are held exactly, and for a tier with a tolerance at the
point where it was at its best.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from alloc.compiler.linear_model import ClosenessObjective, LinearModel, LinearObjective, Objective
from alloc.explanation.answer import AskError, Report, Step, silent
from alloc.explanation.prices_probe import NOISE
from alloc.explanation.prices_tiers import LONG, Tiers, solved, tolerances
from alloc.explanation.rules_answer import Cost, Outcome, Rules
from alloc.explanation.rules_switches import Switch, switches
from alloc.explanation.rules_words import SAY
from alloc.instance.derived import derive
from alloc.instance.findings import Text
from alloc.result.result import Result
from alloc.solver.runs import Clock, Ending, Memory
from alloc.solver.solution import compiled
from alloc.solver.worth import tier_value

ROOM = 1e-6  # in units of the matrix, or of a side where that is larger: less is no room
CLOSE = 1e-6  # of its natural size: closeness is a square, and found to so much


def explain_rules(result: Result, report: Report = silent) -> Rules:
    """The cost of every rule, and the price of fairness.

    Args:
        result: with a point; whole facilities are counted in parts here, with and without each rule.
        report: told of every step. After Ctrl-C the answer holds what had been found, and says so.

    Raises:
        AskError: the result has no point.
    """
    if not result.has_point:
        raise AskError(SAY["no_point"])
    instance, clock = result.instance, Clock(LONG)
    costs: list[Cost] = []
    with clock.interruptible():
        report(Step(SAY["base"]))
        derived = derive(instance)
        model = compiled(derived, instance)
        base = solved(model, tolerances(instance), None, Memory(), clock)
        known = switches(instance, derived)
        for done, switch in enumerate(known):
            report(Step(SAY["switch"], done, len(known)))
            if clock.interrupted or not base.complete:
                costs.append(Cost(switch.name, switch.title, switch.owner, "unasked", {}))
                continue
            costs.append(_cost(switch, base, switch.model(instance, derived), clock))
        if any(each.tier == "fairness" for each in instance.settings.objective):
            costs.insert(0, _fairness(base, clock))
    values = {name: base.values[name] for name in base.model.objectives if name in base.values}
    complete = base.complete and not any(each.outcome == "unasked" for each in costs)
    return Rules(instance, values, tuple(costs), complete)


def _cost(switch: Switch, base: Tiers, model: LinearModel, clock: Clock) -> Cost:
    if leaves_room(base, model):
        return Cost(switch.name, switch.title, switch.owner, "free", dict.fromkeys(base.values, 0.0))
    found = solved(model, base.given_up, None, base.memory, clock)
    if not found.complete:
        return Cost(switch.name, switch.title, switch.owner, _missing(found), {})
    gains = {name: _gain(base.model.objectives[name], found.values[name] - base.values[name]) for name in base.values}
    outcome: Outcome = "costs" if any(gains.values()) else "none"
    return Cost(switch.name, switch.title, switch.owner, outcome, gains)


def _fairness(base: Tiers, clock: Clock) -> Cost:
    """Every tier at the final points with and without the tier of fairness."""
    title, owner = SAY["fairness_rule"], Text("", "")
    if clock.interrupted or not base.complete:
        return Cost("fairness", title, owner, "unasked", {})
    kept: dict[str, Objective] = {
        name: objective for name, objective in base.model.objectives.items() if name != "fairness"
    }
    given_up = {name: value for name, value in base.given_up.items() if name != "fairness"}
    found = solved(replace(base.model, objectives=kept), given_up, None, base.memory, clock)
    if not found.complete:
        return Cost("fairness", title, owner, _missing(found), {})
    before, after = (
        {name: tier_value(base.model, objective, _last(each)) for name, objective in base.model.objectives.items()}
        for each in (base, found)
    )
    gains = {name: _gain(base.model.objectives[name], after[name] - before[name]) for name in before}
    return Cost("fairness", title, owner, "costs" if any(gains.values()) else "none", gains)


def _missing(found: Tiers) -> Outcome:
    return "unasked" if found.ending is Ending.INTERRUPTED else "unsolved"


def _gain(objective: Objective, rise: float) -> float:
    """What a tier gains when its own value rises; what may be noise is 0."""
    noise = CLOSE if isinstance(objective, ClosenessObjective) else 10 * NOISE
    if abs(rise) <= noise * objective.natural:
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
    before = base.model
    if before.matrix.shape != model.matrix.shape or abs(before.matrix - model.matrix).sum() > 0:
        return False
    if not _same_objectives(before.objectives, model.objectives):
        return False
    for point in _points(base):
        activity = before.matrix @ point
        for value, old, new, way in (
            (point, before.lower, model.lower, 1),
            (point, before.upper, model.upper, -1),
            (activity, before.row_lower, model.row_lower, 1),
            (activity, before.row_upper, model.row_upper, -1),
        ):
            changed = old != new
            if np.any(way * (new[changed] - old[changed]) > 0):
                return False
            room = way * (value[changed] - old[changed])
            if np.any(room <= ROOM * np.maximum(1.0, np.abs(old[changed]))):
                return False
    return True


def _points(base: Tiers) -> Iterator[np.ndarray]:
    yield _last(base)
    for name in base.given_up:
        yield base.point(name)


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
