"""How fast a tier's value changes with a parameter, by the duals.

The parameter moves coefficients, sides, bounds and costs of the linear program. With x the point of the tier, y its row
duals and r its reduced costs (all earlier tiers held on their faces), its value changes by

    dc·x + y·(d side − dA·x) + r·d bound,

to which the row that holds an earlier tier with a tolerance adds its dual times the change of that tier. A tier that is
held exactly needs no row: its held rows and columns are sides and bounds of the later program, and move with them.
"""

from __future__ import annotations

import numpy as np

from alloc.compiler.linear_model import LinearObjective
from alloc.explanation.sensitivity.change import Change
from alloc.explanation.sensitivity.held import sides_of
from alloc.explanation.sensitivity.tiers import Tiers
from alloc.solver.model.hold import scaled
from alloc.tolerances import LAST_DIGITS


def slopes(tiers: Tiers, moved: Change) -> dict[str, float]:
    """Tier -> change of its own value for one unit of the parameter, for those about which the duals say all."""
    found: dict[str, float] = {}
    least: dict[str, float] = {}
    rows = tiers.model.matrix.shape[0]
    for tier, objective in tiers.model.objectives.items():
        if not tiers.by_duals(tier) or tier not in tiers.values:
            break
        duals, reduced, _ = tiers.duals(tier)
        sides = sides_of(tiers, tier)[1]
        point = tiers.point(tier)
        value = _dot(duals[moved.rows], sides.rows(moved)) + _dot(reduced[moved.columns], sides.columns(moved))
        value += _of_costs(moved, tier, point)
        if moved.matrix is not None:
            value -= _dot(duals[:rows], moved.matrix @ point)
        for place, held in enumerate(name for name in tiers.tolerance_used if name in found):
            value += float(duals[rows + place]) * factor(tiers, held) * (least[held] - _of_costs(moved, held, point))
        if abs(value * moved.by) <= LAST_DIGITS * objective.scale:
            value = 0.0
        least[tier] = value
        found[tier] = (-value if objective.maximise else value) + 0.0
    return found


def _of_costs(moved: Change, tier: str, point: np.ndarray) -> float:
    """What the change of a tier's costs and constant makes of its (minimised) value at a point."""
    if tier not in moved.costs:
        return 0.0
    places, amounts, constant = moved.costs[tier]
    return constant + _dot(amounts, point[places])


def _dot(one: np.ndarray, other: np.ndarray) -> float:
    """one·other; not by `@`, whose threads on long vectors take a hundred times as long where cores are busy."""
    return float(np.einsum("i,i->", one, other))


def factor(tiers: Tiers, tier: str) -> float:
    """By how much the costs of a linear tier are scaled inside the solver."""
    objective = tiers.model.objectives[tier]
    assert isinstance(objective, LinearObjective)
    return scaled(objective.costs)[1]
