"""What every single rule asks of a decision, before the rules are taken together into the bounds of the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from alloc.formulation.lever import Side

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RuleBound:
    """The bound that one rule puts on the cells of one decision.

    Attributes:
        rule: its name in the catalogue of the formulation.
        decision: whose bound it is.
        side: which of its bounds.
        amount: in units of the instance, of the decision's shape; −inf or inf where the rule says nothing.
    """

    rule: str
    decision: str
    side: Side
    amount: Floats


def least(bounds: Iterable[RuleBound]) -> Floats:
    """The greatest of the lower bounds among those of one decision, at least 0 [shape of the decision]."""
    lower = (each.amount for each in bounds if each.side == "lower")
    return np.asarray(reduce(np.maximum, lower, np.array(0.0)))


def most(bounds: Iterable[RuleBound], possible: Floats | float = np.inf) -> Floats:
    """The least of the upper bounds among those of one decision, and of what is possible [shape of the decision]."""
    upper = (each.amount for each in bounds if each.side == "upper")
    return np.asarray(reduce(np.minimum, upper, np.asarray(possible)))


def said(values: Floats, otherwise: float) -> Floats:
    """Values with `otherwise` in the place of NaN."""
    return np.where(np.isnan(values), otherwise, values)
