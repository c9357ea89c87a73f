"""Ways to the same model in HiGHS, one module a route.

Every module has two functions. ``hand_over(data)`` is what is timed: from the arrays of derived data to a solver that
holds the model (see `benchmarks.generated`) with the objective of the settlement tier. ``held(handed)`` is not timed:
the highspy object that holds what was handed over, in the units of the model.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

ROUTES = (
    "hand_written",
    "alloc",
    "linopy",
    "pyoptinterface",
    "pyomo_standard_form",
    "pyomo_appsi_highs",
    "pyomo_highs",
)
BASELINE = ROUTES[0]
WORST_SHARE = 0.1


def uses_of(data: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What new land and reused land are for; for housing and other uses where the policy says what these take."""
    if np.isfinite(data.housing_area):
        return ("public", "housing", "production", "other", "unassigned"), ("public", "housing", "production")
    return ("public", "production", "unassigned"), ("public", "production")


def route(name: str) -> Any | None:
    """The module of a route; None where the library it needs is not installed."""
    try:
        return import_module(f"benchmarks.routes.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("alloc", "alloc_models", "benchmarks"):
            raise
        return None
