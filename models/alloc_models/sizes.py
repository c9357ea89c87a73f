"""What one unit of the matrix stands for: a part of what a mean city has, by the instance's own data.

So the matrix, and with it every threshold of the solver, is the same whatever the units of the instance are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

PART = 0.1  # of a mean city: its amounts are then about 10, those of the largest a few hundred, sums some 10,000


def sizes(data: Any) -> Mapping[str, np.ndarray]:
    """Unit of the model -> units of the model in one unit of the matrix: a number, or one a service or pool.

    Persons are those who may settle; capacity is what the residents need; land and money are what the pools have;
    works are what is still to be done of each programme.
    """
    kind = np.asarray(data.kind)
    available = np.asarray(data.available, dtype=float)
    land = _first(available[kind == "land"].sum(), np.sum(data.production_request), np.sum(data.reusable))
    money = _first(available[kind != "land"].sum(), np.sum(data.reference))
    needed = np.maximum(data.full_need, data.capacity).sum(axis=0)
    stock = np.sum(data.programme_stock, axis=0)
    whole = {
        "persons": _first(np.sum(data.settle_limit)),
        "ha": land,
        "10⁴ yuan": money,
        "capacity": np.where(needed > 0, needed, 1.0),
        "works": np.where(stock > 0, stock, 1.0),
        "pool": np.where(available > 0, available, np.where(kind == "land", land, money)),
    }
    part = PART / len(data.cities)
    return {name: np.asarray(size) * part for name, size in whole.items()}


def _first(*totals: float) -> float:
    """The first total that is anything at all; 1 where none is, for then it does not matter."""
    return next((float(total) for total in totals if total > 0), 1.0)
