"""Both sides of every row, the bounds of every decision and the value of every tier at any point of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance
from alloc.verification.arrays import Floats
from alloc.verification.families import check_bounds, check_families
from alloc.verification.ledger import Labels, Ledger, Numbers, Sense
from alloc.verification.recompute import Raw
from alloc.verification.results import decided
from alloc.verification.tiers import VALUES, check_stated, city_scores, marks, tier_values

Key = tuple[str, ...]


class Side(NamedTuple):
    """One row: its left side, how it has to compare, its right side; in the unit of the row."""

    left: float
    sense: Sense
    right: float


class Sides(Ledger):
    """Keeps both sides of what is compared, in place of an account of how they compare.

    Attributes:
        rows: family -> key of the row (its names along each axis, in order, and what else names it) -> the row.
        bounds: decision -> names along each axis -> the least and the greatest value that rules leave.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__(0.0)
        self.rows: dict[str, dict[Key, Side]] = {}
        self.bounds: dict[str, dict[Key, tuple[float, float]]] = {}

    def compare(
        self,
        family: str,
        left: Numbers,
        sense: Sense,
        right: Numbers,
        *,
        at: Labels = (),
        scale: Numbers = 1.0,
        tolerance: float | None = None,
        key: str = "",
        bounds: str = "",
    ) -> None:
        """Keep two sides row by row; arguments as of `Ledger.compare`."""
        lefts = np.atleast_1d(np.asarray(left, dtype=float))
        rights = np.broadcast_to(np.asarray(right, dtype=float), lefts.shape)
        names = [tuple(map(str, each)) for each in product(*(axis for axis in at))]
        sides = zip(lefts.ravel().tolist(), rights.ravel().tolist(), strict=True)
        if bounds:
            found = self.bounds.setdefault(bounds, {})
            for name, (_, bound) in zip(names, sides, strict=True):
                least, most = found.get(name, (-np.inf, np.inf))
                if sense != "<=":
                    least = max(least, bound)
                if sense != ">=":
                    most = min(most, bound)
                found[name] = least, most
            return
        rows = self.rows.setdefault(family, {})
        for name, (one, other) in zip(names, sides, strict=True):
            rows[(*name, key) if key else name] = Side(one, sense, other)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What the verification makes of a point.

    Attributes:
        formulation: whose levers count.
        rows, bounds: see `Sides`.
        tiers: tier -> its value, where coverage and gap stand as given and whatever else only states a tier at its
            best; tiers that the verification does not know are not here.
        best: what only states a tier -> its values there.
        faults: records of the point that the instance does not have, or has twice.
    """

    formulation: str
    rows: Mapping[str, Mapping[Key, Side]]
    bounds: Mapping[str, Mapping[Key, tuple[float, float]]]
    tiers: Mapping[str, float]
    best: Mapping[str, Floats]
    faults: tuple[str, ...]


def evaluate(instance: Instance, raw: Raw, tables: Mapping[str, pd.DataFrame], stated: Mapping[str, Any]) -> Evaluation:
    """Evaluate everything at a point, which need not satisfy anything.

    Args:
        instance: the instance.
        raw: recomputed from it.
        tables: decisions by the tables of a result, with ``coverage`` and ``gap`` of services.
        stated: of ``worst``, ``below_worst`` [n], ``least`` and ``production_of_city`` [n], those that the model has.
    """
    settings, policy, found = instance.settings, instance.settings.policy, Sides()
    results = decided(tables, raw, found, policy)
    check_families(found, raw, results, policy)
    check_bounds(found, raw, results, integers=settings.integers)
    scores = city_scores(results.services["coverage"], raw, policy)
    check_stated(found, raw, results, scores, stated)
    known = settings.model_copy(update={"objective": tuple(one for one in settings.objective if one.tier in VALUES)})
    best: dict[str, Floats] = {"least": scores.min()} if "least" in stated else {}
    if "production_of_city" in stated:
        best["production_of_city"] = results.land_for("production")
    for one in known.objective:
        if "worst" in stated and one.beta is not None:
            mark, below = marks(scores, raw.population_share, one.beta)
            best |= {"worst": np.array(mark), "below_worst": below}
    faults = tuple(each.key for each in found.tally("tables").failures)
    return Evaluation(raw.formulation, found.rows, found.bounds, tier_values(raw, results, known), best, faults)
