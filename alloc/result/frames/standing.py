"""The planner's limits as the published numbers stand to them: what rounding moved is part of the sums.

Both sides come from the verification, which every result has gone through: no more work is done for them here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.formulation.registry import catalogue
from alloc.instance.frames import records
from alloc.result.result import Result
from alloc.tolerances import AT_BOUND, QUANTUM_NOISE

LIMITS, OFF = "limits", "rounding"
Floats = NDArray[np.float64]


def limits_as_published(result: Result) -> pd.DataFrame:
    """The table `limits` with both sides and the slack of published numbers.

    What is not published, as what is built, is part of the sums as it was decided.

    Args:
        result: with an allocation.

    Returns:
        The table, its slack negative where the published numbers break a limit.
    """
    table, (left, right, slack, _) = result.tables[LIMITS], _standing(result)
    if table.empty:
        return table
    # What the solver leaves of a limit that it keeps is no slack that a published number could lack.
    none = np.abs(slack) <= AT_BOUND * np.maximum(1.0, np.abs(right))
    slack = np.where(none & ~table["limit"].isin(broken(result)).to_numpy(), 0.0, slack)
    return table.assign(left=left, right=right, slack=slack + 0.0)


def limits_that_bind(result: Result) -> frozenset[str]:
    """Rows of limits that leave published numbers no room for a step more, as a quantum; so do those that are missed.

    Args:
        result: with an allocation.
    """
    _, right, slack, step = _standing(result)
    least = np.maximum((1.0 - QUANTUM_NOISE) * step, AT_BOUND * np.maximum(1.0, np.abs(right)))
    return frozenset(result.tables[LIMITS]["limit"].to_numpy(dtype=object)[slack < least].tolist())


def families_as_published(result: Result) -> pd.DataFrame:
    """The table `families`, of which the planner's limits are counted as they stand to the published numbers.

    Args:
        result: with an allocation.
    """
    counts = binding_counts(result)
    return result.tables["families"].assign(binding=list(counts.values()))


def binding_counts(result: Result) -> dict[str, int]:
    """Family -> how many of its rows bind, in the order of the table `families`; limits by published numbers.

    Args:
        result: with an allocation.
    """
    table, own = result.tables["families"], catalogue(result.instance.formulation).limiting
    counts: dict[str, int] = dict(zip(table["family"].tolist(), table["binding"].tolist(), strict=True))
    return counts | ({own: len(limits_that_bind(result))} if own in counts else {})


def broken(result: Result) -> dict[str, float]:
    """Row of a limit -> by how much published numbers are off it, with its sign, where rounding could not keep it."""
    known = (row for row in records(result.tables[OFF], "limit", "off") if row["limit"])
    return {row["limit"]: float(row["off"]) for row in known}


def _standing(result: Result) -> tuple[Floats, Floats, Floats, Floats]:
    """Both sides of the rows of `limits` in their order, what room is left, and the step that takes room: by published
    numbers, as the verification has found them."""
    assert result.verification is not None, "what has an allocation has been verified"
    table, found = result.tables[LIMITS], result.verification.limits
    if table.empty:
        return (np.zeros(0),) * 4
    place = {name: at for at, name in enumerate(found["limit"].tolist())}
    at = [place[name] for name in table["limit"].tolist()]
    left, right, step = (found[name].to_numpy(dtype=float)[at] for name in ("left", "right", "step"))
    over, sense = left - right, table["sense"].to_numpy(dtype=object)
    slack = np.where(sense == "<=", -over, np.where(sense == ">=", over, -np.abs(over)))
    return left, right, slack, step
