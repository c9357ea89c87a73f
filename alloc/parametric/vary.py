"""A parametric what-if: the same instance solved at several values of one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alloc.instance.instance import Instance
from alloc.result.result import Result, run
from alloc.scenario import apply, parse_edit
from alloc.solver.runs import Memory


@dataclass(frozen=True, eq=False)
class Variation:
    """What came out of it.

    Attributes:
        target: what was varied, e.g. ``policy.debt.ceiling``.
        tiers: one row for each step and tier: value (of the target), step, status, tier, optimum, reached (the value
            of the tier at the final point), gap.
        cities: one row for each step, chosen city and pool: value, step, city, pool, unit, published.
    """

    target: str
    tiers: pd.DataFrame
    cities: pd.DataFrame


def vary(
    instance: Instance,
    target: str,
    values: Sequence[float],
    cities: Sequence[str] = (),
    where: str = "",
    report: Callable[[int, Result], None] = lambda step, result: None,
) -> Variation:
    """Solves the instance with `target` set to each of `values`, all verified.

    Every step starts from where the unedited instance ended, so that no step depends on another or on their order.

    Args:
        instance: the base.
        target: as in an edit: ``policy.debt.ceiling``, ``objective.fairness.tolerance``, ``pools.total``.
        values: at least one.
        cities: codes of cities whose allocations are wanted.
        where: which rows of a table the edit is for.
        report: told after each step.

    Raises:
        InputError: the target or a value is wrong; with every finding. Nothing is solved then.
    """
    line = f"{target} = {{value!r}}" + (f" where {where}" if where else "")
    edited = [apply(instance, [parse_edit(line.format(value=float(value)))]).instance for value in values]
    base = Memory()
    run(instance, memory=base)
    tiers, allocations = [], []
    for step, (value, each) in enumerate(zip(values, edited, strict=True)):
        result = run(each, memory=base.copy())
        report(step, result)
        status = f"{result.manifest['status']['stopped']}, {result.manifest['status']['quality']}"
        keys = {"value": float(value), "step": step, "status": status}
        for tier in result.manifest["tiers"] or [{"tier": "", "optimum": None, "value": None, "gap": None}]:
            tiers.append(
                {
                    **keys,
                    "tier": tier["tier"],
                    "optimum": tier["optimum"],
                    "reached": tier["value"],
                    "gap": tier["gap"],
                }
            )
        if result.has_point and len(cities):
            table = result.tables["allocation"]
            chosen = table[table["city"].isin(list(cities))]
            allocations.append(chosen[["city", "pool", "unit", "published"]].assign(value=float(value), step=step))
    wanted = ["value", "step", "city", "pool", "unit", "published"]
    found = pd.concat(allocations, ignore_index=True)[wanted] if allocations else pd.DataFrame(columns=wanted)
    return Variation(target, pd.DataFrame(tiers), found)


def steps(first: float, last: float, count: int) -> list[float]:
    """`count` values from first to last, free of the dust of floating point (1.1, not 1.1000000000000001)."""
    return [float(f"{value:.12g}") for value in np.linspace(first, last, count)]
