"""Allocations near those of the relaxation: within a band, beyond it only for an essential tier.

With whole facilities fixed, a tier such as coverage would let money follow the facilities for next to nothing; held
near the relaxation it follows the formula. What the essential tiers (up to settlement) need beyond the band they get:
in `china-2020` 4 of 2,022 allocations, without which one city would settle a seventh less.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alloc.compiler.linear_model import LinearModel, LinearObjective
from alloc.text import Text

TITLE = Text("与松弛解的接近程度", "Nearness to the relaxation")
WIDTH = 0.02  # of what the relaxation grants
BAND = "band"  # the tier behind the essential ones: what goes beyond, by pool as a share of what the relaxation grants


def with_band(model: LinearModel, point: np.ndarray) -> LinearModel:
    """The model with one more row and two more columns for every granted column, and one more tier.

    (1 − w)·x* ≤ x − above + below ≤ (1 + w)·x*; the tier `BAND` is the least Σ (above + below) / Σ_c x*, by pool.

    Args:
        point: of the relaxation, in units of the matrix.
    """
    granted = np.flatnonzero(model.granted)
    centre = np.maximum(point[granted], 0.0)
    wider = model.with_deviations(granted, (1 - WIDTH) * centre, (1 + WIDTH) * centre)
    # A share of its pool counts the same in every pool.
    pool = np.concatenate([
        block.members.codes[-1] for block in model.columns.values() if model.granted[block.slice].any()
    ])  # fmt: skip
    total = np.bincount(pool, centre)
    costs = np.zeros(wider.lower.size)
    costs[point.size :] = np.tile(1 / np.where(total > 0, total, 1.0)[pool], 2)
    band = LinearObjective(BAND, costs, 0.0, maximise=False, whole=False, scale=1.0)
    tiers = list(wider.objectives.items())
    behind = 1 + max((k for k, (_, one) in enumerate(tiers) if getattr(one, "essential", False)), default=-1)
    return replace(wider, objectives=dict([*tiers[:behind], (BAND, band), *tiers[behind:]]))


def with_band_of(model: LinearModel, other: LinearModel) -> LinearModel:
    """A model of nearly the same instance with the band that another one has, if it has one."""
    if BAND not in other.objectives:
        return model
    point = np.zeros(model.lower.size)
    point[model.granted] = other.row_upper[-np.count_nonzero(model.granted) :] / (1 + WIDTH)
    return with_band(model, point)
