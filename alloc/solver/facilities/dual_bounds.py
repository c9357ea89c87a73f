"""What no plan can better, tier by tier, where facilities are whole: one linear program a tier, facilities in parts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.solver.model.runs import Clock
from alloc.solver.model.status import Report
from alloc.solver.tiers.proofs import proofs

LARGE = 50_000  # rows from which tiers behind those of whole facilities are bounded only where that is asked for


def dual_bounds(
    model: LinearModel,
    values: Mapping[str, float],
    point: np.ndarray,
    clock: Clock,
    report: Report,
    every: bool = False,
) -> dict[str, float]:
    """Tier -> what no plan can better while the tiers before it are no worse than in the result.

    Args:
        model: facilities count in parts here.
        values: of the result's tiers, in their own units.
        point: the result's, in units of the matrix: a quadratic tier is held by its tangent there.
        every: also tiers that `left_out` names (at 2,947 counties these two programs take ten times the relaxation).

    Returns:
        Linear tiers only; without those for which time or an interrupt left no proof.
    """
    linear = {name: one for name, one in model.objectives.items() if isinstance(one, LinearObjective)}
    skipped = {*model.objectives} - {*linear} | (set() if every else {*left_out(model)})
    found = {}
    for proof in proofs(model, values, point, clock, report, skipped):
        objective = linear[proof.tier]
        sign = -1.0 if objective.maximise else 1.0
        found[proof.tier] = sign * (proof.least / proof.factor + objective.constant) + 0.0
    return found


def left_out(model: LinearModel) -> tuple[str, ...]:
    """Linear tiers whose bounds take long at this size, and are worked out only where that is asked for."""
    linear = [one for one in model.objectives.values() if isinstance(one, LinearObjective)]
    return tuple(one.name for one in linear if not one.integer) if model.matrix.shape[0] >= LARGE else ()
