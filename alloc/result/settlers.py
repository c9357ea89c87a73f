"""Who settles as many as the limit lets, and which rule makes that limit: one place for the report and the audit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alloc.instance.derived.derived import Derived
from alloc.tolerances import WHOLE_PERSONS


def below_limit(people: pd.DataFrame) -> NDArray[np.float64]:
    """By how much every city is below its limit, persons; 0 where only rounding to whole persons keeps it away.

    Args:
        people: the result's table, with settlers as published and by how much rounding moved them.
    """
    settle, limit = (people[name].to_numpy(dtype=float) for name in ("settle", "settle_limit"))
    most = np.maximum(settle, settle - people["rounding"].to_numpy(dtype=float))
    return np.where(most >= np.floor(limit + WHOLE_PERSONS), 0.0, limit - settle)


def limit_makers(derived: Derived) -> NDArray[np.intp]:
    """The place in ``settle_bounds`` of the rule that makes the limit of every city; the first where several do."""
    made: Any = np.argmin([each.amount for each in derived.settle_bounds], axis=0)
    return np.asarray(made, dtype=np.intp)
